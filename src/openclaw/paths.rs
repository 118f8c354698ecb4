//! Where OpenClaw keeps its files.

use super::Error;
use std::path::{Path, PathBuf};

/// OpenClaw's places, resolved the way OpenClaw resolves them.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl Paths {
    /// `env` looks a variable up; `config_flag` is `--config`, `profile` is `--profile`.
    pub fn resolve(
        _env: impl Fn(&str) -> Option<String>,
        _config_flag: Option<&Path>,
        _profile: Option<&str>,
    ) -> Result<Self, Error> {
        unimplemented!()
    }

    /// The path as a person writes it: `~/…` below home.
    pub fn tilde(&self, _path: &Path) -> String {
        unimplemented!()
    }
}
