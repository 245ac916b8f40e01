//! What a card allows in which surroundings (surface.md, M1 to M3): told apart
//! by what a page cannot forge, or gains nothing by forging.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::eventually;
use quanka_tests::server::Host;
use quanka_tests::site::Site;

use crate::browser::support::{article, books, enter_card, enter_plain_frame};

/// M1, as WordPress frames what it does not know.
#[test]
fn a_frame_without_an_origin_only_leads_to_the_card() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<iframe sandbox='allow-scripts allow-popups allow-popups-to-escape-sandbox'
                 src='HOST/c/vote/embed' title=card width=600 height=480></iframe>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    enter_plain_frame(&browser);
    let open = browser.find_text("a", "打开卡片");
    assert_eq!(open.attribute("href"), host.url("/c/vote"));
    assert_eq!(open.attribute("target"), "_blank");
    assert_eq!(browser.script("return self.origin", &[]), "null");
    assert!(browser.find_all("button[name=_offer]").is_empty());
    assert!(browser.find_all("input:enabled").is_empty());
    assert_eq!(
        browser.find_all("input").len(),
        4,
        "what is asked can be read"
    );
    browser.assert_clean_console();
}

/// M2, whether the article uses the element or only a frame.
#[test]
fn a_site_that_is_not_registered_shows_and_leads_to_the_card() {
    let (registered, other) = (Site::start(), Site::start());
    let host = Host::start(&books(&registered));
    let check = |options: &Options, body: &str, enter: fn(&Browser)| {
        let browser = Browser::open_with(options);
        browser.goto(&article(&other, &host.origin(), body));
        enter(&browser);
        let open = browser.find_text("a", "打开卡片");
        assert_eq!(open.attribute("href"), host.url("/c/vote"));
        assert_eq!(open.attribute("target"), "_blank");
        let ways_to_act = browser.find_all("form, input, button[name=_offer]");
        assert!(ways_to_act.is_empty());
        let _ = browser.find_text(".qk-option", "边城");
        browser.assert_clean_console();
    };
    check(
        &Options::new(),
        "<circle-card card='HOST/c/vote'></circle-card>",
        |browser| enter_card(browser, "vote"),
    );
    check(
        &Options::new().without_scripts(),
        "<iframe src='HOST/c/vote/embed' title=card width=600 height=440></iframe>",
        enter_plain_frame,
    );
}

/// An unregistered page wins an interactive card by framing a registered page
/// that holds it, and lays something over it: the browser refuses, since all
/// ancestors must be registered.
#[test]
fn an_interactive_card_cannot_be_framed_from_elsewhere() {
    let (registered, other) = (Site::start(), Site::start());
    let host = Host::start(&books(&registered));
    let body = "<iframe src='HOST/c/vote/embed' title=card width=600 height=440></iframe>";
    let inner = article(&registered, &host.origin(), body);
    let check = |outer: &str, is_shown: bool| {
        let browser = Browser::open();
        browser.goto(outer);
        browser.enter(&browser.find("iframe"));
        browser.enter(&browser.find("iframe"));
        if is_shown {
            let _ = browser.find("button[name=_offer]");
            browser.assert_clean_console();
            return;
        }
        eventually("the browser to refuse", || {
            let said = browser.console().join("\n");
            said.contains("frame-ancestors").then_some(())
        });
        assert!(browser.find_all(".qk-card").is_empty());
    };
    let outer = format!("<!doctype html><iframe src='{inner}' width=700 height=700></iframe>");
    registered.page("/outer", outer.clone());
    other.page("/outer", outer);
    check(&registered.url("/outer"), true);
    check(&other.url("/outer"), false);
}

/// The card's own page is always interactive, and so in no frame at all.
#[test]
fn the_cards_own_page_cannot_be_framed() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<iframe src='HOST/c/vote' title=card width=600 height=440></iframe>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    eventually("the browser to refuse", || {
        let said = browser.console().join("\n");
        said.contains("frame-ancestors 'none'").then_some(())
    });
    browser.enter(&browser.find("iframe"));
    assert!(browser.find_all(".qk-card").is_empty());
}
