//! Which routes there are. One that the router has and this file has not fails a
//! test.

use quanka_tests::paths;
use std::collections::BTreeSet;

pub const ERASURES: &str = "/api/v1/publishers/{publisher}/erasures";

pub const ACCEPTANCES: &str = "/api/v1/circles/{circle}/transfer/accept";

pub const OWNERS: &str = "/api/v1/circles/{circle}/owner";

/// Those that take a token of a publisher's server or of the operator, no cookie:
/// where a browser says that it comes from is nothing to them.
pub const BY_TOKEN: [&str; 8] = [
    ERASURES,
    ACCEPTANCES,
    OWNERS,
    "/api/v1/circles/{circle}/moderation",
    "/api/v1/circles/{circle}/posts/{post}/review",
    "/api/v1/circles/{circle}/posts/{post}/remove",
    "/api/v1/circles/{circle}/posts/{post}/feature",
    "/api/v1/dead-letters/{delivery}/retry",
];

/// Every route, and its methods.
pub const ROUTES: &[(&str, &[&str])] = &[
    ("/c/{card}", &["GET"]),
    ("/c/{card}/embed", &["GET"]),
    ("/c/{card}/view", &["GET"]),
    ("/c/{card}/live", &["GET"]),
    ("/c/{card}/snippets", &["GET"]),
    ("/live", &["GET"]),
    ("/oembed", &["GET"]),
    ("/c/{card}/act", &["POST"]),
    ("/c/{card}/media", &["POST"]),
    ("/m/{id}", &["GET"]),
    ("/session", &["GET", "POST", "DELETE"]),
    ("/session/ticket", &["POST"]),
    ("/session/open", &["POST"]),
    ("/embed/v1.js", &["GET"]),
    ("/embed/card.js", &["GET"]),
    ("/embed/identity.js", &["GET"]),
    ("/embed/opaque.js", &["GET"]),
    ("/embed/times.js", &["GET"]),
    ("/embed/upload.js", &["GET"]),
    ("/embed/share.js", &["GET"]),
    ("/embed/card.css", &["GET"]),
    ("/embed/versions.json", &["GET"]),
    ("/embed/{file}", &["GET"]),
    (ERASURES, &["POST"]),
    ("/circles", &["GET"]),
    ("/circles/{circle}", &["GET"]),
    ("/circles/{circle}/transfer", &["GET"]),
    ("/api/v1/circles/{circle}/transfer", &["POST"]),
    (ACCEPTANCES, &["POST"]),
    (OWNERS, &["POST"]),
    ("/circles/{circle}/posts/{post}", &["GET"]),
    ("/circles/{circle}/posts/{post}/report", &["POST"]),
    ("/circles/{circle}/moderation", &["GET", "POST"]),
    ("/api/v1/circles/{circle}/moderation", &["GET"]),
    ("/api/v1/circles/{circle}/posts/{post}/review", &["POST"]),
    ("/api/v1/circles/{circle}/posts/{post}/remove", &["POST"]),
    ("/api/v1/circles/{circle}/posts/{post}/feature", &["POST"]),
    ("/api/v1/dead-letters", &["GET"]),
    ("/api/v1/dead-letters/{delivery}/retry", &["POST"]),
    ("/me", &["GET"]),
    ("/me/export", &["GET"]),
    ("/me/delete", &["GET", "POST"]),
    ("/me/sign-out", &["POST"]),
    ("/favicon.ico", &["GET"]),
    ("/livez", &["GET"]),
    ("/readyz", &["GET"]),
];

#[test]
fn every_route_is_in_the_table() {
    let router = std::fs::read_to_string(paths::root().join("host/src/http.rs"))
        .expect("the router is there");
    let routes: BTreeSet<&str> = router
        .split(".route(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    let table: BTreeSet<&str> = ROUTES.iter().map(|(route, _)| *route).collect();
    assert_eq!(routes, table, "each route needs its rows");
}
