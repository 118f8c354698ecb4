//! `logout`: the tokens are revoked, and the service is asked whether they are; then the credential leaves every
//! place of this OpenClaw, and the config goes back to what works without Chutes.

use super::confirm;
use super::context::{Context, var};
use super::error::Error;
use super::portable::shown;
use super::report::onboard::file_json;
use super::report::{Report, Warning, warnings_json};
use super::service;
use super::signals;
use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::failure::Failure;
use crate::chutes::oauth::token::{Introspection, introspect, revoke};
use crate::clean;
use crate::diff;
use crate::openclaw::Site;
use crate::openclaw::plan::{self, Plan, Request, SignOut};
use crate::openclaw::program::profiles;
use crate::openclaw::read::auth_store;
use crate::openclaw::read::current::{self, Current};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::write;
use crate::renewal::round;
use crate::secret::Secret;
use crate::texts::cli as text;
use crate::time::now;
use serde_json::{Map, Value, json};
use std::io::IsTerminal;

/// Options of `logout`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logout {
    pub keep_models: bool,
    /// Go on when the tokens cannot be revoked.
    pub local: bool,
    /// Do not ask.
    pub yes: bool,
    /// Show the diff, write nothing.
    pub check: bool,
    pub json: bool,
}

/// What is to be forgotten.
#[derive(Default)]
struct Stored {
    profiles: Vec<String>,
    /// Of sign-ins: access and refresh tokens.
    tokens: Vec<Secret>,
    has_key: bool,
}

impl Stored {
    fn add(&mut self, profile: &auth_store::Profile) {
        self.profiles.push(profile.id.clone());
        if profile.kind == CredentialKind::ApiKey {
            self.has_key = true;
        } else {
            self.tokens.extend(profile.secret.iter().chain(&profile.refresh).cloned());
        }
    }
}

pub fn logout(context: &Context, options: Logout) -> Result<Report, Error> {
    let (site, snapshot, current) = context.read()?;
    let lang = context.lang;
    let request = Request { sign_out: Some(SignOut { keep_models: options.keep_models }), ..Request::default() };
    let plan = plan::plan(&snapshot, &request, now())?;
    let mut stored = in_files(&snapshot);
    // What a database holds is only known once it has been taken out.
    let in_database = current.in_database && plan::named_mode(&snapshot).is_some();
    if !plan.changes_anything() && !in_database && stored.profiles.is_empty() {
        let document = json!({ "ok": true, "changed": false, "removed": [], "revoked": null, "warnings": [] });
        return Ok(match options.json {
            true => Report::json(&document),
            false => Report::text(format!("{}\n", text::logged_out_nothing(lang))),
        });
    }
    let files = diff::of(&plan);
    if options.check {
        let report = match options.json {
            true => {
                let files: Vec<Value> = files.iter().map(file_json).collect();
                Report::json(&json!({ "ok": true, "changed": false, "removed": stored.profiles, "files": files }))
            }
            false => Report::text(shown(&files, &site, lang)),
        };
        return Ok(report.exit(4));
    }
    if !options.json && !options.yes && std::io::stdout().is_terminal() {
        super::report::stdout(&shown(&files, &site, lang)).map_err(Error::System)?;
        if let Some(false) = confirm::ask(lang) {
            return Ok(Report::text(format!("{}\n", text::confirm_left(lang))));
        }
    }

    let endpoints = endpoints(context, &current, &snapshot)?;
    let mut taken = Taken { site: &site, snapshot: &snapshot, profiles: Map::new() };
    if in_database {
        taken.profiles = profiles::replace(&site, &snapshot, &Map::new())?;
        for profile in auth_store::profiles(&json!({ "profiles": taken.profiles })) {
            stored.add(&profile);
        }
    }
    let mut warnings = Vec::new();
    let revoked = match revoke_all(&endpoints, &stored.tokens).inspect_err(|_| taken.put_back())? {
        Ok(revoked) => revoked,
        Err(problem) if options.local => {
            let message = text::warn_not_revoked(lang, problem.message(lang));
            warnings.push(Warning { code: "tokens-still-valid", message });
            Some(false)
        }
        Err(problem) => {
            taken.put_back();
            return Err(Error::NotRevoked { message: problem.message(lang) });
        }
    };
    let kept_before = current::kept(&snapshot);
    let written = write::commit(&site, &request, None, &context.state(), now()).inspect_err(|_| taken.put_back())?;
    context.state().pending_login().remove();
    round::after_write(&site, kept_before, None, var);
    if stored.has_key {
        warnings.push(Warning { code: "key-still-valid", message: text::warn_key_lives(lang).to_owned() });
    }
    let gone = current::in_dotenv(&snapshot);
    for name in [variable::API_KEY, variable::OAUTH_TOKEN] {
        let kept = plan::gateway_variable(&snapshot, name).filter(|_| gone != Some(name));
        if var(name).or(kept).is_some_and(|value| !value.trim().is_empty()) {
            warnings.push(Warning { code: "variable-still-set", message: text::warn_variable_set(lang, name) });
        }
    }
    let (_, _, after) = context.read()?;
    Ok(report(context, options, &stored, revoked, &written.plan, &after, &warnings))
}

/// Chutes' profiles as they were in OpenClaw's database.
struct Taken<'a> {
    site: &'a Site,
    snapshot: &'a Snapshot,
    profiles: Map<String, Value>,
}

impl Taken<'_> {
    /// The failure that comes next is the one to be told.
    fn put_back(&self) {
        if !self.profiles.is_empty() {
            let _ = profiles::replace(self.site, self.snapshot, &self.profiles);
        }
    }
}

fn in_files(snapshot: &Snapshot) -> Stored {
    let mut stored = Stored::default();
    for store in std::iter::once(&snapshot.store).chain(&snapshot.main_store) {
        auth_store::profiles(store.seen()).iter().for_each(|profile| stored.add(profile));
    }
    if current::in_dotenv(snapshot).is_some()
        && let Some((_, provider)) = current::chutes_provider(snapshot.value())
        && let Some(mut profile) = auth_store::provider_key(provider)
    {
        profile.secret = profile.env_var.as_deref().and_then(|name| snapshot.variable(name)).map(Secret::new);
        stored.add(&profile);
    }
    if let Some(kept) = current::kept(snapshot) {
        stored
            .profiles
            .push(kept.account.as_ref().map_or("chutes:default".to_owned(), |name| format!("chutes:{name}")));
        stored.tokens.push(kept.access);
        stored.tokens.extend(kept.refresh);
    }
    stored
}

/// The identity provider that issued a kept sign-in is the one that can revoke it.
fn endpoints(context: &Context, current: &Current, snapshot: &Snapshot) -> Result<Endpoints, Error> {
    let mut endpoints = service::endpoints(context, current)?;
    if let (Some(kept), None) = (current::kept(snapshot), var(variable::IDP_BASE_URL)) {
        endpoints.idp = kept.idp;
    }
    Ok(endpoints)
}

/// Why a token may still be in force.
enum Unrevoked {
    Failed(Failure),
    StillValid,
}

impl Unrevoked {
    fn message(&self, lang: crate::texts::Lang) -> String {
        match self {
            Unrevoked::Failed(failure) => failure.message(lang),
            Unrevoked::StillValid => text::still_valid(lang).to_owned(),
        }
    }
}

/// None: there was nothing to be revoked. The refresh tokens go last, so that a failure before leaves a sign-in
/// that can be renewed.
fn revoke_all(endpoints: &Endpoints, tokens: &[Secret]) -> Result<Result<Option<bool>, Unrevoked>, Error> {
    if tokens.is_empty() {
        return Ok(Ok(None));
    }
    let client = Client::new(endpoints.clone());
    signals::until_interrupted(async {
        for token in tokens {
            revoke(&client, token).await.map_err(Unrevoked::Failed)?;
        }
        for token in tokens {
            match introspect(&client, token).await.map_err(Unrevoked::Failed)? {
                Introspection::Inactive => {}
                Introspection::Active { .. } => return Err(Unrevoked::StillValid),
            }
        }
        Ok(Some(true))
    })
}

fn report(
    context: &Context,
    options: Logout,
    stored: &Stored,
    revoked: Option<bool>,
    plan: &Plan,
    after: &Current,
    warnings: &[Warning],
) -> Report {
    let lang = context.lang;
    let default = after.configured.primary.as_deref();
    if options.json {
        return Report::json(&json!({
            "ok": true,
            "changed": true,
            "removed": stored.profiles,
            "revoked": revoked,
            "default": default,
            "files": plan.files.iter().map(|file| file.path.to_string_lossy()).collect::<Vec<_>>(),
            "warnings": warnings_json(warnings),
        }));
    }
    let profiles: Vec<String> = stored.profiles.iter().map(|id| clean::line(id)).collect();
    let mut out = format!("{}\n", text::logged_out(lang, profiles.join(", ")));
    if revoked == Some(true) {
        out.push_str(&format!("{}\n", text::revoked(lang)));
    }
    let line = default.map_or_else(
        || text::default_none(lang).to_owned(),
        |reference| text::default_now(lang, clean::line(reference)),
    );
    out.push_str(&format!("{line}\n"));
    Report::text(out).warn(warnings, lang)
}

/// The store of this OpenClaw cannot be changed here.
pub fn is_in_database(site: &Site) -> bool {
    site.installed.generation.has_database()
}
