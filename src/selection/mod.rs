//! Pure rules about a choice of models and aliases: what is proposed, what may be chosen, what
//! replaces a model that is no longer served. No IO.

pub mod alias;
pub mod by_hand;
pub mod cost;
pub mod pools;
pub mod portable;
pub mod propose;
pub mod recommend;
pub mod refs;
pub mod repair;
pub mod successor;
pub mod words;

use crate::chutes::bundled;
use crate::chutes::model::{Catalog, Model, id_of};
use std::sync::Arc;

pub use propose::{Documented, Note, Overrides, Proposal, Refusal, propose};

/// One alias. OpenClaw holds at most one per model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alias {
    pub name: String,
    /// Full ref, `chutes/<id>` or another provider's.
    pub target: String,
}

/// What OpenClaw's config says about models before we change it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configured {
    /// `agents.defaults.model.primary` as a ref (an alias there is resolved).
    pub primary: Option<String>,
    /// What OpenClaw uses where `primary` is not set: the first model of the first provider described.
    pub implied_default: Option<String>,
    pub fallbacks: Vec<String>,
    /// `agents.defaults.imageModel` primary.
    pub image: Option<String>,
    /// Every working alias, of all providers, in file order.
    pub aliases: Vec<Alias>,
    /// Aliases written backwards (`"chutes-fast": {alias: "chutes/…"}`): name and target as meant.
    pub inverted: Vec<Alias>,
    /// `models.providers.chutes.models[].id`, in file order.
    pub registered: Vec<String>,
    /// The refs (`provider/id`, also `provider/*`) that `agents.defaults.models` lists. None: no such map, or empty.
    pub allowed: Option<Vec<String>>,
    /// Names of the providers in `models.providers`.
    pub providers: Vec<String>,
}

/// What will be written: the outcome of the Models screen or of the flags.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Full ref of the default model.
    pub primary: String,
    /// Full refs, tried in order.
    pub fallbacks: Vec<String>,
    pub image: Option<String>,
    /// The Chutes aliases after the change. A configured Chutes alias that is not here is removed.
    pub aliases: Vec<Alias>,
    /// The models to register under `models.providers.chutes.models`.
    pub registered: Vec<Arc<Model>>,
    /// The list is the service's own: entries that it no longer has may go, unless somebody refers to them.
    pub authoritative: bool,
}

impl Selection {
    /// Make sure that a Chutes target is among the registered models.
    pub fn register(&mut self, target: &str, catalog: Option<&Catalog>) {
        let Some(id) = id_of(target) else { return };
        if self.registered.iter().any(|model| *model.id == *id) {
            return;
        }
        let facts = catalog.and_then(|catalog| catalog.get(id)).cloned();
        let built_in: Vec<Arc<Model>> = bundled::catalog().models.into_iter().chain([bundled::fast_target()]).collect();
        let known = |id: &str| {
            let own = self.registered.iter().find(|model| *model.id == *id);
            own.or_else(|| built_in.iter().find(|model| *model.id == *id))
        };
        let listed = catalog.map_or(&[][..], |catalog| &catalog.models);
        let pool = || pools::facts(id, listed, known).map(Arc::new);
        let model = facts.or_else(pool).or_else(|| known(id).cloned()).unwrap_or_else(|| Model::unknown(id).into());
        self.registered.push(model);
    }
}

/// What the product promises, from the built-in catalog.
pub fn documented() -> Documented {
    Documented {
        default: bundled::DEFAULT_MODEL.to_owned(),
        aliases: bundled::ALIASES
            .map(|(name, target)| Alias { name: name.to_owned(), target: target.to_owned() })
            .to_vec(),
        built_in: bundled::catalog().models.iter().map(|model| model.id.to_string()).collect(),
        extra: bundled::catalog().models.into_iter().chain([bundled::fast_target()]).collect(),
        ..Documented::default()
    }
}
