//! What stands in a frame when there is no card to tap: it says so, in words
//! that fit a small phone, in light and dark. Pictures of all are left under
//! `target/screenshots`.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::json;

use crate::browser::looks::assert_flawless;
use crate::browser::support::{BOOKS, article, books, choose, enter_card, frame, tap_vote, toast};

/// The cards of an article, and what each says.
const STATES: [(&str, &str); 5] = [
    ("past", "卡片已下线"),
    ("nothing", "没有这张卡片"),
    ("closed", "已结束"),
    ("empty", "这里还没有内容"),
    ("broken", "卡片暂时打不开"),
];

#[test]
fn in_light() {
    look(&Options::new(), "light");
}

#[test]
fn in_dark() {
    look(&Options::new().dark(), "dark");
}

fn look(options: &Options, theme: &str) {
    let site = Site::start();
    let in_state = |state: &str| format!("state = '{state}'\n{BOOKS}");
    let setup = books(&site)
        .guest("bare")
        .guest("trap")
        .card("past", "quanka/poll", &in_state("gone"))
        .card("closed", "quanka/poll", &in_state("closed"))
        .card("empty", "test/bare", "")
        .card(
            "members",
            "quanka/poll",
            &format!("{BOOKS}\nwho = 'signed-in'"),
        )
        .card("broken", "test/trap", "config.mode = 'render'");
    let host = Host::start(&setup);
    let body: String = STATES
        .iter()
        .map(|(card, _)| {
            format!("<circle-card card='HOST/c/{card}' style='margin: 12px 0'></circle-card>")
        })
        .collect();
    let url = article(&site, &host.origin(), &body);
    let members = "<circle-card card='HOST/c/members' lang=zh></circle-card>";
    let members = members.replace("HOST", &host.origin());
    let browser = Browser::open_with(options);
    for width in [320, 390] {
        browser.resize(width, 2800);
        browser.goto(&url);
        for (card, words) in STATES {
            browser.leave();
            browser.enter(&frame(&browser, card));
            let _ = browser.find_text("h1, p", words);
            assert_flawless(&browser, &[], &format!("{theme}, {width} px, {card}"));
        }
        browser.leave();
        browser.screenshot(&format!("states-{theme}-{width}"));

        // A tap that needs somebody, while the network goes away.
        let body = "document.querySelector('#after').insertAdjacentHTML('afterend', arguments[0])";
        browser.script(body, &[json!(members)]);
        enter_card(&browser, "members");
        choose(&browser, "边城");
        tap_vote(&browser);
        let _ = browser.find_text(".qk-retry", "登录");
        browser.script("dispatchEvent(new Event('offline'))", &[]);
        assert_eq!(toast(&browser), "网络已断开，恢复后会自动更新");
        assert_flawless(&browser, &[], "room for what was said");
        browser.leave();
        browser.screenshot(&format!("states-asked-{theme}-{width}"));
    }
}
