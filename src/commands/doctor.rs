//! `doctor`: what is wrong with the setup, why, and the repair as a diff; `--fix` carries it out.

use super::context::{Context, documented, var};
use super::error::Error;
use super::models::{self, selection_of};
use super::onboard::base_url;
use super::report::Report;
use super::report::onboard::{diff_text, file_json};
use super::service;
use super::signals;
use crate::chutes::catalog;
use crate::chutes::client::Client;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::model::{Catalog, id_of};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::diff::{self, FileDiff};
use crate::doctor::offline::{self, Facts, Place, Places};
use crate::doctor::online::{self, Answers};
use crate::doctor::{Cause, Finding, Repair, Severity, finding::Role};
use crate::files;
use crate::openclaw::Site;
use crate::openclaw::plan::{self, Request};
use crate::openclaw::program::status;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write::{self, undo};
use crate::renewal::{self, round};
use crate::selection::{Note, Selection, repair};
use crate::texts::{Lang, doctor as text};
use crate::time::now;
use serde_json::{Value, json};
use std::path::Path;

/// What one look showed.
struct Examination {
    findings: Vec<Finding>,
    /// What the config should say instead; None: nothing in it has to change, or nobody can tell.
    repaired: Option<Selection>,
    /// Profile whose marks of past failures may go: a live call proved its credential.
    proven: Option<String>,
    places: Places,
    verdict: Option<Verdict>,
}

pub fn doctor(context: &Context, fix: bool, as_json: bool) -> Result<Report, Error> {
    let site = context.site()?;
    let snapshot = match site.read() {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let finding = Finding::from(Cause::Unreadable(error));
            let outcome = Outcome { site: &site, findings: vec![finding], ..Outcome::of(context, &site) };
            return Ok(outcome.report(as_json));
        }
    };
    let mut current = Current::of(&snapshot, now());
    let endpoints = service::endpoints(context, &current)?;
    let look = |current: &mut Current, snapshot: &Snapshot| look(context, &site, snapshot, current, &endpoints);
    let seen = look(&mut current, &snapshot)?;
    let request = repairs(&current, &seen, &endpoints);
    let planned = request.as_ref().map(|request| plan::plan(&snapshot, request, now())).transpose()?;
    let loose: Vec<Place> = loose(&seen).cloned().collect();
    let mut outcome = Outcome::of(context, &site);
    outcome.verdict.clone_from(&seen.verdict);
    outcome.reference.clone_from(&current.configured.primary);
    if !fix {
        outcome.files = planned.as_ref().map(diff::of).unwrap_or_default();
        outcome.places = loose;
        outcome.findings = seen.findings;
        return Ok(outcome.report(as_json));
    }
    if let (Some(request), true) = (&request, planned.is_some_and(|plan| plan.changes_anything())) {
        let written = write::commit(&site, request, None, &context.state(), now())?;
        outcome.files = diff::of(&written.plan);
        outcome.changed = true;
    }
    for place in loose {
        files::restrict(&place.path, place.mode & !place.excess())?;
        outcome.changed = true;
        outcome.places.push(place);
    }
    // Looked at once more, so that nothing counts as repaired that is not.
    let snapshot = site.read()?;
    let mut current = Current::of(&snapshot, now());
    let after = offline_findings(context, &site, &snapshot, &mut current, None)?;
    let is_left = |finding: &Finding| {
        after
            .iter()
            .any(|other| other.cause.code() == finding.cause.code() && words(other, &site) == words(finding, &site))
    };
    outcome.findings = seen.findings;
    outcome.fixed = outcome.findings.iter().map(|finding| finding.repair.is_automatic() && !is_left(finding)).collect();
    outcome.reference = current.configured.primary;
    Ok(outcome.report(as_json))
}

/// The evidence of a finding: two findings with the same words are the same one.
fn words(finding: &Finding, site: &Site) -> String {
    finding.cause.message(Lang::En, &|path| site.paths.tilde(path))
}

/// Files and service side by side.
fn look(
    context: &Context,
    site: &Site,
    snapshot: &Snapshot,
    current: &mut Current,
    endpoints: &Endpoints,
) -> Result<Examination, Error> {
    let (live, answers) = ask(site, current, endpoints)?;
    if let Some(live) = &live {
        context.state().keep_catalog(live);
    }
    let mut findings = offline_findings(context, site, snapshot, current, live.as_ref())?;
    let gone = findings.iter().any(|finding| matches!(finding.cause, Cause::NotServed { role: Role::Default, .. }));
    let offline_says_why = findings.iter().any(|finding| {
        matches!(finding.cause, Cause::KeyMalformed { .. } | Cause::CannotRenew { .. } | Cause::VariableUnset { .. })
    });
    findings.extend(online::examine(&answers, context.lang).into_iter().filter(|finding| match finding.cause {
        Cause::ModelRefused(_) => !gone,
        Cause::CredentialRefused(_) | Cause::RenewalFailed { .. } => !offline_says_why,
        _ => true,
    }));
    findings.sort_by_key(|finding| finding.severity);
    let catalog = live.or_else(|| context.state().catalog());
    let wants_config = findings.iter().any(|finding| finding.repair == Repair::Config);
    let repaired = match (&catalog, wants_config) {
        (catalog, true) => repaired(current, catalog.as_ref()),
        _ => None,
    };
    let works = matches!(answers.verdict, Some(Verdict::Works { .. }));
    let proven = current.active_credential().filter(|_| works).map(|active| active.profile_id.clone());
    Ok(Examination { findings, repaired, proven, places: Places::look(snapshot), verdict: answers.verdict })
}

fn offline_findings(
    context: &Context,
    site: &Site,
    snapshot: &Snapshot,
    current: &mut Current,
    live: Option<&Catalog>,
) -> Result<Vec<Finding>, Error> {
    let mut credential_unknown = false;
    if current.in_database && current.active.is_none() {
        match status::credentials(site, snapshot) {
            Some(found) => {
                current.active = (!found.is_empty()).then_some(current.credentials.len());
                current.credentials.extend(found);
            }
            None => credential_unknown = true,
        }
    }
    let kept = context.state().catalog();
    let catalog = live.or(kept.as_ref());
    let known = documented().beside(&current.models);
    let notes = catalog.map(|catalog| repair::notes(&current.configured, catalog, &known));
    let successor = |reference: &str, role: &Role| successor(notes.as_deref().unwrap_or_default(), reference, role);
    Ok(offline::examine(&Facts {
        snapshot,
        current,
        catalog,
        successor: &successor,
        places: &Places::look(snapshot),
        reverted: undo::reverted(&context.state()),
        credential_unknown,
        job_gone: round::job_is_gone(site, snapshot, var),
        now: now(),
    }))
}

/// The list and the test call, at the same time.
fn ask(site: &Site, current: &Current, endpoints: &Endpoints) -> Result<(Option<Catalog>, Answers), Error> {
    let client = Client::new(endpoints.clone());
    let id = current.configured.primary.as_deref().and_then(id_of);
    let call = async {
        let Some(id) = id else { return (None, None) };
        match renewal::verify_stored(&client, site, endpoints, var, id).await {
            Ok(verdict) => (verdict, None),
            Err(error) => (None, Some(error)),
        }
    };
    let asked = async { tokio::join!(catalog::discover(&client, None, |_| {}), call) };
    let (list, (verdict, renewal)) = signals::until_interrupted(asked)?;
    let (live, list) = match list {
        Ok(catalog) => (Some(catalog), None),
        Err(failure) => (None, Some(failure)),
    };
    Ok((live, Answers { list, verdict, renewal }))
}

/// What the rule for successors takes for a role.
fn successor(notes: &[Note], reference: &str, role: &Role) -> Option<String> {
    notes.iter().find_map(|note| match (note, role) {
        (Note::Default { wanted, taken }, Role::Default)
        | (Note::Fallback { wanted, taken }, Role::Fallback(_))
        | (Note::Image { wanted, taken }, Role::Image)
            if wanted == reference =>
        {
            taken.as_ref().map(|(target, _)| target.clone())
        }
        (Note::Alias { name, wanted, taken }, Role::Alias(alias)) if name == alias && wanted == reference => {
            taken.as_ref().map(|(target, _)| target.clone())
        }
        _ => None,
    })
}

/// The configured choices with what is broken put right, and nothing else. None: there is no default to start from.
fn repaired(current: &Current, catalog: Option<&Catalog>) -> Option<Selection> {
    let mut selection = selection_of(current).ok()?;
    let Some(catalog) = catalog else { return Some(selection) };
    let notes = repair::notes(&current.configured, catalog, &documented().beside(&current.models));
    repair::apply(&mut selection, &notes, catalog);
    let targets = [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image);
    let targets: Vec<String> = targets.chain(selection.aliases.iter().map(|alias| &alias.target)).cloned().collect();
    for target in &targets {
        models::register(&mut selection, target, Some(catalog));
    }
    Some(selection)
}

/// What `--fix` writes: the config as it should be, and OpenClaw's auth state without the marks of past failures.
/// None: nothing in these files is to be mended.
fn repairs(current: &Current, seen: &Examination, endpoints: &Endpoints) -> Option<Request> {
    let cools = seen.findings.iter().any(|finding| finding.repair == Repair::AuthState);
    let proven = seen.proven.clone().filter(|_| cools);
    let selection = seen.repaired.clone().or_else(|| selection_of(current).ok().filter(|_| proven.is_some()))?;
    Some(Request {
        base_url: base_url(current, endpoints.clone()),
        credential: None,
        selection,
        client_secret: None,
        basis: Some(current.clone()),
        proven,
        ..Request::default()
    })
}

/// Files that others can read and that are ours to mend.
fn loose(seen: &Examination) -> impl Iterator<Item = &Place> {
    let us = rustix::process::geteuid().as_raw();
    seen.places.found.iter().filter(move |place| place.excess() != 0 && (place.uid == us || us == 0))
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
}

impl<'a> Outcome<'a> {
    fn of(context: &'a Context, site: &'a Site) -> Self {
        Outcome {
            context,
            site,
            findings: Vec::new(),
            fixed: Vec::new(),
            files: Vec::new(),
            places: Vec::new(),
            changed: false,
            verdict: None,
            reference: None,
        }
    }

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
        if self.findings.is_empty() {
            out.push_str(&format!("{}\n", text::healthy(lang)));
        } else {
            let (faults, notices) = (self.left(Severity::Fault), self.left(Severity::Notice));
            out.push_str(&format!("{}\n", text::counted(lang, faults, notices)));
        }
        if !self.files.is_empty() || !self.places.is_empty() {
            let heading = if self.changed { text::changed(lang) } else { text::would_change(lang) };
            out.push_str(&format!("\n{heading}\n"));
            for place in &self.places {
                let (old, new) = (format!("{:04o}", place.mode), format!("{:04o}", place.mode & !place.excess()));
                out.push_str(&format!(
                    "{}\n",
                    text::permissions_line(lang, clean::line(&self.tilde(&place.path)), old, new)
                ));
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
            "probe": self.verdict.as_ref().map(|verdict| super::status::probe_json(verdict, lang)),
            "config": { "path": self.site.paths.config.to_string_lossy() },
            "openclaw": { "version": self.site.installed.version },
        })
    }
}
