//! `models status`: what is configured, whether the credential will do, how old the catalog is.

use super::context::{Context, var};
use super::error::Error;
use super::models::{catalog_or_built_in, offers};
use super::report::Report;
use super::report::onboard::{catalog_words, table};
use super::report::renewal::{self as renewal_report, KeptState};
use super::service;
use super::signals;
use crate::chutes::account::Account;
use crate::chutes::client::Client;
use crate::chutes::model::{Catalog, id_of};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::program::status;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::write::undo;
use crate::renewal;
use crate::renewal::prospect::{Prospect, prospect};
use crate::selection::Configured;
use crate::sign_in::SignIn;
use crate::texts::{Lang, choose, cli as text, renewal as words};
use crate::time::{UnixMillis, now};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// A credential counts as about to expire this long before it does, in milliseconds.
const SOON: i64 = 24 * 60 * 60 * 1000;

/// How the stored credential stands, from its record alone or from a test call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Ok,
    Missing,
    Expired,
    Expiring,
    Refused,
    /// In OpenClaw's database, and OpenClaw did not say.
    InDatabase,
}

impl Standing {
    fn of(active: Option<&StoredCredential>, now: UnixMillis, has: impl Fn(&str) -> bool) -> Standing {
        let Some(active) = active else { return Standing::Missing };
        if active.env_var.as_deref().is_some_and(|name| !has(name)) {
            return Standing::Missing;
        }
        match active.expires_at {
            Some(at) if at <= now => Standing::Expired,
            Some(at) if at - now < SOON => Standing::Expiring,
            // OpenClaw does not use a sign-in without an end.
            None if active.kind == CredentialKind::OAuth => Standing::Expired,
            _ => Standing::Ok,
        }
    }

    /// What is known of the next renewal counts for more than the end of this token. `left`: milliseconds
    /// until then.
    fn with(self, prospect: Option<Prospect>, left: i64) -> Standing {
        match (prospect, self) {
            (Some(Prospect::Proven), Standing::Expiring | Standing::Expired) => Standing::Ok,
            (Some(Prospect::Likely), Standing::Expiring) => Standing::Ok,
            (Some(Prospect::Missing(_) | Prospect::Spent | Prospect::Weakened), Standing::Ok) if left < SOON => {
                if left > 0 { Standing::Expiring } else { Standing::Expired }
            }
            _ => self,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Missing => "missing",
            Standing::Expired => "expired",
            Standing::Expiring => "expiring",
            Standing::Refused => "refused",
            Standing::InDatabase => "unknown",
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Standing::Ok => text::status_ok(lang),
            Standing::Missing => text::status_missing(lang),
            Standing::Expired => text::status_expired(lang),
            Standing::Expiring => text::status_expiring(lang),
            Standing::Refused => text::status_refused(lang),
            Standing::InDatabase => text::status_in_database(lang),
        }
    }

    /// Exit code of `--check`.
    fn exit(self) -> u8 {
        match self {
            Standing::Ok => 0,
            Standing::Missing | Standing::Expired | Standing::Refused | Standing::InDatabase => 1,
            Standing::Expiring => 2,
        }
    }
}

pub fn status(context: &Context, check: bool, probe: bool, as_json: bool) -> Result<Report, Error> {
    let (site, mut snapshot, mut current) = context.read()?;
    let probed = if probe { Some(call(context, &site, &current)?) } else { None };
    if probed.is_some() {
        // The call may have renewed what is stored.
        (_, snapshot, current) = context.read()?;
    }
    let mut unknown = false;
    if current.in_database && current.active.is_none() {
        match status::credentials(&site, &snapshot) {
            Some(found) => {
                current.active = (!found.is_empty()).then_some(current.credentials.len());
                current.credentials.extend(found);
            }
            None => unknown = true,
        }
    }
    let active = current.active.and_then(|at| current.credentials.get(at));
    let mut standing = Standing::of(active, now(), |name| {
        // As OpenClaw finds it: here, else in what it reads for itself.
        let filled = |value: String| !value.trim().is_empty();
        var(name).is_some_and(filled) || snapshot.variable(name).is_some_and(filled)
    });
    if unknown {
        standing = Standing::InDatabase;
    }
    let kept = renewal_report::kept(&snapshot, active);
    let timer = snapshot.renewal_timer().map(|timer| timer.by);
    if let Some(kept) = &kept {
        standing = match renewal_report::state(kept, now()) {
            KeptState::Renews => Standing::Ok,
            KeptState::Ends => Standing::Expiring,
            KeptState::Over => Standing::Expired,
        };
    }
    let prospect = match active {
        Some(active) if active.kind == CredentialKind::OAuth && (check || !context.plain) => {
            let client = Client::new(service::endpoints(context, &current)?);
            let prospect = signals::until_interrupted(prospect(&client, &snapshot, active))?;
            standing = standing.with(prospect, active.expires_at.map_or(0, |at| at - now()));
            prospect
        }
        _ => None,
    };
    let (verdict, not_renewed) = match probed {
        Some(Ok(verdict)) => (verdict, None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    if matches!(verdict, Some(Verdict::Refused(_))) || not_renewed.as_ref().is_some_and(renewal::Error::needs_sign_in) {
        standing = Standing::Refused;
    }
    let kept_list = context.state().catalog();
    let mut served = served(&current.configured, kept_list.as_ref());
    if let (Some(Verdict::NotServed(_)), Some(primary)) = (&verdict, &current.configured.primary) {
        served.insert(primary.clone(), Some(false));
    }
    let probe_failed = not_renewed.is_some() || verdict.as_ref().is_some_and(|v| !matches!(v, Verdict::Works { .. }));
    let exit = match check {
        true if probe_failed || served.values().any(|served| *served == Some(false)) => 1,
        true => standing.exit(),
        false => 0,
    };
    // One line is all that --plain says, and no credential is renewed to show what it has left.
    let lives = active.is_some_and(|active| active.expires_at.is_none_or(|at| at > now()));
    let usable = lives && matches!(standing, Standing::Ok | Standing::Expiring);
    let account = if usable && !context.plain { account(context, &site, &current)? } else { None };
    let reverted = undo::reverted(&context.state());
    let catalog = catalog_or_built_in(kept_list);
    if as_json {
        let agent_dir = snapshot.store.file.path.parent().unwrap_or(Path::new(""));
        let document = json!({
            "configPath": snapshot.config.path.to_string_lossy(),
            "configExists": current.config_exists,
            "agent": current.agent,
            "agentDir": agent_dir.to_string_lossy(),
            "defaultModel": current.configured.primary,
            "resolvedDefault": current.configured.primary,
            "fallbacks": current.configured.fallbacks,
            "imageModel": current.configured.image,
            "aliases": aliases_json(&current.configured),
            "served": served,
            "allowed": current.configured.allowed.clone().unwrap_or_default(),
            "auth": auth_json(&snapshot, &current, active, standing, (kept.as_ref(), prospect)),
            "probe": match &not_renewed {
                Some(error) => Some(json!({
                    "result": if error.needs_sign_in() { "refused" } else { "unverified" },
                    "latencyMs": null,
                    "message": error.message(context.lang),
                })),
                None => verdict.as_ref().map(|verdict| probe_json(verdict, context.lang)),
            },
            "account": account.as_ref().map(Account::json),
            "catalog": {
                "source": catalog.source.name(),
                "models": catalog.models.len(),
                "fetchedAt": catalog.fetched_at.map(UnixMillis::rfc3339),
                "ageSeconds": catalog.fetched_at.map(|at| (now() - at) / 1000),
            },
            "openclaw": { "version": site.installed.version },
            "reverted": reverted.as_ref().map(|path| path.to_string_lossy()),
        });
        return Ok(Report::json(&document).exit(exit));
    }
    if context.plain {
        let reference = current.configured.primary.as_deref().map(clean::line).unwrap_or_default();
        return Ok(Report::text(format!("{reference}\n")).exit(exit));
    }
    let lang = context.lang;
    let tilde = |path: &Path| site.paths.tilde(path);
    let or_none = |text: &str| if text.is_empty() { text::report_none(lang).to_owned() } else { clean::line(text) };
    let configured = &current.configured;
    let marked = |reference: &String| match served.get(reference) {
        Some(Some(false)) => format!("{reference} · {}", choose::not_served(lang)),
        _ => reference.clone(),
    };
    let mut rows = vec![
        (text::report_config(lang), tilde(&snapshot.config.path)),
        (text::report_default(lang), or_none(&configured.primary.as_ref().map(marked).unwrap_or_default())),
        (
            text::report_fallbacks(lang),
            or_none(&configured.fallbacks.iter().map(marked).collect::<Vec<_>>().join(", ")),
        ),
        (text::report_image(lang), or_none(&configured.image.as_ref().map(marked).unwrap_or_default())),
    ];
    if configured.aliases.is_empty() {
        rows.push((text::report_aliases(lang), or_none("")));
    }
    for (at, alias) in configured.aliases.iter().enumerate() {
        let label = if at == 0 { text::report_aliases(lang) } else { "" };
        rows.push((label, clean::line(&format!("{} -> {}", alias.name, marked(&alias.target)))));
    }
    rows.push((text::report_credential(lang), credential_words(active, kept.is_some(), standing, lang)));
    if let Some(words) = prospect.and_then(|prospect| renewal_report::outlook(prospect, lang)) {
        rows.push(("", words));
    }
    for (at, line) in kept.iter().flat_map(|kept| renewal_report::words(kept, timer, lang)).enumerate() {
        rows.push((if at == 0 { words::status_renewal(lang) } else { "" }, line));
    }
    if let Some(account) = &account {
        rows.push((choose::report_account(lang), account.words(lang, UnixMillis::local)));
    }
    rows.push((text::report_store(lang), tilde(&snapshot.store_in_use())));
    if let Some(verdict) = &verdict {
        rows.push((text::report_probe(lang), probe_words(verdict, lang)));
    }
    if let Some(error) = &not_renewed {
        rows.push((text::report_probe(lang), error.message(lang)));
    }
    rows.push((text::report_catalog(lang), catalog_words(&catalog, lang)));
    rows.push((text::report_openclaw(lang), or_none(site.installed.version.as_deref().unwrap_or_default())));
    if let Some(path) = &reverted {
        rows.push((text::report_reverted(lang), tilde(path)));
    }
    Ok(Report::text(table(&rows)).exit(exit))
}

/// What the account of the stored credential has left. None: nobody says.
fn account(context: &Context, site: &Site, current: &Current) -> Result<Option<Account>, Error> {
    let endpoints = service::endpoints(context, current)?;
    match service::stored_secret(site, &endpoints)? {
        Ok(Some(secret)) => service::account(endpoints, &secret),
        Ok(None) | Err(_) => Ok(None),
    }
}

/// One token of the default model, with the stored credential, renewed if it has to be.
fn call(context: &Context, site: &Site, current: &Current) -> Result<Result<Option<Verdict>, renewal::Error>, Error> {
    let endpoints = service::endpoints(context, current)?;
    let Some(id) = current.configured.primary.as_deref().and_then(id_of) else { return Ok(Ok(None)) };
    let client = Client::new(endpoints.clone());
    signals::until_interrupted(renewal::verify_stored(&client, site, &endpoints, var, id))
}

/// For every ref in use, whether the last list has it. None: another provider's, or there is no list.
fn served(configured: &Configured, kept: Option<&Catalog>) -> BTreeMap<String, Option<bool>> {
    let chosen = configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image);
    let refs = chosen.chain(configured.aliases.iter().map(|alias| &alias.target));
    refs.map(|target| (target.clone(), id_of(target).zip(kept).map(|(id, kept)| offers(kept, id)))).collect()
}

fn aliases_json(configured: &Configured) -> Map<String, Value> {
    configured.aliases.iter().map(|alias| (alias.name.clone(), json!(alias.target))).collect()
}

fn auth_json(
    snapshot: &Snapshot,
    current: &Current,
    active: Option<&StoredCredential>,
    standing: Standing,
    (kept, prospect): (Option<&SignIn>, Option<Prospect>),
) -> Value {
    let profiles: Vec<Value> = current.credentials.iter().map(profile_json).collect();
    json!({
        "storePath": snapshot.store_in_use().to_string_lossy(),
        "status": standing.name(),
        "profileId": active.map(|active| &active.profile_id),
        "kind": active.map(|active| active.kind.name()),
        "account": active.and_then(|active| active.account.clone()),
        "expiresAt": active.and_then(|active| active.expires_at).map(UnixMillis::rfc3339),
        "renewal": renewal_report::json(kept, snapshot.renewal_timer().map(|timer| timer.by), active, prospect),
        "profiles": profiles,
    })
}

fn profile_json(stored: &StoredCredential) -> Value {
    json!({
        "id": stored.profile_id,
        "agent": stored.agent,
        "kind": stored.kind.name(),
        "account": stored.account,
        "expiresAt": stored.expires_at.map(UnixMillis::rfc3339),
        "variable": stored.env_var,
        "refreshable": stored.refreshable,
        "clientId": stored.client_id,
    })
}

fn credential_words(active: Option<&StoredCredential>, kept: bool, standing: Standing, lang: Lang) -> String {
    let Some(active) = active else { return standing.words(lang).to_owned() };
    let mut parts = vec![clean::line(&active.profile_id), active.kind.words(lang).to_owned()];
    parts.extend(active.account.as_deref().map(clean::line));
    parts.extend(active.hint.as_deref().map(clean::line));
    parts.extend(active.env_var.as_deref().map(|name| text::from_variable(lang, clean::line(name))));
    if let Some(at) = active.expires_at {
        parts.push(text::expires(lang, at.local()));
    }
    if active.refreshable && !kept {
        parts.push(text::renewable(lang).to_owned());
    }
    parts.push(standing.words(lang).to_owned());
    parts.join(" · ")
}

fn probe_words(verdict: &Verdict, lang: Lang) -> String {
    match verdict {
        Verdict::Works { latency_ms, .. } => text::report_answered(lang, latency_ms),
        other => other.failure().map(|failure| failure.message(lang)).unwrap_or_default(),
    }
}

pub fn probe_json(verdict: &Verdict, lang: Lang) -> Value {
    let (result, latency_ms) = match verdict {
        Verdict::Works { latency_ms, .. } => ("ok", Some(*latency_ms)),
        Verdict::Refused(_) => ("refused", None),
        Verdict::NotServed(_) => ("not-served", None),
        Verdict::NoBalance(_) => ("balance", None),
        Verdict::Unverified(_) => ("unverified", None),
    };
    json!({
        "result": result,
        "latencyMs": latency_ms,
        "message": verdict.failure().map(|failure| failure.message(lang)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::oauth::renewal_terms::Missing;

    const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

    fn stored(kind: CredentialKind, expires_at: Option<UnixMillis>, env_var: Option<&str>) -> StoredCredential {
        StoredCredential {
            profile_id: "chutes:default".into(),
            agent: "main".into(),
            kind,
            account: None,
            expires_at,
            hint: None,
            env_var: env_var.map(Into::into),
            refreshable: false,
            client_id: None,
        }
    }

    #[test]
    fn the_standing_decides_the_exit_code_of_check() {
        let of =
            |credential: Option<StoredCredential>| Standing::of(credential.as_ref(), NOW, |name| name == "SET").exit();
        assert_eq!(of(None), 1);
        assert_eq!(of(Some(stored(CredentialKind::ApiKey, None, None))), 0);
        assert_eq!(of(Some(stored(CredentialKind::ApiKey, None, Some("SET")))), 0);
        assert_eq!(of(Some(stored(CredentialKind::ApiKey, None, Some("UNSET")))), 1);
        assert_eq!(of(Some(stored(CredentialKind::Token, None, None))), 0);
        assert_eq!(of(Some(stored(CredentialKind::OAuth, None, None))), 1);
        assert_eq!(of(Some(stored(CredentialKind::OAuth, Some(NOW), None))), 1);
        assert_eq!(of(Some(stored(CredentialKind::OAuth, Some(NOW + 1), None))), 2);
        assert_eq!(of(Some(stored(CredentialKind::OAuth, Some(NOW + SOON - 1), None))), 2);
        assert_eq!(of(Some(stored(CredentialKind::OAuth, Some(NOW + SOON), None))), 0);
        // What is known of the next renewal decides, where the token alone would not do.
        for (prospect, of_expiring, of_expired) in [
            (Prospect::Proven, 0, 0),
            (Prospect::Likely, 0, 1),
            (Prospect::Missing(Missing::ClientSecret), 2, 1),
            (Prospect::Spent, 2, 1),
            (Prospect::Weakened, 2, 1),
        ] {
            let with = |standing: Standing, left| standing.with(Some(prospect), left).exit();
            assert_eq!(with(Standing::Expiring, 1), of_expiring, "{prospect:?}");
            assert_eq!(with(Standing::Expired, 0), of_expired, "{prospect:?}");
            assert_eq!(with(Standing::Refused, 1), 1, "{prospect:?}");
            assert_eq!(with(Standing::Ok, 2 * SOON), 0, "{prospect:?}");
        }
        assert_eq!(Standing::Ok.with(Some(Prospect::Spent), 1), Standing::Expiring);
        assert_eq!(Standing::Ok.with(Some(Prospect::Spent), 0), Standing::Expired);
    }
}
