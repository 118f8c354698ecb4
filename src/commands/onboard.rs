//! `onboard` without a person: credential, models, a test call, then everything is written at once.

use super::codes;
use super::context::{Context, documented, var};
use super::credential::{self, Obtained};
use super::error::Error;
use super::invocation::{ModelsChoice, Onboard};
use super::known::similar;
use super::report::{Report, Warning};
use super::signals;
use crate::chutes::account::{self, Account};
use crate::chutes::client::Client;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::failure::Failure;
use crate::chutes::health;
use crate::chutes::model::{Catalog, Model, id_of};
use crate::chutes::verify::{Verdict, verify};
use crate::chutes::{bundled, catalog};
use crate::clean;
use crate::diff;
use crate::files::show;
use crate::openclaw::Site;
use crate::openclaw::plan::refusals::refusals;
use crate::openclaw::plan::{self, Plan, PlanWarning, Request, TimerWish};
use crate::openclaw::program::validate;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::refs;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write::{self, Written};
use crate::renewal::{kept, round, timer};
use crate::selection::propose::drifted;
use crate::selection::refs::provider_of;
use crate::selection::{self, Alias, Configured, Documented, Note, Overrides, Proposal, Selection};
use crate::state::State;
use crate::texts::{Lang, cli as text};
use crate::time::now;
use std::path::PathBuf;
use std::sync::Arc;

/// What the service said, and what is chosen because of it.
pub struct Settled {
    pub catalog: Catalog,
    /// Why the catalog is the built-in one.
    pub fallback: Option<Failure>,
    pub selection: Selection,
    pub verified: Verified,
    /// None: nobody says.
    pub account: Option<Account>,
    pub warnings: Vec<Warning>,
}

/// What the test call showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The model answered.
    pub works: bool,
    pub latency_ms: Option<u64>,
}

/// What is in OpenClaw's files afterwards.
pub struct Outcome {
    pub written: Written,
    pub snapshot: Snapshot,
    pub current: Current,
}

/// Everything that a report is made of.
pub struct Finished<'a> {
    pub context: &'a Context,
    pub site: &'a Site,
    pub obtained: &'a Obtained,
    pub settled: &'a Settled,
    pub warnings: &'a [Warning],
}

pub fn run(context: &Context, options: &Onboard) -> Result<Report, Error> {
    let obtained = match credential::obtain(options, var, context.lang) {
        // A dry run asks what would change here, and the credential is no part of that.
        Err(Error::MissingCredential) if options.check => {
            let (_, snapshot, current) = context.read()?;
            Obtained::already_stored(&snapshot, &current, now()).ok_or(Error::MissingCredential)?
        }
        obtained => obtained?,
    };
    with_credential(context, options, obtained)
}

/// The rest, whatever the credential came from.
pub fn with_credential(context: &Context, options: &Onboard, obtained: Obtained) -> Result<Report, Error> {
    let endpoints = context.endpoints()?;
    let (site, snapshot, current) = context.read()?;
    if options.strict {
        nothing_refused(&site, &snapshot, &context.state())?;
    }

    let client = Client::new(endpoints.clone());
    let settled = signals::until_interrupted(settle(context, options, &client, &obtained, &current))??;
    let request = Request {
        base_url: endpoints.api,
        credential: obtained.stored.clone(),
        selection: settled.selection.clone(),
        client_secret: obtained.client_secret.clone(),
        basis: Some(current.clone()),
        timer: if options.timer && timer::is_wanted(&snapshot, var) { TimerWish::Make } else { TimerWish::AsItIs },
        ..Request::default()
    };
    let mut warnings = obtained.warnings.clone();
    warnings.extend(settled.warnings.iter().cloned());
    if options.check {
        // The files as they are now: the service was asked in between, and a write would start from these.
        let snapshot = site.read()?;
        let plan = plan::plan(&snapshot, &request, now())?;
        add_plan_warnings(&mut warnings, &plan, context.lang);
        warnings.extend(changed_meanwhile(context, &site, &plan.fingerprint.changed_since(&current.fingerprint)));
        let current = Current::of(&snapshot, now());
        let finished = Finished { context, site: &site, obtained: &obtained, settled: &settled, warnings: &warnings };
        return Ok(finished.check(options.json, &snapshot, &current, &plan, &diff::of(&plan)));
    }
    if settled.fallback.is_none() {
        context.state().keep_catalog(&settled.catalog);
    }
    // What is there now is not read again: that could fail, and the write would still be done.
    let kept = kept::read(&site.paths.sign_in);
    let (written, after) = write::commit_and_look(&site, &request, &context.state(), now())?;
    if settled.fallback.is_none() {
        context.state().decide(&settled.catalog);
    }
    add_plan_warnings(&mut warnings, &written.plan, context.lang);
    let told = round::after_write(&site, kept, written.plan.timer.as_ref(), var);
    let unheard = context.state().take_unknown().into_iter().map(PlanWarning::from);
    let troubles = round::troubles(told.as_ref()).into_iter().chain(unheard);
    warnings.extend(troubles.map(|trouble| of_plan(&trouble, context.lang)));
    warnings.extend(changed_meanwhile(context, &site, &written.changed_meanwhile));
    warnings.extend(not_undoable(&written, context.lang));
    let snapshot = after.unwrap_or(snapshot);
    let current = Current::of(&snapshot, now());
    let finished = Finished { context, site: &site, obtained: &obtained, settled: &settled, warnings: &warnings };
    Ok(finished.done(options.json, &Outcome { written, snapshot, current }))
}

/// The installed OpenClaw is asked; where there is none, what is known of its schema counts.
fn nothing_refused(site: &Site, snapshot: &Snapshot, state: &State) -> Result<(), Error> {
    let known = || refusals(&snapshot.tree, snapshot.installed.version.as_deref());
    let refused = validate::ask(site, snapshot, state, || true).unwrap_or_else(known);
    if refused.is_empty() { Ok(()) } else { Err(Error::ConfigRefused { refused }) }
}

fn add_plan_warnings(warnings: &mut Vec<Warning>, plan: &Plan, lang: Lang) {
    let repaired = plan.warnings.iter().any(|warning| matches!(warning, PlanWarning::AliasesRepaired { .. }));
    if repaired {
        // The plan says it for all of them at once.
        warnings.retain(|warning| warning.code != "aliases-repaired");
    }
    warnings.extend(plan.warnings.iter().map(|warning| of_plan(warning, lang)));
}

/// What was worked out before somebody else changed these files was applied to what they wrote.
pub fn changed_meanwhile(context: &Context, site: &Site, paths: &[PathBuf]) -> Option<Warning> {
    let shown: Vec<String> = paths.iter().map(|path| clean::line(&site.paths.tilde(path))).collect();
    let message = text::warn_changed_meanwhile(context.lang, shown.join(", "));
    (!paths.is_empty()).then_some(Warning { code: "file-changed-meanwhile", message })
}

/// There is no place for the undo record.
pub fn not_undoable(written: &Written, lang: Lang) -> Option<Warning> {
    let lost = !written.undoable && !written.plan.files.is_empty();
    lost.then(|| Warning { code: "not-undoable", message: crate::texts::wizard::done_no_undo(lang).to_owned() })
}

pub fn of_plan(warning: &PlanWarning, lang: Lang) -> Warning {
    Warning { code: warning.code(), message: warning.message(lang) }
}

/// Ask the service for its models, choose, and try the choice.
async fn settle(
    context: &Context,
    options: &Onboard,
    client: &Client,
    obtained: &Obtained,
    current: &Current,
) -> Result<Settled, Error> {
    let lang = context.lang;
    let mut warnings = Vec::new();
    // Of what the service does not tell, the config's own word counts before what is built in.
    let mut documented = documented().beside(&current.models);
    let known = |model: &Arc<Model>| documented.facts_of(&model.id).unwrap_or(model).clone();
    let secret = obtained.secret.as_ref();
    let account = async {
        match secret {
            Some(secret) => account::ask(client, secret).await,
            None => None,
        }
    };
    let (listed, account) = tokio::join!(catalog::discover(client, secret, |_| {}), account);
    let (catalog, fallback) = match listed {
        Ok(catalog) => (catalog, None),
        Err(failure) => {
            let built_in = bundled::catalog();
            let catalog = Catalog { models: built_in.models.iter().map(known).collect(), ..built_in };
            let message = text::warn_catalog_fallback(lang, failure.message(lang), catalog.models.len());
            warnings.push(Warning { code: "catalog-fallback", message });
            (catalog, Some(failure))
        }
    };
    let overrides = overrides(options, &catalog);
    refuse_unknown(&overrides, current, &catalog, &documented)?;
    // What is up is asked only where something has to be chosen.
    if something_is_gone(&current.configured, &catalog, &documented) {
        let yesterday = health::yesterday(now());
        documented.health = Arc::new(health::ask(client, &yesterday).await);
    }
    let Proposal { selection, notes } =
        selection::propose(&current.configured, &catalog, &documented, &overrides).map_err(Error::Selection)?;
    let prices = |wanted: &str, taken: &str, role| documented.price_change(wanted, taken, role, &catalog.models);
    warnings.extend(notes.iter().flat_map(|note: &Note| codes::of_note(note, prices, lang)));
    warnings.extend(unknown_providers(options, &selection, current, lang));
    warnings.extend(left_out(&catalog, lang));
    warnings.extend(unusable_roots(client, lang));

    let mut verified = Verified::default();
    // A dry run spends nothing; another provider's default is not ours to try.
    let tried = id_of(&selection.primary).zip(obtained.secret.as_ref());
    if let Some((id, secret)) = tried.filter(|_| !options.skip_verify && !options.check) {
        match verify(client, secret, id).await {
            Verdict::Works { latency_ms, .. } => verified = Verified { works: true, latency_ms: Some(latency_ms) },
            Verdict::Refused(failure) => return Err(Error::CredentialRefused(failure)),
            Verdict::NotServed(failure) => {
                return Err(Error::ModelNotServed { model: selection.primary.into(), failure });
            }
            Verdict::NoBalance(failure) => {
                let message = text::warn_balance(lang, failure.message(lang));
                warnings.push(Warning { code: "balance", message });
            }
            Verdict::Unverified(failure) => {
                let message = text::warn_unverified(lang, failure.message(lang));
                warnings.push(Warning { code: "unverified", message });
            }
        }
    }
    Ok(Settled { catalog, fallback, selection, verified, account, warnings })
}

/// Whether the list lacks something that is configured or documented.
fn something_is_gone(configured: &Configured, catalog: &Catalog, documented: &Documented) -> bool {
    let ours = configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image);
    let ours = ours.chain(configured.aliases.iter().map(|alias| &alias.target));
    let promised = documented.aliases.iter().map(|alias| &alias.target).chain([&documented.default]);
    ours.chain(promised).any(|target| drifted(target, catalog))
}

/// The service's models that no config can hold safely.
pub fn left_out(catalog: &Catalog, lang: Lang) -> Option<Warning> {
    let ids = catalog.left_out.iter().map(|id| clean::line(id)).collect::<Vec<_>>().join(", ");
    (!ids.is_empty()).then(|| Warning { code: "model-left-out", message: text::warn_left_out(lang, ids) })
}

/// Certificates that a variable names and that are not there.
fn unusable_roots(client: &Client, lang: Lang) -> Vec<Warning> {
    let warning = |(variable, path): (&'static str, std::path::PathBuf)| Warning {
        code: "certificates-not-read",
        message: text::warn_certificates(lang, variable, show(&path)),
    };
    client.unusable_roots().into_iter().map(warning).collect()
}

/// Refs that were asked for, are not Chutes', and name no provider that is known: most are typing errors.
fn unknown_providers(options: &Onboard, selection: &Selection, current: &Current, lang: Lang) -> Vec<Warning> {
    let asked_for = [
        (options.model.is_some(), std::slice::from_ref(&selection.primary)),
        (!options.fallbacks.is_empty(), &selection.fallbacks),
        (options.image_model.is_some(), selection.image.as_slice()),
    ];
    let refs = asked_for.into_iter().filter(|(asked, _)| *asked).flat_map(|(_, refs)| refs);
    let written = || options.model.iter().chain(&options.fallbacks).chain(&options.image_model);
    let known = |provider: &str| {
        refs::is_built_in(provider) || current.configured.providers.iter().any(|known| known == provider)
    };
    let warning = |target: &String| {
        let provider = provider_of(target).unwrap_or_default();
        // A name without a provider may be a slip, whoever gets it.
        let bare = written().any(|text| !text.contains('/') && target.ends_with(&format!("/{}", text.trim())));
        let message = text::warn_other_provider(lang, clean::line(target), clean::line(provider));
        (id_of(target).is_none() && (bare || !known(provider))).then_some(Warning { code: "other-provider", message })
    };
    refs.filter_map(warning).collect()
}

/// A slip of the pen is not written as a model: every ref is an alias, a listed model, a pool, or `provider/model`.
fn refuse_unknown(
    overrides: &Overrides,
    current: &Current,
    catalog: &Catalog,
    documented: &Documented,
) -> Result<(), Error> {
    let names = |aliases: &[Alias], text: &str| aliases.iter().any(|alias| alias.name.eq_ignore_ascii_case(text));
    let registered = |id: &str| current.configured.registered.iter().any(|known| known == id);
    let known = |text: &str| {
        let text = text.trim();
        let id = id_of(text).unwrap_or(text);
        let parts = text.split_once('/').map(|(provider, id)| !provider.is_empty() && !id.is_empty());
        parts == Some(true)
            || names(&current.configured.aliases, text)
            || names(&documented.aliases, text)
            || overrides.aliases.iter().any(|(name, _)| name.eq_ignore_ascii_case(text))
            || registered(id)
            || catalog.get(id).is_some()
            || documented.facts_of(id).is_some()
            || text.contains(',')
    };
    let asked = (overrides.model.iter().map(|text| ("--model", text)))
        .chain(overrides.fallbacks.iter().map(|text| ("--fallback", text)))
        .chain(overrides.image.iter().map(|text| ("--image-model", text)))
        .chain(overrides.aliases.iter().map(|(_, text)| ("--alias", text)))
        .chain(overrides.models.iter().flatten().map(|text| ("--models", text)));
    match asked.into_iter().find(|(_, text)| !known(text)) {
        Some((option, text)) => {
            let similar = similar(text, current, catalog);
            Err(Error::UnknownRef { option, name: text.clone(), similar })
        }
        None => Ok(()),
    }
}

/// The options as explicit choices. Also for the wizard, where they preselect.
pub fn overrides(options: &Onboard, catalog: &Catalog) -> Overrides {
    Overrides {
        model: options.model.clone(),
        fallbacks: options.fallbacks.clone(),
        image: options.image_model.clone(),
        aliases: options.aliases.clone(),
        models: match &options.models {
            None | Some(ModelsChoice::All) => None,
            Some(ModelsChoice::Listed(values)) => Some(values.iter().flat_map(|v| split_ids(v, catalog)).collect()),
        },
    }
}

/// The entries of a comma list. An id may itself contain commas: the longest run that is a model counts.
fn split_ids(list: &str, catalog: &Catalog) -> Vec<String> {
    let parts: Vec<&str> = list.split(',').collect();
    let mut ids = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let known = (at + 2..=parts.len()).rev().find(|&end| {
            let run = parts[at..end].join(",");
            catalog.get(id_of(run.trim()).unwrap_or(run.trim())).is_some()
        });
        let end = known.unwrap_or(at + 1);
        let id = parts[at..end].join(",").trim().to_owned();
        if !id.is_empty() {
            ids.push(id);
        }
        at = end;
    }
    ids
}

/// The address in force, for callers that write without asking the service.
pub fn base_url(current: &Current, endpoints: Endpoints) -> String {
    current.base_url.clone().unwrap_or(endpoints.api)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::model::{Model, Source};

    #[test]
    fn a_comma_list_keeps_ids_that_contain_commas() {
        let models = ["a", "pool/x,y,z", "b"].map(|id| Model::unknown(id).into()).to_vec();
        let catalog = Catalog { models, source: Source::Live, ..Catalog::default() };
        assert_eq!(split_ids("a, b", &catalog), ["a", "b"]);
        assert_eq!(split_ids("a,pool/x,y,z,b,,", &catalog), ["a", "pool/x,y,z", "b"]);
        assert_eq!(split_ids("chutes/pool/x,y,z", &catalog), ["chutes/pool/x,y,z"]);
        assert_eq!(split_ids("unknown,pool/x", &catalog), ["unknown", "pool/x"]);
    }
}
