//! The callback listener against browsers, strangers and crowds.

use openclaw_chutes::chutes::oauth::answer::judge;
use openclaw_chutes::chutes::oauth::attempt::{Attempt, ClientId, Environment, Redirect};
use openclaw_chutes::chutes::oauth::callback::{Arrival, CannotListen, Listener, Outcome};
use openclaw_chutes::chutes::oauth::pages::Page;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

struct Running {
    port: u16,
    state: String,
    arrivals: mpsc::Receiver<Arrival>,
    run: JoinHandle<std::io::Result<()>>,
}

/// A redirect on a port that is free on both loopback addresses.
fn free_redirect() -> Redirect {
    let probe = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = probe.local_addr().expect("bound").port();
    Redirect::parse(&format!("http://127.0.0.1:{port}/oauth-callback")).expect("loopback")
}

fn start() -> Running {
    let mut environment = Environment::read(|_| None).expect("defaults");
    let (redirect, listener) =
        (0..20).find_map(|_| free_redirect().pipe(|r| Listener::bind(&r).ok().map(|l| (r, l)))).expect("a listener");
    environment.redirect = redirect.clone();
    let id = ClientId::parse("cid_abc123def456ghi789jkl012").expect("an id");
    let attempt = Arc::new(Attempt::new(environment.settings(id, None), NOW));
    let state = attempt.state().expose().to_owned();
    let (sender, arrivals) = mpsc::channel(4);
    let run = tokio::spawn(async move { listener.run(move |t| judge(t, &attempt, NOW), Lang::En, sender).await });
    Running { port: redirect.port(), state, arrivals, run }
}

trait Pipe: Sized {
    fn pipe<T>(self, f: impl FnOnce(Self) -> T) -> T {
        f(self)
    }
}
impl<T> Pipe for T {}

async fn send(port: u16, request: String) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get(port: u16, target: &str) -> String {
    send(port, format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")).await
}

fn in_runtime<F: std::future::Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), test).await.expect("in time") });
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[test]
fn the_browser_waits_for_the_real_outcome_and_a_reload_sees_the_same() {
    in_runtime(async {
        let mut running = start();
        let port = running.port;
        let target = format!("/oauth-callback?code=the-code&state={}", running.state);
        let first = tokio::spawn({
            let target = target.clone();
            async move { get(port, &target).await }
        });
        let Some(Arrival::Code(code, report)) = running.arrivals.recv().await else { panic!("no code") };
        assert_eq!(code.expose(), "the-code");
        let reload = tokio::spawn(async move { get(port, &target).await });
        // The reload is being held, too: a junk request made after it is answered before it.
        assert_eq!(status(&get(port, "/favicon.ico").await), "404");
        assert!(!first.is_finished() && !reload.is_finished(), "nothing is said before the outcome");
        report.send(Outcome::Stored);
        let (first, reload) = (first.await.expect("answered"), reload.await.expect("answered"));
        assert!(first.starts_with("HTTP/1.1 200") && first.contains("You are signed in"), "{first}");
        assert_eq!(first, reload);
        for header in [
            "Content-Security-Policy: default-src 'none'; style-src 'sha256-",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cache-Control: no-store",
            "X-Frame-Options: DENY",
        ] {
            assert!(first.contains(header), "{header}");
        }
        running.run.await.expect("joined").expect("ended well");
        assert!(running.arrivals.recv().await.is_none(), "one arrival, not two");
        let again = Redirect::parse(&format!("http://127.0.0.1:{port}/oauth-callback")).expect("loopback");
        Listener::bind(&again).expect("the port is free again");
    });
}

#[test]
fn a_report_that_never_comes_is_not_success() {
    in_runtime(async {
        let mut running = start();
        let (port, target) = (running.port, format!("/oauth-callback?code=c&state={}", running.state));
        let browser = tokio::spawn(async move { get(port, &target).await });
        drop(running.arrivals.recv().await);
        let answer = browser.await.expect("answered");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("has ended"), "{answer}");
    });
}

#[test]
fn strangers_are_answered_4xx_and_the_attempt_goes_on() {
    in_runtime(async {
        let mut running = start();
        let (port, state) = (running.port, running.state.clone());
        let good = format!("/oauth-callback?code=c&state={state}");
        for (target, expected) in [
            ("/", "404"),
            ("/oauth-callback/", "404"),
            ("/oauth-callback", "400"),
            ("/oauth-callback?code=c", "400"),
            ("/oauth-callback?code=c&state=wrong", "400"),
            ("/oauth-callback?error=access_denied", "400"),
            ("/oauth-callback?error=access_denied&state=wrong", "400"),
            ("/oauth-callback?code=<script>alert(1)</script>&state=x", "400"),
        ] {
            let answer = get(port, target).await;
            assert_eq!(status(&answer), expected, "{target}");
            assert!(!answer.contains("alert"), "{answer}");
        }
        let with_host = |host: &str| format!("GET {good} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        for host in ["evil.tld", "evil.tld:1456", "127.0.0.1", "127.0.0.1:1", &format!("127.0.0.1.evil.tld:{port}")] {
            assert_eq!(status(&send(port, with_host(host)).await), "421", "{host}");
        }
        // Where the editor of a hosted workspace shows this port, the state decides; of another port it is nobody's.
        let forwarded = |host: String| format!("GET /oauth-callback?code=a&state=x HTTP/1.1\r\nHost: {host}\r\n\r\n");
        for (host, expected) in [
            (format!("claw-{port}.app.github.dev"), "400"),
            (format!("{port}-claw.ws-eu1.gitpod.io"), "400"),
            (format!("{port}-cs-1.cloudshell.dev:443"), "400"),
            ("claw-1.app.github.dev".to_owned(), "421"),
            (format!("claw-{port}.app.github.dev.evil.tld"), "421"),
        ] {
            assert_eq!(status(&send(port, forwarded(host.clone())).await), expected, "{host}");
        }
        let two = format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.tld\r\n\r\n");
        assert_eq!(status(&send(port, two).await), "421");
        assert_eq!(status(&send(port, format!("GET {good} HTTP/1.1\r\n\r\n")).await), "421");
        for method in ["POST", "HEAD", "OPTIONS"] {
            let request = format!("{method} {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
            assert_eq!(status(&send(port, request).await), "405", "{method}");
        }
        let huge = format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: {}", "x".repeat(9000));
        let refused = send(port, huge).await;
        assert!(["413", "none"].contains(&status(&refused)), "{refused}");
        assert_eq!(status(&send(port, "\u{16}\u{3}\u{1}\r\n\r\n".to_owned()).await), "400");
        assert!(running.arrivals.try_recv().is_err(), "nobody of them won");

        let host = format!("LOCALHOST:{port}");
        let browser = tokio::spawn(send(port, with_host(&host)));
        let Some(Arrival::Code(_, report)) = running.arrivals.recv().await else { panic!("no code") };
        report.send(Outcome::SignedIn);
        assert!(browser.await.expect("answered").contains("Nothing is stored yet"));
    });
}

#[test]
fn a_denial_of_this_attempt_ends_it() {
    in_runtime(async {
        let mut running = start();
        let target = format!("/oauth-callback?error=access_denied&error_description=No&state={}", running.state);
        let answer = get(running.port, &target).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Access was declined"), "{answer}");
        assert!(matches!(running.arrivals.recv().await, Some(Arrival::Refused(_))));
        running.run.await.expect("joined").expect("ended well");
    });
}

#[test]
fn a_crowd_of_slow_and_junk_peers_keeps_nobody_out() {
    in_runtime(async {
        let mut running = start();
        let port = running.port;
        let mut slow = Vec::new();
        for _ in 0..60 {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
            stream.write_all(b"GET /oauth-callback?co").await.expect("sent");
            slow.push(stream);
        }
        let junk: Vec<_> = (0..200).map(|n| tokio::spawn(async move { get(port, &format!("/{n}")).await })).collect();
        let target = format!("/oauth-callback?code=c&state={}", running.state);
        let browser = tokio::spawn(async move { get(port, &target).await });
        let Some(Arrival::Code(_, report)) = running.arrivals.recv().await else { panic!("no code") };
        report.send(Outcome::Stored);
        assert_eq!(status(&browser.await.expect("answered")), "200");
        drop((slow, junk));
    });
}

#[test]
fn a_busy_port_names_its_holder_and_loopback_is_all_there_is() {
    let redirect = free_redirect();
    let listener = Listener::bind(&redirect).expect("free");
    assert!(listener.addresses().iter().all(|address| address.ip().is_loopback()));
    match Listener::bind(&redirect) {
        Err(CannotListen::PortBusy { port, holder: Some(holder) }) => {
            assert_eq!(port, redirect.port());
            assert!(holder.ends_with(&format!("({})", std::process::id())), "{holder}");
        }
        other => panic!("{other:?}"),
    }
    drop(listener);
    Listener::bind(&redirect).expect("free at once");
}

#[test]
fn cannot_listen_has_words_with_a_way_on() {
    for lang in [Lang::En, Lang::ZhCn] {
        let busy = CannotListen::PortBusy { port: 1456, holder: Some("node (77)".to_owned()) }.message(lang);
        assert!(busy.contains("node (77)") && busy.contains("1456"), "{busy}");
        assert!(CannotListen::Failed { port: 1456, kind: ErrorKind::AddrNotAvailable }.message(lang).contains("1456"));
    }
}

#[test]
fn pages_are_complete_constants_without_script() {
    let mut pages = std::collections::BTreeSet::new();
    for lang in [Lang::En, Lang::ZhCn] {
        for page in Page::ALL {
            let html = page.html(lang);
            assert!(!html.contains('%') || !html.contains("%TITLE%"), "{html}");
            for marker in ["%LANG%", "%STYLE%", "%TONE%", "%MARK%", "%TEXT%", "%NEXT%", "<script", "http://", "url("] {
                assert!(!html.contains(marker), "{marker} in {page:?}");
            }
            assert!(pages.insert(html));
        }
    }
}
