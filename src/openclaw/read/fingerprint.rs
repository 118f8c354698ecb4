//! Which bytes were looked at: enough to tell later whether somebody has changed them.

use super::snapshot::{File, Snapshot};
use crate::openclaw::types::FileChange;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// SHA-256 of a file's content; None: there is no such file.
type Hash = Option<[u8; 32]>;

/// The files that something was worked out from, by their SHA-256, and what is to become of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    files: Vec<FileState>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct FileState {
    path: PathBuf,
    before: Hash,
    /// None: it stays as it is.
    after: Hash,
}

impl Fingerprint {
    /// Every file of OpenClaw's that a plan may change.
    pub fn of_snapshot(snapshot: &Snapshot) -> Self {
        let stores = [&snapshot.store, &snapshot.auth_state].into_iter().chain(&snapshot.main_store);
        Self::of_files(config_files(snapshot).chain(stores.map(|json| &json.file)).chain([&snapshot.dotenv]))
    }

    /// The files of the config, and the files that a plan writes, with their new content.
    pub fn of_plan(snapshot: &Snapshot, changes: &[FileChange]) -> Self {
        let mut print = Self::of_files(config_files(snapshot));
        for change in changes {
            let after = Some(sha256(&change.after));
            match print.files.iter_mut().find(|file| file.path == change.path) {
                Some(file) => file.after = after,
                None => {
                    let before = change.before.as_deref().map(sha256);
                    print.files.push(FileState { path: change.path.clone(), before, after });
                }
            }
        }
        print
    }

    fn of_files<'f>(files: impl Iterator<Item = &'f File>) -> Self {
        let state =
            |file: &File| FileState { path: file.path.clone(), before: file.bytes.as_deref().map(sha256), after: None };
        Self { files: files.map(state).collect() }
    }

    /// The files in which two plans differ: in what they found, or in what they would write.
    pub fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let both = self.files.iter().chain(&other.files);
        let mut paths: Vec<PathBuf> = Vec::new();
        for file in both.filter(|file| self.get(&file.path) != other.get(&file.path)) {
            if !paths.contains(&file.path) {
                paths.push(file.path.clone());
            }
        }
        paths
    }

    /// The files of this plan that were different when `earlier` was taken.
    pub fn changed_since(&self, earlier: &Self) -> Vec<PathBuf> {
        let changed = |file: &&FileState| earlier.get(&file.path).is_some_and(|then| then.before != file.before);
        self.files.iter().filter(changed).map(|file| file.path.clone()).collect()
    }

    fn get(&self, path: &Path) -> Option<&FileState> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn config_files(snapshot: &Snapshot) -> impl Iterator<Item = &File> {
    std::iter::once(&snapshot.config).chain(&snapshot.includes)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
