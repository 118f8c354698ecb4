//! What a person means by the name of a model: an alias, a full ref, or a bare id.

use super::error::Error;
use crate::chutes::bundled;
use crate::chutes::model::{Catalog, id_of, reference};
use crate::chutes::pool::Pool;
use crate::openclaw::read::current::Current;
use crate::selection::propose::resolve;

/// The full ref meant by an alias, a ref or an id, if it is known: configured, registered, allowed, or
/// in a list of the service's models. OpenClaw itself would write any word as a model of another provider.
pub fn resolve_known(name: &str, current: &Current, catalog: Option<&Catalog>) -> Result<String, Error> {
    let configured = &current.configured;
    let built_in = bundled::catalog();
    let one = |id: &str| {
        configured.registered.iter().any(|known| known == id)
            || catalog.is_some_and(|catalog| catalog.get(id).is_some())
            || built_in.get(id).is_some()
            || *bundled::fast_target().id == *id
    };
    let listed = |id: &str| {
        // A pool is as known as its members.
        one(id) || Pool::parse(id).is_some_and(|pool| pool.members.iter().all(|member| one(member)))
    };
    let target = resolve(name, &configured.aliases, listed);
    let provider = |target: &str| target.split_once('/').map(|(provider, _)| format!("{provider}/*"));
    let allowed =
        configured.allowed.iter().flatten().any(|entry| *entry == target || Some(entry) == provider(&target).as_ref())
            && id_of(&target).is_none();
    let mentioned =
        configured.aliases.iter().map(|alias| &alias.target).chain(&configured.primary).chain(&configured.fallbacks);
    // A name without a provider is a model of nobody that is known here.
    let at_known_provider = id_of(&target).is_none()
        && name.contains('/')
        && target.split_once('/').is_some_and(|(p, id)| {
            !id.is_empty() && configured.providers.iter().chain(&current.other_providers).any(|name| name == p)
        });
    if id_of(&target).is_some_and(listed) || allowed || at_known_provider || mentioned.into_iter().any(|r| *r == target)
    {
        return Ok(target);
    }
    Err(Error::UnknownModel {
        name: name.trim().to_owned(),
        similar: similar(name, current, catalog.unwrap_or(&built_in)),
    })
}

/// How alike (Jaro and Winkler, 0 to 1) a name must be to what was typed to be offered in its place.
const ALIKE: f64 = 0.9;

/// Up to three names that contain what was typed; where none does, the names most like it.
pub fn similar(name: &str, current: &Current, catalog: &Catalog) -> Vec<String> {
    let typed = name.trim().trim_start_matches("chutes/").to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let aliases = current.configured.aliases.iter().map(|alias| alias.name.clone());
    let registered = current.configured.registered.iter().map(|id| reference(id));
    let listed = catalog
        .models
        .iter()
        .map(|model| model.reference())
        .filter(|key| !registered.clone().any(|known| known == *key));
    let names: Vec<String> = aliases.chain(registered.clone()).chain(listed).collect();
    let containing: Vec<String> =
        names.iter().filter(|known| known.to_lowercase().contains(&typed)).take(3).cloned().collect();
    if !containing.is_empty() {
        return containing;
    }
    // People leave out the provider, and often the publisher, too.
    let likeness = |known: &str| {
        let id = known.trim_start_matches("chutes/").to_lowercase();
        let last = id.rsplit('/').next().unwrap_or_default();
        strsim::jaro_winkler(&typed, &id).max(strsim::jaro_winkler(&typed, last))
    };
    let mut alike: Vec<(f64, String)> =
        names.into_iter().map(|known| (likeness(&known), known)).filter(|(likeness, _)| *likeness >= ALIKE).collect();
    alike.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    alike.into_iter().take(3).map(|(_, known)| known).collect()
}
