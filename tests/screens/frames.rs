//! Frames as snapshots: every screen in its states, at three sizes, in both languages. The machine is
//! driven as the event loop would drive it; no terminal, no network, no file.

use jiff::tz::TimeZone;
use openclaw_chutes::chutes::bundled;
use openclaw_chutes::chutes::catalog::{self, Stage};
use openclaw_chutes::chutes::failure::{Failure, Kind};
use openclaw_chutes::chutes::model::{Catalog, Source};
use openclaw_chutes::chutes::oauth::renewal_terms::Missing;
use openclaw_chutes::chutes::verify::Verdict;
use openclaw_chutes::diff::{FileDiff, Hunk, LineKind};
use openclaw_chutes::openclaw::Error;
use openclaw_chutes::openclaw::plan::PlanWarning;
use openclaw_chutes::openclaw::program::status::Resolved;
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::install::Generation;
use openclaw_chutes::openclaw::types::AuthChoice;
use openclaw_chutes::secret::Secret;
use openclaw_chutes::selection::{Alias, Documented};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::Wizard;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::{Action, Committed, Effect, Event, Planned};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::fmt::Write;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 12)];
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.canarycanarycanarycanary34567890";
/// 2026-08-22 12:03 UTC.
pub const NOON: UnixMillis = UnixMillis(1_787_400_180_000);

fn documented() -> Documented {
    Documented {
        default: bundled::DEFAULT_MODEL.to_owned(),
        aliases: bundled::ALIASES.map(|(name, target)| Alias { name: name.into(), target: target.into() }).to_vec(),
        built_in: bundled::catalog().models.iter().map(|model| model.id.to_string()).collect(),
        extra: vec![bundled::fast_target()],
        ..Documented::default()
    }
}

pub fn facts(lang: Lang) -> Facts {
    Facts {
        lang,
        choice: Some(AuthChoice::ApiKey),
        base_url: "https://llm.chutes.ai/v1".into(),
        api_host: "llm.chutes.ai".into(),
        home: "/home/ada".into(),
        state_dir: "~/.openclaw".into(),
        config_path: "~/.openclaw/openclaw.json".into(),
        documented: documented(),
        fallback: bundled::catalog(),
        ..Facts::default()
    }
}

/// The built-in models and the target of `chutes-fast`, as if they were all served.
fn served() -> Catalog {
    let mut models = bundled::catalog().models;
    models.push(bundled::fast_target());
    Catalog { models, source: Source::Live, fetched_at: Some(NOON), ..Catalog::default() }
}

pub struct Drive(pub Wizard);

impl Drive {
    pub fn start(facts: Facts) -> Drive {
        let mut drive = Drive(Wizard::new(facts).0);
        let agent_dir = std::path::Path::new("/home/ada/.openclaw/agents/main/agent");
        let stores = Generation::JsonStore.stores(agent_dir, agent_dir, agent_dir);
        let current = Current { agent: "main".into(), stores, ..Current::default() };
        drive.event(Event::Loaded(Box::new(Ok(current))));
        drive
    }

    pub fn event(&mut self, event: Event) -> &mut Drive {
        self.0.handle(event);
        self
    }

    pub fn act(&mut self, action: Action) -> &mut Drive {
        self.event(Event::Action(action))
    }

    fn paste(&mut self, text: &str) -> &mut Drive {
        self.event(Event::Paste(Secret::new(text)))
    }

    fn discovering(lang: Lang) -> Drive {
        let mut drive = Drive::start(facts(lang));
        drive.paste(KEY).act(Action::Enter);
        let attempt = drive.0.discover.attempt;
        for (stage, at_ms) in [(Stage::Connect, 0), (Stage::Tls, 23), (Stage::Request, 61)] {
            drive.event(Event::Stage { attempt, stage, at_ms });
        }
        drive.event(Event::Tick { attempt, at_ms: 2061 });
        drive
    }

    fn discovered(lang: Lang, result: Result<Catalog, Failure>) -> Drive {
        let mut drive = Drive::discovering(lang);
        let attempt = drive.0.discover.attempt;
        drive.event(Event::Discovered { attempt, at_ms: 2400, result: Box::new(result) });
        drive
    }

    fn reviewing(lang: Lang) -> Drive {
        let mut drive = Drive::discovered(lang, Ok(served()));
        drive.act(Action::Enter);
        drive
    }

    pub fn planned(lang: Lang) -> Drive {
        let mut drive = Drive::reviewing(lang);
        let attempt = drive.0.review.attempt;
        drive.event(Event::Planned { attempt, result: Box::new(Ok(plan())) });
        drive
    }

    pub fn verified(&mut self, verdict: Verdict) -> &mut Drive {
        let attempt = self.0.review.verify_attempt;
        self.event(Event::Verified { attempt, verdict })
    }
}

fn failure(kind: Kind) -> Failure {
    Failure { host: "llm.chutes.ai".into(), proxy: None, kind }
}

pub fn status(status: u16) -> Failure {
    failure(Kind::Status { status, said: None, retry_after: None, resets_at: None })
}

pub fn works() -> Verdict {
    Verdict::Works { latency_ms: 412, prompt_tokens: Some(1), completion_tokens: Some(1), quota: None }
}

pub fn plan() -> Planned {
    let hunk = |old, new, lines: &[(LineKind, &str)]| {
        let mut hunk = Hunk::new(old, new);
        lines.iter().for_each(|(kind, text)| hunk.push(*kind, text));
        hunk
    };
    let config = FileDiff {
        path: "/home/ada/.openclaw/openclaw.json".into(),
        link: None,
        is_new: false,
        mode: 0o600,
        backup: Some("openclaw.json.chutes-backup-20260822T120300Z".into()),
        hunks: vec![
            hunk(
                3,
                3,
                &[
                    (LineKind::Context, "  // the family's agent"),
                    (LineKind::Removed, "  agents: { defaults: { model: \"anthropic/claude-opus-4-8\" } },"),
                    (LineKind::Added, "  agents: { defaults: { model: \"chutes/zai-org/GLM-4.7-TEE\" } },"),
                ],
            ),
            hunk(9, 9, &[(LineKind::Added, "    \"chutes:default\": { provider: \"chutes\", mode: \"api_key\" },")]),
        ],
        added: 2,
        removed: 1,
    };
    let store = FileDiff {
        path: "/home/ada/.openclaw/agents/main/agent/auth-profiles.json".into(),
        link: None,
        is_new: true,
        mode: 0o600,
        backup: None,
        hunks: vec![hunk(1, 1, &[(LineKind::Added, "{ \"key\": \"…7890\" }")])],
        added: 1,
        removed: 0,
    };
    Planned { diffs: vec![store, config], warnings: vec![PlanWarning::GatewayModeMissing], ..Planned::default() }
}

/// The frame as text, one line a row, trailing spaces cut; then where the cursor is, if it is shown.
fn frame(drive: &Drive, lang: Lang, width: u16, height: u16) -> String {
    let view = View { theme: Theme::new(Depth::Indexed256, lang), lang, zone: TimeZone::UTC, now: NOON };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = view.draw(&drive.0, frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut out = String::new();
    for y in 0..height {
        let mut row = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol).max(1)).unwrap();
        }
        writeln!(out, "{}", row.trim_end()).unwrap();
    }
    out
}

pub fn snap(name: &str, make: impl Fn(Lang) -> Drive) {
    for lang in [Lang::En, Lang::ZhCn] {
        for (width, height) in SIZES {
            let tag = if lang == Lang::En { "en" } else { "zh" };
            let drive = make(lang);
            insta::assert_snapshot!(format!("{name}-{width}x{height}-{tag}"), frame(&drive, lang, width, height));
        }
    }
}

#[test]
fn auth() {
    snap("auth", |lang| {
        let env_key = Some(Secret::new(KEY));
        Drive::start(Facts { choice: None, env_key, ..facts(lang) })
    });
}

#[test]
fn key() {
    snap("key-empty", |lang| Drive::start(facts(lang)));
    snap("key-typed", |lang| {
        let mut drive = Drive::start(facts(lang));
        drive.paste(KEY);
        drive
    });
    snap("key-problem", |lang| {
        let mut drive = Drive::start(facts(lang));
        drive.paste("sk-not-ours").act(Action::Enter);
        drive
    });
    snap("key-refused", |lang| {
        let mut drive = Drive::discovered(lang, Err(status(401)));
        drive.act(Action::AnotherKey);
        drive
    });
}

#[test]
fn discover() {
    snap("discover-running", Drive::discovering);
    snap("discover-failed", |lang| Drive::discovered(lang, Err(failure(Kind::ConnectionRefused))));
    snap("discover-refused", |lang| Drive::discovered(lang, Err(status(401))));
}

#[test]
fn review() {
    snap("review-running", Drive::reviewing);
    snap("review", |lang| {
        let mut drive = Drive::planned(lang);
        drive.verified(works());
        drive
    });
    snap("review-refused", |lang| {
        let mut drive = Drive::planned(lang);
        drive.verified(Verdict::Refused(status(401)));
        drive
    });
    snap("review-failed", |lang| {
        let mut drive = Drive::planned(lang);
        drive.verified(works()).act(Action::Enter);
        let path = "/home/ada/.openclaw/openclaw.json".into();
        drive.event(Event::Committed(Box::new(Err(Error::KeepsChanging { path }))));
        drive
    });
}

#[test]
fn a_scrolled_review_shows_what_the_whole_one_has_there() {
    let mut planned = plan();
    planned.handover = Some("models auth paste-api-key".into());
    let mut long = Hunk::new(20, 20);
    (0..4_000).for_each(|at| long.push(LineKind::Added, &format!("    a line of some length, and its number is {at}")));
    planned.diffs[1].hunks.push(long);
    let mut drive = Drive::reviewing(Lang::En);
    let attempt = drive.0.review.attempt;
    drive.event(Event::Planned { attempt, result: Box::new(Ok(planned)) });
    drive.act(Action::Unfold);
    let rows =
        |drive: &Drive, height| frame(drive, Lang::En, 80, height).lines().map(str::to_owned).collect::<Vec<_>>();
    let whole = rows(&drive, 4_200);
    let place = |text: &str| whole.iter().position(|row| row.contains(text)).unwrap();
    let top = place("Default ");
    // The last line, and an empty one behind each file.
    let total = place("its number is 3999") + 2 - top;
    for first in (0..30).chain((30..total - 24).step_by(123)) {
        drive.0.review.scroll.first = first;
        assert_eq!(rows(&drive, 24)[top..top + 8], whole[top + first..top + first + 8], "from {first}");
    }
}

/// The plan of [`plan`], with this line at the end of the config's diff.
fn planned_with(lang: Lang, line: &str) -> Drive {
    let mut planned = plan();
    let mut hunk = Hunk::new(20, 20);
    hunk.push(LineKind::Added, line);
    planned.diffs[1].hunks.push(hunk);
    let mut drive = Drive::reviewing(lang);
    let attempt = drive.0.review.attempt;
    drive.event(Event::Planned { attempt, result: Box::new(Ok(planned)) });
    drive
}

/// Draw, tell the machine how far it goes, then press the key.
fn press(drive: &mut Drive, action: Action, (width, height): (u16, u16)) {
    let lang = drive.0.facts.lang;
    let view = View { theme: Theme::new(Depth::Indexed256, lang), lang, zone: TimeZone::UTC, now: NOON };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut drawn = None;
    terminal.draw(|frame| drawn = Some(view.draw(&drive.0, frame))).unwrap();
    drive.event(Event::Viewport(drawn.unwrap().viewport)).act(action);
}

#[test]
fn a_long_line_of_the_diff_is_read_to_its_end_with_one_key() {
    let line = format!("  fallbacks: [{}\"chutes/the/Last-One\"]", "\"chutes/Qwen/Qwen3-32B-TEE\", ".repeat(5));
    for size in [(80, 24), (40, 12)] {
        let mut drive = planned_with(Lang::En, &line);
        press(&mut drive, Action::Last, size);
        assert!(!frame(&drive, Lang::En, size.0, size.1).contains("Last-One"));
        let mut presses = 0;
        while !frame(&drive, Lang::En, size.0, size.1).contains("the/Last-One\"]") {
            assert!(frame(&drive, Lang::En, size.0, size.1).contains("Right"), "the way on is said");
            press(&mut drive, Action::ScrollRight, size);
            presses += 1;
            assert!(presses < 12, "{}", frame(&drive, Lang::En, size.0, size.1));
        }
        // There is nothing more, and the way back is as long.
        let at_end = frame(&drive, Lang::En, size.0, size.1);
        press(&mut drive, Action::ScrollRight, size);
        assert_eq!(frame(&drive, Lang::En, size.0, size.1), at_end);
        (0..presses).for_each(|_| press(&mut drive, Action::ScrollLeft, size));
        assert!(frame(&drive, Lang::En, size.0, size.1).contains("+   fallbacks: ["));
    }
}

#[test]
fn the_diff_shows_the_signs_that_the_file_has_in_chinese_too() {
    let line = "  // 家里的 → ① ± ° “贵” … × — · é";
    for lang in [Lang::En, Lang::ZhCn] {
        let mut drive = planned_with(lang, line);
        press(&mut drive, Action::Last, (80, 24));
        let text = frame(&drive, lang, 80, 24);
        // What stands behind a sign of uncertain width is room for it.
        assert!(text.replace('\u{a0}', "").contains(line), "{text}");
    }
}

#[test]
fn a_sign_in_that_will_stop_is_no_success_without_reserve() {
    let missing = PlanWarning::NotRenewable { missing: Missing::ClientSecret };
    for (lang, words, title) in [
        (Lang::En, "stops in about an hour", "OpenClaw is set up for Chutes, and stops in about an hour"),
        (Lang::ZhCn, "约一小时后停止", "但约一小时后会停止"),
    ] {
        let mut facts = facts(lang);
        facts.sign_in.dotenv = "~/.openclaw/.env".into();
        let mut drive = Drive::start(facts);
        drive.paste(KEY).act(Action::Enter);
        let attempt = drive.0.discover.attempt;
        drive.event(Event::Discovered { attempt, at_ms: 1, result: Box::new(Ok(served())) }).act(Action::Enter);
        let attempt = drive.0.review.attempt;
        let planned = Planned { warnings: vec![missing.clone()], ..plan() };
        drive.event(Event::Planned { attempt, result: Box::new(Ok(planned)) });
        let text = frame(&drive, lang, 80, 24);
        assert!(text.contains(words) && text.contains("~/.openclaw/.env"), "{text}");
        drive.verified(works()).act(Action::Enter);
        let committed = Committed { warnings: vec![missing.clone()], ..Committed::default() };
        drive.event(Event::Committed(Box::new(Ok(committed))));
        let text = frame(&drive, lang, 80, 24);
        let heading = text.lines().find(|row| row.contains(title)).expect("the heading");
        assert!(heading.trim().starts_with('!') && text.contains("CHUTES_CLIENT_SECRET="), "{text}");
        assert!(openclaw_chutes::tui::view::summary(&drive.0, lang).contains(title));
    }
}

#[test]
fn models_where_no_credential_is_stored_makes_no_call_and_says_so() {
    let facts = Facts { models_only: true, choice: None, ..facts(Lang::En) };
    let (wizard, _) = Wizard::new(facts);
    let mut drive = Drive(wizard);
    drive.event(Event::Loaded(Box::new(Ok(Current::default()))));
    let attempt = drive.0.discover.attempt;
    drive.event(Event::Discovered { attempt, at_ms: 1, result: Box::new(Ok(served())) });
    let text = frame(&drive, Lang::En, 80, 24);
    assert!(text.contains("Chutes is not set up here: no credential is stored."), "{text}");
    assert!(drive.0.handle(Event::Action(Action::TestCall)).is_empty(), "no test call");
    let effects = drive.0.handle(Event::Action(Action::GoOn));
    assert!(matches!(&effects[..], [Effect::Plan { .. }]), "{effects:?}");
    let attempt = drive.0.review.attempt;
    drive.event(Event::Planned { attempt, result: Box::new(Ok(plan())) });
    let text = frame(&drive, Lang::En, 80, 24);
    assert!(text.contains("no Chutes credential is stored") && !text.contains("401"), "{text}");
    drive.act(Action::Enter).event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert!(frame(&drive, Lang::En, 80, 24).contains("No Chutes credential is stored yet"));
}

/// The terminal's cursor is on the row that the keys act on, in the field, or on what is new.
#[test]
fn the_cursor_is_where_one_is() {
    let cursor = |drive: &Drive, size: (u16, u16)| {
        let lang = drive.0.facts.lang;
        let view = View { theme: Theme::new(Depth::Indexed256, lang), lang, zone: TimeZone::UTC, now: NOON };
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        let mut drawn = None;
        terminal.draw(|frame| drawn = Some(view.draw(&drive.0, frame))).unwrap();
        let at = drawn.unwrap().cursor;
        let row: String = (at.x..size.0).map(|x| terminal.backend().buffer()[(x, at.y)].symbol()).collect();
        row
    };
    for size in SIZES {
        let mut drive = Drive::start(Facts { choice: None, env_key: Some(Secret::new(KEY)), ..facts(Lang::En) });
        assert!(cursor(&drive, size).starts_with("▸ CHUTES_API_KEY"), "{size:?}");
        drive.act(Action::Up);
        assert!(cursor(&drive, size).starts_with("▸ API key"));
        let mut drive = Drive::discovered(Lang::En, Ok(served()));
        for action in [Action::Last, Action::Up, Action::First, Action::Down] {
            drive.act(action);
            let here = drive.0.models.as_ref().and_then(|models| models.current()).expect("a row").id.clone();
            let row = cursor(&drive, size);
            let name = here.split_once('/').expect("a publisher").1;
            assert!(row.starts_with('▸') && row.contains(&name[..4]), "{row}");
        }
        drive.act(Action::Filter).event(Event::Text('g'));
        assert_eq!(cursor(&drive, size).chars().next(), Some(' '), "behind what is typed");
        let mut drive = Drive::planned(Lang::En);
        drive.act(Action::Down);
        assert!(!cursor(&drive, size).trim().is_empty(), "the first line of what is scrolled");
        assert!(cursor(&Drive::discovering(Lang::En), size).starts_with("◌ request"));
    }
}

#[test]
fn done() {
    let committed = || Committed {
        files: vec![
            ("~/.openclaw/agents/main/agent/auth-profiles.json".into(), None),
            ("~/.openclaw/openclaw.json".into(), Some("openclaw.json.chutes-backup-20260822T120300Z".into())),
        ],
        profile_id: Some("chutes:default".into()),
        warnings: vec![PlanWarning::GatewayModeMissing],
        can_be_read_back: true,
        no_undo: false,
        only_stored: false,
    };
    let written = |lang| {
        let mut drive = Drive::planned(lang);
        drive.verified(works()).act(Action::Enter).event(Event::Committed(Box::new(Ok(committed()))));
        drive
    };
    snap("done", written);
    snap("done-scrolled", |lang| {
        let mut drive = written(lang);
        for _ in 0..100 {
            drive.act(Action::Down);
        }
        drive
    });
    let reads = |lang, alias_target: Option<&str>| {
        let mut drive = written(lang);
        let attempt = drive.0.done.attempt;
        let chosen = drive.0.models.as_ref().expect("a list").choices();
        let target = |alias: &Alias| alias_target.map_or_else(|| alias.target.clone(), str::to_owned);
        let aliases = chosen.aliases.iter().map(|alias| (alias.name.clone(), target(alias))).collect();
        drive.event(Event::ReadBack { attempt, resolved: Some(Resolved { default: chosen.primary, aliases }) });
        drive
    };
    snap("done-read-back", |lang| reads(lang, None));
    snap("done-differs", |lang| reads(lang, Some("chutes/other/Model")));
    snap("done-unchanged", |lang| {
        let mut drive = Drive::reviewing(lang);
        let attempt = drive.0.review.attempt;
        drive.event(Event::Planned { attempt, result: Box::new(Ok(Planned::default())) });
        drive.verified(works()).act(Action::Enter);
        drive
    });
}

#[test]
fn help_and_small_windows() {
    snap("help-models", |lang| {
        let mut drive = Drive::discovered(lang, Ok(served()));
        drive.act(Action::Help);
        drive
    });
    for lang in [Lang::En, Lang::ZhCn] {
        let text = frame(&Drive::start(facts(lang)), lang, 30, 8);
        assert!(text.contains("40x12") && text.contains("30x8"), "{text}");
    }
}

/// No colour, the same words.
#[test]
fn colour_is_never_the_only_sign() {
    let drive = Drive::discovered(Lang::En, Err(status(401)));
    let text = |depth| {
        let view = View { theme: Theme::new(depth, Lang::En), lang: Lang::En, zone: TimeZone::UTC, now: NOON };
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| _ = view.draw(&drive.0, frame)).unwrap();
        let symbols: String = terminal.backend().buffer().content.iter().map(ratatui::buffer::Cell::symbol).collect();
        symbols
    };
    assert_eq!(text(Depth::Indexed256), text(Depth::None));
    assert_eq!(text(Depth::Ansi16), text(Depth::None));
}

/// In Chinese locales a terminal may draw characters of ambiguous width two columns wide: none is drawn.
#[test]
fn chinese_frames_have_no_ambiguous_width() {
    use unicode_width::UnicodeWidthStr;
    let lang = Lang::ZhCn;
    let mut reviewed = Drive::planned(lang);
    reviewed.verified(works());
    for drive in [
        Drive::start(facts(lang)),
        Drive::discovering(lang),
        Drive::discovered(lang, Err(status(401))),
        Drive::discovered(lang, Ok(served())),
        reviewed,
    ] {
        for (width, height) in SIZES {
            let text = frame(&drive, lang, width, height);
            // A sign of the diff stays what it is, with room for the wider of its two widths.
            let room = "\u{a0}";
            for line in text.lines() {
                let signs: Vec<String> = line.chars().map(|c| c.to_string()).collect();
                for (at, c) in signs.iter().enumerate().filter(|(_, c)| *c != room) {
                    let has_room = signs.get(at + 1).is_some_and(|next| next == room);
                    assert!(has_room || c.width() == c.width_cjk(), "{c:?} in\n{text}");
                }
            }
        }
    }
}

#[test]
fn the_captured_lists_parse_for_these_tests() {
    let list = catalog::parse(include_bytes!("../data/chutes-models-2026-08-22.json")).unwrap();
    assert_eq!(list.models.len(), 14);
}
