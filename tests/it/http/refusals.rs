//! Wrong actions: each is refused with its documented code, and nothing has
//! happened.

use super::{
    POLL, act, expect_error, key, offer, own_view, polls, results, start, vote, vote_offer,
};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};

/// An action that would be a vote, before a test breaks it.
fn body(offer: &str, name: &str) -> Value {
    json!({"offer": offer, "inputs": {"choice": "a"}, "key": key(name)})
}

#[track_caller]
fn expect_no_votes(client: &Client) {
    let view = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(view["summary"], "还没有人投票");
}

#[test]
fn cards_are_unknown_gone_or_closed() {
    let state = |state: &str| format!("state = '{state}'\n{POLL}");
    let setup = polls()
        .card("removed", "quanka/poll", POLL)
        .card("gone", "quanka/poll", &state("gone"))
        .card("closed", "quanka/poll", POLL);
    let mut host = Host::start(&setup);
    let client = host.client();
    let offers = ["removed", "closed"].map(|card| vote_offer(&client, card));
    let closed_setup = setup
        .clone()
        .without_card("removed")
        .without_card("closed")
        .card("closed", "quanka/poll", &state("closed"));
    host.configure(&closed_setup);
    host.restart();

    let check = |card: &str, status: u16, code: &str| {
        let view = client.get(&format!("/c/{card}/view")).send();
        expect_error(&view, status, code);
        let acted = act(&client, card, &body(&offers[0], "one")).send();
        expect_error(&acted, status, code);
        for path in [format!("/c/{card}"), format!("/c/{card}/embed")] {
            let document = client.get(&path).send().expect(status);
            assert_eq!(document.header("content-type"), "text/html; charset=utf-8");
            assert!(document.text().contains("<h1>"), "{document:?}");
        }
    };
    check("unknown", 404, "card_unknown");
    check("gone", 410, "card_gone");
    check("removed", 410, "card_gone");

    // It can still be read, and makes no offers.
    for surface in ["json", "html", "text", "markdown"] {
        let view = client.get(&format!("/c/closed/view?as={surface}")).send();
        let text = view.expect(200);
        assert!(text.text().contains("下个月读什么"), "{text:?}");
        assert!(!text.text().contains("v1.k1."), "{text:?}");
    }
    let frame = client
        .get("/c/closed/embed")
        .header("referer", &host.url("/"));
    let frame = frame.send().expect(200);
    assert!(!frame.text().contains("_offer"), "{frame:?}");
    // An offer from before it was closed is no way around that.
    let late = act(&client, "closed", &body(&offers[1], "one")).send();
    expect_error(&late, 409, "conflict");

    // Back in the file, it is back.
    host.configure(&setup);
    host.restart();
    let _ = client.get("/c/removed/view").send().expect(200);
}

#[test]
fn only_an_offer_that_this_card_made_counts() {
    let host = start();
    let client = host.client();
    let stranger = start();
    let mine = vote_offer(&client, "vote");
    let parts: Vec<&str> = mine.split('.').collect();
    let [version, key_id, body_part, mac] = parts[..] else {
        panic!("{mine}")
    };
    let of_other_card = vote_offer(&client, "other");
    let other_body = of_other_card.split('.').nth(2).unwrap();
    let flipped = format!(
        "{}{}",
        if mac.starts_with('A') { 'B' } else { 'A' },
        &mac[1..]
    );
    let session = vote(&client, "a", "for its cookie").cookies();
    let session = session.split_once('=').unwrap().1;
    let offers = [
        ("empty", String::new()),
        ("no offer at all", "vote".to_owned()),
        ("truncated", mine[..mine.len() - 4].to_owned()),
        (
            "without its signature",
            format!("{version}.{key_id}.{body_part}"),
        ),
        (
            "signed by nobody",
            format!("{version}.{key_id}.{body_part}."),
        ),
        (
            "another signature",
            format!("{version}.{key_id}.{body_part}.{flipped}"),
        ),
        (
            "another body",
            format!("{version}.{key_id}.{other_body}.{mac}"),
        ),
        ("another key", format!("{version}.k2.{body_part}.{mac}")),
        ("another version", format!("v2.{key_id}.{body_part}.{mac}")),
        ("something behind it", format!("{mine}.x")),
        ("another card's", of_other_card.clone()),
        ("another host's", vote_offer(&stranger.client(), "vote")),
        ("a session's cookie", session.to_owned()),
    ];
    for (at, (what, offer)) in offers.iter().enumerate() {
        let answer = act(&client, "vote", &body(offer, &format!("at-{at}"))).send();
        assert_eq!(answer.status, 403, "{what}: {answer:?}");
        expect_error(&answer, 403, "offer_invalid");
        assert_eq!(answer.cookies(), "", "{what}");
    }
    let voted = act(&client, "vote", &body(&mine, "right"))
        .send()
        .expect(200);
    assert_eq!(results(&voted.json()["view"]), "三体 2*, 边城 0");
}

#[test]
fn an_offer_made_to_one_reader_serves_no_other() {
    let host = start();
    let client = host.client();
    let mine = vote(&client, "a", "mine").cookies();
    let theirs = vote(&client, "b", "theirs").cookies();
    let change = offer(&own_view(&client, "vote", &mine), "改投");
    let sent = |name: &str, cookies: &str| {
        let body = json!({"offer": change, "inputs": {"choice": "b"}, "key": key(name)});
        act(&client, "vote", &body).header("cookie", cookies).send()
    };
    expect_error(&sent("as-another", &theirs), 403, "offer_not_yours");
    expect_error(&sent("as-nobody", ""), 403, "offer_not_yours");
    assert_eq!(
        results(&own_view(&client, "vote", &mine)),
        "三体 1*, 边城 1"
    );
    let _ = sent("as-myself", &mine).expect(200);
    assert_eq!(
        results(&own_view(&client, "vote", &mine)),
        "三体 0, 边城 2*"
    );
}

#[test]
fn actions_come_from_the_hosts_own_pages_or_from_no_page() {
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let own = host.origin();
    let sent = |name: &str, headers: &[(&str, &str)]| -> Answer {
        let request = act(&client, "vote", &body(&offer, name));
        headers
            .iter()
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            })
            .send()
    };
    let refused: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "anything")],
        // What the browser says counts before what it says of the origin.
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://localhost:7879")],
        // A Host header is no proof of anything.
        &[("origin", "http://evil.example"), ("host", "evil.example")],
    ];
    for (at, headers) in refused.iter().enumerate() {
        let answer = sent(&format!("refused-{at}"), headers);
        expect_error(&answer, 403, "cross_site");
        assert_eq!(answer.cookies(), "");
    }
    expect_no_votes(&client);
    let allowed: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "same-origin"), ("origin", &own)],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
    ];
    for (at, headers) in allowed.iter().enumerate() {
        let _ = sent(&format!("allowed-{at}"), headers).expect(200);
    }
}

#[test]
fn a_body_is_a_small_json_object_of_the_right_type() {
    let setup = polls().section("server", "body_bytes_max = 2000");
    let host = Host::start(&setup);
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let good = body(&offer, "good").to_string();
    let check = |media_type: &str, body: &str, status: u16, code: &str| {
        let request = client
            .post("/c/vote/act")
            .header("content-type", media_type);
        let answer = request.body(body).send();
        assert_eq!(answer.status, status, "{media_type} {body}: {answer:?}");
        expect_error(&answer, status, code);
    };
    check("text/plain", &good, 415, "unsupported_media_type");
    check("", &good, 415, "unsupported_media_type");
    check("application/jsonp", &good, 415, "unsupported_media_type");
    let json = "application/json";
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "\"offer\"",
        "{\"offer\": 1}",
        &good.replace("\"choice\":\"a\"", "\"choice\":1"),
        &good.replace("\"choice\":\"a\"", "\"choice\":[1]"),
        &good.replace("\"choice\":\"a\"", "\"choice\":{}"),
        &good.replace("{\"choice\":\"a\"}", "[]"),
        &good.replace("\"inputs\"", "\"imputs\""),
        &good.replace('}', ""),
        &"[".repeat(1500),
    ] {
        check(json, body, 400, "bad_request");
    }
    // The longest that fits, and one byte more.
    let padded = |bytes: usize| format!("{good}{}", " ".repeat(bytes - good.len()));
    check(json, &padded(2001), 413, "body_too_large");
    let form = client
        .post("/c/vote/act")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("x".repeat(2001))
        .send();
    assert_eq!(
        form.expect(413).header("content-type"),
        "text/html; charset=utf-8"
    );
    // A length that is promised and too long is refused before it is sent.
    let promised = client.raw(
        b"POST /c/vote/act HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
          content-length: 999999999\r\n\r\n{",
    );
    let promised = String::from_utf8_lossy(&promised);
    assert!(promised.starts_with("HTTP/1.1 413 "), "{promised}");
    expect_no_votes(&client);
    let request = client
        .post("/c/vote/act")
        .header("content-type", "Application/JSON; charset=utf-8");
    let _ = request.body(padded(2000)).send().expect(200);
}

#[test]
fn inputs_stay_within_what_the_card_declared() {
    let host = start();
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let check = |inputs: Value, field: &str| {
        let body = json!({"offer": offer, "inputs": inputs, "key": key("same")});
        let answer = act(&client, "vote", &body).send();
        let error = expect_error(&answer, 422, "input_invalid");
        let names: Vec<&str> = error["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| super::text(&field["name"]))
            .collect();
        assert_eq!(names, [field], "{error}");
        assert_eq!(answer.cookies(), "");
    };
    check(json!({}), "choice");
    check(json!({"choice": []}), "choice");
    check(json!({"choice": ""}), "choice");
    check(json!({"choice": "c"}), "choice");
    check(json!({"choice": "A"}), "choice");
    check(json!({"choice": ["a", "b"]}), "choice");
    check(json!({"choice": "a", "more": "x"}), "more");
    expect_no_votes(&client);
    // What was refused has not used up the key.
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key("same")});
    let _ = act(&client, "vote", &body).send().expect(200);
}

#[test]
fn an_action_for_readers_who_signed_in_is_for_nobody_else() {
    let keys = format!("{POLL}\nconfig.who = 'signed-in'");
    let setup = Setup::new()
        .plugin("poll")
        .card("vote", "quanka/poll", &keys);
    let setup = setup.card("open", "quanka/poll", POLL);
    let host = Host::start(&setup);
    let client = host.client();
    let view = client.get("/c/vote/view").send().expect(200);
    assert!(
        view.text().contains("\"audience\":\"signed-in\""),
        "{view:?}"
    );
    let offer = vote_offer(&client, "vote");
    let nobody = act(&client, "vote", &body(&offer, "nobody")).send();
    expect_error(&nobody, 401, "sign_in_required");
    assert_eq!(nobody.cookies(), "");
    // A reader whom an action made known has not signed in.
    let known = act(
        &client,
        "open",
        &body(&vote_offer(&client, "open"), "known"),
    );
    let cookies = known.send().expect(200).cookies();
    let anonymous = act(&client, "vote", &body(&offer, "anonymous"));
    let anonymous = anonymous.header("cookie", &cookies).send();
    expect_error(&anonymous, 401, "sign_in_required");
    expect_no_votes(&client);
}
