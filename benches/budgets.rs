//! Measures the budgets and prints them beside OpenClaw's figures from the same run: `scripts/bench`.
//!
//! Nothing is asserted. A row that cannot be measured says why. What can be set from outside:
//!
//! | variable | meaning |
//! |---|---|
//! | `BENCH_BINARY` | the binary to measure (default: the one that `cargo bench` just built); for example a static build |
//! | `BENCH_RUNS` | runs per figure (default 40; OpenClaw gets a tenth, at least 3) |
//! | `BENCH_FRAME` | texts, separated by `\|`, that complete the wizard's first frame (default `Auth\|? keys`) |

#![allow(clippy::print_stdout, clippy::expect_used)]

use openclaw_chutes::standin::{Config, Keys, Standin, sample};
use std::ffi::OsString;
use std::time::Duration;
use testkit::measure::{self, Spread, Table};
use testkit::{Home, peer};

/// A key that nobody owns, in the form Chutes gives them.
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.0123456789abcdefghijklmnopqrstuv";

fn main() {
    measure::answer_if_asked();
    // `cargo test --benches` calls this too; measuring is only for `cargo bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("budgets are measured by `scripts/bench`");
    }
    let runs: usize = setting("BENCH_RUNS", "40").parse().expect("BENCH_RUNS is a number");
    let ours = setting("BENCH_BINARY", env!("CARGO_BIN_EXE_openclaw-chutes"));
    let mut bench =
        Bench { ours, runs, peer_runs: (runs / 10).max(3), peer: peer::installed(), table: Table::default() };
    bench.table.row(["", "median", "p95", "OpenClaw", "×", "budget"]);
    bench.table.row(["────", "────", "────", "────", "────", "────"]);
    bench.size();
    bench.first_frame();
    let documented = serve(sample::list(sample::Era::Documented));
    let home = bench.onboard(&documented);
    bench.reading(&home);
    bench.picker(&home, "picker, 80×24");
    bench.neighbours();
    bench.wizard(&documented, "wizard");
    let many = serve(many_models(10_000));
    bench.wizard(&many, "wizard, 10,000 models");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", many.api_base());
    if bench.ours_alone(&home) {
        bench.picker(&home, "picker, 10,000 models");
    }
    println!("\n{}", bench.table);
    println!("{} runs each, {} of OpenClaw; times in the same run, on this machine.", bench.runs, bench.peer_runs);
}

struct Bench {
    ours: String,
    runs: usize,
    peer_runs: usize,
    peer: Option<[OsString; 2]>,
    table: Table,
}

impl Bench {
    fn argv(&self, args: impl Iterator<Item = OsString>) -> Vec<OsString> {
        std::iter::once(OsString::from(&self.ours)).chain(args).collect()
    }

    fn size(&mut self) {
        // `cargo bench` builds with the release profile, which strips.
        let bytes = std::fs::metadata(&self.ours).expect("our binary").len();
        self.table.row(["release binary, stripped", &format!("{} KB", bytes / 1000), "", "", "", "≤ 6000 KB"]);
    }

    fn first_frame(&mut self) {
        let home = Home::new();
        let name = "start to first full frame, 80×24";
        let texts = list("BENCH_FRAME", "Auth|? keys");
        match quietly(|| measure::first_frames(&home, &[&self.ours, "onboard"], &texts, self.runs)) {
            Some(times) => self.time_row(name, Spread::of_times(times), None, "≤ 2.4 ms"),
            None => self.missing(name, &format!("no frame with {texts:?}")),
        }
        for (program, argv, text) in neighbours(&home) {
            let texts = [text.to_owned()];
            match quietly(|| measure::first_frames(&home, &argv, &texts, self.runs)) {
                Some(times) => self.time_row(&format!("  {program}, beside it"), Spread::of_times(times), None, ""),
                None => self.missing(&format!("  {program}, beside it"), "it is not installed"),
            }
        }
        let floor = Spread::of_times(measure::wall_times(&home, &["true"], self.runs, 0, || {}));
        self.time_row("(an empty program, for comparison: true)", floor, None, "");
    }

    /// Onboards without a person and returns a home where that worked, or an empty one.
    fn onboard(&mut self, server: &Standin) -> Home {
        let name = "onboard --non-interactive, loopback";
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", server.api_base());
        let key = home.write("key", KEY);
        let words = ["onboard", "--non-interactive", "--json", "--auth-choice", "chutes-api-key", "--api-key-file"];
        let argv = self.argv(words.map(OsString::from).into_iter().chain([key.into_os_string()]));
        let forget = |home: &Home| {
            // Absent before the first run.
            let _ = std::fs::remove_dir_all(home.join(".openclaw"));
        };
        let Some(times) = quietly(|| measure::wall_times(&home, &argv, self.runs, 0, || forget(&home))) else {
            self.missing(name, "it fails");
            return home;
        };
        let theirs = self.peer.clone().and_then(|peer| {
            let mut home = Home::new();
            home.set("CHUTES_API_KEY", KEY);
            let words = "onboard --non-interactive --accept-risk --auth-choice chutes-api-key --skip-channels --skip-skills \
                         --skip-search --skip-daemon --skip-health --skip-ui --skip-hooks --skip-bootstrap";
            let argv: Vec<OsString> = peer.into_iter().chain(words.split_whitespace().map(OsString::from)).collect();
            quietly(|| measure::wall_times(&home, &argv, self.peer_runs, 0, || forget(&home))).map(Spread::of_times)
        });
        self.time_row(name, Spread::of_times(times), theirs, "≥ 100 ×");
        self.memory_row("  its peak memory", measure::peak_rss_of_run(&home, &argv));
        self.count_row("  its instructions", measure::instructions(&home, &argv));
        home
    }

    fn reading(&mut self, home: &Home) {
        for words in [&["models", "list"][..], &["config", "get", "models"], &["--help"]] {
            let argv = self.argv(words.iter().map(OsString::from));
            let name = words.join(" ");
            let Some(times) = quietly(|| measure::wall_times(home, &argv, self.runs, 0, || {})) else {
                self.missing(&name, "it fails");
                continue;
            };
            let theirs = self.peer.clone().and_then(|peer| {
                let argv: Vec<OsString> = peer.into_iter().chain(words.iter().map(OsString::from)).collect();
                quietly(|| measure::wall_times(home, &argv, self.peer_runs, 0, || {})).map(Spread::of_times)
            });
            self.time_row(&name, Spread::of_times(times), theirs, "≤ 3 ms");
            self.memory_row("  its peak memory", measure::peak_rss_of_run(home, &argv));
            self.count_row("  its instructions", measure::instructions(home, &argv));
        }
    }

    /// One run without a person, which later figures stand on.
    fn ours_alone(&mut self, home: &Home) -> bool {
        home.write("key", KEY);
        let words = "onboard --non-interactive --json --api-key-file key";
        let argv = self.argv(words.split(' ').map(OsString::from));
        let times = quietly(|| measure::wall_times(home, &argv, 1, 0, || {}));
        let Some(times) = times else {
            self.missing("onboard with many models", "it fails");
            return false;
        };
        self.time_row("onboard again, 10,000 models", Spread::of_times(times), None, "");
        true
    }

    /// The whole main job in a terminal: paste, Enter, Enter, Enter, Enter.
    fn wizard(&mut self, server: &Standin, name: &str) {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", server.api_base());
        let argv = [self.ours.as_str(), "onboard", "--auth-choice", "chutes-api-key"];
        let figures = quietly(|| {
            let pty = home.pty(argv).spawn();
            pty.wait_text("Paste your Chutes API key");
            pty.paste(KEY).keys("Enter").wait_text("GLM-4.7-TEE");
            let at_models = measure::peak_rss(pty.pid());
            pty.keys("Enter").wait_text("answered in");
            let at_review = measure::peak_rss(pty.pid());
            pty.keys("Enter").wait_text("is set up");
            let at_end = measure::peak_rss(pty.pid());
            pty.keys("Enter").wait_exit();
            (pty.bytes(), [at_models, at_review, at_end])
        });
        let Some((bytes, [at_models, at_review, at_end])) = figures else {
            return self.missing(name, "it does not get through");
        };
        self.table.row([
            format!("{name}: bytes in all"),
            bytes.to_string(),
            "".into(),
            "".into(),
            "".into(),
            "≤ 8000".into(),
        ]);
        self.memory_row("  peak memory as far as Models", at_models);
        self.memory_row("  as far as Review", at_review);
        self.memory_row("  as far as Done", at_end);
    }

    /// Keys in the pickers of others, on a list as long.
    fn neighbours(&mut self) {
        let home = Home::new();
        let quiet = Duration::from_millis(40);
        for (program, argv, text) in neighbours(&home) {
            let figures = quietly(|| {
                let mut pty = home.pty(&argv).spawn();
                pty.wait_text(text);
                pty.wait_quiet(quiet);
                let key = if program == "fzf" { "Up" } else { "Down" };
                let counts = measure::bytes_per_key(&mut pty, &[key; 8], quiet);
                (counts, measure::latencies(&pty, &[key; 12], quiet))
            });
            match figures {
                Some((counts, times)) => self.key_rows(program, &counts, times, ["", ""]),
                None => self.missing(program, "it is not installed"),
            }
        }
    }

    fn key_rows(&mut self, name: &str, counts: &[usize], times: Vec<Duration>, [bytes, time]: [&str; 2]) {
        let spread = Spread::of(counts.iter().map(|count| *count as f64));
        let cells = [format!("{name}: bytes of an arrow key"), format!("{:.0}", spread.median)];
        let cells = cells.into_iter().chain([format!("{:.0}", spread.p95), String::new(), String::new(), bytes.into()]);
        self.table.row(cells);
        self.time_row(&format!("{name}: arrow key to first byte"), Spread::of_times(times), None, time);
    }

    /// The picker on a home that is set up.
    fn picker(&mut self, home: &Home, name: &str) {
        let shown = |screen: &testkit::Screen| screen.contains("alias") && screen.contains("ctx");
        let argv = [self.ours.as_str(), "models"];
        let quiet = Duration::from_millis(60);
        let figures = quietly(|| {
            let mut pty = home.pty(argv).spawn();
            pty.wait_for("the picker", shown);
            pty.wait_quiet(quiet);
            let before = measure::on_cpu(pty.pid());
            let keys: Vec<&str> =
                "Down Down Down Up Down Down Up Up / g l m Backspace Backspace Backspace Esc Down s s Up"
                    .split(' ')
                    .collect();
            let counts = measure::bytes_per_key(&mut pty, &keys, quiet);
            let cpu =
                before.zip(measure::on_cpu(pty.pid())).map(|(before, after)| (after - before) / keys.len() as u32);
            let arrows = measure::bytes_per_key(&mut pty, &["Down"; 8], quiet);
            let times = measure::latencies(&pty, &["Up"; 12], quiet);
            pty.mark();
            pty.wait_quiet(Duration::from_secs(3));
            (counts, cpu, pty.bytes_since_mark(), measure::peak_rss(pty.pid()), arrows, times)
        });
        let Some((counts, cpu, idle, memory, arrows, times)) = figures else {
            return self.missing(name, "no picker");
        };
        self.key_rows(name, &arrows, times, ["≤ 60", "≤ 0.3 ms"]);
        let most = counts.iter().max().copied().unwrap_or(0);
        let spread = Spread::of(counts.iter().map(|count| *count as f64));
        let cells = [format!("{name}: bytes per key"), format!("{:.0}", spread.median), format!("{:.0}", spread.p95)];
        self.table.row(cells.into_iter().chain(["".into(), "".into(), "≤ 80".into()]));
        self.table.row(["  the most of them", &most.to_string(), "", "", "", "≤ 800"]);
        self.table.row(["  idle for 3 s, bytes", &idle.to_string(), "", "", "", "0"]);
        if let Some(cpu) = cpu {
            let text = format!("{:.2} ms", cpu.as_secs_f64() * 1000.0);
            self.table.row(["  processor time per key", &text, "", "", "", "≤ 1 ms"]);
        }
        self.memory_row("  peak memory", memory);
    }

    fn time_row(&mut self, name: &str, ours: Spread, theirs: Option<Spread>, budget: &str) {
        let time = |figure: f64| format!("{figure:.2} ms");
        let (peer, factor) = match theirs {
            Some(theirs) => (time(theirs.median), format!("{:.0}", theirs.median / ours.median)),
            None => (String::new(), String::new()),
        };
        self.table.row([name.to_owned(), time(ours.median), time(ours.p95), peer, factor, budget.to_owned()]);
    }

    fn memory_row(&mut self, name: &str, kib: Option<u64>) {
        let text = kib.map_or("not measured".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
        self.table.row([name, &text, "", "", "", "≤ 24 MiB"]);
    }

    fn count_row(&mut self, name: &str, count: Option<u64>) {
        let text = count.map_or("no valgrind".to_owned(), |count| format!("{:.1} M", count as f64 / 1e6));
        self.table.row([name, &text]);
    }

    fn missing(&mut self, name: &str, why: &str) {
        self.table.row([name, "not measured:", why]);
    }
}

/// What others do who know terminals: a dialogue, a pager, a picker; on a list of fourteen lines. With the text that
/// completes their first frame.
fn neighbours(home: &Home) -> [(&'static str, Vec<String>, &'static str); 3] {
    let lines: String = (1..=14).map(|number| format!("publisher/Model-{number}-TEE\n")).collect();
    let file = home.write("lines", lines).display().to_string();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let items: String = (1..=14).map(|number| format!(" {number} publisher/Model-{number}-TEE")).collect();
    [
        ("whiptail", words(&format!("whiptail --menu Models 20 70 12{items}")), "<Cancel>"),
        ("less", vec!["less".to_owned(), file.clone()], "Model-14-TEE"),
        ("fzf", vec!["sh".to_owned(), "-c".to_owned(), format!("fzf < {file}")], "14/14"),
    ]
}

/// The stand-in for Chutes, until it is dropped.
fn serve(models: Vec<u8>) -> Standin {
    Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), models)).expect("a stand-in")
}

/// A list as Chutes gives it, with the documented models and many more.
fn many_models(count: usize) -> Vec<u8> {
    let mut list: serde_json::Value =
        serde_json::from_slice(&sample::list(sample::Era::Documented)).expect("the sample is JSON");
    let models = list["data"].as_array_mut().expect("a list");
    let known = models.len();
    for number in known..count {
        let mut model = models[number % known].clone();
        model["id"] = format!("publisher-{}/Model-{number}-TEE", number % 97).into();
        models.push(model);
    }
    list.to_string().into_bytes()
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn list(name: &str, default: &str) -> Vec<String> {
    setting(name, default).split('|').map(str::to_owned).collect()
}

/// The figures, or `None` when what is measured does not work (yet): a table with a gap is worth more than none.
fn quietly<T>(measure: impl FnOnce() -> T) -> Option<T> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(measure)).ok();
    std::panic::set_hook(hook);
    result
}
