//! What the models screen looks like: sizes, languages, colours, lists.

use crate::models_support::*;
use openclaw_chutes::chutes::model::Catalog;
use openclaw_chutes::selection::Configured;
use openclaw_chutes::texts::Lang;
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
