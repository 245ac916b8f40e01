//! `GET /c/{card}/snippets`: what to paste where.

use super::polls;
use quanka_tests::server::Host;

/// The texts to paste, unescaped.
fn to_paste(page: &str) -> Vec<String> {
    let areas = page.split("<textarea").skip(1);
    let texts = areas.filter_map(|area| area.split_once(">\n")?.1.split_once("</textarea>"));
    texts
        .map(|(text, _)| {
            let text = text.replace("&lt;", "<").replace("&gt;", ">");
            text.replace("&quot;", "\"").replace("&amp;", "&")
        })
        .collect()
}

#[test]
fn there_is_something_to_paste_for_every_place() {
    let setup = polls().section("server", "public_url = 'https://cards.example'");
    let host = Host::start(&setup);
    let client = host.client();
    let page = client.get("/c/vote/snippets").send().expect(200);
    let address = "https://cards.example/c/vote";
    assert_eq!(
        to_paste(page.text()),
        [
            address,
            "<circle-card card=\"https://cards.example/c/vote\">\n  \
             <a href=\"https://cards.example/c/vote\">下个月读什么? · 贝壳读书圈</a>\n\
             </circle-card>\n\
             <script async src=\"https://cards.example/embed/v1.js\"></script>",
            "<iframe src=\"https://cards.example/c/vote/embed\" \
             title=\"下个月读什么? · 贝壳读书圈\" width=\"100%\" height=\"440\" \
             frameborder=\"0\" loading=\"lazy\" \
             referrerpolicy=\"strict-origin-when-cross-origin\" \
             sandbox=\"allow-scripts allow-same-origin allow-forms allow-popups \
             allow-popups-to-escape-sandbox\"></iframe>",
            "<p><a href=\"https://cards.example/c/vote\">\
             <img src=\"https://cards.example/c/vote/view?as=png&amp;width=600&amp;lang=zh-CN\" \
             width=\"600\" height=\"315\" alt=\"下个月读什么?\"></a><br>\n\
             <a href=\"https://cards.example/c/vote\">下个月读什么? · 打开卡片参与</a></p>",
            address,
        ]
    );
    assert!(page.text().contains("content=\"noindex\""), "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let english = client.get("/c/vote/snippets?lang=en").send().expect(200);
    assert!(
        english.text().contains("Put this card elsewhere"),
        "{english:?}"
    );
    let _ = client.get("/c/none/snippets").send().expect(404);

    // Without pictures there is nothing for places that take only those.
    let host = Host::start(&polls().section("picture", "paints_at_once_max = 0"));
    let page = host.client().get("/c/vote/snippets").send().expect(200);
    assert_eq!(to_paste(page.text()).len(), 3, "{page:?}");
}
