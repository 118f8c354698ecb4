//! `doctor`: what is wrong with the setup, why, and the repair as a diff; `--fix` carries it out.

use super::context::Context;
use super::error::Error;
use super::report::Report;
use super::report::onboard::{diff_text, file_json};
use super::signals;
use crate::chutes::account::Account;
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::diff::FileDiff;
use crate::doctor::offline::Place;
use crate::doctor::visit::{self, Visit};
use crate::doctor::{Finding, Severity};
use crate::openclaw::Site;
use crate::texts::doctor as text;
use crate::time::UnixMillis;
use serde_json::{Value, json};
use std::path::Path;

pub fn doctor(context: &Context, fix: bool, as_json: bool) -> Result<Report, Error> {
    let site = context.site()?;
    let endpoints = context.endpoints()?;
    let visit = Visit { site: site.clone(), state: context.state(), endpoints, lang: context.lang };
    let seen = signals::until_interrupted(visit::look(&visit))??;
    let mut outcome = Outcome {
        context,
        site: &site,
        fixed: Vec::new(),
        files: seen.remedy.files.clone(),
        places: seen.remedy.places.clone(),
        changed: false,
        verdict: seen.verdict.clone(),
        reference: seen.reference.clone(),
        account: seen.account.clone(),
        unmarks: seen.remedy.unmark.is_some(),
        findings: seen.findings.clone(),
    };
    if fix {
        let mended = visit::mend(&visit, &seen, false)?;
        outcome.changed = !seen.remedy.is_empty();
        outcome.files = mended.files;
        outcome.fixed = mended.gone;
        outcome.reference = mended.reference.or(outcome.reference);
    }
    Ok(outcome.report(as_json))
}

/// Everything that the report is made of.
struct Outcome<'a> {
    context: &'a Context,
    site: &'a Site,
    findings: Vec<Finding>,
    /// For each finding, after `--fix`: it is gone. Empty before.
    fixed: Vec<bool>,
    files: Vec<FileDiff>,
    places: Vec<Place>,
    changed: bool,
    verdict: Option<Verdict>,
    /// The default model.
    reference: Option<String>,
    account: Option<Account>,
    /// Marks of past failures leave OpenClaw's database.
    unmarks: bool,
}

impl Outcome<'_> {
    fn is_fixed(&self, index: usize) -> bool {
        self.fixed.get(index).copied().unwrap_or(false)
    }

    fn left(&self, severity: Severity) -> usize {
        let of = |(index, finding): &(usize, &Finding)| finding.severity == severity && !self.is_fixed(*index);
        self.findings.iter().enumerate().filter(of).count()
    }

    /// 0: no fault is left.
    fn exit(&self) -> u8 {
        u8::from(self.left(Severity::Fault) > 0)
    }

    fn tilde(&self, path: &Path) -> String {
        self.site.paths.tilde(path)
    }

    fn report(&self, as_json: bool) -> Report {
        if as_json {
            return Report::json(&self.document()).exit(self.exit());
        }
        let Context { lang, program, .. } = *self.context;
        let mut out = String::new();
        for (index, finding) in self.findings.iter().enumerate() {
            let label = match (self.is_fixed(index), finding.severity) {
                (true, _) => text::fixed(lang),
                (false, Severity::Fault) => text::fault(lang),
                (false, Severity::Notice) => text::notice(lang),
            };
            let message = finding.cause.message(lang, &|path| self.tilde(path));
            out.push_str(&format!("{label}  {}\n", message));
            let advice = finding.cause.advice(program, lang);
            if !advice.is_empty() && !self.is_fixed(index) {
                out.push_str(&format!("    {advice}\n"));
            }
        }
        if let (Some(Verdict::Works { latency_ms, .. }), Some(reference)) = (&self.verdict, &self.reference) {
            out.push_str(&format!("{}\n", text::checked_live(lang, clean::line(reference), latency_ms)));
        }
        if let Some(account) = &self.account {
            out.push_str(&format!("{}\n", text::account(lang, account.words(lang, UnixMillis::local))));
        }
        if self.findings.is_empty() {
            out.push_str(&format!("{}\n", text::healthy(lang)));
        } else {
            let (faults, notices) = (self.left(Severity::Fault), self.left(Severity::Notice));
            out.push_str(&format!("{}\n", text::counted(lang, faults, notices)));
        }
        if !self.files.is_empty() || !self.places.is_empty() || self.unmarks {
            let heading = if self.changed { text::changed(lang) } else { text::would_change(lang) };
            out.push_str(&format!("\n{heading}\n"));
            for place in &self.places {
                let (old, new) = (format!("{:04o}", place.mode), format!("{:04o}", place.mode & !place.excess()));
                out.push_str(&format!(
                    "{}\n",
                    text::permissions_line(lang, clean::line(&self.tilde(&place.path)), old, new)
                ));
            }
            if self.unmarks {
                out.push_str(&format!("{}\n", text::database_line(lang)));
            }
            for file in &self.files {
                out.push_str(&diff_text(file, |path| self.tilde(path), lang));
            }
        }
        Report::text(out).exit(self.exit())
    }

    fn document(&self) -> Value {
        let Context { lang, program, .. } = *self.context;
        let findings = self.findings.iter().enumerate().map(|(index, finding)| {
            json!({
                "code": finding.cause.code(),
                "severity": finding.severity.name(),
                "message": finding.cause.message(lang, &|path| self.tilde(path)),
                "advice": Some(finding.cause.advice(program, lang)).filter(|advice| !advice.is_empty()),
                "repair": finding.repair.name(),
                "fixed": self.is_fixed(index),
            })
        });
        let permissions = self.places.iter().map(|place| {
            json!({
                "path": place.path.to_string_lossy(),
                "old": format!("{:04o}", place.mode),
                "new": format!("{:04o}", place.mode & !place.excess()),
            })
        });
        json!({
            "ok": self.exit() == 0,
            "changed": self.changed,
            "findings": findings.collect::<Vec<_>>(),
            "files": self.files.iter().map(file_json).collect::<Vec<_>>(),
            "permissions": permissions.collect::<Vec<_>>(),
            "database": self.unmarks,
            "account": self.account.as_ref().map(Account::json),
            "probe": self.verdict.as_ref().map(|verdict| super::status::probe_json(verdict, lang)),
            "config": { "path": self.site.paths.config.to_string_lossy() },
            "openclaw": { "version": self.site.installed.version },
        })
    }
}
