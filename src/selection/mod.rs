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

use crate::chutes::model::Model;
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
