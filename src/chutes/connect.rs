//! How a connection comes about: trusted roots, the proxy in force, name resolution, and the hooks
//! that tell which stage a call has reached.

use super::endpoints::{host_of, is_loopback};
use super::failure::{Kind, ProxyTrouble, Stage, Tls};
use super::no_proxy;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, NamedGroup, RootCertStore};
use std::error::Error;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use url::Url;

/// Where trusted certificates are, from `SSL_CERT_FILE` and `SSL_CERT_DIR` (neither: the system's own places),
/// and those that Node, and so OpenClaw, takes besides: `NODE_EXTRA_CA_CERTS`.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots {
    pub file: Option<PathBuf>,
    pub directory: Option<PathBuf>,
    pub extra: Option<PathBuf>,
}

impl Roots {
    /// Variables that name a file or directory which has no certificate for us, and what they name.
    pub(super) fn unusable(&self) -> Vec<(&'static str, PathBuf)> {
        let empty = |file: Option<&Path>, directory: Option<&Path>| {
            rustls_native_certs::load_certs_from_paths(file, directory).certs.is_empty()
        };
        let file = |name, path: &Option<PathBuf>| Some((name, path.clone().filter(|path| empty(Some(path), None))?));
        let directory = self.directory.clone().filter(|path| empty(None, Some(path)));
        let all = [
            file("SSL_CERT_FILE", &self.file),
            directory.map(|path| ("SSL_CERT_DIR", path)),
            file("NODE_EXTRA_CA_CERTS", &self.extra),
        ];
        all.into_iter().flatten().collect()
    }
}

/// TLS with ring, trusting the public roots that are built in and the certificates of this system:
/// each alone fails somewhere (a bare server has no certificates; an inspecting network has its own).
pub(super) fn tls_config(roots: &Roots) -> Result<rustls::ClientConfig, rustls::Error> {
    let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let native = match (&roots.file, &roots.directory) {
        (None, None) => rustls_native_certs::load_native_certs(),
        (file, directory) => rustls_native_certs::load_certs_from_paths(file.as_deref(), directory.as_deref()),
    };
    store.add_parsable_certificates(native.certs);
    // One that cannot be read is passed over, as in Node.
    let extra = roots.extra.as_deref().map(|file| rustls_native_certs::load_certs_from_paths(Some(file), None));
    store.add_parsable_certificates(extra.map(|extra| extra.certs).unwrap_or_default());
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::store(Arc::new(Handshakes));
    Ok(config)
}

/// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, as OpenClaw takes them: lower case before upper case,
/// and what is set for `http` serves `https`, too, that has none of its own.
pub(super) struct Proxies {
    around: String,
    https: Option<Url>,
    http: Option<Url>,
    /// A variable that is set to something that is no proxy address.
    unusable: Option<&'static str>,
}

impl Proxies {
    pub(super) fn from_env(var: impl Fn(&str) -> Option<String>) -> Self {
        let of = |name: &'static str| {
            [name.to_ascii_lowercase(), name.to_owned()]
                .iter()
                .find_map(|name| var(name).filter(|value| !value.trim().is_empty()))
                .map(|value| (name, value.trim().to_owned()))
        };
        let all = of("ALL_PROXY");
        let http = of("HTTP_PROXY").or(all);
        let https = of("HTTPS_PROXY").or_else(|| http.clone());
        let address = |setting: &Option<(&'static str, String)>| setting.as_ref().and_then(|(_, text)| proxy_url(text));
        let (https_url, http_url) = (address(&https), address(&http));
        Self {
            around: of("NO_PROXY").map(|(_, value)| value).unwrap_or_default(),
            unusable: https.filter(|_| https_url.is_none()).map(|(name, _)| name),
            https: https_url,
            http: http_url,
        }
    }

    /// The proxy for `url`, or None for a direct call. Loopback is never proxied.
    pub(super) fn for_url(&self, url: &Url) -> Option<Url> {
        if is_loopback(url) || no_proxy::matches(&self.around, url) {
            return None;
        }
        if url.scheme() == "https" { self.https.clone() } else { self.http.clone() }
    }

    /// The variable that should give the proxy for `url` and holds no address.
    pub(super) fn unusable_for(&self, url: &Url) -> Option<&'static str> {
        self.unusable.filter(|_| !is_loopback(url) && !no_proxy::matches(&self.around, url))
    }
}

fn proxy_url(text: &str) -> Option<Url> {
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = Url::parse(&text).ok().filter(Url::has_host)?;
    match url.scheme() {
        "http" | "https" => {}
        "socks4" | "socks4a" | "socks5" | "socks5h" => {
            if url.port().is_none() {
                url.set_port(Some(1080)).ok()?;
            }
        }
        _ => return None,
    }
    Some(url)
}

/// `host:port` of a proxy, without its user name and password.
pub(super) fn proxy_host(proxy: &Url) -> String {
    host_of(proxy.as_str())
}

tokio::task_local! {
    /// The call that the running task is making.
    pub(super) static CALL: Arc<Progress>;
}

/// Which stages of one call have begun.
pub(super) struct Progress {
    /// Host of the call, to tell its TLS handshake from a proxy's.
    host: String,
    begun: AtomicU8,
}

const CONNECTION_STAGES: [Stage; 3] = [Stage::Connect, Stage::Tls, Stage::Request];

impl Progress {
    pub(super) fn new(host: &str) -> Self {
        Self { host: host.to_owned(), begun: AtomicU8::new(0) }
    }

    pub(super) fn begin(&self, stage: Stage) {
        self.begun.fetch_or(1 << stage as u8, Ordering::Relaxed);
    }

    /// The call has been begun: whoever has not asked for a connection by then has one from an earlier call.
    pub(super) fn called(&self) {
        let _ = self.begun.compare_exchange(0, 1 << Stage::Request as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The latest stage that has begun.
    pub(super) fn latest(&self) -> Stage {
        let begun = self.begun.load(Ordering::Relaxed);
        CONNECTION_STAGES.into_iter().rev().find(|stage| begun & (1 << *stage as u8) != 0).unwrap_or(Stage::Connect)
    }

    /// Stages that have begun since `seen`, in order; `seen` is brought up to date.
    pub(super) fn news(&self, seen: &mut u8) -> impl Iterator<Item = Stage> + use<> {
        let fresh = self.begun.load(Ordering::Relaxed) & !*seen;
        *seen |= fresh;
        CONNECTION_STAGES.into_iter().filter(move |stage| fresh & (1 << *stage as u8) != 0)
    }
}

fn begin(stage: Stage) {
    // Outside a call there is nobody to tell.
    let _ = CALL.try_with(|call| call.begin(stage));
}

/// Remembers no session. Rustls asks it for one when a handshake begins: that is the hook.
#[derive(Debug)]
struct Handshakes;

impl ClientSessionStore for Handshakes {
    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        let _ = CALL.try_with(|call| {
            if server.to_str() == call.host.trim_matches(['[', ']']) {
                call.begin(Stage::Tls);
            }
        });
        None
    }
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}
    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}
    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }
    fn remove_tls12_session(&self, _: &ServerName<'static>) {}
    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}
    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}

/// Wraps the connector: `Connect` begins when it is asked, `Request` when it has a connection.
#[derive(Clone)]
pub(super) struct Watch;

#[derive(Clone)]
pub(super) struct Watched<S>(S);

impl<S> tower_layer::Layer<S> for Watch {
    type Service = Watched<S>;
    fn layer(&self, connector: S) -> Watched<S> {
        Watched(connector)
    }
}

impl<S, R> tower_service::Service<R> for Watched<S>
where
    S: tower_service::Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        begin(Stage::Connect);
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connected = connecting.await;
            if connected.is_ok() {
                begin(Stage::Request);
            }
            connected
        })
    }
}

/// The system's resolver, with an error of its own so that a name that does not resolve is told
/// apart from a host that cannot be reached.
pub(super) struct Resolver;

#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
struct Unresolved {
    name: String,
    #[source]
    cause: Option<io::Error>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Vec::from_iter);
            match found {
                Ok(found) if !found.is_empty() => Ok(Box::new(found.into_iter()) as Addrs),
                Ok(_) => Err(Unresolved { name, cause: None }.into()),
                Err(cause) => Err(Unresolved { name, cause: Some(cause) }.into()),
            }
        })
    }
}

/// What an error of the HTTP stack means for a call to `host` that had reached `stage`. `proxied`:
/// it goes through a proxy.
pub(super) fn kind_of(error: &reqwest::Error, host: &str, proxied: bool, stage: Stage) -> Kind {
    let chain = || chain_of(error);
    if let Some(unresolved) = chain().find_map(|error| error.downcast_ref::<Unresolved>()) {
        return Kind::Dns { name: unresolved.name.clone() };
    }
    if let Some(problem) = chain().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return Kind::Tls(tls_problem(problem));
    }
    if chain().any(|error| error.is::<rustls::pki_types::InvalidDnsNameError>()) {
        return Kind::Dns { name: host.to_owned() };
    }
    if error.is_connect() && stage == Stage::Connect {
        if proxied {
            let words = chain().map(|error| error.to_string()).collect::<Vec<_>>().join(" ");
            return Kind::Proxy(proxy_trouble(&words));
        }
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if chain().filter_map(|error| error.downcast_ref::<io::Error>()).any(refused) {
            return Kind::ConnectionRefused;
        }
    }
    let detail = chain().last().map(|error| error.to_string()).unwrap_or_default();
    if error.is_connect() && stage == Stage::Tls {
        return Kind::Tls(Tls::Other(detail));
    }
    Kind::Network { detail }
}

/// What an error in the middle of a body means: compression that is no compression, or an early end.
pub(super) fn broken_body(error: &reqwest::Error) -> Kind {
    let garbled = |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
    if chain_of(error).filter_map(|error| error.downcast_ref::<io::Error>()).any(garbled) {
        return Kind::Malformed { detail: "its compression is damaged".to_owned() };
    }
    Kind::Truncated
}

fn chain_of<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause_of(*error))
}

/// An `io::Error` hides the error that it wraps from `source`.
fn cause_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(inner);
    }
    error.source()
}

/// The tunnel's error types cannot be named from outside their crate: their words decide.
fn proxy_trouble(words: &str) -> ProxyTrouble {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    if says(&["authorization required", "credentials not accepted", "user/pass authentication"]) {
        ProxyTrouble::Authentication
    } else if says(&["underlying connection", "tcp connect"]) {
        ProxyTrouble::Unreachable
    } else {
        ProxyTrouble::Declined
    }
}

fn tls_problem(error: &rustls::Error) -> Tls {
    match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Tls::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Tls::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Tls::WrongName,
            CertificateError::UnknownIssuer => Tls::UnknownIssuer,
            CertificateError::Revoked => Tls::Revoked,
            // A certificate that signed itself and says so is refused under another name.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Tls::UnknownIssuer,
            other => Tls::Other(other.to_string()),
        },
        rustls::Error::InvalidMessage(_) => Tls::NotTls,
        other => Tls::Other(other.to_string()),
    }
}
