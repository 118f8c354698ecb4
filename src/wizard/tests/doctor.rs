//! Transitions of the Doctor screen.

use super::super::protocol::*;
use super::super::*;
use super::{Drive, facts};
use crate::doctor::visit::{Mended, Remedy, Seen};
use crate::doctor::{Cause, Finding};
use crate::openclaw::write::undo::Undone;

/// A look that found aliases written backwards, and what mends them.
pub fn seen() -> Seen {
    let findings = vec![Finding::from(Cause::AliasesBackwards { names: vec!["chutes-pro".into()] })];
    let remedy = Remedy { files: super::plan_of_one_line().diffs, ..Remedy::default() };
    Seen { findings, remedy, ..Seen::default() }
}

fn examined(drive: &mut Drive, seen: Seen) {
    let attempt = drive.wizard.doctor.attempt;
    drive.event(Event::Examined { attempt, result: Box::new(Ok(seen)) });
}

fn at_doctor() -> Drive {
    let mut drive = Drive::loaded(facts());
    drive.act(Action::Doctor);
    assert_eq!((drive.wizard.screen, drive.wizard.context()), (Screen::Doctor, KeyContext::DoctorBusy));
    assert!(matches!(drive.effects[..], [Effect::Cancel(_), Effect::Examine(_)]), "{:?}", drive.effects);
    drive
}

fn mended(drive: &mut Drive) {
    let attempt = drive.wizard.doctor.attempt;
    let result = Ok(Mended { gone: vec![true], undoable: true, ..Mended::default() });
    drive.event(Event::Mended { attempt, result: Box::new(result) });
}

#[test]
fn a_repair_is_written_when_it_is_confirmed_and_can_be_undone() {
    let mut drive = at_doctor();
    drive.act(Action::Enter);
    assert!(drive.effects.is_empty() || drive.wizard.screen == Screen::Auth, "nothing is confirmed before it is seen");
    let mut drive = at_doctor();
    examined(&mut drive, seen());
    assert_eq!(drive.wizard.context(), KeyContext::Doctor);
    drive.act(Action::Enter);
    assert!(matches!(drive.effects[..], [Effect::Mend { .. }]), "{:?}", drive.effects);
    assert_eq!(drive.wizard.context(), KeyContext::DoctorBusy);
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Doctor, "what is being written is waited for");
    mended(&mut drive);
    assert!(matches!(drive.effects[..], [Effect::Load]), "the first screen shows the files as they are now");
    assert_eq!(drive.wizard.context(), KeyContext::DoctorMended);
    drive.act(Action::Undo);
    assert!(matches!(drive.effects[..], [Effect::Undo]));
    drive.event(Event::Undone(Box::new(Ok(Undone::default()))));
    assert_eq!(drive.wizard.context(), KeyContext::DoctorOver);
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Auth);
    drive.act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Cancelled)]), "{:?}", drive.effects);
}

#[test]
fn who_leaves_after_a_repair_is_not_told_that_nothing_was_written() {
    let mut drive = at_doctor();
    examined(&mut drive, seen());
    drive.act(Action::Enter).act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::StopWaiting]), "a write is finished first");
    mended(&mut drive);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Changed)]), "{:?}", drive.effects);
}

#[test]
fn a_repair_is_not_forgotten_when_it_is_looked_again() {
    let mut drive = at_doctor();
    examined(&mut drive, seen());
    drive.act(Action::Enter);
    mended(&mut drive);
    drive.act(Action::Retry);
    examined(&mut drive, Seen::default());
    drive.act(Action::Back).act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Changed)]), "{:?}", drive.effects);
}

#[test]
fn nothing_to_mend_leads_back_and_a_late_answer_is_dropped() {
    let mut drive = at_doctor();
    let old = drive.wizard.doctor.attempt;
    examined(&mut drive, Seen::default());
    assert_eq!(drive.wizard.context(), KeyContext::DoctorOver);
    drive.act(Action::Retry);
    drive.event(Event::Examined { attempt: old, result: Box::new(Ok(seen())) });
    assert_eq!(drive.wizard.context(), KeyContext::DoctorBusy, "the answer to the first look came late");
    drive.act(Action::Back);
    assert_eq!(drive.wizard.screen, Screen::Auth);
    assert!(matches!(drive.effects[..], [Effect::Cancel(_)]));
}

#[test]
fn from_the_last_screen_it_leads_back_there_and_takes_the_place_of_its_undo() {
    let mut drive = Drive::at_review();
    drive.planned(Ok(super::plan_of_one_line())).verified(super::works()).act(Action::Enter);
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert_eq!(drive.wizard.context(), KeyContext::Done);
    drive.act(Action::Doctor);
    assert_eq!(drive.wizard.step(), Screen::Done);
    examined(&mut drive, seen());
    drive.act(Action::Enter);
    mended(&mut drive);
    drive.act(Action::Enter);
    assert_eq!((drive.wizard.screen, drive.wizard.context()), (Screen::Done, KeyContext::DoneForGood));
    drive.act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Done)]));
}
