//! What `onboard` without a person says in the end: the JSON document, or a few lines.

use super::{Report, warnings_json};
use crate::chutes::model::{Catalog, Source};
use crate::clean;
use crate::commands::onboard::{Finished, Outcome};
use crate::diff::FileDiff;
use crate::openclaw::plan::Plan;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::types::{AuthChoice, Role};
use crate::texts::{Lang, cli as text};
use crate::time::UnixMillis;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Exit code of `--check` when something would be written.
pub const WOULD_CHANGE: u8 = 4;

impl Finished<'_> {
    /// After the write.
    pub fn done(&self, as_json: bool, outcome: &Outcome) -> Report {
        let lang = self.context.lang;
        let plan = &outcome.written.plan;
        let changed = plan.changes_anything();
        let backup = plan
            .files
            .iter()
            .zip(&outcome.written.backups)
            .filter(|(file, _)| file.role == Role::Config)
            .find_map(|(_, backup)| backup.clone());
        if as_json {
            let mut document = self.document(&outcome.snapshot, &outcome.current, plan, backup.as_deref());
            document["changed"] = json!(changed);
            return Report::json(&document);
        }
        let head = if changed { text::report_done(lang) } else { text::report_unchanged(lang) };
        let mut rows = self.rows();
        let config = self.site.paths.tilde(&outcome.snapshot.config.path);
        rows.push((
            text::report_config(lang),
            match &backup {
                Some(backup) => format!("{config} ({})", text::backup_of(lang, self.site.paths.tilde(backup))),
                None => config,
            },
        ));
        let (profile, _) = self.credential(&outcome.current, plan);
        let kind = self.obtained.kind.words(lang);
        rows.push((text::report_credential(lang), format!("{}, {kind}", clean::line(&profile))));
        Report::text(format!("{head}\n\n{}", table(&rows))).warn(self.warnings, lang)
    }

    /// A dry run.
    pub fn check(
        &self,
        as_json: bool,
        snapshot: &Snapshot,
        current: &Current,
        plan: &Plan,
        files: &[FileDiff],
    ) -> Report {
        let lang = self.context.lang;
        let would_change = plan.changes_anything();
        let exit = if would_change { WOULD_CHANGE } else { 0 };
        if as_json {
            let mut document = self.document(snapshot, current, plan, None);
            document["wouldChange"] = json!(would_change);
            document["files"] = files.iter().map(file_json).collect();
            return Report::json(&document).exit(exit);
        }
        if !would_change {
            return Report::text(format!("{}\n", text::report_unchanged(lang))).warn(self.warnings, lang);
        }
        let shown: Vec<String> =
            files.iter().map(|file| diff_text(file, |path| self.site.paths.tilde(path), lang)).collect();
        let handover =
            plan.handover.iter().map(|handover| format!("$ openclaw {}\n", clean::line(&handover.args.join(" "))));
        let out = shown.into_iter().chain(handover).collect::<Vec<_>>().join("\n");
        Report::text(out).warn(self.warnings, lang).exit(exit)
    }

    /// The document of the contract; `changed` is false until somebody knows better.
    fn document(&self, snapshot: &Snapshot, current: &Current, plan: &Plan, backup: Option<&Path>) -> Value {
        let Finished { settled, obtained, .. } = self;
        let selection = &settled.selection;
        let (profile_id, stored) = self.credential(current, plan);
        let served = crate::chutes::model::id_of(&selection.primary)
            .and_then(|id| settled.catalog.serves(id))
            .or(settled.verified.works.then_some(true));
        let aliases: Map<String, Value> =
            selection.aliases.iter().map(|alias| (alias.name.clone(), json!(alias.target))).collect();
        let mut document = json!({
            "ok": true,
            "changed": false,
            "authChoice": AuthChoice::of(obtained.kind).name(),
            "config": { "path": snapshot.config.path.to_string_lossy(), "backup": backup.map(Path::to_string_lossy) },
            "auth": {
                "store": snapshot.credential_stores().of(Some(obtained.kind)).to_string_lossy(),
                "profileId": profile_id,
                "kind": obtained.kind.name(),
                "account": stored.and_then(|stored| stored.account.clone()),
                "expiresAt": stored.and_then(|stored| stored.expires_at).map(UnixMillis::rfc3339),
            },
            "catalog": {
                "source": settled.catalog.source.name(),
                "models": settled.catalog.models.len(),
                "fetchedAt": settled.catalog.fetched_at.map(UnixMillis::rfc3339),
                "reason": settled.fallback.as_ref().map(|failure| failure.message(self.context.lang)),
            },
            "model": {
                "primary": selection.primary,
                "fallbacks": selection.fallbacks,
                "image": selection.image,
                "served": served,
                "verified": settled.verified.works,
                "latencyMs": settled.verified.latency_ms,
            },
            "aliases": aliases,
            "warnings": warnings_json(self.warnings),
        });
        // What is not known, or does not exist for this kind of credential, adds nothing to the contract's document.
        if let Some(account) = &settled.account {
            document["account"] = account.json();
        }
        if let Some(renewal) = &plan.renewal {
            document["auth"]["renewal"] = renewal.document();
        }
        document
    }

    /// The profile that is active afterwards, and what the store says about it.
    fn credential<'a>(&self, current: &'a Current, plan: &Plan) -> (String, Option<&'a StoredCredential>) {
        let active = current.active.and_then(|at| current.credentials.get(at));
        let id = plan.profile_id.clone().or_else(|| active.map(|stored| stored.profile_id.clone()));
        let stored = current.credentials.iter().find(|stored| Some(&stored.profile_id) == id.as_ref());
        (id.unwrap_or_else(|| "chutes:default".to_owned()), stored)
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let lang = self.context.lang;
        let settled = self.settled;
        let selection = &settled.selection;
        let mut rows = Vec::new();
        let how = match settled.verified.latency_ms {
            Some(ms) => text::report_answered(lang, ms),
            None => text::report_unverified(lang).to_owned(),
        };
        rows.push((text::report_default(lang), format!("{} ({how})", clean::line(&selection.primary))));
        if !selection.fallbacks.is_empty() {
            rows.push((text::report_fallbacks(lang), clean::line(&selection.fallbacks.join(", "))));
        }
        if let Some(image) = &selection.image {
            rows.push((text::report_image(lang), clean::line(image)));
        }
        for (at, alias) in selection.aliases.iter().enumerate() {
            let label = if at == 0 { text::report_aliases(lang) } else { "" };
            rows.push((label, clean::line(&format!("{} -> {}", alias.name, alias.target))));
        }
        rows.push((text::report_models(lang), catalog_words(&settled.catalog, lang)));
        rows
    }
}

/// How many models, from where, as of when.
pub fn catalog_words(catalog: &Catalog, lang: Lang) -> String {
    let count = catalog.models.len();
    match catalog.source {
        Source::Live => text::source_live(lang, count),
        Source::Cache => {
            text::source_cache(lang, count, catalog.fetched_at.map_or_else(|| "-".to_owned(), UnixMillis::local))
        }
        Source::Bundled => text::source_bundled(lang, count),
    }
}

/// Labels and values in two columns.
pub fn table(rows: &[(&str, String)]) -> String {
    use unicode_width::UnicodeWidthStr;
    let width = rows.iter().map(|(label, _)| label.width()).max().unwrap_or_default();
    rows.iter()
        .map(|(label, value)| {
            let pad = width - label.width();
            format!("  {label}{:pad$}  {value}\n", "")
        })
        .collect()
}

pub fn file_json(file: &FileDiff) -> Value {
    json!({
        "path": file.path.to_string_lossy(),
        "new": file.is_new,
        "backup": file.backup,
        "added": file.added,
        "removed": file.removed,
    })
}

/// A unified diff of one file.
pub fn diff_text(file: &FileDiff, tilde: impl Fn(&Path) -> String, lang: Lang) -> String {
    let path = tilde(&file.path);
    let note = match &file.backup {
        Some(backup) => text::backup_of(lang, clean::line(backup)),
        None => text::new_file(lang).to_owned(),
    };
    let old = if file.is_new { "/dev/null".to_owned() } else { path.clone() };
    let mut out = format!("--- {old}\n+++ {path} ({:04o}, {note})\n", file.mode & 0o7777);
    for hunk in &file.hunks {
        let [(old, old_count), (new, new_count)] = hunk.ranges();
        out.push_str(&format!("@@ -{old},{old_count} +{new},{new_count} @@\n"));
        for line in hunk.lines() {
            out.push_str(&format!("{}{}\n", line.kind.sign(), line.text));
        }
    }
    out
}
