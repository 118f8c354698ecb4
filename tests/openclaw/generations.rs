//! What each generation of OpenClaw gets for a credential: which file, which database, which config.

use crate::home::*;
use openclaw_chutes::openclaw::Error;
use openclaw_chutes::openclaw::plan::{AccountChange, PlanWarning, RenewalWay, Request};
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::exec_provider;
use openclaw_chutes::openclaw::read::install::Generation;
use openclaw_chutes::openclaw::types::{CredentialKind, Role, StoredCredential};
use openclaw_chutes::openclaw::write::undo::undo;
use openclaw_chutes::secret::Secret;
use openclaw_chutes::sign_in::SignIn;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SECRET: &str = "csc_canarycanarycanarycanarycanarycanarycanarycanary";

/// A home whose OpenClaw asks us.
fn newest(config: &str) -> Home {
    let mut home = Home::with(config);
    home.generation = Generation::SharedSqlite;
    home
}

fn kept(home: &Home) -> Option<SignIn> {
    SignIn::parse(&fs::read(home.site().paths.sign_in).ok()?)
}

#[test]
fn from_2026_8_1_on_the_config_has_openclaw_ask_us_and_holds_no_secret() {
    let home = newest(
        r#"{
  // mine
  auth: {
    profiles: { 'chutes:default': { provider: 'chutes', mode: 'api_key' }, 'x:y': { provider: 'x', mode: 'api_key' } },
    order: { chutes: ['chutes:default'] },
  },
}
"#,
    );
    let mut wish = request(oauth("alice"));
    wish.client_secret = Some(Secret::new(SECRET));
    let plan = home.plan(&wish).unwrap();
    assert_eq!(plan.files.iter().map(|file| file.role).collect::<Vec<_>>(), [Role::SignIn, Role::Config]);
    assert!(
        matches!(&plan.renewal, Some(RenewalWay::Kept { job: Some(job), timer: None }) if job.contains("cron add"))
    );
    assert_eq!(plan.profile_id.as_deref(), Some("chutes:alice"));
    home.commit(&wish).unwrap();

    let config = home.config_value();
    assert_eq!(config["models"]["providers"]["chutes"]["apiKey"], exec_provider::reference());
    let provider = &config["secrets"]["providers"]["openclaw-chutes"];
    assert_eq!((&provider["source"], &provider["args"]), (&json!("exec"), &json!(["token"])));
    assert_eq!(config["auth"], json!({"profiles": {"x:y": {"provider": "x", "mode": "api_key"}}}));
    assert!(home.config().contains("// mine") && !home.config().contains("canary"), "{}", home.config());
    assert!(!home.path(".openclaw/.env").exists() && !home.path(".openclaw/agents").exists());

    let path = home.site().paths.sign_in;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = kept(&home).unwrap();
    assert_eq!((kept.issued_at, kept.ends_at), (NOW, NOW + 3_600_000));
    assert_eq!(kept.client_secret, Some(Secret::new(SECRET)));

    // It is what is configured, and a second run changes nothing.
    let current = Current::of(&home.site().read().unwrap(), NOW);
    let active = current.active_credential().unwrap();
    assert_eq!((active.kind, active.account.as_deref()), (CredentialKind::OAuth, Some("alice")));
    assert!(active.refreshable && active.expires_at == Some(NOW + 3_600_000));
    assert!(!home.plan(&wish).unwrap().changes_anything());
}

#[test]
fn a_new_sign_in_keeps_the_job_and_the_secret_of_the_same_app() {
    let home = newest("{}");
    let mut wish = request(oauth("alice"));
    wish.client_secret = Some(Secret::new(SECRET));
    home.commit(&wish).unwrap();
    let mut old = kept(&home).unwrap();
    old.progress.job = Some("job-1".into());
    old.progress.sent_at = Some(NOW);
    old.access = Secret::new("cak_canary-renewed-since");
    fs::write(home.site().paths.sign_in, old.bytes()).unwrap();

    home.commit(&request(oauth("alice"))).unwrap();
    let kept = kept(&home).unwrap();
    assert_eq!((kept.progress.job.as_deref(), kept.progress.sent_at), (Some("job-1"), None));
    assert_eq!(kept.client_secret, Some(Secret::new(SECRET)));
    let mut without = request(oauth("alice"));
    without.credential = oauth("bob");
    assert!(home.plan(&without).unwrap().warnings.iter().all(|w| !matches!(w, PlanWarning::NotRenewable { .. })));
}

#[test]
fn the_way_back_to_a_key_leaves_nothing_of_the_sign_in() {
    let mut home = newest("{ gateway: { mode: 'local' } }\n");
    home.commit(&request(oauth("alice"))).unwrap();
    assert!(kept(&home).is_some());
    // An older OpenClaw that keeps keys in a file: the same rules.
    home.generation = Generation::JsonStore;
    home.commit(&request(api_key(KEY))).unwrap();
    let config = home.config_value();
    assert_eq!(config["models"]["providers"]["chutes"].get("apiKey"), None);
    assert_eq!(config.get("secrets"), None);
    assert_eq!(config["auth"]["profiles"]["chutes:default"]["mode"], "api_key");
    assert_eq!(kept(&home), None);
    assert!(!fs::read_to_string(home.site().paths.sign_in).unwrap().contains("canary"));
}

#[test]
fn another_account_leaves_nothing_of_the_sign_in_and_the_same_one_all_of_it() {
    let home = newest("{ gateway: { mode: 'local' } }\n");
    home.commit(&request(oauth("alice"))).unwrap();
    let (kept_before, current) = (kept(&home), Current::of(&home.site().read().unwrap(), NOW));
    let of_alice = current.active_credential().unwrap().clone();
    let key = StoredCredential {
        profile_id: "chutes:default".into(),
        kind: CredentialKind::ApiKey,
        account: None,
        ..of_alice.clone()
    };
    let wish = |change| Request {
        account: Some(change),
        stored: vec![of_alice.clone(), key.clone()],
        selection: current.selection(),
        ..request(None)
    };
    assert!(!home.plan(&wish(AccountChange::Use("chutes:alice".into()))).unwrap().changes_anything());
    let mut without_another = wish(AccountChange::Remove("chutes:old".into()));
    without_another.stored.push(StoredCredential { profile_id: "chutes:old".into(), ..key.clone() });
    assert!(home.plan(&without_another).unwrap().files.is_empty(), "what is in use stays in use");
    assert!(kept(&home) == kept_before && kept_before.is_some());

    home.commit(&wish(AccountChange::Use("chutes:default".into()))).unwrap();
    let config = home.config_value();
    assert_eq!(config["models"]["providers"]["chutes"].get("apiKey"), None);
    assert_eq!(config["auth"]["profiles"]["chutes:default"]["mode"], "api_key");
    assert_eq!(kept(&home), None);
    assert!(!fs::read_to_string(home.site().paths.sign_in).unwrap().contains("canary"));
    undo(&home.state(), Some(&home.site())).unwrap();
    assert_eq!(kept(&home), kept_before);
}

#[test]
fn undo_puts_the_sign_in_back_although_it_was_renewed_since() {
    let home = newest("{ gateway: { mode: 'local' } }\n");
    let before = home.config();
    home.commit(&request(oauth("alice"))).unwrap();
    let mut renewed = kept(&home).unwrap();
    renewed.access = Secret::new("cak_canary-renewed-since");
    fs::write(home.site().paths.sign_in, renewed.bytes()).unwrap();
    let undone = undo(&home.state(), Some(&home.site())).unwrap();
    assert_eq!((undone.removed, undone.stays), (vec![home.site().paths.sign_in], None));
    assert_eq!((home.config(), kept(&home)), (before, None));
}

#[test]
fn a_program_that_openclaw_would_not_run_is_refused_before_anything_is_written() {
    let home = newest("{}");
    let mut snapshot = home.site().read().unwrap();
    snapshot.helper.unfit = Some(openclaw_chutes::openclaw::helper::Unfit::Owner(4711));
    let refused = openclaw_chutes::openclaw::plan::plan(&snapshot, &request(oauth("alice")), NOW).unwrap_err();
    assert!(matches!(refused, Error::Helper(_)), "{refused}");
    assert_eq!(refused.code(), "program-not-usable");
    assert!(refused.to_string().contains("4711"));
    // An API key needs no program of ours.
    assert!(openclaw_chutes::openclaw::plan::plan(&snapshot, &request(api_key(KEY)), NOW).is_ok());
}

#[test]
fn a_gateway_that_would_not_start_has_the_plugin_switched_off() {
    let switch = |home: &Home, version: &str| -> (Value, bool) {
        let mut site = home.site();
        site.installed.version = Some(version.into());
        let plan = openclaw_chutes::openclaw::plan::plan(&site.read().unwrap(), &request(api_key(KEY)), NOW).unwrap();
        let config = plan.files.iter().find(|file| file.role == Role::Config).unwrap();
        let config: Value = json5::from_str(std::str::from_utf8(&config.after).unwrap()).unwrap();
        let told = plan.warnings.contains(&PlanWarning::PluginSwitchedOff);
        (config["plugins"]["entries"]["chutes"]["enabled"].clone(), told)
    };
    let home = newest("{ plugins: { entries: { chutes: { enabled: true } } } }");
    for version in ["2026.7.1", "2026.7.35"] {
        assert_eq!(switch(&home, version), (json!(false), true), "{version}");
    }
    for version in ["2026.5.28", "2026.6.11", "2026.9.6"] {
        assert_eq!(switch(&home, version), (json!(true), false), "{version}");
    }
    // With the plugin there, it stays as it is.
    home.write(".openclaw/extensions/chutes/package.json", "{}");
    assert_eq!(switch(&home, "2026.7.1"), (json!(true), false));
}

#[test]
fn where_credentials_are_kept_has_one_answer_for_screens_and_reports() {
    let config = "{ agents: { list: [{ id: 'main', agentDir: '~/elsewhere' }] } }";
    for (generation, key, sign_in) in [
        (Generation::JsonStore, "elsewhere/auth-profiles.json", "elsewhere/auth-profiles.json"),
        (Generation::AgentSqlite, "elsewhere/openclaw-agent.sqlite", "elsewhere/openclaw-agent.sqlite"),
        (Generation::SharedSqlite, ".openclaw/state/openclaw.sqlite", ""),
    ] {
        let mut home = Home::with(config);
        home.generation = generation;
        let current = Current::of(&home.site().read().unwrap(), NOW);
        assert_eq!(current.stores.of(Some(CredentialKind::ApiKey)), home.path(key), "{generation:?}");
        let sign_in = if sign_in.is_empty() { home.site().paths.sign_in } else { home.path(sign_in) };
        assert_eq!(current.stores.of(Some(CredentialKind::OAuth)), sign_in, "{generation:?}");
        let plan = home.plan(&request(api_key(KEY))).unwrap();
        let written = plan.database_path.clone().or_else(|| plan.files.first().map(|file| file.path.clone()));
        assert_eq!(written, Some(home.path(key)), "what a plan writes: {generation:?}");
    }
}
