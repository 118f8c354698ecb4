//! The same machine, line by line: for screen readers, dumb terminals and logs. Output only ever grows;
//! no escape sequence is written. What was said is not said again.

use super::effects::Effects;
use super::keymap;
use super::signals::{self, Signals};
use super::terminal::{self, LineMode};
use super::view::View;
use super::{Ended, Session};
use crate::chutes::credential_kinds::find_secret;
use crate::clean;
use crate::secret::Secret;
use crate::texts::{Lang, wizard as t};
use crate::time::{UnixMillis, now};
use crate::wizard::facts::Facts;
use crate::wizard::line::LineEdit;
use crate::wizard::protocol::{Action, Effect, Event, KeyContext, Viewport};
use crate::wizard::{Screen, Wizard};
use jiff::tz::TimeZone;
use secrecy::zeroize::Zeroize;
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use unicode_width::UnicodeWidthChar;

/// Rows of a long list that are said at once.
const ROWS: usize = 40;
/// Longest line that is taken, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// Run the wizard with prompts until it is over.
pub fn run(session: Session, facts: Facts) -> io::Result<(Ended, Wizard)> {
    let lang = facts.lang;
    let taken = LineMode::enter()?;
    let theme = session.theme();
    let view = View { theme, lang, zone: TimeZone::system(), now: UnixMillis::default() };
    let (mut wizard, effects) = Wizard::new(facts);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (events, mut answers) = mpsc::unbounded_channel();
        let mut running = Effects::new(Arc::new(session), events);
        let mut talk = Talk {
            view,
            said: HashSet::new(),
            list: None,
            place: None,
            asked: false,
            refused: false,
            under_way: false,
            line: Line::default(),
            unread: VecDeque::new(),
        };
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
            // What a line is depends on what the line before it did.
            () = std::future::ready(()), if !talk.unread.is_empty() => talk.hear(wizard)?,
            number = signals.next() => match number {
                signals::STOP => { terminal::suspend_lines()?; talk.place = None; talk.said.clear(); Vec::new() }
                // Somebody stopped and continued us.
                signals::CONTINUE => { terminal::retake_lines(None)?; Vec::new() }
                signals::RESIZE => Vec::new(),
                number => return Ok(Ended::Signal(number)),
            },
            bytes = input.recv() => match bytes {
                Some(bytes) => {
                    talk.unread.extend(bytes);
                    talk.hear(wizard)?
                }
                None => return Ok(Ended::Signal(signals::HANG_UP)),
            },
            answer = answers.recv() => answer.into_iter().collect(),
        };
        for event in events {
            for effect in wizard.handle(event) {
                talk.under_way |= is_answered_later(&effect);
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
    /// What the list of models was ordered and filtered by: another one is another list.
    list: Option<String>,
    /// Where the last prompt was.
    place: Option<(Screen, KeyContext)>,
    /// A line was typed, and has to be answered whatever came of it.
    asked: bool,
    /// It has been, by a refusal.
    refused: bool,
    /// It will be: something is under way because of it.
    under_way: bool,
    line: Line,
    /// Bytes behind a complete line.
    unread: VecDeque<u8>,
}

impl Talk {
    /// Say what is new since the last time, then what can be answered. What somebody typed is always
    /// answered; silence could not be told from a program that hangs.
    fn tell(&mut self, wizard: &mut Wizard) -> io::Result<()> {
        self.view.now = now();
        let (context, lang) = (wizard.context(), self.view.lang);
        let asked = std::mem::take(&mut self.asked);
        let refused = std::mem::take(&mut self.refused);
        let under_way = std::mem::take(&mut self.under_way);
        let moved = self.place != Some((wizard.screen, context));
        let mut text = String::new();
        if self.place.is_none_or(|(screen, _)| screen != wizard.screen) {
            self.said.clear();
            text.push_str(&format!("\n== {}\n", self.view.step_name(wizard)));
        }
        self.place = Some((wizard.screen, context));
        let list = wizard.models.as_ref().map(|models| {
            format!("{:?} {} {} {}", models.sort, models.reversed, models.revealed, models.filter.text())
        });
        if list != self.list {
            self.said.retain(|line| !is_row(line));
            self.list = list;
        }
        wizard.handle(Event::Viewport(Viewport::new(ROWS, 0)));
        let lines: Vec<String> = self.view.lines(wizard, ROWS);
        let before = text.len();
        let fresh: Vec<&String> = lines.iter().filter(|line| !self.said.contains(*line)).collect();
        let here = |line: &&String| fresh.iter().any(|other| **other == t::plain_here(lang, line));
        // A row that changed under the cursor is said once, as where one is; in a list it has its place.
        let is_list = fresh.iter().filter(|line| is_row(line)).count() > 2;
        for line in fresh.iter().filter(|line| is_list || !here(line)) {
            text.push_str(line);
            text.push('\n');
        }
        let silent = text.len() == before;
        if silent && !moved && !asked {
            return Ok(());
        }
        if silent && asked && !moved && !refused {
            // The same answer as before is an answer.
            let answers = self.view.answers(wizard);
            match answers.is_empty() {
                true if under_way => {}
                true => text.push_str(&format!("{}\n", t::plain_nothing_new(lang))),
                false => answers.iter().for_each(|line| text.push_str(&format!("{line}\n"))),
            }
        }
        // Help lies over the screen: what was said below it need not be said again.
        if context == KeyContext::Help {
            self.said.extend(lines);
        } else {
            self.said = lines.into_iter().collect();
        }
        // While something is under way there is nothing to answer.
        if !context.is_waiting() {
            if moved {
                text.push_str(&self.keys(context));
            }
            text.push_str("> ");
        }
        say(&text)
    }

    /// The keys in force, said when they change.
    fn keys(&self, context: KeyContext) -> String {
        let lang = self.view.lang;
        let keys: Vec<String> = keymap::in_force(context)
            .filter(|binding| binding.footer)
            .map(|binding| match binding.action {
                Action::Back => name(binding, lang),
                _ => format!("{} {}", name(binding, lang), (binding.label)(lang)),
            })
            .collect();
        format!("[{}]\n", keys.join(", "))
    }

    /// What was typed, up to the end of a line: echoed, and turned into events when it is complete.
    fn hear(&mut self, wizard: &Wizard) -> io::Result<Vec<Event>> {
        let (context, lang) = (wizard.context(), self.view.lang);
        // A paste of an address may begin where a letter is a key.
        let hidden = wizard.line().is_some_and(crate::wizard::line::Line::is_hidden);
        // Where a command can be typed instead of a secret, its letters are shown as long as they are one.
        let commands: Vec<String> = match context.takes_text() {
            true => vec![t::plain_back(lang).to_owned(), t::plain_quit(lang).to_owned()],
            false => words(context, lang).collect(),
        };
        let mut events = Vec::new();
        let mut echo: Vec<u8> = Vec::new();
        let mut refusals = String::new();
        while let Some(byte) = self.unread.pop_front() {
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
                    let erased = String::from_utf8_lossy(&line.bytes).chars().next_back();
                    // A character may be several bytes; only its first one has no continuation bits.
                    while line.bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
                    for _ in 0..erased.map_or(0, |c| c.width().unwrap_or(1)) {
                        echo.extend(b"\x08 \x08");
                    }
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
                    self.asked = true;
                    match meaning(wizard, Secret::new(typed), lang) {
                        Ok(meant) => events.extend(meant),
                        Err(why) => {
                            self.refused = true;
                            refusals.push_str(&format!("{why}\n"));
                        }
                    }
                    break;
                }
                b' '.. if line.bytes.len() < MAX_LINE => {
                    line.bytes.push(byte);
                    // A key that is typed where something else is asked for is a key all the same.
                    let misplaced = std::str::from_utf8(&line.bytes).is_ok_and(|text| find_secret(text).is_some());
                    let secret =
                        misplaced || hidden && !commands.iter().any(|word| word.as_bytes().starts_with(&line.bytes));
                    // One star a character, not a byte.
                    if !secret {
                        echo.push(byte);
                    } else if byte & 0xc0 != 0x80 {
                        echo.push(b'*');
                    }
                }
                _ => {}
            }
        }
        echo.extend(refusals.as_bytes());
        io::stdout().lock().write_all(&echo)?;
        io::stdout().lock().flush()?;
        Ok(events)
    }
}

/// What comes of it is said when it comes.
fn is_answered_later(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Answer { .. }
            | Effect::AllowInDemo { .. }
            | Effect::MoreTime(_)
            | Effect::OpenBrowser { .. }
            | Effect::Copy { .. }
            | Effect::SaveLink { .. }
    )
}

/// A numbered line of a list.
fn is_row(line: &str) -> bool {
    line.split_once(". ").is_some_and(|(number, _)| number.parse::<usize>().is_ok())
}

/// The name by which a binding is typed here.
fn name(binding: &keymap::Binding, lang: Lang) -> String {
    match binding.action {
        Action::Back => t::plain_back(lang).to_owned(),
        _ => binding.keys[0].name(lang),
    }
}

/// All words that are commands here.
fn words(context: KeyContext, lang: Lang) -> impl Iterator<Item = String> {
    let keys = keymap::in_force(context)
        .flat_map(move |binding| binding.keys.iter().map(move |key| key.name(lang)).chain([name(binding, lang)]));
    keys.chain([t::plain_quit(lang).to_owned(), "quit".to_owned(), "back".to_owned()])
}

/// The binding that a word names.
fn binding(context: KeyContext, word: &str, lang: Lang) -> Option<&'static keymap::Binding> {
    let is_named = |name: &str| name == word || (name.chars().count() > 1 && name.eq_ignore_ascii_case(word));
    keymap::in_force(context).find(|binding| {
        is_named(&name(binding, lang))
            || (binding.action == Action::Back && is_named("back"))
            || binding.keys.iter().any(|key| is_named(&key.name(lang)))
    })
}

/// A whole line as events: a word for a key, a number for a row, or text where text is asked for. Err: why
/// it means nothing here.
fn meaning(wizard: &Wizard, line: Secret, lang: Lang) -> Result<Vec<Event>, String> {
    let context = wizard.context();
    let text = line.expose().trim();
    if text == t::plain_quit(lang) || text == "quit" {
        return Ok(vec![Event::Action(Action::Quit)]);
    }
    if text.is_empty() {
        return Ok(vec![Event::Action(Action::Enter)]);
    }
    let (word, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    if context.takes_text() {
        let only_word = rest.is_empty() && word.chars().count() > 1;
        return Ok(match binding(context, word, lang).filter(|_| only_word) {
            Some(binding) => vec![Event::Action(binding.action)],
            None => typed(Secret::new(text)),
        });
    }
    let rows = match context {
        KeyContext::Auth => wizard.auth.choices.len(),
        KeyContext::Accounts | KeyContext::AccountsChanged => wizard.accounts.stored().len(),
        KeyContext::Models | KeyContext::ModelsFiltered => wizard.models.as_ref().map_or(0, |m| m.view.len()),
        _ => 0,
    };
    // `5 f` and `f 5`: what to do with which row.
    let numbered = match (word.parse::<usize>(), rest.parse::<usize>()) {
        (Ok(number), _) => Some((number, rest)),
        (_, Ok(number)) if rows > 0 && binding(context, word, lang).is_some_and(|b| takes_row(b.action)) => {
            Some((number, word))
        }
        _ => None,
    };
    let Some((number, what)) = numbered.filter(|_| rows > 0) else { return act(wizard, text, lang) };
    if number == 0 || number > rows {
        return Err(t::plain_no_row(lang, number, rows));
    }
    let is_account = matches!(context, KeyContext::Accounts | KeyContext::AccountsChanged);
    let mut events = vec![Event::Action(Action::First)];
    events.extend((1..number).map(|_| Event::Action(Action::Down)));
    if context == KeyContext::Auth || (is_account && what.is_empty()) {
        events.push(Event::Action(Action::Enter));
    } else if what == "?" {
        events.push(Event::Action(Action::Describe));
    } else if !what.is_empty() {
        events.extend(act(wizard, what, lang)?);
    }
    Ok(events)
}

/// It is done to the row under the cursor.
fn takes_row(action: Action) -> bool {
    matches!(
        action,
        Action::Fallback
            | Action::FallbackEarlier
            | Action::FallbackLater
            | Action::Image
            | Action::LeaveOut
            | Action::Favourite
            | Action::TestCall
            | Action::Mark
            | Action::TakeProposal
            | Action::RemoveAccount
            | Action::Enter
    )
}

/// `e chutes-fast`, `/ glm tools`, `f`: a key, and what is then typed.
fn act(wizard: &Wizard, text: &str, lang: Lang) -> Result<Vec<Event>, String> {
    let context = wizard.context();
    let first = text.chars().next().map(char::len_utf8).unwrap_or_default();
    let (word, rest) = match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        // `/glm` needs no space.
        None if text.starts_with('/') => text.split_at(first),
        None => (text, ""),
    };
    if let Some(binding) = binding(context, word, lang) {
        match binding.action {
            // A line can show no code: it comes as a picture.
            Action::ShowQr => {
                let actions = [Action::ShowQr, Action::SaveLink, Action::Back];
                return Ok(actions.into_iter().map(Event::Action).collect());
            }
            // It is a line of its own already; here it is once more.
            Action::BareLink => return Err(wizard.sign_in.link.clone()),
            _ => {}
        }
        let mut events = vec![Event::Action(binding.action)];
        if !rest.is_empty() {
            events.extend(typed(Secret::new(rest)));
        }
        return Ok(events);
    }
    match context {
        // The address that a browser ended on is an answer.
        KeyContext::SignIn | KeyContext::SignInExpired => Ok(vec![Event::Paste(Secret::new(text))]),
        // A model's id or ref goes to its row.
        KeyContext::Models | KeyContext::ModelsFiltered
            if wizard.models.as_ref().is_some_and(|models| models.row_named(text).is_some()) =>
        {
            Ok(vec![Event::Paste(Secret::new(text))])
        }
        _ => Err(t::plain_unknown(lang, clean::excerpt(word, 24))),
    }
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
