//! What the stand-in tells besides its list: the account of a caller, what runs and how fast, and which of
//! several models a ref resolves to.

use super::caller::Caller;
use super::{Fault, refusal};
use crate::chutes::catalog;
use crate::chutes::model::Model;
use crate::chutes::pool::Pool;
use crate::http1::{Request, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// State of the stand-in's market.
#[derive(Clone, Debug, Default)]
pub struct Market {
    pub account: Shape,
    pub account_fault: Fault,
    pub health_fault: Fault,
    /// Ids of models of which no instance runs: 503, and passed over in a pool.
    pub asleep: Vec<String>,
    /// Ids of models that refuse a quarter of all requests.
    pub crowded: Vec<String>,
    /// Ids of models that take their time to answer.
    pub slow: Vec<(String, Duration)>,
}

impl Market {
    /// How long the model takes that this completion asks for.
    pub(super) fn delay(&self, body: &[u8]) -> Duration {
        if self.slow.is_empty() {
            return Duration::ZERO;
        }
        let asked = serde_json::from_slice::<Value>(body).unwrap_or_default();
        self.slow.iter().find(|(id, _)| asked["model"] == **id).map_or(Duration::ZERO, |(_, delay)| *delay)
    }
}

/// An account, as the service describes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Neither plan nor balance; it never had any.
    Free,
    /// Pay as you go, with this balance in USD.
    PayAsYouGo(f64),
    /// A plan of 3, 10 or 20 USD a month, with a part of it used, and no balance.
    Plan(u8),
    /// A plan that was agreed on with the account.
    Custom,
    Uncapped,
    /// The plan of 3 USD; the cap of four hours is used up.
    FourHoursUsed,
    MonthUsed,
}

impl Default for Shape {
    fn default() -> Self {
        Shape::PayAsYouGo(12.5)
    }
}

impl Shape {
    /// As scripts write it: `free`, `paid:12.5`, `plan:10`, `custom`, `uncapped`, `four-hours-used`, `month-used`.
    pub fn from_name(name: &str) -> Option<Shape> {
        Some(match name {
            "free" => Shape::Free,
            "custom" => Shape::Custom,
            "uncapped" => Shape::Uncapped,
            "four-hours-used" => Shape::FourHoursUsed,
            "month-used" => Shape::MonthUsed,
            other => match other.split_once(':')? {
                ("paid", usd) => Shape::PayAsYouGo(usd.parse().ok()?),
                ("plan", usd) => Shape::Plan(usd.parse().ok().filter(|usd| [3, 10, 20].contains(usd))?),
                _ => return None,
            },
        })
    }

    fn balance(self) -> f64 {
        if let Shape::PayAsYouGo(usd) = self { usd } else { 0.0 }
    }

    fn subscription(self) -> Value {
        const FOUR_HOURS: &str = "2026-08-22T14:00:00+00:00";
        const MONTH: &str = "2026-09-01T00:00:00+00:00";
        let cap = |used: f64, cap: f64, at: &str| json!({ "usage": used, "cap": cap, "remaining": (cap - used).max(0.0), "reset_at": at });
        let uncapped = || json!({ "uncapped": true });
        let plan = |custom: bool, price: f64, four_hour: Value, monthly: Value| {
            json!({
                "subscription": true, "custom": custom, "monthly_price": price,
                "anchor_date": "2026-08-01T00:00:00+00:00", "effective_date": "2026-08-01T00:00:00+00:00",
                "updated_at": "2026-08-22T11:00:00+00:00", "four_hour": four_hour, "monthly": monthly,
            })
        };
        match self {
            Shape::Plan(usd) => {
                let usd = f64::from(usd);
                plan(false, usd, cap(usd / 10.0, usd / 3.0, FOUR_HOURS), cap(usd, usd * 5.0, MONTH))
            }
            Shape::Custom => plan(true, 55.0, cap(1.0, 9.0, FOUR_HOURS), uncapped()),
            Shape::Uncapped => plan(false, 20.0, uncapped(), uncapped()),
            Shape::FourHoursUsed => plan(false, 3.0, cap(1.2, 1.0, FOUR_HOURS), cap(4.0, 15.0, MONTH)),
            Shape::MonthUsed => plan(false, 3.0, cap(1.0, 1.0, FOUR_HOURS), cap(15.0, 15.0, MONTH)),
            Shape::Free | Shape::PayAsYouGo(_) => json!({ "subscription": false }),
        }
    }

    fn quotas(self) -> Value {
        let quota = match self {
            Shape::Free => return json!({}),
            Shape::Plan(3) | Shape::FourHoursUsed | Shape::MonthUsed => 300,
            Shape::Plan(10) => 2000,
            Shape::Plan(_) | Shape::Custom | Shape::Uncapped => 5000,
            Shape::PayAsYouGo(_) => 0,
        };
        json!([{ "chute_id": "*", "quota": quota, "is_default": quota == 0, "effective_date": null }])
    }
}

/// The answer to a request of the management API. None: no such page here.
pub(super) fn answer(market: &Market, models: &[u8], caller: &Caller, request: &Request) -> Option<(Fault, Response)> {
    let honest = |value: &Value| Response::json(200, value);
    let (fault, response) = match (request.method.as_str(), request.path()) {
        ("GET", path @ ("/users/me" | "/users/me/subscription_usage" | "/users/me/quotas")) => {
            let response = match caller.may_see_account() {
                Err(refused) => refused,
                Ok(()) => honest(&match path {
                    "/users/me" => json!({
                        "username": "ann", "user_id": super::caller::USER_ID, "balance": market.account.balance(),
                        "payment_address": "5Fake", "permissions": [], "permissions_bitmask": 0, "quotas": null,
                        "hotkey": null, "coldkey": null, "logo": null, "created_at": "2025-01-01T00:00:00+00:00",
                    }),
                    "/users/me/quotas" => market.account.quotas(),
                    _ => market.account.subscription(),
                }),
            };
            (market.account_fault.clone(), response)
        }
        ("GET", "/chutes/utilization") => (market.health_fault.clone(), honest(&utilization(market, models))),
        ("GET", "/invocations/stats/llm") => {
            let date = url::form_urlencoded::parse(request.query().as_bytes()).find(|(name, _)| name == "start_date");
            let response = match date.map(|(_, date)| date) {
                Some(date) => honest(&stats(models, &date)),
                // The real answer has 77,000 rows.
                None => refusal(400, "start_date is missing"),
            };
            (market.health_fault.clone(), response)
        }
        ("GET", path) if path.starts_with("/chutes/") && path.ends_with("/evidence") => {
            // Not Intel's: a chain that has to be refused.
            let quote = "BAACAIEAAAAA";
            let evidence = json!({ "evidence": [{
                "instance_id": "0e2841ca", "quote": quote, "gpu_evidence": [], "certificate": "MAA=",
            }], "failed_instance_ids": [] });
            (market.account_fault.clone(), caller.may_invoke().err().unwrap_or_else(|| honest(&evidence)))
        }
        ("GET", path) if path.starts_with("/e2e/instances/") => {
            let instances = json!({ "instances": [{ "instance_id": "0e2841ca", "e2e_pubkey": "AAAA", "nonces": [] }] });
            (market.account_fault.clone(), caller.may_invoke().err().unwrap_or_else(|| honest(&instances)))
        }
        ("GET", "/servers/tee/measurements") => {
            let register = "ab".repeat(48);
            (Fault::None, honest(&json!([{ "mrtd": register, "rtmr0": register }])))
        }
        _ => return None,
    };
    Some((fault, response))
}

fn listed(models: &[u8]) -> Vec<Arc<Model>> {
    catalog::parse(models).map(|listing| listing.models).unwrap_or_default()
}

fn chute(model: &Model) -> Value {
    model.chute.map_or(Value::Null, |chute| json!(chute.to_string()))
}

fn utilization(market: &Market, models: &[u8]) -> Value {
    let row = |(at, model): (usize, &Arc<Model>)| {
        let has = |ids: &[String]| ids.iter().any(|id| **id == *model.id);
        let instances = if has(&market.asleep) { 0 } else { 1 + at % 5 };
        let refused = if has(&market.crowded) { 0.25 } else { 0.0 };
        let busy = if instances == 0 { 0.0 } else { (at * 37 % 80) as f64 / 100.0 };
        json!({
            "chute_id": chute(model), "name": model.id, "utilization_current": busy, "utilization_5m": busy,
            "utilization_15m": busy, "utilization_1h": busy, "rate_limit_ratio_5m": refused,
            "rate_limit_ratio_15m": refused, "rate_limit_ratio_1h": refused, "total_requests_5m": 100 * at,
            "instance_count": instances, "active_instance_count": instances, "target_count": instances,
            "scalable": true,
        })
    };
    listed(models).iter().enumerate().map(row).collect()
}

fn stats(models: &[u8], date: &str) -> Value {
    let row = |(at, model): (usize, &Arc<Model>)| {
        json!({
            "chute_id": chute(model), "name": model.id, "date": date, "total_requests": 1000 + at,
            "total_input_tokens": 5_000_000, "total_output_tokens": 400_000,
            "average_tps": 20.0 + (at * 17 % 70) as f64, "average_ttft": 0.4 + (at * 7 % 10) as f64 / 4.0,
        })
    };
    listed(models).iter().enumerate().map(row).collect()
}

/// The model that a ref comes to, as `resolve_model_parameter` does it. Err: the answer that says no.
pub(super) fn resolve(market: &Market, models: &[u8], wanted: &str) -> Result<String, Response> {
    let listed = listed(models);
    let runs = |id: &str| !market.asleep.iter().any(|asleep| asleep == id);
    let find = |id: &str| listed.iter().find(|model| *model.id == *id);
    if let Some(model) = find(wanted) {
        return match runs(wanted) {
            true => Ok(model.id.to_string()),
            false => Err(refusal(503, &format!("No instances available (yet) for chute_id='{}'", chute(model)))),
        };
    }
    let pool = Pool::parse(wanted);
    let member = pool.iter().flat_map(|pool| pool.served(&listed)).find(|model| runs(&model.id));
    member.map(|model| model.id.to_string()).ok_or_else(|| refusal(404, &format!("model not found: {wanted}")))
}
