//! Where OpenClaw keeps its files.

use super::refs;
use super::timers::Timers;
use crate::openclaw::error::Error;
use crate::state::{Document, State};
use crate::{renewal_timer, sign_in};
use std::path::{Component, Path, PathBuf};

const CONFIG: &str = "openclaw.json";
/// Names from before OpenClaw was called OpenClaw; it still reads them.
const LEGACY_CONFIG: &str = "clawdbot.json";
const LEGACY_STATE: &str = ".clawdbot";

/// OpenClaw's places, resolved the way OpenClaw resolves them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// What `~` means: `OPENCLAW_HOME`, else the user's home.
    pub home: PathBuf,
    pub state_dir: PathBuf,
    pub config: PathBuf,
    /// A `config.json` beside a config that does not exist. OpenClaw never reads it.
    pub unread_config_json: Option<PathBuf>,
    /// `OPENCLAW_INCLUDE_ROOTS`: further directories that `$include` may reach.
    pub include_roots: Vec<PathBuf>,
    /// `--profile`, when it is not `default`.
    pub profile: Option<String>,
    /// Where the sign-in that we keep for this config is, in our own state.
    pub sign_in: PathBuf,
    /// Where the record of the timer is that renews it.
    pub renewal_timer: PathBuf,
    /// What here calls a program at times.
    pub timers: Option<Timers>,
    /// Variables by which a process that inherits nothing but `HOME` finds the same places.
    pub told: Vec<(&'static str, PathBuf)>,
    /// Providers for which the environment has a variable that OpenClaw looks for.
    pub providers_in_env: Vec<&'static str>,
}

impl Paths {
    /// `env` looks a variable up; `config_flag` is `--config` (as `OPENCLAW_CONFIG_PATH`, but stronger),
    /// `profile` is `--profile`.
    pub fn resolve(
        env: impl Fn(&str) -> Option<String>,
        config_flag: Option<&Path>,
        profile: Option<&str>,
    ) -> Result<Self, Error> {
        let profile = profile.map(str::trim).filter(|name| !name.is_empty());
        if let Some(name) = profile.filter(|name| !is_profile_name(name)) {
            return Err(Error::ProfileName { name: name.to_owned() });
        }
        let set = |name: &str| env(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let home = home(&env);
        let user_path = |text: &str| absolute(&expand_tilde(text, &home));

        let explicit_state = set("OPENCLAW_STATE_DIR").map(|text| user_path(&text));
        let state_dir = match (&explicit_state, profile) {
            (Some(dir), _) => dir.clone(),
            (None, Some(name)) if name.eq_ignore_ascii_case("default") => home.join(".openclaw"),
            (None, Some(name)) => home.join(format!(".openclaw-{name}")),
            (None, None) => default_state_dir(&home),
        };
        let config = if let Some(path) = config_flag {
            // The shell expands `~` in a flag, but not in `--config=~/x`.
            absolute(&path.to_str().map_or_else(|| path.to_owned(), |text| expand_tilde(text, &home)))
        } else if let Some(text) = set("OPENCLAW_CONFIG_PATH") {
            user_path(&text)
        } else if profile.is_some() {
            state_dir.join(CONFIG)
        } else {
            let mut candidates = vec![state_dir.join(CONFIG), state_dir.join(LEGACY_CONFIG)];
            if explicit_state.is_none() {
                for dir in [home.join(".openclaw"), home.join(LEGACY_STATE)] {
                    candidates.extend([dir.join(CONFIG), dir.join(LEGACY_CONFIG)]);
                }
            }
            candidates.into_iter().find(|path| path.exists()).unwrap_or_else(|| state_dir.join(CONFIG))
        };
        let unread = config.with_file_name("config.json");
        let include_roots = set("OPENCLAW_INCLUDE_ROOTS")
            .map(|text| text.split(':').map(str::trim).filter(|part| !part.is_empty()).map(user_path).collect())
            .unwrap_or_default();
        let state_home = set("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let own = State::resolve(&env);
        let sign_in = sign_in::place(own.dir(), &config);
        Ok(Self {
            renewal_timer: renewal_timer::place(&sign_in),
            timers: Timers::here(&env),
            sign_in,
            told: told(&env, &home, &state_dir, &config, state_home),
            unread_config_json: (!config.exists() && unread != config && unread.is_file()).then_some(unread),
            home,
            state_dir,
            config,
            include_roots,
            profile: profile.filter(|name| !name.eq_ignore_ascii_case("default")).map(str::to_owned),
            providers_in_env: refs::with_variables(|name| set(name).is_some()).collect(),
        })
    }

    /// The path as a person writes it: `~/…` below home.
    pub fn tilde(&self, path: &Path) -> String {
        match path.strip_prefix(&self.home) {
            Ok(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
            Ok(rest) => format!("~/{}", rest.display()),
            Err(_) => path.display().to_string(),
        }
    }

    /// A path from OpenClaw's config: `~` is [`Paths::home`], relative ones hang from the current directory.
    pub fn user_path(&self, text: &str) -> PathBuf {
        absolute(&expand_tilde(text.trim(), &self.home))
    }

    /// Which variables of that file are ours, in our own state.
    pub fn our_variables(&self) -> Document<Vec<String>> {
        let name = self.sign_in.file_stem().unwrap_or_default().to_string_lossy();
        let dir = self.sign_in.parent().unwrap_or(Path::new("/"));
        State::at(dir).variables(name.strip_prefix("sign-in-").unwrap_or(&name))
    }

    /// The `.env` that OpenClaw's gateway loads by itself.
    pub fn dotenv(&self) -> PathBuf {
        self.state_dir.join(".env")
    }
}

/// What a process that has only `HOME` would resolve otherwise.
fn told(
    env: &impl Fn(&str) -> Option<String>,
    home: &Path,
    state_dir: &Path,
    config: &Path,
    state_home: Option<PathBuf>,
) -> Vec<(&'static str, PathBuf)> {
    let of_user = self::home(&|name: &str| env(name).filter(|_| name != "OPENCLAW_HOME"));
    let usual = default_state_dir(&of_user);
    let mut told = Vec::new();
    if home != of_user {
        told.push(("OPENCLAW_HOME", home.to_owned()));
    }
    if state_dir != usual || config != usual.join(CONFIG) {
        told.push(("OPENCLAW_STATE_DIR", state_dir.to_owned()));
        told.push(("OPENCLAW_CONFIG_PATH", config.to_owned()));
    }
    told.extend(state_home.map(|dir| ("XDG_STATE_HOME", dir)));
    told
}

fn is_profile_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// `OPENCLAW_HOME`, `HOME`, `USERPROFILE`, the system's answer, in this order.
fn home(env: &impl Fn(&str) -> Option<String>) -> PathBuf {
    // A shell script that forgot to set a variable leaves these words behind; OpenClaw ignores them.
    let set = |name: &str| {
        env(name).map(|v| v.trim().to_owned()).filter(|v| !matches!(v.as_str(), "" | "undefined" | "null"))
    };
    let of_user = || {
        set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from).or_else(std::env::home_dir).unwrap_or_default()
    };
    absolute(&set("OPENCLAW_HOME").map_or_else(of_user, |text| expand_tilde(&text, &of_user())))
}

fn default_state_dir(home: &Path) -> PathBuf {
    let current = home.join(".openclaw");
    let legacy = home.join(LEGACY_STATE);
    if !current.exists() && legacy.exists() { legacy } else { current }
}

fn expand_tilde(text: &str, home: &Path) -> PathBuf {
    match text.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(text),
    }
}

/// Absolute, without `.` and `..`, links left alone: what Node calls resolving a path.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Home(tempfile::TempDir);

    impl Home {
        fn new(files: &[&str]) -> Self {
            let dir = tempfile::tempdir().unwrap();
            for file in files {
                let path = dir.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "{}").unwrap();
            }
            Self(dir)
        }

        /// Config and state directory, relative to this home, under an environment (`@` is the home).
        fn resolve(&self, env: &[(&str, &str)], flag: Option<&str>, profile: Option<&str>) -> (String, String) {
            let home = self.0.path().to_str().unwrap().to_owned();
            let lookup = |name: &str| {
                let set = env.iter().find(|(n, _)| *n == name).map(|(_, v)| v.replace('@', &home));
                set.or_else(|| (name == "HOME").then(|| home.clone()))
            };
            let flag = flag.map(|f| PathBuf::from(f.replace('@', &home)));
            let paths = Paths::resolve(lookup, flag.as_deref(), profile).unwrap();
            let relative = |path: &Path| path.strip_prefix(&home).unwrap().to_str().unwrap().to_owned();
            (relative(&paths.config), relative(&paths.state_dir))
        }
    }

    fn pair(config: &str, state: &str) -> (String, String) {
        (config.to_owned(), state.to_owned())
    }

    #[test]
    fn the_environment_moves_config_and_state_as_in_openclaw() {
        let home = Home::new(&[]);
        let standard = pair(".openclaw/openclaw.json", ".openclaw");
        assert_eq!(home.resolve(&[], None, None), standard);
        assert_eq!(home.resolve(&[("OPENCLAW_HOME", "undefined")], None, None), standard);
        assert_eq!(home.resolve(&[("OPENCLAW_HOME", " null ")], None, None), standard);
        assert_eq!(home.resolve(&[("OPENCLAW_PROFILE", "work")], None, None), standard);
        let config_only = pair("c/x.json", ".openclaw");
        assert_eq!(home.resolve(&[("OPENCLAW_CONFIG_PATH", "~/c/x.json")], None, None), config_only);
        assert_eq!(home.resolve(&[], Some("@/c/x.json"), None), config_only);
        assert_eq!(home.resolve(&[("OPENCLAW_CONFIG_PATH", "@/other")], Some("@/c/x.json"), None), config_only);
        let state = [("OPENCLAW_STATE_DIR", "@/a/../s")];
        assert_eq!(home.resolve(&state, None, None), pair("s/openclaw.json", "s"));
        assert_eq!(home.resolve(&[state[0], ("OPENCLAW_CONFIG_PATH", "@/p")], None, None), pair("p", "s"));
        let moved = [("OPENCLAW_HOME", "~/d"), ("OPENCLAW_CONFIG_PATH", "~/p")];
        assert_eq!(home.resolve(&moved[..1], None, None), pair("d/.openclaw/openclaw.json", "d/.openclaw"));
        assert_eq!(home.resolve(&moved, None, None), pair("d/p", "d/.openclaw"));
    }

    #[test]
    fn a_profile_has_its_own_directory_unless_a_variable_says_otherwise() {
        let home = Home::new(&[]);
        assert_eq!(home.resolve(&[], None, Some("work")), pair(".openclaw-work/openclaw.json", ".openclaw-work"));
        assert_eq!(home.resolve(&[], None, Some("default")), pair(".openclaw/openclaw.json", ".openclaw"));
        let env = [("OPENCLAW_STATE_DIR", "@/s"), ("OPENCLAW_CONFIG_PATH", "@/p")];
        assert_eq!(home.resolve(&env[..1], None, Some("work")), pair("s/openclaw.json", "s"));
        assert_eq!(home.resolve(&env[1..], None, Some("work")), pair("p", ".openclaw-work"));
        for bad in ["../x", "a b", "-a", "a/b", "ä"] {
            let refused = Paths::resolve(|_| Some("/h".to_owned()), None, Some(bad));
            assert_eq!(refused, Err(Error::ProfileName { name: bad.to_owned() }));
        }
    }

    #[test]
    fn the_old_names_are_found_when_nothing_newer_is_there() {
        let old = Home::new(&[".clawdbot/clawdbot.json"]);
        assert_eq!(old.resolve(&[], None, None), pair(".clawdbot/clawdbot.json", ".clawdbot"));
        fs::create_dir(old.0.path().join(".openclaw")).unwrap();
        assert_eq!(old.resolve(&[], None, None), pair(".clawdbot/clawdbot.json", ".openclaw"));
        let both = Home::new(&[".openclaw/openclaw.json", ".clawdbot/clawdbot.json"]);
        assert_eq!(both.resolve(&[], None, None), pair(".openclaw/openclaw.json", ".openclaw"));
        let inside = Home::new(&["s/clawdbot.json", ".openclaw/openclaw.json"]);
        assert_eq!(inside.resolve(&[("OPENCLAW_STATE_DIR", "@/s")], None, None), pair("s/clawdbot.json", "s"));
        assert_eq!(inside.resolve(&[("OPENCLAW_STATE_DIR", "@/t")], None, None), pair("t/openclaw.json", "t"));
    }

    #[test]
    fn a_config_json_alone_is_noticed() {
        let home = Home::new(&[".openclaw/config.json"]);
        let lookup = |name: &str| (name == "HOME").then(|| home.0.path().to_str().unwrap().to_owned());
        let paths = Paths::resolve(lookup, None, None).unwrap();
        assert_eq!(paths.unread_config_json, Some(home.0.path().join(".openclaw/config.json")));
        assert_eq!(paths.tilde(&paths.config), "~/.openclaw/openclaw.json");
        assert_eq!(paths.tilde(Path::new("/etc/x")), "/etc/x");
        fs::write(&paths.config, "{}").unwrap();
        assert_eq!(Paths::resolve(lookup, None, None).unwrap().unread_config_json, None);
    }
}
