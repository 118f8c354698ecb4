//! The kinds of credential that Chutes hands out: how each of them begins, and which variable holds it.

use crate::secret::{Secret, without_pieces};

/// Beginnings of credentials.
pub mod prefix {
    pub const API_KEY: &str = "cpk_";
    pub const ACCESS_TOKEN: &str = "cak_";
    pub const REFRESH_TOKEN: &str = "crt_";
    pub const CLIENT_SECRET: &str = "csc_";
    /// The id of an app, which is no secret.
    pub const CLIENT_ID: &str = "cid_";

    /// Of all that must never be shown.
    pub const SECRETS: [&str; 4] = [API_KEY, ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET];
}

/// Environment variables.
pub mod variable {
    pub const API_KEY: &str = "CHUTES_API_KEY";
    /// An OAuth access token.
    pub const OAUTH_TOKEN: &str = "CHUTES_OAUTH_TOKEN";
    pub const CLIENT_ID: &str = "CHUTES_CLIENT_ID";
    pub const CLIENT_SECRET: &str = "CHUTES_CLIENT_SECRET";
    pub const REDIRECT_URI: &str = "CHUTES_OAUTH_REDIRECT_URI";
    pub const SCOPES: &str = "CHUTES_OAUTH_SCOPES";
    pub const BASE_URL: &str = "CHUTES_BASE_URL";
    pub const IDP_BASE_URL: &str = "CHUTES_IDP_BASE_URL";
    /// Those whose value is a secret.
    pub const SECRETS: [&str; 3] = [CLIENT_SECRET, API_KEY, OAUTH_TOKEN];
}

/// What a text is by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChutesCredential {
    ApiKey,
    AccessToken,
    RefreshToken,
    ClientSecret,
    ClientId,
}

impl ChutesCredential {
    /// None: nothing that Chutes hands out.
    pub fn of(text: &str) -> Option<Self> {
        match text.get(..4)? {
            prefix::API_KEY => Some(Self::ApiKey),
            prefix::ACCESS_TOKEN => Some(Self::AccessToken),
            prefix::REFRESH_TOKEN => Some(Self::RefreshToken),
            prefix::CLIENT_SECRET => Some(Self::ClientSecret),
            prefix::CLIENT_ID => Some(Self::ClientId),
            _ => None,
        }
    }
}

/// Where the first secret of Chutes' begins in a text, as a byte offset.
pub fn find_secret(text: &str) -> Option<usize> {
    let bars = text.match_indices('_').filter_map(|(at, _)| at.checked_sub(3));
    bars.filter(|at| text.is_char_boundary(*at)).find(|at| prefix::SECRETS.iter().any(|p| text[*at..].starts_with(p)))
}

/// The length in bytes of the secret at the beginning of a text.
pub fn secret_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-')).unwrap_or(text.len())
}

/// `text` without `secrets`, whole or in pieces, and without anything that looks like one of Chutes'.
pub fn redact(text: &str, secrets: &[&Secret]) -> String {
    let text = secrets.iter().fold(text.to_owned(), |text, secret| without_pieces(&text, secret));
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = find_secret(rest) {
        out.push_str(&rest[..at]);
        out.push('…');
        rest = &rest[at + secret_length(&rest[at..])..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_secret_are_masked_too() {
        let secret = Secret::new("cpk_aaaa.bbbb.ccccdddd");
        let masked = |text: &str| redact(text, &[&secret]);
        assert_eq!(masked("key cpk_aaaa.bbbb.ccccdddd is bad"), "key … is bad");
        assert_eq!(masked("key aaaa.bbbb is bad, as is ccccdddd"), "key … is bad, as is …");
        assert_eq!(masked("aaaa.bbb\u{1b}b.ccccdd aaa"), "…\u{1b}… aaa");
        assert_eq!(masked("nothing of it"), "nothing of it");
        assert_eq!(redact("a short one", &[&Secret::new("one"), &Secret::new("")]), "a short …");
    }
}
