use super::{PictureContext, picture};
use crate::view::{ChartStyle, Kind, Point, samples};

fn context() -> PictureContext<'static> {
    PictureContext {
        url: "https://cards.example/c/vote",
        locale: "zh-CN",
        circle: "贝壳读书圈",
        publisher: "贝壳日报",
    }
}

/// The words of a picture, line by line.
fn words(svg: &str) -> String {
    let texts = svg.split("<text").skip(1);
    let texts = texts.filter_map(|text| text.split_once('>')?.1.split_once("</text>"));
    texts.map(|(text, _)| text).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_poll() {
    let svg = picture(&samples::checked(samples::poll()), &context());
    insta::assert_snapshot!(words(&svg), @r#"
    贝壳读书圈
    贝壳日报
    下个月读什么？
    三本书里选一本，下个月一起读。
    《三体》 刘慈欣
    《边城》 沈从文
    《我们仨》 杨绛
    128 人已参与
    扫码参与
    "#);
}

#[test]
fn results() {
    let svg = picture(&samples::checked(samples::results()), &context());
    insta::assert_snapshot!(words(&svg), @r#"
    贝壳读书圈
    贝壳日报
    下个月读什么？
    《三体》 刘慈欣
    56%
    《边城》 沈从文
    34%
    《我们仨》 杨绛
    9%
    128 人已参与
    扫码参与
    "#);
}

#[test]
fn numbers_are_said_as_the_card_says_them() {
    let stat = |label: &str, value: &str| {
        samples::leaf(Kind::Stat {
            label: label.to_owned(),
            value: value.to_owned(),
            change: None,
        })
    };
    let point = |label: &str, value| Point {
        label: label.to_owned(),
        value,
    };
    let chart = Kind::Chart {
        style: ChartStyle::Bar,
        label: "每天的帖子".to_owned(),
        points: vec![point("周一", 1_200.0), point("周二", 300.0)],
    };
    let body = vec![
        stat("成员", "12,846"),
        stat("今日新帖", "38"),
        samples::leaf(chart),
    ];
    let view = samples::Tree(Kind::Column, body).view("一周");
    let svg = picture(&samples::checked(view), &context());
    insta::assert_snapshot!(words(&svg), @r#"
    贝壳读书圈
    贝壳日报
    一周
    12,846
    成员
    38
    今日新帖
    周一
    1,200
    周二
    300
    扫码参与
    "#);
}

#[test]
fn everything_and_too_much_of_it() {
    let everything = samples::everything(str::to_owned);
    let svg = picture(&samples::checked(everything), &context());
    insta::assert_snapshot!(words(&svg), @r#"
    贝壳读书圈
    贝壳日报
    贝壳读书圈
    一起读书，每月一本。
    进行中
    第 12 期
    本月共读
    一座边城，一条小溪，一个叫翠翠的姑娘。
    还有 31 项
    扫码参与
    "#);
}

#[test]
fn no_text_becomes_markup() {
    const HOSTILE: &str = "\"'></text><script>alert(1)</script><!--]]>";
    let hostile = samples::everything(|_| HOSTILE.to_owned());
    let cx = PictureContext {
        url: HOSTILE,
        locale: HOSTILE,
        circle: HOSTILE,
        publisher: "\u{0}\u{ffff}",
    };
    let svg = picture(&samples::checked(hostile), &cx);
    assert!(!svg.contains("<script"), "{svg}");
    assert!(!svg.contains("<!--"), "{svg}");
    assert!(svg.contains("&lt;script&gt;"), "{svg}");
    assert!(svg.contains("\u{fffd}\u{fffd}"), "{svg}");
    // An even number of quotes in each tag: no attribute was left.
    for tag in svg.split('<').filter_map(|rest| rest.split_once('>')) {
        assert_eq!(tag.0.matches('"').count() % 2, 0, "{}", tag.0);
    }
}
