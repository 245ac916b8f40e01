//! What a reader sees of themselves, and what publishers paste.

use super::expect_none;
use crate::browser::support::{BOOKS, article, books, choose, enter_card, heard, tap_vote, toast};
use quanka_tests::browser::{Browser, Options};
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER};
use quanka_tests::site::Site;
use serde_json::json;

const CARDS: &str = "<circle-card card='HOST/c/members'></circle-card>";

/// In the order in which a reader comes by.
fn look(options: &Options) {
    let site = Site::start();
    let daily = Publisher::new(PUBLISHER);
    let members = format!("{BOOKS}\nwho = 'signed-in'");
    let setup = books(&site)
        .publisher(&daily)
        .card("members", "quanka/poll", &members);
    let host = Host::start(&setup);
    let browser = Browser::open_with(options);
    let at = |path: &str, expected: &str| {
        browser.goto(&host.url(path));
        let _ = browser.find_text("body", expected);
        expect_none(&browser, path);
    };
    at("/c/vote/snippets", "下个月读什么");
    at("/c/vote/snippets?lang=en", "Put this card elsewhere");
    at("/me", "这里没有你的数据");

    // Asked to sign in: in the article, on the card's own page, and without script.
    browser.goto(&article(&site, &host.origin(), CARDS));
    ask_too_early(&browser, "members");
    expect_none(&browser, "asked to sign in, in an article");
    browser.leave();
    eventually("the article to be asked", || {
        let mut heard = heard(&browser).into_iter();
        heard.find(|event| event[0] == "auth-required")
    });
    let jwt = daily.token(&host.origin(), "reader-1", "阿南");
    let sign_in = "document.querySelector('circle-card').signIn(arguments[0])";
    browser.script(sign_in, &[json!(jwt)]);
    enter_card(&browser, "members");
    assert_eq!(toast(&browser), "已投票");
    let _ = browser.find(".qk-account");
    expect_none(&browser, "signed in, in an article");
    browser.leave();

    browser.goto(&host.url("/c/members"));
    choose(&browser, "边城");
    tap_vote(&browser);
    let _ = browser.find(".qk-form-message:not([hidden])");
    expect_none(&browser, "asked to sign in, on the card's own page");
    let send = "
        const form = document.querySelector('form.qk-form');
        const name = '_offer', value = form.querySelector('[name=_offer]').value;
        form.append(Object.assign(document.createElement('input'), { name, value }));
        HTMLFormElement.prototype.submit.call(form)";
    browser.script(send, &[]);
    let _ = browser.find_text("h1", "需要先登录");
    expect_none(&browser, "asked to sign in, without script");

    // Their own page, from its first line to the last.
    let jwt = daily.token(&host.origin(), "reader-1", "阿南");
    let sign_in = "
        const init = { method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ jwt: arguments[0], card: 'vote' }) };
        return (await fetch('/session', init)).status";
    browser.goto(&host.url("/c/vote"));
    assert_eq!(browser.script_awaited(sign_in, &[json!(jwt)]), 200);
    at("/me", "阿南");
    at("/me/delete", "确定要删除吗");
    browser.find("form[action='/me/delete'] button").click();
    let receipt = browser.find("main code").text();
    assert!(receipt.starts_with("er_"), "{receipt}");
    expect_none(&browser, "the receipt");
    at("/me", "这里没有你的数据");
}

/// Votes where only those may who are signed in.
#[track_caller]
fn ask_too_early(browser: &Browser, card: &str) {
    enter_card(browser, card);
    choose(browser, "边城");
    tap_vote(browser);
    let _ = browser.find(".qk-retry");
}

#[test]
fn nothing_serious_in_light() {
    look(&Options::new());
}

#[test]
fn nothing_serious_in_dark() {
    look(&Options::new().dark());
}
