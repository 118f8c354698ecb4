//! What can go wrong with OpenClaw's files. Errors carry data; [`Error::message`] and [`Error::hint`]
//! turn them into sentences.

use super::document_error;
use super::helper::Helper;
use super::types::CredentialKind;
use super::types::{Problem, Wrong};
use crate::clean;
use crate::files::{self, Doing, show};
use crate::texts::{Lang, openclaw as texts};
use json5_edit::{EditError, SyntaxError};
use std::path::{Path, PathBuf};

/// What went wrong; each variant holds what its sentence names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum Error {
    /// `--profile` with something that is no profile name.
    ProfileName { name: String },
    /// `--agent` names none of the config's agents.
    UnknownAgent { agent: String, known: Vec<String> },
    /// No such Chutes credential is stored, or it is the only one.
    UnknownAccount { id: String },
    /// A file could not be read or written.
    File(#[from] files::Error),
    /// A config, or a file that it includes, is not valid JSON5.
    Malformed { path: PathBuf, error: SyntaxError },
    /// A file is not UTF-8 from this place on; both count from 1.
    NotUtf8 { path: PathBuf, line: usize, column: usize },
    /// The auth store is not valid JSON. Its line is not shown, it may hold a secret.
    MalformedStore { path: PathBuf, line: usize, column: usize },
    /// An `$include` that OpenClaw would not resolve.
    Include { path: PathBuf, include: String, problem: IncludeProblem },
    /// A list is joined from several files, so that no single one can be edited.
    OwnedByInclude { path: PathBuf, dotted: String },
    /// Something that is no object (or list) stands where we need one.
    WrongShape { path: PathBuf, dotted: String, expected: Shape },
    /// OpenClaw would refuse the whole config because of this place.
    Refused { path: PathBuf, problem: Problem },
    /// The file says something that cannot be edited safely.
    Edit { path: PathBuf, error: EditError },
    /// The new files together would not say what was meant. Nothing was written.
    Unproven { path: PathBuf, dotted: String },
    /// The installed OpenClaw keeps credentials in a way this kind cannot be handed over to.
    UnsupportedStore { version: Option<String>, kind: CredentialKind },
    /// This OpenClaw would have to run this program, and does not as it is.
    Helper(Helper),
    /// A file that holds secrets is a symbolic link.
    SymlinkedSecret { path: PathBuf },
    /// A write failed half-way, and so did putting this file back. `backup` holds its old bytes; None:
    /// there was no such file.
    NotPutBack { path: PathBuf, backup: Option<PathBuf> },
    /// OpenClaw has taken the credential into its database; what came after it failed.
    StoredAlready { profile_id: String, error: Box<Error> },
    /// These files are not as they were when the plan was reviewed. Nothing was written.
    ChangedSinceReview { paths: Vec<PathBuf> },
    /// Another process kept changing the file.
    KeepsChanging { path: PathBuf },
    /// Another process holds the lock.
    Locked { path: PathBuf, pid: Option<u32> },
    /// This signal came while something was waited for.
    Interrupted { signal: i32 },
    /// OpenClaw's own command failed or did not store the credential.
    Handover { command: String, exit: Option<i32>, said: String },
    /// Nothing to undo.
    NothingToUndo,
    /// The last write was a credential that OpenClaw stored, and no file: there is no way back from that.
    OnlyHandedOver { profile_id: String },
    /// A file changed since our last write.
    ChangedSince { path: PathBuf },
    /// A backup is gone, or no longer holds the old bytes.
    BackupGone { path: PathBuf },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Object,
    Array,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncludeProblem {
    NotFound,
    Outside,
    Circular,
    TooDeep,
    NotText,
    TooLarge,
    SiblingsNeedObject,
}

impl Error {
    /// The signal that ended the waiting.
    pub fn interrupted(signal: i32) -> Self {
        Error::Interrupted { signal }
    }

    /// An error of the system, about one file.
    pub fn io(doing: Doing, path: &Path, error: &std::io::Error) -> Self {
        Error::File(files::Error::io(doing, path, error))
    }

    /// The files that changed after the plan was reviewed, also when that came after OpenClaw took the credential.
    pub fn changed_since_review(&self) -> Option<&[PathBuf]> {
        match self {
            Error::ChangedSinceReview { paths } => Some(paths),
            Error::StoredAlready { error, .. } => error.changed_since_review(),
            _ => None,
        }
    }

    /// The stable code of the JSON document.
    pub fn code(&self) -> &'static str {
        match self {
            Error::ProfileName { .. } => "bad-profile-name",
            Error::UnknownAgent { .. } => "unknown-agent",
            Error::UnknownAccount { .. } => "unknown-account",
            Error::File(error) => error.code(),
            Error::NotPutBack { .. } => "not-put-back",
            Error::StoredAlready { error, .. } => error.code(),
            Error::Malformed { .. } | Error::NotUtf8 { .. } | Error::WrongShape { .. } | Error::Refused { .. } => {
                "config-malformed"
            }
            Error::MalformedStore { .. } => "auth-store-malformed",
            Error::Include { .. } => "include-failed",
            Error::OwnedByInclude { .. } | Error::Edit { .. } | Error::Unproven { .. } => "config-not-editable",
            Error::UnsupportedStore { .. } => "unsupported-openclaw-store",
            Error::SymlinkedSecret { .. } => "auth-store-symlink",
            Error::ChangedSinceReview { .. } => "changed-since-review",
            Error::KeepsChanging { .. } => "config-keeps-changing",
            Error::Locked { .. } => "locked",
            Error::Interrupted { .. } => "interrupted",
            Error::Handover { .. } => "openclaw-refused-credential",
            Error::Helper(_) => "program-not-usable",
            Error::NothingToUndo | Error::OnlyHandedOver { .. } => "nothing-to-undo",
            Error::ChangedSince { .. } => "changed-since",
            Error::BackupGone { .. } => "backup-gone",
        }
    }

    /// What failed and where. Safe to print; several lines for a malformed file.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Error::ProfileName { name } => texts::profile_name(lang, clean::line(name)),
            Error::UnknownAgent { agent, known } => {
                texts::unknown_agent(lang, clean::line(agent), clean::line(&known.join(", ")))
            }
            Error::File(error) => error.message(lang),
            Error::Malformed { path, error } => {
                let (line, caret) = document_error::pointer(error, 72);
                format!(
                    "{}\n  {line}\n  {caret}",
                    texts::malformed(lang, show(path), document_error::syntax_message(error, lang))
                )
            }
            Error::NotUtf8 { path, line, column } => texts::not_utf8(lang, show(path), line, column),
            Error::MalformedStore { path, line, column } => texts::malformed_store(lang, show(path), line, column),
            Error::Include { path, include, problem } => {
                let why = match problem {
                    IncludeProblem::NotFound => texts::include_not_found(lang),
                    IncludeProblem::Outside => texts::include_outside(lang),
                    IncludeProblem::Circular => texts::include_circular(lang),
                    IncludeProblem::TooDeep => texts::include_too_deep(lang),
                    IncludeProblem::NotText => texts::include_not_text(lang),
                    IncludeProblem::TooLarge => texts::include_too_large(lang),
                    IncludeProblem::SiblingsNeedObject => texts::include_siblings(lang),
                };
                texts::include(lang, show(path), clean::line(include), why)
            }
            Error::OwnedByInclude { path, dotted } => texts::owned_by_include(lang, clean::line(dotted), show(path)),
            Error::WrongShape { path, dotted, expected } => {
                let expected = match expected {
                    Shape::Object => texts::an_object(lang),
                    Shape::Array => texts::an_array(lang),
                };
                match dotted.as_str() {
                    "" => texts::wrong_root(lang, show(path), expected),
                    dotted => texts::wrong_shape(lang, show(path), clean::line(dotted), expected),
                }
            }
            Error::Refused { path, problem: Problem { dotted, wrong } } => {
                let why = match wrong {
                    Wrong::Misplaced(place) => texts::misplaced(lang, place),
                    Wrong::NoModel => texts::no_model(lang).to_owned(),
                    Wrong::Api => texts::no_api(lang).to_owned(),
                };
                texts::refused(lang, show(path), clean::line(dotted), why)
            }
            Error::Edit { path, error } => texts::edit(lang, show(path), document_error::edit_message(error, lang)),
            Error::Unproven { path, dotted } => texts::unproven(lang, show(path), clean::line(dotted)),
            Error::UnsupportedStore { version, kind } => {
                let version = clean::line(version.as_deref().unwrap_or("≥ 2026.6.5"));
                texts::unsupported_store(lang, version, kind.words(lang))
            }
            Error::SymlinkedSecret { path } => texts::symlinked_secret(lang, show(path)),
            Error::StoredAlready { profile_id, error } => {
                texts::stored_already(lang, error.message(lang), clean::line(profile_id))
            }
            Error::NotPutBack { path, .. } => texts::not_put_back(lang, show(path)),
            Error::ChangedSinceReview { paths } => {
                let paths: Vec<String> = paths.iter().map(|path| show(path)).collect();
                texts::changed_since_review(lang, paths.join(", "))
            }
            Error::KeepsChanging { path } => texts::keeps_changing(lang, show(path)),
            Error::Locked { path, pid: Some(pid) } => texts::locked_by(lang, show(path), pid),
            Error::Locked { path, pid: None } => texts::locked(lang, show(path)),
            Error::Helper(helper) => helper.problem(lang).unwrap_or_default(),
            Error::Interrupted { .. } => texts::interrupted(lang).to_owned(),
            Error::Handover { command, exit, said } => {
                let exit = exit.map_or_else(|| "–".to_owned(), |code| code.to_string());
                texts::handover(lang, clean::line(command), exit, clean::line(said))
            }
            Error::NothingToUndo => texts::nothing_to_undo(lang).to_owned(),
            Error::UnknownAccount { id } => crate::texts::cli::unknown_account(lang, clean::line(id)),
            Error::OnlyHandedOver { profile_id } => texts::only_handed_over(lang, clean::line(profile_id)),
            Error::ChangedSince { path } => texts::changed_since(lang, show(path)),
            Error::BackupGone { path } => texts::backup_gone(lang, show(path)),
        }
    }

    /// What to do about it.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        let hint = match self {
            Error::File(error) => return error.hint(lang),
            Error::Malformed { .. } | Error::NotUtf8 { .. } => texts::hint_fix_place(lang),
            Error::MalformedStore { path, .. } => return Some(texts::hint_fix_store(lang, show(path))),
            Error::WrongShape { .. } | Error::Refused { .. } => texts::hint_validate(lang),
            Error::Include { .. } => texts::hint_fix_include(lang),
            Error::OwnedByInclude { .. } => texts::hint_one_file(lang),
            Error::Unproven { .. } => texts::hint_report(lang),
            Error::UnsupportedStore { kind: CredentialKind::OAuth, .. } => texts::hint_oauth_new_store(lang),
            Error::UnsupportedStore { .. } => texts::hint_key_new_store(lang),
            Error::SymlinkedSecret { .. } => texts::hint_symlink(lang),
            Error::StoredAlready { error, .. } => return error.hint(lang),
            Error::NotPutBack { path, backup: Some(backup) } => {
                return Some(texts::hint_put_back(lang, show(backup), show(path)));
            }
            Error::NotPutBack { path, backup: None } => return Some(texts::hint_take_away(lang, show(path))),
            Error::Locked { path, pid: None } if path.ends_with("auth-profiles.json") => {
                return Some(texts::hint_junk_lock(lang, show(path)));
            }
            Error::ChangedSinceReview { .. } | Error::KeepsChanging { .. } | Error::Locked { .. } => {
                texts::hint_again(lang)
            }
            Error::Handover { .. } => texts::hint_handover(lang),
            Error::Helper(helper) => return helper.remedy(lang),
            Error::ChangedSince { .. } | Error::BackupGone { .. } => texts::hint_backups(lang),
            Error::ProfileName { .. }
            | Error::UnknownAgent { .. }
            | Error::UnknownAccount { .. }
            | Error::Edit { .. }
            | Error::NothingToUndo
            | Error::OnlyHandedOver { .. }
            | Error::Interrupted { .. } => {
                return None;
            }
        };
        Some(hint.to_owned())
    }
}
