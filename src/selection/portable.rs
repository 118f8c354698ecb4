//! The choices of one setup as a small text, to be carried to another. No credential, no address, no path.

use super::{Alias, Selection};
use crate::chutes::credential_kinds::find_secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes that a text may have. A long one is something else.
pub const MAX_LEN: usize = 64 * 1024;
/// The version that is written, and the highest that is read.
const VERSION: u64 = 1;
/// The member that tells such a text from any other JSON; its value is the version.
const MARK: &str = "openclaw-chutes";

/// What a person chose. Refs are full: `chutes/<id>`, or another provider's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    #[serde(rename = "openclaw-chutes")]
    version: u64,
    pub default: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Target by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, String>,
    /// Ids of the pools (`A,B:latency`) that are registered beside the models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub favourites: Vec<String>,
}

/// Why a text is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    Empty,
    TooLong,
    /// It cannot be read as JSON at this place (both from 1).
    Malformed {
        line: usize,
        column: usize,
    },
    /// JSON, but no export of ours.
    Foreign,
    /// Made by a later version of this program.
    Newer {
        version: u64,
    },
    /// An export of ours with something in it that should not be; `detail` names the member.
    Shape {
        detail: String,
    },
    /// It holds something that looks like a Chutes credential.
    Secret,
    /// A ref without a provider.
    NoRef {
        text: String,
    },
}

impl Choices {
    /// The choices that `selection` stands for.
    pub fn from_selection(selection: &Selection, pools: Vec<String>, favourites: Vec<String>) -> Choices {
        Choices {
            version: VERSION,
            default: selection.primary.clone(),
            fallbacks: selection.fallbacks.clone(),
            image: selection.image.clone(),
            aliases: selection.aliases.iter().map(|alias| (alias.name.clone(), alias.target.clone())).collect(),
            pools,
            favourites,
        }
    }

    /// One line of JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The choices in a text that somebody carried here; white space around it does not matter.
    pub fn parse(text: &str) -> Result<Choices, Refused> {
        if text.len() > MAX_LEN {
            return Err(Refused::TooLong);
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(Refused::Empty);
        }
        if find_secret(text).is_some() {
            return Err(Refused::Secret);
        }
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| Refused::Malformed { line: error.line(), column: error.column() })?;
        match value.get(MARK).and_then(serde_json::Value::as_u64) {
            None => return Err(Refused::Foreign),
            Some(version) if version > VERSION => return Err(Refused::Newer { version }),
            Some(_) => {}
        }
        let choices: Choices =
            serde_json::from_value(value).map_err(|error| Refused::Shape { detail: error.to_string() })?;
        let targets = [&choices.default].into_iter().chain(&choices.fallbacks).chain(&choices.image);
        for reference in targets.chain(choices.aliases.values()).chain(&choices.favourites) {
            if !is_ref(reference) {
                return Err(Refused::NoRef { text: reference.clone() });
            }
        }
        Ok(choices)
    }

    /// The aliases in the order of their names.
    pub fn aliases(&self) -> Vec<Alias> {
        let alias = |(name, target): (&String, &String)| Alias { name: name.clone(), target: target.clone() };
        self.aliases.iter().map(alias).collect()
    }
}

/// `provider/id`.
fn is_ref(text: &str) -> bool {
    text.split_once('/').is_some_and(|(provider, id)| !provider.trim().is_empty() && !id.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_export_of_this_version_is_refused_with_the_reason() {
        let shape = |text: &str| matches!(Choices::parse(text), Err(Refused::Shape { .. }));
        assert_eq!(Choices::parse(" \n"), Err(Refused::Empty));
        assert_eq!(Choices::parse("{"), Err(Refused::Malformed { line: 1, column: 1 }));
        assert_eq!(Choices::parse("[1]"), Err(Refused::Foreign));
        assert_eq!(Choices::parse(r#"{"default":"chutes/a"}"#), Err(Refused::Foreign));
        assert_eq!(Choices::parse(r#"{"openclaw-chutes":2,"new":1}"#), Err(Refused::Newer { version: 2 }));
        assert!(shape(r#"{"openclaw-chutes":1,"default":"chutes/a","surprise":1}"#));
        assert!(shape(r#"{"openclaw-chutes":1,"default":5}"#));
        assert_eq!(
            Choices::parse(r#"{"openclaw-chutes":1,"default":"glm"}"#),
            Err(Refused::NoRef { text: "glm".into() })
        );
        assert_eq!(Choices::parse(r#"{"openclaw-chutes":1,"default":"chutes/cpk_a.b.c"}"#), Err(Refused::Secret));
        assert_eq!(Choices::parse(&" ".repeat(MAX_LEN + 1)), Err(Refused::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            ids in proptest::collection::vec("chutes/[a-z]{1,8}/[A-Za-z0-9 \"\\\\.-]{1,12}x", 1..6),
            names in proptest::collection::btree_map("[a-z]{1,8}", "chutes/[a-z]{1,8}", 0..4),
        ) {
            let choices = Choices {
                version: VERSION,
                default: ids[0].clone(),
                fallbacks: ids[1..].to_vec(),
                image: ids.last().cloned(),
                aliases: names,
                pools: Vec::new(),
                favourites: ids.clone(),
            };
            let text = choices.to_text();
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(Choices::parse(&format!("\u{feff}  {text}\r\n")), Ok(choices));
        }
    }
}
