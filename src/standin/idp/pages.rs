//! The pages of a sign-in, as a browser shows them.

use super::Ask;
use crate::http1::{Request, Response};
use crate::texts::{Lang, signin as t};

const PAGE: &str = include_str!("../../../assets/callback/consent.html");
const STYLE: &str = include_str!("../../../assets/callback/page.css");

/// Who may sign in: an account secret of the shape that the service gives, which the login page brings
/// along, so that nobody types a real one.
pub(super) const FINGERPRINT: &str = "demoDEMOdemoDEMOdemoDEMOdemoDEMO";

pub(super) fn language(request: &Request) -> Lang {
    let tag = request.header("accept-language").unwrap_or_default().split([',', ';']).next().unwrap_or_default();
    Lang::from_tag(tag.trim()).unwrap_or_default()
}

/// A page instead of a redirect, in the words of the service: the terminal hears nothing of it.
pub(super) fn refusal(lang: Lang, why: &str) -> Response {
    page(400, lang, t::consent_error_title(lang), why, "")
}

pub(super) fn login(ask: &Ask, app: &str, username: &str, error: &str, lang: Lang) -> Response {
    let hidden: String = [
        ("client_id", ask.client_id.as_str()),
        ("redirect_uri", &ask.redirect_uri),
        ("state", &ask.state),
        ("scope", &ask.scope),
        ("code_challenge", &ask.challenge),
        ("code_challenge_method", if ask.challenge.is_empty() { "" } else { "S256" }),
        ("auth_method", "fingerprint"),
        ("fingerprint", FINGERPRINT),
    ]
    .iter()
    .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value)))
    .collect();
    let error = if error.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(error)) };
    let body = format!(
        "{error}<form method=\"post\" action=\"/idp/login\">{hidden}\
         <button id=\"login\" value=\"allow\">{}</button></form>",
        t::login_submit(lang, escape(username)),
    );
    page(200, lang, t::login_title(lang), &t::login_text(lang, escape(app)), &body)
}

pub(super) fn consent(app: &str, scopes: &[&str], session: &str, lang: Lang) -> Response {
    let items: String = scopes.iter().map(|scope| format!("<li>{}</li>", escape(scope))).collect();
    let body = format!(
        "<ul>{items}</ul>\n<form method=\"post\" action=\"/idp/authorize/consent?session_id={session}\">\
         <button id=\"deny\" name=\"action\" value=\"deny\">{}</button>\
         <button id=\"allow\" name=\"action\" value=\"allow\">{}</button></form>",
        t::consent_deny(lang),
        t::consent_allow(lang),
    );
    page(200, lang, t::consent_title(lang), &t::consent_text(lang, escape(app)), &body)
}

fn page(status: u16, lang: Lang, title: &str, text: &str, body: &str) -> Response {
    let tag = match lang {
        Lang::En => "en",
        Lang::ZhCn => "zh-CN",
    };
    let html = PAGE
        .replace("%LANG%", tag)
        .replace("%STYLE%", STYLE)
        .replace("%TITLE%", title)
        .replace("%NEXT%", t::consent_standin(lang))
        .replace("%TEXT%", text)
        .replace("%BODY%", body);
    Response::html(status, html)
        .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cache-Control", "no-store")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
