//! What comes from a terminal beside keys: its answers, late and in pieces, and pastes without brackets.

use crate::support::*;
use testkit::Pty;

/// Something that can be seen once everything before it has been read.
fn everything_is_read(pty: &Pty) {
    pty.keys("?").wait_text("Keys");
    pty.keys("Esc").wait_gone("close");
}

#[test]
fn late_answers_of_a_terminal_are_no_keys() {
    let stage = Stage::new();
    let pty = stage.at_models();
    let before = pty.screen().text();
    let asked = stage.standin.requests().len();
    for answer in [
        "\x1b]11;rgb:ffff/efef/e0e0\x1b\\",
        "\x1bP>|tmux 3.3a\x1b\\",
        "\x1b[?2026;2$y",
        "\x1b[?62;22;52c",
        "\x1b_Gi=31;OK\x1b\\",
    ] {
        pty.send(answer);
        let (one, other) = answer.split_at(answer.len() / 2);
        pty.send(one);
        pty.wait_quiet(std::time::Duration::from_millis(60));
        pty.send(other);
    }
    everything_is_read(&pty);
    assert_eq!(pty.screen().text(), before);
    assert_eq!(stage.standin.requests().len(), asked, "a test call was made");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

/// Some terminals, and whoever sets a size by hand, claim windows of a billion cells.
#[test]
fn a_window_without_bounds_is_drawn_as_far_as_anybody_sees() {
    let stage = Stage::new();
    for (rows, cols) in [(32_767, 32_767), (80, 65_535), (65_535, 1)] {
        let size = format!("stty rows {rows} cols {cols}; exec \"$@\"");
        let pty = stage.home.pty(["sh", "-c", &size, "sh", BIN, "onboard"]).spawn();
        if cols > 1 {
            pty.wait_text("How should OpenClaw sign in to Chutes?");
        } else {
            pty.wait_for("the alternate screen", testkit::Screen::alternate);
        }
        let peak = testkit::measure::peak_rss(pty.pid()).expect("a running process has a peak");
        assert!(peak < 64 * 1024, "{rows} × {cols}: {peak} KiB");
        pty.keys("C-c");
        assert_eq!(pty.wait_exit(), 130, "{rows} × {cols}");
    }
}

#[test]
fn a_burst_on_the_table_runs_no_keys() {
    let stage = Stage::new();
    let pty = stage.at_models();
    let asked = stage.standin.requests().len();
    // As a paste with brackets: it looks for the model.
    pty.paste_plain("chutes/Qwen/Qwen3-test-fie").wait_text("/ chutes/Qwen/Qwen3-test-fie");
    assert_eq!(stage.standin.requests().len(), asked, "a test call was made");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

#[test]
fn ctrl_c_works_after_whatever_was_not_finished() {
    for begun in ["\x1b[?12;40", "\x1b[200~", "\x1b[200~text", "\x1b[5", "\x1b[<0;1", "\x1b]11;rgb:", "\x1bP1$r", ""] {
        for ctrl_c in ["\x03", "\x1b[99;5u", "\x1b[27;5;99~"] {
            let stage = Stage::new();
            let pty = stage.home.pty([BIN, "onboard"]).spawn();
            pty.wait_text("How should OpenClaw sign in to Chutes?");
            pty.send(begun);
            if ctrl_c != "\x03" || begun.contains("200~") {
                // The time that an unfinished sequence has.
                pty.wait_quiet(std::time::Duration::from_millis(1500));
            }
            pty.send(ctrl_c);
            assert_eq!(pty.wait_exit(), 130, "{begun:?} {ctrl_c:?}");
            pty.assert_terminal_restored();
        }
    }
}
