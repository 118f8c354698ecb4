//! Sign in: one attempt that can be finished in several ways at once.

use super::Transition;
use crate::chutes::oauth::answer::{MAX_BYTES, Mistake};
use crate::chutes::oauth::callback::CannotListen;
use crate::chutes::oauth::token::TokenError;
use crate::host::{Command, Host, Verdict};
use crate::secret::Secret;
use crate::wizard::facts::SignInFacts;
use crate::wizard::line::Line;
use crate::wizard::protocol::{Action, Attempt, Effect, LinkFile, Over, SignInUpdate, SignedIn};

/// The sign-in screen.
#[derive(Debug)]
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
    /// The redirect address, exactly as it has to be registered.
    pub redirect: String,
    /// In the demo, Enter can answer in place of a browser.
    pub demo: bool,
    /// The name of the app that was registered for this sign-in.
    pub registered_now: Option<String>,
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

impl Default for SignIn {
    fn default() -> SignIn {
        SignIn {
            attempt: Attempt::default(),
            phase: Phase::default(),
            link: String::new(),
            port: 0,
            cannot_listen: None,
            left_ms: 0,
            paste: Line::hidden(),
            in_pieces: None,
            mistake: None,
            note: None,
            show: Show::default(),
            host: None,
            redirect: String::new(),
            demo: false,
            registered_now: None,
        }
    }
}

impl SignIn {
    pub fn is_expired(&self) -> bool {
        self.phase == Phase::Waiting && self.left_ms == 0
    }

    /// The service does not take the client id or the secret, or shows an error page for them.
    fn is_app_refused(&self) -> bool {
        matches!(&self.phase, Phase::Over(Over::Failed(TokenError::Client { .. }) | Over::RedirectMissing(_)))
    }

    /// Ways that need the link are open.
    fn is_open(&self) -> bool {
        self.phase == Phase::Waiting
    }

    /// A new attempt begins.
    pub fn begin(&mut self, attempt: Attempt, facts: &SignInFacts) {
        let show = if facts.qr { Show::Qr { finer: false } } else { Show::Ways };
        let environment = facts.environment.as_ref().and_then(|read| read.as_ref().ok());
        let redirect = environment.map(|known| known.redirect.as_str().to_owned()).unwrap_or_default();
        let demo = facts.demo;
        *self = SignIn { attempt, show, redirect, demo, host: facts.host.clone(), ..SignIn::default() };
    }

    /// What the person runs elsewhere so that the browser reports back by itself.
    pub fn from_elsewhere(&self) -> Option<Command> {
        let host = self.host.as_ref()?;
        if let Some(command) = host.from_outside(self.port) {
            return Some(command);
        }
        let mut ports = vec![self.port];
        if self.demo {
            // The demo's pages are on this machine, too.
            let authority = self.link.split("://").nth(1).and_then(|rest| rest.split('/').next());
            ports.extend(authority.and_then(|authority| authority.rsplit(':').next()?.parse::<u16>().ok()));
        }
        Some(host.tunnels(&ports))
    }

    pub fn act(&mut self, action: Action) -> Transition {
        let attempt = self.attempt;
        match (self.show, action) {
            (Show::Bare, _)
            | (Show::Qr { .. }, Action::Back | Action::Enter)
            | (Show::Qr { finer: true }, Action::ShowQr) => {
                self.show = Show::Ways;
                return Transition::Stay;
            }
            (Show::Qr { finer: false }, Action::ShowQr) => {
                self.show = Show::Qr { finer: true };
                return Transition::Stay;
            }
            _ => {}
        }
        match action {
            Action::Back if self.is_app_refused() => return Transition::AnotherApp,
            Action::Back => return Transition::Back,
            Action::Edit(edit) => {
                self.mistake = None;
                self.paste.edit(edit);
                if self.paste.is_empty() {
                    self.in_pieces = None;
                }
            }
            // The same id and secret would be refused again.
            Action::NewLink if self.is_app_refused() => return Transition::AnotherApp,
            Action::NewLink => return Transition::NewLink,
            Action::Enter if self.is_open() => {
                if self.paste.is_empty() && self.demo && !self.is_expired() {
                    return Transition::Run(vec![Effect::AllowInDemo { attempt, link: self.link.clone() }]);
                }
                if self.paste.is_empty() {
                    return if self.is_expired() { Transition::NewLink } else { Transition::Stay };
                }
                return Transition::Run(self.submit_paste(false));
            }
            Action::MoreTime if self.is_open() => {
                self.mistake = None;
                return Transition::Run(vec![Effect::MoreTime(attempt)]);
            }
            Action::CopyLink if self.is_open() => {
                return Transition::Run(vec![Effect::Copy { attempt, text: self.link.clone() }]);
            }
            Action::CopyTunnel if self.is_open() => {
                let line = self.from_elsewhere().map(|command| command.line);
                return Transition::Run(line.map(|text| Effect::Copy { attempt, text }).into_iter().collect());
            }
            Action::BareLink if self.is_open() => self.show = Show::Bare,
            Action::ShowQr if self.is_open() => self.show = Show::Qr { finer: false },
            Action::SaveLink if self.is_open() => {
                let kind = if matches!(self.show, Show::Qr { .. }) { LinkFile::Png } else { LinkFile::Text };
                return Transition::Run(vec![Effect::SaveLink { attempt, kind, path: None }]);
            }
            Action::OtherHost if self.is_open() => return Transition::Run(self.other_host()),
            _ => {}
        }
        Transition::Stay
    }

    fn other_host(&mut self) -> Vec<Effect> {
        let Some(host) = &self.host else { return Vec::new() };
        let to = match host.verdict {
            Verdict::Local => Verdict::Remote,
            Verdict::Remote => Verdict::Local,
        };
        let host = host.asked(to);
        self.host = Some(host.clone());
        self.note = None;
        match to {
            Verdict::Local => {
                vec![Effect::OpenBrowser { attempt: self.attempt, link: self.link.clone(), host }]
            }
            Verdict::Remote => Vec::new(),
        }
    }

    pub fn type_text(&mut self, text: &str) -> Vec<Effect> {
        if self.show == Show::Bare {
            self.show = Show::Ways;
            return Vec::new();
        }
        if !self.is_open() {
            return Vec::new();
        }
        self.mistake = None;
        if !self.paste.insert(text, MAX_BYTES) {
            let bytes = self.paste.text().len() + text.len();
            self.paste.clear();
            self.in_pieces = None;
            self.mistake = Some(Mistake::TooLong { bytes });
            return Vec::new();
        }
        match &mut self.in_pieces {
            Some(count) => {
                *count += 1;
                vec![Effect::Settle { attempt: self.attempt, count: *count }]
            }
            None => Vec::new(),
        }
    }

    /// A paste that arrived as key presses, or a part of one: more may follow.
    pub fn burst(&mut self, text: &str) -> Vec<Effect> {
        self.show = Show::Ways;
        self.in_pieces.get_or_insert(0);
        self.type_text(text)
    }

    /// A whole paste: it is an answer as it is.
    pub fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.show = Show::Ways;
        if !self.is_open() {
            return Vec::new();
        }
        // It replaces what a wrong paste left behind.
        self.paste.clear();
        self.in_pieces = None;
        self.type_text(text);
        if self.paste.is_empty() { Vec::new() } else { self.submit_paste(false) }
    }

    /// Nothing has come for a moment since that many pieces.
    pub fn settled(&mut self, attempt: Attempt, count: u64) -> Vec<Effect> {
        let current = attempt == self.attempt && self.in_pieces == Some(count);
        if current && self.is_open() { self.submit_paste(true) } else { Vec::new() }
    }

    /// `only_whole`: a text that is no answer yet stays without a remark.
    fn submit_paste(&mut self, only_whole: bool) -> Vec<Effect> {
        let text = Secret::new(self.paste.text());
        vec![Effect::Answer { attempt: self.attempt, text, only_whole }]
    }

    /// Something happened to the attempt. Some: it gave a credential.
    pub fn update(&mut self, update: SignInUpdate, facts: &SignInFacts, effects: &mut Vec<Effect>) -> Option<SignedIn> {
        match update {
            SignInUpdate::Ready { link, port, cannot_listen, left_ms } => {
                self.phase = Phase::Waiting;
                (self.link, self.port, self.left_ms) = (link, port, left_ms);
                self.cannot_listen = cannot_listen;
                effects.extend(self.open_ways(facts));
            }
            SignInUpdate::Left(left_ms) => self.left_ms = left_ms,
            SignInUpdate::Mistake(mistake) => self.mistake = Some(mistake),
            SignInUpdate::Note(note) => self.note = Some(note),
            SignInUpdate::Exchanging => {
                self.phase = Phase::Exchanging;
                self.show = Show::Ways;
                self.mistake = None;
                self.note = None;
                self.paste.clear();
            }
            SignInUpdate::Over(over) => {
                self.phase = Phase::Over(over);
                self.show = Show::Ways;
                self.note = None;
                self.paste.clear();
            }
            SignInUpdate::Granted(granted, client_id) => return Some(SignedIn { granted: *granted, client_id }),
        }
        None
    }

    /// The link is there: what the options asked for, and the browser where the person sits.
    fn open_ways(&self, facts: &SignInFacts) -> Vec<Effect> {
        let attempt = self.attempt;
        let mut effects = Vec::new();
        let files = [(LinkFile::Text, &facts.link_file), (LinkFile::Png, &facts.qr_file)];
        for (kind, path) in files {
            effects.extend(path.clone().map(|path| Effect::SaveLink { attempt, kind, path: Some(path) }));
        }
        if let Some(host) = self.host.clone().filter(|host| host.verdict == Verdict::Local) {
            effects.push(Effect::OpenBrowser { attempt, link: self.link.clone(), host });
        }
        effects
    }
}
