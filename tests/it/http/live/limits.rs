//! How many streams there may be, how long they last, what they refuse.

use super::super::{expect_error, polls, vote};
use super::{open, start};
use quanka_tests::events::{Events, connect};
use quanka_tests::eventually;
use quanka_tests::server::Host;
use std::time::{Duration, Instant};

/// Polls with options of `[live]`.
#[track_caller]
fn limited(keys: &str) -> Host {
    Host::start(&polls().section("live", keys))
}

#[track_caller]
fn expect_full(host: &Host, path: &str, status: u16, code: &str) {
    let answer = host.client().get(path).send();
    expect_error(&answer, status, code);
    assert_eq!(answer.header("retry-after"), "30", "{answer:?}");
}

/// Once a stream has ended, which the host notices a moment later, there is
/// room for another.
#[track_caller]
fn expect_room(host: &Host, path: &str) -> Events {
    eventually("room for another stream", || {
        Events::try_open(host, path, &[]).ok()
    })
}

#[test]
fn one_address_may_open_so_many() {
    let host = limited("streams_per_address_max = 2");
    let one = open(&host, "/c/vote/live");
    let _two = open(&host, "/live?cards=vote,other");
    expect_full(&host, "/c/vote/live", 429, "rate_limited");
    drop(one);
    let _again = expect_room(&host, "/c/vote/live");
}

#[test]
fn one_card_may_have_so_many() {
    let host = limited("streams_per_card_max = 1");
    let one = open(&host, "/c/vote/live");
    expect_full(&host, "/c/vote/live", 503, "overloaded");
    expect_full(&host, "/live?cards=other,vote", 503, "overloaded");
    let _other = open(&host, "/c/other/live");
    host.expect_log("live.streams_per_card_max");
    drop(one);
    let _again = expect_room(&host, "/c/vote/live");
}

#[test]
fn there_may_be_so_many_in_all() {
    let host = limited("streams_max = 1");
    let one = open(&host, "/c/vote/live");
    expect_full(&host, "/c/other/live", 503, "overloaded");
    host.expect_log("live.streams_max");
    // Everything else is served.
    let _ = host.client().get("/c/vote/view").send().expect(200);
    drop(one);
    let _again = expect_room(&host, "/c/other/live");
}

#[test]
fn what_cannot_be_followed_is_refused_with_what_to_do() {
    let host = Host::start(&polls().section("live", "cards_per_stream_max = 3").card(
        "gone",
        "quanka/poll",
        "state = 'gone'",
    ));
    let client = host.client();
    let check = |path: &str, status: u16, code: &str, part: &str| {
        let error = expect_error(&client.get(path).send(), status, code);
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{path}: {message}");
    };
    check("/live", 400, "bad_request", "cards=a,b");
    check("/live?cards=", 400, "bad_request", "cards=a,b");
    check("/live?cards=,,", 400, "bad_request", "cards=a,b");
    let many = "/live?cards=vote,vote,vote,vote";
    check(many, 400, "bad_request", "live.cards_per_stream_max");
    check("/c/vote/live?as=pdf", 400, "bad_request", "html or json");
    check(
        "/c/vote/live?as=html&from=here",
        400,
        "bad_request",
        "from=here",
    );
    check("/c/vote/live?size=huge", 400, "bad_request", "size=huge");
    check("/live?cards=vote~huge", 400, "bad_request", "size=huge");
    check("/c/nowhere/live", 404, "card_unknown", "");
    check("/live?cards=nowhere", 404, "card_unknown", "");
    check("/live?cards=..%2Fx", 404, "card_unknown", "");
    let cross_site = |name: &str, value: &str| {
        let answer = client.get("/c/vote/live").header(name, value).send();
        expect_error(&answer, 403, "cross_site");
    };
    cross_site("sec-fetch-site", "cross-site");
    cross_site("sec-fetch-site", "same-site");
    cross_site("origin", "null");
    let own = [("sec-fetch-site", "same-origin")];
    let _ = Events::open(&host, "/c/vote/live", &own).view_of("vote");
    // A stream goes on about the cards that are there, if there are any.
    let begun_with_gone = |path: &str, cards: &[&str]| {
        let live = open(&host, path);
        for card in cards {
            let event = live.next();
            assert_eq!(
                (&*event.name, &event.json()["card"]),
                ("gone", &(*card).into())
            );
        }
        live
    };
    let _ = begun_with_gone("/c/gone/live", &["gone"]);
    let _ = begun_with_gone("/live?cards=nowhere,gone", &["nowhere", "gone"]);
    let live = begun_with_gone("/live?cards=gone,vote,nowhere", &["gone", "nowhere"]);
    let _ = live.view_of("vote");
    vote(&client, "a", "one");
    assert_eq!(live.view_of("vote")["view"]["summary"], "1 人参与");
}

#[test]
fn a_quiet_stream_says_that_it_lives_and_outlasts_other_requests() {
    let setup = polls()
        .section("live", "heartbeat_s = 1")
        .section("server", "request_timeout_ms = 300");
    let host = Host::start(&setup);
    let live = open(&host, "/c/vote/live");
    let _ = live.view_of("vote");
    let began = Instant::now();
    for _ in 0..2 {
        let beat = live.next_or_comment();
        assert_eq!((&*beat.name, &*beat.data), ("comment", "heartbeat"));
    }
    let elapsed = began.elapsed();
    assert!(elapsed > Duration::from_millis(1200), "{elapsed:?}");
    vote(&host.client(), "a", "one");
    assert_eq!(live.view_of("vote")["view"]["summary"], "1 人参与");
}

#[test]
fn streams_end_at_once_with_the_host_and_go_on_with_the_next() {
    let mut host = start();
    vote(&host.client(), "a", "one");
    let live = open(&host, "/c/vote/live");
    let version = live.view_of("vote")["version"].clone();
    let began = Instant::now();
    assert_eq!(host.terminate().code(), Some(0));
    // Far from server.shutdown_grace_ms.
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(live.to_the_end(), []);
    assert!(!host.log().contains("cut off"), "{}", host.log());

    host.restart();
    let have = version.as_str().unwrap_or_default();
    let live = open(&host, &format!("/c/vote/live?have={have}"));
    vote(&host.client(), "b", "two");
    assert_eq!(live.view_of("vote")["view"]["summary"], "2 人参与");
}

#[test]
fn a_client_that_never_reads_is_in_nobodys_way() {
    let host = limited("pushes_per_second_max = 1000\nstreams_per_address_max = 100");
    let client = host.client();
    let _deaf: Vec<_> = (0..20)
        .map(|_| connect(&host, "/c/vote/live", &[]))
        .collect();
    let live = open(&host, "/c/vote/live");
    let _ = live.view_of("vote");
    for number in 1..=30 {
        vote(&client, "a", &format!("vote {number}"));
    }
    let mut votes = 0;
    while votes != 30 {
        let view = live.view_of("vote")["view"].take();
        let summary = view["summary"].as_str().unwrap_or_default().to_owned();
        let now = summary.split(' ').next().and_then(|n| n.parse().ok());
        let now = now.unwrap_or_else(|| panic!("{summary}"));
        assert!(votes < now, "{votes}, then {now}");
        votes = now;
    }
}
