//! OpenClaw's files as they were at one moment. Everything that plans or shows works on this.

use super::{Error, Site, install::Generation, paths::Paths};
use serde_json::Value;
use std::path::PathBuf;

/// One file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is written: symbolic links of a config are resolved.
    pub path: PathBuf,
    /// None: there is no such file.
    pub bytes: Option<Vec<u8>>,
    /// Permission bits, of an existing file.
    pub mode: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub paths: Paths,
    pub generation: Generation,
    pub config: File,
    /// Files that the config includes, in the order they were met.
    pub includes: Vec<File>,
    /// The config with its includes, `${…}` left as written. An object; empty without a config.
    pub value: Value,
    /// Normalised id of the agent whose credentials are meant.
    pub agent: String,
    pub agent_dir: PathBuf,
    /// `auth-profiles.json` of that agent.
    pub store: File,
    /// `auth-state.json` of that agent.
    pub auth_state: File,
    /// The stores of `main`, which every other agent reads through to. None when the agent is `main`.
    pub main_store: Option<File>,
}

impl Snapshot {
    pub fn read(_site: &Site) -> Result<Self, Error> {
        unimplemented!()
    }
}
