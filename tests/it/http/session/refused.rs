//! Tokens and requests that sign nobody in.

use super::{daily, evening, expect_refused, redeem, setup};
use crate::http::{expect_error, text};
use quanka_tests::server::Host;
use serde_json::json;

#[test]
fn a_token_signs_in_once_where_it_is_meant_to() {
    let host = Host::start(&setup());
    let client = host.client();
    let here = host.origin();
    let check = |card: &str, token: &str, sentence: &str| {
        let answer = redeem(&client, card, token, "");
        let error = expect_refused(&answer, sentence);
        let quoted = !token.is_empty() && text(&error["message"]).contains(token);
        assert!(!quoted, "{error}");
        assert_eq!(answer.cookies(), "");
    };
    let token = daily().token(&here, "reader-1", "安安");
    redeem(&client, "vote", &token, "").expect(200);
    check("vote", &token, "was used before");
    check("other", &token, "was used before");

    // Another publisher's token, under its own name and under this one's.
    let others = evening().token(&here, "reader-1", "安安");
    check("vote", &others, "signature");
    let forged = evening().token_with(&here, |claims| {
        claims.insert("iss".into(), "beike-daily".into());
    });
    check("vote", &forged, "signature");
    redeem(&client, "elsewhere", &others, "").expect(200);

    let elsewhere = daily().token("https://other.example", "reader-1", "安安");
    check("vote", &elsewhere, "`aud`");
    check("vote", "not a token", "three parts");
    check("vote", "", "three parts");
    check("vote", &"a".repeat(8193), "longer than 8192 bytes");
    let unknown = redeem(&client, "none", &daily().token(&here, "r", "安安"), "");
    expect_error(&unknown, 404, "card_unknown");
}

#[test]
fn nobody_is_signed_in_by_a_publisher_without_keys() {
    let host = Host::start(&crate::http::polls());
    let token = daily().token(&host.origin(), "reader-1", "安安");
    expect_refused(&redeem(&host.client(), "vote", &token, ""), "no keys yet");
}

#[test]
fn options_of_identity_are_kept_to() {
    let options = "jwt_age_max_s = 30\nclock_skew_s = 5\njwt_bytes_max = 1024";
    let host = Host::start(&setup().section("identity", options));
    let client = host.client();
    let with = |iat: i64, exp: i64| {
        daily().token_with(&host.origin(), |claims| {
            let now_s = quanka_tests::publisher::now_s();
            claims.insert("iat".into(), json!(now_s + iat));
            claims.insert("exp".into(), json!(now_s + exp));
        })
    };
    redeem(&client, "vote", &with(0, 30), "").expect(200);
    let check = |token: &str, sentence: &str| {
        expect_refused(&redeem(&client, "vote", token, ""), sentence);
    };
    check(&with(0, 31), "more than 30 seconds after");
    check(&with(20, 40), "more than 5 seconds ahead");
    check(&with(-40, -20), "expired");
    check(&"a".repeat(1025), "longer than 1024 bytes");
}

#[test]
fn sessions_are_asked_for_as_actions_are() {
    let host = Host::start(&setup());
    let client = host.client();
    let token = daily().token(&host.origin(), "reader-1", "安安");
    let body = json!({"jwt": token, "card": "vote"});
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://evil.example"),
    ] {
        for request in [
            client.post("/session").json(&body),
            client
                .post("/session/ticket")
                .json(&json!({"action": "account"})),
            client.request("DELETE", "/session"),
        ] {
            expect_error(&request.header(name, value).send(), 403, "cross_site");
        }
        let opened = client.post("/session/open").form(&[("ticket", "x")]);
        opened.header(name, value).send().expect(403);
    }
    let plain = client.post("/session").header("content-type", "text/plain");
    let plain = plain.body(body.to_string()).send();
    expect_error(&plain, 415, "unsupported_media_type");
    let form = client
        .post("/session")
        .form(&[("jwt", &token), ("card", "vote")]);
    expect_error(&form.send(), 415, "unsupported_media_type");
    let wrong = |body: &str| {
        let request = client
            .post("/session")
            .header("content-type", "application/json");
        expect_error(&request.body(body).send(), 400, "bad_request")
    };
    wrong("{");
    wrong("[]");
    wrong(r#"{"jwt":7,"card":"vote"}"#);
    let error = wrong(&format!(r#"{{"token":"{token}","card":"vote"}}"#));
    assert!(!error.to_string().contains(&token), "{error}");
    let large = json!({"jwt": "a".repeat(70_000), "card": "vote"});
    let large = client.post("/session").json(&large).send();
    expect_error(&large, 413, "body_too_large");
    // None of all that has used the token up.
    redeem(&client, "vote", &token, "").expect(200);
}
