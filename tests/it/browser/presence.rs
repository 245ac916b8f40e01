//! Where an element and its frame stand: in sight or not, here or gone, come
//! back, moved. Nothing of them stays behind.

use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::proxy::Proxy;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::support::{article, books, choose, enter_card, frame, tap_vote, toast};

/// A card that only writes down what the element says to it.
const LISTENING_CARD: &str = "<!doctype html><meta charset=utf-8><title>card</title><script>
    window.told = [];
    addEventListener('message', ({ ports: [port] }) => {
      port.onmessage = ({ data }) => told.push(data);
      port.postMessage({ ns: 'circle-card', v: 1, type: 'ready', version: 'v', height: 300 });
    });</script><body class=qk-card>";

/// An article on one site with a card on another, both ours.
fn with_listening_card(host: &Host, body: &str) -> (Site, Site, String) {
    let (site, cards) = (Site::start(), Site::start());
    for slug in ["a", "b"] {
        cards.page(&format!("/c/{slug}/embed"), LISTENING_CARD);
    }
    let body = body.replace("CARDS", &cards.origin());
    let url = article(&site, &host.origin(), &body);
    (site, cards, url)
}

fn told(browser: &Browser, what: &str) -> Vec<Value> {
    let body = "return told.filter(({ type }) => type === arguments[0])";
    match browser.script(body, &[json!(what)]) {
        Value::Array(messages) => messages,
        other => panic!("the card keeps a list, not {other}"),
    }
}

#[test]
fn a_card_is_told_how_much_of_it_is_seen() {
    let host = Host::start(&quanka_tests::server::Setup::new());
    let body = "<circle-card card='CARDS/c/a'></circle-card><div style='height: 5000px'></div>";
    let (_site, _cards, url) = with_listening_card(&host, body);
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "a");
    let last = |expected: f64| {
        enter_card(&browser, "a");
        eventually("the ratio", || {
            let told = told(&browser, "visible");
            let ratio = told.last().and_then(|last| last["ratio"].as_f64());
            (ratio == Some(expected)).then_some(())
        });
        browser.leave();
    };
    last(1.0);
    // Within a box that clips it nothing is seen of it, wherever the page is.
    browser.script(
        "const card = document.querySelector('circle-card');
         card.style.cssText = 'position: absolute; top: -3000px'",
        &[],
    );
    eventually("out of sight", || {
        browser.enter(&browser.find_by_script(
            "document.querySelector('circle-card').shadowRoot.querySelector('iframe')",
        ));
        let told = told(&browser, "visible");
        browser.leave();
        (told.last().is_some_and(|last| last["ratio"] == 0)).then_some(())
    });
    browser.script("document.querySelector('circle-card').style = ''", &[]);
    last(1.0);
}

/// What the page says of sight counts, since a frame cannot see everything
/// that lies over it.
#[test]
fn out_of_the_articles_sight_there_is_no_stream() {
    let (site, line) = (Site::start(), Proxy::start());
    let public_url = format!("public_url = '{}'", line.origin());
    let host = Host::start(&books(&site).section("server", &public_url));
    line.lead_to(&host.origin());
    let src = format!("{}/c/vote/embed", line.origin());
    site.page(
        "/article",
        format!(
            "<!doctype html><meta charset=utf-8>
             <iframe src='{src}' title=card width=600 height=440></iframe><script>
             const {{ port1, port2 }} = new MessageChannel();
             window.port = port1;
             const frame = document.querySelector('iframe');
             frame.onload = () => frame.contentWindow.postMessage(
               {{ ns: 'circle-card', v: 1, type: 'hello' }}, '*', [port2]);
             </script>"
        ),
    );
    let browser = Browser::open();
    browser.goto(&site.url("/article"));
    let streams = |count: usize| {
        eventually(&format!("{count} streams"), || {
            (line.streams_open() == count).then_some(())
        });
    };
    streams(1);
    let say = |ratio: f64| {
        let body = "port.postMessage({ ns: 'circle-card', v: 1, type: 'visible',
                                       ratio: arguments[0] })";
        browser.script(body, &[json!(ratio)]);
    };
    say(0.0);
    streams(0);
    say(0.3);
    streams(1);
}

/// A page that swaps its articles itself puts cards in and takes them out for
/// as long as it is open.
#[test]
fn two_hundred_cards_later_nothing_is_left() {
    let (site, line) = (Site::start(), Proxy::start());
    let public_url = format!("public_url = '{}'", line.origin());
    let host = Host::start(&books(&site).section("server", &public_url));
    line.lead_to(&host.origin());
    let card = "<circle-card card='HOST/c/vote' load=eager></circle-card>";
    let browser = Browser::open();
    browser.goto(&article(&site, &line.origin(), card));
    enter_card(&browser, "vote");
    browser.leave();
    let turn_over = |times: u32| {
        let body = "
            const again = document.querySelector('circle-card').outerHTML;
            let parent = document.querySelector('circle-card').parentNode;
            for (let time = 0; time < arguments[0]; time++) {
              document.querySelector('circle-card').remove();
              heard.length = 0;
              parent.insertAdjacentHTML('beforeend', again);
              // Some are there when they go, most are not yet.
              if (time % 20 === 0)
                while (!heard.some(([type]) => type === 'ready'))
                  await new Promise((done) => setTimeout(done, 5));
            }
            document.querySelector('circle-card').remove();
            heard.length = 0;
            return true";
        assert_eq!(browser.script_awaited(body, &[json!(times)]), true);
        let _ = browser.script(
            "document.body.insertAdjacentHTML('beforeend', arguments[0])",
            &[json!(card.replace("HOST", &line.origin()))],
        );
        enter_card(&browser, "vote");
        browser.leave();
    };
    // The first of each kind brings what stays: style sheets, compiled scripts.
    turn_over(20);
    let before = kept(&browser);
    turn_over(200);
    eventually("nothing more than before", || {
        let after = kept(&browser);
        let grew = before
            .iter()
            .zip(&after)
            .any(|((name, before), (_, after))| *after > *before + allowance(name));
        (!grew).then_some(())
    });
    eventually("one stream", || (line.streams_open() == 1).then_some(()));
    browser.assert_clean_console();
}

/// What the page's process holds, after it was asked to let go.
fn kept(browser: &Browser) -> Vec<(String, f64)> {
    browser.devtools("HeapProfiler.collectGarbage", &json!({}));
    browser.devtools("Performance.enable", &json!({}));
    let metrics = browser.devtools("Performance.getMetrics", &json!({}));
    let metrics = metrics["metrics"].as_array().cloned().unwrap_or_default();
    let wanted = ["Documents", "Frames", "JSEventListeners", "Nodes"];
    wanted
        .iter()
        .map(|name| {
            let metric = metrics.iter().find(|metric| metric["name"] == *name);
            let value = metric.and_then(|metric| metric["value"].as_f64());
            ((*name).to_owned(), value.expect("the browser counts it"))
        })
        .collect()
}

/// How many more there may be after two hundred cards: far less than one each.
fn allowance(name: &str) -> f64 {
    match name {
        "Nodes" => 100.0,
        _ => 3.0,
    }
}

#[test]
fn moved_in_the_page_it_keeps_what_was_chosen() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let body = "<circle-card card='HOST/c/vote'></circle-card><div id=place></div>";
    let browser = Browser::open();
    browser.goto(&article(&site, &host.origin(), body));
    enter_card(&browser, "vote");
    choose(&browser, "边城");
    browser.leave();
    browser.script(
        "document.querySelector('#place').moveBefore(document.querySelector('circle-card'), null)",
        &[],
    );
    enter_card(&browser, "vote");
    assert!(browser.find("input[value=a]").is_selected());
    // Where a page moves it by taking it out, it begins again, and works.
    browser.leave();
    browser.script(
        "document.body.prepend(document.querySelector('circle-card'))",
        &[],
    );
    let _ = frame(&browser, "vote");
    enter_card(&browser, "vote");
    assert!(!browser.find("input[value=a]").is_selected());
    choose(&browser, "呼兰河传");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    browser.assert_clean_console();
}

/// What lies below all that is seen may still be given its own height: nobody
/// sees it move. What is seen keeps the room it was given.
#[test]
fn room_is_as_the_manifest_has_it_where_nobody_sees_it_change() {
    let host = Host::start(&quanka_tests::server::Setup::new());
    let check = |body: &str, expected: u32| {
        // As a site's own style sheet does for what its script has not met yet.
        let body = &format!(
            "<style>circle-card:not(:defined) {{ display: block; height: 440px }}
             circle-card[height]:not(:defined) {{ height: 200px }}</style>{body}"
        );
        let (_site, _cards, url) = with_listening_card(&host, body);
        let browser = Browser::open();
        browser.goto(&url);
        let ready = || {
            let heard = crate::browser::support::heard(&browser);
            heard.iter().any(|event| event[0] == "ready").then_some(())
        };
        eventually("a card that is there", ready);
        let card = browser.find("circle-card");
        assert_eq!(card.property("offsetHeight"), expected, "{body}");
        assert_eq!(browser.layout_shift(), 0.0, "{body}");
    };
    check("<circle-card card='CARDS/c/a'></circle-card>", 440);
    let below = "<div style='height: 1000px'></div>";
    check(
        &format!("{below}<circle-card card='CARDS/c/a'></circle-card>"),
        300,
    );
    check(
        &format!("{below}<circle-card card='CARDS/c/a' height=200></circle-card>"),
        200,
    );
}
