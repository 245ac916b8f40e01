//! Libraries of npm and PyPI, asked about a real host.

use quanka_tests::consumers;
use quanka_tests::server::{Host, Setup};
use serde_json::Value;

/// A title that markup, XML and URLs would stumble over.
const POLL: &str = "config.question = '读《A&B》还是 <\"C\">？'
     config.options = [{ id = 'a', text = '三体' }, { id = 'b', text = '边城' }]";

const TITLE: &str = "读《A&B》还是 <\"C\">？";

fn start() -> Host {
    Host::start(
        &Setup::new()
            .plugin("poll")
            .card("vote", "quanka/poll", POLL),
    )
}

/// What stands at some places of what was said. Of the host's address `HOST`
/// is left, and of the view's version nothing.
#[track_caller]
fn check(host: &Host, said: &Value, expected: &[(&str, &str)]) {
    for (place, expected) in expected {
        let found = said.pointer(place).unwrap_or(&Value::Null);
        let found = found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned);
        let found = found.replace(&host.origin(), "HOST");
        let found = found.split("&v=").next().unwrap_or_default();
        assert_eq!(&found, expected, "{place} in {said:#}");
    }
}

/// The beginning of the frame in an answer.
fn frame(said: &Value, place: &str, host: &Host) -> String {
    let html = said.pointer(place).and_then(Value::as_str);
    let html = html.unwrap_or_else(|| panic!("no {place} in {said:#}"));
    let frame = html
        .split_once("<iframe ")
        .and_then(|(_, rest)| rest.split_once(" frameborder"));
    let (attributes, _) = frame.unwrap_or_else(|| panic!("no frame in {html}"));
    attributes.replace(&host.origin(), "HOST")
}

#[test]
fn libraries_of_npm_find_the_card_and_its_picture() {
    let host = start();
    let said = consumers::npm(&host.url("/c/vote"));
    check(
        &host,
        &said,
        &[
            ("/unfurl/oEmbed/type", "rich"),
            ("/unfurl/oEmbed/version", "1.0"),
            ("/unfurl/oEmbed/title", TITLE),
            ("/unfurl/oEmbed/author_name", "贝壳读书圈"),
            ("/unfurl/oEmbed/provider_name", "贝壳日报"),
            ("/unfurl/oEmbed/width", "640"),
            ("/unfurl/oEmbed/height", "440"),
            ("/unfurl/oEmbed/thumbnails/0/width", "1200"),
            ("/unfurl/canonical_url", "HOST/c/vote"),
            ("/unfurl/open_graph/title", TITLE),
            ("/unfurl/open_graph/locale", "zh_CN"),
            (
                "/unfurl/open_graph/images/0/url",
                "HOST/c/vote/view?as=png&width=1200&lang=zh-CN",
            ),
            ("/unfurl/open_graph/images/0/height", "630"),
            ("/unfurl/twitter_card/card", "summary_large_image"),
            ("/openGraph/success", "true"),
            ("/openGraph/ogTitle", TITLE),
            ("/openGraph/ogSiteName", "贝壳读书圈"),
            ("/openGraph/ogUrl", "HOST/c/vote"),
            ("/openGraph/ogImage/0/type", "image/png"),
            ("/openGraph/ogImage/0/alt", TITLE),
            (
                "/openGraph/twitterImage/0/url",
                "HOST/c/vote/view?as=png&width=1200&lang=zh-CN",
            ),
        ],
    );
    // This library unescapes every text it reads, markup too.
    assert_eq!(
        frame(&said, "/unfurl/oEmbed/html", &host),
        format!(
            "src=\"HOST/c/vote/embed\" title=\"{TITLE} · 贝壳读书圈\" width=\"640\" height=\"440\""
        )
    );
}

#[test]
fn libraries_of_pypi_embed_the_card_in_the_room_they_have() {
    let host = start();
    let said = consumers::pypi(&host.url("/c/vote"));
    check(
        &host,
        &said,
        &[
            ("/pyoembed/type", "rich"),
            ("/pyoembed/title", TITLE),
            // 500 × 300 at most.
            ("/pyoembed/width", "500"),
            ("/pyoembed/height", "96"),
            ("/pyoembed/thumbnail_width", "280"),
            ("/pyoembed/cache_age", "3600"),
            ("/micawber/title", TITLE),
            ("/micawber/width", "400"),
            ("/micawber/height", "440"),
        ],
    );
    let title = "title=\"读《A&amp;B》还是 &lt;&quot;C&quot;&gt;？ · 贝壳读书圈\"";
    assert_eq!(
        frame(&said, "/pyoembed/html", &host),
        format!("src=\"HOST/c/vote/embed?size=compact\" {title} width=\"500\" height=\"96\"")
    );
    // A line of text with the link has become the card.
    assert_eq!(
        frame(&said, "/article", &host),
        format!("src=\"HOST/c/vote/embed\" {title} width=\"400\" height=\"440\"")
    );
}
