//! Several writers at once: our own processes, and the real OpenClaw. Nobody's edit is lost, and the
//! config is valid at every moment.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use testkit::{Home, Ran, peer};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const MODELS: [&str; 3] =
    ["chutes/zai-org/GLM-4.7-TEE", "chutes/zai-org/GLM-4.7-FP8", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"];

struct Stage {
    home: Home,
    _standin: Standin,
}

impl Stage {
    /// A home with a hand-written config.
    fn new() -> Self {
        let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
        let standin = Standin::start(config).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        home.write(CONFIG, "{\n  // mine\n  gateway: { mode: 'local' },\n}\n");
        Self { home, _standin: standin }
    }

    fn onboard(&self) -> Ran {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        self.home.run_with_input(args, format!("{KEY}\n"))
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5 at every moment")
    }

    fn aliases(&self) -> Vec<String> {
        let config = self.config();
        let map = config["agents"]["defaults"]["models"].as_object().expect("models");
        map.values().filter_map(|entry| entry.get("alias")?.as_str()).map(str::to_owned).collect()
    }
}

/// Done, or one of the two clear reasons.
fn ended_well(ran: &Ran) -> bool {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    match ran.code {
        0 => true,
        1 => {
            let code = document["error"]["code"].as_str().unwrap();
            assert!(["locked", "config-keeps-changing"].contains(&code), "{ran:?}");
            false
        }
        _ => panic!("{ran:?}"),
    }
}

#[test]
fn twenty_onboardings_at_once_write_once() {
    let stage = Stage::new();
    let ran: Vec<Ran> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| stage.onboard())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(ran.iter().all(ended_well), "{ran:?}");
    let changed = ran.iter().filter(|ran| serde_json::from_str::<Value>(&ran.stdout).unwrap()["changed"] == true);
    assert_eq!(changed.count(), 1);
    assert!(stage.home.read(CONFIG).contains("// mine\n"));
    let store: Value = serde_json::from_str(&stage.home.read(STORE)).unwrap();
    assert_eq!(store["profiles"]["chutes:default"]["key"], KEY);
    assert_eq!(stage.home.files().iter().filter(|file| file.to_string_lossy().contains("chutes-backup-")).count(), 1);
}

#[test]
fn twenty_different_edits_at_once_are_all_there() {
    let stage = Stage::new();
    assert_eq!(stage.onboard().code, 0);
    let ids: Vec<String> = stage.config()["models"]["providers"]["chutes"]["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| format!("chutes/{}", model["id"].as_str().unwrap()))
        .collect();
    let free: Vec<&String> = ids
        .iter()
        .filter(|id| stage.config()["agents"]["defaults"]["models"][id.as_str()].get("alias").is_none())
        .collect();
    assert!(free.len() > 5, "{free:?}");
    let documented = stage.aliases();
    std::thread::scope(|scope| {
        for (n, id) in free.iter().enumerate() {
            let (stage, name) = (&stage, format!("mine-{n}"));
            scope.spawn(move || {
                let ran = stage.home.run([BIN, "models", "aliases", "add", &name, id, "--json"]);
                assert!(ended_well(&ran), "{ran:?}");
            });
        }
        for n in 0..9 {
            let stage = &stage;
            scope.spawn(move || {
                let ran = stage.home.run([BIN, "models", "set", MODELS[n % 3], "--json"]);
                assert!(ended_well(&ran), "{ran:?}");
            });
        }
    });
    let aliases = stage.aliases();
    let wanted = documented.into_iter().chain((0..free.len()).map(|n| format!("mine-{n}")));
    let lost: Vec<String> = wanted.filter(|name| !aliases.contains(name)).collect();
    assert_eq!(lost, Vec::<String>::new(), "of {aliases:?}");
    assert!(MODELS.iter().any(|model| stage.config()["agents"]["defaults"]["model"]["primary"] == *model));
}

#[test]
fn openclaw_writing_at_the_same_time_loses_nothing() {
    if peer::argv().is_none() {
        return;
    }
    const ROUNDS: usize = 8;
    // Its own check refuses a file that changed since it looked, about a quarter of a second before, or
    // longer where the machine is slower: each refusal makes us slower, too, so that both get their turn.
    const PACE: Duration = Duration::from_millis(300);
    let refusals = AtomicU32::new(0);
    let stage = Stage::new();
    assert_eq!(stage.onboard().code, 0);
    let (done, ended) = std::sync::mpsc::channel();
    let (ours, refused) = std::thread::scope(|scope| {
        let (home, refusals) = (&stage.home, &refusals);
        scope.spawn(move || {
            for n in 0..ROUNDS {
                let set = ["config", "set", &format!("env.vars.THEIRS_{n}"), "yes"];
                while peer::run(home, set).expect("checked above").code != 0 {
                    refusals.fetch_add(1, Ordering::Relaxed);
                }
                refusals.store(0, Ordering::Relaxed);
            }
            done.send(()).unwrap();
        });
        let (mut ours, mut refused) = (0, 0);
        while ended.recv_timeout(PACE * (1 + 4 * refusals.load(Ordering::Relaxed))) == Err(RecvTimeoutError::Timeout) {
            let ran = stage.home.run([BIN, "models", "set", MODELS[(ours + refused) % 3], "--json"]);
            match ended_well(&ran) {
                true => ours += 1,
                false => refused += 1,
            }
            stage.config();
        }
        (ours, refused)
    });
    assert!(ours > ROUNDS, "{ours} writes of ours, {refused} refused");
    let vars = stage.config()["env"]["vars"].clone();
    let lost: Vec<usize> = (0..ROUNDS).filter(|n| vars[format!("THEIRS_{n}")] != "yes").collect();
    assert_eq!(lost, Vec::<usize>::new(), "{vars}");
    let valid = peer::run(&stage.home, ["config", "validate", "--json"]).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&valid.stdout).unwrap()["valid"], json!(true), "{valid:?}");
}
