//! Homes of other people: whatever an agent could use before one of our commands, it can use after it.
//! `tests/homes/` has one config in each file, with what must stay usable in the comments at its top:
//! `keeps: AGENT REF`, `dotenv: NAME…` and `profiles: PROVIDER…` for credentials, `releases: old` or `new`
//! where only one generation takes such a config.

use crate::home::{Home, KEY, alias, api_key, model, request};
use openclaw_chutes::chutes::model::{Catalog, Source};
use openclaw_chutes::openclaw::plan::Request;
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::refs;
use openclaw_chutes::selection::{self, Overrides, Selection};
use serde_json::{Value, json};
use std::process::Command;
use testkit::peer::Release;

/// An agent, and a ref or alias as somebody types it.
type Pair = (String, String);

#[derive(Default)]
pub struct Case {
    name: String,
    config: String,
    keeps: Vec<Pair>,
    /// Variables in OpenClaw's `.env`.
    dotenv: Vec<String>,
    profiles: Vec<String>,
    old: bool,
    new: bool,
}

impl Case {
    pub fn of(name: String, config: String, dotenv: Vec<String>) -> Case {
        Case { name, config, dotenv, ..Case::default() }
    }
}

fn cases() -> Vec<Case> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/homes");
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let cases: Vec<Case> = paths.iter().map(|path| case(path)).collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    cases
}

fn case(path: &std::path::Path) -> Case {
    let config = std::fs::read_to_string(path).unwrap();
    let said = |name: &str| -> Vec<String> {
        let mark = format!("// {name}: ");
        config.lines().filter_map(|line| line.strip_prefix(&mark)).map(str::to_owned).collect()
    };
    let words = |name: &str| said(name).iter().flat_map(|line| line.split(' ').map(str::to_owned)).collect::<Vec<_>>();
    let pair = |line: &String| line.split_once(' ').map(|(agent, text)| (agent.to_owned(), text.to_owned())).unwrap();
    let releases = words("releases");
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        keeps: said("keeps").iter().map(pair).collect(),
        dotenv: words("dotenv"),
        profiles: words("profiles"),
        old: !releases.contains(&"new".to_owned()),
        new: !releases.contains(&"old".to_owned()),
        config,
    }
}

/// The config before, and after each of our commands.
fn steps(case: &Case) -> Vec<Value> {
    let home = Home::with(&case.config);
    let dotenv: String = case.dotenv.iter().map(|name| format!("{name}=k\n")).collect();
    home.write(".openclaw/.env", &dotenv);
    let profiles: serde_json::Map<String, Value> = case
        .profiles
        .iter()
        .map(|name| (format!("{name}:default"), json!({"type": "api_key", "provider": name, "key": "k"})))
        .collect();
    home.write(
        ".openclaw/agents/main/agent/auth-profiles.json",
        &json!({"version": 1, "profiles": profiles}).to_string(),
    );
    let mut configs = vec![home.config_value()];
    let current = || Current::of(&home.site().read().unwrap(), crate::home::NOW);
    let ids = ["zai-org/GLM-4.7-TEE", "zai-org/GLM-4.7-FP8", "deepseek-ai/DeepSeek-V3.2-TEE", "new/model"];
    let list = |ids: &[&str]| Catalog {
        models: ids.iter().map(|id| model(id, 100_000)).collect(),
        source: Source::Live,
        ..Catalog::default()
    };
    let mut write = |selection: Selection, credential| {
        let plain = Request { selection, basis: Some(current()), ..request(credential) };
        home.commit(&plain).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        configs.push(home.config_value());
    };
    // Onboarding, a default of its own, an alias, a shorter list.
    let documented = openclaw_chutes::selection::Documented {
        default: "chutes/zai-org/GLM-4.7-TEE".into(),
        aliases: vec![alias("chutes-fast", "chutes/zai-org/GLM-4.7-FP8")],
        ..Default::default()
    };
    let propose = |catalog: &Catalog, overrides: &Overrides| {
        let mut proposal = selection::propose(&current().configured, catalog, &documented, overrides).unwrap();
        proposal.selection.authoritative = true;
        proposal.selection
    };
    write(propose(&list(&ids), &Overrides::default()), api_key(KEY));
    let other = Overrides { model: Some("chutes/new/model".into()), ..Overrides::default() };
    write(propose(&list(&ids), &other), None);
    let mut named = propose(&list(&ids), &Overrides::default());
    named.aliases.push(alias("mine", "chutes/new/model"));
    write(named, None);
    write(propose(&list(&ids[..2]), &Overrides::default()), None);
    configs
}

/// Everything that an agent of this config may want: what must stay, and every ref that stands anywhere.
fn pairs(case: &Case, before: &Value) -> Vec<Pair> {
    let mut agents = vec!["main".to_owned()];
    let listed = before["agents"]["list"].as_array().into_iter().flatten().filter_map(|entry| entry["id"].as_str());
    let named = before["agents"]["entries"].as_object().into_iter().flatten().map(|(id, _)| id.as_str());
    agents.extend(listed.chain(named).map(str::to_owned));
    let refs = refs::named(before);
    // A default without a provider is written in full, so its short name need not mean anything any more.
    // And that of an agent's own means something to this agent alone.
    let short = |found: &refs::Found<'_>| {
        (found.place == "agents.defaults.model" || found.is_of_an_agent()) && !found.text.contains('/')
    };
    let real = |text: &&str| !text.contains("${") && !text.ends_with("/*");
    let refs: Vec<&str> = refs.iter().filter(|found| !short(found)).map(|found| found.text).filter(real).collect();
    let anywhere = agents.iter().flat_map(|agent| refs.iter().map(move |text| (agent.clone(), (*text).to_owned())));
    case.keeps.iter().cloned().chain(anywhere).collect()
}

/// What OpenClaw's own code says, for every step of every case.
fn asked(release: &Release, questions: &[Value]) -> Vec<Vec<bool>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openclaw/allowed.mjs");
    let home = tempfile::tempdir().unwrap();
    let [node, program] = release.argv();
    let dist = std::path::Path::new(&program).with_file_name("dist");
    let asked = home.path().join("questions.json");
    std::fs::write(&asked, json!(questions).to_string()).unwrap();
    let mut command = Command::new(node);
    command.arg(script).arg(dist).arg(&asked).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", release.version);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The configs of a case, and what is asked of each.
type Told = (Vec<Value>, Vec<Pair>);

fn every_home_keeps_what_it_had(release: &Release, new: bool) {
    every_one_keeps_what_it_had(
        release,
        cases().into_iter().filter(|case| if new { case.new } else { case.old }).collect(),
    );
}

/// After each of our commands, every pair that OpenClaw allowed before it.
pub fn every_one_keeps_what_it_had(release: &Release, cases: Vec<Case>) {
    let told: Vec<Told> = cases
        .iter()
        .map(|case| {
            let configs = steps(case);
            let pairs = pairs(case, &configs[0]);
            (configs, pairs)
        })
        .collect();
    let question = |(configs, pairs): &Told| {
        configs.iter().map(|config| json!({"config": config, "pairs": pairs})).collect::<Vec<_>>()
    };
    let questions: Vec<Value> = told.iter().flat_map(question).collect();
    let mut answers = asked(release, &questions).into_iter();
    let mut locked_out = Vec::new();
    for (case, (configs, pairs)) in cases.iter().zip(&told) {
        let before = answers.next().unwrap();
        for (pair, allowed) in pairs.iter().zip(&before).take(case.keeps.len()) {
            assert!(allowed, "{}: {pair:?} was not usable before", case.name);
        }
        for (step, config) in configs.iter().enumerate().skip(1) {
            let after = answers.next().unwrap();
            let lost = pairs.iter().zip(&before).zip(&after).filter(|((_, before), after)| **before && !**after);
            // A model of ours that is not served any more goes, where nothing names it.
            let named = refs::named(config);
            let is_wanted = |text: &str| {
                !text.trim().to_lowercase().starts_with("chutes/")
                    || named.iter().any(|found| found.text == text.trim())
            };
            let lost: Vec<&Pair> = lost.map(|((pair, _), _)| pair).filter(|(_, text)| is_wanted(text)).collect();
            if !lost.is_empty() {
                let defaults = &config["agents"]["defaults"];
                locked_out.push(format!("{}, step {step}: {lost:?} of {} by {defaults}", case.name, case.config));
            }
        }
    }
    assert!(locked_out.is_empty(), "{} of {}:\n{}", locked_out.len(), cases.len(), locked_out.join("\n"));
}

#[test]
fn nobody_is_locked_out_of_2026_5_28() {
    let Some(release) = Release::of("2026.5.28") else { return };
    every_home_keeps_what_it_had(&release, false);
}

#[test]
fn nobody_is_locked_out_of_2026_7_1() {
    let Some(release) = Release::of("2026.7.1") else { return };
    every_home_keeps_what_it_had(&release, false);
}

#[test]
fn nobody_is_locked_out_of_2026_9_6() {
    let Some(release) = Release::of("2026.9.6") else { return };
    every_home_keeps_what_it_had(&release, true);
}
