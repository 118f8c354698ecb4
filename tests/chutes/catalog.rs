//! Reading the list of models: captured answers to the last digit, odd ones without harm.

use openclaw_chutes::chutes::bundled;
use openclaw_chutes::chutes::catalog::{Listing, ParseError, from_json, parse, to_json};
use openclaw_chutes::chutes::model::{Catalog, Model, Price, Source};
use openclaw_chutes::standin::sample;
use openclaw_chutes::time::UnixMillis;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::num::NonZeroU64;
use std::sync::Arc;

const JUNE: &[u8] = include_bytes!("../data/chutes-models-2026-06-11.json");
const AUGUST: &[u8] = include_bytes!("../data/chutes-models-2026-08-22.json");

fn listing(value: &Value) -> Listing {
    parse(value.to_string().as_bytes()).expect("a list")
}

fn tokens(count: u64) -> Option<NonZeroU64> {
    NonZeroU64::new(count)
}

fn kept(catalog: &Catalog) -> String {
    let mut json = Vec::new();
    to_json(catalog, &mut json).expect("written");
    String::from_utf8(json).expect("UTF-8")
}

fn one(entry: Value) -> Model {
    let mut listing = listing(&json!({ "data": [entry] }));
    assert_eq!(listing.models.len(), 1);
    Arc::unwrap_or_clone(listing.models.remove(0))
}

#[test]
fn the_captured_lists_are_read_to_the_last_digit() {
    for (body, count) in [(JUNE, 13), (AUGUST, 14)] {
        let listing = parse(body).expect("a list");
        assert_eq!((listing.models.len(), listing.skipped), (count, 0));
        let raw: Value = serde_json::from_slice(body).expect("JSON");
        for (model, entry) in listing.models.iter().zip(raw["data"].as_array().expect("entries")) {
            assert_eq!(Some(&*model.id), entry["id"].as_str());
            let context = entry["context_length"].as_u64().or(entry["max_model_len"].as_u64());
            assert_eq!(model.context.map(NonZeroU64::get), context);
            assert_eq!(model.max_output.map(NonZeroU64::get), entry["max_output_length"].as_u64());
            assert_eq!(model.tee, entry["confidential_compute"].as_bool());
            assert_eq!(model.quantization.as_ref().map(|name| name.as_str()), entry["quantization"].as_str());
            for (price, name) in [
                (model.price.input, "prompt"),
                (model.price.output, "completion"),
                (model.price.cache_read, "input_cache_read"),
            ] {
                // The number that the service's digits are meant to be.
                let digits = entry["pricing"][name].as_f64().expect("a number");
                let (price, id) = (price.expect(name), &model.id);
                assert!((price - digits).abs() < 1e-12 && price.to_string().len() <= 8, "{id} {name} {price}");
            }
        }
    }
}

#[test]
fn august_has_these_very_numbers() {
    let models = parse(AUGUST).expect("a list").models;
    let get = |id: &str| Model::clone(models.iter().find(|model| *model.id == *id).expect(id));
    assert_eq!(
        get("moonshotai/Kimi-K2.6-TEE"),
        Model {
            id: "moonshotai/Kimi-K2.6-TEE".into(),
            context: tokens(262_144),
            max_output: tokens(65_535),
            price: Price { input: Some(0.58), output: Some(3.4), cache_read: Some(0.058) },
            input: Some(Arc::new(vec!["text".into(), "image".into(), "video".into()])),
            reasoning: Some(true),
            tools: Some(true),
            json: Some(true),
            tee: Some(true),
            quantization: Some(Arc::new("int4".into())),
            text_out: Some(true),
            chute: get("moonshotai/Kimi-K2.6-TEE").chute,
        }
    );
    let kimi = get("moonshotai/Kimi-K3-TEE").chute.map(|chute| chute.to_string());
    assert_eq!(kimi.as_deref(), Some("0bb5d4c2-b5da-587d-b88e-62b4839028ec"));
    // Two entries are described in part: nothing is made up for them.
    let price = Price { input: Some(0.0245), output: Some(0.0978), cache_read: Some(0.00245) };
    for id in ["unsloth/Mistral-Nemo-Instruct-2407-TEE", "Nemotron-3-Nano-Omni-30B-TEE"] {
        let found = get(id);
        assert!(found.chute.is_some());
        let known = Model { context: found.context, chute: found.chute, ..Model::default() };
        assert_eq!(found, Model { id: id.into(), price, tee: Some(true), ..known });
    }
    let default = bundled::DEFAULT_MODEL.strip_prefix("chutes/").expect("a Chutes ref");
    assert!(models.iter().all(|model| *model.id != *default));
}

#[test]
fn a_field_of_an_odd_type_is_unknown_and_spoils_nothing_else() {
    let odd = one(json!({
        "id": "x", "context_length": "many", "max_output_length": -5, "pricing": [1], "input_modalities": "text",
        "supported_features": { "tools": true }, "confidential_compute": "yes", "quantization": 8,
    }));
    assert_eq!(odd, Model { id: "x".into(), ..Model::default() });

    let nulls = one(json!({
        "id": "x", "context_length": null, "max_output_length": null, "pricing": null, "input_modalities": null,
        "supported_features": null, "confidential_compute": null, "quantization": null,
    }));
    assert_eq!(nulls, Model { id: "x".into(), ..Model::default() });

    let prices = one(json!({ "id": "x", "pricing": { "prompt": -0.1, "completion": "x", "input_cache_read": 0 } }));
    assert_eq!(prices.price, Price { input: None, output: None, cache_read: Some(0.0) });

    // Numbers that no f64 can hold, and a nest too deep to read.
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    let text = format!(
        r#"{{"data":[{{"id":"x","context_length":1e999,"max_output_length":4096.0,
            "pricing":{{"prompt":1e400,"completion":2}},"deep":{deep}}}]}}"#
    );
    let models = parse(text.as_bytes()).expect("a list").models;
    assert_eq!((models[0].context, models[0].max_output), (None, tokens(4096)));
    assert_eq!((models[0].price.input, models[0].price.output), (None, Some(2.0)));

    for (count, known) in [("0", None), ("0.5", None), ("1e15", tokens(1_000_000_000_000_000)), ("1e300", None)] {
        let text = format!(r#"{{"data":[{{"id":"x","context_length":{count}}}]}}"#);
        assert_eq!(parse(text.as_bytes()).expect("a list").models[0].context, known, "{count}");
    }
}

#[test]
fn features_are_read_from_the_list_and_unknown_without_one() {
    let some = one(json!({ "id": "x", "supported_features": ["tools", "telepathy"] }));
    assert_eq!((some.tools, some.reasoning, some.json), (Some(true), Some(false), Some(false)));
    let none = one(json!({ "id": "x-tools-reasoning-TEE" }));
    assert_eq!((none.tools, none.reasoning, none.json, none.tee), (None, None, None, None));
    let kinds = one(json!({ "id": "x", "input_modalities": ["smell", "image"] }));
    assert_eq!((kinds.input.as_ref().map(|kinds| kinds.len()), kinds.vision()), (Some(2), true));
    assert_eq!(one(json!({ "id": "x", "input_modalities": [] })).input, None);
}

#[test]
fn entries_without_a_usable_id_are_skipped_and_counted_and_the_first_twin_counts() {
    let long = "x".repeat(513);
    let listing = listing(&json!({ "data": [
        { "id": "twin", "context_length": 1 }, 7, null, "text", [], {}, { "id": null }, { "id": 5 }, { "id": "" },
        { "id": " lead" }, { "id": "trail\n" }, { "id": "e\u{1b}[2J" }, { "id": "c1\u{9b}" }, { "id": long },
        { "id": "twin", "context_length": 2 }, { "id": "a:b,c/d.e" }, { "id": "模型/甲" }, { "id": "bidi\u{202e}" },
    ] }));
    let ids: Vec<_> = listing.models.iter().map(|model| &*model.id).collect();
    assert_eq!(ids, ["twin", "a:b,c/d.e", "模型/甲", "bidi\u{202e}"]);
    assert_eq!(listing.models[0].context, tokens(1));
    assert_eq!(listing.skipped, 13);
}

#[test]
fn a_byte_order_mark_and_bad_utf8_do_no_harm() {
    assert_eq!(parse(b"\xef\xbb\xbf{\"data\":[{\"id\":\"x\"}]}").expect("a list").models.len(), 1);
    assert_eq!(&*parse(b"{\"data\":[{\"id\":\"\xff\"}]}").expect("a list").models[0].id, "\u{fffd}");
}

#[test]
fn what_is_no_list_is_said_to_be_none() {
    for text in ["{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"data":"x"}"#] {
        assert!(matches!(parse(text.as_bytes()), Err(ParseError::NoList)), "{text}");
    }
    for text in ["", "null", "[]", "<html>", r#"{"data":["#] {
        assert!(matches!(parse(text.as_bytes()), Err(ParseError::Json(_))), "{text}");
    }
}

#[test]
fn ten_thousand_models_are_read() {
    let data: Vec<_> =
        (0..10_000).map(|n| json!({ "id": format!("org/model-{n}"), "context_length": n + 1 })).collect();
    let models = listing(&json!({ "data": data })).models;
    assert_eq!((models.len(), models[9_999].context), (10_000, tokens(10_000)));
}

#[test]
fn the_cache_gives_back_what_was_put_in() {
    let live = Catalog {
        models: parse(AUGUST).expect("a list").models,
        source: Source::Live,
        fetched_at: Some(UnixMillis(1_787_391_130_123)),
        left_out: Vec::new(),
    };
    let text = kept(&live);
    assert_eq!(from_json(text.as_bytes()), Some(Catalog { source: Source::Cache, ..live }));
    for damaged in [
        "",
        "{}",
        &text[..text.len() / 2],
        &text.replace("\"version\":1", "\"version\":2"),
        r#"{"version":1,"fetched_at":1,"models":[]}"#,
        r#"{"version":1,"fetched_at":1,"models":[{"id":"a\u001b"}]}"#,
    ] {
        assert_eq!(from_json(damaged.as_bytes()), None, "{damaged}");
    }
}

#[test]
fn lists_that_were_kept_before_are_read_and_written_as_they_were() {
    const KEPT: &str = concat!(
        r#"{"version":1,"fetched_at":7,"models":[{"id":"a/b","context":202752,"max_output":null,"#,
        r#""price":{"input":0.4,"output":2.0,"cache_read":null},"input":["text","image"],"reasoning":true,"#,
        r#""tools":false,"json":null,"tee":true,"quantization":"fp8"}]}"#
    );
    let catalog = from_json(KEPT.as_bytes()).expect("a list");
    let model = Model {
        context: tokens(202_752),
        price: Price { input: Some(0.4), output: Some(2.0), cache_read: None },
        input: Some(Arc::new(vec!["text".into(), "image".into()])),
        reasoning: Some(true),
        tools: Some(false),
        tee: Some(true),
        quantization: Some(Arc::new("fp8".into())),
        ..Model::unknown("a/b")
    };
    assert_eq!(catalog.models, [Arc::new(model)]);
    assert_eq!(kept(&catalog), KEPT);
}

#[test]
fn the_built_in_catalog_is_the_documented_one() {
    let catalog = bundled::catalog();
    assert_eq!((catalog.source, catalog.fetched_at), (Source::Bundled, None));
    // Id, reasoning, image input, context, max output, USD in, USD out.
    let documented = [
        ("zai-org/GLM-4.7-TEE", true, false, 202_752, 65_535, 0.40, 2.00),
        ("zai-org/GLM-5-TEE", true, false, 202_752, 65_535, 0.95, 3.15),
        ("deepseek-ai/DeepSeek-V3.2-TEE", true, false, 131_072, 65_536, 0.28, 0.42),
        ("deepseek-ai/DeepSeek-R1-0528-TEE", true, false, 163_840, 65_536, 0.45, 2.15),
        ("moonshotai/Kimi-K2.5-TEE", true, true, 262_144, 65_535, 0.45, 2.20),
        ("chutesai/Mistral-Small-3.2-24B-Instruct-2506", false, true, 131_072, 131_072, 0.06, 0.18),
        ("Qwen/Qwen3-Coder-Next-TEE", true, false, 262_144, 65_536, 0.12, 0.75),
        ("openai/gpt-oss-120b-TEE", true, false, 131_072, 65_536, 0.05, 0.45),
        ("zai-org/GLM-4.7-FP8", true, false, 202_752, 65_535, 0.30, 1.20),
    ];
    let models: Vec<_> = catalog.models.into_iter().chain([bundled::fast_target()]).collect();
    assert_eq!(models.len(), documented.len());
    for (model, (id, reasoning, image, context, max_output, input, output)) in models.iter().zip(documented) {
        assert_eq!(&*model.id, id);
        assert_eq!((model.reasoning, model.vision()), (Some(reasoning), image));
        assert_eq!((model.context, model.max_output), (tokens(context), tokens(max_output)));
        assert_eq!((model.price.input, model.price.output), (Some(input), Some(output)));
        assert_eq!(model.input.as_ref().map(|kinds| kinds[0].as_str()), Some("text"));
    }
    let refs: Vec<_> = models.iter().map(|model| model.reference()).collect();
    assert_eq!(refs[0], bundled::DEFAULT_MODEL);
    assert!(bundled::ALIASES.iter().all(|(_, target)| refs.iter().any(|known| known == target)));
    assert_eq!(bundled::ALIASES[0].1, refs[8]);
}

#[test]
fn the_stand_ins_own_list_is_one_that_the_service_could_give() {
    let documented = parse(&sample::list(sample::Era::Documented)).expect("a list");
    let built_in: Vec<_> = bundled::catalog().models.into_iter().chain([bundled::fast_target()]).collect();
    assert_eq!(documented.skipped, 0);
    for model in &built_in {
        let served = documented.models.iter().find(|served| served.id == model.id).expect(&model.id);
        assert_eq!((served.context, &served.input, served.tee), (model.context, &model.input, model.tee));
        assert_eq!((served.price.input, served.price.output), (model.price.input, model.price.output));
    }
    assert!(documented.models.len() > built_in.len());
    let later = parse(&sample::list(sample::Era::Later)).expect("a list");
    let left: Vec<_> =
        built_in.iter().filter(|model| later.models.iter().any(|served| served.id == model.id)).collect();
    assert_eq!(left.iter().map(|model| &*model.id).collect::<Vec<_>>(), ["deepseek-ai/DeepSeek-V3.2-TEE"]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((".{0,8}", inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// An entry whose fields have the right names and any value at all.
fn any_entry() -> impl Strategy<Value = Value> {
    let names = [
        "id",
        "context_length",
        "max_output_length",
        "pricing",
        "input_modalities",
        "supported_features",
        "confidential_compute",
        "quantization",
    ];
    let price = prop::collection::vec((prop::sample::select(vec!["prompt", "completion"]), any_json()), 0..3)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>());
    let value = prop_oneof![3 => any_json(), 1 => price, 2 => "[a-z/]{1,9}".prop_map(Value::from)];
    prop::collection::vec((prop::sample::select(names.to_vec()), value), 0..9)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
        // Only that it returns: random bytes are hardly ever a list.
        let _ = parse(&bytes);
    }

    #[test]
    fn damaged_answers_are_read_without_harm(at in 0..AUGUST.len(), byte: u8, cut in 0..AUGUST.len()) {
        let mut body = AUGUST.to_vec();
        body[at] = byte;
        if let Ok(listing) = parse(&body) {
            prop_assert!(listing.models.len() + listing.skipped <= 14);
        }
        prop_assert!(parse(&AUGUST[..cut]).is_err());
    }

    #[test]
    fn whatever_an_entry_holds_what_comes_out_is_sound(entries in prop::collection::vec(any_entry(), 0..6)) {
        let listing = parse(json!({ "data": entries }).to_string().as_bytes()).expect("a list");
        prop_assert!(listing.models.len() + listing.skipped <= entries.len());
        for model in &listing.models {
            prop_assert!(!model.id.is_empty() && model.id.len() <= 512 && !model.id.chars().any(char::is_control));
            for price in [model.price.input, model.price.output, model.price.cache_read].into_iter().flatten() {
                prop_assert!(price.is_finite() && price >= 0.0);
            }
        }
        if !listing.models.is_empty() {
            let live = Catalog { models: listing.models, source: Source::Live, fetched_at: Some(UnixMillis(1)), ..Catalog::default() };
            prop_assert_eq!(from_json(kept(&live).as_bytes()).map(|kept| kept.models), Some(live.models));
        }
    }
}
