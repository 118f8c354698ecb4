//! What the end-to-end tests share: a stand-in for Chutes, a home, and the ways through the product.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::Value;
use std::path::PathBuf;
use std::time::SystemTime;
use tempfile::NamedTempFile;
use testkit::{Home, Launch, Pty, Ran};

pub const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");

/// The canary: of the form Chutes gives, and nothing else on a machine looks like any part of it.
pub const KEY: &str =
    "cpk_Zq7Xw2Lk9Vb4jRqKLzNnKxVJMsrLXMsK.Tn8Rj3Hd6Ys1PWKqKWJQgrRzPhTNUnNL.KVwzsjuunhXTXMhywktgLPxrSkRw7wQj";
/// All that may be shown of it.
pub const HINT: &str = "7wQj";
/// Another one, that the stand-in does not take.
pub const REFUSED: &str =
    "cpk_Ar4Tt9Ug2Mn5rJLjkmwuLMZvLKhtgpmH.Ko1Vy6Bs3Ce8umSPwKVgQXqqwMStqZQs.Di0Fp7ZrmpWRMTRWWGwTYgGRrznjQxKu";

pub const CONFIG: &str = ".openclaw/openclaw.json";
pub const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";

pub const DEFAULT: &str = "chutes/zai-org/GLM-4.7-TEE";
pub const ALIASES: [(&str, &str); 3] = [
    ("chutes-fast", "chutes/zai-org/GLM-4.7-FP8"),
    ("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
    ("chutes-vision", "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506"),
];

pub struct Stage {
    pub home: Home,
    pub standin: Standin,
    /// Where strace notes every program that is started; outside of the home, whose files are looked through.
    trace: Option<NamedTempFile>,
}

impl Stage {
    /// The service as documented, which takes [`KEY`] only.
    pub fn new() -> Stage {
        Stage::serving(sample::list(Era::Documented))
    }

    /// This answer of the models endpoint.
    pub fn serving(models: impl Into<Vec<u8>>) -> Stage {
        let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), models)).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        Stage::of(home, standin)
    }

    pub fn of(home: Home, standin: Standin) -> Stage {
        Stage { home, standin, trace: None }
    }

    /// From now on the words that programs are started with are noted, ours and whatever it starts.
    pub fn watched(mut self) -> Stage {
        self.trace = Some(NamedTempFile::new().expect("a temporary file"));
        self
    }

    /// What has been started since [`Stage::watched`]: a line of strace's for each.
    pub fn started(&self) -> String {
        let trace = self.trace.as_ref().expect("a stage that is watched");
        String::from_utf8_lossy(&std::fs::read(trace.path()).expect("the trace")).into_owned()
    }

    /// Our program with these words, watched if that was asked for.
    pub fn argv(&self, words: &[&str]) -> Vec<String> {
        let strace = "strace -f --seccomp-bpf -qq -A -s 65535 -e trace=execve,execveat -e signal=none -o";
        let watch = self
            .trace
            .iter()
            .flat_map(|trace| strace.split(' ').map(str::to_owned).chain([trace.path().display().to_string()]));
        watch.chain([BIN.to_owned()]).chain(words.iter().map(|word| (*word).to_owned())).collect()
    }

    /// The wizard with an API key, to be started in a terminal.
    pub fn wizard(&self) -> Launch {
        self.home.pty(self.argv(&["onboard", "--auth-choice", "chutes-api-key"]))
    }

    /// The wizard at the field for the key.
    pub fn at_key(&self) -> Pty {
        let pty = self.wizard().spawn();
        pty.wait_text("Paste your Chutes API key");
        pty
    }

    /// The wizard at the models of the service.
    pub fn at_models(&self) -> Pty {
        let pty = self.at_key();
        pty.paste(KEY).keys("Enter").wait_text("live");
        pty
    }

    /// The wizard at Review, with everything there that Enter waits for.
    pub fn at_review(&self) -> Pty {
        let pty = self.at_models();
        pty.keys("Enter");
        wait_review(&pty);
        pty
    }

    /// The whole way: paste, Enter, Enter, Enter, Enter.
    pub fn onboarded_in_a_terminal(&self) -> Pty {
        let pty = self.at_review();
        finish(&pty);
        pty
    }

    /// `onboard --non-interactive --json`, with this key on standard input.
    pub fn onboard_with(&self, key: &str, more: &[&str]) -> Ran {
        let args = self.argv(&[&["onboard", "--non-interactive", "--json", "--api-key-stdin"], more].concat());
        self.home.run_with_input(args, format!("{key}\n"))
    }

    pub fn onboard(&self, more: &[&str]) -> Ran {
        self.onboard_with(KEY, more)
    }

    pub fn ours(&self, words: &[&str]) -> Ran {
        self.home.run(self.argv(words))
    }

    /// The config, whatever its style.
    pub fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }

    /// The ids registered for Chutes, in order.
    pub fn registered(&self) -> Vec<String> {
        ids(&self.config()["models"]["providers"]["chutes"]["models"])
    }

    /// Bytes and time of the last change of every file of OpenClaw's.
    pub fn stamp(&self) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
        self.home
            .files()
            .into_iter()
            .map(|path| self.home.join(path))
            .filter(|path| path.starts_with(self.home.join(".openclaw")))
            .map(|path| {
                let changed = path.metadata().and_then(|meta| meta.modified()).expect("a file");
                (path.clone(), std::fs::read(&path).expect("a file"), changed)
            })
            .collect()
    }
}

/// The review shows a diff and the test call has answered.
pub fn wait_review(pty: &Pty) {
    pty.wait_for("the review, with the answer of the test call", |screen| {
        screen.contains("This is what will be written") && screen.contains("answered in")
    });
}

/// From Review to the end.
pub fn finish(pty: &Pty) {
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0, "{}", pty.screen().describe());
}

pub fn ids(models: &Value) -> Vec<String> {
    models.as_array().expect("models").iter().map(|model| model["id"].as_str().expect("an id").to_owned()).collect()
}

pub fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("one document: {error}\n{ran:?}"))
}

pub fn warnings(document: &Value) -> Vec<&str> {
    document["warnings"].as_array().expect("a list").iter().map(|w| w["code"].as_str().expect("a code")).collect()
}

/// Whether any part of the key is in there that is longer than what may be shown. Every five characters
/// in a row count: a hint has four.
pub fn leaks(haystack: impl AsRef<[u8]>) -> Option<String> {
    let haystack = haystack.as_ref();
    let body = &KEY.as_bytes()["cpk_".len()..];
    let found = body.windows(5).find(|part| haystack.windows(5).any(|window| window == *part))?;
    Some(String::from_utf8_lossy(found).into_owned())
}
