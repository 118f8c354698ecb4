//! `models verify`: the proof of a TEE model, fetched fresh and checked here.

use super::context::Context;
use super::error::{Error, TeeError};
use super::known::resolve_known;
use super::report::Report;
use super::service;
use super::signals;
use crate::chutes::client::Client;
use crate::chutes::model::{id_of, reference};
use crate::chutes::tee::{self, Check, Instance, Outcome, Proof};
use crate::clean;
use crate::texts::{Lang, choose as text};
use serde_json::{Map, Value, json};

pub fn verify(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let kept = context.state().catalog();
    let target = resolve_known(name, &current, kept.as_ref())?;
    let Some(id) = id_of(&target) else { return Err(Error::NotChutes { reference: target }) };
    let endpoints = service::endpoints(context, &current)?;
    let Some(secret) = service::stored_secret(&site, &endpoints)?.ok().flatten() else {
        return Err(Error::MissingCredential);
    };
    let client = Client::new(endpoints);
    let (listed, _) = service::list_and_health(&client)?;
    let listed = listed.map_err(Error::Service)?;
    let refused = |problem: TeeError| Err(Error::Tee(problem));
    let Some(model) = listed.get(id) else { return refused(TeeError::NotServed { model: target.into() }) };
    let Some(chute) = model.chute.filter(|_| model.tee == Some(true)) else {
        return refused(TeeError::NoTee { model: target.into() });
    };
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|error| Error::System(std::io::Error::other(error.to_string())))?;
    let proof = signals::until_interrupted(tee::prove(&client, &secret, chute, nonce))?.map_err(Error::Service)?;
    let refuted = proof.instances.is_empty() || proof.instances.iter().any(Instance::is_refuted);
    let exit = u8::from(refuted);
    if as_json {
        return Ok(Report::json(&document(id, &proof)).exit(exit));
    }
    Ok(Report::text(words(id, &proof, context.lang)).exit(exit))
}

fn document(id: &str, proof: &Proof) -> Value {
    let outcome = |outcome: Outcome| match outcome {
        Outcome::Proven => json!(true),
        Outcome::Refuted => json!(false),
        Outcome::NotChecked => Value::Null,
    };
    let instance = |instance: &Instance| {
        let checks: Map<String, Value> = Check::ALL
            .iter()
            .zip(instance.outcomes)
            .map(|(check, of)| (check.name().to_owned(), outcome(of)))
            .collect();
        json!({ "instance": instance.id, "proven": instance.is_proven(), "checks": checks })
    };
    json!({
        "key": reference(id),
        "proven": !proof.instances.is_empty() && proof.instances.iter().all(Instance::is_proven),
        "instances": proof.instances.iter().map(instance).collect::<Vec<_>>(),
        "silent": proof.silent,
        "notChecked": ["tcb-status", "revocation", "gpu"],
    })
}

fn words(id: &str, proof: &Proof, lang: Lang) -> String {
    let mut out = clean::line(&reference(id)) + "\n";
    if proof.instances.is_empty() {
        out.push_str(&format!("  {}\n", text::tee_no_evidence(lang)));
    }
    for instance in &proof.instances {
        out.push_str(&format!("\n{}\n", text::tee_instance(lang, clean::line(&instance.id))));
        for (check, outcome) in Check::ALL.into_iter().zip(instance.outcomes) {
            out.push_str(&format!("  {}  {}\n", outcome_words(outcome, lang), check_words(check, lang)));
        }
    }
    if !proof.silent.is_empty() {
        out.push_str(&format!("\n{}\n", text::tee_silent(lang, clean::line(&proof.silent.join(", ")))));
    }
    out + &format!("\n{}\n", text::tee_limits(lang))
}

fn outcome_words(outcome: Outcome, lang: Lang) -> &'static str {
    match outcome {
        Outcome::Proven => text::tee_proven(lang),
        Outcome::Refuted => text::tee_refuted(lang),
        Outcome::NotChecked => text::tee_not_checked(lang),
    }
}

fn check_words(check: Check, lang: Lang) -> &'static str {
    match check {
        Check::Chain => text::tee_chain(lang),
        Check::Nonce => text::tee_nonce(lang),
        Check::Certificate => text::tee_certificate(lang),
        Check::Debug => text::tee_debug(lang),
        Check::Measurements => text::tee_measurements(lang),
    }
}
