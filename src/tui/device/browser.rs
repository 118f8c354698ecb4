//! Opening the link in a browser: only a graphical one, only in front of the person, without a shell,
//! and without ever waiting for it.

use crate::chutes::credential_kinds::variable::SECRETS;
use crate::clean;
use crate::host::{Host, Verdict};
use crate::texts::{Lang, signin as t};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use url::Url;

/// What the decision is drawn from.
pub struct Surroundings<'a> {
    pub host: &'a Host,
    pub var: &'a dyn Fn(&str) -> Option<String>,
    /// The file a program name stands for, links resolved; None: not installed.
    pub find: &'a dyn Fn(&str) -> Option<PathBuf>,
    pub macos: bool,
}

/// A program and its arguments; the link is one of them, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opener {
    pub program: String,
    pub arguments: Vec<String>,
}

/// Why nothing is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// The person sits elsewhere.
    Remote,
    /// No browser that we know of.
    NoBrowser,
    /// `BROWSER` names one that would take over the terminal.
    TextBrowser(String),
    /// The link does not lead where it should.
    Unsafe,
    /// It could not be started.
    Failed(String),
}

impl NotOpened {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            NotOpened::Remote => t::browser_remote(lang).to_owned(),
            NotOpened::NoBrowser => t::browser_none(lang).to_owned(),
            NotOpened::TextBrowser(name) => t::browser_text(lang, clean::excerpt(name, 40)),
            NotOpened::Unsafe => t::browser_unsafe(lang).to_owned(),
            NotOpened::Failed(name) => t::browser_failed(lang, clean::excerpt(name, 40)),
        }
    }
}

const TEXT_BROWSERS: [&str; 13] = [
    "lynx",
    "w3m",
    "links",
    "links2",
    "elinks",
    "browsh",
    "carbonyl",
    "netrik",
    "retawq",
    "chawan",
    "cha",
    "edbrowse",
    "www-browser",
];

/// Which program would open `link`, an address below `base` (the identity provider).
pub fn choose(link: &str, base: &str, surroundings: &Surroundings) -> Result<Opener, NotOpened> {
    if !leads_to(link, base) {
        return Err(NotOpened::Unsafe);
    }
    if surroundings.host.verdict == Verdict::Remote {
        return Err(NotOpened::Remote);
    }
    if let Some(list) = (surroundings.var)("BROWSER").filter(|list| !list.trim().is_empty()) {
        return from_variable(&list, link, surroundings);
    }
    let openers: &[&[&str]] = if surroundings.macos {
        &[&["open"]]
    } else if surroundings.host.wsl {
        &[&["wslview"], &["explorer.exe"], &["xdg-open"]]
    } else if has_display(surroundings) {
        &[&["xdg-open"], &["gio", "open"], &["firefox"], &["google-chrome"], &["chromium"]]
    } else {
        &[]
    };
    let found = openers.iter().find(|opener| (surroundings.find)(opener[0]).is_some());
    let [program, arguments @ ..] = *found.ok_or(NotOpened::NoBrowser)? else { return Err(NotOpened::NoBrowser) };
    let arguments = arguments.iter().copied().chain([link]).map(str::to_owned).collect();
    Ok(Opener { program: (*program).to_owned(), arguments })
}

/// Start it and forget it: no terminal, a process group of its own, and a thread that collects it.
pub fn launch(opener: &Opener) -> Result<(), NotOpened> {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(&opener.program);
    command.args(&opener.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    for name in SECRETS {
        command.env_remove(name);
    }
    let failed = || NotOpened::Failed(opener.program.clone());
    let mut child = command.spawn().map_err(|_| failed())?;
    let collect = move || {
        let _ = child.wait();
    };
    // Without the thread it stays a zombie until we end: harmless.
    let _ = std::thread::Builder::new().name("browser".to_owned()).spawn(collect);
    Ok(())
}

/// The file that `name` stands for on `path` (the value of `PATH`), links resolved.
pub fn find_on(path: &str, name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let executable = |file: &Path| {
        std::fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    let candidates: Vec<PathBuf> = match name.contains('/') {
        true => vec![PathBuf::from(name)],
        false => std::env::split_paths(path).map(|directory| directory.join(name)).collect(),
    };
    candidates.into_iter().find(|file| executable(file)).map(|file| std::fs::canonicalize(&file).unwrap_or(file))
}

/// `https` (`http` only where the base has it), the same host and port, nothing a shell or an opener
/// could take for something else.
fn leads_to(link: &str, base: &str) -> bool {
    let (Ok(url), Ok(base)) = (Url::parse(link), Url::parse(base)) else { return false };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&b);
    url.origin() == base.origin()
        && url.origin().is_tuple()
        && matches!(url.scheme(), "https" | "http")
        && url.username().is_empty()
        && url.password().is_none()
        && link.bytes().all(plain)
}

/// `BROWSER`: commands separated by `:`, each with `%s` for the link, or the link at its end. Split at
/// white space, never by a shell. The first graphical one that is installed.
fn from_variable(list: &str, link: &str, surroundings: &Surroundings) -> Result<Opener, NotOpened> {
    let mut refused = NotOpened::NoBrowser;
    for command in list.split(':') {
        let mut words = command.split_whitespace();
        let Some(program) = words.next() else { continue };
        let Some(file) = (surroundings.find)(program) else {
            if refused == NotOpened::NoBrowser {
                refused = NotOpened::Failed(program.to_owned());
            }
            continue;
        };
        if is_text_browser(Path::new(program)) || is_text_browser(&file) {
            refused = NotOpened::TextBrowser(program.to_owned());
            continue;
        }
        let given: Vec<&str> = words.collect();
        let mut arguments: Vec<String> = given.iter().map(|word| word.replace("%s", link)).collect();
        if !given.iter().any(|word| word.contains("%s")) {
            arguments.push(link.to_owned());
        }
        return Ok(Opener { program: program.to_owned(), arguments });
    }
    Err(refused)
}

fn is_text_browser(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| TEXT_BROWSERS.contains(&name))
}

fn has_display(surroundings: &Surroundings) -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| (surroundings.var)(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Reason;

    const LINK: &str = "https://api.chutes.ai/idp/authorize?client_id=cid_x&scope=a+b&state=y%20z";
    const BASE: &str = "https://api.chutes.ai";

    fn local() -> Host {
        let reason = Reason::Display("DISPLAY");
        Host {
            verdict: Verdict::Local,
            found: (Verdict::Local, reason.clone()),
            reason,
            container: None,
            wsl: false,
            workspace: false,
            ssh: None,
            name: None,
            codespace: None,
        }
    }

    fn choose_with(host: &Host, vars: &[(&str, &str)], installed: &[&str], link: &str) -> Result<Opener, NotOpened> {
        let surroundings = Surroundings {
            host,
            var: &|name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()),
            find: &|name| match name {
                "x-www-browser" => Some(PathBuf::from("/usr/bin/w3m")),
                name => installed.contains(&name).then(|| PathBuf::from("/usr/bin").join(name)),
            },
            macos: false,
        };
        choose(link, BASE, &surroundings)
    }

    fn opener(program: &str, arguments: &[&str]) -> Result<Opener, NotOpened> {
        Ok(Opener { program: program.to_owned(), arguments: arguments.iter().map(|a| (*a).to_owned()).collect() })
    }

    #[test]
    fn a_graphical_browser_is_chosen_and_gets_the_link_as_one_argument() {
        let display = ("DISPLAY", ":0");
        let all = ["xdg-open", "gio", "firefox", "lynx", "wslview"];
        let local = local();
        assert_eq!(choose_with(&local, &[display], &all, LINK), opener("xdg-open", &[LINK]));
        assert_eq!(choose_with(&local, &[display], &["gio"], LINK), opener("gio", &["open", LINK]));
        assert_eq!(choose_with(&local, &[display], &["lynx"], LINK), Err(NotOpened::NoBrowser));
        assert_eq!(choose_with(&local, &[], &all, LINK), Err(NotOpened::NoBrowser));
        let wsl = Host { wsl: true, ..local.clone() };
        assert_eq!(choose_with(&wsl, &[], &all, LINK), opener("wslview", &[LINK]));
        let browser = |value| choose_with(&local, &[display, ("BROWSER", value)], &all, LINK);
        assert_eq!(browser("firefox"), opener("firefox", &[LINK]));
        assert_eq!(browser("firefox -P work %s --new"), opener("firefox", &["-P", "work", LINK, "--new"]));
        assert_eq!(browser("nothere:lynx:firefox --url=%s"), opener("firefox", &[&format!("--url={LINK}")]));
        assert_eq!(browser("lynx"), Err(NotOpened::TextBrowser("lynx".to_owned())));
        assert_eq!(browser("x-www-browser"), Err(NotOpened::TextBrowser("x-www-browser".to_owned())));
        assert_eq!(browser("nothere"), Err(NotOpened::Failed("nothere".to_owned())));
        assert_eq!(browser("$(reboot)"), Err(NotOpened::Failed("$(reboot)".to_owned())));
    }

    #[test]
    fn nothing_is_opened_elsewhere_unless_asked() {
        let remote = Host { verdict: Verdict::Remote, reason: Reason::Set("SSH_CONNECTION"), ..local() };
        let vars = [("DISPLAY", ":0"), ("BROWSER", "firefox")];
        assert_eq!(choose_with(&remote, &vars, &["firefox"], LINK), Err(NotOpened::Remote));
        let asked = remote.asked(Verdict::Local);
        assert_eq!(choose_with(&asked, &vars, &["firefox"], LINK), opener("firefox", &[LINK]));
    }

    #[test]
    fn a_link_that_leads_elsewhere_or_hides_a_command_is_not_opened() {
        for link in [
            "http://api.chutes.ai/idp/authorize",
            "https://api.chutes.ai.evil.tld/idp/authorize",
            "https://api.chutes.ai@evil.tld/",
            "https://user@api.chutes.ai/",
            "https://api.chutes.ai:444/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "--version",
            "https://api.chutes.ai/\"&calc&\"",
            "https://api.chutes.ai/ --new",
            "https://api.chutes.ai/`reboot`",
            "https://api.chutes.ai/\u{1b}[2J",
        ] {
            let chosen = choose_with(&local(), &[("DISPLAY", ":0")], &["xdg-open"], link);
            assert_eq!(chosen, Err(NotOpened::Unsafe), "{link}");
        }
        let odd = "https://api.chutes.ai/idp/authorize?a=%PATH%&b=$(x)";
        assert_eq!(choose_with(&local(), &[("DISPLAY", ":0")], &["xdg-open"], odd), opener("xdg-open", &[odd]));
    }

    #[test]
    fn a_browser_is_started_with_the_exact_link_and_never_waited_for() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let fifo = dir.path().join("fifo");
        let made = Command::new("mkfifo").arg(&fifo).status().expect("mkfifo");
        assert!(made.success());
        let program = dir.path().join("browser");
        // Writes what it got, and then hangs until somebody reads: launch must have returned by then.
        let script = format!("#!/bin/sh\nprintf '%s|' \"$@\" \"$(tty)\" \"$CHUTES_API_KEY\" > {}\n", fifo.display());
        std::fs::write(&program, script).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let program = program.to_str().expect("utf-8").to_owned();
        launch(&Opener { program: program.clone(), arguments: vec![LINK.to_owned()] }).expect("started");
        let got = std::fs::read_to_string(&fifo).expect("read");
        assert_eq!(got, format!("{LINK}|not a tty||"));
        let missing = Opener { program: "/nonexistent/browser".to_owned(), arguments: Vec::new() };
        assert_eq!(launch(&missing), Err(NotOpened::Failed("/nonexistent/browser".to_owned())));
        assert!(find_on(dir.path().to_str().expect("utf-8"), "browser").is_some());
        assert_eq!(find_on("/nonexistent", "browser"), None);
        assert_eq!(find_on("", "/etc/passwd"), None, "not executable");
    }
}
