//! An embedded stand-in for the Chutes service on loopback: for `demo`, and for the tests, where it
//! can also misbehave. It runs on a thread of its own and stops when it is dropped.

mod api_keys;
pub mod caller;
mod chat;
pub mod fault;
pub mod idp;
pub mod market;
mod random;
pub mod sample;

pub use caller::{Caller, Keys};
pub use fault::Fault;
pub use market::{Market, Shape};

use caller::KeyRing;

use crate::chutes::endpoints::Endpoints;
use crate::http1::{self, ReadError, Request, Response};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const LIMITS: http1::Limits =
    http1::Limits { header_bytes: 64 * 1024, body_bytes: 16 * 1024 * 1024, read_time: Duration::from_secs(20) };

/// The identity provider's half of the service, below `/idp/`.
pub trait IdentityProvider: Send + Sync {
    /// Answer a request whose path begins with `/idp/`. None: no such page.
    fn handle(&self, request: &Request, caller: &Caller) -> Option<Response>;
    /// The scopes of an access token in force. None: unknown, expired or revoked.
    fn scopes_of(&self, access_token: &str) -> Option<Vec<String>>;
    /// Whether this is the token of a web session.
    fn is_session(&self, _token: &str) -> bool {
        false
    }
}

/// What a stand-in serves.
#[derive(Clone)]
pub struct Config {
    /// Port on 127.0.0.1; 0: any free one.
    pub port: u16,
    pub keys: Keys,
    /// Keys that may do everything.
    pub admin_keys: Vec<String>,
    /// The body of `GET /v1/models`.
    pub models: Vec<u8>,
    pub models_fault: Fault,
    pub chat_fault: Fault,
    /// A refused token request reaches no provider: nothing is spent, except by `Fault::Truncated`.
    pub token_fault: Fault,
    /// The account, and what runs.
    pub market: Market,
    pub idp: Option<Arc<dyn IdentityProvider>>,
}

impl Config {
    /// For `demo`: any well-formed key, and a list in which the documented default exists.
    pub fn demo() -> Self {
        Self::serving(Keys::AnyWellFormed, sample::list(sample::Era::Documented))
    }

    /// For a test: these keys, and this answer of the models endpoint.
    pub fn serving(keys: Keys, models: impl Into<Vec<u8>>) -> Self {
        Self {
            port: 0,
            keys,
            admin_keys: Vec::new(),
            models: models.into(),
            models_fault: Fault::None,
            chat_fault: Fault::None,
            token_fault: Fault::None,
            market: Market::default(),
            idp: None,
        }
    }
}

/// The routes that can misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Models,
    Chat,
    /// `/idp/token`
    Token,
    /// `/users/me` and below.
    Account,
    /// `/chutes/utilization` and `/invocations/stats/llm`.
    Health,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Record {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The whole `Authorization` header.
    pub authorization: Option<String>,
    pub body: Vec<u8>,
}

/// Hears each request before it is answered.
pub type OnRecord = Box<dyn Fn(&Record) + Send + Sync>;

struct State {
    config: Mutex<Config>,
    created_keys: KeyRing,
    records: Mutex<Vec<Record>>,
    /// Completions under way, and the most that ever were at once.
    completions: Mutex<(usize, usize)>,
    on_record: Option<OnRecord>,
    address: SocketAddr,
}

/// A running stand-in.
pub struct Standin {
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Standin {
    /// Listens on a free port of 127.0.0.1, on a thread of its own, until this is dropped. Fails when no port is free.
    pub fn start(config: Config) -> io::Result<Standin> {
        Self::start_with(config, None)
    }

    /// As [`Standin::start`]; `on_record` also hears each request, before it is answered.
    pub fn start_with(config: Config, on_record: Option<OnRecord>) -> io::Result<Standin> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            config: Mutex::new(config),
            created_keys: KeyRing::default(),
            records: Mutex::default(),
            completions: Mutex::default(),
            on_record,
            address,
        });
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let serving = state.clone();
        let thread = std::thread::Builder::new().name("standin".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = accept(listener, serving) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Standin { state, stop: Some(stop), thread: Some(thread) })
    }

    /// 127.0.0.1 and its port.
    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// `http://127.0.0.1:<port>/v1`.
    pub fn api_base(&self) -> String {
        format!("http://{}/v1", self.address())
    }

    /// `http://127.0.0.1:<port>`; the provider's pages are below `/idp/`.
    pub fn idp_base(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Its addresses, in the place of the service's.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints { api: self.api_base(), idp: self.idp_base() }
    }

    /// Every request so far, in order of arrival.
    pub fn requests(&self) -> Vec<Record> {
        lock(&self.state.records).clone()
    }

    /// The most completions that were ever under way at the same time.
    pub fn most_completions_at_once(&self) -> usize {
        lock(&self.state.completions).1
    }

    /// From the next request on.
    pub fn set_fault(&self, route: Route, fault: Fault) {
        let mut config = lock(&self.state.config);
        match route {
            Route::Models => config.models_fault = fault,
            Route::Chat => config.chat_fault = fault,
            Route::Token => config.token_fault = fault,
            Route::Account => config.market.account_fault = fault,
            Route::Health => config.market.health_fault = fault,
        }
    }

    /// From the next request on.
    pub fn change_market(&self, change: impl FnOnce(&mut Market)) {
        change(&mut lock(&self.state.config).market);
    }

    /// From the next request on.
    pub fn set_models(&self, body: impl Into<Vec<u8>>) {
        lock(&self.state.config).models = body.into();
    }

    /// From the next request on.
    pub fn set_keys(&self, keys: Keys) {
        lock(&self.state.config).keys = keys;
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by its own thread.
            let _ = thread.join();
        }
    }
}

/// Print `{"api": …, "idp": …}` as one line and serve until standard input ends. `record`: a file that
/// gets one JSON line (`method`, `target`, `authorization`, `body`) for each request, before it is answered.
pub fn serve_until_stdin_ends(config: Config, record: Option<&Path>) -> io::Result<()> {
    let on_record = match record {
        None => None,
        Some(path) => {
            let file = Mutex::new(OpenOptions::new().append(true).create(true).open(path)?);
            let write = move |record: &Record| {
                let line = serde_json::json!({
                    "method": record.method, "target": record.target, "authorization": record.authorization,
                    "body": String::from_utf8_lossy(&record.body),
                });
                // A full disk shows as a missing line.
                let _ = lock(&file).write_all(format!("{line}\n").as_bytes());
            };
            Some(Box::new(write) as OnRecord)
        }
    };
    let standin = Standin::start_with(config, on_record)?;
    let line = serde_json::json!({ "api": standin.api_base(), "idp": standin.idp_base() });
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// A loopback address that refuses every connection for as long as this is kept.
pub struct ClosedPort(tokio::net::TcpSocket);

impl ClosedPort {
    /// Bound, so that nobody else gets the port, and never listening.
    pub fn new() -> io::Result<Self> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self(socket))
    }

    /// 127.0.0.1 and the port at which nobody answers.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A test that panicked while holding the lock leaves the data as usable as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, state.clone()))),
            // One connection that is gone, or no file descriptor to be had just now.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(mut stream: TcpStream, state: Arc<State>) {
    let request = match http1::read(&mut stream, LIMITS).await {
        Ok(request) => request,
        Err(ReadError::Closed) => return,
        Err(error) => {
            // The peer may be gone; nobody else is there to tell.
            let _ = http1::write(&mut stream, &refusal(400, &error.to_string())).await;
            return;
        }
    };
    let record = Record {
        method: request.method.clone(),
        target: request.target.clone(),
        authorization: request.header("authorization").map(str::to_owned),
        body: request.body.clone(),
    };
    if let Some(on_record) = &state.on_record {
        on_record(&record);
    }
    lock(&state.records).push(record);

    let config = lock(&state.config).clone();
    let (fault, response) = answer(&config, &state.created_keys, &request);
    let is_completion = request.path() == "/v1/chat/completions";
    if is_completion {
        {
            let mut completions = lock(&state.completions);
            completions.0 += 1;
            completions.1 = completions.1.max(completions.0);
        }
        tokio::time::sleep(config.market.delay(&request.body)).await;
        lock(&state.completions).0 -= 1;
    }
    // A peer that goes away in the middle of an answer is no concern of ours.
    let _ = fault.send(&mut stream, &request, &response).await;
}

/// The honest answer to a request, and the fault that may spoil it.
fn answer(config: &Config, created_keys: &KeyRing, request: &Request) -> (Fault, Response) {
    let caller = Caller::of(request, &config.keys, &config.admin_keys, created_keys, config.idp.as_deref());
    let honest = |response| (Fault::None, response);
    match (request.method.as_str(), request.path()) {
        (_, "/idp/token") if !matches!(config.token_fault, Fault::None | Fault::Truncated) => {
            (config.token_fault.clone(), Response::default())
        }
        (_, path) if path.starts_with("/idp/") => {
            let fault = if path == "/idp/token" { config.token_fault.clone() } else { Fault::None };
            let page = config.idp.as_ref().and_then(|idp| idp.handle(request, &caller));
            (fault, page.unwrap_or_else(|| refusal(404, "Not Found")))
        }
        (_, path) if path == "/api_keys" || path.starts_with("/api_keys/") => {
            honest(api_keys::answer(request, &caller, created_keys))
        }
        ("GET", "/v1/models") => (
            config.models_fault.clone(),
            caller.may_list().err().unwrap_or_else(|| Response {
                status: 200,
                headers: vec![("Content-Type", "application/json".to_owned())],
                body: config.models.clone(),
            }),
        ),
        ("POST", "/v1/chat/completions") => (
            config.chat_fault.clone(),
            caller.may_invoke().err().unwrap_or_else(|| chat::complete(&config.market, &config.models, &request.body)),
        ),
        (_, "/v1/models" | "/v1/chat/completions") => honest(refusal(405, "Method Not Allowed")),
        _ => market::answer(&config.market, &config.models, &caller, request)
            .unwrap_or_else(|| honest(refusal(404, "Not Found"))),
    }
}

/// An error in the shape that the service gives: `{"detail": …}`.
fn refusal(status: u16, detail: &str) -> Response {
    Response::json(status, &serde_json::json!({ "detail": detail }))
}
