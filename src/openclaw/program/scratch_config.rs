//! What one run of OpenClaw's own command works with, and what is thrown away after it.

use crate::files::Doing;
use crate::files::staged::{make_dirs, random_suffix};
use crate::files::write_private;
use crate::openclaw::error::Error;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A new directory that nobody else reads; removed on drop, with whatever is in it.
pub(crate) struct ScratchDir(PathBuf);

impl ScratchDir {
    pub(crate) fn new(dir: PathBuf) -> Result<Self, Error> {
        make_dirs(dir.parent().unwrap_or(Path::new("/")))?;
        fs::DirBuilder::new().mode(0o700).create(&dir).map_err(|error| Error::io(Doing::CreateDir, &dir, &error))?;
        Ok(Self(dir))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A config of our own for one run of OpenClaw's command, in its state directory; removed on drop.
pub(crate) struct ScratchConfig(ScratchDir);

impl ScratchConfig {
    /// Where one may be made.
    pub(crate) fn name(state_dir: &Path) -> Result<PathBuf, Error> {
        Ok(state_dir.join(random_suffix(state_dir)?))
    }

    /// In a directory that was named before: see [`ScratchConfig::name`].
    pub(crate) fn new(dir: PathBuf, config: &[u8]) -> Result<Self, Error> {
        let scratch = Self(ScratchDir::new(dir)?);
        write_private(&scratch.config(), config)?;
        Ok(scratch)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.0.path().join("openclaw.json")
    }
}
