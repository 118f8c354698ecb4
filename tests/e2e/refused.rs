//! A config that OpenClaw refuses, in the wizard: OpenClaw itself is asked while the models are chosen, and
//! nobody waits for it.

use crate::support::*;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;
use testkit::peer::Release;
use testkit::{Home, Pty};

const ODD: &str = "{ gateway: { mode: 'local', odd: 1 } }\n";

/// A home with this script as its `openclaw`.
fn with_openclaw(config: &str, script: &str) -> Stage {
    let mut stage = Stage::new();
    stage.home.write(CONFIG, config);
    let program = stage.home.write("bin/openclaw", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(program, PermissionsExt::from_mode(0o755)).expect("its mode");
    let path = format!("{}:/usr/bin:/bin", stage.home.join("bin").display());
    stage.home.set("PATH", path);
    stage
}

fn at_models(stage: &Stage) -> Pty {
    let pty = stage.wizard().size(120, 40).spawn();
    pty.wait_text("Paste your Chutes API key");
    pty.paste(KEY).keys("Enter");
    pty.wait_for("the models", |screen| screen.contains("GLM-4.7-TEE") && screen.contains("live"));
    pty
}

/// Files of ours or of OpenClaw's that nobody comes back for.
fn left(home: &Home) -> Vec<String> {
    let names = home.files().into_iter().map(|path| path.to_string_lossy().into_owned());
    names.filter(|path| path.contains("/.chutes-") || path.contains(".sqlite")).collect()
}

#[test]
fn what_openclaw_refuses_is_on_the_review_until_it_is_mended() {
    let stage = with_openclaw(
        ODD,
        r#"[ "$1" = config ] || exit 1
        mkdir "$OPENCLAW_STATE_DIR/state" && : > "$OPENCLAW_STATE_DIR/state/openclaw.sqlite"
        if grep -q odd "$OPENCLAW_CONFIG_PATH"
        then echo '{"valid":false,"issues":[{"path":"gateway","message":"Unrecognized key: \"odd\""}]}'
        else echo '{"valid":true}'
        fi"#,
    );
    let pty = at_models(&stage);
    pty.keys("Enter");
    let screen = pty.wait_for("what is refused", |screen| screen.contains("gateway.odd"));
    for part in ["openclaw.json:1:", "Unrecognized key", "openclaw doctor --fix"] {
        assert!(screen.contains(part), "{part}: {}", screen.describe());
    }
    assert_eq!(stage.home.read(CONFIG), ODD);
    stage.home.write(CONFIG, "{ gateway: { mode: 'local' } }\n");
    pty.keys("r");
    pty.wait_for("it is mended", |screen| {
        screen.contains("This is what will be written") && !screen.contains("gateway.odd")
    });
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    assert_eq!(left(&stage.home), [] as [&str; 0]);
}

#[test]
fn nobody_waits_for_openclaw_and_it_goes_with_the_wizard() {
    for written in [true, false] {
        let hangs = r#"[ "$1" = config ] || exit 1
            : > "$OPENCLAW_STATE_DIR/openclaw.sqlite"
            trap '' TERM; echo $$ > "$HOME/pid.part"; mv "$HOME/pid.part" "$HOME/pid"
            sleep 600 & wait"#;
        let stage = with_openclaw("{ gateway: { mode: 'local' } }\n", hangs);
        let pty = at_models(&stage);
        let pid = stage.home.join("pid");
        let begun = Instant::now();
        while !pid.exists() {
            assert!(begun.elapsed() < testkit::timeout(), "OpenClaw was not asked");
            std::thread::yield_now();
        }
        if written {
            pty.keys("Enter");
            wait_review(&pty);
            pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
            pty.keys("Enter");
            assert_eq!(pty.wait_exit(), 0);
        } else {
            pty.keys("C-c");
            assert_eq!(pty.wait_exit(), 130);
        }
        let pid = std::fs::read_to_string(pid).expect("its id");
        assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "it still runs");
        assert_eq!(left(&stage.home), [] as [&str; 0]);
    }
}

#[test]
fn the_real_openclaw_is_asked_and_leaves_nothing_behind() {
    for version in ["2026.5.28", "2026.7.1", "2026.9.6"] {
        let Some(release) = Release::of(version) else { return };
        let mut stage = Stage::new();
        release.install(&mut stage.home);
        stage.home.write(CONFIG, ODD);
        let pty = at_models(&stage);
        pty.keys("Enter");
        let screen = pty.wait_for("what is refused", |screen| screen.contains("openclaw.json:1:"));
        assert!(screen.contains("gateway") && screen.contains("openclaw doctor --fix"), "{}", screen.describe());
        pty.keys("C-c");
        assert_eq!(pty.wait_exit(), 130);
        let files: Vec<_> = stage.stamp().into_iter().map(|(path, ..)| path).collect();
        assert_eq!(files, [stage.home.join(CONFIG)], "{version}");
        assert_eq!(left(&stage.home), [] as [&str; 0], "{version}");
    }
}
