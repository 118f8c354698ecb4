//! Where Chutes is. Both addresses can be overridden; an override must be `https`, or `http` on a
//! loopback host.

use super::credential_kinds::variable;
use crate::clean::is_unsafe;
use crate::texts::{Lang, chutes as text};
use std::net::IpAddr;
use url::{Host, Url};

pub const DEFAULT_API: &str = "https://llm.chutes.ai/v1";
pub const DEFAULT_IDP: &str = "https://api.chutes.ai";
/// Where a person creates an API key.
pub const API_KEYS_PAGE: &str = "https://chutes.ai/app/settings/api-keys";
/// Where a person sees the balance and adds to it.
pub const ACCOUNT_PAGE: &str = "https://chutes.ai/app";
/// How to register an OAuth app.
pub const OAUTH_DOCS: &str = "https://chutes.ai/docs/sign-in-with-chutes/overview";

/// The service in force. No trailing slash on either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// OpenAI-compatible API, `…/v1`.
    pub api: String,
    /// Identity provider; `/idp/authorize` and the others are below it.
    pub idp: String,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self { api: DEFAULT_API.to_owned(), idp: DEFAULT_IDP.to_owned() }
    }
}

/// An override that is refused, with the variable that holds it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub struct BadEndpoint {
    pub variable: &'static str,
    pub value: String,
}

impl BadEndpoint {
    /// Which variable, and what it may hold. The value is not repeated: it may carry a password.
    pub fn message(&self, lang: Lang) -> String {
        text::bad_endpoint(lang, self.variable)
    }
}

impl Endpoints {
    /// `CHUTES_BASE_URL` and `CHUTES_IDP_BASE_URL`, else the defaults.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, BadEndpoint> {
        let of = |variable: &'static str, default: &str| match var(variable).filter(|v| !v.trim().is_empty()) {
            None => Ok(default.to_owned()),
            Some(value) => accept(value.trim()).ok_or(BadEndpoint { variable, value }),
        };
        Ok(Self { api: of(variable::BASE_URL, DEFAULT_API)?, idp: of(variable::IDP_BASE_URL, DEFAULT_IDP)? })
    }

    /// The service that a config is set up for: its own address, unless the environment names another.
    pub fn of_config(mut self, base_url: Option<&str>, var: impl Fn(&str) -> Option<String>) -> Self {
        if let (Some(base_url), None) = (base_url, var(variable::BASE_URL)) {
            base_url.clone_into(&mut self.api);
        }
        self
    }

    /// Whether both addresses are Chutes' own, or both were overridden. What belongs to the one is no
    /// business of somebody else's other.
    pub fn one_service(&self) -> bool {
        (self.api == DEFAULT_API) == (self.idp == DEFAULT_IDP)
    }

    /// Host, and port where it is not the scheme's own, of the API.
    pub fn api_host(&self) -> String {
        host_of(&self.api)
    }
}

/// `host` or `host:port` of an address, for messages.
pub fn host_of(address: &str) -> String {
    Url::parse(address)
        .ok()
        .and_then(|url| {
            let host = url.host_str()?.to_owned();
            Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
        })
        .unwrap_or_default()
}

fn accept(value: &str) -> Option<String> {
    let url = Url::parse(value).ok().filter(|url| says_what_it_means(value, url))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let allowed = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(&url),
        _ => false,
    };
    (plain && allowed).then(|| value.trim_end_matches('/').to_owned())
}

/// The parser of addresses mends a lot: control characters are dropped, slashes put in and taken out, numbers become
/// IP addresses. Whoever looks at such an address sees another host than is asked.
fn says_what_it_means(value: &str, url: &Url) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !value.chars().any(|c| is_unsafe(c) || c.is_whitespace() || c == '\\');
    let same = match url.host() {
        Some(Host::Domain(_)) => !host.contains('%'),
        Some(ip) => host == ip.to_string() || host.starts_with(&format!("{ip}:")),
        None => true,
    };
    plain && !host.is_empty() && same
}

/// True for `localhost` and the loopback addresses, and for nothing that only looks like them.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> Result<Endpoints, BadEndpoint> {
        Endpoints::from_env(|name| (name == "CHUTES_BASE_URL").then(|| value.to_owned()))
    }

    #[test]
    fn https_anywhere_and_http_on_loopback_only() {
        for good in [
            "https://proxy.example/v1",
            "https://10.0.0.1:8443/v1",
            "https://xn--bcher-kva.example/v1",
            "HTTPS://Proxy.example/v1",
            "http://127.0.0.1:8080/v1",
            "http://localhost:1/v1/",
            "http://[::1]:9/v1",
        ] {
            assert_eq!(with(good).expect(good).api, good.trim_end_matches('/'));
        }
        for bad in [
            "http://example.com/v1",
            "http://127.0.0.1.evil.tld/v1",
            "http://localhost.evil.tld",
            "ftp://127.0.0.1",
            "https://user:pw@example.com/v1",
            "http://127.0.0.1@evil.tld/v1",
            "not a url",
            "https://x/v1?key=1",
            "https:///v1",
            "https:/x/v1",
            "https:x/v1",
            "https:\\\\x/v1",
            "https://x/\u{1b}[2J",
            "https://x/v\n1",
            "https://x /v1",
            "http://2130706433/v1",
            "http://0x7f.1/v1",
            "http://127.1/v1",
            "https://%6c%6c%6d.example/v1",
            "https://x\u{202e}/v1",
            // Without tables of Unicode, an international name is given in its encoded form.
            "https://b\u{fc}cher.example/v1",
        ] {
            assert_eq!(with(bad).expect_err(bad).variable, "CHUTES_BASE_URL");
        }
        assert_eq!(with("").expect("unset"), Endpoints::default());
    }
}
