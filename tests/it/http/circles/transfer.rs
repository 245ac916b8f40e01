//! The owner of a circle gives it to another publisher, who takes it.

use super::super::circle::{act_as, club, sign_in};
use super::super::{expect_error, text};
use quanka_tests::client::{Answer, Client};
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::{Value, json};

const TOKEN: &str = "evening-token";

/// SHA-256 of `evening-token`, and of `daily-token`.
fn digest(token: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    let bytes = digest.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn setup() -> Setup {
    let evening = Publisher::new("evening");
    let entry = format!(
        "id = 'evening'\nname = '晚报'\norigins = ['https://evening.example']\n\
         api_token_sha256 = ['{}', '{}']",
        digest("an older one"),
        digest(TOKEN)
    );
    club("open").entry("publisher", &entry).publisher(&evening)
}

fn offered(client: &Client, to: &str, cookies: &str) -> Answer {
    let request = client.post("/api/v1/circles/club/transfer");
    let request = request.json(&json!({"to": to}));
    request.header("cookie", cookies).send()
}

fn accepted(client: &Client, token: &str, body: &Value) -> Answer {
    let request = client.post("/api/v1/circles/club/transfer/accept");
    let request = request.header("authorization", &format!("Bearer {token}"));
    request.json(body).send()
}

fn publisher_of(client: &Client) -> String {
    let path = "/circles?as=json&topic=&q=%E5%A4%9C%E8%B7%91";
    let found = client.get(path).send().expect(200).json();
    text(&found["circles"][0]["publisher"]).to_owned()
}

#[test]
fn a_circle_goes_to_whom_its_owner_offers_it_when_they_take_it() {
    let mut host = Host::start(&setup());
    let client = host.client();
    let owner = sign_in(&host, PUBLISHER, "owner");
    let reader = sign_in(&host, PUBLISHER, "reader");
    act_as(&client, "join", "", &reader);
    act_as(&client, "join", "", &owner);

    // Nobody else may give it, and nobody take what is not offered.
    expect_error(&offered(&client, "evening", ""), 401, "sign_in_required");
    expect_error(&offered(&client, "evening", &reader), 403, "denied");
    expect_error(&offered(&client, "nobody", &owner), 409, "conflict");
    expect_error(&offered(&client, PUBLISHER, &owner), 409, "conflict");
    expect_error(&accepted(&client, TOKEN, &json!({})), 404, "circle_unknown");
    for wrong in ["", "evening-toke", &digest(TOKEN)] {
        let answer = accepted(&client, wrong, &json!({}));
        expect_error(&answer, 401, "token_invalid");
    }

    // By the form of its page.
    let page = client.get("/circles/club").header("cookie", &owner);
    let page = page.send().expect(200);
    assert!(page.text().contains("/circles/club/transfer"), "{page:?}");
    let path = "/circles/club/transfer";
    let page = client.get(path).header("cookie", &owner).send().expect(200);
    let (_, rest) = page.text().split_once("name=\"confirm\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let post = |confirm: &str| {
        let request = client.post("/api/v1/circles/club/transfer");
        let request = request.form(&[("to", "evening"), ("confirm", confirm)]);
        request.header("cookie", &owner).send()
    };
    assert_eq!(post("x").status, 400);
    assert_eq!(post(token).expect(303).header("location"), path);
    let page = client.get(path).header("cookie", &owner).send().expect(200);
    assert!(page.text().contains("等待对方接受"), "{page:?}");
    assert_eq!(publisher_of(&client), "贝壳日报");

    // An offer that was taken back is none.
    offered(&client, "", &owner).expect(202);
    expect_error(&accepted(&client, TOKEN, &json!({})), 404, "circle_unknown");
    offered(&client, "evening", &owner).expect(202);
    let taken = accepted(&client, TOKEN, &json!({"owner": "chief"})).expect(200);
    assert_eq!(taken.json()["publisher"], "evening");
    expect_error(&accepted(&client, TOKEN, &json!({})), 404, "circle_unknown");

    let check = |host: &Host| {
        let client = host.client();
        // The list, the view and who may frame it: all of it is the other's.
        assert_eq!(publisher_of(&client), "晚报");
        let view = client.get("/c/club/view").send().expect(200);
        assert!(view.text().contains("晚报 · Open"), "{view:?}");
        let article = "https://evening.example/article";
        let frame = client.get("/c/club/embed").header("referer", article);
        let frame = frame.send().expect(200);
        let policy = frame.header("content-security-policy");
        let ancestors = "frame-ancestors https://evening.example";
        assert!(policy.contains(ancestors), "{policy}");
        // Its own people sign in, and its owner owns it.
        let chief = sign_in(host, "evening", "chief");
        assert_eq!(act_as(&client, "look", "", &chief)["role"], "Owner");
        let before = act_as(&client, "look", "", &owner);
        assert_eq!(before["role"], "Moderator");
        assert_eq!(act_as(&client, "look", "", &reader)["role"], "Member");
        let jwt = Publisher::new(PUBLISHER).token(&host.origin(), "x", "x");
        let request = client.post("/session");
        let request = request.json(&json!({"jwt": jwt, "card": "club"}));
        expect_error(&request.send(), 401, "token_invalid");
        expect_error(&offered(&client, "evening", &owner), 403, "denied");
    };
    check(&host);
    // The circle's own record wins over the file.
    host.restart();
    check(&host);
}
