//! What the models screen looks like: sizes, languages, colours, lists.

use crate::models_support::*;
use openclaw_chutes::chutes::model::Catalog;
use openclaw_chutes::selection::Configured;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::theme::Depth;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];
const LANGS: [(Lang, &str); 2] = [(Lang::En, "en"), (Lang::ZhCn, "zh")];

fn stage(list: Catalog, lang: Lang) -> Stage {
    Stage::new(Configured::default(), list, lang, Depth::Indexed256)
}

/// At every size and in both languages.
fn everywhere(name: &str, list: &Catalog, prepare: impl Fn(&mut Stage)) {
    for (lang, tag) in LANGS {
        let mut stage = stage(list.clone(), lang);
        prepare(&mut stage);
        for size in SIZES {
            stage.size = size;
            let (width, height) = size;
            insta::assert_snapshot!(format!("{name}_{width}x{height}_{tag}"), stage.text());
        }
    }
}

#[test]
fn the_list_of_june() {
    everywhere("june", &captured("2026-06-11"), |_| {});
}

#[test]
fn the_list_of_august() {
    everywhere("august", &captured("2026-08-22"), |_| {});
}

#[test]
fn everything_taken_and_an_alias_being_moved() {
    everywhere("editing", &captured("2026-08-22"), |stage| {
        stage.keys("Y").paste("moonshotai/Kimi-K3-TEE");
        stage.keys("echutes-pro");
    });
}

#[test]
fn a_filter_and_what_it_hides() {
    everywhere("filter", &captured("2026-08-22"), |stage| {
        stage.keys("/qwen tools in<0.45");
    });
}

#[test]
fn ten_thousand_models() {
    everywhere("many", &live(generated(10_000)), |stage| {
        stage.keys("sss/glm 77\n");
    });
}

#[test]
fn hostile_names() {
    everywhere("hostile", &live(hostile()), |_| {});
}

/// Every cell's style as a letter: what a look at the text alone would miss.
fn styles(stage: &Stage) -> String {
    let buffer = stage.frame();
    let mut rows = String::new();
    for y in 0..buffer.area.height {
        let row: String = (0..buffer.area.width)
            .map(|x| {
                let cell = &buffer[(x, y)];
                let bold = cell.modifier.contains(Modifier::BOLD);
                match (cell.symbol(), cell.fg, cell.modifier.contains(Modifier::UNDERLINED)) {
                    (" ", _, false) => ' ',
                    (_, _, true) => 'u',
                    (_, Color::Reset, _) => {
                        if bold {
                            'B'
                        } else {
                            '.'
                        }
                    }
                    (_, Color::Indexed(63) | Color::Cyan, _) => 'a',
                    (_, Color::Indexed(243) | Color::DarkGray, _) => 'q',
                    _ => 'x',
                }
            })
            .collect();
        rows.push_str(row.trim_end());
        rows.push('\n');
    }
    rows
}

#[test]
fn colours_by_depth() {
    for (depth, tag) in [(Depth::Indexed256, "256"), (Depth::Ansi16, "16"), (Depth::None, "none")] {
        let mut stage = Stage::new(Configured::default(), captured("2026-08-22"), Lang::En, depth);
        stage.keys("*/glm");
        insta::assert_snapshot!(format!("styles_{tag}"), styles(&stage));
        for cell in &stage.frame().content {
            match depth {
                Depth::None => assert_eq!(cell.fg, Color::Reset),
                Depth::Ansi16 => assert!(!matches!(cell.fg, Color::Indexed(_) | Color::Rgb(..))),
                Depth::Indexed256 => {}
            }
        }
    }
}

/// Colour never tells alone: without it the screen says the same.
#[test]
fn the_text_is_the_same_in_every_depth() {
    let text = |depth| {
        let mut stage = Stage::new(Configured::default(), captured("2026-08-22"), Lang::En, depth);
        stage.keys("Yf*/t");
        stage.text()
    };
    assert_eq!(text(Depth::None), text(Depth::Indexed256));
    assert_eq!(text(Depth::Ansi16), text(Depth::Indexed256));
}

/// In a Chinese locale a character of ambiguous width would push the rest of its row aside.
#[test]
fn chinese_frames_have_one_width_only() {
    for list in [captured("2026-06-11"), captured("2026-08-22"), live(hostile())] {
        let mut stage = stage(list, Lang::ZhCn);
        for keys in ["", "?", "\x1b", "Y", "S", "/e", "\n", "a", "\x1b", "e", "/", "\x1b", "f", "i", " ", "\n", "\n"] {
            stage.keys(keys);
            for size in SIZES {
                stage.size = size;
                for cell in &stage.frame().content {
                    assert_eq!(cell.symbol().width(), cell.symbol().width_cjk(), "{:?} after {keys:?}", cell.symbol());
                }
            }
        }
    }
}

/// No outside text reaches a cell as a control, whatever is on the screen.
#[test]
fn no_control_reaches_a_cell() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut stage = stage(live(hostile()), lang);
        for keys in ["", "j", "j", "j", "\n", "f", "i", "t", "e", "\x1b", "/e", "\x1b", "sss", "G", "\n", "Y"] {
            stage.keys(keys);
            for size in SIZES {
                stage.size = size;
                for cell in &stage.frame().content {
                    let unsafe_char = cell.symbol().chars().find(|c| openclaw_chutes::clean::is_unsafe(*c));
                    assert_eq!(unsafe_char, None, "{:?}", cell.symbol());
                }
            }
        }
    }
}

/// What is said below the table leaves room for the details at 80 columns, and its keys are in sight.
#[test]
fn news_leaves_room_for_the_details_at_80_columns() {
    for (lang, _) in LANGS {
        let configured = Configured {
            primary: Some("chutes/moonshotai/Kimi-K2.5-TEE".into()),
            fallbacks: vec!["chutes/Qwen/Qwen3-235B-A22B-Thinking-2506-TEE".into()],
            image: Some("chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506".into()),
            aliases: vec![alias("a-name-of-my-own", "chutes/MiniMaxAI/MiniMax-M2.5-TEE")],
            inverted: vec![alias("chutes-fast", "chutes/zai-org/GLM-4.7-FP8")],
            ..Configured::default()
        };
        let mut stage = Stage::new(configured, captured("2026-08-22"), lang, Depth::None);
        let check = |stage: &mut Stage, keys: &str| {
            stage.keys(keys);
            let text = stage.text();
            // The pane of four rows starts behind the table, on row 17: news, then at least one of the details.
            let pane = text.lines().position(|row| row.starts_with("  chutes/")).expect("the details");
            assert!((17..=20).contains(&pane), "after {keys:?}:\n{text}");
        };
        check(&mut stage, "g");
        for _ in 0..25 {
            check(&mut stage, "j");
        }
        for keys in ["g\n", "f", "G\n", "f", "i", " ", "e", "x!", "\x1b", "e", "status", "\x1b", "y", "\x1b"] {
            check(&mut stage, keys);
        }
    }
}

/// What the service says besides its list arrives late, or not at all.
fn with_figures(stage: &mut Stage, balance: f64) {
    let utilization = br#"[{"name":"x","active_instance_count":1},
        {"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","active_instance_count":3,"utilization_5m":0.4}]"#;
    let stats =
        br#"[{"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","date":"d","average_ttft":0.8,"average_tps":61}]"#;
    let me = serde_json::json!({ "username": "ann", "balance": balance });
    let account =
        openclaw_chutes::chutes::account::Account::read(&me, Some(&serde_json::json!({ "subscription": false })), None);
    let health = openclaw_chutes::chutes::health::Health::read(Some(utilization), Some(stats));
    stage.event(openclaw_chutes::wizard::protocol::Event::Market { account, health: health.into() });
}

#[test]
fn figures_are_shown_searched_and_put_beside_what_is_left() {
    let mut stage = Stage::new(Configured::default(), captured("2026-08-22"), Lang::En, Depth::None);
    let before = stage.text();
    assert!(!before.contains("balance"));
    with_figures(&mut stage, 12.5);
    let text = stage.text();
    assert!(text.contains("balance $12.50 · no plan"), "{text}");
    stage.keys("/up tps>40 ttft<1s\n");
    assert_eq!(stage.shown(), ["moonshotai/Kimi-K3-TEE"]);
    let text = stage.text();
    assert!(text.contains("up ×3") && text.contains("first 0.8 s"), "{text}");
    // 50 times (10k in at $3, 1k out at $15): of $12.50 that is 18 %.
    assert!(text.contains("$2.25 a day, 18 % of what is left"), "{text}");
    stage.keys("$");
    assert!(!stage.text().contains("$2.25"), "another day");
}

#[test]
fn marked_rows_become_a_pool_that_can_be_anything() {
    let mut stage = Stage::new(Configured::default(), captured("2026-08-22"), Lang::En, Depth::None);
    stage.keys("p");
    assert!(stage.text().contains("needs two marked rows"), "{}", stage.text());
    stage.paste("zai-org/GLM-5.1-TEE").keys("m");
    stage.paste("moonshotai/Kimi-K2.6-TEE").keys("mp");
    assert_eq!(stage.at(), "zai-org/GLM-5.1-TEE,moonshotai/Kimi-K2.6-TEE");
    stage.keys("pp");
    let id = "zai-org/GLM-5.1-TEE,moonshotai/Kimi-K2.6-TEE:throughput";
    assert_eq!(stage.at(), id);
    stage.keys("\nfeteam\n");
    let models = stage.models();
    assert_eq!(models.primary, format!("chutes/{id}"));
    assert_eq!(models.alias_of(id), Some("team"));
    let selection = models.selection();
    let pool = selection.registered.iter().find(|model| *model.id == *id).expect("registered");
    assert_eq!((pool.price.input, pool.context.map(|tokens| tokens.get())), (Some(0.98), Some(202_752)));
    assert!(models.unserved().iter().all(|target| !target.contains(id)), "two of two are served");
}

#[test]
fn review_foresees_a_refusal_and_offers_one_pool_in_place_of_fallbacks() {
    let configured = Configured {
        primary: Some("chutes/zai-org/GLM-5.1-TEE".into()),
        fallbacks: vec!["chutes/moonshotai/Kimi-K2.6-TEE".into(), "anthropic/claude".into()],
        ..Configured::default()
    };
    let mut stage = Stage::new(configured, captured("2026-08-22"), Lang::En, Depth::None);
    with_figures(&mut stage, 0.0);
    assert!(stage.wizard.models.as_mut().unwrap().take_pool_of_chain());
    let models = stage.models();
    assert_eq!(models.primary, "chutes/zai-org/GLM-5.1-TEE,moonshotai/Kimi-K2.6-TEE");
    assert_eq!(models.fallbacks, ["anthropic/claude"], "another provider's stays");
    assert_eq!(models.pool_of_chain(), None, "there is nothing left to make better");
    let account = models.account.as_ref().expect("an account");
    assert!(account.shortage_words(Lang::En, UnixMillis::utc).is_some());
}
