//! Readers who are erased.

use super::super::circle::{act_as, club, sign_in as club_sign_in};
use super::super::nodes;
use super::*;
use quanka_tests::paths;
use std::path::Path;

/// Erases a session's reader by the page and its form, and gives the receipt.
#[track_caller]
fn erase(client: &Client, cookies: &str) -> String {
    let page = get(client, "/me/delete", cookies).expect(200);
    let token = between(page.text(), "name=\"confirm\" value=\"", "\"");
    let request = client.post("/me/delete").form(&[("confirm", token)]);
    let page = request.header("cookie", cookies).send().expect(200);
    assert!(
        page.headers_named("set-cookie")
            .any(|set| set.contains("Max-Age=0"))
    );
    let receipt = between(page.text(), "<code>", "</code>");
    assert!(receipt.starts_with("er_"), "{page:?}");
    receipt.to_owned()
}

#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

/// Waits until nothing is left to be done about a reader.
#[track_caller]
fn is_erased(client: &Client, cookies: &str, receipt: &str) {
    eventually("the erasure is done", || {
        let answer = again(client, cookies);
        assert_eq!(answer["receipt"], receipt);
        (answer["status"] == "done").then_some(())
    });
}

/// Asks for the erasure again.
fn again(client: &Client, cookies: &str) -> Value {
    let request = client.post("/me/delete").json(&json!({"confirm": "erase"}));
    request.header("cookie", cookies).send().json()
}

#[test]
fn who_is_erased_leaves_their_vote_and_no_more() {
    let host = Host::start(&setup());
    let client = host.client();
    let before = vote(&client, "a", "one").cookies();
    let person = sign_in(&host, "u-1", "阿南", &before);
    vote_as(&client, "b", "two", &person);
    let member = export(&client, &person)["circles"][0]["member"].clone();

    let receipt = erase(&client, &person);
    is_erased(&client, &person, &receipt);
    assert_eq!(readers(&client), "1 人参与");
    for cookies in [&person, &before] {
        expect_error(
            &get(&client, "/me/export", cookies),
            401,
            "sign_in_required",
        );
    }
    // Whoever comes back is somebody new.
    let back = sign_in(&host, "u-1", "阿南", &before);
    vote_as(&client, "a", "three", &back);
    let data = export(&client, &back);
    assert_ne!(data["circles"][0]["member"], member);
    assert_eq!(data["reader"]["was_anonymous_as"], json!([]));
    let view = own_view(&client, "vote", &back);
    assert_eq!(results(&view), "三体 1*, 边城 1");
    // The old session still has its receipt, and does the new reader no harm.
    assert_eq!(again(&client, &person)["receipt"], *receipt);
    assert_eq!(export(&client, &back)["reader"]["name"], "阿南");
    // The ledger names nobody.
    let ledger = std::fs::read_to_string(host.data_dir().join("erasures")).unwrap();
    assert_eq!(
        ledger.lines().filter(|line| !line.starts_with('#')).count(),
        2
    );
    assert!(
        !ledger.contains("u-1") && !ledger.contains("阿南"),
        "{ledger}"
    );
}

#[test]
fn nobody_is_erased_by_mistake() {
    let host = Host::start(&setup());
    let client = host.client();
    let person = sign_in(&host, "u-1", "阿南", "");
    let other = sign_in(&host, "u-2", "小北", "");
    let page = get(&client, "/me/delete", &other).expect(200);
    let token = between(page.text(), "name=\"confirm\" value=\"", "\"");
    let post = |body: Value| {
        let request = client.post("/me/delete").json(&body);
        request.header("cookie", &person)
    };
    expect_error(&post(json!({})).send(), 400, "bad_request");
    let refused = post(json!({"confirm": true})).send();
    expect_error(&refused, 400, "bad_request");
    let foreign = post(json!({"confirm": "erase"})).header("origin", "https://evil.example");
    expect_error(&foreign.send(), 403, "cross_site");
    let anybody = client.post("/me/delete").json(&json!({"confirm": "erase"}));
    expect_error(&anybody.send(), 401, "sign_in_required");
    let text = client
        .post("/me/delete")
        .body("erase")
        .header("cookie", &person);
    expect_error(&text.send(), 415, "unsupported_media_type");
    // Another reader's token, and none.
    for fields in [&[("confirm", token)][..], &[]] {
        let request = client.post("/me/delete").form(fields);
        request.header("cookie", &person).send().expect(400);
    }
    assert_eq!(export(&client, &person)["reader"]["name"], "阿南");
}

#[test]
fn a_publisher_has_a_reader_forgotten() {
    let evening = Publisher::new("evening");
    let setup = setup().publisher(&evening).entry(
        "circle",
        "id = 'evening'\npublisher = 'evening'\nname = '晚报圈'",
    );
    let host = Host::start(&setup);
    let client = host.client();
    let person = sign_in(&host, "u-1", "阿南", "");
    let ask = |publisher: &str, token: &str| {
        let path = format!("/api/v1/publishers/{publisher}/erasures");
        let request = client.post(&path);
        request
            .header("authorization", &format!("Bearer {token}"))
            .send()
    };
    let signed = |by: &Publisher| {
        by.token_with(&host.origin(), |claims| {
            claims.insert("sub".into(), "u-1".into());
            claims.insert("scope".into(), "erase".into());
        })
    };
    // Neither a token to sign in with nor another publisher's will do.
    let sign_on = daily().token(&host.origin(), "u-1", "阿南");
    for (publisher, token) in [(PUBLISHER, &sign_on), (PUBLISHER, &signed(&evening))] {
        expect_error(&ask(publisher, token), 401, "token_invalid");
    }
    expect_error(&ask("nobody", &signed(&evening)), 404, "publisher_unknown");
    // A reader of the same name at another publisher is somebody else.
    assert_eq!(ask("evening", &signed(&evening)).json()["status"], "done");
    assert_eq!(export(&client, &person)["reader"]["name"], "阿南");

    let token = signed(&daily());
    let receipt = ask(PUBLISHER, &token).json()["receipt"].clone();
    expect_error(
        &get(&client, "/me/export", &person),
        401,
        "sign_in_required",
    );
    assert_eq!(ask(PUBLISHER, &signed(&daily())).json()["receipt"], receipt);
    // The word was about whoever was there then.
    let back = sign_in(&host, "u-1", "阿南", "");
    assert_eq!(ask(PUBLISHER, &token).json()["receipt"], receipt);
    assert_eq!(export(&client, &back)["reader"]["name"], "阿南");
    assert_ne!(ask(PUBLISHER, &signed(&daily())).json()["receipt"], receipt);
    expect_error(&get(&client, "/me/export", &back), 401, "sign_in_required");
}

/// Killed at any moment after it was acknowledged, an erasure is completed.
#[test]
fn a_crash_does_not_stop_an_erasure() {
    let mut host = Host::start(&setup());
    let client = host.client();
    let person = sign_in(&host, "u-1", "阿南", "");
    vote_as(&client, "a", "one", &person);
    let receipt = again(&client, &person)["receipt"].clone();
    host.kill();
    host.restart();
    is_erased(&host.client(), &person, text(&receipt));
    assert_eq!(readers(&host.client()), "1 人参与");
}

#[track_caller]
fn quanka(dir: &Path, arguments: &[&str]) -> String {
    let output = paths::quanka()
        .args(arguments)
        .current_dir(dir)
        .output()
        .expect("the host's binary runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// A backup that is older than an erasure brings nobody back, if the ledger
/// that is newer than it is brought along.
#[test]
fn an_older_backup_does_not_bring_anybody_back() {
    let mut host = Host::start(&setup());
    let client = host.client();
    let person = sign_in(&host, "u-1", "阿南", "");
    let other = sign_in(&host, "u-2", "小北", "");
    vote_as(&client, "a", "one", &person);
    vote_as(&client, "b", "two", &other);
    let data = host.data_dir();
    let dir = data.parent().unwrap().to_owned();
    quanka(&dir, &["backup", "--data", "data", "--to", "copy"]);
    let receipt = erase(&client, &person);
    is_erased(&client, &person, &receipt);
    std::fs::rename(data.join("erasures"), dir.join("erasures")).unwrap();

    let mut restore = |more: &[&str]| {
        host.terminate();
        std::fs::remove_dir_all(&data).unwrap();
        let said = quanka(
            &dir,
            &[&["restore", "copy", "--data", "data"], more].concat(),
        );
        host.restart();
        let gone = get(&host.client(), "/me/export", &person).status == 401;
        assert_eq!(export(&host.client(), &other)["reader"]["name"], "小北");
        (said, gone)
    };
    let (said, gone) = restore(&["--erasures", "erasures"]);
    assert!(said.contains("1 erasure known"), "{said}");
    assert!(gone);
    // It is the ledger that does it.
    let (said, gone) = restore(&[]);
    assert!(said.contains("0 erasures known"), "{said}");
    assert!(!gone);

    // Restored with it, all of it is done again, and later backups know.
    restore(&["--erasures", "erasures"]);
    is_erased(&host.client(), &person, &receipt);
    assert_eq!(readers(&host.client()), "2 人参与");
    quanka(&dir, &["backup", "--data", "data", "--to", "later"]);
    let ledger = std::fs::read_to_string(dir.join("later/erasures")).unwrap();
    assert_eq!(
        ledger.lines().filter(|line| !line.starts_with('#')).count(),
        1
    );
}

/// A card still finds what was a post by its id, and draws it as any other.
#[test]
fn a_card_draws_what_is_left_of_an_erased_authors_post() {
    let host = Host::start(&club("open"));
    let client = host.client();
    let [author, other] = ["author", "other"].map(|sub| club_sign_in(&host, PUBLISHER, sub));
    let member = act_as(&client, "join", "", &author)["member"].clone();
    let id = act_as(&client, "post", "秘密的话", &author)["outcome"].clone();
    let other = act_as(&client, "join", "", &other)["member"].clone();
    let (id, member, other) = (text(&id), text(&member), text(&other));
    let draw = |place: &str| client.get(&format!("/c/club/view?at={place}")).send();
    let by = |member: &str| draw(&format!("by/{member}/{id}"));
    let drawn = draw(&format!("post/{id}")).expect(200).json();
    assert!(drawn.to_string().contains("秘密的话"), "{drawn}");
    by(other).expect(500);

    let receipt = erase(&client, &author);
    is_erased(&client, &author, &receipt);
    // With whom the post names now, and with whom a card noted before.
    for answer in [draw(&format!("post/{id}")), by(member)] {
        let drawn = answer.expect(200).json();
        assert!(!drawn.to_string().contains("秘密的话"), "{drawn}");
        let found = nodes(&drawn["root"]);
        let said = found.iter().find(|node| node["kind"] == "said");
        let said = said.expect("the words have a node");
        assert_eq!(said["text"], "内容已删除", "{drawn}");
        let people = drawn["people"].as_object().expect("somebody is named");
        assert_eq!(people.len(), 1, "{drawn}");
        assert!(
            people.values().all(|who| who["name"] == "已注销"),
            "{drawn}"
        );
    }
}
