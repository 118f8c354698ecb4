//! Every way in which a call can fail ends in the failure of that name, and the credential goes
//! nowhere but to the service.

use crate::support::*;
use openclaw_chutes::chutes::catalog::Stage;
use openclaw_chutes::chutes::client::Limits;
use openclaw_chutes::chutes::failure::{Kind, NotJson, ProxyTrouble, Tls};
use openclaw_chutes::http1::Response;
use openclaw_chutes::standin::{ClosedPort, Config, Fault, Keys, Route, Standin};
use openclaw_chutes::texts::Lang;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn standin() -> Standin {
    Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), LIST)).expect("a stand-in")
}

const LIMIT: usize = PATIENT.body;
/// What an answer may have over the limit for each model.
const PER_MODEL: usize = 2048;

/// `begin`, and 6 MiB of `fill`.
fn long(begin: &str, fill: &str) -> Vec<u8> {
    (begin.to_owned() + &fill.repeat(6 * 1024 * 1024)).into_bytes()
}

const HASTY: Limits = Limits { connect: Duration::from_secs(1), whole: Duration::from_secs(1), body: 5 * 1024 * 1024 };

#[test]
fn a_live_list_is_read_and_its_stages_are_told() {
    let standin = standin();
    let (outcome, stages) = run(discover(&client(&standin.api_base(), PATIENT, &[])));
    let catalog = outcome.expect("a catalog");
    assert_eq!(catalog.models.iter().map(|m| &*m.id).collect::<Vec<_>>(), ["a/b", "c"]);
    assert_eq!((catalog.source.name(), catalog.serves("c"), catalog.serves("d")), ("live", Some(true), Some(false)));
    assert!(catalog.fetched_at.is_some_and(|at| at.0 > 1_600_000_000_000));
    assert_eq!(stages, [Stage::Connect, Stage::Request, Stage::Parse]);
    let requests = standin.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].method.as_str(), requests[0].target.as_str()), ("GET", "/v1/models"));
    assert_eq!(requests[0].authorization.as_deref(), Some(format!("Bearer {KEY}").as_str()));
}

#[test]
fn every_misbehaviour_of_the_service_has_its_code() {
    let status = |status, retry_after| Kind::Status {
        status,
        said: Some(format!("Told to answer {status} to Bearer ….")),
        retry_after,
        resets_at: None,
    };
    let cases = [
        (Fault::Status(401), "unauthorized", Some(status(401, None))),
        (Fault::Status(402), "payment-required", Some(status(402, None))),
        (Fault::Status(403), "forbidden", Some(status(403, None))),
        (Fault::Status(404), "not-found", Some(status(404, None))),
        (Fault::Status(418), "unexpected-status", Some(status(418, None))),
        (Fault::Status(429), "rate-limited", Some(status(429, Some(7)))),
        (Fault::Status(500), "server-error", Some(status(500, None))),
        (Fault::Status(503), "server-error", Some(status(503, None))),
        (Fault::Html, "not-json", Some(Kind::NotJson(NotJson::Html))),
        (Fault::Body(b" \n".to_vec()), "not-json", Some(Kind::NotJson(NotJson::EmptyBody))),
        (Fault::Body(b"soon".to_vec()), "not-json", Some(Kind::NotJson(NotJson::Other))),
        (Fault::Truncated, "truncated", Some(Kind::Truncated)),
        (Fault::Body(LIST[..20].to_vec()), "truncated", Some(Kind::Truncated)),
        (Fault::OddJson, "malformed-json", None),
        (Fault::Body(br#"{"data":[}"#.to_vec()), "malformed-json", None),
        (Fault::Body(b"[]".to_vec()), "malformed-json", None),
        (Fault::Body(b"7".to_vec()), "malformed-json", None),
        (Fault::Body(b"{}".to_vec()), "malformed-json", None),
        (Fault::EmptyList, "empty-list", Some(Kind::Empty { skipped: 0 })),
        (Fault::Body(br#"{"data":[7,{"id":" "}]}"#.to_vec()), "empty-list", Some(Kind::Empty { skipped: 2 })),
        (Fault::GzipBomb, "too-large", Some(Kind::TooLarge { limit: LIMIT })),
        // One model, a million times.
        (Fault::Oversized, "too-large", Some(Kind::TooLarge { limit: LIMIT + PER_MODEL })),
        (
            Fault::Body(long(r#"{"data":[{"id":"a"},"#, " ")),
            "too-large",
            Some(Kind::TooLarge { limit: LIMIT + PER_MODEL }),
        ),
        (Fault::Body(long(r#"{"data":[""#, "x")), "too-large", Some(Kind::TooLarge { limit: LIMIT })),
        (Fault::Body(long(r#"{"object":""#, "x")), "too-large", Some(Kind::TooLarge { limit: LIMIT })),
        (Fault::Body(long("x", "x")), "too-large", Some(Kind::TooLarge { limit: LIMIT })),
        (Fault::Close, "network", None),
    ];
    let standin = standin();
    let host = standin.address().to_string();
    for (fault, code, kind) in cases {
        standin.set_fault(Route::Models, fault.clone());
        let failure = run(failure(&standin.api_base(), PATIENT, &[]));
        let fault = format!("{fault:?}").chars().take(80).collect::<String>();
        assert_eq!(failure.code(), code, "{fault}: {failure:?}");
        if let Some(kind) = kind {
            assert_eq!(failure.kind, kind, "{fault}");
        }
        assert_eq!((failure.host.as_str(), &failure.proxy), (host.as_str(), &None));
        for lang in [Lang::En, Lang::ZhCn] {
            let words = format!("{} {} {failure:?}", failure.message(lang), failure.hint(lang));
            assert!(words.contains(&host) && !words.contains("canary"), "{words}");
        }
    }
}

#[test]
fn ten_thousand_models_are_taken_however_they_are_printed() {
    let august: Value = serde_json::from_slice(include_bytes!("../data/chutes-models-2026-08-22.json")).expect("JSON");
    let known = august["data"].as_array().expect("a list");
    let data = (0..10_000).map(|n| {
        let mut model = known[n % known.len()].clone();
        model["id"] = format!("publisher-{}/Model-{n}-TEE", n % 97).into();
        model
    });
    let list = json!({ "object": "list", "data": data.collect::<Vec<_>>() });
    for body in [list.to_string(), format!("{list:#}")] {
        assert!(body.len() > LIMIT + 2_000_000, "{}", body.len());
        let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), body)).expect("a stand-in");
        let models = run(discover(&client(&standin.api_base(), PATIENT, &[]))).0.expect("a catalog").models;
        assert_eq!((models.len(), &*models[9_999].id), (10_000, "publisher-8/Model-9999-TEE"));
    }
}

#[test]
fn an_error_with_a_long_body_is_still_told_by_its_status() {
    for (length, said) in [(100, true), (LIMIT + 1, false)] {
        let failure = run(async {
            let body = format!("{{\"detail\":\"no more\"{}}}", " ".repeat(length)).into_bytes();
            let (address, _) = plain(move |_| Response { status: 402, headers: Vec::new(), body: body.clone() }).await;
            failure(&format!("http://{address}/v1"), PATIENT, &[]).await
        });
        let said = said.then(|| "no more".to_owned());
        assert_eq!(failure.kind, Kind::Status { status: 402, said, retry_after: None, resets_at: None });
    }
}

#[test]
fn a_refused_credential_is_told_from_every_other_trouble() {
    let standin = standin();
    standin.set_keys(Keys::Listed(Vec::new()));
    let refused = run(failure(&standin.api_base(), PATIENT, &[]));
    assert!(refused.credential_refused() && refused.status() == Some(401), "{refused:?}");
    // Without a credential the same list is public.
    let client = client(&standin.api_base(), PATIENT, &[]);
    let listed = run(openclaw_chutes::chutes::catalog::discover(&client, None, |_| {}));
    assert_eq!(listed.expect("a catalog").models.len(), 2);
    assert_eq!(standin.requests()[1].authorization, None);
}

#[test]
fn nobody_listening_is_a_refused_connection() {
    let closed = ClosedPort::new().expect("a port");
    let address = closed.address().expect("an address");
    let failure = run(failure(&format!("http://{address}/v1"), PATIENT, &[]));
    assert_eq!((failure.code(), failure.host.as_str()), ("connection-refused", address.to_string().as_str()));
    assert!(failure.message(Lang::En).contains("called directly"), "{}", failure.message(Lang::En));
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    // The second is too long a label for any name server to be asked.
    for name in ["does-not-exist.invalid".to_owned(), format!("{}.invalid", "a".repeat(64))] {
        let failure = run(failure(&format!("https://{name}/v1"), PATIENT, &[]));
        assert_eq!((failure.code(), &failure.kind), ("dns", &Kind::Dns { name: name.clone() }));
        assert!(failure.message(Lang::En).contains(&name));
    }
}

#[test]
fn a_timeout_says_at_which_stage() {
    let standin = standin();
    for fault in [Fault::Hang, Fault::SlowHeaders] {
        standin.set_fault(Route::Models, fault);
        let failure = run(failure(&standin.api_base(), HASTY, &[]));
        assert_eq!(failure.kind, Kind::Timeout { stage: Stage::Request, after: HASTY.whole });
    }
    // Accepts, and then never says a word of TLS.
    let failure = run(async {
        let address = accept(|stream| async move {
            let _open = stream;
            std::future::pending().await
        })
        .await;
        failure(&format!("https://{address}/v1"), Limits { connect: HASTY.connect, ..PATIENT }, &[]).await
    });
    assert_eq!(failure.kind, Kind::Timeout { stage: Stage::Tls, after: HASTY.connect });
}

#[test]
fn a_certificate_problem_is_said_in_words() {
    let cases = [
        ("self-signed", Tls::UnknownIssuer),
        ("expired", Tls::Expired),
        ("future", Tls::NotYetValid),
        ("other-name", Tls::WrongName),
    ];
    for (certificate, problem) in cases {
        let (failure, requests) = run(async {
            let (address, requests) = tls(certificate).await;
            (failure(&format!("https://{address}/v1"), PATIENT, &[("SSL_CERT_FILE", &ca())]).await, seen(&requests))
        });
        assert_eq!((failure.code(), &failure.kind), ("tls", &Kind::Tls(problem)));
        assert!(requests.is_empty());
    }
    // A good certificate, of an authority that nobody told us about.
    let failure = run(async {
        let (address, _) = tls("good").await;
        failure(&format!("https://{address}/v1"), PATIENT, &[]).await
    });
    assert_eq!(failure.kind, Kind::Tls(Tls::UnknownIssuer));
}

#[test]
fn what_is_no_tls_is_called_that() {
    let standin = standin();
    let failure = run(failure(&standin.api_base().replace("http:", "https:"), PATIENT, &[]));
    assert_eq!(failure.kind, Kind::Tls(Tls::NotTls));
    assert!(standin.requests().is_empty());
}

#[test]
fn an_authority_from_a_variable_is_trusted() {
    for variable in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        let (outcome, stages) = run(async {
            let (address, _) = tls("good").await;
            discover(&client(&format!("https://{address}/v1"), PATIENT, &[(variable, &ca())])).await
        });
        assert_eq!(outcome.expect("a catalog").models.len(), 2, "{variable}");
        assert_eq!(stages, [Stage::Connect, Stage::Tls, Stage::Request, Stage::Parse]);
    }
}

#[test]
fn the_credential_follows_no_redirect_to_another_origin() {
    let (here, there) = (standin(), standin());
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/models?echo={KEY}", there.api_base());
        here.set_fault(Route::Models, Fault::Redirect(status, to));
        let failure = run(failure(&here.api_base(), PATIENT, &[]));
        assert_eq!(failure.kind, Kind::Redirected { to: format!("{}/models", there.api_base()) });
        assert!(failure.message(Lang::En).contains(&there.address().to_string()));
    }
    assert_eq!((here.requests().len(), there.requests().len()), (5, 0));
}

#[test]
fn a_redirect_within_the_origin_is_followed_and_a_circle_is_not() {
    let (outcome, requests) = run(async {
        let (address, requests) = plain(|request| match request.path() {
            "/v1/models" => Response::html(308, "").header("Location", "/v2/models"),
            _ => list(),
        })
        .await;
        (discover(&client(&format!("http://{address}/v1"), PATIENT, &[])).await.0, seen(&requests))
    });
    assert_eq!(outcome.expect("a catalog").models.len(), 2);
    assert_eq!(requests, [("GET /v1/models".to_owned(), true), ("GET /v2/models".to_owned(), true)]);

    let standin = standin();
    standin.set_fault(Route::Models, Fault::Redirect(302, "/v1/models".to_owned()));
    assert_eq!(run(failure(&standin.api_base(), PATIENT, &[])).code(), "redirected");
    assert_eq!(standin.requests().len(), 6);
}

#[test]
fn a_credential_that_no_header_can_carry_is_never_sent() {
    let standin = standin();
    let broken = openclaw_chutes::secret::Secret::new("cpk_a.b.c\r\nX-Evil: 1");
    let client = client(&standin.api_base(), PATIENT, &[]);
    let outcome = run(openclaw_chutes::chutes::catalog::discover(&client, Some(&broken), |_| {}));
    assert_eq!(outcome.expect_err("a failure").kind, Kind::CredentialMalformed);
    assert!(standin.requests().is_empty());
}

#[test]
fn an_http_proxy_is_used_and_hears_nothing_but_the_name() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let (outcome, stages, heads, requests) = run(async {
            let (target, requests) = tls("good").await;
            let (proxy, heads) = http_proxy(target, None).await;
            let proxy = format!("http://user:pass@{proxy}");
            let client = client("https://chutes.test/v1", PATIENT, &[(variable, &proxy), ("SSL_CERT_FILE", &ca())]);
            let (outcome, stages) = discover(&client).await;
            let heads = heads.lock().expect("no panic").clone();
            (outcome, stages, heads, seen(&requests))
        });
        assert_eq!(outcome.expect(variable).models.len(), 2);
        assert_eq!(stages, [Stage::Connect, Stage::Tls, Stage::Request, Stage::Parse]);
        assert_eq!(heads.len(), 1);
        assert!(heads[0].starts_with("CONNECT chutes.test:443 HTTP/1.1\r\n"), "{}", heads[0]);
        assert!(heads[0].to_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnz"), "{}", heads[0]);
        assert!(!heads[0].contains("canary"), "{}", heads[0]);
        assert_eq!(requests, [("GET /v1/models".to_owned(), true)]);
    }
}

#[test]
fn a_socks_proxy_is_used_and_resolves_the_name() {
    let (outcome, names) = run(async {
        let (target, _) = tls("good").await;
        let (proxy, names) = socks_proxy(target).await;
        let proxy = format!("socks5h://{proxy}");
        let client = client("https://chutes.test/v1", PATIENT, &[("ALL_PROXY", &proxy), ("SSL_CERT_FILE", &ca())]);
        let outcome = discover(&client).await.0;
        let names = names.lock().expect("no panic").clone();
        (outcome, names)
    });
    assert_eq!(outcome.expect("a catalog").models.len(), 2);
    assert_eq!(names, ["chutes.test"]);
}

#[test]
fn loopback_and_no_proxy_go_direct() {
    let standin = standin();
    let closed = ClosedPort::new().expect("a port");
    let proxy = format!("http://{}", closed.address().expect("an address"));
    let env = [("HTTPS_PROXY", proxy.as_str()), ("HTTP_PROXY", &proxy), ("ALL_PROXY", &proxy)];
    let (outcome, _) = run(discover(&client(&standin.api_base(), PATIENT, &env)));
    assert_eq!(outcome.expect("a catalog").models.len(), 2);

    // Unresolvable, so that nothing leaves this machine; what counts is which way it was tried.
    let name = format!("{}.invalid", "a".repeat(64));
    let direct = run(failure(&format!("https://{name}/v1"), PATIENT, &[env[0], ("NO_PROXY", "invalid")]));
    assert_eq!((direct.code(), &direct.proxy), ("dns", &None));
    // As OpenClaw reads it: lower case counts first, and white space is between entries, too.
    let direct = [env[0], ("NO_PROXY", "example.com"), ("no_proxy", "a.b *.invalid:443")];
    let direct = run(failure(&format!("https://{name}/v1"), PATIENT, &direct));
    assert_eq!((direct.code(), &direct.proxy), ("dns", &None));
    let proxied = run(failure(&format!("https://{name}/v1"), PATIENT, &[env[0], ("NO_PROXY", "example.com")]));
    assert_eq!((proxied.code(), proxied.proxy.is_some()), ("proxy", true));
}

#[test]
fn trouble_with_the_proxy_is_laid_at_its_door() {
    let closed = ClosedPort::new().expect("a port");
    let closed = closed.address().expect("an address").to_string();
    let api = "https://chutes.test/v1";
    let secret_proxy = format!("http://user:hunter2@{closed}");
    let unreachable = run(failure(api, PATIENT, &[("HTTPS_PROXY", &secret_proxy)]));
    assert_eq!(unreachable.kind, Kind::Proxy(ProxyTrouble::Unreachable));
    assert_eq!(unreachable.proxy.as_deref(), Some(closed.as_str()));
    assert!(!format!("{unreachable:?}{}", unreachable.message(Lang::En)).contains("hunter2"));
    let socks = run(failure(api, PATIENT, &[("ALL_PROXY", &format!("socks5h://{closed}"))]));
    assert_eq!(socks.kind, Kind::Proxy(ProxyTrouble::Unreachable));

    let answers = [
        ("407 Proxy Authentication Required", ProxyTrouble::Authentication),
        ("403 Forbidden", ProxyTrouble::Declined),
        ("502 Bad Gateway", ProxyTrouble::Declined),
    ];
    for (answer, trouble) in answers {
        let (failure, proxy) = run(async {
            let (proxy, _) = http_proxy(String::new(), Some(answer)).await;
            (failure(api, PATIENT, &[("HTTPS_PROXY", &proxy)]).await, proxy)
        });
        assert_eq!(failure.kind, Kind::Proxy(trouble), "{answer}");
        assert!(failure.message(Lang::En).contains(&proxy));
    }

    let setting = run(failure(api, PATIENT, &[("HTTPS_PROXY", "gopher://x")]));
    assert_eq!(setting.kind, Kind::Proxy(ProxyTrouble::Setting("HTTPS_PROXY")));

    // A proxy that takes the call and says nothing.
    let mute = run(async {
        let address = accept(|stream| async move {
            let _open = stream;
            std::future::pending().await
        })
        .await;
        failure(api, Limits { connect: HASTY.connect, ..PATIENT }, &[("HTTPS_PROXY", &address)]).await
    });
    assert_eq!(mute.kind, Kind::Timeout { stage: Stage::Connect, after: HASTY.connect });
}

#[test]
fn a_failure_behind_a_proxy_names_the_proxy() {
    let forbidden = || Response::json(403, &json!({ "error": { "message": "not from here" } }));
    for (certificate, code) in [("good", "forbidden"), ("expired", "tls")] {
        let (failure, proxy) = run(async {
            let (target, _) = tls_answering(certificate, forbidden).await;
            let (proxy, _) = http_proxy(target, None).await;
            let env = [("HTTPS_PROXY", proxy.as_str()), ("SSL_CERT_FILE", &ca())];
            (failure("https://chutes.test/v1", PATIENT, &env).await, proxy)
        });
        assert_eq!((failure.code(), failure.proxy.as_deref()), (code, Some(proxy.as_str())));
        assert!(failure.message(Lang::En).contains(&proxy));
    }
}

#[test]
fn a_connection_that_stays_open_holds_nobody_up() {
    let (outcome, closed) = run(async {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let address = accept(move |mut stream| {
            let tell = tell.clone();
            async move {
                let head =
                    format!("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: {}\r\n\r\n", LIST.len());
                assert!(stream.read(&mut [0; 4096]).await.expect("a request") > 0);
                stream.write_all(head.as_bytes()).await.expect("written");
                stream.write_all(LIST).await.expect("written");
                // Our side stays open; the end of what the client sends is the client going away.
                stream.read_to_end(&mut Vec::new()).await.expect("an end");
                tell.send(()).expect("somebody who waits");
            }
        })
        .await;
        let outcome = discover(&client(&format!("http://{address}/v1"), PATIENT, &[])).await.0;
        (outcome, told.recv().await)
    });
    assert_eq!(outcome.expect("a catalog").models.len(), 2);
    assert_eq!(closed, Some(()));
}

#[test]
fn calls_can_run_on_any_thread() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let standin = standin();
    let client = client(&standin.api_base(), PATIENT, &[]);
    let key = key();
    let outcome = run(sendable(openclaw_chutes::chutes::verify::verify(&client, &key, "a/b")));
    assert!(outcome.failure().is_none(), "{outcome:?}");
    // The same client, another runtime: no connection of the first is reused.
    assert!(run(sendable(discover(&client))).0.is_ok());
}
