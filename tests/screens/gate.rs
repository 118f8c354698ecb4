//! Speed as figures that a slow machine does not change: bytes sent for each key, and instructions executed, by
//! callgrind. More than a tenth over what `tests/data/figures.txt` says fails. `UPDATE_FIGURES=1` writes the file anew,
//! which is for changes that are worth it.
//!
//! The instructions are those of a test build: they show what a change does, not what a release needs.

use crate::models_support::{Stage, captured, generated, live};
use openclaw_chutes::chutes::model::Catalog;
use openclaw_chutes::selection::Configured;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::backend::Output;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::Wizard;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::{Action, Event};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// What a terminal is sent.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<u8>>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the bytes").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The real screen of the models, with the real bytes, and no terminal.
struct Picker {
    stage: Stage,
    terminal: Terminal<Output<Sent>>,
    sent: Sent,
}

impl Picker {
    fn new(models: usize) -> Picker {
        Picker::of(live(generated(models)))
    }

    fn of(list: Catalog) -> Picker {
        let stage = Stage::new(Configured::default(), list, Lang::En, Depth::Indexed256);
        let sent = Sent::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
        let terminal = Terminal::with_options(Output::new(sent.clone(), false), options).expect("a terminal");
        let mut picker = Picker { stage, terminal, sent };
        picker.draw();
        picker
    }

    fn draw(&mut self) -> usize {
        let (view, wizard) = (&self.stage.view, &self.stage.wizard);
        let mut viewport = None;
        self.terminal.draw(|frame| viewport = Some(view.draw(wizard, frame).viewport)).expect("a frame");
        self.stage.wizard.handle(Event::Viewport(viewport.expect("a frame")));
        std::mem::take(&mut *self.sent.0.lock().expect("the bytes")).len()
    }

    /// Bytes that this key has sent.
    fn press(&mut self, event: Event) -> usize {
        self.stage.wizard.handle(event);
        self.draw()
    }
}

fn arrows() -> Vec<Event> {
    let actions = [vec![Action::First], vec![Action::Down; 11], vec![Action::Up; 8], vec![Action::Down; 4]].concat();
    actions.into_iter().map(Event::Action).collect()
}

/// Typed into the filter, which is open.
fn letters() -> Vec<Event> {
    "glm t".chars().map(Event::Text).collect()
}

fn others() -> Vec<Event> {
    let act = |action| Event::Action(action);
    vec![
        act(Action::Back),
        act(Action::PageDown),
        act(Action::Last),
        act(Action::First),
        act(Action::Sort),
        act(Action::SortReverse),
        act(Action::Fallback),
        act(Action::Favourite),
        act(Action::Enter),
        act(Action::Enter),
        act(Action::GoToDefault),
    ]
}

fn bytes() -> Vec<(&'static str, u64)> {
    let mut picker = Picker::of(captured("2026-08-22"));
    let mut counts = |events: Vec<Event>| {
        let mut counts: Vec<u64> = events.into_iter().map(|event| picker.press(event) as u64).collect();
        counts.sort_unstable();
        counts
    };
    let arrow = counts(arrows());
    let arrow = arrow[arrow.len() / 2];
    let mut most = |events: Vec<Event>| counts(events).last().copied().unwrap_or(0);
    let opening = most(vec![Event::Action(Action::Filter)]);
    let letter = most(letters());
    let other = most(others());
    vec![
        ("bytes: an arrow key, the median of 24", arrow),
        ("bytes: / opens the filter", opening),
        ("bytes: a letter in the filter, the most of 5", letter),
        ("bytes: other keys, the most of 11", other),
    ]
}

// ── Under callgrind: a run that does something, less one that does all but that ─────────────────────────────────

#[test]
#[ignore = "run by the test below, under callgrind"]
fn driver_of_nothing() {}

#[test]
#[ignore = "run by the test below, under callgrind"]
fn driver_of_a_list() {
    Picker::new(1000);
}

#[test]
#[ignore = "run by the test below, under callgrind"]
fn driver_of_keys() {
    let mut picker = Picker::new(1000);
    for event in arrows().into_iter().chain([Event::Action(Action::Filter)]).chain(letters()).chain(others()) {
        picker.press(event);
    }
}

#[test]
#[ignore = "run by the test below, under callgrind"]
fn driver_of_a_first_frame() {
    let (wizard, _) = Wizard::new(Facts { state_dir: "~/.openclaw".into(), ..Facts::default() });
    let (theme, lang) = (Theme::new(Depth::Indexed256, Lang::En), Lang::En);
    let view = View { theme, lang, zone: jiff::tz::TimeZone::UTC, now: UnixMillis(1) };
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
    let mut terminal = Terminal::with_options(Output::new(Sent::default(), false), options).expect("a terminal");
    terminal.draw(|frame| _ = view.draw(&wizard, frame)).expect("a frame");
}

/// Instructions of this very program with one of the tests above; None: there is no valgrind.
fn instructions(driver: &str) -> Option<u64> {
    let dir = tempfile::tempdir().expect("a directory");
    let out = dir.path().join("counts");
    let own = std::env::current_exe().expect("this very program");
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", &format!("--callgrind-out-file={}", out.display())]).arg(own);
    command.args(["--exact", &format!("gate::driver_of_{driver}"), "--ignored", "--test-threads=1"]);
    let ran = command.stdin(Stdio::null()).output().ok()?;
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let report = std::fs::read_to_string(out).expect("the counts");
    let total = report.lines().find_map(|line| line.strip_prefix("summary:").or(line.strip_prefix("totals:")));
    total.and_then(|counts| counts.split_whitespace().next()?.parse().ok())
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/figures.txt")
}

fn hold(figures: &[(&str, u64)]) {
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    let rows = text.lines().filter_map(|line| line.rsplit_once(' '));
    let mut known: BTreeMap<String, u64> =
        rows.filter_map(|(name, figure)| Some((name.trim().to_owned(), figure.parse().ok()?))).collect();
    if std::env::var_os("UPDATE_FIGURES").is_some() {
        known.extend(figures.iter().map(|(name, figure)| ((*name).to_owned(), *figure)));
        let rows: Vec<String> = known.iter().map(|(name, figure)| format!("{name:<48} {figure}")).collect();
        std::fs::write(file(), rows.join("\n") + "\n").expect("the figures");
        return;
    }
    for (name, figure) in figures {
        let committed = *known.get(*name).unwrap_or_else(|| panic!("{name}: {figure}, and no figure is committed"));
        assert!(*figure <= committed + committed / 10, "{name}: {figure}, more than a tenth over {committed}");
    }
}

#[test]
fn keys_send_as_few_bytes_as_they_did() {
    hold(&bytes());
}

#[test]
fn keys_and_the_first_frame_execute_as_few_instructions_as_they_did() {
    let Some(nothing) = instructions("nothing") else { return testkit::need::missing("valgrind") };
    let count = |driver| instructions(driver).expect("valgrind is there");
    let keys = count("keys").saturating_sub(count("a_list"));
    let first = count("a_first_frame").saturating_sub(nothing);
    hold(&[("instructions: 41 keys on 1,000 models", keys), ("instructions: the first frame", first)]);
}
