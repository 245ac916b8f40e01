//! A reader whose network goes away and comes back, on the card's own page:
//! there the browser itself says so.

use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::proxy::Proxy;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::json;

use crate::browser::support::{books, choose, results, tap_vote, toast, turnout};

fn network(browser: &Browser, is_there: bool) {
    browser.devtools("Network.enable", &json!({}));
    browser.devtools(
        "Network.emulateNetworkConditions",
        &json!({
            "offline": !is_there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        }),
    );
}

#[test]
fn what_was_chosen_is_kept_and_sent_when_the_network_is_back() {
    let (site, line) = (Site::start(), Proxy::start());
    let public_url = format!("public_url = '{}'", line.origin());
    let host = Host::start(&books(&site).section("server", &public_url));
    line.lead_to(&host.origin());
    let browser = Browser::open();
    browser.goto(&format!("{}/c/vote", line.origin()));
    choose(&browser, "边城");
    let streams = |count: usize| {
        eventually(&format!("{count} streams"), || {
            (line.streams_open() == count).then_some(())
        });
    };
    streams(1);

    network(&browser, false);
    assert_eq!(toast(&browser), "网络已断开，恢复后会自动更新");
    tap_vote(&browser);
    let message = browser.find(".qk-form-message:not([hidden])").text();
    assert!(message.contains("没有送达"), "{message}");
    assert!(browser.find("input[value=a]").is_selected());
    assert_eq!(turnout(&host.client(), "vote"), "还没有人投票");

    network(&browser, true);
    browser.find(".qk-retry").click();
    let _ = browser.find_text(".qk-toast", "已投票");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&host.client(), "vote"), "1 人参与");
    streams(1);
}
