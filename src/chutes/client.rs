//! The one HTTP client: limits on time and size, no credential to another origin, every failure
//! named. Nothing is built before the first call.

use super::account::Quota;
use super::connect::{self, CALL, Progress, Proxies, Roots};
use super::endpoints::{Endpoints, host_of};
use super::failure::{self, Failure, Kind, NotJson, ProxyTrouble, Stage};
use crate::chutes::credential_kinds::redact;
use crate::secret::Secret;
use crate::time::now;
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, LOCATION, RETRY_AFTER};
use serde_json::error::Category;
use std::future::poll_fn;
use std::num::NonZeroI64;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use url::Url;

/// How much time and how many bytes a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Name resolution, TCP, proxy and TLS together.
    pub connect: Duration,
    /// The whole call, unless the call says otherwise.
    pub whole: Duration,
    /// Bytes of an answer after decompression, unless who takes it allows more.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(10), body: 5 * 1024 * 1024 }
    }
}

/// Redirects followed within one origin.
const MAX_REDIRECTS: usize = 5;

/// For so long a connection waits for the next call of the same task.
const IDLE: Duration = Duration::from_secs(1);

/// A client for one pair of endpoints. Cheap to make and to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    endpoints: Endpoints,
    limits: Limits,
    proxies: Arc<Proxies>,
    roots: Roots,
    http: OnceLock<Result<reqwest::Client, String>>,
    /// By the first answer that said what time it is there.
    clock_ahead: OnceLock<i64>,
}

/// Gets the body of a success piece by piece, and says each time how many bytes more than the limit it
/// may have by now.
pub type Taker<'a> = dyn FnMut(&[u8]) -> usize + Send + 'a;

/// One call. No `Debug`: it holds credentials.
pub struct Call<'a> {
    method: Method,
    url: String,
    bearer: Option<&'a Secret>,
    content: Option<(&'static str, Secret)>,
    redact: Vec<&'a Secret>,
    whole: Option<Duration>,
}

impl<'a> Call<'a> {
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: Method::GET, url: url.into(), bearer: None, content: None, redact: Vec::new(), whole: None }
    }

    pub fn delete(url: impl Into<String>) -> Self {
        Self { method: Method::DELETE, ..Self::get(url) }
    }

    pub fn post_json(url: impl Into<String>, body: &serde_json::Value) -> Self {
        let content = Some(("application/json", Secret::new(body.to_string())));
        Self { method: Method::POST, content, ..Self::get(url) }
    }

    /// `body` is already form-encoded.
    pub fn post_form(url: impl Into<String>, body: Secret) -> Self {
        Self { method: Method::POST, content: Some(("application/x-www-form-urlencoded", body)), ..Self::get(url) }
    }

    pub fn bearer(mut self, credential: Option<&'a Secret>) -> Self {
        self.bearer = credential;
        self.redact.extend(credential);
        self
    }

    /// A secret in the body that no error message may repeat.
    pub fn redact(mut self, secret: &'a Secret) -> Self {
        self.redact.push(secret);
        self
    }

    /// Time for the whole call.
    pub fn within(mut self, whole: Duration) -> Self {
        self.whole = Some(whole);
        self
    }
}

/// An answer of any status that is not a redirect. No `Debug`: it may hold tokens.
pub struct Answer {
    pub status: u16,
    /// Empty when somebody took it.
    pub body: Vec<u8>,
    /// From the start of the call to the last byte.
    pub took: Duration,
    content_type: String,
    retry_after: Option<u64>,
    resets_at: Option<NonZeroI64>,
    /// Of the headers `X-Chutes-Quota-*`.
    quota: Option<Quota>,
    said: Option<String>,
    host: String,
    proxy: Option<String>,
}

impl Answer {
    /// The answer if its status is a success, else the failure that it means.
    pub fn success(self) -> Result<Self, Failure> {
        match self.status {
            200..=299 => Ok(self),
            status => {
                let (said, retry_after, resets_at) = (self.said.clone(), self.retry_after, self.resets_at);
                Err(self.failure(Kind::Status { status, said, retry_after, resets_at }))
            }
        }
    }

    /// What the answer says of the account's requests.
    pub fn quota(&self) -> Option<Quota> {
        self.quota
    }

    /// A failure of that kind, about this call.
    pub fn failure(&self, kind: Kind) -> Failure {
        Failure { host: self.host.clone(), proxy: self.proxy.clone(), kind }
    }

    /// The failure of a body that is not the JSON it should be.
    pub fn bad_json(&self, error: &serde_json::Error) -> Failure {
        let start = self.body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        self.not_json(&BadJson { start, category: error.classify(), line: error.line(), column: error.column() })
    }

    /// [`Answer::bad_json`] for a body that somebody took.
    pub fn not_json(&self, bad: &BadJson) -> Failure {
        self.failure(match bad.start {
            None => Kind::NotJson(NotJson::EmptyBody),
            Some(b'<') => Kind::NotJson(NotJson::Html),
            Some(b'{' | b'[') if bad.category == Category::Eof => Kind::Truncated,
            Some(b'{' | b'[') => Kind::Malformed { detail: format!("line {}, column {}", bad.line, bad.column) },
            Some(_) if self.content_type.starts_with("text/html") => Kind::NotJson(NotJson::Html),
            Some(_) if bad.category == Category::Data => Kind::Malformed { detail: "not an object".to_owned() },
            Some(_) => Kind::NotJson(NotJson::Other),
        })
    }
}

/// Where and how a body is not the JSON it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadJson {
    /// The first byte of the body that is not white space.
    pub start: Option<u8>,
    pub category: Category,
    /// Both from 1.
    pub line: usize,
    pub column: usize,
}

impl Client {
    /// A client that takes proxies and certificates from the environment of this process.
    pub fn new(endpoints: Endpoints) -> Self {
        Self::with(endpoints, Limits::default(), |name| std::env::var(name).ok())
    }

    pub fn with(endpoints: Endpoints, limits: Limits, var: impl Fn(&str) -> Option<String>) -> Self {
        let path = |name| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self(Arc::new(Inner {
            endpoints,
            limits,
            roots: Roots {
                file: path("SSL_CERT_FILE"),
                directory: path("SSL_CERT_DIR"),
                extra: path("NODE_EXTRA_CA_CERTS"),
            },
            proxies: Arc::new(Proxies::from_env(&var)),
            http: OnceLock::new(),
            clock_ahead: OnceLock::new(),
        }))
    }

    /// Variables that name certificates which cannot be read, and what they name. OpenClaw cannot read them either.
    pub fn unusable_roots(&self) -> Vec<(&'static str, PathBuf)> {
        self.0.roots.unusable()
    }

    pub fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// Seconds by which the clock of this machine is ahead of the service's; below zero: behind. None: no answer
    /// said what time it is there.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.0.clock_ahead.get().copied()
    }

    /// Make one call. `on_stage` hears each stage when it begins.
    pub async fn send(&self, call: Call<'_>, on_stage: impl FnMut(Stage)) -> Result<Answer, Failure> {
        self.exchange(call, None, on_stage).await
    }

    /// [`Client::send`]; the body of a success goes to `taker` and not into the answer.
    pub async fn send_to(
        &self,
        taker: &mut Taker<'_>,
        call: Call<'_>,
        on_stage: impl FnMut(Stage),
    ) -> Result<Answer, Failure> {
        self.exchange(call, Some(taker), on_stage).await
    }

    async fn exchange(
        &self,
        call: Call<'_>,
        taker: Option<&mut Taker<'_>>,
        mut on_stage: impl FnMut(Stage),
    ) -> Result<Answer, Failure> {
        let mut exchange = Exchange { client: self, call, host: String::new(), proxy: None };
        exchange.host = host_of(&exchange.call.url);
        let url = Url::parse(&exchange.call.url)
            .map_err(|error| exchange.failure(Kind::Network { detail: error.to_string() }))?;
        if let Some(variable) = self.0.proxies.unusable_for(&url) {
            return Err(exchange.failure(Kind::Proxy(ProxyTrouble::Setting(variable))));
        }
        exchange.proxy = self.0.proxies.for_url(&url).map(|proxy| connect::proxy_host(&proxy));

        let progress = Arc::new(Progress::new(url.host_str().unwrap_or_default()));
        let whole = exchange.call.whole.unwrap_or(self.0.limits.whole);
        let mut exchanging =
            Box::pin(CALL.scope(progress.clone(), tokio::time::timeout(whole, exchange.run(url, taker, &progress))));
        let mut seen = 0;
        // Whatever begins a stage does so while this future is polled.
        let outcome = poll_fn(|context| {
            let polled = exchanging.as_mut().poll(context);
            progress.called();
            progress.news(&mut seen).for_each(&mut on_stage);
            polled
        })
        .await;
        drop(exchanging);
        outcome.unwrap_or_else(|_| Err(exchange.failure(Kind::Timeout { stage: progress.latest(), after: whole })))
    }

    fn http(&self) -> Result<&reqwest::Client, String> {
        let inner = &self.0;
        inner.http.get_or_init(|| build(inner)).as_ref().map_err(String::clone)
    }
}

fn build(inner: &Inner) -> Result<reqwest::Client, String> {
    let tls = connect::tls_config(&inner.roots).map_err(|error| error.to_string())?;
    let proxies = inner.proxies.clone();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .proxy(reqwest::Proxy::custom(move |url| proxies.for_url(url)))
        .dns_resolver(Arc::new(connect::Resolver))
        .connector_layer(connect::Watch)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(inner.limits.connect)
        // Calls that follow each other share a connection, and so one handshake; a moment later it is closed.
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("openclaw-chutes/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

/// One call on its way.
struct Exchange<'a> {
    client: &'a Client,
    call: Call<'a>,
    host: String,
    proxy: Option<String>,
}

impl Exchange<'_> {
    fn failure(&self, kind: Kind) -> Failure {
        Failure { host: self.host.clone(), proxy: self.proxy.clone(), kind }
    }

    fn error(&self, error: &reqwest::Error, progress: &Progress) -> Failure {
        let stage = progress.latest();
        self.failure(if error.is_timeout() {
            Kind::Timeout { stage, after: self.client.0.limits.connect }
        } else {
            match connect::kind_of(error, &self.host, self.proxy.is_some(), stage) {
                Kind::Network { detail } => Kind::Network { detail: redact(&detail, &self.call.redact) },
                kind => kind,
            }
        })
    }

    async fn run(&self, url: Url, taker: Option<&mut Taker<'_>>, progress: &Progress) -> Result<Answer, Failure> {
        let started = Instant::now();
        let response = self.follow(url, progress).await?;
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if let Some(there) = header(DATE).and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) {
            let ahead = now().timestamp().as_second() - there.timestamp().as_second();
            // Of several calls at the same time, the first answer counts.
            let _ = self.client.0.clock_ahead.set(ahead);
        }
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase(),
            retry_after: header(RETRY_AFTER).and_then(|value| value.trim().parse().ok()),
            body: Vec::new(),
            took: Duration::ZERO,
            resets_at: None,
            quota: Quota::of(|name| response.headers().get(name)?.to_str().ok()?.trim().parse().ok()),
            said: None,
            host: self.host.clone(),
            proxy: self.proxy.clone(),
        };
        let is_success = (200..300).contains(&answer.status);
        let taken = match taker.filter(|_| is_success) {
            Some(taker) => self.body(response, taker).await,
            None => self.whole_body(response).await.map(|body| answer.body = body),
        };
        match taken {
            // The status says enough; what was wrong with its body is beside the point.
            Err(kind) if is_success => return Err(self.failure(kind)),
            _ => {}
        }
        answer.took = started.elapsed();
        if answer.status >= 400 {
            answer.said = failure::said(&answer.body, &self.call.redact);
            answer.resets_at = failure::resets_at(&answer.body);
        }
        Ok(answer)
    }

    /// Send, and follow redirects of a `GET` within the origin. What changes something follows none: it
    /// is for the address that was meant.
    async fn follow(&self, mut url: Url, progress: &Progress) -> Result<reqwest::Response, Failure> {
        for _ in 0..=MAX_REDIRECTS {
            let response = self.once(&url)?.send().await.map_err(|error| self.error(&error, progress))?;
            let location = match response.status().as_u16() {
                301 | 302 | 303 | 307 | 308 => response.headers().get(LOCATION),
                _ => None,
            };
            let Some(location) = location else { return Ok(response) };
            let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
            let next =
                url.join(&text).ok().filter(|next| self.call.method == Method::GET && next.origin() == url.origin());
            match next {
                Some(next) => url = next,
                None => return Err(self.failure(Kind::Redirected { to: self.destination(&url, &text) })),
            }
        }
        Err(self.failure(Kind::Redirected { to: self.destination(&url, "") }))
    }

    /// Where a redirect leads, without query (which might repeat a credential).
    fn destination(&self, url: &Url, location: &str) -> String {
        let to = match url.join(location) {
            Ok(to) if to.has_host() => format!("{}{}", to.origin().ascii_serialization(), to.path()),
            _ => location.split(['?', '#']).next().unwrap_or_default().to_owned(),
        };
        redact(&to, &self.call.redact)
    }

    fn once(&self, url: &Url) -> Result<reqwest::RequestBuilder, Failure> {
        let http = self.client.http().map_err(|detail| self.failure(Kind::Network { detail }))?;
        let mut request = http.request(self.call.method.clone(), url.clone());
        if let Some((kind, body)) = &self.call.content {
            request = request.header(CONTENT_TYPE, *kind).body(body.expose().to_owned());
        }
        request = request.header(ACCEPT, "application/json");
        if let Some(credential) = self.call.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", credential.expose()))
                .map_err(|_| self.failure(Kind::CredentialMalformed))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        Ok(request)
    }

    async fn whole_body(&self, response: reqwest::Response) -> Result<Vec<u8>, Kind> {
        let mut body = Vec::new();
        let mut take = |piece: &[u8]| {
            body.extend_from_slice(piece);
            0
        };
        self.body(response, &mut take).await?;
        Ok(body)
    }

    async fn body(&self, mut response: reqwest::Response, taker: &mut Taker<'_>) -> Result<(), Kind> {
        let (mut read, mut limit) = (0, self.client.0.limits.body);
        while let Some(piece) = response.chunk().await.map_err(|error| connect::broken_body(&error))? {
            read += piece.len();
            if read > limit {
                return Err(Kind::TooLarge { limit });
            }
            limit = self.client.0.limits.body + taker(&piece);
        }
        Ok(())
    }
}
