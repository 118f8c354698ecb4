//! A throw-away config for one run of OpenClaw's own command.

use super::beside::make_dirs;
use super::error::{Doing, Error};
use super::lock;
use super::write::write_private;
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A config of our own for one run of OpenClaw's command, in its state directory; removed on drop.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new(state_dir: &Path, config: &[u8]) -> Result<Self, Error> {
        make_dirs(state_dir)?;
        let mut random = [0; 8];
        let dir = getrandom::fill(&mut random).map(|()| state_dir.join(format!(".chutes-{}", lock::hex(&random))));
        let dir = dir.map_err(|_| Error::Io {
            doing: Doing::Write,
            path: state_dir.to_owned(),
            errno: Errno::IO.raw_os_error(),
        })?;
        fs::DirBuilder::new().mode(0o700).create(&dir).map_err(|error| Error::io(Doing::CreateDir, &dir, &error))?;
        let scratch = Self(dir);
        write_private(&scratch.config(), config)?;
        Ok(scratch)
    }

    pub(super) fn config(&self) -> PathBuf {
        self.0.join("openclaw.json")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
