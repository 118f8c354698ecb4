//! The way into the full-screen wizard and the model screen.

use super::context::{Context, documented, var};
use super::credential;
use super::error::Error;
use super::invocation::{Command, Invocation, Onboard, SecretInputMode, SignIn};
use super::onboard::overrides;
use super::report::Report;
use super::usage::UsageError;
use crate::chutes::credential_kinds::variable;
use crate::chutes::model::Catalog;
use crate::chutes::oauth::attempt::{ClientId, Environment};
use crate::chutes::{api_key, bundled};
use crate::host::{Host, Verdict};
use crate::openclaw::Site;
use crate::openclaw::types::AuthChoice;
use crate::state::State;
use crate::texts::{Lang, wizard as text};
use crate::time::now;
use crate::tui::device::qr::draws_sextants;
use crate::tui::theme::Depth;
use crate::tui::{self, Ended, Session};
use crate::wizard::facts::{Begun, Facts, SignInFacts};
use crate::wizard::protocol::Outcome;
use std::path::{Path, PathBuf};

/// The wizard talks to the terminal itself, whatever stdin and stdout are; without one it says which
/// options make the same job run without a person.
pub fn run(invocation: &Invocation) -> Result<Report, Error> {
    need_terminal()?;
    let context = Context::from(invocation);
    let options = match &invocation.command {
        Command::Onboard(options) => options.as_ref().clone(),
        _ => Onboard::default(),
    };
    let site = context.site()?;
    let state = context.state();
    let endpoints = context.endpoints()?;
    let given_key = match &options.key_source {
        Some(_) => credential::obtain(&options, var, context.lang)?.secret,
        None => None,
    };
    let facts = Facts {
        models_only: invocation.command == Command::Models,
        choice: options.auth_choice,
        env_key: var(variable::API_KEY).and_then(|key| api_key::parse(&key).ok()),
        given_key,
        store_reference: options.secret_input_mode == SecretInputMode::Ref,
        skip_verify: options.skip_verify,
        overrides: overrides(&options, &Catalog::default()),
        favourites: state.favourites().read().unwrap_or_default(),
        ..facts(&site, context.lang)
    };
    let environment = Environment::read(var);
    if let (Some(AuthChoice::OAuth), Err(bad)) = (options.auth_choice, &environment) {
        return Err(Error::Setting(bad.clone()));
    }
    let sign_in = environment.as_ref().ok().cloned();
    let facts = Facts {
        sign_in: SignInFacts {
            environment: Some(environment),
            kept_by_us: site.installed.generation.has_us_keep_sign_ins(),
            ..given(&facts, &state, &options.sign_in)
        },
        ..facts
    };
    let session = Session {
        site,
        state,
        endpoints,
        depth: depth(invocation),
        unicode: crate::texts::shows_unicode(var),
        lang: context.lang,
        sign_in,
        demo_browser: None,
    };
    show(session, facts, way(invocation))
}

/// How the wizard talks: on the full screen, or line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    FullScreen,
    Lines,
}

/// `--plain`, `ACCESSIBLE`, or a terminal that cannot place its cursor.
pub fn way(invocation: &Invocation) -> Way {
    let accessible = var("ACCESSIBLE").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    let dumb = var("TERM").is_none_or(|term| matches!(term.as_str(), "" | "dumb"));
    if invocation.plain || accessible || dumb { Way::Lines } else { Way::FullScreen }
}

/// What is known about signing in before anybody does.
fn given(facts: &Facts, state: &State, options: &SignIn) -> SignInFacts {
    let host = Host::here();
    let host = match (options.browser, options.headless) {
        (true, _) => host.asked(Verdict::Local),
        (_, true) => host.asked(Verdict::Remote),
        _ => host,
    };
    let remembered = state.client().read();
    let pending = state.pending_login().read();
    let (live, stale) = match pending {
        Some(pending) if pending.expires_at > now() => (Some(pending), false),
        Some(_) => (None, true),
        None => (None, false),
    };
    if stale {
        state.pending_login().remove();
    }
    SignInFacts {
        kept_by_us: false,
        environment: None,
        remembered: remembered.and_then(|app| ClientId::parse(&app.client_id).ok()),
        begun: live.map(|pending| Begun {
            at: pending.created_at,
            expires_at: pending.expires_at,
            has_secret: pending.client_secret().is_some(),
        }),
        host: Some(host),
        demo: false,
        sextants: draws_sextants(var),
        qr: options.qr,
        link_file: options.link_file.clone(),
        qr_file: options.qr_file.clone(),
        dotenv: format!("{}/.env", facts.state_dir),
    }
}

/// Colours by the option and the environment.
pub fn depth(invocation: &Invocation) -> Depth {
    if invocation.no_color { Depth::None } else { Depth::from_env(var) }
}

/// What holds for every run on this installation.
pub fn facts(site: &Site, lang: Lang) -> Facts {
    let paths = &site.paths;
    let sudo_user = sudo_user(&paths.home);
    // `~` would be read as the home of who sits there.
    let shown = |path: &Path| if sudo_user.is_some() { path.display().to_string() } else { paths.tilde(path) };
    Facts {
        lang,
        home: if sudo_user.is_some() { PathBuf::new() } else { paths.home.clone() },
        state_dir: shown(&paths.state_dir),
        config_path: shown(&paths.config),
        agent: site.agent.clone(),
        documented: documented(),
        fallback: bundled::catalog(),
        sudo_user,
        still: var("NO_MOTION").is_some_and(|value| !value.is_empty()),
        openclaw_answers: site.installed.program.is_some(),
        ..Facts::default()
    }
}

/// Who called `sudo`, where this home belongs to somebody else.
fn sudo_user(home: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let (user, uid) = (var("SUDO_USER")?, var("SUDO_UID")?.parse::<u32>().ok()?);
    let owner = std::fs::metadata(home).ok()?.uid();
    (rustix::process::geteuid().is_root() && uid != owner).then_some(user)
}

/// Run the wizard, and say on the normal screen how it ended.
pub fn show(session: Session, facts: Facts, way: Way) -> Result<Report, Error> {
    let facts = Facts { base_url: session.endpoints.api.clone(), api_host: session.endpoints.api_host(), ..facts };
    let lang = facts.lang;
    let run = match way {
        Way::FullScreen => tui::run,
        Way::Lines => tui::plain::run,
    };
    let (ended, wizard) = run(session, facts).map_err(Error::System)?;
    match ended {
        Ended::Signal(number) => Err(Error::Interrupted(number)),
        Ended::Outcome(Outcome::Cancelled) => Ok(Report::text(format!("{}\n", text::after_cancelled(lang))).exit(130)),
        Ended::Outcome(Outcome::Failed) => Ok(Report::text(format!("{}\n", text::after_cancelled(lang))).exit(1)),
        Ended::Outcome(Outcome::Changed) => Ok(Report::text(format!("{}\n", text::after_changed(lang)))),
        Ended::Outcome(Outcome::Done) => Ok(Report::text(tui::view::summary(&wizard, lang))),
    }
}

/// A terminal can be opened.
pub fn need_terminal() -> Result<(), UsageError> {
    let terminal = std::fs::File::options().read(true).write(true).open("/dev/tty");
    terminal.map(|_| ()).map_err(|_| UsageError::NoTerminal)
}
