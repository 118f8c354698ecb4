//! A throw-away home with an OpenClaw in it, and requests to carry out there.

use openclaw_chutes::chutes::model::{Model, Price};
use openclaw_chutes::diff;
use openclaw_chutes::diff::LineKind;
use openclaw_chutes::openclaw::plan::{Plan, Request, plan};
use openclaw_chutes::openclaw::read::install::{Generation, Installed};
use openclaw_chutes::openclaw::read::paths::Paths;
use openclaw_chutes::openclaw::types::NewCredential;
use openclaw_chutes::openclaw::write::{Written, commit};
use openclaw_chutes::openclaw::{Error, Site};
use openclaw_chutes::secret::Secret;
use openclaw_chutes::selection::{Alias, Selection};
use openclaw_chutes::state::State;
use openclaw_chutes::time::UnixMillis;
use serde_json::Value;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 2026-11-22 10:00:00 UTC.
pub const NOW: UnixMillis = UnixMillis(1_795_341_600_000);
pub const KEY: &str = "cpk_0123456789.abcdefabcdef.canary-abcd1234";

pub struct Home {
    dir: tempfile::TempDir,
    pub generation: Generation,
    pub agent: Option<String>,
    /// The `openclaw` that is called where the store is a database.
    pub program: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            generation: Generation::JsonStore,
            agent: None,
            program: "/nowhere/openclaw".into(),
        }
    }

    /// A home with this config.
    pub fn with(config: &str) -> Self {
        let home = Self::new();
        home.write(".openclaw/openclaw.json", config);
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn config(&self) -> String {
        self.read(".openclaw/openclaw.json")
    }

    pub fn config_value(&self) -> Value {
        json5::from_str(&self.config()).unwrap()
    }

    pub fn store(&self) -> Value {
        serde_json::from_str(&self.read(".openclaw/agents/main/agent/auth-profiles.json")).unwrap()
    }

    pub fn state(&self) -> State {
        State::at(self.path("state"))
    }

    pub fn site(&self) -> Site {
        let home = self.dir.path().to_str().unwrap().to_owned();
        let paths = Paths::resolve(|name| (name == "HOME").then(|| home.clone()), None, None).unwrap();
        let installed = Installed {
            version: Some("2026.5.28".into()),
            program: Some(self.program.clone()),
            generation: self.generation,
            sdk: None,
        };
        Site { paths, installed, agent: self.agent.clone() }
    }

    pub fn plan(&self, request: &Request) -> Result<Plan, Error> {
        plan(&self.site().read()?, request, NOW)
    }

    pub fn commit(&self, request: &Request) -> Result<Written, Error> {
        commit(&self.site(), request, None, &self.state(), NOW)
    }

    /// The changed lines of the config, as `diff` marks them.
    pub fn config_diff(&self, request: &Request) -> Vec<String> {
        let plan = self.plan(request).unwrap();
        let files = diff::of(&plan);
        let config = files.iter().find(|file| file.path.ends_with("openclaw.json")).expect("the config changes");
        let lines = config.hunks.iter().flat_map(diff::Hunk::lines);
        let changed = lines.filter(|line| line.kind != LineKind::Context);
        changed.map(|line| format!("{}{}", line.kind.sign(), line.text)).collect()
    }

    /// Every file below the home (our own state left out), with its bytes.
    pub fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut dirs = vec![self.dir.path().to_owned()];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    if entry != self.path("state") {
                        dirs.push(entry);
                    }
                } else {
                    let bytes = fs::read(&entry).unwrap_or_default();
                    found.push((entry, bytes));
                }
            }
        }
        found.sort();
        found
    }
}

pub fn model(id: &str, context: u64) -> Arc<Model> {
    Arc::new(Model {
        id: id.into(),
        context: NonZeroU64::new(context),
        max_output: NonZeroU64::new(65535),
        price: Price { input: Some(0.4), output: Some(2.0), cache_read: None },
        input: Some(Arc::new(vec!["text".into(), "file".into()])),
        reasoning: Some(true),
        ..Model::default()
    })
}

pub fn alias(name: &str, target: &str) -> Alias {
    Alias { name: name.to_owned(), target: target.to_owned() }
}

/// The documented default and the three documented aliases.
pub fn selection() -> Selection {
    Selection {
        primary: "chutes/zai-org/GLM-4.7-TEE".into(),
        aliases: vec![
            alias("chutes-fast", "chutes/zai-org/GLM-4.7-FP8"),
            alias("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
            alias("chutes-vision", "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506"),
        ],
        registered: vec![
            model("zai-org/GLM-4.7-TEE", 202_752),
            model("deepseek-ai/DeepSeek-V3.2-TEE", 131_072),
            model("chutesai/Mistral-Small-3.2-24B-Instruct-2506", 131_072),
            model("zai-org/GLM-4.7-FP8", 202_752),
        ],
        ..Selection::default()
    }
}

pub fn request(credential: Option<NewCredential>) -> Request {
    Request {
        base_url: "https://llm.chutes.ai/v1".into(),
        credential,
        selection: selection(),
        client_secret: None,
        basis: None,
        ..Request::default()
    }
}

pub fn api_key(key: &str) -> Option<NewCredential> {
    Some(NewCredential::ApiKey { secret: Secret::new(key) })
}

pub fn oauth(account: &str) -> Option<NewCredential> {
    Some(NewCredential::OAuth {
        access: Secret::new("cak_canary-access-token-0001"),
        refresh: Some(Secret::new("crt_canary-refresh-token-0001")),
        expires_at: NOW + 3_300_000,
        client_id: "cid_abc123def456ghi789jkl012".into(),
        account: Some(account.to_owned()),
        account_id: Some("sub-1".into()),
        life: (NOW, NOW + 3_600_000),
        idp: "https://api.chutes.ai".into(),
    })
}
