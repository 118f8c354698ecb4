//! The real binary: usage errors, help, and that nothing is ever echoed that might be a secret.

use serde_json::Value;
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");

fn run(home: &Home, args: &[&str]) -> Ran {
    home.run(std::iter::once(BIN).chain(args.iter().copied()))
}

#[test]
fn usage_errors_end_with_2_and_say_so_on_stderr() {
    let home = Home::new();
    for args in [
        &["bogus"][..],
        &["--bogus"],
        &["onboard", "--auth-choice", "openai"],
        &["onboard", "--model"],
        &["models", "set"],
        &["config"],
        &["completions", "tcsh"],
        &["onboard", "--api-key-stdin", "--api-key-file", "k"],
    ] {
        let ran = run(&home, args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {ran:?}");
    }
    assert_eq!(home.files(), Vec::<std::path::PathBuf>::new(), "nothing may be written");
}

#[test]
fn with_json_a_usage_error_is_one_document() {
    let ran = run(&Home::new(), &["models", "list", "--json", "--bogus"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
    assert_eq!(ran.code, 2);
    assert_eq!((&document["ok"], &document["changed"]), (&Value::Bool(false), &Value::Bool(false)));
    assert_eq!(document["error"]["code"], "usage");
    assert!(document["error"]["message"].as_str().expect("text").contains("--bogus"));
    assert!(document["error"]["hint"].is_string());
}

#[test]
fn a_key_in_the_arguments_is_refused_without_an_echo() {
    let home = Home::new();
    for args in [
        &["onboard", "--chutes-api-key", "cpk_canary.canary.canary"][..],
        &["onboard", "--chutes-api-key=canary"],
        &["onboard", "--non-interactive", "--json", "--chutes-api-key", "canary"],
        &["--api-key-file=cpk_canary.canary.canary"],
        &["login", "finish", "cak_canary"],
    ] {
        let ran = run(&home, args);
        assert_eq!(ran.code, 2, "{args:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains("canary"), "{said}");
        assert!(said.contains("--api-key-stdin") && said.contains("--api-key-file"), "{said}");
    }
}

#[test]
fn without_a_terminal_the_wizard_names_the_options_that_do_without() {
    let home = Home::new();
    for args in [&[][..], &["onboard"], &["models"], &["onboard", "--auth-choice", "chutes-api-key"], &["demo"]] {
        // A new session has no terminal at all, wherever the tests run.
        let ran = home.run(["setsid", "--wait", BIN].iter().chain(args));
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        for option in ["--non-interactive", "--api-key-stdin", "--api-key-file", "CHUTES_API_KEY"] {
            assert!(ran.stderr.contains(option), "{args:?}: {ran:?}");
        }
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    let home = Home::new();
    let version = run(&home, &["--version"]);
    assert_eq!((version.code, version.stdout), (0, format!("openclaw-chutes {}\n", env!("CARGO_PKG_VERSION"))));
    let help = run(&home, &["help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Usage: openclaw-chutes"), "{help:?}");
    let chinese = run(&home, &["--lang", "zh-CN", "onboard", "--help"]);
    assert!(chinese.stdout.contains("用法"), "{chinese:?}");
    assert!(!chinese.stdout.contains("Usage"), "{chinese:?}");
}

#[test]
fn the_language_comes_from_the_environment() {
    let mut home = Home::new();
    home.set("OPENCLAW_LOCALE", "zh-CN");
    assert!(run(&home, &["bogus"]).stderr.starts_with("错误"));
    assert!(run(&home, &["--lang", "en", "bogus"]).stderr.starts_with("error: "));
}

#[test]
fn called_openclaw_it_answers_the_same_commands() {
    let home = Home::new();
    let link = home.join("openclaw");
    std::os::unix::fs::symlink(BIN, &link).expect("a link");
    let link = link.to_string_lossy().into_owned();
    let help = home.run([link.as_str(), "onboard", "--help"]);
    assert!(help.stdout.contains("Usage: openclaw onboard"), "{help:?}");
    let aliases = home.run([link.as_str(), "models", "aliases", "list", "--json"]);
    assert_eq!(aliases.code, 0, "{aliases:?}");
    assert_eq!(serde_json::from_str::<Value>(&aliases.stdout).expect("JSON"), serde_json::json!({ "aliases": {} }));
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let home = Home::new();
    let ran = home.run(["sh", "-c", &format!("{BIN} man | true; {BIN} --help >&-; echo done")]);
    assert_eq!(ran.stdout, "done\n", "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn every_shell_that_is_offered_gets_a_script() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&home, &["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.stdout.contains("openclaw-chutes"), "{shell}");
    }
}

/// What a shell asks at a Tab. Options that do nothing are not offered.
#[test]
fn a_shell_that_asks_gets_the_options() {
    let mut home = Home::new();
    home.set("OPENCLAW_CHUTES_COMPLETE", "bash").set("_CLAP_COMPLETE_INDEX", "2");
    let ran = home.run([BIN, "--", "openclaw-chutes", "onboard", "--a"]);
    let offered: Vec<&str> = ran.stdout.lines().collect();
    assert!(offered.contains(&"--api-key-stdin") && offered.contains(&"--alias"), "{ran:?}");
    assert!(!offered.contains(&"--accept-risk"), "{ran:?}");
}

#[test]
fn the_manual_has_every_command_option_and_code() {
    let home = Home::new();
    let manual = run(&home, &["man"]);
    assert_eq!(manual.code, 0);
    for part in [
        ".TH OPENCLAW-CHUTES 1 ",
        "openclaw\\-chutes models aliases add <ALIAS> <REF> [options]",
        "\\-\\-secret\\-input\\-mode <MODE>",
        "EXIT STATUS",
        "CHUTES_API_KEY",
        "auth\\-profiles.json",
        "default\\-not\\-served",
        "credential\\-refused",
    ] {
        assert!(manual.stdout.contains(part), "{part}: {}", manual.stdout);
    }
    assert!(manual.stdout.is_ascii(), "no formatter has to guess an encoding");
}

#[test]
fn the_manual_is_clean_under_both_formatters() {
    let home = Home::new();
    for lang in ["en", "zh-CN"] {
        let manual = run(&home, &["man", "--lang", lang]).stdout;
        let page = home.write("page.1", &manual);
        let page = page.to_str().unwrap();
        let groff = home.run(["groff", "-ww", "-man", "-Tutf8", "-z", page]);
        assert_eq!((groff.code, &*groff.stderr), (0, ""), "{lang}");
        // Width in bytes is a matter of style, and wide characters are long when written in ASCII.
        let level = if lang == "en" { "style" } else { "warning" };
        let mandoc = home.run(["mandoc", "-T", "lint", "-W", level, page]);
        assert_eq!((mandoc.code, &*mandoc.stdout), (0, ""), "{lang}");
    }
}

#[test]
fn the_version_as_a_document() {
    let home = Home::new();
    let ran = run(&home, &["--version", "--json"]);
    let version: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(version["rustc"].as_str().unwrap().starts_with("rustc 1."), "{version}");
    assert!(version["target"].as_str().unwrap().contains("-linux-"), "{version}");
    let members: Vec<_> = version.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["version", "commit", "date", "target", "rustc"]);
    assert_eq!(run(&home, &["--version"]).stdout, format!("openclaw-chutes {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_bad_address_is_refused_in_the_language_that_was_asked_for() {
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", "http://example.com/v1");
    for command in [&["login", "start"][..], &["onboard", "--non-interactive", "--api-key-stdin"]] {
        let args = [command, &["--lang", "zh-CN"]].concat();
        let ran = home.run_with_input(std::iter::once(BIN).chain(args), "cpk_0123abcd.4567ef.89AB\n");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("CHUTES_BASE_URL 必须是 https 地址"), "{ran:?}");
        assert!(!ran.stderr.contains("must be"), "{ran:?}");
    }
}

#[test]
fn the_chinese_manual_page_explains_every_code_in_chinese() {
    let man = |lang: &str| run(&Home::new(), &["man", "--lang", lang]).stdout;
    let (english, chinese) = (man("en"), man("zh-CN"));
    for meaning in ["The command line is wrong.", "There is no write to undo."] {
        assert!(english.contains(meaning) && !chinese.contains(meaning), "{meaning}");
    }
    for meaning in ["命令行有误。", "没有可以撤销的写入。"] {
        // As roff writes such characters: `\[u547D]`, with places to break the line.
        let source: String = meaning.chars().map(|c| format!("\\[u{:04X}]", c as u32)).collect();
        assert!(chinese.replace("\\:", "").contains(&source), "{meaning}");
    }
    // No line begins with what ends a sentence or a part of one, or ends with what begins one.
    for sign in "。，：；？！、）》”".chars() {
        assert!(!chinese.contains(&format!("\\:\\[u{:04X}]", sign as u32)), "{sign} begins a line");
    }
    for sign in "（《“".chars() {
        assert!(!chinese.contains(&format!("\\[u{:04X}]\\:", sign as u32)), "{sign} ends a line");
    }
    assert!(chinese.matches("\\:").count() > 1000, "there are places to break lines");
}
