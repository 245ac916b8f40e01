//! WordPress, which does not know this host: its discovery, its filters and
//! the script it adds, each as it is. What it leaves of a card is a frame
//! without an origin, which can only grow and lead to the card (M1).

use quanka_tests::browser::Browser;
use quanka_tests::consumers;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;

const POLL: &str = "config.question = '下个月读什么？'
     config.options = [{ id = 'a', text = '三体' }, { id = 'b', text = '边城' }]";

#[test]
fn a_pasted_link_becomes_a_card_that_leads_to_its_page() {
    let site = Site::start();
    let setup = Setup::new()
        .plugin("poll")
        .card("vote", "quanka/poll", POLL);
    let host = Host::start(&setup);
    let said = consumers::wordpress(&host.url("/c/vote"));

    let found = said["found"].as_str().unwrap_or_default();
    assert!(found.starts_with(&host.url("/oembed?url=")), "{said:#}");
    let html = said["html"].as_str().unwrap_or_default();
    // Only a frame is left, in WordPress's own sandbox.
    let secret = html.split("data-secret=\"").nth(1);
    let secret = secret
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    assert_eq!(secret.len(), 10, "{html}");
    assert_eq!(
        html.replace(&host.origin(), "HOST")
            .replace(secret, "SECRET"),
        "<iframe class=\"wp-embedded-content\" sandbox=\"allow-scripts\" security=\"restricted\" \
         title=\"下个月读什么？ · 贝壳读书圈\" src=\"HOST/c/vote/embed#?secret=SECRET\" \
         data-secret=\"SECRET\" width=\"600\" height=\"440\" frameborder=\"0\"></iframe>"
    );

    let script = consumers::wordpress_script();
    site.file("/wp-embed.js", "text/javascript", script);
    site.page(
        "/post",
        format!(
            "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>文章</title>
             <p>正文。</p>{html}<script src=/wp-embed.js></script>"
        ),
    );
    let browser = Browser::open();
    browser.goto(&site.url("/post"));
    let frame = browser.find("iframe");
    // As tall as the card, by WordPress's script at the card's word.
    let height = eventually("the frame to be as tall as the card", || {
        let height = frame.attribute("height").parse::<u32>().ok();
        height.filter(|&height| height != 440)
    });
    browser.enter(&frame);
    let _ = browser.find_text(".qk-card", "边城");
    assert!(browser.find_all("button[name=_offer]").is_empty());
    let content = browser.script("return document.documentElement.scrollHeight", &[]);
    assert_eq!(content.as_u64(), Some(u64::from(height)));

    // The sandbox allows no new window, and the page goes there instead.
    browser.find_text("a", "打开卡片").click();
    browser.leave();
    eventually("the card's own page", || {
        (browser.url() == host.url("/c/vote")).then_some(())
    });
}
