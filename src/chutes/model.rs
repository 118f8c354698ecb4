//! A model as the service describes it. Plain data; what is unknown stays unknown.

use serde::{Deserialize, Serialize};

/// One entry of the catalog. Limits in tokens, prices in USD per million tokens.
///
/// The serde form is that of our own files (the built-in catalog, the cache), not the service's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Opaque: may contain `/`, `.`, `:`, `,`. The OpenClaw ref is `chutes/` + id.
    pub id: String,
    /// `context_length`.
    pub context: Option<u64>,
    /// `max_output_length`.
    pub max_output: Option<u64>,
    pub price: Price,
    /// `input_modalities`, as the service spells them (`text`, `image`, `video`, …).
    pub input: Option<Vec<String>>,
    pub reasoning: Option<bool>,
    pub tools: Option<bool>,
    pub json: Option<bool>,
    /// `confidential_compute`: runs in a trusted execution environment.
    pub tee: Option<bool>,
    pub quantization: Option<String>,
}

/// USD per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Price {
    pub input: Option<f64>,
    pub output: Option<f64>,
    pub cache_read: Option<f64>,
}

impl Model {
    /// `chutes/<id>`: how OpenClaw names it.
    pub fn reference(&self) -> String {
        reference(&self.id)
    }

    /// Takes images as input; unknown counts as no.
    pub fn vision(&self) -> bool {
        self.input.as_ref().is_some_and(|input| input.iter().any(|kind| kind == "image"))
    }
}

/// `chutes/<id>`.
pub fn reference(id: &str) -> String {
    format!("chutes/{id}")
}

/// The id in a Chutes ref, or None for another provider's.
pub fn id_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("chutes/").filter(|id| !id.is_empty())
}

/// Where a list of models came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    Live,
    /// The last live answer, kept in our own state.
    Cache,
    /// The built-in catalog.
    #[default]
    Bundled,
}

impl Source {
    /// As in the JSON document: `live`, `cache`, `bundled`.
    pub fn name(self) -> &'static str {
        match self {
            Source::Live => "live",
            Source::Cache => "cache",
            Source::Bundled => "bundled",
        }
    }
}

/// A list of models that says where it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    pub models: Vec<Model>,
    pub source: Source,
    /// Unix time in milliseconds of the answer; None for the built-in catalog.
    pub fetched_at: Option<u64>,
}

impl Catalog {
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// Whether the service serves this id: known only from a live list.
    pub fn serves(&self, id: &str) -> Option<bool> {
        (self.source == Source::Live).then(|| self.get(id).is_some())
    }
}
