//! Completion in real shells: what one Tab makes of a line.

use openclaw_chutes::standin::{Config, Standin};
use testkit::{Home, Pty};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str = "cpk_0123abcd.4567ef.canary89";
const POOL: &str = "zai-org/GLM-4.7-TEE,openai/gpt-oss-120b-TEE";

/// A home that is set up, with an alias, a pool under an alias, and our program in PATH.
fn home() -> Home {
    let standin = Standin::start(Config::demo()).unwrap();
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    let bin = home.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(BIN, bin.join("openclaw-chutes")).unwrap();
    home.set("PATH", format!("{}:/usr/bin:/bin", bin.display())).set("CHUTES_API_KEY", KEY);
    let alias = format!("both=chutes/{POOL}");
    let argv = [
        BIN,
        "onboard",
        "--non-interactive",
        "--json",
        "--skip-verify",
        "--alias",
        &alias,
        "--alias",
        "glm=chutes/openai/gpt-oss-120b-TEE",
    ];
    let ran = home.run(argv);
    assert_eq!(ran.code, 0, "{ran:?}");
    home
}

/// Types the beginning, presses Tab and waits for the line as the shell completes it.
#[track_caller]
fn completes(pty: &mut Pty, typed: &str, wanted: &str) {
    pty.send("\x15");
    pty.type_text(typed);
    pty.wait_text(typed.rsplit(' ').next().unwrap());
    pty.keys("Tab");
    pty.wait_for(&format!("{typed:?} completed to {wanted:?}"), |screen| screen.joined().contains(wanted));
    pty.send("\x15");
    prompted(pty);
}

/// The shell waits for a line: what is typed before goes to the terminal's own line, and in part nowhere.
#[track_caller]
fn prompted(pty: &Pty) {
    pty.wait_for("an empty line", |screen| {
        let (_, row) = screen.cursor();
        screen.row(row).trim_end().ends_with('>')
    });
}

/// What each shell has to complete: commands below the first word, options, refs, aliases, pools, paths.
fn everything(pty: &mut Pty) {
    prompted(pty);
    for (typed, wanted) in [
        ("openclaw-chutes dem", "openclaw-chutes demo"),
        ("openclaw-chutes models refr", "openclaw-chutes models refresh"),
        ("openclaw-chutes models aliases rem", "openclaw-chutes models aliases remove"),
        ("openclaw-chutes onboard --skip-ver", "openclaw-chutes onboard --skip-verify"),
        ("openclaw-chutes models set chutes/zai-org/GLM-4.7-F", "set chutes/zai-org/GLM-4.7-FP8"),
        ("openclaw-chutes models set gl", "set glm"),
        ("openclaw-chutes models aliases remove chutes-f", "remove chutes-fast"),
        ("openclaw-chutes models set zai-org/GLM-4.7-TEE,openai/gpt-oss-120b-T", "gpt-oss-120b-TEE"),
        ("openclaw-chutes models set zai-org/GLM-4.7-TEE,openai/gpt-oss-120b-TEE:la", "gpt-oss-120b-TEE:latency"),
        ("openclaw-chutes config get models.providers.chutes.baseU", "chutes.baseUrl"),
        ("openclaw-chutes completions fi", "completions fish"),
    ] {
        completes(pty, typed, wanted);
    }
}

#[test]
fn bash() {
    let home = home();
    let mut pty = home.pty(["bash", "--norc", "--noprofile", "-i"]).size(150, 40).spawn();
    pty.send("PS1='>'; eval \"$(openclaw-chutes completions bash)\"; echo lo''aded\r");
    pty.wait_text("loaded");
    everything(&mut pty);
    // One Tab for the rest of NAME=REF, which Bash cuts at the sign.
    completes(
        &mut pty,
        "openclaw-chutes onboard --alias glm=chutes/zai-org/GLM-4.7-F",
        "--alias glm=chutes/zai-org/GLM-4.7-FP8",
    );
}

#[test]
fn zsh() {
    let home = home();
    let mut pty = home.pty(["zsh", "-f", "-i"]).size(150, 40).spawn();
    pty.send(
        "PROMPT='>'; autoload -U compinit; compinit -u; eval \"$(openclaw-chutes completions zsh)\"; echo lo''aded\r",
    );
    pty.wait_text("loaded");
    everything(&mut pty);
}

#[test]
fn fish() {
    let home = home();
    let mut pty = home.pty(["fish", "--private", "--no-config", "-i"]).size(150, 40).spawn();
    pty.send("function fish_prompt; echo -n '>'; end; set -g fish_greeting; set -g fish_autosuggestion_enabled 0; openclaw-chutes completions fish | source; echo lo''aded\r");
    pty.wait_text("loaded");
    everything(&mut pty);
}
