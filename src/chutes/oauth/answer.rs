//! What a browser or a person brings back: one parser, and one verdict, for callback and paste.
//!
//! A paste may come from an address bar, a mail, a `curl` line, a terminal that wrapped it. Where such
//! a text can be read in several ways, the reading that carries this attempt's state is the right one.

use super::attempt::{Attempt, LoopbackHost, is_forwarded};
use crate::chutes::endpoints::host_of;
use crate::clean;
use crate::secret::Secret;
use crate::time::UnixMillis;
use std::borrow::Cow;

/// The longest paste that is looked at, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// How many places of a wrapped paste are tried as its end, besides the first sixteen.
const MAX_CUTS: usize = 48;

/// What an answer means for an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The authorization code, to be exchanged once.
    Code(Secret),
    /// The service answered this very attempt with a refusal: the attempt is over.
    Refused(Refusal),
    /// Not an answer to this attempt: it goes on.
    Mistake(Mistake),
}

/// An `error=` that came with the right state. Descriptions are safe to show, at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Denied { description: Option<String> },
    InvalidScope { description: Option<String> },
    Other { error: String, description: Option<String> },
}

/// What exactly is wrong with what was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    Empty,
    TooLong {
        bytes: usize,
    },
    /// A code without its state.
    OnlyCode,
    /// The link that we showed, or one like it, instead of the address it leads to.
    AuthorizeLink,
    /// The state of another attempt.
    OtherAttempt,
    /// A redirect without state.
    NoState,
    /// The right state with neither code nor error: the address was cut.
    NoCode,
    /// A parameter occurs twice with different values.
    Ambiguous,
    /// The right answer, too late; when the time ran out, in Unix milliseconds.
    Expired {
        at: UnixMillis,
    },
    /// An address of another site; its host.
    OtherSite {
        host: String,
    },
    Unrecognised,
}

/// The verdict on `input`: the target of a callback request, or whatever was pasted. State first,
/// then `error`, then time, then code.
pub fn judge(input: &str, attempt: &Attempt, now: UnixMillis) -> Verdict {
    if input.len() > MAX_BYTES {
        return Verdict::Mistake(Mistake::TooLong { bytes: input.len() });
    }
    let text = tidy(input);
    if text.trim().is_empty() {
        return Verdict::Mistake(Mistake::Empty);
    }
    let readings = readings(&text);
    let ours = readings.iter().find(|reading| reading.values("state").any(|state| same(&state, attempt.state())));
    match ours.or(readings.first()) {
        Some(reading) => reading.verdict(attempt, now),
        None => Verdict::Mistake(Mistake::Unrecognised),
    }
}

/// Equal, in a time that depends on the length alone.
fn same(given: &str, expected: &Secret) -> bool {
    let expected = expected.expose();
    let differing = given.bytes().zip(expected.bytes()).fold(0u8, |sum, (a, b)| std::hint::black_box(sum | (a ^ b)));
    given.len() == expected.len() && differing == 0
}

/// Without what cannot belong to an address: escape sequences of a paste, invisible characters, HTML
/// and shell escapes.
fn tidy(input: &str) -> String {
    let text = input.replace("\u{1b}[200~", "").replace("\u{1b}[201~", "");
    // PowerShell's way to let one through; a backtick alone may be a quote.
    let text = text.replace("`&", "&");
    let text: String = text
        .chars()
        .filter_map(|c| match c {
            '\r' | '\n' => Some('\n'),
            '\t' | '\u{a0}' | '\u{3000}' => Some(' '),
            // `\&` and `^&` are how shells let an address through.
            '\\' | '^' => None,
            '“' | '”' | '„' => Some('"'),
            '‘' | '’' => Some('\''),
            '＆' => Some('&'),
            '＝' => Some('='),
            '？' => Some('?'),
            c if clean::is_unsafe(c) => None,
            c => Some(c),
        })
        .collect();
    unescape_html(&text)
}

fn unescape_html(text: &str) -> String {
    const ENTITIES: [(&str, &str); 17] = [
        ("&amp;", "&"),
        ("&AMP;", "&"),
        ("&#38;", "&"),
        ("&#038;", "&"),
        ("&#x26;", "&"),
        ("&#X26;", "&"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#61;", "="),
        ("&#x3D;", "="),
        ("&equals;", "="),
        ("&nbsp;", " "),
    ];
    let mut text = Cow::Borrowed(text);
    // Twice: a mail client may escape what was escaped already.
    for _ in 0..2 {
        for (entity, plain) in ENTITIES {
            if text.contains(entity) {
                text = Cow::Owned(text.replace(entity, plain));
            }
        }
    }
    text.into_owned()
}

/// Every way to read `text` as one address, the most likely first.
fn readings(text: &str) -> Vec<Reading> {
    let decoded;
    let mut text = text;
    // A whole address that was percent-encoded once more, as in somebody's `?continue=…`.
    if !text.contains("state=") && contains_ignoring_case(text, "state%3d") {
        decoded = percent_decode(text);
        text = &decoded;
    }
    let starts = starts(text);
    let mut readings = Vec::new();
    for (nth, &start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().filter(|_| nth == 0).unwrap_or(text.len());
        let rest = &text[start..end];
        let quote = text[..start].chars().next_back().filter(|c| matches!(c, '\'' | '"' | '`'));
        if let Some(inside) = quote.and_then(|quote| rest.split_once(quote)).map(|(inside, _)| inside) {
            readings.extend(Reading::new(&inside.split_whitespace().collect::<String>()));
        }
        for joined in joinings(rest) {
            readings.extend(Reading::new(&joined));
        }
    }
    readings
}

/// Where an address may begin: at a scheme, at a host, or at the parameters.
fn starts(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let schemes: Vec<usize> = lower
        .match_indices("://")
        .filter_map(|(at, _)| {
            // A second paste may follow the first without a gap, so the two schemes of an address come first.
            let known = ["https", "http"].into_iter().find(|scheme| lower[..at].ends_with(scheme));
            let word = || lower[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').len();
            let name = known.map_or_else(word, |scheme| at - scheme.len());
            // An address in the value of a parameter is not where this one begins.
            let in_value = lower[..name].ends_with('=');
            (name < at && !in_value).then_some(name)
        })
        .take(4)
        .collect();
    if !schemes.is_empty() {
        return schemes;
    }
    let bare = ["localhost:", "127.0.0.1:", "[::1]:", "/oauth-callback", "?code=", "?state=", "?error=", "#code="]
        .iter()
        .chain(&["code=", "state=", "error=", "error_description="])
        .filter_map(|mark| lower.find(mark))
        .min();
    vec![bare.unwrap_or_else(|| text.len() - text.trim_start().len())]
}

/// `rest` put together again: lines joined without the white space and frames at their ends, up to
/// the first space; then also across spaces. Longest first.
fn joinings(rest: &str) -> Vec<String> {
    let frame = |c: char| c == ' ' || matches!(c, '│' | '┃' | '|' | '▏' | '▕' | '║');
    let lines: Vec<&str> = rest
        .split('\n')
        .map(|line| line.trim_matches(frame).trim_start_matches("> ").trim_matches(frame))
        .filter(|line| !line.is_empty())
        .collect();
    let mut by_line = Vec::new();
    for line in &lines {
        let mut words = line.split(' ');
        by_line.extend(words.next());
        if words.next().is_some() {
            break;
        }
    }
    let by_word: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).filter(|word| !word.is_empty()).collect();
    let mut out = Vec::new();
    for pieces in [by_line, by_word] {
        let shortest = (1..=pieces.len().saturating_sub(MAX_CUTS).min(16)).rev();
        for count in (1..=pieces.len()).rev().take(MAX_CUTS).chain(shortest) {
            let joined = join(&pieces[..count]);
            if out.last() != Some(&joined) {
                out.push(joined);
            }
        }
    }
    out
}

/// Pieces of one address; a piece that begins a parameter gets the `&` it lost.
fn join(pieces: &[&str]) -> String {
    let mut out = String::new();
    for piece in pieces {
        let parameter = ["code=", "state=", "error=", "error_description="].iter().any(|name| piece.starts_with(name));
        if parameter && out.contains('=') && !out.ends_with(['&', '?', '#']) {
            out.push('&');
        }
        out.push_str(piece);
    }
    out
}

/// One address, taken apart. Names and values are decoded.
struct Reading {
    host: Option<String>,
    pairs: Vec<(String, String)>,
    text: String,
}

impl Reading {
    fn new(text: &str) -> Option<Reading> {
        // Ends at the first character that no address has, and not in the punctuation around it.
        let end = text.find(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '{' | '}'));
        let text = text[..end.unwrap_or(text.len())].trim_end_matches(['.', ',', ';', ':', ')', ']', '*', '!', '&']);
        if text.is_empty() {
            return None;
        }
        let (address, parameters) = match text.find(['?', '#']) {
            Some(at) => (&text[..at], &text[at + 1..]),
            None if text.split('&').next().is_some_and(|first| first.contains('=') && !first.contains('/')) => {
                ("", text)
            }
            None => (text, ""),
        };
        let query = parameters.split('#').next().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned()));
        let after_scheme = address.split_once("://").map(|(_, rest)| rest);
        let authority = after_scheme.unwrap_or(address).split('/').next().unwrap_or_default();
        let named = after_scheme.is_some() || !address.starts_with('/') && authority.contains(':');
        Some(Reading {
            host: (named && !authority.is_empty()).then(|| authority.to_ascii_lowercase()),
            pairs: pairs.collect(),
            text: text.to_owned(),
        })
    }

    fn values(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        self.pairs.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| Cow::Borrowed(v.as_str()))
    }

    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.values(name).next()
    }

    fn verdict(&self, attempt: &Attempt, now: UnixMillis) -> Verdict {
        match self.refusal_or_code(attempt, now) {
            Ok(verdict) => verdict,
            Err(mistake) => Verdict::Mistake(mistake),
        }
    }

    fn refusal_or_code(&self, attempt: &Attempt, now: UnixMillis) -> Result<Verdict, Mistake> {
        if self.value("code_challenge").is_some() || self.value("response_type").is_some() {
            return Err(Mistake::AuthorizeLink);
        }
        let is_here = |host: &str| is_loopback(host) || is_forwarded(host, attempt.settings.redirect.port());
        if let Some(host) = self.host.as_deref().filter(|host| !is_here(host)) {
            let of_service = host == host_of(&attempt.settings.endpoints.idp) && self.text.contains("/idp/authorize");
            return Err(match of_service {
                true => Mistake::AuthorizeLink,
                false => Mistake::OtherSite { host: clean::excerpt(host, 80) },
            });
        }
        for name in ["state", "code", "error"] {
            let mut values = self.values(name);
            let first = values.next();
            if values.any(|other| Some(other) != first) {
                return Err(Mistake::Ambiguous);
            }
        }
        let code = self.value("code");
        match self.value("state") {
            Some(state) if same(&state, attempt.state()) => {}
            Some(_) => return Err(Mistake::OtherAttempt),
            None if code.is_some() || self.is_bare_code() => return Err(Mistake::OnlyCode),
            None if self.host.is_some() || self.value("error").is_some() => return Err(Mistake::NoState),
            None => return Err(Mistake::Unrecognised),
        }
        if let Some(error) = self.value("error") {
            let description = self.value("error_description").map(|text| clean::excerpt(text.trim(), 200));
            return Ok(Verdict::Refused(match error.as_ref() {
                "access_denied" => Refusal::Denied { description },
                "invalid_scope" => Refusal::InvalidScope { description },
                other => Refusal::Other { error: clean::excerpt(other, 60), description },
            }));
        }
        let code = code.ok_or(Mistake::NoCode)?;
        if attempt.expired(now) {
            return Err(Mistake::Expired { at: attempt.expires_at });
        }
        Ok(Verdict::Code(Secret::new(code)))
    }

    /// One long word without structure: most likely the code by itself.
    fn is_bare_code(&self) -> bool {
        let word = |b: u8| b.is_ascii_alphanumeric() || b"-_.~+/%".contains(&b);
        self.pairs.is_empty() && self.host.is_none() && self.text.len() >= 12 && self.text.bytes().all(word)
    }
}

/// Any spelling of this machine, whatever the port: the state decides whether it is our answer.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    LoopbackHost::parse(host).is_some() || host == "0.0.0.0"
}

fn contains_ignoring_case(text: &str, lower: &str) -> bool {
    text.as_bytes().windows(lower.len()).any(|part| part.eq_ignore_ascii_case(lower.as_bytes()))
}

fn percent_decode(text: &str) -> String {
    // A `+` here is part of the inner address.
    let kept = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let kept = format!("x={kept}");
    url::form_urlencoded::parse(kept.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}
