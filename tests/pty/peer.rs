//! The harness' own test: the real OpenClaw is the version that the product is made for, and runs in a home.

use testkit::{Home, peer};

#[test]
fn the_real_openclaw_runs_in_a_home() {
    let mut home = Home::new();
    let Some(ran) = peer::run(&home, ["--version"]) else { return };
    assert!(ran.code == 0 && ran.stdout.contains("2026.5.28"), "{ran:?}");

    home.set("OPENCLAW_STATE_DIR", home.join("elsewhere"));
    let Some(ran) = peer::run(&home, ["config", "file"]) else { return };
    assert!(ran.stdout.contains("elsewhere/openclaw.json"), "{ran:?}");
}
