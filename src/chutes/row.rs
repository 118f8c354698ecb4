//! One entry of the list of models, read leniently: gateways in front of the service spell it in their
//! own ways. A field of an odd type is unknown; what is no chat model, or cannot stand in a config, is
//! told apart here and nowhere else.

use super::model::{ChuteId, Model, Price, usd};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::Arc;

/// Longest model id, in bytes, that we take over into a config.
const MAX_ID_BYTES: usize = 512;
/// Prices below this are per token: the cheapest model costs ten times as much for a million tokens, the
/// dearest less for one.
const PER_TOKEN_BELOW: f64 = 0.001;

/// What an entry turned out to be.
#[derive(Debug)]
pub(super) enum Row {
    Model(Box<Model>),
    /// Makes images, sounds or numbers, or takes no text: OpenClaw cannot chat with it.
    NotChat,
    /// OpenClaw would put a variable of the environment into the id.
    Template(String),
    /// No id that a config can hold.
    Unusable,
}

/// Fields as raw text: one that cannot be read (a number out of range, a deep nest) spoils only itself.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads the text of one entry.
pub(super) fn read(entry: &str) -> Row {
    let Ok(fields) = serde_json::from_str::<Fields>(entry) else { return Row::Unusable };
    let Some(id) = field::<String>(&fields, "id") else { return Row::Unusable };
    // Some gateways list what OpenClaw writes in front of it.
    let id = id.strip_prefix("chutes/").unwrap_or(&id);
    if id.contains("${") && usable(id) {
        return Row::Template(id.to_owned());
    }
    if !usable_id(id) {
        return Row::Unusable;
    }
    if !chats(&fields) {
        return Row::NotChat;
    }
    let features: Option<Vec<String>> = field(&fields, "supported_features");
    let can = |name: &str| features.as_ref().map(|features| features.iter().any(|feature| feature == name));
    Row::Model(Box::new(Model {
        id: id.into(),
        context: tokens(&fields, &["context_length", "max_model_len", "context_window"]),
        max_output: tokens(&fields, &["max_output_length", "max_output_tokens", "max_completion_tokens"]),
        price: price(&fields),
        input: kinds(&fields, "input_modalities").map(Arc::new),
        reasoning: can("reasoning"),
        tools: can("tools"),
        json: can("json_mode"),
        tee: field(&fields, "confidential_compute"),
        quantization: field::<String>(&fields, "quantization").map(Arc::new),
        text_out: kinds(&fields, "output_modalities").map(|kinds| kinds.iter().any(|kind| kind == "text")),
        chute: field::<String>(&fields, "chute_id").and_then(|id| ChuteId::parse(&id)),
    }))
}

/// An id that OpenClaw's config can hold as part of a ref, and takes for nothing but itself.
pub(super) fn usable_id(id: &str) -> bool {
    usable(id) && !id.contains("${")
}

fn usable(id: &str) -> bool {
    let wildcard = id == "*" || id.ends_with("/*");
    !id.is_empty() && id.len() <= MAX_ID_BYTES && id.trim() == id && !wildcard && !id.chars().any(char::is_control)
}

/// Whether text goes in (not sound alone) and comes out, as far as the entry says anything about it.
fn chats(fields: &Fields) -> bool {
    let hears = kinds(fields, "input_modalities").is_some_and(|kinds| kinds.iter().all(|kind| kind == "audio"));
    let writes = kinds(fields, "output_modalities").is_none_or(|kinds| kinds.iter().any(|kind| kind == "text"));
    let endpoints = ["endpoints", "supported_endpoints"].iter().find_map(|name| kinds(fields, name));
    let chat = |endpoint: &String| ["chat", "completion", "responses", "messages"].iter().any(|c| endpoint.contains(c));
    let for_chat = endpoints.is_none_or(|endpoints| endpoints.iter().any(chat));
    let other = |kind: String| {
        let kind = kind.to_lowercase();
        ["embed", "rerank", "image", "audio", "speech", "video", "moderation"].iter().any(|other| kind.contains(other))
    };
    let of_a_kind = |name: &str| field::<String>(fields, name).is_some_and(other);
    writes && !hears && for_chat && !of_a_kind("type") && !of_a_kind("task")
}

/// A list of words in lower case; None for an empty one, which says nothing.
fn kinds(fields: &Fields, name: &str) -> Option<Vec<String>> {
    let kinds: Vec<String> = field(fields, name)?;
    (!kinds.is_empty()).then(|| kinds.iter().map(|kind| kind.to_lowercase()).collect())
}

fn field<'a, T: Deserialize<'a>>(fields: &Fields<'a>, name: &str) -> Option<T> {
    fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// A number, also one in quotes.
fn number(fields: &Fields, name: &str) -> Option<f64> {
    let quoted = || field::<String>(fields, name)?.trim().parse().ok();
    field::<f64>(fields, name).or_else(quoted).filter(|number| number.is_finite())
}

/// A count of tokens from the first of these fields that has one: whole, above zero, and one that
/// JavaScript can hold.
fn tokens(fields: &Fields, names: &[&str]) -> Option<NonZeroU64> {
    const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
    names.iter().find_map(|name| {
        let count = number(fields, name)?;
        let whole = (1.0..=MAX_SAFE).contains(&count) && count.fract() == 0.0;
        NonZeroU64::new(count as u64).filter(|_| whole)
    })
}

/// USD per million tokens, from `pricing` (a number for each kind of token) or `price` (numbers by
/// currency).
fn price(fields: &Fields) -> Price {
    let pricing: Fields = field(fields, "pricing").unwrap_or_default();
    let by_currency: Fields = field(fields, "price").unwrap_or_default();
    let of = |names: &[&str]| {
        let plain = names.iter().find_map(|name| number(&pricing, name));
        let in_usd = || names.iter().find_map(|name| number(&field(&by_currency, name)?, "usd"));
        plain.or_else(in_usd).filter(|price| *price >= 0.0)
    };
    let read = Price {
        input: of(&["prompt", "input", "input_price", "prompt_price"]),
        output: of(&["completion", "output", "output_price", "completion_price"]),
        cache_read: of(&["input_cache_read", "cache_read", "cached_input", "cached"]),
    };
    let highest = read.input.unwrap_or_default().max(read.output.unwrap_or_default());
    let per_million = if highest < PER_TOKEN_BELOW { 1e6 } else { 1.0 };
    let meant = |price: f64| usd(price * per_million);
    Price { input: read.input.map(meant), output: read.output.map(meant), cache_read: read.cache_read.map(meant) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn one(entry: Value) -> Model {
        match read(&entry.to_string()) {
            Row::Model(model) => *model,
            other => panic!("{entry}: {other:?}"),
        }
    }

    #[test]
    fn only_what_chats_is_a_chat_model() {
        for other in [
            json!({"id": "a", "output_modalities": ["image"]}),
            json!({"id": "a", "output_modalities": ["embedding"], "input_modalities": ["text"]}),
            json!({"id": "a", "output_modalities": ["audio"]}),
            json!({"id": "a", "input_modalities": ["audio"], "output_modalities": ["text"]}),
            json!({"id": "a", "endpoints": ["/v1/embeddings"]}),
            json!({"id": "a", "supported_endpoints": ["/v1/images/generations"]}),
            json!({"id": "a", "type": "embedding"}),
            json!({"id": "a", "task": "text-to-image"}),
        ] {
            assert!(matches!(read(&other.to_string()), Row::NotChat), "{other}");
        }
        for chat in [
            json!({"id": "a"}),
            json!({"id": "a", "output_modalities": null, "input_modalities": []}),
            json!({"id": "a", "output_modalities": ["Text", "image"], "input_modalities": ["image", "text"]}),
            json!({"id": "a", "endpoints": ["/v1/chat/completions", "/v1/embeddings"]}),
            json!({"id": "a", "type": "chat", "task": "text-generation"}),
        ] {
            assert_eq!(&*one(chat).id, "a");
        }
    }

    #[test]
    fn an_id_means_itself() {
        assert_eq!(&*one(json!({"id": "chutes/zai-org/GLM-4.7-TEE"})).id, "zai-org/GLM-4.7-TEE");
        assert_eq!(&*one(json!({"id": "vendor/$HOME-{x}"})).id, "vendor/$HOME-{x}");
        for id in ["*", "vendor/*", "", " a", "a\n"] {
            assert!(matches!(read(&json!({"id": id}).to_string()), Row::Unusable), "{id:?}");
        }
        assert!(matches!(read(r#"{"id": "vendor/${HOME}"}"#), Row::Template(id) if id == "vendor/${HOME}"));
        assert!(!usable_id("vendor/${HOME}"));
    }

    #[test]
    fn numbers_are_read_in_other_spellings() {
        let model = one(json!({"id": "a", "context_length": "202752", "max_output_length": " 65535 ",
            "pricing": {"prompt": "0.4", "completion": "2"}}));
        assert_eq!((model.context, model.max_output), (NonZeroU64::new(202_752), NonZeroU64::new(65_535)));
        assert_eq!((model.price.input, model.price.output), (Some(0.4), Some(2.0)));
        let model = one(json!({"id": "a", "context_length": null, "max_model_len": 40960,
            "pricing": {"input": 0.1, "output": 0.4}}));
        assert_eq!(model.context, NonZeroU64::new(40_960));
        assert_eq!((model.price.input, model.price.output), (Some(0.1), Some(0.4)));
        let by_currency = json!({"id": "a", "price": {"input": {"usd": 0.5}, "output": {"usd": "1.5", "tao": 1}}});
        assert_eq!((one(by_currency.clone()).price.input, one(by_currency).price.output), (Some(0.5), Some(1.5)));
        let odd = one(json!({"id": "a", "context_length": "many", "max_model_len": -1,
            "pricing": {"prompt": "free", "completion": -1, "input": "NaN"}}));
        assert_eq!((odd.context, odd.price), (None, Price::default()));
    }

    #[test]
    fn a_price_is_per_million_and_without_noise() {
        let price = |pricing: Value| one(json!({"id": "a", "pricing": pricing})).price;
        let noise = price(json!({"prompt": 1.25, "completion": 3.95, "input_cache_read": 0.12499999999999997}));
        assert_eq!((noise.input, noise.output, noise.cache_read), (Some(1.25), Some(3.95), Some(0.125)));
        let per_token = price(json!({"prompt": "0.0000004", "completion": "0.000002", "input_cache_read": 4e-8}));
        assert_eq!((per_token.input, per_token.output, per_token.cache_read), (Some(0.4), Some(2.0), Some(0.04)));
        let free = price(json!({"prompt": 0, "completion": 0}));
        assert_eq!((free.input, free.output), (Some(0.0), Some(0.0)));
        // One price for both kinds decides for all: a cheap cache is no price per token.
        assert_eq!(
            price(json!({"prompt": 0.02, "completion": 0.1, "input_cache_read": 0.0005})).cache_read,
            Some(0.0005)
        );
    }
}
