//! Signing in: which app asks, and one attempt that can be finished in several ways at once.

use super::line::Line;
use super::protocol::{Action, Attempt, Begin, Credential, Effect, LinkFile, SignedIn};
use super::{Screen, Wizard};
use crate::chutes::oauth::answer::{MAX_BYTES, Mistake, Refusal};
use crate::chutes::oauth::attempt::{BadClientId, BadSetting, CannotResume, ClientId, Environment, is_client_secret};
use crate::chutes::oauth::callback::CannotListen;
use crate::chutes::oauth::token::{Granted, TokenError};
use crate::host::{Host, Verdict};
use crate::secret::Secret;
use std::path::PathBuf;

/// Longest text that the fields of the app screen take, in bytes.
const MAX_FIELD: usize = 400;

/// What is known about signing in before anybody does.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The settings, or what is wrong with them; None where nobody signs in.
    pub environment: Option<Result<Environment, BadSetting>>,
    /// The app of the last sign-in.
    pub remembered: Option<ClientId>,
    /// An earlier run began a sign-in that can still be continued.
    pub begun: Option<Begun>,
    /// Where we run, and why we think so.
    pub host: Option<Host>,
    /// The terminal is known to draw sextants.
    pub sextants: bool,
    /// `--qr`: the code is shown at once.
    pub qr: bool,
    /// `--link-file`, `--qr-file`
    pub link_file: Option<PathBuf>,
    pub qr_file: Option<PathBuf>,
    /// Where OpenClaw reads the client secret from, as a person writes it (`~/.openclaw/.env`).
    pub dotenv: String,
}

/// An attempt that another run left behind. Unix time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    pub at: u64,
    pub expires_at: u64,
}

/// The app screen: a public client id, and the secret that renewals need.
#[derive(Debug, Default)]
pub struct App {
    pub id: Line,
    pub secret: Line,
    pub on_secret: bool,
    pub problem: Option<Problem>,
    /// Only the secret is asked for, on the way to Review.
    pub only_secret: bool,
}

/// What is wrong with a field of the app screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Id(BadClientId),
    /// Not `csc_` and letters or digits.
    Secret,
}

/// The sign-in screen.
#[derive(Debug, Default)]
pub struct SignIn {
    pub attempt: Attempt,
    pub phase: Phase,
    /// What is to be opened; empty until the attempt is prepared.
    pub link: String,
    /// Port of the callback.
    pub port: u16,
    /// Why the browser cannot report back by itself.
    pub cannot_listen: Option<CannotListen>,
    /// Milliseconds until the attempt expires; 0: it has.
    pub left_ms: u64,
    pub paste: Line,
    /// What was pasted in pieces is looked at once nothing more comes; counts the pieces.
    in_pieces: Option<u64>,
    pub mistake: Option<Mistake>,
    /// What became of a key press: copied, saved, opened.
    pub note: Option<String>,
    pub show: Show,
    /// As found, or as asked for with Tab.
    pub host: Option<Host>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Starting,
    Waiting,
    /// The answer is here and is being exchanged.
    Exchanging,
    Over(Over),
}

/// Why an attempt ended without a credential.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    Refused(Refusal),
    Failed(TokenError),
    CannotResume(CannotResume),
    /// Our own state cannot be written: what failed, in words.
    NoState(String),
}

/// What fills the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    Ways,
    /// The QR code; `finer`: sextants were asked for.
    Qr { finer: bool },
    /// The link alone, outside the alternate screen.
    Bare,
}

/// What happens to an attempt.
#[derive(Debug)]
pub enum News {
    /// Prepared: from here on every way is open.
    Ready {
        link: String,
        port: u16,
        cannot_listen: Option<CannotListen>,
        left_ms: u64,
    },
    /// Milliseconds left.
    Left(u64),
    Mistake(Mistake),
    /// Copied, saved, opened or not: in words.
    Note(String),
    Exchanging,
    Over(Over),
    Granted(Box<Granted>, ClientId),
}

impl SignIn {
    pub fn is_expired(&self) -> bool {
        self.phase == Phase::Waiting && self.left_ms == 0
    }

    /// Ways that need the link are open.
    fn is_open(&self) -> bool {
        self.phase == Phase::Waiting
    }
}

impl Wizard {
    /// The link, while it is to be shown alone.
    pub fn bare_link(&self) -> Option<&str> {
        let bare = self.screen == Screen::SignIn && self.sign_in.show == Show::Bare && !self.help;
        bare.then_some(self.sign_in.link.as_str())
    }

    /// The sign-in was chosen: to the app screen, or right to the link when the environment names the app.
    pub(super) fn choose_sign_in(&mut self) -> Vec<Effect> {
        match self.facts.sign_in.environment.clone() {
            Some(Ok(environment)) => match environment.client_id {
                Some(client_id) => self.begin_new(client_id, environment.client_secret),
                None => {
                    if let (true, Some(remembered)) = (self.app.id.is_empty(), &self.facts.sign_in.remembered) {
                        self.app.id = Line::new(remembered.as_str());
                    }
                    self.app.on_secret = !self.app.id.is_empty();
                    self.app.only_secret = false;
                    self.screen = Screen::App;
                    Vec::new()
                }
            },
            Some(Err(_)) => {
                self.setting_refused = true;
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Go on with the attempt of an earlier run.
    pub(super) fn continue_sign_in(&mut self) -> Vec<Effect> {
        let secret = self.secret_of_environment();
        self.facts.sign_in.begun = None;
        self.begin(Begin::Continue { secret })
    }

    fn secret_of_environment(&self) -> Option<Secret> {
        self.facts.sign_in.environment.as_ref()?.as_ref().ok()?.client_secret.clone()
    }

    /// The secret that an empty field stands for.
    pub fn default_client_secret(&self) -> Option<Secret> {
        self.secret_of_environment()
    }

    fn begin_new(&mut self, client_id: ClientId, secret: Option<Secret>) -> Vec<Effect> {
        self.begin(Begin::New { client_id, secret })
    }

    fn begin(&mut self, begin: Begin) -> Vec<Effect> {
        let attempt = self.new_attempt();
        let show = if self.facts.sign_in.qr { Show::Qr { finer: false } } else { Show::Ways };
        self.client_secret = match &begin {
            Begin::New { secret, .. } | Begin::Continue { secret } => secret.clone(),
        };
        self.sign_in = SignIn { attempt, show, host: self.facts.sign_in.host.clone(), ..SignIn::default() };
        self.screen = Screen::SignIn;
        self.last_begin = match &begin {
            Begin::New { client_id, .. } => Some(client_id.clone()),
            Begin::Continue { .. } => None,
        };
        vec![Effect::SignIn { attempt, begin }]
    }

    pub(super) fn act_on_app(&mut self, action: Action) -> Vec<Effect> {
        let app = &mut self.app;
        match action {
            Action::Edit(edit) => {
                app.problem = None;
                if app.on_secret {
                    app.secret.edit(edit)
                } else {
                    app.id.edit(edit)
                }
                Vec::new()
            }
            Action::OtherField => {
                app.on_secret = !app.on_secret || app.only_secret;
                Vec::new()
            }
            Action::Back => {
                app.problem = None;
                let back = if app.only_secret { Screen::Review } else { Screen::Auth };
                if back == Screen::Review {
                    return self.start_review();
                }
                self.screen = back;
                Vec::new()
            }
            Action::Enter => self.submit_app(),
            _ => Vec::new(),
        }
    }

    fn submit_app(&mut self) -> Vec<Effect> {
        let default = self.default_client_secret();
        let app = &mut self.app;
        let id = match ClientId::parse(app.id.text()) {
            Ok(id) => Some(id),
            Err(_) if app.only_secret => None,
            Err(problem) => {
                app.on_secret = false;
                app.problem = Some(Problem::Id(problem));
                return Vec::new();
            }
        };
        if !app.on_secret {
            app.on_secret = true;
            return Vec::new();
        }
        let typed = app.secret.text().trim();
        if !typed.is_empty() && !is_client_secret(typed) {
            app.problem = Some(Problem::Secret);
            return Vec::new();
        }
        let secret = if typed.is_empty() { default } else { Some(Secret::new(typed)) };
        if app.only_secret {
            self.client_secret = secret;
            self.keep_secret = true;
            return self.start_review();
        }
        id.map_or_else(Vec::new, |id| self.begin_new(id, secret))
    }

    pub(super) fn type_into_app(&mut self, text: &str) {
        let app = &mut self.app;
        app.problem = None;
        let line = if app.on_secret { &mut app.secret } else { &mut app.id };
        line.insert(text, MAX_FIELD);
    }

    pub(super) fn act_on_sign_in(&mut self, action: Action) -> Vec<Effect> {
        let sign_in = &mut self.sign_in;
        let attempt = sign_in.attempt;
        match (sign_in.show, action) {
            (Show::Bare, _) => {
                sign_in.show = Show::Ways;
                return Vec::new();
            }
            (Show::Qr { .. }, Action::Back | Action::Enter) => {
                sign_in.show = Show::Ways;
                return Vec::new();
            }
            (Show::Qr { finer: false }, Action::ShowQr) => {
                sign_in.show = Show::Qr { finer: true };
                return Vec::new();
            }
            (Show::Qr { finer: true }, Action::ShowQr) => {
                sign_in.show = Show::Ways;
                return Vec::new();
            }
            _ => {}
        }
        match action {
            Action::Back => return self.leave_sign_in(),
            Action::Edit(edit) => {
                sign_in.mistake = None;
                sign_in.paste.edit(edit);
                if sign_in.paste.is_empty() {
                    sign_in.in_pieces = None;
                }
            }
            Action::NewLink => return self.begin_again(),
            Action::Enter if sign_in.is_open() => {
                if sign_in.paste.is_empty() {
                    return if sign_in.is_expired() { self.begin_again() } else { Vec::new() };
                }
                return self.submit_paste(false);
            }
            Action::MoreTime if sign_in.is_open() => {
                sign_in.mistake = None;
                return vec![Effect::MoreTime(attempt)];
            }
            Action::CopyLink if sign_in.is_open() => {
                return vec![Effect::Copy { attempt, text: sign_in.link.clone() }];
            }
            Action::CopyTunnel if sign_in.is_open() => {
                let line = sign_in.host.as_ref().map(|host| host.tunnel(sign_in.port).line);
                return line.map_or_else(Vec::new, |text| vec![Effect::Copy { attempt, text }]);
            }
            Action::BareLink if sign_in.is_open() => sign_in.show = Show::Bare,
            Action::ShowQr if sign_in.is_open() => sign_in.show = Show::Qr { finer: false },
            Action::SaveLink if sign_in.is_open() => {
                let kind = if matches!(sign_in.show, Show::Qr { .. }) { LinkFile::Png } else { LinkFile::Text };
                return vec![Effect::SaveLink { attempt, kind, path: None }];
            }
            Action::OtherHost if sign_in.is_open() => {
                let Some(host) = &sign_in.host else { return Vec::new() };
                let to = match host.verdict {
                    Verdict::Local => Verdict::Remote,
                    Verdict::Remote => Verdict::Local,
                };
                let host = host.asked(to);
                sign_in.host = Some(host.clone());
                sign_in.note = None;
                if to == Verdict::Local {
                    return vec![Effect::OpenBrowser { attempt, link: sign_in.link.clone(), host }];
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// A new link, for the same app.
    fn begin_again(&mut self) -> Vec<Effect> {
        let old = self.sign_in.attempt;
        let secret = self.client_secret.clone();
        let mut effects = vec![Effect::Cancel(old)];
        match self.last_begin.clone() {
            Some(client_id) => effects.extend(self.begin_new(client_id, secret)),
            // The app of a continued attempt that could not be read: it is chosen anew.
            None => {
                self.screen = Screen::Auth;
                self.offer_choices();
            }
        }
        effects
    }

    fn leave_sign_in(&mut self) -> Vec<Effect> {
        let attempt = std::mem::take(&mut self.sign_in).attempt;
        let asked = !self.app.id.is_empty();
        self.screen = if asked { Screen::App } else { Screen::Auth };
        vec![Effect::Cancel(attempt)]
    }

    pub(super) fn type_into_sign_in(&mut self, text: &str) -> Vec<Effect> {
        let sign_in = &mut self.sign_in;
        if sign_in.show == Show::Bare {
            sign_in.show = Show::Ways;
            return Vec::new();
        }
        if !sign_in.is_open() {
            return Vec::new();
        }
        sign_in.mistake = None;
        if !sign_in.paste.insert(text, MAX_BYTES) {
            let bytes = sign_in.paste.text().len() + text.len();
            sign_in.paste.clear();
            sign_in.in_pieces = None;
            sign_in.mistake = Some(Mistake::TooLong { bytes });
            return Vec::new();
        }
        match &mut sign_in.in_pieces {
            Some(count) => {
                *count += 1;
                vec![Effect::Settle { attempt: sign_in.attempt, count: *count }]
            }
            None => Vec::new(),
        }
    }

    /// A paste that arrived as key presses, or a part of one: more may follow.
    pub(super) fn burst(&mut self, text: &str) -> Vec<Effect> {
        self.sign_in.show = Show::Ways;
        self.sign_in.in_pieces.get_or_insert(0);
        self.type_into_sign_in(text)
    }

    /// A whole paste: it is an answer as it is.
    pub(super) fn paste_into_sign_in(&mut self, text: &str) -> Vec<Effect> {
        self.sign_in.show = Show::Ways;
        if !self.sign_in.is_open() {
            return Vec::new();
        }
        // It replaces what a wrong paste left behind.
        self.sign_in.paste.clear();
        self.sign_in.in_pieces = None;
        self.type_into_sign_in(text);
        if self.sign_in.paste.is_empty() { Vec::new() } else { self.submit_paste(false) }
    }

    /// Nothing has come for a moment since that many pieces.
    pub(super) fn settled(&mut self, attempt: Attempt, count: u64) -> Vec<Effect> {
        let current = attempt == self.sign_in.attempt && self.sign_in.in_pieces == Some(count);
        if current && self.sign_in.is_open() { self.submit_paste(true) } else { Vec::new() }
    }

    /// `only_whole`: a text that is no answer yet stays without a remark.
    fn submit_paste(&mut self, only_whole: bool) -> Vec<Effect> {
        let text = Secret::new(self.sign_in.paste.text());
        vec![Effect::Answer { attempt: self.sign_in.attempt, text, only_whole }]
    }

    pub(super) fn sign_in_news(&mut self, attempt: Attempt, news: News) -> Vec<Effect> {
        if attempt != self.sign_in.attempt || self.screen != Screen::SignIn {
            return Vec::new();
        }
        let sign_in = &mut self.sign_in;
        match news {
            News::Ready { link, port, cannot_listen, left_ms } => {
                sign_in.phase = Phase::Waiting;
                (sign_in.link, sign_in.port, sign_in.left_ms) = (link, port, left_ms);
                sign_in.cannot_listen = cannot_listen;
                return self.open_ways();
            }
            News::Left(left_ms) => sign_in.left_ms = left_ms,
            News::Mistake(mistake) => sign_in.mistake = Some(mistake),
            News::Note(note) => sign_in.note = Some(note),
            News::Exchanging => {
                sign_in.phase = Phase::Exchanging;
                sign_in.show = Show::Ways;
                sign_in.mistake = None;
                sign_in.note = None;
                sign_in.paste.clear();
            }
            News::Over(over) => {
                sign_in.phase = Phase::Over(over);
                sign_in.show = Show::Ways;
                sign_in.note = None;
                sign_in.paste.clear();
            }
            News::Granted(granted, client_id) => {
                let credential =
                    Credential::OAuth(Box::new(SignedIn { granted: *granted, client_id: client_id.clone() }));
                self.keep_secret = true;
                self.app.id = Line::new(client_id.as_str());
                let mut effects = vec![Effect::Remember(client_id)];
                effects.extend(self.start_discovery(credential));
                return effects;
            }
        }
        Vec::new()
    }

    /// The link is there: what the options asked for, and the browser where the person sits.
    fn open_ways(&mut self) -> Vec<Effect> {
        let attempt = self.sign_in.attempt;
        let mut effects = Vec::new();
        let given = &self.facts.sign_in;
        let files = [(LinkFile::Text, &given.link_file), (LinkFile::Png, &given.qr_file)];
        for (kind, path) in files {
            effects.extend(path.clone().map(|path| Effect::SaveLink { attempt, kind, path: Some(path) }));
        }
        if let Some(host) = self.sign_in.host.clone().filter(|host| host.verdict == Verdict::Local) {
            effects.push(Effect::OpenBrowser { attempt, link: self.sign_in.link.clone(), host });
        }
        effects
    }

    /// Review: put the client secret where OpenClaw reads it, leave it out, or ask for it.
    pub(super) fn client_secret_key(&mut self) -> Vec<Effect> {
        if self.client_secret.is_some() {
            self.keep_secret = !self.keep_secret;
            return self.plan_again();
        }
        self.app.only_secret = true;
        self.app.on_secret = true;
        self.app.problem = None;
        self.screen = Screen::App;
        Vec::new()
    }
}

#[cfg(test)]
mod tests;
