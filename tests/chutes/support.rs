//! What the tests of the Chutes side share: servers with one trick each, and a client in a hurry.

use openclaw_chutes::chutes::catalog::{self, Stage};
use openclaw_chutes::chutes::client::{Client, Limits};
use openclaw_chutes::chutes::endpoints::Endpoints;
use openclaw_chutes::chutes::failure::Failure;
use openclaw_chutes::chutes::model::Catalog;
use openclaw_chutes::http1::{self, Request, Response};
use openclaw_chutes::secret::Secret;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const KEY: &str = "cpk_canary1.canary2.canary3";

pub fn key() -> Secret {
    Secret::new(KEY)
}

pub const LIST: &[u8] = br#"{"object":"list","data":[{"id":"a/b"},{"id":"c"}]}"#;

/// Runs a test on a runtime that does not wait for a slow resolver when the test is over.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(test);
    runtime.shutdown_background();
    outcome
}

/// Ample for loopback on a busy machine.
pub const PATIENT: Limits =
    Limits { connect: Duration::from_secs(20), whole: Duration::from_secs(30), body: 5 * 1024 * 1024 };

pub fn client(api: &str, limits: Limits, env: &[(&str, &str)]) -> Client {
    let endpoints = Endpoints { api: api.to_owned(), ..Endpoints::default() };
    Client::with(endpoints, limits, |name| env.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
}

/// The outcome of a discovery with the key, and the stages that it went through.
pub async fn discover(client: &Client) -> (Result<Catalog, Failure>, Vec<Stage>) {
    let key = key();
    let mut stages = Vec::new();
    let outcome = catalog::discover(client, Some(&key), |stage| stages.push(stage)).await;
    (outcome, stages)
}

/// The failure of a discovery at `api` with some environment.
pub async fn failure(api: &str, limits: Limits, env: &[(&str, &str)]) -> Failure {
    discover(&client(api, limits, env)).await.0.expect_err("a failure")
}

pub type Seen = Arc<Mutex<Vec<Request>>>;

/// The heads that a server has seen: `METHOD target`, and whether the key was there.
pub fn seen(seen: &Seen) -> Vec<(String, bool)> {
    let seen = seen.lock().expect("no panic");
    seen.iter()
        .map(|r| (format!("{} {}", r.method, r.target), r.header("authorization") == Some(&format!("Bearer {KEY}"))))
        .collect()
}

const LIMITS: http1::Limits =
    http1::Limits { header_bytes: 65536, body_bytes: 65536, read_time: Duration::from_secs(60) };

async fn answer<S>(mut stream: S, handler: impl Fn(&Request) -> Response, seen: &Seen)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if let Ok(request) = http1::read(&mut stream, LIMITS).await {
        let response = handler(&request);
        seen.lock().expect("no panic").push(request);
        let _ = http1::write(&mut stream, &response).await;
    }
}

/// A plain server on loopback; its `host:port`.
pub async fn plain(handler: impl Fn(&Request) -> Response + Clone + Send + 'static) -> (String, Seen) {
    let requests = Seen::default();
    let kept = requests.clone();
    let address = accept(move |stream| {
        let (handler, kept) = (handler.clone(), kept.clone());
        async move { answer(stream, handler, &kept).await }
    })
    .await;
    (address, requests)
}

/// A list of models over TLS with the certificate of that name; its `host:port`.
pub async fn tls(certificate: &str) -> (String, Seen) {
    tls_answering(certificate, list).await
}

/// As [`tls`], with another answer.
pub async fn tls_answering(certificate: &str, answers: fn() -> Response) -> (String, Seen) {
    let acceptor = acceptor(certificate);
    let requests = Seen::default();
    let kept = requests.clone();
    let address = accept(move |stream| {
        let (acceptor, kept) = (acceptor.clone(), kept.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, |_| answers(), &kept).await;
            }
        }
    })
    .await;
    (address, requests)
}

fn acceptor(certificate: &str) -> tokio_rustls::TlsAcceptor {
    let path = |name: &str| format!("{}/tests/data/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let chain = CertificateDer::from_pem_file(path(&format!("{certificate}.pem"))).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(path("server.key")).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("a pair");
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}

pub fn ca() -> String {
    format!("{}/tests/data/tls/ca.pem", env!("CARGO_MANIFEST_DIR"))
}

pub fn list() -> Response {
    Response { status: 200, headers: vec![("Content-Type", "application/json".to_owned())], body: LIST.to_vec() }
}

/// Runs `each` for every connection to a free loopback port; its `host:port`.
pub async fn accept<F>(each: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(each(stream));
        }
    });
    address
}

pub type Heads = Arc<Mutex<Vec<String>>>;

/// An HTTP proxy that opens every tunnel to `target`, or answers every `CONNECT` with `refusal`.
pub async fn http_proxy(target: String, refusal: Option<&'static str>) -> (String, Heads) {
    let heads = Heads::default();
    let kept = heads.clone();
    let address = accept(move |mut stream| {
        let (target, kept) = (target.clone(), kept.clone());
        async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            kept.lock().expect("no panic").push(String::from_utf8_lossy(&head).into_owned());
            match refusal {
                Some(refusal) => {
                    let _ =
                        stream.write_all(format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
                }
                None => {
                    let mut onward = TcpStream::connect(target).await.expect("the target");
                    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.expect("written");
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
                }
            }
        }
    })
    .await;
    (address, heads)
}

/// A SOCKS5 proxy without authentication that opens every tunnel to `target`; hears the names asked for.
pub async fn socks_proxy(target: String) -> (String, Heads) {
    let names = Heads::default();
    let kept = names.clone();
    let address = accept(move |mut stream| {
        let (target, kept) = (target.clone(), kept.clone());
        async move {
            let mut greeting = [0; 2];
            stream.read_exact(&mut greeting).await.expect("a greeting");
            stream.read_exact(&mut vec![0; greeting[1].into()]).await.expect("methods");
            stream.write_all(&[5, 0]).await.expect("written");
            let mut request = [0; 5];
            stream.read_exact(&mut request).await.expect("a request");
            assert_eq!(request[3], 3, "a name, not an address");
            let mut name = vec![0; request[4].into()];
            stream.read_exact(&mut name).await.expect("a name");
            stream.read_u16().await.expect("a port");
            kept.lock().expect("no panic").push(String::from_utf8_lossy(&name).into_owned());
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.expect("written");
            let mut onward = TcpStream::connect(target).await.expect("the target");
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    (address, names)
}

/// How many connections were opened and how many handshakes finished.
#[derive(Default)]
pub struct Counts {
    pub connections: AtomicUsize,
    pub handshakes: AtomicUsize,
}

/// A server over TLS that keeps its connections open; its `host:port`.
pub async fn keeping(answers: fn(&Request) -> Response) -> (String, Seen, Arc<Counts>) {
    let acceptor = acceptor("good");
    let (requests, counts) = (Seen::default(), Arc::<Counts>::default());
    let (kept, counted) = (requests.clone(), counts.clone());
    let address = accept(move |stream| {
        let (acceptor, kept, counted) = (acceptor.clone(), kept.clone(), counted.clone());
        async move {
            counted.connections.fetch_add(1, Ordering::SeqCst);
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            counted.handshakes.fetch_add(1, Ordering::SeqCst);
            while let Ok(request) = http1::read(&mut stream, LIMITS).await {
                let response = answers(&request);
                kept.lock().expect("no panic").push(request);
                let head =
                    format!("HTTP/1.1 {} Answer\r\nContent-Length: {}\r\n\r\n", response.status, response.body.len());
                let whole = [head.as_bytes(), &response.body].concat();
                if stream.write_all(&whole).await.and(stream.flush().await).is_err() {
                    return;
                }
            }
        }
    })
    .await;
    (address, requests, counts)
}
