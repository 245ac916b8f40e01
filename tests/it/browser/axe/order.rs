//! The page of a post, its report, and where order is kept.

use super::expect_none;
use crate::http::moderation::{QUEUE, Scene, path};
use quanka_tests::browser::{Browser, Options};
use quanka_tests::publisher::Publisher;
use quanka_tests::server::PUBLISHER;
use serde_json::json;

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
        let sign_in = "
            const init = { method: 'POST', headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ jwt: arguments[0], card: 'club' }) };
            return (await fetch('/session', init)).status";
        browser.goto(&scene.host.url("/c/club"));
        assert_eq!(browser.script_awaited(sign_in, &[json!(jwt)]), 200);
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

#[test]
fn nothing_serious_in_light() {
    look("light", Options::new());
}

#[test]
fn nothing_serious_in_dark() {
    look("dark", Options::new().dark());
}
