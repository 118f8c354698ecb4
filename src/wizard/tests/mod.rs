//! Long: tables, one for each screen and kind of event.
//!
//! Transition tables: every screen and every kind of event, late answers, back, leaving. No IO.

mod accounts;
mod doctor;
mod sign_in;
mod validation;

use super::line::LineEdit;
use super::models::decision;
use super::protocol::*;
use super::screens::auth::Choice;
use super::screens::discover::{Progress, STAGES};
use super::screens::done::ReadBack;
use super::*;
use crate::chutes::api_key;
use crate::chutes::catalog::Stage;
use crate::chutes::failure::Kind as FailureKind;
use crate::chutes::model::{Model, Price, Source};
use crate::chutes::verify::Verdict;
use crate::diff::{FileDiff, Hunk, LineKind};
use crate::openclaw::program::status::Resolved;
use crate::openclaw::write::undo::Undone;
use crate::selection::propose::Note;
use crate::selection::{Alias, Configured, Documented};
use crate::time::UnixMillis;
use std::num::NonZeroU64;
use std::sync::Arc;

const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.canarycanarycanarycanary34567890";

fn model(id: &str, input: f64, output: f64, image: bool) -> Arc<Model> {
    Arc::new(Model {
        id: id.into(),
        context: NonZeroU64::new(131_072),
        price: Price { input: Some(input), output: Some(output), cache_read: None },
        tools: Some(true),
        text_out: Some(true),
        input: Some(Arc::new(if image { vec!["text".into(), "image".into()] } else { vec!["text".into()] })),
        ..Model::default()
    })
}

fn documented() -> Documented {
    Documented {
        default: "chutes/z/GLM-4.7".into(),
        aliases: vec![
            Alias { name: "chutes-fast".into(), target: "chutes/z/GLM-4.7-FP8".into() },
            Alias { name: "chutes-pro".into(), target: "chutes/d/Deep-V3".into() },
        ],
        built_in: vec!["z/GLM-4.7".into(), "d/Deep-V3".into()],
        extra: vec![model("z/GLM-4.7-FP8", 0.3, 1.2, false)],
        ..Documented::default()
    }
}

fn catalog(ids: &[&str]) -> Catalog {
    Catalog {
        models: ids.iter().map(|id| model(id, 1.0, 2.0, id.contains("Eye"))).collect(),
        source: Source::Live,
        fetched_at: Some(UnixMillis(1)),
        ..Catalog::default()
    }
}

fn all() -> Catalog {
    catalog(&["z/GLM-4.7", "z/GLM-4.7-FP8", "d/Deep-V3", "m/Eye-1"])
}

fn facts() -> Facts {
    Facts {
        base_url: "https://llm.example/v1".into(),
        api_host: "llm.example".into(),
        documented: documented(),
        fallback: Catalog { source: Source::Bundled, fetched_at: None, ..all() },
        ..Facts::default()
    }
}

fn refused(status: u16) -> Failure {
    Failure {
        host: "llm.example".into(),
        proxy: None,
        kind: FailureKind::Status { status, said: None, retry_after: None, resets_at: None },
    }
}

fn down() -> Failure {
    Failure { host: "llm.example".into(), proxy: None, kind: FailureKind::ConnectionRefused }
}

fn works() -> Verdict {
    Verdict::Works { latency_ms: 412, prompt_tokens: Some(1), completion_tokens: Some(1), quota: None }
}

fn plan_of_one_line() -> Planned {
    let mut hunk = Hunk::new(1, 1);
    hunk.push(LineKind::Added, "x");
    let diff = FileDiff {
        path: "/x/openclaw.json".into(),
        link: None,
        is_new: true,
        mode: 0o600,
        backup: None,
        hunks: vec![hunk],
        added: 1,
        removed: 0,
    };
    Planned { diffs: vec![diff], ..Planned::default() }
}

/// A machine, driven.
struct Drive {
    wizard: Wizard,
    effects: Vec<Effect>,
}

impl Drive {
    fn new(facts: Facts) -> Drive {
        let (wizard, effects) = Wizard::new(facts);
        Drive { wizard, effects }
    }

    fn loaded(facts: Facts) -> Drive {
        let mut drive = Drive::new(facts);
        drive.event(Event::Loaded(Box::new(Ok(Current::default()))));
        drive
    }

    fn event(&mut self, event: Event) -> &mut Drive {
        self.effects = self.wizard.handle(event);
        self
    }

    fn act(&mut self, action: Action) -> &mut Drive {
        self.event(Event::Action(action))
    }

    fn paste(&mut self, text: &str) -> &mut Drive {
        self.event(Event::Paste(Secret::new(text)))
    }

    fn attempt(&self) -> Attempt {
        self.wizard.discover.attempt
    }

    fn discovered(&mut self, result: Result<Catalog, Failure>) -> &mut Drive {
        let attempt = self.attempt();
        self.event(Event::Discovered { attempt, at_ms: 30, result: Box::new(result) })
    }

    /// As far as the models screen, with this live list.
    fn at_models(catalog: Catalog) -> Drive {
        let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
        drive.paste(KEY).act(Action::Enter).discovered(Ok(catalog));
        assert_eq!(drive.wizard.screen, Screen::Models);
        drive
    }

    fn at_review() -> Drive {
        let mut drive = Drive::at_models(all());
        drive.act(Action::Enter);
        assert_eq!(drive.wizard.screen, Screen::Review);
        drive
    }

    fn planned(&mut self, result: Result<Planned, Error>) -> &mut Drive {
        let attempt = self.wizard.review.attempt;
        self.event(Event::Planned { attempt, result: Box::new(result) })
    }

    fn verified(&mut self, verdict: Verdict) -> &mut Drive {
        let attempt = self.wizard.review.verify_attempt;
        self.event(Event::Verified { attempt, verdict })
    }

    fn commits(&self) -> bool {
        matches!(self.effects.as_slice(), [Effect::Commit { .. }])
    }

    fn exit(&self) -> Option<Outcome> {
        match self.effects.as_slice() {
            [Effect::Exit(outcome)] => Some(*outcome),
            _ => None,
        }
    }

    fn models(&self) -> &Models {
        self.wizard.models.as_ref().expect("the models screen")
    }
}

#[test]
fn the_happy_path_is_the_key_and_four_times_enter() {
    let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    assert_eq!(drive.wizard.screen, Screen::Key);
    drive.paste(&format!("{KEY}\n")).act(Action::Enter);
    assert!(matches!(drive.effects.as_slice(), [Effect::Discover { .. }]));
    drive.discovered(Ok(all())).act(Action::Enter);
    let [Effect::Plan { request, .. }, Effect::Verify { model, .. }, Effect::AskKeyRights { .. }] =
        drive.effects.as_slice()
    else {
        panic!("{:?}", drive.effects)
    };
    assert_eq!(request.selection.primary, "chutes/z/GLM-4.7");
    assert_eq!(request.selection.aliases.len(), 2);
    assert_eq!(model, "z/GLM-4.7");
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    assert!(drive.commits());
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert_eq!(drive.wizard.screen, Screen::Done);
    assert_eq!(drive.act(Action::Enter).exit(), Some(Outcome::Done));
}

#[test]
fn what_was_written_is_read_back_by_openclaw_where_there_is_one() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    drive.event(Event::Committed(Box::new(Ok(Committed { can_be_read_back: true, ..Committed::default() }))));
    let [Effect::ReadBack(attempt)] = drive.effects[..] else { panic!("{:?}", drive.effects) };
    assert_eq!(drive.wizard.done.read_back, ReadBack::Asked);
    let chosen = drive.models().choices();
    let right = Resolved {
        default: chosen.primary.clone(),
        aliases: chosen.aliases.iter().map(|alias| (alias.name.to_uppercase(), alias.target.clone())).collect(),
    };
    let mut says = |attempt, resolved: Option<Resolved>| {
        drive.wizard.done.read_back = ReadBack::Asked;
        drive.event(Event::ReadBack { attempt, resolved });
        std::mem::take(&mut drive.wizard.done.read_back)
    };
    assert_eq!(says(Attempt(attempt.0 + 1), None), ReadBack::Asked, "an answer to another question");
    assert_eq!(says(attempt, None), ReadBack::Silent);
    assert_eq!(says(attempt, Some(right.clone())), ReadBack::Agrees { aliases: chosen.aliases.len() });
    let differs = |read_back| match read_back {
        ReadBack::Differs(difference) => (difference.alias, difference.found),
        other => panic!("{other:?}"),
    };
    let other = Some("x/y".to_owned());
    let wrong = Resolved { default: "x/y".into(), ..right.clone() };
    assert_eq!(differs(says(attempt, Some(wrong))), (None, other.clone()));
    let mut wrong = right.clone();
    let last = chosen.aliases.last().expect("an alias").name.clone();
    wrong.aliases.insert(last.to_uppercase(), "x/y".into());
    assert_eq!(differs(says(attempt, Some(wrong))), (Some(last.clone()), other));
    let mut wrong = right;
    wrong.aliases.remove(&last.to_uppercase());
    assert_eq!(differs(says(attempt, Some(wrong))), (Some(last), None));
    // Taken back meanwhile: nobody asks any more.
    drive.wizard.done.read_back = ReadBack::Asked;
    drive.act(Action::Undo);
    assert!(matches!(drive.effects[..], [Effect::Cancel(of), Effect::Undo] if of == attempt), "{:?}", drive.effects);
    drive.event(Event::ReadBack { attempt, resolved: None });
    assert_eq!(drive.wizard.done.read_back, ReadBack::NotAsked);
}

#[test]
fn enter_on_review_waits_for_plan_and_verdict_in_either_order() {
    for plan_first in [true, false] {
        let mut drive = Drive::at_review();
        drive.act(Action::Enter);
        assert!(drive.effects.is_empty());
        assert_eq!(drive.wizard.context(), KeyContext::ReviewWaiting);
        if plan_first {
            drive.planned(Ok(plan_of_one_line()));
            assert!(!drive.commits());
            drive.verified(works());
        } else {
            drive.verified(works());
            assert!(!drive.commits());
            drive.planned(Ok(plan_of_one_line()));
        }
        assert!(drive.commits());
        assert!(!drive.act(Action::Enter).commits(), "written once");
    }
}

#[test]
fn every_failure_of_discovery_leads_to_the_built_in_models() {
    for failure in [down(), refused(401), refused(403), refused(429), refused(503)] {
        let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
        drive.paste(KEY).act(Action::Enter).discovered(Err(failure.clone()));
        assert_eq!(drive.wizard.screen, Screen::Discover, "{failure:?}");
        assert_eq!(drive.wizard.discover.failure.as_ref(), Some(&failure));
        drive.act(Action::Enter);
        assert_eq!(drive.wizard.screen, Screen::Models);
        assert_eq!(drive.models().source, Source::Bundled);
        assert!(drive.models().pending.is_empty(), "nothing is proven unserved");
        assert_eq!(drive.models().served(0), None);
    }
}

#[test]
fn a_refused_key_offers_another_one() {
    let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    drive.paste(KEY).act(Action::Enter).discovered(Err(refused(401)));
    assert_eq!(drive.wizard.context(), KeyContext::DiscoverRefused);
    drive.act(Action::AnotherKey);
    assert_eq!(drive.wizard.screen, Screen::Key);
    assert!(drive.wizard.key.line.is_empty());
    assert_eq!(drive.wizard.key.refused.as_deref(), Some("…7890"));
    drive.event(Event::Text('c'));
    assert_eq!(drive.wizard.key.refused, None);
}

#[test]
fn late_answers_are_dropped() {
    let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    drive.paste(KEY).act(Action::Enter);
    let old = drive.attempt();
    drive.act(Action::Back);
    assert!(matches!(drive.effects.as_slice(), [Effect::Cancel(attempt)] if *attempt == old));
    assert_eq!(drive.wizard.screen, Screen::Key);
    drive.event(Event::Discovered { attempt: old, at_ms: 1, result: Box::new(Ok(all())) });
    assert_eq!(drive.wizard.screen, Screen::Key);
    assert!(drive.wizard.models.is_none());

    drive.act(Action::Enter);
    assert_ne!(drive.attempt(), old);
    drive.event(Event::Stage { attempt: old, stage: Stage::Request, at_ms: 5 });
    drive.event(Event::Tick { attempt: old, at_ms: 5000 });
    drive.event(Event::Discovered { attempt: old, at_ms: 1, result: Box::new(Err(down())) });
    assert_eq!(drive.wizard.discover.stages, [Progress::Waiting; STAGES]);
    assert_eq!(drive.wizard.discover.at_ms, 0);
    assert!(drive.wizard.discover.running);

    let mut drive = Drive::at_review();
    let (plan, verify) = (drive.wizard.review.attempt, drive.wizard.review.verify_attempt);
    drive.act(Action::Back).act(Action::Enter);
    drive.event(Event::Planned { attempt: plan, result: Box::new(Ok(plan_of_one_line())) });
    drive.event(Event::Verified { attempt: verify, verdict: Verdict::Refused(refused(401)) });
    assert!(drive.wizard.review.planned.is_none());
    assert_eq!(drive.wizard.review.verification, Verification::Running);
}

#[test]
fn the_config_and_the_list_may_come_in_either_order() {
    let mut drive = Drive::new(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    drive.paste(KEY).act(Action::Enter).discovered(Ok(all()));
    assert_eq!(drive.wizard.screen, Screen::Discover);
    drive.event(Event::Loaded(Box::new(Ok(Current::default()))));
    assert_eq!(drive.wizard.screen, Screen::Models);
}

#[test]
fn a_config_that_cannot_be_read_stops_the_wizard_until_it_can() {
    let error = Error::KeepsChanging { path: "/x".into() };
    let mut drive = Drive::new(facts());
    drive.event(Event::Loaded(Box::new(Err(error))));
    assert_eq!(drive.wizard.context(), KeyContext::Trouble);
    drive.act(Action::Retry);
    assert!(matches!(drive.effects.as_slice(), [Effect::Load]));
    drive.event(Event::Loaded(Box::new(Ok(Current::default()))));
    assert_eq!(drive.wizard.context(), KeyContext::Auth);
}

#[test]
fn stages_are_timed_and_the_failed_one_is_marked() {
    let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    drive.paste(KEY).act(Action::Enter);
    let attempt = drive.attempt();
    for (stage, at_ms) in [(Stage::Connect, 0), (Stage::Tls, 12), (Stage::Request, 40)] {
        drive.event(Event::Stage { attempt, stage, at_ms });
    }
    drive.event(Event::Tick { attempt, at_ms: 1000 });
    assert_eq!(drive.wizard.discover.stages[0], Progress::Done { took: 12 });
    assert_eq!(drive.wizard.discover.stages[2], Progress::Running { since: 40 });
    drive.event(Event::Discovered { attempt, at_ms: 2040, result: Box::new(Err(down())) });
    assert_eq!(drive.wizard.discover.stages[2], Progress::Failed { took: 2000 });
    assert_eq!(drive.wizard.discover.stages[3], Progress::Waiting);
}

#[test]
fn back_goes_one_screen_and_keeps_what_was_chosen() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Last).act(Action::Enter);
    let chosen = drive.models().primary.clone();
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Key);
    assert_eq!(drive.wizard.key.line.text(), KEY);
    drive.act(Action::Enter).discovered(Ok(all()));
    assert_eq!(drive.models().primary, chosen);
    drive.act(Action::Enter);
    assert_eq!(drive.wizard.screen, Screen::Review);
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Models);
    assert!(drive.effects.iter().all(|effect| matches!(effect, Effect::Cancel(_))));
}

#[test]
fn a_refusal_by_the_verify_call_writes_nothing() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).act(Action::Enter).verified(Verdict::Refused(refused(401)));
    assert!(!drive.commits());
    assert_eq!(drive.wizard.context(), KeyContext::ReviewRefused);
    drive.act(Action::Enter);
    assert!(!drive.commits());
    drive.act(Action::AnotherKey);
    assert_eq!(drive.wizard.screen, Screen::Key);

    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(Verdict::NotServed(refused(404))).act(Action::Enter);
    assert!(!drive.commits());
    drive.act(Action::AnotherKey);
    assert_eq!(drive.wizard.screen, Screen::Models);
}

#[test]
fn no_balance_and_no_answer_are_written_with_a_warning() {
    for verdict in [Verdict::NoBalance(refused(402)), Verdict::Unverified(refused(503)), Verdict::Unverified(down())] {
        let mut drive = Drive::at_review();
        assert!(drive.planned(Ok(plan_of_one_line())).verified(verdict).act(Action::Enter).commits());
    }
}

#[test]
fn without_changes_nothing_is_written() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(Planned::default())).verified(works()).act(Action::Enter);
    assert!(matches!(drive.effects[..], [Effect::Decided]));
    assert_eq!(drive.wizard.screen, Screen::Done);
    assert!(drive.wizard.done.is_unchanged());
    drive.act(Action::Undo);
    assert!(drive.effects.is_empty(), "there is nothing to undo");
}

/// Pressed twice, the write is taken back once, and the screen says so.
#[test]
fn undo_pressed_twice_is_one_undo() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    drive.act(Action::Undo);
    assert!(drive.effects.iter().any(|effect| matches!(effect, Effect::Undo)));
    assert!(drive.act(Action::Undo).effects.is_empty(), "it is under way");
    assert!(drive.act(Action::Enter).exit().is_none(), "leaving waits for it");
    let undone = Undone { stays: Some("chutes:default".into()), ..Undone::default() };
    drive.event(Event::Undone(Box::new(Ok(undone.clone()))));
    assert_eq!(drive.exit(), Some(Outcome::Done));
    assert_eq!(drive.wizard.done.undo, Undo::Done(undone));
    // A late answer changes nothing any more.
    drive.event(Event::Undone(Box::new(Err(Error::KeepsChanging { path: "/x".into() }))));
    assert!(matches!(drive.wizard.done.undo, Undo::Done(_)));
    assert_eq!(drive.wizard.context(), KeyContext::DoneForGood);
}

#[test]
fn a_failed_write_stays_on_review_and_can_be_tried_again() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    drive.event(Event::Committed(Box::new(Err(Error::KeepsChanging { path: "/x".into() }))));
    assert_eq!(drive.wizard.screen, Screen::Review);
    assert!(drive.wizard.review.write_failed.is_some());
    assert!(drive.act(Action::Enter).commits());
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert_eq!(drive.wizard.screen, Screen::Done);
    assert!(drive.wizard.review.planned.is_none(), "what is not shown again is not kept");
}

/// A file changed while it was being reviewed: Review comes back with the new diff, and says which file.
#[test]
fn what_changed_since_review_is_shown_before_it_is_written() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    assert!(drive.commits());
    let changed = Error::ChangedSinceReview { paths: vec!["/x/openclaw.json".into()] };
    drive.event(Event::Committed(Box::new(Err(changed))));
    assert!(matches!(drive.effects[..], [Effect::Plan { .. }]), "{:?}", drive.effects);
    assert_eq!(drive.wizard.screen, Screen::Review);
    assert_eq!(drive.wizard.review.changed, ["/x/openclaw.json"]);
    assert!(drive.wizard.review.planned.is_none() && drive.wizard.review.write_failed.is_none());
    assert!(!drive.planned(Ok(plan_of_one_line())).commits(), "nothing is written unseen");
    assert_eq!(drive.wizard.review.changed, ["/x/openclaw.json"], "it is said beside the new diff");
    assert!(drive.act(Action::Enter).commits());
    assert!(drive.wizard.review.changed.is_empty());
}

#[test]
fn enter_that_waits_for_an_answer_can_be_taken_back() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).act(Action::Enter).act(Action::Back);
    assert_eq!((drive.wizard.screen, drive.wizard.context()), (Screen::Review, KeyContext::Review));
    assert!(!drive.verified(works()).commits());
}

#[test]
fn leaving_writes_nothing_and_a_begun_write_is_waited_for() {
    for mut drive in [Drive::loaded(facts()), Drive::at_models(all()), Drive::at_review()] {
        assert_eq!(drive.act(Action::Quit).exit(), Some(Outcome::Cancelled));
    }
    let mut drive = Drive::at_review();
    drive.planned(Ok(plan_of_one_line())).verified(works()).act(Action::Enter);
    assert!(matches!(drive.act(Action::Quit).effects[..], [Effect::StopWaiting]));
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert_eq!(drive.exit(), Some(Outcome::Done));
}

#[test]
fn the_help_shows_the_keys_of_the_screen_below_and_swallows_the_others() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Help);
    assert_eq!((drive.wizard.context(), drive.wizard.context_below_help()), (KeyContext::Help, KeyContext::Models));
    drive.act(Action::Fallback).event(Event::Text('x'));
    assert!(drive.models().fallbacks.is_empty());
    drive.act(Action::Back);
    assert_eq!(drive.wizard.context(), KeyContext::Models);
}

#[test]
fn bad_keys_are_named_before_any_call() {
    for (text, problem) in [
        ("", api_key::Problem::Empty),
        ("sk-other", api_key::Problem::Prefix),
        ("cak_abc", api_key::Problem::AccessToken),
        ("cpk_a.b", api_key::Problem::Parts),
    ] {
        let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
        drive.paste(text).act(Action::Enter);
        assert!(drive.effects.is_empty());
        assert_eq!(drive.wizard.key.problem, Some(problem));
    }
}

#[test]
fn the_environment_key_is_a_choice_and_the_default_of_an_empty_field() {
    let with_env = Facts { env_key: Some(Secret::new(KEY)), ..facts() };
    let mut drive = Drive::loaded(with_env.clone());
    assert!(matches!(drive.wizard.auth.choices[drive.wizard.auth.chosen], Choice::EnvKey(_)));
    drive.act(Action::Enter);
    assert!(matches!(&drive.effects[..], [Effect::Discover { credential: Credential::EnvKey(_), .. }]));
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Auth);

    let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..with_env });
    drive.act(Action::Enter);
    assert!(matches!(&drive.effects[..], [Effect::Discover { credential: Credential::EnvKey(_), .. }]));
}

// ── Models ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn an_unserved_default_is_proposed_and_never_taken_silently() {
    let mut drive = Drive::at_models(catalog(&["z/GLM-5.2", "d/Deep-V3", "m/Eye-1"]));
    let models = drive.models();
    assert_eq!(models.primary, "chutes/z/GLM-4.7");
    assert_eq!(models.current().map(|m| &*m.id), Some("z/GLM-5.2"), "the cursor is on the successor");
    assert!(models.pending.iter().any(|note| decision(note) == Some(("chutes/z/GLM-4.7", Some("chutes/z/GLM-5.2")))));
    assert!(models.alias_of("z/GLM-5.2").is_none(), "the alias waits too");
    // Enter makes the successor the default; the alias is still open, and asked about before going on.
    drive.act(Action::Enter);
    assert_eq!(drive.models().primary, "chutes/z/GLM-5.2");
    drive.act(Action::Enter);
    assert_eq!(drive.wizard.context(), KeyContext::ModelsPending);
    drive.act(Action::TakeAllProposals);
    assert_eq!(drive.wizard.screen, Screen::Review);
    assert_eq!(drive.models().alias_of("m/Eye-1"), Some("chutes-fast"), "not the default's model");
}

#[test]
fn an_open_alias_may_be_left_out() {
    let mut drive = Drive::at_models(catalog(&["z/GLM-4.7", "d/Deep-V3"]));
    drive.act(Action::Enter);
    assert_eq!(drive.wizard.context(), KeyContext::ModelsPending);
    drive.act(Action::Enter);
    let Some(Effect::Plan { request, .. }) = drive.effects.first() else { panic!("{:?}", drive.effects) };
    assert!(request.selection.aliases.iter().all(|alias| alias.name != "chutes-fast"));
    assert!(!request.selection.registered.iter().any(|m| *m.id == *"z/GLM-4.7-FP8"));
}

/// An alias renamed under the filter that found it: the cursor stays on its row, and Enter, which many
/// press to go on, chooses nothing before it has said what.
#[test]
fn renaming_under_a_filter_makes_nothing_else_the_default() {
    let mut drive = Drive::at_models(all());
    let default = drive.models().primary.clone();
    drive.act(Action::Filter);
    "fast".chars().for_each(|c| _ = drive.event(Event::Text(c)));
    drive.act(Action::Enter).act(Action::EditAlias).act(Action::Edit(LineEdit::DeleteToStart));
    "quick".chars().for_each(|c| _ = drive.event(Event::Text(c)));
    drive.act(Action::Enter);
    assert_eq!(drive.models().current().map(|m| &*m.id), Some("z/GLM-4.7-FP8"));
    drive.act(Action::Enter);
    assert_eq!(drive.models().primary, default);
    assert!(matches!(drive.models().notice, Some(models::StatusLine::EnterAgain { .. })));
    drive.act(Action::GoOn);
    assert_eq!((drive.wizard.screen, &drive.models().primary), (Screen::Review, &default));
}

#[test]
fn a_filter_that_finds_nothing_gives_the_row_back() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Last);
    let at = drive.models().current().map(|m| m.id.to_string());
    drive.act(Action::Filter);
    "xyzzy".chars().for_each(|c| _ = drive.event(Event::Text(c)));
    drive.act(Action::Enter).act(Action::Back);
    assert_eq!(drive.models().current().map(|m| m.id.to_string()), at);
}

/// The default changes by Enter on the row that is the default afterwards, by a proposal that was taken,
/// and by nothing else.
#[test]
fn ten_thousand_natural_keys_never_choose_a_default_by_accident() {
    let actions = [
        Action::Up,
        Action::Down,
        Action::First,
        Action::Last,
        Action::PageDown,
        Action::Enter,
        Action::Enter,
        Action::Filter,
        Action::Back,
        Action::Sort,
        Action::SortColumn(3),
        Action::Fallback,
        Action::Image,
        Action::EditAlias,
        Action::LeaveOut,
        Action::Favourite,
        Action::Reveal,
        Action::GoToDefault,
        Action::Edit(LineEdit::DeleteToStart),
    ];
    let mut drive =
        Drive::at_models(catalog(&["z/GLM-4.7", "z/GLM-5", "d/Deep-V3", "m/Eye-1", "q/Qwen-3", "x/Fast-2"]));
    let mut random = 7_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((random >> 33) % below).unwrap_or(0)
    };
    for _ in 0..10_000 {
        let before = drive.models().primary.clone();
        let here = drive.models().current().map(|model| model.reference());
        let typing = drive.wizard.context().takes_text();
        let asked = matches!(drive.models().notice, Some(models::StatusLine::EnterAgain { .. }));
        let event = match next(3) {
            0 if typing => Event::Text(['q', 'g', '5', 'f', 'x'][next(5)]),
            _ => Event::Action(actions[next(actions.len() as u64)]),
        };
        let enter = matches!(event, Event::Action(Action::Enter)) && !typing;
        drive.event(event);
        if drive.wizard.screen != Screen::Models {
            drive.act(Action::Back);
        }
        let after = &drive.models().primary;
        if *after != before {
            assert!(enter, "{before} became {after}");
            assert_eq!(here.as_ref(), Some(after));
            assert!(!asked || here.as_ref() == Some(after));
        }
    }
}

#[test]
fn a_row_takes_its_proposal_with_one_key() {
    let mut drive = Drive::at_models(catalog(&["z/GLM-5.2", "d/Deep-V3"]));
    drive.act(Action::TakeProposal);
    assert_eq!(drive.models().primary, "chutes/z/GLM-5.2");
    assert!(!drive.models().pending.iter().any(|note| matches!(note, Note::Default { .. })));
}

#[test]
fn proposals_are_read_one_after_another_and_then_the_default_is_pointed_at() {
    let mut drive = Drive::at_models(catalog(&["z/GLM-5.2", "d/Deep-V3", "m/Eye-1"]));
    let mut taken = 0;
    while let Some(next) = drive.models().pending.first().cloned() {
        let here = drive.models().current().and_then(|model| drive.models().pending_for(&model.id));
        assert_eq!(here, Some(&next), "what is taken is what is shown");
        assert!(drive.models().notice.is_none(), "nothing hides it");
        drive.act(Action::TakeProposal);
        taken += 1;
    }
    assert!(taken > 1);
    assert_eq!(drive.models().current().map(|model| &*model.id), Some("z/GLM-5.2"));
    drive.act(Action::Enter);
    assert_eq!(drive.wizard.screen, Screen::Review);
}

#[test]
fn fallbacks_have_an_order_and_never_contain_the_default() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Fallback);
    assert!(drive.models().fallbacks.is_empty(), "the default is no fallback");
    for id in ["d/Deep-V3", "m/Eye-1"] {
        drive.paste(id).act(Action::Fallback);
    }
    assert_eq!(drive.models().fallbacks, ["chutes/d/Deep-V3", "chutes/m/Eye-1"]);
    drive.act(Action::FallbackEarlier).act(Action::FallbackEarlier);
    assert_eq!(drive.models().fallbacks, ["chutes/m/Eye-1", "chutes/d/Deep-V3"]);
    drive.act(Action::Enter);
    assert_eq!(drive.models().fallbacks, ["chutes/d/Deep-V3"]);
}

#[test]
fn only_a_model_that_sees_becomes_the_image_model() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Image);
    assert_eq!(drive.models().image, None);
    drive.paste("m/Eye-1").act(Action::Image);
    assert_eq!(drive.models().image.as_deref(), Some("chutes/m/Eye-1"));
    drive.act(Action::LeaveOut);
    assert!(drive.models().left_out.is_empty(), "what is in use is registered");
}

#[test]
fn an_alias_is_checked_as_it_is_typed() {
    let mut drive = Drive::at_models(all());
    drive.paste("m/Eye-1").act(Action::EditAlias);
    assert_eq!(drive.wizard.context(), KeyContext::ModelsAlias);
    for c in "Chutes-PRO".chars() {
        drive.event(Event::Text(c));
    }
    let problem = drive.models().editing.as_ref().and_then(|edit| edit.problem.clone());
    assert_eq!(problem, Some(crate::selection::alias::Problem::Duplicate { target: "chutes/d/Deep-V3".into() }));
    drive.act(Action::Enter);
    assert!(drive.models().editing.is_some(), "a refused name is not taken");
    drive.act(Action::TakeAliasHere);
    assert_eq!(drive.models().alias_of("m/Eye-1"), Some("Chutes-PRO"));
    assert_eq!(drive.models().alias_of("d/Deep-V3"), None);

    drive.act(Action::EditAlias).act(Action::Edit(LineEdit::DeleteToStart)).act(Action::Enter);
    assert_eq!(drive.models().alias_of("m/Eye-1"), None, "an empty name removes the alias");
}

#[test]
fn escape_leaves_an_alias_as_it_was_and_a_filter_empty() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::EditAlias).event(Event::Text('x')).act(Action::Back);
    assert_eq!(drive.models().alias_of("z/GLM-4.7"), None);
    drive.act(Action::Filter);
    for c in "deep".chars() {
        drive.event(Event::Text(c));
    }
    assert_eq!(drive.models().view.len(), 1);
    drive.act(Action::Back);
    assert_eq!(drive.models().view.len(), 4);
    assert_eq!(drive.wizard.screen, Screen::Models);
}

#[test]
fn a_pasted_ref_selects_its_row() {
    let mut drive = Drive::at_models(all());
    drive.paste("chutes/m/Eye-1");
    assert_eq!(drive.models().current().map(|m| &*m.id), Some("m/Eye-1"));
    drive.paste("deep");
    assert_eq!(drive.models().view.len(), 1, "anything else filters");
}

#[test]
fn what_is_left_out_is_not_registered() {
    let mut drive = Drive::at_models(all());
    drive.paste("m/Eye-1").act(Action::LeaveOut).paste("z/GLM-4.7").act(Action::Enter);
    let Some(Effect::Plan { request, .. }) = drive.effects.first() else { panic!("{:?}", drive.effects) };
    assert!(!request.selection.registered.iter().any(|m| *m.id == *"m/Eye-1"));
    assert_eq!(request.selection.registered.len(), 3);
}

#[test]
fn configured_models_that_are_gone_stay_in_sight() {
    let configured = Configured {
        primary: Some("chutes/old/Thing-2".into()),
        registered: vec!["old/Thing-2".into(), "old/Other".into()],
        ..Configured::default()
    };
    let mut drive = Drive::new(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
    drive.event(Event::Loaded(Box::new(Ok(Current { configured, ..Current::default() }))));
    drive.paste(KEY).act(Action::Enter).discovered(Ok(all()));
    let models = drive.models();
    let gone: Vec<&str> =
        models.view.iter().filter(|&&at| models.served(at) == Some(false)).map(|&at| &*models.models[at].id).collect();
    assert_eq!(gone, ["old/Other", "old/Thing-2"]);
}

#[test]
fn shown_and_hidden_make_the_total() {
    let mut drive = Drive::at_models(all());
    drive.act(Action::Filter);
    for c in "glm ctx>200k".chars() {
        drive.event(Event::Text(c));
        let models = drive.models();
        assert!(models.view.len() <= models.models.len());
    }
    assert_eq!(drive.models().view.len(), 0);
    drive.act(Action::Enter).act(Action::Enter);
    assert_eq!(drive.wizard.screen, Screen::Models, "nothing under the cursor, nothing happens");
}

/// No event at any moment may panic or leave the cursor outside the list.
#[test]
fn any_action_on_any_screen_is_survived() {
    let actions = [
        Action::Back,
        Action::Enter,
        Action::Up,
        Action::Down,
        Action::PageUp,
        Action::PageDown,
        Action::First,
        Action::Last,
        Action::Edit(LineEdit::DeleteBack),
        Action::Retry,
        Action::AnotherKey,
        Action::Filter,
        Action::Sort,
        Action::Fallback,
        Action::FallbackEarlier,
        Action::FallbackLater,
        Action::Image,
        Action::EditAlias,
        Action::TakeAliasHere,
        Action::LeaveOut,
        Action::Favourite,
        Action::TestCall,
        Action::TakeProposal,
        Action::TakeAllProposals,
        Action::Undo,
        Action::Help,
        Action::Quit,
    ];
    let starts: [fn() -> Drive; 6] = [
        || Drive::loaded(facts()),
        || Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() }),
        || {
            let mut drive = Drive::loaded(Facts { choice: Some(AuthChoice::ApiKey), ..facts() });
            drive.paste(KEY).act(Action::Enter);
            drive
        },
        || Drive::at_models(catalog(&["z/GLM-5.2", "m/Eye-1"])),
        Drive::at_review,
        || {
            let mut drive = Drive::at_review();
            drive.planned(Ok(Planned::default())).verified(works()).act(Action::Enter);
            drive
        },
    ];
    for start in starts {
        for first in actions {
            for second in actions {
                let mut drive = start();
                drive.act(first).event(Event::Text('x')).act(second).paste("y");
                drive.event(Event::Undone(Box::new(Ok(Undone::default()))));
                if let Some(models) = &drive.wizard.models {
                    assert!(models.view.is_empty() || models.cursor < models.view.len(), "{first:?} {second:?}");
                }
            }
        }
    }
}

#[test]
fn an_admin_key_is_asked_about_offered_for_a_trade_and_given_back() {
    use crate::chutes::key_management::{NarrowKey, NarrowKeyError};
    use crate::wizard::trade::Trade;
    let narrow = || NarrowKey { id: "7".into(), name: "OpenClaw 0a1b2c".into(), secret: Secret::new("cpk_n.a.r") };
    let mut trade = Trade::default();
    let key = Secret::new(KEY);
    assert!(matches!(&trade.ask(&key, Attempt(1))[..], [Effect::AskKeyRights { .. }]));
    assert!(trade.ask(&key, Attempt(2)).is_empty(), "once");
    trade.answered(Attempt(9), true);
    assert!(!trade.is_offered(), "a late answer");
    trade.answered(Attempt(1), true);
    assert!(trade.is_offered());
    assert!(matches!(&trade.begin(Attempt(3))[..], [Effect::MakeNarrowKey { .. }]));
    assert_eq!(trade.made(Attempt(3), Err(NarrowKeyError::NameTaken)), None);
    assert!(trade.is_offered(), "it can be tried again");
    trade.begin(Attempt(4));
    assert_eq!(trade.made(Attempt(3), Ok(narrow())), None);
    assert_eq!(trade.made(Attempt(4), Ok(narrow())), Some(Secret::new("cpk_n.a.r")));
    assert!(trade.ask(&Secret::new("cpk_n.a.r"), Attempt(5)).is_empty() && trade.begin(Attempt(6)).is_empty());
    // Another key was pasted: the one that was made is of no use to anybody.
    let effects = trade.ask(&Secret::new("cpk_o.t.h"), Attempt(7));
    assert!(matches!(&effects[..], [Effect::DeleteKey { id, .. }, Effect::AskKeyRights { .. }] if id == "7"));
}

/// A narrow key is being made at Review with the key of every test; the attempt.
fn making_a_narrow_key() -> (Drive, Attempt) {
    let mut drive = Drive::at_review();
    let asked = drive.effects.iter().find_map(|effect| match effect {
        Effect::AskKeyRights { attempt, .. } => Some(*attempt),
        _ => None,
    });
    drive.event(Event::KeyRights { attempt: asked.expect("its rights are asked"), is_admin: true });
    let next = drive.wizard.follow(Transition::TradeKey);
    let [Effect::MakeNarrowKey { attempt, .. }] = next[..] else { panic!("{next:?}") };
    (drive, attempt)
}

fn made_a_narrow_key(drive: &mut Drive, attempt: Attempt) {
    let narrow = NarrowKey { id: "7".into(), name: "OpenClaw 0a1b2c".into(), secret: Secret::new("cpk_n.a.r") };
    drive.event(Event::NarrowKeyMade { attempt, admin: Secret::new(KEY), result: Box::new(Ok(narrow)) });
}

#[test]
fn a_narrow_key_that_comes_when_another_key_was_chosen_is_deleted() {
    let other = KEY.replace("canary", "parrot");
    // Before the other key is reviewed, and after.
    for reviewed in [false, true] {
        let (mut drive, attempt) = making_a_narrow_key();
        drive.act(Action::Back).act(Action::Back);
        drive.wizard.key.line = line::Line::new(&other);
        drive.act(Action::Enter).discovered(Ok(all()));
        if reviewed {
            drive.act(Action::Enter);
            assert_eq!(drive.wizard.screen, Screen::Review);
        }
        made_a_narrow_key(&mut drive, attempt);
        let [Effect::DeleteKey { admin, id }] = &drive.effects[..] else { panic!("{:?}", drive.effects) };
        assert_eq!((admin.expose(), id.as_str()), (KEY, "7"));
        let chosen = Some(Credential::ApiKey(Secret::new(other.as_str())));
        assert_eq!(drive.wizard.credential().cloned(), chosen, "{reviewed}");
    }
    let (mut drive, attempt) = making_a_narrow_key();
    drive.act(Action::Back);
    made_a_narrow_key(&mut drive, attempt);
    assert!(drive.effects.is_empty(), "the key is the same: the narrow one is for it");
    assert_eq!(drive.wizard.credential().cloned(), Some(Credential::ApiKey(Secret::new("cpk_n.a.r"))));
}
