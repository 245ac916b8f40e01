//! Ways to the card in an article, shared by the tests of this directory.

use quanka_tests::browser::{Browser, Element};
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::Value;

/// A poll of four books, one choice.
pub const BOOKS: &str = "
    [config]
    question = '下个月读什么？'
    options = [
      { id = 'a', text = '《边城》沈从文' },
      { id = 'b', text = '《呼兰河传》萧红' },
      { id = 'c', text = '《我与地坛》史铁生' },
      { id = 'd', text = '《老人与海》海明威' },
    ]";

/// A poll of four ways, two choices at most.
pub const WAYS: &str = "
    [config]
    question = '周末走哪条路？'
    options = [
      { id = 'a', text = '河岸' },
      { id = 'b', text = '梧桐' },
      { id = 'c', text = '台阶' },
      { id = 'd', text = '码头' },
    ]
    choices_max = 2";

/// The card `vote`, a poll of [`BOOKS`], for the articles of a site.
#[must_use]
#[track_caller]
pub fn books(site: &Site) -> Setup {
    Setup::new()
        .site(site)
        .plugin("poll")
        .card("vote", "quanka/poll", BOOKS)
}

/// What an article needs to keep what its cards say: `heard`, a list of
/// `[type, card, detail]`.
const LISTENER: &str = "
    window.heard = [];
    for (const type of ['ready', 'resize', 'vote', 'error', 'gone', 'auth-required', 'join',
      'ask-to-join', 'leave', 'post', 'recommend', 'like', 'share', 'enter'])
      addEventListener('circle-card:' + type, ({ target, detail }) =>
        heard.push([type, target.getAttribute('card').split('/').pop(), detail]));";

/// Puts an article at `/article` of a site; the host's address stands as
/// `HOST` in the body. Answers the article's address.
pub fn article(site: &Site, host_origin: &str, body: &str) -> String {
    let body = body.replace("HOST", host_origin);
    site.page(
        "/article",
        format!(
            "<!doctype html><html lang=zh-CN><meta charset=utf-8>
             <meta name=viewport content='width=device-width'>
             <title>一篇文章</title><script>{LISTENER}</script>
             <h1>圈子</h1>{body}<p id=after>文章的下一段。</p>
             <script async src='{host_origin}/embed/v1.js'></script>"
        ),
    );
    site.url("/article")
}

/// A host with an article that holds one poll.
#[must_use]
#[track_caller]
pub fn poll_in_article() -> (Site, Host, String) {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let url = article(
        &site,
        &host.origin(),
        "<circle-card card='HOST/c/vote'></circle-card>",
    );
    (site, host, url)
}

/// The frame of a `<circle-card>`, once its card has spoken; it may only load
/// when the reader has come near.
#[track_caller]
pub fn frame<'a>(browser: &'a Browser, card: &str) -> Element<'a> {
    let element = browser.find(&format!("circle-card[card$='/c/{card}']"));
    let near = "arguments[0].scrollIntoView({ block: 'center' })";
    browser.script(near, &[element.to_argument()]);
    browser.find_by_script(&format!(
        "document.querySelector('circle-card[card$=\"/c/{card}\"]')
         ?.shadowRoot?.querySelector('.on > iframe')"
    ))
}

/// Goes from the article into a card's frame, once it is there.
#[track_caller]
pub fn enter_card(browser: &Browser, card: &str) {
    browser.leave();
    enter(browser, &frame(browser, card));
}

/// Goes from the article into a frame that it wrote itself.
#[track_caller]
pub fn enter_plain_frame(browser: &Browser) {
    browser.leave();
    enter(browser, &browser.find("iframe"));
}

/// The driver may hear of a frame's document a moment after the article does.
#[track_caller]
fn enter(browser: &Browser, frame: &Element<'_>) {
    eventually("a card in its frame", || {
        browser.leave();
        browser.enter(frame);
        (!browser.find_all(".qk-card").is_empty()).then_some(())
    });
}

/// Taps an option of a poll.
#[track_caller]
pub fn choose(browser: &Browser, option: &str) {
    browser.find_text("label.qk-option", option).click();
}

/// Taps the button that votes.
#[track_caller]
pub fn tap_vote(browser: &Browser) {
    browser.find("form > .qk-button").click();
}

/// Waits for a toast and answers what it says.
#[must_use]
#[track_caller]
pub fn toast(browser: &Browser) -> String {
    // It fades in, and what cannot be seen has no text.
    eventually("a toast", || {
        let toasts = browser.find_all(".qk-toast").into_iter();
        toasts
            .map(|toast| toast.text())
            .find(|text| !text.is_empty())
    })
}

/// What a poll shows after a vote: `《边城》沈从文 ✓ 你的选择 1 · 100%`.
#[must_use]
#[track_caller]
pub fn results(browser: &Browser) -> Vec<String> {
    let meters = browser.find_all(".qk-meter");
    let line = |meter: &Element<'_>| {
        let parts = meter.find_all(".qk-label, .qk-figures");
        let texts: Vec<String> = parts.iter().map(Element::text).collect();
        texts.join(" ")
    };
    meters.iter().map(line).collect()
}

/// What the host counts, seen from outside: the line under a poll.
#[must_use]
#[track_caller]
pub fn turnout(client: &Client, card: &str) -> String {
    let path = format!("/c/{card}/view?as=json");
    let view = client.get(&path).send().expect(200).json();
    texts(&view["root"])
        .into_iter()
        .find(|text| text.contains("人参与") || text.contains("还没有人"))
        .expect("a poll says how many took part")
}

/// What the article has heard of its cards.
#[must_use]
#[track_caller]
pub fn heard(browser: &Browser) -> Vec<Value> {
    match browser.script("return heard", &[]) {
        Value::Array(events) => events,
        other => panic!("the article keeps a list, not {other}"),
    }
}

fn texts(node: &Value) -> Vec<String> {
    let own = node["content"].as_str().map(str::to_owned);
    let children = node["children"].as_array().into_iter().flatten();
    own.into_iter().chain(children.flat_map(texts)).collect()
}
