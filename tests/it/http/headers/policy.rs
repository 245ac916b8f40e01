//! What a browser is told with an answer.

use quanka_tests::client::Answer;

/// The policy of a document, before and after who may frame it.
const DOCUMENT: [&str; 2] = [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ",
    "; require-trusted-types-for 'script'; trusted-types quanka",
];

/// The policy of everything else.
const DATA: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// What a browser makes of an answer, in one line. Fails where something is
/// missing that holds for all.
#[track_caller]
pub fn policy(what: &str, answer: &Answer) -> String {
    let header = |name| answer.header(name);
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(
        header("referrer-policy"),
        "strict-origin-when-cross-origin",
        "{what}"
    );
    assert_ne!(header("quanka-request"), "", "{what}");
    for name in ["server", "x-powered-by", "strict-transport-security"] {
        assert_eq!(header(name), "", "{what}: {name}");
    }
    let csp = header("content-security-policy");
    let ancestors = csp
        .strip_prefix(DOCUMENT[0])
        .and_then(|rest| rest.strip_suffix(DOCUMENT[1]));
    let kind = match ancestors {
        Some(ancestors) => {
            let permissions = "camera=(), microphone=(), geolocation=()";
            assert_eq!(header("permissions-policy"), permissions, "{what}");
            format!("document in {ancestors}")
        }
        None => {
            assert_eq!(csp, DATA, "{what}");
            "data".to_owned()
        }
    };
    let cache = header("cache-control");
    let is_shared = cache.starts_with("public");
    for cookie in answer.headers_named("set-cookie") {
        assert!(!is_shared, "{what}: what is shared sets no cookie");
        for attribute in [
            "HttpOnly",
            "SameSite=None",
            "Secure",
            "Partitioned",
            "Path=/",
        ] {
            let attribute = format!("; {attribute}");
            assert!(cookie.contains(&attribute), "{what}: {cookie}");
        }
    }
    assert!(!is_shared || !header("vary").contains("Cookie"), "{what}");
    let mut line = format!("{kind}; {}; {cache}", header("content-type"));
    for (name, short) in [
        ("vary", "vary"),
        ("cross-origin-resource-policy", "for"),
        ("cross-origin-opener-policy", "opener"),
        ("access-control-allow-origin", "cors"),
    ] {
        if !header(name).is_empty() {
            line.push_str(&format!("; {short} {}", header(name)));
        }
    }
    line
}
