//! Our own state: small JSON documents under `$XDG_STATE_HOME/openclaw-chutes`, directory 0700, files
//! 0600. No secret in it except a pending login's verifier.

use crate::chutes::catalog;
use crate::chutes::model::Catalog;
use crate::files::{self, Error};
use serde::{Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Name of the kept list of models.
const CATALOG: &str = "catalog";

/// The directory of our own state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    dir: PathBuf,
}

impl State {
    /// `$XDG_STATE_HOME/openclaw-chutes` when that variable is an absolute path, else
    /// `~/.local/state/openclaw-chutes`.
    pub fn resolve(env: impl Fn(&str) -> Option<String>) -> Self {
        let absolute = |name| env(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
        let base = absolute("XDG_STATE_HOME").unwrap_or_else(|| {
            absolute("HOME").or_else(std::env::home_dir).unwrap_or_else(|| PathBuf::from("/")).join(".local/state")
        });
        Self { dir: base.join("openclaw-chutes") }
    }

    /// State in a given directory, for tests and the demo.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The document of that name (`catalog`, `favourites`, …). None when it is missing or of another
    /// shape: our own state is a convenience, never a reason to fail.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&std::fs::read(self.file(name)).ok()?).ok()
    }

    pub fn write<T: Serialize>(&self, name: &str, document: &T) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
        bytes.push(b'\n');
        files::write_private(&self.file(name), &bytes)
    }

    pub fn remove(&self, name: &str) {
        // Missing already is as good as removed.
        let _ = std::fs::remove_file(self.file(name));
    }

    /// The last list the service gave us.
    pub fn catalog(&self) -> Option<Catalog> {
        catalog::from_json(BufReader::new(File::open(self.file(CATALOG)).ok()?))
    }

    /// Keep a live list for later. A failure to write it is nobody's trouble.
    pub fn keep_catalog(&self, live: &Catalog) {
        let _ = files::write_private_with(&self.file(CATALOG), &|file| catalog::to_json(live, file));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.json"))
    }
}
