//! The credential of a run without a person: from standard input, a file or the environment. Never
//! from the terminal, never from the arguments.

use super::error::{Error, KeyError, Origin};
use super::invocation::{KeySource, Onboard, SecretInputMode};
use super::report::Warning;
use super::usage::UsageError;
use crate::chutes::api_key;
use crate::chutes::credential_kinds::{prefix, variable};
use crate::openclaw::read::current::{Current, active_secret};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::{AuthChoice, CredentialKind, NewCredential};
use crate::secret::Secret;
use crate::texts::{Lang, cli as text};
use crate::time::UnixMillis;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

/// Largest input that is looked at, in bytes.
pub(super) const MAX_INPUT: u64 = 64 * 1024;

/// A credential, ready to be tried and stored.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// Sent to the service. None: only OpenClaw can read it.
    pub secret: Option<Secret>,
    pub kind: CredentialKind,
    /// To be stored by OpenClaw. None: it is there already.
    pub stored: Option<NewCredential>,
    /// Of the app of a sign-in: put where it is read for renewals.
    pub client_secret: Option<Secret>,
    pub warnings: Vec<Warning>,
}

/// The credential that the options and the environment give.
pub fn obtain(options: &Onboard, var: impl Fn(&str) -> Option<String>, lang: Lang) -> Result<Obtained, Error> {
    let filled = |name: &str| var(name).filter(|value| !value.trim().is_empty());
    let choice = match options.auth_choice {
        Some(choice) => choice,
        None if options.key_source.is_some() || filled(variable::API_KEY).is_some() => AuthChoice::ApiKey,
        None if options.secret_input_mode == SecretInputMode::Ref => AuthChoice::ApiKey,
        None if filled(variable::OAUTH_TOKEN).is_some() => AuthChoice::OAuth,
        None => return Err(Error::MissingCredential),
    };
    match choice {
        AuthChoice::ApiKey => api_key(options, filled(variable::API_KEY), lang),
        AuthChoice::OAuth => oauth(options, filled(variable::OAUTH_TOKEN), lang),
    }
}

impl Obtained {
    pub fn new(secret: Secret, stored: NewCredential, client_secret: Option<Secret>, warnings: Vec<Warning>) -> Self {
        Self { secret: Some(secret), kind: stored.kind(), stored: Some(stored), client_secret, warnings }
    }

    /// A reference to a variable that is not set here.
    fn referred(lang: Lang) -> Self {
        let message = text::warn_variable_not_set(lang, variable::API_KEY);
        let stored = NewCredential::ApiKeyEnvRef { var: variable::API_KEY.to_owned() };
        Self {
            secret: None,
            kind: stored.kind(),
            stored: Some(stored),
            client_secret: None,
            warnings: vec![Warning { code: "variable-not-set", message }],
        }
    }

    /// What is stored already, for a dry run: nothing is renewed or written for one.
    pub fn already_stored(snapshot: &Snapshot, current: &Current, now: UnixMillis) -> Option<Self> {
        let active = current.active_credential();
        if active.is_none() && !current.in_database {
            return None;
        }
        let kind = active.map_or(CredentialKind::ApiKey, |active| active.kind);
        let secret = active_secret(snapshot, now, super::context::var);
        Some(Self { secret, kind, stored: None, client_secret: None, warnings: Vec::new() })
    }
}

fn api_key(options: &Onboard, from_env: Option<String>, lang: Lang) -> Result<Obtained, Error> {
    let mut warnings = Vec::new();
    let by_reference = options.secret_input_mode == SecretInputMode::Ref;
    let (origin, input) = match (&options.key_source, from_env) {
        (Some(_), None) if by_reference => return Err(KeyError::RefWithoutVariable.into()),
        // An image is built without the key, which comes when it runs.
        (None, None) if by_reference => return Ok(Obtained::referred(lang)),
        // A reference names the variable, so the variable is what must work.
        (_, Some(value)) if by_reference => (Origin::Variable(variable::API_KEY), Secret::new(value)),
        (Some(KeySource::Stdin), _) => (Origin::Stdin, from_stdin()?),
        (Some(KeySource::File(path)), _) => (Origin::File(path.clone()), from_file(path, &mut warnings, lang)?),
        (None, Some(value)) => (Origin::Variable(variable::API_KEY), Secret::new(value)),
        (None, None) => return Err(Error::MissingCredential),
    };
    let secret =
        api_key::parse(input.expose()).map_err(|problem| KeyError::Malformed { origin: origin.clone(), problem })?;
    let stored = match by_reference {
        true => NewCredential::ApiKeyEnvRef { var: variable::API_KEY.to_owned() },
        false => NewCredential::ApiKey { secret: secret.clone() },
    };
    Ok(Obtained::new(secret, stored, None, warnings))
}

fn oauth(options: &Onboard, token: Option<String>, lang: Lang) -> Result<Obtained, Error> {
    let clash =
        |option: &str| UsageError::Conflict { one: option.to_owned(), other: "--auth-choice chutes".to_owned() };
    match &options.key_source {
        Some(KeySource::Stdin) => return Err(clash("--api-key-stdin").into()),
        Some(KeySource::File(_)) => return Err(clash("--api-key-file").into()),
        None if options.secret_input_mode == SecretInputMode::Ref => {
            return Err(clash("--secret-input-mode ref").into());
        }
        None => {}
    }
    let Some(token) = token else {
        // A sign-in needs somebody at a browser: `login start` and `login finish` split it over two processes.
        return Err(Error::OAuthNeedsPerson);
    };
    let token = token.trim();
    if token.starts_with(prefix::API_KEY) || token.chars().any(|c| c.is_whitespace() || !c.is_ascii_graphic()) {
        return Err(KeyError::NoToken.into());
    }
    let secret = Secret::new(token);
    let stored = NewCredential::Token { secret: secret.clone(), expires_at: None };
    let warning = Warning { code: "token-expires", message: text::warn_token_expires(lang).to_owned() };
    Ok(Obtained::new(secret, stored, None, vec![warning]))
}

pub fn from_stdin() -> Result<Secret, Error> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(KeyError::StdinIsTerminal.into());
    }
    Ok(read_limited(stdin.lock(), Origin::Stdin)?)
}

/// A key file: small, and best readable by its owner alone; or a pipe, as a shell's `<(…)` is one.
pub fn from_file(path: &Path, warnings: &mut Vec<Warning>, lang: Lang) -> Result<Secret, KeyError> {
    let origin = Origin::File(path.to_owned());
    let unreadable = |error: std::io::Error| KeyError::Unreadable {
        origin: origin.clone(),
        errno: error.raw_os_error().unwrap_or_default(),
    };
    // Looked at before it is opened: opening a device may do anything.
    let before = std::fs::metadata(path).map_err(unreadable)?;
    let is_pipe = before.file_type().is_fifo();
    if !before.is_file() && !is_pipe {
        return Err(KeyError::NotRegular { path: path.to_owned() });
    }
    if before.len() > MAX_INPUT {
        return Err(KeyError::TooLarge { origin });
    }
    let mode = before.permissions().mode() & 0o7777;
    if !is_pipe && mode & 0o077 != 0 {
        let message = text::warn_key_file_permissions(lang, origin.words(lang), format!("{mode:04o}"));
        warnings.push(Warning { code: "key-file-permissions", message });
    }
    read_limited(File::open(path).map_err(unreadable)?, origin.clone())
}

pub fn read_limited(input: impl Read, origin: Origin) -> Result<Secret, KeyError> {
    let mut bytes = Vec::new();
    if let Err(error) = input.take(MAX_INPUT + 1).read_to_end(&mut bytes) {
        return Err(KeyError::Unreadable { origin, errno: error.raw_os_error().unwrap_or_default() });
    }
    if bytes.len() as u64 > MAX_INPUT {
        return Err(KeyError::TooLarge { origin });
    }
    text_of(&bytes).map(Secret::new).ok_or(KeyError::NotText { origin })
}

/// Text as editors and shells store it: UTF-8, or UTF-16 where the byte order mark says so.
fn text_of(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        if units.is_empty() { None } else { String::from_utf16(&units).ok() }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        bytes => std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "cpk_0123abcd.4567ef.89AB";

    fn given(options: Onboard, env: &[(&str, &str)]) -> Result<Obtained, Error> {
        let var = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        obtain(&options, var, Lang::En)
    }

    fn file(content: &[u8], mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("its content");
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).expect("its mode");
        file
    }

    fn from(path: &Path) -> Onboard {
        Onboard { key_source: Some(KeySource::File(path.to_owned())), ..Onboard::default() }
    }

    #[test]
    fn the_credential_decides_the_choice_that_was_not_made() {
        assert!(matches!(given(Onboard::default(), &[]), Err(Error::MissingCredential)));
        assert!(matches!(given(Onboard::default(), &[(variable::API_KEY, " ")]), Err(Error::MissingCredential)));
        let key =
            given(Onboard::default(), &[(variable::API_KEY, KEY), (variable::OAUTH_TOKEN, "cak_x")]).expect("the key");
        assert_eq!((AuthChoice::of(key.kind), key.secret.expect("sent").expose()), (AuthChoice::ApiKey, KEY));
        let token = given(Onboard::default(), &[(variable::OAUTH_TOKEN, " cak_x\n")]).expect("the token");
        assert_eq!((AuthChoice::of(token.kind), token.secret.expect("sent").expose()), (AuthChoice::OAuth, "cak_x"));
        assert!(matches!(token.stored, Some(NewCredential::Token { .. })));
        let oauth = Onboard { auth_choice: Some(AuthChoice::OAuth), ..Onboard::default() };
        assert!(matches!(given(oauth.clone(), &[(variable::API_KEY, KEY)]), Err(Error::OAuthNeedsPerson)));
        assert!(matches!(given(oauth, &[(variable::OAUTH_TOKEN, KEY)]), Err(Error::Key(KeyError::NoToken))));
        let key = Onboard { auth_choice: Some(AuthChoice::ApiKey), ..Onboard::default() };
        assert!(matches!(given(key, &[(variable::OAUTH_TOKEN, "cak_x")]), Err(Error::MissingCredential)));
    }

    #[test]
    fn a_reference_needs_its_variable() {
        let by_ref = Onboard { secret_input_mode: SecretInputMode::Ref, ..Onboard::default() };
        let stored = given(by_ref.clone(), &[(variable::API_KEY, KEY)]).expect("a reference").stored;
        assert!(matches!(stored, Some(NewCredential::ApiKeyEnvRef { var }) if var == variable::API_KEY));
        let built = given(by_ref.clone(), &[]).expect("a reference without the key");
        assert!(built.secret.is_none() && matches!(built.stored, Some(NewCredential::ApiKeyEnvRef { .. })));
        assert_eq!(built.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["variable-not-set"]);
        let file = file(KEY.as_bytes(), 0o600);
        let from_file = Onboard { secret_input_mode: SecretInputMode::Ref, ..from(file.path()) };
        assert!(matches!(given(from_file, &[]), Err(Error::Key(KeyError::RefWithoutVariable))));
        let oauth = Onboard { auth_choice: Some(AuthChoice::OAuth), ..by_ref };
        assert!(matches!(
            given(oauth, &[(variable::OAUTH_TOKEN, "cak_x")]),
            Err(Error::Usage(UsageError::Conflict { .. }))
        ));
    }

    #[test]
    fn a_key_file_is_small_text_and_private() {
        let private = file(format!("{KEY}\r\n").as_bytes(), 0o600);
        let obtained = given(from(private.path()), &[]).expect("a key");
        assert_eq!((obtained.secret.expect("sent").expose(), obtained.warnings.len()), (KEY, 0));

        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(KEY.encode_utf16().flat_map(u16::to_le_bytes));
        for marked in [format!("\u{feff}{KEY}\n").into_bytes(), utf16] {
            let obtained = given(from(file(&marked, 0o600).path()), &[]).expect("a key");
            assert_eq!(obtained.secret.expect("sent").expose(), KEY);
        }

        let readable = file(KEY.as_bytes(), 0o644);
        let warnings = given(from(readable.path()), &[]).expect("a key").warnings;
        assert_eq!(warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["key-file-permissions"]);
        assert!(warnings[0].message.contains("0644"));

        let refusal = |options| match given(options, &[]) {
            Err(Error::Key(error)) => error,
            other => panic!("{other:?}"),
        };
        let large = file(&vec![b'a'; 64 * 1024 + 1], 0o600);
        assert!(matches!(refusal(from(large.path())), KeyError::TooLarge { .. }));
        assert!(matches!(refusal(from(file(b"\xff\xfe", 0o600).path())), KeyError::NotText { .. }));
        assert!(matches!(refusal(from(Path::new("/"))), KeyError::NotRegular { .. }));
        assert!(matches!(refusal(from(Path::new("/dev/null"))), KeyError::NotRegular { .. }));
        assert!(matches!(refusal(from(Path::new("/nonexistent/key"))), KeyError::Unreadable { .. }));
    }

    #[test]
    fn every_problem_has_words_that_hold_nothing_of_the_key() {
        for text in
            ["", "cpk_canary", "cpk_can ary.x.y", "cak_canary", "crt_canary", "cid_canary", "csc_canary", "canary"]
        {
            let Err(error) = given(from(file(text.as_bytes(), 0o600).path()), &[]) else { panic!("{text}") };
            for lang in [Lang::En, Lang::ZhCn] {
                let shown = format!("{error:?}{}{}", error.message(lang), error.hint("openclaw-chutes", lang));
                assert!(!shown.contains("canary"), "{shown}");
            }
            assert_eq!((error.exit(), error.code()), (2, "api-key-malformed"));
        }
    }
}
