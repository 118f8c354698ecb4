//! `export` and `import`: the choices of a setup as a small text without secrets, carried to another.

use super::confirm;
use super::context::Context;
use super::error::Error;
use super::models::{self, Change, selection_of};
use super::onboard::base_url;
use super::report::onboard::{diff_text, file_json};
use super::report::{Report, Warning};
use crate::chutes::model::{Catalog, id_of, reference};
use crate::chutes::pool::Pool;
use crate::clean;
use crate::diff;
use crate::files;
use crate::openclaw::Site;
use crate::openclaw::plan::{self, Request};
use crate::openclaw::read::current::Current;
use crate::selection::portable::{Choices, MAX_LEN, Refused};
use crate::selection::{Selection, alias};
use crate::texts::{Lang, cli as text};
use crate::time::now;
use serde_json::{Value, json};
use std::io::{IsTerminal, Read};
use std::path::Path;

/// `export`: one line of JSON.
pub fn export(context: &Context) -> Result<Report, Error> {
    let (_, _, current) = context.read()?;
    let selection = selection_of(&current)?;
    let pools = selection.registered.iter().map(|model| model.id.to_string()).filter(|id| Pool::parse(id).is_some());
    let favourites = context.state().favourites().read().unwrap_or_default();
    let choices = Choices::from_selection(&selection, pools.collect(), favourites);
    let text = choices.to_text();
    // A ref that somebody pasted a key into is not carried anywhere.
    Choices::parse(&text).map_err(Error::Import)?;
    Ok(Report::text(text + "\n"))
}

/// `import -`: shows what would change and writes it. A person at a terminal is asked before.
pub fn import(context: &Context, source: &Path, check: bool, as_json: bool) -> Result<Report, Error> {
    let choices = Choices::parse(&read(source)?).map_err(Error::Import)?;
    let (site, snapshot, current) = context.read()?;
    let catalog = context.state().catalog();
    let selection = chosen(&choices, &current, catalog.as_ref())?;
    let warnings = unserved(context.lang, &selection, catalog.as_ref());
    let lang = context.lang;
    let request = Request {
        base_url: base_url(&current, context.endpoints()?),
        credential: None,
        selection: selection.clone(),
        client_secret: None,
        basis: Some(current.clone()),
        ..Request::default()
    };
    let plan = plan::plan(&snapshot, &request, now())?;
    let files = diff::of(&plan);
    if check {
        let exit = if files.is_empty() { 0 } else { 4 };
        if as_json {
            let files: Vec<Value> = files.iter().map(file_json).collect();
            return Ok(Report::json(&json!({ "ok": true, "changed": false, "files": files })).exit(exit));
        }
        return Ok(Report::text(shown(&files, &site, lang)).exit(exit));
    }
    if !as_json && !files.is_empty() && std::io::stdout().is_terminal() {
        super::report::stdout(&shown(&files, &site, lang)).map_err(Error::System)?;
        if let Some(false) = confirm::ask(lang) {
            return Ok(Report::text(format!("{}\n", text::confirm_left(lang))));
        }
    }
    let facts = json!({ "imported": serde_json::from_str::<Value>(&choices.to_text()).unwrap_or_default() });
    let line = text::imported(lang, clean::line(&selection.primary));
    let report = models::apply(context, &site, &current, selection, Change { line, facts, warnings }, as_json)?;
    if !choices.favourites.is_empty() {
        context.state().favourites().write(&choices.favourites)?;
    }
    Ok(report)
}

pub(super) fn shown(files: &[diff::FileDiff], site: &Site, lang: Lang) -> String {
    if files.is_empty() {
        return format!("{}\n", text::no_change(lang));
    }
    files.iter().map(|file| diff_text(file, |path| site.paths.tilde(path), lang)).collect()
}

/// `-` is standard input.
fn read(source: &Path) -> Result<String, Error> {
    let too_long = || Error::Import(Refused::TooLong);
    let bytes = if source == Path::new("-") {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_LEN).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(Error::System)?;
        bytes
    } else {
        files::read_file(source)?.ok_or_else(|| Error::NoSuchFile { path: source.to_owned() })?
    };
    if bytes.len() > MAX_LEN {
        return Err(too_long());
    }
    String::from_utf8(bytes).map_err(|_| Error::Import(Refused::Foreign))
}

/// What the config should say: the imported choices on top of what is registered here.
fn chosen(choices: &Choices, current: &Current, catalog: Option<&Catalog>) -> Result<Selection, Error> {
    let mut selection = selection_of(current).unwrap_or_default();
    for alias in choices.aliases() {
        let others: Vec<_> = selection.aliases.iter().filter(|other| other.target != alias.target).cloned().collect();
        let others: Vec<_> = others.into_iter().filter(|other| !other.name.eq_ignore_ascii_case(&alias.name)).collect();
        let ids = catalog.into_iter().flat_map(|catalog| &catalog.models).map(|model| &*model.id);
        alias::check(&alias.name, &alias.target, &others, &current.configured.providers, ids)
            .map_err(|problem| Error::Alias { name: alias.name.clone(), problem })?;
        selection.aliases = others;
        selection.aliases.push(alias);
    }
    // The aliases that were not exported are not part of that setup.
    selection.aliases.retain(|alias| choices.aliases.contains_key(&alias.name));
    selection.primary.clone_from(&choices.default);
    selection.fallbacks = choices.fallbacks.iter().filter(|target| **target != choices.default).cloned().collect();
    selection.image.clone_from(&choices.image);
    let pools: Vec<String> = choices.pools.iter().map(|id| reference(id)).collect();
    let targets = [&choices.default].into_iter().chain(&choices.fallbacks).chain(&choices.image);
    let targets: Vec<String> = targets.chain(choices.aliases.values()).chain(&pools).cloned().collect();
    for target in targets.iter().filter(|target| id_of(target).is_some()) {
        selection.register(target, catalog);
    }
    Ok(selection)
}

/// What the last list of the service does not have.
fn unserved(lang: Lang, selection: &Selection, catalog: Option<&Catalog>) -> Vec<Warning> {
    let targets = [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image);
    let targets = targets.chain(selection.aliases.iter().map(|alias| &alias.target));
    let gone =
        |target: &&String| id_of(target).zip(catalog).is_some_and(|(id, catalog)| catalog.serves(id) == Some(false));
    let mut warnings: Vec<Warning> = Vec::new();
    for target in targets.filter(gone) {
        let message = text::warn_not_served_now(lang, clean::line(target));
        if warnings.iter().all(|known| known.message != message) {
            warnings.push(Warning { code: "model-not-served", message });
        }
    }
    warnings
}
