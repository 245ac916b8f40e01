//! A tap counts for what the reader saw: a button that has just moved, changed
//! or been uncovered takes none yet.

use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use serde_json::json;

#[track_caller]
fn start() -> (Host, Browser) {
    let setup = Setup::new()
        .guest("counter")
        .card("counter", "test/counter", "");
    let host = Host::start(&setup);
    let browser = Browser::open();
    browser.goto(&host.url("/c/counter"));
    (host, browser)
}

#[track_caller]
fn counted(host: &Host) -> String {
    let view = host
        .client()
        .get("/c/counter/view")
        .send()
        .expect(200)
        .json();
    view["summary"].as_str().unwrap_or_default().to_owned()
}

/// The second half of a double tap is no answer to a question.
#[test]
fn a_question_takes_no_answer_before_it_can_be_read() {
    let (host, browser) = start();
    browser.script_awaited(
        "const question = document.querySelector('.qk-confirm');
         const opened = new Promise(done => question.addEventListener('toggle', done));
         question.querySelector('summary').click();
         await opened;
         question.querySelector('button[name=_offer]').click()",
        &[],
    );
    let pending = "return document.querySelectorAll('[aria-busy=true], .qk-toast').length";
    assert_eq!(browser.script(pending, &[]), json!(0));
    assert_eq!(counted(&host), "数到 0");
    // Half a second later it is one.
    browser.script_awaited(
        "await new Promise(done => setTimeout(done, 500));
         document.querySelector('.qk-confirm button[name=_offer]').click()",
        &[],
    );
    let _ = browser.find_text(".qk-toast", "数到 1");
}

/// What stands above a button goes away in a push, and the button comes up
/// under the finger that was on something else.
#[test]
fn a_button_that_a_push_has_moved_takes_no_tap_at_once() {
    let (host, browser) = start();
    browser.script(
        "const card = document.querySelector('.qk-card');
         const above = document.createElement('p');
         above.textContent = 'above';
         card.querySelector('form').before(above);
         new MutationObserver((_, observer) => {
           if (above.isConnected) return;
           observer.disconnect();
           // After the push has been drawn, in the same moment for a reader.
           setTimeout(() => {
             const form = card.querySelector('form');
             form.querySelector('button[name=_offer]').click();
             window.tapped = form.getAttribute('aria-busy') ?? 'nothing';
           });
         }).observe(card, { childList: true, subtree: true });",
        &[],
    );
    let client = host.client();
    let view = client.get("/c/counter/view").send().expect(200).json();
    let offer = offer(&view["root"]).expect("the counter has a button");
    let body = json!({"offer": offer, "inputs": {}, "key": "another-readers-key-01"});
    let _ = client.post("/c/counter/act").json(&body).send().expect(200);
    let tapped = eventually("the tap", || {
        browser
            .script("return window.tapped ?? null", &[])
            .as_str()
            .map(str::to_owned)
    });
    assert_eq!(tapped, "nothing", "a tap that is sent makes its form busy");
    assert_eq!(counted(&host), "数到 1");
}

fn offer(node: &serde_json::Value) -> Option<&str> {
    node["offer"]["token"].as_str().or_else(|| {
        let children = node["children"].as_array()?;
        children.iter().find_map(offer)
    })
}
