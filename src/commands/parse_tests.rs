use super::*;
use crate::commands::invocation::Command;

fn outline(args: &[&str]) -> Outline {
    let args: Vec<OsString> = args.iter().map(Into::into).collect();
    Outline::of(&args, |_| None)
}

fn read(line: &str) -> Result<Parsed, UsageError> {
    let args: Vec<&str> = std::iter::once("openclaw-chutes").chain(line.split_whitespace()).collect();
    parse(args.iter().map(Into::into).collect(), outline(&args), |_| None)
}

fn run(line: &str) -> Invocation {
    match read(line) {
        Ok(Parsed::Run(invocation)) => *invocation,
        other => panic!("{line}: {other:?}"),
    }
}

fn onboarding(line: &str) -> Onboard {
    match run(line).command {
        Command::Onboard(options) => *options,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_command_is_understood() {
    let models = "chutes/zai-org/GLM-4.7-TEE";
    for (line, expected) in [
        ("", Command::Onboard(Box::default())),
        ("onboard", Command::Onboard(Box::default())),
        ("demo", Command::Demo),
        ("models", Command::Models),
        ("models list", Command::ModelsList { all: false, json: false }),
        ("models list --all --json --plain", Command::ModelsList { all: true, json: true }),
        ("models status --check --probe", Command::ModelsStatus { check: true, probe: true, json: false }),
        (
            "models refresh --repair --check --quiet --json",
            Command::ModelsRefresh(refresh::How { repair: true, check: true, quiet: true, json: true }),
        ),
        ("models fallbacks add chutes-fast", Command::FallbacksAdd { reference: "chutes-fast".into(), json: false }),
        ("models fallbacks clear --json", Command::FallbacksClear { json: true }),
        ("models set-image chutes-fast", Command::ModelsSetImage { reference: "chutes-fast".into(), json: false }),
        ("models set chutes-fast", Command::ModelsSet { reference: "chutes-fast".into(), json: false }),
        ("models refresh --json", Command::ModelsRefresh(refresh::How { json: true, ..refresh::How::default() })),
        ("models aliases list --json", Command::AliasesList { json: true }),
        (
            "models aliases add fast chutes/zai-org/GLM-4.7-TEE",
            Command::AliasesAdd { alias: "fast".into(), reference: models.into(), json: false },
        ),
        ("models aliases remove fast", Command::AliasesRemove { alias: "fast".into(), json: false }),
        ("config get models --json", Command::ConfigGet { path: "models".into(), json: true }),
        ("login start --json", Command::LoginStart { keep_secret: false, json: true }),
        ("login start --keep-secret", Command::LoginStart { keep_secret: true, json: false }),
        (
            "login app create --api-key-stdin --json",
            Command::LoginAppCreate { key_source: Some(KeySource::Stdin), secret_file: None, json: true },
        ),
        (
            "login finish --redirect-stdin --timer",
            Command::LoginFinish { redirect_stdin: true, timer: true, json: false },
        ),
        ("login finish --redirect-stdin", Command::LoginFinish { redirect_stdin: true, timer: false, json: false }),
        ("undo", Command::Undo { json: false }),
        ("completions zsh", Command::Completions("zsh".into())),
        ("man", Command::Man),
    ] {
        assert_eq!(run(line).command, expected, "{line}");
    }
}

#[test]
fn global_options_stand_before_and_after_the_command() {
    for line in [
        "--config /c.json --profile work --agent main --lang zh-CN --plain --no-color models",
        "models --config=/c.json --profile=work --agent=main --lang=zh-CN --plain --no-color",
    ] {
        let run = run(line);
        assert_eq!(run.command, Command::Models);
        assert_eq!((run.lang, run.plain, run.no_color), (Lang::ZhCn, true, true), "{line}");
        assert_eq!(
            run.target,
            Target {
                agent: Some("main".into()),
                config: Some("/c.json".into()),
                openclaw: None,
                profile: Some("work".into())
            }
        );
    }
    assert_eq!(run("--lang zh-CN --non-interactive").command, run("onboard --non-interactive").command);
    assert_eq!(onboarding("--plain --auth-choice chutes").auth_choice, Some(AuthChoice::OAuth));
}

#[test]
fn the_options_of_onboard_are_all_read() {
    let options = onboarding(
        "onboard --auth-choice chutes-api-key --api-key-file /k --secret-input-mode ref --model m --fallback a \
         --fallback b --image-model i --alias fast=chutes/x/y=z --alias pro=b --models a,b --headless --qr \
         --link-file l --qr-file q.png --non-interactive --json --check --skip-verify --strict",
    );
    let expected = Onboard {
        timer: false,
        auth_choice: Some(AuthChoice::ApiKey),
        key_source: Some(KeySource::File("/k".into())),
        secret_input_mode: SecretInputMode::Ref,
        model: Some("m".into()),
        fallbacks: vec!["a".into(), "b".into()],
        image_model: Some("i".into()),
        aliases: vec![("fast".into(), "chutes/x/y=z".into()), ("pro".into(), "b".into())],
        models: Some(ModelsChoice::Listed(vec!["a,b".into()])),
        sign_in: SignIn {
            browser: false,
            headless: true,
            qr: true,
            link_file: Some("l".into()),
            qr_file: Some("q.png".into()),
        },
        non_interactive: true,
        json: true,
        check: true,
        skip_verify: true,
        strict: true,
    };
    assert_eq!(options, expected);
    assert_eq!(onboarding("onboard --models ALL").models, Some(ModelsChoice::All));
    assert_eq!(onboarding("onboard --api-key-stdin").key_source, Some(KeySource::Stdin));
}

#[test]
fn options_copied_from_openclaws_documentation_change_nothing() {
    let copied = "onboard --accept-risk --flow quickstart --skip-channels --skip-skills --skip-daemon --skip-health \
                  --skip-ui --skip-search --skip-hooks --skip-bootstrap";
    assert_eq!(onboarding(copied), Onboard::default());
}

#[test]
fn what_is_wrong_is_named() {
    let command = |name: &str, suggestion: Option<&str>| UsageError::UnknownCommand {
        name: name.into(),
        suggestion: suggestion.map(Into::into),
    };
    for (line, expected) in [
        ("onbord", command("onbord", Some("onboard"))),
        ("--bogus", UsageError::UnknownOption { option: "--bogus".into(), suggestion: None }),
        (
            "onboard --non-interactiv",
            UsageError::UnknownOption {
                option: "--non-interactiv".into(),
                suggestion: Some("--non-interactive".into()),
            },
        ),
        ("onboard extra", UsageError::UnexpectedArgument),
        ("onboard --model", UsageError::ValueMissing { option: "--model".into() }),
        (
            "onboard --auth-choice openai",
            UsageError::ValueInvalid {
                option: "--auth-choice".into(),
                valid: vec!["chutes".into(), "chutes-api-key".into()],
            },
        ),
        (
            "onboard --api-key-stdin --api-key-file k",
            UsageError::Conflict { one: "--api-key-stdin".into(), other: "--api-key-file".into() },
        ),
        ("onboard --json=yes", UsageError::ValueUnwanted { option: "--json".into() }),
        ("onboard --alias fast", UsageError::AliasShape),
        ("onboard --alias =x", UsageError::AliasShape),
        ("models set", UsageError::ArgumentMissing { arguments: vec!["<REF>".into()] }),
        ("models bogus", command("bogus", None)),
        ("config", UsageError::CommandMissing { commands: vec!["get".into()] }),
        ("--lang fr", UsageError::ValueInvalid { option: "--lang".into(), valid: vec!["en".into(), "zh-CN".into()] }),
    ] {
        assert_eq!(read(line).expect_err(line), expected, "{line}");
    }
}

/// `models set "$MODEL"`, where nobody set MODEL.
#[test]
fn an_argument_that_is_empty_is_missing() {
    for words in [["models", "set", ""], ["models", "set-image", ""], ["config", "get", ""]] {
        let args = [&["openclaw-chutes"], &words[..]].concat();
        let said = parse(args.iter().map(Into::into).collect(), outline(&args), |_| None).expect_err("an empty one");
        assert!(matches!(said, UsageError::ValueMissing { .. }), "{words:?}: {said:?}");
    }
}

#[test]
fn a_secret_among_the_arguments_is_refused_and_forgotten() {
    for line in [
        "onboard --chutes-api-key",
        "onboard --chutes-api-key=value",
        "onboard --chutes-api-key cpk_a.b.canary",
        "onboard --model cpk_a.b.canary",
        "--api-key-file=cpk_a.b.canary",
        "models set cak_canary",
        "login finish crt_canary",
        "onboard --bogus=csc_canary",
        "onboard 'Authorization:cpk_canary'",
        "cpk_a.b.canary",
    ] {
        let error = read(line).expect_err(line);
        assert_eq!(error, UsageError::SecretInArguments, "{line}");
        let shown = format!("{error:?}{}{}", error.message(Lang::En), error.hint("openclaw-chutes", Lang::En));
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("--api-key-stdin") && shown.contains("--api-key-file"), "{shown}");
    }
    // A path or a name that only contains such letters is no secret.
    assert!(read("onboard --api-key-file /run/secrets/cpk_key").is_ok());
    assert!(read("models set my-cpk_model").is_ok());
}

#[test]
fn values_are_never_part_of_an_error() {
    for line in
        ["onboard --auth-choice canary", "onboard http://x/?code=canary", "onboard --json=canary", "--lang canary"]
    {
        let error = read(line).expect_err(line);
        let shown = format!("{error:?}{}{}", error.message(Lang::ZhCn), error.hint("openclaw-chutes", Lang::ZhCn));
        assert!(!shown.contains("canary"), "{line}: {shown}");
    }
}

#[test]
fn the_outline_is_known_even_of_a_broken_command_line() {
    assert_eq!(
        outline(&["/usr/bin/openclaw", "bogus", "--json", "--lang=zh-CN"]),
        Outline { program: "openclaw", lang: Lang::ZhCn, json: true }
    );
    assert_eq!(
        outline(&["x", "--lang", "zh-CN", "--", "--json"]),
        Outline { program: "openclaw-chutes", lang: Lang::ZhCn, json: false }
    );
    assert_eq!(outline(&[]).program, "openclaw-chutes");
}

/// Every help page, of every command.
fn pages(lang: Lang) -> Vec<(String, String)> {
    fn walk(command: &mut clap::Command, path: &str, pages: &mut Vec<(String, String)>) {
        let path = format!("{path} {}", command.get_name()).trim().to_owned();
        pages.push((path.clone(), command.render_help().to_string()));
        for sub in command.get_subcommands_mut() {
            walk(sub, &path, pages);
        }
    }
    let mut pages = Vec::new();
    walk(&mut cli::command("openclaw-chutes", lang), "", &mut pages);
    pages
}

#[test]
fn help_fits_80_columns_and_never_mixes_in_the_other_language() {
    use unicode_width::UnicodeWidthStr;
    for lang in [Lang::En, Lang::ZhCn] {
        for (path, page) in pages(lang) {
            for line in page.lines() {
                assert!(line.width() <= 80, "{path}: {line}");
            }
            let chinese = page.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
            assert_eq!(chinese, lang == Lang::ZhCn, "{path}:\n{page}");
        }
    }
}

#[test]
fn help_pages() {
    for (lang, name) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let wanted =
            ["openclaw-chutes", "openclaw-chutes onboard", "openclaw-chutes models", "openclaw-chutes models list"];
        let text: Vec<_> = pages(lang)
            .into_iter()
            .filter(|(path, _)| wanted.contains(&path.as_str()))
            .map(|(path, page)| format!("$ {path} --help\n\n{page}"))
            .collect();
        insta::assert_snapshot!(format!("help_{name}"), text.join("\n\n"));
    }
}

#[test]
fn help_is_printed_for_help_of_a_command() {
    let shown = |line: &str| match read(line) {
        Ok(Parsed::Print(text)) => text,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(shown("help models set"), shown("models set --help"));
    assert_eq!(shown("help"), shown("-h"));
    assert_ne!(shown("models -h"), shown("-h"));
    assert_eq!(shown("--version").trim(), format!("openclaw-chutes {}", env!("CARGO_PKG_VERSION")));
}
