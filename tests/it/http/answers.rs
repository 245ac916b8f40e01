//! What every answer has, and where there is nothing to answer with.

use super::{expect_error, start};
use std::collections::BTreeSet;

#[test]
fn every_answer_has_an_id_of_its_own() {
    let host = start();
    let client = host.client();
    let etag = client.get("/c/vote/view").send().header("etag").to_owned();
    let known = client.get("/c/vote/view").header("if-none-match", &etag);
    let answers = [
        client.get("/c/vote/view").send().expect(200),
        known.send().expect(304),
        client.get("/c/vote").send().expect(200),
        client.get("/c/vote/embed").send().expect(200),
        client.get("/embed/v1.js").send().expect(200),
        client.get("/livez").send().expect(200),
        client.get("/c/none/view").send().expect(404),
        client.get("/nowhere").send().expect(404),
        client.post("/c/vote").send().expect(405),
        client.get("/c/vote/view?as=pdf").send().expect(400),
        client.get("/c/vote/view?lang=a&lang=b").send().expect(400),
        client.get("/c/%ff/view").send().expect(404),
        client.post("/c/vote/act").send().expect(415),
    ];
    let ids: BTreeSet<&str> = answers
        .iter()
        .map(|answer| answer.header("quanka-request"))
        .inspect(|id| assert!(id.starts_with("req_") && id.len() == 26, "{id}"))
        .collect();
    assert_eq!(ids.len(), answers.len(), "{ids:?}");
}

#[test]
fn addresses_that_lead_nowhere_say_so_in_the_one_shape() {
    let host = start();
    let client = host.client();
    let check = |method: &str, path: &str, status: u16, code: &str| {
        let answer = client.request(method, path).send();
        expect_error(&answer, status, code);
    };
    check("GET", "/nowhere", 404, "not_found");
    check("GET", "/c/", 404, "not_found");
    check("GET", "/c/vote/nowhere", 404, "not_found");
    check("GET", "/c/none/view", 404, "card_unknown");
    check("GET", "/c/Not%20A%20Slug/view", 404, "card_unknown");
    check("GET", "/c/..%2f..%2fetc/view", 404, "card_unknown");
    check("GET", "/c/%ff/view", 404, "card_unknown");
    check("GET", "/c/vote/view?as=pdf", 400, "bad_request");
    check("GET", "/c/vote/view?size=huge", 400, "bad_request");
    check("GET", "/c/vote/view?lang=a&lang=b", 400, "bad_request");
    check("POST", "/c/vote/act?from=a&from=b", 400, "bad_request");
    check("POST", "/c/vote/view", 405, "method_not_allowed");
    check("GET", "/c/vote/act", 405, "method_not_allowed");
    check("DELETE", "/c/vote", 405, "method_not_allowed");
    let allowed = client.get("/c/vote/act").send();
    assert_eq!(allowed.header("allow"), "POST");
}
