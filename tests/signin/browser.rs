//! The sign-in in a real Chromium: the wizard opens the link, a click answers, the wizard goes on.

use crate::support::*;
use serde_json::{Value, json};
use std::process::{Child, Stdio};
use std::time::Instant;
use testkit::Home;

/// A headless Chromium, driven over WebDriver.
struct Browser {
    driver: Child,
    authority: String,
    session: String,
}

impl Browser {
    /// None where `scripts/test` was told to do without.
    fn start(home: &Home) -> Option<Browser> {
        if std::env::var("OPENCLAW_CHUTES_TEST_CHROMIUM").as_deref() != Ok("1") {
            testkit::need::missing("Chromium");
            return None;
        }
        let port = free_port();
        let mut command = home.command(["chromedriver", &format!("--port={port}"), "--silent"]);
        let driver = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut browser = Browser { driver, authority: format!("127.0.0.1:{port}"), session: String::new() };
        let until = Instant::now() + testkit::timeout();
        while std::net::TcpStream::connect(&browser.authority).is_err() {
            assert!(Instant::now() < until, "chromedriver does not listen");
            std::thread::yield_now();
        }
        let profile = format!("--user-data-dir={}", home.join("chromium").display());
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &profile,
        ];
        let wish = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": args}}}});
        let session = browser.call("POST", "/session", &wish);
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        Some(browser)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_call(method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn try_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.authority,
            body.len()
        );
        let answer = request(&self.authority, &text);
        match answer.status {
            200 => Ok(serde_json::from_str::<Value>(&answer.body).unwrap()["value"].clone()),
            _ => Err(answer.body),
        }
    }

    fn go(&self, url: &str) {
        self.call("POST", &format!("/session/{}/url", self.session), &json!({"url": url}));
    }

    fn find(&self, selector: &str) -> String {
        let path = format!("/session/{}/element", self.session);
        let found = self.call("POST", &path, &json!({"using": "css selector", "value": selector}));
        found.as_object().and_then(|found| found.values().next()?.as_str()).expect("an element").to_owned()
    }

    fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.call("POST", &format!("/session/{}/element/{element}/click", self.session), &json!({}));
    }

    /// The text of the page; empty while one page makes room for the next.
    fn text(&self) -> String {
        let script = json!({"script": "return document.body ? document.body.innerText : ''", "args": []});
        let text = self.try_call("POST", &format!("/session/{}/execute/sync", self.session), &script);
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    fn wait_text(&self, wanted: &str) {
        let until = Instant::now() + testkit::timeout();
        while !self.text().contains(wanted) {
            assert!(Instant::now() < until, "{wanted:?} is not on the page: {}", self.text());
            std::thread::yield_now();
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            self.call("DELETE", &format!("/session/{}", self.session), &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The wizard, and the address that it handed to the browser.
fn opened(home: &mut Home) -> (testkit::Pty, String) {
    let given = home.join("opened");
    let path = given.display();
    let script = home.write("browser", format!("#!/bin/sh\nprintf '%s' \"$1\" > {path}.part; mv {path}.part {path}\n"));
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    home.set("BROWSER", script.to_str().unwrap());
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes", "--browser"]).size(80, 24).spawn();
    pty.wait_for("the browser was called", |screen| given.exists() && screen.contains("Tab"));
    (pty, std::fs::read_to_string(&given).unwrap())
}

#[test]
fn allow_is_clicked_and_the_wizard_goes_on_by_itself() {
    let chutes = Chutes::start(None);
    let mut home = chutes.home();
    let Some(browser) = Browser::start(&home) else { return };
    let (pty, link) = opened(&mut home);
    browser.go(&link);
    browser.click("#login");
    browser.wait_text("chutes:invoke");
    browser.click("#allow");
    browser.wait_text("You are signed in");
    pty.wait_text("models, live");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

#[test]
fn deny_is_clicked_and_the_wizard_says_so() {
    let chutes = Chutes::start(None);
    let mut home = chutes.home();
    let Some(browser) = Browser::start(&home) else { return };
    let (pty, link) = opened(&mut home);
    browser.go(&link);
    browser.click("#login");
    browser.wait_text("chutes:invoke");
    browser.click("#deny");
    browser.wait_text("Access was declined");
    pty.wait_text("Nothing was written");
    pty.keys("C-c");
    pty.wait_exit();
    assert!(!home.join(".openclaw").exists());
}
