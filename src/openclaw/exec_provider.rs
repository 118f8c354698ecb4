//! OpenClaw's exec secret provider, as far as we use it: from 2026.8.1 on OpenClaw runs this program for
//! the access token of a sign-in. OpenClaw only runs what it takes for safe, so that is looked at before
//! the config names it.

use super::read::paths::Paths;
use crate::texts::{Lang, renewal as text};
use rustix::process::geteuid;
use serde_json::{Map, Value, json};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The key under `secrets.providers`.
pub const ALIAS: &str = "openclaw-chutes";
/// What OpenClaw asks for.
pub const SECRET_ID: &str = "chutes/access-token";
/// How long OpenClaw waits for an answer, in milliseconds. `token` answers in a few, and after less than
/// this even when a renewal does not come back.
pub const PATIENCE_MS: u64 = 8000;
/// What of the gateway's environment the command needs besides: the way through a proxy, and its trust.
const PASSED: [&str; 7] = ["PATH", "HOME", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "LANG"];

/// This program, as OpenClaw would run it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helper {
    pub command: PathBuf,
    pub unfit: Option<Unfit>,
}

/// Why OpenClaw would not run it, or not for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is not known where this program is.
    Unknown,
    Symlink,
    /// Others may write it; the permission bits.
    Writable(u32),
    /// It belongs to somebody else, such as root or Nix; the owner's uid.
    Owner(u32),
    /// A place that an upgrade or a clean-up takes away: the cache of npx, a Homebrew Cellar.
    Passing,
}

impl Helper {
    /// This process's own program.
    pub fn this() -> Self {
        match std::env::current_exe() {
            Ok(command) => Self { unfit: unfit(&command), command },
            Err(_) => Self { unfit: Some(Unfit::Unknown), ..Self::default() },
        }
    }

    /// The entry of `secrets.providers`.
    pub fn provider(&self, paths: &Paths) -> Value {
        let mut provider = json!({
            "source": "exec",
            "command": self.command.to_string_lossy(),
            "args": ["token"],
            "passEnv": PASSED,
            "timeoutMs": PATIENCE_MS,
        });
        if !paths.told.is_empty() {
            let told = paths.told.iter().map(|(name, path)| ((*name).to_owned(), json!(path.to_string_lossy())));
            provider["env"] = Value::Object(told.collect::<Map<String, Value>>());
        }
        provider
    }
}

/// The value of `models.providers.chutes.apiKey`.
pub fn reference() -> Value {
    json!({"source": "exec", "provider": ALIAS, "id": SECRET_ID})
}

/// Whether this `apiKey` has OpenClaw ask us.
pub fn is_reference(key: &Value) -> bool {
    let says = |name: &str, text: &str| key.get(name).and_then(Value::as_str) == Some(text);
    says("source", "exec") && says("provider", ALIAS)
}

/// By OpenClaw's own rules: absolute, no symbolic link, written by nobody else, ours.
pub fn unfit(command: &Path) -> Option<Unfit> {
    let meta = match fs::symlink_metadata(command) {
        Ok(meta) if command.is_absolute() => meta,
        _ => return Some(Unfit::Unknown),
    };
    if meta.is_symlink() {
        return Some(Unfit::Symlink);
    }
    if meta.uid() != geteuid().as_raw() {
        return Some(Unfit::Owner(meta.uid()));
    }
    if meta.mode() & 0o022 != 0 {
        return Some(Unfit::Writable(meta.mode() & 0o7777));
    }
    let passing = |part: &std::ffi::OsStr| part == "_npx" || part == "dlx" || part == "Cellar";
    command.iter().any(passing).then_some(Unfit::Passing)
}

impl Helper {
    /// What OpenClaw has against it.
    pub fn problem(&self, lang: Lang) -> Option<String> {
        let path = crate::clean::line(&self.command.to_string_lossy());
        Some(match self.unfit.as_ref()? {
            Unfit::Unknown => text::helper_unknown(lang).to_owned(),
            Unfit::Symlink => text::helper_symlink(lang, path),
            Unfit::Writable(mode) => text::helper_writable(lang, path, format!("{mode:04o}")),
            Unfit::Owner(uid) => text::helper_owner(lang, path, uid),
            Unfit::Passing => text::helper_passing(lang, path),
        })
    }

    /// What to do about it: a command for this very program.
    pub fn remedy(&self, lang: Lang) -> Option<String> {
        let path = shell_word(&self.command.to_string_lossy());
        Some(match self.unfit.as_ref()? {
            Unfit::Writable(_) => text::helper_chmod(lang, path),
            _ => text::helper_install(lang, path),
        })
    }
}

/// A path as a shell takes it.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%=:,".contains(c);
    let text = crate::clean::line(text);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn openclaw_runs_only_what_is_safe() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, mode: u32| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        assert_eq!(unfit(&put("good", 0o755)), None);
        assert_eq!(unfit(&put("group", 0o775)), Some(Unfit::Writable(0o775)));
        assert_eq!(unfit(&put(".npm/_npx/1/openclaw-chutes", 0o755)), Some(Unfit::Passing));
        assert_eq!(unfit(&put("Cellar/openclaw-chutes/1/bin/x", 0o755)), Some(Unfit::Passing));
        symlink(dir.path().join("good"), dir.path().join("link")).unwrap();
        assert_eq!(unfit(&dir.path().join("link")), Some(Unfit::Symlink));
        assert_eq!(unfit(Path::new("good")), Some(Unfit::Unknown));
        assert_eq!(unfit(Path::new("/nowhere/good")), Some(Unfit::Unknown));
        if !geteuid().is_root() {
            assert_eq!(unfit(Path::new("/bin/cat").canonicalize().unwrap().as_path()), Some(Unfit::Owner(0)));
        }
    }

    #[test]
    fn each_problem_has_a_command_in_both_languages() {
        let problems =
            [Unfit::Unknown, Unfit::Symlink, Unfit::Writable(0o775), Unfit::Owner(0), Unfit::Passing].map(Some);
        for unfit in problems {
            let helper = Helper { command: "/a b/it's".into(), unfit };
            for lang in [Lang::En, Lang::ZhCn] {
                assert!(helper.problem(lang).is_some_and(|problem| !problem.is_empty()));
                assert!(helper.remedy(lang).is_some_and(|remedy| remedy.contains(r"'/a b/it'\''s'")));
            }
        }
    }

    #[test]
    fn what_openclaw_is_told_is_what_differs_from_the_usual_places() {
        let home = |name: &str| (name == "HOME").then(|| "/h".to_owned());
        let paths = Paths::resolve(home, None, None).unwrap();
        let helper = Helper { command: "/bin/openclaw-chutes".into(), unfit: None };
        assert_eq!(helper.provider(&paths)["env"], Value::Null);
        let elsewhere = |name: &str| match name {
            "XDG_STATE_HOME" => Some("/x".to_owned()),
            other => home(other),
        };
        let paths = Paths::resolve(elsewhere, None, Some("work")).unwrap();
        assert_eq!(
            helper.provider(&paths)["env"],
            json!({
                "OPENCLAW_STATE_DIR": "/h/.openclaw-work",
                "OPENCLAW_CONFIG_PATH": "/h/.openclaw-work/openclaw.json",
                "XDG_STATE_HOME": "/x",
            })
        );
        assert!(paths.sign_in.starts_with("/x/openclaw-chutes"));
        assert!(is_reference(&reference()) && !is_reference(&json!("cpk_x")));
    }
}
