//! Which OpenClaw is installed, found without starting it.

use super::paths::Paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where this OpenClaw keeps its credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// `auth-profiles.json`: before 2026.6.5, or no OpenClaw found.
    #[default]
    JsonStore,
    /// One SQLite database per agent: 2026.6.5 to 2026.7.35.
    AgentSqlite,
    /// One shared SQLite database: from 2026.8.1.
    SharedSqlite,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// From its `package.json`, such as `2026.5.28`.
    pub version: Option<String>,
    /// The `openclaw` found in `PATH`.
    pub program: Option<PathBuf>,
    pub generation: Generation,
}

impl Installed {
    /// `path_var` is `PATH`; `ourselves` is skipped, for we may be called `openclaw` too.
    pub fn detect(_paths: &Paths, _path_var: Option<&OsStr>, _ourselves: Option<&Path>) -> Self {
        unimplemented!()
    }
}
