//! The property behind the corpus of [`crate::homes`], on configs that nobody wrote: whatever an agent could
//! use before one of our commands, it can use after it, as OpenClaw itself sees it.

use crate::homes::{Case, every_one_keeps_what_it_had};
use serde_json::{Map, Value, json};
use testkit::peer::Release;

/// Cases of one run, and where they begin: `OPENCLAW_CHUTES_TEST_SEED` begins elsewhere.
const CASES: u64 = 60;
const SEED: u64 = 11;

/// Providers that OpenClaw knows, one that the config describes, and ours, each with some of its models.
const PROVIDERS: [(&str, [&str; 3]); 8] = [
    ("anthropic", ["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5"]),
    ("openai", ["gpt-5.2", "gpt-5.5", "o9"]),
    ("google", ["gemini-3-pro", "gemini-3-flash", "gemini-2.5-pro"]),
    ("openrouter", ["qwen/qwen3-8b", "x-ai/grok-5", "auto"]),
    ("groq", ["llama-4-maverick", "llama-4", "gemma"]),
    ("mistral", ["mistral-large-latest", "codestral", "pixtral"]),
    ("own", ["big", "small", "Mixed-Case"]),
    ("chutes", ["zai-org/GLM-4.7-TEE", "deepseek-ai/DeepSeek-V3.2-TEE", "old/Gone"]),
];
const NAMES: [&str; 5] = ["opus", "fast", "chutes-fast", "Work", "gpt"];

/// Xorshift: the same seed gives the same configs everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(count).unwrap()).unwrap()
    }

    /// In so many of a hundred cases.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn provider(&mut self) -> (&'static str, [&'static str; 3]) {
        PROVIDERS[self.below(PROVIDERS.len())]
    }

    /// A ref in one of the spellings that people use.
    fn text(&mut self) -> String {
        let (provider, models) = self.provider();
        let model = models[self.below(3)];
        match self.below(20) {
            0 | 1 => model.to_owned(),
            2 => NAMES[self.below(NAMES.len())].to_owned(),
            3 => format!(" {provider}/{model} "),
            4 => format!("{}/{model}", provider.to_uppercase()),
            _ => format!("{provider}/{model}"),
        }
    }

    fn texts(&mut self, most: usize) -> Vec<String> {
        (0..self.below(most + 1)).map(|_| self.text()).collect()
    }

    /// A `model` in one of its shapes.
    fn model(&mut self) -> Value {
        match self.below(4) {
            0 | 1 => json!(self.text()),
            2 => json!({"primary": self.text(), "fallbacks": self.texts(2)}),
            _ => json!({"primary": self.text()}),
        }
    }

    /// Keys of a model map, with or without aliases.
    fn map(&mut self) -> Value {
        let mut map = Map::new();
        for _ in 0..self.below(5) {
            let (provider, models) = self.provider();
            let key = match self.below(6) {
                0 => format!("{provider}/*"),
                1 => format!("{}/{}", provider.to_uppercase(), models[0]),
                _ => format!("{provider}/{}", models[self.below(3)]),
            };
            let entry = match self.below(3) {
                0 if !key.ends_with('*') => json!({"alias": NAMES[self.below(NAMES.len())]}),
                _ => json!({}),
            };
            map.insert(key, entry);
        }
        Value::Object(map)
    }

    fn agent(&mut self) -> Map<String, Value> {
        let mut agent = Map::new();
        if self.chance(70) {
            agent.insert("model".into(), self.model());
        }
        if self.chance(30) {
            agent.insert("subagents".into(), json!({"model": self.text()}));
        }
        if self.chance(20) {
            agent.insert("heartbeat".into(), json!({"every": "1h", "model": self.text()}));
        }
        agent
    }

    fn config(&mut self, new: bool) -> Value {
        let mut defaults = Map::new();
        if self.chance(80) {
            defaults.insert("model".into(), self.model());
        }
        if self.chance(60) {
            defaults.insert("models".into(), self.map());
        }
        for name in ["imageModel", "pdfModel"] {
            if self.chance(20) {
                defaults.insert(name.into(), self.model());
            }
        }
        for name in ["heartbeat", "subagents", "compaction"] {
            if self.chance(20) {
                defaults.insert(name.into(), json!({"model": self.text()}));
            }
        }
        let mut config = json!({"gateway": {"mode": "local"}});
        if new && self.chance(50) {
            let (provider, _) = self.provider();
            let mut allow = self.texts(3);
            allow.extend(self.chance(40).then(|| format!("{provider}/*")));
            defaults.insert("modelPolicy".into(), json!({ "allow": allow }));
            config["meta"] = json!({"migrations": {"modelPolicyAllowlist": true}});
        }
        config["agents"] = json!({ "defaults": defaults });
        let agents: Vec<_> = (0..self.below(3)).map(|at| (format!("agent{at}"), self.agent())).collect();
        if new && self.chance(50) {
            let entries: Map<_, _> = agents.into_iter().map(|(id, agent)| (id, Value::Object(agent))).collect();
            config["agents"]["entries"] = Value::Object(entries);
        } else if !agents.is_empty() {
            let listed = agents.into_iter().map(|(id, mut agent)| {
                agent.insert("id".into(), json!(id));
                Value::Object(agent)
            });
            config["agents"]["list"] = listed.collect();
        }
        if self.chance(30) {
            config["channels"] = json!({"modelByChannel": {"telegram": {"1": self.text()}}});
        }
        if self.chance(30) {
            config["hooks"] = json!({"mappings": [{"match": {"path": "x"}, "model": self.text()}]});
        }
        if self.chance(60) {
            let models: Vec<_> = PROVIDERS[6].1.iter().map(|id| json!({"id": id, "name": id})).collect();
            config["models"] = json!({"providers": {"own": {"baseUrl": "http://127.0.0.1:9/v1", "models": models}}});
        }
        config
    }
}

fn case(seed: u64, new: bool) -> Case {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..9).for_each(|_| _ = random.below(2));
    let config = random.config(new);
    let dotenv = [("ANTHROPIC_API_KEY", 30), ("GROQ_API_KEY", 30)].into_iter();
    let dotenv = dotenv.filter(|(_, percent)| random.chance(*percent)).map(|(name, _)| name.to_owned()).collect();
    let text = if random.chance(50) { config.to_string() } else { format!("{config:#}\n") };
    Case::of(format!("seed {seed}"), text, dotenv)
}

fn every_config_keeps_what_it_had(version: &str, new: bool) {
    let Some(release) = Release::of(version) else { return };
    let given = std::env::var("OPENCLAW_CHUTES_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let first: u64 = given.unwrap_or(SEED);
    let cases = (first..first + CASES).map(|seed| case(seed, new)).collect();
    every_one_keeps_what_it_had(&release, cases);
}

#[test]
fn nobody_is_locked_out_of_2026_5_28() {
    every_config_keeps_what_it_had("2026.5.28", false);
}

#[test]
fn nobody_is_locked_out_of_2026_9_6() {
    every_config_keeps_what_it_had("2026.9.6", true);
}
