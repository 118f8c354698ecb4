//! The loop: signals, keys and answers in; one frame for whatever came together.

use super::effects::Effects;
use super::input::{Tokenizer, text_key};
use super::keymap::{self, Meaning};
use super::signals::{self, Signals};
use super::terminal::{self, Terminal};
use super::view::View;
use super::{Ended, Session};
use crate::secret::Secret;
use crate::texts::{Lang, signin as text};
use crate::time::{UnixMillis, now};
use crate::wizard::Wizard;
use crate::wizard::facts::Facts;
use crate::wizard::protocol::{Effect, Event, Viewport};
use crossterm::event::{Event as Input, KeyEventKind};
use jiff::tz::TimeZone;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// What comes from the terminal.
enum FromTerminal {
    /// Everything that one read brought.
    Inputs(VecDeque<Input>),
    /// It cannot be read any more.
    Gone,
}

/// Run the wizard on the terminal until it is over. The first frame is drawn before anything else is
/// set up: no runtime, no TLS, no file of OpenClaw's is needed for it.
pub fn run(session: Session, facts: Facts) -> io::Result<(Ended, Wizard)> {
    let lang = facts.lang;
    let mut screen = Screen {
        terminal: Terminal::enter(lang == Lang::ZhCn)?,
        view: View { theme: session.theme(), lang, zone: TimeZone::UTC, now: UnixMillis::default() },
    };
    let (mut wizard, effects) = Wizard::new(facts);
    if let Err(error) = screen.show(&mut wizard) {
        return Ok((or_signal(Err(error))?, wizard));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (events, mut answers) = mpsc::unbounded_channel();
        let mut running = Effects::new(Arc::new(session), events);
        let ended = drive(&mut screen, &mut wizard, &mut running, &mut answers, effects).await;
        running.finish(matches!(ended, Ok(Ended::Signal(_)) | Err(_))).await;
        ended
    });
    drop(screen);
    // Reading the terminal goes on in a thread that nothing waits for.
    runtime.shutdown_background();
    Ok((or_signal(ended)?, wizard))
}

/// What ended a run that failed: drawing may notice a signal, or that the terminal is gone, first.
pub fn or_signal(ended: io::Result<Ended>) -> io::Result<Ended> {
    let gone = |error: &io::Error| error.raw_os_error() == Some(Errno::IO.raw_os_error());
    match (ended, crate::signals::received()) {
        (Err(_), Some(number)) => Ok(Ended::Signal(number)),
        (Err(error), None) if gone(&error) || !terminal::available() => Ok(Ended::Signal(signals::HANG_UP)),
        (ended, _) => ended,
    }
}

struct Screen {
    terminal: Terminal,
    view: View,
}

impl Screen {
    /// Draw, and tell the machine how far one can scroll.
    fn show(&mut self, wizard: &mut Wizard) -> io::Result<()> {
        if let Some(viewport) = self.draw(wizard)? {
            wizard.handle(Event::Viewport(viewport));
        }
        Ok(())
    }

    /// Draw one frame; None: it was no frame but the bare link.
    fn draw(&mut self, wizard: &Wizard) -> io::Result<Option<Viewport>> {
        let view = &mut self.view;
        view.now = now();
        if let Some(link) = wizard.bare_link() {
            self.terminal.show_bare(link, text::bare_back(view.lang))?;
            return Ok(None);
        }
        self.terminal.hide_bare()?;
        let mut viewport = None;
        self.terminal.draw(|frame| {
            let drawn = view.draw(wizard, frame);
            viewport = Some(drawn.viewport);
            drawn.cursor
        })?;
        Ok(viewport)
    }
}

async fn drive(
    screen: &mut Screen,
    wizard: &mut Wizard,
    running: &mut Effects,
    answers: &mut UnboundedReceiver<Event>,
    effects: Vec<Effect>,
) -> io::Result<Ended> {
    let mut signals = Signals::new()?;
    // A window that changed its size before anybody listened: where nothing changed, nothing is sent.
    screen.show(wizard)?;
    let (input, mut inputs) = mpsc::unbounded_channel();
    let terminal = terminal::open_input()?;
    std::thread::Builder::new().name("terminal".to_owned()).spawn(move || read_terminal(&terminal, &input))?;
    screen.view.zone = TimeZone::system();
    for effect in effects {
        if let Some(outcome) = running.run(effect) {
            return Ok(Ended::Outcome(outcome));
        }
    }
    loop {
        let mut read = VecDeque::new();
        let mut event = tokio::select! {
            biased;
            number = signals.next() => match number {
                signals::STOP => { screen.terminal.suspend()?; None }
                signals::CONTINUE => { screen.terminal.retake()?; None }
                // Drawing looks at the size.
                signals::RESIZE => None,
                number => return Ok(Ended::Signal(number)),
            },
            input = inputs.recv() => match input {
                Some(FromTerminal::Inputs(inputs)) => { read = inputs; None }
                Some(FromTerminal::Gone) | None => return Ok(Ended::Signal(signals::HANG_UP)),
            },
            answer = answers.recv() => answer,
        };
        let mut after_drawing = Vec::new();
        // Whatever else is there already belongs to the same frame.
        loop {
            for effect in event.take().map(|event| wizard.handle(event)).unwrap_or_default() {
                if matches!(effect, Effect::OpenBrowser { .. }) {
                    after_drawing.push(effect);
                } else if let Some(outcome) = running.run(effect) {
                    return Ok(Ended::Outcome(outcome));
                }
            }
            if !read.is_empty() {
                event = next_event(screen, wizard, &mut read)?;
                continue;
            }
            match inputs.try_recv() {
                Ok(FromTerminal::Inputs(inputs)) => read = inputs,
                Ok(FromTerminal::Gone) => return Ok(Ended::Signal(signals::HANG_UP)),
                Err(_) => match answers.try_recv() {
                    Ok(answer) => event = Some(answer),
                    Err(_) => break,
                },
            }
        }
        // Sent before the screen says so.
        let bytes = running.for_terminal();
        if !bytes.is_empty() {
            screen.terminal.write_raw(&bytes)?;
        }
        screen.show(wizard)?;
        for effect in after_drawing {
            running.run(effect);
        }
    }
}

/// Fewer key presses than this in one read may be a fast typist, or a key that repeats.
const BURST: usize = 8;

/// The next event of what was read: a run of text keys too fast for a person is one paste. Where nobody
/// types text, a paste is none of the keys that its letters mean.
fn next_event(screen: &mut Screen, wizard: &Wizard, read: &mut VecDeque<Input>) -> io::Result<Option<Event>> {
    let context = wizard.context();
    if !context.takes_text() || context.takes_bursts() {
        let text: String = read.iter().map_while(text_key).collect();
        // Its last line end is Enter; those before belong to it.
        let text = text.trim_end_matches('\n');
        let count = text.chars().count();
        if count >= BURST && context.is_paste(text) {
            read.drain(..count);
            return Ok(Some(Event::Burst(Secret::new(text))));
        }
        // A key that is held down repeats.
        let held = text.chars().collect::<HashSet<char>>().len() < 4;
        if count >= BURST && !held {
            read.drain(..count);
            return Ok(Some(Event::Paste(Secret::new(text))));
        }
    }
    match read.pop_front() {
        Some(input) => to_event(screen, wizard, input),
        None => Ok(None),
    }
}

/// What a key press, a paste or a resize is to the machine.
fn to_event(screen: &mut Screen, wizard: &Wizard, input: Input) -> io::Result<Option<Event>> {
    Ok(match input {
        Input::Key(key) if key.kind != KeyEventKind::Release => match keymap::meaning(wizard.context(), key) {
            Meaning::Action(action) => Some(Event::Action(action)),
            Meaning::Text(c) => Some(Event::Text(c)),
            Meaning::Suspend => {
                screen.terminal.suspend()?;
                None
            }
            Meaning::Redraw => {
                screen.terminal.redraw_all()?;
                None
            }
            Meaning::Nothing => None,
        },
        Input::Paste(text) => Some(Event::Paste(Secret::new(text))),
        _ => None,
    })
}

/// Reads until the terminal is gone or nobody listens. Waits for nothing but bytes and the time that an
/// unfinished sequence has.
fn read_terminal(terminal: &File, to: &UnboundedSender<FromTerminal>) {
    let mut tokenizer = Tokenizer::default();
    loop {
        let read = read_batch(terminal, &mut tokenizer);
        let gone = read.is_err();
        let message = match read {
            Ok(inputs) if inputs.is_empty() => continue,
            Ok(inputs) => FromTerminal::Inputs(inputs),
            Err(_) => FromTerminal::Gone,
        };
        if to.send(message).is_err() || gone {
            return;
        }
    }
}

/// What is there without waiting for more: key presses that came together are looked at together.
fn read_batch(terminal: &File, tokenizer: &mut Tokenizer) -> io::Result<VecDeque<Input>> {
    const AT_ONCE: Duration = Duration::from_micros(200);
    if !readable(terminal, tokenizer.patience())? {
        return Ok(tokenizer.expire().into());
    }
    let mut batch = VecDeque::new();
    let mut bytes = [0; 4096];
    loop {
        match (&mut &*terminal).read(&mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => batch.extend(tokenizer.feed(&bytes[..count])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !readable(terminal, Some(AT_ONCE))? {
            return Ok(batch);
        }
    }
}

/// Whether there is something to read within this time; None: as long as it takes.
fn readable(terminal: &File, within: Option<Duration>) -> io::Result<bool> {
    let within = within.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(terminal, PollFlags::IN)], within.as_ref()) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
