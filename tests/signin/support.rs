//! A stand-in with an identity provider, and the wizard at its sign-in screen.

use openclaw_chutes::standin::idp::{Consent, Counts, Idp, Options};
use openclaw_chutes::standin::sample::{Era, list};
use openclaw_chutes::standin::{Config, Keys, Standin};
use std::net::TcpListener;
use std::sync::Arc;
pub use testkit::http::{get, request};
use testkit::{Home, Pty, Screen};

pub const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
pub const CLIENT_ID: &str = "cid_abc123def456ghi789jkl012";
pub const SECRET: &str = "csc_canaryCANARY0123456789canaryCANARY0123456789cana";

/// Chutes, as far as a sign-in sees it.
pub struct Chutes {
    pub standin: Standin,
    pub idp: Arc<Idp>,
    /// Of the callback.
    pub port: u16,
}

impl Chutes {
    pub fn start(consent: Option<Consent>) -> Chutes {
        Chutes::with(Options { auto_consent: consent, ..Options::default() })
    }

    pub fn with(options: Options) -> Chutes {
        let idp = Arc::new(Idp::new(options));
        let config = Config { idp: Some(idp.clone()), ..Config::serving(Keys::AnyWellFormed, list(Era::Documented)) };
        let standin = Standin::start(config).unwrap();
        Chutes { standin, idp, port: free_port() }
    }

    pub fn redirect(&self) -> String {
        format!("http://127.0.0.1:{}/oauth-callback", self.port)
    }

    /// A throw-away home whose environment leads here.
    pub fn home(&self) -> Home {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", self.standin.api_base());
        home.set("CHUTES_IDP_BASE_URL", self.standin.idp_base());
        home.set("CHUTES_CLIENT_ID", CLIENT_ID);
        home.set("CHUTES_CLIENT_SECRET", SECRET);
        home.set("CHUTES_OAUTH_REDIRECT_URI", self.redirect());
        home
    }

    pub fn counts(&self) -> Counts {
        self.idp.counts()
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The wizard, from its first frame to the link.
pub fn at_sign_in(home: &Home, size: (u16, u16)) -> Pty {
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(size.0, size.1).spawn();
    pty.wait_for("the link", |screen| screen.joined().contains("code_challenge_method=S256") && screen.contains("Tab"));
    pty
}

/// The link, put together from the rows of the screen.
pub fn link(screen: &Screen) -> String {
    let joined: String = screen.rows().iter().map(|row| row.trim()).collect();
    let begin = joined.find("http://127.0.0.1").expect("a link");
    let end = joined[begin..].find("S256").expect("its end") + "S256".len();
    joined[begin..begin + end].to_owned()
}

/// Through the pages as a browser goes: sign in, allow. The address it ends on.
pub fn allow_in_a_browser(link: &str) -> String {
    let authority = link["http://".len()..].split('/').next().unwrap().to_owned();
    let post = |path: &str, form: &str| {
        let head =
            format!("POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close");
        request(&authority, &format!("{head}\r\nHost: {authority}\r\nContent-Length: {}\r\n\r\n{form}", form.len()))
    };
    let consent = post("/idp/login", &fields_of(&get(link).body)).location();
    assert!(get(&format!("http://{authority}{consent}")).body.contains("chutes:invoke"));
    post(&consent, "action=allow").location()
}

/// The hidden fields of a form, as a browser sends them.
pub fn fields_of(html: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for field in html.split("<input type=\"hidden\" name=\"").skip(1) {
        let mut parts = field.split('"');
        let (name, value) = (parts.next().unwrap(), parts.nth(1).unwrap());
        form.append_pair(name, &value.replace("&amp;", "&"));
    }
    form.finish()
}
