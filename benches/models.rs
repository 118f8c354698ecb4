//! The models screen with long lists: processor time from a keystroke to its finished frame, and the
//! instructions of it. `cargo bench --bench models`; nothing is asserted.
//!
//! A second run under callgrind counts: `valgrind --tool=callgrind … --keys N` presses every key once
//! on N models and does nothing else.

#![allow(clippy::print_stdout, clippy::expect_used)]

use openclaw_chutes::chutes::bundled;
use openclaw_chutes::chutes::model::{Catalog, ChuteId, Model, Price, Source};
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::selection::{Alias, Documented};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::{Action, Event};
use openclaw_chutes::wizard::{Screen, Wizard};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Believable names, prices and gaps; the same every time.
fn models(count: usize) -> Vec<Arc<Model>> {
    let publishers = ["zai-org", "deepseek-ai", "moonshotai", "Qwen", "unsloth", "nvidia", "MiniMaxAI", "google"];
    let families = ["GLM", "DeepSeek-V", "Kimi-K", "Qwen", "Mistral-Nemo", "Nemotron", "MiniMax-M", "gemma"];
    (0..count)
        .map(|n| {
            let (a, b) = (n * 7 % 8, n * 5 % 97);
            Model {
                id: format!(
                    "{}/{}{}.{}-{}B-Instruct-{n:05}-TEE",
                    publishers[a],
                    families[a],
                    b / 10,
                    b % 10,
                    1 + n % 400
                )
                .into(),
                context: NonZeroU64::new(4096 * (1 + n as u64 * 31 % 256)).filter(|_| n % 9 != 0),
                max_output: NonZeroU64::new(65_536).filter(|_| n % 9 != 0),
                price: Price {
                    input: Some((n * 37 % 1000) as f64 / 400.0),
                    output: Some((n * 91 % 1000) as f64 / 100.0),
                    cache_read: (n % 3 == 0).then_some(0.010_399_999_999_999_998),
                },
                input: Some(Arc::new(if n % 4 == 0 {
                    vec!["text".into(), "image".into()]
                } else {
                    vec!["text".into()]
                })),
                reasoning: Some(n % 2 == 0),
                tools: Some(n % 3 != 0),
                json: Some(true),
                tee: Some(true),
                quantization: Some(Arc::new("fp8".into())),
                text_out: Some(true),
                chute: ChuteId::parse(&format!("0bb5d4c2-b5da-587d-b88e-{n:012x}")),
            }
        })
        .map(Arc::new)
        .collect()
}

fn wizard(count: usize) -> Wizard {
    let models = models(count);
    let default = models[0].reference();
    let documented = Documented {
        default,
        aliases: vec![
            Alias { name: "chutes-fast".into(), target: models[1].reference() },
            Alias { name: "chutes-pro".into(), target: models[2].reference() },
        ],
        built_in: Vec::new(),
        extra: bundled::catalog().models,
        ..Documented::default()
    };
    let facts = Facts { models_only: true, documented, ..Facts::default() };
    let (mut wizard, _) = Wizard::new(facts);
    wizard.handle(Event::Loaded(Box::new(Ok(Current::default()))));
    let attempt = wizard.discover.attempt;
    let list = Catalog { models, source: Source::Live, fetched_at: Some(UnixMillis(1)), ..Catalog::default() };
    wizard.handle(Event::Discovered { attempt, at_ms: 1, result: Box::new(Ok(list)) });
    assert_eq!(wizard.screen, Screen::Models);
    wizard
}

fn keys() -> Vec<(&'static str, Event)> {
    let act = |name, action| (name, Event::Action(action));
    vec![
        act("Down", Action::Down),
        act("PageDown", Action::PageDown),
        act("Last", Action::Last),
        act("First", Action::First),
        act("sort: alias", Action::Sort),
        act("sort: context", Action::Sort),
        act("sort: output", Action::Sort),
        act("sort: price in", Action::Sort),
        act("reverse", Action::SortReverse),
        act("/", Action::Filter),
        ("e", Event::Text('e')),
        ("ee", Event::Text('e')),
        act("backspace", Action::Edit(openclaw_chutes::wizard::line::LineEdit::DeleteBack)),
        act("clear", Action::Edit(openclaw_chutes::wizard::line::LineEdit::DeleteToStart)),
        ("t", Event::Text('t')),
        ("te", Event::Text('e')),
        ("tee", Event::Text('e')),
        ("tee ", Event::Text(' ')),
        ("tee q", Event::Text('q')),
        ("tee q5", Event::Text('5')),
        ("tee q5b", Event::Text('b')),
        act("keep", Action::Enter),
        act("reveal", Action::Reveal),
        act("esc", Action::Back),
        act("favourite", Action::Favourite),
        act("fallback", Action::Fallback),
        act("edit alias", Action::EditAlias),
        ("x", Event::Text('x')),
        act("set alias", Action::Enter),
        act("default", Action::Enter),
    ]
}

fn press(wizard: &mut Wizard, view: &View, terminal: &mut Terminal<TestBackend>, event: Event) -> Duration {
    let begun = Instant::now();
    wizard.handle(event);
    terminal.draw(|frame| _ = view.draw(wizard, frame)).expect("a frame");
    begun.elapsed()
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let view = View {
        theme: Theme::new(Depth::Indexed256, Lang::En),
        lang: Lang::En,
        zone: jiff::tz::TimeZone::UTC,
        now: UnixMillis(1),
    };
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a terminal");
    if let Some(at) = args.iter().position(|arg| arg == "--keys") {
        let count = args.get(at + 1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
        let mut wizard = wizard(count);
        for (_, event) in keys() {
            press(&mut wizard, &view, &mut terminal, event);
        }
        return;
    }
    if !args.iter().any(|arg| arg == "--bench") {
        return println!("measured by `cargo bench --bench models`");
    }
    println!(
        "{:>16}  {:>10} {:>10}   key to finished frame, 80×24, the quicker half of 21 runs",
        "", "10,000", "100,000"
    );
    let mut times: Vec<Vec<Duration>> = Vec::new();
    for count in [10_000, 100_000] {
        let mut of_keys: Vec<Vec<Duration>> = vec![Vec::new(); keys().len()];
        for _ in 0..21 {
            let mut wizard = wizard(count);
            press(&mut wizard, &view, &mut terminal, Event::Action(Action::First));
            for (at, (_, event)) in keys().into_iter().enumerate() {
                of_keys[at].push(press(&mut wizard, &view, &mut terminal, event));
            }
        }
        for (at, mut of_key) in of_keys.into_iter().enumerate() {
            of_key.sort_unstable();
            if times.len() <= at {
                times.push(Vec::new());
            }
            times[at].push(of_key[5]);
        }
    }
    for ((name, _), of_key) in keys().iter().zip(&times) {
        let ms = |at: usize| of_key[at].as_secs_f64() * 1000.0;
        println!("{name:>16}  {:>7.3} ms {:>7.3} ms", ms(0), ms(1));
    }
}
