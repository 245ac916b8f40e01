//! `GET /c/{card}/view?as=svg|png`: a card as a picture, for previews and for
//! places that take nothing else.

use super::{expect_error, polls, vote};
use quanka_tests::client::Answer;
use quanka_tests::server::Host;

/// A PNG's width and height, as its first chunk has them.
fn pixels(answer: &Answer) -> (u32, u32) {
    assert!(answer.body.starts_with(b"\x89PNG\r\n\x1a\n"), "{answer:?}");
    let number = |at: usize| {
        let bytes = answer.body[at..at + 4].try_into().expect("four bytes");
        u32::from_be_bytes(bytes)
    };
    (number(16), number(20))
}

#[test]
fn a_picture_is_for_any_page_in_three_sizes() {
    let host = Host::start(&polls());
    let client = host.client();
    for (query, expected) in [
        ("as=png", (1200, 630)),
        ("as=png&width=1200&v=anything", (1200, 630)),
        ("as=png&width=600", (600, 315)),
        ("as=png&width=280&lang=en", (280, 147)),
    ] {
        let picture = client
            .get(&format!("/c/vote/view?{query}"))
            .send()
            .expect(200);
        assert_eq!(pixels(&picture), expected, "{query}");
        for (name, value) in [
            ("content-type", "image/png"),
            ("content-encoding", ""),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            (
                "cache-control",
                "public, max-age=300, s-maxage=60, stale-while-revalidate=86400",
            ),
            ("set-cookie", ""),
        ] {
            assert_eq!(picture.header(name), value, "{query} {name}");
        }
        let known = client
            .get(&format!("/c/vote/view?{query}"))
            .header("if-none-match", picture.header("etag"));
        let _ = known.send().expect(304);
    }
    let accepted = client
        .get("/c/vote/view")
        .header("accept", "image/*")
        .send();
    assert_eq!(pixels(&accepted.expect(200)), (1200, 630));
    let svg = client.get("/c/vote/view?as=svg").send().expect(200);
    assert_eq!(svg.header("content-type"), "image/svg+xml; charset=utf-8");
    assert_eq!(svg.header("cross-origin-resource-policy"), "cross-origin");
    assert!(svg.text().starts_with("<svg xmlns="), "{svg:?}");
    assert!(svg.text().contains("下个月读什么?"), "{svg:?}");
    for wrong in [
        "as=png&width=601",
        "as=png&width=",
        "as=png&me=1",
        "as=svg&me=1",
    ] {
        let answer = client.get(&format!("/c/vote/view?{wrong}")).send();
        expect_error(&answer, 400, "bad_request");
    }
}

#[test]
fn a_picture_changes_with_its_card() {
    let host = Host::start(&polls());
    let client = host.client();
    let picture = || client.get("/c/vote/view?as=png").send().expect(200);
    let before = picture();
    assert_eq!(picture().header("etag"), before.header("etag"));
    let named = |page: Answer| {
        let rest = page
            .text()
            .split_once("og:image\" content=\"")
            .map(|(_, rest)| rest.to_owned());
        let url = rest.unwrap_or_else(|| panic!("a picture in {page:?}"));
        url.split('"').next().unwrap_or_default().to_owned()
    };
    let address_before = named(client.get("/c/vote").send().expect(200));
    let _ = vote(&client, "a", "one");
    assert_ne!(picture().header("etag"), before.header("etag"));
    let address = named(client.get("/c/vote").send().expect(200));
    assert_ne!(address, address_before);
}

#[test]
fn a_host_that_paints_none_promises_none() {
    let host = Host::start(&polls().section("picture", "paints_at_once_max = 0"));
    let client = host.client();
    let refused = client.get("/c/vote/view?as=png").send();
    expect_error(&refused, 404, "pictures_off");
    let _ = client.get("/c/vote/view?as=svg").send().expect(200);
    let page = client.get("/c/vote").send().expect(200);
    assert!(!page.text().contains("og:image"), "{page:?}");
    let url = form_urlencoded::byte_serialize(host.url("/c/vote").as_bytes()).collect::<String>();
    let said = client.get(&format!("/oembed?url={url}")).send().expect(200);
    assert!(!said.text().contains("thumbnail"), "{said:?}");
}

#[test]
fn a_host_without_chinese_type_says_so_and_serves_all_the_same() {
    let fonts = tempfile::tempdir().expect("the temporary directory is writable");
    let setup = polls().section(
        "picture",
        &format!("fonts = ['{}']", fonts.path().display()),
    );
    let host = Host::start(&setup);
    host.expect_log("no font here has Chinese");
    let picture = host.client().get("/c/vote/view?as=png").send().expect(200);
    assert_eq!(pixels(&picture), (1200, 630));
}

#[test]
fn who_waits_too_long_for_a_picture_is_sent_away() {
    // Less than any picture takes.
    let host = Host::start(&polls().section("picture", "paint_timeout_ms = 1"));
    let client = host.client();
    let refused = client.get("/c/vote/view?as=png").send();
    expect_error(&refused, 503, "overloaded");
    assert_eq!(refused.header("retry-after"), "2");
}
