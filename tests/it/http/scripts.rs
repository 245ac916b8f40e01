//! `GET /embed/…`: the host's own scripts and style sheet.

use super::start;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quanka_tests::server::{Host, Setup};
use sha2::{Digest as _, Sha384};

#[test]
fn the_embed_script_is_for_every_page() {
    let host = Host::start(&Setup::new());
    let client = host.client();
    let request = client
        .get("/embed/v1.js")
        .header("origin", "https://news.example");
    let script = request.send().expect(200);
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        (
            "cache-control",
            "public, max-age=3600, stale-while-revalidate=604800",
        ),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("vary", "Accept-Encoding"),
    ] {
        assert_eq!(script.header(name), value, "{name}");
    }
    assert!(script.text().contains("circle-card"));
    let known = client
        .get("/embed/v1.js")
        .header("if-none-match", script.header("etag"));
    let _ = known.send().expect(304);
}

#[test]
fn scripts_keep_to_their_weight() {
    let host = start();
    let client = host.client();
    for (path, bytes_max) in [
        ("/embed/v1.js", 3072),
        ("/embed/card.js", 6144),
        // Loaded by few, and then beside the others.
        ("/embed/identity.js", 2048),
        ("/embed/opaque.js", 1024),
        ("/embed/times.js", 1024),
        ("/embed/upload.js", 2048),
        ("/embed/share.js", 1024),
    ] {
        let answer = client.get(path).header("accept-encoding", "gzip").send();
        let answer = answer.expect(200);
        assert_eq!(answer.header("content-encoding"), "gzip");
        let bytes = answer.body.len();
        assert!(
            bytes <= bytes_max,
            "{path} has {bytes} bytes gzipped, at most {bytes_max}"
        );
    }
}

#[test]
fn only_the_address_that_names_a_version_is_kept_for_ever() {
    let host = start();
    let client = host.client();
    for path in [
        "/embed/card.js",
        "/embed/identity.js",
        "/embed/opaque.js",
        "/embed/times.js",
        "/embed/upload.js",
        "/embed/share.js",
        "/embed/card.css",
    ] {
        for query in ["", "?v=0123456789abcdef", "?v="] {
            let answer = client.get(&format!("{path}{query}")).send().expect(200);
            assert_eq!(
                answer.header("cache-control"),
                "public, no-cache",
                "{query}"
            );
            // A sandboxed frame of ours has no origin of its own, and is then as
            // foreign to us as any page.
            assert_eq!(
                answer.header("cross-origin-resource-policy"),
                "cross-origin"
            );
        }
    }
}

/// A page that pins a version gets that very script, for ever.
#[test]
fn a_version_of_the_embed_script_is_what_its_hash_says() {
    let host = start();
    let client = host.client();
    let list = client.get("/embed/versions.json").send().expect(200);
    assert_eq!(list.header("access-control-allow-origin"), "*");
    let list = list.json();
    let versions = list["versions"].as_array().expect("a list");
    assert!(!versions.is_empty());
    for version in versions {
        let number = version["version"].as_str().unwrap_or_default();
        let path = format!("/embed/v{number}.js");
        assert_eq!(version["url"], host.url(&path));
        for coding in ["identity", "br"] {
            let script = client.get(&path).header("accept-encoding", coding).send();
            let script = script.expect(200);
            assert_eq!(
                script.header("cache-control"),
                "public, max-age=31536000, immutable"
            );
            // Without this no page could ask for the hash to be checked.
            assert_eq!(script.header("access-control-allow-origin"), "*");
        }
        let script = client.get(&path).send().expect(200);
        let hash = STANDARD.encode(Sha384::digest(&script.body));
        assert_eq!(version["integrity"], format!("sha384-{hash}"));
    }
    let newest = versions[0]["url"].as_str().unwrap_or_default();
    let newest = newest.strip_prefix(&host.origin()).expect("it is here");
    let newest = client.get(newest).send().expect(200);
    let changing = client.get("/embed/v1.js").send().expect(200);
    assert_eq!(newest.body, changing.body);
    for path in ["/embed/v1.99.0.js", "/embed/v1.0.0", "/embed/embed.js"] {
        let _ = client.get(path).send().expect(404);
    }
}
