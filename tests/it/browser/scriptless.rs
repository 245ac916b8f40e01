//! A reader with scripts off, and an article that only holds a frame: every tap
//! is a plain form's post, answered with a redirect or the form again.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::demo::Demo;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::json;

use crate::browser::support::{
    WAYS, article, choose, enter_plain_frame, results, tap_vote, toast, turnout,
};

fn reader() -> Browser {
    Browser::open_with(&Options::new().without_scripts())
}

/// The status of the frame's own document. The driver's scripts run even here.
fn status(browser: &Browser) -> i64 {
    let body = "return performance.getEntriesByType('navigation')[0].responseStatus";
    browser.script(body, &[]).as_i64().expect("a status")
}

#[test]
fn votes_and_the_vote_stays() {
    let mut demo = Demo::start();
    let browser = reader();
    browser.goto(&demo.article("/walk.html"));
    enter_plain_frame(&browser);
    choose(&browser, "河岸线");
    choose(&browser, "台阶线");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    let path = browser.script("return location.pathname + location.search", &[]);
    let path = path.as_str().expect("a path");
    assert!(path.starts_with("/c/walk/embed?"), "{path}");
    assert!(path.contains("done=act_"), "{path}");
    assert_eq!(status(&browser), 200, "after the redirect");

    let expected = [
        "河岸线：桥头到灯塔 ✓ 你的选择 1 · 100%",
        "梧桐线：菜市场到老学堂 0 · 0%",
        "台阶线：豆浆店到钟鼓坡 ✓ 你的选择 1 · 100%",
    ];
    assert_eq!(results(&browser), expected);
    for restarts in [false, true] {
        if restarts {
            demo.restart();
        }
        browser.leave();
        browser.goto(&demo.article("/walk.html"));
        enter_plain_frame(&browser);
        assert_eq!(results(&browser), expected, "restarted: {restarts}");
        assert!(
            browser.find_all(".qk-toast").is_empty(),
            "a toast is said once"
        );
    }
    assert_eq!(turnout(&demo.client(), "walk"), "1 人参与");

    browser.find_text("summary", "改投").click();
    choose(&browser, "台阶线");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已改投");
    assert_eq!(results(&browser)[2], "台阶线：豆浆店到钟鼓坡 0 · 0%");
    browser.assert_clean_console();
}

#[test]
fn a_wrong_input_comes_back_with_what_was_chosen() {
    let site = Site::start();
    let host = Host::start(&Setup::new().site(&site).plugin("poll").card(
        "ways",
        "quanka/poll",
        WAYS,
    ));
    let frame = "<iframe src='HOST/c/ways/embed' title=card width=600 height=480></iframe>";
    let browser = reader();
    browser.goto(&article(&site, &host.origin(), frame));
    enter_plain_frame(&browser);
    for way in ["河岸", "梧桐", "码头"] {
        choose(&browser, way);
    }
    tap_vote(&browser);
    let message = eventually("a message", || {
        let lines = browser.find_all(".qk-message:not([hidden])");
        lines.first().map(|line| line.text())
    });
    assert!(message.contains('2'), "{message}");
    assert_eq!(status(&browser), 422);
    let chosen = |browser: &Browser| {
        browser.script(
            "return [...document.querySelectorAll('input:checked')].map(i => i.value)",
            &[],
        )
    };
    assert_eq!(chosen(&browser), json!(["a", "b", "d"]));
    assert_eq!(turnout(&host.client(), "ways"), "还没有人投票");

    choose(&browser, "梧桐");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser)[0], "河岸 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&host.client(), "ways"), "1 人参与");
}

/// The second tap cancels the first one's answer, and is the same action.
#[test]
fn a_double_tap_is_one_vote() {
    let demo = Demo::start();
    let browser = reader();
    browser.goto(&demo.article("/walk.html"));
    enter_plain_frame(&browser);
    choose(&browser, "梧桐线");
    browser.find("form > .qk-button").click_twice();
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(turnout(&demo.client(), "walk"), "1 人参与");
}

/// Where the element never comes to life, its content is what a reader has.
#[test]
fn an_element_is_still_a_link() {
    let demo = Demo::start();
    let browser = reader();
    browser.goto(&demo.article("/reading.html"));
    let link = browser.find("circle-card a");
    assert!(link.is_displayed());
    link.click();
    let _ = browser.find_text(".qk-heading", "下个月读什么");
    assert_eq!(browser.url(), demo.url("/c/vote"));
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    assert!(browser.url().starts_with(&demo.url("/c/vote?")));
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
}
