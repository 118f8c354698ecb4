//! The sign-in of the real binary: the ways to finish it, and what may go wrong on each.

use crate::support::*;
use openclaw_chutes::standin::idp::{App, Apps, Consent, Options};

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

/// Every row that a link may run over, put together: what a person would mark with the mouse.
fn link_rows(screen: &testkit::Screen) -> String {
    screen.joined()
}

#[test]
fn the_link_can_be_taken_in_every_way() {
    let chutes = Chutes::start(None);
    let home = chutes.home();
    for width in [60, 80, 132, 300] {
        let pty = at_sign_in(&home, (width, 40));
        let link = link(&pty.screen());
        assert!(link.contains("state=") && link.contains("code_challenge="));
        assert!(link_rows(&pty.screen()).contains(&link), "rows without a space between them at {width}");
        let targets = pty.screen().links().to_vec();
        assert!(!targets.is_empty() && targets.iter().all(|target| *target == link), "{targets:?}");

        pty.keys("v").wait_text("Press any key");
        let bare = pty.screen();
        assert!(!bare.alternate() && bare.joined().contains(&link));
        let raw = pty.raw();
        assert!(raw.windows(link.len()).any(|part| part == link.as_bytes()), "one run of bytes");
        pty.keys("x").wait_text("Open this link");
        pty.wait_for("the field's cursor", |screen| screen.alternate() && screen.cursor_visible());
        pty.keys("C-c");
        assert_eq!(pty.wait_exit(), 130);
        pty.assert_terminal_restored();
        assert!(!pty.ever_wrote("\x1b[?1000h") && !pty.ever_wrote("\x1b[?1002h"), "the mouse stays the terminal's");
    }
}

#[test]
fn copying_asks_the_terminal_once_and_says_what_is_known() {
    let chutes = Chutes::start(None);
    let mut home = chutes.home();
    home.set("SSH_CONNECTION", "203.0.113.7 50000 203.0.113.9 2222");
    home.set("USER", "root");
    let pty = at_sign_in(&home, (80, 24));
    let link = link(&pty.screen());
    pty.keys("c").wait_text("cannot be known");
    assert_eq!(clipboards(&pty), [link]);
    let tunnel = format!("ssh -N -L {0}:127.0.0.1:{0} -p 2222 root@203.0.113.9", chutes.port);
    assert!(pty.screen().contains(&tunnel));
    pty.keys("s").wait_for("the second copy", |screen| screen.clipboard().len() == 2);
    assert_eq!(clipboards(&pty).last(), Some(&tunnel));
    pty.keys("C-c");
    pty.wait_exit();
}

/// What was sent to the clipboard, decoded.
fn clipboards(pty: &testkit::Pty) -> Vec<String> {
    use base64::Engine;
    let decode = |(_, text): &(String, String)| {
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap()
    };
    pty.screen().clipboard().iter().map(decode).collect()
}

#[test]
fn files_with_the_link_are_private_new_and_gone_afterwards() {
    use std::os::unix::fs::MetadataExt;
    let chutes = Chutes::start(None);
    let home = chutes.home();
    let (text, png) = (home.join("link.txt"), home.join("code.png"));
    let options = ["--link-file", text.to_str().unwrap(), "--qr-file", png.to_str().unwrap()];
    for end in ["C-c", "HUP", "Esc"] {
        let argv = [&[BIN, "onboard", "--auth-choice", "chutes"][..], &options[..]].concat();
        let pty = home.pty(argv).size(80, 24).spawn();
        pty.wait_text("code.png");
        let link = link(&pty.screen());
        assert_eq!(std::fs::read_to_string(&text).unwrap(), format!("{link}\n"));
        assert_eq!(text.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(png.metadata().unwrap().mode() & 0o777, 0o600);
        pty.keys("f").wait_text("chutes-sign-in.txt");
        let ours = home.join("chutes-sign-in.txt");
        assert_eq!(std::fs::read_to_string(&ours).unwrap(), format!("{link}\n"));
        match end {
            "HUP" => pty.signal(testkit::Signal::HUP),
            keys => {
                pty.keys(keys);
                if keys == "Esc" {
                    pty.wait_text("How should OpenClaw");
                    pty.keys("C-c");
                }
            }
        }
        pty.wait_exit();
        assert!(!text.exists() && !png.exists() && !ours.exists(), "{end}");
        let pending = home.files().iter().any(|path| path.ends_with("pending-login.json"));
        assert_eq!(pending, end == "HUP");
        if end == "HUP" {
            std::fs::remove_file(home.files().into_iter().find(|p| p.ends_with("pending-login.json")).unwrap())
                .unwrap();
        }
    }
    // What is there already is not overwritten.
    home.write("link.txt", "mine");
    let argv = [&[BIN, "onboard", "--auth-choice", "chutes"][..], &options[..2]].concat();
    let pty = home.pty(argv).size(80, 24).spawn();
    pty.wait_text("was not written");
    pty.keys("C-c");
    pty.wait_exit();
    assert_eq!(home.read("link.txt"), "mine");
}

#[test]
fn every_delivery_of_a_paste_of_any_length_arrives() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    type Deliver = fn(&testkit::Pty, &str);
    let deliveries: [(&str, Deliver); 4] = [
        ("bracketed", |pty, address| _ = pty.paste(address)),
        ("with its line end", |pty, address| _ = pty.send(format!("{address}\r"))),
        ("line end in a second write", |pty, address| {
            pty.send(address.as_bytes());
            pty.wait_text("characters");
            pty.send(b"\r");
        }),
        ("no line end", |pty, address| _ = pty.send(address.as_bytes())),
    ];
    for length in [0, 1_023, 1_025, 4_095, 4_097, 20_000] {
        for (name, deliver) in deliveries {
            let pty = at_sign_in(&home, (80, 24));
            let mut address = get(&link(&pty.screen())).location();
            if length > address.len() {
                address = address.replacen('?', &format!("?filler={}&", "x".repeat(length - address.len() - 8)), 1);
                assert_eq!(address.len(), length);
            }
            deliver(&pty, &address);
            pty.wait_for(&format!("{length} {name}"), |screen| screen.contains("models, live"));
            pty.keys("C-c");
            pty.wait_exit();
        }
    }
    assert_eq!(chutes.counts().exchanged, 24);
}

#[test]
fn a_wrong_paste_is_named_and_the_attempt_goes_on() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let link = link(&pty.screen());
    let address = get(&link).location();
    pty.paste(&link).wait_text("That is the link to sign in");
    let code = address.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    pty.paste(&code).wait_text("That is only the code");
    let other = address.replace("state=", "state=x");
    pty.paste(&other).wait_text("belongs to another attempt");
    pty.paste(&"y".repeat(70_000)).wait_text("far more than an address");
    assert_eq!(chutes.counts().requests, 0);
    pty.paste(&format!("curl '{address}'")).wait_text("models, live");
    assert!(!pty.ever_showed(&code) && !pty.ever_wrote(&code), "what was pasted is not shown");
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn letters_are_keys_only_while_the_paste_field_is_empty() {
    let chutes = Chutes::start(None);
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    pty.keys("x").wait_text("1 characters");
    pty.keys("q v c f +").wait_text("6 characters");
    assert!(pty.screen().alternate() && !pty.screen().contains("QR code needs"));
    pty.keys("C-u").wait_gone("characters");
    pty.keys("+").wait_for("more time", |screen| screen.contains("24:") || screen.contains("25:0"));
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_hostile_process_can_neither_end_nor_win_the_attempt() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let address = get(&link(&pty.screen())).location();
    let authority = format!("127.0.0.1:{}", chutes.port);
    let held = std::net::TcpStream::connect(&authority).unwrap();
    for target in
        ["/oauth-callback?code=x", "/oauth-callback?code=x&state=y", "/oauth-callback?error=access_denied", "/"]
    {
        let answer = request(&authority, &format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n"));
        assert!((400..500).contains(&answer.status), "{target}: {}", answer.status);
    }
    let target = address.split_once(&authority).unwrap().1;
    let rebound = request(&authority, &format!("GET {target} HTTP/1.1\r\nHost: evil.example:{}\r\n\r\n", chutes.port));
    assert_eq!(rebound.status, 421);
    assert_eq!(chutes.counts().requests, 0);
    assert!(pty.screen().contains("Open this link"));
    let page = get(&address);
    assert_eq!(page.status, 200);
    pty.wait_text("models, live");
    drop(held);
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_busy_port_names_its_holder_and_paste_still_works() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let holder = std::net::TcpListener::bind(("127.0.0.1", chutes.port)).unwrap();
    let pty = at_sign_in(&home, (80, 24));
    let screen = pty.wait_text(&format!("Port {} is in use", chutes.port));
    assert!(!screen.contains("ssh -N -L"), "a tunnel would lead to somebody else");
    let address = get(&link(&pty.screen())).location();
    pty.paste(&address).wait_text("models, live");
    drop(holder);
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_denial_is_said_and_a_new_link_is_one_key_away() {
    let chutes = Chutes::start(Some(Consent::Deny));
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let first = link(&pty.screen());
    let page = get(&get(&first).location());
    assert!(page.body.contains("Access was declined"));
    pty.wait_text("Nothing was written");
    chutes.idp.change(|options| options.auto_consent = Some(Consent::Allow));
    pty.keys("Enter").wait_text("code_challenge_method=S256");
    let second = link(&pty.screen());
    assert_ne!(first, second);
    pty.paste(&get(&second).location()).wait_text("models, live");
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_missing_scope_writes_nothing() {
    let options = openclaw_chutes::standin::idp::Options {
        auto_consent: Some(Consent::Allow),
        grant_only: Some(vec!["openid".to_owned()]),
        ..Default::default()
    };
    let chutes = Chutes::with(options);
    let home = chutes.home();
    let pty = at_sign_in(&home, (80, 24));
    let page = get(&get(&link(&pty.screen())).location());
    assert_eq!(page.status, 403);
    pty.wait_text("chutes:invoke");
    pty.keys("C-c");
    pty.wait_exit();
    assert!(!home.join(".openclaw").exists());
}

#[test]
fn a_cut_connection_is_continued_by_the_next_run() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let mut pty = at_sign_in(&home, (80, 24));
    let first = link(&pty.screen());
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 129);
    let pending = home.files().into_iter().find(|path| path.ends_with("pending-login.json")).expect("it waits");
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(80, 24).spawn();
    pty.wait_text("Continue the sign-in");
    pty.keys("Enter").wait_text("code_challenge_method=S256");
    assert_eq!(link(&pty.screen()), first, "the old link still works");
    pty.paste(&get(&first).location()).wait_text("models, live");
    assert!(!pending.exists(), "single use");
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn the_secret_goes_where_the_gateway_reads_it_and_undo_takes_it_back() {
    use std::os::unix::fs::MetadataExt;
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.write(".openclaw/.env", "# mine\nOTHER=sk-canarycanarycanary\n");
    let sign_in = |home: &testkit::Home| {
        let pty = at_sign_in(home, (100, 40));
        pty.paste(&get(&link(&pty.screen())).location()).wait_text("models, live");
        pty.keys("Enter").wait_text("answered");
        pty
    };
    // From the environment: offered, taken with Enter.
    home.set("CHUTES_CLIENT_SECRET", SECRET);
    let pty = sign_in(&home);
    pty.keys("s").wait_text("stops in about an hour");
    pty.keys("s").wait_gone("stops in about an hour");
    pty.wait_text("answered");
    pty.keys("Enter").wait_text("openclaw models status");
    let env = home.join(".openclaw/.env");
    assert_eq!(
        home.read(".openclaw/.env"),
        format!("# mine\nOTHER=sk-canarycanarycanary\nCHUTES_CLIENT_SECRET={SECRET}\n")
    );
    assert_eq!(env.metadata().unwrap().mode() & 0o777, 0o600);
    let holding = home.files_containing(SECRET);
    assert_eq!(holding, std::slice::from_ref(&env), "nowhere else");
    pty.keys("u").wait_text("Undone");
    pty.keys("Enter");
    pty.wait_exit();
    assert_eq!(home.read(".openclaw/.env"), "# mine\nOTHER=sk-canarycanarycanary\n");
}

#[test]
fn the_qr_code_on_the_screen_is_the_link() {
    use testkit::raster::{self, Theme};
    let chutes = Chutes::start(None);
    let mut home = chutes.home();
    for (size, term, no_color, phone) in [
        ((120, 40), "xterm-256color", false, "phone"),
        ((80, 24), "xterm-kitty", false, "phone"),
        ((120, 40), "xterm-256color", true, "phone"),
        // In Chinese, too, no sign of the code is changed.
        ((120, 40), "xterm-256color", false, "手机"),
        ((80, 24), "xterm-kitty", false, "手机"),
    ] {
        home.set("LANG", if phone == "phone" { "en_US.UTF-8" } else { "zh_CN.UTF-8" });
        home.set("TERM", term);
        home.set("NO_COLOR", if no_color { "1" } else { "" });
        let pty = at_sign_in(&home, size);
        let link = link(&pty.screen());
        pty.keys("q").wait_text(phone);
        let screen = pty.wait_quiet(std::time::Duration::from_millis(150));
        for theme in [Theme::Dark, Theme::Light] {
            let image = raster::draw(&screen, theme);
            assert_eq!(testkit::qr::decode(&image), std::slice::from_ref(&link), "zbar, {size:?} {term}");
            assert_eq!(second_decoder(&image), std::slice::from_ref(&link), "rqrr, {size:?} {term}");
        }
        pty.keys("Esc").wait_text("Tab");
        pty.keys("C-c");
        pty.wait_exit();
    }
    home.set("LANG", "en_US.UTF-8");
    home.set("TERM", "xterm-256color");
    home.set("NO_COLOR", "");
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes", "--qr"]).size(60, 20).spawn();
    let screen = pty.wait_text("65×33");
    assert!(screen.contains("60×20") && screen.contains("f"), "what is needed, what there is");
    pty.resize(120, 40);
    pty.wait_text("phone");
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_browser_is_opened_after_the_link_is_shown_and_never_waited_for() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    let opened = home.join("opened");
    home.write(
        "browser",
        format!(
            "#!/bin/sh\nprintf '%s' \"$1\" > {0}.part; env > {0}.env; mv {0}.part {0}; exec sleep 60\n",
            opened.display()
        ),
    );
    let script = home.join("browser");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    home.set("BROWSER", script.to_str().unwrap());
    home.set("CHUTES_CLIENT_SECRET", SECRET);
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes", "--browser"]).size(80, 24).spawn();
    pty.wait_text("Asked your browser");
    pty.wait_for("the file", |_| opened.exists());
    assert_eq!(std::fs::read_to_string(&opened).unwrap(), link(&pty.screen()));
    assert!(!std::fs::read_to_string(home.join("opened.env")).unwrap().contains(SECRET));
    get(&get(&link(&pty.screen())).location());
    pty.wait_text("models, live");
    pty.keys("C-c");
    pty.wait_exit();
    home.set("BROWSER", "lynx");
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(80, 24).spawn();
    pty.wait_text("Open this link");
    pty.keys("Tab").wait_for("a reason", |screen| screen.contains("lynx") || screen.contains("No browser"));
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn nothing_secret_is_anywhere_but_where_it_belongs() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_SECRET", SECRET);
    let pty = at_sign_in(&home, (80, 40));
    let pending = home.files().into_iter().find(|path| path.ends_with("pending-login.json")).expect("the attempt");
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(&pending).unwrap()).unwrap();
    let verifier = record["verifier"].as_str().unwrap().to_owned();
    assert_eq!(home.files_containing(&verifier), std::slice::from_ref(&pending), "only there");
    assert!(home.files_containing(SECRET).is_empty());
    let arguments = std::fs::read(format!("/proc/{}/cmdline", pty.pid())).unwrap();
    let address = get(&link(&pty.screen())).location();
    let code = address.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    get(&address);
    pty.wait_text("models, live");
    assert!(home.files_containing(&verifier).is_empty(), "spent and gone");
    pty.keys("Enter").wait_text("answered");
    pty.wait_text(".env");
    pty.keys("Enter").wait_text("openclaw models status");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);

    let store = ".openclaw/agents/main/agent/auth-profiles.json";
    let profile: serde_json::Value = serde_json::from_str(&home.read(store)).unwrap();
    let token = |name: &str| profile["profiles"]["chutes:alice"][name].as_str().unwrap().to_owned();
    for (what, secret, places) in [
        ("verifier", verifier, vec![]),
        ("code", code, vec![]),
        ("access", token("access"), vec![home.join(store)]),
        ("refresh", token("refresh"), vec![home.join(store)]),
        ("client secret", SECRET.to_owned(), vec![home.join(".openclaw/.env")]),
    ] {
        assert_eq!(home.files_containing(&secret), places, "{what}");
        assert!(!pty.ever_wrote(&secret) && !pty.ever_showed(&secret), "{what} on the screen");
        assert!(!arguments.windows(secret.len()).any(|part| part == secret.as_bytes()), "{what} in the arguments");
    }
}

#[test]
fn the_demo_signs_in_too() {
    let home = testkit::Home::new();
    let pty = home.pty([BIN, "demo"]).size(80, 24).spawn();
    pty.wait_text("Sign in with Chutes");
    pty.keys("Enter").wait_text("The demo brings an app");
    pty.keys("Enter").wait_for("the link", |screen| screen.joined().contains("S256") && screen.contains("Tab"));
    // Its port is the real one, and may be in use: paste works all the same.
    pty.paste(&allow_in_a_browser(&link(&pty.screen()))).wait_text("models, live");
    pty.keys("C-c");
    pty.wait_exit();
    assert!(home.files().is_empty(), "{:?}", home.files());
}

/// What a decoder of another family reads off the same picture.
fn second_decoder(image: &testkit::raster::Image) -> Vec<String> {
    let grey = |x: usize, y: usize| {
        let [red, green, blue] = image.pixel(x as u32, y as u32);
        ((u16::from(red) + u16::from(green) + u16::from(blue)) / 3) as u8
    };
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(image.width as usize, image.height as usize, grey);
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

/// The app's screen, with the cursor on what is missing.
fn at_app(home: &testkit::Home) -> testkit::Pty {
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(80, 24).spawn();
    pty.wait_text("Which OAuth app signs in?");
    pty
}

#[test]
fn a_client_id_without_its_secret_asks_for_it_once() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_SECRET", "");
    let pty = at_app(&home);
    assert!(pty.screen().contains(CLIENT_ID) && !pty.screen().contains("optional"));
    pty.keys("Enter").wait_text("Enter the client secret");
    pty.paste(&SECRET[..51]).keys("Enter").wait_text("51 of 52");
    assert_eq!(chutes.standin.requests().len(), 0, "no link, no call");
    pty.keys("C-u");
    pty.paste(SECRET).keys("Enter");
    pty.wait_for("the link", |screen| screen.joined().contains("S256") && screen.contains("Tab"));
    assert!(pty.screen().contains("Redirect URI not") && pty.screen().contains(&chutes.redirect()));
    pty.paste(&get(&link(&pty.screen())).location()).wait_text("models, live");
    pty.keys("Enter").wait_text("answered");
    pty.keys("Enter").wait_text("openclaw models status");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    assert!(!pty.ever_showed(SECRET) && !pty.ever_wrote(SECRET));
    assert_eq!(home.files_containing(SECRET), [home.join(".openclaw/.env")], "where it is read for renewals");
    // From now on OpenClaw has it: the next sign-in asks for nothing.
    let pty = at_app(&home);
    pty.wait_text("…cana from ~/.openclaw/.env");
    pty.keys("Enter");
    pty.wait_for("the link", |screen| screen.joined().contains("S256") && screen.contains("Tab"));
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_secret_that_is_refused_leads_back_to_its_field() {
    let options = Options {
        apps: Apps::Listed(vec![App {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SECRET.to_owned(),
            name: "Mine".to_owned(),
            ..App::default()
        }]),
        auto_consent: Some(Consent::Allow),
        ..Options::default()
    };
    let mut chutes = Chutes::with(options);
    chutes.port = 1456;
    let wrong = format!("csc_{}", "W".repeat(48));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_SECRET", &wrong);
    // The app takes OpenClaw's own redirect; that port need not be free.
    home.set("CHUTES_OAUTH_REDIRECT_URI", "");
    let options =
        |options: &mut Options| options.token_fault = Some((400, "{\"error\":\"invalid_client\"}".to_owned()));
    chutes.idp.change(options);
    let pty = at_sign_in(&home, (80, 24));
    let state = link(&pty.screen()).split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    pty.paste(&format!("http://127.0.0.1:1456/oauth-callback?code={}&state={state}", "c".repeat(64)));
    pty.wait_text("the client id or secret is wrong");
    pty.keys("Enter").wait_text("Which OAuth app signs in?");
    pty.wait_text("csc_…, needed");
    pty.keys("Enter").wait_text("Enter the client secret");
    pty.keys("C-c");
    pty.wait_exit();
    assert!(!pty.ever_wrote(&wrong));
}

pub const ADMIN: &str =
    "cpk_00112233445566778899aabbccddeeff.00112233445566778899aabbccddeeff.CanaryAdminKeyCanaryAdminKeyCana";

#[test]
fn an_app_is_registered_on_the_way_and_its_key_is_kept_nowhere() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_ID", "");
    home.set("CHUTES_CLIENT_SECRET", "");
    let pty = at_app(&home);
    let narrow = format!("{}narrow", &ADMIN[..96]);
    pty.keys("Up");
    pty.paste(&narrow).wait_text("102 of 102");
    pty.keys("Enter").wait_text("may not register apps");
    assert!(chutes.idp.apps().is_empty());
    pty.keys("Up");
    pty.paste(ADMIN).wait_text("102 of 102");
    pty.keys("Enter").wait_text("Registered the app OpenClaw ");
    pty.wait_for("the link", |screen| screen.joined().contains("S256") && screen.contains("Tab"));
    let app = chutes.idp.apps().pop().expect("an app");
    assert!(link(&pty.screen()).contains(&app.client_id) && !app.public);
    assert!(app.redirect_uris.contains(&chutes.redirect()) && app.redirect_uris.len() == 4);
    pty.paste(&get(&link(&pty.screen())).location()).wait_text("models, live");
    pty.keys("Enter").wait_text("answered");
    pty.keys("Enter").wait_text("openclaw models status");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    for (what, secret) in [("the key", ADMIN), ("the other key", &narrow)] {
        assert!(home.files_containing(secret).is_empty() && !pty.ever_wrote(secret), "{what}");
    }
    assert_eq!(home.files_containing(&app.client_secret), [home.join(".openclaw/.env")]);
    assert!(!pty.ever_wrote(&app.client_secret));
}

#[test]
fn line_by_line_no_secret_is_echoed() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_ID", "");
    home.set("CHUTES_CLIENT_SECRET", "");
    let pty = home.pty([BIN, "--plain", "onboard", "--auth-choice", "chutes"]).size(80, 90).spawn();
    pty.wait_text("Which OAuth app signs in?");
    pty.send(format!("{CLIENT_ID}\r"));
    pty.wait_text("Client secret");
    for letter in SECRET.chars() {
        pty.send(letter.to_string());
    }
    pty.wait_text("****");
    pty.send("\r");
    pty.wait_text("code_challenge_method=S256");
    assert!(!pty.ever_wrote(&SECRET[..12]) && !pty.ever_showed(&SECRET[4..16]));
    pty.send("back\r");
    let titles = |screen: &testkit::Screen| screen.joined().matches("Which OAuth app").count();
    pty.wait_for("the app again", |screen| titles(screen) == 2);
    pty.send("Tab\r");
    pty.wait_text("registers an app for you");
    pty.send(format!("{ADMIN}\r"));
    pty.wait_text("Registered the app");
    assert!(!pty.ever_wrote("CanaryAdminKey"));
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn a_redirect_that_is_not_registered_is_found_before_the_browser_is() {
    let app = App {
        client_id: CLIENT_ID.to_owned(),
        client_secret: SECRET.to_owned(),
        name: "Mine".to_owned(),
        redirect_uris: vec!["http://127.0.0.1:9/other".to_owned()],
        ..App::default()
    };
    let chutes = Chutes::with(Options { apps: Apps::Listed(vec![app]), ..Options::default() });
    let mut home = chutes.home();
    home.set("CHUTES_API_KEY", ADMIN);
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(80, 24).spawn();
    pty.wait_text("does not have this redirect address");
    assert!(pty.screen().joined().replace(' ', "").contains(&chutes.redirect()));
    pty.keys("Enter").wait_text("Which OAuth app signs in?");
    pty.keys("C-c");
    pty.wait_exit();
}

/// The key that OpenClaw has, and the status of a request with it.
fn stored_key(chutes: &Chutes, home: &testkit::Home) -> (String, u16) {
    let store: serde_json::Value =
        serde_json::from_str(&home.read(".openclaw/agents/main/agent/auth-profiles.json")).unwrap();
    let key = store["profiles"]["chutes:default"]["key"].as_str().expect("a key").to_owned();
    let status = with_key(chutes, "/v1/models", &key);
    (key, status)
}

fn with_key(chutes: &Chutes, path: &str, key: &str) -> u16 {
    let authority = chutes.standin.address().to_string();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close");
    request(&authority, &format!("{head}\r\nAuthorization: Bearer {key}\r\n\r\n")).status
}

fn keys_made(chutes: &Chutes) -> usize {
    let deleted = |record: &&openclaw_chutes::standin::Record| record.method == "DELETE";
    let made = |record: &&openclaw_chutes::standin::Record| record.method == "POST";
    let requests = chutes.standin.requests();
    let of_keys = || requests.iter().filter(|record| record.target.starts_with("/api_keys/"));
    of_keys().filter(made).count() - of_keys().filter(deleted).count()
}

#[test]
fn an_admin_key_is_traded_for_one_that_only_calls_models() {
    let chutes = Chutes::start(None);
    let home = chutes.home();
    let at_review = || {
        let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes-api-key"]).size(80, 40).spawn();
        pty.wait_text("Paste your Chutes API key");
        pty.paste(ADMIN).keys("Enter").wait_text("models, live");
        pty.keys("Enter").wait_text("may do everything");
        pty.wait_text("answered");
        pty.keys("x").wait_text("Now with the new key");
        pty.wait_text("answered");
        pty
    };
    let pty = at_review();
    pty.keys("Enter").wait_text("openclaw models status");
    let (key, status) = stored_key(&chutes, &home);
    assert!(key != ADMIN && status == 200, "{status}");
    assert_eq!(with_key(&chutes, "/idp/apps", &key), 401, "it may do nothing else");
    assert!(home.files_containing(ADMIN).is_empty() && !pty.ever_wrote(ADMIN) && !pty.ever_wrote(&key));
    pty.keys("u").wait_text("Undone");
    pty.keys("Enter");
    pty.wait_exit();
    assert_eq!((keys_made(&chutes), with_key(&chutes, "/v1/models", &key)), (0, 401), "undo deleted it");
    // Left without a write: no key stays behind.
    let pty = at_review();
    assert_eq!(keys_made(&chutes), 1);
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    assert_eq!(keys_made(&chutes), 0);
    // A narrow key is no matter at all.
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes-api-key"]).size(80, 40).spawn();
    pty.wait_text("Paste your Chutes API key");
    pty.paste(&format!("{}narrow", &ADMIN[..96])).keys("Enter").wait_text("models, live");
    pty.keys("Enter").wait_text("answered");
    assert!(!pty.screen().contains("may do everything"));
    pty.keys("C-c");
    pty.wait_exit();
}
