//! The models screen as the real binary in a pseudo-terminal: on what is configured, with both captured
//! lists, one after the other. With `MODELS_PICTURES=DIR` every screen waited for is saved as a picture.

use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use std::path::Path;
use std::time::Duration;
use testkit::raster::{self, Theme};
use testkit::{Home, Pty, Screen, peer};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const CONFIG: &str = ".openclaw/openclaw.json";

fn captured(day: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/chutes-models-{day}.json"));
    std::fs::read(path).expect("a captured list")
}

struct Stage {
    home: Home,
    standin: Standin,
}

/// A home that was onboarded when this list was served.
fn onboarded(list: Vec<u8>, options: &[&str]) -> Stage {
    let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), list)).expect("a stand-in");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    let argv = [BIN, "onboard", "--non-interactive", "--api-key-stdin"].iter().chain(options);
    let ran = home.run_with_input(argv, KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    Stage { home, standin }
}

/// What somebody had in June that was gone in August.
const OF_JUNE: &[&str] = &[
    "--model",
    "moonshotai/Kimi-K2.5-TEE",
    "--fallback",
    "zai-org/GLM-5-TEE",
    "--fallback",
    "zai-org/GLM-5.1-TEE",
    "--image-model",
    "moonshotai/Kimi-K2.5-TEE",
    "--alias",
    "mine=MiniMaxAI/MiniMax-M2.5-TEE",
    "--alias",
    "chutes-vision=moonshotai/Kimi-K2.5-TEE",
];

fn snap(name: &str, screen: &Screen) {
    if let Ok(dir) = std::env::var("MODELS_PICTURES") {
        let image = raster::draw(screen, Theme::Dark);
        image.save(Path::new(&dir).join(format!("{name}.png")));
    }
}

fn see(pty: &mut Pty, name: &str, text: &str) -> Screen {
    let screen = pty.wait_text(text);
    snap(name, &screen);
    screen
}

/// The row that the pointer is on.
fn pointed(screen: &Screen) -> String {
    screen.rows().into_iter().find(|row| row.trim_start().starts_with('▸')).unwrap_or_default()
}

#[test]
fn drift_is_shown_decided_row_by_row_and_written_as_reviewed() {
    let stage = onboarded(captured("2026-06-11"), OF_JUNE);
    stage.standin.set_models(captured("2026-08-22"));
    let mut pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    let screen = see(&mut pty, "drift-80", "Kimi-K2.5-TEE, your default, is not served any more.");
    assert!(pointed(&screen).contains("Kimi-K2.6-TEE"), "{}", screen.text());
    // One row, one key, and on to the next; then everything else at once. The user's own alias without a relative
    // gets the cheapest that can.
    pty.keys("y");
    let screen = see(&mut pty, "one-80", "is gone.");
    assert!(screen.rows().iter().any(|row| row.contains("Kimi-K2.6-TEE") && row.contains("def")), "{}", screen.text());
    assert!(screen.contains("Y all 4"), "{}", screen.text());
    pty.keys("Home");
    see(&mut pty, "gone-80", "MiniMax");
    pty.keys("Y");
    see(&mut pty, "taken-80", "Taken: 4");
    pty.paste("moonshotai/Kimi-K2.6-TEE");
    pty.keys("Enter");
    see(&mut pty, "review-80", "This is what will be written");
    pty.wait_text("answered in");
    pty.keys("Enter");
    pty.wait_text("Wrote");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    let served: serde_json::Value = serde_json::from_slice(&captured("2026-08-22")).expect("JSON");
    let served: Vec<&str> =
        served["data"].as_array().expect("a list").iter().filter_map(|model| model["id"].as_str()).collect();
    let config: serde_json::Value = json5::from_str(&stage.home.read(CONFIG)).expect("JSON5");
    let models = config["agents"]["defaults"]["models"].as_object().expect("a map");
    let aliases: Vec<(&str, &str)> =
        models.iter().filter_map(|(target, entry)| Some((entry["alias"].as_str()?, target.as_str()))).collect();
    assert_eq!(aliases.len(), 4, "{aliases:?}");
    assert!(aliases.contains(&("mine", "chutes/deepseek-ai/DeepSeek-V4-Flash-0731-TEE")), "{aliases:?}");
    for (alias, target) in aliases {
        assert!(served.contains(&target.trim_start_matches("chutes/")), "{alias} -> {target}");
        // The real OpenClaw resolves it to the same model.
        if let Some(ran) = peer::run(&stage.home, ["models", "set", alias]) {
            assert!(ran.code == 0 && ran.stdout.contains(target), "{alias} -> {target}: {ran:?}");
        }
    }
    if let Some(ran) = peer::run(&stage.home, ["config", "validate"]) {
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

#[test]
fn the_kept_list_is_worked_on_while_the_service_is_slow() {
    let stage = onboarded(captured("2026-08-22"), &[]);
    stage.standin.set_fault(Route::Models, Fault::Hang);
    let mut pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    see(&mut pty, "kept-80", "saved");
    pty.keys("/").type_text("kimi k3");
    pty.keys("Enter");
    let screen = see(&mut pty, "filter-80", "1 of 14 shown, 13 hidden by the filter");
    assert!(pointed(&screen).contains("Kimi-K3"), "{}", screen.text());
    pty.keys("a");
    let screen = see(&mut pty, "revealed-80", "all 14 shown");
    assert!(pointed(&screen).contains("Kimi-K3"), "{}", screen.text());
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

#[test]
fn without_the_service_the_screen_stays_and_says_why() {
    let stage = onboarded(captured("2026-08-22"), &[]);
    stage.standin.set_fault(Route::Models, Fault::Status(503));
    let mut pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    let screen = see(&mut pty, "failed-80", "503");
    assert!(screen.contains("saved") && screen.contains("unverified"), "{}", screen.text());
    // It comes back: the list is live, and the cursor on its model.
    pty.keys("Down Down Down");
    let before = pointed(&pty.wait_quiet(Duration::from_millis(60)));
    stage.standin.set_fault(Route::Models, Fault::None);
    pty.keys("r");
    let screen = pty.wait_text("14 models, live");
    assert_eq!(pointed(&screen), before);
    pty.keys("Esc");
    assert_eq!(pty.wait_exit(), 130);
}

fn config_of(stage: &Stage) -> serde_json::Value {
    json5::from_str(&stage.home.read(CONFIG)).expect("JSON5")
}

/// From the models screen, with the cursor on the default, through Review.
fn write(pty: &Pty) {
    pty.keys("Enter").wait_text("This is what will be written");
    write_reviewed(pty);
}

fn write_reviewed(pty: &Pty) {
    pty.wait_text("answered in");
    pty.keys("Enter").wait_text("Wrote");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn without_any_list_nothing_changes_but_what_was_changed() {
    let stage = onboarded(captured("2026-06-11"), &[]);
    std::fs::remove_dir_all(stage.home.join(".local/state/openclaw-chutes")).expect("our state");
    stage.standin.set_fault(Route::Models, Fault::Status(503));
    let mut wanted = config_of(&stage);
    let default = wanted["agents"]["defaults"]["model"]["primary"].as_str().expect("a default").to_owned();
    let pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    pty.wait_text("configured or built in, unverified");
    pty.wait_text("503");
    pty.paste(&default);
    pty.keys("e C-u m i n e Enter").wait_text("mine is set");
    pty.keys("Enter").wait_text("The list of models is unverified");
    write_reviewed(&pty);
    wanted["agents"]["defaults"]["models"][&default] = serde_json::json!({"alias": "mine"});
    assert_eq!(config_of(&stage), wanted);
}

#[test]
fn onboarding_again_without_the_service_keeps_what_it_once_said() {
    let stage = onboarded(captured("2026-06-11"), &[]);
    let models = |stage: &Stage| config_of(stage)["models"]["providers"]["chutes"]["models"].clone();
    let before = models(&stage);
    stage.standin.set_fault(Route::Models, Fault::Status(503));
    let ran = stage.home.run_with_input([BIN, "onboard", "--non-interactive", "--skip-verify", "--api-key-stdin"], KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    let after = models(&stage);
    let (before, after) = (before.as_array().expect("a list"), after.as_array().expect("a list"));
    assert!(after.len() > before.len(), "the built-in ones are there too");
    assert_eq!(after[..before.len()], before[..]);
}

#[test]
fn what_was_left_out_stays_out_and_what_is_new_comes_in() {
    let stage = onboarded(captured("2026-06-11"), &[]);
    let out = "chutes/Qwen/Qwen3-32B-TEE";
    let pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    pty.wait_text("models, live");
    let default = config_of(&stage)["agents"]["defaults"]["model"]["primary"].as_str().expect("a default").to_owned();
    pty.paste(out).keys("Space").wait_text("left out");
    pty.paste(&default);
    write(&pty);
    let before = config_of(&stage);
    assert!(before["agents"]["defaults"]["models"].get(out).is_none());
    // Another visit that changes nothing changes nothing.
    let pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    pty.wait_text("models, live");
    pty.paste(out).wait_text("left out");
    pty.paste(&default).keys("Enter").wait_text("Nothing has to change");
    pty.keys("Enter").wait_text("Nothing had to change");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    // A model that is new on the list is taken in.
    let mut list: serde_json::Value = serde_json::from_slice(&captured("2026-06-11")).expect("JSON");
    let models = list["data"].as_array_mut().expect("a list");
    let mut new = models[0].clone();
    new["id"] = "new/Model-1-TEE".into();
    models.push(new);
    stage.standin.set_models(list.to_string().into_bytes());
    let pty = stage.home.pty([BIN, "models"]).size(80, 24).spawn();
    pty.wait_text("14 models, live");
    pty.paste(&default);
    write(&pty);
    let after = config_of(&stage);
    let map = after["agents"]["defaults"]["models"].as_object().expect("a map");
    assert!(map.contains_key("chutes/new/Model-1-TEE") && !map.contains_key(out), "{map:?}");
}

#[test]
fn looks() {
    if std::env::var("MODELS_PICTURES").is_err() {
        return;
    }
    let stage = onboarded(captured("2026-06-11"), OF_JUNE);
    stage.standin.set_models(captured("2026-08-22"));
    for (cols, rows) in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        for lang in ["en", "zh-CN"] {
            let pty = stage.home.pty([BIN, "models", "--lang", lang]).size(cols, rows).spawn();
            pty.wait_quiet(Duration::from_millis(400));
            snap(&format!("first-{cols}-{lang}"), &pty.screen());
            pty.keys("Y Home Down Down f Down f Down i e C-u");
            pty.type_text("chutes-pro");
            snap(&format!("edit-{cols}-{lang}"), &pty.wait_quiet(Duration::from_millis(200)));
            pty.keys("Esc Home / g l m");
            snap(&format!("find-{cols}-{lang}"), &pty.wait_quiet(Duration::from_millis(200)));
            pty.keys("Esc ?");
            snap(&format!("help-{cols}-{lang}"), &pty.wait_quiet(Duration::from_millis(200)));
            pty.keys("C-c");
        }
    }
}
