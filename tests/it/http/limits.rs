//! Limits by address, and which address that is.

use super::{act, expect_error, key, polls, vote_offer};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};
use serde_json::json;

/// A vote, from behind what a proxy says of it.
#[track_caller]
fn voted(client: &Client, name: &str, forwarded_for: &str, cookies: &str) -> Answer {
    let offer = vote_offer(client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key(name)});
    act(client, "vote", &body)
        .header("x-forwarded-for", forwarded_for)
        .header("cookie", cookies)
        .send()
}

#[track_caller]
fn expect_limited(answer: &Answer, at_most_s: u64) {
    let error = expect_error(answer, 429, "rate_limited");
    let ms = error["retry_after_ms"].as_u64().unwrap_or_default();
    assert!(0 < ms && ms <= at_most_s * 1000, "{error}");
    let seconds = answer.header("retry-after").parse::<u64>();
    assert_eq!(seconds.ok(), Some(ms.div_ceil(1000)), "{answer:?}");
    assert_eq!(answer.cookies(), "");
}

fn limited(keys: &str, hops: usize) -> Host {
    let setup: Setup = polls()
        .section("limits", keys)
        .section("server", &format!("trusted_proxy_hops = {hops}"));
    Host::start(&setup)
}

#[test]
fn one_address_may_act_so_often_a_minute() {
    let host = limited("acts_per_minute_per_address = 3", 0);
    let client = host.client();
    for name in ["one", "two", "three"] {
        let _ = voted(&client, name, "", "").expect(200);
    }
    // 20 seconds apart, evenly.
    expect_limited(&voted(&client, "four", "", ""), 20);
    // What a client says of its own address is nothing.
    expect_limited(&voted(&client, "four", "203.0.113.9", ""), 20);
    // A repeat is an action sent, too; reading is free.
    expect_limited(&voted(&client, "one", "", ""), 20);
    let _ = client.get("/c/vote/view").send().expect(200);

    // A form gets a document, and the same header.
    let form = client
        .post("/c/vote/act")
        .form(&[("choice", "a")])
        .send()
        .expect(429);
    assert_eq!(form.header("content-type"), "text/html; charset=utf-8");
    assert!(
        form.header("retry-after")
            .parse::<u64>()
            .is_ok_and(|s| s <= 20),
        "{form:?}"
    );
}

#[test]
fn behind_a_trusted_proxy_every_client_has_its_own_allowance() {
    let host = limited("acts_per_minute_per_address = 2", 1);
    let client = host.client();
    let (ada, bo) = ("203.0.113.1", "203.0.113.2");
    let _ = voted(&client, "one", ada, "").expect(200);
    let _ = voted(&client, "two", ada, "").expect(200);
    expect_limited(&voted(&client, "three", ada, ""), 30);
    let _ = voted(&client, "four", bo, "").expect(200);
    // The proxy appends; what stands before that, the client made up.
    expect_limited(&voted(&client, "five", &format!("{bo}, {ada}"), ""), 30);
}

#[test]
fn one_address_brings_so_many_new_readers_an_hour() {
    let host = limited("anonymous_viewers_per_hour_per_address = 2", 0);
    let client = host.client();
    let first = voted(&client, "one", "", "").expect(200);
    let _ = voted(&client, "two", "", "").expect(200);
    expect_limited(&voted(&client, "three", "", ""), 1800);
    expect_limited(&voted(&client, "three", "203.0.113.9", ""), 1800);
    // Who is known goes on, and so does a lost answer's retry.
    let _ = voted(&client, "four", "", &first.cookies()).expect(200);
    assert_eq!(
        voted(&client, "two", "", "").expect(200).json()["repeated"],
        true
    );
    let view = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(view["summary"], "2 人参与");
}

#[test]
fn a_refused_action_brings_no_new_reader() {
    let host = limited("anonymous_viewers_per_hour_per_address = 1", 0);
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    for name in ["one", "two", "three"] {
        let body = json!({"offer": offer, "inputs": {"choice": "x"}, "key": key(name)});
        expect_error(&act(&client, "vote", &body).send(), 422, "input_invalid");
    }
    let _ = voted(&client, "four", "", "").expect(200);
}
