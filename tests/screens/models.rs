//! What the models screen looks like: sizes, languages, colours, lists.

use crate::models_support::*;
use openclaw_chutes::chutes::account::Account;
use openclaw_chutes::chutes::failure::{Failure, Kind};
use openclaw_chutes::chutes::health::{Health, ModelHealth, State};
use openclaw_chutes::chutes::market::News;
use openclaw_chutes::chutes::model::Catalog;
use openclaw_chutes::chutes::verify::Verdict;
use openclaw_chutes::selection::Configured;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::theme::Depth;
use openclaw_chutes::wizard::models::{Sort, Stopped};
use openclaw_chutes::wizard::protocol::{Attempt, Effect, Event};
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
    let account = Account::read(&me, Some(&serde_json::json!({ "subscription": false })), None);
    stage.event(Event::Market(News::Health(Health::read(Some(utilization), Some(stats)))));
    stage.event(Event::Market(News::Account(account.expect("an account"))));
}

/// Figures of every listed model: one sleeps, one is crowded, of one nothing is known.
fn with_health(stage: &mut Stage) {
    let models = stage.models();
    let chutes = models.models[..models.listed].iter().enumerate().filter_map(|(at, model)| Some((at, model.chute?)));
    let (mut utilization, mut stats) = (Vec::new(), Vec::new());
    for (at, chute) in chutes.filter(|(at, _)| *at != 2) {
        utilization.push(serde_json::json!({
            "chute_id": chute.to_string(), "active_instance_count": if at == 4 { 0 } else { 1 + at * 7 % 13 },
            "utilization_5m": 0.3, "rate_limit_ratio_5m": if at == 5 { 0.25 } else { 0.0 },
        }));
        stats.push(serde_json::json!({
            "chute_id": chute.to_string(), "date": "2026-11-21", "average_ttft": 0.3 + (at * 11 % 9) as f64 * 1.4,
            "average_tps": 12.0 + (at * 37 % 150) as f64,
        }));
    }
    let json = |rows: Vec<serde_json::Value>| serde_json::Value::Array(rows).to_string().into_bytes();
    stage.event(Event::Market(News::Health(Health::read(Some(&json(utilization)), Some(&json(stats))))));
}

#[test]
fn what_is_up_and_how_fast() {
    everywhere("health", &captured("2026-08-22"), |stage| {
        with_health(stage);
        stage.keys("Y");
    });
}

/// What was proposed before the figures came is not proposed any more when it sleeps.
#[test]
fn what_sleeps_is_proposed_no_more() {
    let mut stage = stage(captured("2026-08-22"), Lang::En);
    assert_eq!(stage.at(), "zai-org/GLM-5.1-TEE");
    with_health(&mut stage);
    assert!(!stage.at().contains("GLM"), "5.1 sleeps and 5.2 is too dear: {}", stage.at());
    let proposed = stage.at().to_owned();
    stage.keys("y");
    assert_eq!(stage.models().primary, format!("chutes/{proposed}"));
}

/// The ids of the rows that are listed, by a column that is shown at this size.
fn sorted_by(stage: &mut Stage, sort: Sort) -> Vec<Option<ModelHealth>> {
    for _ in Sort::ALL {
        if stage.models().sort != sort {
            stage.keys("s");
        }
    }
    assert_eq!(stage.models().sort, sort);
    let models = stage.models();
    models
        .view
        .iter()
        .filter(|at| **at < models.listed)
        .map(|at| models.health_of(&models.models[*at]).copied())
        .collect()
}

#[test]
fn figures_are_sorted_like_the_rest_and_unknown_is_last() {
    let mut stage = stage(captured("2026-08-22"), Lang::En);
    stage.size = (160, 40);
    with_health(&mut stage);
    let known = |rows: Vec<Option<ModelHealth>>| -> Vec<ModelHealth> {
        assert!(rows.last().is_some_and(Option::is_none) && rows.iter().flatten().count() + 1 == rows.len());
        rows.into_iter().flatten().collect()
    };
    let rows = known(sorted_by(&mut stage, Sort::Ttft));
    assert!(rows.is_sorted_by(|a, b| a.ttft <= b.ttft));
    let rows = known(sorted_by(&mut stage, Sort::Tps));
    assert!(rows.is_sorted_by(|a, b| a.tps >= b.tps));
    let rows = known(sorted_by(&mut stage, Sort::State));
    let last: Vec<_> = rows[rows.len() - 2..].iter().map(ModelHealth::state).collect();
    assert_eq!(last, [Some(State::Crowded), Some(State::Asleep)]);
    assert!(rows[..rows.len() - 2].is_sorted_by(|a, b| a.instances >= b.instances));
    // At 80 columns there is no room for how fast, so no key sorts by it.
    stage.size = (80, 24);
    stage.keys("g");
    for _ in 0..20 {
        stage.keys("s");
        assert!(!matches!(stage.models().sort, Sort::Ttft | Sort::Tps | Sort::Output | Sort::PriceCache));
    }
    stage.keys("6");
    assert_eq!(stage.models().sort, Sort::State, "the sixth column that is shown");
    stage.keys("/sort:ttft\n");
    assert_eq!(stage.models().sort, Sort::Ttft, "but whoever asks for it by name gets it");
}

/// Test calls that the last key began.
fn calls(stage: &Stage) -> Vec<(Attempt, String)> {
    let asked = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Verify { attempt, model, .. } => Some((*attempt, model.clone())),
        _ => None,
    });
    asked.collect()
}

fn works(ms: u64) -> Verdict {
    Verdict::Works { latency_ms: ms, prompt_tokens: Some(9), completion_tokens: Some(1), quota: None }
}

fn refused(status: u16) -> Failure {
    Failure {
        host: "llm.chutes.ai".into(),
        proxy: None,
        kind: Kind::Status { status, said: None, retry_after: None, resets_at: None },
    }
}

#[test]
fn all_rows_are_tested_at_the_price_that_was_shown() {
    let mut stage = stage(live(generated(20)), Lang::En);
    stage.keys("Y").keys("T");
    assert!(calls(&stage).is_empty(), "not before a yes");
    let text = stage.text();
    let round = stage.models().round.clone().expect("an offer");
    assert!(text.contains(&format!("Test all {} rows shown?", round.total)), "{text}");
    assert!(text.contains(openclaw_chutes::selection::cost::dollars(round.limit).as_str()), "{text}");
    stage.keys("\x1b");
    assert!(stage.models().round.is_none() && calls(&stage).is_empty());
    stage.keys("T\n");
    let mut under_way = calls(&stage);
    let mut seen: Vec<String> = under_way.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(under_way.len(), 4);
    // Answers in an order of their own: the latest call first, the oldest next.
    let mut turn = 0;
    while !under_way.is_empty() {
        let (attempt, id) = under_way.remove(if turn % 2 == 0 { under_way.len() - 1 } else { 0 });
        turn += 1;
        let ms = 40 + id.len() as u64 * 7 + turn * 131 % 1009;
        stage.event(Event::Verified { attempt, verdict: works(ms) });
        let asked = calls(&stage);
        seen.extend(asked.iter().map(|(_, id)| id.clone()));
        under_way.extend(asked);
        assert!(under_way.len() <= 4, "at most four at once");
    }
    let round = stage.models().round.clone().expect("a round");
    assert!(round.is_over() && round.answered == round.total && round.worked == round.total);
    assert!(round.spent > 0.0 && round.spent <= round.limit, "{round:?}");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), round.total, "each once");
    assert!(stage.text().contains("answered. Cost: $"), "{}", stage.text());
    stage.keys("/sort:test\n");
    let models = stage.models();
    let times: Vec<u64> = models
        .view
        .iter()
        // What is not served stands above the rest in any order.
        .filter(|at| **at < models.listed)
        .filter_map(|at| match models.tested.get(&*models.models[*at].id)? {
            Verdict::Works { latency_ms, .. } => Some(*latency_ms),
            _ => None,
        })
        .collect();
    assert!(times.len() == 20 && times.is_sorted(), "{times:?}");
}

#[test]
fn tests_stop_at_the_first_402_at_a_refused_key_and_on_request() {
    for (status, worked) in [(402, 1), (401, 1)] {
        let mut stage = stage(live(generated(20)), Lang::En);
        stage.keys("YT\n");
        let mut under_way = calls(&stage);
        let (attempt, _) = under_way.remove(0);
        stage.event(Event::Verified { attempt, verdict: works(50) });
        under_way.extend(calls(&stage));
        let (attempt, id) = under_way.remove(0);
        let verdict = if status == 402 { Verdict::NoBalance(refused(402)) } else { Verdict::Refused(refused(401)) };
        stage.event(Event::Verified { attempt, verdict });
        assert!(calls(&stage).is_empty(), "nothing more is asked");
        for (attempt, _) in under_way {
            stage.event(Event::Verified { attempt, verdict: Verdict::Unverified(refused(503)) });
            assert!(calls(&stage).is_empty());
        }
        let round = stage.models().round.clone().expect("a round");
        assert_eq!((round.answered, round.worked, round.is_over()), (5, worked, true));
        let text = stage.text();
        assert!(text.contains("Stopped.") && text.contains(&status.to_string()), "{text}");
        assert!(stage.models().tested.contains_key(&id));
    }
    let mut stage = stage(live(generated(20)), Lang::En);
    stage.keys("YT\n");
    let under_way = calls(&stage);
    stage.keys("T");
    for (attempt, _) in under_way {
        stage.event(Event::Verified { attempt, verdict: works(9) });
        assert!(calls(&stage).is_empty());
    }
    assert!(stage.text().contains("Stopped. Tested 4 of"), "{}", stage.text());
}

/// A service that counts more tokens than anybody could expect is asked no further than what was agreed to.
#[test]
fn tests_never_cost_more_than_was_agreed_to() {
    let mut stage = stage(live(generated(20)), Lang::En);
    stage.keys("YT\n");
    let mut under_way = calls(&stage);
    let mut asked = under_way.len();
    while let Some((attempt, _)) = under_way.pop() {
        let dear = Verdict::Works { latency_ms: 5, prompt_tokens: Some(5000), completion_tokens: Some(5), quota: None };
        stage.event(Event::Verified { attempt, verdict: dear });
        let more = calls(&stage);
        asked += more.len();
        under_way.extend(more);
    }
    let round = stage.models().round.clone().expect("a round");
    assert!(asked < round.total && round.stopped == Some(Stopped::Price), "{round:?}");
    assert!(stage.text().contains("agreed to."), "{}", stage.text());
}

#[test]
fn results_stay_in_the_table() {
    everywhere("tested", &captured("2026-08-22"), |stage| {
        with_health(stage);
        stage.keys("YT\n");
        let mut under_way = calls(stage);
        for turn in 0.. {
            let Some((attempt, _)) = under_way.pop().filter(|_| turn < 10) else { break };
            let verdict = match turn {
                3 => Verdict::Unverified(refused(503)),
                4 => Verdict::NotServed(refused(404)),
                turn => works(80 + turn * 337),
            };
            stage.event(Event::Verified { attempt, verdict });
            under_way.extend(calls(stage));
        }
    });
}

/// What each shape of account has left, as the line under the table says it.
#[test]
fn every_shape_of_account_in_its_line() {
    use serde_json::json;
    let cap =
        |used: f64, cap: f64, at: &str| json!({ "usage": used, "cap": cap, "remaining": cap - used, "reset_at": at });
    let (soon, month) = ("2026-11-22T14:00:00+00:00", "2026-12-01T00:00:00+00:00");
    let plan = |price: f64, used: f64| {
        json!({ "subscription": true, "custom": false, "monthly_price": price,
                "four_hour": cap(used, price / 3.0, soon), "monthly": cap(price, price * 5.0, month) })
    };
    let none = json!({ "subscription": false });
    let uncapped = json!({ "uncapped": true });
    let shapes = [
        ("free", 0.0, none.clone()),
        ("debt", -1.5, none.clone()),
        ("paid", 12.5, none),
        ("plan of 3", 0.0, plan(3.0, 0.25)),
        ("plan of 10", 4.0, plan(10.0, 3.0)),
        ("plan of 20", 0.0, plan(20.0, 1.0)),
        (
            "custom",
            0.0,
            json!({ "subscription": true, "custom": true, "monthly_price": 55.0,
                                "four_hour": cap(1.0, 9.0, soon), "monthly": uncapped }),
        ),
        (
            "uncapped",
            0.0,
            json!({ "subscription": true, "custom": false, "monthly_price": 20.0,
                                  "four_hour": uncapped, "monthly": uncapped }),
        ),
        ("used up", 0.0, plan(3.0, 1.0)),
    ];
    for (lang, tag) in LANGS {
        let mut lines = String::new();
        for (name, balance, usage) in &shapes {
            let me = json!({ "username": "ann", "balance": balance });
            let account = Account::read(&me, Some(usage), None).expect("an account");
            let shortage = account.shortage_words(lang, |at| format!("@{}", at.0 / 60_000));
            for size in [(80, 24), (120, 40)] {
                let mut stage = stage(captured("2026-08-22"), lang);
                stage.size = size;
                let before = stage.text();
                stage.event(Event::Market(News::Account(account.clone())));
                let after = stage.text();
                let changed: Vec<&str> = before
                    .lines()
                    .zip(after.lines())
                    .filter(|(old, new)| old != new)
                    .map(|(_, new)| new.trim())
                    .collect();
                assert_eq!(changed.len(), 1, "one line, and nothing else moves");
                lines.push_str(&format!("{name}, {}: {}\n", size.0, changed[0]));
            }
            lines.push_str(&format!("{name}, Review: {}\n", shortage.as_deref().unwrap_or("-")));
        }
        insta::assert_snapshot!(format!("accounts_{tag}"), lines);
    }
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
