//! A reader's own page, their data, and their end: on their own word, on their
//! publisher's, and whatever backup is brought back.

mod erased;

use super::{expect_error, key, offer, own_view, polls, results, text, vote};
use quanka_tests::client::{Answer, Client};
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::{Value, json};

fn setup() -> Setup {
    polls().publisher(&daily())
}

fn daily() -> Publisher {
    Publisher::new(PUBLISHER)
}

/// The cookies of a reader who signs in, with those they have.
#[track_caller]
fn sign_in(host: &Host, sub: &str, name: &str, cookies: &str) -> String {
    let jwt = daily().token(&host.origin(), sub, name);
    let client = host.client();
    let request = client
        .post("/session")
        .json(&json!({"jwt": jwt, "card": "vote"}));
    let request = match cookies {
        "" => request,
        cookies => request.header("cookie", cookies),
    };
    request.send().expect(200).cookies()
}

/// A vote of a session's reader in `vote`.
#[track_caller]
fn vote_as(client: &Client, choice: &str, name: &str, cookies: &str) {
    let view = own_view(client, "vote", cookies);
    let voted = results(&view).contains('*');
    let button = if voted { "改投" } else { "投票" };
    let body =
        json!({"offer": offer(&view, button), "inputs": {"choice": choice}, "key": key(name)});
    let request = client.post("/c/vote/act").json(&body);
    request.header("cookie", cookies).send().expect(200);
}

#[track_caller]
fn get(client: &Client, path: &str, cookies: &str) -> Answer {
    client.get(path).header("cookie", cookies).send()
}

#[track_caller]
fn export(client: &Client, cookies: &str) -> Value {
    get(client, "/me/export", cookies).expect(200).json()
}

/// How many have voted, as the card says to everybody.
fn readers(client: &Client) -> Value {
    let view = client.get("/c/vote/view").send().expect(200).json();
    view["summary"].clone()
}

#[test]
fn the_page_says_who_the_reader_is() {
    let host = Host::start(&setup());
    let client = host.client();
    let nobody = client.get("/me").send().expect(200);
    assert!(nobody.text().contains("这里没有你的数据"), "{nobody:?}");
    let english = client.get("/me").header("accept-language", "en").send();
    assert!(english.text().contains("Nothing is kept of you here"));

    let anonymous = vote(&client, "a", "one").cookies();
    let page = get(&client, "/me", &anonymous).expect(200);
    assert!(page.text().contains("匿名读者"), "{page:?}");

    let person = sign_in(&host, "u-1", "阿南", &anonymous);
    vote_as(&client, "b", "two", &person);
    let page = get(&client, "/me", &person).expect(200);
    for expected in [
        "阿南",
        "贝壳日报",
        "贝壳读书圈",
        "退出所有设备",
        "/me/delete",
    ] {
        assert!(page.text().contains(expected), "{expected}: {page:?}");
    }
    assert!(!page.text().contains("<script"), "{page:?}");
    assert_eq!(page.header("cache-control"), "private, no-store");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[test]
fn readers_take_their_data_along() {
    let host = Host::start(&setup());
    let client = host.client();
    let refused = client.get("/me/export").send();
    expect_error(&refused, 401, "sign_in_required");

    let anonymous = vote(&client, "a", "one").cookies();
    let data = export(&client, &anonymous);
    assert_eq!(data["reader"]["kind"], "anonymous");
    let circle = &data["circles"][0];
    assert_eq!(circle["circle"], "beike");
    assert_eq!(circle["kept"][0]["plugin"], "quanka/poll");
    assert_eq!(circle["answers"].as_array().unwrap().len(), 1, "{data}");
    let member = circle["member"].clone();

    // The person is the member that the anonymous reader was.
    let person = sign_in(&host, "u-1", "阿南", &anonymous);
    vote_as(&client, "b", "two", &person);
    let data = export(&client, &person);
    assert_eq!(data["reader"]["name"], "阿南");
    assert_eq!(data["reader"]["subject"], "u-1");
    assert_eq!(data["reader"]["publisher"], PUBLISHER);
    assert_eq!(data["circles"].as_array().unwrap().len(), 1, "{data}");
    assert_eq!(data["circles"][0]["member"], member);
    assert_eq!(data["circles"][0]["called"]["name"], "阿南");
    assert_eq!(data["circles"][0]["answers"].as_array().unwrap().len(), 2);
    assert_eq!(readers(&client), "1 人参与");
    let answer = get(&client, "/me/export", &person).expect(200);
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"quanka-export.json\""
    );

    // A new name reaches the circle by itself.
    let person = sign_in(&host, "u-1", "阿南二世", "");
    let said = eventually("the circle calls them by the new name", || {
        let data = export(&client, &person);
        let called = data["circles"][0]["called"]["name"].clone();
        (called == "阿南二世").then_some(called)
    });
    assert_eq!(said, "阿南二世");
}

#[test]
fn readers_sign_out_without_a_script() {
    let host = Host::start(&setup());
    let client = host.client();
    let [one, other] = [1, 2].map(|_| sign_in(&host, "u-1", "阿南", ""));
    let sign_out = |cookies: &str, fields: &[(&str, &str)]| {
        let request = client.post("/me/sign-out").form(fields);
        request.header("cookie", cookies).send()
    };
    let knows = |cookies: &str| get(&client, "/me", cookies).text().contains("阿南");
    let answer = sign_out(&one, &[]).expect(303);
    assert_eq!(answer.header("location"), "/me");
    assert_eq!([knows(&one), knows(&other)], [false, true]);
    sign_out(&other, &[("everywhere", "1")]).expect(303);
    assert!(!knows(&other));
}
