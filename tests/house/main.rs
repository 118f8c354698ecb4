//! What the documents say of the source, held against the source.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod documents;
mod glossary;
mod hazards;
mod rooms;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file below a directory of the repository, by its path in it.
fn files(below: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(below)];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(&dir).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => waiting.push(entry.path()),
                false => found.push(entry.path().strip_prefix(root()).unwrap().to_owned()),
            }
        }
    }
    found.sort();
    found
}
