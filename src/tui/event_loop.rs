//! The loop: signals, keys and answers in; one frame for whatever came together.

use super::effects::{self, Effects};
use super::keymap::{self, Meaning};
use super::signals::{self, Signals};
use super::terminal::{self, Terminal};
use super::view::View;
use super::{Ended, Session};
use crate::secret::Secret;
use crate::texts::signin as text;
use crate::wizard::Wizard;
use crate::wizard::facts::Facts;
use crate::wizard::protocol::{Effect, Event, Viewport};
use crossterm::event::{Event as Input, KeyCode, KeyEventKind, KeyModifiers};
use jiff::tz::TimeZone;
use rustix::io::Errno;
use std::collections::VecDeque;
use std::io;
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
        terminal: Terminal::enter()?,
        view: View { theme: session.theme(), lang, zone: TimeZone::UTC, now_ms: 0 },
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
        view.now_ms = effects::now_ms();
        if let Some(link) = wizard.bare_link() {
            self.terminal.show_bare(link, text::bare_back(view.lang))?;
            return Ok(None);
        }
        self.terminal.hide_bare()?;
        let mut viewport = None;
        self.terminal.draw(|frame| viewport = Some(view.draw(wizard, frame)))?;
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
    std::thread::Builder::new().name("terminal".to_owned()).spawn(move || read_terminal(&input))?;
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

/// The next event of what was read: a run of text keys too fast for a person is one paste, where one
/// is expected.
fn next_event(screen: &mut Screen, wizard: &Wizard, read: &mut VecDeque<Input>) -> io::Result<Option<Event>> {
    if wizard.context().takes_bursts() {
        let text: String = read.iter().map_while(text_key).collect();
        // Its last line end is Enter; those before belong to it.
        let text = text.trim_end_matches('\n');
        let count = text.chars().count();
        if count >= BURST && wizard.context().is_paste(text) {
            read.drain(..count);
            return Ok(Some(Event::Burst(Secret::new(text))));
        }
    }
    match read.pop_front() {
        Some(input) => to_event(screen, wizard, input),
        None => Ok(None),
    }
}

/// The character that a key press would be in a pasted text.
fn text_key(input: &Input) -> Option<char> {
    let Input::Key(key) = input else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Char(c) if plain => Some(c),
        KeyCode::Enter if plain => Some('\n'),
        KeyCode::Char('j') if key.modifiers == KeyModifiers::CONTROL => Some('\n'),
        _ => None,
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

fn read_terminal(to: &UnboundedSender<FromTerminal>) {
    loop {
        let read = read_batch();
        let gone = read.is_err();
        if to.send(read.map_or(FromTerminal::Gone, FromTerminal::Inputs)).is_err() || gone {
            return;
        }
    }
}

/// What is there without waiting for more: key presses that came together are looked at together.
fn read_batch() -> io::Result<VecDeque<Input>> {
    // Not zero: then crossterm does not even look at what it has read already.
    const AT_ONCE: Duration = Duration::from_micros(200);
    let mut batch = VecDeque::from([crossterm::event::read()?]);
    while crossterm::event::poll(AT_ONCE)? {
        batch.push_back(crossterm::event::read()?);
    }
    Ok(batch)
}
