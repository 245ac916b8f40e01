//! `<circle-card>` as the article's author and script know it: when it loads,
//! what it says, how it goes away.

use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::support::{
    article, books, choose, enter_card, frame, heard, poll_in_article, results, tap_vote, toast,
};

/// The events of one type.
fn of_type(browser: &Browser, wanted: &str) -> Vec<Value> {
    let events = heard(browser).into_iter();
    events.filter(|event| event[0] == wanted).collect()
}

#[test]
fn tells_the_article_what_happened() {
    let (_site, _host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    browser.leave();
    let ready = of_type(&browser, "ready");
    assert_eq!(ready.len(), 1, "{ready:?}");
    assert_eq!(ready[0][1], "vote");
    let height = ready[0][2]["height"].as_u64().expect("a height");
    assert!((300..=440).contains(&height), "{height}");
    let version = ready[0][2]["version"].as_str().expect("a version");
    assert_eq!(version.len(), 16, "{version}");
    assert!(of_type(&browser, "vote").is_empty());

    enter_card(&browser, "vote");
    choose(&browser, "边城");
    tap_vote(&browser);
    let _ = toast(&browser);
    browser.leave();
    eventually("the event of a vote", || {
        (of_type(&browser, "vote") == [json!(["vote", "vote", {}])]).then_some(())
    });
    assert!(of_type(&browser, "error").is_empty());
    browser.assert_clean_console();
}

#[test]
fn waits_for_a_click() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<circle-card card='HOST/c/vote' load=click></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    let button = browser.find_by_script(
        "document.querySelector('circle-card').shadowRoot?.querySelector('button')",
    );
    assert_eq!(button.text(), "显示卡片");
    let asked = |browser: &Browser| {
        let requests = browser.requests().into_iter();
        requests
            .filter(|request| request.url.contains("/c/"))
            .count()
    };
    assert_eq!(asked(&browser), 0, "before the click");
    button.click();
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    browser.leave();
    assert_eq!(asked(&browser), 1, "after the click");
}

#[test]
fn waits_until_it_comes_near() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<div style='height: 5000px'></div><circle-card card='HOST/c/vote'></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    let _ = browser.find_by_script("document.querySelector('circle-card').shadowRoot");
    // What is near is known after a frame has been drawn.
    let frames = "await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
                  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
                  const card = document.querySelector('circle-card');
                  return card.shadowRoot.querySelectorAll('iframe').length";
    assert_eq!(browser.script_awaited(frames, &[]), 0);
    browser.script(
        "document.querySelector('circle-card').scrollIntoView()",
        &[],
    );
    enter_card(&browser, "vote");
    browser.leave();
    assert_eq!(browser.layout_shift(), 0.0);
}

#[test]
fn goes_away_without_a_trace() {
    let (_site, _host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    browser.leave();
    let own_globals =
        "return Object.keys(window).filter(name => /card|circle|quanka|qk/i.test(name))";
    assert_eq!(browser.script(own_globals, &[]), json!([]));
    let left = browser.script(
        "window.card = document.querySelector('circle-card');
         card.remove();
         return card.shadowRoot.childElementCount",
        &[],
    );
    assert_eq!(left, 0);

    browser.script("document.body.prepend(card)", &[]);
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    browser.assert_clean_console();
}

#[test]
fn follows_its_attributes() {
    let (_site, _host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    let paper = |browser: &Browser| {
        let body = "return getComputedStyle(document.querySelector('.qk-frame'), '::before')
                    .backgroundColor";
        browser.script(body, &[])
    };
    enter_card(&browser, "vote");
    assert_eq!(paper(&browser), "rgb(252, 250, 245)");
    choose(&browser, "边城");
    browser.leave();
    let set = |name: &str, value: &str| {
        browser.leave();
        let body = "document.querySelector('circle-card').setAttribute(...arguments)";
        browser.script(body, &[json!(name), json!(value)]);
        enter_card(&browser, "vote");
    };
    set("theme", "dark");
    eventually("dark paper", || {
        (paper(&browser) == "rgb(29, 28, 25)").then_some(())
    });
    assert!(
        browser.find("input[value=a]").is_selected(),
        "what was chosen stays"
    );
    set("size", "compact");
    let _ = browser.find_text(".qk-compact .qk-badge", "投票中");
    browser.leave();
    assert_eq!(browser.find("circle-card").property("offsetHeight"), 96);
}

/// What does not fit is cut off, until the reader asks for it.
#[test]
fn grows_when_the_reader_asks() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<circle-card card='HOST/c/vote' height=240></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    enter_card(&browser, "vote");
    browser.leave();
    let card = browser.find("circle-card");
    assert_eq!(card.property("offsetHeight"), 240);
    enter_card(&browser, "vote");
    browser.find_text(".qk-more-button", "展开").click();
    browser.leave();
    let height = eventually("a taller card", || {
        card.property("offsetHeight")
            .as_u64()
            .filter(|height| *height > 240)
    });
    let resized = of_type(&browser, "resize");
    assert_eq!(resized, [json!(["resize", "vote", {"height": height}])]);
    enter_card(&browser, "vote");
    eventually("nothing more to show", || {
        browser
            .find_all(".qk-more-button")
            .iter()
            .all(|more| !more.is_displayed())
            .then_some(())
    });
    choose(&browser, "老人与海");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser).len(), 4);
    browser.leave();
    let results_height = card.property("offsetHeight").as_u64();

    enter_card(&browser, "vote");
    browser.find_text("summary", "改投").click();
    browser.leave();
    eventually("room for what was opened", || {
        (card.property("offsetHeight").as_u64() > results_height).then_some(())
    });
    enter_card(&browser, "vote");
    assert!(browser.find("form > .qk-button").is_displayed());
}

#[test]
fn says_that_a_card_is_gone_or_unknown() {
    let site = Site::start();
    let host = Host::start(&books(&site).card("past", "quanka/poll", &gone()));
    let body = "<circle-card card='HOST/c/past'></circle-card>
                <circle-card card='HOST/c/nothing'></circle-card>
                <circle-card card='HOST/c/vote'></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    for (card, title) in [("past", "卡片已下线"), ("nothing", "没有这张卡片")] {
        browser.leave();
        browser.enter(&frame(&browser, card));
        assert_eq!(browser.find("h1").text(), title);
    }
    browser.leave();
    assert_eq!(of_type(&browser, "gone"), [json!(["gone", "past", null])]);
    let errors = of_type(&browser, "error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (&errors[0][1], &errors[0][2]["code"]),
        (&json!("nothing"), &json!("card_unknown"))
    );
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票", "the neighbour");
}

fn gone() -> String {
    format!("state = 'gone'\n{}", crate::browser::support::BOOKS)
}

#[test]
fn a_card_that_faults_leaves_its_neighbour_alone() {
    let site = Site::start();
    let setup = books(&site)
        .guest("trap")
        .card("broken", "test/trap", "config.mode = 'render'");
    let host = Host::start(&setup);
    let body = "<circle-card card='HOST/c/broken' height=240></circle-card>
                <circle-card card='HOST/c/vote'></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    browser.enter(&frame(&browser, "broken"));
    assert_eq!(browser.find("h1").text(), "卡片暂时打不开");
    let id = browser.find(".qk-request").text();
    assert!(id.starts_with("req_"), "{id}");
    host.expect_log(&id);
    browser.leave();
    let errors = of_type(&browser, "error");
    assert_eq!(errors[0][2]["code"], "plugin_fault", "{errors:?}");
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
}
