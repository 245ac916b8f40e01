//! Tickets: a session handed to a window, or to a stream.

use super::{SignedIn, setup, sign_in};
use crate::http::{expect_error, results, text, vote};
use quanka_tests::client::{Answer, Client};
use quanka_tests::events::Events;
use quanka_tests::eventually;
use quanka_tests::server::Host;
use serde_json::json;

/// A ticket of a reader.
#[track_caller]
pub fn issue(client: &Client, cookies: &str, action: &str, card: &str) -> String {
    let mut body = json!({"action": action});
    if !card.is_empty() {
        body["card"] = card.into();
    }
    let request = client.post("/session/ticket").header("cookie", cookies);
    let answer = request.json(&body).send().expect(200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    text(&answer.json()["ticket"]).to_owned()
}

/// What a window gets for a ticket.
fn open(client: &Client, ticket: &str, cookies: &str) -> Answer {
    let request = client.post("/session/open").form(&[("ticket", ticket)]);
    request.header("cookie", cookies).send()
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.cookies(), "", "{answer:?}");
}

#[test]
fn a_window_gets_the_session_of_the_frame_once() {
    let host = Host::start(&setup());
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    for (action, card, to) in [
        ("account", "", "/me"),
        ("account", "vote", "/me"),
        ("open", "members", "/c/members"),
    ] {
        let ticket = issue(&client, &session.cookies, action, card);
        let opened = open(&client, &ticket, "").expect(303);
        assert_eq!(opened.header("location"), to);
        assert_eq!(opened.header("cache-control"), "private, no-store");
        let window = SignedIn {
            cookies: opened.cookies(),
            bearer: session.bearer.clone(),
        };
        assert_eq!(window.known(&client), [true, true]);
        refused(&open(&client, &ticket, ""));
    }
    refused(&open(&client, "", ""));
    refused(&open(&client, "v1.k1.e30.AAAA", ""));
    client.post("/session/open").form(&[]).send().expect(400);
}

#[test]
fn a_ticket_is_for_one_thing() {
    let host = Host::start(&setup());
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    let live = issue(&client, &session.cookies, "live", "vote");
    refused(&open(&client, &live, ""));
    let stream = |cards: &str, ticket: &str| {
        let path = format!("/live?cards={cards}&ticket={ticket}");
        expect_error(&client.get(&path).send(), 403, "ticket_invalid")
    };
    stream("other", &live);
    stream("vote,other", &live);
    stream("vote", &issue(&client, &session.cookies, "account", "vote"));
    stream("vote", &issue(&client, &session.cookies, "open", "vote"));
    // A session is no ticket, and a ticket no session.
    stream("vote", session.bearer.trim_start_matches("Bearer "));
    let bearer = format!("Bearer {live}");
    let who = client
        .get("/session")
        .header("authorization", &bearer)
        .send();
    assert_eq!(who.expect(200).json()["reader"], json!(null));

    let ask = |body: serde_json::Value| {
        let request = client
            .post("/session/ticket")
            .header("cookie", &session.cookies);
        request.json(&body).send()
    };
    expect_error(&ask(json!({"action": "open"})), 400, "bad_request");
    expect_error(
        &ask(json!({"action": "live", "card": ""})),
        400,
        "bad_request",
    );
    expect_error(
        &ask(json!({"action": "open", "card": "vote,other"})),
        400,
        "bad_request",
    );
    expect_error(
        &ask(json!({"action": "delete", "card": "vote"})),
        400,
        "bad_request",
    );
    expect_error(
        &ask(json!({"action": "open", "card": "none"})),
        404,
        "card_unknown",
    );
    let nobody = client
        .post("/session/ticket")
        .json(&json!({"action": "account"}));
    expect_error(&nobody.send(), 401, "sign_in_required");
}

#[test]
fn a_stream_with_a_ticket_is_its_readers() {
    let host = Host::start(&setup());
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    let voted = super::vote_as(&client, "members", ("cookie", &session.cookies), "vote");
    voted.expect(200);
    let ticket = issue(&client, &session.cookies, "live", "vote,members");
    let path = format!("/live?cards=members&ticket={ticket}");
    let events = Events::open(&host, &path, &[]);
    assert_eq!(
        results(&events.view_of("members")["view"]),
        "三体 1*, 边城 0"
    );
    let again = client.get(&path).send();
    let error = expect_error(&again, 403, "ticket_invalid");
    assert!(text(&error["message"]).contains("was used"), "{error}");
}

#[test]
fn a_ticket_ends_with_its_time_and_with_its_session() {
    let host = Host::start(&setup().section("identity", "ticket_age_s = 1"));
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    let ticket = issue(&client, &session.cookies, "live", "vote");
    // Asked for another card it is not used up; in the end it is too old even
    // for that.
    eventually("a ticket that is too old", || {
        let path = format!("/live?cards=other&ticket={ticket}");
        let error = expect_error(&client.get(&path).send(), 403, "ticket_invalid");
        text(&error["message"]).contains("too old").then_some(())
    });

    let ticket = issue(&client, &session.cookies, "open", "vote");
    let out = client
        .request("DELETE", "/session")
        .header("cookie", &session.cookies);
    out.send().expect(204);
    refused(&open(&client, &ticket, ""));
}

#[test]
fn a_ticket_takes_nobodys_window_from_them() {
    let host = Host::start(&setup());
    let client = host.client();
    let anonymous = vote(&client, "a", "nobody").cookies();
    let session = sign_in(&host, "reader-1", "安安");
    let other = sign_in(&host, "reader-2", "小北");
    let ticket = |cookies: &str| issue(&client, cookies, "open", "vote");
    // A window in which nobody is signed in takes anybody; one in which
    // somebody is takes whoever is signed in too.
    open(&client, &ticket(&session.cookies), &anonymous).expect(303);
    open(&client, &ticket(&session.cookies), &other.cookies).expect(303);
    open(&client, &ticket(&anonymous), "").expect(303);
    refused(&open(&client, &ticket(&anonymous), &session.cookies));
    // A stream is not two readers'.
    let live = issue(&client, &session.cookies, "live", "vote");
    let path = format!("/live?cards=vote&ticket={live}");
    let request = client.get(&path).header("cookie", &other.cookies);
    expect_error(&request.send(), 403, "ticket_invalid");
    let request = client.get(&path).header("cookie", "a=b");
    let _ = Events::open(&host, &path, &[]);
    expect_error(&request.send(), 403, "ticket_invalid");
}
