//! A reader without a pointer.

use quanka_tests::browser::Browser;
use serde_json::json;

use crate::browser::support::{enter_card, frame, poll_in_article, results, toast, turnout};

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";

#[test]
fn votes_from_the_article_to_the_result() {
    let (_site, host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    let card = frame(&browser, "vote");
    browser.script("document.querySelector('h1').tabIndex = 0", &[]);
    browser.script("document.querySelector('h1').focus()", &[]);
    browser.press(TAB);
    browser.enter(&card);
    let focused = |browser: &Browser| {
        browser.script(
            "const { nodeName, value } = document.activeElement;
             return nodeName === 'INPUT' ? [nodeName, value] : [nodeName]",
            &[],
        )
    };
    assert_eq!(focused(&browser), json!(["INPUT", "a"]));
    browser.press("\u{E015}");
    assert_eq!(
        focused(&browser),
        json!(["INPUT", "b"]),
        "the arrow chooses"
    );
    browser.press(" ");
    browser.press(TAB);
    assert_eq!(browser.focused().text(), "投票");
    browser.press(ENTER);
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser)[1], "《呼兰河传》萧红 ✓ 你的选择 1 · 100%");

    // The button is gone; the focus stays in the card, before what is next.
    assert_eq!(browser.focused().attribute("aria-label"), "下个月读什么？");
    browser.press(TAB);
    assert_eq!(browser.focused().text(), "改投");
    browser.press(ENTER);
    browser.press(TAB);
    assert_eq!(focused(&browser), json!(["INPUT", "b"]), "their own vote");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
    browser.assert_clean_console();
}

#[test]
fn a_wrong_input_is_where_the_focus_goes() {
    let (_site, host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    // A browser asks for a choice itself; here it has been told not to.
    browser.script("document.querySelector('form').noValidate = true", &[]);
    browser.find("form > .qk-button").click();
    let message = browser.find(".qk-message:not([hidden])");
    assert_eq!(message.text(), "请选择一项");
    assert_eq!(browser.focused().attribute("type"), "radio");
    assert_eq!(browser.focused().attribute("aria-invalid"), "true");
    browser.press(" ");
    assert!(!message.is_displayed(), "it goes when it is answered");
    assert_eq!(turnout(&host.client(), "vote"), "还没有人投票");
}
