//! What the list no longer serves, put right by the rule for successors, and nothing else: no alias and no
//! model comes in that the config did not have.

use super::alias::same_name;
use super::propose::{Documented, Note, Overrides, PriceChange, propose_roles, role_of};
use super::successor::{Reason, Role};
use super::{Alias, Configured, Selection};
use crate::chutes::model::{Catalog, id_of};

/// What is wrong with the configured choices, and what takes the place of each.
pub fn notes(configured: &Configured, catalog: &Catalog, documented: &Documented) -> Vec<Note> {
    let had =
        |name: &str| configured.aliases.iter().chain(&configured.inverted).any(|alias| same_name(&alias.name, name));
    // A documented alias that the config does not have is not to take a successor away.
    let aliases = documented.aliases.iter().filter(|alias| had(&alias.name)).cloned().collect();
    let documented = Documented { aliases, ..documented.clone() };
    // Only an explicit choice can be refused, and there is none.
    let proposal = propose_roles(configured, catalog, &documented, &Overrides::default());
    let of_config = |note: &Note| match note {
        Note::Default { wanted, .. } => configured.primary.as_ref() == Some(wanted),
        Note::Alias { .. } | Note::Fallback { .. } | Note::Image { .. } | Note::Repaired { .. } => true,
        _ => false,
    };
    proposal.map_or_else(|_| Vec::new(), |proposal| proposal.notes.into_iter().filter(of_config).collect())
}

/// Carries notes out. The models to register are left to the caller.
pub fn apply<'a>(selection: &mut Selection, notes: impl IntoIterator<Item = &'a Note>, catalog: &Catalog) {
    let gone = |reference: &str| id_of(reference).is_some_and(|id| catalog.serves(id) == Some(false));
    for note in notes {
        match note {
            Note::Default { wanted, taken: Some((taken, _)) } if selection.primary == *wanted => {
                selection.primary.clone_from(taken);
            }
            Note::Image { wanted, taken: Some((taken, _)) } if selection.image.as_ref() == Some(wanted) => {
                selection.image = Some(taken.clone());
            }
            Note::Fallback { wanted, taken: Some((taken, _)) } => {
                selection.fallbacks.iter_mut().filter(|used| *used == wanted).for_each(|used| used.clone_from(taken));
            }
            // Others stand behind it.
            Note::Fallback { wanted, taken: None } if gone(wanted) => selection.fallbacks.retain(|used| used != wanted),
            Note::Repaired { name, target }
                if !selection.aliases.iter().any(|alias| same_name(&alias.name, name) || alias.target == *target) =>
            {
                selection.aliases.push(Alias { name: name.clone(), target: target.clone() });
            }
            Note::Alias { name, taken: Some((taken, _)), .. } => {
                let found = selection.aliases.iter_mut().find(|alias| same_name(&alias.name, name));
                found.into_iter().for_each(|alias| alias.target.clone_from(taken));
            }
            _ => {}
        }
    }
    let fallbacks = std::mem::take(&mut selection.fallbacks);
    for fallback in fallbacks {
        if fallback != selection.primary && !selection.fallbacks.contains(&fallback) {
            selection.fallbacks.push(fallback);
        }
    }
}

/// A model that the list no longer serves, in one of its places in the config.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift<'a> {
    /// `default`, `fallback`, `image` or `alias`.
    pub place: &'static str,
    pub alias: Option<&'a str>,
    pub wanted: &'a str,
    /// The successor; None: there is none.
    pub taken: Option<&'a str>,
    /// It is a pool, and goes on with other members.
    pub pool: bool,
    role: Role,
}

impl<'a> Drift<'a> {
    /// None: the note speaks of something else.
    pub fn of(note: &'a Note) -> Option<Drift<'a>> {
        let (place, alias, wanted, taken, role) = match note {
            Note::Default { wanted, taken } => ("default", None, wanted, taken, Role::Main),
            Note::Fallback { wanted, taken } => ("fallback", None, wanted, taken, Role::Fallback),
            Note::Image { wanted, taken } => ("image", None, wanted, taken, Role::Vision),
            Note::Alias { name, wanted, taken } => ("alias", Some(name.as_str()), wanted, taken, role_of(name)),
            _ => return None,
        };
        let pool = matches!(taken, Some((_, Reason::PoolRepaired)));
        Some(Drift { place, alias, wanted, taken: taken.as_ref().map(|(taken, _)| taken.as_str()), pool, role })
    }

    /// Both prices. None: there is no successor.
    pub fn prices(&self, documented: &Documented, catalog: &Catalog) -> Option<PriceChange> {
        Some(documented.price_change(self.wanted, self.taken?, self.role, &catalog.models))
    }
}
