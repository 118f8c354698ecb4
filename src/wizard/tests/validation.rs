//! What OpenClaw itself says of its config, asked while the models are chosen.

use super::*;
use crate::openclaw::plan::PlanWarning;
use crate::openclaw::plan::refusals::{Refusal, What};

fn refused(dotted: &str) -> PlanWarning {
    let what = What::Said("no".into());
    PlanWarning::Refused {
        version: None,
        refusal: Refusal { path: "/x/openclaw.json".into(), place: None, dotted: dotted.into(), what },
    }
}

fn asked(effects: &[Effect]) -> Option<Attempt> {
    effects.iter().find_map(|effect| match effect {
        Effect::Validate(attempt) => Some(*attempt),
        _ => None,
    })
}

fn at_models() -> (Drive, Attempt) {
    let answers = Facts { choice: Some(AuthChoice::ApiKey), openclaw_answers: true, ..facts() };
    let mut drive = Drive::loaded(answers);
    assert_eq!(asked(&drive.effects), None, "there is nothing to do yet");
    drive.paste(KEY).act(Action::Enter).discovered(Ok(all()));
    let attempt = asked(&drive.effects).expect("it is asked");
    (drive, attempt)
}

fn shown(drive: &Drive) -> Vec<PlanWarning> {
    let Some(Ok(planned)) = &drive.wizard.review.planned else { panic!("a plan") };
    drive.wizard.validation.beside(&planned.warnings).cloned().collect()
}

#[test]
fn openclaw_is_asked_once_the_models_are_there_and_nobody_waits() {
    let (mut drive, attempt) = at_models();
    drive.act(Action::Enter);
    assert_eq!(asked(&drive.effects), None, "it is still at it");
    let warnings = vec![PlanWarning::GatewayModeMissing, refused("guessed")];
    let planned = Planned { warnings: warnings.clone(), ..plan_of_one_line() };
    drive.planned(Ok(planned)).verified(works());
    assert_eq!(shown(&drive), warnings);
    // No answer changes nothing, nor does one to another question.
    drive.event(Event::Validated { attempt, refused: None });
    drive.event(Event::Validated { attempt: Attempt(attempt.0 + 100), refused: Some(Vec::new()) });
    assert_eq!(shown(&drive), warnings);
    drive.event(Event::Validated { attempt, refused: Some(vec![refused("said")]) });
    assert_eq!(shown(&drive), [PlanWarning::GatewayModeMissing, refused("said")]);
    assert!(drive.act(Action::Enter).commits());
    // The write may have moved the place.
    drive.event(Event::Committed(Box::new(Ok(Committed::default()))));
    assert!(asked(&drive.effects).is_some());
}

#[test]
fn what_was_refused_is_asked_again_with_the_next_review() {
    let (mut drive, attempt) = at_models();
    drive.act(Action::Enter).planned(Ok(plan_of_one_line()));
    drive.event(Event::Validated { attempt, refused: Some(vec![refused("said")]) });
    drive.act(Action::Retry);
    let again = asked(&drive.effects).expect("it may be mended");
    drive.planned(Ok(plan_of_one_line()));
    assert_eq!(shown(&drive), [refused("said")], "until there is another answer");
    drive.event(Event::Validated { attempt: again, refused: Some(Vec::new()) });
    assert!(shown(&drive).is_empty());
    drive.act(Action::Retry);
    assert_eq!(asked(&drive.effects), None, "nothing was refused");
}

#[test]
fn without_an_openclaw_nobody_is_asked() {
    let mut drive = Drive::at_models(all());
    assert_eq!(asked(&drive.effects), None);
    drive.act(Action::Enter);
    assert_eq!(asked(&drive.effects), None);
}
