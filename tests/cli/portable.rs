//! `export` and `import`: choices carried from one home to another, without a secret.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::{Value, json};
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.CanaryCanaryCanaryCanaryCanary89";
const CONFIG: &str = ".openclaw/openclaw.json";

struct Stage {
    home: Home,
    _standin: Standin,
}

fn onboarded(options: &[&str]) -> Stage {
    let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
    let standin = Standin::start(config).expect("a stand-in");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    let argv = [&[BIN, "onboard", "--non-interactive", "--api-key-stdin"], options].concat();
    let ran = home.run_with_input(argv, KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    Stage { home, _standin: standin }
}

impl Stage {
    fn run(&self, line: &str, input: &str) -> Ran {
        let argv = std::iter::once(BIN).chain(line.split_whitespace());
        self.home.run_with_input(argv, input)
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }
}

#[test]
fn the_choices_of_one_home_are_those_of_the_other() {
    let options = [
        "--model",
        "deepseek-ai/DeepSeek-V3.2-TEE",
        "--fallback",
        "zai-org/GLM-5-TEE",
        "--image-model",
        "moonshotai/Kimi-K2.5-TEE",
        "--alias",
        "quick=openai/gpt-oss-120b-TEE",
    ];
    let one = onboarded(&options);
    let exported = one.run("export", "");
    assert_eq!((exported.code, exported.stdout.lines().count()), (0, 1), "{exported:?}");
    assert!(exported.stdout.len() < 600 && !exported.stdout.contains("Canary"), "{exported:?}");

    let other = onboarded(&[]);
    let before = other.home.read(CONFIG);
    let checked = other.run("import - --check", &exported.stdout);
    assert_eq!(checked.code, 4, "{checked:?}");
    assert!(checked.stdout.contains("+") && checked.stdout.contains("quick"), "{checked:?}");
    assert_eq!(other.home.read(CONFIG), before);

    let imported = other.run("import - --json", &exported.stdout);
    let document: Value = serde_json::from_str(&imported.stdout).expect("one document");
    assert_eq!((imported.code, &document["changed"]), (0, &json!(true)), "{imported:?}");
    assert_eq!(other.run("export", "").stdout, exported.stdout);
    let part = |stage: &Stage, name: &str| stage.config()["agents"]["defaults"][name].clone();
    assert_eq!(part(&one, "model"), part(&other, "model"));
    assert_eq!(part(&one, "imageModel"), part(&other, "imageModel"));

    // A second time nothing is left to do; undo takes the first one back.
    assert_eq!(other.run("import - --check", &exported.stdout).code, 0);
    assert_eq!(other.run("undo", "").code, 0);
    assert_eq!(other.home.read(CONFIG), before);
}

#[test]
fn what_is_no_export_is_refused_and_nothing_is_written() {
    let stage = onboarded(&[]);
    let before = stage.home.read(CONFIG);
    for (text, says) in [
        ("", "There is no text"),
        ("hello", "no JSON"),
        ("{\"models\": 1}", "no export"),
        ("{\"openclaw-chutes\": 9, \"default\": \"chutes/a\"}", "newer"),
        ("{\"openclaw-chutes\": 1, \"default\": \"chutes/cpk_Canary.b.c\"}", "credential"),
        (
            "{\"openclaw-chutes\": 1, \"default\": \"chutes/zai-org/GLM-4.7-TEE\", \"aliases\": {\"a b\": \"chutes/x\"}}",
            "a b",
        ),
    ] {
        let ran = stage.run("import - --json", text);
        let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
        assert!(document["error"]["message"].as_str().unwrap().contains(says), "{text}: {ran:?}");
        assert!(ran.code == 1 || ran.code == 2, "{text}: {ran:?}");
        assert!(!ran.stdout.contains("Canary") && !ran.stderr.contains("Canary"), "{ran:?}");
        assert_eq!(stage.home.read(CONFIG), before, "{text}");
    }
}

#[test]
fn a_person_is_shown_the_diff_and_asked() {
    let stage = onboarded(&[]);
    let before = stage.home.read(CONFIG);
    let text = "{\"openclaw-chutes\":1,\"default\":\"chutes/zai-org/GLM-5-TEE\"}";
    let file = stage.home.write("choices.json", text);
    for (key, written) in [("n\r", false), ("y\r", true)] {
        let pty = stage.home.pty([BIN, "import", file.to_str().unwrap()]).size(120, 40).spawn();
        pty.wait_text("Write this? [y/N]");
        pty.send(key);
        assert_eq!(pty.wait_exit(), 0);
        assert_eq!(stage.home.read(CONFIG) != before, written);
    }
}
