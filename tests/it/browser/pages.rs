//! The pages inside a card: a link of it is followed where the card stands, and
//! what is done and heard there is of that page.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::support::{article, enter_card, enter_plain_frame, toast};

const CARD: &str = "<circle-card card='HOST/c/life' article='ARTICLE' height=480></circle-card>";
const FRAME: &str = "<iframe src='HOST/c/life/embed' title=card width=600 height=480></iframe>";
const TAG: &str = "tag/跑步";
const TAG_IN_QUERY: &str = "tag%2F%E8%B7%91%E6%AD%A5";

/// A host with the card, for the articles of a site.
#[track_caller]
fn host(site: &Site) -> Host {
    let setup = Setup::new().site(site).guest("pages");
    Host::start(&setup.card("life", "test/pages", ""))
}

#[track_caller]
fn reader(site: &Site, host: &Host) -> Browser {
    let body = CARD.replace("ARTICLE", &site.url("/article"));
    let url = article(site, &host.origin(), &body);
    let browser = Browser::open();
    browser.goto(&url);
    enter_card(&browser, "life");
    browser
}

/// Follows a link of the card, and waits for the page that it leads to.
#[track_caller]
fn follow(browser: &Browser, link: &str, heading: &str) {
    browser.find_text("a.qk-link", link).click();
    let _ = browser.find_text(".qk-heading", heading);
}

#[track_caller]
fn query(browser: &Browser, name: &str) -> Value {
    let script = "return new URLSearchParams(location.search).get(arguments[0])";
    browser.script(script, &[json!(name)])
}

/// Somebody without a browser presses a button of a page.
#[track_caller]
fn act(client: &Client, label: &str, key: &str) {
    let path = format!("/c/life/view?at={TAG_IN_QUERY}");
    let view = client.get(&path).send().expect(200).json();
    let offer = offer(&view["root"], label).expect("the page has the button");
    let body = json!({"offer": offer, "key": format!("{key:-<22}")});
    let path = format!("/c/life/act?at={TAG_IN_QUERY}");
    let _ = client.post(&path).json(&body).send().expect(200);
}

fn offer(node: &Value, label: &str) -> Option<Value> {
    if node["kind"] == "button" && node["label"] == label {
        return Some(node["offer"]["token"].clone());
    }
    let children = node["children"].as_array().into_iter().flatten();
    children.into_iter().find_map(|child| offer(child, label))
}

#[test]
fn a_page_is_read_and_acted_on_where_the_card_stands() {
    let site = Site::start();
    let host = host(&site);
    let browser = reader(&site, &host);
    follow(&browser, "跑步", TAG);
    assert_eq!(query(&browser, "at"), TAG);
    // All else of the frame's address stays.
    assert_eq!(query(&browser, "article"), site.url("/article"));
    assert_eq!(query(&browser, "lang"), "zh-CN");
    assert_eq!(query(&browser, "size"), Value::Null);
    browser.script("window.kept = true", &[]);
    let current = browser.find("[aria-current=page]");
    assert_eq!(current.text(), "跑步");

    browser.find_text("button", "加一").click();
    assert_eq!(toast(&browser), format!("在{TAG}"));
    let _ = browser.find_text(".qk-text", "点了 1 次");
    assert_eq!(query(&browser, "at"), TAG);
    // What others do there is seen, too.
    act(&host.client(), "加一", "another");
    let _ = browser.find_text(".qk-text", "点了 2 次");
    assert_eq!(browser.script("return window.kept", &[]), true);

    // A link that was pushed knows of the frame's address as much as the first.
    follow(&browser, "怪名", "tag/a&b");
    assert_eq!(query(&browser, "article"), site.url("/article"));
    let _ = browser.find_text(".qk-text", "点了 0 次");
    browser.back();
    enter_card(&browser, "life");
    let _ = browser.find_text(".qk-heading", TAG);
    follow(&browser, "首页", "首页");
    assert_eq!(query(&browser, "at"), Value::Null);
    browser.assert_clean_console();
}

#[test]
fn a_page_that_is_removed_under_a_reader_says_so() {
    let site = Site::start();
    let host = host(&site);
    let (browser, other) = (reader(&site, &host), reader(&site, &host));
    follow(&browser, "跑步", TAG);
    browser.find_text("button", "加一").click();
    let _ = browser.find_text(".qk-text", "点了 1 次");
    other.script("window.kept = true", &[]);
    act(&host.client(), "删掉", "somebody");
    let _ = browser.find_text("h1", "这一页不在了");
    browser.find_text("a", "回到卡片首页").click();
    let _ = browser.find_text(".qk-heading", "首页");
    assert_eq!(query(&browser, "article"), site.url("/article"));
    // The rest of the card goes on.
    assert_eq!(other.script("return window.kept", &[]), true);
}

/// Who removes the page that they are on sees what there is instead.
#[test]
fn who_removes_a_page_is_left_with_the_first() {
    let site = Site::start();
    let host = host(&site);
    let browser = reader(&site, &host);
    follow(&browser, "跑步", TAG);
    browser.find_text("button", "删掉").click();
    assert_eq!(toast(&browser), "删掉了");
    let _ = browser.find_text(".qk-heading", "首页");
    browser.find_text("button", "加一").click();
    eventually("a tap on the first page", || {
        let text = "return document.querySelector('.qk-toast')?.textContent";
        (browser.script(text, &[]) == "在首页").then_some(())
    });
}

#[test]
fn a_reader_without_scripts_stays_on_the_page() {
    let site = Site::start();
    let host = host(&site);
    let url = article(&site, &host.origin(), FRAME);
    let browser = Browser::open_with(&Options::new().without_scripts());
    browser.goto(&url);
    enter_plain_frame(&browser);
    follow(&browser, "跑步", TAG);
    browser.find_text("button", "加一").click();
    assert_eq!(toast(&browser), format!("在{TAG}"));
    let _ = browser.find_text(".qk-text", "点了 1 次");
    let search = browser.script("return location.search", &[]);
    let search = search.as_str().expect("a query");
    assert!(search.ends_with(&format!("&at={TAG_IN_QUERY}")), "{search}");
}

/// M2: where nothing can be done, everything can be read.
#[test]
fn a_site_that_is_not_registered_shows_the_pages() {
    let (registered, other) = (Site::start(), Site::start());
    let host = host(&registered);
    let check = |options: &Options, body: &str, enter: fn(&Browser)| {
        let browser = Browser::open_with(options);
        browser.goto(&article(&other, &host.origin(), body));
        enter(&browser);
        follow(&browser, "跑步", TAG);
        assert!(browser.find_all("form, button[name=_offer]").is_empty());
        let open = browser.find_text("a", "打开卡片");
        let expected = host.url(&format!("/c/life?at={TAG_IN_QUERY}"));
        assert_eq!(open.attribute("href"), expected);
        follow(&browser, "首页", "首页");
        browser.assert_clean_console();
    };
    let card = "<circle-card card='HOST/c/life'></circle-card>";
    check(&Options::new(), card, |browser| enter_card(browser, "life"));
    let scriptless = Options::new().without_scripts();
    check(&scriptless, FRAME, enter_plain_frame);
}

/// M1, as WordPress has it: the article leads to the page's own address. In
/// other such frames it is read in place.
#[test]
fn a_frame_without_an_origin_leads_to_the_page_or_shows_it() {
    let site = Site::start();
    let host = host(&site);
    let embedded = |hash: &str| {
        format!(
            "<script>addEventListener('message', ({{ data }}) => {{
               if (data?.message === 'link') location = data.value; }})</script>
             <iframe sandbox=allow-scripts src='HOST/c/life/embed{hash}' title=card
              width=600 height=480></iframe>"
        )
    };
    let browser = Browser::open();
    let url = article(&site, &host.origin(), &embedded("#?secret=abc"));
    browser.goto(&url);
    enter_plain_frame(&browser);
    let _ = browser.find_text("a", "打开卡片");
    browser.find_text("a.qk-link", "跑步").click();
    browser.leave();
    eventually("the page's own address", || {
        let expected = host.url(&format!("/c/life?at={TAG_IN_QUERY}"));
        (browser.url() == expected).then_some(())
    });
    let _ = browser.find_text(".qk-heading", TAG);

    let url = article(&site, &host.origin(), &embedded(""));
    browser.goto(&url);
    enter_plain_frame(&browser);
    let _ = browser.find_text("a", "打开卡片");
    follow(&browser, "跑步", TAG);
    let open = browser.find_text("a", "打开卡片");
    let expected = host.url(&format!("/c/life?at={TAG_IN_QUERY}"));
    assert_eq!(open.attribute("href"), expected);
}

#[test]
fn on_the_cards_own_page_links_stay_in_the_tab() {
    let site = Site::start();
    let host = host(&site);
    let browser = Browser::open();
    let article = site.url("/article");
    let query_of_article = form_urlencoded::Serializer::new(String::new())
        .append_pair("article", &article)
        .finish();
    browser.goto(&host.url(&format!("/c/life?{query_of_article}")));
    follow(&browser, "跑步", TAG);
    assert_eq!(browser.find(".qk-back").attribute("href"), article);
    browser.find_text("button", "加一").click();
    assert_eq!(toast(&browser), format!("在{TAG}"));
    act(&host.client(), "加一", "another");
    let _ = browser.find_text(".qk-text", "点了 2 次");
    follow(&browser, "首页", "首页");
    assert_eq!(browser.find(".qk-back").attribute("href"), article);
    browser.back();
    let _ = browser.find_text(".qk-heading", TAG);
    browser.assert_clean_console();
}
