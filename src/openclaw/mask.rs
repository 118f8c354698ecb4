//! Hides secrets in the text of a config or auth store, without changing its lines.

use super::store::placeholder;
use crate::secret::Secret;

/// The text with every secret replaced by `…abcd`. A secret is a string under a key that names one, or
/// anything that looks like a Chutes credential, also in a comment.
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The key that the next value belongs to, and those of the containers around it.
    let mut secret_here = false;
    let mut around: Vec<bool> = Vec::new();
    // The last word, which a colon turns into a key.
    let mut word = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let token = &rest[..token_length(rest)];
        rest = &rest[token.len()..];
        match c {
            '"' | '\'' => {
                word = inside(token).to_owned();
                let is_key = rest.trim_start().starts_with(':');
                let hide = secret_here && !is_key && placeholder(&word).is_none();
                out += &if hide { hide_string(token) } else { hide_tokens(token) };
            }
            ':' => {
                secret_here = names_a_secret(&word);
                out.push(':');
            }
            ',' => {
                secret_here = around.last().copied().unwrap_or(false);
                out.push(',');
            }
            '[' => {
                // The elements of a list of secrets are secrets.
                around.push(secret_here);
                out.push('[');
            }
            '{' => {
                around.push(false);
                secret_here = false;
                out.push('{');
            }
            ']' | '}' => {
                around.pop();
                out.push(c);
            }
            _ => {
                if !token.starts_with('/') && !token.trim().is_empty() {
                    word = token.to_owned();
                }
                out += &hide_tokens(token);
            }
        }
    }
    out
}

/// Length in bytes of a string, comment, run of white space, word, or single character.
fn token_length(text: &str) -> usize {
    let mut chars = text.char_indices();
    let Some((_, first)) = chars.next() else { return 0 };
    let until = |stop: fn(char) -> bool| text.find(stop).unwrap_or(text.len());
    match first {
        '"' | '\'' => {
            let mut escaped = false;
            let end = chars.find(|&(_, c)| {
                let ends = !escaped && (c == first || matches!(c, '\n' | '\r'));
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |(at, c)| at + c.len_utf8())
        }
        '/' if text.starts_with("//") => until(|c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')),
        '/' if text.starts_with("/*") => text[2..].find("*/").map_or(text.len(), |end| end + 4),
        c if c.is_whitespace() => until(|c| !c.is_whitespace()),
        ':' | ',' | '[' | ']' | '{' | '}' => 1,
        first => {
            let rest = &text[first.len_utf8()..];
            let stops =
                |c: char| c.is_whitespace() || matches!(c, ':' | ',' | '[' | ']' | '{' | '}' | '"' | '\'' | '/');
            first.len_utf8() + rest.find(stops).unwrap_or(rest.len())
        }
    }
}

fn inside(token: &str) -> &str {
    let quote = &token[..1];
    token[1..].strip_suffix(quote).unwrap_or(&token[1..])
}

/// A secret string: only its end is shown. One that runs over several lines keeps its line ends.
fn hide_string(token: &str) -> String {
    let quote = &token[..1];
    let text = inside(token);
    if text.is_empty() {
        return token.to_owned();
    }
    let breaks: String = text.chars().filter(|c| matches!(c, '\n' | '\r')).collect();
    let hint = if text.contains('\\') { "…".to_owned() } else { Secret::new(text).hint() };
    format!("{quote}{hint}{breaks}{quote}")
}

/// Chutes' own formats, wherever they stand.
fn hide_tokens(text: &str) -> String {
    const PREFIXES: [&str; 4] = ["cpk_", "cak_", "crt_", "csc_"];
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = PREFIXES.iter().filter_map(|prefix| rest.find(prefix)).min() {
        let length = rest[at..].find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-'));
        let end = length.map_or(rest.len(), |length| at + length);
        out += &rest[..at];
        out += &Secret::new(&rest[at..end]).hint();
        rest = &rest[end..];
    }
    out + rest
}

/// Whether a key says that its value is a secret.
pub(super) fn names_a_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let whole = ["key", "access", "refresh", "authorization", "cookie", "passphrase"];
    let within = ["password", "secret", "apikey", "privatekey", "encryptkey", "encryptionkey"];
    whole.contains(&plain.as_str()) || plain.ends_with("token") || within.iter().any(|part| plain.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_under_secret_keys_are_hidden_in_every_style() {
        for (text, shown) in [
            (r#"{"key": "cpk_aaaa.bbbb.cccc1234"}"#, r#"{"key": "…1234"}"#),
            ("{apiKey: 'sk-0123456789abcd', b: 'x'}", "{apiKey: '…abcd', b: 'x'}"),
            ("{'gateway': {auth: {token: \"short\"}}}", "{'gateway': {auth: {token: \"…\"}}}"),
            ("{apiKey: \"${CHUTES_API_KEY}\"}", "{apiKey: \"${CHUTES_API_KEY}\"}"),
            ("{tokens: 1, maxTokens: 5, n: 'a'}", "{tokens: 1, maxTokens: 5, n: 'a'}"),
            ("{secrets: ['aaaaaaaaaaaa1', 'bbbbbbbbbbbb2'], c: 'd'}", "{secrets: ['…aaa1', '…bbb2'], c: 'd'}"),
            ("{MY_API_KEY /* why */ : /* x */ 'aaaaaaaaaaaaaz'}", "{MY_API_KEY /* why */ : /* x */ '…aaaz'}"),
            ("{password: 'a\\'bcdefghijklm'}", "{password: '…'}"),
            ("{password: 'abcdefghijkl\\\nmnop'}", "{password: '…\n'}"),
            ("// cpk_left.here.comment1\n{a: 1}", "// …ent1\n{a: 1}"),
            ("{note: 'my cak_abcdefghijkl key'}", "{note: 'my …ijkl key'}"),
            (
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
            ),
        ] {
            assert_eq!(mask(text), shown);
        }
    }

    #[test]
    fn any_text_keeps_its_lines() {
        for text in ["'open\nkey: 'x'", "/* never closed", "{a:\"\\", "\u{feff}{}\r\n", "key: \"a\\\r\nb\"\r\nc"] {
            let breaks = |text: &str| text.chars().filter(|c| matches!(c, '\n' | '\r')).collect::<String>();
            assert_eq!(breaks(&mask(text)), breaks(text), "{text:?}");
        }
    }
}
