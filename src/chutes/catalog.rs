//! The list of models: asked for, and kept for offline starts.

use super::client::{Call, Client};
use super::failure::{Failure, Kind};
use super::list::Reader;
use super::model::{Catalog, Model, Shared, Source};
use super::row::usable_id;
use crate::secret::Secret;
use crate::time::{UnixMillis, now};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

pub use super::failure::Stage;
pub use super::list::{Listing, ParseError, parse};

/// Bytes that an answer may have over the limit for each model read from it. The service takes 900 for
/// one, printed with indents 1,500.
const BYTES_PER_MODEL: usize = 2 * 1024;
/// A longer list is refused: whatever is made of it has its size several times over.
const MOST_MODELS: usize = 100_000;

/// Ask the service for its models: `GET {api}/models`. `on_stage` hears each stage when it begins.
/// The list is public, so `credential` may be None; with a refused one the service answers 401.
pub async fn discover(
    client: &Client,
    credential: Option<&Secret>,
    mut on_stage: impl FnMut(Stage),
) -> Result<Catalog, Failure> {
    let mut reader = Reader::default();
    let mut take = |bytes: &[u8]| {
        reader.read(bytes);
        // Nothing more is read of a list that is too long.
        if reader.models() > MOST_MODELS { 0 } else { BYTES_PER_MODEL * reader.models() }
    };
    let url = format!("{}/models", client.endpoints().api);
    let call = Call::get(url).bearer(credential);
    let sent = client.send_to(&mut take, call, &mut on_stage).await;
    let too_long = reader.models() > MOST_MODELS;
    let answer = sent
        .map_err(|failure| match failure.kind {
            Kind::TooLarge { .. } if too_long => {
                let detail = format!("more than {MOST_MODELS} models in it");
                Failure { kind: Kind::Malformed { detail }, ..failure }
            }
            _ => failure,
        })?
        .success()?;
    on_stage(Stage::Parse);
    let listing = reader.finish().map_err(|error| match error {
        ParseError::Json(error) => answer.not_json(&error),
        ParseError::NoList => answer.failure(Kind::Malformed { detail: "no list of models in it".to_owned() }),
    })?;
    if listing.models.is_empty() {
        return Err(answer.failure(Kind::Empty { skipped: listing.skipped }));
    }
    Ok(Catalog { models: listing.models, source: Source::Live, fetched_at: Some(now()), left_out: listing.left_out })
}

/// The content of the cache file.
#[derive(Serialize, Deserialize)]
struct Cached<'a> {
    version: u32,
    /// Unix time, milliseconds.
    fetched_at: UnixMillis,
    #[serde(deserialize_with = "shared")]
    models: Cow<'a, [Arc<Model>]>,
}

const CACHE_VERSION: u32 = 1;

/// Writes a live catalog as the content of a cache file.
pub fn to_json(catalog: &Catalog, to: impl Write) -> io::Result<()> {
    let models = Cow::Borrowed(catalog.models.as_slice());
    let fetched_at = catalog.fetched_at.unwrap_or_default();
    Ok(serde_json::to_writer(to, &Cached { version: CACHE_VERSION, fetched_at, models })?)
}

/// The catalog in a cache file; None when it is of another version, damaged or empty.
pub fn from_json(from: impl Read) -> Option<Catalog> {
    let cached: Cached = serde_json::from_reader(from).ok()?;
    let mut models = cached.models.into_owned();
    models.retain(|model| usable_id(&model.id));
    models.shrink_to_fit();
    (cached.version == CACHE_VERSION && !models.is_empty()).then_some(Catalog {
        models,
        source: Source::Cache,
        fetched_at: Some(cached.fetched_at),
        left_out: Vec::new(),
    })
}

/// Reads models one by one, so that what they have in common is there once.
fn shared<'de, 'a, D: Deserializer<'de>>(list: D) -> Result<Cow<'a, [Arc<Model>]>, D::Error> {
    struct Models;
    impl<'de> Visitor<'de> for Models {
        type Value = Vec<Arc<Model>>;

        fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
            out.write_str("a list of models")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let (mut models, mut shared) = (Vec::new(), Shared::default());
            while let Some(model) = list.next_element()? {
                models.push(shared.share(model));
            }
            Ok(models)
        }
    }
    list.deserialize_seq(Models).map(Cow::Owned)
}
