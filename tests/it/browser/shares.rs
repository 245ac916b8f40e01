//! Sharing a card: by the device's sheet, by the clipboard, or by the link as
//! it stands there.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

use super::support::{article, enter_card, enter_plain_frame, heard, toast};

#[track_caller]
fn card_in_article(body: &str) -> (Site, Host, String) {
    let site = Site::start();
    let setup = Setup::new().site(&site).guest("album");
    let host = Host::start(&setup.card("album", "test/album", ""));
    let url = article(&site, &host.origin(), body);
    (site, host, url)
}

const CARD: &str = "<circle-card card='HOST/c/album' height=480></circle-card>";
const FRAME: &str = "<iframe src='HOST/c/album/embed' title=card width=600 height=480></iframe>";

#[track_caller]
fn reader(url: &str) -> Browser {
    let browser = Browser::open();
    browser.goto(url);
    enter_card(&browser, "album");
    let loaded = "return performance.getEntriesByType('resource')
      .some(({ name, responseEnd }) => name.includes('/embed/share.js') && responseEnd)";
    eventually("the script of shares", || {
        (browser.script(loaded, &[]) == true).then_some(())
    });
    browser
}

fn tap(browser: &Browser) {
    browser.find_text("summary", "分享").click();
}

/// What the article has heard was shared.
#[track_caller]
fn shares(browser: &Browser) -> Vec<Value> {
    browser.leave();
    let all = heard(browser).into_iter();
    let shares = all.filter(|event| event[0] == "share");
    let shares = shares.map(|event| event[2]["url"].clone()).collect();
    enter_card(browser, "album");
    shares
}

/// A device with a sheet; what it does with what it is given.
fn with_sheet(browser: &Browser, shares: &str) {
    let body = format!(
        "window.sheets = [];
         navigator.canShare = ({{ url }}) => url.startsWith('http');
         navigator.share = async (what) => {{ sheets.push(what); {shares} }};
         window.acts = 0;
         const asked = window.fetch;
         window.fetch = (...args) => {{
           if (args[0].pathname?.endsWith('/act')) acts++;
           return asked(...args);
         }};"
    );
    browser.script(&body, &[]);
}

fn sheets(browser: &Browser) -> Value {
    browser.script("return [sheets.map(({ url }) => url), acts]", &[])
}

#[test]
fn where_there_is_no_sheet_the_link_is_copied() {
    let (_site, host, url) = card_in_article(CARD);
    let browser = reader(&url);
    let expected = host.url("/c/album");
    tap(&browser);
    eventually("thanks", || {
        let said = "return document.querySelector('.qk-toast')?.textContent";
        (browser.script(said, &[]) == "谢谢分享").then_some(())
    });
    assert_eq!(browser.find(".qk-shared a").text(), expected);
    assert_eq!(shares(&browser), [json!(expected)]);
    // It went onto the clipboard.
    browser.leave();
    browser.script(
        "const field = document.createElement('textarea');
         document.body.append(field); field.focus()",
        &[],
    );
    browser.find("textarea").type_text("\u{E009}v");
    assert_eq!(browser.find("textarea").property("value"), expected);
    enter_card(&browser, "album");
    // Closing it shares nothing.
    tap(&browser);
    assert_eq!(shares(&browser).len(), 1);
    browser.assert_clean_console();
}

#[test]
fn a_sheet_that_shares_is_a_share() {
    let (_site, host, url) = card_in_article(CARD);
    let browser = reader(&url);
    with_sheet(&browser, "");
    tap(&browser);
    assert_eq!(toast(&browser), "谢谢分享");
    let expected = host.url("/c/album");
    assert_eq!(sheets(&browser), json!([[expected], 1]));
    assert_eq!(shares(&browser), [json!(expected)]);
    assert!(!browser.find(".qk-shared").is_displayed());
    assert!(browser.find_all(".qk-share form").is_empty());
    browser.assert_clean_console();
}

#[test]
fn a_sheet_that_is_closed_is_no_share() {
    let (_site, _host, url) = card_in_article(CARD);
    let browser = reader(&url);
    with_sheet(&browser, "throw new DOMException('', 'AbortError')");
    tap(&browser);
    tap(&browser);
    eventually("both taps", || {
        (sheets(&browser)[0].as_array()?.len() == 2).then_some(())
    });
    assert_eq!(sheets(&browser)[1], 0);
    assert_eq!(shares(&browser), [Value::Null; 0]);
    assert!(browser.find_all(".qk-toast").is_empty());
}

#[test]
fn a_sheet_that_may_not_open_leaves_the_link() {
    let (_site, _host, url) = card_in_article(CARD);
    let browser = reader(&url);
    with_sheet(&browser, "throw new DOMException('', 'NotAllowedError')");
    tap(&browser);
    eventually("thanks", || (sheets(&browser)[1] == 1).then_some(()));
    assert!(browser.find(".qk-shared").is_displayed());
    assert_eq!(shares(&browser).len(), 1);
}

/// What nobody could copy is there to be read, and was not shared.
#[test]
fn without_a_clipboard_the_link_is_there() {
    let (_site, _host, url) = card_in_article(CARD);
    let browser = reader(&url);
    with_sheet(&browser, "");
    browser.script(
        "navigator.canShare = undefined; document.execCommand = () => false;
         navigator.clipboard.writeText = async () => { throw new Error() }",
        &[],
    );
    tap(&browser);
    eventually("the link", || {
        browser.find(".qk-shared").is_displayed().then_some(())
    });
    assert_eq!(shares(&browser), [Value::Null; 0]);
    assert_eq!(sheets(&browser), json!([[], 0]));
}

#[test]
fn without_scripts_the_link_is_there() {
    let (_site, host, url) = card_in_article(FRAME);
    let browser = Browser::open_with(&Options::new().without_scripts());
    browser.goto(&url);
    enter_plain_frame(&browser);
    tap(&browser);
    let link = browser.find(".qk-shared a");
    assert!(link.is_displayed());
    assert_eq!(link.text(), host.url("/c/album"));
}
