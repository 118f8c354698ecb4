//! What OpenClaw refuses in a config that somebody else wrote. It keeps the gateway from starting, so it
//! is said before the write, whatever we change.
//!
//! The installed OpenClaw can say it (`openclaw config validate`), in one to five seconds; a run without a
//! person ends in hundredths of one. So the part of its schema in which people make mistakes (the root,
//! agents, models, auth, env, meta) is in `assets/openclaw-schema.txt`, with the releases that have each
//! key. What it does not know it does not judge.

use crate::clean;
use crate::files::show;
use crate::openclaw::read::includes::MergedConfig;
use crate::texts::{Lang, openclaw as texts};
use json5_edit::{Step, display};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A place that OpenClaw refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The file it stands in.
    pub path: PathBuf,
    /// Line and column, from 1. None: nobody knows where.
    pub place: Option<(usize, usize)>,
    /// As `config get` takes it.
    pub dotted: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// No such key. `belongs`: where this OpenClaw, or any, wants it.
    UnknownKey { belongs: Option<&'static str> },
    /// Something else is wanted here: what stands there, what may.
    Kind { found: Kind, wanted: Vec<Kind> },
    /// OpenClaw's own words.
    Said(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    Text,
    Number,
    Boolean,
    Null,
}

/// More than anybody reads.
const MOST: usize = 20;

impl Refusal {
    /// The command that mends it. OpenClaw's doctor takes out keys that it does not know [run on 2026.5.28 and
    /// 2026.9.6]; a value of the wrong kind it leaves, and `config set` and `unset` refuse to start.
    pub fn mended_by(&self) -> String {
        match (&self.what, self.place) {
            (What::Kind { .. }, Some((line, _))) => format!("${{EDITOR:-vi}} +{line} {}", show(&self.path)),
            _ => "openclaw doctor --fix".to_owned(),
        }
    }

    /// `~/.openclaw/openclaw.json:4:3: agents.defaults: …`
    pub fn message(&self, lang: Lang) -> String {
        let at = self.place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        let what = match &self.what {
            What::UnknownKey { belongs: Some(place) } => texts::misplaced(lang, place),
            What::UnknownKey { belongs: None } => texts::refused_key(lang).to_owned(),
            What::Kind { found, wanted } => {
                let wanted: Vec<&str> = wanted.iter().map(|kind| kind.words(lang)).collect();
                texts::refused_kind(lang, found.words(lang), wanted.join(texts::refused_or(lang)))
            }
            What::Said(words) => clean::line(words),
        };
        format!("{}{at}: {}: {what}", show(&self.path), clean::line(&self.dotted))
    }
}

impl Kind {
    fn of(value: &Value) -> Kind {
        match value {
            Value::Object(_) => Kind::Object,
            Value::Array(_) => Kind::Array,
            Value::String(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Boolean,
            Value::Null => Kind::Null,
        }
    }

    fn letter(self) -> char {
        match self {
            Kind::Object => 'o',
            Kind::Array => 'a',
            Kind::Text => 's',
            Kind::Number => 'n',
            Kind::Boolean => 'b',
            Kind::Null => 'z',
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Kind::Object => texts::an_object(lang),
            Kind::Array => texts::an_array(lang),
            Kind::Text => texts::refused_text(lang),
            Kind::Number => texts::refused_number(lang),
            Kind::Boolean => texts::refused_boolean(lang),
            Kind::Null => "null",
        }
    }
}

/// A line of the asset.
struct Node {
    /// Letters of the kinds that may stand here; `*`: anything.
    kinds: &'static str,
    /// Releases in which an object here may have any key.
    open: u8,
    keys: HashMap<&'static str, u8>,
}

/// The releases of the asset's bits, lowest first.
const RELEASES: [(u16, u16, u16); 5] = [(2026, 5, 28), (2026, 6, 11), (2026, 7, 1), (2026, 7, 35), (2026, 9, 6)];
const ALL: u8 = (1 << RELEASES.len()) - 1;

static SCHEMA: LazyLock<HashMap<&str, Node>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/openclaw-schema.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(node).collect()
});

fn node(line: &'static str) -> Option<(&'static str, Node)> {
    let bits = |hex: &str| u8::from_str_radix(hex, 16).unwrap_or(ALL);
    let mut words = line.split(' ');
    let (path, shape) = (words.next()?, words.next()?);
    let (kinds, open) = shape.split_once('+').map_or((shape, 0), |(kinds, open)| (kinds, bits(open)));
    let key = |word: &'static str| word.split_once(':').map_or((word, ALL), |(key, releases)| (key, bits(releases)));
    Some((if path == "." { "" } else { path }, Node { kinds, open, keys: words.map(key).collect() }))
}

/// The bit of the newest examined release that is not newer than `version`; all of them when it is unknown:
/// then only what every one of them refuses counts.
fn releases(version: Option<&str>) -> u8 {
    let mut parts = version.unwrap_or_default().split(['.', '-']).map(|part| part.parse::<u16>().ok());
    let Some((Some(year), Some(month), Some(day))) =
        parts.next().and_then(|year| Some((year, parts.next()?, parts.next()?)))
    else {
        return ALL;
    };
    1 << RELEASES.iter().rposition(|release| *release <= (year, month, day)).unwrap_or(0)
}

/// What an OpenClaw of this version refuses in the config, at most twenty places.
pub fn refusals(tree: &MergedConfig, version: Option<&str>) -> Vec<Refusal> {
    let mut search = Search { releases: releases(version), steps: Vec::new(), found: Vec::new() };
    search.value(&tree.value, "");
    let refusal = |(steps, what): (Vec<Step>, What)| {
        let (path, place) = tree.place(&steps);
        Refusal { path, place, dotted: display(&steps), what }
    };
    search.found.into_iter().map(refusal).collect()
}

struct Search {
    releases: u8,
    steps: Vec<Step>,
    found: Vec<(Vec<Step>, What)>,
}

impl Search {
    fn value(&mut self, value: &Value, path: &str) {
        let Some(node) = SCHEMA.get(path).filter(|node| node.kinds != "*") else { return };
        let kind = Kind::of(value);
        // Whatever a variable brings.
        let template = value.as_str().is_some_and(|text| text.contains("${"));
        if !node.kinds.contains(kind.letter()) {
            let all = [Kind::Object, Kind::Array, Kind::Text, Kind::Number, Kind::Boolean, Kind::Null];
            let wanted: Vec<Kind> = all.into_iter().filter(|kind| node.kinds.contains(kind.letter())).collect();
            if !template && !wanted.is_empty() {
                self.refuse(What::Kind { found: kind, wanted });
            }
            return;
        }
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    self.steps.push(Step::from(key.as_str()));
                    match node.keys.get(key.as_str()) {
                        Some(releases) if releases & self.releases != 0 => self.value(value, &of_agents(below(key))),
                        _ if node.open & self.releases != 0 => self.value(value, &of_agents(below("*"))),
                        _ => self.refuse(What::UnknownKey { belongs: belongs(path, key) }),
                    }
                    self.steps.pop();
                }
            }
            Value::Array(items) => {
                for (at, value) in items.iter().enumerate() {
                    self.steps.push(Step::Index(at));
                    self.value(value, &below("[]"));
                    self.steps.pop();
                }
            }
            _ => {}
        }
    }

    fn refuse(&mut self, what: What) {
        if self.found.len() < MOST {
            self.found.push((self.steps.clone(), what));
        }
    }
}

/// An agent is described in the same way in both shapes of their list.
fn of_agents(path: String) -> String {
    if path == "agents.entries.*" { "agents.list.[]".to_owned() } else { path }
}

/// Where a key of the root, as old guides have it, has its place now.
fn belongs(path: &str, key: &str) -> Option<&'static str> {
    match (path, key) {
        ("", "providers") => Some("models.providers"),
        ("", "aliases") => Some("agents.defaults.models"),
        ("", "model") => Some("agents.defaults.model"),
        ("", "agent") => Some("agents.defaults"),
        ("env", _) => Some("env.vars"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::bytes::Bytes;
    use std::path::Path;

    fn found(text: &str, version: Option<&str>) -> Vec<Refusal> {
        let mut read = |_: &Path| Ok(Some(Bytes::from(text.as_bytes().to_vec())));
        let tree = MergedConfig::read(Path::new("/o.json"), &[], &mut read).expect("a config");
        refusals(&tree, version)
    }

    #[test]
    fn what_people_write_by_hand_is_refused_with_its_place() {
        let text =
            "{\n  agents: { defaults: { models: { 'a/b': true, 'c/d': { alias: ['x'] } } } },\n  providers: {},\n}";
        let found = found(text, Some("2026.5.28"));
        let places: Vec<_> = found.iter().map(|refusal| (refusal.dotted.as_str(), refusal.place)).collect();
        assert_eq!(
            places,
            [
                ("agents.defaults.models[\"a/b\"]", Some((2, 42))),
                ("agents.defaults.models[\"c/d\"].alias", Some((2, 64))),
                ("providers", Some((3, 14))),
            ]
        );
        let words: Vec<String> = found.iter().map(|refusal| refusal.message(Lang::En)).collect();
        assert_eq!(words[0], "/o.json:2:42: agents.defaults.models[\"a/b\"]: true or false, where an object is wanted");
        assert!(
            words[1].ends_with("a list, where text is wanted") && words[2].contains("models.providers"),
            "{words:?}"
        );
    }

    #[test]
    fn each_release_has_its_own_rules() {
        let count = |text: &str, version: Option<&str>| found(text, version).len();
        for (text, old, new) in [
            ("{ meta: { lastTouchedAt: 'x' } }", 0, 1),
            ("{ env: { FLAT: 'x' } }", 0, 1),
            ("{ agents: { entries: { a: { model: 'x/y' } } } }", 1, 0),
            ("{ agents: { defaults: { modelPolicy: { allow: [] } } } }", 1, 0),
            ("{ agents: { list: [{ id: 'a', model: 'x/y' }] } }", 0, 0),
            ("{ models: { providers: { x: { contextWindow: 1 } } } }", 0, 0),
            ("{ models: { providers: { x: { label: 1 } } } }", 1, 1),
            ("{ agents: { defaults: { maxConcurrent: '${MANY}' } } }", 0, 0),
            ("{ channels: { anything: { goes: 1 } }, plugins: { entries: { x: { y: 1 } } } }", 0, 0),
        ] {
            assert_eq!(count(text, Some("2026.5.28")), old, "{text}");
            assert_eq!(count(text, Some("2026.9.6")), new, "{text}");
            // Without a version only what all of them refuse.
            assert_eq!(count(text, None), old.min(new), "{text}");
        }
        assert_eq!(
            [releases(Some("2026.5.2")), releases(Some("2026.8.1")), releases(Some("2027.1.1-beta"))],
            [1, 8, 16]
        );
    }
}
