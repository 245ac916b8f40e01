//! How the articles and their cards look: nothing sticks out, nothing is cut
//! off, what is tapped is large enough; and a picture of each is left under
//! `target/screenshots`, for a person to judge.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::client::Client;
use quanka_tests::demo::Demo;
use quanka_tests::{PATIENCE, eventually, eventually_within};
use serde_json::json;

use crate::browser::support::{
    choose, enter_card, enter_plain_frame, results, tap_vote, toast, turnout,
};

/// A small phone, a phone, a tablet or a narrow window.
const WIDTHS: [u32; 3] = [320, 390, 720];

/// Taller than any of the articles, so that every card loads.
const HEIGHT: u32 = 3600;

/// What of a document does not look as it should, in words.
const FLAWS: &str = "
    const flaws = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) flaws.push(`${scrollWidth} px in ${clientWidth}`);
    const more = document.querySelector('.qk-more');
    if (more && !more.hidden) flaws.push('cut off');
    for (const part of document.querySelectorAll('.qk-button, .qk-option, summary')) {
      const { width, height } = part.getBoundingClientRect();
      if (part.checkVisibility() && (width < 44 || height < 44))
        flaws.push(`${part.textContent}: ${width} × ${height}`);
    }
    return flaws";

/// Fails where a document does not look as it should, other than in the ways
/// named, once it has come to rest: a frame is made larger, and a window laid
/// out anew, a moment after what asks for it.
#[track_caller]
pub(super) fn assert_flawless(browser: &Browser, but: &[&str], place: &str) {
    let mut flaws = Vec::new();
    eventually_within(PATIENCE, || {
        let found = browser.script(FLAWS, &[]);
        flaws = found.as_array().cloned().unwrap_or_default();
        flaws.retain(|flaw| !but.iter().any(|but| flaw == but));
        flaws.is_empty().then_some(())
    });
    assert!(flaws.is_empty(), "{place}: {flaws:?}");
}

/// An article with its cards, and how to get into them.
struct Article {
    name: &'static str,
    cards: &'static [&'static str],
}

const ARTICLES: [Article; 4] = [
    Article {
        name: "index",
        cards: &[],
    },
    Article {
        name: "reading",
        cards: &["vote", "meet"],
    },
    Article {
        name: "walk",
        cards: &["walk"],
    },
    Article {
        name: "habit",
        cards: &["habit", "hello"],
    },
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
    let demo = Demo::start();
    let browser = Browser::open_with(options);
    look_at_all(&browser, &demo, &format!("{theme}-before"));
    vote(&browser, &demo);
    look_at_all(&browser, &demo, &format!("{theme}-after"));
    browser.assert_clean_console();
}

fn look_at_all(browser: &Browser, demo: &Demo, when: &str) {
    for width in WIDTHS {
        browser.resize(width, HEIGHT);
        for Article { name, cards } in ARTICLES {
            browser.goto(&demo.article(&format!("/{name}.html")));
            let place = |what: &str| format!("{when}, {width} px, {name}, {what}");
            assert_flawless(browser, &[], &place("the article"));
            for card in cards {
                enter(browser, card);
                assert_flawless(browser, &[], &place(card));
            }
            browser.leave();
            browser.screenshot(&format!("{when}-{width}-{name}"));
        }
        browser.goto(&demo.url("/c/habit"));
        assert_flawless(browser, &[], "its own page");
        browser.screenshot(&format!("{when}-{width}-page"));
    }
}

fn vote(browser: &Browser, demo: &Demo) {
    for (article, card, option) in [
        ("/reading.html", "vote", "呼兰河传"),
        ("/walk.html", "walk", "梧桐线"),
        ("/habit.html", "habit", "每天写一句话"),
    ] {
        browser.goto(&demo.article(article));
        enter(browser, card);
        choose(browser, option);
        tap_vote(browser);
        assert_eq!(toast(browser), "已投票");
    }
}

/// `walk.html` holds a plain frame, the others the element.
fn enter(browser: &Browser, card: &str) {
    match card {
        "walk" => enter_plain_frame(browser),
        _ => enter_card(browser, card),
    }
}

/// Votes of many, as bars that add up; `examples/screenshot.png` is this picture.
#[test]
fn after_many_votes() {
    let demo = Demo::start();
    let votes = [
        ("biancheng", 8),
        ("hulanhe", 11),
        ("ditan", 5),
        ("old-man", 3),
    ];
    for (option, count) in votes {
        for at in 0..count {
            vote_by_json(&demo.client(), option, at);
        }
    }
    let browser = Browser::open_with(&Options::new().viewport(720, 800));
    browser.goto(&demo.article("/reading.html"));
    enter_card(&browser, "vote");
    choose(&browser, "呼兰河传");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    let expected = [
        "《边城》沈从文 8 · 29%",
        "《呼兰河传》萧红 ✓ 你的选择 12 · 43%",
        "《我与地坛》史铁生 5 · 18%",
        "《老人与海》海明威 3 · 11%",
    ];
    assert_eq!(results(&browser), expected);
    assert_eq!(turnout(&demo.client(), "vote"), "28 人参与");
    eventually("a toast that has faded in", || {
        (browser.find(".qk-toast").css("opacity") == "1").then_some(())
    });
    browser.leave();
    let body = "const card = document.querySelector('circle-card').getBoundingClientRect();
                const before = document.querySelector('h2:last-of-type').getBoundingClientRect();
                const top = before.top - 32;
                return [0, top + scrollY, innerWidth, card.bottom + 112 - top]";
    browser.picture("readme", &browser.script(body, &[]));
}

/// One vote of a reader of their own, as a native client sends it.
fn vote_by_json(client: &Client, option: &str, number: u32) {
    let view = client.get("/c/vote/view?as=json").send().expect(200).json();
    let offer = view["root"]["children"][1]["children"][1]["offer"]["token"].clone();
    let key = format!("{option:_<20}{number:04}");
    let body = json!({"offer": offer, "inputs": {"choice": [option]}, "key": key});
    let _ = client.post("/c/vote/act").json(&body).send().expect(200);
}
