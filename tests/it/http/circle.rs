//! Who readers are in a circle, by the guest `club`: joining in three ways, and
//! what a role lets through, asked when it counts.

use super::{act, expect_error, key, nodes, offer, text};
use quanka_tests::client::{Answer, Client};
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// The circle `club`, whose owner the publisher calls `owner`, with two cards.
pub fn club(join: &str) -> Setup {
    let circle = format!(
        "id = 'club'\npublisher = '{PUBLISHER}'\nname = '夜跑团'\nowner = 'owner'\njoin = '{join}'"
    );
    Setup::new()
        .publisher(&Publisher::new(PUBLISHER))
        .guest("club")
        .entry("circle", &circle)
        .card("club", "test/club", "circle = 'club'")
        .card("own", "test/club", "circle = 'club'\nconfig.who = true")
}

/// The cookies of a reader whom the publisher signs in.
#[track_caller]
pub fn sign_in(host: &Host, publisher: &str, sub: &str) -> String {
    let jwt = Publisher::new(publisher).token(&host.origin(), sub, sub);
    let client = host.client();
    let request = client.post("/session");
    let request = request.json(&json!({"jwt": jwt, "card": "club"}));
    request.send().expect(200).cookies()
}

/// Taps a button of the card that everybody sees alike.
#[track_caller]
pub fn tap(client: &Client, label: &str, inputs: &Value, cookies: &str) -> Answer {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("tap {}", COUNT.fetch_add(1, Ordering::Relaxed));
    let view = client.get("/c/club/view").send().expect(200).json();
    let body = json!({"offer": offer(&view, label), "inputs": inputs, "key": key(&name)});
    let request = act(client, "club", &body);
    match cookies {
        "" => request.send(),
        cookies => request.header("cookie", cookies).send(),
    }
}

/// Does something to the circle; what came of it, and who did it.
#[track_caller]
pub fn act_as(client: &Client, what: &str, whom: &str, cookies: &str) -> Value {
    let answer = tap(client, "做", &json!({"what": what, "whom": whom}), cookies);
    let event = answer.expect(200).json()["outcome"]["event"].clone();
    assert_eq!(event["name"], "did");
    let data = event["data"].clone();
    // As JSON, or as JSON in a string.
    match data.as_str() {
        Some(text) => serde_json::from_str(text).expect("the data of an event is JSON"),
        None => data,
    }
}

/// What the card says of members, those who wait, and those who are there.
#[track_caller]
fn stats(client: &Client) -> [String; 3] {
    let view = client.get("/c/club/view").send().expect(200).json();
    ["成员", "等待", "在场"].map(|label| {
        let mut found = nodes(&view["root"]).into_iter();
        let found = found.find(|node| node["kind"] == "stat" && node["label"] == label);
        text(&found.expect("the stat is there")["value"]).to_owned()
    })
}

/// Who the reader is, as the card that asks says.
#[track_caller]
fn who(client: &Client, cookies: &str) -> String {
    let request = client.get("/c/own/view?me=1").header("cookie", cookies);
    let view = request.send().expect(200).json();
    text(&view["summary"]).to_owned()
}

#[test]
fn readers_join_as_the_circle_lets_them() {
    for (policy, outcome, standing, counted) in [
        ("open", "Joined", "Joined", ["1", "0", "1"]),
        ("approval", "Pending", "Waiting", ["0", "1", "0"]),
        ("closed", "Denied", "None", ["0", "0", "0"]),
    ] {
        let host = Host::start(&club(policy));
        let client = host.client();
        assert_eq!(stats(&client), ["0", "0", "0"], "{policy}");
        let reader = sign_in(&host, PUBLISHER, "reader");
        let joined = act_as(&client, "join", "", &reader);
        assert_eq!(joined["outcome"], outcome, "{policy}");
        assert_eq!(joined["standing"], standing, "{policy}");
        assert_eq!(stats(&client), counted, "{policy}");
        let member = text(&joined["member"]).to_owned();
        if policy == "open" {
            let again = act_as(&client, "join", "", &reader);
            assert_eq!(again["outcome"], "Already");
            assert_eq!(act_as(&client, "leave", "", &reader)["standing"], "Left");
            assert_eq!(stats(&client), ["0", "0", "0"]);
            continue;
        }
        // A moderator admits: here the owner does, whom nobody made it.
        let owner = sign_in(&host, PUBLISHER, "owner");
        let by_reader = act_as(&client, "admit", &member, &reader);
        assert_eq!(by_reader["outcome"], "Denied", "{policy}");
        let admitted = act_as(&client, "admit", &member, &owner);
        assert_eq!(
            (&admitted["outcome"], &admitted["role"]),
            (&json!("ok"), &json!("Owner"))
        );
        assert_eq!(who(&client, &reader), "Member", "{policy}");
        assert_eq!(stats(&client), ["2", "0", "1"], "{policy}");
    }
}

#[test]
fn offers_are_for_the_roles_they_name_when_they_arrive() {
    let host = Host::start(&club("open"));
    let client = host.client();
    let [owner, keeper, star, plain, visitor, banned] =
        ["owner", "keeper", "star", "plain", "visitor", "banned"]
            .map(|sub| sign_in(&host, PUBLISHER, sub));
    // The owner is the owner before they have done anything.
    assert_eq!(who(&client, &owner), "Owner");
    let join = |cookies: &str| {
        let joined = act_as(&client, "join", "", cookies);
        text(&joined["member"]).to_owned()
    };
    let (keeper_id, star_id, _, banned_id) =
        (join(&keeper), join(&star), join(&plain), join(&banned));
    for (what, whom) in [
        ("promote", &keeper_id),
        ("feature", &star_id),
        ("ban", &banned_id),
    ] {
        let done = act_as(&client, what, whom, &owner);
        assert_eq!(done["outcome"], "ok", "{what}");
    }
    // An anonymous reader who joined is a member as any other.
    let anonymous = tap(&client, "做", &json!({"what": "join"}), "").cookies();
    let table: [(&str, &str, [&str; 5]); 8] = [
        ("nobody", "", ["?", "?", "?", "?", "?"]),
        ("anonymous", &anonymous, ["ok", "no", "no", "no", "?"]),
        ("visitor", &visitor, ["no", "no", "no", "no", "ok"]),
        ("banned", &banned, ["no", "no", "no", "no", "ok"]),
        ("plain", &plain, ["ok", "no", "no", "no", "ok"]),
        ("star", &star, ["ok", "ok", "no", "no", "ok"]),
        ("keeper", &keeper, ["ok", "ok", "ok", "no", "ok"]),
        ("owner", &owner, ["ok", "ok", "ok", "ok", "ok"]),
    ];
    for (who, cookies, expected) in table {
        for (label, expected) in ["成员", "大咖", "管理", "圈主", "登录"]
            .into_iter()
            .zip(expected)
        {
            let answer = tap(&client, label, &json!({}), cookies);
            match expected {
                "ok" => assert_eq!(answer.status, 200, "{label} by {who}: {answer:?}"),
                "no" => drop(expect_error(&answer, 403, "denied")),
                _ => drop(expect_error(&answer, 401, "sign_in_required")),
            }
        }
    }
    // An old offer, and a role that was taken away meanwhile.
    let demoted = act_as(&client, "demote", &keeper_id, &owner);
    assert_eq!(demoted["outcome"], "ok");
    let answer = tap(&client, "管理", &json!({}), &keeper);
    expect_error(&answer, 403, "denied");
    assert_eq!(
        act_as(&client, "ban", &star_id, &keeper)["outcome"],
        "Denied"
    );
}

#[test]
fn a_view_that_asks_who_looks_changes_with_what_they_are() {
    let host = Host::start(&club("open"));
    let client = host.client();
    let owner = sign_in(&host, PUBLISHER, "owner");
    let reader = sign_in(&host, PUBLISHER, "reader");
    assert_eq!(who(&client, &reader), "Visitor");
    let joined = act_as(&client, "join", "", &reader);
    let member = text(&joined["member"]).to_owned();
    assert_eq!(who(&client, &reader), "Member");
    for (what, expected) in [
        ("feature", "Featured"),
        ("mute", "Featured muted"),
        ("promote", "Moderator muted"),
        ("ban", "Visitor muted"),
        ("unban", "Visitor muted"),
    ] {
        let done = act_as(&client, what, &member, &owner);
        assert_eq!(done["outcome"], "ok", "{what}");
        assert_eq!(who(&client, &reader), expected, "{what}");
    }
    // Nobody but moderators may ask who waits: the call ends.
    let answer = tap(&client, "做", &json!({"what": "waiting"}), &reader);
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(act_as(&client, "waiting", "", &owner)["outcome"], "0");
}

#[test]
fn who_is_a_member_keeps_it_when_they_sign_in_and_loses_it_when_they_are_erased() {
    let host = Host::start(&club("open"));
    let client = host.client();
    let joined = tap(&client, "做", &json!({"what": "join"}), "").expect(200);
    let anonymous = joined.cookies();
    let export = |cookies: &str| {
        let request = client.get("/me/export").header("cookie", cookies);
        request.send().expect(200).json()["circles"][0].clone()
    };
    let before = export(&anonymous);
    assert_eq!(before["membership"]["standing"], "joined", "{before}");
    assert_eq!(before["membership"]["role"], "member", "{before}");

    let jwt = Publisher::new(PUBLISHER).token(&host.origin(), "reader", "阿南");
    let request = client.post("/session").header("cookie", &anonymous);
    let request = request.json(&json!({"jwt": jwt, "card": "club"}));
    let person = request.send().expect(200).cookies();
    assert_eq!(who(&client, &person), "Member");
    act_as(&client, "look", "", &person);
    assert_eq!(export(&person)["member"], before["member"]);
    assert_eq!(stats(&client)[0], "1");

    let erased = client.post("/me/delete").json(&json!({"confirm": "erase"}));
    let erased = erased.header("cookie", &person).send();
    assert!([200, 202].contains(&erased.status), "{erased:?}");
    eventually("the circle forgets them", || {
        (stats(&client) == ["0", "0", "0"]).then_some(())
    });
}
