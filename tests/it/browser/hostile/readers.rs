//! What hostile pages try with who a reader is: to be them, to make them
//! somebody else, to end them.

use super::attempt;
use crate::browser::support::{article, books, enter_card, heard};
use quanka_tests::browser::Browser;
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER};
use quanka_tests::site::Site;
use serde_json::{Value, json};

const CARD: &str = "<circle-card card='HOST/c/vote'></circle-card>";

/// The publisher of the card and its site; another publisher, and its site.
struct Scene {
    host: Host,
    own: Site,
    evil: Site,
    daily: Publisher,
    rival: Publisher,
}

#[track_caller]
fn scene() -> Scene {
    let (own, evil) = (Site::start(), Site::start());
    let (daily, rival) = (Publisher::new(PUBLISHER), Publisher::new("rival"));
    let keys = format!(
        "id = 'rival'\nname = '对手'\norigins = ['{}']\n{}",
        evil.origin(),
        rival.key_toml()
    );
    let circle = "id = 'rival'\npublisher = 'rival'\nname = '对手圈'";
    let setup = books(&own)
        .publisher(&daily)
        .entry("publisher", &keys)
        .entry("circle", circle);
    let host = Host::start(&setup);
    Scene {
        host,
        own,
        evil,
        daily,
        rival,
    }
}

impl Scene {
    /// A fresh token of the card's publisher.
    fn token(&self, name: &str) -> String {
        self.daily.token(&self.host.origin(), name, name)
    }

    /// Opens a page of a site that holds the card.
    #[track_caller]
    fn open(&self, browser: &Browser, site: &Site) {
        browser.leave();
        browser.goto(&article(site, &self.host.origin(), CARD));
    }

    /// A browser whose reader is signed in, in the partition of the hostile
    /// page as well, which is of the same site.
    #[track_caller]
    fn reader(&self, name: &str) -> Browser {
        let browser = Browser::open();
        self.open(&browser, &self.own);
        hand_over(&browser, &self.token(name));
        enter_card(&browser, "vote");
        let _ = browser.find(".qk-account");
        assert_eq!(self.seen_as(&browser), name);
        browser
    }

    /// Who the host takes a browser's reader for, in the article.
    #[track_caller]
    fn seen_as(&self, browser: &Browser) -> Value {
        self.open(browser, &self.own);
        enter_card(browser, "vote");
        let ask = "return (await (await fetch('/session?card=vote')).json()).reader?.name ?? null";
        let name = browser.script_awaited(ask, &[]);
        browser.leave();
        name
    }

    /// A hostile page, empty.
    #[track_caller]
    fn go_to_evil(&self, browser: &Browser) {
        let page = "<!doctype html><meta charset=utf-8><title>x</title><body>";
        self.evil.page("/evil", page);
        browser.leave();
        browser.goto(&self.evil.url("/evil"));
    }

    /// Fails if anybody has redeemed a token, which is possible once.
    #[track_caller]
    fn expect_unused(&self, token: &str, what: &str) {
        let body = json!({"jwt": token, "card": "vote"});
        let answer = self.host.client().post("/session").json(&body).send();
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
    }
}

/// A page hands the card a token.
fn hand_over(browser: &Browser, jwt: &str) {
    browser.leave();
    let script = "document.querySelector('circle-card').signIn(arguments[0])";
    browser.script(script, &[json!(jwt)]);
}

/// Waits until the page hears that a token was refused, and why.
#[track_caller]
fn refusal(browser: &Browser) -> Value {
    browser.leave();
    eventually("a refusal", || {
        let heard = heard(browser);
        let error = heard.into_iter().find(|event| event[0] == "error")?;
        Some(error[2]["code"].clone())
    })
}

/// Sends a form as a hostile page does, into a frame and in place.
#[track_caller]
fn send_form(scene: &Scene, browser: &Browser, path: &str, enctype: &str, fields: &Value) {
    let url = scene.host.url(path);
    let script = "
        const [url, enctype, fields, target] = arguments;
        const form = Object.assign(document.createElement('form'), { method: 'post', action: url, target, enctype });
        for (const name in fields)
          form.append(Object.assign(document.createElement('input'), { name, value: fields[name] }));
        const frame = Object.assign(document.createElement('iframe'), { name: 'into' });
        document.body.append(form, frame);
        window.sent = new Promise(resolve => { frame.onload = resolve });
        HTMLFormElement.prototype.submit.call(form);
        return 0";
    for target in ["into", "_self"] {
        scene.go_to_evil(browser);
        let arguments = [json!(url), json!(enctype), fields.clone(), json!(target)];
        browser.script(script, &arguments);
        match target {
            "into" => {
                browser.script_awaited("await window.sent", &[]);
            }
            _ => eventually("the refusal", || {
                let ready = "return document.readyState === 'complete'";
                (browser.url() == url && browser.script(ready, &[]) == true).then_some(())
            }),
        }
    }
}

#[test]
fn a_captured_token_is_nobodys_any_more() {
    let scene = scene();
    let token = scene.token("阿南");
    let reader = Browser::open();
    scene.open(&reader, &scene.own);
    hand_over(&reader, &token);
    enter_card(&reader, "vote");
    let _ = reader.find(".qk-account");

    let thief = Browser::open();
    // In the right article, and from a page and a frame of their own.
    scene.open(&thief, &scene.own);
    hand_over(&thief, &token);
    assert_eq!(refusal(&thief), "token_invalid");
    assert_eq!(scene.seen_as(&thief), Value::Null);
    scene.open(&thief, &scene.evil);
    hand_over(&thief, &token);
    assert_eq!(refusal(&thief), "read_only");
    assert_eq!(scene.seen_as(&thief), Value::Null);
    assert_eq!(scene.seen_as(&reader), "阿南");
}

/// One that was captured before the card had it is good in the publisher's
/// articles alone.
#[test]
fn a_token_is_of_no_use_to_another_page() {
    let scene = scene();
    let reader = scene.reader("阿南");
    let token = scene.token("贼");
    scene.open(&reader, &scene.evil);
    hand_over(&reader, &token);
    assert_eq!(refusal(&reader), "read_only");

    scene.go_to_evil(&reader);
    let url = scene.host.url("/session");
    for init in [
        "headers: { 'Content-Type': 'application/json' }",
        "mode: 'no-cors', headers: { 'Content-Type': 'application/json' }",
        "mode: 'no-cors'",
    ] {
        let script = format!(
            "const [url, jwt] = args;
             const body = JSON.stringify({{ jwt, card: 'vote' }});
             return (await fetch(url, {{ method: 'POST', credentials: 'include', body, {init} }})).type"
        );
        let seen = attempt(&reader, &script, &[json!(url), json!(token)]);
        assert_eq!(seen, "TypeError", "{init}");
    }
    let fields = json!({format!("{{\"jwt\":\"{token}\",\"card\":\"vote\",\"x\":\""): "\"}"});
    send_form(&scene, &reader, "/session", "text/plain", &fields);
    let fields = json!({"jwt": token, "card": "vote"});
    let form = "application/x-www-form-urlencoded";
    send_form(&scene, &reader, "/session", form, &fields);
    assert_eq!(scene.seen_as(&reader), "阿南");
    scene.expect_unused(&token, "from another page");
}

#[test]
fn another_publishers_token_changes_nobody() {
    let scene = scene();
    let reader = scene.reader("阿南");
    let nobody = Browser::open();
    let here = scene.host.origin();
    let own = scene.rival.token(&here, "reader-1", "贼");
    let forged = scene.rival.token_with(&here, |claims| {
        claims.insert("iss".into(), PUBLISHER.into());
        claims.insert("name".into(), "贼".into());
    });
    for (browser, before) in [(&reader, json!("阿南")), (&nobody, Value::Null)] {
        for token in [&own, &forged] {
            scene.open(browser, &scene.own);
            hand_over(browser, token);
            assert_eq!(refusal(browser), "token_invalid");
            assert_eq!(scene.seen_as(browser), before);
        }
    }
}

/// Pages that speak to the frame without the element: another publisher's, that
/// frames the card itself, and one framed beside the card in its own article.
#[test]
fn a_forged_identity_is_not_heeded() {
    let scene = scene();
    let reader = scene.reader("阿南");
    let forge = "
        const [jwt, top] = arguments;
        window.got = [];
        const say = type => ({ ns: 'circle-card', v: 1, type, jwt });
        for (const target of Array.from({ length: top ? length : parent.length }, (_, n) => (top ? window : parent)[n])) {
          if (target === window) continue;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => got.push(data.code ?? data.type);
          target.postMessage(say('identity'), '*');
          target.postMessage(say('hello'), '*', [port2]);
          port1.postMessage(say('identity'));
        }
        return 0";
    let token = scene.token("贼");
    let framed = format!(
        "<!doctype html><title>x</title><iframe title=x src='{}'></iframe>",
        scene.host.url("/c/vote/embed")
    );
    scene.evil.page("/frames", framed);
    reader.goto(&scene.evil.url("/frames"));
    reader.script(forge, &[json!(token), json!(true)]);
    eventually("the frame to refuse", || {
        let got = reader.script("return got", &[]);
        got.as_array()?.contains(&json!("read_only")).then_some(())
    });

    scene.evil.page("/ad", "<!doctype html><title>ad</title>");
    let body = format!(
        "{CARD}<iframe id=ad title=ad src='{}'></iframe>",
        scene.evil.url("/ad")
    );
    reader.goto(&article(&scene.own, &scene.host.origin(), &body));
    enter_card(&reader, "vote");
    reader.leave();
    reader.enter(&reader.find("#ad"));
    reader.script(forge, &[json!(token), json!(false)]);
    // What was said to the card has been heard once this has: it goes the same way.
    let settle =
        "await new Promise(done => { onmessage = () => setTimeout(done, 100); postMessage(0) })";
    reader.script_awaited(settle, &[]);
    assert_eq!(reader.script("return got", &[]), json!([]));
    reader.leave();

    assert_eq!(scene.seen_as(&reader), "阿南");
    scene.expect_unused(&token, "forged");
}

/// Login CSRF: what the thief's own session is good for is not forced on a
/// reader.
#[test]
fn a_thiefs_ticket_signs_no_reader_in() {
    let scene = scene();
    let client = scene.host.client();
    let body = json!({"jwt": scene.token("贼"), "card": "vote"});
    let thief = client.post("/session").json(&body).send().expect(200);
    let ask = json!({"action": "account", "card": "vote"});
    let request = client.post("/session/ticket").json(&ask);
    let ticket = request.header("cookie", &thief.cookies()).send();
    let ticket = ticket.expect(200).json()["ticket"].clone();
    let fields = json!({"ticket": ticket});

    let (reader, nobody) = (scene.reader("阿南"), Browser::open());
    for browser in [&reader, &nobody] {
        for enctype in ["application/x-www-form-urlencoded", "text/plain"] {
            send_form(&scene, browser, "/session/open", enctype, &fields);
            // In a window of its own, where the ticket would have led.
            browser.goto(&scene.host.url("/me"));
            let shown = browser.find("main.qk-own").text();
            assert!(!shown.contains('贼'), "{shown}");
        }
    }
    assert_eq!(scene.seen_as(&reader), "阿南");
    assert_eq!(scene.seen_as(&nobody), Value::Null);
    let ticket = ticket.as_str().unwrap_or_default();
    let unused = client.post("/session/open").form(&[("ticket", ticket)]);
    let _ = unused.send().expect(303);
}

/// What a reader could be made to tap is in no frame, and what they could be
/// made to send does nothing.
#[test]
fn no_page_erases_a_reader_or_signs_them_out() {
    let scene = scene();
    let reader = scene.reader("阿南");
    for path in ["/me", "/me/delete", "/c/vote/snippets"] {
        let url = scene.host.url(path);
        let page = format!("<!doctype html><title>x</title><iframe src='{url}' title=x></iframe>");
        for site in [&scene.evil, &scene.own] {
            site.page("/frames", page.clone());
            reader.leave();
            reader.goto(&site.url("/frames"));
            reader.enter(&reader.find("iframe"));
            let shown = reader.find_all("main, form, button, pre, .qk-page");
            assert!(shown.is_empty(), "{path} is shown in a frame");
        }
        reader.leave();
        // The console is read once, and has said why.
        let said = reader.console().join("\n");
        assert!(said.contains("frame-ancestors"), "{path}: {said}");
    }
    let form = "application/x-www-form-urlencoded";
    for (path, enctype, fields) in [
        ("/me/delete", form, json!({"confirm": "erase"})),
        (
            "/me/delete",
            "text/plain",
            json!({"{\"confirm\":\"erase\",\"x\":\"": "\"}"}),
        ),
        ("/me/sign-out", form, json!({"everywhere": "1"})),
        ("/me/sign-out", "text/plain", json!({"everywhere": "1"})),
    ] {
        send_form(&scene, &reader, path, enctype, &fields);
        assert_eq!(scene.seen_as(&reader), "阿南", "{path} {enctype}");
    }
    scene.go_to_evil(&reader);
    let url = scene.host.url("/session?everywhere=1");
    let delete = "return (await fetch(args[0], { method: 'DELETE', credentials: 'include' })).type";
    assert_eq!(attempt(&reader, delete, &[json!(url)]), "TypeError");
    assert_eq!(scene.seen_as(&reader), "阿南");
    expect_known(&scene.host.client(), &scene);
}

/// The person is the one they were, with all that is kept of them.
#[track_caller]
fn expect_known(client: &Client, scene: &Scene) {
    let body = json!({"jwt": scene.token("阿南"), "card": "vote"});
    let again = client.post("/session").json(&body).send().expect(200);
    let export = client.get("/me/export").header("cookie", &again.cookies());
    let data = export.send().expect(200).json();
    assert_eq!(data["reader"]["name"], "阿南", "{data}");
}
