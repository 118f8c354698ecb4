//! One installation of OpenClaw.

use super::install::Installed;
use super::paths::Paths;
use super::snapshot::Snapshot;
use crate::openclaw::error::Error;

/// One OpenClaw installation and one of its agents: everything that decides which files are meant.
#[derive(Clone, Debug)]
pub struct Site {
    pub paths: Paths,
    pub installed: Installed,
    /// `--agent`; None: the config's default agent.
    pub agent: Option<String>,
}

impl Site {
    /// Reads every file that a plan depends on.
    pub fn read(&self) -> Result<Snapshot, Error> {
        Snapshot::read(self)
    }
}
