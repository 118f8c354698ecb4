//! What holds on the models screen whatever one presses, and that Review shows what is then written.

use crate::models_support::*;
use crossterm::event::KeyCode;
use openclaw_chutes::chutes::model::{Catalog, Source, id_of};
use openclaw_chutes::diff;
use openclaw_chutes::openclaw::Site;
use openclaw_chutes::openclaw::plan::{Request, plan};
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::install::{Generation, Installed};
use openclaw_chutes::openclaw::read::paths::Paths;
use openclaw_chutes::openclaw::write::commit;
use openclaw_chutes::selection::Configured;
use openclaw_chutes::state::State;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::tui::theme::Depth;
use openclaw_chutes::wizard::Screen;
use openclaw_chutes::wizard::filter::Query;
use openclaw_chutes::wizard::models::ConfigFacts;
use openclaw_chutes::wizard::protocol::{Event, KeyContext};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn june() -> Configured {
    Configured {
        primary: Some("chutes/moonshotai/Kimi-K2.5-TEE".into()),
        fallbacks: vec![
            "chutes/zai-org/GLM-5-TEE".into(),
            "anthropic/claude".into(),
            "chutes/zai-org/GLM-5.1-TEE".into(),
        ],
        image: Some("chutes/moonshotai/Kimi-K2.5-TEE".into()),
        aliases: vec![
            alias("mine", "chutes/MiniMaxAI/MiniMax-M2.5-TEE"),
            alias("opus", "anthropic/claude"),
            alias("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
        ],
        inverted: vec![alias("chutes-fast", "chutes/zai-org/GLM-4.7-FP8")],
        registered: vec!["moonshotai/Kimi-K2.5-TEE".into(), "zai-org/GLM-5-TEE".into()],
        providers: vec!["chutes".into(), "anthropic".into()],
        ..Configured::default()
    }
}

#[derive(Clone, Debug)]
enum Press {
    Key(KeyCode),
    Paste(&'static str),
    /// A list arrives.
    List(bool),
    Size(u16, u16),
}

fn press() -> impl Strategy<Value = Press> {
    let keys = "jjjkkgGfffiieee  **[]sSSaayYtrqx-_:.!/\n\n\x1b\t12chutesglm".chars().collect::<Vec<_>>();
    prop_oneof![
        60 => proptest::sample::select(keys).prop_map(|c| Press::Key(match c {
            '\n' => KeyCode::Enter,
            '\x1b' => KeyCode::Esc,
            '\t' => KeyCode::Tab,
            c => KeyCode::Char(c),
        })),
        8 => proptest::sample::select(vec![
            KeyCode::PageDown, KeyCode::PageUp, KeyCode::Home, KeyCode::End, KeyCode::Backspace, KeyCode::Left,
        ]).prop_map(Press::Key),
        3 => proptest::sample::select(vec![
            "chutes/zai-org/GLM-5.2-TEE", "chutes-fast", "CHUTES-PRO", "mine", "a/b c", "模型", "opus", "status",
        ]).prop_map(Press::Paste),
        1 => any::<bool>().prop_map(Press::List),
        1 => (40_u16..130, 12_u16..50).prop_map(|(width, height)| Press::Size(width, height)),
    ]
}

/// Default, fallbacks, image model, aliases with targets, ids left out.
type Chosen = (String, Vec<String>, Option<String>, Vec<(String, String)>, BTreeSet<String>);

/// What is chosen: it may change by a key that changes it, never by itself.
fn chosen(stage: &Stage) -> Chosen {
    let models = stage.models();
    let aliases = models.aliases.iter().map(|a| (a.name.clone(), a.target.clone())).collect();
    (models.primary.clone(), models.fallbacks.clone(), models.image.clone(), aliases, models.left_out.clone())
}

fn check(stage: &Stage) {
    let models = stage.models();
    assert_eq!(models.view.len() + models.hidden(), models.models.len(), "shown + hidden = total");
    let query = Query::parse(models.filter.text());
    assert_eq!(*models.query(), query);
    if !query.has_text() && !models.revealed {
        let hidden = models.models.iter().filter(|model| !query.allows(model, models.health_of(model))).count();
        assert_eq!(models.hidden(), hidden);
    }
    let rows: BTreeSet<usize> = models.view.iter().copied().collect();
    assert_eq!(rows.len(), models.view.len(), "no row twice");
    assert!(models.view.is_empty() || models.cursor < models.view.len());
    let names: BTreeSet<String> = models.aliases.iter().map(|a| a.name.to_lowercase()).collect();
    assert_eq!(names.len(), models.aliases.len(), "no two models with one alias: {:?}", models.aliases);
    assert!(!names.contains("opus") && !names.contains("anthropic") && !names.contains("status"), "{names:?}");
    let targets: BTreeSet<&str> = models.aliases.iter().map(|a| a.target.as_str()).collect();
    assert_eq!(targets.len(), models.aliases.len(), "no model with two aliases: {:?}", models.aliases);
    let fallbacks: BTreeSet<&String> = models.fallbacks.iter().collect();
    assert_eq!(fallbacks.len(), models.fallbacks.len());
    assert!(!fallbacks.contains(&models.primary));
    let used = [&models.primary].into_iter().chain(&models.fallbacks).chain(&models.image);
    for id in used.chain(models.aliases.iter().map(|a| &a.target)).filter_map(|target| id_of(target)) {
        assert!(models.row_of(id).is_some(), "{id} has a row");
        assert!(!models.left_out.contains(id), "{id} is used, so it is registered");
    }
    stage.frame();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn five_hundred_keys(presses in proptest::collection::vec(press(), 500), kept in any::<bool>()) {
        let lists = [captured("2026-06-11"), captured("2026-08-22")];
        let first = if kept { Catalog { source: Source::Cache, ..lists[0].clone() } } else { lists[1].clone() };
        let mut stage = Stage::new(june(), first, Lang::En, Depth::None);
        for press in presses {
            let before = chosen(&stage);
            let editing = stage.models().editing.as_ref().map(|edit| edit.line.text().to_owned());
            let at = stage.at().to_owned();
            let touched = stage.models().touched();
            match press {
                Press::Key(code) => stage.press(code),
                Press::Paste(text) => { stage.paste(text); }
                Press::Size(width, height) => stage.size = (width, height),
                Press::List(august) => {
                    let attempt = stage.wizard.discover.attempt;
                    let running = stage.wizard.discover.running;
                    let list = lists[usize::from(august)].clone();
                    stage.event(Event::Discovered { attempt, at_ms: 9, result: Box::new(Ok(list)) });
                    if running && touched {
                        prop_assert_eq!(chosen(&stage), before, "a list changes no choice");
                        // Where the filter hid all of the old list, the cursor had no model to stay on.
                        if !at.is_empty() {
                            prop_assert_eq!(stage.at(), at, "the cursor stays on its model");
                        }
                    }
                    let now = stage.models().editing.as_ref().map(|edit| edit.line.text().to_owned());
                    prop_assert_eq!(now, editing, "what is being edited stays");
                }
            }
            check(&stage);
            if stage.wizard.screen != Screen::Models {
                stage.press(KeyCode::Esc);
                prop_assert_eq!(chosen(&stage), stage_choices(&stage));
            }
        }
    }
}

fn stage_choices(stage: &Stage) -> Chosen {
    let selection = stage.models().selection();
    let aliases = selection.aliases.into_iter().map(|a| (a.name, a.target)).collect();
    (selection.primary, selection.fallbacks, selection.image, aliases, stage.models().left_out.clone())
}

const CONFIG: &str = r#"// mine
{
  models: { providers: { chutes: { baseUrl: "https://llm.chutes.ai/v1", models: [
    { id: "moonshotai/Kimi-K2.5-TEE", name: "K" }, { id: "zai-org/GLM-5-TEE", name: "G", note: 1 } ] },
    anthropic: { baseUrl: "https://x.example", models: [] } } },
  agents: { defaults: {
    model: { primary: "chutes/moonshotai/Kimi-K2.5-TEE", fallbacks: ["chutes/zai-org/GLM-5-TEE"] },
    models: {
      "chutes/moonshotai/Kimi-K2.5-TEE": {}, // mine
      "chutes/MiniMaxAI/MiniMax-M2.5-TEE": { alias: "mine" },
      "chutes-fast": { alias: "chutes/zai-org/GLM-4.7-FP8" },
      "anthropic/claude": { alias: "opus" },
    } } },
}
"#;

fn site(home: &testkit::Home) -> Site {
    let paths =
        Paths::resolve(|name| (name == "HOME").then(|| home.join("").display().to_string()), None, None).unwrap();
    let installed =
        Installed { version: Some("2026.5.28".into()), program: None, generation: Generation::JsonStore, sdk: None };
    Site { paths, installed, agent: None }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The diff of the review is the difference between the files before and after the write, and what is
    /// then configured is what was chosen.
    #[test]
    fn review_shows_what_is_written(presses in proptest::collection::vec(press(), 80)) {
        let home = testkit::Home::new();
        home.write(".openclaw/openclaw.json", CONFIG);
        let site = site(&home);
        let current = Current::of(&site.read().unwrap(), NOW);
        let mut stage = Stage::new(current.configured, captured("2026-08-22"), Lang::En, Depth::None);
        for press in presses {
            if let Press::Key(code) = press {
                stage.press(code);
            }
            if stage.wizard.screen != Screen::Models {
                stage.press(KeyCode::Esc);
            }
        }
        let selection = stage.models().selection();
        let request = Request { base_url: "https://llm.chutes.ai/v1".into(), credential: None, selection, client_secret: None, basis: None, proven: None, ..Request::default() };
        let plan = plan(&site.read().unwrap(), &request, NOW).unwrap();
        let shown: Vec<(bool, String)> = diff::of(&plan)
            .iter()
            .flat_map(|file| &file.hunks)
            .flat_map(diff::Hunk::lines)
            .filter(|line| line.kind != diff::LineKind::Context)
            .map(|line| (line.kind == diff::LineKind::Added, line.text.into_owned()))
            .collect();
        commit(&site, &request, None, &State::at(home.join("state")), NOW).unwrap();
        let after = home.read(".openclaw/openclaw.json");
        let real: Vec<(bool, String)> = similar::TextDiff::from_lines(CONFIG, after.as_str())
            .iter_all_changes()
            .filter(|change| change.tag() != similar::ChangeTag::Equal)
            .map(|change| (change.tag() == similar::ChangeTag::Insert, change.value().trim_end_matches('\n').to_owned()))
            .collect();
        prop_assert_eq!(shown, real);
        let now = Current::of(&site.read().unwrap(), NOW).configured;
        let models = stage.models();
        prop_assert_eq!(now.primary.as_ref(), Some(&models.primary));
        prop_assert_eq!(&now.fallbacks, &models.fallbacks);
        let names = |aliases: Vec<(String, String)>| aliases.into_iter().collect::<BTreeSet<_>>();
        let of_chutes = now.aliases.iter().filter(|a| id_of(&a.target).is_some());
        prop_assert_eq!(
            names(of_chutes.map(|a| (a.name.clone(), a.target.clone())).collect()),
            names(models.aliases.iter().map(|a| (a.name.clone(), a.target.clone())).collect())
        );
        prop_assert!(now.inverted.is_empty());
    }
}

#[test]
fn a_list_merges_under_the_cursor_the_filter_and_the_edit() {
    let kept = Catalog { source: Source::Cache, ..captured("2026-06-11") };
    let (kept_list, later) = (kept.clone(), captured("2026-08-22"));
    // What is shown before the service answers: made by hand, since the stage begins with an answer.
    let mut stage = Stage::new(Configured::default(), kept_list, Lang::En, Depth::None);
    stage.keys("/kimi").keys("\n").keys("jemine2");
    let at = stage.at().to_owned();
    stage.wizard.models.as_mut().unwrap().replace_list(&Configured::default(), ConfigFacts::default(), later, None);
    assert_eq!(stage.at(), at);
    assert_eq!(stage.models().filter.text(), "kimi");
    assert_eq!(stage.models().editing.as_ref().map(|edit| edit.line.text()), Some("mine2"));
    stage.keys("\n");
    assert_eq!(stage.models().alias_of(&at), Some("mine2"));
    assert_eq!(stage.models().source, Source::Live);
    let _ = kept;
}

#[test]
fn the_cursor_keeps_a_model_that_the_new_list_has_not() {
    let mut stage = Stage::new(Configured::default(), captured("2026-06-11"), Lang::En, Depth::None);
    stage.paste("moonshotai/Kimi-K2.5-TEE");
    stage.wizard.models.as_mut().unwrap().replace_list(
        &Configured::default(),
        ConfigFacts::default(),
        captured("2026-08-22"),
        None,
    );
    assert_eq!(stage.at(), "moonshotai/Kimi-K2.5-TEE");
    let models = stage.models();
    assert_eq!(models.served(models.view[models.cursor]), Some(false), "and says that it is gone");
}

#[test]
fn favourites_are_first_among_equals_and_survive_a_list() {
    let mut stage = Stage::new(Configured::default(), captured("2026-08-22"), Lang::En, Depth::None);
    stage.paste("zai-org/GLM-5.2-TEE").keys("*");
    assert_eq!(stage.shown()[stage.models().models.len() - stage.models().listed], "zai-org/GLM-5.2-TEE");
    stage.keys("/tee\n");
    stage.wizard.models.as_mut().unwrap().replace_list(
        &Configured::default(),
        ConfigFacts::default(),
        captured("2026-06-11"),
        None,
    );
    assert!(stage.models().favourites.contains("zai-org/GLM-5.2-TEE"));
    stage.keys("\x1b/glm\n");
    stage.keys("*");
    let first = stage.shown()[0].to_owned();
    assert_eq!(stage.at(), first);
}

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most as u64).expect("small")
    }
}

/// Keys as somebody at work presses them: looking about, filtering, renaming, marking, sorting, going on and
/// coming back. Whatever they do, a model becomes the default by Enter on its row, and in no other way.
#[test]
fn a_walk_of_ten_thousand_keys_changes_the_default_only_by_enter_on_its_row() {
    const HABITS: [&str; 34] = [
        "j",
        "j",
        "jj",
        "k",
        "gg",
        "G",
        "\n",
        "\n",
        "/glm\n",
        "/kimi\n\x1b",
        "/k3\n\n",
        "/tee tools",
        "/xyzzy\n",
        "/\x1b",
        "a",
        "e\n",
        "equick\n",
        "emine\x1b",
        "/fast\n",
        "s",
        "S",
        "3",
        "6",
        "f",
        "i",
        " ",
        "*",
        "m",
        "R",
        "$",
        "\t",
        "d",
        "w",
        "T\x1b",
    ];
    let configured = Configured {
        primary: Some("chutes/zai-org/GLM-5.1-TEE".into()),
        aliases: vec![
            alias("chutes-fast", "chutes/Qwen/Qwen3-32B-TEE"),
            alias("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
            alias("chutes-vision", "chutes/google/gemma-4-31B-turbo-TEE"),
        ],
        ..Configured::default()
    };
    let mut stage = Stage::new(configured, captured("2026-08-22"), Lang::En, Depth::None);
    assert!(stage.models().pending.is_empty(), "{:?}", stage.models().pending);
    let mut dice = Dice(20_261_122);
    let (mut pressed, mut changes) = (0, 0);
    while pressed < 10_000 {
        let habit = HABITS[dice.below(HABITS.len())];
        for key in habit.chars() {
            let (before, at) = (stage.models().primary.clone(), stage.at().to_owned());
            let context = stage.wizard.context();
            stage.keys(&key.to_string());
            pressed += 1;
            let after = &stage.models().primary;
            if *after != before {
                changes += 1;
                assert_eq!((key, after.as_str()), ('\n', format!("chutes/{at}").as_str()), "in {habit:?}");
                assert!(matches!(context, KeyContext::Models | KeyContext::ModelsFiltered), "{context:?}");
            }
        }
        if stage.wizard.screen != Screen::Models {
            stage.press(KeyCode::Esc);
        }
    }
    assert!(changes > 50, "{changes}");
}
