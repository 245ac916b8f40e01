use serde_json::Value;

use super::{JsonContext, json};
use crate::view::{
    At, CheckedView, Kind, Size, Span, View,
    samples::{SITE, Tree, checked, everything, leaf, poll, results},
};

fn draw(view: View, tokens: Option<&[String]>) -> Value {
    let cx = JsonContext {
        card: "vote",
        site: SITE,
        locale: "zh-CN",
        size: Size::Standard,
        at: &At::default(),
        private: false,
        stale: false,
        expires_at: None,
        tokens,
    };
    written(&checked(view), &cx)
}

fn written(view: &CheckedView, cx: &JsonContext<'_>) -> Value {
    let text = serde_json::to_string(&json(view, cx)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn tokens() -> Vec<String> {
    (0..4)
        .map(|index| format!("v1.k1.BODY{index}.MAC"))
        .collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn poll_before_the_vote() {
    insta::assert_snapshot!("poll", pretty(&draw(poll(), Some(&tokens()))));
}

#[test]
fn poll_after_the_vote() {
    insta::assert_snapshot!("results", pretty(&draw(results(), Some(&tokens()))));
}

#[test]
fn every_kind() {
    insta::assert_snapshot!(
        "everything",
        pretty(&draw(everything(str::to_owned), Some(&tokens())))
    );
}

#[test]
fn without_tokens_no_button_has_an_offer() {
    let value = draw(poll(), None);
    let button = &value["root"]["children"][1]["children"][1];
    assert_eq!(button["kind"], "button");
    assert_eq!(button.get("offer"), Some(&Value::Null));
}

#[test]
fn the_head() {
    let tokens = tokens();
    let cx = JsonContext {
        card: "vote",
        site: SITE,
        locale: "en",
        size: Size::Feed,
        at: &At::parse("tag/跑步").unwrap(),
        private: true,
        stale: true,
        expires_at: Some(1_798_732_800_000),
        tokens: Some(&tokens),
    };
    let mut value = written(&checked(poll()), &cx);
    value.as_object_mut().unwrap().remove("root");
    insta::assert_snapshot!(value, @r#"
    {"card":"vote","circle":"beike","version":"12afa11627060c64","locale":"en","size":"feed","at":"tag/跑步","private":true,"stale":true,"expires_at":"2026-12-31T16:00:00Z","title":"下个月读什么？","summary":"三本书里选一本，下个月一起读。","image":null,"people":{}}
    "#);
}

#[test]
fn a_link_to_a_page_of_the_card_says_which() {
    let link = |label: &str, url: &str| {
        leaf(Kind::Link {
            label: label.to_owned(),
            url: url.to_owned(),
        })
    };
    let span = Span::Link {
        label: "跑步".to_owned(),
        url: "card:tag/跑步".to_owned(),
    };
    let children = vec![
        link("首页", "card:"),
        leaf(Kind::Rich(vec![span])),
        link("别处", "https://beike.example/"),
    ];
    let value = draw(Tree(Kind::Column, children).view("标签"), None);
    insta::assert_snapshot!(value["root"]["children"], @r#"
    [{"kind":"link","label":"首页","url":"https://cards.example/c/vote","at":"","children":[]},{"kind":"rich","spans":[{"kind":"link","label":"跑步","url":"https://cards.example/c/vote?at=tag%2F%E8%B7%91%E6%AD%A5","at":"tag/跑步"}],"children":[]},{"kind":"link","label":"别处","url":"https://beike.example/","children":[]}]
    "#);
}
