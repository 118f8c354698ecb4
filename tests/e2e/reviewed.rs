//! What was reviewed is what is written, and what was undone says so.

use crate::support::*;

const MINE: &str = "{\n  // mine\n  models: {},\n}\n";
const THEIRS: &str =
    "{\n  // theirs\n  agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-6' } } },\n}\n";

#[test]
fn a_config_replaced_while_it_is_reviewed_is_shown_anew_before_it_is_written() {
    let stage = Stage::new();
    stage.home.write(CONFIG, MINE);
    let pty = stage.at_review();
    // High enough for the diff of the second file.
    pty.resize(100, 60);
    assert!(!pty.ever_wrote("claude-opus"), "{}", pty.screen().describe());
    stage.home.write(CONFIG, THEIRS);
    let before = stage.stamp();

    pty.keys("Enter");
    let again = pty.wait_for("the new diff, and which file it is", |screen| {
        screen.contains("Changed while you were reading: ~/.openclaw/openclaw.json")
            && screen.contains("This is what will be written")
            && screen.contains("claude-opus")
    });
    assert!(!again.contains("OpenClaw is set up"), "{}", again.describe());
    assert_eq!(stage.stamp(), before, "nothing that was not shown is written");
    assert!(stage.home.files_containing(KEY).is_empty(), "the key waits, too");

    finish(&pty);
    assert!(stage.home.read(CONFIG).contains("// theirs"), "{}", stage.home.read(CONFIG));
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
}

#[test]
fn undo_pressed_twice_undoes_once_and_says_so() {
    let stage = Stage::new();
    stage.home.write(CONFIG, MINE);
    let pty = stage.at_review();
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    assert_ne!(stage.home.read(CONFIG), MINE);

    pty.keys("u u");
    let undone = pty.wait_text("Undone: every file is as it was before.");
    assert!(!undone.contains("nothing was undone"), "{}", undone.describe());
    assert_eq!(stage.home.read(CONFIG), MINE);
    assert!(!stage.home.join(STORE).exists(), "it was not there before");
    // Once more, which would have to wait for an answer before it leaves.
    pty.keys("u Enter");
    assert_eq!(pty.wait_exit(), 0);
    // What stays on the normal screen is the last that was known.
    let left = pty.screen();
    assert!(left.contains("Undone") && !pty.ever_wrote("nothing was undone"), "{}", left.describe());
    assert_eq!(stage.home.read(CONFIG), MINE);
    assert!(stage.home.files_containing(KEY).is_empty());
}
