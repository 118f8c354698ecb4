//! What is asked beside the list: one handshake with each host, and nobody waits for it.

use crate::support::*;
use openclaw_chutes::chutes::client::Client;
use openclaw_chutes::chutes::endpoints::Endpoints;
use openclaw_chutes::chutes::market::{self, News};
use openclaw_chutes::http1::{Request, Response};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use serde_json::json;
use std::sync::atomic::Ordering;

fn management(request: &Request) -> Response {
    let value = match request.path() {
        "/chutes/utilization" => json!([{ "name": "a/b", "active_instance_count": 2 }]),
        "/invocations/stats/llm" => {
            json!([{ "name": "a/b", "date": "2026-08-21", "average_tps": 40, "average_ttft": 1 }])
        }
        "/users/me" => json!({ "username": "ann", "balance": 3 }),
        "/users/me/subscription_usage" => json!({ "subscription": false }),
        _ => json!([]),
    };
    Response { status: 200, headers: Vec::new(), body: value.to_string().into_bytes() }
}

async fn news(client: &Client) -> Vec<News> {
    let (key, mut heard) = (key(), Vec::new());
    market::ask(client, Some(&key), "2026-08-21", |news| heard.push(news)).await;
    heard
}

#[test]
fn one_handshake_with_each_host_side_by_side() {
    run(async {
        let (api, listed, of_list) = keeping(|_| list()).await;
        let (idp, asked, of_market) = keeping(management).await;
        let endpoints = Endpoints { api: format!("https://{api}/v1"), idp: format!("https://{idp}") };
        let client = Client::with(endpoints, PATIENT, |name| (name == "SSL_CERT_FILE").then(ca));
        let ((catalog, _), heard) = tokio::join!(discover(&client), news(&client));
        assert_eq!(catalog.expect("a catalog").models.len(), 2);
        assert!(matches!(heard[..], [News::Health(_), News::Account(_)]), "{heard:?}");
        let paths: Vec<String> = seen(&asked).into_iter().map(|(head, _)| head).collect();
        assert_eq!(
            paths,
            [
                "GET /chutes/utilization",
                "GET /invocations/stats/llm?start_date=2026-08-21",
                "GET /users/me",
                "GET /users/me/subscription_usage",
                "GET /users/me/quotas",
            ]
        );
        assert!(seen(&asked)[..2].iter().all(|(_, with_key)| !with_key), "what is public is asked without the key");
        assert_eq!(seen(&listed).len(), 1);
        for counts in [of_list, of_market] {
            let [connections, handshakes] = [&counts.connections, &counts.handshakes].map(|n| n.load(Ordering::SeqCst));
            assert_eq!((connections, handshakes), (1, 1));
        }
    });
}

/// A connection that is used again is told as what it is: there is a request on its way, and nothing connects.
#[test]
fn the_next_call_over_a_connection_says_request() {
    run(async {
        let (api, _, counts) = keeping(|_| list()).await;
        let endpoints = Endpoints { api: format!("https://{api}/v1"), ..Endpoints::default() };
        let client = Client::with(endpoints, PATIENT, |name| (name == "SSL_CERT_FILE").then(ca));
        use openclaw_chutes::chutes::catalog::Stage;
        assert_eq!(discover(&client).await.1, [Stage::Connect, Stage::Tls, Stage::Request, Stage::Parse]);
        assert_eq!(discover(&client).await.1, [Stage::Request, Stage::Parse]);
        assert_eq!(counts.handshakes.load(Ordering::SeqCst), 1);
    });
}

/// Whatever the management service does, the list is there as soon as without it.
#[test]
fn nobody_waits_for_what_only_helps_to_choose() {
    let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), LIST)).expect("a stand-in");
    standin.set_fault(Route::Health, Fault::Hang);
    standin.set_fault(Route::Account, Fault::Hang);
    run(async {
        let client = Client::with(standin.endpoints(), PATIENT, |_| None);
        let (key, heard) = (key(), std::cell::Cell::new(0));
        tokio::select! {
            () = market::ask(&client, Some(&key), "2026-08-21", |_| heard.set(heard.get() + 1)) => panic!("it hangs"),
            (catalog, _) = discover(&client) => assert_eq!(catalog.expect("a catalog").models.len(), 2),
        }
        assert_eq!(heard.get(), 0);
    });
}
