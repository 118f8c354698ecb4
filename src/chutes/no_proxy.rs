//! `NO_PROXY` as OpenClaw reads it: entries between commas or white space, each a name that counts with all
//! below it (`example.com`, `.example.com`, `*.example.com`), an address, a block (`10.0.0.0/8`), or octets
//! with stars (`10.1.*`), with a port behind it or not; `*` alone is everything.

use std::net::Ipv4Addr;
use url::Url;

/// Whether a call of `url` goes around the proxy.
pub(super) fn matches(setting: &str, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_matches(['[', ']']).to_lowercase();
    let port = url.port_or_known_default();
    let setting = setting.trim();
    let entries = setting.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    setting == "*" || entries.map(str::to_lowercase).any(|entry| matches_entry(&entry, &host, port))
}

fn matches_entry(entry: &str, host: &str, port: Option<u16>) -> bool {
    let Some((name, wanted)) = name_and_port(entry) else { return false };
    if wanted.is_some_and(|wanted| wanted.parse() != Ok(port.unwrap_or_default())) {
        return false;
    }
    let name = name.strip_prefix("*.").unwrap_or(name);
    let name = name.strip_prefix('.').unwrap_or(name);
    if name.is_empty() || name == "*" {
        return false;
    }
    let below = || host.strip_suffix(name).is_some_and(|above| above.ends_with('.'));
    host == name || below() || matches_address(name, host)
}

/// `[::1]:443`, `::1`, `host:443`, `host`.
fn name_and_port(entry: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = entry.strip_prefix('[') {
        let (name, rest) = bracketed.split_once(']')?;
        let port = rest.strip_prefix(':');
        return (port.is_some() || rest.is_empty()).then_some((name, port));
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match entry.split_once(':') {
        Some((name, port)) if digits(port) => Some((name, Some(port))),
        _ => Some((entry, None)),
    }
}

/// A block, or octets with stars: the last star stands for all that follow.
fn matches_address(pattern: &str, host: &str) -> bool {
    let Ok(host) = host.parse::<Ipv4Addr>() else { return false };
    if let Some((network, bits)) = pattern.split_once('/') {
        let (Ok(network), Ok(bits @ 0..=32)) = (network.parse::<Ipv4Addr>(), bits.parse::<u32>()) else { return false };
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        return host.to_bits() & mask == network.to_bits() & mask;
    }
    let parts: Vec<&str> = pattern.split('.').collect();
    let fits = |(part, octet): (&&str, u8)| *part == "*" || part.parse() == Ok(octet);
    let ends = parts.len() == 4 || parts.last() == Some(&"*");
    parts.contains(&"*") && parts.len() <= 4 && ends && parts.iter().zip(host.octets()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_mean_what_they_mean_to_openclaw() {
        for (setting, url, around) in [
            ("*", "https://llm.chutes.ai/v1", true),
            ("chutes.ai", "https://llm.chutes.ai/v1", true),
            (".chutes.ai", "https://llm.chutes.ai/v1", true),
            ("*.chutes.ai", "https://llm.chutes.ai/v1", true),
            ("*.chutes.ai", "https://chutes.ai/v1", true),
            ("CHUTES.AI", "https://llm.chutes.ai/v1", true),
            ("hutes.ai", "https://llm.chutes.ai/v1", false),
            ("llm.chutes.ai.evil", "https://llm.chutes.ai/v1", false),
            ("a.b  llm.chutes.ai\tc.d", "https://llm.chutes.ai/v1", true),
            ("a.b,,llm.chutes.ai:443", "https://llm.chutes.ai/v1", true),
            ("llm.chutes.ai:8443", "https://llm.chutes.ai/v1", false),
            ("llm.chutes.ai:8443", "https://llm.chutes.ai:8443/v1", true),
            ("*, chutes.dev", "https://llm.chutes.ai/v1", false),
            ("10.0.0.0/8", "http://10.20.30.40/v1", true),
            ("10.0.0.0/8", "http://11.20.30.40/v1", false),
            ("0.0.0.0/0", "http://11.20.30.40/v1", true),
            ("10.0.0.0/33", "http://10.20.30.40/v1", false),
            ("10.20.*", "http://10.20.30.40/v1", true),
            ("10.*.30.40", "http://10.20.30.40/v1", true),
            ("10.20", "http://10.20.30.40/v1", false),
            ("10.21.*", "http://10.20.30.40/v1", false),
            ("[fd00::1]:80", "http://[fd00::1]/v1", true),
            ("fd00::1", "http://[fd00::1]/v1", true),
            ("[fd00::1", "http://[fd00::1]/v1", false),
            ("", "https://llm.chutes.ai/v1", false),
            ("http://llm.chutes.ai", "https://llm.chutes.ai/v1", false),
        ] {
            assert_eq!(matches(setting, &Url::parse(url).unwrap()), around, "{setting} {url}");
        }
    }
}
