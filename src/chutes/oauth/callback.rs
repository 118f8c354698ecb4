//! The loopback listener that the browser is sent back to.
//!
//! Any process of this machine can talk to it, so nothing that lacks this attempt's state can end or
//! win the attempt, and nothing a peer does can keep the right answer out for long.

use super::answer::{Mistake, Refusal, Verdict};
use super::attempt::{LoopbackHost, Redirect, is_forwarded};
use super::pages::Page;
use super::port_owner::holder_of;
use crate::http1::{self, Limits, ReadError, Request, Response};
use crate::secret::Secret;
use crate::texts::{Lang, signin as t};
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

const LIMITS: Limits = Limits { header_bytes: 8 * 1024, body_bytes: 0, read_time: Duration::from_secs(5) };
/// Connections whose request is still being read. One more has to wait for [`PATIENCE`] at most, and
/// then the oldest is dropped: so a crowd of slow peers cannot keep a browser out.
const MAX_READING: usize = 16;
const PATIENCE: Duration = Duration::from_millis(250);
const WRITE_TIME: Duration = Duration::from_secs(5);

/// Why the browser cannot report back by itself. The sign-in goes on with paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotListen {
    /// `holder` is `name (pid)` when it can be read.
    PortBusy {
        port: u16,
        holder: Option<String>,
    },
    Failed {
        port: u16,
        kind: io::ErrorKind,
    },
}

impl CannotListen {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            CannotListen::PortBusy { port, holder: None } => t::port_busy(lang, port),
            CannotListen::PortBusy { port, holder: Some(holder) } => t::port_busy_by(lang, port, holder),
            CannotListen::Failed { port, kind } => t::no_listener(lang, port, kind),
        }
    }
}

/// What came back from the browser with the right state. At most one per [`Listener::run`].
#[derive(Debug)]
pub enum Arrival {
    /// Exchange the code, then report: the browser waits for it.
    Code(Secret, Report),
    Refused(Refusal),
}

/// How it ended, for the page in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The credential is in OpenClaw's store.
    Stored,
    /// The code was exchanged; the terminal stores the credential later, when the user confirms.
    SignedIn,
    ExchangeFailed,
    NetworkFailed,
    ScopeMissing,
    StoreFailed,
}

/// The one report. Dropped without it, the browser is told that the sign-in has ended.
#[derive(Debug)]
pub struct Report(watch::Sender<Option<Outcome>>);

impl Report {
    pub fn send(self, outcome: Outcome) {
        self.0.send_replace(Some(outcome));
    }
}

/// Bound sockets, on loopback only. Bound before the link is shown; free again when dropped.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    redirect: Redirect,
}

impl Listener {
    /// 127.0.0.1, and ::1 where there is one.
    pub fn bind(redirect: &Redirect) -> Result<Listener, CannotListen> {
        let port = redirect.port();
        let v4 = bind_one(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let v6 = bind_one(SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
        let busy = |result: &io::Result<TcpListener>| {
            result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
        };
        // The family that the browser will use must be ours; of `localhost`, it may use either.
        let (needed, taken) = match redirect.host() {
            LoopbackHost::V4 => (&v4, busy(&v4)),
            LoopbackHost::V6 => (&v6, busy(&v6)),
            LoopbackHost::Localhost => (if v4.is_ok() { &v4 } else { &v6 }, busy(&v4) || busy(&v6)),
        };
        if taken {
            return Err(CannotListen::PortBusy { port, holder: holder_of(port) });
        }
        if let Err(error) = needed {
            return Err(CannotListen::Failed { port, kind: error.kind() });
        }
        Ok(Listener { sockets: [v4, v6].into_iter().flatten().collect(), redirect: redirect.clone() })
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }

    /// Answer requests until the attempt is decided here: then the page has been sent, and this
    /// returns. Dropping the future stops it at once. `judge` is [`super::answer::judge`] with the
    /// attempt as it is at that moment.
    pub async fn run<J>(&self, judge: J, lang: Lang, arrivals: mpsc::Sender<Arrival>) -> io::Result<()>
    where
        J: Fn(&str) -> Verdict + Send + Sync + 'static,
    {
        let listeners: Vec<_> = self
            .sockets
            .iter()
            .map(|socket| tokio::net::TcpListener::from_std(socket.try_clone()?))
            .collect::<io::Result<_>>()?;
        let service = Arc::new(Service {
            judge: Box::new(judge),
            redirect: self.redirect.clone(),
            lang,
            arrivals,
            decided: Mutex::new(Decided::No),
            reading: Mutex::new(VecDeque::new()),
            read: Notify::new(),
            over: Notify::new(),
        });
        let mut connections = JoinSet::new();
        for id in 0u64.. {
            let stream = tokio::select! {
                stream = async { service.room().await; accept(&listeners).await } => stream,
                () = service.over.notified() => break,
            };
            while connections.try_join_next().is_some() {}
            let Ok(stream) = stream else {
                // Out of descriptors, or the peer is gone already.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            // Locked around the spawn, so that the task cannot finish reading before it is listed.
            let mut reading = lock(&service.reading);
            let task = connections.spawn(connection(stream, Arc::clone(&service), id));
            reading.push_back(Reading { id, since: Instant::now(), task });
        }
        lock(&service.reading).drain(..).for_each(|reading| reading.task.abort());
        let rest = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(WRITE_TIME, rest).await;
        Ok(())
    }
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpListener::bind(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

async fn accept(listeners: &[tokio::net::TcpListener]) -> io::Result<TcpStream> {
    match listeners {
        [one] => one.accept().await,
        [one, two, ..] => tokio::select! { stream = one.accept() => stream, stream = two.accept() => stream },
        [] => std::future::pending().await,
    }
    .map(|(stream, _)| stream)
}

struct Service {
    judge: Box<dyn Fn(&str) -> Verdict + Send + Sync>,
    redirect: Redirect,
    lang: Lang,
    arrivals: mpsc::Sender<Arrival>,
    decided: Mutex<Decided>,
    reading: Mutex<VecDeque<Reading>>,
    /// A request has been read.
    read: Notify,
    /// The page of the deciding answer has been sent.
    over: Notify,
}

/// A connection whose request has not arrived yet.
struct Reading {
    id: u64,
    since: Instant,
    task: AbortHandle,
}

/// What the first answer with the right state was. Whatever comes later gets its page.
enum Decided {
    No,
    Code(watch::Receiver<Option<Outcome>>),
    Page(Page),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn connection(mut stream: TcpStream, service: Arc<Service>, id: u64) {
    let request = http1::read(&mut stream, LIMITS).await;
    lock(&service.reading).retain(|reading| reading.id != id);
    service.read.notify_one();
    let (response, last) = match request {
        Ok(request) => service.answer(&request).await,
        Err(ReadError::TooLarge) => (Page::NotFound.response(413, service.lang), false),
        Err(ReadError::Malformed) => (Page::NotFound.response(400, service.lang), false),
        Err(ReadError::Slow | ReadError::Closed) => return,
    };
    let _ = tokio::time::timeout(WRITE_TIME, http1::write(&mut stream, &response)).await;
    if last {
        service.over.notify_one();
    }
}

impl Service {
    /// Wait until there is room for one more connection.
    async fn room(&self) {
        loop {
            let oldest = match lock(&self.reading) {
                reading if reading.len() < MAX_READING => return,
                reading => reading.front().map(|reading| reading.since + PATIENCE),
            };
            tokio::select! {
                () = self.read.notified() => {}
                () = tokio::time::sleep_until(oldest.unwrap_or_else(Instant::now)) => {
                    if let Some(oldest) = lock(&self.reading).pop_front() {
                        oldest.task.abort();
                    }
                }
            }
        }
    }

    /// The answer, and whether it decides the attempt.
    async fn answer(&self, request: &Request) -> (Response, bool) {
        let page = |page: Page, status| (page.response(status, self.lang), false);
        if !self.host_is_ours(request) {
            return page(Page::NotFound, 421);
        }
        if request.path() != self.redirect.path() {
            return page(Page::NotFound, 404);
        }
        if request.method != "GET" {
            let (response, last) = page(Page::NotFound, 405);
            return (response.header("Allow", "GET"), last);
        }
        let verdict = (self.judge)(&request.target);
        match verdict {
            Verdict::Mistake(Mistake::Expired { .. }) => return page(Page::Expired, 400),
            Verdict::Mistake(_) => return page(Page::NotOurs, 400),
            Verdict::Code(_) | Verdict::Refused(_) => {}
        }
        match self.decide(verdict).await {
            Ok(mut outcome) => {
                // An error means that the report was dropped unsent.
                let outcome = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| *outcome);
                let (page, status) = page_of(outcome);
                (page.response(status, self.lang), true)
            }
            Err(page) => (page.response(200, self.lang), true),
        }
    }

    /// The first answer with the right state is passed on; later ones join it.
    async fn decide(&self, verdict: Verdict) -> Result<watch::Receiver<Option<Outcome>>, Page> {
        let (arrival, joined) = {
            let mut decided = lock(&self.decided);
            match (&*decided, verdict) {
                (Decided::Code(outcome), _) => return Ok(outcome.clone()),
                (Decided::Page(page), _) => return Err(*page),
                (Decided::No, Verdict::Code(code)) => {
                    let (report, outcome) = watch::channel(None);
                    *decided = Decided::Code(outcome.clone());
                    (Arrival::Code(code, Report(report)), Ok(outcome))
                }
                (Decided::No, Verdict::Refused(refusal)) => {
                    let page = match refusal {
                        Refusal::Denied { .. } => Page::Denied,
                        _ => Page::Refused,
                    };
                    *decided = Decided::Page(page);
                    (Arrival::Refused(refusal), Err(page))
                }
                (Decided::No, Verdict::Mistake(_)) => return Err(Page::NotOurs),
            }
        };
        // A caller that has gone drops the report with the arrival, which the page then says.
        let _ = self.arrivals.send(arrival).await;
        joined
    }

    /// Exactly one `Host`, naming this machine and our port, or an editor's address for it: a page of another site that resolves to
    /// 127.0.0.1 (DNS rebinding) does not.
    fn host_is_ours(&self, request: &Request) -> bool {
        let mut hosts = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host"));
        let (Some((_, host)), None) = (hosts.next(), hosts.next()) else { return false };
        let port = self.redirect.port();
        is_forwarded(host, port)
            || host
                .rsplit_once(':')
                .is_some_and(|(name, wanted)| LoopbackHost::parse(name).is_some() && wanted == port.to_string())
    }
}

fn page_of(outcome: Option<Outcome>) -> (Page, u16) {
    match outcome {
        Some(Outcome::Stored) => (Page::Stored, 200),
        Some(Outcome::SignedIn) => (Page::SignedIn, 200),
        Some(Outcome::ExchangeFailed) => (Page::ExchangeFailed, 502),
        Some(Outcome::NetworkFailed) => (Page::NetworkFailed, 502),
        Some(Outcome::ScopeMissing) => (Page::ScopeMissing, 403),
        Some(Outcome::StoreFailed) => (Page::StoreFailed, 500),
        None => (Page::Ended, 503),
    }
}
