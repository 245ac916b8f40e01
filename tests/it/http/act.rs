//! `POST /c/{card}/act` as scripts and native clients send it: JSON with a key.

use super::{
    POLL, act, expect_error, key, offer, own_view, polls, results, start, text, vote, vote_offer,
};
use quanka_tests::server::Host;
use serde_json::{Value, json};
use std::thread;

#[test]
fn a_vote_is_answered_in_the_shape_of_shapes_md() {
    let host = start();
    let answer = vote(&host.client(), "a", "one");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut json = answer.json();
    let view = json["view"].take();
    let id = text(&json["id"]);
    assert!(id.starts_with("act_") && id.len() == 26, "{id}");
    json["id"] = "ID".into();
    let session = text(&json["session"]);
    assert!(session.starts_with("v1.k1."), "{session}");
    json["session"] = "TOKEN".into();
    insta::assert_snapshot!(format!("{json:#}"), @r#"
    {
      "id": "ID",
      "repeated": false,
      "outcome": {
        "toast": {
          "tone": "success",
          "text": "已投票"
        },
        "navigate": null,
        "event": {
          "name": "vote",
          "data": {}
        }
      },
      "view": null,
      "session": "TOKEN"
    }
    "#);

    // The view object of the actor, as `/view?me=1` has it.
    assert_eq!(results(&view), "三体 1*, 边城 0");
    assert_eq!(view["private"], true);
    assert_eq!(view, own_view(&host.client(), "vote", &answer.cookies()));
}

#[test]
fn the_session_cookie_is_this_hosts_alone_and_each_sites_own() {
    let host = start();
    let answer = vote(&host.client(), "a", "one");
    let cookies: Vec<&str> = answer.headers_named("set-cookie").collect();
    let [cookie] = cookies[..] else {
        panic!("one cookie: {cookies:?}")
    };
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-quanka");
    assert!(value.starts_with("v1.k1."), "{value}");
    assert_eq!(
        attributes,
        "Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=34560000"
    );
}

#[test]
fn who_has_a_session_keeps_it() {
    let host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let body = json!({
        "offer": vote_offer(&client, "other"), "inputs": {"choice": "a"}, "key": key("two"),
    });
    let known = act(&client, "other", &body)
        .header("cookie", &cookies)
        .send();
    let known = known.expect(200);
    assert_eq!(known.cookies(), "");
    assert_eq!(known.json()["session"], Value::Null);

    // One that is not ours, or damaged, is none, and never an error.
    for (name, bad) in [
        (
            "none",
            "__Host-quanka=v1.k1.eyJyIjoiYV9mb3JnZWQiLCJ0IjoxfQ.AAAAAAAAAAAAAAAAAAAAAA",
        ),
        ("half", &cookies[..cookies.len() - 8]),
        ("odd", "__Host-quanka=\"; a=b; ;;="),
    ] {
        let body = json!({
            "offer": vote_offer(&client, "other"), "inputs": {"choice": "b"}, "key": key(name),
        });
        let answer = act(&client, "other", &body).header("cookie", bad).send();
        assert!(
            answer
                .expect(200)
                .cookies()
                .starts_with("__Host-quanka=v1.k1.")
        );
    }
    let view = own_view(&client, "other", &cookies);
    assert_eq!(results(&view), "三体 1*, 边城 3");
}

/// A client that keeps no cookies sends the session that its first action got.
#[test]
fn who_keeps_no_cookies_is_one_reader_too() {
    let host = start();
    let client = host.client();
    let session = vote(&client, "a", "one").json()["session"].take();
    let bearer = format!("Bearer {}", text(&session));
    let body = json!({
        "offer": vote_offer(&client, "other"), "inputs": {"choice": "a"}, "key": key("two"),
    });
    let known = act(&client, "other", &body).header("authorization", &bearer);
    let known = known.send().expect(200);
    assert_eq!(known.cookies(), "");
    assert_eq!(known.json()["session"], Value::Null);
    let view = client.get("/c/vote/view?me=1");
    let view = view.header("authorization", &bearer).send().expect(200);
    assert_eq!(results(&view.json()), "三体 1*, 边城 0");
}

#[test]
fn a_repeated_key_is_the_same_action() {
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": ["a"]}, "key": key("one")});
    let first = act(&client, "vote", &body).send().expect(200);
    // The answer got lost: no cookie came back.
    let retry = act(&client, "vote", &body).send().expect(200);
    // A string and a list of one are the same input.
    let same = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key("one")});
    let with_cookie = act(&client, "vote", &same).header("cookie", &first.cookies());
    let with_cookie = with_cookie.send().expect(200);
    assert_eq!(first.json()["repeated"], false);
    for repeat in [&retry, &with_cookie] {
        let (first, repeat) = (first.json(), repeat.json());
        assert_eq!(repeat["repeated"], true);
        for name in ["id", "outcome", "view"] {
            assert_eq!(repeat[name], first[name], "{name}");
        }
    }
    // The same reader, so one vote. (The cookie says when it was issued.)
    let view = own_view(&client, "vote", &retry.cookies());
    assert_eq!(results(&view), "三体 1*, 边城 0");
    assert_eq!(view["summary"], "1 人参与");

    // The current view, not a recorded one.
    vote(&client, "b", "another reader");
    let late = act(&client, "vote", &body).send().expect(200).json();
    assert_eq!(late["repeated"], true);
    assert_eq!(results(&late["view"]), "三体 1*, 边城 1");
}

#[test]
fn a_key_is_good_for_one_body_and_one_reader() {
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let first = vote(&client, "a", "one");
    let stranger = vote(&client, "a", "another reader").cookies();
    let check = |inputs: Value, cookies: &str| {
        let body = json!({"offer": offer, "inputs": inputs, "key": key("one")});
        let answer = act(&client, "vote", &body).header("cookie", cookies).send();
        expect_error(&answer, 409, "key_reused");
        assert_eq!(answer.cookies(), "");
    };
    check(json!({"choice": "b"}), "");
    check(json!({"choice": "b"}), &first.cookies());
    check(json!({}), "");
    // Who learns a key does not get the session that it made.
    check(json!({"choice": "a"}), &stranger);
    let view = own_view(&client, "vote", &first.cookies());
    assert_eq!(results(&view), "三体 2*, 边城 0");

    // On another card it is another key.
    let body = json!({
        "offer": vote_offer(&client, "other"), "inputs": {"choice": "a"}, "key": key("one"),
    });
    let elsewhere = act(&client, "other", &body).send().expect(200).json();
    assert_eq!(elsewhere["repeated"], false);
}

#[test]
fn a_key_comes_in_the_body_or_in_the_header() {
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let check = |in_body: Option<&str>, in_header: Option<&str>, expected: u16| {
        let mut body = json!({"offer": offer, "inputs": {"choice": "a"}});
        if let Some(key) = in_body {
            body["key"] = key.into();
        }
        let mut request = act(&client, "vote", &body);
        if let Some(key) = in_header {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send();
        match expected {
            200 => drop(answer.expect(200)),
            _ => drop(expect_error(&answer, expected, "bad_request")),
        }
    };
    let (one, two) = (key("one"), key("two"));
    check(Some(&one), None, 200);
    check(None, Some(&one), 200);
    // As draft-ietf-httpapi-idempotency-key-header has it.
    check(None, Some(&format!("\"{one}\"")), 200);
    check(Some(&one), Some(&one), 200);
    check(Some("9f1c6d8e-3b2a-4c5d-8e7f-0a1b2c3d4e5f"), None, 200);
    check(Some(&"k".repeat(64)), None, 200);
    check(Some(&one), Some(&two), 400);
    check(None, None, 400);
    check(Some(""), None, 400);
    check(Some(&"k".repeat(21)), None, 400);
    check(Some(&"k".repeat(65)), None, 400);
    check(Some("not a key, but 22 chars"), None, 400);
    let view = vote(&client, "a", "last").json();
    assert_eq!(view["view"]["summary"], "4 人参与");
}

#[test]
fn a_changed_mind_moves_the_vote() {
    let host = start();
    let client = host.client();
    let first = vote(&client, "a", "first");
    let cookies = first.cookies();
    vote(&client, "b", "another reader");
    let mut view = own_view(&client, "vote", &cookies);
    for (name, choice, said, expected) in [
        ("second", "b", "已改投", "三体 0, 边城 2*"),
        ("third", "a", "已改投", "三体 1*, 边城 1"),
        ("fourth", "a", "你的选择没有变", "三体 1*, 边城 1"),
    ] {
        let body = json!({
            "offer": offer(&view, "改投"), "inputs": {"choice": choice}, "key": key(name),
        });
        let answer = act(&client, "vote", &body)
            .header("cookie", &cookies)
            .send();
        let answer = answer.expect(200).json();
        assert_eq!(answer["outcome"]["toast"]["text"], said);
        view = answer["view"].clone();
        assert_eq!(results(&view), expected);
        assert_eq!(view["summary"], "2 人参与");
    }
}

#[test]
fn many_at_once_are_counted_exactly() {
    const READERS: usize = 8;
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    thread::scope(|scope| {
        for reader in 0..READERS {
            // Each reader's client is impatient and sends everything thrice.
            for _ in 0..3 {
                let (client, offer) = (host.client(), &offer);
                scope.spawn(move || {
                    for at in 0..4 {
                        let name = format!("reader-{reader}-{at}");
                        let body = json!({
                            "offer": offer, "inputs": {"choice": "b"}, "key": key(&name),
                        });
                        let _ = act(&client, "vote", &body).send().expect(200);
                    }
                });
            }
        }
    });
    let last = vote(&client, "a", "last").json();
    assert_eq!(
        results(&last["view"]),
        format!("三体 1*, 边城 {}", 4 * READERS)
    );
}

#[test]
fn votes_survive_a_stop_and_a_crash() {
    let mut host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "first").cookies();
    assert_eq!(host.terminate().code(), Some(0), "{}", host.log());
    host.restart();
    let expect = |expected: &str| {
        let view = own_view(&client, "vote", &cookies);
        assert_eq!(results(&view), expected);
    };
    expect("三体 1*, 边城 0");

    for round in 1..=5 {
        let body = json!({
            "offer": vote_offer(&client, "vote"),
            "inputs": {"choice": "b"},
            "key": key(&format!("round-{round}")),
        });
        let answer = act(&client, "vote", &body).send().expect(200).json();
        // The moment the answer is here.
        host.kill();
        host.restart();
        expect(&format!("三体 1*, 边城 {round}"));
        let again = act(&client, "vote", &body).send().expect(200).json();
        assert_eq!(again["repeated"], true);
        assert_eq!(again["id"], answer["id"]);
        assert_eq!(again["outcome"], answer["outcome"]);
    }
}

#[test]
fn a_script_may_ask_for_html_instead_of_the_object() {
    let host = start();
    let client = host.client();
    let body = json!({
        "offer": vote_offer(&client, "vote"), "inputs": {"choice": "a"}, "key": key("one"),
    });
    let request = client.post("/c/vote/act?as=html&lang=en&size=compact");
    let answer = request.json(&body).send().expect(200).json();
    assert!(answer["view"].is_null(), "{answer}");
    let html = text(&answer["html"]);
    assert!(
        html.starts_with("<section class=\"qk-card qk-compact\" lang=\"en\""),
        "{html}"
    );
    assert_eq!(answer["outcome"]["toast"]["text"], "Voted");
}

#[test]
fn several_choices_where_the_card_takes_several() {
    let keys = "config.question = '周末走哪条路?'
         config.options = [{ id = 'x', text = '河岸' }, { id = 'y', text = '梧桐' }, { id = 'z', text = '台阶' }]
         config.choices_max = 2";
    let host = Host::start(&polls().card("walk", "quanka/poll", keys));
    let client = host.client();
    let body = json!({
        "offer": vote_offer(&client, "walk"), "inputs": {"choice": ["x", "z"]}, "key": key("one"),
    });
    let answer = act(&client, "walk", &body).send().expect(200).json();
    assert_eq!(results(&answer["view"]), "河岸 1*, 梧桐 0, 台阶 1*");
    assert_eq!(answer["view"]["summary"], "1 人参与");
    // The same one twice is one.
    let body = json!({
        "offer": vote_offer(&client, "walk"), "inputs": {"choice": ["y", "y"]}, "key": key("two"),
    });
    let answer = act(&client, "walk", &body).send().expect(200).json();
    assert_eq!(results(&answer["view"]), "河岸 1, 梧桐 1*, 台阶 1");
    let body = json!({
        "offer": vote_offer(&client, "walk"), "inputs": {"choice": ["x", "y", "z"]}, "key": key("three"),
    });
    let answer = act(&client, "walk", &body).send();
    let error = expect_error(&answer, 422, "input_invalid");
    assert_eq!(error["fields"][0]["name"], "choice", "{error}");
}

#[test]
fn a_card_in_another_circle_keeps_its_votes_to_itself() {
    let setup = polls().entry(
        "circle",
        "id = 'second'\npublisher = 'beike-daily'\nname = '第二圈'",
    );
    let keys = format!("circle = 'second'\n{POLL}");
    let host = Host::start(&setup.card("far", "quanka/poll", &keys));
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    for card in ["other", "far"] {
        let view = own_view(&client, card, &cookies);
        assert_eq!(view["summary"], "还没有人投票", "{card}");
        // The same reader may vote there as well.
        let body = json!({
            "offer": offer(&view, "投票"), "inputs": {"choice": "b"}, "key": key(card),
        });
        let voted = act(&client, card, &body).header("cookie", &cookies).send();
        let voted = voted.expect(200).json();
        assert_eq!(results(&voted["view"]), "三体 0, 边城 1*", "{card}");
    }
}
