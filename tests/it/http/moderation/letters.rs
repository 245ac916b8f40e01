//! `/api/v1/dead-letters`: the operator sees what could not be delivered, and has
//! it tried again.

use super::super::{act, key, offer};
use super::{digest, expect_error, text};
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::{Value, json};

const LETTERS: &str = "/api/v1/dead-letters";

fn get(client: &Client, path: &str, token: &str) -> quanka_tests::client::Answer {
    let request = client.get(path);
    request
        .header("authorization", &format!("Bearer {token}"))
        .send()
}

fn retry(client: &Client, path: &str, token: &str) -> quanka_tests::client::Answer {
    let request = client.post(&format!("{LETTERS}/{path}"));
    request
        .header("authorization", &format!("Bearer {token}"))
        .send()
}

fn letters(client: &Client, query: &str) -> Value {
    get(client, &format!("{LETTERS}{query}"), "root")
        .expect(200)
        .json()
}

#[test]
fn the_operator_sees_dead_letters_and_has_them_tried_again() {
    let other = format!("id = 'other'\npublisher = '{PUBLISHER}'\nname = '另一个'");
    let setup = Setup::new()
        .guest("waker")
        .card("waker", "test/waker", "")
        .entry("circle", &other)
        .section("timers", "attempts_max = 1")
        .section(
            "server",
            &format!("operator_token_sha256 = ['{}']", digest("root")),
        );
    let host = Host::start(&setup);
    let client = host.client();
    assert_eq!(
        letters(&client, ""),
        json!({"dead_letters": [], "more": false})
    );
    for name in ["one", "two"] {
        let view = client.get("/c/waker/view").send().expect(200).json();
        let body = json!({"offer": offer(&view, "叫不醒"), "inputs": {}, "key": key(name)});
        act(&client, "waker", &body).send().expect(200);
        let count = if name == "one" { 1 } else { 2 };
        eventually("it is put aside", || {
            let found = letters(&client, "")["dead_letters"].as_array()?.len();
            (found == count).then_some(())
        });
    }
    let found = letters(&client, "");
    let letter = &found["dead_letters"][0];
    for (name, expected) in [
        ("circle", json!("beike")),
        ("card", json!("waker")),
        ("plugin", json!("test/waker")),
        ("attempts", json!(1)),
    ] {
        assert_eq!(letter[name], expected, "{name}");
    }
    assert_eq!(letter["job"]["kind"], "timer");
    assert!(!text(&letter["reason"]).is_empty());
    let times = [0, 1].map(|at| text(&found["dead_letters"][at]["at"]).to_owned());
    assert!(times[0] >= times[1], "newest first: {times:?}");
    // In pages, and of one circle.
    let one = letters(&client, "?limit=1");
    assert_eq!(
        (one["dead_letters"].as_array().unwrap().len(), &one["more"]),
        (1, &json!(true))
    );
    assert_eq!(letters(&client, "?circle=other")["dead_letters"], json!([]));
    assert_eq!(
        letters(&client, "?circle=beike")["dead_letters"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for wrong in ["limit=0", "limit=1001", "limit=x"] {
        let answer = get(&client, &format!("{LETTERS}?{wrong}"), "root");
        expect_error(&answer, 400, "bad_request");
    }

    let delivery = text(&letter["delivery"]).to_owned();
    for token in ["", "x", &digest("root")] {
        expect_error(&get(&client, LETTERS, token), 401, "token_invalid");
        let answer = retry(&client, &format!("{delivery}/retry"), token);
        expect_error(&answer, 401, "token_invalid");
    }
    let elsewhere = retry(&client, &format!("{delivery}/retry?circle=other"), "root");
    expect_error(&elsewhere, 404, "dead_letter_unknown");
    expect_error(
        &retry(&client, "d_x/retry", "root"),
        404,
        "dead_letter_unknown",
    );
    let before = text(&letter["at"]).to_owned();
    let retried = retry(&client, &format!("{delivery}/retry"), "root")
        .expect(200)
        .json();
    assert_eq!(retried, json!({"circle": "beike", "delivery": delivery}));
    // It fails again, and is aside again, later than before.
    eventually("it was tried again", || {
        let found = letters(&client, "");
        let mut letters = found["dead_letters"].as_array()?.iter();
        let again = letters.find(|letter| letter["delivery"] == delivery)?;
        (text(&again["at"]) > before.as_str()).then_some(())
    });
}

#[test]
fn without_an_operators_token_nobody_is_the_operator() {
    let setup = Setup::new().guest("waker").card("waker", "test/waker", "");
    let host = Host::start(&setup);
    for token in ["", "x", &digest("")] {
        expect_error(&get(&host.client(), LETTERS, token), 401, "token_invalid");
    }
}
