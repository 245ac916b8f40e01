//! The owner of a circle gives it to another publisher, who takes it.

use super::super::circle::{act_as, club, sign_in};
use super::super::{expect_error, text};
use quanka_tests::client::{Answer, Client};
use quanka_tests::eventually;
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
    let chief = json!({"owner": "chief"});
    expect_error(&accepted(&client, TOKEN, &chief), 404, "circle_unknown");
    for wrong in ["", "evening-toke", &digest(TOKEN)] {
        let answer = accepted(&client, wrong, &chief);
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
    expect_error(&accepted(&client, TOKEN, &chief), 404, "circle_unknown");
    offered(&client, "evening", &owner).expect(202);
    // Nobody takes a circle that would have no owner then.
    for nobody in [
        json!({}),
        json!({"owner": ""}),
        json!({"owner": "x".repeat(256)}),
    ] {
        let answer = accepted(&client, TOKEN, &nobody);
        let error = expect_error(&answer, 400, "bad_request");
        let told = text(&error["message"]);
        assert!(told.contains(r#"send {"owner": "…"}"#), "{told}");
    }
    assert_eq!(publisher_of(&client), "贝壳日报");
    let taken = accepted(&client, TOKEN, &chief).expect(200);
    assert_eq!(taken.json()["publisher"], "evening");
    expect_error(&accepted(&client, TOKEN, &chief), 404, "circle_unknown");

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

#[test]
fn an_offer_stands_for_a_time_and_can_be_made_again() {
    let setup = setup().of_publisher(&format!("api_token_sha256 = ['{}']", digest("daily-token")));
    let short = setup.clone().section("members", "transfer_age_s = 1");
    let mut host = Host::start(&short);
    let owner = sign_in(&host, PUBLISHER, "owner");
    let client = host.client();
    let chief = json!({"owner": "chief"});
    act_as(&client, "join", "", &owner);
    offered(&client, "evening", &owner).expect(202);
    let is_waited_for = |host: &Host| {
        let client = host.client();
        let page = client.get("/circles/club/transfer");
        let page = page.header("cookie", &owner).send().expect(200);
        page.text().contains("等待对方接受")
    };
    eventually("the offer is over", || {
        (!is_waited_for(&host)).then_some(())
    });
    let refused = accepted(&client, TOKEN, &chief);
    let error = expect_error(&refused, 409, "conflict");
    let told = text(&error["message"]);
    assert!(told.contains("has expired: its owner can offer it again"));
    assert_eq!(publisher_of(&client), "贝壳日报");
    // To others than the one it was made to there never was an offer.
    let answer = accepted(&client, "daily-token", &chief);
    expect_error(&answer, 404, "circle_unknown");

    // With the time that an operator gives it now; and then anew.
    host.configure(&setup);
    host.restart();
    assert!(is_waited_for(&host));
    accepted(&host.client(), TOKEN, &chief).expect(200);
    assert_eq!(publisher_of(&host.client()), "晚报");
}

#[test]
fn a_circle_that_nobody_owns_gets_an_owner_from_its_publisher() {
    let circle = format!("id = 'quiet'\npublisher = '{PUBLISHER}'\nname = '没有圈主'");
    let setup = setup()
        .of_publisher(&format!("api_token_sha256 = ['{}']", digest("daily-token")))
        .entry("circle", &circle)
        .card("quiet", "test/club", "circle = 'quiet'");
    let mut host = Host::start(&setup);
    let appoint = |host: &Host, circle: &str, token: &str, body: &Value| {
        let client = host.client();
        let request = client.post(&format!("/api/v1/circles/{circle}/owner"));
        let request = request.header("authorization", &format!("Bearer {token}"));
        request.json(body).send()
    };
    let editor = json!({"owner": "editor"});
    expect_error(&appoint(&host, "quiet", "x", &editor), 401, "token_invalid");
    for (circle, token) in [("quiet", TOKEN), ("none", "daily-token")] {
        let answer = appoint(&host, circle, token, &editor);
        expect_error(&answer, 404, "circle_unknown");
    }
    let answer = appoint(&host, "quiet", "daily-token", &json!({}));
    expect_error(&answer, 400, "bad_request");
    // Whom somebody owns is theirs to give.
    let answer = appoint(&host, "club", "daily-token", &editor);
    let error = expect_error(&answer, 409, "conflict");
    assert!(text(&error["message"]).contains("the circle has an owner"));

    let done = appoint(&host, "quiet", "daily-token", &editor).expect(200);
    assert_eq!(
        done.json(),
        json!({"circle": "quiet", "publisher": PUBLISHER})
    );
    let check = |host: &Host| {
        let answer = appoint(host, "quiet", "daily-token", &json!({"owner": "other"}));
        expect_error(&answer, 409, "conflict");
        let cookies = sign_in(host, PUBLISHER, "editor");
        let client = host.client();
        let page = client.get("/circles/quiet/transfer");
        page.header("cookie", &cookies).send().expect(200);
    };
    check(&host);
    host.restart();
    check(&host);
}
