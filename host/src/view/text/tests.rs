use super::{PlainContext, text};
use crate::view::{
    At, Kind, Site, View,
    samples::{SITE, Tree, checked, everything, leaf, poll, results},
};

fn draw(view: View, locale: &str) -> String {
    let at = At::default();
    let cx = PlainContext {
        site: SITE,
        at: &at,
        locale,
    };
    text(&checked(view), &cx)
}

#[test]
fn poll_before_the_vote() {
    insta::assert_snapshot!(draw(poll(), "zh-CN"), @r"
    下个月读什么？

    ○ 《三体》 刘慈欣
    ○ 《边城》 沈从文
    ○ 《我们仨》 杨绛

    128 人已参与

    打开卡片参与 <https://cards.example/c/vote>
    ");
}

#[test]
fn poll_after_the_vote() {
    insta::assert_snapshot!(draw(results(), "en"), @r"
    下个月读什么？

    ██████░░░░ 56% (72) 《三体》 刘慈欣
    ███░░░░░░░ 34% (44) 《边城》 沈从文 ✓ your choice
    █░░░░░░░░░ 9% (12) 《我们仨》 杨绛

    128 人已参与

    Open the card to take part <https://cards.example/c/vote>
    ");
}

#[test]
fn every_kind() {
    insta::assert_snapshot!("everything", draw(everything(str::to_owned), "zh-CN"));
}

#[test]
fn nothing_is_escaped() {
    let text = draw(everything(|text| format!("{text}<b>&amp;*")), "zh");
    assert!(text.contains("本月共读<b>&amp;*"), "{text}");
}

#[test]
fn addresses_of_pages_are_whole() {
    let link = leaf(Kind::Link {
        label: "跑步".to_owned(),
        url: "card:tag/跑步".to_owned(),
    });
    let view = checked(Tree(Kind::Column, vec![link]).view("标签"));
    let cx = PlainContext {
        site: Site {
            card_url: "https://cards.example/c/life",
            ..SITE
        },
        at: &At::parse("tag/a(b)").unwrap(),
        locale: "en",
    };
    insta::assert_snapshot!(text(&view, &cx), @r"
    标签

    跑步 <https://cards.example/c/life?at=tag%2F%E8%B7%91%E6%AD%A5>

    Open the card <https://cards.example/c/life?at=tag%2Fa%28b%29>
    ");
    insta::assert_snapshot!(crate::view::markdown(&view, &cx), @r"
    # 标签

    [跑步](https://cards.example/c/life?at=tag%2F%E8%B7%91%E6%AD%A5)

    [Open the card](https://cards.example/c/life?at=tag%2Fa%28b%29)
    ");
}
