//! The sign-in where people are: behind ssh and tmux, and with the real OpenClaw afterwards.

use crate::support::*;
use openclaw_chutes::standin::idp::Consent;
use testkit::{Home, Sshd, Tmux, peer};

const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";

fn argv() -> [&'static str; 4] {
    [BIN, "onboard", "--auth-choice", "chutes"]
}

#[test]
fn behind_ssh_and_tmux_a_pasted_address_signs_in() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let sshd = Sshd::start();
    let tmux = Tmux::new(&home);
    let pty = home.pty(sshd.remote(&home, tmux.attached(argv()))).size(80, 24).spawn();
    pty.wait_for("the link", |screen| screen.joined().contains("code_challenge_method=S256") && screen.contains("Tab"));
    let address = get(&link(&pty.screen())).location();
    assert!(pty.screen().contains("ssh -N -L"), "{}", pty.screen().describe());
    pty.paste(&address);
    pty.wait_text("models, live");
    tmux.run(["kill-server"]);
}

#[test]
fn the_very_tunnel_line_shown_brings_the_callback_home() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let sshd = Sshd::start();
    let pty = home.pty(sshd.remote(&home, argv())).size(80, 24).spawn();
    pty.wait_for("the link", |screen| screen.joined().contains("code_challenge_method=S256") && screen.contains("Tab"));
    let screen = pty.screen();
    let row = screen.rows().into_iter().find(|row| row.contains("ssh -N -L")).expect("the line");
    let line = row.trim().strip_prefix("ssh ").unwrap().to_owned();
    assert!(line.starts_with(&format!("-N -L {0}:127.0.0.1:{0} -p {1} ", chutes.port, sshd.port())), "{line}");
    // Both ends are this machine: the near end of the tunnel gets a port of its own, the far end is as shown.
    let near = free_port();
    let line = line.replacen(&format!("-L {}:", chutes.port), &format!("-L {near}:"), 1);
    let mut tunnel = home.command(sshd.ssh(line.split(' '))).spawn().unwrap();
    let address = get(&link(&screen)).location();
    let target = address.split_once(&chutes.port.to_string()).unwrap().1.to_owned();
    pty.wait_for("the tunnel", |_| std::net::TcpStream::connect(("127.0.0.1", near)).is_ok());
    // The browser names the address it was sent to.
    let text = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", chutes.port);
    let page = request(&format!("127.0.0.1:{near}"), &text);
    assert_eq!(page.status, 200, "{}", page.body);
    pty.wait_text("models, live");
    pty.keys("C-c");
    tunnel.kill().unwrap();
    tunnel.wait().unwrap();
}

/// Somebody who has only this terminal: no browser, no second connection.
#[test]
fn the_demo_is_finished_with_nothing_but_a_terminal() {
    let sshd = Sshd::start();
    for (place, plain) in [("ssh", false), ("container", false), ("ssh", true)] {
        let mut home = Home::new();
        home.set("container", if place == "container" { "docker" } else { "" });
        let mut argv = vec![BIN, "demo"];
        argv.extend(plain.then_some("--plain"));
        let argv = if place == "ssh" { sshd.remote(&home, argv) } else { argv.into_iter().map(Into::into).collect() };
        let pty = home.pty(argv).size(80, if plain { 200 } else { 24 }).spawn();
        pty.wait_text("How should OpenClaw sign in");
        if plain {
            pty.wait_text("1. Sign in with Chutes");
            pty.send("1\r").wait_text("Which OAuth app");
        } else {
            pty.keys("Home Enter").wait_text("Which OAuth app");
        }
        // The app that the demo brings, then its link.
        pty.send("\r");
        pty.wait_text("Enter, with nothing pasted, allows it for you");
        pty.send("\r");
        pty.wait_text("models, live");
        pty.send(if plain { "quit\r" } else { "\x03" });
        assert_eq!(pty.wait_exit(), 130);
    }
}

#[test]
fn a_cut_connection_is_continued() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let sshd = Sshd::start();
    let pty = home.pty(sshd.remote(&home, argv())).size(80, 24).spawn();
    pty.wait_for("the link", |screen| screen.joined().contains("code_challenge_method=S256") && screen.contains("Tab"));
    let first = link(&pty.screen());
    sshd.cut();
    pty.wait_exit();
    let sshd = Sshd::start();
    let pty = home.pty(sshd.remote(&home, argv())).size(80, 24).spawn();
    pty.wait_text("Continue the sign-in");
    pty.keys("Enter").wait_for("the same link", |screen| screen.contains("Tab") && link(screen) == first);
    pty.paste(&get(&first).location()).wait_text("models, live");
    pty.keys("C-c");
}

/// Signed in by the two commands, with the client secret where OpenClaw reads it, or not.
fn signed_in(chutes: &Chutes, secret: bool) -> Home {
    let mut home = chutes.home();
    let begun = home.run([BIN, "login", "start", "--json"]);
    let url = serde_json::from_str::<serde_json::Value>(&begun.stdout).unwrap()["url"].as_str().unwrap().to_owned();
    let ran = home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], get(&url).location());
    assert_eq!(ran.code, 0, "{ran:?}");
    if secret {
        home.write(".openclaw/.env", format!("CHUTES_CLIENT_SECRET={SECRET}\n"));
    }
    // Nothing of ours is left in the environment that OpenClaw sees.
    for name in ["CHUTES_CLIENT_ID", "CHUTES_BASE_URL", "CHUTES_IDP_BASE_URL", "CHUTES_OAUTH_REDIRECT_URI"] {
        home.unset(name);
    }
    home
}

fn expire(home: &Home) {
    let mut store: serde_json::Value = serde_json::from_str(&home.read(STORE)).unwrap();
    store["profiles"]["chutes:alice"]["expires"] = 1.into();
    home.write(STORE, serde_json::to_string(&store).unwrap());
}

#[test]
fn the_real_openclaw_shows_uses_and_renews_the_sign_in() {
    if peer::argv().is_none() {
        return;
    }
    let chutes = Chutes::start(Some(Consent::Allow));
    for secret in [true, false] {
        let mut home = signed_in(&chutes, secret);
        if !secret {
            // As somebody who keeps it out of OpenClaw's files.
            std::fs::remove_file(home.join(".openclaw/.env")).unwrap();
            home.set("CHUTES_CLIENT_SECRET", "");
        }
        // Its token endpoint is fixed: the stand-in answers in its place.
        let preload = home.write(
            "preload.cjs",
            format!(
                "const real = globalThis.fetch;\nglobalThis.fetch = (input, init) => {{\n  \
                 const url = String(input?.url ?? input).replace('https://api.chutes.ai', '{}');\n  \
                 return real(url, init);\n}};\n",
                chutes.standin.idp_base()
            ),
        );
        home.set("NODE_OPTIONS", format!("--require {}", preload.display()));
        let status = peer::run(&home, ["models", "status", "--json"]).unwrap();
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap_or_else(|_| panic!("{status:?}"));
        let shown = status["auth"]["oauth"]["profiles"].to_string();
        assert!(shown.contains("chutes:alice") && shown.contains("alice"), "{status}");

        let ask = ["infer", "model", "run", "--local", "--prompt", "hi", "--json", "--model"];
        let primary = status["defaultModel"].as_str().unwrap().to_owned();
        let argv: Vec<&str> = ask.into_iter().chain([primary.as_str()]).collect();
        let answer = peer::run(&home, &argv).unwrap();
        assert_eq!(answer.code, 0, "{answer:?}");

        expire(&home);
        chutes.idp.expire_access_tokens();
        let before = chutes.counts();
        let answer = peer::run(&home, &argv).unwrap();
        if secret {
            assert_eq!((answer.code, chutes.counts().refreshed), (0, before.refreshed + 1), "{answer:?}");
        } else {
            assert_ne!(answer.code, 0, "as the warning said: {answer:?}");
            assert_eq!(chutes.counts().refreshed, before.refreshed);
        }
    }
}

/// OpenClaw 2026.7.1 where nvm put it, with its Node beside it, and a `PATH` that has neither: as in a job of cron.
#[test]
fn a_node_that_is_in_no_path_is_found_beside_openclaw() {
    use std::os::unix::fs::PermissionsExt;
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    let bin = ".nvm/versions/node/v22.3.0";
    home.write(format!("{bin}/lib/node_modules/openclaw/package.json"), r#"{"name":"openclaw","version":"2026.7.1"}"#);
    home.write(format!("{bin}/lib/node_modules/openclaw/dist/plugin-sdk/provider-auth.js"), "");
    let script = home.write(format!("{bin}/lib/node_modules/openclaw/openclaw.mjs"), "#!/bin/sh\nexit 0\n");
    let node =
        "#!/bin/sh\nread input\n: > \"$HOME/node-ran\"\necho '{\"before\": {}, \"after\": [\"chutes:alice\"]}'\n";
    let node = home.write(format!("{bin}/bin/node"), node);
    for program in [&script, &node] {
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::symlink(&script, home.join(format!("{bin}/bin/openclaw"))).unwrap();
    home.set("PATH", home.join("nothing"));
    let begun = home.run([BIN, "login", "start", "--json"]);
    let begun: serde_json::Value = serde_json::from_str(&begun.stdout).unwrap_or_else(|_| panic!("{begun:?}"));
    let address = get(begun["url"].as_str().unwrap()).location();
    let done = home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], address);
    assert!(done.code == 0 && home.join("node-ran").exists(), "{done:?}");
}
