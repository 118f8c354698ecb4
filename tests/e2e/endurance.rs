//! Random keys on all screens, and a wizard that is left alone for long: nothing dies, nothing hangs, nothing grows.
//!
//! A few seconds of each with all tests. `OPENCLAW_CHUTES_TEST_ENDURANCE=600` makes it ten minutes of each,
//! and prints figures with `--nocapture`; `OPENCLAW_CHUTES_TEST_SEED` other keys.

use crate::ending::{SCREENS, Walk};
use crate::support::*;
use std::time::{Duration, Instant};
use testkit::{Pty, Signal, measure};

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn length() -> Duration {
    Duration::from_secs(number("OPENCLAW_CHUTES_TEST_ENDURANCE", 3))
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap() % end
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const KEYS: [&str; 34] = [
    "Enter",
    "Enter",
    "Tab",
    "BackTab",
    "Esc",
    "Esc",
    "Space",
    "Backspace",
    "Up",
    "Down",
    "Down",
    "Left",
    "Right",
    "Home",
    "End",
    "Insert",
    "Delete",
    "PageUp",
    "PageDown",
    "F1",
    "F4",
    "FocusIn",
    "FocusOut",
    "C-a",
    "C-k",
    "C-l",
    "C-u",
    "C-w",
    "C-\\",
    "A-x",
    "?",
    "/",
    "e",
    "t",
];
const TEXTS: [&str; 16] = [
    "y",
    "Y",
    "a",
    "q",
    "v",
    "o",
    "u",
    "r",
    "s",
    "1",
    "w",
    "glm tools",
    "模型",
    "é👩‍🔧",
    "cid_abc123def456ghi789jkl012",
    "http://127.0.0.1:1456/oauth-callback?code=x&state=y",
];
/// Answers of a terminal, whole and torn, and sequences that nobody sends.
const SEQUENCES: [&str; 12] = [
    "\x1b]11;rgb:ffff/efef/e0e0\x1b\\",
    "\x1b[?2026;2$y",
    "\x1b[?12;40R",
    "\x1b[?62;22;52c",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b[5",
    "\x1b[<0;1",
    "\x1bP1$r",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b",
    "\x00",
];

fn press(pty: &Pty, random: &mut Random) {
    match random.below(20) {
        0..=10 => drop(pty.keys(random.of(&KEYS))),
        11..=14 => drop(pty.type_text(random.of(&TEXTS))),
        15 => drop(pty.paste(random.of(&TEXTS))),
        16 => drop(pty.paste_plain(random.of(&TEXTS))),
        17 | 18 => drop(pty.send(random.of(&SEQUENCES))),
        _ => {
            let columns = 1 + u16::try_from(random.below(200)).unwrap();
            pty.resize(columns, 1 + u16::try_from(random.below(60)).unwrap());
        }
    }
}

fn has_ended(pty: &Pty) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pty.pid())).map_or(true, |stat| stat.contains(") Z "))
}

/// Whatever was pressed before: Ctrl-C ends it, and so does a signal.
#[test]
fn random_keys_on_all_screens() {
    let seed = number("OPENCLAW_CHUTES_TEST_SEED", 20_261_125);
    let (begun, mut runs, mut keys, mut peak) = (Instant::now(), 0_u64, 0_usize, 0);
    while begun.elapsed() < length() || runs < 3 {
        let mut random = Random(seed.wrapping_add(runs));
        let screen = random.of(&SCREENS);
        let walk = Walk::new();
        let pty = walk.to(screen);
        let count = 20 + random.below(180);
        let mut pressed = 0;
        while pressed < count && !has_ended(&pty) {
            press(&pty, &mut random);
            pressed += 1;
        }
        peak = peak.max(measure::peak_rss(pty.pid()).unwrap_or(0));
        let what = format!("seed {}, {screen}, {pressed} keys", seed.wrapping_add(runs));
        let by_key = screen != "lines" && random.below(2) == 0;
        let deadline = Instant::now() + testkit::timeout();
        // An unfinished paste takes the first one with it, until its time is over.
        while by_key && !has_ended(&pty) {
            assert!(Instant::now() < deadline, "{what}: Ctrl-C does nothing\n{}", pty.screen().describe());
            pty.keys("C-c").wait_quiet(Duration::from_millis(300));
        }
        pty.signal(Signal::TERM);
        let code = pty.wait_exit();
        // In lines Ctrl-\\ is the signal that it is everywhere.
        assert!([0, 1, 2, 3, 130, 131, 143].contains(&code), "{what}: {code}\n{}", pty.screen().describe());
        assert!(!pty.ever_wrote("panicked"), "{what}: {}", pty.screen().describe());
        // Not the modes: a Ctrl-\ still on its way when the line settings are given back has the system throw away
        // what the terminal has not read. The table of signals looks at them.
        let changes = pty.termios_changes();
        assert!(changes.is_empty(), "{what}: {changes:?}");
        assert_eq!(leaks(pty.raw()), None, "{what}");
        (runs, keys) = (runs + 1, keys + pressed);
    }
    assert!(peak < 64 * 1024, "{peak} KiB");
    println!("random keys: {runs} runs, {keys} keys, {:?}, at most {peak} KiB", begun.elapsed());
}

/// The screen with the countdown, and nobody there.
#[test]
fn a_sign_in_that_is_left_alone() {
    let walk = Walk::new();
    let mut pty = walk.to("sign-in");
    // What is set up after the first frame is there.
    let settled = pty.wait_quiet(Duration::from_millis(700)).text();
    let resident = || -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", pty.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    let (before, cpu) = (resident(), measure::on_cpu(pty.pid()).unwrap());
    let begun = Instant::now();
    let written = pty.bytes();
    // The clock is what is waited for.
    std::thread::sleep(length());
    let (grown, spent) = (resident() - before, measure::on_cpu(pty.pid()).unwrap() - cpu);
    let bytes = pty.bytes() - written;
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    println!("left alone for {:?}: {grown} KiB more, {spent:?} of processor time, {bytes} bytes", begun.elapsed());
    assert!(grown < 1024, "{grown} KiB more");
    assert!(bytes < 200 * seconds, "{bytes} bytes in {seconds} s");
    assert_ne!(pty.screen().text(), settled, "the countdown goes on");
    pty.mark();
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait_exit(), 143);
}

/// What [`a_list_of_two_hundred_thousand_models_is_refused_in_little_memory`] runs: the kernel keeps one figure for
/// all children of a process. Prints the exit code and KiB.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn one_child() {
    let Some(words) = std::env::var("RUN_HERE").ok() else { return };
    let ran = std::process::Command::new(BIN).args(words.split(' ')).output().expect("a run");
    println!(
        "ended {:?} {} {}",
        ran.status.code(),
        measure::peak_rss_of_children(),
        String::from_utf8_lossy(&ran.stdout)
    );
}

#[test]
fn a_list_of_two_hundred_thousand_models_is_refused_in_little_memory() {
    let mut list = "{\"object\":\"list\",\"data\":[".to_owned();
    for at in 0..200_000 {
        let comma = if at == 0 { "" } else { "," };
        list += &format!(
            "{comma}{{\"id\":\"maker-{}/Some-Model-{at}-Instruct\",\"object\":\"model\",\"max_model_len\":131072,\"pricing\":{{\"prompt\":0.{},\"completion\":1.5}}}}",
            at % 97,
            at % 89 + 10,
        );
    }
    list += "]}";
    let stage = Stage::new();
    assert_eq!(stage.onboard(&[]).code, 0);
    let before = stage.stamp();
    stage.standin.set_models(list);
    let this = std::env::current_exe().expect("this test");
    let argv = [this.to_str().expect("a path"), "endurance::one_child", "--exact", "--ignored", "--nocapture"];
    let mut command = stage.home.command(argv);
    command.env("RUN_HERE", "models refresh --json");
    let ran = command.output().expect("a run");
    let said = String::from_utf8_lossy(&ran.stdout);
    let ended = said.split("ended Some(").nth(1).unwrap_or_else(|| panic!("{said}"));
    let (code, rest) = ended.split_once(") ").expect("a code");
    let (peak, document) = rest.split_once(' ').expect("a figure");
    println!("200,000 models: {peak} KiB, exit {code}");
    assert_eq!(code, "1", "{document}");
    assert!(document.contains("more than 100000 models"), "{document}");
    assert!(peak.parse::<u64>().expect("KiB") <= 64 * 1024, "{peak} KiB");
    assert_eq!(stage.stamp(), before);
}
