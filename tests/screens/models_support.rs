//! The models screen without a terminal: lists, keys, frames.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use openclaw_chutes::chutes::model::{Catalog, Model, Price, Source};
use openclaw_chutes::chutes::{bundled, catalog};
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::types::{CredentialKind, StoredCredential};
use openclaw_chutes::secret::Secret;
use openclaw_chutes::selection::{Alias, Configured, Documented};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::keymap::{self, Meaning};
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::Wizard;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::models::Models;
use openclaw_chutes::wizard::protocol::{Effect, Event};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;

/// 2026-11-22 10:00:00 UTC, in milliseconds.
pub const NOW: UnixMillis = UnixMillis(1_795_341_600_000);

/// The list of a captured answer of the service.
pub fn captured(day: &str) -> Catalog {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/chutes-models-{day}.json"));
    let listing = catalog::parse(&std::fs::read(path).expect("a captured list")).expect("a list");
    live(listing.models)
}

pub fn live(models: Vec<Arc<Model>>) -> Catalog {
    Catalog { models, source: Source::Live, fetched_at: Some(NOW - 1_800_000), ..Catalog::default() }
}

/// Many believable models, the same every time.
pub fn generated(count: usize) -> Vec<Arc<Model>> {
    let families = ["zai-org/GLM-", "deepseek-ai/DeepSeek-V", "moonshotai/Kimi-K", "Qwen/Qwen", "nvidia/Nemotron-"];
    (0..count)
        .map(|n| Model {
            id: format!("{}{}.{}-{n:05}-TEE", families[n * 7 % 5], n % 9, n % 10).into(),
            context: NonZeroU64::new(4096 * (1 + n as u64 * 31 % 256)).filter(|_| n % 9 != 0),
            price: Price { input: Some((n % 1000) as f64 / 400.0), output: Some(n as f64 / 7000.0), cache_read: None },
            tools: Some(n % 3 != 0),
            reasoning: Some(n % 2 == 0),
            input: Some(Arc::new(vec!["text".into(), if n % 4 == 0 { "image" } else { "text" }.into()])),
            ..Model::default()
        })
        .map(Arc::new)
        .collect()
}

/// Ids that try to get out of their cell.
pub fn hostile() -> Vec<Arc<Model>> {
    let ids = [
        "evil/\u{1b}[31mred\u{1b}[2J\u{9b}1;1H".to_owned(),
        "bidi/\u{202e}gpj.exe\u{2066}x\u{2069}".to_owned(),
        "zero/a\u{200b}b\u{200d}c\u{feff}d\u{ad}e".to_owned(),
        format!("long/{}", "0123456789abcdef".repeat(256)),
        format!("wide/{}", "模型".repeat(40)),
        "emoji/👩‍🔧🏳️‍🌈🇨🇳-👍🏽".to_owned(),
        "marks/e\u{301}\u{302}\u{303}a\u{300}".to_owned(),
        "ambiguous/…—·×°±§αБ①■★".to_owned(),
        "日本語/モデル-ﾊﾝｶｸ".to_owned(),
        "tab\there/new\nline\r\u{7f}".to_owned(),
        "no-slash,comma:latency".to_owned(),
        "a/b/c/d//e".to_owned(),
        String::from("/"),
    ];
    ids.into_iter()
        .map(|id| Model {
            id: id.into(),
            price: Price { input: Some(f64::MAX), output: Some(1e-12), cache_read: Some(-1.0) },
            input: Some(Arc::new(vec!["text\u{1b}]0;x\u{7}".into(), "图像".into()])),
            quantization: Some(Arc::new("fp\u{202e}8".into())),
            context: Some(NonZeroU64::MAX),
            ..Model::default()
        })
        .map(Arc::new)
        .collect()
}

/// What the product documents.
pub fn documented() -> Documented {
    let builtin = bundled::catalog();
    Documented {
        default: bundled::DEFAULT_MODEL.to_owned(),
        aliases: bundled::ALIASES.map(|(name, target)| alias(name, target)).to_vec(),
        built_in: builtin.models.iter().map(|model| model.id.to_string()).collect(),
        extra: builtin.models.into_iter().chain([bundled::fast_target()]).collect(),
        ..Documented::default()
    }
}

pub fn alias(name: &str, target: &str) -> Alias {
    Alias { name: name.to_owned(), target: target.to_owned() }
}

/// A wizard at its models screen, and what draws it.
pub struct Stage {
    pub wizard: Wizard,
    pub effects: Vec<Effect>,
    pub view: View,
    pub size: (u16, u16),
}

impl Stage {
    pub fn new(configured: Configured, list: Catalog, lang: Lang, depth: Depth) -> Stage {
        let facts = Facts {
            lang,
            models_only: true,
            documented: documented(),
            fallback: bundled::catalog(),
            state_dir: "~/.openclaw".into(),
            base_url: "https://llm.chutes.ai/v1".into(),
            ..Facts::default()
        };
        let (wizard, effects) = Wizard::new(facts);
        let view = View { theme: Theme::new(depth, lang), lang, zone: jiff::tz::TimeZone::UTC, now: NOW };
        let mut stage = Stage { wizard, effects, view, size: (80, 24) };
        let current = Current { configured, active: Some(0), credentials: vec![stored()], ..Current::default() };
        stage.event(Event::Loaded(Box::new(Ok(current))));
        stage.discovered(list);
        stage
    }

    pub fn event(&mut self, event: Event) {
        self.effects = self.wizard.handle(event);
        // A person who looks before the next key.
        if let Some(Effect::Rest(count)) = self.effects.pop_if(|effect| matches!(effect, Effect::Rest(_))) {
            self.wizard.handle(Event::Rested(count));
        }
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        let mut viewport = None;
        terminal.draw(|frame| viewport = Some(self.view.draw(&self.wizard, frame))).expect("a frame");
        self.wizard.handle(Event::Viewport(viewport.expect("a frame").viewport));
    }

    pub fn discovered(&mut self, list: Catalog) {
        let attempt = self.wizard.discover.attempt;
        self.event(Event::Discovered { attempt, at_ms: 30, result: Box::new(Ok(list)) });
    }

    pub fn models(&self) -> &Models {
        self.wizard.models.as_ref().expect("the models screen")
    }

    /// The id under the cursor.
    pub fn at(&self) -> &str {
        self.models().current().map_or("", |model| &*model.id)
    }

    pub fn shown(&self) -> Vec<&str> {
        self.models().view.iter().map(|&at| &*self.models().models[at].id).collect()
    }

    /// A key, by what the terminal reports for it.
    pub fn press(&mut self, code: KeyCode) {
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        match keymap::meaning(self.wizard.context(), key) {
            Meaning::Action(action) => self.event(Event::Action(action)),
            Meaning::Text(c) => self.event(Event::Text(c)),
            _ => {}
        }
    }

    /// Keys by their characters; `\n` is Enter, `\x1b` Esc, `\t` Tab.
    pub fn keys(&mut self, keys: &str) -> &mut Stage {
        for c in keys.chars() {
            self.press(match c {
                '\n' => KeyCode::Enter,
                '\x1b' => KeyCode::Esc,
                '\t' => KeyCode::Tab,
                c => KeyCode::Char(c),
            });
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Stage {
        self.event(Event::Paste(Secret::new(text)));
        self
    }

    pub fn frame(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a terminal");
        terminal.draw(|frame| _ = self.view.draw(&self.wizard, frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    /// The frame as rows of text.
    pub fn text(&self) -> String {
        let buffer = self.frame();
        let mut text = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            let mut covered = 0;
            for x in 0..buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                if covered == 0 {
                    row.push_str(symbol);
                    covered = unicode_width::UnicodeWidthStr::width(symbol).max(1);
                }
                covered -= 1;
            }
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    }
}

/// An API key that is set up.
fn stored() -> StoredCredential {
    StoredCredential {
        profile_id: "chutes:default".into(),
        agent: "main".into(),
        kind: CredentialKind::ApiKey,
        account: None,
        expires_at: None,
        hint: Some("…7890".into()),
        env_var: None,
        refreshable: false,
        client_id: None,
    }
}
