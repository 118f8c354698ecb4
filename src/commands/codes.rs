//! The stable names in JSON documents, in one place: what scripts may rely on. The manual page prints
//! these tables.

use super::output::Warning;
use crate::clean;
use crate::selection::Note;
use crate::texts::{Lang, cli as text};

/// `warnings[].code`, and what it means. Those of the config plan are OpenClaw's side's own.
pub const WARNINGS: &[(&str, &str)] = &[
    ("catalog-fallback", "The models could not be listed; the built-in ones are used."),
    ("default-not-served", "The default model is not served any more; a successor was taken."),
    ("alias-target-not-served", "The target of an alias is not served any more; a successor was taken."),
    ("fallback-not-served", "A fallback is not served any more; it was replaced or left out."),
    ("image-model-not-served", "The image model is not served any more; a successor was taken."),
    ("model-not-served", "A model that was asked for by name is not served; it is used all the same."),
    ("alias-not-set", "A documented alias was not set: its model carries another alias."),
    ("alias-moved", "An alias was taken from another model."),
    ("alias-repaired", "An alias written the wrong way round was put right."),
    ("unverified", "The test call gave no answer to go by."),
    ("balance", "The credential works, but the account has no balance."),
    ("token-expires", "CHUTES_OAUTH_TOKEN cannot be renewed and lives for about an hour."),
    ("key-file-permissions", "Other users of this machine can read the key file."),
    ("file-changed-meanwhile", "A file changed while this ran; the change was made on the new contents."),
    ("gateway-mode-missing", "The config lacks gateway.mode, so the gateway will not start."),
    ("config-json-ignored", "Only a config.json is there, which OpenClaw never reads."),
    ("credential-replaced", "A stored Chutes credential of another kind was replaced."),
    ("openclaw-not-found", "No OpenClaw was found; the documented files are written."),
    ("agent-has-own-model", "An agent has a model of its own, which the default does not reach."),
];

/// `error.code`, its exit code, and what it means. Failures of the config and the credential store
/// have further names of OpenClaw's side's own, all with exit code 1.
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
    ("bad-setting", 2, "A variable of the sign-in (CHUTES_CLIENT_ID, CHUTES_OAUTH_REDIRECT_URI, …) is not acceptable."),
    ("alias-refused", 2, "An alias that was asked for is not possible (1: not beside what there is)."),
    ("credential-refused", 3, "The service refused the credential."),
    ("model-not-served", 1, "The default model cannot be called with this account."),
    ("service", 1, "A call to Chutes failed."),
    ("unknown-model", 1, "Neither an alias nor a model that is known."),
    ("not-a-chutes-model", 1, "The model of another provider where a Chutes model is meant."),
    ("unknown-alias", 1, "There is no such alias."),
    ("not-configured", 1, "Chutes is not in the config yet."),
    ("no-such-path", 1, "The config has nothing at that path."),
    ("interrupted", 130, "A signal ended the run before anything was written (129, 130, 143)."),
    ("system", 1, "The operating system refused something."),
];

/// What a proposal says, as warnings.
pub fn of_note(note: &Note, lang: Lang) -> Warning {
    let safe = |text: &str| clean::line(text);
    let (code, message) = match note {
        Note::Default { wanted, taken: Some((taken, _)) } => {
            ("default-not-served", text::warn_default_taken(lang, safe(wanted), safe(taken)))
        }
        Note::Default { wanted, taken: None } => ("default-not-served", text::warn_default_kept(lang, safe(wanted))),
        Note::Alias { name, wanted, taken: Some((taken, _)) } => {
            ("alias-target-not-served", text::warn_alias_taken(lang, safe(name), safe(wanted), safe(taken)))
        }
        Note::Alias { name, wanted, taken: None } => {
            ("alias-target-not-served", text::warn_alias_dropped(lang, safe(name), safe(wanted)))
        }
        Note::Fallback { wanted, taken: Some((taken, _)) } => {
            ("fallback-not-served", text::warn_fallback_taken(lang, safe(wanted), safe(taken)))
        }
        Note::Fallback { wanted, taken: None } => {
            ("fallback-not-served", text::warn_fallback_dropped(lang, safe(wanted)))
        }
        Note::Image { wanted, taken: Some((taken, _)) } => {
            ("image-model-not-served", text::warn_image_taken(lang, safe(wanted), safe(taken)))
        }
        Note::Image { wanted, taken: None } => ("image-model-not-served", text::warn_image_kept(lang, safe(wanted))),
        Note::ExplicitNotServed { wanted } => ("model-not-served", text::warn_explicit(lang, safe(wanted))),
        Note::AliasHeld { name, target, by } => {
            ("alias-not-set", text::warn_alias_held(lang, safe(name), safe(target), safe(by)))
        }
        Note::AliasMoved { name, from } => ("alias-moved", text::warn_alias_moved(lang, safe(name), safe(from))),
        Note::Repaired { name, target } => {
            ("alias-repaired", text::warn_alias_repaired(lang, safe(name), safe(target)))
        }
    };
    Warning { code, message }
}
