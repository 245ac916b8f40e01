//! A hostile page, of a site that no publisher registered and of one that
//! another publisher did, tries what a page can: each attempt fails, which is
//! seen by what the host then has, or by what the page then knows.
//!
//! The reader has just voted in an article of the right publisher's, on the same
//! *site* (`localhost`), so that their session lies in the partition that the
//! hostile page's own requests come from: a browser sends it along.
//!
//! What is not tried is to lay something over an interactive card: only the
//! sites of its own publisher can frame one (`modes`), and what another may do
//! with it ends at `frame-ancestors`.

mod readers;

use crate::browser::support::{
    WAYS, article, books, choose, enter_card, frame, heard, tap_vote, toast, turnout,
};
use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::{Value, json};

/// The right publisher's site, one of another publisher, one of nobody.
struct Scene {
    host: Host,
    own: Site,
    others: [Site; 2],
}

const NOBODY: &str = "还没有人投票";

#[track_caller]
fn scene() -> Scene {
    let own = Site::start();
    let others = [Site::start(), Site::start()];
    let rival = format!(
        "id = 'rival'\nname = '对手'\norigins = ['{}']",
        others[0].origin()
    );
    let setup = books(&own)
        .card("other", "quanka/poll", WAYS)
        .entry("publisher", &rival)
        .entry(
            "circle",
            "id = 'rival'\npublisher = 'rival'\nname = '对手圈'",
        );
    let host = Host::start(&setup);
    Scene { host, own, others }
}

impl Scene {
    /// A browser of a reader with a session in this site's partition, for each
    /// of the hostile sites with an empty page of it opened.
    #[track_caller]
    fn each(&self, attack: impl Fn(&Browser, &Site)) {
        for site in &self.others {
            let browser = Browser::open();
            let body = "<circle-card card='HOST/c/vote'></circle-card>";
            browser.goto(&article(&self.own, &self.host.origin(), body));
            enter_card(&browser, "vote");
            choose(&browser, "边城");
            tap_vote(&browser);
            assert_eq!(toast(&browser), "已投票");
            browser.leave();
            site.page(
                "/evil",
                "<!doctype html><meta charset=utf-8><title>x</title><body>",
            );
            browser.goto(&site.url("/evil"));
            attack(&browser, site);
        }
    }

    /// What a reader could be made to send: the offer is no secret.
    fn offer(&self) -> String {
        let client = self.host.client();
        let view = client.get("/c/other/view").send().expect(200).json();
        let find = |node: &Value| node["offer"]["token"].as_str().map(str::to_owned);
        nodes(&view["root"])
            .into_iter()
            .find_map(find)
            .expect("a poll has an offer")
    }
}

fn nodes(node: &Value) -> Vec<&Value> {
    let below = node["children"].as_array().into_iter().flatten();
    std::iter::once(node).chain(below.flat_map(nodes)).collect()
}

/// Runs what a hostile script would, and answers what became of it: its value,
/// or the name of the error.
#[track_caller]
fn attempt(browser: &Browser, script: &str, arguments: &[Value]) -> String {
    let body = format!(
        "try {{ const tried = await (async (...args) => {{ {script} }})(...args);
                return typeof tried === 'string' ? tried : JSON.stringify(tried) ?? 'nothing'; }}
         catch (error) {{ return error.name; }}"
    );
    match browser.script_awaited(&body, arguments) {
        Value::String(text) => text,
        other => panic!("an attempt answers text, not {other}"),
    }
}

#[test]
fn it_cannot_act_for_the_reader() {
    let scene = scene();
    let (offer, url) = (scene.offer(), scene.host.url("/c/other/act?from=page"));
    let inputs = "inputs: { choice: ['a'] }, key: 'abcdefghijklmnopqrstuvwxyz'";
    let by_fetch = |init: &str| {
        format!(
            "const [url, offer] = args;
             const body = JSON.stringify({{ offer, {inputs} }});
             const answer = await fetch(url, {{ method: 'POST', credentials: 'include', body, {init} }});
             return answer.type"
        )
    };
    let json = "headers: { 'Content-Type': 'application/json' }";
    let attempts = [
        // The first asks before, and is not allowed. The others are sent, refused, and
        // the answer is kept from the page.
        ("JSON", by_fetch(json), "TypeError"),
        ("JSON without cors", by_fetch(&format!("mode: 'no-cors', {json}")), "TypeError"),
        ("JSON as text", by_fetch("mode: 'no-cors'"), "TypeError"),
        (
            "a form by fetch",
            "const [url, offer] = args;
             const body = new URLSearchParams({ _offer: offer, choice: 'a' });
             const init = { method: 'POST', mode: 'no-cors', credentials: 'include', body };
             return (await fetch(url, init)).type"
                .to_owned(),
            "TypeError",
        ),
        (
            "a beacon",
            format!(
                "const [url, offer] = args;
                 return navigator.sendBeacon(url, new Blob([JSON.stringify({{ offer, {inputs} }})]))"
            ),
            "true",
        ),
    ];
    scene.each(|browser, _| {
        for (what, script, expected) in &attempts {
            let seen = attempt(browser, script, &[json!(url), json!(offer)]);
            assert_eq!(&seen, expected, "{what}");
            assert_eq!(turnout(&scene.host.client(), "other"), NOBODY, "{what}");
        }
    });
}

#[test]
fn its_forms_are_refused() {
    let scene = scene();
    let offer = scene.offer();
    // As the card's own page has it, stamp and all: it is no secret either.
    let page = scene.host.client().get("/c/other").send().expect(200);
    let (_, rest) = page
        .text()
        .split_once("method=\"post\" action=\"")
        .expect("a form");
    let action = rest
        .split('"')
        .next()
        .unwrap_or_default()
        .replace("&amp;", "&");
    let url = scene.host.url(&action);
    let form = |target: &str, enctype: &str| {
        format!(
            "const [url, offer] = args;
             const form = document.createElement('form');
             Object.assign(form, {{ method: 'post', action: url, target: '{target}', enctype: '{enctype}' }});
             const fields = '{enctype}' === 'text/plain'
               ? {{ ['{{\"inputs\":{{\"choice\":[\"a\"]}},\"key\":\"abcdefghijklmnopqrstuvwxyz\",\"offer\":\"' + offer + '\",\"x\":\"']: '\"}}' }}
               : {{ _offer: offer, choice: 'a' }};
             for (const name in fields)
               form.append(Object.assign(document.createElement('input'), {{ name, value: fields[name] }}));
             const frame = Object.assign(document.createElement('iframe'), {{ name: 'into' }});
             document.body.append(form, frame);
             const done = new Promise(resolve => {{ frame.onload = resolve }});
             form.submit();
             if ('{target}' === 'into') await done;
             return 'sent'"
        )
    };
    scene.each(|browser, site| {
        for (target, enctype) in [
            ("into", "application/x-www-form-urlencoded"),
            ("into", "text/plain"),
            ("into", "multipart/form-data"),
            ("_self", "application/x-www-form-urlencoded"),
        ] {
            browser.goto(&site.url("/evil"));
            let arguments = [json!(url), json!(offer)];
            browser.script(
                &format!(
                    "window.sent = (async (...args) => {{ {} }})(...arguments); return 0",
                    form(target, enctype)
                ),
                &arguments,
            );
            if target == "_self" {
                eventually("the refusal", || {
                    browser
                        .url()
                        .starts_with(&scene.host.origin())
                        .then_some(())
                });
                let _ = browser.find("h1");
                assert!(browser.find_all(".qk-card").is_empty());
            } else {
                browser.script_awaited("return await window.sent", &[]);
            }
            let what = format!("{enctype} into {target}");
            assert_eq!(turnout(&scene.host.client(), "other"), NOBODY, "{what}");
        }
    });
}

#[test]
fn it_cannot_read_what_the_reader_sees() {
    let scene = scene();
    let own = scene.host.url("/c/vote/view?me=1");
    let page = scene.host.url("/c/vote");
    let live = scene.host.url("/live?cards=vote");
    scene.each(|browser, _| {
        let check = |script: &str, address: &str, expected: &str| {
            let seen = attempt(browser, script, &[json!(address)]);
            assert_eq!(seen, expected, "{script} {address}");
        };
        let load = "
            const element = Object.assign(document.createElement(kind), { src: args[0] });
            return await new Promise(resolve => {
              element.onload = () => resolve('loaded');
              element.onerror = () => resolve('refused');
              document.body.append(element);
            })";
        for address in [&own, &page] {
            check("return await (await fetch(args[0])).text()", address, "TypeError");
            check(
                "return await (await fetch(args[0], { credentials: 'include' })).text()",
                address,
                "TypeError",
            );
            check(
                "return await (await fetch(args[0], { mode: 'no-cors', credentials: 'include' })).text()",
                address,
                // `Cross-Origin-Resource-Policy: same-origin`: not even opaque.
                "TypeError",
            );
            check(&format!("const kind = 'script'; {load}"), address, "refused");
            check(&format!("const kind = 'img'; {load}"), address, "refused");
        }
        check(
            "const source = new EventSource(args[0], { withCredentials: true });
             return await new Promise(resolve => {
               source.onopen = () => resolve('open');
               source.onerror = () => { source.close(); resolve('refused') };
             })",
            &live,
            "refused",
        );
        // In a window of its own, of which nobody keeps hold.
        check(
            "const opened = open(args[0]);
             try {
               for (let n = 0; n < 200 && !opened?.closed; n++)
                 await new Promise(done => setTimeout(done, 20));
               return opened?.closed ? 'cut off' : String(opened.document.title);
             } finally { opened?.close() }",
            &page,
            "cut off",
        );
    });
}

#[test]
fn what_it_frames_shows_nothing_that_can_be_tapped() {
    let scene = scene();
    scene.each(|browser, site| {
        let framed = |path: &str| {
            let url = scene.host.url(path);
            let body =
                format!("<!doctype html><title>x</title><iframe src='{url}' title=x></iframe>");
            site.page("/frames", body);
            browser.goto(&site.url("/frames"));
            let inside = attempt(
                browser,
                "return String(document.querySelector('iframe').contentDocument)",
                &[],
            );
            assert_eq!(inside, "null", "{path}: the page reads its frame");
            let reading = "return document.querySelector('iframe').contentWindow.document.title";
            assert_eq!(attempt(browser, reading, &[]), "SecurityError", "{path}");
            browser.enter(&browser.find("iframe"));
        };
        for path in [
            "/c/vote",
            "/c/vote/view?as=html",
            "/c/vote/view?as=html&me=1",
            "/c/vote/view",
            "/c/unknown",
            "/c/vote/act",
            "/live",
        ] {
            framed(path);
            eventually("the browser to refuse", || {
                let said = browser.console().join("\n");
                said.contains("frame-ancestors").then_some(())
            });
            assert!(browser.find_all(".qk-card").is_empty(), "{path}");
        }
        framed("/c/vote/embed");
        let _ = browser.find(".qk-card");
        let ways = browser.find_all("form, input, button[name=_offer]");
        assert!(ways.is_empty(), "{} ways to act", ways.len());
        browser.leave();
    });
}

/// A frame of an advertisement, say, in the right publisher's own article: it
/// can speak to the article and to the card's frame, and neither listens.
#[test]
fn a_frame_beside_the_card_forges_no_message() {
    let scene = scene();
    let [_, stranger] = &scene.others;
    stranger.page(
        "/ad",
        "<!doctype html><title>ad</title><script>
           window.got = [];
           const say = type => ({ ns: 'circle-card', v: 1, type, name: 'vote', data: {},
             version: 'x', height: 9999, tap: true, url: 'https://evil.example/', jwt: 'x',
             code: 'x', message: 'x', theme: 'dark', lang: 'en', size: 'compact' });
           const types = ['hello', 'configure', 'identity', 'visible', 'ready', 'resize', 'navigate',
             'auth-required', 'event', 'error', 'gone'];
           const forge = () => {
             for (const target of [parent, ...Array.from({ length: parent.length }, (_, n) => parent[n])]) {
               if (target === window) continue;
               for (const type of types) {
                 const { port1, port2 } = new MessageChannel();
                 port1.onmessage = ({ data }) => got.push(data);
                 target.postMessage(say(type), '*', [port2]);
                 for (const other of types) port1.postMessage(say(other));
                 target.postMessage({ message: 'height', value: 9999, secret: 'x' }, '*');
               }
             }
             return got;
           };
         </script>",
    );
    let browser = Browser::open();
    let body = format!(
        "<circle-card card='HOST/c/vote'></circle-card>
         <iframe id=ad title=ad src='{}'></iframe>",
        stranger.url("/ad")
    );
    browser.goto(&article(&scene.own, &scene.host.origin(), &body));
    let card = frame(&browser, "vote");
    let box_height = "return document.querySelector('circle-card').getBoundingClientRect().height";
    let height = browser.script(box_height, &[]);
    let events = heard(&browser).len();
    browser.enter(&browser.find("#ad"));
    browser.script("return forge()", &[]);
    // Once all that was said has been heard: a message to itself comes last.
    browser.script_awaited(
        "return await new Promise(done => { onmessage = () => setTimeout(done, 100); postMessage(0) })",
        &[],
    );
    let got = browser.script("return got", &[]);
    assert_eq!(got, json!([]), "the frame answered");
    browser.leave();
    assert_eq!(browser.script(box_height, &[]), height);
    assert_eq!(heard(&browser).len(), events, "{:?}", heard(&browser));
    assert!(browser.url().ends_with("/article"));
    browser.enter(&card);
    let theme = browser.script("return document.documentElement.dataset.theme", &[]);
    assert_eq!(theme, "auto");
    // The card goes on as if nothing had been said.
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    browser.leave();
    let votes = || {
        heard(&browser)
            .into_iter()
            .filter(|event| event[0] == "vote")
    };
    eventually("the article to hear of the vote", || {
        (votes().count() == 1).then_some(())
    });
}
