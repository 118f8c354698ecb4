//! `--version --json`: which build this is.

use crate::clean;
use serde_json::{Value, json};

/// The document, with a line break. `commit` and `date` (of the commit, RFC 3339) are null in a build by hand.
pub fn document() -> String {
    let known = |value: Option<&'static str>| value.filter(|value| !value.is_empty()).map_or(Value::Null, Value::from);
    clean::json(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "commit": known(option_env!("OPENCLAW_CHUTES_COMMIT")),
        "date": known(option_env!("OPENCLAW_CHUTES_DATE")),
        "target": env!("OPENCLAW_CHUTES_TARGET"),
        "rustc": env!("OPENCLAW_CHUTES_RUSTC"),
    })) + "\n"
}
