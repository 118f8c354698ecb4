//! A running gateway of each generation of OpenClaw: it starts on what we write, answers with an API key and then
//! with a sign-in, and goes on over renewals. Every request is one to the gateway's own HTTP address, and the
//! stand-in sees the token that it carries.

use crate::support::{BIN, CONFIG, KEY};
use openclaw_chutes::sign_in::SignIn;
use openclaw_chutes::standin::idp::{Consent, Idp, Options};
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use openclaw_chutes::time::now;
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;
use testkit::http::{get, request};
use testkit::peer::{Release, patiently};
use testkit::{Home, Ran, need, until};

const GATEWAY_TOKEN: &str = "a-token-for-the-test";
const CLIENT_ID: &str = "cid_abc123def456ghi789jkl012";
const SECRET: &str = "csc_canaryCANARY0123456789canaryCANARY0123456789cana";

pub struct Stage {
    pub home: Home,
    pub standin: Standin,
    idp: Arc<Idp>,
    port: u16,
}

impl Stage {
    /// `access_life`: of the tokens, in seconds.
    pub fn new(version: &str, access_life: u64) -> Option<Stage> {
        let release = Release::of(version)?;
        let options = Options {
            auto_consent: Some(Consent::Allow),
            access_life: Duration::from_secs(access_life),
            ..Options::default()
        };
        let idp = Arc::new(Idp::new(options));
        let keys = Keys::Listed(vec![KEY.to_owned()]);
        let config = Config { idp: Some(idp.clone()), ..Config::serving(keys, sample::list(Era::Documented)) };
        let standin = Standin::start(config).expect("a stand-in");
        let mut home = Home::new();
        release.install(&mut home);
        home.set("CHUTES_BASE_URL", standin.api_base()).set("CHUTES_IDP_BASE_URL", standin.idp_base());
        home.set("CHUTES_CLIENT_ID", CLIENT_ID).set("CHUTES_CLIENT_SECRET", SECRET);
        home.set("CHUTES_OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{}/oauth-callback", free_port()));
        // OpenClaw's core knows one address of the provider.
        let redirect = format!(
            "const ask = globalThis.fetch;\nglobalThis.fetch = (to, how) => {{\n  const url = String(to?.url ?? to);\n  \
             return url.startsWith('https://api.chutes.ai/') ? \
             ask(url.replace('https://api.chutes.ai', '{}'), how) : ask(to, how);\n}};\n",
            standin.idp_base()
        );
        let redirect = home.write("redirect.mjs", redirect);
        home.set("NODE_OPTIONS", format!("--import {}", redirect.display()));
        let port = free_port();
        let gateway = json!({
            "mode": "local",
            "port": port,
            "auth": { "mode": "token", "token": GATEWAY_TOKEN },
            "http": { "endpoints": { "chatCompletions": { "enabled": true } } },
        });
        home.write(CONFIG, json!({ "gateway": gateway }).to_string());
        Some(Stage { home, standin, idp, port })
    }

    fn ours(&self, words: &[&str], input: &str) -> Ran {
        let ran = patiently(&self.home, [BIN].iter().chain(words), input);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.contains(KEY) && !all.contains(SECRET) && !all.contains("cak_") && !all.contains("crt_"), "{all}");
        ran
    }

    pub fn json(&self, words: &[&str], input: &str) -> Value {
        let ran = self.ours(words, input);
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
    }

    fn onboard_with_a_key(&self) {
        let said = self.json(&["onboard", "--non-interactive", "--json", "--api-key-stdin"], &format!("{KEY}\n"));
        assert_eq!((&said["auth"]["kind"], &said["changed"]), (&json!("api_key"), &json!(true)), "{said}");
    }

    fn sign_in(&self) -> Value {
        let begun = self.json(&["login", "start", "--json"], "");
        let address = get(begun["url"].as_str().unwrap()).location();
        self.json(&["login", "finish", "--redirect-stdin", "--json"], &address)
    }

    pub fn valid(&self) {
        let ran = patiently(&self.home, ["openclaw", "config", "validate", "--json"], "");
        assert!(ran.code == 0 && ran.stdout.contains("\"valid\":true"), "{ran:?}");
        let config = self.home.read(CONFIG);
        assert!(["cak_", "crt_", "csc_", "cpk_"].iter().all(|secret| !config.contains(secret)), "{config}");
    }

    /// What the gateway's next answer was asked with at Chutes. After some changes of the config a gateway starts
    /// anew by itself, and answers nothing for a moment.
    pub fn asked_with(&self, gateway: &Gateway) -> String {
        until(longest(), || self.ask(), || format!("an answer: {}", gateway.said()))
    }

    /// Until an answer was asked with such a credential.
    pub fn settles(&self, gateway: &Gateway, is_it: impl Fn(&str) -> bool) {
        let look = || is_it(&self.asked_with(gateway)).then_some(());
        until(longest(), look, || format!("another credential: {}", gateway.said()));
    }

    fn ask(&self) -> Option<String> {
        self.ask_model(None)
    }

    /// One question to the gateway, for a model other than the default where one is named; what it was asked with.
    pub fn ask_model(&self, model: Option<&str>) -> Option<String> {
        let before = self.standin.requests().len();
        drop(TcpStream::connect(("127.0.0.1", self.port)).ok()?);
        let body = json!({ "model": "openclaw", "messages": [{ "role": "user", "content": "hi" }] }).to_string();
        let authority = format!("127.0.0.1:{}", self.port);
        let text = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {GATEWAY_TOKEN}\r\n\
             Content-Type: application/json\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n{body}",
            model.map(|model| format!("x-openclaw-model: {model}\r\n")).unwrap_or_default(),
            body.len()
        );
        let answer = std::panic::catch_unwind(|| request(&authority, &text)).ok()?;
        if answer.status != 200 {
            return None;
        }
        let asked = self.standin.requests().split_off(before);
        let chat = asked.iter().rfind(|request| request.target == "/v1/chat/completions")?;
        let with = chat.authorization.clone().unwrap_or_default();
        Some(with.strip_prefix("Bearer ").unwrap_or(&with).to_owned())
    }

    fn document(&self) -> PathBuf {
        let is_it = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("sign-in-") && name.ends_with(".json")
        };
        self.home.files().into_iter().find(is_it).expect("the sign-in")
    }

    fn kept(&self) -> SignIn {
        SignIn::parse(&std::fs::read(self.document()).unwrap()).expect("a sign-in")
    }

    fn access(&self) -> String {
        self.kept().access.expose().to_owned()
    }

    /// While nobody renews.
    fn change(&self, change: impl FnOnce(&mut SignIn)) {
        let lock = openclaw_chutes::sign_in::lock(&self.document(), longest()).unwrap();
        let mut kept = self.kept();
        change(&mut kept);
        std::fs::write(self.document(), kept.bytes()).unwrap();
        drop(lock.expect("nobody holds it for ever"));
    }

    /// As if half of its life were over.
    fn make_due(&self) {
        self.change(|kept| {
            (kept.issued_at, kept.ends_at) = (now() - 3_000_000, now() + 600_000);
            // What the gateway was given stays noted as that.
            kept.progress.taken = kept.progress.taken.map(|_| kept.issued_at);
        });
    }

    fn openclaw(&self, words: &[&str]) -> Ran {
        let ran = patiently(&self.home, ["openclaw"].iter().chain(words), "");
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    }
}

/// How long OpenClaw may take for anything: it is slow where others work, too.
fn longest() -> Duration {
    testkit::timeout() * 6
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// `openclaw gateway run`, ended with the test.
pub struct Gateway {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Gateway {
    pub fn start(stage: &Stage) -> Gateway {
        let log = stage.home.join("tmp/gateway.log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = stage.home.command(["openclaw", "gateway", "run"]);
        // What the shell of the sign-in had, a gateway does not have.
        for name in ["CHUTES_CLIENT_ID", "CHUTES_CLIENT_SECRET", "CHUTES_BASE_URL", "CHUTES_IDP_BASE_URL"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).process_group(0);
        let mut gateway = Gateway { child: command.spawn().unwrap(), port: stage.port, log };
        gateway.answers();
        assert!(gateway.child.try_wait().unwrap().is_none(), "it ended: {}", gateway.said());
        gateway
    }

    /// It listens: after some changes of the config it starts anew by itself.
    fn answers(&self) {
        let look = || TcpStream::connect(("127.0.0.1", self.port)).ok();
        drop(until(longest(), look, || format!("it listens: {}", self.said())));
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.child.wait();
    }
}

/// OpenClaw's core renews: a key, then a sign-in, then requests that each find a token whose time is up.
fn core_renews(version: &str) {
    // OpenClaw takes ten minutes off the life of a token.
    let Some(stage) = Stage::new(version, 600) else { return };
    stage.onboard_with_a_key();
    stage.valid();
    let gateway = Gateway::start(&stage);
    assert_eq!(stage.asked_with(&gateway), KEY);

    let said = stage.sign_in();
    assert_eq!(said["auth"]["renewal"]["by"], "openclaw", "{said}");
    stage.valid();
    stage.settles(&gateway, |with| with.starts_with("cak_"));
    stage.idp.expire_access_tokens();
    let mut tokens = Vec::new();
    let renewed = stage.idp.counts().refreshed;
    for life in 1..=3 {
        tokens.push(stage.asked_with(&gateway));
        assert_eq!(stage.idp.counts().refreshed, renewed + life, "each life is renewed once: {}", gateway.said());
        // What was given before is dead: only the current one is taken.
        stage.idp.expire_access_tokens();
    }
    tokens.dedup();
    assert!(tokens.len() == 3 && tokens.iter().all(|token| token.starts_with("cak_")), "{tokens:?}");
    assert_eq!(stage.idp.counts().refresh_refused, 0);
    assert_eq!(stage.json(&["renew", "--json"], "")["renewedBy"], "openclaw");
    assert!(!gateway.said().contains(SECRET) && !gateway.said().contains(KEY));
}

#[test]
fn a_gateway_of_2026_5_28() {
    core_renews("2026.5.28");
}

#[test]
fn a_gateway_of_2026_6_11() {
    core_renews("2026.6.11");
}

#[test]
fn a_gateway_of_2026_7_1() {
    core_renews("2026.7.1");
}

#[test]
fn a_gateway_of_2026_7_35() {
    core_renews("2026.7.35");
}

#[test]
fn a_gateway_of_2026_9_6_takes_what_we_renew() {
    let Some(stage) = Stage::new("2026.9.6", 3600) else { return };
    stage.onboard_with_a_key();
    stage.valid();
    let gateway = Gateway::start(&stage);
    assert_eq!(stage.asked_with(&gateway), KEY);

    // A sign-in while it runs: it takes the token, and gets its job.
    let said = stage.sign_in();
    assert_eq!(said["auth"]["renewal"]["by"], "openclaw-chutes", "{said}");
    stage.valid();
    stage.settles(&gateway, |with| with == stage.access());
    let job = stage.kept().progress.job.expect("the job in its cron");

    for life in 1..=3 {
        stage.make_due();
        let said = stage.json(&["renew", "--json"], "");
        assert_eq!((&said["renewed"], &said["gateway"]), (&json!(true), &json!("took")), "{said}");
        assert_eq!(said["job"], "there", "one job of all that declare the same: {said}");
        assert_eq!(stage.asked_with(&gateway), stage.access(), "life {life}");
    }
    assert_eq!((stage.idp.counts().refreshed, stage.idp.counts().refresh_refused), (3, 0));

    // The token endpoint answers 500, hangs while the gateway starts, cannot be reached when its cron calls: each time
    // the gateway goes on with the token that it has.
    stage.standin.set_fault(Route::Token, Fault::Status(500));
    stage.make_due();
    let old = stage.access();
    let said = stage.json(&["renew", "--json"], "");
    assert_eq!(said["error"]["code"], "server-error", "{said}");
    assert_eq!(stage.asked_with(&gateway), old);
    stage.standin.set_fault(Route::Token, Fault::None);
    drop(gateway);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let unreachable = format!("http://{}", silent.local_addr().unwrap());
    stage.change(|kept| {
        kept.idp.clone_from(&unreachable);
        kept.progress.trouble = None;
    });
    let gateway = Gateway::start(&stage);
    assert_eq!(stage.asked_with(&gateway), old, "{}", gateway.said());
    // From here on nothing listens there; whoever still waits hears of it.
    drop(silent);
    stage.change(|kept| kept.progress.trouble = None);
    stage.openclaw(&["cron", "run", &job]);
    let noted = || stage.kept().progress.trouble.filter(|trouble| trouble.code == "connection-refused");
    until(longest(), noted, || format!("the job did nothing: {}", gateway.said()));
    assert_eq!(stage.asked_with(&gateway), old);

    // And it recovers by itself, by OpenClaw's own cron.
    stage.change(|kept| kept.idp = stage.standin.idp_base());
    stage.openclaw(&["cron", "run", &job]);
    let renewed = || {
        let kept = stage.kept();
        (kept.access.expose() != old && kept.progress.taken == Some(kept.issued_at)).then_some(())
    };
    until(longest(), renewed, || format!("the job did nothing: {}", gateway.said()));
    assert_eq!(stage.asked_with(&gateway), stage.access());
    assert_eq!(stage.idp.counts().refreshed, 4);

    // Somebody removes the job: the next look adds another.
    stage.openclaw(&["cron", "remove", &job]);
    assert_eq!(stage.json(&["renew", "--json"], "")["job"], "added");

    // And back: the key alone is active, and nothing of the sign-in stays.
    stage.onboard_with_a_key();
    stage.settles(&gateway, |with| with == KEY);
    let jobs = stage.openclaw(&["cron", "list", "--json"]);
    assert!(!jobs.stdout.contains("openclaw-chutes-renew"), "{jobs:?}");
    assert!(!gateway.said().contains(SECRET) && !gateway.said().contains(KEY) && !gateway.said().contains("crt_"));
}

/// Without a network, loopback aside: a gateway starts on a sign-in and answers with it, and then with a key, which
/// alone is active. npm is as people have it.
fn without_a_network(version: &str) {
    if !need::no_network() {
        return;
    }
    let Some(mut stage) = Stage::new(version, 3600) else { return };
    stage.home.unset("npm_config_offline").unset("npm_config_fetch_retries");
    stage.sign_in();
    let gateway = Gateway::start(&stage);
    assert!(stage.asked_with(&gateway).starts_with("cak_"), "{}", gateway.said());
    stage.onboard_with_a_key();
    stage.settles(&gateway, |with| with == KEY);
}

#[test]
fn without_a_network_2026_5_28() {
    without_a_network("2026.5.28");
}

#[test]
fn without_a_network_2026_6_11() {
    without_a_network("2026.6.11");
}

#[test]
fn without_a_network_2026_7_1() {
    without_a_network("2026.7.1");
}

#[test]
fn without_a_network_2026_7_35() {
    without_a_network("2026.7.35");
}

#[test]
fn without_a_network_2026_9_6() {
    without_a_network("2026.9.6");
}
