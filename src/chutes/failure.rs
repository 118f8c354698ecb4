//! Long: every cause of a failed call, with its words beside it.
//!
//! Why a call to Chutes did not give what was asked for: data first, words on demand.
//!
//! The stable codes, all in [`Failure::code`]: `connection-refused`, `dns`, `tls`, `timeout`,
//! `unauthorized` (401), `payment-required` (402), `forbidden` (403), `not-found` (404),
//! `rate-limited` (429), `server-error` (5xx), `unexpected-status`, `not-json`, `truncated`,
//! `malformed-json`, `too-large`, `empty-list`, `redirected`, `proxy`, `network`,
//! `credential-malformed`.

use super::credential_kinds::redact;
use crate::clean;
use crate::secret::Secret;
use crate::texts::{Lang, choose, chutes as texts};
use crate::time::UnixMillis;
use std::num::NonZeroI64;
use std::time::Duration;

/// What a call was doing. Each is announced when it begins; `Tls` only for `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Name resolution and TCP, and the proxy's part where there is one.
    Connect,
    Tls,
    /// The request is sent and the answer read to its end.
    Request,
    /// The answer is turned into models.
    Parse,
}

/// A call that failed, and where it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `host` or `host:port` that was called.
    pub host: String,
    /// `host:port` of the proxy the call went through; None: it went direct.
    pub proxy: Option<String>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    ConnectionRefused,
    /// `name` did not resolve: the host's, or the proxy's.
    Dns {
        name: String,
    },
    Tls(Tls),
    /// No end within `after`; `stage` is what it was doing.
    Timeout {
        stage: Stage,
        after: Duration,
    },
    /// An HTTP status that is not a success.
    Status {
        status: u16,
        /// A short, cleaned excerpt of what the service said about it, without any credential.
        said: Option<String>,
        /// `Retry-After`, seconds.
        retry_after: Option<u64>,
        /// When what was used up begins anew, Unix milliseconds. Never 0: that keeps every error small.
        resets_at: Option<NonZeroI64>,
    },
    NotJson(NotJson),
    /// The answer ended before it was complete.
    Truncated,
    /// JSON of another shape; `detail` is for people who debug.
    Malformed {
        detail: String,
    },
    /// More than `limit` bytes after decompression.
    TooLarge {
        limit: usize,
    },
    /// A list without one usable model; `skipped` entries had no usable id.
    Empty {
        skipped: usize,
    },
    /// Sent on to another origin (or round in circles); not followed.
    Redirected {
        to: String,
    },
    /// The proxy, or a proxy setting, is the trouble.
    Proxy(ProxyTrouble),
    Network {
        detail: String,
    },
    /// The credential holds characters that no HTTP header can carry.
    CredentialMalformed,
}

/// Why the service refused a completion (`invocation/util.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// 402: nothing on the balance.
    NoBalance,
    /// 402: the requests of the day are used up, and nothing is on the balance.
    QuotaUsedUp,
    /// 402: the plan's cap of four hours or of the month.
    CapUsedUp,
    /// 402: a TEE model wants a plan or a balance.
    TeeNeedsPlan,
    /// 429: the model's instances are full.
    AtCapacity,
    /// 429: the free calls of the day are used up.
    FreeLimit,
    /// 503: nothing runs that could answer.
    NoInstance,
    /// 503: switched off, and still listed.
    Disabled,
}

/// Why no TLS connection came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    UnknownIssuer,
    Expired,
    NotYetValid,
    WrongName,
    Revoked,
    /// The other side does not speak TLS.
    NotTls,
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJson {
    Html,
    EmptyBody,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyTrouble {
    /// No connection to the proxy.
    Unreachable,
    /// It wants a user name and password, or others (407).
    Authentication,
    /// It did not open the way to the host.
    Declined,
    /// The variable holds no address that we can use.
    Setting(&'static str),
}

impl Failure {
    /// Stable name of the kind, for scripts.
    pub fn code(&self) -> &'static str {
        match &self.kind {
            Kind::ConnectionRefused => "connection-refused",
            Kind::Dns { .. } => "dns",
            Kind::Tls(_) => "tls",
            Kind::Timeout { .. } => "timeout",
            Kind::Status { status, .. } => match status {
                401 => "unauthorized",
                402 => "payment-required",
                403 => "forbidden",
                404 => "not-found",
                429 => "rate-limited",
                500..=599 => "server-error",
                _ => "unexpected-status",
            },
            Kind::NotJson(_) => "not-json",
            Kind::Truncated => "truncated",
            Kind::Malformed { .. } => "malformed-json",
            Kind::TooLarge { .. } => "too-large",
            Kind::Empty { .. } => "empty-list",
            Kind::Redirected { .. } => "redirected",
            Kind::Proxy(_) => "proxy",
            Kind::Network { .. } => "network",
            Kind::CredentialMalformed => "credential-malformed",
        }
    }

    /// The HTTP status, where there was one that was not a success.
    pub fn status(&self) -> Option<u16> {
        match self.kind {
            Kind::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Why a completion was refused, as the service tells it apart in words only. None: none of these.
    pub fn cause(&self) -> Option<Cause> {
        let Kind::Status { status, said, .. } = &self.kind else { return None };
        let said = said.as_deref().unwrap_or_default().to_lowercase();
        let says = |words: &str| said.contains(words);
        match status {
            402 if says("tee model") => Some(Cause::TeeNeedsPlan),
            402 if says("usage cap") => Some(Cause::CapUsedUp),
            402 if says("quota exceeded") => Some(Cause::QuotaUsedUp),
            402 => Some(Cause::NoBalance),
            429 if says("free models limit") => Some(Cause::FreeLimit),
            429 if says("capacity") => Some(Cause::AtCapacity),
            503 if says("no instances") => Some(Cause::NoInstance),
            503 if says("disabled") => Some(Cause::Disabled),
            _ => None,
        }
    }

    /// The service refused the credential itself (401).
    pub fn credential_refused(&self) -> bool {
        self.status() == Some(401)
    }

    /// One sentence: what failed, at which host, by which way where that matters. Safe to print.
    pub fn message(&self, lang: Lang) -> String {
        let host = clean::line(&self.host);
        let host = host.as_str();
        let said = |said: &Option<String>| match said {
            // Our sentence brings its own full stop.
            Some(said) => texts::failure_said(lang, clean::excerpt(said, SAID_CHARS).trim_end_matches(['.', '。'])),
            None => String::new(),
        };
        match &self.kind {
            Kind::ConnectionRefused => texts::failure_refused(lang, host, self.route(lang)),
            Kind::Dns { name } => texts::failure_dns(lang, clean::line(name), self.route(lang)),
            Kind::Tls(problem) => texts::failure_tls(lang, host, tls_words(problem, lang), self.route(lang)),
            Kind::Timeout { stage, after } => {
                texts::failure_timeout(lang, host, after.as_secs_f64(), stage_words(*stage, lang), self.route(lang))
            }
            Kind::Status { status: 401, said: s, .. } => texts::failure_401(lang, host, said(s)),
            Kind::Status { said: s, .. } if self.cause().is_some() => {
                let words = match self.cause() {
                    Some(Cause::TeeNeedsPlan) => choose::failure_tee_plan,
                    Some(Cause::CapUsedUp) => choose::failure_cap,
                    Some(Cause::QuotaUsedUp) => choose::failure_quota,
                    Some(Cause::NoInstance) => choose::failure_no_instance,
                    Some(Cause::Disabled) => choose::failure_disabled,
                    Some(Cause::AtCapacity) => choose::failure_capacity,
                    Some(Cause::FreeLimit) => choose::failure_free_limit,
                    Some(Cause::NoBalance) | None => texts::failure_402,
                };
                words(lang, host.to_owned(), said(s))
            }
            Kind::Status { status: 403, said: s, .. } => texts::failure_403(lang, host, self.route(lang), said(s)),
            Kind::Status { status: 404, said: s, .. } => texts::failure_404(lang, host, said(s)),
            Kind::Status { status: 429, said: s, .. } => texts::failure_429(lang, host, said(s)),
            Kind::Status { status, said: s, .. } if (500..600).contains(status) => {
                texts::failure_5xx(lang, host, status, said(s))
            }
            Kind::Status { status, said: s, .. } => texts::failure_status(lang, host, status, said(s)),
            Kind::NotJson(NotJson::Html) => texts::failure_html(lang, host, self.route(lang)),
            Kind::NotJson(NotJson::EmptyBody) => texts::failure_no_body(lang, host),
            Kind::NotJson(NotJson::Other) => texts::failure_not_json(lang, host),
            Kind::Truncated => texts::failure_truncated(lang, host),
            Kind::Malformed { detail } => texts::failure_malformed(lang, host, clean::excerpt(detail, SAID_CHARS)),
            Kind::TooLarge { limit } => texts::failure_too_large(lang, host, limit / (1024 * 1024)),
            Kind::Empty { skipped: 0 } => texts::failure_empty(lang, host),
            Kind::Empty { skipped } => texts::failure_none_usable(lang, host, skipped),
            Kind::Redirected { to } => texts::failure_redirected(lang, host, clean::excerpt(to, SAID_CHARS)),
            Kind::Proxy(trouble) => {
                let proxy = clean::line(self.proxy.as_deref().unwrap_or_default());
                match trouble {
                    ProxyTrouble::Unreachable => texts::failure_proxy_unreachable(lang, proxy, host),
                    ProxyTrouble::Authentication => texts::failure_proxy_authentication(lang, proxy, host),
                    ProxyTrouble::Declined => texts::failure_proxy_declined(lang, proxy, host),
                    ProxyTrouble::Setting(variable) => texts::failure_proxy_setting(lang, variable, host),
                }
            }
            Kind::Network { detail } => {
                texts::failure_network(lang, host, clean::excerpt(detail, SAID_CHARS), self.route(lang))
            }
            Kind::CredentialMalformed => texts::failure_credential_malformed(lang, host),
        }
    }

    /// What to do about it.
    pub fn hint(&self, lang: Lang) -> String {
        match &self.kind {
            Kind::ConnectionRefused => match self.proxy {
                None => texts::hint_refused(lang).to_owned(),
                Some(_) => texts::hint_proxy(lang).to_owned(),
            },
            Kind::Dns { .. } => match self.proxy {
                None => texts::hint_dns(lang).to_owned(),
                Some(_) => texts::hint_dns_proxy(lang).to_owned(),
            },
            Kind::Tls(Tls::UnknownIssuer) => texts::hint_tls_issuer(lang).to_owned(),
            Kind::Tls(Tls::Expired | Tls::NotYetValid) => texts::hint_tls_clock(lang).to_owned(),
            Kind::Tls(_) => texts::hint_tls(lang).to_owned(),
            Kind::Truncated => texts::hint_network(lang).to_owned(),
            Kind::Timeout { .. } | Kind::Network { .. } => match self.proxy {
                None => texts::hint_network(lang).to_owned(),
                Some(_) => texts::hint_proxy(lang).to_owned(),
            },
            Kind::Status { status: 401, .. } | Kind::CredentialMalformed => {
                texts::hint_401(lang, super::endpoints::API_KEYS_PAGE)
            }
            Kind::Status { status: 402, resets_at, .. } => {
                let (topped_up, page) = (self.cause(), super::endpoints::ACCOUNT_PAGE);
                match (resets_at.map(|at| UnixMillis(at.get()).utc()), topped_up) {
                    (Some(when), _) => choose::hint_402_resets(lang, page, when),
                    (None, Some(Cause::CapUsedUp | Cause::QuotaUsedUp)) => choose::hint_402_cap(lang, page),
                    (None, Some(Cause::TeeNeedsPlan)) => choose::hint_402_plan(lang, page),
                    (None, _) => choose::hint_402_balance(lang, page),
                }
            }
            Kind::Status { .. } if matches!(self.cause(), Some(Cause::NoInstance | Cause::Disabled)) => {
                choose::hint_other_model(lang).to_owned()
            }
            Kind::Status { status: 403, .. } => texts::hint_403(lang).to_owned(),
            Kind::Status { status: 404, .. } => texts::hint_404(lang).to_owned(),
            Kind::Status { retry_after: Some(seconds), .. } => texts::hint_retry_after(lang, seconds),
            Kind::Status { status, .. } if *status == 429 || *status >= 500 => texts::hint_retry(lang).to_owned(),
            Kind::NotJson(NotJson::Html) => texts::hint_html(lang).to_owned(),
            Kind::Status { .. }
            | Kind::NotJson(_)
            | Kind::Malformed { .. }
            | Kind::TooLarge { .. }
            | Kind::Empty { .. } => texts::hint_service(lang).to_owned(),
            Kind::Redirected { .. } => texts::hint_redirected(lang).to_owned(),
            Kind::Proxy(_) => texts::hint_proxy(lang).to_owned(),
        }
    }

    /// `(called directly)` or `(through the proxy …)`.
    fn route(&self, lang: Lang) -> String {
        match &self.proxy {
            None => texts::failure_direct(lang).to_owned(),
            Some(proxy) => texts::failure_through(lang, clean::line(proxy)),
        }
    }
}

/// Characters of outside text in one message.
const SAID_CHARS: usize = 160;

fn stage_words(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Connect => texts::stage_connect(lang),
        Stage::Tls => texts::stage_tls(lang),
        Stage::Request => texts::stage_request(lang),
        Stage::Parse => texts::stage_parse(lang),
    }
}

fn tls_words(problem: &Tls, lang: Lang) -> String {
    match problem {
        Tls::UnknownIssuer => texts::tls_unknown_issuer(lang).to_owned(),
        Tls::Expired => texts::tls_expired(lang).to_owned(),
        Tls::NotYetValid => texts::tls_not_yet_valid(lang).to_owned(),
        Tls::WrongName => texts::tls_wrong_name(lang).to_owned(),
        Tls::Revoked => texts::tls_revoked(lang).to_owned(),
        Tls::NotTls => texts::tls_not_tls(lang).to_owned(),
        Tls::Other(detail) => clean::excerpt(detail, SAID_CHARS),
    }
}

/// A short, cleaned excerpt of an error answer, without `secrets` and without anything that looks
/// like a Chutes credential. None when the body says nothing a person can read.
pub fn said(body: &[u8], secrets: &[&Secret]) -> Option<String> {
    let text = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => sentence_in(&value)?,
        Err(_) => String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).into_owned(),
    };
    // A page is for a browser, not for one line.
    if text.trim_start().starts_with('<') {
        return None;
    }
    let text = redact(&text, secrets);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| clean::excerpt(&text, SAID_CHARS))
}

/// `quota_reset_timestamp` of an error answer, Unix milliseconds.
pub(super) fn resets_at(body: &[u8]) -> Option<NonZeroI64> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    super::account::moment(&value["detail"]["quota_reset_timestamp"]).and_then(|at| NonZeroI64::new(at.0))
}

/// The sentence in the shapes that APIs of this family use for errors.
fn sentence_in(value: &serde_json::Value) -> Option<String> {
    let error = &value["error"];
    let detail = &value["detail"];
    // What is wrong with each field of a request (422).
    if let Some(fields) = detail.as_array() {
        let said: Vec<String> = fields.iter().filter_map(field_sentence).take(3).collect();
        return (!said.is_empty()).then(|| said.join("; "));
    }
    [
        detail,
        &detail["message"],
        &detail["msg"],
        &detail["error"],
        &detail["error"]["message"],
        &error["message"],
        &value["message"],
        &value["error_description"],
        error,
        value,
    ]
    .into_iter()
    .find_map(serde_json::Value::as_str)
    .map(str::to_owned)
}

/// `body.max_tokens: Input should be greater than 0` of `{"loc": […], "msg": …}`.
fn field_sentence(field: &serde_json::Value) -> Option<String> {
    let said = field["msg"].as_str().or(field.as_str())?;
    let part =
        |part: &serde_json::Value| part.as_str().map(str::to_owned).or_else(|| part.as_u64().map(|n| n.to_string()));
    let path: Vec<String> = field["loc"].as_array().into_iter().flatten().filter_map(part).collect();
    Some(if path.is_empty() { said.to_owned() } else { format!("{}: {said}", path.join(".")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_said_never_holds_a_credential() {
        let own = Secret::new("odd secret");
        let body = br#"{"detail":"key cpk_ab.cd.ef-1, token cak_x and odd secret are\u001b[2J bad\nreally"}"#;
        assert_eq!(said(body, &[&own]).as_deref(), Some("key …, token … and … are\u{fffd}[2J bad really"));
        assert_eq!(said(b"<!doctype html><p>no", &[]), None);
        assert_eq!(said(br#"{"error":{"message":"m"}}"#, &[]).as_deref(), Some("m"));
        let list =
            br#"{"detail":[{"loc":["body","messages",0],"msg":"Field required","type":"missing"},{"msg":"two"}]}"#;
        assert_eq!(said(list, &[]).as_deref(), Some("body.messages.0: Field required; two"));
        assert_eq!(said(br#"{"detail":{"error":{"message":"deep"}}}"#, &[]).as_deref(), Some("deep"));
        assert_eq!(said(br#"{"detail":{"msg":"short"}}"#, &[]).as_deref(), Some("short"));
        assert_eq!(said(br#"{"error":"invalid_grant"}"#, &[]).as_deref(), Some("invalid_grant"));
        assert_eq!(said(b"", &[]), None);
        assert_eq!(said(&"x".repeat(9000).into_bytes(), &[]).map(|s| s.chars().count()), Some(SAID_CHARS));
    }

    #[test]
    fn refusals_of_a_completion_are_told_apart() {
        let failure = |status, detail: &str| {
            let body = format!("{{\"detail\":{detail}}}");
            let (said, resets_at) = (said(body.as_bytes(), &[]), resets_at(body.as_bytes()));
            Failure { host: "h".into(), proxy: None, kind: Kind::Status { status, said, retry_after: None, resets_at } }
        };
        let mut words = std::collections::BTreeSet::new();
        for (status, detail, cause) in [
            (
                402,
                r#"{"message":"Quota exceeded and account balance is $0.0, please pay with fiat or send tao to 5xyz","quota_reset_timestamp":1787407200}"#,
                Cause::QuotaUsedUp,
            ),
            (
                402,
                r#"{"message":"Subscription usage cap exceeded. Please add balance to continue."}"#,
                Cause::CapUsedUp,
            ),
            (402, r#""TEE models require an active subscription or positive balance.""#, Cause::TeeNeedsPlan),
            (402, r#""Account balance is $0.0""#, Cause::NoBalance),
            (402, "7", Cause::NoBalance),
            (429, r#""Instance is at maximum capacity, try again later""#, Cause::AtCapacity),
            (429, r#""Infrastructure is at maximum capacity""#, Cause::AtCapacity),
            (429, r#""Free models limit reached for today""#, Cause::FreeLimit),
            (503, r#""No instances available (yet) for chute_id='x'""#, Cause::NoInstance),
            (503, r#""This chute is currently disabled.""#, Cause::Disabled),
        ] {
            let failure = failure(status, detail);
            assert_eq!(failure.cause(), Some(cause), "{detail}");
            for lang in [Lang::En, Lang::ZhCn] {
                let message = failure.message(lang);
                assert!(message.contains(&status.to_string()), "{message}");
                words.insert(
                    message.split([':', '：']).next().unwrap_or_default().trim_end_matches(['.', '。']).to_owned(),
                );
            }
        }
        // Of ten, the two without a sentence of their own and the two at capacity are alike.
        assert_eq!(words.len(), 2 * 8, "{words:#?}");
        assert_eq!(failure(503, "\"x\"").cause(), None);
        let used = failure(402, r#"{"message":"Quota exceeded","quota_reset_timestamp":1787407200}"#);
        assert!(used.hint(Lang::En).contains("2026-08-22 14:00 UTC"), "{}", used.hint(Lang::En));
        assert!(used.message(Lang::En).contains("Quota exceeded"), "the service's own words");
    }

    #[test]
    fn every_kind_has_words_in_both_languages_that_name_the_host() {
        let status = |status| Kind::Status { status, said: Some("words".into()), retry_after: None, resets_at: None };
        let kinds = vec![
            Kind::ConnectionRefused,
            Kind::Dns { name: "llm.example".into() },
            Kind::Tls(Tls::UnknownIssuer),
            Kind::Tls(Tls::Other("odd".into())),
            Kind::Timeout { stage: Stage::Tls, after: Duration::from_secs(5) },
            status(401),
            status(402),
            status(403),
            status(404),
            status(418),
            status(429),
            status(503),
            Kind::NotJson(NotJson::Html),
            Kind::NotJson(NotJson::EmptyBody),
            Kind::NotJson(NotJson::Other),
            Kind::Truncated,
            Kind::Malformed { detail: "odd".into() },
            Kind::TooLarge { limit: 8 << 20 },
            Kind::Empty { skipped: 0 },
            Kind::Empty { skipped: 3 },
            Kind::Redirected { to: "https://other.example".into() },
            Kind::Proxy(ProxyTrouble::Unreachable),
            Kind::Proxy(ProxyTrouble::Authentication),
            Kind::Proxy(ProxyTrouble::Declined),
            Kind::Proxy(ProxyTrouble::Setting("HTTPS_PROXY")),
            Kind::Network { detail: "odd".into() },
            Kind::CredentialMalformed,
        ];
        for kind in kinds {
            for proxy in [None, Some("proxy.example:3128".to_owned())] {
                let failure = Failure { host: "llm.example".into(), proxy, kind: kind.clone() };
                let (en, zh) = (failure.message(Lang::En), failure.message(Lang::ZhCn));
                assert!(en.contains("llm.example") && zh.contains("llm.example"), "{en} / {zh}");
                assert!(en.ends_with('.') && zh.ends_with('。'), "{en} / {zh}");
                assert_ne!(failure.hint(Lang::En), failure.hint(Lang::ZhCn));
                let about_the_way = matches!(failure.code(), "connection-refused" | "dns" | "tls" | "forbidden");
                if about_the_way {
                    assert_eq!(en.contains("proxy.example:3128"), failure.proxy.is_some(), "{en}");
                    assert_eq!(en.contains("direct"), failure.proxy.is_none(), "{en}");
                }
            }
        }
    }
}
