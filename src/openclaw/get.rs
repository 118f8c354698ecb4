//! `config get`: the config as OpenClaw 2026.5.28 answers it, with its defaults filled in and its
//! secrets redacted.

use super::snapshot::Snapshot;
use serde_json::Value;

/// The value at a path such as `models.providers.chutes.models[0].id`, or None when OpenClaw would
/// say that it does not exist. `env` is for `${NAME}`.
pub fn get(_snapshot: &Snapshot, _path: &str, _env: impl Fn(&str) -> Option<String>) -> Option<Value> {
    unimplemented!()
}
