//! `demo`: the wizard against the embedded stand-in, in a throw-away home.

use super::context::{Context, now};
use super::error::Error;
use super::invocation::Invocation;
use super::output::Report;
use super::wizard::{depth, facts, need_terminal, show, way};
use crate::openclaw::Site;
use crate::openclaw::install::Installed;
use crate::openclaw::paths::Paths;
use crate::secret::Secret;
use crate::standin::{Config, Standin};
use crate::state::State;
use crate::tui::Session;
use crate::wizard::protocol::Facts;

/// Nothing of the user's is read or written: home, state and service are the demo's own, and gone
/// when it ends.
pub fn run(invocation: &Invocation) -> Result<Report, Error> {
    need_terminal()?;
    let context = Context::from(invocation);
    let standin = Standin::start(Config::demo()).map_err(Error::System)?;
    let home = tempfile::Builder::new().prefix("openclaw-chutes-demo-").tempdir().map_err(Error::System)?;
    let of_home = |name: &str| (name == "HOME").then(|| home.path().to_string_lossy().into_owned());
    // The demo stands for a machine that has the OpenClaw this was written for.
    let installed = Installed { version: Some("2026.5.28".to_owned()), ..Installed::default() };
    let site = Site { paths: Paths::resolve(of_home, None, None)?, installed, agent: None };
    let key = format!("cpk_demo{:x}.demo.key0demo", now());
    let facts = Facts { demo: true, demo_key: Some(Secret::new(key)), ..facts(&site, context.lang) };
    let session = Session {
        site,
        state: State::at(home.path().join("state")),
        endpoints: standin.endpoints(),
        depth: depth(invocation),
    };
    show(session, facts, way(invocation))
}
