//! What the account has left: balance, plan, caps and when they begin anew. Optional: a key without the
//! right to ask, an outage or an odd answer is no account, and no fault.

use super::client::{Call, Client};
use super::failure::Failure;
use crate::secret::Secret;
use crate::texts::{Lang, choose as texts};
use crate::time::UnixMillis;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Nobody waits for what only helps to choose.
const WHOLE: Duration = Duration::from_secs(4);

/// Money in USD, moments in Unix milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub username: Option<String>,
    pub balance: Option<f64>,
    pub plan: Plan,
    /// Requests a day that a plan or an allowance includes.
    pub quota: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Plan {
    /// The service did not say.
    #[default]
    Unknown,
    /// None: calls are paid from the balance.
    None,
    Subscription(Subscription),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subscription {
    /// Agreed on with the account, not one of the public plans.
    pub custom: bool,
    pub monthly_price: Option<f64>,
    pub four_hour: Cap,
    pub monthly: Cap,
}

/// What may be used up within some time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Cap {
    #[default]
    Unknown,
    Uncapped,
    Limited {
        used: f64,
        cap: f64,
        remaining: f64,
        resets_at: Option<UnixMillis>,
    },
}

impl Cap {
    fn read(value: &Value) -> Cap {
        if value["uncapped"] == true {
            return Cap::Uncapped;
        }
        let (Some(used), Some(cap)) = (amount(&value["usage"]), amount(&value["cap"])) else { return Cap::Unknown };
        let remaining = amount(&value["remaining"]).unwrap_or((cap - used).max(0.0));
        Cap::Limited { used, cap, remaining, resets_at: moment(&value["reset_at"]) }
    }

    /// Nothing is left until it begins anew.
    pub fn is_used_up(self) -> bool {
        matches!(self, Cap::Limited { remaining, .. } if remaining <= 0.0)
    }

    pub fn remaining(self) -> Option<f64> {
        match self {
            Cap::Limited { remaining, .. } => Some(remaining),
            _ => None,
        }
    }

    pub fn resets_at(self) -> Option<UnixMillis> {
        match self {
            Cap::Limited { resets_at, .. } => resets_at,
            _ => None,
        }
    }

    fn words(self, name: &str, lang: Lang, clock: impl Fn(UnixMillis) -> String) -> Option<String> {
        match self {
            Cap::Unknown => None,
            Cap::Uncapped => Some(texts::cap_uncapped(lang, name)),
            Cap::Limited { cap, remaining, resets_at, .. } => {
                let left = texts::cap_left(lang, name, dollars(remaining), dollars(cap));
                Some(left + &resets_at.map(|at| texts::cap_anew(lang, clock(at))).unwrap_or_default())
            }
        }
    }

    fn json(self) -> Value {
        match self {
            Cap::Unknown => Value::Null,
            Cap::Uncapped => json!({ "uncapped": true }),
            Cap::Limited { used, cap, remaining, resets_at } => {
                json!({ "used": used, "cap": cap, "remaining": remaining, "resetsAt": resets_at.map(UnixMillis::rfc3339) })
            }
        }
    }
}

/// The requests of a day, as each answer of a completion tells them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    pub total: f64,
    pub used: f64,
    pub remaining: f64,
}

impl Quota {
    /// From the headers `X-Chutes-Quota-Total`, `-Used` and `-Remaining`. None: one is missing.
    pub fn of(header: impl Fn(&str) -> Option<f64>) -> Option<Quota> {
        let amount = |name: &str| header(name).filter(|amount| amount.is_finite() && *amount >= 0.0);
        Some(Quota {
            total: amount("x-chutes-quota-total")?,
            used: amount("x-chutes-quota-used")?,
            remaining: amount("x-chutes-quota-remaining")?,
        })
    }
}

/// Why the next call will be refused with 402.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// No plan, and nothing on the balance.
    NoBalance,
    /// The cap of four hours, and nothing on the balance to go on with.
    FourHourCap {
        resets_at: Option<UnixMillis>,
    },
    MonthlyCap {
        resets_at: Option<UnixMillis>,
    },
}

impl Account {
    /// What can be spent now, USD. None: without a limit, or unknown.
    pub fn left(&self) -> Option<f64> {
        let balance = self.balance.map(|usd| usd.max(0.0));
        let Plan::Subscription(plan) = &self.plan else { return balance };
        let caps = [plan.four_hour, plan.monthly].into_iter().filter_map(Cap::remaining);
        let least = caps.reduce(f64::min)?;
        Some(least.max(0.0) + balance.unwrap_or_default())
    }

    /// What is in the way of the next call. None: nothing that is known.
    pub fn shortage(&self) -> Option<Shortage> {
        let paid = self.balance.is_none_or(|usd| usd > 0.0);
        match &self.plan {
            _ if paid => None,
            Plan::Unknown => None,
            Plan::None if self.quota.is_some_and(|quota| quota > 0.0) => None,
            Plan::None => Some(Shortage::NoBalance),
            Plan::Subscription(plan) if plan.monthly.is_used_up() => {
                Some(Shortage::MonthlyCap { resets_at: plan.monthly.resets_at() })
            }
            Plan::Subscription(plan) if plan.four_hour.is_used_up() => {
                Some(Shortage::FourHourCap { resets_at: plan.four_hour.resets_at() })
            }
            Plan::Subscription(_) => None,
        }
    }

    /// In one line: `balance $12.50 · plan $10 a month · 4 h: $0.50 of $1.00 left, anew 14:00`. `clock`: a moment
    /// in Unix milliseconds as the reader's time of day.
    pub fn words(&self, lang: Lang, clock: impl Fn(UnixMillis) -> String) -> String {
        let mut parts = Vec::new();
        parts.extend(self.balance.map(|usd| texts::account_balance(lang, dollars(usd))));
        match &self.plan {
            Plan::Unknown => {}
            Plan::None => parts.push(texts::account_no_plan(lang).to_owned()),
            Plan::Subscription(plan) => {
                parts.push(match plan.monthly_price {
                    Some(usd) => texts::account_plan(lang, dollars(usd)),
                    None => texts::account_plan_unpriced(lang).to_owned(),
                });
                for (cap, name) in
                    [(plan.four_hour, texts::account_four_hours(lang)), (plan.monthly, texts::account_month(lang))]
                {
                    parts.extend(cap.words(name, lang, &clock));
                }
            }
        }
        parts.join(" · ")
    }

    /// [`Account::words`] where there is little room: what is left of the caps and when they begin anew first,
    /// which is what a plan is about.
    pub fn brief_words(&self, lang: Lang, clock: impl Fn(UnixMillis) -> String) -> String {
        let Plan::Subscription(plan) = &self.plan else { return self.words(lang, clock) };
        let caps = [(plan.four_hour, texts::account_four_hours(lang)), (plan.monthly, texts::account_month(lang))];
        let mut parts: Vec<String> = caps.into_iter().filter_map(|(cap, name)| cap.words(name, lang, &clock)).collect();
        parts.extend(self.balance.map(|usd| texts::account_balance(lang, dollars(usd))));
        parts.join(" · ")
    }

    /// Why the next call will be refused, and what to do about it.
    pub fn shortage_words(&self, lang: Lang, clock: impl Fn(UnixMillis) -> String) -> Option<String> {
        let page = super::endpoints::ACCOUNT_PAGE;
        let again = |at: Option<UnixMillis>| at.map_or_else(String::new, |at| texts::short_anew(lang, clock(at)));
        Some(match self.shortage()? {
            Shortage::NoBalance => texts::short_balance(lang, page),
            Shortage::FourHourCap { resets_at } => texts::short_four_hours(lang, again(resets_at), page),
            Shortage::MonthlyCap { resets_at } => texts::short_month(lang, again(resets_at), page),
        })
    }

    /// As in JSON documents.
    pub fn json(&self) -> Value {
        let plan = match &self.plan {
            Plan::Unknown => Value::Null,
            Plan::None => json!({ "kind": "none" }),
            Plan::Subscription(plan) => json!({
                "kind": if plan.custom { "custom" } else { "subscription" },
                "monthlyPrice": plan.monthly_price,
                "fourHour": plan.four_hour.json(),
                "monthly": plan.monthly.json(),
            }),
        };
        json!({
            "username": self.username,
            "balance": self.balance,
            "plan": plan,
            "quota": self.quota,
            "left": self.left(),
        })
    }

    /// Reads the answers of `/users/me`, `/users/me/subscription_usage` and `/users/me/quotas`. None: the
    /// first is not what it should be.
    pub fn read(me: &Value, subscription: Option<&Value>, quotas: Option<&Value>) -> Option<Account> {
        let me: &Map<String, Value> = me.as_object()?;
        let username = me.get("username").and_then(Value::as_str).map(str::to_owned);
        // A debt is said as it is.
        let balance = me.get("balance").and_then(Value::as_f64).filter(|usd| usd.is_finite());
        if username.is_none() && balance.is_none() {
            return None;
        }
        let plan = match subscription {
            Some(usage) if usage["subscription"] == true => Plan::Subscription(Subscription {
                custom: usage["custom"] == true,
                monthly_price: amount(&usage["monthly_price"]),
                four_hour: Cap::read(&usage["four_hour"]),
                monthly: Cap::read(&usage["monthly"]),
            }),
            Some(usage) if usage["subscription"] == false => Plan::None,
            _ => Plan::Unknown,
        };
        let of_all = |quotas: &Value| quotas.as_array()?.iter().find(|row| row["chute_id"] == "*").cloned();
        let quota = quotas.and_then(of_all).and_then(|row| amount(&row["quota"]));
        Some(Account { username, balance, plan, quota })
    }
}

/// An amount as people say it: `$0.82`, `$12`, `$0.004`.
pub fn dollars(usd: f64) -> String {
    match usd {
        usd if usd >= 100.0 => format!("${usd:.0}"),
        usd if usd >= 0.095 || usd == 0.0 => format!("${usd:.2}"),
        usd if usd >= 0.001 => format!("${usd:.3}"),
        usd if usd > 0.0 => "<$0.001".to_owned(),
        // A debt.
        usd => format!("-${:.2}", -usd),
    }
}

/// An amount that is none below zero.
fn amount(value: &Value) -> Option<f64> {
    value.as_f64().filter(|amount| amount.is_finite() && *amount >= 0.0)
}

/// RFC 3339 with or without an offset (then UTC), or Unix seconds.
pub(super) fn moment(value: &Value) -> Option<UnixMillis> {
    const LATEST: f64 = 4e9;
    if let Some(seconds) = value.as_f64() {
        return (0.0..LATEST).contains(&seconds).then_some(UnixMillis((seconds * 1000.0) as i64));
    }
    let text = value.as_str()?.trim();
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let civil = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok();
    zoned.or_else(|| civil().map(|at| at.timestamp())).map(|at| UnixMillis(at.as_millisecond()))
}

/// Ask for the account of a credential. None: it may not ask, nobody answered, or the credential is for
/// an address that is not Chutes' own and the management API is.
pub async fn ask(client: &Client, credential: &Secret) -> Option<Account> {
    if !client.endpoints().one_service() {
        return None;
    }
    // Alone, so that a credential without the right costs one request.
    let me = get(client, credential, "").await.ok()?;
    // One after the other, over the one connection: another would cost more round trips than it saves.
    let subscription = get(client, credential, "/subscription_usage").await;
    let quotas = get(client, credential, "/quotas").await;
    Account::read(&me, subscription.ok().as_ref(), quotas.ok().as_ref())
}

async fn get(client: &Client, credential: &Secret, path: &str) -> Result<Value, Failure> {
    let url = format!("{}/users/me{path}", client.endpoints().idp);
    let answer = client.send(Call::get(url).bearer(Some(credential)).within(WHOLE), |_| {}).await?.success()?;
    serde_json::from_slice(&answer.body).map_err(|error| answer.bad_json(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cap(used: f64, cap: f64, at: &str) -> Value {
        json!({ "usage": used, "cap": cap, "remaining": (cap - used).max(0.0), "reset_at": at })
    }

    fn read(balance: f64, usage: Value, quotas: Value) -> Account {
        let me = json!({ "username": "ann", "user_id": "u", "balance": balance, "quotas": null });
        Account::read(&me, Some(&usage), Some(&quotas)).expect("an account")
    }

    fn plan(price: f64, four_hour: Value, monthly: Value) -> Value {
        json!({ "subscription": true, "custom": false, "monthly_price": price, "anchor_date": "2026-08-01T00:00:00",
                "four_hour": four_hour, "monthly": monthly })
    }

    #[test]
    fn every_shape_of_account_says_what_is_left_and_what_is_short() {
        let none = || json!({ "subscription": false });
        let later = "2026-08-22T14:00:00+00:00";
        let default = || json!([{ "chute_id": "*", "quota": 0, "is_default": true }]);
        let free = read(0.0, none(), json!({}));
        assert_eq!((free.left(), free.shortage()), (Some(0.0), Some(Shortage::NoBalance)));
        let empty = read(0.0, none(), default());
        assert_eq!((empty.left(), empty.shortage()), (Some(0.0), Some(Shortage::NoBalance)));
        let debt = read(-1.5, none(), default());
        assert_eq!((debt.balance, debt.left(), debt.shortage()), (Some(-1.5), Some(0.0), Some(Shortage::NoBalance)));
        let paid = read(12.5, none(), default());
        assert_eq!((paid.left(), paid.shortage()), (Some(12.5), None));
        for (price, quota) in [(3.0, 300.0), (10.0, 2000.0), (20.0, 5000.0)] {
            let quotas = json!([{ "chute_id": "*", "quota": quota, "is_default": false }]);
            let account = read(0.0, plan(price, cap(0.5, 1.0, later), cap(2.0, 15.0, later)), quotas);
            assert_eq!((account.left(), account.shortage(), account.quota), (Some(0.5), None, Some(quota)));
        }
        let reset = Some(UnixMillis(1_787_407_200_000));
        let used = read(0.0, plan(3.0, cap(1.2, 1.0, later), cap(2.0, 15.0, "")), default());
        assert_eq!(used.shortage(), Some(Shortage::FourHourCap { resets_at: reset }));
        let month = read(0.0, plan(3.0, cap(1.0, 1.0, ""), cap(15.0, 15.0, "2026-08-22T14:00:00")), default());
        assert_eq!(month.shortage(), Some(Shortage::MonthlyCap { resets_at: reset }), "without an offset it is UTC");
        let and_paid = read(4.0, plan(3.0, cap(1.0, 1.0, later), cap(2.0, 15.0, later)), default());
        assert_eq!((and_paid.left(), and_paid.shortage()), (Some(4.0), None), "the balance takes over");
        let uncapped = read(0.0, plan(20.0, json!({"uncapped": true}), json!({"uncapped": true})), default());
        assert_eq!((uncapped.left(), uncapped.shortage()), (None, None));
        let mut custom = plan(55.0, cap(0.0, 9.0, later), json!({"uncapped": true}));
        custom["custom"] = json!(true);
        let custom = read(0.0, custom, default());
        assert_eq!((custom.left(), custom.json()["plan"]["kind"].as_str()), (Some(9.0), Some("custom")));
    }

    #[test]
    fn an_odd_answer_is_no_account() {
        for odd in [json!(null), json!([]), json!("x"), json!({}), json!({"detail": "no"}), json!({"balance": "x"})] {
            assert_eq!(Account::read(&odd, None, None), None, "{odd}");
        }
        let known = Account::read(&json!({"username": "ann", "balance": 1}), Some(&json!(7)), Some(&json!({"a": 1})));
        assert_eq!(known.as_ref().map(|account| &account.plan), Some(&Plan::Unknown));
        assert_eq!(known.and_then(|account| account.shortage()), None, "what is unknown is not foreseen");
    }
}
