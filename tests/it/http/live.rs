//! `GET /c/{card}/live` and `GET /live?cards=`: cards that change while they
//! are read.

mod limits;

use super::{act, key, offer, own_view, polls, results, start, text, vote, vote_offer};
use jiff::Timestamp;
use quanka_tests::client::Client;
use quanka_tests::events::Events;
use quanka_tests::server::{Host, Setup};
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
    assert_eq!(
        names,
        ["card", "version", "size", "locale", "at", "place", "view"]
    );
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

#[test]
fn html_is_what_the_readers_document_has() {
    let host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let cookie = ("cookie", cookies.as_str());
    let pushed = |query: &str| {
        let live = Events::open(&host, &format!("/c/vote/live?as=html{query}"), &[cookie]);
        text(&live.view_of("vote")["html"]).to_owned()
    };
    let document_in = |referer: &str, path: &str| {
        let get = client.get(path).header(cookie.0, cookie.1);
        let answer = get.header("referer", referer).send().expect(200);
        section(answer.text())
    };
    let document = |path: &str| document_in(&host.url("/c/vote"), path);
    // All but the stamp, which is each document's own: a pushed section has
    // none, so no two readers can come to share one.
    let frame = document("/c/vote/embed?theme=dark");
    let stamped = pushed("&from=embed&theme=dark");
    assert_eq!(stamped, without_nonce(&frame));
    assert_ne!(stamped, frame);
    assert!(frame.contains("<form"), "{frame}");
    let page = document("/c/vote?lang=en");
    assert_eq!(pushed("&from=page&size=feed&lang=en"), without_nonce(&page));
    // Where nothing can be done the reader is nobody, with a session or without.
    let frame = pushed("&from=embed&interactive=0");
    let elsewhere = document_in("https://elsewhere.example/", "/c/vote/embed");
    assert_eq!(frame, elsewhere);
    assert!(
        !frame.contains("<form") && frame.contains("qk-open"),
        "{frame}"
    );
    assert!(!frame.contains("qk-mine"), "{frame}");
    assert!(pushed("").contains("qk-mine"));
}

/// The card in a document.
fn section(document: &str) -> String {
    let start = document.find("<section").expect("a card is a section");
    let end = document.rfind("</section>").expect("a section ends");
    document[start..end + "</section>".len()].to_owned()
}

/// Without what follows the version in `v=VERSION.NONCE`.
fn without_nonce(html: &str) -> String {
    let mut parts = html.split("&amp;v=");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (stamp, rest) = part.split_once('"').expect("an attribute ends");
        let (version, _nonce) = stamp.split_once('.').expect("a stamp has a nonce");
        plain.push_str(&format!("&amp;v={version}\"{rest}"));
    }
    plain
}

#[test]
fn a_form_of_a_pushed_section_cannot_be_sent_without_a_script() {
    let host = start();
    let client = host.client();
    let live = open(&host, "/c/vote/live?as=html&from=page");
    let html = text(&live.view_of("vote")["html"]).to_owned();
    let (_, action) = html.split_once("action=\"").expect("a poll has a form");
    let (action, _) = action.split_once('"').expect("an attribute ends");
    let fields = [("_offer", &*vote_offer(&client, "vote")), ("choice", "a")];
    let _ = client
        .post(&action.replace("&amp;", "&"))
        .form(&fields)
        .send()
        .expect(403);
}

#[test]
fn each_card_of_a_list_may_have_its_own_size_and_language() {
    let host = start();
    let path = "/live?cards=vote~feed~en,vote~compact,vote&size=feed&lang=zh-CN";
    let live = open(&host, path);
    let mut seen: Vec<_> = (0..3)
        .map(|_| live.view_of("vote"))
        .map(|event| {
            assert_eq!(event["view"]["size"], event["size"]);
            assert_eq!(event["view"]["locale"], event["locale"]);
            format!("{} {}", text(&event["size"]), text(&event["locale"]))
        })
        .collect();
    seen.sort();
    assert_eq!(seen, ["compact zh-CN", "feed en", "feed zh-CN"]);
}

#[test]
fn an_instant_that_passes_is_a_change() {
    let soon = Timestamp::now().as_second() + 3;
    let closes_at = Timestamp::from_second(soon).unwrap().to_string();
    let keys = format!("{}\nconfig.closes_at = '{closes_at}'", super::POLL);
    let setup = Setup::new()
        .plugin("poll")
        .card("vote", "quanka/poll", &keys);
    let host = Host::start(&setup);
    let live = open(&host, "/c/vote/live");
    let mut view = live.view_of("vote")["view"].take();
    if !view.to_string().contains("已结束") {
        assert_eq!(view["expires_at"], closes_at.as_str());
        view = live.view_of("vote")["view"].take();
        let late_ms = Timestamp::now().as_millisecond() - soon * 1000;
        assert!((0..2000).contains(&late_ms), "{late_ms} ms late");
    }
    assert!(view.to_string().contains("已结束"), "{view}");
    assert!(view["expires_at"].is_null(), "{view}");
}

#[test]
fn many_votes_are_few_events_and_the_last_has_them_all() {
    let host = start();
    let client = host.client();
    let live = open(&host, "/c/vote/live");
    let _ = live.view_of("vote");
    for vote_number in 0..50 {
        vote(&client, "a", &format!("vote {vote_number}"));
    }
    let began = std::time::Instant::now();
    let mut events = 0;
    loop {
        events += 1;
        if live.view_of("vote")["view"]["summary"] == "50 人参与" {
            break;
        }
    }
    // Four a second, over however long the votes took.
    let most = 3 + 4 * (began.elapsed().as_secs() + 10);
    assert!((1..most).contains(&events), "{events} events");
    assert!(events < 50, "{events} events");
}

#[test]
fn a_hundred_streams_of_one_view_cost_one_render() {
    let log = "filter = 'info,quanka::service::view=debug'";
    let setup = polls().section("log", log);
    let setup = setup.section("live", "streams_per_address_max = 1000");
    let host = Host::start(&setup);
    let streams: Vec<Events> = (0..100).map(|_| open(&host, "/c/vote/live")).collect();
    for stream in &streams {
        let _ = stream.view_of("vote");
    }
    let renders = || host.log().matches(" drawn").count();
    let before = renders();
    assert_eq!(before, 1, "the first of all");
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key("one")});
    let _ = act(&client, "vote", &body).send().expect(200);
    for stream in &streams {
        assert_eq!(stream.view_of("vote")["view"]["summary"], "1 人参与");
    }
    // One for them all, and one for the voter, who sees their own.
    assert_eq!(renders() - before, 2, "{}", host.log());
}

/// A host with the guest `turncoat`, which fails in some way after `turn`.
fn turncoat(how: &str) -> Host {
    let keys = format!("config.how = '{how}'");
    Host::start(
        &Setup::new()
            .guest("turncoat")
            .card("turncoat", "test/turncoat", &keys),
    )
}

fn press(client: &Client, token: &str, name: &str) {
    let body = json!({"offer": token, "key": key(name)});
    let _ = act(client, "turncoat", &body).send().expect(200);
}

#[test]
fn a_stream_outlives_its_plugins_faults() {
    let host = turncoat("panic");
    let client = host.client();
    let live = open(&host, "/c/turncoat/live");
    let view = live.view_of("turncoat")["view"].take();
    let (turn, mend) = (offer(&view, "变坏"), offer(&view, "变好"));
    press(&client, &turn, "one");
    // The last good view stays, marked as that, also for who comes now.
    let late = open(&host, "/c/turncoat/live");
    for live in [&live, &late] {
        let event = live.view_of("turncoat");
        assert_eq!(event["view"]["stale"], true);
        assert_eq!(event["version"], view["version"]);
    }
    let html = open(
        &host,
        &format!("/c/turncoat/live?as=html&have={}", text(&view["version"])),
    );
    press(&client, &mend, "two");
    let after = live.view_of("turncoat");
    assert!(after.to_string().contains("变过 2 次"), "{after}");
    assert_eq!(after["view"]["stale"], false);
    // To a section that is shown already the fault was no news.
    assert_eq!(html.view_of("turncoat")["version"], after["version"]);
}

#[test]
fn a_view_that_becomes_private_is_each_readers_own_from_then_on() {
    let host = turncoat("private");
    let client = host.client();
    let view = client.get("/c/turncoat/view").send().expect(200).json();
    let body = json!({"offer": offer(&view, "变好"), "key": key("one")});
    let reader = act(&client, "turncoat", &body).send().expect(200).cookies();
    let body = json!({"offer": offer(&view, "变好"), "key": key("two")});
    let _ = act(&client, "turncoat", &body).send().expect(200);

    let own = Events::open(&host, "/c/turncoat/live", &[("cookie", &reader)]);
    let anybodys = open(&host, "/c/turncoat/live");
    for live in [&own, &anybodys] {
        let first = live.view_of("turncoat");
        assert_eq!(first["view"]["private"], false);
        assert!(first.to_string().contains("变过 2 次"), "{first}");
    }
    press(&client, &offer(&view, "变坏"), "three");
    let private = own.view_of("turncoat");
    assert!(private.to_string().contains("变过 3 次"), "{private}");
    assert_eq!(private["view"]["private"], true);
    assert_eq!(private["view"], own_view(&client, "turncoat", &reader));
    assert_eq!(anybodys.view_of("turncoat")["view"]["private"], false);
    press(&client, &offer(&view, "变坏"), "four");
    let after = own.view_of("turncoat");
    assert!(after.to_string().contains("变过 4 次"), "{after}");
}
