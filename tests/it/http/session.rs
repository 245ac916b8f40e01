//! Readers who are somebody: signing on with a publisher's token, what the
//! session is good for, and how it ends.

mod demo;
mod keys;
mod refused;
mod ticket;

use super::{POLL, act, expect_error, key, offer, own_view, polls, results, text, vote};
use quanka_tests::client::{Answer, Client};
use quanka_tests::events::Events;
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::{Value, json};

/// The polls of [`polls`], a poll `members` for readers who are signed in, and
/// a second publisher with a poll `elsewhere` of the same kind.
fn setup() -> Setup {
    let signed_in = format!("{POLL}\nconfig.who = 'signed-in'");
    polls()
        .publisher(&daily())
        .publisher(&evening())
        .entry(
            "circle",
            "id = 'evening'\npublisher = 'evening'\nname = '晚报圈'",
        )
        .card("members", "quanka/poll", &signed_in)
        .card(
            "elsewhere",
            "quanka/poll",
            &format!("circle = 'evening'\n{signed_in}"),
        )
}

fn daily() -> Publisher {
    Publisher::new(PUBLISHER)
}

fn evening() -> Publisher {
    Publisher::new("evening")
}

/// What `POST /session` answers to a token.
fn redeem(client: &Client, card: &str, jwt: &str, cookies: &str) -> Answer {
    let request = client
        .post("/session")
        .json(&json!({"jwt": jwt, "card": card}));
    match cookies {
        "" => request.send(),
        cookies => request.header("cookie", cookies).send(),
    }
}

/// A reader of the daily who has signed in.
#[track_caller]
fn sign_in(host: &Host, sub: &str, name: &str) -> SignedIn {
    let jwt = daily().token(&host.origin(), sub, name);
    SignedIn::of(&redeem(&host.client(), "vote", &jwt, "").expect(200))
}

struct SignedIn {
    cookies: String,
    bearer: String,
}

impl SignedIn {
    #[track_caller]
    fn of(answer: &Answer) -> Self {
        Self {
            cookies: answer.cookies(),
            bearer: format!("Bearer {}", text(&answer.json()["session"])),
        }
    }

    /// Whether the host knows the reader by their cookie, and by their bearer.
    #[track_caller]
    fn known(&self, client: &Client) -> [bool; 2] {
        let by = |name: &str, value: &str| {
            let answer = client.get("/session").header(name, value).send();
            answer.expect(200).json()["signed_in"] == true
        };
        [
            by("cookie", &self.cookies),
            by("authorization", &self.bearer),
        ]
    }
}

/// A vote in a card, with a header that says whose it is.
#[track_caller]
fn vote_as(client: &Client, card: &str, (header, value): (&str, &str), name: &str) -> Answer {
    let path = format!("/c/{card}/view?me=1");
    let view = client.get(&path).header(header, value).send().expect(200);
    let body = json!({
        "offer": offer(&view.json(), "投票"),
        "inputs": {"choice": "a"},
        "key": key(name),
    });
    act(client, card, &body).header(header, value).send()
}

#[test]
fn a_token_becomes_a_session_that_says_who_the_reader_is() {
    let host = Host::start(&setup());
    let client = host.client();
    let jwt = daily().token_with(&host.origin(), |claims| {
        claims.insert("name".into(), "安安".into());
        claims.insert("avatar".into(), "https://daily.example/a.png".into());
    });
    let answer = redeem(&client, "vote", &jwt, "").expect(200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-quanka=v1."), "{cookie}");
    let attributes = cookie.split_once("; ").unwrap().1;
    assert_eq!(
        attributes,
        "Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=2592000"
    );
    let json = answer.json();
    let reader = json!({
        "name": "安安",
        "avatar": "https://daily.example/a.png",
        "publisher": "beike-daily",
    });
    assert_eq!(json["reader"], reader);
    let expires_at: jiff::Timestamp = text(&json["expires_at"]).parse().unwrap();
    let days = expires_at.duration_since(jiff::Timestamp::now()).as_hours() / 24;
    assert_eq!(days, 29, "{expires_at}");

    let session = SignedIn::of(&answer);
    for (name, value) in [
        ("cookie", &session.cookies),
        ("authorization", &session.bearer),
    ] {
        let who = client
            .get("/session")
            .header(name, value)
            .send()
            .expect(200);
        assert_eq!(who.header("cache-control"), "private, no-store");
        let expires_at = json["expires_at"].clone();
        let expected = json!({"signed_in": true, "reader": reader, "expires_at": expires_at});
        assert_eq!(who.json(), expected, "by {name}");
    }
    // Known at another publisher's card, and not signed in there.
    let who = client
        .get("/session?card=elsewhere")
        .header("cookie", &session.cookies);
    let who = who.send().expect(200).json();
    assert_eq!(who["signed_in"], false);
    assert_eq!(who["reader"], reader);
    let nobody = json!({"signed_in": false, "reader": null, "expires_at": null});
    assert_eq!(client.get("/session").send().expect(200).json(), nobody);
    expect_error(
        &client.get("/session?card=none").send(),
        404,
        "card_unknown",
    );
}

#[test]
fn signed_in_readers_act_where_their_publisher_vouches_for_them() {
    let host = Host::start(&setup());
    let client = host.client();
    let anonymous = vote(&client, "a", "nobody").cookies();
    let refused = vote_as(&client, "members", ("cookie", &anonymous), "nobody there");
    expect_error(&refused, 401, "sign_in_required");

    let session = sign_in(&host, "reader-1", "安安");
    let by_cookie = ("cookie", session.cookies.as_str());
    let by_bearer = ("authorization", session.bearer.as_str());
    let voted = vote_as(&client, "members", by_cookie, "by cookie").expect(200);
    assert_eq!(results(&voted.json()["view"]), "三体 1*, 边城 0");
    assert_eq!(voted.header("set-cookie"), "");
    // The same reader as a native client: the same one vote.
    let voted = vote_as(&client, "vote", by_bearer, "by bearer").expect(200);
    assert_eq!(results(&voted.json()["view"]), "三体 2*, 边城 0");
    assert_eq!(voted.header("set-cookie"), "");
    let section = client.get("/c/members/view?me=1&as=html");
    let section = section
        .header("authorization", &session.bearer)
        .send()
        .expect(200);
    assert!(section.text().contains("三体"), "{section:?}");

    let refused = vote_as(&client, "elsewhere", by_cookie, "elsewhere");
    expect_error(&refused, 401, "sign_in_required");

    // A bearer counts, whatever cookie stands beside it; a bad one is nobody.
    let who = |bearer: &str| {
        let request = client.get("/session").header("cookie", &anonymous);
        request
            .header("authorization", bearer)
            .send()
            .expect(200)
            .json()["signed_in"]
            .clone()
    };
    assert_eq!(who(&session.bearer), true);
    let view = client
        .get("/c/vote/view?me=1")
        .header("cookie", &session.cookies);
    let view = view
        .header("authorization", "Bearer v1.k1.e30.AAAA")
        .send()
        .expect(200);
    assert_eq!(results(&view.json()), "");
}

#[test]
fn who_signs_in_keeps_what_they_did_before() {
    let host = Host::start(&setup());
    let client = host.client();
    let before = vote(&client, "a", "before").cookies();
    let jwt = daily().token(&host.origin(), "reader-1", "安安");
    let session = SignedIn::of(&redeem(&client, "vote", &jwt, &before).expect(200));
    assert_eq!(
        results(&own_view(&client, "vote", &session.cookies)),
        "三体 1*, 边城 0"
    );
    // The anonymous reader is nobody any more.
    assert_eq!(results(&own_view(&client, "vote", &before)), "");
    // On another device, the same person.
    let other = sign_in(&host, "reader-1", "安安");
    assert_eq!(
        results(&own_view(&client, "vote", &other.cookies)),
        "三体 1*, 边城 0"
    );
    let somebody = sign_in(&host, "reader-2", "小北");
    assert_eq!(results(&own_view(&client, "vote", &somebody.cookies)), "");
}

#[test]
fn an_answer_is_repeated_to_nobody_but_its_person() {
    let host = Host::start(&setup());
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    let view = own_view(&client, "members", &session.cookies);
    let body = json!({
        "offer": offer(&view, "投票"),
        "inputs": {"choice": "a"},
        "key": key("once"),
    });
    let send = |cookies: &str| {
        act(&client, "members", &body)
            .header("cookie", cookies)
            .send()
    };
    assert_eq!(send(&session.cookies).expect(200).json()["repeated"], false);
    assert_eq!(send(&session.cookies).expect(200).json()["repeated"], true);
    // Who knows the key and not the session is not the person, and is not made
    // one by a cookie.
    let stranger = send("a=b");
    expect_error(&stranger, 401, "sign_in_required");
    assert_eq!(stranger.cookies(), "");
    let other = sign_in(&host, "reader-2", "小北");
    expect_error(&send(&other.cookies), 409, "key_reused");
}

#[test]
fn signing_out_ends_one_session_and_everywhere_all_of_them() {
    let host = Host::start(&setup());
    let client = host.client();
    let delete = |path: &str, session: &SignedIn| {
        let request = client
            .request("DELETE", path)
            .header("cookie", &session.cookies);
        let answer = request.send().expect(204);
        assert_eq!(
            answer.header("set-cookie"),
            "__Host-quanka=; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=0"
        );
    };
    let [one, two, three] = [1, 2, 3].map(|_| sign_in(&host, "reader-1", "安安"));
    let other = sign_in(&host, "reader-2", "小北");
    let known = || [&one, &two, &three, &other].map(|session| session.known(&client));
    let (yes, no) = ([true, true], [false, false]);
    assert_eq!(known(), [yes, yes, yes, yes]);
    delete("/session", &one);
    assert_eq!(known(), [no, yes, yes, yes]);
    delete("/session?everywhere=1", &two);
    assert_eq!(known(), [no, no, no, yes]);
    // Again, and without a session, it is done already.
    delete("/session", &one);
    client.request("DELETE", "/session").send().expect(204);
    // Whoever signs in again is in, and still the same reader.
    let again = sign_in(&host, "reader-1", "安安");
    assert_eq!(again.known(&client), yes);
    // A session that was signed out acts no more.
    let refused = vote_as(&client, "members", ("authorization", &three.bearer), "late");
    expect_error(&refused, 401, "sign_in_required");
}

#[test]
fn a_stream_ends_with_its_session() {
    let host = Host::start(&setup().section("live", "heartbeat_s = 1"));
    let client = host.client();
    let [one, other] = [1, 2].map(|_| sign_in(&host, "reader-1", "安安"));
    let stream = |session: &SignedIn| {
        let cookie = [("cookie", session.cookies.as_str())];
        Events::open(&host, "/c/vote/live", &cookie)
    };
    let (ending, going_on) = (stream(&one), stream(&other));
    let out = client.request("DELETE", "/session");
    out.header("cookie", &one.cookies).send().expect(204);
    ending.to_the_end();
    vote(&client, "b", "somebody");
    assert_eq!(results(&going_on.view_of("vote")["view"]), "");
    assert_eq!(going_on.next().name, "view");
}

#[test]
fn a_session_is_renewed_when_half_its_age_is_over() {
    let host = Host::start(&setup().section("identity", "session_age_s = 3"));
    let client = host.client();
    let session = sign_in(&host, "reader-1", "安安");
    let cookie = |path: &str| {
        let answer = client.get(path).header("cookie", &session.cookies).send();
        answer.expect(200).cookies()
    };
    assert_eq!(cookie("/c/vote/view?me=1"), "");
    let renewed = eventually("a longer session", || {
        Some(cookie("/c/vote/view?me=1")).filter(|cookie| !cookie.is_empty())
    });
    assert_ne!(renewed, session.cookies);
    assert!(!cookie("/c/vote").is_empty());
    let with_bearer = client
        .get("/session")
        .header("authorization", &session.bearer);
    let with_bearer = with_bearer.send().expect(200);
    assert!(
        !text(&with_bearer.json()["session"]).is_empty(),
        "{with_bearer:?}"
    );
    assert_eq!(with_bearer.cookies(), "");
    // The old one ends, the new one goes on.
    eventually("the end of the old session", || {
        (session.known(&client) == [false, false]).then_some(())
    });
    let who = client.get("/session").header("cookie", &renewed).send();
    assert_eq!(who.expect(200).json()["signed_in"], true);
}

#[test]
fn tokens_stay_out_of_the_log() {
    let host = Host::start(&setup().section("log", "filter = 'trace'"));
    let client = host.client();
    let good = daily().token(&host.origin(), "reader-1", "安安");
    let stale = daily().token_with(&host.origin(), |claims| {
        claims.insert("exp".into(), json!(7));
    });
    let session = SignedIn::of(&redeem(&client, "vote", &good, "").expect(200));
    redeem(&client, "vote", &good, "").expect(401);
    redeem(&client, "vote", &stale, "").expect(401);
    vote_as(
        &client,
        "members",
        ("authorization", &session.bearer),
        "vote",
    )
    .expect(200);
    let ticket = ticket::issue(&client, &session.cookies, "live", "vote");
    let path = format!("/live?cards=other&ticket={ticket}");
    expect_error(&client.get(&path).send(), 403, "ticket_invalid");
    host.expect_log("a ticket was refused");

    let log = host.log();
    assert!(log.contains("TRACE"), "the log has no traces");
    let session_token = session.bearer.trim_start_matches("Bearer ");
    for secret in [good.as_str(), &stale, session_token, &ticket] {
        // The signature alone would do to know it by.
        let signature = secret.rsplit('.').next().unwrap();
        let lines: Vec<&str> = log
            .lines()
            .filter(|line| line.contains(signature))
            .collect();
        assert!(lines.is_empty(), "{lines:#?}");
    }
}

fn expect_refused(answer: &Answer, sentence: &str) -> Value {
    let error = expect_error(answer, 401, "token_invalid");
    assert!(text(&error["message"]).contains(sentence), "{error}");
    error
}
