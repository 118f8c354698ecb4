//! The `.env` file of a state directory: variables that OpenClaw, its gateway included, reads for
//! itself. One variable is set, every other byte stays.

use crate::secret::Secret;
use std::borrow::Cow;

/// The last value of `name`, as OpenClaw reads it. None: not set, or to nothing.
pub fn value(text: &str, name: &str) -> Option<String> {
    let mut values =
        text.lines().rev().filter_map(|line| assignment(line).filter(|(n, _)| *n == name).map(|(_, v)| plain(v)));
    values.next().filter(|value| !value.is_empty())
}

/// The names of the variables that are set to something.
pub fn names(text: &str) -> impl Iterator<Item = String> {
    let filled = |(name, value): (&str, &str)| (!plain(value).is_empty()).then(|| name.to_owned());
    text.lines().filter_map(move |line| assignment(line).and_then(filled))
}

/// The text with `name` set to `value`, which needs no quotes: in the lines that set it, else in a new
/// line at the end.
pub fn set(text: &str, name: &str, value: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut found = false;
    let mut out = String::with_capacity(text.len() + name.len() + value.len() + 4);
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\r', '\n']);
        match assignment(body) {
            Some((known, old)) if known == name => {
                found = true;
                out += &body[..body.len() - old.len()];
                out += value;
                out += &line[body.len()..];
            }
            _ => out += line,
        }
    }
    if !found {
        if !out.is_empty() && !out.ends_with('\n') {
            out += end;
        }
        out += &format!("{name}={value}{end}");
    }
    out
}

/// The text, in pieces, with every value hidden but its end: nobody can tell which of them are secrets.
pub fn mask(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split_inclusive('\n').map(|line| {
        let body = line.trim_end_matches(['\r', '\n']);
        let end = &line[body.len()..];
        match assignment(body) {
            Some((_, value)) if !value.trim().is_empty() => {
                Cow::Owned(format!("{}{}{end}", &body[..body.len() - value.len()], Secret::new(plain(value)).hint()))
            }
            Some(_) => Cow::Borrowed(line),
            // The further lines of a quoted value, or a comment that may hold anything.
            None if body.trim().is_empty() => Cow::Borrowed(line),
            None => Cow::Owned(format!("…{end}")),
        }
    })
}

/// `NAME=value` or `export NAME=value`; the value as it stands, to the end of the line.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    let rest = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = rest.split_once('=')?;
    let name = name.trim();
    let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    valid.then_some((name, value))
}

/// Without quotes, a comment behind, and the white space around.
fn plain(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\'', '`'] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside.to_owned();
        }
    }
    value.split('#').next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "CHUTES_CLIENT_SECRET";

    #[test]
    fn one_variable_is_set_and_every_other_byte_stays() {
        for (text, expected) in [
            ("", "CHUTES_CLIENT_SECRET=csc_new\n"),
            ("A=1", "A=1\nCHUTES_CLIENT_SECRET=csc_new\n"),
            ("# mine\r\nA='x y'\r\n", "# mine\r\nA='x y'\r\nCHUTES_CLIENT_SECRET=csc_new\r\n"),
            ("export CHUTES_CLIENT_SECRET=\"csc_old\" # why\nB=2\n", "export CHUTES_CLIENT_SECRET=csc_new\nB=2\n"),
            (
                "X_CHUTES_CLIENT_SECRET=1\n# CHUTES_CLIENT_SECRET=no\n",
                "X_CHUTES_CLIENT_SECRET=1\n# CHUTES_CLIENT_SECRET=no\nCHUTES_CLIENT_SECRET=csc_new\n",
            ),
        ] {
            let changed = set(text, NAME, "csc_new");
            assert_eq!(changed, expected);
            assert_eq!(value(&changed, NAME).as_deref(), Some("csc_new"));
            assert_eq!(set(&changed, NAME, "csc_new"), changed);
        }
    }

    #[test]
    fn values_are_read_as_openclaw_reads_them() {
        let text = "CHUTES_CLIENT_SECRET = 'a # b'\nA=1\nCHUTES_CLIENT_SECRET=c # d\nE=\"\"\n";
        assert_eq!(value(text, NAME).as_deref(), Some("c"));
        assert_eq!(value("CHUTES_CLIENT_SECRET='a # b'", NAME).as_deref(), Some("a # b"));
        assert_eq!(value(text, "E"), None);
        assert_eq!(value("# CHUTES_CLIENT_SECRET=x", NAME), None);
    }

    #[test]
    fn nothing_of_a_value_is_shown_but_its_end() {
        let text = "OPENAI_API_KEY=sk-0123456789abcdef\n\nS=short\r\nQ=\"first\nsecond canary\"\n# csc_canary\n";
        let shown: String = mask(text).collect();
        assert_eq!(shown, "OPENAI_API_KEY=…cdef\n\nS=…\r\nQ=…\n…\n…\n");
        assert_eq!(shown.lines().count(), text.lines().count());
    }
}
