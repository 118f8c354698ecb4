//! Records the onboarding over SSH: `scripts/recording`. Real programs, in real time as far as they are concerned;
//! what a person would take to read and to type is put in afterwards, so the file is the same on a slow machine.
//!
//! Two files come out: an asciicast (version 2) for players, and an animated picture (SVG) for the README, which needs
//! none. Who asked for reduced motion sees its last frame.

#![allow(clippy::print_stdout, clippy::expect_used)]

use openclaw_chutes::standin::idp::{Consent, Idp, Options};
use openclaw_chutes::standin::{Config, Keys, Standin, sample};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use testkit::raster::{Rgb, Theme};
use testkit::{Home, Pty, Screen, Sshd, http};

const SIZE: (u16, u16) = (80, 24);
/// Pixels of a cell.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;

/// A moment: when it comes (seconds), what was sent since the one before, what is then seen.
struct Moment {
    at: f64,
    bytes: Vec<u8>,
    screen: Screen,
}

struct Recorder {
    pty: Pty,
    sent: usize,
    clock: f64,
    moments: Vec<Moment>,
}

impl Recorder {
    /// What came since the last moment is one, after so many seconds.
    fn moment(&mut self, after: f64) {
        self.clock += after;
        let screen = self.pty.wait_quiet(std::time::Duration::from_millis(200));
        let raw = self.pty.raw();
        let bytes = raw[self.sent..].to_vec();
        self.sent = raw.len();
        if !bytes.is_empty() {
            self.moments.push(Moment { at: self.clock, bytes, screen });
        }
    }

    /// Press this, after so many seconds of looking; then this text is there.
    fn press(&mut self, after: f64, keys: &str, text: &str) {
        self.clock += after;
        self.pty.keys(keys).wait_text(text);
        self.moment(0.0);
    }

    fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.pty.type_text(&c.to_string());
            self.moment(0.08);
        }
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: recording PROGRAM DIRECTORY";
    let (program, out) = (arguments.next().expect(usage), arguments.next().expect(usage));
    std::fs::create_dir_all(&out).expect("the directory");
    let moments = record(&program);
    let cast = out.join("onboarding-over-ssh.cast");
    std::fs::write(&cast, asciicast(&moments)).expect("the recording");
    let picture = out.join("onboarding-over-ssh.svg");
    std::fs::write(&picture, svg(&moments)).expect("the picture");
    println!("{}\n{}", cast.display(), picture.display());
}

fn record(program: &std::path::Path) -> Vec<Moment> {
    let idp = Arc::new(Idp::new(Options { auto_consent: Some(Consent::Allow), ..Options::default() }));
    let list = sample::list(sample::Era::Documented);
    let config = Config { idp: Some(idp), ..Config::serving(Keys::AnyWellFormed, list) };
    let standin = Standin::start(config).expect("a stand-in");
    let sshd = Sshd::start();
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    home.set("CHUTES_IDP_BASE_URL", standin.idp_base());
    home.set("CHUTES_CLIENT_ID", "cid_abc123def456ghi789jkl012");
    home.set("CHUTES_CLIENT_SECRET", "csc_0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh");
    home.set("PS1", "ada@server:~$ ");
    home.set("LANG", "en_US.UTF-8");
    let folder = program.canonicalize().expect("the program").parent().expect("its directory").to_owned();
    home.set("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let shell = sshd.remote(&home, ["bash", "--norc", "--noprofile", "-i"]);
    let pty = home.pty(shell).size(SIZE.0, SIZE.1).spawn();
    pty.wait_text("ada@server");
    let mut recorder = Recorder { pty, sent: 0, clock: 0.0, moments: Vec::new() };
    recorder.moment(0.0);
    recorder.type_text("openclaw-chutes");
    recorder.press(0.4, "Enter", "How should OpenClaw");
    // Sign in with Chutes; the link, read for a while; the address that the browser ended on.
    recorder.press(2.0, "Home", "▸ Sign in with Chutes");
    recorder.press(0.6, "Enter", "forward the port");
    let joined: String = recorder.pty.screen().rows().iter().map(|row| row.trim().to_owned()).collect();
    let begin = joined.find("http://127.0.0.1").expect("a link");
    let end = joined[begin..].find("S256").expect("its end") + begin + 4;
    let address = http::get(&joined[begin..end]).location();
    recorder.clock += 4.0;
    recorder.pty.paste(&address).wait_text("models, live");
    recorder.moment(0.0);
    // The cheapest with tools that sees, as the image model; a fallback; on.
    recorder.press(2.5, "/", "ctx>200k");
    recorder.type_text("tools vision");
    recorder.press(1.2, "Enter", "Enter default");
    recorder.press(1.0, "i", "img");
    recorder.press(1.0, "Esc", "w go on");
    recorder.press(0.8, "Down", "w go on");
    recorder.press(0.8, "f", "w go on");
    recorder.press(1.6, "w", "answered in");
    recorder.press(3.0, "Enter", "is set up for Chutes");
    recorder.press(3.5, "Enter", "openclaw-chutes undo");
    recorder.moment(0.2);
    recorder.moments
}

fn asciicast(moments: &[Moment]) -> String {
    let mut out = serde_json::json!({
        "version": 2, "width": SIZE.0, "height": SIZE.1, "title": "openclaw-chutes: onboarding over SSH",
        "env": { "TERM": "xterm-256color", "SHELL": "/bin/bash" },
    })
    .to_string();
    for moment in moments {
        let text = String::from_utf8_lossy(&moment.bytes);
        let _ = write!(out, "\n{}", serde_json::json!([moment.at, "o", text]));
    }
    out + "\n"
}

// ── The picture: all frames side by side, and a window that jumps from one to the next ────────────────────────────

fn svg(moments: &[Moment]) -> String {
    let (cols, rows) = SIZE;
    let (width, height) = (f32::from(cols) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    // How long the last frame stays.
    let whole = moments.last().map_or(1.0, |moment| moment.at) + 5.0;
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut symbols = String::new();
    let mut frames = String::new();
    let mut steps = String::new();
    for (number, moment) in moments.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of frames")]
        let x = number as f32 * width;
        let _ = write!(steps, "{:.3}%{{transform:translateX(-{x}px)}}", moment.at / whole * 100.0);
        let _ = write!(frames, "<g transform=\"translate({x} 0)\">");
        for row in 0..rows {
            let drawn = drawn(&moment.screen, row);
            if drawn.is_empty() {
                continue;
            }
            let next = known.len();
            let id = *known.entry(drawn.clone()).or_insert_with(|| {
                let _ = write!(symbols, "<g id=\"r{next}\">{drawn}</g>");
                next
            });
            let _ = write!(frames, "<use href=\"#r{id}\" y=\"{}\"/>", f32::from(row) * CELL.1);
        }
        frames.push_str("</g>");
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of frames")]
    let end = (moments.len() - 1) as f32 * width;
    let paper = colour(Theme::Dark.paper());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Onboarding over SSH: sign in, choose models, review the diff, write\"><style>\
         text{{font:14px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}\
         .f{{animation:f {whole:.2}s steps(1,end) infinite}}@keyframes f{{{steps}}}\
         @media (prefers-reduced-motion:reduce){{.f{{animation:none;transform:translateX(-{end}px)}}}}</style>\
         <defs>{symbols}</defs><rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{paper}\"/>\
         <svg x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{}\" height=\"{}\"><g class=\"f\">{frames}</g></svg></svg>\n",
        width - 2.0 * MARGIN,
        height - 2.0 * MARGIN,
    )
}

/// One row: a text for each run of cells that look alike, and what is behind them.
fn drawn(screen: &Screen, row: u16) -> String {
    let theme = Theme::Dark;
    let mut out = String::new();
    let mut run: Option<Run> = None;
    for col in 0..SIZE.0 {
        let Some(cell) = screen.vt().cell(row, col).filter(|cell| !cell.is_wide_continuation()) else { continue };
        let (mut ink, mut paper) =
            (theme.color(cell.fgcolor(), theme.ink()), theme.color(cell.bgcolor(), theme.paper()));
        if cell.inverse() {
            std::mem::swap(&mut ink, &mut paper);
        }
        if screen.cursor_visible() && screen.cursor() == (col, row) {
            std::mem::swap(&mut ink, &mut paper);
        }
        let look = Look { ink, paper, bold: cell.bold(), dim: cell.dim(), underline: cell.underline() };
        let text = if cell.contents().is_empty() { " " } else { cell.contents() };
        match &mut run {
            Some(run) if run.look == look => run.text.push_str(text),
            _ => {
                run.take().into_iter().for_each(|run| run.write(&mut out));
                run = Some(Run { look, col, text: text.to_owned() });
            }
        }
        if let (Some(run), true) = (&mut run, cell.is_wide()) {
            run.text.push(' ');
        }
    }
    run.into_iter().for_each(|run| run.write(&mut out));
    out
}

#[derive(Clone, Copy, PartialEq)]
struct Look {
    ink: Rgb,
    paper: Rgb,
    bold: bool,
    dim: bool,
    underline: bool,
}

struct Run {
    look: Look,
    col: u16,
    text: String,
}

impl Run {
    fn write(self, out: &mut String) {
        let Look { ink, paper, bold, dim, underline } = self.look;
        let (x, cells) = (f32::from(self.col) * CELL.0, self.text.chars().count());
        #[expect(clippy::cast_precision_loss, reason = "the columns of a row")]
        let width = cells as f32 * CELL.0;
        if paper != Theme::Dark.paper() {
            let fill = colour(paper);
            let _ = write!(out, "<rect x=\"{x:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\"/>", CELL.1);
        }
        let shown = self.text.trim_end();
        if shown.is_empty() && !underline {
            return;
        }
        let shown = if underline { &self.text } else { shown };
        #[expect(clippy::cast_precision_loss, reason = "the columns of a row")]
        let length = shown.chars().count() as f32 * CELL.0;
        let escaped = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(out, "<text x=\"{x:.1}\" y=\"13.5\" textLength=\"{length:.1}\" fill=\"{}\"", colour(ink));
        out.push_str(if bold { " font-weight=\"700\"" } else { "" });
        out.push_str(if dim { " opacity=\".6\"" } else { "" });
        out.push_str(if underline { " text-decoration=\"underline\"" } else { "" });
        let _ = write!(out, " xml:space=\"preserve\">{escaped}</text>");
    }
}

fn colour([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
