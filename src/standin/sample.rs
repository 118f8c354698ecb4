//! A believable answer of the models endpoint, made from the built-in catalog and a few models of
//! the summer of 2026.

use crate::chutes::bundled;
use crate::chutes::model::{Model, Price};
use serde_json::{Value, json};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Which models the list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// The documented default and the targets of the documented aliases are all served.
    Documented,
    /// As the service had moved on: only one of the built-in models is left.
    Later,
}

/// The body of `GET /v1/models`.
pub fn list(era: Era) -> Vec<u8> {
    let mut models = newer();
    if era == Era::Documented {
        models.splice(0..0, bundled::catalog().models.into_iter().chain([bundled::fast_target()]));
    } else {
        models.extend(bundled::catalog().get("deepseek-ai/DeepSeek-V3.2-TEE").cloned());
    }
    let mut data: Vec<Value> = models.iter().map(|model| entry(model)).collect();
    // The service describes some models only in part.
    data.push(json!({
        "id": "unsloth/Mistral-Nemo-Instruct-2407-TEE", "object": "model", "created": CREATED, "owned_by": "sglang",
        "root": "unsloth/Mistral-Nemo-Instruct-2407", "parent": null, "max_model_len": 131_072,
        "confidential_compute": true,
        "pricing": { "prompt": 0.0245, "completion": 0.0978, "input_cache_read": 0.00245 },
    }));
    json!({ "object": "list", "data": data }).to_string().into_bytes()
}

/// Unix time, seconds.
const CREATED: u64 = 1_787_391_130;

fn newer() -> Vec<Arc<Model>> {
    let model = |id: &str, context, max_output, input: &[&str], prices: (f64, f64), quantization: &str| Model {
        id: id.into(),
        context: NonZeroU64::new(context),
        max_output: NonZeroU64::new(max_output),
        price: Price { input: Some(prices.0), output: Some(prices.1), cache_read: None },
        input: Some(input.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>().into()),
        reasoning: Some(true),
        tee: Some(true),
        quantization: Some(quantization.to_owned().into()),
        ..Model::default()
    };
    [
        model("zai-org/GLM-5.2-TEE", 1_048_576, 65_535, &["text"], (1.25, 3.95), "fp4"),
        model("moonshotai/Kimi-K2.6-TEE", 262_144, 65_535, &["text", "image", "video"], (0.58, 3.4), "int4"),
        model("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", 1_048_576, 131_072, &["text"], (0.14, 0.28), "fp8"),
        model("Qwen/Qwen3-32B-TEE", 40_960, 40_960, &["text"], (0.104, 0.416), "fp8"),
    ]
    .map(Arc::new)
    .to_vec()
}

fn entry(model: &Model) -> Value {
    let mut features = vec!["json_mode", "tools", "structured_outputs"];
    if model.reasoning == Some(true) {
        features.push("reasoning");
    }
    // A tenth of the input price, as the service asks for cached input.
    let cached = model.price.input.map(|price| price / 10.0);
    json!({
        "id": model.id, "object": "model", "created": CREATED, "owned_by": "sglang", "root": model.id, "parent": null,
        "context_length": model.context, "max_output_length": model.max_output, "max_model_len": model.context,
        "input_modalities": model.input, "output_modalities": ["text"], "supported_features": features,
        "confidential_compute": model.tee, "quantization": model.quantization.as_ref().map_or("fp8", |name| name),
        "pricing": { "prompt": model.price.input, "completion": model.price.output, "input_cache_read": cached },
    })
}
