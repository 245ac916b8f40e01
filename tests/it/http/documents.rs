//! `GET /c/{card}` and `GET /c/{card}/embed`: documents, who may frame them,
//! and what stands in them.

use super::form::Form;
use super::{POLL, polls, vote};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::Host;
use quanka_tests::site::Site;

/// Who may frame a document, as its policy says.
fn framed_by(answer: &Answer) -> &str {
    answer
        .header("content-security-policy")
        .split("; ")
        .find_map(|directive| directive.strip_prefix("frame-ancestors "))
        .unwrap_or_default()
}

#[test]
fn a_frame_is_interactive_on_the_publishers_own_site_only() {
    let site = Site::start();
    let host = Host::start(&polls().site(&site));
    let client = host.client();
    let frame = |referer: Option<&str>| {
        let request = client.get("/c/vote/embed");
        let request = match referer {
            Some(referer) => request.header("referer", referer),
            None => request,
        };
        let answer = request.send().expect(200);
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("vary"), "Accept-Language, Cookie, Referer");
        answer
    };
    for referer in [
        site.url("/article"),
        site.url(""),
        host.url("/c/vote/embed?done=act_x"),
    ] {
        let answer = frame(Some(&referer));
        assert!(answer.text().contains("name=\"_offer\""), "{referer}");
        assert_eq!(framed_by(&answer), site.origin(), "{referer}");
    }
    for referer in [
        None,
        Some(""),
        Some("null"),
        Some("https://evil.example/"),
        Some(&*site.origin().replace("localhost", "localhost.evil.example")),
        Some(&*format!("https://evil.example/?{}", site.origin())),
        Some(&*format!("{}0/", site.origin())),
        Some(&*site.url("/").replace("http:", "https:")),
        Some(&*site.url("/").replace("//", "//evil@evil.example#")),
    ] {
        let answer = frame(referer);
        let html = answer.text();
        assert_eq!(framed_by(&answer), "*", "{referer:?}");
        assert!(!html.contains("_offer"), "{referer:?}: {html}");
        assert!(!html.contains("<form"), "{referer:?}: {html}");
        // There is a way to the card.
        let way = format!("href=\"{}\"", host.url("/c/vote"));
        assert!(html.contains(&way), "{referer:?}: {html}");
    }
}

#[test]
fn where_nobody_is_registered_nobody_may_frame_a_form() {
    let host = Host::start(&polls());
    let client = host.client();
    let own = client
        .get("/c/vote/embed")
        .header("referer", &host.url("/"));
    let own = own.send().expect(200);
    assert_eq!(framed_by(&own), "'none'");
    assert!(own.text().contains("name=\"_offer\""));
}

#[test]
fn a_read_only_frame_shows_nobodys_own_view() {
    let host = Host::start(&polls());
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let elsewhere = client
        .get("/c/vote/embed")
        .header("referer", "https://evil.example/");
    let elsewhere = elsewhere.header("cookie", &cookies).send().expect(200);
    assert!(!elsewhere.text().contains("<meter"), "{elsewhere:?}");
    let page = client
        .get("/c/vote")
        .header("cookie", &cookies)
        .send()
        .expect(200);
    assert!(page.text().contains("<meter"), "{page:?}");
}

#[test]
fn a_page_is_framed_by_nobody_and_found_at_its_public_address() {
    let setup = polls().section("server", "public_url = 'https://cards.example'");
    let host = Host::start(&setup);
    let client = host.client();
    for path in [
        "/c/vote",
        "/c/vote/embed",
        "/c/vote/view?as=html",
        "/c/vote/view?as=text",
    ] {
        let mut request = client.get(path).header("host", "evil.example");
        for name in ["x-forwarded-host", "x-host", "forwarded"] {
            request = request.header(name, "host=evil.example");
        }
        let answer = request.send().expect(200);
        let all = format!("{answer:?}");
        assert!(!all.contains("evil.example"), "{path}: {all}");
        assert!(!all.contains("127.0.0.1"), "{path}: {all}");
    }
    let page = client.get("/c/vote").send().expect(200);
    assert_eq!(framed_by(&page), "'none'");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(page.header("vary"), "Accept-Language, Cookie");
    for part in [
        "<link rel=\"canonical\" href=\"https://cards.example/c/vote\">",
        "<meta property=\"og:url\" content=\"https://cards.example/c/vote\">",
        "<meta property=\"og:title\" content=\"下个月读什么?\">",
        "<title>下个月读什么? · 贝壳读书圈</title>",
    ] {
        assert!(page.text().contains(part), "{part} in {page:?}");
    }
    // Own pages are those of the public address.
    let check = |origin: &str, expected: u16| {
        let sent = client.post("/c/vote/act").header("origin", origin);
        assert_eq!(sent.json(&serde_json::json!({})).send().status, expected);
    };
    check(&host.origin(), 403);
    check("https://cards.example", 400);
}

#[test]
fn documents_hold_nothing_inline_and_their_policy_forbids_it() {
    let site = Site::start();
    let setup = polls()
        .site(&site)
        .plugin("hello")
        .card("hello", "quanka/hello", "")
        .card("gone", "quanka/poll", &format!("state = 'gone'\n{POLL}"))
        .card("shut", "quanka/poll", &format!("state = 'closed'\n{POLL}"));
    let host = Host::start(&setup);
    let client = host.client();
    let get = |path: &str| client.get(path).header("referer", &site.url("/")).send();
    let form = Form::in_document(get("/c/vote/embed").text());
    let done = form.send(&client, &[("choice", "a")], "");
    let after = client
        .get(done.header("location"))
        .header("referer", &host.url("/"));
    let documents = [
        get("/c/vote").expect(200),
        get("/c/vote/embed").expect(200),
        get("/c/vote/embed?theme=dark&lang=en&size=compact").expect(200),
        client.get("/c/vote/embed").send().expect(200),
        get("/c/hello/embed").expect(200),
        get("/c/shut/embed").expect(200),
        get("/c/gone").expect(410),
        get("/c/gone/embed").expect(410),
        get("/c/none/embed").expect(404),
        form.send(&client, &[], "").expect(422),
        client
            .post("/c/vote/act")
            .form(&[("choice", "b")])
            .send()
            .expect(403),
        after.header("cookie", &done.cookies()).send().expect(200),
    ];
    for answer in &documents {
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types quanka",
        ] {
            assert!(
                policy.split("; ").any(|found| found == directive),
                "{policy}"
            );
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!framed_by(answer).is_empty(), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let permissions = answer.header("permissions-policy");
        assert_eq!(permissions, "camera=(), microphone=(), geolocation=()");
        let referrer = answer.header("referrer-policy");
        assert_eq!(referrer, "strict-origin-when-cross-origin");
        assert_eq!(
            inline_parts(answer.text()),
            Vec::<String>::new(),
            "{answer:?}"
        );
        assert_assets_load(&client, answer.text());
    }
}

#[test]
fn what_is_inline_is_found() {
    let check = |html: &str, expected: &[&str]| assert_eq!(inline_parts(html), expected);
    check(
        "<p title=\"style=1 onclick=\">on=1 style=</p><img src=x alt='>'>",
        &[],
    );
    check("<p style=\"color:red\">", &["style"]);
    check("<p id=a ONCLICK=x>", &["onclick"]);
    check("<script src=\"/a.js\" defer></script>", &[]);
    check("<script>alert(1)</script><style>", &["<script>", "<style>"]);
    check("<a href=\"javascript:x\">", &["javascript:x"]);
    check("<p>a < b</p>", &[]);
}

/// What a policy without `unsafe-inline` would stop: inline scripts, styles
/// and handlers.
fn inline_parts(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, attributes) in tags(html) {
        let has = |wanted: &str| attributes.iter().any(|(name, _)| name == wanted);
        if name == "style" || (name == "script" && !has("src")) {
            found.push(format!("<{name}>"));
        }
        for (attribute, value) in attributes {
            if attribute == "style" || attribute.starts_with("on") {
                found.push(attribute);
            } else if value.trim().to_ascii_lowercase().starts_with("javascript:") {
                found.push(value);
            }
        }
    }
    found
}

/// The start tags of a document, each with its attributes, names in lower case.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = &rest[name_end..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest
                .find(|c: char| c.is_whitespace() || "=/>".contains(c))
                .unwrap_or(rest.len());
            let attribute = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            let mut value = "";
            if let Some(given) = rest.strip_prefix('=') {
                let quote = given.chars().next().filter(|c| "\"'".contains(*c));
                let (start, stop) = match quote {
                    Some(quote) => (1, given[1..].find(quote).map_or(given.len(), |at| at + 1)),
                    None => (0, given.find([' ', '>']).unwrap_or(given.len())),
                };
                value = &given[start..stop];
                rest = given[stop..].trim_start_matches(['"', '\'']);
            }
            attributes.push((attribute, value.to_owned()));
        }
        tags.push((name, attributes));
    }
    tags
}

/// Every script and style sheet of a document is there, of the right type, and
/// may be kept for ever.
#[track_caller]
fn assert_assets_load(client: &Client, html: &str) {
    let mut types = Vec::new();
    for (name, attributes) in tags(html) {
        let value = |wanted: &str| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map_or("", |(_, value)| value.as_str())
        };
        let url = match name.as_str() {
            "script" => value("src"),
            "link" if value("rel") == "stylesheet" => value("href"),
            _ => continue,
        };
        let asset = client.get(url).send().expect(200);
        let kept = asset.header("cache-control");
        assert_eq!(kept, "public, max-age=31536000, immutable", "{url}");
        assert_eq!(asset.header("x-content-type-options"), "nosniff");
        types.push(asset.header("content-type").to_owned());
    }
    assert_eq!(
        types,
        ["text/css; charset=utf-8", "text/javascript; charset=utf-8"]
    );
}

#[test]
fn the_article_that_led_here_is_led_back_to() {
    let site = Site::start();
    let host = Host::start(&polls().site(&site));
    let client = host.client();
    let with = |path: &str, article: &str| {
        let article: String = form_urlencoded::byte_serialize(article.as_bytes()).collect();
        let sep = if path.contains('?') { '&' } else { '?' };
        let request = client.get(&format!("{path}{sep}article={article}"));
        let request = request.header("referer", &site.url("/"));
        request.send().expect(200).text().to_owned()
    };
    let article = site.url("/a?b=c&d=e");
    let escaped = article.replace('&', "&amp;");
    let page = with("/c/vote", &article);
    let back = format!("<a class=\"qk-back\" href=\"{escaped}\">");
    assert!(page.contains(&back), "{page}");

    // From the frame to the page, and on from a form without a script.
    let encoded: String = form_urlencoded::byte_serialize(article.as_bytes()).collect();
    let frame = with("/c/vote/embed", &article);
    let own_page = format!("data-qk-page=\"{}?article={encoded}\"", host.url("/c/vote"));
    assert!(frame.contains(&own_page), "{frame}");
    assert!(
        frame.contains(&format!("&amp;article={encoded}\"")),
        "{frame}"
    );
    let form = Form::in_document(&page);
    let sent = form.send(&client, &[("choice", "a")], "");
    let back_to = sent.expect(303).header("location").to_owned();
    assert!(back_to.contains(&format!("article={encoded}")), "{back_to}");

    for elsewhere in [
        "https://evil.example/",
        "javascript:alert(1)",
        "/c/other",
        "",
    ] {
        for path in ["/c/vote", "/c/vote/embed"] {
            let html = with(path, elsewhere);
            assert!(!html.contains("qk-back"), "{elsewhere}");
            assert!(!html.contains("article="), "{elsewhere}: {html}");
        }
    }
}
