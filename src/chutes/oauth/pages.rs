//! The pages of the callback: a finite set of constants, without script, and with headers under which
//! nothing can be loaded, framed, sniffed or cached. No byte of a request is ever in one.

use crate::http1::Response;
use crate::texts::{Lang, signin as t};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../../../assets/callback/page.html");
const STYLE: &str = include_str!("../../../assets/callback/page.css");

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The credential is in OpenClaw's store.
    Stored,
    /// Exchanged, but nothing is stored before the terminal says so.
    SignedIn,
    Denied,
    Refused,
    ExchangeFailed,
    NetworkFailed,
    ScopeMissing,
    StoreFailed,
    Ended,
    Expired,
    NotOurs,
    NotFound,
}

impl Page {
    pub const ALL: [Page; 12] = [
        Page::Stored,
        Page::SignedIn,
        Page::Denied,
        Page::Refused,
        Page::ExchangeFailed,
        Page::NetworkFailed,
        Page::ScopeMissing,
        Page::StoreFailed,
        Page::Ended,
        Page::Expired,
        Page::NotOurs,
        Page::NotFound,
    ];

    /// The page as an answer; the status is the caller's to choose.
    pub fn response(self, status: u16, lang: Lang) -> Response {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Response::html(status, self.html(lang))
            .header("Content-Security-Policy", policy)
            .header("X-Content-Type-Options", "nosniff")
            .header("X-Frame-Options", "DENY")
            .header("Referrer-Policy", "no-referrer")
            .header("Cache-Control", "no-store")
            .header("Cross-Origin-Resource-Policy", "same-origin")
    }

    pub fn html(self, lang: Lang) -> String {
        let [title, text, next] = self.texts(lang);
        let (tone, mark) = match self {
            Page::Stored | Page::SignedIn => ("good", r#"<path d="M14.5 24.5l6.5 6.5 12.5-13.5"/>"#),
            Page::NotOurs | Page::NotFound | Page::Denied | Page::Ended | Page::Expired => {
                ("wait", r#"<path d="M24 14v13M24 33v.5"/>"#)
            }
            _ => ("bad", r#"<path d="M17 17l14 14M31 17l-14 14"/>"#),
        };
        let tag = match lang {
            Lang::En => "en",
            Lang::ZhCn => "zh-CN",
        };
        PAGE.replace("%LANG%", tag)
            .replace("%STYLE%", STYLE)
            .replace("%TONE%", tone)
            .replace("%MARK%", mark)
            .replace("%TITLE%", title)
            .replace("%TEXT%", text)
            .replace("%NEXT%", next)
    }

    fn texts(self, lang: Lang) -> [&'static str; 3] {
        match self {
            Page::Stored => [t::page_stored_title(lang), t::page_stored_text(lang), t::page_stored_next(lang)],
            Page::SignedIn => {
                [t::page_signed_in_title(lang), t::page_signed_in_text(lang), t::page_signed_in_next(lang)]
            }
            Page::Denied => [t::page_denied_title(lang), t::page_denied_text(lang), t::page_denied_next(lang)],
            Page::Refused => [t::page_refused_title(lang), t::page_refused_text(lang), t::page_refused_next(lang)],
            Page::ExchangeFailed => {
                [t::page_exchange_title(lang), t::page_exchange_text(lang), t::page_exchange_next(lang)]
            }
            Page::NetworkFailed => {
                [t::page_network_title(lang), t::page_network_text(lang), t::page_network_next(lang)]
            }
            Page::ScopeMissing => [t::page_scope_title(lang), t::page_scope_text(lang), t::page_scope_next(lang)],
            Page::StoreFailed => [t::page_store_title(lang), t::page_store_text(lang), t::page_store_next(lang)],
            Page::Ended => [t::page_ended_title(lang), t::page_ended_text(lang), t::page_ended_next(lang)],
            Page::Expired => [t::page_expired_title(lang), t::page_expired_text(lang), t::page_expired_next(lang)],
            Page::NotOurs => [t::page_not_ours_title(lang), t::page_not_ours_text(lang), t::page_not_ours_next(lang)],
            Page::NotFound => {
                [t::page_not_found_title(lang), t::page_not_found_text(lang), t::page_not_found_next(lang)]
            }
        }
    }
}
