//! `login app create`: registers the OAuth app of a sign-in with an API key, which is used once.

use super::context::{Context, var};
use super::credential;
use super::error::{CreateError, Error, KeyError, Origin};
use super::invocation::KeySource;
use super::report::{Report, Warning, warnings_json};
use super::signals;
use crate::chutes::api_key;
use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::making::Making;
use crate::chutes::oauth::app::{self, AppError, Registered};
use crate::chutes::oauth::attempt::Environment;
use crate::clean;
use crate::secret::Secret;
use crate::state::RememberedClient;
use crate::state::made::MadeKind;
use crate::texts::{Lang, cli as text};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The key comes from `source`, else from `CHUTES_API_KEY`; the secret goes to `secret_file`, else into the
/// JSON document.
pub fn create(
    context: &Context,
    source: Option<&KeySource>,
    secret_file: Option<&Path>,
    as_json: bool,
) -> Result<Report, Error> {
    if secret_file.is_none() && !as_json {
        return Err(CreateError::SecretNeedsPlace.into());
    }
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let mut warnings = Vec::new();
    let key = key(source, &mut warnings, context.lang)?;
    // Made before the app is: a secret that cannot be kept is lost.
    let mut file = secret_file.map(new_file).transpose()?;
    let client = Client::new(environment.endpoints.clone());
    let user = var("USER").or_else(|| var("LOGNAME")).unwrap_or_default();
    let redirect_uris = app::redirect_uris(&environment.redirect);
    let state = context.state();
    let note = |making: Making<'_>| state.note_making(MadeKind::App, &environment.endpoints.idp, making);
    let registering = app::register(&client, &key, &user, &redirect_uris, note);
    let registered = match signals::until_interrupted(registering) {
        Ok(Ok(registered)) => registered,
        outcome => {
            // Empty, and ours.
            let _ = secret_file.map(std::fs::remove_file);
            return Err(match outcome {
                Ok(Err(error)) => CreateError::App(error).into(),
                Err(error) => error,
                Ok(Ok(_)) => Error::from(CreateError::App(AppError::Unreadable)),
            });
        }
    };
    if let (Some(file), Some(path)) = (&mut file, secret_file) {
        let line = format!("{}\n", registered.client_secret.expose());
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| not_saved(path, &error))?;
    }
    // So that `login start` and the wizard know it. A convenience.
    let _ = context.state().client().write(&RememberedClient::of(&registered.client_id, &[]));
    let next = text::app_next(context.lang, context.program);
    if as_json {
        let document = document(&registered, secret_file, &warnings, context);
        return Ok(Report::json(&document).warn(&warnings, context.lang));
    }
    let saved = secret_file.map(|path| text::app_secret_saved(context.lang, shown(path))).unwrap_or_default();
    let created = text::app_created(context.lang, clean::line(&registered.name));
    let text = format!("{created}\n  {}\n{saved}\n{next}\n", registered.client_id.as_str());
    Ok(Report::text(text).warn(&warnings, context.lang))
}

fn document(app: &Registered, secret_file: Option<&Path>, warnings: &[Warning], context: &Context) -> Value {
    json!({
        "ok": true,
        "clientId": app.client_id.as_str(),
        // Shown this once by the service, so that this is the way to get it.
        "clientSecret": secret_file.is_none().then(|| app.client_secret.expose()),
        "clientSecretFile": secret_file.map(Path::to_string_lossy),
        "name": app.name,
        "redirectUris": app.redirect_uris,
        "next": format!("{} login start --json", context.program),
        "warnings": warnings_json(warnings),
    })
}

fn key(source: Option<&KeySource>, warnings: &mut Vec<Warning>, lang: Lang) -> Result<Secret, Error> {
    let (origin, input) = match source {
        Some(KeySource::Stdin) => (Origin::Stdin, credential::from_stdin()?),
        Some(KeySource::File(path)) => (Origin::File(path.clone()), credential::from_file(path, warnings, lang)?),
        None => match var(variable::API_KEY).filter(|value| !value.trim().is_empty()) {
            Some(value) => (Origin::Variable(variable::API_KEY), Secret::new(value)),
            None => return Err(Error::MissingCredential),
        },
    };
    api_key::parse(input.expose()).map_err(|problem| KeyError::Malformed { origin, problem }.into())
}

fn new_file(path: &Path) -> Result<File, CreateError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    opened.map_err(|error| CreateError::NoSecretFile { path: shown(path), why: clean::line(&error.to_string()) })
}

fn not_saved(path: &Path, error: &std::io::Error) -> CreateError {
    CreateError::SecretNotSaved { path: shown(path), why: clean::line(&error.to_string()) }
}

fn shown(path: &Path) -> String {
    clean::line(&path.to_string_lossy())
}
