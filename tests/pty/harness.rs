//! The harness' own tests: what it reports about a program in a pseudo-terminal is true.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use testkit::{Home, Pty, Screen, Signal};

fn sh(home: &Home, script: &str) -> Pty {
    home.pty(["sh", "-c", script]).spawn()
}

/// What a failing closure says.
fn failure(body: impl FnOnce()) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(body)) else { panic!("this must fail") };
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn waits_for_what_comes_later_and_returns_the_screen_that_satisfied_it() {
    let home = Home::new();
    let pty = sh(&home, "printf 'name? '; read name; printf 'hello %s\\n' \"$name\"; read rest");
    pty.wait_text("name? ");
    pty.type_text("Ada").keys("Enter");
    let screen = pty.wait_text("hello Ada");
    assert_eq!(screen.row(1), "hello Ada");
    assert_eq!(screen.cursor(), (0, 2));
    assert!(screen.cursor_visible() && !screen.alternate());
}

#[test]
fn a_condition_that_cannot_come_true_any_more_fails_at_once_and_shows_the_screen() {
    let home = Home::new();
    let pty = sh(&home, "echo the-last-words; exit 3");
    let said = failure(|| _ = pty.wait_text("never"));
    assert!(said.contains("\"never\" is on the screen"), "{said}");
    assert!(said.contains("the-last-words") && said.contains("ended with 3"), "{said}");
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    let home = Home::new();
    assert_eq!(sh(&home, "exit 130").wait_exit(), 130);
    assert_eq!(sh(&home, "kill -TERM $$").wait_exit(), -15);
    let pty = sh(&home, "trap 'exit 42' TERM; echo ready; while :; do read line; done");
    pty.wait_text("ready");
    pty.signal(Signal::TERM);
    // dash runs the trap once `read` returns.
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 42);
}

#[test]
fn all_output_is_read_before_the_exit_is_reported() {
    let home = Home::new();
    let pty = home.pty(["sh", "-c", "seq 1 20000; printf the-end"]).spawn();
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(pty.screen().row(23), "the-end");
    // Each newline is sent as CR LF.
    let digits: usize = (1..=20000).map(|n: u32| n.to_string().len() + 2).sum();
    assert_eq!(pty.bytes(), digits + "the-end".len());
}

#[test]
fn bytes_are_counted_from_the_mark() {
    let home = Home::new();
    let mut pty = sh(&home, "stty -echo; printf ready; read a; printf 12345; read b");
    pty.wait_text("ready");
    pty.mark();
    assert_eq!(pty.bytes_since_mark(), 0);
    pty.keys("Enter").wait_text("12345");
    assert_eq!(pty.bytes_since_mark(), 5);
    assert!(pty.ever_wrote("ready12345") && !pty.ever_wrote("ready1234x"));
}

#[test]
fn a_terminal_left_raw_is_noticed() {
    let home = Home::new();
    let pty = sh(&home, "stty -icanon -echo; exit 0");
    assert_eq!(pty.wait_exit(), 0);
    let changes = pty.termios_changes().join("\n");
    assert!(changes.starts_with("local: ") && changes.contains("ICANON"), "{changes}");
    assert!(failure(|| pty.assert_terminal_restored()).contains("left changed"));

    let pty = sh(&home, "saved=$(stty -g); stty raw -echo; stty \"$saved\"");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_terminal_restored();
}

#[test]
fn every_mode_left_on_is_named() {
    let on = "\x1b[?1049h\x1b[?25l\x1b[?1h\x1b=\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[?1004;2026h\x1b[>1u\x1b[>4;2m\
              \x1b[6 q\x1b[31m\x1b[?7l\x1b]8;;https://example.org\x1b\\";
    let off = "\x1b]8;;\x1b\\\x1b[?7h\x1b[0m\x1b[0 q\x1b[>4;0m\x1b[<u\x1b[?2026;1004l\x1b[?1006l\x1b[?1002l\
               \x1b[?2004l\x1b>\x1b[?1l\x1b[?25h\x1b[?1049l";
    let expected = [
        "alternate screen",
        "hidden cursor",
        "cursor shape",
        "application cursor keys",
        "application keypad",
        "bracketed paste",
        "mouse",
        "colours",
        "open link",
        "no autowrap",
        "kitty keyboard",
        "modifyOtherKeys",
        "focus reports",
        "synchronized update",
    ];
    assert_eq!(Screen::of(on.as_bytes(), 80, 24).modes_on(), expected);
    assert_eq!(Screen::of(format!("{on}{off}").as_bytes(), 80, 24).modes_on(), Vec::<String>::new());
}

#[test]
fn pastes_are_bracketed_only_for_programs_that_ask() {
    let home = Home::new();
    let script = "stty raw -echo; printf \"$0\"; printf ready; dd bs=1 count=$1 2>/dev/null | od -An -c; printf done";
    let pty = home.pty(["sh", "-c", script, "\\033[?2004h", "15"]).spawn();
    pty.wait_text("ready");
    pty.paste("a\nb");
    pty.wait_text("done");
    let seen = pty.screen().text();
    assert!(seen.contains("033   [   2   0   0   ~   a  \\r   b 033   [   2   0   1   ~"), "{seen}");

    for how in [Pty::paste, Pty::paste_plain] {
        let pty = home.pty(["sh", "-c", script, "", "3"]).spawn();
        pty.wait_text("ready");
        how(&pty, "a\nb");
        pty.wait_text("done");
        assert!(pty.screen().text().contains("a  \\r   b"), "{}", pty.screen().text());
    }
}

#[test]
fn a_large_paste_arrives_whole_even_when_the_program_reads_slowly() {
    let home = Home::new();
    let size = 200_000;
    let pty = sh(&home, &format!("stty raw -echo; printf ready; head -c {size} | sha256sum"));
    pty.wait_text("ready");
    let text: String = (0..size).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    pty.paste_plain(&text);
    pty.wait_text("  -");
    let sum = home.run_with_input(["sha256sum"], &text);
    assert!(pty.screen().text().contains(sum.stdout.trim()));
}

#[test]
fn named_keys_are_sent_as_xterm_does() {
    assert_eq!(testkit::keys::encode("Down Enter C-c A-x é BackTab", false), "\x1b[B\r\x03\x1bxé\x1b[Z".as_bytes());
    assert_eq!(testkit::keys::encode("Up", true), b"\x1bOA");
    assert!(failure(|| _ = testkit::keys::encode("Dwon", false)).contains("Dwon"));
}

#[test]
fn the_program_sees_a_resize() {
    let home = Home::new();
    let pty = home.pty(["bash", "-c", "trap 'stty size' WINCH; stty size; while :; do read -t 0.05; done"]);
    let pty = pty.size(100, 30).spawn();
    pty.wait_text("30 100");
    pty.resize(40, 12);
    let screen = pty.wait_text("12 40");
    assert_eq!(screen.size(), (40, 12));
    assert!(pty.ever_showed("30 100"));
}

#[test]
fn a_hang_up_reaches_the_program() {
    let home = Home::new();
    let mut pty =
        sh(&home, "trap 'echo gone > hup; exit 9' HUP; echo ready; while :; do read line || sleep 0.01; done");
    pty.wait_text("ready");
    pty.hang_up();
    assert_eq!(pty.wait_exit(), 9);
    assert_eq!(home.read("hup"), "gone\n");
}

#[test]
fn the_terminal_answers_questions_unless_mute() {
    let home = Home::new();
    let ask = "stty raw -echo; printf ' \\033[6n\\033[?2026$p'; dd bs=1 count=17 2>/dev/null | od -An -c; printf done";
    let pty = sh(&home, ask);
    pty.wait_text("done");
    let seen = pty.screen().text();
    assert!(seen.contains("033   [   1   ;   2   R 033   [   ?   2   0   2   6   ;   2   $"), "{seen}");

    let pty = home.pty(["sh", "-c", "stty raw -echo min 0 time 1; printf '\\033[6n'; cat | wc -c; printf done"]);
    let pty = pty.mute().spawn();
    assert_eq!(pty.wait_text("done").row(0), "0");
}

#[test]
fn no_condition_is_asked_in_the_middle_of_a_synchronized_update() {
    let home = Home::new();
    let pty = sh(&home, "printf '\\033[?2026hhalf '; read go; printf 'whole\\033[?2026l'; read end");
    let held = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| pty.wait_text("half"));
        while !pty.ever_wrote("half") {
            std::thread::yield_now();
        }
        pty.keys("Enter");
        waiting.join().expect("the frame was finished")
    });
    assert!(held.contains("whole"), "{}", held.describe());
}

#[test]
fn links_and_clipboard_are_recorded() {
    let bytes = b"\x1b]8;id=1;https://example.org/a;b?c=1\x1b\\link\x1b]8;;\x1b\\ \x1b]52;c;aGk=\x07";
    let screen = Screen::of(bytes, 80, 24);
    assert_eq!(screen.links(), ["https://example.org/a;b?c=1"]);
    assert_eq!(screen.clipboard(), [("c".to_owned(), "aGk=".to_owned())]);
    assert_eq!(screen.row(0), "link");
}

#[test]
fn the_environment_is_clean_and_inside_the_home() {
    let home = Home::without_openclaw();
    let ran = home.run(["env"]);
    let mut names: Vec<_> = ran.stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    let expected = [
        "HOME",
        "LANG",
        "PATH",
        "TERM",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_STATE_HOME",
    ];
    assert_eq!(names, expected);
    assert!(ran.stdout.contains(&format!("HOME={}\n", home.path().display())));
}

#[test]
fn a_secret_on_disk_is_found() {
    let home = Home::new();
    let file = home.write(".openclaw/agents/main/auth.json", "{key: \"canary-1\"}");
    home.write("innocent", "nothing");
    assert_eq!(home.files_containing("canary-1"), [file]);
    assert_eq!(home.files_containing("canary-2"), Vec::<std::path::PathBuf>::new());
}

#[test]
fn programs_without_a_terminal_report_code_and_both_streams() {
    let home = Home::new();
    let ran = home.run_with_input(["sh", "-c", "cat; echo oops >&2; exit 2"], "input");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "input", "oops\n"));
}

#[test]
fn the_time_of_a_frame_is_taken_from_the_record() {
    let home = Home::new();
    let pty = sh(&home, "printf one; read go; printf two; read end");
    pty.wait_text("one");
    let first = pty.first_time(|screen| screen.contains("one")).expect("it was shown");
    pty.keys("Enter").wait_text("two");
    let second = pty.first_time(|screen| screen.contains("two")).expect("it was shown");
    assert!(Duration::ZERO < first && first < second);
    assert_eq!(pty.first_time(|screen| screen.contains("one")), Some(first));
    assert_eq!(pty.first_time(|screen| screen.contains("three")), None);
}
