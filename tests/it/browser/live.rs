//! Cards that change while they are read: what others do is seen without a
//! reload, and nothing of the reader's own is lost by it.

use quanka_tests::browser::Browser;
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::proxy::Proxy;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::support::{
    BOOKS, article, books, choose, enter_card, enter_plain_frame, heard, results, tap_vote, toast,
};

const CARD: &str = "<circle-card card='HOST/c/vote'></circle-card>";

/// An article with cards, and the line to their host, on which streams are
/// counted.
struct Reading {
    site: Site,
    line: Proxy,
    host: Host,
    setup: Setup,
    url: String,
}

#[track_caller]
fn reading(cards: impl FnOnce(Setup) -> Setup, body: &str) -> Reading {
    let (site, line) = (Site::start(), Proxy::start());
    let public_url = format!("public_url = '{}'", line.origin());
    let setup = cards(books(&site)).section("server", &public_url);
    let host = Host::start(&setup);
    line.lead_to(&host.origin());
    let url = article(&site, &line.origin(), body);
    Reading {
        site,
        line,
        host,
        setup,
        url,
    }
}

impl Reading {
    /// A reader of the article who sees the card `vote` and its changes.
    #[track_caller]
    fn reader(&self) -> Browser {
        let browser = Browser::open();
        browser.goto(&self.url);
        enter_card(&browser, "vote");
        // A document that is loaded again has forgotten it.
        browser.script("window.kept = true", &[]);
        self.streams(1);
        browser
    }

    /// Waits until this many streams are open.
    #[track_caller]
    fn streams(&self, count: usize) {
        eventually(&format!("{count} open streams"), || {
            (self.line.streams_open() == count).then_some(())
        });
    }

    /// Somebody votes elsewhere.
    #[track_caller]
    fn vote(&self, option: &str) {
        act(
            &self.host.client(),
            "vote",
            "投票",
            &json!({"choice": option}),
        );
    }
}

/// Somebody without a browser presses a button of a card.
#[track_caller]
fn act(client: &Client, card: &str, label: &str, inputs: &Value) {
    static KEYS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = KEYS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let view = client.get(&format!("/c/{card}/view?as=json")).send();
    let offer = offer(&view.expect(200).json()["root"], label).expect("the card has the button");
    let body = json!({"offer": offer, "inputs": inputs, "key": format!("elsewhere-{number:012}")});
    let answer = client.post(&format!("/c/{card}/act")).json(&body).send();
    let _ = answer.expect(200);
}

fn offer(node: &Value, label: &str) -> Option<Value> {
    if node["kind"] == "button" && node["label"] == label {
        return Some(node["offer"]["token"].clone());
    }
    let children = node["children"].as_array().into_iter().flatten();
    children.into_iter().find_map(|child| offer(child, label))
}

/// Waits until the entered card says how many took part.
#[track_caller]
fn sees_turnout(browser: &Browser, turnout: &str) {
    let _ = browser.find_text(".qk-text", turnout);
}

#[track_caller]
fn assert_not_reloaded(browser: &Browser) {
    assert_eq!(browser.script("return window.kept", &[]), true);
}

#[test]
fn a_vote_is_seen_by_another_reader() {
    let reading = reading(|setup| setup, CARD);
    let (one, other) = (reading.reader(), Browser::open());
    other.goto(&reading.url);
    enter_card(&other, "vote");
    reading.streams(2);
    one.leave();
    let before = one.layout_shift();
    enter_card(&one, "vote");
    choose(&one, "呼兰河传");
    choose(&other, "边城");
    tap_vote(&other);
    assert_eq!(toast(&other), "已投票");

    sees_turnout(&one, "1 人参与");
    assert!(one.find("input[value=b]").is_selected(), "chosen, not sent");
    assert_not_reloaded(&one);
    assert!(one.find_all(".qk-toast").is_empty());
    tap_vote(&one);
    assert_eq!(toast(&one), "已投票");
    let expected = [
        "《边城》沈从文 ✓ 你的选择 1 · 50%",
        "《呼兰河传》萧红 1 · 50%",
    ];
    eventually("the other vote in the results", || {
        (results(&other)[..2] == expected).then_some(())
    });
    one.leave();
    assert_eq!(one.layout_shift(), before, "nothing moves");
    one.assert_clean_console();
    other.assert_clean_console();
}

/// A stream that was opened before the reader had a session does not show
/// them as nobody afterwards.
#[test]
fn what_is_the_readers_own_stays_theirs() {
    let reading = reading(|setup| setup, CARD);
    let browser = reading.reader();
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    // What is opened and chosen, and not sent, is the reader's own too.
    browser.find_text("summary", "改投").click();
    choose(&browser, "我与地坛");
    for others in 1..4 {
        reading.vote("d");
        sees_turnout(&browser, &format!("{} 人参与", others + 1));
        let own = &results(&browser)[0];
        assert!(own.starts_with("《边城》沈从文 ✓ 你的选择 1 · "), "{own}");
        assert!(browser.find("input[value=c]").is_displayed());
        assert!(browser.find("input[value=c]").is_selected());
    }
    assert_not_reloaded(&browser);
}

#[test]
fn typing_goes_on() {
    let reading = reading(
        |setup| setup.guest("counter").card("count", "test/counter", ""),
        "<circle-card card='HOST/c/count' height=1600></circle-card>",
    );
    let browser = Browser::open();
    browser.resize(1000, 1800);
    browser.goto(&reading.url);
    enter_card(&browser, "count");
    reading.streams(1);
    let line = browser.find("[name=line]");
    line.type_text("写到一半");
    browser.find("[name=lines]").type_text("第一行\n第二行");
    browser.find_text("label", "乙").click();
    browser.script(
        "const line = document.querySelector('[name=line]');
         line.focus();
         line.setSelectionRange(1, 3, 'backward')",
        &[],
    );
    let state = || {
        browser.script(
            "const line = document.activeElement;
             const form = new FormData(document.querySelector('.qk-form:not(.qk-lone)'));
             return [line.name, line.value, line.selectionStart, line.selectionEnd,
                     line.selectionDirection, form.get('lines').replaceAll('\\r', ''),
                     form.get('one')]",
            &[],
        )
    };
    let before = state();
    let expected = json!(["line", "写到一半", 1, 3, "backward", "第一行\n第二行", "b"]);
    assert_eq!(before, expected);
    for count in 1..4 {
        act(&reading.host.client(), "count", "加一", &json!({}));
        let _ = browser.find_text(".qk-stat", &format!("{count}"));
        assert_eq!(state(), before);
    }
    line.type_text("。");
    assert_eq!(
        line.property("value"),
        "写。半",
        "what is selected gives way"
    );
}

/// What the card said of the reader's own tap is not wiped away by another's.
#[test]
fn a_message_stays_until_it_is_heeded() {
    let reading = reading(
        |setup| setup.guest("counter").card("count", "test/counter", ""),
        "<circle-card card='HOST/c/count' height=1600></circle-card>",
    );
    let browser = Browser::open();
    browser.resize(1000, 1800);
    browser.goto(&reading.url);
    enter_card(&browser, "count");
    browser.find("[name=line]").type_text("词");
    browser.find_text("button", "出错").click();
    let message = browser.find_text(".qk-message", "请换一个词");
    act(&reading.host.client(), "count", "加一", &json!({}));
    let _ = browser.find_text(".qk-stat", "1");
    assert_eq!(message.text(), "请换一个词");
    let line = browser.find("[name=line]");
    assert_eq!(line.attribute("aria-invalid"), "true");
    line.type_text("语");
    assert_eq!(line.attribute("aria-invalid"), "");
    assert!(!message.is_displayed());
}

/// With a connection for each frame the seventh would wait for ever, and every
/// tap: a browser has six for a host.
#[test]
fn seven_cards_share_one_stream_and_act() {
    let slugs: Vec<String> = (0..7).map(|index| format!("vote{index}")).collect();
    let body: String = slugs
        .iter()
        .map(|slug| format!("<circle-card card='HOST/c/{slug}'></circle-card>"))
        .collect();
    let reading = reading(
        |setup| {
            let add = |setup: Setup, slug: &String| setup.card(slug, "quanka/poll", BOOKS);
            slugs.iter().fold(setup, add)
        },
        &body,
    );
    let browser = Browser::open();
    browser.resize(1000, 3600);
    browser.goto(&reading.url);
    for slug in &slugs {
        enter_card(&browser, slug);
        browser.script("window.kept = true", &[]);
    }
    reading.streams(1);
    for slug in &slugs {
        act(
            &reading.host.client(),
            slug,
            "投票",
            &json!({"choice": "a"}),
        );
        enter_card(&browser, slug);
        sees_turnout(&browser, "1 人参与");
        assert_not_reloaded(&browser);
    }
    for slug in &slugs {
        enter_card(&browser, slug);
        choose(&browser, "边城");
        tap_vote(&browser);
        sees_turnout(&browser, "2 人参与");
    }
    reading.streams(1);
    browser.assert_clean_console();
}

#[test]
fn out_of_sight_there_is_no_stream() {
    let body = format!("{CARD}<div style='height: 5000px'></div>");
    let reading = reading(|setup| setup, &body);
    let browser = reading.reader();
    browser.leave();
    browser.script("scrollTo(0, 4000)", &[]);
    reading.streams(0);
    reading.vote("a");
    browser.script("scrollTo(0, 0)", &[]);
    reading.streams(1);
    enter_card(&browser, "vote");
    sees_turnout(&browser, "1 人参与");

    browser.behind_another_tab(|| {
        reading.streams(0);
        reading.vote("b");
    });
    reading.streams(1);
    enter_card(&browser, "vote");
    sees_turnout(&browser, "2 人参与");
    assert_not_reloaded(&browser);
}

/// The page must not be kept from the back/forward cache.
#[test]
fn coming_back_it_catches_up() {
    let reading = reading(|setup| setup, CARD);
    reading
        .site
        .page("/next", "<!doctype html><p id=next>别的文章");
    let browser = reading.reader();
    browser.leave();
    browser.script(
        "window.kept = true;
         onpageshow = ({ persisted }) => window.persisted = persisted",
        &[],
    );
    browser.goto(&reading.site.url("/next"));
    reading.streams(0);
    reading.vote("a");
    browser.back();
    eventually("the article again", || {
        (browser.script("return window.persisted", &[]) == true).then_some(())
    });
    enter_card(&browser, "vote");
    sees_turnout(&browser, "1 人参与");
    assert_not_reloaded(&browser);
    reading.streams(1);
    reading.vote("b");
    sees_turnout(&browser, "2 人参与");
}

#[test]
fn it_outlives_a_restart() {
    let mut reading = reading(|setup| setup, CARD);
    let browser = reading.reader();
    reading.vote("a");
    sees_turnout(&browser, "1 人参与");
    reading.host.kill();
    reading.streams(0);
    reading.host.restart();
    reading.vote("b");
    sees_turnout(&browser, "2 人参与");
    assert_not_reloaded(&browser);
    reading.streams(1);
}

/// A browser gives up on a stream that is refused, and the card does not.
#[test]
fn a_stream_that_is_refused_is_asked_for_again() {
    let one_stream = |setup: Setup| setup.section("live", "streams_per_address_max = 1");
    let reading = reading(one_stream, CARD);
    let first = reading.reader();
    let second = Browser::open();
    second.goto(&reading.url);
    enter_card(&second, "vote");
    eventually("a second stream to be asked for", || {
        (reading.line.streams_begun() == 2).then_some(())
    });
    first.leave();
    first.goto("about:blank");
    reading.vote("a");
    sees_turnout(&second, "1 人参与");
    let begun = reading.line.streams_begun();
    assert!(begun <= 4, "{begun} times, so it does not insist");
}

#[test]
fn a_card_that_is_gone_says_so() {
    let mut reading = reading(|setup| setup, CARD);
    let browser = reading.reader();
    reading
        .host
        .configure(&reading.setup.clone().without_card("vote"));
    reading.host.restart();
    let _ = browser.find_text("h1", "卡片已下线");
    browser.leave();
    eventually("the article to hear of it", || {
        heard(&browser)
            .iter()
            .any(|event| event[0] == "gone")
            .then_some(())
    });
    reading.streams(0);
}

/// A site that is not registered sees changes too, and still nothing to tap.
#[test]
fn what_cannot_be_acted_on_changes_too() {
    let reading = reading(|setup| setup, CARD);
    let other = Site::start();
    let browser = Browser::open();
    browser.goto(&article(&other, &reading.line.origin(), CARD));
    enter_card(&browser, "vote");
    reading.streams(1);
    reading.vote("a");
    sees_turnout(&browser, "1 人参与");
    let _ = browser.find_text("a", "打开卡片");
    assert!(browser.find_all("form, button[name=_offer]").is_empty());
    browser.assert_clean_console();
}

#[test]
fn a_frame_without_an_origin_asks_for_no_stream() {
    let body = format!(
        "<iframe src='HOST/c/vote/embed' sandbox='allow-scripts allow-popups' title=card
          width=600 height=480></iframe>{CARD}"
    );
    let reading = reading(|setup| setup, &body);
    let browser = Browser::open();
    browser.goto(&reading.url);
    enter_plain_frame(&browser);
    let _ = browser.find_text("a", "打开卡片");
    enter_card(&browser, "vote");
    reading.streams(1);
    reading.vote("a");
    sees_turnout(&browser, "1 人参与");
    enter_plain_frame(&browser);
    assert!(
        browser
            .find_all(".qk-text")
            .iter()
            .all(|text| !text.text().contains("1 人"))
    );
    assert_eq!(reading.line.streams_begun(), 1);
    browser.assert_clean_console();
}

#[test]
fn the_cards_own_page_changes_too() {
    let reading = reading(|setup| setup, CARD);
    let browser = Browser::open();
    browser.goto(&format!("{}/c/vote", reading.line.origin()));
    reading.streams(1);
    reading.vote("a");
    sees_turnout(&browser, "1 人参与");
    let action = browser.find("form").attribute("action");
    assert!(action.contains("from=page"), "{action}");
}

/// A stream takes so many cards; a page may show more.
#[test]
fn more_cards_than_a_stream_takes_share_two() {
    let few = |setup: Setup| {
        let setup = setup.section("live", "cards_per_stream_max = 3");
        (0..5).fold(setup, |setup, index| {
            setup.card(&format!("vote{index}"), "quanka/poll", BOOKS)
        })
    };
    let body: String = (0..5)
        .map(|index| format!("<circle-card card='HOST/c/vote{index}' size=compact></circle-card>"))
        .collect();
    let reading = reading(few, &body);
    let browser = Browser::open();
    browser.goto(&reading.url);
    for index in 0..5 {
        enter_card(&browser, &format!("vote{index}"));
    }
    reading.streams(2);
    for index in 0..5 {
        let slug = format!("vote{index}");
        act(
            &reading.host.client(),
            &slug,
            "投票",
            &json!({"choice": "a"}),
        );
        enter_card(&browser, &slug);
        sees_turnout(&browser, "1 人参与");
    }
    browser.assert_clean_console();
}

/// Its address names another size then; what asks for it is the same article.
#[test]
fn what_cannot_be_acted_on_changes_its_size() {
    let reading = reading(|setup| setup, CARD);
    let other = Site::start();
    let browser = Browser::open();
    browser.goto(&article(&other, &reading.line.origin(), CARD));
    enter_card(&browser, "vote");
    browser.leave();
    browser.script(
        "document.querySelector('circle-card').setAttribute('size', 'compact')",
        &[],
    );
    enter_card(&browser, "vote");
    let _ = browser.find_text(".qk-compact .qk-badge", "投票中");
    assert!(browser.find_all("form, button[name=_offer]").is_empty());
    browser.assert_clean_console();
}
