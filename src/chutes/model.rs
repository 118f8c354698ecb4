//! A model as the service describes it. Plain data; what is unknown stays unknown.

use super::pool::Pool;
use crate::time::UnixMillis;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU64;
use std::sync::Arc;

/// One entry of the catalog. Limits in tokens, prices in USD per million tokens.
///
/// The serde form is that of our own files (the built-in catalog, the cache), not the service's.
/// A list may have ten thousand of these, so each is small: [`Shared`] keeps equal values once, and
/// lists hold them by `Arc`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Opaque: may contain `/`, `.`, `:`, `,`. The OpenClaw ref is `chutes/` + id.
    pub id: Box<str>,
    /// `context_length`.
    pub context: Option<NonZeroU64>,
    /// `max_output_length`.
    pub max_output: Option<NonZeroU64>,
    pub price: Price,
    /// `input_modalities`, as the service spells them (`text`, `image`, `video`, …).
    pub input: Option<Arc<Vec<String>>>,
    pub reasoning: Option<bool>,
    pub tools: Option<bool>,
    pub json: Option<bool>,
    /// `confidential_compute`: runs in a trusted execution environment.
    pub tee: Option<bool>,
    pub quantization: Option<Arc<String>>,
    /// Whether `output_modalities` has `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_out: Option<bool>,
    /// `chute_id`: how the management API names what serves the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chute: Option<ChuteId>,
}

/// A UUID, as 16 bytes: a list may have ten thousand of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChuteId([u8; 16]);

impl ChuteId {
    /// `0bb5d4c2-b5da-587d-b88e-62b4839028ec`; None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        if !parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) {
            return None;
        }
        let digits: Vec<u8> =
            text.chars().filter(|c| *c != '-').map(|c| Some(c.to_digit(16)? as u8)).collect::<Option<_>>()?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for ChuteId {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, byte)| {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(out, "{dash}{byte:02x}")
        })
    }
}

impl Serialize for ChuteId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChuteId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("no UUID"))
    }
}

/// USD per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Price {
    pub input: Option<f64>,
    pub output: Option<f64>,
    pub cache_read: Option<f64>,
}

impl Price {
    /// One figure to compare models by: (3 × input + output) / 4, USD per million tokens. An agent sends
    /// more than it gets. None: one of the two is unknown.
    pub fn blended(self) -> Option<f64> {
        Some((3.0 * self.input? + self.output?) / 4.0)
    }
}

impl Model {
    /// A model of which no more than the id is known.
    pub fn unknown(id: &str) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// `chutes/<id>`: how OpenClaw names it.
    pub fn reference(&self) -> String {
        reference(&self.id)
    }

    /// Takes images as input; unknown counts as no.
    pub fn vision(&self) -> bool {
        self.input.as_ref().is_some_and(|input| input.iter().any(|kind| kind == "image"))
    }
}

/// A price without the noise that calculating it in floating point left: `0.12499999999999997` is `0.125`.
/// To 12 significant digits.
pub fn usd(price: f64) -> f64 {
    format!("{price:.11e}").parse().unwrap_or(price)
}

/// Keeps once what the models of a list have in common.
#[derive(Debug, Default)]
pub struct Shared {
    inputs: HashSet<Arc<Vec<String>>>,
    quantizations: HashSet<Arc<String>>,
}

impl Shared {
    /// `model` for a list, its values shared with those of the models before it.
    pub fn share(&mut self, mut model: Model) -> Arc<Model> {
        share(&mut self.inputs, &mut model.input);
        share(&mut self.quantizations, &mut model.quantization);
        Arc::new(model)
    }
}

fn share<T: Eq + Hash>(known: &mut HashSet<Arc<T>>, value: &mut Option<Arc<T>>) {
    let Some(value) = value else { return };
    match known.get(value) {
        Some(same) => value.clone_from(same),
        None => drop(known.insert(value.clone())),
    }
}

/// `chutes/<id>`.
pub fn reference(id: &str) -> String {
    format!("chutes/{id}")
}

/// The id in a Chutes ref, or None for another provider's, and for one with `${…}` in it: what that is
/// nobody knows before OpenClaw has put the variable in. The name of an auth profile behind `@` is no
/// part of the id.
pub fn id_of(reference: &str) -> Option<&str> {
    let id = reference.strip_prefix("chutes/")?;
    Some(without_profile(id)).filter(|id| !id.is_empty() && !id.contains("${"))
}

/// A ref or id without the `@profile` behind it. What begins like a date or a quantization
/// (`@20260401`, `@q4_k_m`) is part of the name, as in OpenClaw.
fn without_profile(text: &str) -> &str {
    let from = text.rfind('/').map_or(0, |slash| slash + 1);
    let Some(mut at) = text[from..].find('@').map(|at| from + at).filter(|at| *at > 0) else { return text };
    for of_the_name in [is_date, is_quantization] {
        let suffix = &text[at + 1..];
        if of_the_name(suffix.split('@').next().unwrap_or_default()) {
            match suffix.find('@') {
                Some(next) => at += 1 + next,
                None => return text,
            }
        }
    }
    let (name, profile) = (text[..at].trim_end(), text[at + 1..].trim());
    if name.is_empty() || profile.is_empty() { text } else { name }
}

fn is_date(part: &str) -> bool {
    part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// `q4_k_m`, `iq2_xs`, `8bit`.
fn is_quantization(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if part.strip_suffix("bit").is_some_and(digits) {
        return true;
    }
    let Some(rest) = part.strip_prefix("iq").or_else(|| part.strip_prefix('q')) else { return false };
    let mut parts = rest.split('_');
    parts.next().is_some_and(digits)
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
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
    pub models: Vec<Arc<Model>>,
    pub source: Source,
    /// Unix time in milliseconds of the answer; None for the built-in catalog.
    pub fetched_at: Option<UnixMillis>,
    /// Ids that were listed and left out: OpenClaw would expand the `${…}` in them.
    pub left_out: Vec<String>,
}

impl Catalog {
    pub fn get(&self, id: &str) -> Option<&Arc<Model>> {
        self.models.iter().find(|model| *model.id == *id)
    }

    /// The built-in list beside what a config describes: its models first, as they are there. What the
    /// service said once is worth more than what was built in.
    pub fn beside(self, own: &[Arc<Model>]) -> Catalog {
        if self.source != Source::Bundled || own.is_empty() {
            return self;
        }
        let mut known = HashSet::new();
        let models = own.iter().chain(&self.models).filter(|model| known.insert(&*model.id)).cloned().collect();
        Catalog { models, ..self }
    }

    /// Whether the service serves this id: known only from a live list. A pool is served while one of its
    /// members is: the service passes over the others.
    pub fn serves(&self, id: &str) -> Option<bool> {
        (self.source == Source::Live).then(|| {
            self.get(id).is_some() || Pool::parse(id).is_some_and(|pool| pool.served(&self.models).next().is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_begins_with_chutes_is_ours() {
        for (reference, id) in [
            ("chutes/zai-org/GLM-4.7-TEE", Some("zai-org/GLM-4.7-TEE")),
            ("chutes/a/b@work", Some("a/b")),
            ("chutes/a/b@20260401", Some("a/b@20260401")),
            ("chutes/a/b@20260401@work", Some("a/b@20260401")),
            ("chutes/a/b@q4_k_m", Some("a/b@q4_k_m")),
            ("chutes/a/b@8bit@chutes:me", Some("a/b@8bit")),
            ("chutes/${MODEL}", None),
            ("chutes/", None),
            ("google/gemini-3-pro", None),
            ("zai-org/GLM-4.7-TEE", None),
        ] {
            assert_eq!(id_of(reference), id, "{reference}");
        }
    }

    #[test]
    fn a_chute_id_is_a_uuid() {
        let text = "0bb5d4c2-b5da-587d-b88e-62b4839028ec";
        assert_eq!(ChuteId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        for bad in ["", "0bb5d4c2", "0bb5d4c2-b5da-587d-b88e-62b4839028eg", "0bb5d4c2b5da-587d-b88e-62b4839028ec-"] {
            assert_eq!(ChuteId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_model_of_a_long_list_takes_little_memory() {
        assert_eq!(size_of::<Model>(), 120);
        let mut shared = Shared::default();
        let [a, b] = ["a", "b"].map(|id| {
            let (input, quantization) = (vec!["text".to_owned()], "fp8".to_owned());
            let common =
                Model { input: Some(input.into()), quantization: Some(quantization.into()), ..Model::default() };
            shared.share(Model { id: id.into(), ..common })
        });
        assert!(Arc::ptr_eq(a.input.as_ref().unwrap(), b.input.as_ref().unwrap()));
        assert!(Arc::ptr_eq(a.quantization.as_ref().unwrap(), b.quantization.as_ref().unwrap()));
        assert_eq!((&*a.id, &*b.id, a.input.as_ref().unwrap().len()), ("a", "b", 1));
    }
}
