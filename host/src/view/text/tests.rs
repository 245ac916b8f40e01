use super::{PlainContext, text};
use crate::view::{
    View,
    samples::{SITE, checked, everything, poll, results},
};

fn draw(view: View, locale: &str) -> String {
    text(&checked(view), &PlainContext { site: SITE, locale })
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
