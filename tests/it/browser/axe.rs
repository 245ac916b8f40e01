//! Whatever a card shows can be seen, heard and used by whoever comes: axe
//! finds nothing serious, in both themes, on every kind of document.

mod order;
mod readers;

use super::support::{article, enter_card, frame};
use quanka_tests::browser::{Browser, Options};
use quanka_tests::demo::Demo;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;

/// Every guest that behaves, every kind of node and of input among them.
const CARDS: [&str; 4] = ["echo", "counter", "vote", "closed"];

fn setup(site: &Site) -> Setup {
    Setup::new()
        .site(site)
        .plugin("poll")
        .guest("echo")
        .guest("counter")
        .guest("trap")
        .card("echo", "test/echo", "")
        .card("counter", "test/counter", "")
        .card("vote", "quanka/poll", super::support::BOOKS)
        .card(
            "closed",
            "quanka/poll",
            &format!("state = 'closed'\n{}", super::support::WAYS),
        )
        .card("faulty", "test/trap", "config.mode = 'render'")
        .card("gone", "quanka/poll", "state = 'gone'")
}

#[track_caller]
pub(super) fn expect_none(browser: &Browser, what: &str) {
    let violations = browser.axe();
    assert!(violations.is_empty(), "{what}:\n{}", violations.join("\n"));
}

fn look(options: &Options) {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = Browser::open_with(options);
    for card in CARDS.into_iter().chain(["faulty", "gone", "unknown"]) {
        for path in ["", "/embed", "?lang=en&size=compact"] {
            let path = format!("/c/{card}{path}");
            browser.goto(&host.url(&path));
            expect_none(&browser, &path);
        }
    }
    // In an article, where they can be acted on.
    for card in CARDS {
        let body = format!("<circle-card card='HOST/c/{card}'></circle-card>");
        browser.goto(&article(&site, &host.origin(), &body));
        let _ = frame(&browser, card);
        expect_none(&browser, &format!("the article around {card}"));
        enter_card(&browser, card);
        expect_none(&browser, &format!("{card} in its article"));
        browser.leave();
    }
}

#[test]
fn nothing_serious_in_light() {
    look(&Options::new());
}

#[test]
fn nothing_serious_in_dark() {
    look(&Options::new().dark());
}

/// The demo's own articles are what a publisher copies.
#[test]
fn nothing_serious_in_the_demo() {
    let demo = Demo::start();
    let browser = Browser::open();
    for path in [
        "/index.html",
        "/reading.html",
        "/walk.html",
        "/goods.html",
        "/habit.html",
    ] {
        browser.goto(&demo.article(path));
        expect_none(&browser, path);
    }
}

#[test]
fn axe_sees_what_is_wrong() {
    let site = Site::start();
    let browser = Browser::open();
    let check = |body: &str, rule: &str| {
        site.page(
            "/",
            format!("<!doctype html><html lang=en><title>x</title><main><h1>x</h1>{body}</main>"),
        );
        browser.goto(&site.url("/"));
        let found = browser.axe();
        match rule {
            "" => assert!(found.is_empty(), "{body}: {found:?}"),
            _ => assert!(
                found.iter().any(|line| line.contains(rule)),
                "{body}: {found:?}"
            ),
        }
    };
    check("<p>fine</p>", "");
    check(
        "<p style='color: #ccc; background: #fff'>pale</p>",
        "color-contrast",
    );
    check("<input>", "label");
    check("<button></button>", "button-name");
    check("<img src='data:,'>", "image-alt");
}
