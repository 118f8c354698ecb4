//! A throw-away config for one run of OpenClaw's own command.

use crate::files::Doing;
use crate::files::staged::make_dirs;
use crate::files::{hex, write_private};
use crate::openclaw::error::Error;
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A config of our own for one run of OpenClaw's command, in its state directory; removed on drop.
pub(crate) struct ScratchConfig(PathBuf);

impl ScratchConfig {
    pub(crate) fn new(state_dir: &Path, config: &[u8]) -> Result<Self, Error> {
        make_dirs(state_dir)?;
        let mut random = [0; 8];
        let dir = getrandom::fill(&mut random).map(|()| state_dir.join(format!(".chutes-{}", hex(&random))));
        let dir = dir.map_err(|_| Error::io(Doing::Write, state_dir, &Errno::IO.into()))?;
        fs::DirBuilder::new().mode(0o700).create(&dir).map_err(|error| Error::io(Doing::CreateDir, &dir, &error))?;
        let scratch = Self(dir);
        write_private(&scratch.config(), config)?;
        Ok(scratch)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("openclaw.json")
    }
}

impl Drop for ScratchConfig {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
