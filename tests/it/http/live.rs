//! `GET /c/{card}/live` and `GET /live?cards=`: cards that change while they
//! are read.

use super::{act, key, own_view, results, start, text, vote, vote_offer};
use quanka_tests::events::Events;
use quanka_tests::server::Host;
use serde_json::json;

/// Opens a stream without a session.
#[track_caller]
fn open(host: &Host, path: &str) -> Events {
    Events::open(host, path, &[])
}

#[test]
fn a_vote_reaches_those_who_look() {
    let host = start();
    let client = host.client();
    let live = open(&host, "/c/vote/live");
    for header in [
        "content-type: text/event-stream\r\n",
        "cache-control: no-store\r\n",
        "x-accel-buffering: no\r\n",
        "x-content-type-options: nosniff\r\n",
        "cross-origin-resource-policy: same-origin\r\n",
    ] {
        assert!(live.head.contains(header), "{header:?} in {}", live.head);
    }
    for header in ["content-encoding", "set-cookie", "access-control"] {
        assert!(!live.head.contains(header), "{header:?} in {}", live.head);
    }
    let first = live.next();
    let before = first.json();
    let shown = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(before["view"], shown);
    let names: Vec<&String> = before.as_object().unwrap().keys().collect();
    assert_eq!(names, ["card", "version", "size", "locale", "view"]);
    assert_eq!(before["version"], shown["version"]);

    vote(&client, "a", "one");
    let second = live.next();
    let after = second.json();
    assert_ne!(after["version"], before["version"]);
    assert_eq!(after["view"]["summary"], "1 人参与");
    assert_ne!(second.id, first.id);
    let shown = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(after["view"], shown);
}

#[test]
fn a_card_that_did_not_change_says_nothing() {
    let host = start();
    let client = host.client();
    let live = open(&host, "/live?cards=vote,other");
    let mut first = [live.next().json(), live.next().json()];
    first.sort_by_key(|event| text(&event["card"]).to_owned());
    assert_eq!([&first[0]["card"], &first[1]["card"]], ["other", "vote"]);
    for round in 1..=3 {
        vote(&client, "a", &format!("vote {round}"));
        let view = live.view_of("vote");
        assert_eq!(view["view"]["summary"], format!("{round} 人参与"));
    }
    // It is still followed.
    let body = json!({
        "offer": vote_offer(&client, "other"), "inputs": {"choice": "a"}, "key": key("other")
    });
    let _ = act(&client, "other", &body).send().expect(200);
    assert_eq!(live.view_of("other")["view"]["summary"], "1 人参与");
}

#[test]
fn a_reader_sees_their_own() {
    let host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let own = Events::open(&host, "/c/vote/live", &[("cookie", &cookies)]);
    let anybodys = open(&host, "/c/vote/live");
    let first = own.view_of("vote");
    assert_eq!(first["view"], own_view(&client, "vote", &cookies));
    assert_eq!(results(&first["view"]), "三体 1*, 边城 0");
    assert_eq!(first["view"]["private"], true);
    assert_eq!(anybodys.view_of("vote")["view"]["private"], false);

    vote(&client, "b", "two");
    let after = own.view_of("vote");
    assert_eq!(results(&after["view"]), "三体 1*, 边城 1");
    assert_eq!(after["view"], own_view(&client, "vote", &cookies));
    let after = anybodys.view_of("vote");
    assert_eq!(after["view"]["private"], false);
    assert!(!after.to_string().contains("\"mine\":true"), "{after}");
}

#[test]
fn a_stream_begins_with_what_is_new_to_its_reader() {
    let host = start();
    let client = host.client();
    let now = || client.get("/c/vote/view").send().expect(200).json();
    let before = text(&now()["version"]).to_owned();
    let knows = |version: &str| open(&host, &format!("/c/vote/live?have={version}"));

    let up_to_date = knows(&before);
    let listed = open(&host, &format!("/live?cards=vote~~~{before}"));
    vote(&client, "a", "one");
    // Nothing came before.
    assert_eq!(up_to_date.view_of("vote")["view"]["summary"], "1 人参与");
    assert_eq!(listed.view_of("vote")["view"]["summary"], "1 人参与");
    // An old one gets the newest at once.
    assert_eq!(knows(&before).view_of("vote")["version"], now()["version"]);
}
