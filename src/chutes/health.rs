//! What is up, how busy and how fast: public figures of the management API, asked for without a key and
//! without a token spent. Optional: what is missing or odd stays unknown.

use super::client::{Call, Client};
use super::model::{ChuteId, Model};
use crate::time::UnixMillis;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// Nobody waits for figures that only help to choose.
const WHOLE: Duration = Duration::from_secs(4);

/// Figures of one model. What the service did not say is None.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModelHealth {
    /// Instances that answer.
    pub instances: Option<u32>,
    /// How much of them is taken, 0 to 1 (five minutes).
    pub busy: Option<f32>,
    /// Requests refused with 429, 0 to 1 (five minutes).
    pub refused: Option<f32>,
    /// Time to the first token, seconds (mean of a day).
    pub ttft: Option<f32>,
    /// Tokens per second (mean of a day).
    pub tps: Option<f32>,
}

/// A model's state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Up,
    /// Up, and full: requests are refused or about to be.
    Crowded,
    /// No instance: a call fails until one has started.
    Asleep,
}

/// A twentieth of all requests refused is felt by who chats.
const CROWDED_REFUSED: f32 = 0.05;
const CROWDED_BUSY: f32 = 0.9;

impl ModelHealth {
    /// None: the service did not say.
    pub fn state(&self) -> Option<State> {
        Some(match self.instances? {
            0 => State::Asleep,
            _ if self.refused.is_some_and(|share| share >= CROWDED_REFUSED) => State::Crowded,
            _ if self.busy.is_some_and(|share| share >= CROWDED_BUSY) => State::Crowded,
            _ => State::Up,
        })
    }
}

/// The figures of all models that the service told something about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    by_chute: HashMap<ChuteId, ModelHealth>,
    /// Of models without a chute id in the list: a chute is called as its model.
    by_name: HashMap<Box<str>, ModelHealth>,
}

impl Health {
    pub fn of(&self, model: &Model) -> Option<&ModelHealth> {
        match &model.chute {
            Some(chute) => self.by_chute.get(chute),
            None => self.by_name.get(&*model.id),
        }
    }

    /// None: unknown.
    pub fn state(&self, model: &Model) -> Option<State> {
        self.of(model).and_then(ModelHealth::state)
    }

    pub fn is_empty(&self) -> bool {
        self.by_chute.is_empty() && self.by_name.is_empty()
    }

    /// Reads the two answers; either may be missing or odd.
    pub fn read(utilization: Option<&[u8]>, stats: Option<&[u8]>) -> Health {
        let mut health = Health::default();
        for row in rows(utilization) {
            let instances = row.count("active_instance_count").or_else(|| row.count("instance_count"));
            let share = |names: [&str; 3]| names.into_iter().find_map(|name| row.share(name));
            let busy = share(["utilization_5m", "utilization_15m", "utilization_current"]);
            let refused = share(["rate_limit_ratio_5m", "rate_limit_ratio_15m", "rate_limit_ratio_1h"]);
            for known in health.entries(&row) {
                *known = ModelHealth { instances, busy, refused, ..*known };
            }
        }
        // One row a day: the latest counts.
        let mut days = rows(stats);
        days.sort_by(|a, b| a.text("date").cmp(&b.text("date")));
        for row in days {
            let (ttft, tps) = (row.figure("average_ttft"), row.figure("average_tps"));
            for known in health.entries(&row) {
                *known = ModelHealth { ttft: ttft.or(known.ttft), tps: tps.or(known.tps), ..*known };
            }
        }
        health
    }

    /// Where the figures of a row belong.
    fn entries(&mut self, row: &Row) -> impl Iterator<Item = &mut ModelHealth> {
        let chute = row.text("chute_id").and_then(ChuteId::parse).map(|chute| self.by_chute.entry(chute).or_default());
        let name = row.text("name").filter(|name| !name.is_empty());
        chute.into_iter().chain(name.map(|name| self.by_name.entry(name.into()).or_default()))
    }
}

/// An object of an answer.
#[derive(Deserialize)]
struct Row(serde_json::Map<String, Value>);

impl Row {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64().filter(|number| number.is_finite() && *number >= 0.0)
    }

    fn count(&self, name: &str) -> Option<u32> {
        self.number(name)
            .filter(|count| count.fract() == 0.0 && *count <= f64::from(u32::MAX))
            .map(|count| count as u32)
    }

    /// A ratio. More than all of something is one of these figures measured late.
    fn share(&self, name: &str) -> Option<f32> {
        self.number(name).map(|share| share.min(1.0) as f32)
    }

    /// A mean of something that takes time: zero is what a chute without a request has.
    fn figure(&self, name: &str) -> Option<f32> {
        self.number(name).filter(|figure| *figure > 0.0 && *figure < 1e6).map(|figure| figure as f32)
    }
}

fn rows(body: Option<&[u8]>) -> Vec<Row> {
    let rows: Vec<Value> = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()
}

/// Ask for the figures: `GET {idp}/chutes/utilization` and `GET {idp}/invocations/stats/llm`. Nothing is
/// sent where only one of the two addresses of the service was overridden: they are then not one service.
/// `yesterday`: `YYYY-MM-DD`; without a date the answer has tens of thousands of rows, and the day that
/// has just begun has none.
pub async fn ask(client: &Client, yesterday: &str) -> Health {
    let idp = &client.endpoints().idp;
    if !client.endpoints().one_service() {
        return Health::default();
    }
    let utilization = get(client, format!("{idp}/chutes/utilization")).await;
    // Where nobody knows what runs, nobody knows how fast: an outage costs one request.
    if utilization.is_none() {
        return Health::default();
    }
    let stats = get(client, format!("{idp}/invocations/stats/llm?start_date={yesterday}")).await;
    Health::read(utilization.as_deref(), stats.as_deref())
}

async fn get(client: &Client, url: String) -> Option<Vec<u8>> {
    let answer = client.send(Call::get(url).within(WHOLE), |_| {}).await.ok()?.success().ok()?;
    Some(answer.body)
}

/// The day before `now`, in UTC.
pub fn yesterday(now: UnixMillis) -> String {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    (now - DAY).timestamp().strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UTILIZATION: &[u8] = br#"[
        {"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","name":"a/up","utilization_5m":0.4,"rate_limit_ratio_5m":0,
         "active_instance_count":3,"instance_count":5},
        {"name":"a/asleep","active_instance_count":0},
        {"name":"a/refusing","active_instance_count":2,"rate_limit_ratio_5m":0.25},
        {"name":"a/full","active_instance_count":2,"utilization_5m":1.25},
        {"name":"a/odd","active_instance_count":-1,"utilization_5m":"much","rate_limit_ratio_5m":null},
        7, {"active_instance_count":4}]"#;

    #[test]
    fn figures_are_joined_by_chute_and_read_leniently() {
        let stats = br#"[
            {"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","name":"a/up","date":"2026-08-22","average_tps":61.5,"average_ttft":0.9},
            {"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","name":"a/up","date":"2026-08-21","average_tps":40,"average_ttft":2},
            {"name":"a/asleep","date":"2026-08-21","average_tps":0,"average_ttft":null}]"#;
        let health = Health::read(Some(UTILIZATION), Some(stats));
        let model = |id: &str, chute: Option<&str>| Model {
            id: id.into(),
            chute: chute.and_then(ChuteId::parse),
            ..Model::default()
        };
        let up = model("renamed", Some("0bb5d4c2-b5da-587d-b88e-62b4839028ec"));
        let figures =
            ModelHealth { instances: Some(3), busy: Some(0.4), refused: Some(0.0), ttft: Some(0.9), tps: Some(61.5) };
        assert_eq!(health.of(&up), Some(&figures), "the latest day counts");
        for (id, state) in [
            ("a/asleep", Some(State::Asleep)),
            ("a/refusing", Some(State::Crowded)),
            ("a/full", Some(State::Crowded)),
            ("a/odd", None),
            ("a/unheard-of", None),
        ] {
            assert_eq!(health.state(&model(id, None)), state, "{id}");
        }
        assert_eq!(health.of(&model("a/asleep", None)).and_then(|of| of.tps), None, "nothing asked, nothing measured");
        for odd in [&b"{}"[..], b"[", b"[1,2]", b"null", b""] {
            assert!(Health::read(Some(odd), Some(odd)).is_empty());
        }
    }

    #[test]
    fn the_day_before_is_counted_in_utc() {
        assert_eq!(yesterday(UnixMillis(1_787_391_130_000)), "2026-08-21");
        assert_eq!(yesterday(UnixMillis(0)), "1969-12-31");
    }
}
