//! Which methods a route takes, and what unsafe ones ask for.

use super::policy::policy;
use super::routes::{BY_TOKEN, ROUTES};
use super::{start, with};

#[test]
fn every_other_method_is_refused() {
    let host = start();
    let client = host.client();
    for (route, methods) in ROUTES {
        let path = path(route);
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X",
        ] {
            let is_taken =
                methods.contains(&method) || (method == "HEAD" && methods.contains(&"GET"));
            if is_taken || method == "CONNECT" {
                continue;
            }
            let answer = client.request(method, &path).send();
            assert_eq!(answer.status, 405, "{method} {path}: {answer:?}");
            let policy = policy(&format!("{method} {path}"), &answer);
            assert!(
                policy.starts_with("data; application/json; no-store"),
                "{policy}"
            );
            assert_eq!(answer.cookies(), "");
        }
    }
}

/// A browser says where a request comes from; an unsafe one comes from our own
/// pages, or from no page at all.
#[test]
fn unsafe_methods_are_for_our_own_pages() {
    let host = start();
    let client = host.client();
    let own = host.origin();
    let refused: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "same-origin, cross-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "https://news.example")],
        &[("origin", "http://evil.example"), ("host", "evil.example")],
    ];
    let by_pages = |route: &str| !BY_TOKEN.contains(&route);
    for (route, methods) in ROUTES.iter().filter(|(route, _)| by_pages(route)) {
        let path = path(route);
        for method in methods
            .iter()
            .filter(|method| !["GET", "HEAD"].contains(method))
        {
            for headers in refused {
                for media_type in ["application/json", "application/x-www-form-urlencoded"] {
                    let request = client
                        .request(method, &path)
                        .header("content-type", media_type);
                    let answer = with(request.body("{}"), headers).send();
                    assert_eq!(
                        answer.status, 403,
                        "{method} {path} {headers:?}: {answer:?}"
                    );
                    assert_eq!(answer.cookies(), "");
                }
            }
            if *method == "DELETE" {
                continue;
            }
            // A form of another site can send these, and no preflight asks.
            for media_type in [
                "",
                "text/plain",
                "text/plain; application/json",
                "multipart/form-data; boundary=x",
            ] {
                // Pictures come so.
                let takes_pictures = path.ends_with("/act") || path.ends_with("/media");
                if takes_pictures && media_type.starts_with("multipart") {
                    continue;
                }
                let request = client
                    .request(method, &path)
                    .header("content-type", media_type);
                let answer = request.body("{}").send();
                assert_eq!(
                    answer.status, 415,
                    "{method} {path} {media_type}: {answer:?}"
                );
                assert_eq!(answer.cookies(), "");
            }
        }
    }
}

/// A path of a route.
fn path(route: &str) -> String {
    route
        .replace("{card}", "vote")
        .replace("{circle}", "beike")
        .replace("{publisher}", "beike-daily")
        .replace("{post}", "p_x")
        .replace("{delivery}", "d_x")
        .replace("{file}", "v1.0.0.js")
}
