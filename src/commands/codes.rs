//! The stable names in JSON documents, in one place: what scripts may rely on. The manual page prints
//! these tables.

use super::report::Warning;
use crate::clean;
use crate::selection::Note;
use crate::selection::propose::{PriceChange, role_of};
use crate::selection::successor::{Reason, Role};
use crate::selection::words::price_words;
use crate::texts::{Lang, choose, cli as text};

/// `warnings[].code`, and what it means.
pub const WARNINGS: &[(&str, &str)] = &[
    ("catalog-fallback", "The models could not be listed; the built-in ones are used."),
    ("default-not-served", "The default model is not served any more; a successor was taken."),
    ("alias-target-not-served", "The target of an alias is not served any more; a successor was taken."),
    ("fallback-not-served", "A fallback is not served any more; it was replaced or left out."),
    ("image-model-not-served", "The image model is not served any more; a successor was taken."),
    ("successor-dearer", "A successor costs more than its role allows: nothing cheaper that can is served."),
    ("pool-repaired", "Members of a pool are not served any more; they were replaced or left out."),
    ("pool-member-not-served", "A member of a pool is not served; the others answer."),
    ("model-not-served", "A model that was asked for by name is not served; it is used all the same."),
    ("alias-not-set", "A documented alias was not set: its model carries another alias."),
    ("alias-moved", "An alias was taken from another model."),
    ("aliases-repaired", "An alias written the wrong way round was put right."),
    ("previous-default", "The default was a model of another provider; the message says what became of it."),
    ("other-provider", "What was asked for is no Chutes model and no provider that is known; it is taken as written."),
    ("not-registered", "--models names something that is no Chutes model; it was left out."),
    ("model-left-out", "The service lists a model in whose name OpenClaw would expand a variable; it was left out."),
    ("unverified", "The test call gave no answer to go by."),
    ("balance", "The credential works, but the account has no balance."),
    ("token-expires", "CHUTES_OAUTH_TOKEN cannot be renewed and lives for about an hour."),
    ("key-file-permissions", "Other users of this machine can read the key file."),
    ("file-changed-meanwhile", "A file changed while this ran; the change was made on the new contents."),
    ("gateway-mode-missing", "The config lacks gateway.mode, so the gateway will not start."),
    ("config-json-not-read", "Only a config.json is there, which OpenClaw never reads."),
    ("credential-replaced", "A stored Chutes credential of another kind was replaced."),
    ("openclaw-not-found", "No OpenClaw was found; the documented files are written."),
    ("not-renewed", "The stored sign-in has expired and could not be renewed."),
    ("gateway-not-reloaded", "The running gateway did not take the new sign-in."),
    ("renewal-job-not-added", "The job that renews the sign-in could not be added to OpenClaw's cron."),
    ("plugin-switched-off", "plugins.entries.chutes.enabled was set to false, for this gateway to start."),
    ("plugin-installed", "The plugin @openclaw/chutes-provider is installed, which does some things its own way."),
    ("earlier-run", "A run before this one was killed; the message says what was found and what became of it."),
    ("not-renewable", "OpenClaw will not be able to renew the sign-in: the message says what is missing."),
    ("scopes-kept", "Scopes that were granted to the app before are asked for again."),
    ("tokens-still-valid", "logout --local: the tokens could not be revoked."),
    ("key-still-valid", "logout: the API key was removed here and stays valid at the service."),
    ("variable-still-set", "logout: a variable still holds a credential."),
    ("config-refused", "OpenClaw refuses something in the config: what, where, and the command that mends it."),
    ("agent-has-own-model", "An agent has a model of its own, which the default does not reach."),
];

/// `error.code`, its exit code, and what it means.
pub const ERRORS: &[(&str, u8, &str)] = &[
    ("usage", 2, "The command line is wrong."),
    ("secret-in-arguments", 2, "A credential was given as an argument."),
    ("no-terminal", 2, "The wizard needs a terminal, and there is none."),
    ("missing-credential", 2, "No credential was given."),
    ("oauth-needs-person", 2, "A sign-in needs a person, and CHUTES_OAUTH_TOKEN is not set."),
    ("api-key-malformed", 2, "What was given as an API key is none."),
    ("api-key-file", 2, "The key file cannot be read."),
    ("stdin-is-terminal", 2, "--api-key-stdin was given, and standard input is a terminal."),
    ("ref-without-variable", 2, "--secret-input-mode ref, and CHUTES_API_KEY is not set."),
    ("token-malformed", 2, "CHUTES_OAUTH_TOKEN does not hold an access token."),
    ("bad-endpoint", 2, "CHUTES_BASE_URL or CHUTES_IDP_BASE_URL is not acceptable."),
    ("missing-client-id", 2, "login start: CHUTES_CLIENT_ID is not set."),
    ("missing-client-secret", 2, "A sign-in needs CHUTES_CLIENT_SECRET, and it is not set."),
    ("redirect-not-registered", 2, "login start: the app does not take the redirect address."),
    ("secret-needs-place", 2, "login app create: neither --json nor --client-secret-file was given."),
    ("key-may-not", 3, "login app create: the key may not register apps, or is not known."),
    ("app-name-taken", 1, "login app create: every name that was tried is taken."),
    ("app-rejected", 1, "login app create: the service does not accept the app."),
    ("bad-app-answer", 1, "login app create: the service sent an answer without an app."),
    (
        "client-secret-file",
        2,
        "login app create: the file for the secret cannot be made (1: the app exists, its secret is lost).",
    ),
    ("redirect-stdin-is-terminal", 2, "--redirect-stdin was given, and standard input is a terminal."),
    ("not-the-redirect", 2, "login finish: the input is not the address that the sign-in ended on; it still waits."),
    ("no-login-started", 1, "login finish: no sign-in waits to be finished."),
    ("login-expired", 1, "login finish: the sign-in has expired (2: the answer came too late)."),
    ("login-not-resumable", 1, "login finish: the sign-in that was begun cannot be continued."),
    ("consent-denied", 3, "Access was declined in the browser."),
    ("consent-refused", 3, "The identity provider refused the sign-in."),
    ("invalid-grant", 3, "The code was used before, or is too old."),
    ("invalid-client", 3, "The identity provider does not accept the app."),
    ("invalid-request", 3, "The identity provider did not understand the request."),
    ("scope-missing", 3, "Access to chutes:invoke was not granted."),
    ("bad-token-answer", 1, "The identity provider sent an answer without a token."),
    ("bad-setting", 2, "A variable of the sign-in (CHUTES_CLIENT_ID, CHUTES_OAUTH_REDIRECT_URI, …) is not acceptable."),
    ("alias-refused", 2, "An alias that was asked for is not possible (1: not beside what there is)."),
    ("credential-refused", 3, "The service refused the credential."),
    ("model-not-served", 1, "The default model cannot be called with this account."),
    ("service", 1, "A call to Chutes failed."),
    ("unknown-ref", 2, "An option names what is no alias, no listed model and no `provider/model`."),
    ("unknown-model", 1, "Neither an alias nor a model that is known."),
    ("not-a-chutes-model", 1, "The model of another provider where a Chutes model is meant."),
    ("unknown-alias", 1, "There is no such alias."),
    ("no-tee", 1, "The model does not run in a trusted execution environment."),
    ("not-revoked", 1, "logout: the service did not confirm that the tokens are revoked; nothing was changed."),
    ("unknown-account", 1, "There is no such Chutes account."),
    ("last-account", 1, "accounts remove: it is the only one."),
    ("accounts-in-database", 1, "OpenClaw keeps its accounts in a database of its own."),
    ("pool-refused", 2, "These members make no pool."),
    ("unknown-pool", 1, "There is no such pool."),
    ("pool-in-use", 1, "The pool is the default model."),
    ("import-refused", 1, "The text is no export of this program, or of a newer one."),
    ("no-such-file", 1, "A file that was named is not there."),
    ("not-configured", 1, "Chutes is not in the config yet."),
    ("no-such-openclaw", 2, "--openclaw names no program."),
    ("no-such-path", 1, "The config has nothing at that path."),
    ("interrupted", 130, "A signal ended the run before anything was written (129, 130, 143)."),
    ("system", 1, "The operating system refused something."),
    ("bad-profile-name", 2, "--profile is given something that is no profile name."),
    ("unknown-agent", 2, "--agent names an agent that the config does not have."),
    ("read-failed", 1, "A file could not be read."),
    ("write-failed", 1, "A file could not be written."),
    ("planted-link", 1, "Run as root: a link of another user leads to what is not theirs; it is not followed."),
    (
        "not-put-back",
        1,
        "A write failed half-way, and a file could not be put back; the hint says where its bytes are.",
    ),
    ("config-malformed", 1, "The config is not valid, or not of the shape that OpenClaw needs."),
    ("config-refused", 1, "--strict, and OpenClaw refuses something in the config."),
    ("config-not-editable", 1, "The config cannot be changed safely."),
    ("changed-since-review", 1, "A file changed after the change was reviewed."),
    ("config-keeps-changing", 1, "Another process kept changing the config."),
    ("include-failed", 1, "The config includes a file that cannot be used."),
    ("auth-store-malformed", 1, "The credential store is not valid."),
    ("auth-store-symlink", 1, "The credential store is a symbolic link."),
    ("unsupported-openclaw-store", 1, "The installed OpenClaw takes no credential of this kind from outside."),
    ("program-not-usable", 1, "This OpenClaw would have to run this program, and does not as it is."),
    ("renewal-cut-off", 3, "A renewal was cut off before its answer was stored: only a new sign-in helps."),
    ("no-refresh-token", 3, "The stored sign-in cannot be renewed: it has no refresh token."),
    ("openclaw-refused-credential", 1, "OpenClaw's own command did not store the credential."),
    ("locked", 1, "Another process holds the lock."),
    ("nothing-to-undo", 1, "There is no write to undo."),
    ("changed-since", 1, "A file changed since the last write, so it is not undone."),
    ("backup-gone", 1, "The backup that undo needs is gone."),
];

/// What a proposal says, as warnings. `prices`: both prices of a replacement, from the ref that is gone, its
/// successor and what it is for.
pub fn of_note(note: &Note, prices: impl Fn(&str, &str, Role) -> PriceChange, lang: Lang) -> Vec<Warning> {
    let safe = |text: &str| clean::line(text);
    let (role, wanted, taken) = match note {
        Note::Default { wanted, taken } => (Role::Main, wanted, taken),
        Note::Alias { name, wanted, taken } => (role_of(name), wanted, taken),
        Note::Fallback { wanted, taken } => (Role::Fallback, wanted, taken),
        Note::Image { wanted, taken } => (Role::Vision, wanted, taken),
        Note::ExplicitNotServed { wanted } => {
            return vec![Warning { code: "model-not-served", message: text::warn_explicit(lang, safe(wanted)) }];
        }
        Note::AliasHeld { name, target, by } => {
            let message = text::warn_alias_held(lang, safe(name), safe(target), safe(by));
            return vec![Warning { code: "alias-not-set", message }];
        }
        Note::AliasMoved { name, from } => {
            return vec![Warning {
                code: "alias-moved",
                message: text::warn_alias_moved(lang, safe(name), safe(from)),
            }];
        }
        Note::MadeRoom { before, kept: true } => {
            return vec![Warning { code: "previous-default", message: text::warn_made_room(lang, safe(before)) }];
        }
        Note::MadeRoom { before, kept: false } => {
            return vec![Warning { code: "previous-default", message: text::warn_made_way(lang, safe(before)) }];
        }
        Note::NotRegistered { wanted } => {
            return vec![Warning { code: "not-registered", message: text::warn_not_registered(lang, safe(wanted)) }];
        }
        Note::Repaired { name, target } => {
            let message = text::warn_alias_repaired(lang, safe(name), safe(target));
            return vec![Warning { code: "aliases-repaired", message }];
        }
    };
    if let Some((taken, Reason::PoolRepaired)) = taken {
        let message = choose::warn_pool_repaired(lang, safe(wanted), safe(taken));
        return vec![Warning { code: "pool-repaired", message }];
    }
    let (code, mut message) = match (note, taken) {
        (Note::Default { .. }, Some((taken, _))) => {
            ("default-not-served", text::warn_default_taken(lang, safe(wanted), safe(taken)))
        }
        (Note::Default { .. }, None) => ("default-not-served", text::warn_default_kept(lang, safe(wanted))),
        (Note::Alias { name, .. }, Some((taken, _))) => {
            ("alias-target-not-served", text::warn_alias_taken(lang, safe(name), safe(wanted), safe(taken)))
        }
        (Note::Alias { name, .. }, None) => {
            ("alias-target-not-served", text::warn_alias_dropped(lang, safe(name), safe(wanted)))
        }
        (Note::Fallback { .. }, Some((taken, _))) => {
            ("fallback-not-served", text::warn_fallback_taken(lang, safe(wanted), safe(taken)))
        }
        (Note::Fallback { .. }, None) => ("fallback-not-served", text::warn_fallback_dropped(lang, safe(wanted))),
        (_, Some((taken, _))) => ("image-model-not-served", text::warn_image_taken(lang, safe(wanted), safe(taken))),
        (_, None) => ("image-model-not-served", text::warn_image_kept(lang, safe(wanted))),
    };
    let mut warnings = Vec::new();
    if let Some((taken, _)) = taken {
        let change = prices(wanted, taken, role);
        let both = choose::both_prices(lang, price_words(change.old, lang), price_words(change.new, lang));
        if change.dearer {
            let times = format!("{}", role.price_limit());
            let message = choose::warn_dearer(lang, safe(taken), times, safe(wanted), &both);
            warnings.push(Warning { code: "successor-dearer", message });
        }
        message = format!("{message} {both}");
    }
    warnings.insert(0, Warning { code, message });
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<&str> = WARNINGS.iter().map(|(code, _)| *code).collect();
        names.extend(
            ERRORS.iter().map(|(code, ..)| *code).filter(|code| !["model-not-served", "config-refused"].contains(code)),
        );
        for name in &names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
    }
}
