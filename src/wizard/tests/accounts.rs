//! Transitions of the Accounts screen.

use super::super::protocol::*;
use super::super::*;
use super::{Drive, facts};
use crate::accounts::sign_out::{Problem, SignedOut, Unrevoked};
use crate::accounts::{Changed, Listed};
use crate::openclaw::plan::{AccountChange, Plan};
use crate::openclaw::types::{CredentialKind, FileChange, Role};
use crate::openclaw::write::undo::Undone;
use crate::wizard::screens::auth::Choice;

fn stored(id: &str) -> StoredCredential {
    StoredCredential {
        profile_id: id.into(),
        agent: "main".into(),
        kind: CredentialKind::OAuth,
        account: id.strip_prefix("chutes:").map(Into::into),
        expires_at: None,
        hint: None,
        env_var: None,
        refreshable: true,
        client_id: None,
    }
}

fn listed(active: usize) -> Listed {
    Listed { stored: vec![stored("chutes:ada"), stored("chutes:bob")], active: Some(active) }
}

fn answer(drive: &mut Drive, result: Result<Listed, Error>) {
    let attempt = drive.wizard.accounts.attempt;
    drive.event(Event::Accounts { attempt, result });
}

/// What became of the change that was asked for.
fn changed(drive: &mut Drive, result: Result<Changed, Error>) {
    let attempt = drive.wizard.accounts.attempt;
    drive.event(Event::AccountChanged { attempt, result });
}

fn wrote(active: usize) -> Changed {
    Changed { listed: listed(active), written: true, undoable: true }
}

/// On the screen, with two accounts of which the first is in use.
fn at_accounts() -> Drive {
    let mut drive = Drive::new(facts());
    let current = Current { credentials: listed(0).stored, active: Some(0), ..Current::default() };
    drive.event(Event::Loaded(Box::new(Ok(current))));
    assert_eq!(drive.wizard.auth.choices.last(), Some(&Choice::Accounts), "one row of the first screen");
    drive.act(Action::Last).act(Action::Enter);
    assert_eq!((drive.wizard.screen, drive.wizard.context()), (Screen::Accounts, KeyContext::AccountsBusy));
    assert!(matches!(drive.effects[..], [Effect::ListAccounts(_)]), "{:?}", drive.effects);
    answer(&mut drive, Ok(listed(0)));
    assert_eq!(drive.wizard.context(), KeyContext::Accounts);
    drive
}

#[test]
fn another_account_is_used_and_that_can_be_undone() {
    let mut drive = at_accounts();
    drive.act(Action::Down).act(Action::Enter);
    let wanted = AccountChange::Use("chutes:bob".into());
    assert!(matches!(&drive.effects[..], [Effect::ChangeAccount { change, .. }] if *change == wanted));
    assert_eq!(drive.wizard.context(), KeyContext::AccountsBusy);
    changed(&mut drive, Ok(wrote(1)));
    assert!(matches!(drive.effects[..], [Effect::Load]), "the first screen shows what is stored now");
    assert_eq!((drive.wizard.context(), drive.wizard.accounts.chosen), (KeyContext::AccountsChanged, 1));
    drive.act(Action::Undo);
    assert!(matches!(drive.effects[..], [Effect::Undo]));
    drive.event(Event::Undone(Box::new(Ok(Undone::default()))));
    assert!(matches!(drive.effects[..], [Effect::Load, Effect::ListAccounts(_)]), "{:?}", drive.effects);
    answer(&mut drive, Ok(listed(0)));
    drive.act(Action::Back).act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Cancelled)]), "{:?}", drive.effects);
}

#[test]
fn what_is_in_use_needs_no_write_and_the_last_one_is_not_removed() {
    let mut drive = at_accounts();
    drive.act(Action::Enter);
    assert!(drive.effects.is_empty() && drive.wizard.screen == Screen::Auth);
    let mut drive = at_accounts();
    answer(&mut drive, Ok(Listed { stored: vec![stored("chutes:ada")], active: Some(0) }));
    drive.act(Action::RemoveAccount);
    assert!(drive.effects.is_empty(), "{:?}", drive.effects);
    let mut drive = at_accounts();
    drive.act(Action::RemoveAccount);
    changed(&mut drive, Err(Error::NothingToUndo));
    assert_eq!(drive.wizard.context(), KeyContext::Accounts, "a failure leaves the list as it was");
    assert!(drive.wizard.accounts.failed.is_some());
}

#[test]
fn only_a_change_that_was_written_is_said_to_be_done_and_can_be_undone() {
    let mut drive = at_accounts();
    drive.act(Action::RemoveAccount);
    changed(&mut drive, Ok(Changed { listed: listed(0), written: false, undoable: false }));
    assert_eq!(drive.wizard.context(), KeyContext::Accounts, "an undo would take an older write back");
    assert_eq!(drive.wizard.accounts.did, None);
    drive.act(Action::Undo);
    assert!(drive.effects.is_empty(), "{:?}", drive.effects);
    drive.act(Action::Down).act(Action::Enter);
    changed(&mut drive, Ok(Changed { undoable: false, ..wrote(1) }));
    assert_eq!(drive.wizard.context(), KeyContext::Accounts);
    assert!(drive.wizard.accounts.did.is_some());
}

#[test]
fn a_change_is_not_forgotten_when_the_screen_is_opened_again() {
    let mut drive = at_accounts();
    for active in [1, 0] {
        drive.wizard.accounts.chosen = active;
        drive.act(Action::Enter);
        changed(&mut drive, Ok(wrote(active)));
    }
    drive.act(Action::Undo).event(Event::Undone(Box::new(Ok(Undone::default()))));
    drive.act(Action::Back).act(Action::Last).act(Action::Enter);
    assert!(matches!(drive.effects[..], [Effect::ListAccounts(_)]), "{:?}", drive.effects);
    answer(&mut drive, Ok(listed(1)));
    drive.act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Changed)]), "one of two stays: {:?}", drive.effects);
}

#[test]
fn signing_out_shows_its_diff_first() {
    let mut drive = at_accounts();
    drive.act(Action::SignOut);
    assert!(matches!(drive.effects[..], [Effect::PlanSignOut(_)]));
    let attempt = drive.wizard.accounts.attempt;
    drive.event(Event::SignOutPlanned { attempt, result: Ok(super::plan_of_one_line().diffs) });
    assert_eq!(drive.wizard.context(), KeyContext::AccountsWayOut);
    drive.act(Action::Back);
    assert_eq!(drive.wizard.context(), KeyContext::Accounts, "nothing happened");
    drive.act(Action::SignOut);
    drive.event(Event::SignOutPlanned { attempt, result: Ok(super::plan_of_one_line().diffs) });
    drive.act(Action::Enter);
    assert!(matches!(drive.effects[..], [Effect::SignOut(_)]));
    drive.act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::StopWaiting]), "what has begun is finished");
    let change = FileChange {
        role: Role::Config,
        path: "/x".into(),
        link: None,
        before: None,
        after: Vec::new(),
        backup: None,
        mode: 0o600,
    };
    let out = SignedOut { plan: Plan { files: vec![change], ..Plan::default() }, ..SignedOut::default() };
    drive.event(Event::SignedOut { attempt, result: Box::new(Ok(out)) });
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Changed)]), "{:?}", drive.effects);
}

#[test]
fn who_could_not_be_signed_out_is_told_and_still_signed_in() {
    let mut drive = at_accounts();
    drive.act(Action::SignOut);
    let attempt = drive.wizard.accounts.attempt;
    drive.event(Event::SignOutPlanned { attempt, result: Ok(Vec::new()) });
    drive.act(Action::Enter);
    let problem = Problem::NotRevoked(Unrevoked::StillValid);
    drive.event(Event::SignedOut { attempt, result: Box::new(Err(problem)) });
    assert_eq!(drive.wizard.context(), KeyContext::AccountsOver);
    drive.act(Action::Enter).act(Action::Quit);
    assert!(matches!(drive.effects[..], [Effect::Exit(Outcome::Cancelled)]), "{:?}", drive.effects);
}
