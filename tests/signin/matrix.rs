//! Every place where people sign in, and every way to do it there: `docs/places.md` is what this test saw. A cell is
//! a way that was gone to its end, or what the screen says where there is none. `UPDATE_DOCS=1` writes the page anew.

use crate::support::*;
use openclaw_chutes::standin::idp::Consent;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use testkit::{Home, Pty, Screen, Sshd, Tmux, raster};

/// How a program is reached.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Here,
    Ssh,
    Tmux,
    /// Over ssh, on a line that stands still now and then.
    Stalling,
    /// Over ssh, by a program that forgets what sshd set.
    Sudo,
    /// There is no terminal.
    Nobody,
}

struct Place {
    name: &'static str,
    by: By,
    env: &'static [(&'static str, &'static str)],
    size: (u16, u16),
    /// What opens the callback from where the person sits, as the screen shows it; empty: nothing is needed.
    tunnel: &'static str,
}

const WIDE: (u16, u16) = (120, 40);
const SSH: &str = "ssh -N -L";

const PLACES: [Place; 17] = [
    Place { name: "laptop", by: By::Here, env: &[("DISPLAY", ":0")], size: WIDE, tunnel: "" },
    Place { name: "SSH", by: By::Ssh, env: &[], size: WIDE, tunnel: SSH },
    Place { name: "SSH in tmux", by: By::Tmux, env: &[], size: WIDE, tunnel: SSH },
    Place { name: "SSH, a line that stalls", by: By::Stalling, env: &[], size: WIDE, tunnel: SSH },
    Place {
        name: "container with a terminal",
        by: By::Here,
        env: &[("container", "docker"), ("HOSTNAME", "vm")],
        size: WIDE,
        tunnel: "docker exec vm curl",
    },
    Place {
        name: "container without a terminal",
        by: By::Nobody,
        env: &[("container", "docker")],
        size: WIDE,
        tunnel: "",
    },
    Place { name: "WSL", by: By::Here, env: &[("WSL_DISTRO_NAME", "Debian")], size: WIDE, tunnel: "" },
    Place {
        name: "Codespaces",
        by: By::Here,
        env: &[("CODESPACES", "true"), ("CODESPACE_NAME", "fuzzy-space-7x")],
        size: WIDE,
        tunnel: "gh codespace ports forward",
    },
    Place { name: "sudo, HOME kept", by: By::Sudo, env: &[("SUDO_USER", "ann")], size: WIDE, tunnel: SSH },
    Place {
        name: "sudo, HOME changed",
        by: By::Sudo,
        env: &[("SUDO_USER", "ann"), ("SUDO_UID", "4711")],
        size: WIDE,
        tunnel: SSH,
    },
    Place { name: "TERM=dumb over SSH", by: By::Ssh, env: &[("TERM", "dumb")], size: (400, 200), tunnel: SSH },
    Place {
        name: "ACCESSIBLE=1, laptop",
        by: By::Here,
        env: &[("ACCESSIBLE", "1"), ("DISPLAY", ":0")],
        size: (400, 200),
        tunnel: "",
    },
    Place { name: "SSH, 40 x 12", by: By::Ssh, env: &[], size: (40, 12), tunnel: SSH },
    Place { name: "TERM=linux over SSH", by: By::Ssh, env: &[("TERM", "linux")], size: WIDE, tunnel: SSH },
    Place { name: "LANG=C over SSH", by: By::Ssh, env: &[("LANG", "C")], size: WIDE, tunnel: SSH },
    Place { name: "zh_CN.UTF-8 over SSH", by: By::Ssh, env: &[("LANG", "zh_CN.UTF-8")], size: WIDE, tunnel: SSH },
    Place { name: "zh_CN.GB18030 over SSH", by: By::Ssh, env: &[("LANG", "zh_CN.GB18030")], size: WIDE, tunnel: SSH },
];

/// One run of the wizard, in a home of its own.
struct Visit<'a> {
    place: &'a Place,
    home: Home,
    chutes: Chutes,
}

impl Visit<'_> {
    fn of(place: &Place) -> Visit<'_> {
        let chutes = Chutes::start(Some(Consent::Allow));
        let mut home = chutes.home();
        place.env.iter().for_each(|(name, value)| _ = home.set(*name, *value));
        let opened = home.join("opened");
        let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > {0}.new; mv {0}.new {0}\n", opened.display());
        let browser = home.write("browser", script);
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
        home.set("BROWSER", browser);
        Visit { place, home, chutes }
    }

    fn in_lines(&self) -> bool {
        self.place.env.iter().any(|pair| matches!(pair, ("TERM", "dumb") | ("ACCESSIBLE", "1")))
    }

    /// Press a key, by its name where lines are read.
    fn press(&self, pty: &Pty, key: &str) {
        if self.in_lines() {
            pty.send(format!("{key}\r"))
        } else {
            pty.keys(key)
        };
    }

    /// The link, out of a file that one key writes: readable by this user alone.
    fn link(&self, pty: &Pty) -> String {
        self.press(pty, "f");
        let path = self.file(pty, "chutes-sign-in.txt");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    fn file(&self, pty: &Pty, name: &str) -> PathBuf {
        let path = self.home.join(name);
        pty.wait_for(name, |_| std::fs::metadata(&path).is_ok_and(|file| file.len() > 0));
        path
    }

    /// What the browser was given. It starts when it likes, and nothing of it is on the screen.
    fn opened(&self) -> String {
        let deadline = std::time::Instant::now() + testkit::timeout();
        loop {
            if let Ok(link) = std::fs::read_to_string(self.home.join("opened")) {
                return link;
            }
            assert!(std::time::Instant::now() < deadline, "no browser was opened");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// The code on the screen, or in a file where it does not fit; either way it is the link.
    fn qr_code(&self, pty: &Pty, link: &str) -> &'static str {
        let decoded_file = |path: &Path| {
            let argv = ["zbarimg", "--raw", "--quiet", path.to_str().unwrap()];
            assert_eq!(self.home.run(argv).stdout.trim(), link);
        };
        self.press(pty, "q");
        if self.in_lines() {
            decoded_file(&self.file(pty, "chutes-sign-in.png"));
            return "as a picture: `q` writes it";
        }
        let screen = pty.wait_for("the code", |s| ["phone", "手机", "needs"].iter().any(|word| s.contains(word)));
        let cell = if screen.contains("needs") {
            self.press(pty, "f");
            decoded_file(&self.file(pty, "chutes-sign-in.png"));
            "as a picture: `f` writes it"
        } else {
            let shown = |screen: &Screen| testkit::qr::decode(&raster::draw(screen, raster::Theme::Dark)) == [link];
            pty.wait_for("a code that reads", shown);
            "on the screen"
        };
        pty.keys("Esc").wait_for("the ways", at_ways);
        cell
    }

    /// What `s` sends to the terminal to be copied.
    fn copied_line(&self, pty: &Pty) -> String {
        pty.keys("s");
        let screen = pty.wait_for("a copy", |screen| !screen.clipboard().is_empty());
        let (_, base64) = screen.clipboard().last().unwrap();
        self.home.run_with_input(["base64", "-d"], base64).stdout
    }

    /// The list has come: somebody is signed in, for the so many-th time.
    fn signed_in(&self, pty: &Pty, times: usize) {
        let times = if self.in_lines() { times } else { 1 };
        pty.wait_for("the models", |screen| {
            let shown = screen.text();
            shown.matches("models, live").count() + shown.matches("个模型，实时").count() >= times
        });
    }

    fn run(self) -> [String; 6] {
        let two_steps = self.two_steps();
        if self.place.by == By::Nobody {
            let ran = self.home.run(["setsid", BIN, "onboard", "--auth-choice", "chutes"]);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(ran.stderr.contains("login start"), "{ran:?}");
            let no = || "no terminal: exit 2 names the other ways".to_owned();
            return [no(), no(), no(), no(), no(), two_steps];
        }
        let mut argv = vec![BIN, "onboard", "--auth-choice", "chutes"];
        // The person sits here. Where these tests run in a container, the program would not believe it.
        argv.extend(self.place.tunnel.is_empty().then_some("--browser"));
        let sshd = (self.place.by != By::Here).then(Sshd::start);
        let tmux = Tmux::new(&self.home);
        let argv = match (&sshd, self.place.by) {
            (Some(sshd), By::Tmux) => sshd.remote(&self.home, tmux.attached(argv)),
            (Some(sshd), By::Sudo) => {
                // As with sudo, a shell that knows stays above the program that does not.
                let forget = "env -u SSH_CONNECTION -u SSH_CLIENT -u SSH_TTY \"$@\"; exit $?";
                sshd.remote(&self.home, ["sh", "-c", forget, "sh"].into_iter().chain(argv))
            }
            (Some(sshd), _) => sshd.remote(&self.home, argv),
            (None, _) => argv.into_iter().map(Into::into).collect(),
        };
        let (cols, rows) = self.place.size;
        let mut pty = self.home.pty(argv).size(cols, rows).spawn();
        pty.wait_for("the ways", at_ways);
        if self.place.by == By::Stalling {
            pty.stall();
            pty.resume();
        }
        let screen = pty.screen();
        let link = self.link(&pty);
        let local = self.place.tunnel.is_empty();
        let browser = if local {
            assert_eq!(self.opened(), link);
            "opens by itself".to_owned()
        } else {
            // In the smallest window there is no room to say why; the help and Tab are there.
            let small = self.place.size.1 < 20;
            let why = ["Remote host", "远程主机"].iter().any(|word| screen.contains(word));
            assert!((why || small) && !self.home.join("opened").exists(), "{}", screen.describe());
            format!(
                "{}; Tab opens one here",
                if small { "this host is remote" } else { "says that this host is remote" }
            )
        };
        let qr_code = self.qr_code(&pty, &link);
        let callback = if local {
            "comes by itself".to_owned()
        } else {
            let (line, how) = match self.place.size.1 < 20 {
                true => (self.copied_line(&pty), ", which `s` copies"),
                false => (screen.joined(), ""),
            };
            assert!(line.contains(self.place.tunnel) && !line.contains("USER@HOST"), "{line}");
            format!("comes through `{}`{how}", self.place.tunnel)
        };
        get(&get(&link).location());
        self.signed_in(&pty, 1);
        let files = ["chutes-sign-in.txt", "chutes-sign-in.png"];
        assert!(files.iter().all(|name| !self.home.join(name).exists()), "gone with the sign-in");
        // Back, and once more by the address that the browser ends on.
        if self.in_lines() {
            pty.send("back\r");
            pty.send("1\r");
        } else {
            pty.keys("Esc").wait_for("the choices", at_choices);
            pty.keys("Home Enter");
        }
        let begun = |screen: &Screen| screen.joined().matches("code_challenge_method=S256").count();
        pty.wait_for("another attempt", |screen| at_ways(screen) && (!self.in_lines() || begun(screen) >= 2));
        let link = self.link(&pty);
        let address = get(&link).location();
        if self.in_lines() {
            pty.send(format!("{address}\r"))
        } else {
            pty.paste(&address)
        };
        self.signed_in(&pty, 2);
        if self.in_lines() {
            pty.send("quit\r")
        } else {
            pty.keys("C-c")
        };
        if self.place.by == By::Tmux {
            tmux.run(["kill-server"]);
        }
        pty.wait_exit();
        [browser, callback, "yes".into(), qr_code.into(), "yes, 0600, gone afterwards".into(), two_steps]
    }

    fn two_steps(&self) -> String {
        let begun = self.home.run([BIN, "login", "start", "--json"]);
        let begun: serde_json::Value = serde_json::from_str(&begun.stdout).expect("a document");
        let address = get(begun["url"].as_str().unwrap()).location();
        let ran = self.home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], address);
        assert_eq!(ran.code, 0, "{ran:?}");
        // The wizard begins as if nothing had been.
        assert_eq!(self.home.run([BIN, "undo"]).code, 0);
        assert!(self.chutes.counts().exchanged > 0);
        "yes".into()
    }
}

fn at_ways(screen: &Screen) -> bool {
    // In the smallest window there is no room for the link; the keys that take it away are there.
    let whole = screen.joined().contains("code_challenge_method=S256") && screen.contains("Tab");
    whole || (screen.size().1 < 20 && screen.contains("+ more time") && screen.contains("v bare link"))
}

fn at_choices(screen: &Screen) -> bool {
    ["How should OpenClaw", "OpenClaw 用哪种方式"].iter().any(|title| screen.contains(title))
}

const HEAD: &str = "| place | browser | callback | pasted address | QR code | link file | two processes |";

fn row(place: &Place, cells: &[String; 6]) -> String {
    format!("| {} | {} |", place.name, cells.join(" | "))
}

/// The places whose number leaves this rest: the tests of a file run beside each other.
fn check(rest: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/places.md");
    let mut page = std::fs::read_to_string(&path).expect("the page");
    assert!(page.contains(HEAD) && page.matches("\n| ").count() >= PLACES.len());
    for place in PLACES.iter().skip(rest).step_by(3) {
        let row = row(place, &Visit::of(place).run());
        let old = page.lines().find(|line| line.starts_with(&format!("| {} |", place.name))).map(str::to_owned);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            page = page.replace(&old.expect("its row"), &row);
        } else {
            assert_eq!(old.as_deref(), Some(&*row), "UPDATE_DOCS=1 writes {}", path.display());
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page).expect("the page");
    }
}

#[test]
fn the_first_third_of_all_places() {
    check(0);
}

#[test]
fn the_second_third_of_all_places() {
    check(1);
}

#[test]
fn the_last_third_of_all_places() {
    check(2);
}
