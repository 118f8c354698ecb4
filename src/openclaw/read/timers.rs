//! What on this machine calls a program at times for one user, and would go on when that user logs out.

use crate::openclaw::read::paths::Paths;
use crate::renewal_timer::{By, NAME};
use std::path::{Path, PathBuf};

/// Where a timer would be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timers {
    pub by: By,
    /// The directory of the user's units or agents. Unused with a crontab.
    pub dir: PathBuf,
    /// systemd: the user's units run without a login already, or that cannot be seen.
    pub lingers: bool,
}

impl Timers {
    /// None: nothing here does.
    pub fn here(env: impl Fn(&str) -> Option<String>) -> Option<Timers> {
        let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("HOME").or_else(std::env::home_dir)?;
        if cfg!(target_os = "macos") {
            return Some(Timers { by: By::Launchd, dir: home.join("Library/LaunchAgents"), lingers: true });
        }
        let path = env("PATH").unwrap_or_default();
        let has =
            |program: &str| std::env::split_paths(&path).any(|dir| dir.is_absolute() && dir.join(program).is_file());
        let runtime = absolute("XDG_RUNTIME_DIR");
        // The socket of a manager that runs.
        let runs = runtime.is_some_and(|dir| dir.join("systemd/private").exists());
        if runs && has("systemctl") {
            let config = absolute("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
            let user = env("USER").or_else(|| env("LOGNAME")).filter(|name| !name.is_empty() && !name.contains('/'));
            let lingers = user.is_none_or(|user| Path::new("/var/lib/systemd/linger").join(user).exists());
            return Some(Timers { by: By::Systemd, dir: config.join("systemd/user"), lingers });
        }
        has("crontab").then_some(Timers { by: By::Crontab, dir: home, lingers: true })
    }
}

/// The name of a timer of this installation: the unit without its ending, or launchd's label.
pub fn name(paths: &Paths, by: By) -> String {
    // One for each config; that of the usual places has the plain name.
    let stem = paths.sign_in.file_stem().unwrap_or_default().to_string_lossy();
    let name = match (paths.told.is_empty(), stem.strip_prefix("sign-in-")) {
        (false, Some(digest)) => format!("{NAME}-{digest}"),
        _ => NAME.to_owned(),
    };
    if by == By::Launchd { format!("ai.chutes.{name}") } else { name }
}

/// The files that it has here, in the order of writing.
pub fn files(paths: &Paths) -> Vec<PathBuf> {
    let Some(Timers { by, dir, .. }) = &paths.timers else { return Vec::new() };
    let name = name(paths, *by);
    let endings: &[&str] = match by {
        By::Systemd => &["service", "timer"],
        By::Launchd => &["plist"],
        By::Crontab => &[],
    };
    endings.iter().map(|ending| dir.join(format!("{name}.{ending}"))).collect()
}
