//! `models set-image`: the model that looks at pictures.

use super::context::Context;
use super::error::Error;
use super::known::resolve_known;
use super::models::{self, Change};
use super::report::{Report, Warning};
use crate::chutes::model::id_of;
use crate::clean;
use crate::selection::Selection;
use crate::texts::{Lang, cli as text};
use serde_json::json;

/// `models set-image`.
pub fn set(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let catalog = context.state().catalog();
    let target = resolve_known(name, &current, catalog.as_ref())?;
    // Two models of other providers are OpenClaw's matter: to write them would bring Chutes in.
    if !models::has_chutes(&current) && id_of(&target).is_none() {
        return Err(Error::NotConfigured);
    }
    selection.image = Some(target.clone());
    selection.register(&target, catalog.as_ref());
    let warnings = models::not_served_now(&target, catalog.as_ref(), context.lang).into_iter();
    let warnings = warnings.chain(sees_nothing(&target, &selection, context.lang)).collect();
    let line = text::image_line(context.lang, clean::line(&target));
    let facts = json!({ "image": target });
    models::apply(context, &site, &current, selection, Change { line, facts, warnings }, as_json)
}

/// Said of a model that is to look at pictures and is known to take none.
fn sees_nothing(target: &str, selection: &Selection, lang: Lang) -> Option<Warning> {
    let id = id_of(target)?;
    let model = selection.registered.iter().find(|model| *model.id == *id)?;
    let blind = model.input.as_ref().is_some_and(|input| !input.iter().any(|kind| kind == "image"));
    let message = || text::warn_no_image_input(lang, clean::line(target));
    blind.then(|| Warning { code: "no-image-input", message: message() })
}
