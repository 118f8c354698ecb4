//! The full-screen side: terminal, event loop, drawing.

pub mod browser;
pub mod clipboard;
pub mod format;
pub mod keymap;
mod output;
pub mod plain;
pub mod qr;
mod runner;
pub mod terminal;
pub mod theme;
pub mod view;

pub use runner::FAVOURITES;
pub use runner::signin::{CLIENT, PENDING, Remembered};

use crate::chutes::endpoints::Endpoints;
use crate::chutes::oauth::attempt::Environment;
use crate::openclaw::Site;
use crate::secret::Secret;
use crate::signals;
use crate::state::State;
use crate::texts::{Lang, signin as text};
use crate::wizard::Wizard;
use crate::wizard::protocol::{Effect, Event, Facts, Outcome};
use crossterm::event::{Event as Input, KeyCode, KeyEventKind, KeyModifiers};
use jiff::tz::TimeZone;
use keymap::Meaning;
use runner::Runner;
use rustix::io::Errno;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use terminal::Terminal;
use theme::{Depth, Theme};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use view::View;

/// Everything one run of the wizard works with.
#[derive(Debug)]
pub struct Session {
    pub site: Site,
    pub state: State,
    pub endpoints: Endpoints,
    pub depth: Depth,
    pub lang: Lang,
    /// Settings of the sign-in; None: nobody signs in.
    pub sign_in: Option<Environment>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Outcome(Outcome),
    /// This signal, or the loss of the terminal (SIGHUP), ended it.
    Signal(i32),
}

const SIGHUP: i32 = 1;
const SIGTSTP: i32 = 20;
const SIGCONT: i32 = 18;
const SIGWINCH: i32 = 28;

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
        view: View { theme: Theme::new(session.depth, lang), lang, zone: TimeZone::UTC, now_ms: 0 },
    };
    let (mut wizard, effects) = Wizard::new(facts);
    if let Err(error) = screen.draw(&mut wizard) {
        return Ok((or_signal(Err(error))?, wizard));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let (events, mut answers) = mpsc::unbounded_channel();
        let mut runner = Runner::new(Arc::new(session), events);
        let ended = drive(&mut screen, &mut wizard, &mut runner, &mut answers, effects).await;
        runner.finish(matches!(ended, Ok(Ended::Signal(_)) | Err(_))).await;
        ended
    });
    drop(screen);
    // Reading the terminal goes on in a thread that nothing waits for.
    runtime.shutdown_background();
    Ok((or_signal(ended)?, wizard))
}

/// What ended a run that failed: drawing may notice a signal, or that the terminal is gone, first.
fn or_signal(ended: io::Result<Ended>) -> io::Result<Ended> {
    let gone = |error: &io::Error| error.raw_os_error() == Some(Errno::IO.raw_os_error());
    match (ended, signals::received()) {
        (Err(_), Some(number)) => Ok(Ended::Signal(number)),
        (Err(error), None) if gone(&error) || !terminal::available() => Ok(Ended::Signal(SIGHUP)),
        (ended, _) => ended,
    }
}

struct Screen {
    terminal: Terminal,
    view: View,
}

impl Screen {
    fn draw(&mut self, wizard: &mut Wizard) -> io::Result<()> {
        let view = &mut self.view;
        view.now_ms = runner::now_ms();
        if let Some(link) = wizard.bare_link() {
            return self.terminal.show_bare(link, text::bare_back(view.lang));
        }
        self.terminal.hide_bare()?;
        let mut page = 0;
        self.terminal.draw(|frame| {
            page = view::page_rows(wizard, frame.area());
            view.draw(wizard, frame);
        })?;
        wizard.page = page;
        Ok(())
    }
}

async fn drive(
    screen: &mut Screen,
    wizard: &mut Wizard,
    runner: &mut Runner,
    answers: &mut UnboundedReceiver<Event>,
    effects: Vec<Effect>,
) -> io::Result<Ended> {
    let mut signals = Signals::new()?;
    // A window that changed its size before anybody listened: where nothing changed, nothing is sent.
    screen.draw(wizard)?;
    let (input, mut inputs) = mpsc::unbounded_channel();
    std::thread::Builder::new().name("terminal".to_owned()).spawn(move || read_terminal(&input))?;
    screen.view.zone = TimeZone::system();
    for effect in effects {
        if let Some(outcome) = runner.run(effect) {
            return Ok(Ended::Outcome(outcome));
        }
    }
    loop {
        let mut read = VecDeque::new();
        let mut event = tokio::select! {
            biased;
            number = signals.next() => match number {
                SIGTSTP => { screen.terminal.suspend()?; None }
                SIGCONT => { screen.terminal.retake()?; None }
                // Drawing looks at the size.
                SIGWINCH => None,
                number => return Ok(Ended::Signal(number)),
            },
            input = inputs.recv() => match input {
                Some(FromTerminal::Inputs(inputs)) => { read = inputs; None }
                Some(FromTerminal::Gone) | None => return Ok(Ended::Signal(SIGHUP)),
            },
            answer = answers.recv() => answer,
        };
        let mut after_drawing = Vec::new();
        // Whatever else is there already belongs to the same frame.
        loop {
            for effect in event.take().map(|event| wizard.handle(event)).unwrap_or_default() {
                if matches!(effect, Effect::OpenBrowser { .. }) {
                    after_drawing.push(effect);
                } else if let Some(outcome) = runner.run(effect) {
                    return Ok(Ended::Outcome(outcome));
                }
            }
            if !read.is_empty() {
                event = next_event(screen, wizard, &mut read)?;
                continue;
            }
            match inputs.try_recv() {
                Ok(FromTerminal::Inputs(inputs)) => read = inputs,
                Ok(FromTerminal::Gone) => return Ok(Ended::Signal(SIGHUP)),
                Err(_) => match answers.try_recv() {
                    Ok(answer) => event = Some(answer),
                    Err(_) => break,
                },
            }
        }
        // Sent before the screen says so.
        let bytes = runner.for_terminal();
        if !bytes.is_empty() {
            screen.terminal.write_raw(&bytes)?;
        }
        screen.draw(wizard)?;
        for effect in after_drawing {
            runner.run(effect);
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
        if count >= BURST {
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

/// All signals that mean something, by their numbers.
struct Signals(Vec<(i32, Signal)>);

impl Signals {
    fn new() -> io::Result<Signals> {
        let ending = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()];
        let ending = ending.map(|kind| kind.as_raw_value());
        let of = |number| Ok((number, signal(SignalKind::from_raw(number))?));
        Ok(Signals(ending.into_iter().chain([SIGTSTP, SIGCONT, SIGWINCH]).map(of).collect::<io::Result<_>>()?))
    }

    /// The number of the next signal.
    async fn next(&mut self) -> i32 {
        std::future::poll_fn(|context| {
            let caught = |(number, signal): &mut (i32, Signal)| signal.poll_recv(context).is_ready().then_some(*number);
            self.0.iter_mut().find_map(caught).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
