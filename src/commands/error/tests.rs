//! Every failure ends in what to do.

use super::*;
use crate::chutes::failure::Kind;
use crate::chutes::oauth::renewal_terms::Missing;

fn failure() -> Failure {
    Failure { host: "llm.chutes.ai".into(), proxy: None, kind: Kind::ConnectionRefused }
}

#[test]
fn what_stopped_a_command_says_what_to_do_and_names_doctor_where_it_helps() {
    let errors = [
        Error::MissingCredential,
        Error::OAuthNeedsPerson,
        Error::CredentialRefused(failure()),
        Error::ModelNotServed { model: "a/b".into(), failure: failure() },
        Error::Service(failure()),
        Error::Renewal(crate::renewal::Error::Missing(Missing::RefreshToken)),
        Error::OpenClaw(OpenClawError::NothingToUndo),
        Error::UnknownModel { name: "x".into(), similar: Vec::new() },
        Error::UnknownAlias { name: "x".into() },
        Error::UnknownFallback { name: "x".into() },
        Error::FallbackIsDefault { reference: "chutes/a".into() },
        Error::NotChutes { reference: "x/y".into() },
        Error::NotRevoked { message: "no answer".into() },
        Error::UnknownAccount { name: "x".into() },
        Error::LastAccount { id: "chutes:x".into() },
        Error::Import(Refused::Foreign),
        Error::NoSuchFile { path: "/x".into() },
        Error::NotConfigured,
        Error::NoSuchPath { path: "x.y".into() },
        Error::NoSuchOpenClaw { path: "/x".into() },
        Error::System(std::io::Error::other("no processes left")),
    ];
    for error in errors {
        for lang in [Lang::En, Lang::ZhCn] {
            let hint = error.hint("openclaw-chutes", lang);
            assert!(!hint.is_empty(), "{} in {lang:?}", error.code());
            let wants_doctor = matches!(error, Error::Renewal(_) | Error::System(_));
            assert!(!wants_doctor || hint.contains("openclaw-chutes doctor"), "{}: {hint}", error.code());
        }
    }
}
