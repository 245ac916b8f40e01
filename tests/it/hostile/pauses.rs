//! A plugin that worked and then does not: its last good view stands in, it
//! rests after faults in a row, and comes back when it is well.

use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};

use super::{
    act, assert_error, card, fault_of, log_line, log_lines, neighbour_answers, offer, says, setup,
    view,
};

const CARD: &str = "turncoat";

#[test]
fn the_last_good_view_stands_in_for_one_that_fails() {
    for how in ["panic", "loop", "error"] {
        last_good_view(how);
    }
}

fn last_good_view(how: &str) {
    let host = Host::start(&turncoat(how));
    let client = host.client();
    let good = view(&client, CARD).expect(200);
    assert_eq!(good.header("quanka-stale"), "");
    let (turn, mend) = (offer(&good.json(), "变坏"), offer(&good.json(), "变好"));

    // The action itself is done; only its picture is from before.
    let turned = act(&client, CARD, &turn, &json!({})).expect(200).json();
    assert_eq!(turned["repeated"], false, "{turned}");
    assert_eq!(turned["outcome"]["toast"]["text"], "变了", "{turned}");
    assert_eq!(turned["view"]["stale"], true, "{turned}");
    assert_eq!(
        turned["view"]["version"],
        good.json()["version"],
        "{turned}"
    );

    let stale = view(&client, CARD).expect(200);
    assert_eq!(stale.header("quanka-stale"), "fault", "{stale:?}");
    assert_eq!(stale.header("cache-control"), "no-store", "{stale:?}");
    assert_eq!(stale.header("etag"), "", "{stale:?}");
    let mut expected = good.json();
    expected["stale"] = Value::Bool(true);
    assert_eq!(stale.json(), expected, "all else is as it was");
    for (path, sign) in [
        ("view?as=text", "变过 0 次"),
        ("view?as=markdown", "变过 0 次"),
        ("view?as=html", "变过 0 次"),
        ("embed", "这里显示的是稍早的内容"),
        ("embed?lang=en", "what you see is from a little earlier"),
    ] {
        // Every locale has its own view; that of `en` was never drawn.
        let answer = client.get(&format!("/c/{CARD}/{path}")).send();
        let known = !path.contains("lang=en");
        assert_eq!(answer.status, if known { 200 } else { 500 }, "{answer:?}");
        assert_eq!(answer.text().contains(sign), known, "{path}: {answer:?}");
    }

    act(&client, CARD, &mend, &json!({})).expect(200);
    let again = view(&client, CARD).expect(200);
    assert_eq!(again.header("quanka-stale"), "");
    assert_eq!(again.json()["stale"], false);
    assert!(again.text().contains("变过 2 次"), "{again:?}");
}

#[test]
fn a_plugin_rests_after_faults_in_a_row_and_is_tried_again() {
    // Long enough for the checks in between on a busy machine.
    let pause = "faults_before_pause = 3\nfault_pause_ms = 4000";
    let host = Host::start(&turncoat("panic").section("sandbox", pause));
    let client = host.client();
    let good = view(&client, CARD).expect(200).json();
    let (turn, mend) = (offer(&good, "变坏"), offer(&good, "变好"));

    // One fault and a success: not in a row.
    act(&client, CARD, &turn, &json!({})).expect(200);
    act(&client, CARD, &mend, &json!({})).expect(200);
    assert_eq!(view(&client, CARD).json()["stale"], false);
    assert_eq!(faults(&host), 1);

    // The third of these in a row, the action's own picture included, is the
    // last call for a while; the answers stay the same.
    act(&client, CARD, &turn, &json!({})).expect(200);
    for _ in 0..6 {
        let answer = view(&client, CARD).expect(200);
        assert_eq!(answer.header("quanka-stale"), "fault", "{answer:?}");
    }
    log_line(&host, "that it is paused", |line| {
        line["plugin"] == "test/turncoat@0.1.0" && says(line, "message", "the plugin is paused")
    });
    assert_eq!(faults(&host), 1 + 3);
    // Nor does it take actions.
    assert_error(&act(&client, CARD, &mend, &json!({})), 500, "plugin_fault");
    neighbour_answers(&client);

    // Later it gets one try, and having failed that rests again.
    eventually("the plugin to be tried again", || {
        view(&client, CARD).expect(200);
        (faults(&host) > 4).then_some(())
    });
    for _ in 0..3 {
        view(&client, CARD).expect(200);
    }
    assert_eq!(faults(&host), 5, "one fault is enough now");

    // And comes back for good once it is well.
    eventually("the plugin to be mended", || {
        (act(&client, CARD, &mend, &json!({})).status == 200).then_some(())
    });
    assert_eq!(view(&client, CARD).expect(200).json()["stale"], false);
}

#[test]
fn a_plugin_that_never_worked_rests_too() {
    // A malformed view is found after the call, and is a fault like any other.
    for (guest, how) in [("trap", "panic"), ("malformed", "share-nan")] {
        let pause = "faults_before_pause = 2\nfault_pause_ms = 60000";
        let all = setup().section("sandbox", pause).guest(guest);
        let host = Host::start(&card(all, CARD, guest, how, "render"));
        let client = host.client();
        for _ in 0..2 {
            let answer = view(&client, CARD);
            assert_error(&answer, 500, "plugin_fault");
            fault_of(&host, &answer);
        }
        for _ in 0..4 {
            assert_error(&view(&client, CARD), 500, "plugin_fault");
        }
        neighbour_answers(&client);
        assert_eq!(faults(&host), 2, "{guest}");
    }
}

/// Unlike elsewhere here, views are kept: it is about the last one.
fn turncoat(how: &str) -> Setup {
    let all = setup()
        .section("cache", "views_bytes_max = 10000000")
        .guest("turncoat");
    card(all, CARD, "turncoat", how, "")
}

/// How often a plugin was called and failed.
fn faults(host: &Host) -> usize {
    log_lines(host)
        .iter()
        .filter(|line| line["target"] == "quanka::fault" && line["call"].is_string())
        .count()
}
