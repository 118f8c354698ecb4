//! The sign-in of the real binary: the ways to finish it, and what may go wrong on each.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod signin_support;

use openclaw_chutes::standin::idp::Consent;
use signin_support::*;

#[test]
fn a_pasted_address_signs_in_and_everything_is_written() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let address = get(&link(&pty.screen())).location();
    pty.paste(&address);
    pty.wait_text("models, live");
    pty.keys("Enter").wait_text("answered");
    pty.keys("Enter").wait_text("openclaw models status");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    let store = home.read(".openclaw/agents/main/agent/auth-profiles.json");
    let store: serde_json::Value = serde_json::from_str(&store).unwrap();
    let profile = &store["profiles"]["chutes:alice"];
    assert_eq!((profile["type"].as_str(), profile["clientId"].as_str()), (Some("oauth"), Some(CLIENT_ID)));
    assert!(profile["refresh"].as_str().unwrap().starts_with("crt_"));
    assert!(!home.files().iter().any(|path| path.to_string_lossy().contains("pending-login")));
}

#[test]
fn the_callback_signs_in_by_itself() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let page = get(&get(&link(&pty.screen())).location());
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("You are signed in"));
    pty.wait_text("models, live");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    pty.assert_terminal_restored();
    assert!(!home.files().iter().any(|path| path.to_string_lossy().contains("auth-profiles")));
}
