//! The page of a post, its report, and where order is kept.

use super::expect_none;
use crate::browser::looks::assert_flawless;
use crate::http::circle::act_as;
use crate::http::moderation::applicants::Gate;
use crate::http::moderation::{QUEUE, Scene, path};
use quanka_tests::browser::{Browser, Options};
use quanka_tests::publisher::Publisher;
use quanka_tests::server::PUBLISHER;
use serde_json::json;

/// Signs in with a publisher's token, on a page of the host.
const SIGN_IN: &str = "
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jwt: arguments[0], card: 'club' }) };
    return (await fetch('/session', init)).status";

fn look(theme: &str, options: Options) {
    let scene = Scene::start();
    let public = scene.post("post", "今晚在哪跑?\n公园东门 https://run.example/x");
    scene.post(&format!("reply {public}"), "老地方");
    let held = scene.post("post", "广告 一则");
    let reported = scene.post("item", "跑鞋");
    scene
        .report(&reported, "像是推销", &scene.member)
        .expect(200);
    let rejected = scene.rejected();
    let browser = Browser::open_with(&options.viewport(390, 844));
    let sign_in = |sub: &str| {
        let jwt = Publisher::new(PUBLISHER).token(&scene.host.origin(), sub, sub);
        browser.goto(&scene.host.url("/c/club"));
        assert_eq!(browser.script_awaited(SIGN_IN, &[json!(jwt)]), 200);
    };
    let at = |path: &str, expected: &str| {
        browser.goto(&scene.host.url(path));
        let _ = browser.find_text("body", expected);
        expect_none(&browser, path);
        let wide = "return document.documentElement.scrollWidth > window.innerWidth";
        assert_eq!(
            browser.script(wide, &[]),
            json!(false),
            "{path} is too wide"
        );
    };
    at(&path(&public), "请先在文章所在的网站登录");
    at(&path(&held), "看不到这条内容");
    sign_in("author");
    at(&path(&held), "等待管理员查看");
    let picture = |what: &str| drop(browser.screenshot(&format!("order-{theme}-{what}")));
    picture("held");
    at(&path(&rejected), "没有通过");
    sign_in("visitor");
    at(&path(&public), "告诉管理员哪里不妥");
    picture("post");
    browser.find("textarea").type_text("不对");
    browser.find("#report button").click();
    let _ = browser.find_text("#report", "你已经举报了");
    expect_none(&browser, "after a report");
    sign_in("keeper");
    at(QUEUE, "像是推销");
    picture("queue");
    browser.find("button[value=reject]").click();
    let _ = browser.find_text(".qk-message", "原因要有");
    expect_none(&browser, "a decision refused");
    picture("refused");
    browser.find("input[name=reason]").type_text("不是这里的事");
    browser.find("button[value=reject]").click();
    let _ = browser.find_text("section:first-of-type", "像是推销");
    browser.find("button[value=remove]").click();
    let _ = browser.find_text("section:first-of-type", "不对");
    browser.find("button[value=approve]").click();
    let _ = browser.find_text("[role=status]", "没有要看的内容");
    expect_none(&browser, "an empty queue");
    at(&path(&reported), "这条内容已被移除");
}

/// Where readers are let in, and what is said when somebody was quicker.
fn look_at_the_gate(theme: &str, options: Options) {
    let gate = Gate::start();
    let asking = ["阿南", "小贝", "青禾"].map(|name| gate.asks(name));
    let browser = Browser::open_with(&options.viewport(390, 844));
    let jwt = Publisher::new(PUBLISHER).token(&gate.host.origin(), "owner", "owner");
    browser.goto(&gate.host.url("/c/club"));
    assert_eq!(browser.script_awaited(SIGN_IN, &[json!(jwt)]), 200);
    browser.goto(&gate.host.url(QUEUE));
    let _ = browser.find_text("section", "小贝");
    assert_flawless(&browser, &[], "who asks to be let in");
    expect_none(&browser, "who asks to be let in");
    browser.screenshot(&format!("order-{theme}-gate"));
    // The last who asked is the first, and has gone away meanwhile.
    act_as(&gate.host.client(), "leave", "", &asking[2].0);
    browser.find("button[value=admit]").click();
    let _ = browser.find_text("[role=alert]", "已经不在等了");
    expect_none(&browser, "somebody else was quicker");
    browser.screenshot(&format!("order-{theme}-late"));
    browser.find("button[value=admit]").click();
    let _ = browser.find_text("section:first-of-type", "阿南");
    assert_eq!(gate.standing(&asking[1].0), "Joined");
}

#[test]
fn nothing_serious_at_the_gate_in_light() {
    look_at_the_gate("light", Options::new());
}

#[test]
fn nothing_serious_at_the_gate_in_dark() {
    look_at_the_gate("dark", Options::new().dark());
}

#[test]
fn nothing_serious_in_light() {
    look("light", Options::new());
}

#[test]
fn nothing_serious_in_dark() {
    look("dark", Options::new().dark());
}
