//! The built-in catalog, for when discovery fails: the eight documented models, and what the
//! documented aliases point at.

use super::model::{Catalog, Model};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

/// The documented default, as a ref.
pub const DEFAULT_MODEL: &str = "chutes/zai-org/GLM-4.7-TEE";

/// The documented aliases: name and target ref.
pub const ALIASES: [(&str, &str); 3] = [
    ("chutes-fast", "chutes/zai-org/GLM-4.7-FP8"),
    ("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
    ("chutes-vision", "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506"),
];

#[derive(Default, Deserialize)]
struct Bundled {
    models: Vec<Arc<Model>>,
    /// Target of `chutes-fast`; not one of the eight.
    fast: Arc<Model>,
}

static BUNDLED: LazyLock<Bundled> =
    // A test holds the embedded file to its shape, so the default is never taken.
    LazyLock::new(|| serde_json::from_str(include_str!("../../assets/catalog.json")).unwrap_or_default());

/// The eight models, in the documented order.
pub fn catalog() -> Catalog {
    Catalog { models: BUNDLED.models.clone(), ..Catalog::default() }
}

/// What `chutes-fast` points at.
pub fn fast_target() -> Arc<Model> {
    BUNDLED.fast.clone()
}
