//! From what is configured, what the service lists and what was asked for to a complete selection.

use super::alias::{self, same_name};
use super::pools;
use super::successor::{Market, Reason, Role, is_dearer, successor};
use super::{Alias, Configured, Selection, refs};
use crate::chutes::health::Health;
use crate::chutes::model::{Catalog, Model, Price, Source, id_of, reference};
use crate::chutes::pool::Pool;
use std::collections::HashSet;
use std::sync::Arc;

/// What the product promises, and what is known beside the list; handed in so that the rules stay pure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documented {
    /// `chutes/zai-org/GLM-4.7-TEE`.
    pub default: String,
    /// The three aliases with their documented targets.
    pub aliases: Vec<Alias>,
    /// The ids of the built-in catalog, in order.
    pub built_in: Vec<String>,
    /// Facts about the built-in models and the documented targets, for when the service lists them no more.
    pub extra: Vec<Arc<Model>>,
    /// What is up, as far as that is known.
    pub health: Arc<Health>,
}

/// What a successor costs beside what it succeeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceChange {
    pub old: Price,
    pub new: Price,
    /// More than its role allows: it was taken because nothing else is left.
    pub dearer: bool,
}

impl Documented {
    /// With what a config says of its own models, which counts before what is built in.
    pub fn beside(&self, own: &[Arc<Model>]) -> Documented {
        Documented { extra: own.iter().chain(&self.extra).cloned().collect(), ..self.clone() }
    }

    /// What is known of a model that the service does not list.
    pub fn facts_of(&self, id: &str) -> Option<&Arc<Model>> {
        self.extra.iter().find(|model| *model.id == *id)
    }

    /// What is known of an id: of a pool, what its members have in common.
    pub fn known(&self, id: &str, listed: &[Arc<Model>]) -> Option<Model> {
        let find = |id: &str| listed.iter().find(|model| *model.id == *id).or_else(|| self.facts_of(id));
        match (find(id), Pool::parse(id)) {
            (Some(model), _) => Some(Model::clone(model)),
            (None, Some(pool)) => Some(pool.facts(pool.members.iter().filter_map(|id| find(id)))),
            (None, None) => None,
        }
    }

    /// Find what takes the place of a Chutes ref that [`drifted`]: for a pool first itself, without the members that
    /// are gone. `taken` gets refs.
    pub fn replace(
        &self,
        wanted: &str,
        role: Role,
        listed: &[Arc<Model>],
        taken: impl Fn(&str) -> bool,
    ) -> Option<(String, Reason)> {
        let id = id_of(wanted)?;
        let market = Market { served: listed, health: &self.health, built_in: &self.built_in };
        let pool = Pool::parse(id);
        if let Some(pool) = &pool
            && let Some(repaired) = pools::repair(pool, market, |id| self.facts_of(id))
        {
            let target = reference(&repaired.id());
            return (!taken(&target)).then_some((target, Reason::PoolRepaired));
        }
        // A pool is succeeded as its first member is, at the price of the pool.
        let first = pool.as_ref().map_or(id, |pool| &pool.members[0]);
        let old = self.known(id, &[]);
        successor(first, old.as_ref(), role, market, |id| taken(&reference(id)))
            .map(|(model, why)| (model.reference(), why))
    }

    /// Both prices of a replacement.
    pub fn price_change(&self, wanted: &str, taken: &str, role: Role, listed: &[Arc<Model>]) -> PriceChange {
        let facts = |target: &str, listed: &[Arc<Model>]| id_of(target).and_then(|id| self.known(id, listed));
        let (old, new) = (facts(wanted, &[]), facts(taken, listed).unwrap_or_default());
        let dearer = is_dearer(old.as_ref(), &new, role) == Some(true);
        PriceChange { old: old.unwrap_or_default().price, new: new.price, dearer }
    }
}

/// Whether a live list asks for a decision about a Chutes ref: it is not served, or it is a pool and some of
/// its members are not.
pub fn drifted(target: &str, catalog: &Catalog) -> bool {
    let Some(id) = id_of(target) else { return false };
    match catalog.serves(id) {
        None => false,
        Some(false) => true,
        Some(true) => {
            let pool = Pool::parse(id).filter(|_| catalog.get(id).is_none());
            pool.is_some_and(|pool| pool.served(&catalog.models).count() < pool.members.len())
        }
    }
}

/// What stays left out: models that could have been registered with the others (`seen_before`), and were
/// not. Only what is new on the list comes in by itself.
pub fn left_out<'a>(own: &'a [Arc<Model>], seen_before: impl Fn(&str) -> bool + 'a) -> impl Fn(&str) -> bool + 'a {
    let registered: HashSet<&str> = own.iter().map(|model| &*model.id).collect();
    move |id| seen_before(id) && !registered.contains(id)
}

/// Choices made in advance, by flags. Everything here is explicit and wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Ref, id or alias.
    pub model: Option<String>,
    pub fallbacks: Vec<String>,
    pub image: Option<String>,
    /// Name, and ref, id or alias.
    pub aliases: Vec<(String, String)>,
    /// Register only these (refs or ids); None: all that the service lists.
    pub models: Option<Vec<String>>,
}

/// Something a person should know about a proposal.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The default is not served. `taken` is the successor.
    Default { wanted: String, taken: Option<(String, Reason)> },
    /// An alias' target is not served.
    Alias { name: String, wanted: String, taken: Option<(String, Reason)> },
    /// A fallback is not served; None: it was left out.
    Fallback { wanted: String, taken: Option<(String, Reason)> },
    /// The image model is not served.
    Image { wanted: String, taken: Option<(String, Reason)> },
    /// An explicit choice is not served, and taken all the same.
    ExplicitNotServed { wanted: String },
    /// A documented alias was not set: its model carries the user's own alias.
    AliasHeld { name: String, target: String, by: String },
    /// An explicit alias took the name, or the model's only alias, from somewhere.
    AliasMoved { name: String, from: String },
    /// An alias written backwards was put right.
    Repaired { name: String, target: String },
    /// The default of another provider makes room for a Chutes model. `kept`: it is the first fallback.
    MadeRoom { before: String, kept: bool },
    /// A model of another provider was asked for where only Chutes' own are registered.
    NotRegistered { wanted: String },
}

/// An explicit choice that cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Alias {
        name: String,
        problem: alias::Problem,
    },
    /// Two explicit aliases for one model: OpenClaw holds one.
    TwoAliases {
        target: String,
        names: [String; 2],
    },
}

/// A complete selection, and what to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub selection: Selection,
    pub notes: Vec<Note>,
}

/// Complete the selection: without a person, this is what is written.
pub fn propose(
    configured: &Configured,
    catalog: &Catalog,
    documented: &Documented,
    overrides: &Overrides,
) -> Result<Proposal, Refusal> {
    let mut proposal = propose_roles(configured, catalog, documented, overrides)?;
    proposal.selection.registered = registered(&catalog.models, documented, overrides, &proposal.selection);
    let is_known = |text: &str| catalog.get(text).is_some() || documented.facts_of(text).is_some();
    let not_ours = overrides.models.iter().flatten().filter(|text| id_of(text).is_none() && !is_known(text));
    proposal.notes.extend(not_ours.map(|text| Note::NotRegistered { wanted: text.clone() }));
    Ok(proposal)
}

/// [`propose`] without the models to register, which take as much memory as the whole list: where the
/// Models screen starts.
pub fn propose_roles(
    configured: &Configured,
    catalog: &Catalog,
    documented: &Documented,
    overrides: &Overrides,
) -> Result<Proposal, Refusal> {
    let mut proposing =
        Proposing { configured, catalog, documented, notes: Vec::new(), aliases: configured.aliases.clone() };
    proposing.repair();
    let primary = proposing.primary(overrides);
    proposing.explicit_aliases(overrides)?;
    let configured_aliases = proposing.aliases.len();
    proposing.documented_aliases();
    proposing.succeeded_aliases(overrides, &primary);
    let place = |alias: &Alias| documented.aliases.iter().position(|known| known.name == alias.name);
    proposing.aliases[configured_aliases..].sort_by_key(place);
    let fallbacks = proposing.fallbacks(overrides, &primary);
    let image = proposing.image(overrides);
    let Proposing { notes, aliases, .. } = proposing;

    let aliases: Vec<Alias> = aliases.into_iter().filter(|a| id_of(&a.target).is_some()).collect();
    let authoritative = catalog.source == Source::Live;
    let selection = Selection { primary, fallbacks, image, aliases, registered: Vec::new(), authoritative };
    Ok(Proposal { selection, notes })
}

/// The full ref meant by an alias, a ref or an id. An id that `is_ours` knows is a Chutes model; everything
/// else is taken as it is written, and belongs to the provider that OpenClaw gives it.
pub fn resolve(text: &str, aliases: &[Alias], is_ours: impl Fn(&str) -> bool) -> String {
    let text = text.trim();
    if let Some(alias) = aliases.iter().find(|a| same_name(&a.name, text)) {
        return alias.target.clone();
    }
    // A pool may be written as a list of refs.
    let members: Vec<&str> = text.split(',').map(|member| id_of(member.trim()).unwrap_or(member.trim())).collect();
    if !is_ours(id_of(text).unwrap_or(text))
        && let Some(pool) = Pool::parse(&members.join(","))
    {
        return reference(&pool.id());
    }
    if is_ours(text) { reference(text) } else { refs::full(text, refs::DEFAULT_PROVIDER) }
}

struct Proposing<'a> {
    configured: &'a Configured,
    catalog: &'a Catalog,
    documented: &'a Documented,
    notes: Vec<Note>,
    aliases: Vec<Alias>,
}

impl Proposing<'_> {
    /// True when the live list proves that a Chutes ref is not served.
    fn gone(&self, target: &str) -> bool {
        id_of(target).is_some_and(|id| self.catalog.serves(id) == Some(false))
    }

    fn drifted(&self, target: &str) -> bool {
        drifted(target, self.catalog)
    }

    fn successor(&self, wanted: &str, role: Role, taken: impl Fn(&str) -> bool) -> Option<(String, Reason)> {
        let found = self.documented.replace(wanted, role, &self.catalog.models, taken);
        // A pool that lost members and cannot be repaired goes on with those it has.
        found.filter(|(_, reason)| *reason == Reason::PoolRepaired || self.gone(wanted))
    }

    fn resolve(&self, text: &str) -> String {
        let listed = |id: &str| self.catalog.get(id).is_some() || self.documented.facts_of(id).is_some();
        resolve(text, &self.aliases, listed)
    }

    fn repair(&mut self) {
        for inverted in &self.configured.inverted {
            let name_free = !self.aliases.iter().any(|a| same_name(&a.name, &inverted.name));
            let model_free = !self.aliases.iter().any(|a| a.target == inverted.target);
            if name_free && model_free {
                self.aliases.push(inverted.clone());
            }
            self.notes.push(Note::Repaired { name: inverted.name.clone(), target: inverted.target.clone() });
        }
    }

    fn primary(&mut self, overrides: &Overrides) -> String {
        if let Some(asked) = &overrides.model {
            let wanted = self.resolve(asked);
            if self.gone(&wanted) {
                self.notes.push(Note::ExplicitNotServed { wanted: wanted.clone() });
            }
            return wanted;
        }
        // A Chutes default that was chosen before stays; another provider's makes room for the documented one.
        let wanted = match &self.configured.primary {
            Some(primary) if id_of(primary).is_some() => primary.clone(),
            _ => self.documented.default.clone(),
        };
        if !self.drifted(&wanted) {
            return wanted;
        }
        let taken = self.successor(&wanted, Role::Main, |_| false);
        let primary = taken.as_ref().map_or_else(|| wanted.clone(), |(target, _)| target.clone());
        self.notes.push(Note::Default { wanted, taken });
        primary
    }

    fn explicit_aliases(&mut self, overrides: &Overrides) -> Result<(), Refusal> {
        let mut set: Vec<Alias> = Vec::new();
        for (name, text) in &overrides.aliases {
            let target = self.resolve(text);
            if let Some(other) = set.iter().find(|a| a.target == target && !same_name(&a.name, name)) {
                return Err(Refusal::TwoAliases { target, names: [other.name.clone(), name.clone()] });
            }
            let ids = self.catalog.models.iter().map(|m| &*m.id);
            // A name that another model holds is moved, so only the form and what it would shadow can refuse it.
            alias::check(name, &target, &[], &self.configured.providers, ids)
                .map_err(|problem| Refusal::Alias { name: name.clone(), problem })?;
            if self.gone(&target) {
                self.notes.push(Note::ExplicitNotServed { wanted: target.clone() });
            }
            if let Some(from) = self.aliases.iter().find(|a| same_name(&a.name, name) && a.target != target) {
                self.notes.push(Note::AliasMoved { name: name.clone(), from: from.target.clone() });
            }
            if let Some(old) = self.aliases.iter().find(|a| a.target == target && !same_name(&a.name, name)) {
                self.notes.push(Note::AliasMoved { name: old.name.clone(), from: target.clone() });
            }
            self.aliases.retain(|a| !same_name(&a.name, name) && a.target != target);
            let alias = Alias { name: name.clone(), target };
            self.aliases.push(alias.clone());
            set.push(alias);
        }
        Ok(())
    }

    /// The documented aliases whose models are there.
    fn documented_aliases(&mut self) {
        for Alias { name, target } in &self.documented.aliases {
            if self.gone(target) || self.is_set(name) {
                continue;
            }
            match self.aliases.iter().find(|alias| alias.target == *target) {
                Some(holder) => {
                    let by = holder.name.clone();
                    self.notes.push(Note::AliasHeld { name: name.clone(), target: target.clone(), by });
                }
                None => self.aliases.push(Alias { name: name.clone(), target: target.clone() }),
            }
        }
    }

    /// Successors for the aliases whose models are gone, the user's own and the documented ones. The role
    /// that fewest models can play chooses first: OpenClaw holds one alias per model.
    fn succeeded_aliases(&mut self, overrides: &Overrides, primary: &str) {
        let explicit = |name: &str| overrides.aliases.iter().any(|(asked, _)| same_name(asked, name));
        let of_config = self.aliases.iter().filter(|alias| !explicit(&alias.name) && self.drifted(&alias.target));
        let unset =
            self.documented.aliases.iter().filter(|alias| self.gone(&alias.target) && !self.is_set(&alias.name));
        let open: Vec<Alias> = of_config.chain(unset).cloned().collect();
        let mut turns: Vec<usize> = (0..open.len()).collect();
        turns.sort_by_key(|at| match role_of(&open[*at].name) {
            Role::Vision => 0,
            Role::Fast => 1,
            Role::Main => 2,
            Role::Own | Role::Fallback => 3,
        });
        let mut found: Vec<Option<(String, Reason)>> = vec![None; open.len()];
        for at in turns {
            let Alias { name, target: wanted } = &open[at];
            let role = role_of(name);
            let taken = self.successor(wanted, role, |candidate| {
                self.aliases.iter().any(|alias| alias.target == candidate)
                    || found.iter().flatten().any(|(target, _)| target == candidate)
                    || (role == Role::Fast && candidate == primary)
            });
            found[at] = taken;
        }
        for (Alias { name, target: wanted }, taken) in open.into_iter().zip(found) {
            if let Some((target, _)) = &taken {
                match self.aliases.iter_mut().find(|alias| same_name(&alias.name, &name)) {
                    Some(alias) => alias.target.clone_from(target),
                    None => self.aliases.push(Alias { name: name.clone(), target: target.clone() }),
                }
            }
            self.notes.push(Note::Alias { name, wanted, taken });
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.aliases.iter().any(|alias| same_name(&alias.name, name))
    }

    fn fallbacks(&mut self, overrides: &Overrides, primary: &str) -> Vec<String> {
        let explicit = !overrides.fallbacks.is_empty();
        let mut chain: Vec<String> = Vec::new();
        // What was the default goes on being used: nobody is switched to Chutes alone without a word.
        let before = self.configured.primary.as_ref().or(self.configured.implied_default.as_ref());
        if let Some(before) = before.filter(|before| id_of(before).is_none() && *before != primary).cloned() {
            let asked_for = explicit && overrides.fallbacks.iter().any(|text| self.resolve(text) == before);
            if !explicit {
                chain.push(before.clone());
            }
            self.notes.push(Note::MadeRoom { before, kept: asked_for || !explicit });
        }
        let wanted: Vec<String> = match explicit {
            true => overrides.fallbacks.iter().map(|text| self.resolve(text)).collect(),
            false => self.configured.fallbacks.clone(),
        };
        for mut target in wanted {
            if explicit && self.gone(&target) {
                self.notes.push(Note::ExplicitNotServed { wanted: target.clone() });
            } else if !explicit && self.drifted(&target) {
                let served = !self.gone(&target);
                {
                    let taken = self.successor(&target, Role::Fallback, |candidate| {
                        candidate == primary || chain.iter().any(|c| c == candidate)
                    });
                    self.notes.push(Note::Fallback { wanted: target.clone(), taken: taken.clone() });
                    match taken {
                        Some((new, _)) => target = new,
                        None if served => {}
                        None => continue,
                    }
                }
            }
            if target != primary && !chain.contains(&target) {
                chain.push(target);
            }
        }
        chain
    }

    fn image(&mut self, overrides: &Overrides) -> Option<String> {
        if let Some(asked) = &overrides.image {
            let wanted = self.resolve(asked);
            if self.gone(&wanted) {
                self.notes.push(Note::ExplicitNotServed { wanted: wanted.clone() });
            }
            return Some(wanted);
        }
        let wanted = self.configured.image.clone()?;
        if !self.drifted(&wanted) {
            return Some(wanted);
        }
        let taken = self.successor(&wanted, Role::Vision, |_| false);
        let image = taken.as_ref().map_or_else(|| wanted.clone(), |(target, _)| target.clone());
        self.notes.push(Note::Image { wanted, taken });
        Some(image)
    }
}

/// What an alias is for, by its documented name.
pub fn role_of(alias: &str) -> Role {
    match alias.to_ascii_lowercase().as_str() {
        "chutes-fast" => Role::Fast,
        "chutes-vision" => Role::Vision,
        "chutes-pro" => Role::Main,
        _ => Role::Own,
    }
}

/// The models to register: what the list has (or the part of it that was asked for), and whatever the
/// choices refer to.
pub fn registered<'a>(
    listed: &'a [Arc<Model>],
    documented: &'a Documented,
    overrides: &'a Overrides,
    choices: &'a Selection,
) -> Vec<Arc<Model>> {
    let known = |text: &str| listed.iter().any(|model| *model.id == *text) || documented.facts_of(text).is_some();
    let id = |text: &'a String| id_of(text).or_else(|| known(text).then_some(text.as_str()));
    let wanted_ids: Option<Vec<&str>> = overrides.models.as_ref().map(|list| list.iter().filter_map(id).collect());
    let asked_for: Option<HashSet<&str>> = wanted_ids.as_ref().map(|ids| ids.iter().copied().collect());
    let is_wanted = |model: &&Arc<Model>| asked_for.as_ref().is_none_or(|ids| ids.contains(&*model.id));
    let wanted = listed.iter().filter(is_wanted);
    let mut known: HashSet<&str> = wanted.clone().map(|model| &*model.id).collect();
    let mut models: Vec<Arc<Model>> = wanted.cloned().collect();
    let referred = std::iter::once(&choices.primary)
        .chain(&choices.fallbacks)
        .chain(&choices.image)
        .chain(choices.aliases.iter().map(|alias| &alias.target))
        .filter_map(|target| id_of(target))
        .chain(wanted_ids.iter().flatten().copied());
    for id in referred {
        if known.insert(id) {
            let facts = listed.iter().find(|model| *model.id == *id).or_else(|| documented.facts_of(id));
            let pool = || pools::facts(id, listed, |id| documented.facts_of(id)).map(Arc::new);
            // What is known of a pool is known of its members, today.
            let facts = pool().or_else(|| facts.cloned());
            models.push(facts.unwrap_or_else(|| Model::unknown(id).into()));
        }
    }
    models
}
