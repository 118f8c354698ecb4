//! The test call, and the stand-in's half of it.

use crate::support::*;
use openclaw_chutes::chutes::client::Call;
use openclaw_chutes::chutes::verify::{Verdict, verify};
use openclaw_chutes::http1::{Request, Response};
use openclaw_chutes::secret::Secret;
use openclaw_chutes::standin::{Caller, Config, Fault, IdentityProvider, Keys, Route, Standin};
use serde_json::{Value, json};
use std::sync::Arc;

fn standin() -> Standin {
    Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), LIST)).expect("a stand-in")
}

fn verdict(standin: &Standin, model: &str) -> Verdict {
    run(verify(&client(&standin.api_base(), PATIENT, &[]), &key(), model))
}

#[test]
fn a_working_pair_works_and_costs_one_token() {
    let standin = standin();
    let verdict = verdict(&standin, "a/b");
    let Verdict::Works { prompt_tokens, completion_tokens, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!((prompt_tokens, completion_tokens), (Some(9), Some(1)));
    let requests = standin.requests();
    assert_eq!((requests[0].method.as_str(), requests[0].target.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(requests[0].authorization.as_deref(), Some(format!("Bearer {KEY}").as_str()));
    let asked: Value = serde_json::from_slice(&requests[0].body).expect("JSON");
    assert_eq!((&asked["model"], &asked["max_tokens"]), (&json!("a/b"), &json!(1)));
}

#[test]
fn each_status_has_its_verdict() {
    let standin = standin();
    assert!(matches!(verdict(&standin, "gone"), Verdict::NotServed(_)));
    for (status, expected) in [
        (401, "refused"),
        (403, "refused"),
        (404, "not served"),
        (402, "no balance"),
        (400, "unverified"),
        (429, "unverified"),
        (500, "unverified"),
        (503, "unverified"),
    ] {
        standin.set_fault(Route::Chat, Fault::Status(status));
        let verdict = verdict(&standin, "a/b");
        let name = match &verdict {
            Verdict::Works { .. } => "works",
            Verdict::Refused(_) => "refused",
            Verdict::NotServed(_) => "not served",
            Verdict::NoBalance(_) => "no balance",
            Verdict::Unverified(_) => "unverified",
        };
        assert_eq!(name, expected, "{status}");
        assert_eq!(verdict.failure().and_then(|failure| failure.status()), Some(status));
        assert!(!format!("{verdict:?}").contains("canary"));
    }
}

#[test]
fn an_answer_that_proves_nothing_verifies_nothing() {
    let standin = standin();
    let codes = [
        (Fault::Html, "not-json"),
        (Fault::OddJson, "malformed-json"),
        (Fault::Body(b"{}".to_vec()), "malformed-json"),
        (Fault::Truncated, "truncated"),
        (Fault::GzipBomb, "too-large"),
        (Fault::Close, "network"),
    ];
    for (fault, code) in codes {
        standin.set_fault(Route::Chat, fault);
        match verdict(&standin, "a/b") {
            Verdict::Unverified(failure) => assert_eq!(failure.code(), code),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_test_call_follows_no_redirect_at_all() {
    let (here, there) = (standin(), standin());
    for status in [301, 302, 303, 307, 308] {
        for to in [format!("{}/chat/completions", there.api_base()), "/v1/models".to_owned()] {
            here.set_fault(Route::Chat, Fault::Redirect(status, to));
            match verdict(&here, "a/b") {
                Verdict::Unverified(failure) => assert_eq!(failure.code(), "redirected"),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((here.requests().len(), there.requests().len()), (10, 0));
}

#[test]
fn the_demo_takes_every_well_formed_key_that_does_not_end_in_bad() {
    let standin = Standin::start(Config::demo()).expect("a stand-in");
    let client = client(&standin.api_base(), PATIENT, &[]);
    for (key, works) in
        [(shaped("z"), true), (shaped("bad"), false), ("cpk_a.b.c".to_owned(), false), ("x".to_owned(), false)]
    {
        let verdict = run(verify(&client, &Secret::new(&key), "zai-org/GLM-4.7-TEE"));
        assert_eq!(matches!(verdict, Verdict::Works { .. }), works, "{key}");
        assert_eq!(matches!(verdict, Verdict::Refused(_)), !works, "{key}");
    }
}

#[test]
fn a_stream_is_made_of_events_and_ends_with_done() {
    let standin = standin();
    let key = key();
    let body = json!({
        "model": "c", "messages": [], "stream": true, "stream_options": { "include_usage": true },
    });
    let call = Call::post_json(format!("{}/chat/completions", standin.api_base()), &body).bearer(Some(&key));
    let answer = run(client(&standin.api_base(), PATIENT, &[]).send(call, |_| {}));
    let answer = answer.unwrap_or_else(|failure| panic!("{failure:?}"));
    let text = String::from_utf8(answer.body).expect("UTF-8");
    let mut events: Vec<&str> = text.split_terminator("\n\n").map(|event| &event["data: ".len()..]).collect();
    assert_eq!(events.pop(), Some("[DONE]"));
    let events: Vec<Value> = events.iter().map(|event| serde_json::from_str(event).expect("JSON")).collect();
    let said: String = events.iter().filter_map(|event| event["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(said, "Hello from the stand-in.");
    assert_eq!(events.last().map(|event| event["usage"]["completion_tokens"].clone()), Some(json!(4)));
    assert!(events.iter().any(|event| event["choices"][0]["finish_reason"] == "stop"));
}

/// A key of the shape that the service gives, with this end.
fn shaped(end: &str) -> String {
    format!("cpk_{0}.{0}.{1}{end}", "0a".repeat(16), "Z".repeat(32 - end.len()))
}

struct Provider;

impl IdentityProvider for Provider {
    fn handle(&self, request: &Request, _: &Caller) -> Option<Response> {
        (request.path() == "/idp/userinfo").then(|| Response::json(200, &json!({ "sub": "1" })))
    }
    fn scopes_of(&self, access_token: &str) -> Option<Vec<String>> {
        (access_token == "cak_good").then(|| vec!["chutes:invoke".to_owned()])
    }
}

#[test]
fn an_identity_provider_can_be_put_in() {
    let config = Config { idp: Some(Arc::new(Provider)), ..Config::serving(Keys::Listed(Vec::new()), LIST) };
    let standin = Standin::start(config).expect("a stand-in");
    let client = client(&standin.api_base(), PATIENT, &[]);
    let status = |path: &str| {
        let answer = run(client.send(Call::get(format!("{}{path}", standin.idp_base())), |_| {}));
        answer.unwrap_or_else(|failure| panic!("{failure:?}")).status
    };
    assert_eq!((status("/idp/userinfo"), status("/idp/other"), status("/elsewhere")), (200, 404, 404));
    assert!(matches!(run(verify(&client, &Secret::new("cak_good"), "c")), Verdict::Works { .. }));
    assert!(matches!(run(verify(&client, &Secret::new("cak_old"), "c")), Verdict::Refused(_)));
}

#[test]
fn a_stand_in_is_gone_when_dropped_even_with_a_call_hanging() {
    let standin = standin();
    standin.set_fault(Route::Chat, Fault::Hang);
    let (address, api) = (standin.address(), standin.api_base());
    let verdict = std::thread::scope(|scope| {
        let calling = scope.spawn(|| run(verify(&client(&api, PATIENT, &[]), &key(), "c")));
        // The call has arrived and gets no answer; now the service goes away.
        while standin.requests().is_empty() {
            std::thread::yield_now();
        }
        drop(standin);
        calling.join().expect("a verdict")
    });
    match verdict {
        Verdict::Unverified(failure) => assert_eq!(failure.code(), "network"),
        other => panic!("{other:?}"),
    }
    assert!(std::net::TcpStream::connect(address).is_err());
}
