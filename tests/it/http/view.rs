//! `GET /c/{card}/view`: one view, in four surfaces and three codings.

use super::{offer, start, text, vote};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use quanka_tests::server::{Host, Setup};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read as _;

#[test]
fn the_surface_is_chosen_by_word_then_by_accept() {
    let host = start();
    let client = host.client();
    let check = |query: &str, accept: Option<&str>, expected: &str| {
        let mut request = client.get(&format!("/c/vote/view{query}"));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer = request.send();
        let is = format!("{} {}", answer.status, answer.header("content-type"));
        assert_eq!(is, expected, "{query} {accept:?}");
    };
    const HTML: &str = "200 text/html; charset=utf-8";
    const JSON: &str = "200 application/json";
    const TEXT: &str = "200 text/plain; charset=utf-8";
    const MARKDOWN: &str = "200 text/markdown; charset=utf-8";
    check("", None, JSON);
    check("", Some("*/*"), JSON);
    check("?as=html", None, HTML);
    check("?as=json", Some("text/html"), JSON);
    check("?as=text", None, TEXT);
    check("?as=markdown", None, MARKDOWN);
    check("", Some("text/html,application/xml;q=0.9,*/*;q=0.8"), HTML);
    check("", Some("text/plain"), TEXT);
    check("", Some("text/markdown, text/plain;q=0.5"), MARKDOWN);
    check("?as=svg", None, "200 image/svg+xml; charset=utf-8");
    check("?as=png", Some("text/html"), "200 image/png");
    check("", Some("image/png"), "200 image/png");
    check("", Some("image/webp"), "406 application/json");
    check("?as=pdf", Some("text/html"), "400 application/json");
    check("?as=", None, "400 application/json");
    check("?size=huge", None, "400 application/json");
}

#[test]
fn a_view_says_the_same_in_every_surface() {
    let host = start();
    let client = host.client();
    let surface = |word: &str| {
        let answer = client.get(&format!("/c/vote/view?as={word}")).send();
        answer.expect(200).text().replace(&host.origin(), "HOST")
    };
    insta::assert_snapshot!(surface("text"), @r"
    下个月读什么?

    选一项

    ○ 三体
    ○ 边城

    还没有人投票

    打开卡片参与 <HOST/c/vote>
    ");
    insta::assert_snapshot!(surface("markdown"), @r"
    # 下个月读什么?

    选一项

    - 三体
    - 边城

    还没有人投票

    [打开卡片参与](HOST/c/vote)
    ");
    let html = surface("html").replace("><", ">\n<");
    insta::assert_snapshot!(html, @r#"
    <section class="qk-card qk-standard" lang="zh-CN" data-card="vote" data-version="dbcc54dbe6f5e357" aria-label="下个月读什么?">
    <div class="qk-column">
    <h3 class="qk-heading qk-heading-2">下个月读什么?</h3>
    <div class="qk-form">
    <div class="qk-choice qk-choice-list">
    <p class="qk-legend">选一项</p>
    <ul class="qk-options" role="list">
    <li class="qk-option">
    <span>三体</span>
    </li>
    <li class="qk-option">
    <span>边城</span>
    </li>
    </ul>
    </div>
    </div>
    <div class="qk-row">
    <p class="qk-text qk-text-caption qk-tone-muted">还没有人投票</p>
    </div>
    </div>
    <p class="qk-open">
    <a class="qk-button qk-button-primary" href="HOST/c/vote" target="_blank" rel="noopener">打开卡片参与</a>
    </p>
    </section>
    "#);
}

#[test]
fn a_view_object_is_as_shapes_md_says() {
    let host = start();
    let mut view = host.client().get("/c/vote/view").send().expect(200).json();
    let token = offer(&view, "投票");
    let parts: Vec<&str> = token.split('.').collect();
    assert!(matches!(parts[..], ["v1", "k1", _, _]), "{token}");
    mask(&mut view, &token);
    insta::assert_snapshot!(format!("{view:#}"), @r#"
    {
      "card": "vote",
      "circle": "beike",
      "version": "dbcc54dbe6f5e357",
      "locale": "zh-CN",
      "size": "standard",
      "at": "",
      "private": false,
      "stale": false,
      "expires_at": null,
      "title": "下个月读什么?",
      "summary": "还没有人投票",
      "image": null,
      "people": {},
      "root": {
        "kind": "column",
        "children": [
          {
            "kind": "heading",
            "level": 2,
            "text": "下个月读什么?",
            "children": []
          },
          {
            "kind": "form",
            "children": [
              {
                "kind": "choice",
                "name": "choice",
                "label": "选一项",
                "many": false,
                "style": "list",
                "min": 1,
                "max": 1,
                "options": [
                  {
                    "value": "a",
                    "label": "三体",
                    "selected": false
                  },
                  {
                    "value": "b",
                    "label": "边城",
                    "selected": false
                  }
                ],
                "children": []
              },
              {
                "kind": "button",
                "label": "投票",
                "style": "primary",
                "offer": {
                  "token": "TOKEN",
                  "audience": "anyone",
                  "once": "per-tap",
                  "confirm": null
                },
                "children": []
              }
            ]
          },
          {
            "kind": "row",
            "children": [
              {
                "kind": "text",
                "content": "还没有人投票",
                "style": "caption",
                "tone": "muted",
                "max_lines": null,
                "children": []
              }
            ]
          }
        ]
      }
    }
    "#);
}

/// Puts a word for what differs from host to host.
fn mask(value: &mut Value, token: &str) {
    match value {
        Value::String(text) if text == token => *text = "TOKEN".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, token)),
        Value::Object(items) => items.values_mut().for_each(|item| mask(item, token)),
        _ => {}
    }
}

#[test]
fn every_surface_and_coding_has_its_own_etag_and_the_same_content() {
    let host = start();
    let client = host.client();
    let mut etags = BTreeSet::new();
    for surface in ["html", "json", "text", "markdown"] {
        let path = format!("/c/vote/view?as={surface}");
        let plain = client.get(&path).send().expect(200).body;
        for (accepted, coding) in [
            ("", ""),
            ("gzip", "gzip"),
            ("br", "br"),
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, br;q=0", "gzip"),
        ] {
            let get = || client.get(&path).header("accept-encoding", accepted);
            let answer = get().send().expect(200);
            let case = format!("{surface} {accepted:?}: {answer:?}");
            assert_eq!(answer.header("content-encoding"), coding, "{case}");
            assert_eq!(decoded(&answer.body, coding), plain, "{case}");
            let vary = answer.header("vary");
            assert_eq!(vary, "Accept, Accept-Encoding, Accept-Language");
            let etag = answer.header("etag");
            // Strong: the very bytes.
            assert!(etag.starts_with('"') && etag.ends_with('"'), "{case}");
            etags.insert(etag.to_owned());

            let known = get().header("if-none-match", etag).send().expect(304);
            assert_eq!(known.body, b"", "{case}");
            for name in ["etag", "vary", "cache-control"] {
                assert_eq!(known.header(name), answer.header(name), "{case}");
            }
        }
    }
    // Four surfaces, three codings.
    assert_eq!(etags.len(), 12, "{etags:?}");
}

fn decoded(mut body: &[u8], coding: &str) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => GzDecoder::new(body).read_to_end(&mut plain).map(drop),
        "br" => brotli::BrotliDecompress(&mut &*body, &mut plain),
        _ => body.read_to_end(&mut plain).map(drop),
    }
    .expect("the body is coded as its header says");
    plain
}

#[test]
fn a_view_is_sent_again_only_when_it_changed() {
    let host = start();
    let client = host.client();
    let first = client.get("/c/vote/view").send().expect(200);
    let etag = first.header("etag");
    let other = client.get("/c/vote/view?as=text").send().expect(200);
    let check = |if_none_match: &str, expected: u16| {
        let request = client.get("/c/vote/view");
        let answer = request.header("if-none-match", if_none_match).send();
        assert_eq!(answer.status, expected, "{if_none_match}");
    };
    check(etag, 304);
    check(&format!("W/{etag}"), 304);
    check(&format!("\"other\", {etag}"), 304);
    check("*", 304);
    check("\"other\"", 200);
    check(other.header("etag"), 200);

    vote(&client, "a", "one");
    check(etag, 200);
    let after = client.get("/c/vote/view").send().expect(200).json();
    assert_ne!(after["version"], first.json()["version"]);
    assert_eq!(after["summary"], "1 人参与");
}

#[test]
fn shared_views_may_be_kept_by_all_and_private_ones_by_their_reader() {
    let host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let get = |path: &str| {
        client
            .get(path)
            .header("cookie", &cookies)
            .send()
            .expect(200)
    };

    let shared = get("/c/vote/view");
    let directives = shared.header("cache-control");
    let directives: Vec<&str> = directives.split(", ").collect();
    for name in ["public", "max-age=", "s-maxage=", "stale-while-revalidate="] {
        let there = directives.iter().any(|found| found.starts_with(name));
        assert!(there, "{name} in {directives:?}");
    }
    // The same bytes for everyone: the cookie makes no difference.
    let anybodys = client.get("/c/vote/view").send();
    assert_eq!(shared.body, anybodys.body);
    assert_eq!(shared.json()["private"], false);
    assert!(!shared.header("vary").contains("Cookie"));

    let own = get("/c/vote/view?me=1");
    assert_eq!(own.header("cache-control"), "private, no-cache");
    assert!(own.header("vary").contains("Cookie"), "{own:?}");
    assert_eq!(own.json()["private"], true);
    let again = client
        .get("/c/vote/view?me=1")
        .header("cookie", &cookies)
        .header("if-none-match", own.header("etag"));
    let _ = again.send().expect(304);

    // Nobody's own view is nobody's.
    let nobodys = client.get("/c/vote/view?me=1").send().expect(200);
    assert_eq!(nobodys.header("cache-control"), "private, no-cache");
    assert_eq!(nobodys.body, anybodys.body);

    for answer in [&shared, &own, &nobodys] {
        assert_eq!(answer.headers_named("set-cookie").count(), 0, "{answer:?}");
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; sandbox; frame-ancestors 'none'"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[test]
fn a_view_that_will_change_is_kept_no_longer_than_until_then() {
    // Within the five seconds that a shared view may be kept otherwise.
    let soon = Timestamp::now().as_second() + 4;
    let closes_at = Timestamp::from_second(soon)
        .expect("it is soon")
        .to_string();
    let keys = format!("{}\nconfig.closes_at = '{closes_at}'", super::POLL);
    let setup = Setup::new()
        .plugin("poll")
        .card("soon", "quanka/poll", &keys);
    let host = Host::start(&setup);
    let client = host.client();
    // Until it has closed, whatever it says holds until then at most.
    quanka_tests::eventually("the poll to close", || {
        let answer = client.get("/c/soon/view").send().expect(200);
        let view = answer.json();
        if view["expires_at"].is_null() {
            return Some(());
        }
        assert_eq!(view["expires_at"], closes_at.as_str());
        let max_age = answer
            .header("cache-control")
            .split(", ")
            .find_map(|directive| directive.strip_prefix("max-age="))
            .and_then(|seconds| seconds.parse::<u64>().ok());
        assert!(max_age.is_some_and(|seconds| seconds < 4), "{answer:?}");
        None
    });
    let closed = client.get("/c/soon/view").send().expect(200);
    assert!(closed.text().contains("已结束"), "{closed:?}");
    assert!(closed.header("cache-control").contains("max-age=5"));
}

#[test]
fn the_version_is_of_the_content_and_survives_a_restart() {
    let mut host = start();
    let client = host.client();
    vote(&client, "a", "one");
    let get = || client.get("/c/vote/view").send().expect(200);
    let before = get();
    host.restart();
    let after = get();
    assert_eq!(after.json()["version"], before.json()["version"]);
    assert_eq!(after.header("etag"), before.header("etag"));
    assert_eq!(after.body, before.body);
}

#[test]
fn a_card_speaks_the_readers_language() {
    let host = start();
    let client = host.client();
    let check = |query: &str, accept_language: &str, expected: (&str, &str)| {
        let request = client.get(&format!("/c/vote/view{query}"));
        let answer = request.header("accept-language", accept_language).send();
        let view = answer.expect(200).json();
        let is = (text(&view["locale"]), text(&view["summary"]));
        assert_eq!(is, expected, "{query} {accept_language}");
    };
    const CHINESE: (&str, &str) = ("zh-CN", "还没有人投票");
    const ENGLISH: (&str, &str) = ("en", "No votes yet");
    check("", "", CHINESE);
    check("", "en-GB,en;q=0.9", ENGLISH);
    check("", "fr, en;q=0.5, zh;q=0.8", CHINESE);
    check("", "fr", CHINESE);
    check("?lang=en", "zh-CN", ENGLISH);
    check("?lang=zh-Hans", "en", CHINESE);
    check("?lang=fr", "en", ENGLISH);
    check("?lang=%22%3E", "", CHINESE);
}

#[test]
fn a_card_is_drawn_in_the_size_that_is_asked_for_and_there() {
    let guest = Setup::new()
        .plugin("poll")
        .plugin("hello")
        .card("vote", "quanka/poll", super::POLL)
        .card(
            "small",
            "quanka/poll",
            &format!("size = 'compact'\n{}", super::POLL),
        )
        .card("hello", "quanka/hello", "");
    let host = Host::start(&guest);
    let client = host.client();
    let check = |path: &str, expected: &str| {
        let view = client.get(path).send().expect(200).json();
        assert_eq!(view["size"], expected, "{path}");
    };
    check("/c/vote/view", "standard");
    check("/c/vote/view?size=compact", "compact");
    check("/c/vote/view?size=feed", "feed");
    check("/c/small/view", "compact");
    check("/c/small/view?size=standard", "standard");
    // Not one of its sizes: its own.
    check("/c/hello/view?size=feed", "standard");
}
