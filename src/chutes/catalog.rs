//! The list of models: asked for, read leniently, kept for offline starts.

use super::client::{Call, Client};
use super::failure::{Failure, Kind};
use super::model::{Catalog, Model, Price, Shared, Source};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

pub use super::failure::Stage;

/// Longest model id, in bytes, that we take over into a config.
const MAX_ID_BYTES: usize = 512;

/// Ask the service for its models: `GET {api}/models`. `on_stage` hears each stage when it begins.
/// The list is public, so `credential` may be None; with a refused one the service answers 401.
pub async fn discover(
    client: &Client,
    credential: Option<&Secret>,
    mut on_stage: impl FnMut(Stage),
) -> Result<Catalog, Failure> {
    let url = format!("{}/models", client.endpoints().api);
    let answer = client.send(Call::get(url).bearer(credential), &mut on_stage).await?.success()?;
    on_stage(Stage::Parse);
    let listing = parse(&answer.body).map_err(|error| match error {
        ParseError::Json(error) => answer.bad_json(&error),
        ParseError::NoList => answer.failure(Kind::Malformed { detail: "no list of models in it".to_owned() }),
    })?;
    if listing.models.is_empty() {
        return Err(answer.failure(Kind::Empty { skipped: listing.skipped }));
    }
    Ok(Catalog { models: listing.models, source: Source::Live, fetched_at: Some(now()) })
}

/// What a list of models held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// In the order of the list, one per id.
    pub models: Vec<Arc<Model>>,
    /// Entries without an id that a config can hold.
    pub skipped: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("there is no list of models in it")]
    NoList,
}

/// Read an answer of the models endpoint. Lenient within: a field of an odd type is unknown, an
/// entry without a usable id is skipped, the first of several entries with one id counts.
pub fn parse(body: &[u8]) -> Result<Listing, ParseError> {
    let text = String::from_utf8_lossy(body);
    let answer: Fields = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    let entries: Vec<&RawValue> = field(&answer, "data").ok_or(ParseError::NoList)?;
    let all = entries.len();
    let mut models = Vec::with_capacity(all);
    let mut shared = Shared::default();
    models.extend(entries.into_iter().filter_map(model).map(|model| shared.share(model)));
    let skipped = all - models.len();
    keep_first_of_each_id(&mut models);
    Ok(Listing { models, skipped })
}

fn keep_first_of_each_id(models: &mut Vec<Arc<Model>>) {
    let mut seen = HashSet::with_capacity(models.len());
    let first: Vec<bool> = models.iter().map(|model| seen.insert(&*model.id)).collect();
    let mut first = first.into_iter();
    models.retain(|_| first.next().unwrap_or(true));
}

/// Fields as raw text: one that cannot be read (a number out of range, a deep nest) spoils only itself.
type Fields<'a> = HashMap<String, &'a RawValue>;

fn model(entry: &RawValue) -> Option<Model> {
    let fields: Fields = serde_json::from_str(entry.get()).ok()?;
    let id = field::<String>(&fields, "id").filter(|id| usable_id(id))?;
    let price: Fields = field(&fields, "pricing").unwrap_or_default();
    let features: Option<Vec<String>> = field(&fields, "supported_features");
    let can = |name: &str| features.as_ref().map(|features| features.iter().any(|feature| feature == name));
    Some(Model {
        id: id.into(),
        context: tokens(&fields, "context_length"),
        max_output: tokens(&fields, "max_output_length"),
        price: Price {
            input: usd(&price, "prompt"),
            output: usd(&price, "completion"),
            cache_read: usd(&price, "input_cache_read"),
        },
        input: field::<Vec<String>>(&fields, "input_modalities").filter(|kinds| !kinds.is_empty()).map(Arc::new),
        reasoning: can("reasoning"),
        tools: can("tools"),
        json: can("json_mode"),
        tee: field(&fields, "confidential_compute"),
        quantization: field(&fields, "quantization"),
    })
}

fn field<'a, T: Deserialize<'a>>(fields: &Fields<'a>, name: &str) -> Option<T> {
    fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// A count of tokens: whole, above zero, and one that JavaScript can hold.
fn tokens(fields: &Fields, name: &str) -> Option<NonZeroU64> {
    const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
    let count: f64 = field(fields, name)?;
    let whole = (1.0..=MAX_SAFE).contains(&count) && count.fract() == 0.0;
    NonZeroU64::new(count as u64).filter(|_| whole)
}

fn usd(fields: &Fields, name: &str) -> Option<f64> {
    field(fields, name).filter(|price: &f64| price.is_finite() && *price >= 0.0)
}

/// An id that OpenClaw's config can hold as part of a ref.
fn usable_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID_BYTES && id.trim() == id && !id.chars().any(char::is_control)
}

/// The content of the cache file.
#[derive(Serialize, Deserialize)]
struct Cached<Models> {
    version: u32,
    /// Unix time, milliseconds.
    fetched_at: u64,
    models: Models,
}

const CACHE_VERSION: u32 = 1;

/// A live catalog as the content of a cache file.
pub fn to_json(catalog: &Catalog) -> String {
    let cached =
        Cached { version: CACHE_VERSION, fetched_at: catalog.fetched_at.unwrap_or_default(), models: &catalog.models };
    // Plain data always serialises.
    serde_json::to_string(&cached).unwrap_or_default()
}

/// The catalog in a cache file; None when it is of another version, damaged or empty.
pub fn from_json(text: &str) -> Option<Catalog> {
    let mut cached: Cached<Vec<Arc<Model>>> = serde_json::from_str(text).ok()?;
    cached.models.retain(|model| usable_id(&model.id));
    cached.models.shrink_to_fit();
    (cached.version == CACHE_VERSION && !cached.models.is_empty()).then_some(Catalog {
        models: cached.models,
        source: Source::Cache,
        fetched_at: Some(cached.fetched_at),
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_millis() as u64).unwrap_or_default()
}
