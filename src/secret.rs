//! The one type that holds a credential. It cannot be printed: no `Display`, and `Debug` says only
//! that something is there. `expose` is the single, loudly named way in.

use secrecy::{ExposeSecret, SecretString};

/// An API key, token, client secret, authorization code or PKCE verifier.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes over a text. It is wiped when the last clone is dropped.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself. Only for an `Authorization` header, a form body, OpenClaw's auth store, or a
    /// child's standard input.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `…abcd`: the last four characters, for a person to recognise a credential by.
    /// Anything shorter than twelve characters shows nothing.
    pub fn hint(&self) -> String {
        let text = self.expose();
        let count = text.chars().count();
        if count < 12 {
            return "…".to_owned();
        }
        format!("…{}", text.chars().skip(count - 4).collect::<String>())
    }

    /// There is not one character in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

/// This many characters in a row of a secret are masked, wherever they stand.
const PIECE: usize = 6;

/// `text` with `…` for every run of it that is `PIECE` characters or more of `secret`; a shorter secret
/// only as a whole.
pub fn without_pieces(text: &str, secret: &Secret) -> String {
    let secret: Vec<char> = secret.expose().chars().collect();
    let least = PIECE.min(secret.len());
    if least == 0 {
        return text.to_owned();
    }
    let text: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while at < text.len() {
        let rest = &text[at..];
        let common = |from: usize| rest.iter().zip(&secret[from..]).take_while(|(one, other)| one == other).count();
        let longest = (0..=secret.len() - least).map(common).max().unwrap_or(0);
        if longest >= least {
            if !out.ends_with('…') {
                out.push('…');
            }
            at += longest;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// Whether a key says that its value is a secret.
pub fn names_a_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let whole = ["key", "access", "refresh", "authorization", "cookie", "passphrase"];
    let within = ["password", "secret", "apikey", "privatekey", "encryptkey", "encryptionkey"];
    whole.contains(&plain.as_str()) || plain.ends_with("token") || within.iter().any(|part| plain.contains(part))
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing_of_the_text() {
        let shown = format!("{:?}", Secret::new("cpk_canary.canary.canary"));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_hint_is_four_characters_of_a_long_secret_and_none_of_a_short_one() {
        assert_eq!(Secret::new("cpk_aaaa.bbbb.ccccdddd").hint(), "…dddd");
        assert_eq!(Secret::new("cpk_short").hint(), "…");
        assert_eq!(Secret::new("").hint(), "…");
    }
}
