//! The sign-in's mistakes and errors, in words. Each ends in one next action.

use super::answer::{Mistake, Refusal};
use super::attempt::{BadClientId, BadClientSecret, BadRedirect, BadSetting, CannotResume};
use crate::chutes::credential_kinds::variable;
use crate::clean;
use crate::texts::{Lang, signin as t};

impl BadClientId {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            BadClientId::Empty => t::client_id_empty(lang).to_owned(),
            BadClientId::IsSecret => t::client_id_is_secret(lang).to_owned(),
            BadClientId::IsKey => t::client_id_is_key(lang).to_owned(),
            BadClientId::NoPrefix => t::client_id_no_prefix(lang).to_owned(),
            BadClientId::Length(count) => t::client_id_length(lang, count),
            BadClientId::Character => t::client_id_character(lang).to_owned(),
        }
    }
}

impl BadClientSecret {
    pub fn message(self, lang: Lang) -> String {
        match self {
            BadClientSecret::Empty => t::client_secret_empty(lang).to_owned(),
            BadClientSecret::IsClientId => t::client_secret_is_id(lang).to_owned(),
            BadClientSecret::IsKey => t::client_secret_is_key(lang).to_owned(),
            BadClientSecret::NoPrefix => t::client_secret_no_prefix(lang).to_owned(),
            BadClientSecret::Length(count) => t::client_secret_length(lang, count),
            BadClientSecret::Character => t::client_secret_character(lang).to_owned(),
        }
    }
}

impl BadSetting {
    /// Names the variable. A client id is not echoed: a secret may have been put there.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            BadSetting::ClientId(bad) => t::in_variable(lang, variable::CLIENT_ID, bad.message(lang)),
            BadSetting::Redirect(bad, value) => {
                let value = clean::excerpt(value, 100);
                let message = match bad {
                    BadRedirect::Scheme => t::redirect_scheme(lang, value),
                    BadRedirect::UserInfo => t::redirect_user_info(lang, value),
                    BadRedirect::Host(host) => t::redirect_host(lang, value, clean::excerpt(host, 60)),
                    BadRedirect::Port => t::redirect_port(lang, value),
                    BadRedirect::Path => t::redirect_path(lang, value),
                };
                t::in_variable(lang, variable::REDIRECT_URI, message)
            }
            BadSetting::Scope(scope) => {
                t::in_variable(lang, variable::SCOPES, t::scope_refused(lang, clean::excerpt(scope, 40)))
            }
            BadSetting::Endpoint(bad) => bad.message(lang),
        }
    }
}

impl CannotResume {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            CannotResume::Expired { at } => t::resume_expired(lang, at.local_clock()),
            CannotResume::OtherService => t::resume_other_service(lang).to_owned(),
            CannotResume::Damaged => t::resume_damaged(lang).to_owned(),
        }
    }
}

impl Mistake {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Mistake::Empty => t::paste_empty(lang).to_owned(),
            Mistake::TooLong { bytes } => t::paste_too_long(lang, bytes),
            Mistake::OnlyCode => t::paste_only_code(lang).to_owned(),
            Mistake::AuthorizeLink => t::paste_authorize_link(lang).to_owned(),
            Mistake::OtherAttempt => t::paste_other_attempt(lang).to_owned(),
            Mistake::NoState => t::paste_no_state(lang).to_owned(),
            Mistake::NoCode => t::paste_no_code(lang).to_owned(),
            Mistake::Ambiguous => t::paste_ambiguous(lang).to_owned(),
            Mistake::Expired { at } => t::paste_expired(lang, at.local_clock()),
            Mistake::OtherSite { host } => t::paste_other_site(lang, host),
            Mistake::Unrecognised => t::paste_unrecognised(lang).to_owned(),
        }
    }
}

impl Refusal {
    pub fn message(&self, lang: Lang) -> String {
        // A description may bring its own full stop.
        let bare = |text: &String| text.trim_end_matches(['.', '。', ' ']).to_owned();
        match self {
            Refusal::Denied { description: None } => t::refused_denied(lang).to_owned(),
            Refusal::Denied { description: Some(text) } => t::refused_denied_because(lang, bare(text)),
            Refusal::InvalidScope { description: None } => t::refused_scope(lang).to_owned(),
            Refusal::InvalidScope { description: Some(text) } => t::refused_scope_because(lang, bare(text)),
            Refusal::Other { error, description: None } => t::refused_other(lang, error),
            Refusal::Other { error, description: Some(text) } => t::refused_other_because(lang, error, bare(text)),
        }
    }
}
