//! The same files, read by the real OpenClaw.

use crate::home::*;
use openclaw_chutes::openclaw::config_get;
use serde_json::{Value, json};
use std::process::{Command, Output};

/// Variables that the configs below refer to.
const ENV: [(&str, &str); 2] = [("TEST_PORT_NAME", "from-env"), ("CHUTES_API_KEY", "cpk_env.env.envenvenv")];

struct OpenClaw {
    node: String,
    program: String,
}

impl OpenClaw {
    fn find() -> Option<Self> {
        let [node, program] = testkit::peer::argv()?.map(|part| part.into_string().unwrap());
        Some(Self { node, program })
    }

    fn run(&self, home: &Home, args: &[&str]) -> Output {
        let mut command = Command::new(&self.node);
        command.arg(&self.program).args(args).env_clear();
        command.env("HOME", home.root()).env("PATH", "/usr/bin:/bin").envs(ENV);
        command.output().unwrap()
    }

    /// Standard output of a command that must succeed.
    fn ok(&self, home: &Home, args: &[&str]) -> String {
        let output = self.run(home, args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{args:?}: {} {}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn json(&self, home: &Home, args: &[&str]) -> Value {
        let text = self.ok(home, args);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error} in {text}"))
    }
}

fn ours(home: &Home, path: &str) -> Option<Value> {
    let lookup = |name: &str| ENV.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    config_get::get(&home.site().read().unwrap(), path, lookup)
}

/// `config get` of each path, theirs beside ours. Order of members included.
fn compare(openclaw: &OpenClaw, home: &Home, paths: &[&str]) {
    std::thread::scope(|scope| {
        for path in paths {
            scope.spawn(move || {
                let output = openclaw.run(home, &["config", "get", path, "--json"]);
                let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                let ours = ours(home, path).map(|value| serde_json::to_string_pretty(&value).unwrap());
                let theirs = output.status.success().then_some(text);
                assert_eq!(ours, theirs, "config get {path}: {}", String::from_utf8_lossy(&output.stderr));
            });
        }
    });
}

#[test]
fn a_fresh_setup_is_what_openclaw_expects() {
    let Some(openclaw) = OpenClaw::find() else { return };
    let home = Home::new();
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(openclaw.json(&home, &["config", "validate", "--json"])["valid"], true);
    let list = openclaw.json(&home, &["models", "list", "--json"]);
    let models = list["models"].as_array().unwrap();
    let found = |key: &str| models.iter().find(|model| model["key"] == key).unwrap_or_else(|| panic!("{key}: {list}"));
    let default = found("chutes/zai-org/GLM-4.7-TEE");
    assert_eq!((&default["contextWindow"], &default["missing"]), (&json!(202_752), &json!(false)));
    assert!(default["tags"].as_array().unwrap().contains(&json!("default")), "{default}");
    let status = openclaw.json(&home, &["models", "status", "--json"]);
    assert_eq!(status["resolvedDefault"], "chutes/zai-org/GLM-4.7-TEE");
    assert_eq!(status["aliases"]["chutes-pro"], "chutes/deepseek-ai/DeepSeek-V3.2-TEE");
    assert_eq!(status["auth"]["missingProvidersInUse"], json!([]), "{status}");
    compare(
        &openclaw,
        &home,
        &["models", "agents", "auth", "gateway", "messages", "commands", "meta", "cron", "plugins"],
    );
    for alias in selection().aliases {
        let text = openclaw.ok(&home, &["models", "set", &alias.name]);
        assert!(text.contains(&format!("Default model: {}", alias.target)), "{text}");
    }
    compare(&openclaw, &home, &["agents", "meta", "models"]);
    // OpenClaw wrote the file; our next change goes on from there.
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(openclaw.json(&home, &["config", "validate", "--json"])["valid"], true);
}

#[test]
fn a_sign_in_is_found_and_the_other_kind_replaces_it() {
    let Some(openclaw) = OpenClaw::find() else { return };
    let home = Home::with(include_str!("commented.json5"));
    let mut login = oauth("alice");
    if let Some(openclaw_chutes::openclaw::types::NewCredential::OAuth { expires_at, .. }) = &mut login {
        *expires_at = openclaw_chutes::time::now() + 3_300_000;
    }
    home.commit(&request(login)).unwrap();
    let status = openclaw.json(&home, &["models", "status", "--json"]);
    let profiles = &status["auth"]["oauth"]["profiles"];
    let chutes = profiles.as_array().unwrap().iter().find(|profile| profile["provider"] == "chutes");
    assert_eq!(chutes.unwrap_or_else(|| panic!("{profiles}"))["profileId"], "chutes:alice");
    home.commit(&request(api_key(KEY))).unwrap();
    let listed = openclaw.json(&home, &["models", "auth", "list", "--provider", "chutes", "--json"]);
    let ids: Vec<&Value> = listed["profiles"].as_array().unwrap().iter().map(|profile| &profile["id"]).collect();
    assert_eq!(ids, ["chutes:default"]);
    compare(&openclaw, &home, &["models", "agents", "auth", "gateway"]);
}

#[test]
fn config_get_answers_as_openclaw_does() {
    let Some(openclaw) = OpenClaw::find() else { return };
    let configs: [(&str, &[&str]); 5] = [
        ("{}", &["models", "agents", "commands", "messages", "cron", "gateway"]),
        (
            r#"{
                gateway: {mode: "local", port: 18789, auth: {mode: "token", token: "abcdef"}},
                agents: {defaults: {model: " Anthropic/claude-opus-4-8 ", workspace: "~/w", subagents: {maxConcurrent: 2},
                    models: {"anthropic/claude-opus-4-8": {}, "Chutes/a/B": {alias: "x"}, "chutes/a/B": {params: {t: 1}}}},
                    list: [{id: "Work Bot", default: true, model: {primary: "Chutes/x", fallbacks: [" chutes/y "]}}]},
                models: {providers: {chutes: {models: [{name: "n", id: "a/B", compat: {supportsUsageInStreaming: false},
                    cost: {output: 1}, maxTokens: 999999, contextWindow: 1000}], apiKey: "${CHUTES_API_KEY}",
                    baseUrl: "http://u:p@127.0.0.1:1/v1", api: "openai-completions", headers: {"X-Api-Key": "s"}}}},
                messages: {ackReaction: "x", responsePrefix: "${TEST_PORT_NAME}"}, commands: {restart: false, text: true},
                session: {mainKey: "other"}, logging: {level: "info", file: "~/log"}, cron: {enabled: true},
                env: {vars: {MY_KEY: "x", OTHER_SECRET: "y", MINE: "z"}},
            }"#,
            &[
                "models",
                "agents",
                "auth",
                "gateway",
                "messages",
                "commands",
                "session",
                "logging",
                "env",
                "cron",
                "models.providers.chutes.models[0].maxTokens",
                r#"agents.defaults.models["chutes/a/B"]"#,
                "agents.list.0.model",
                "agents.list[1]",
                "nope.path",
                "gateway.auth.token",
            ],
        ),
        (
            r#"{messages: {responsePrefix: "$${TEST_PORT_NAME} ${MISSING_ONE} ${FROM_FILE} ${FROM_CONFIG}"}, env: {vars: {FROM_CONFIG: "c"}}}"#,
            &["messages", "env"],
        ),
        (
            r#"{$include: ["./a.json5"], agents: {$include: "./b.json5", defaults: {maxConcurrent: 1}}}"#,
            &["gateway", "agents"],
        ),
        (r#"{models: {providers: {chutes: {apiKey: "cpk_1"}}}}"#, &["models"]),
    ];
    for (config, paths) in configs {
        let home = Home::with(config);
        home.write(".openclaw/.env", "FROM_FILE=\"f f\" \n# no\nexport X=1\n");
        home.write(".openclaw/a.json5", "{gateway: {mode: 'local', port: 1}}");
        home.write(".openclaw/b.json5", "{defaults: {maxConcurrent: 7, imageModel: 'chutes/v', model: 'chutes/m'}}");
        compare(&openclaw, &home, paths);
    }
    let missing = Home::new();
    compare(&openclaw, &missing, &["models", "commands"]);
}

#[test]
fn an_included_config_stays_valid() {
    let Some(openclaw) = OpenClaw::find() else { return };
    let home = Home::with("{ models: { $include: './models.json5' }, gateway: { mode: 'local' } }\n");
    home.write(".openclaw/models.json5", "{ mode: 'merge' }\n");
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(openclaw.json(&home, &["config", "validate", "--json"])["valid"], true);
    compare(&openclaw, &home, &["models", "agents"]);
}
