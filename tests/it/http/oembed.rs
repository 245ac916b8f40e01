//! `GET /oembed`, and how it is found: what becomes of a link to a card where
//! it is pasted. What real consumers make of it is in
//! `consumers`.

use super::{POLL, act, key, offer, polls};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};
use serde_json::json;
use std::collections::BTreeMap;

const PUBLIC: &str = "https://cards.example";

/// Cards of every size there is, at a public address.
fn setup() -> Setup {
    polls()
        .section("server", &format!("public_url = '{PUBLIC}'"))
        .plugin("hello")
        .card("hello", "quanka/hello", "")
        .card("wide", "quanka/poll", &format!("size = 'feed'\n{POLL}"))
        .card("shut", "quanka/poll", &format!("state = 'closed'\n{POLL}"))
        .card("gone", "quanka/poll", &format!("state = 'gone'\n{POLL}"))
}

/// The path and query that asks about a URL.
fn about(url: &str, rest: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("url", url);
    format!("/oembed?{}{rest}", query.finish())
}

fn ask(client: &Client, url: &str, rest: &str) -> Answer {
    client.get(&about(url, rest)).send()
}

/// An attribute of the one frame there is.
fn attribute<'a>(html: &'a str, name: &str) -> &'a str {
    let value = html
        .split_once(&format!(" {name}=\""))
        .map(|(_, rest)| rest);
    value.and_then(|rest| rest.split('"').next()).unwrap_or("")
}

#[test]
fn a_card_is_a_frame_and_nothing_else() {
    let host = Host::start(&setup());
    let answer = ask(&host.client(), "https://cards.example/c/vote", "").expect(200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("vary", "Accept-Encoding, Accept-Language"),
        (
            "cache-control",
            "public, max-age=300, s-maxage=60, stale-while-revalidate=86400",
        ),
        ("set-cookie", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let mut said = answer.json();
    // It names the view's version, which is a hash.
    let picture = said["thumbnail_url"].take();
    let picture = picture.as_str().expect("there is a picture");
    let expected = format!("{PUBLIC}/c/vote/view?as=png&width=1200&lang=zh-CN&v=");
    assert!(picture.starts_with(&expected), "{picture}");
    let expected = json!({
        "type": "rich",
        "version": "1.0",
        "title": "下个月读什么?",
        "author_name": "贝壳读书圈",
        "provider_name": "贝壳日报",
        "provider_url": PUBLIC,
        "cache_age": 3600,
        "thumbnail_url": null,
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "html": "<iframe src=\"https://cards.example/c/vote/embed\" \
                 title=\"下个月读什么? · 贝壳读书圈\" width=\"640\" height=\"440\" \
                 frameborder=\"0\" loading=\"lazy\" \
                 referrerpolicy=\"strict-origin-when-cross-origin\" \
                 sandbox=\"allow-scripts allow-same-origin allow-forms allow-popups \
                 allow-popups-to-escape-sandbox\"></iframe>",
        "width": 640,
        "height": 440,
    });
    assert_eq!(said, expected);
}

#[test]
fn an_answer_fits_into_the_room_there_is() {
    let host = Host::start(&setup());
    let client = host.client();
    let check = |card: &str, room: &str, expected: &str| {
        let answer = ask(&client, &format!("{PUBLIC}/c/{card}"), room).expect(200);
        let said = answer.json();
        let html = said["html"].as_str().unwrap_or_default();
        // What stands beside the frame is what stands in it.
        for side in ["width", "height"] {
            let inside = attribute(html, side).parse::<u64>().ok();
            assert_eq!(said[side].as_u64(), inside, "{card} {room}: {said}");
        }
        let frame = match said["type"].as_str() {
            Some("rich") => format!(
                "{}x{} {}",
                said["width"],
                said["height"],
                attribute(html, "src").trim_start_matches(PUBLIC)
            ),
            kind => kind.unwrap_or_default().to_owned(),
        };
        let picture = match said["thumbnail_width"].as_u64() {
            Some(width) => format!("{width}x{}", said["thumbnail_height"]),
            None => "none".to_owned(),
        };
        assert_eq!(
            format!("{frame}, picture {picture}"),
            expected,
            "{card} {room}"
        );
    };
    // As large as it likes to be.
    check("vote", "", "640x440 /c/vote/embed, picture 1200x630");
    check(
        "vote",
        "&maxwidth=&maxheight=",
        "640x440 /c/vote/embed, picture 1200x630",
    );
    check(
        "vote",
        "&maxwidth=4000&maxheight=4000",
        "640x440 /c/vote/embed, picture 1200x630",
    );
    check("hello", "", "640x180 /c/hello/embed, picture 1200x630");
    check("wide", "", "640x640 /c/wide/embed, picture 1200x630");
    // Narrower, to the pixel.
    check(
        "vote",
        "&maxwidth=639",
        "639x440 /c/vote/embed, picture 600x315",
    );
    check(
        "vote",
        "&maxwidth=300",
        "300x440 /c/vote/embed, picture 280x147",
    );
    check(
        "vote",
        "&maxwidth=160",
        "160x440 /c/vote/embed, picture none",
    );
    check("vote", "&maxwidth=159", "link, picture none");
    check("vote", "&maxwidth=0", "link, picture none");
    // Lower: the size asked for if it fits, else the tallest that does.
    check(
        "vote",
        "&maxheight=440",
        "640x440 /c/vote/embed, picture 600x315",
    );
    check(
        "vote",
        "&maxheight=439",
        "640x96 /c/vote/embed?size=compact, picture 600x315",
    );
    check(
        "wide",
        "&maxheight=639",
        "640x440 /c/wide/embed?size=standard, picture 1200x630",
    );
    check(
        "wide",
        "&maxheight=100",
        "640x96 /c/wide/embed?size=compact, picture none",
    );
    // Nothing fits: the smallest, cut off.
    check(
        "vote",
        "&maxheight=80",
        "640x80 /c/vote/embed?size=compact, picture none",
    );
    check(
        "hello",
        "&maxheight=100",
        "640x100 /c/hello/embed, picture none",
    );
    check("vote", "&maxheight=63", "link, picture none");
    check(
        "vote",
        "&maxwidth=500&maxheight=750",
        "500x440 /c/vote/embed, picture 280x147",
    );
}

#[test]
fn a_pasted_look_is_kept_and_campaigns_are_not() {
    let host = Host::start(&setup());
    let client = host.client();
    let check = |url: &str, src: &str, title: &str| {
        let said = ask(&client, &format!("{PUBLIC}{url}"), "")
            .expect(200)
            .json();
        let html = said["html"].as_str().unwrap_or_default();
        assert_eq!(attribute(html, "src"), format!("{PUBLIC}{src}"), "{url}");
        assert_eq!(said["title"], title, "{url}");
    };
    check("/c/hello", "/c/hello/embed", "你好，读者！");
    check("/c/hello/", "/c/hello/embed", "你好，读者！");
    check("/c/hello/embed", "/c/hello/embed", "你好，读者！");
    check(
        "/c/hello?utm_source=x&me=1#top",
        "/c/hello/embed",
        "你好，读者！",
    );
    check(
        "/c/hello?lang=en",
        "/c/hello/embed?lang=en",
        "Hello, reader!",
    );
    check(
        "/c/hello/embed?theme=dark&lang=en&size=compact",
        // It draws no such size, and so has its own.
        "/c/hello/embed?theme=dark&amp;lang=en",
        "Hello, reader!",
    );
    check(
        "/c/vote?lang=%22%3E%3Cscript%3E",
        "/c/vote/embed?lang=%22%3E%3Cscript%3E",
        "下个月读什么?",
    );
}

#[test]
fn xml_says_what_json_says() {
    let host = Host::start(&setup());
    let client = host.client();
    for room in ["", "&maxwidth=100", "&maxheight=96"] {
        let url = format!("{PUBLIC}/c/vote?lang=en&theme=dark");
        let json = ask(&client, &url, &format!("{room}&format=json")).expect(200);
        let xml = ask(&client, &url, &format!("{room}&format=xml")).expect(200);
        assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
        assert_eq!(xml.header("access-control-allow-origin"), "*");
        let json: BTreeMap<String, String> = json
            .json()
            .as_object()
            .expect("an answer is an object")
            .iter()
            .map(|(name, value)| {
                let text = value.as_str().map(str::to_owned);
                (name.clone(), text.unwrap_or_else(|| value.to_string()))
            })
            .collect();
        assert_eq!(elements(xml.text()), json, "{room}");
    }
}

/// The elements of a flat XML document, unescaped.
fn elements(xml: &str) -> BTreeMap<String, String> {
    let inside = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>")
        .and_then(|rest| rest.strip_suffix("</oembed>\n"));
    let mut rest = inside.unwrap_or_else(|| panic!("no oEmbed document: {xml}"));
    let mut elements = BTreeMap::new();
    while let Some((name, after)) = rest.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
        let (content, after) = after
            .split_once(&format!("</{name}>"))
            .unwrap_or_else(|| panic!("<{name}> has no end: {xml}"));
        let mut content = content.to_owned();
        for (escaped, c) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
        ] {
            content = content.replace(escaped, c);
        }
        elements.insert(name.to_owned(), content.replace("&amp;", "&"));
        rest = after;
    }
    assert_eq!(rest, "", "{xml}");
    elements
}

#[test]
fn what_cannot_be_embedded_is_refused_as_the_specification_has_it() {
    let host = Host::start(&setup().without_card("other"));
    let client = host.client();
    let check = |query: &str, status: u16, code: &str| {
        let answer = client.get(&format!("/oembed{query}")).send();
        assert_eq!(answer.status, status, "{query}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{query}");
        assert_eq!(answer.header("cache-control"), "no-store", "{query}");
        if query.contains("format=xml") {
            assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
            let expected = format!("<error><code>{code}</code><message>");
            assert!(answer.text().contains(&expected), "{query}: {answer:?}");
        } else {
            let error = answer.json();
            assert_eq!(error["code"], code, "{query}: {error}");
            assert_eq!(error["id"], answer.header("quanka-request"), "{query}");
        }
    };
    let vote = "?url=https%3A%2F%2Fcards.example%2Fc%2Fvote";
    check("", 400, "bad_request");
    check("?format=xml", 400, "bad_request");
    check("?url=", 400, "bad_request");
    for format in ["html", "XML", "jsonp", "%00"] {
        check(&format!("{vote}&format={format}"), 501, "format_unknown");
    }
    for wrong in [
        "maxwidth=wide",
        "maxheight=-1",
        "maxwidth=1e3",
        "maxheight=4294967296",
    ] {
        check(&format!("{vote}&{wrong}"), 400, "bad_request");
        check(&format!("{vote}&{wrong}&format=xml"), 400, "bad_request");
    }
    for url in [
        "vote",
        "http%3A%2F%2Fcards.example%2Fc%2Fvote",
        "https%3A%2F%2Fevil.example%2Fc%2Fvote",
        "https%3A%2F%2Fcards.example%2F",
        "https%3A%2F%2Fcards.example%2Fc%2Fnone",
        "https%3A%2F%2Fcards.example%2Fc%2Fvote%2Fview",
        "https%3A%2F%2Fcards.example%2Fc%2F..%252f..%252fetc",
    ] {
        check(&format!("?url={url}"), 404, "card_unknown");
        check(&format!("?url={url}&format=xml"), 404, "card_unknown");
    }
    check(
        "?url=https%3A%2F%2Fcards.example%2Fc%2Fgone",
        404,
        "card_gone",
    );
    // A closed card can be looked at.
    let _ = ask(&client, &format!("{PUBLIC}/c/shut"), "").expect(200);
}

/// Where a card has nothing to say to readers it does not know, consumers are
/// told to link to it and leave the rest to the host.
#[test]
fn what_is_not_for_everybody_is_401() {
    let setup = Setup::new()
        // Without a cache there is no earlier view to show instead.
        .section("cache", "views_bytes_max = 0")
        .guest("turncoat")
        .card("turncoat", "test/turncoat", "config.how = 'denied'");
    let host = Host::start(&setup);
    let client = host.client();
    let url = host.url("/c/turncoat");
    let _ = ask(&client, &url, "").expect(200);
    let view = client.get("/c/turncoat/view").send().expect(200).json();
    let body = json!({"offer": offer(&view, "变坏"), "inputs": {}, "key": key("turn")});
    let _ = act(&client, "turncoat", &body).send();
    let refused = ask(&client, &url, "").expect(401);
    assert_eq!(refused.json()["code"], "sign_in_required");
    let refused = ask(&client, &url, "&format=xml").expect(401);
    assert_eq!(refused.header("content-type"), "text/xml; charset=utf-8");
}

/// `dnt` asks that readers are not followed. None ever are: nothing in an
/// answer differs from one consumer to the next.
#[test]
fn nobody_is_followed_whether_they_ask_or_not() {
    let host = Host::start(&setup());
    let client = host.client();
    let url = format!("{PUBLIC}/c/vote");
    let plain = ask(&client, &url, "").expect(200);
    for dnt in ["&dnt=1", "&dnt=true", "&dnt=0", "&dnt="] {
        let asked = ask(&client, &url, dnt).expect(200);
        assert_eq!(asked.body, plain.body, "{dnt}");
        assert_eq!(asked.header("set-cookie"), "", "{dnt}");
    }
    // Nor does the frame set a cookie before its reader does something.
    let frame = client.get("/c/vote/embed").send().expect(200);
    assert_eq!(frame.header("set-cookie"), "");
    let known = client
        .get(&about(&url, ""))
        .header("if-none-match", plain.header("etag"));
    let _ = known.send().expect(304);
}

#[test]
fn a_page_leads_to_what_describes_it() {
    let host = Host::start(&polls().plugin("hello").card("hello", "quanka/hello", ""));
    let client = host.client();
    for (path, title) in [
        ("/c/hello", "你好，读者！"),
        ("/c/hello?lang=en", "Hello, reader!"),
        ("/c/hello?lang=fr", "你好，读者！"),
    ] {
        let page = client.get(path).send().expect(200);
        let in_headers: Vec<String> = page
            .headers_named("link")
            .map(|link| link.split(['<', '>']).nth(1).unwrap_or_default().to_owned())
            .collect();
        let in_head: Vec<String> = page
            .text()
            .split("<link rel=\"alternate\"")
            .skip(1)
            .map(|tag| attribute(tag, "href").replace("&amp;", "&"))
            .collect();
        assert_eq!(in_headers.len(), 2, "{page:?}");
        assert_eq!(in_headers, in_head, "{path}");
        let types: Vec<&str> = page
            .text()
            .split("<link rel=\"alternate\"")
            .skip(1)
            .map(|tag| attribute(tag, "type"))
            .collect();
        assert_eq!(types, ["application/json+oembed", "text/xml+oembed"]);
        for (url, begins) in in_head.iter().zip(["{\"type\":\"rich\"", "<?xml"]) {
            let path = url
                .strip_prefix(&host.origin())
                .expect("it is on this host");
            let said = client.get(path).send().expect(200);
            assert!(said.text().starts_with(begins), "{said:?}");
            assert!(said.text().contains(title), "{title} in {said:?}");
        }
    }
    // A frame is a part of an article and no page to be embedded.
    let frame = client.get("/c/hello/embed").send().expect(200);
    assert_eq!(frame.header("link"), "");
    assert!(!frame.text().contains("oembed"), "{frame:?}");
    let gone = client.get("/c/none").send().expect(404);
    assert_eq!(gone.header("link"), "");
}

/// What previews take from a page's head, by name.
fn tags_of(page: &str, name: &str) -> Vec<String> {
    let metas = page.split("<meta").skip(1);
    let named =
        metas.filter(|tag| [attribute(tag, "property"), attribute(tag, "name")].contains(&name));
    named
        .map(|tag| attribute(tag, "content").replace("&amp;", "&"))
        .collect()
}

#[test]
fn a_page_has_what_previews_look_for() {
    let host = Host::start(&setup());
    let client = host.client();
    let check = |path: &str, expected: &[(&str, &str)]| {
        let page = client.get(path).send().expect(200);
        for (name, value) in expected {
            assert_eq!(tags_of(page.text(), name), [*value], "{path} {name}");
        }
        let [picture] = &tags_of(page.text(), "og:image")[..] else {
            panic!("one picture: {page:?}");
        };
        let path = picture.strip_prefix(PUBLIC).expect("it is on this host");
        let picture = client.get(path).send().expect(200);
        assert_eq!(picture.header("content-type"), "image/png");
    };
    check(
        "/c/hello",
        &[
            ("og:type", "website"),
            ("og:title", "你好，读者！"),
            ("og:url", "https://cards.example/c/hello"),
            ("og:site_name", "贝壳读书圈"),
            ("og:locale", "zh_CN"),
            ("og:image:type", "image/png"),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
            ("twitter:card", "player"),
            ("twitter:player", "https://cards.example/c/hello/embed"),
            ("twitter:player:width", "640"),
            ("twitter:player:height", "180"),
        ],
    );
    check(
        "/c/hello?lang=en",
        &[("og:title", "Hello, reader!"), ("og:locale", "en_US")],
    );
}
