//! Taps that come twice, and answers that never come: one tap is one vote.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::eventually;
use quanka_tests::proxy::Proxy;
use quanka_tests::server::Host;
use quanka_tests::site::Site;

use crate::browser::support::{
    article, books, choose, enter_card, enter_plain_frame, heard, poll_in_article, results,
    tap_vote, toast, turnout,
};

#[test]
fn a_double_tap_is_one_vote() {
    let (_site, host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    browser.find("form > .qk-button").click_twice();
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
    browser.assert_clean_console();
}

/// A host behind a bad line, and an article with its card.
fn behind_a_bad_line(body: &str) -> (Site, Proxy, Host, String) {
    let (site, proxy) = (Site::start(), Proxy::start());
    let public_url = format!("public_url = '{}'", proxy.origin());
    let host = Host::start(&books(&site).section("server", &public_url));
    proxy.lead_to(&host.origin());
    let url = article(&site, &proxy.origin(), body);
    (site, proxy, host, url)
}

#[test]
fn a_lost_answer_is_had_by_asking_again() {
    let (_site, proxy, host, url) =
        behind_a_bad_line("<circle-card card='HOST/c/vote'></circle-card>");
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    // On connections that were used before, the browser asks again by itself,
    // up to twice: more than that is for the card to do.
    proxy.lose_answers(3);
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(proxy.lost(), 3);
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");

    // The session came with the second answer.
    browser.leave();
    browser.reload();
    enter_card(&browser, "vote");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
}

#[test]
fn a_line_that_stays_bad_is_said_and_tried_again() {
    let (_site, proxy, host, url) =
        behind_a_bad_line("<circle-card card='HOST/c/vote'></circle-card>");
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    proxy.lose_answers(usize::MAX);
    tap_vote(&browser);
    let retry = browser.find(".qk-retry");
    let message = browser.find(".qk-form-message").text();
    assert!(message.contains("没有送达"), "{message}");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与", "it was done");
    browser.leave();
    let error = eventually("the article to hear of it", || {
        let heard = heard(&browser);
        heard.into_iter().find(|event| event[0] == "error")
    });
    assert_eq!(error[2]["code"], "network");

    proxy.lose_answers(0);
    enter_card(&browser, "vote");
    retry.click();
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
}

/// A host that is away for a moment, as when it is upgraded.
#[test]
fn a_tap_outlives_a_restart() {
    let (_site, mut host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    host.kill();
    tap_vote(&browser);
    let _ = browser.find("form[aria-busy=true]");
    host.restart();
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
}

/// Without scripts the reader sees the browser's own error, goes back and taps
/// again.
#[test]
fn without_scripts_a_lost_answer_is_had_by_tapping_again() {
    let (_site, proxy, host, url) = behind_a_bad_line(
        "<iframe src='HOST/c/vote/embed' title=card width=600 height=440></iframe>",
    );
    let browser = Browser::open_with(&Options::new().without_scripts());
    browser.goto(&url);
    enter_plain_frame(&browser);
    choose(&browser, "边城");
    proxy.lose_answers(3);
    tap_vote(&browser);
    eventually("a lost answer", || (proxy.lost() > 0).then_some(()));
    proxy.lose_answers(0);
    browser.leave();
    browser.script("history.back()", &[]);
    enter_plain_frame(&browser);
    if results(&browser).is_empty() {
        choose(&browser, "边城");
        tap_vote(&browser);
        assert_eq!(toast(&browser), "已投票");
    }
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
}
