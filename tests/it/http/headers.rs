//! The headers that keep readers safe, on every route, for every kind of
//! answer.

mod methods;
mod policy;
mod routes;

use super::form::Form;
use super::{POLL, act, key, own_view, polls, vote, vote_offer};
use policy::policy;
use quanka_tests::client::{Answer, Request};
use quanka_tests::server::{Host, Setup};
use routes::{ACCEPTANCES, ERASURES, OWNERS, ROUTES};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

#[track_caller]
fn start() -> Host {
    let setup = polls()
        .guest("trap")
        .card("gone", "quanka/poll", "state = 'gone'")
        .card("faulty", "test/trap", "config.mode = 'render'");
    let publisher = "id = 'news'\nname = '新闻'\norigins = ['https://news.example']";
    let setup = setup
        .entry("publisher", publisher)
        .entry("circle", "id = 'news'\npublisher = 'news'\nname = '新闻圈'");
    let setup = setup.card("framed", "quanka/poll", &format!("circle = 'news'\n{POLL}"));
    Host::start(&setup)
}

#[test]
fn every_kind_of_answer_of_every_route_has_its_headers() {
    let host = start();
    let client = host.client();
    let voted = vote(&client, "a", "one");
    let session = voted.cookies();
    let etag = client.get("/c/vote/view").send().header("etag").to_owned();
    let own = host.url("/");
    let _ = own_view(&client, "vote", &session);
    let article = "https://news.example/article";
    let card_script = {
        let page = client.get("/c/vote").send().expect(200);
        let (_, rest) = page
            .text()
            .split_once("/embed/card.js")
            .expect("it is loaded");
        let (query, _) = rest.split_once('"').expect("an attribute ends");
        format!("/embed/card.js{query}")
    };
    let get = |path: &str, headers: &[(&str, &str)]| {
        let request = client.get(path);
        with(request, headers).send()
    };
    let offer = vote_offer(&client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": "b"}, "key": key("two")});
    let form = Form::load(&host, "/c/vote", "");
    let forged = Form {
        offer: "v1.k1.x.y".to_owned(),
        ..form.clone()
    };
    let html = ("accept", "text/html");
    let rows: Vec<(&str, &str, Answer)> = vec![
        ("/c/{card}", "200", get("/c/vote", &[])),
        (
            "/c/{card}",
            "200 of a reader",
            get("/c/vote", &[("cookie", &session)]),
        ),
        ("/c/{card}", "404", get("/c/unknown", &[])),
        ("/c/{card}", "410", get("/c/gone", &[])),
        ("/c/{card}", "500", get("/c/faulty", &[])),
        ("/c/{card}", "405", client.request("PUT", "/c/vote").send()),
        (
            "/c/{card}/embed",
            "200 in its own page",
            get("/c/vote/embed", &[("referer", &own)]),
        ),
        (
            "/c/{card}/embed",
            "200 in a registered page",
            get("/c/framed/embed", &[("referer", article)]),
        ),
        (
            "/c/{card}/embed",
            "200 in any page",
            get("/c/framed/embed", &[]),
        ),
        ("/c/{card}/embed", "404", get("/c/unknown/embed", &[])),
        (
            "/c/{card}/embed",
            "500",
            get("/c/faulty/embed", &[("referer", &own)]),
        ),
        (
            "/c/{card}/view",
            "200 shared",
            get("/c/vote/view", &[("cookie", &session)]),
        ),
        (
            "/c/{card}/view",
            "200 as html",
            get("/c/vote/view?as=html", &[]),
        ),
        (
            "/c/{card}/view",
            "200 own",
            get("/c/vote/view?me=1", &[("cookie", &session)]),
        ),
        (
            "/c/{card}/view",
            "304",
            get("/c/vote/view", &[("if-none-match", &etag)]),
        ),
        (
            "/c/{card}/view",
            "200 as a drawing",
            get("/c/vote/view?as=svg", &[]),
        ),
        (
            "/c/{card}/view",
            "200 as a picture",
            get("/c/vote/view?as=png", &[]),
        ),
        ("/c/{card}/view", "400", get("/c/vote/view?size=huge", &[])),
        ("/c/{card}/view", "404", get("/c/unknown/view", &[html])),
        (
            "/c/{card}/view",
            "406",
            get("/c/vote/view", &[("accept", "image/avif")]),
        ),
        ("/c/{card}/view", "500", get("/c/faulty/view", &[])),
        ("/c/{card}/snippets", "200", get("/c/vote/snippets", &[])),
        ("/c/{card}/snippets", "404", get("/c/unknown/snippets", &[])),
        (
            "/oembed",
            "200",
            get(&format!("/oembed?url={own}c/vote"), &[]),
        ),
        (
            "/oembed",
            "200 as XML",
            get(&format!("/oembed?format=xml&url={own}c/vote"), &[]),
        ),
        ("/oembed", "400", get("/oembed", &[])),
        (
            "/oembed",
            "404",
            get(&format!("/oembed?url={own}c/unknown"), &[]),
        ),
        ("/c/{card}/live", "404", get("/c/unknown/live", &[])),
        ("/live", "400", get("/live", &[])),
        (
            "/live",
            "403",
            get("/live?cards=vote", &[("sec-fetch-site", "cross-site")]),
        ),
        ("/c/{card}/act", "200", act(&client, "vote", &body).send()),
        (
            "/c/{card}/act",
            "303",
            form.send(&client, &[("choice", "a")], ""),
        ),
        (
            "/c/{card}/act",
            "403",
            forged.send(&client, &[("choice", "a")], ""),
        ),
        ("/c/{card}/act", "422", form.send(&client, &[], "")),
        (
            "/c/{card}/act",
            "413",
            client
                .post("/c/vote/act")
                .json(&json!("x".repeat(70_000)))
                .send(),
        ),
        (
            "/c/{card}/act",
            "415",
            client.post("/c/vote/act").body("x").send(),
        ),
        ("/me", "200", get("/me", &[("cookie", &session)])),
        ("/me/export", "401", get("/me/export", &[])),
        (
            "/me/export",
            "200",
            get("/me/export", &[("cookie", &session)]),
        ),
        (
            "/me/delete",
            "200",
            get("/me/delete", &[("cookie", &session)]),
        ),
        (
            "/me/sign-out",
            "303",
            client.post("/me/sign-out").form(&[("x", "")]).send(),
        ),
        (
            ERASURES,
            "401",
            client
                .post("/api/v1/publishers/beike-daily/erasures")
                .header("connection", "close")
                .send(),
        ),
        (
            "/c/{card}/media",
            "415",
            client.post("/c/vote/media").body("x").send(),
        ),
        ("/m/{id}", "404", get("/m/unknown", &[])),
        ("/circles", "200", get("/circles", &[])),
        ("/circles", "200 as JSON", get("/circles?as=json", &[])),
        ("/circles", "400", get("/circles?page=0", &[])),
        ("/circles/{circle}", "200", get("/circles/beike", &[])),
        ("/circles/{circle}", "404", get("/circles/unknown", &[])),
        (
            "/circles/{circle}/transfer",
            "401",
            get("/circles/beike/transfer", &[]),
        ),
        (
            "/api/v1/circles/{circle}/transfer",
            "401",
            client
                .post("/api/v1/circles/beike/transfer")
                .json(&json!({"to": ""}))
                .send(),
        ),
        (
            ACCEPTANCES,
            "401",
            client
                .post("/api/v1/circles/beike/transfer/accept")
                .header("connection", "close")
                .send(),
        ),
        (
            OWNERS,
            "401",
            client
                .post("/api/v1/circles/beike/owner")
                .header("connection", "close")
                .send(),
        ),
        (
            "/circles/{circle}/posts/{post}",
            "404",
            get("/circles/beike/posts/p_x", &[]),
        ),
        (
            "/circles/{circle}/posts/{post}/report",
            "401",
            client
                .post("/circles/beike/posts/p_x/report")
                .json(&json!({}))
                .header("connection", "close")
                .send(),
        ),
        (
            "/circles/{circle}/posts/{post}/report",
            "404",
            client
                .post("/circles/beike/posts/p_x/report")
                .json(&json!({}))
                .header("connection", "close")
                .header("cookie", &session)
                .send(),
        ),
        (
            "/circles/{circle}/moderation",
            "401",
            get("/circles/beike/moderation", &[]),
        ),
        (
            "/circles/{circle}/moderation",
            "403",
            get("/circles/beike/moderation", &[("cookie", &session)]),
        ),
        (
            "/api/v1/circles/{circle}/moderation",
            "401",
            get("/api/v1/circles/beike/moderation", &[]),
        ),
        (
            "/api/v1/dead-letters",
            "401",
            get("/api/v1/dead-letters", &[]),
        ),
        (
            "/api/v1/circles/{circle}/posts/{post}/review",
            "401",
            client
                .post("/api/v1/circles/beike/posts/p_x/review")
                .json(&json!({}))
                .header("connection", "close")
                .send(),
        ),
        (
            "/api/v1/circles/{circle}/posts/{post}/remove",
            "401",
            client
                .post("/api/v1/circles/beike/posts/p_x/remove")
                .json(&json!({}))
                .header("connection", "close")
                .send(),
        ),
        (
            "/api/v1/circles/{circle}/posts/{post}/feature",
            "401",
            client
                .post("/api/v1/circles/beike/posts/p_x/feature")
                .json(&json!({}))
                .header("connection", "close")
                .send(),
        ),
        (
            "/api/v1/dead-letters/{delivery}/retry",
            "401",
            client
                .post("/api/v1/dead-letters/d_x/retry")
                .json(&json!({}))
                .header("connection", "close")
                .send(),
        ),
        ("/embed/identity.js", "200", get("/embed/identity.js", &[])),
        ("/embed/opaque.js", "200", get("/embed/opaque.js", &[])),
        ("/embed/times.js", "200", get("/embed/times.js", &[])),
        ("/embed/upload.js", "200", get("/embed/upload.js", &[])),
        ("/embed/share.js", "200", get("/embed/share.js", &[])),
        ("/session", "200 of nobody", get("/session", &[])),
        (
            "/session",
            "200 of a reader",
            get("/session?card=vote", &[("cookie", &session)]),
        ),
        (
            "/session",
            "401 of a wrong token",
            client
                .post("/session")
                .json(&json!({"jwt": "a.b.c", "card": "vote"}))
                .send(),
        ),
        (
            "/session",
            "204",
            client.request("DELETE", "/session").send(),
        ),
        (
            "/session/ticket",
            "401",
            client
                .post("/session/ticket")
                .json(&json!({"action": "account"}))
                .send(),
        ),
        (
            "/session/ticket",
            "200",
            client
                .post("/session/ticket")
                .json(&json!({"action": "account"}))
                .header("cookie", &session)
                .send(),
        ),
        (
            "/session/open",
            "403",
            client.post("/session/open").form(&[("ticket", "x")]).send(),
        ),
        ("/embed/v1.js", "200", get("/embed/v1.js", &[])),
        ("/embed/card.js", "200", get("/embed/card.js", &[])),
        ("/embed/card.js", "200 of a version", get(&card_script, &[])),
        ("/embed/card.css", "200", get("/embed/card.css", &[])),
        (
            "/embed/versions.json",
            "200",
            get("/embed/versions.json", &[]),
        ),
        ("/embed/{file}", "200", get("/embed/v1.0.0.js", &[])),
        ("/embed/{file}", "404", get("/embed/v9.9.9.js", &[])),
        ("/favicon.ico", "200", get("/favicon.ico", &[])),
        ("/livez", "200", get("/livez", &[])),
        ("/readyz", "200", get("/readyz", &[])),
        ("none", "404", get("/", &[html])),
        (
            "none",
            "414",
            get(&format!("/c/vote?{}", "x".repeat(9000)), &[html]),
        ),
    ];
    let mut text = String::new();
    for (route, what, answer) in &rows {
        let what = format!("{route} {what}");
        let status: u16 = what
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a row begins with its status");
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        let policy = policy(&what, answer);
        writeln!(text, "{what}: {policy}").expect("a string takes it");
    }
    let tested: BTreeSet<&str> = rows.iter().map(|(route, ..)| *route).collect();
    let missing = ROUTES.iter().find(|(route, _)| !tested.contains(route));
    assert_eq!(missing, None, "no row");
    insta::assert_snapshot!(text, @r"
    /c/{card} 200: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /c/{card} 200 of a reader: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /c/{card} 404: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /c/{card} 410: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /c/{card} 500: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /c/{card} 405: data; application/json; no-store; for same-origin
    /c/{card}/embed 200 in its own page: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie, Referer; for same-origin
    /c/{card}/embed 200 in a registered page: document in https://news.example; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie, Referer; for same-origin
    /c/{card}/embed 200 in any page: document in *; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie, Referer; for same-origin
    /c/{card}/embed 404: document in *; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie, Referer; for same-origin
    /c/{card}/embed 500: document in *; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie, Referer; for same-origin
    /c/{card}/view 200 shared: data; application/json; public, max-age=5, s-maxage=2, stale-while-revalidate=30; vary Accept, Accept-Encoding, Accept-Language; for same-origin
    /c/{card}/view 200 as html: data; text/html; charset=utf-8; public, max-age=5, s-maxage=2, stale-while-revalidate=30; vary Accept, Accept-Encoding, Accept-Language; for same-origin
    /c/{card}/view 200 own: data; application/json; private, no-cache; vary Accept, Accept-Encoding, Accept-Language, Authorization, Cookie; for same-origin
    /c/{card}/view 304: data; ; public, max-age=5, s-maxage=2, stale-while-revalidate=30; vary Accept, Accept-Encoding, Accept-Language; for same-origin
    /c/{card}/view 200 as a drawing: data; image/svg+xml; charset=utf-8; public, max-age=5, s-maxage=2, stale-while-revalidate=30; vary Accept, Accept-Encoding, Accept-Language; for cross-origin; cors *
    /c/{card}/view 200 as a picture: data; image/png; public, max-age=300, s-maxage=60, stale-while-revalidate=86400; vary Accept, Accept-Language; for cross-origin; cors *
    /c/{card}/view 400: data; application/json; no-store; for same-origin
    /c/{card}/view 404: data; application/json; no-store; for same-origin
    /c/{card}/view 406: data; application/json; no-store; for same-origin
    /c/{card}/view 500: data; application/json; no-store; for same-origin
    /c/{card}/snippets 200: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language; for same-origin; opener same-origin
    /c/{card}/snippets 404: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language; for same-origin; opener same-origin
    /oembed 200: data; application/json; public, max-age=300, s-maxage=60, stale-while-revalidate=86400; vary Accept-Encoding, Accept-Language; for cross-origin; cors *
    /oembed 200 as XML: data; text/xml; charset=utf-8; public, max-age=300, s-maxage=60, stale-while-revalidate=86400; vary Accept-Encoding, Accept-Language; for cross-origin; cors *
    /oembed 400: data; application/json; no-store; vary Accept-Encoding, Accept-Language; for cross-origin; cors *
    /oembed 404: data; application/json; no-store; vary Accept-Encoding, Accept-Language; for cross-origin; cors *
    /c/{card}/live 404: data; application/json; no-store; for same-origin
    /live 400: data; application/json; no-store; for same-origin
    /live 403: data; application/json; no-store; for same-origin
    /c/{card}/act 200: data; application/json; no-store; for same-origin
    /c/{card}/act 303: data; ; no-store; for same-origin
    /c/{card}/act 403: document in 'none'; text/html; charset=utf-8; private, no-cache; for same-origin; opener same-origin
    /c/{card}/act 422: document in 'none'; text/html; charset=utf-8; private, no-cache; for same-origin; opener same-origin
    /c/{card}/act 413: data; application/json; no-store; for same-origin
    /c/{card}/act 415: data; application/json; no-store; for same-origin
    /me 200: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /me/export 401: data; application/json; no-store; for same-origin
    /me/export 200: data; application/json; private, no-store; for same-origin
    /me/delete 200: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /me/sign-out 303: data; ; private, no-store; for same-origin
    /api/v1/publishers/{publisher}/erasures 401: data; application/json; no-store; for same-origin
    /c/{card}/media 415: data; application/json; no-store; for same-origin
    /m/{id} 404: data; application/json; no-store; for same-origin
    /circles 200: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept, Accept-Language; for same-origin; opener same-origin
    /circles 200 as JSON: data; application/json; no-store; vary Accept, Accept-Language; for same-origin
    /circles 400: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept, Accept-Language; for same-origin; opener same-origin
    /circles/{circle} 200: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /circles/{circle} 404: document in 'none'; text/html; charset=utf-8; private, no-cache; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /circles/{circle}/transfer 401: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /api/v1/circles/{circle}/transfer 401: data; application/json; no-store; for same-origin
    /api/v1/circles/{circle}/transfer/accept 401: data; application/json; no-store; for same-origin
    /api/v1/circles/{circle}/owner 401: data; application/json; no-store; for same-origin
    /circles/{circle}/posts/{post} 404: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /circles/{circle}/posts/{post}/report 401: data; application/json; no-store; for same-origin
    /circles/{circle}/posts/{post}/report 404: data; application/json; no-store; for same-origin
    /circles/{circle}/moderation 401: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /circles/{circle}/moderation 403: document in 'none'; text/html; charset=utf-8; private, no-store; vary Accept-Language, Cookie; for same-origin; opener same-origin
    /api/v1/circles/{circle}/moderation 401: data; application/json; no-store; for same-origin
    /api/v1/dead-letters 401: data; application/json; no-store; for same-origin
    /api/v1/circles/{circle}/posts/{post}/review 401: data; application/json; no-store; for same-origin
    /api/v1/circles/{circle}/posts/{post}/remove 401: data; application/json; no-store; for same-origin
    /api/v1/circles/{circle}/posts/{post}/feature 401: data; application/json; no-store; for same-origin
    /api/v1/dead-letters/{delivery}/retry 401: data; application/json; no-store; for same-origin
    /embed/identity.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/opaque.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/times.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/upload.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/share.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /session 200 of nobody: data; application/json; private, no-store; for same-origin
    /session 200 of a reader: data; application/json; private, no-store; for same-origin
    /session 401 of a wrong token: data; application/json; no-store; for same-origin
    /session 204: data; ; private, no-store; for same-origin
    /session/ticket 401: data; application/json; no-store; for same-origin
    /session/ticket 200: data; application/json; private, no-store; for same-origin
    /session/open 403: document in 'none'; text/html; charset=utf-8; private, no-cache; for same-origin; opener same-origin
    /embed/v1.js 200: data; text/javascript; charset=utf-8; public, max-age=3600, stale-while-revalidate=604800; vary Accept-Encoding; for cross-origin; cors *
    /embed/card.js 200: data; text/javascript; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/card.js 200 of a version: data; text/javascript; charset=utf-8; public, max-age=31536000, immutable; vary Accept-Encoding; for cross-origin; cors *
    /embed/card.css 200: data; text/css; charset=utf-8; public, no-cache; vary Accept-Encoding; for cross-origin; cors *
    /embed/versions.json 200: data; application/json; public, max-age=3600, stale-while-revalidate=604800; for cross-origin; cors *
    /embed/{file} 200: data; text/javascript; charset=utf-8; public, max-age=31536000, immutable; vary Accept-Encoding; for cross-origin; cors *
    /embed/{file} 404: data; application/json; no-store; for same-origin
    /favicon.ico 200: data; image/svg+xml; public, max-age=3600, stale-while-revalidate=604800; vary Accept-Encoding; for same-origin
    /livez 200: data; text/plain; charset=utf-8; no-store; for same-origin
    /readyz 200: data; application/json; no-store; for same-origin
    none 404: data; application/json; no-store; for same-origin
    none 414: document in 'none'; text/html; charset=utf-8; private, no-cache; for same-origin; opener same-origin
    ");
}

#[test]
fn a_host_behind_https_is_never_asked_without() {
    let setup = Setup::new().section("server", "public_url = 'https://cards.example'");
    let host = Host::start(&setup);
    for path in ["/livez", "/c/unknown", "/nothing"] {
        let answer = host.client().get(path).send();
        let value = answer.header("strict-transport-security");
        assert_eq!(value, "max-age=31536000", "{path}");
    }
}

fn with<'a>(request: Request<'a>, headers: &[(&str, &str)]) -> Request<'a> {
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}
