//! The sample community: its cards are full of what readers said and did, and
//! look well so; each of the sample's readers finds what is theirs.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::demo::Demo;
use quanka_tests::eventually;
use serde_json::json;

use crate::browser::axe::expect_none;
use crate::browser::looks::assert_flawless;
use crate::browser::support::enter_card;

/// Each card of the community: its article, and what is on it for everybody.
const CARDS: [(&str, &str, &str); 5] = [
    ("/reading.html", "beike", "位成员"),
    ("/walk.html", "groups", "河岸线"),
    ("/goods.html", "goods", "看好"),
    ("/goods.html", "autumn", "人参加"),
    ("/habit.html", "still", "本周"),
];

/// The readers that the site signs in, and what they are to the circle of the
/// good things.
const READERS: [(&str, &str); 5] = [
    ("阿南", "推荐好物"),
    ("小贝", "加入圈子"),
    ("青禾", "推荐好物"),
    ("石头", "推荐好物"),
    ("老徐", "管理"),
];

#[test]
fn is_there_and_looks_well() {
    let demo = Demo::with_community();
    for (theme, options) in [("light", Options::new()), ("dark", Options::new().dark())] {
        let browser = Browser::open_with(&options.viewport(390, 844));
        for (article, card, text) in CARDS {
            browser.goto(&demo.article(article));
            enter_card(&browser, card);
            sees(&browser, text);
            // Lists are longer than a card in an article, and go on elsewhere.
            let place = format!("{card} in {article}, {theme}");
            assert_flawless(&browser, &["cut off"], &place);
            browser.leave();
            browser.screenshot(&format!("community-{theme}-{card}"));
            browser.goto(&demo.url(&format!("/c/{card}")));
            sees(&browser, text);
            assert_flawless(&browser, &[], &format!("{card}, {theme}"));
            expect_none(&browser, &format!("/c/{card}, {theme}"));
            browser.screenshot(&format!("community-{theme}-{card}-page"));
        }
        browser.assert_clean_console();
    }
    for (name, text) in READERS {
        let browser = Browser::open_with(&Options::new().viewport(390, 844));
        browser.goto(&demo.article("/goods.html"));
        browser.find(".reader").click();
        browser.find_text("dialog[open] button", name).click();
        enter_card(&browser, "goods");
        sees(&browser, text);
        browser.leave();
        browser.screenshot(&format!("community-as-{name}"));
    }
}

fn sees(browser: &Browser, text: &str) {
    let look = "return document.querySelector('.qk-card')?.textContent.includes(arguments[0])";
    eventually(text, || {
        (browser.script(look, &[json!(text)]) == true).then_some(())
    });
}
