//! Choosing in a real terminal: the five jobs in keys, bytes for each key, and tests of all rows at the agreed price.

use crate::support::{BIN, CONFIG, KEY};
use openclaw_chutes::chutes::catalog;
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::Value;
use std::time::Duration;
use testkit::{Home, Pty, Screen, measure};

struct Stage {
    home: Home,
    standin: Standin,
}

fn august() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chutes-models-2026-08-22.json")).expect("the list")
}

impl Stage {
    /// Nothing is set up yet. `market`: the figures of the service can be had, too.
    fn new(list: Vec<u8>, market: bool) -> Stage {
        let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), list)).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        if market {
            home.set("CHUTES_IDP_BASE_URL", standin.idp_base());
        }
        Stage { home, standin }
    }

    /// Somebody has set up Chutes on this list.
    fn onboarded(market: bool) -> Stage {
        let stage = Stage::new(august(), market);
        let ran = stage.home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY);
        assert_eq!(ran.code, 0, "{ran:?}");
        stage
    }

    /// The models screen at 80 by 24, with the list there.
    fn models(&self) -> Counted {
        let pty = self.home.pty([BIN, "models"]).size(80, 24).spawn();
        pty.wait_text("14 models, live");
        Counted { pty, keys: 0 }
    }

    fn defaults(&self) -> Value {
        let config: Value = json5::from_str(&self.home.read(CONFIG)).expect("JSON5");
        config["agents"]["defaults"].clone()
    }

    fn alias(&self, name: &str) -> Option<String> {
        let map = self.defaults()["models"].clone();
        map.as_object()?.iter().find(|(_, entry)| entry["alias"] == name).map(|(target, _)| target.clone())
    }
}

/// A terminal that counts the keys that a person presses in it.
struct Counted {
    pty: Pty,
    keys: usize,
}

impl Counted {
    /// Press these keys, and wait for what they show before the next: a person looks.
    fn press(&mut self, keys: &str, shows: &str) -> Screen {
        self.keys += keys.split_whitespace().count();
        self.pty.keys(keys);
        self.pty.wait_text(shows)
    }

    /// The last key of the job.
    fn ends_with(&mut self, key: &str) {
        self.keys += 1;
        self.pty.keys(key);
        assert_eq!(self.pty.wait_exit(), 0, "{}", self.pty.screen().describe());
    }

    /// To the review, through it and out.
    fn write(&mut self) {
        self.press("w", "answered in");
        self.press("Enter", "Wrote");
        self.ends_with("Enter");
    }
}

#[test]
fn onboarding_with_a_key_takes_five() {
    let stage = Stage::new(sample::list(Era::Documented), false);
    let pty = stage.home.pty([BIN]).size(80, 24).spawn();
    pty.wait_text("How should");
    // Whoever pastes a key has chosen how to sign in.
    pty.paste(KEY).wait_text("102 of 102");
    let mut counted = Counted { pty, keys: 1 };
    counted.press("Enter", "live");
    counted.press("w", "answered in");
    counted.press("Enter", "OpenClaw is set up for Chutes");
    counted.ends_with("Enter");
    assert!(counted.keys <= 5, "{}", counted.keys);
    assert_eq!(stage.defaults()["model"]["primary"], "chutes/zai-org/GLM-4.7-TEE");
}

#[test]
fn another_default_takes_eight() {
    let stage = Stage::onboarded(false);
    let mut counted = stage.models();
    counted.press("/ k 3", "chutes/moonshotai/Kimi-K3-TEE");
    counted.press("Enter", "Esc clear");
    counted.press("Enter", "This is the default now");
    counted.write();
    assert!(counted.keys <= 8, "{}", counted.keys);
    assert_eq!(stage.defaults()["model"]["primary"], "chutes/moonshotai/Kimi-K3-TEE");
}

#[test]
fn another_name_for_an_alias_takes_ten() {
    let stage = Stage::onboarded(false);
    let target = stage.alias("chutes-fast").expect("documented");
    let mut counted = stage.models();
    counted.press("Tab", &target);
    counted.press("e", "Esc leave it");
    counted.press("f a s t", "fast");
    counted.press("Enter", "fast is set.");
    counted.write();
    assert!(counted.keys <= 10, "{}", counted.keys);
    assert_eq!((stage.alias("fast"), stage.alias("chutes-fast")), (Some(target), None));
}

#[test]
fn two_fallbacks_and_an_image_model_take_sixteen() {
    let stage = Stage::onboarded(false);
    let mut counted = stage.models();
    counted.press("/ k 2", "chutes/moonshotai/Kimi-K2.6-TEE");
    counted.press("Enter", "Esc clear");
    counted.press("f", "fallback 1");
    // What is typed takes the place of what was looked for before.
    counted.press("/ k 3", "chutes/moonshotai/Kimi-K3-TEE");
    counted.press("Enter", "Esc clear");
    counted.press("f", "fallback 2");
    counted.press("i", "image model");
    counted.write();
    assert!(counted.keys <= 16, "{}", counted.keys);
    let defaults = stage.defaults();
    let fallbacks = serde_json::json!(["chutes/moonshotai/Kimi-K2.6-TEE", "chutes/moonshotai/Kimi-K3-TEE"]);
    assert_eq!(defaults["model"]["fallbacks"], fallbacks);
    assert_eq!(defaults["imageModel"]["primary"], "chutes/moonshotai/Kimi-K3-TEE");
}

#[test]
fn the_cheapest_that_can_and_sees_far_takes_twelve() {
    let stage = Stage::onboarded(false);
    let mut counted = stage.models();
    counted.press("/ + t v", "of 14 shown");
    counted.press("Space > 2 0 0", "5 of 14 shown");
    counted.press("Enter", "Esc clear");
    counted.press("4", "/ +tv >200");
    let screen = counted.press("g", "chutes/Qwen/Qwen3.6-27B-TEE");
    assert!(counted.keys <= 12, "{}", counted.keys);
    // Of those that take images, have tools and hold more than 200k, the one with the lowest price is on top.
    let rows = screen.rows();
    let first = rows.iter().position(|row| row.contains("model ") && row.contains("alias")).expect("the heading") + 1;
    assert!(rows[first].contains("Qwen3.6-27B-TEE"), "{}", screen.text());
}

#[test]
fn few_bytes_for_each_key() {
    let stage = Stage::onboarded(true);
    let mut counted = stage.models();
    counted.pty.wait_text("state");
    let quiet = Duration::from_millis(80);
    counted.pty.keys("g").wait_quiet(quiet);
    let of = |counted: &mut Counted, keys: &str| -> Vec<(String, usize)> {
        let keys: Vec<&str> = keys.split_whitespace().collect();
        let counts = measure::bytes_per_key(&mut counted.pty, &keys, quiet);
        keys.iter().map(|key| (*key).to_owned()).zip(counts).collect()
    };
    let arrows = of(&mut counted, "Down Down Down Up Down Down Up Up Down Down Down Up Up");
    let letters = of(&mut counted, "/ g l m Backspace Backspace k i");
    let others = of(&mut counted, "Esc s s S f f e Esc Tab Tab d * * $ g G");
    let all: Vec<_> = arrows.iter().chain(&letters).chain(&others).cloned().collect();
    let mut sorted: Vec<usize> = all.iter().map(|(_, count)| *count).collect();
    sorted.sort_unstable();
    let mut of_arrows: Vec<usize> = arrows.iter().map(|(_, count)| *count).collect();
    of_arrows.sort_unstable();
    // On a slow machine the details of a row may be counted with the arrow that led to it.
    assert!(of_arrows[of_arrows.len() / 2] <= 60, "{arrows:?}");
    let mut of_letters: Vec<usize> = letters.iter().map(|(_, count)| *count).collect();
    of_letters.sort_unstable();
    assert!(of_letters[of_letters.len() / 2] <= 400, "{letters:?}");
    // What clears the filter shows another table and other keys below it.
    assert!(sorted[sorted.len() / 2] <= 80 && sorted[sorted.len() - 1] <= 3000, "{all:?}");
    // The details come once, and then nothing.
    counted.pty.wait_quiet(Duration::from_millis(1000));
    counted.pty.mark();
    counted.pty.wait_quiet(Duration::from_millis(1200));
    assert_eq!(counted.pty.bytes_since_mark(), 0, "idle");
}

/// Twenty rows of a service whose models take twenty different times: the price is agreed to first, at most four are
/// asked at once, and the table is sorted by what they took.
#[test]
fn twenty_rows_are_tested_at_the_agreed_price() {
    let listed = catalog::parse(&august()).expect("a list").models;
    let template: Value = serde_json::from_slice(&august()).expect("JSON");
    let row = template["data"].as_array().expect("rows")[0].clone();
    let rows: Vec<Value> = (0..20)
        .map(|n| {
            let mut row = row.clone();
            row["id"] = format!("team/Model-{n:02}-TEE").into();
            row
        })
        .collect();
    assert!(!listed.is_empty());
    let list = serde_json::json!({ "object": "list", "data": rows });
    let stage = Stage::new(list.to_string().into_bytes(), false);
    let onboard =
        [BIN, "onboard", "--non-interactive", "--skip-verify", "--api-key-stdin", "--model", "team/Model-00-TEE"];
    assert_eq!(stage.home.run_with_input(onboard, KEY).code, 0);
    let delay = |n: u64| n * 7 % 20 * 12;
    stage.standin.change_market(|market| {
        market.slow = (0..20).map(|n| (format!("team/Model-{n:02}-TEE"), Duration::from_millis(delay(n)))).collect();
    });
    let asked = || stage.standin.requests().iter().filter(|request| request.target.ends_with("/completions")).count();
    let before = asked();
    let pty = stage.home.pty([BIN, "models"]).size(120, 44).spawn();
    pty.wait_text("20 models, live");
    let screen = pty.keys("T").wait_text("rows shown?");
    assert_eq!(asked(), before, "nothing is asked before a yes");
    let offered = screen.text();
    let shown: f64 = offered
        .split("cost at most $")
        .nth(1)
        .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit() && c != '.').next())
        .and_then(|usd| usd.trim_end_matches('.').parse().ok())
        .unwrap_or_else(|| panic!("no price: {offered}"));
    pty.keys("Enter").wait_text("answered. Cost: $");
    let said = pty.screen().text();
    let spent: f64 = said
        .split("Cost: $")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|usd| usd.trim_end_matches('.').parse().ok())
        .unwrap_or_else(|| panic!("no cost: {said}"));
    assert!(spent <= shown, "{spent} of {shown}");
    assert!(said.contains("Tested 20 of 20: 20 answered."), "{said}");
    assert_eq!(asked() - before, 20, "each once");
    assert!((2..=4).contains(&stage.standin.most_completions_at_once()), "side by side, at most four");
    // The results stay, and sort: each took at least as long as its model does.
    pty.keys("/").wait_text("Esc clear");
    pty.type_text("sort:test").wait_text("sort:test");
    let screen = pty
        .keys("Enter")
        .wait_for("the filter as kept", |screen| screen.contains("sort:test") && screen.contains("Space leave"));
    let times: Vec<(u64, u64)> = screen
        .rows()
        .iter()
        .filter_map(|row| {
            let n: u64 = row.split("team/Model-").nth(1)?.get(..2)?.parse().ok()?;
            let words: Vec<&str> = row.split_whitespace().collect();
            let at = words.iter().position(|word| matches!(*word, "ms" | "s"))?;
            let figure: f64 = words[at - 1].parse().ok()?;
            let ms = if words[at] == "ms" { figure } else { figure * 1000.0 } as u64;
            Some((n, ms))
        })
        .collect();
    assert!(times.len() >= 20 && times[..20].is_sorted_by_key(|(_, ms)| *ms), "{times:?}\n{}", screen.text());
    assert!(times[..20].iter().all(|(n, ms)| *ms >= delay(*n)), "{times:?}");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

/// What only helps to choose keeps nobody waiting: the screen works as if it did not exist.
#[test]
fn a_service_that_tells_nothing_else_changes_nothing() {
    use openclaw_chutes::standin::{Fault, Route};
    let stage = Stage::onboarded(true);
    for fault in [Fault::Hang, Fault::Status(500), Fault::OddJson, Fault::Html, Fault::Close, Fault::Truncated] {
        stage.standin.set_fault(Route::Health, fault.clone());
        stage.standin.set_fault(Route::Account, fault.clone());
        let mut counted = stage.models();
        let screen = counted.press("/ k 3", "chutes/moonshotai/Kimi-K3-TEE");
        assert!(!screen.contains("state") && !screen.contains("balance"), "{fault:?}: {}", screen.text());
        counted.pty.keys("C-c");
        assert_eq!(counted.pty.wait_exit(), 130);
    }
}
