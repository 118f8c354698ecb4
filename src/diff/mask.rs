//! Hides secrets in the text of a config or auth store, without changing its lines.

use crate::chutes::credential_kinds::{find_secret, secret_length};
use crate::openclaw::read::auth_store::placeholder;
use crate::secret::{Secret, names_a_secret};
use std::borrow::Cow;

/// The text, in pieces, without its secrets. A string is shown only where we know what stands there: the
/// places that this program writes or reads ([`is_known`]). Under a key that names a secret, its end is
/// shown as `…abcd`; everywhere else it is `…`. Anything that looks like a credential is hidden, also in a
/// comment and in an address.
pub fn mask(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    Mask { rest: text, secret_here: false, around: Vec::new(), key: "", word: "" }
}

struct Mask<'a> {
    rest: &'a str,
    /// The key that the next value belongs to names a secret.
    secret_here: bool,
    /// The same for the containers around it, with their keys.
    around: Vec<(bool, &'a str)>,
    /// The key of the next value; empty in a list.
    key: &'a str,
    /// The last word, which a colon turns into a key.
    word: &'a str,
}

impl<'a> Iterator for Mask<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let (token, rest) = self.rest.split_at(token_length(self.rest));
        self.rest = rest;
        match token.chars().next()? {
            '"' | '\'' => {
                self.word = inside(token);
                let is_key = after_comments(rest).starts_with(':');
                if !is_key && placeholder(self.word).is_none() {
                    if self.secret_here {
                        return Some(hide_string(token, true));
                    }
                    if !self.is_known() {
                        return Some(hide_string(token, false));
                    }
                    return Some(hide_in_address(token));
                }
            }
            ':' => {
                self.key = self.word;
                self.secret_here = names_a_secret(self.word);
            }
            ',' => {
                let (secret, _) = self.around.last().copied().unwrap_or_default();
                (self.secret_here, self.key) = (secret, "");
            }
            // The elements of a list of secrets are secrets.
            '[' => {
                self.around.push((self.secret_here, self.key));
                self.key = "";
            }
            '{' => {
                self.around.push((false, self.key));
                (self.secret_here, self.key) = (false, "");
            }
            ']' | '}' => drop(self.around.pop()),
            '/' => return Some(hide_in_comment(token)),
            c => {
                if !c.is_whitespace() {
                    self.word = token;
                    let is_value = !after_comments(rest).starts_with(':');
                    if self.secret_here && is_value && !matches!(token, "true" | "false" | "null") {
                        return Some(Cow::Borrowed("…"));
                    }
                }
            }
        }
        Some(hide_tokens(token))
    }
}

impl Mask<'_> {
    fn is_known(&self) -> bool {
        let keys = self.around.iter().map(|(_, key)| *key).chain([self.key]).filter(|key| !key.is_empty());
        is_known(&keys.collect::<Vec<_>>())
    }
}

/// Whether what stands at a path of OpenClaw's config or credential store is known to be no secret.
fn is_known(path: &[&str]) -> bool {
    let last = path.last().copied().unwrap_or_default();
    let model = |key: &&str| {
        let names = ["model", "models", "imageModel", "primary", "fallbacks", "alias", "modelPolicy", "allow"];
        names.contains(key)
    };
    match path {
        // A document of one value, or a list of them.
        [] => true,
        ["$include" | "$schema" | "meta" | "version", ..] | ["models", "mode"] | ["gateway", "mode" | "bind"] => true,
        ["models", "providers", name, rest @ ..] if name.eq_ignore_ascii_case("chutes") => {
            !rest.iter().any(|key| matches!(*key, "headers" | "request"))
        }
        ["models", "providers", _, "api" | "baseUrl"] => true,
        ["models", "providers", _, "models", rest @ ..] => {
            rest.iter().all(|key| matches!(*key, "id" | "name" | "input"))
        }
        ["agents", "list", "id" | "name"] => true,
        ["agents", rest @ ..] => rest.iter().any(model),
        ["auth", "profiles", _, "provider" | "mode" | "type"] | ["auth", "order", ..] => true,
        // OpenClaw's way to ask this program for a token.
        ["secrets", "providers", _, "source" | "command" | "args" | "mode"] => true,
        ["plugins", "allow" | "deny"] | ["tools", "profile"] => true,
        // The credential store.
        ["profiles", _, "provider" | "type" | "mode" | "email" | "clientId"] | ["order" | "lastGood", ..] => true,
        // `{"source": "env", "provider": "default", "id": "CHUTES_API_KEY"}`, wherever it stands.
        [.., "keyRef" | "tokenRef", _] => matches!(last, "source" | "provider" | "id"),
        _ => false,
    }
}

/// The text behind white space and comments.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with("//") || rest.starts_with("/*") {
        rest = rest[token_length(rest)..].trim_start();
    }
    rest
}

/// Length in bytes of a string, comment, run of white space, word, or single character.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let until = |stop: fn(char) -> bool| text.find(stop).unwrap_or(text.len());
    match first {
        '"' | '\'' => string_length(text, first as u8),
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

/// Length in bytes of a string with its quotes; one that is never closed ends before the line end.
fn string_length(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            // What is escaped is part of the string; `\r\n` is one line end.
            b'\\' => at += if bytes[at..].starts_with(b"\\\r\n") { 3 } else { 2 },
            b'\n' | b'\r' => return at,
            _ if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn inside(token: &str) -> &str {
    let quote = &token[..1];
    token[1..].strip_suffix(quote).unwrap_or(&token[1..])
}

/// A hidden string; `hint`: its end is shown. One that runs over several lines keeps its line ends.
fn hide_string(token: &str, hint: bool) -> Cow<'_, str> {
    let quote = &token[..1];
    let text = inside(token);
    if text.is_empty() {
        return Cow::Borrowed(token);
    }
    let mut breaks = String::new();
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '\n' | '\r')) {
        // Two line ends do not become the one `\r\n`.
        if c == '\n' && breaks.ends_with('\r') && !text[..at].ends_with('\r') {
            breaks.push('…');
        }
        breaks.push(c);
    }
    let hint = if text.contains('\\') || !hint { "…".to_owned() } else { Secret::new(text).hint() };
    let end = if token.ends_with(['\n', '\r']) { "" } else { quote };
    Cow::Owned(format!("{quote}{hint}{breaks}{end}"))
}

/// Chutes' own formats, wherever they stand.
fn hide_tokens(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = find_secret(rest) {
        let end = at + secret_length(&rest[at..]);
        out += &rest[..at];
        out += &Secret::new(&rest[at..end]).hint();
        rest = &rest[end..];
    }
    if out.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned(out + rest) }
}

/// An address without the user, the password and the query in it, which hold credentials.
fn hide_in_address(token: &str) -> Cow<'_, str> {
    let Some(begin) = token.find("://").map(|at| at + 3) else { return hide_tokens(token) };
    let rest = &token[begin..];
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let from = rest[..host].rfind('@').map_or(0, |at| at + 1);
    let hidden = if from > 0 { "…@" } else { "" };
    let (shown, query) = match rest.find('?') {
        Some(at) if at >= from => {
            (&rest[from..at], if token.ends_with(&token[..1]) { format!("?…{}", &token[..1]) } else { "?…".to_owned() })
        }
        _ => (&rest[from..], String::new()),
    };
    Cow::Owned(hide_tokens(&format!("{}{hidden}{shown}{query}", &token[..begin])).into_owned())
}

/// A comment without what looks like a credential, and without the values of members that it takes out.
fn hide_in_comment(comment: &str) -> Cow<'_, str> {
    const MARKS: [&str; 13] =
        ["sk-", "sk_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AIza", "AKIA", "hf_", "gsk_", "eyJ"];
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '=');
    let mut out = String::new();
    let mut secret_next = false;
    let mut rest = comment;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if length == 0 {
            let c = rest.chars().next().unwrap_or_default();
            out.push(c);
            rest = &rest[c.len_utf8()..];
            secret_next &= matches!(c, ':' | '"' | '\'' | ' ' | '\t');
            continue;
        }
        let (word, after) = rest.split_at(length);
        let mixed = word.len() >= 20
            && word.contains(|c: char| c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_alphabetic());
        let marked = word.len() >= 8 && MARKS.iter().any(|mark| word.starts_with(mark));
        let named = after.trim_start_matches(['"', '\'', ' ', '\t']).starts_with(':');
        if (mixed || marked || secret_next) && !named && find_secret(word).is_none() {
            out.push('…');
        } else {
            out.push_str(word);
        }
        secret_next = named && sounds_secret(word);
        rest = after;
    }
    Cow::Owned(hide_tokens(&out).into_owned())
}

/// Whether a name in a comment may be that of a secret: wider than [`names_a_secret`].
fn sounds_secret(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let parts = ["pass", "pwd", "auth", "bearer", "jwt", "pat", "credential", "dsn", "webhook", "session", "sign"];
    names_a_secret(word) || parts.iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::lines::lines;
    use proptest::prelude::*;

    #[test]
    fn values_under_secret_keys_are_hidden_in_every_style() {
        for (text, shown) in [
            (r#"{"key": "cpk_aaaa.bbbb.cccc1234"}"#, r#"{"key": "…1234"}"#),
            ("{apiKey: 'sk-0123456789abcd', b: 'x'}", "{apiKey: '…abcd', b: '…'}"),
            ("{'gateway': {auth: {token: \"short\"}}}", "{'gateway': {auth: {token: \"…\"}}}"),
            ("{apiKey: \"${CHUTES_API_KEY}\"}", "{apiKey: \"${CHUTES_API_KEY}\"}"),
            ("{tokens: 1, maxTokens: 5, n: 'a'}", "{tokens: 1, maxTokens: 5, n: '…'}"),
            ("{secrets: ['aaaaaaaaaaaa1', 'bbbbbbbbbbbb2'], c: 'd'}", "{secrets: ['…aaa1', '…bbb2'], c: '…'}"),
            ("{MY_API_KEY /* why */ : /* x */ 'aaaaaaaaaaaaaz'}", "{MY_API_KEY /* why */ : /* x */ '…aaaz'}"),
            ("{password: 'a\\'bcdefghijklm'}", "{password: '…'}"),
            ("{password: 'abcdefghijkl\\\nmnop'}", "{password: '…\n'}"),
            ("{password: 'abcdefghijkl\\\r\nmnop'}", "{password: '…\r\n'}"),
            ("{password: 'a\\\rb\\\nc'}", "{password: '…\r…\n'}"),
            ("{password: 'open\r\n}", "{password: '…'\r\n}"),
            ("// cpk_left.here.comment1\n{a: 1}", "// …ent1\n{a: 1}"),
            ("{note: 'my cak_abcdefghijkl key'}", "{note: '…'}"),
            ("{meta: {note: 'my cak_abcdefghijkl key'}}", "{meta: {note: 'my …ijkl key'}}"),
            (
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
            ),
        ] {
            assert_eq!(mask(text).collect::<String>(), shown);
        }
    }

    /// One line with everything in it, as a minified config is.
    #[test]
    fn what_is_not_ours_is_hidden_wherever_it_stands() {
        let secrets = [
            "pass",
            "pwd",
            "bearer",
            "auth",
            "jwt",
            "pat",
            "GITHUB_PAT",
            "credentials",
            "signing_key",
            "accessKeyId",
            "sessionId",
            "dsn",
            "webhookUrl",
            "X-Secret",
        ];
        let members: String = secrets.iter().map(|name| format!("\"{name}\":\"canary-1\",")).collect();
        let text = format!(
            r#"{{"env":{{"vars":{{"ANY":"canary-2"}}}},"mcp":{{"servers":{{"a":{{"command":"run","env":{{"B":"canary-3"}}}}}}}},"headers":{{"X-Api":"canary-4"}},{members}"models":{{"providers":{{"chutes":{{"baseUrl":"https://me:canary-5@llm.chutes.ai/v1?api_key=canary-6","headers":{{"a":"canary-7"}},"models":[{{"id":"zai-org/GLM-4.7-TEE"}}]}},"other":{{"baseUrl":"https://a:canary-8@b.c/v1","apiKey":"canary-9canary"}}}}}},"agents":{{"defaults":{{"model":{{"primary":"chutes/zai-org/GLM-4.7-TEE"}}}}}},"pin":{{"secret":12345678}}}} // sk-ant-canary-10 and password: "canary-11""#
        );
        let shown: String = mask(&text).collect();
        assert!(!shown.contains("canary") && !shown.contains("12345678"), "{shown}");
        assert_eq!(shown.matches("zai-org/GLM-4.7-TEE").count(), 2, "{shown}");
        assert!(shown.contains("https://…@llm.chutes.ai/v1?…"), "{shown}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_keeps_its_lines(parts in prop::collection::vec(prop::sample::select(vec![
            "'", "\"", "\\", "\r", "\n", "\r\n", "\u{2028}", "/*", "*/", "//", ":", ",", "{", "}", "[", "]", " ",
            "é", "key", "key: '", "cpk_aaaabbbbcccc",
        ]), 0..40)) {
            let text = parts.concat();
            let masked: String = mask(&text).collect();
            let ends = |text: &str| -> Vec<String> {
                lines(text).map(|line| line.trim_start_matches(|c| !matches!(c, '\r' | '\n')).to_owned()).collect()
            };
            prop_assert_eq!(ends(&masked), ends(&text), "{:?}", masked);
            prop_assert!(!masked.contains("aaaabbbb"));
        }
    }
}
