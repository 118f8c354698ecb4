//! What a plan changes in OpenClaw's files, and what it leaves alone.

use crate::home::*;
use openclaw_chutes::openclaw::error::Error;
use openclaw_chutes::openclaw::plan::{PlanWarning, Request, SignOut};
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::install::Generation;
use openclaw_chutes::openclaw::types::CredentialKind;
use openclaw_chutes::openclaw::types::NewCredential;
use openclaw_chutes::secret::Secret;
use serde_json::json;

#[test]
fn a_new_home_gets_a_config_and_a_credential() {
    let home = Home::new();
    let written = home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(written.plan.profile_id.as_deref(), Some("chutes:default"));
    assert_eq!(written.backups, [None, None]);
    let config = home.config_value();
    assert_eq!(config["gateway"], json!({"mode": "local"}));
    assert_eq!(config["auth"], json!({"profiles": {"chutes:default": {"provider": "chutes", "mode": "api_key"}}}));
    assert_eq!(config["models"]["mode"], "merge");
    let expected = json!({
        "id": "zai-org/GLM-4.7-TEE", "name": "chutes/zai-org/GLM-4.7-TEE", "reasoning": true, "input": ["text"],
        "cost": {"input": 0.4, "output": 2}, "contextWindow": 202_752, "maxTokens": 65535,
        "compat": {"supportsUsageInStreaming": false},
    });
    assert_eq!(config["models"]["providers"]["chutes"]["models"][0], expected);
    assert_eq!(config["agents"]["defaults"]["model"], json!({"primary": "chutes/zai-org/GLM-4.7-TEE"}));
    let listed = json!({
        "chutes/zai-org/GLM-4.7-TEE": {},
        "chutes/deepseek-ai/DeepSeek-V3.2-TEE": {"alias": "chutes-pro"},
        "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506": {"alias": "chutes-vision"},
        "chutes/zai-org/GLM-4.7-FP8": {"alias": "chutes-fast"},
    });
    assert_eq!(config["agents"]["defaults"]["models"], listed);
    let store =
        json!({"version": 1, "profiles": {"chutes:default": {"type": "api_key", "provider": "chutes", "key": KEY}}});
    assert_eq!(home.store(), store);
    assert_eq!(home.plan(&request(api_key(KEY))).unwrap().files, [], "the same again changes nothing");
    assert!(!home.commit(&request(api_key(KEY))).unwrap().plan.changes_anything());
}

#[test]
fn other_providers_stay_usable_and_untouched() {
    let home = Home::with(
        "{gateway: {mode: 'local'}, models: {providers: {mine: {baseUrl: 'http://x', models: []}}}, agents: {defaults: {model: 'anthropic/opus'}}}",
    );
    let store = r#"{ "version": 1,
  "profiles": {"openai:x":   {"type":"api_key", "provider":"openai","key":"sk-1"} }}"#;
    home.write(".openclaw/agents/main/agent/auth-profiles.json", store);
    home.commit(&request(api_key(KEY))).unwrap();
    let models = &home.config_value()["agents"]["defaults"]["models"];
    for wildcard in ["mine/*", "openai/*", "anthropic/*"] {
        assert_eq!(models[wildcard], json!({}), "{models}");
    }
    let after = home.read(".openclaw/agents/main/agent/auth-profiles.json");
    assert!(after.contains(r#""openai:x":   {"type":"api_key", "provider":"openai","key":"sk-1"}"#), "{after}");
    assert_eq!(home.config_value()["agents"]["defaults"]["model"], "chutes/zai-org/GLM-4.7-TEE", "a string stays one");
}

#[test]
fn an_allowlist_is_extended_not_widened() {
    let home = Home::with(r#"{agents: {defaults: {models: {"openai/gpt": {alias: "g", params: {a: 1}}}}}}"#);
    home.commit(&request(api_key(KEY))).unwrap();
    let models = home.config_value()["agents"]["defaults"]["models"].clone();
    assert_eq!(models.as_object().unwrap().len(), 5);
    assert_eq!(models["openai/gpt"], json!({"alias": "g", "params": {"a": 1}}));
}

#[test]
fn a_policy_of_newer_versions_is_extended() {
    let home = Home::with(r#"{agents: {defaults: {modelPolicy: {allow: ["openai/gpt"]}}}}"#);
    home.commit(&request(None)).unwrap();
    let allow = home.config_value()["agents"]["defaults"]["modelPolicy"]["allow"].clone();
    assert_eq!(allow, json!(["openai/gpt", "chutes/*"]));
    let empty = Home::with(r#"{agents: {defaults: {modelPolicy: {allow: []}}}}"#);
    empty.commit(&request(None)).unwrap();
    assert_eq!(empty.config_value()["agents"]["defaults"]["modelPolicy"], json!({"allow": []}));
}

#[test]
fn a_commented_config_keeps_every_comment_and_changes_little() {
    let home = Home::with(include_str!("commented.json5"));
    let first = request(None);
    home.commit(&first).unwrap();
    let mut second = request(None);
    second.selection.primary = "chutes/deepseek-ai/DeepSeek-V3.2-TEE".into();
    assert_eq!(
        home.config_diff(&second),
        [
            "-        primary: 'chutes/zai-org/GLM-4.7-TEE', // slow but careful",
            "+        primary: 'chutes/deepseek-ai/DeepSeek-V3.2-TEE', // slow but careful",
        ]
    );
    for comment in ["// My agent at home", "/* do not touch: port forwarded in the router */", "// temporary"] {
        assert!(home.config().contains(comment), "{comment} in {}", home.config());
    }
    assert!(home.config().contains("alias: 'c', // the big one"));
}

#[test]
fn aliases_written_backwards_are_repaired() {
    let home = Home::with(
        r#"{agents: {defaults: {models: {"chutes/zai-org/GLM-4.7-FP8": {}, "chutes-fast": {alias: "chutes/zai-org/GLM-4.7-FP8"}}}}}"#,
    );
    let current = Current::of(&home.site().read().unwrap(), NOW);
    assert_eq!(current.configured.inverted, [alias("chutes-fast", "chutes/zai-org/GLM-4.7-FP8")]);
    let written = home.commit(&request(None)).unwrap();
    assert!(written.plan.warnings.contains(&PlanWarning::AliasesRepaired { names: vec!["chutes-fast".into()] }));
    let models = &home.config_value()["agents"]["defaults"]["models"];
    assert_eq!(models["chutes/zai-org/GLM-4.7-FP8"], json!({"alias": "chutes-fast"}));
    assert_eq!(models.get("chutes-fast"), None);
}

#[test]
fn an_alias_is_set_without_touching_what_stands_beside_it() {
    let odd = r"params: {max: Infinity, n: NaN, s: '\ud83d'}";
    let home = Home::with(&format!(
        "{{agents: {{defaults: {{models: {{\n  'chutes/zai-org/GLM-4.7-FP8': {{{odd}}},\n}}}}}}}}\n"
    ));
    home.commit(&request(api_key(KEY))).unwrap();
    let after = home.config();
    assert!(after.contains(odd) && after.contains("chutes-fast"), "{after}");
}

#[test]
fn an_alias_that_moves_leaves_its_old_model() {
    let home = Home::with(
        r#"{agents: {defaults: {models: {"openai/gpt": {alias: "Chutes-Fast", params: {}}, "chutes/old": {alias: "mine"}}}}}"#,
    );
    home.commit(&request(None)).unwrap();
    let models = &home.config_value()["agents"]["defaults"]["models"];
    assert_eq!(models["openai/gpt"], json!({"params": {}}));
    assert_eq!(models["chutes/old"], json!({}), "an alias that was given up");
}

#[test]
fn only_a_list_from_the_service_takes_models_away() {
    let config = r#"{models: {providers: {chutes: {models: [
        {id: "gone", name: "chutes/gone"},
        {id: "named", name: "My model"},
        {id: "used", name: "used"},
        {id: "zai-org/GLM-4.7-TEE", name: "Mine", contextWindow: 1, headers: {a: "b"}},
    ]}}}, agents: {list: [{id: "x", model: "chutes/used"}], defaults: {models: {"chutes/gone": {}, "chutes/named": {}}}}}"#;
    let home = Home::with(config);
    let ids = |home: &Home| {
        let config = home.config_value();
        let models = config["models"]["providers"]["chutes"]["models"].as_array().unwrap().clone();
        models.iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    home.commit(&request(None)).unwrap();
    assert_eq!(ids(&home)[..4], ["gone", "named", "used", "zai-org/GLM-4.7-TEE"]);
    let mine = home.config_value()["models"]["providers"]["chutes"]["models"][3].clone();
    assert_eq!((&mine["name"], &mine["contextWindow"]), (&json!("Mine"), &json!(202_752)));
    assert_eq!(mine["headers"], json!({"a": "b"}));
    let mut live = request(None);
    live.selection.authoritative = true;
    home.commit(&live).unwrap();
    assert_eq!(ids(&home)[..3], ["named", "used", "zai-org/GLM-4.7-TEE"]);
    let listed = home.config_value()["agents"]["defaults"]["models"].clone();
    assert_eq!((listed.get("chutes/gone"), listed.get("chutes/named")), (None, Some(&json!({}))));
}

#[test]
fn switching_the_kind_of_credential_replaces_the_old_one() {
    let home = Home::new();
    home.commit(&request(oauth("alice"))).unwrap();
    let profile = json!({"provider": "chutes", "mode": "oauth", "email": "alice"});
    assert_eq!(home.config_value()["auth"], json!({"profiles": {"chutes:alice": profile}}));
    let current = Current::of(&home.site().read().unwrap(), NOW);
    let active = current.active_credential().unwrap();
    assert_eq!(
        (active.kind, active.account.as_deref(), active.refreshable),
        (CredentialKind::OAuth, Some("alice"), true)
    );
    assert_eq!(active.hint.as_deref(), Some("…0001"));

    let written = home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(written.plan.replaced[0].profile_id, "chutes:alice");
    let names = home.store()["profiles"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names, ["chutes:default"]);
    let auth = json!({"profiles": {"chutes:default": {"provider": "chutes", "mode": "api_key"}}});
    assert_eq!(home.config_value()["auth"], auth);
}

#[test]
fn another_profile_of_the_same_kind_stays_behind_the_new_one() {
    let home = Home::new();
    home.write(
        ".openclaw/agents/main/agent/auth-profiles.json",
        r#"{"version":1,"profiles":{"chutes:manual":{"type":"api_key","provider":"chutes","key":"cpk_m"}}}"#,
    );
    home.write(
        ".openclaw/agents/main/agent/auth-state.json",
        r#"{"version":1,"order":{"chutes":["chutes:manual"]},"usageStats":{"openai:x":{"lastUsed":1}}}"#,
    );
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(home.config_value()["auth"]["order"], json!({"chutes": ["chutes:default", "chutes:manual"]}));
    let state: serde_json::Value =
        serde_json::from_str(&home.read(".openclaw/agents/main/agent/auth-state.json")).unwrap();
    assert_eq!(state["order"]["chutes"], json!(["chutes:default", "chutes:manual"]));
    assert_eq!(state["usageStats"], json!({"openai:x": {"lastUsed": 1}}));
    let current = Current::of(&home.site().read().unwrap(), NOW);
    assert_eq!(current.active_credential().unwrap().profile_id, "chutes:default");
}

#[test]
fn a_reference_keeps_the_key_off_the_disk() {
    let home = Home::new();
    home.commit(&request(Some(NewCredential::ApiKeyEnvRef { var: "CHUTES_API_KEY".into() }))).unwrap();
    let profile = json!({"type": "api_key", "provider": "chutes", "keyRef": {"source": "env", "provider": "default", "id": "CHUTES_API_KEY"}});
    assert_eq!(home.store()["profiles"]["chutes:default"], profile);
}

#[test]
fn the_agents_own_store_is_used_and_main_is_read_through() {
    let mut home = Home::with(r#"{agents: {list: [{id: "Work Bot", default: true, model: "openai/gpt"}, {id: "b"}]}}"#);
    home.write(
        ".openclaw/agents/main/agent/auth-profiles.json",
        r#"{"profiles":{"chutes:default":{"type":"api_key","provider":"chutes","key":"cpk_main"}}}"#,
    );
    let current = Current::of(&home.site().read().unwrap(), NOW);
    assert_eq!(current.agents, ["work-bot", "b"]);
    assert_eq!(current.active_credential().map(|c| c.agent.as_str()), Some("main"));
    let written = home.commit(&request(api_key(KEY))).unwrap();
    assert!(home.read(".openclaw/agents/work-bot/agent/auth-profiles.json").contains(KEY));
    let own = PlanWarning::AgentHasOwnModel { agent: "work-bot".into(), model: "openai/gpt".into() };
    assert!(written.plan.warnings.contains(&own));
    home.agent = Some("nobody".into());
    let error = home.plan(&request(None)).unwrap_err();
    assert_eq!(error, Error::UnknownAgent { agent: "nobody".into(), known: vec!["work-bot".into(), "b".into()] });
}

#[test]
fn a_newer_store_gets_no_file() {
    let mut home = Home::new();
    home.generation = Generation::SharedSqlite;
    let plan = home.plan(&request(api_key(KEY))).unwrap();
    assert_eq!(plan.files.len(), 1);
    let handover = plan.handover.unwrap();
    let args = ["models", "auth", "paste-api-key", "--provider", "chutes", "--profile-id", "chutes:default"];
    assert_eq!(handover.args, args);
    home.generation = Generation::AgentSqlite;
    let refused = home.plan(&request(oauth("alice"))).unwrap_err();
    assert_eq!(refused, Error::UnsupportedStore { version: Some("2026.5.28".into()), kind: CredentialKind::OAuth });
    let by_ref = home.commit(&request(Some(NewCredential::ApiKeyEnvRef { var: "CHUTES_API_KEY".into() }))).unwrap();
    assert!(by_ref.plan.handover.is_none());
    let reference = json!({"source": "env", "provider": "default", "id": "CHUTES_API_KEY"});
    assert_eq!(home.config_value()["models"]["providers"]["chutes"]["apiKey"], reference);
}

#[test]
fn broken_files_are_refused_with_the_place_and_left_alone() {
    let home = Home::with("{\n  // fine\n  models: {,\n}\n");
    let before = home.everything();
    let error = home.commit(&request(api_key(KEY))).unwrap_err();
    let words = error.to_string();
    assert_eq!(error.code(), "config-malformed");
    assert!(
        words.contains("line 3, column 12") && words.contains("  models: {,") && words.contains("Nothing was touched"),
        "{words}"
    );
    assert_eq!(home.everything(), before);

    let home = Home::new();
    home.write(".openclaw/agents/main/agent/auth-profiles.json", "{\"profiles\": {\"a\": cpk_canary");
    let before = home.everything();
    let error = home.commit(&request(api_key(KEY))).unwrap_err();
    assert_eq!(error.code(), "auth-store-malformed");
    assert!(!error.to_string().contains("canary"));
    assert_eq!(home.everything(), before);
}

#[test]
fn an_included_file_is_edited_where_it_owns_the_path() {
    let home = Home::with("{\n  models: { $include: './models.json5' }, // shared\n  gateway: { mode: 'local' },\n}\n");
    home.write(".openclaw/models.json5", "// shared by two machines\n{ mode: 'merge' }\n");
    home.commit(&request(api_key(KEY))).unwrap();
    assert!(home.config().contains("models: { $include: './models.json5' }, // shared"), "{}", home.config());
    let models = home.read(".openclaw/models.json5");
    assert!(models.starts_with("// shared by two machines\n{\n  mode: 'merge',\n  providers: {\n"), "{models}");
    assert_eq!(home.plan(&request(api_key(KEY))).unwrap().files, []);
}

#[test]
fn warnings_say_what_else_is_missing() {
    let home = Home::with("{}");
    let warnings = home.plan(&request(None)).unwrap().warnings;
    assert_eq!(warnings, [PlanWarning::GatewayModeMissing]);
    let home = Home::new();
    home.write(".openclaw/config.json", "{}");
    let warnings = home.plan(&request(None)).unwrap().warnings;
    assert_eq!(warnings, [PlanWarning::UnreadConfigJson { path: home.path(".openclaw/config.json") }]);
}

/// A home in which no OpenClaw is known, with this `.env`.
fn without_openclaw(dotenv: &[u8]) -> Home {
    let mut home = Home::with("{ gateway: { mode: 'local' } }\n");
    home.generation = Generation::Unknown;
    home.write(ENV, "");
    std::fs::write(home.path(ENV), dotenv).unwrap();
    home
}

const ENV: &str = ".openclaw/.env";

fn sign_out() -> Request {
    Request { sign_out: Some(SignOut { keep_models: false }), ..Request::default() }
}

fn dotenv(home: &Home) -> Vec<u8> {
    std::fs::read(home.path(ENV)).unwrap()
}

/// The variable was there before us, and the config was made to refer to it.
#[test]
fn a_variable_that_the_user_set_is_not_ours_to_take_away() {
    let own = format!("OTHER=1\nCHUTES_API_KEY={KEY}\n");
    let referred = || Some(NewCredential::ApiKeyEnvRef { var: "CHUTES_API_KEY".into() });
    let token = || Some(NewCredential::Token { secret: Secret::new("cak_canary-token"), expires_at: None });
    let provider = |home: &Home| home.config_value()["models"]["providers"]["chutes"].clone();

    for first in [referred(), api_key(KEY)] {
        let home = without_openclaw(own.as_bytes());
        home.commit(&request(first)).unwrap();
        assert_eq!(provider(&home)["apiKey"]["id"], "CHUTES_API_KEY");
        assert_eq!(dotenv(&home), own.as_bytes());
        home.commit(&sign_out()).unwrap();
        assert_eq!((dotenv(&home), provider(&home)), (own.clone().into_bytes(), json!(null)));
    }
    // Another credential takes its place; the variable stays.
    let mut home = without_openclaw(own.as_bytes());
    home.commit(&request(referred())).unwrap();
    home.commit(&request(token())).unwrap();
    assert_eq!(home.read(ENV), format!("{own}CHUTES_OAUTH_TOKEN=cak_canary-token\n"));
    // By now an OpenClaw with a store is there: of ours, both the variable and the reference go.
    home.generation = Generation::JsonStore;
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!((home.read(ENV), provider(&home).get("apiKey").cloned()), (own.clone(), None));
    // And of the user's, the reference alone.
    let mut home = without_openclaw(own.as_bytes());
    home.commit(&request(referred())).unwrap();
    home.generation = Generation::JsonStore;
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!((home.read(ENV), provider(&home).get("apiKey").cloned()), (own, None));
}

#[test]
fn what_is_not_utf_8_in_the_variables_stays_and_ours_come_and_go() {
    let before = b"# caf\xe9 \xf3\xb0\x83\xa9\nOTHER=\xff\xfe\n";
    let home = without_openclaw(before);
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(dotenv(&home), [&before[..], format!("CHUTES_API_KEY={KEY}\n").as_bytes()].concat());
    let token = NewCredential::Token { secret: Secret::new("cak_canary-token"), expires_at: None };
    home.commit(&request(Some(token))).unwrap();
    assert_eq!(dotenv(&home), [&before[..], b"CHUTES_OAUTH_TOKEN=cak_canary-token\n"].concat());
    home.commit(&sign_out()).unwrap();
    assert_eq!(dotenv(&home), before);
    let marks = home.path(".local/state/openclaw-chutes");
    let left = std::fs::read_dir(marks)
        .map_or(0, |files| files.filter_map(Result::ok).filter(|file| file.path().is_file()).count());
    assert_eq!(left, 0, "nothing is remembered of what is gone");
}
