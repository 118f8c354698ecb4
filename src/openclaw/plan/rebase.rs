//! A choice that was made on an older reading of the config, carried over to the config as it is now:
//! what was decided stays decided, what others changed meanwhile stays changed.

use crate::chutes::model::{Model, id_of};
use crate::openclaw::read::current::Current;
use crate::selection::{Alias, Selection};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// `basis` is what `selection` was made on, `now` what the config says at this moment.
pub fn rebased(selection: &Selection, basis: &Current, now: &Current) -> Selection {
    let mut new = selection.clone();
    let (before, after) = (&basis.configured, &now.configured);
    if let (Some(before), Some(after)) = (&before.primary, &after.primary)
        && new.primary == *before
    {
        new.primary.clone_from(after);
    }
    if new.fallbacks == before.fallbacks {
        new.fallbacks.clone_from(&after.fallbacks);
    }
    if new.image == before.image {
        new.image.clone_from(&after.image);
    }
    // Untouched here, and gone or moved there.
    let known: HashSet<&Alias> = before.aliases.iter().collect();
    let still: HashSet<&Alias> = after.aliases.iter().collect();
    new.aliases.retain(|alias| !known.contains(alias) || still.contains(alias));
    for theirs in after.aliases.iter().filter(|theirs| !known.contains(theirs)) {
        // A name or a model that was decided about here is not theirs to change.
        let taken = new.aliases.iter().any(|ours| ours.target == theirs.target || same_name(ours, theirs));
        let given_up = before.aliases.iter().any(|old| same_name(old, theirs) && !selection.aliases.contains(old));
        if id_of(&theirs.target).is_some() && !taken && !given_up {
            new.aliases.push(theirs.clone());
        }
    }
    let chosen = [&new.primary].into_iter().chain(&new.fallbacks).chain(&new.image);
    let targets = chosen.chain(new.aliases.iter().map(|alias| &alias.target));
    let needed: HashSet<String> = targets.filter_map(|target| id_of(target)).map(str::to_owned).collect();
    // What only repeats the older reading gives way to the newer one.
    let (before, after) = (by_id(&basis.models), by_id(&now.models));
    new.registered.retain_mut(|model| {
        if !before.get(&*model.id).is_some_and(|known| known.contains(&&*model)) {
            return true;
        }
        match after.get(&*model.id).and_then(|known| known.first()) {
            Some(known) => model.clone_from(known),
            None => return needed.contains(&*model.id),
        }
        true
    });
    new
}

/// An id may be there twice.
fn by_id(models: &[Arc<Model>]) -> HashMap<&str, Vec<&Arc<Model>>> {
    let mut found: HashMap<&str, Vec<&Arc<Model>>> = HashMap::new();
    for model in models {
        found.entry(&model.id).or_default().push(model);
    }
    found
}

fn same_name(a: &Alias, b: &Alias) -> bool {
    a.name.to_lowercase() == b.name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::model::reference;
    use crate::selection::Configured;
    use std::num::NonZeroU64;

    fn alias(name: &str, id: &str) -> Alias {
        Alias { name: name.into(), target: reference(id) }
    }

    fn model(id: &str, context: u64) -> Arc<Model> {
        Model { context: NonZeroU64::new(context), ..Model::unknown(id) }.into()
    }

    fn current(primary: &str, aliases: &[Alias], models: &[Arc<Model>]) -> Current {
        let configured =
            Configured { primary: Some(primary.into()), aliases: aliases.to_vec(), ..Configured::default() };
        Current { configured, models: models.to_vec(), ..Current::default() }
    }

    #[test]
    fn what_others_changed_stays_and_what_was_decided_wins() {
        let basis = current(
            "chutes/x",
            &[alias("a", "x"), alias("b", "y"), alias("c", "z")],
            &[model("x", 1), model("y", 1), model("z", 1)],
        );
        // Here: b was given up, c moved, d is new, x is described anew. The default was left alone.
        let ours = Selection {
            primary: "chutes/x".into(),
            aliases: vec![alias("a", "x"), alias("c", "w"), alias("d", "v")],
            registered: vec![model("x", 5), model("y", 1), model("z", 1), model("v", 1)],
            ..Selection::default()
        };
        assert_eq!(rebased(&ours, &basis, &basis), ours);
        // There: another default, all three moved, e is new, d stands for another model.
        let theirs = [alias("a", "u"), alias("B", "t"), alias("c", "s"), alias("e", "r"), alias("d", "q")];
        let new = rebased(&ours, &basis, &current("chutes/n", &theirs, &[model("x", 2), model("y", 2)]));
        assert_eq!(new.primary, "chutes/n");
        assert_eq!(new.aliases, [alias("c", "w"), alias("d", "v"), alias("a", "u"), alias("e", "r")]);
        assert_eq!(new.registered, [model("x", 5), model("y", 2), model("v", 1)]);
        // There: everything is gone.
        let new = rebased(&ours, &basis, &current("chutes/x", &[], &[]));
        assert_eq!(new.aliases, [alias("c", "w"), alias("d", "v")]);
        assert_eq!(new.registered, [model("x", 5), model("v", 1)]);
    }
}
