//! The first thing a reader does: reads an article, taps, and sees that it counts.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::demo::Demo;

use crate::browser::support::{
    choose, enter_card, frame, poll_in_article, results, tap_vote, toast, turnout,
};

/// The way of one vote, through everything that may undo it.
#[test]
fn votes_and_the_vote_stays() {
    let mut demo = Demo::start();
    let browser = Browser::open();
    browser.goto(&demo.article("/reading.html"));
    enter_card(&browser, "vote");
    assert_eq!(
        results(&browser),
        [""; 0],
        "nobody sees counts before voting"
    );
    choose(&browser, "呼兰河传");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    let expected = [
        "《边城》沈从文 0 · 0%",
        "《呼兰河传》萧红 ✓ 你的选择 1 · 100%",
        "《我与地坛》史铁生 0 · 0%",
        "《老人与海》海明威 0 · 0%",
    ];
    assert_eq!(results(&browser), expected);
    assert_eq!(turnout(&demo.client(), "vote"), "1 人参与");

    browser.reload();
    enter_card(&browser, "vote");
    assert_eq!(results(&browser), expected, "after a reload");

    demo.restart();
    browser.reload();
    enter_card(&browser, "vote");
    assert_eq!(results(&browser), expected, "after the host's restart");

    browser.find_text("summary", "改投").click();
    choose(&browser, "老人与海");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已改投");
    assert_eq!(
        results(&browser)[3],
        "《老人与海》海明威 ✓ 你的选择 1 · 100%"
    );
    assert_eq!(turnout(&demo.client(), "vote"), "1 人参与");
    browser.assert_clean_console();
}

#[test]
fn two_readers_see_each_other() {
    let demo = Demo::start();
    for (option, voters) in [("边城", "1 人参与"), ("我与地坛", "2 人参与")] {
        let browser = Browser::open();
        browser.goto(&demo.article("/reading.html"));
        enter_card(&browser, "vote");
        choose(&browser, option);
        tap_vote(&browser);
        let _ = browser.find_text(".qk-meter", "你的选择");
        assert_eq!(turnout(&demo.client(), "vote"), voters);
    }
}

/// Without it, all the tests here would be about a frame of the same site.
#[test]
fn the_article_is_on_another_site() {
    let demo = Demo::start();
    let browser = Browser::open();
    browser.goto(&demo.article("/reading.html"));
    enter_card(&browser, "vote");
    let requests = browser.requests();
    let frame = requests
        .iter()
        .find(|request| request.url.contains("/c/vote/embed"))
        .expect("the frame's document was asked for");
    assert_eq!(frame.header("sec-fetch-site"), "cross-site");
    assert_eq!(frame.header("sec-fetch-dest"), "iframe");
    let origin = demo.article("/");
    assert_eq!(frame.header("referer"), origin, "the origin alone");
}

#[test]
fn nothing_moves() {
    let demo = Demo::start();
    let browser = Browser::open_with(&Options::new().viewport(390, 800));
    browser.goto(&demo.article("/reading.html"));
    let card = browser.find("circle-card");
    browser.script("arguments[0].scrollIntoView()", &[card.to_argument()]);
    // The article's own, since a card is not shown before it is laid out.
    let _ = frame(&browser, "vote");
    let shift_and_height = || (browser.layout_shift(), card.property("offsetHeight"));
    let before = shift_and_height();

    enter_card(&browser, "vote");
    choose(&browser, "边城");
    tap_vote(&browser);
    let _ = toast(&browser);
    browser.leave();
    let after = shift_and_height();
    assert_eq!((before.0, after.0), (0.0, 0.0));
    assert_eq!(before.1, after.1, "what fits does not grow");
}

#[test]
fn two_cards_side_by_side_both_act() {
    let demo = Demo::start();
    let browser = Browser::open();
    browser.goto(&demo.article("/habit.html"));
    let place = |card| {
        let body = "const { top, left, right } = arguments[0].getBoundingClientRect();
                    return [top, left, right]";
        let place = browser.script(body, &[frame(&browser, card).to_argument()]);
        [0, 1, 2].map(|at| place[at].as_f64().expect("a coordinate"))
    };
    let ([habit_top, _, habit_right], [hello_top, hello_left, _]) =
        (place("habit"), place("hello"));
    assert!(habit_right <= hello_left, "{habit_right} and {hello_left}");
    assert!(habit_top <= hello_top && hello_top < habit_top + 440.0);

    enter_card(&browser, "habit");
    choose(&browser, "睡前读三页书");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    enter_card(&browser, "hello");
    browser.find_text("button", "打个招呼").click();
    assert_eq!(toast(&browser), "你好呀！");
    let _ = browser.find_text(".qk-text", "有 1 次招呼");
    enter_card(&browser, "habit");
    assert_eq!(results(&browser)[3], "睡前读三页书 ✓ 你的选择 1 · 100%");
    browser.assert_clean_console();
}

#[test]
fn reads_in_english() {
    let (_site, host, url) = poll_in_article();
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "vote");
    let _ = browser.find_text("button", "投票");
    browser.leave();
    browser.script("document.querySelector('circle-card').lang = 'en'", &[]);
    enter_card(&browser, "vote");
    browser.find_text("label.qk-option", "边城").click();
    browser.find_text("button", "Vote").click();
    let _ = browser.find_text(".qk-toast", "Voted");
    let _ = browser.find_text(".qk-text", "1 person voted");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
}

/// The sample site as its visitors use it: a tap asks who they are, and counts
/// once they have said so.
#[test]
fn signs_in_on_the_sample_site() {
    let demo = Demo::start();
    let browser = Browser::open_with(&Options::new().viewport(390, 800));
    browser.goto(&demo.article("/reading.html"));
    assert_eq!(browser.find(".reader").text(), "登录");
    enter_card(&browser, "meet");
    choose(&browser, "晚点到");
    tap_vote(&browser);
    browser.leave();
    browser.find_text("dialog[open] button", "小贝").click();
    enter_card(&browser, "meet");
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser)[1], "晚点到 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&demo.client(), "meet"), "1 人参与");
    browser.leave();
    assert_eq!(browser.find(".reader").text(), "小贝（新读者）");
    // A site knows its reader better than the card does: who is known there is
    // not asked again.
    browser.goto(&demo.article("/habit.html"));
    assert_eq!(browser.find(".reader").text(), "小贝（新读者）");
    browser.goto(&demo.article("/reading.html"));
    enter_card(&browser, "meet");
    assert_eq!(results(&browser)[1], "晚点到 ✓ 你的选择 1 · 100%");
    // The request that was refused is said in the console; nothing else is.
    let said = browser.console();
    assert!(said.iter().all(|line| line.contains("401")), "{said:?}");
}
