//! Facts that a person changed in a config, told apart from those that the service changed since they were
//! written.

use crate::chutes::model::Model;

/// A field of a model's entry, as OpenClaw's config names it.
pub type Field = &'static str;

/// What became of one model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    pub model: Model,
    /// Set by hand, and other than what the service says now: they stay.
    pub kept: Vec<Field>,
    /// Changed by the service since they were written.
    pub changed: Vec<Field>,
}

/// `live` is what the service says, `own` what the config has, `written` what the service said when the
/// config was written; None: nobody knows, and all that is there counts as set by hand.
pub fn merged(live: &Model, own: &Model, written: Option<&Model>) -> Merged {
    let mut merged = Merged { model: live.clone(), ..Merged::default() };
    let new = &mut merged.model;
    let mut of = |field: Field, differs: bool, by_hand: bool, keep: &mut dyn FnMut()| {
        if !differs {
            return;
        }
        let fields = if by_hand { &mut merged.kept } else { &mut merged.changed };
        if !fields.contains(&field) {
            fields.push(field);
        }
        if by_hand {
            keep();
        }
    };
    macro_rules! field {
        ($name:literal, $($at:tt)+) => {{
            let (theirs, ours, was) = (&live.$($at)+, &own.$($at)+, written.map(|written| &written.$($at)+));
            // What the service does not say is nowhere written, and what is not there was not set.
            let differs = theirs.is_some() && ours.is_some() && theirs != ours;
            of($name, differs, was != Some(ours), &mut || new.$($at)+ = ours.clone());
        }};
    }
    field!("contextWindow", context);
    field!("maxTokens", max_output);
    field!("cost", price.input);
    field!("cost", price.output);
    field!("cost", price.cache_read);
    field!("reasoning", reasoning);
    // OpenClaw's config has only the kinds that it knows, so the lists are compared as they are written there.
    let kinds = |model: &Model| -> Option<Vec<String>> {
        let known = |kind: &&String| ["text", "image", "video", "audio"].contains(&kind.as_str());
        model.input.as_ref().map(|kinds| kinds.iter().filter(known).cloned().collect())
    };
    let (theirs, ours, was) = (kinds(live), kinds(own), written.and_then(kinds));
    let differs = theirs.as_ref().is_some_and(|kinds| !kinds.is_empty()) && ours.is_some() && theirs != ours;
    of("input", differs, was != ours, &mut || new.input.clone_from(&own.input));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::model::Price;
    use std::num::NonZeroU64;

    fn model(context: u64, input: f64, reasoning: bool) -> Model {
        let price = Price { input: Some(input), output: Some(2.0), cache_read: None };
        Model { context: NonZeroU64::new(context), price, reasoning: Some(reasoning), ..Model::unknown("a") }
    }

    #[test]
    fn what_was_set_by_hand_stays_and_what_the_service_changed_comes() {
        let written = model(1000, 0.4, true);
        // By hand: a lower window. By the service: another price.
        let result = merged(&model(1000, 0.5, true), &model(500, 0.4, true), Some(&written));
        assert_eq!(
            (result.model, result.kept, result.changed),
            (model(500, 0.5, true), vec!["contextWindow"], vec!["cost"])
        );
        // Both changed the same: the person's stays.
        let result = merged(&model(2000, 0.4, false), &model(500, 0.4, true), Some(&written));
        assert_eq!((result.model.context, result.kept), (NonZeroU64::new(500), vec!["contextWindow"]));
        assert_eq!((result.model.reasoning, result.changed), (Some(false), vec!["reasoning"]));
        // Nobody knows what was written.
        let result = merged(&model(2000, 0.4, true), &model(500, 0.4, true), None);
        assert_eq!((result.model.context, result.kept), (NonZeroU64::new(500), vec!["contextWindow"]));
        // Nothing differs, or nothing was there.
        assert_eq!(merged(&written, &written, Some(&written)), Merged { model: written.clone(), ..Merged::default() });
        assert_eq!(merged(&written, &Model::unknown("a"), None).model, written);
    }
}
