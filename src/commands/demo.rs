//! `demo`: the wizard against the embedded stand-in, in a throw-away home.

use super::context::{Context, var};
use super::error::Error;
use super::invocation::Invocation;
use super::report::Report;
use super::wizard::{depth, facts, need_terminal, show, way};
use crate::chutes::credential_kinds::variable;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::oauth::attempt::{BadSetting, ClientId, Environment};
use crate::host::Host;
use crate::openclaw::Site;
use crate::openclaw::read::install::{Generation, Installed};
use crate::openclaw::read::paths::Paths;
use crate::secret::Secret;
use crate::standin::idp::{self, Idp};
use crate::standin::{Config, Standin};
use crate::state::State;
use crate::time::now;
use crate::tui::device::qr::draws_sextants;
use crate::tui::{DemoBrowser, Session};
use crate::wizard::facts::{Facts, SignInFacts};
use std::sync::Arc;

/// Nothing of the user's is read or written: home, state and service are the demo's own, and gone
/// when it ends.
pub fn run(invocation: &Invocation) -> Result<Report, Error> {
    need_terminal()?;
    let context = Context::from(invocation);
    let idp = Arc::new(Idp::new(idp::Options::default()));
    let standin = Standin::start(Config { idp: Some(idp.clone()), ..Config::demo() }).map_err(Error::System)?;
    let home = tempfile::Builder::new().prefix("openclaw-chutes-demo-").tempdir().map_err(Error::System)?;
    let of_home = |name: &str| (name == "HOME").then(|| home.path().to_string_lossy().into_owned());
    // The demo stands for a machine that has the OpenClaw this was written for.
    let version = Some("2026.5.28".to_owned());
    let installed = Installed { version, generation: Generation::JsonStore, ..Installed::default() };
    let site = Site { paths: Paths::resolve(of_home, None, None)?, installed, agent: None };
    // Of the shape that the service gives, and different each time.
    let key = format!("cpk_{:032x}.{}.key0demo{}", now().0, "de".repeat(16), "0demo000".repeat(3));
    let facts = Facts { demo: true, demo_key: Some(Secret::new(key)), ..facts(&site, context.lang) };
    let sign_in = app(standin.endpoints()).map_err(Error::Setting)?;
    let facts = Facts {
        sign_in: SignInFacts {
            environment: Some(Ok(sign_in.clone())),
            remembered: ClientId::parse(CLIENT_ID).ok(),
            host: Some(Host::here()),
            demo: true,
            sextants: draws_sextants(var),
            dotenv: format!("{}/.env", facts.state_dir),
            ..SignInFacts::default()
        },
        ..facts
    };
    let session = Session {
        site,
        state: State::at(home.path().join("state")),
        endpoints: standin.endpoints(),
        depth: depth(invocation),
        unicode: crate::texts::shows_unicode(var),
        lang: context.lang,
        sign_in: Some(sign_in),
        demo_browser: Some(DemoBrowser(Arc::new(move |link| idp.allow(link)))),
    };
    show(session, facts, way(invocation))
}

/// The app that the stand-in takes.
const CLIENT_ID: &str = "cid_demo00openclaw00chutes00";
const CLIENT_SECRET: &str = "csc_demo00openclaw00chutes00demo00openclaw00chutes00";

/// Settings of the demo's sign-in: nothing of the user's environment.
fn app(endpoints: Endpoints) -> Result<Environment, BadSetting> {
    let secret = |name: &str| (name == variable::CLIENT_SECRET).then(|| CLIENT_SECRET.to_owned());
    Ok(Environment { endpoints, ..Environment::read(secret)? })
}
