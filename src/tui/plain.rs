//! The same machine, line by line: for screen readers, dumb terminals and logs. Output only ever grows;
//! no escape sequence is written. What was said is not said again.

use super::effects::{self, Effects};
use super::keymap;
use super::signals::{self, Signals};
use super::terminal::{self, LineMode};
use super::theme::{Depth, Theme};
use super::view::View;
use super::{Ended, Session};
use crate::secret::Secret;
use crate::texts::{Lang, wizard as t};
use crate::wizard::facts::Facts;
use crate::wizard::line::LineEdit;
use crate::wizard::protocol::{Action, Effect, Event, KeyContext, Viewport};
use crate::wizard::{Screen, Wizard};
use jiff::tz::TimeZone;
use secrecy::zeroize::Zeroize;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// Rows of a long list that are said at once.
const ROWS: usize = 40;
/// Longest line that is taken, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// Run the wizard with prompts until it is over.
pub fn run(session: Session, facts: Facts) -> io::Result<(Ended, Wizard)> {
    let lang = facts.lang;
    let taken = LineMode::enter()?;
    let view = View { theme: Theme::new(Depth::None, lang), lang, zone: TimeZone::system(), now_ms: 0 };
    let (mut wizard, effects) = Wizard::new(facts);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (events, mut answers) = mpsc::unbounded_channel();
        let mut running = Effects::new(Arc::new(session), events);
        let mut talk = Talk { view, said: HashSet::new(), place: None, line: Line::default() };
        let reading = taken.reader()?;
        let ended = drive(&mut talk, &mut wizard, &mut running, &mut answers, effects, reading).await;
        running.finish(matches!(ended, Ok(Ended::Signal(_)) | Err(_))).await;
        ended
    });
    drop(taken);
    runtime.shutdown_background();
    Ok((super::event_loop::or_signal(ended)?, wizard))
}

async fn drive(
    talk: &mut Talk,
    wizard: &mut Wizard,
    running: &mut Effects,
    answers: &mut UnboundedReceiver<Event>,
    effects: Vec<Effect>,
    typed: File,
) -> io::Result<Ended> {
    let mut signals = Signals::new()?;
    let (bytes, mut input) = mpsc::unbounded_channel();
    std::thread::Builder::new().name("terminal".to_owned()).spawn(move || read(typed, &bytes))?;
    for effect in effects {
        if let Some(outcome) = running.run(effect) {
            return Ok(Ended::Outcome(outcome));
        }
    }
    say(&format!("{}\n{}\n", t::app_name(talk.view.lang), t::plain_how(talk.view.lang)))?;
    loop {
        talk.tell(wizard)?;
        let events = tokio::select! {
            biased;
            number = signals.next() => match number {
                signals::STOP => { terminal::suspend_lines()?; talk.place = None; talk.said.clear(); Vec::new() }
                // Somebody stopped and continued us.
                signals::CONTINUE => { terminal::retake_lines(None)?; Vec::new() }
                signals::RESIZE => Vec::new(),
                number => return Ok(Ended::Signal(number)),
            },
            bytes = input.recv() => match bytes {
                Some(bytes) => talk.hear(wizard, &bytes)?,
                None => return Ok(Ended::Signal(signals::HANG_UP)),
            },
            answer = answers.recv() => answer.into_iter().collect(),
        };
        for event in events {
            for effect in wizard.handle(event) {
                if let Some(outcome) = running.run(effect) {
                    return Ok(Ended::Outcome(outcome));
                }
            }
        }
    }
}

/// Bytes of the terminal as they come; ends when it is gone.
fn read(mut terminal: File, to: &UnboundedSender<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = terminal.read(&mut chunk) {
        if to.send(chunk[..count].to_vec()).is_err() {
            return;
        }
    }
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The line being typed, outside the terminal's own line editing: that one cuts at 4096 bytes.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
    /// Inside an escape sequence of a key that means nothing here.
    escape: bool,
    after_return: bool,
}

struct Talk {
    view: View,
    /// Lines already said on this screen.
    said: HashSet<String>,
    /// Where the last prompt was.
    place: Option<(Screen, KeyContext)>,
    line: Line,
}

impl Talk {
    /// Say what is new since the last time; then, if anything was, what can be answered.
    fn tell(&mut self, wizard: &mut Wizard) -> io::Result<()> {
        self.view.now_ms = effects::now_ms();
        let place = (wizard.screen, wizard.context());
        if self.place.is_none_or(|(screen, _)| screen != wizard.screen) {
            self.said.clear();
            say(&format!("\n== {}\n", self.view.step_name(wizard)))?;
        }
        wizard.handle(Event::Viewport(Viewport { page: ROWS, last: 0 }));
        let lines: Vec<String> = self.view.lines(wizard, ROWS);
        // What is still to come is said when it comes.
        let ahead = self.view.theme.glyphs.ahead;
        let new: Vec<&String> =
            lines.iter().filter(|line| !self.said.contains(*line) && !line.starts_with(ahead)).collect();
        let moved = self.place != Some(place);
        self.place = Some(place);
        if new.is_empty() && !moved {
            return Ok(());
        }
        let mut text = String::new();
        for line in &new {
            text.push_str(line);
            text.push('\n');
        }
        // While something is under way there is nothing to answer.
        if !wizard.context().is_waiting() {
            text.push_str(&self.prompt(wizard.context()));
        }
        self.said = lines.into_iter().collect();
        say(&text)
    }

    fn prompt(&self, context: KeyContext) -> String {
        let lang = self.view.lang;
        let keys: Vec<String> = keymap::in_force(context)
            .filter(|binding| binding.footer)
            .map(|binding| match binding.action {
                Action::Back => name(binding, lang),
                _ => format!("{} {}", name(binding, lang), (binding.label)(lang)),
            })
            .collect();
        format!("[{}]\n> ", keys.join(", "))
    }

    /// What was typed: echoed, and turned into events when a line is complete.
    fn hear(&mut self, wizard: &Wizard, bytes: &[u8]) -> io::Result<Vec<Event>> {
        // A paste of an address may begin where a letter is a key.
        let hidden = wizard.line().is_some_and(crate::wizard::line::Line::is_hidden);
        let mut events = Vec::new();
        let mut echo: Vec<u8> = Vec::new();
        for &byte in bytes {
            let line = &mut self.line;
            if line.escape {
                line.escape = !byte.is_ascii_alphabetic() && byte != b'~';
                continue;
            }
            let is_line_end = byte == b'\r' || (byte == b'\n' && !line.after_return);
            line.after_return = byte == b'\r';
            match byte {
                0x1b => line.escape = true,
                0x7f | 0x08 => {
                    // A character may be several bytes; only its first one has no continuation bits.
                    while line.bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
                    echo.extend(b"\x08 \x08");
                }
                0x15 => {
                    line.bytes.zeroize();
                    line.bytes.clear();
                    echo.push(b'\n');
                }
                _ if is_line_end => {
                    echo.push(b'\n');
                    let typed = String::from_utf8_lossy(&line.bytes).into_owned();
                    line.bytes.zeroize();
                    line.bytes.clear();
                    events.extend(meaning(wizard, Secret::new(typed), self.view.lang));
                }
                b' '.. if line.bytes.len() < MAX_LINE => {
                    line.bytes.push(byte);
                    // One star a character, not a byte.
                    if !hidden {
                        echo.push(byte);
                    } else if byte & 0xc0 != 0x80 {
                        echo.push(b'*');
                    }
                }
                _ => {}
            }
        }
        io::stdout().lock().write_all(&echo)?;
        io::stdout().lock().flush()?;
        Ok(events)
    }
}

/// The name by which a binding is typed here.
fn name(binding: &keymap::Binding, lang: Lang) -> String {
    match binding.action {
        Action::Back => t::plain_back(lang).to_owned(),
        _ => binding.keys[0].name(lang),
    }
}

/// A whole line as events: a word for a key, a number for a row, or text where text is asked for.
fn meaning(wizard: &Wizard, line: Secret, lang: Lang) -> Vec<Event> {
    let context = wizard.context();
    let text = line.expose().trim();
    if text == t::plain_quit(lang) || text == "quit" {
        return vec![Event::Action(Action::Quit)];
    }
    if text.is_empty() {
        return vec![Event::Action(Action::Enter)];
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let bound = |binding: &&keymap::Binding| {
        let words = binding.keys.iter().map(|key| key.name(lang)).chain([name(binding, lang)]);
        let mut words = words.chain((binding.action == Action::Back).then(|| "back".to_owned()));
        words.any(|name| name == word || (name.chars().count() > 1 && name.eq_ignore_ascii_case(word)))
    };
    let binding = keymap::in_force(context).find(bound);
    if context.takes_text() {
        let only_word = rest.is_empty() && word.chars().count() > 1;
        return match binding.filter(|_| only_word) {
            Some(binding) => vec![Event::Action(binding.action)],
            None => typed(Secret::new(text)),
        };
    }
    if let Ok(number) = word.parse::<usize>() {
        let mut events = vec![Event::Action(Action::First)];
        events.extend((1..number.min(100_000)).map(|_| Event::Action(Action::Down)));
        if context == KeyContext::Auth {
            events.push(Event::Action(Action::Enter));
        } else if !rest.is_empty() {
            events.extend(act(context, rest, lang));
        }
        return events;
    }
    act(context, text, lang)
}

/// `e chutes-fast`, `/ glm tools`, `f`: a key, and what is then typed.
fn act(context: KeyContext, text: &str, lang: Lang) -> Vec<Event> {
    let first = text.chars().next().map(char::len_utf8).unwrap_or_default();
    let (word, rest) = match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest),
        // `/glm` needs no space.
        None if text.starts_with('/') => text.split_at(first),
        None => (text, ""),
    };
    let matches = |name: &str| name == word || (name.chars().count() > 1 && name.eq_ignore_ascii_case(word));
    let binding = keymap::in_force(context)
        .find(|binding| matches(&name(binding, lang)) || binding.keys.iter().any(|key| matches(&key.name(lang))));
    let Some(binding) = binding else {
        // A model's id or ref goes to its row; the address that a browser ended on is an answer.
        return match context {
            KeyContext::Models | KeyContext::ModelsFiltered | KeyContext::SignIn | KeyContext::SignInExpired => {
                vec![Event::Paste(Secret::new(text))]
            }
            _ => Vec::new(),
        };
    };
    let mut events = vec![Event::Action(binding.action)];
    if !rest.is_empty() {
        events.extend(typed(Secret::new(rest.trim())));
    }
    events
}

/// A line in place of whatever the field holds, submitted.
fn typed(text: Secret) -> Vec<Event> {
    vec![
        Event::Action(Action::Edit(LineEdit::End)),
        Event::Action(Action::Edit(LineEdit::DeleteToStart)),
        Event::Paste(text),
        Event::Action(Action::Enter),
    ]
}
