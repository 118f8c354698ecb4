//! What an API key looks like, checked before anything is sent anywhere.

use super::credential_kinds::{ChutesCredential, prefix};
use crate::secret::Secret;

/// Longest key accepted, in bytes; real ones are about a hundred.
pub const MAX_LEN: usize = 1024;

/// Characters of a key: `cpk_`, a key id, a user id and a secret of 32 each, with dots between them.
pub const LENGTH: usize = 102;

/// Why a text is not a Chutes API key. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Empty,
    TooLong,
    /// White space or a line break inside: two things were pasted, or one was wrapped.
    WhiteSpace,
    /// A character that no key has.
    Character,
    /// An OAuth access token (`cak_`).
    AccessToken,
    /// An OAuth refresh token (`crt_`).
    RefreshToken,
    /// An OAuth client id (`cid_`).
    ClientId,
    /// An OAuth client secret (`csc_`).
    ClientSecret,
    /// Another service's key, or no key at all.
    Prefix,
    /// The fingerprint of an account (32 letters or digits), which opens everything: never to be given away.
    Fingerprint,
    /// So many characters instead of [`LENGTH`].
    Length(usize),
    /// It starts right but has not the three parts of a key: cut off, or two run together.
    Parts,
}

/// The key in `text`: surrounding white space, quotes and a `CHUTES_API_KEY=` in front are taken off.
pub fn parse(text: &str) -> Result<Secret, Problem> {
    let mut key = text.trim();
    key = key.strip_prefix("export ").unwrap_or(key).trim_start();
    key = key.strip_prefix("CHUTES_API_KEY=").unwrap_or(key);
    for quote in ['"', '\'', '`'] {
        key = key.strip_prefix(quote).and_then(|k| k.strip_suffix(quote)).unwrap_or(key);
    }
    check(key.trim())
}

/// [`parse`], for what a person types: a key that was cut is refused before the service does it.
pub fn parse_whole(text: &str) -> Result<Secret, Problem> {
    let key = parse(text)?;
    match key.expose().len() {
        LENGTH => Ok(key),
        other => Err(Problem::Length(other)),
    }
}

fn check(key: &str) -> Result<Secret, Problem> {
    if key.is_empty() {
        return Err(Problem::Empty);
    }
    if key.len() > MAX_LEN {
        return Err(Problem::TooLong);
    }
    if key.contains(char::is_whitespace) {
        return Err(Problem::WhiteSpace);
    }
    let rest = match ChutesCredential::of(key) {
        Some(ChutesCredential::ApiKey) => key.strip_prefix(prefix::API_KEY).unwrap_or_default(),
        Some(ChutesCredential::AccessToken) => return Err(Problem::AccessToken),
        Some(ChutesCredential::RefreshToken) => return Err(Problem::RefreshToken),
        Some(ChutesCredential::ClientId) => return Err(Problem::ClientId),
        Some(ChutesCredential::ClientSecret) => return Err(Problem::ClientSecret),
        None if key.len() == 32 && key.bytes().all(|b| b.is_ascii_alphanumeric()) => return Err(Problem::Fingerprint),
        None => return Err(Problem::Prefix),
    };
    if !rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')) {
        return Err(Problem::Character);
    }
    let parts: Vec<&str> = rest.split('.').collect();
    if parts.len() != 3 || parts.iter().any(|part| part.is_empty()) || rest.contains(prefix::API_KEY) {
        return Err(Problem::Parts);
    }
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_people_paste_it() {
        for text in [
            "cpk_0123abcd.4567ef.89AB",
            "  cpk_0123abcd.4567ef.89AB\r\n",
            "\"cpk_0123abcd.4567ef.89AB\"",
            "export CHUTES_API_KEY='cpk_0123abcd.4567ef.89AB'",
            "CHUTES_API_KEY=cpk_0123abcd.4567ef.89AB",
        ] {
            assert_eq!(
                parse(text).map(|key| key.expose().to_owned()),
                Ok("cpk_0123abcd.4567ef.89AB".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn each_mistake_has_its_own_name() {
        for (text, problem) in [
            ("", Problem::Empty),
            (" \n", Problem::Empty),
            ("cpk_a.b.c d", Problem::WhiteSpace),
            ("cpk_a.b\nc.d", Problem::WhiteSpace),
            ("cak_a.b.c", Problem::AccessToken),
            ("crt_abc", Problem::RefreshToken),
            ("cid_abc", Problem::ClientId),
            ("csc_abc", Problem::ClientSecret),
            ("sk-abcdef", Problem::Prefix),
            ("aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF", Problem::Fingerprint),
            ("cpk_abc", Problem::Parts),
            ("cpk_a.b", Problem::Parts),
            ("cpk_a..c", Problem::Parts),
            ("cpk_a.b.c.d", Problem::Parts),
            ("cpk_a.b.ccpk_a.b.c", Problem::Parts),
            ("cpk_a.b.c\u{1b}[31m", Problem::Character),
            ("cpk_a.b.密", Problem::Character),
        ] {
            assert_eq!(parse(text).err(), Some(problem), "{text:?}");
        }
        let whole = format!("cpk_{}.{}.{}", "0a".repeat(16), "1b".repeat(16), "2C".repeat(16));
        assert_eq!(parse_whole(&format!(" {whole}\n")).map(|key| key.expose().len()), Ok(LENGTH));
        assert_eq!(parse_whole(&whole[..98]).err(), Some(Problem::Length(98)));
        assert_eq!(parse_whole(&format!("{whole}x")).err(), Some(Problem::Length(103)));
        assert_eq!(parse(&format!("cpk_a.b.{}", "c".repeat(2000))).err(), Some(Problem::TooLong));
    }
}
