//! What every command starts from: the environment of this process, turned into OpenClaw's files,
//! the service's address, and our own state.

use super::error::Error;
use super::invocation::{Invocation, Target};
use super::usage::UsageError;
use crate::chutes::endpoints::Endpoints;
use crate::openclaw::Site;
use crate::openclaw::program;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::install::Installed;
use crate::openclaw::read::paths::Paths;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write;
use crate::state::State;
use crate::texts::Lang;
use crate::time::now;

pub use crate::selection::documented;

/// The parts of an [`Invocation`] that every command needs.
#[derive(Clone, Debug)]
pub struct Context {
    pub program: &'static str,
    pub lang: Lang,
    /// One entry per line in lists.
    pub plain: bool,
    pub target: Target,
}

impl From<&Invocation> for Context {
    fn from(invocation: &Invocation) -> Self {
        Self {
            program: invocation.program,
            lang: invocation.lang,
            plain: invocation.plain,
            target: invocation.target.clone(),
        }
    }
}

impl Context {
    /// OpenClaw's files, by the options and the environment.
    pub fn site(&self) -> Result<Site, Error> {
        self.only_unicode()?;
        let paths = Paths::resolve(var, self.target.config.as_deref(), self.target.profile.as_deref())?;
        let ourselves = std::env::current_exe().ok();
        let named = self.target.openclaw.as_deref();
        let installed = Installed::detect(&paths, named, var, ourselves.as_deref());
        if let (Some(path), None) = (named, &installed.program) {
            return Err(Error::NoSuchOpenClaw { path: path.to_owned() });
        }
        let told = match (&installed.version, &installed.program) {
            (None, Some(program)) => program::version(program),
            _ => None,
        };
        let installed = match told {
            Some(version) => installed.with_version(version, &paths),
            None => installed,
        };
        Ok(Site { paths, installed, agent: self.target.agent.clone() })
    }

    /// Refuses a path that our own records could not name. Taken for unset, a variable would have the default
    /// config written instead.
    fn only_unicode(&self) -> Result<(), Error> {
        const PATHS: [&str; 5] =
            ["HOME", "OPENCLAW_HOME", "OPENCLAW_CONFIG_PATH", "OPENCLAW_STATE_DIR", "XDG_STATE_HOME"];
        let not_unicode = |name: &&str| std::env::var_os(name).is_some_and(|value| value.to_str().is_none());
        if let Some(name) = PATHS.into_iter().find(|name| not_unicode(name)) {
            return Err(UsageError::VariableNotUtf8 { name }.into());
        }
        if self.target.config.as_ref().is_some_and(|path| path.to_str().is_none()) {
            return Err(UsageError::NotUtf8.into());
        }
        Ok(())
    }

    /// The files as they are, and what they say.
    pub fn read(&self) -> Result<(Site, Snapshot, Current), Error> {
        let site = self.site()?;
        let snapshot = write::read_or_mend(&site, &self.state())?;
        let current = Current::of(&snapshot, now());
        Ok((site, snapshot, current))
    }

    pub fn state(&self) -> State {
        State::resolve(var)
    }

    pub fn endpoints(&self) -> Result<Endpoints, Error> {
        Endpoints::from_env(var).map_err(Error::Endpoint)
    }
}

/// A variable of the environment; one that is not Unicode counts as unset.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
