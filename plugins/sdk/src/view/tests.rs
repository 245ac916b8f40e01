use super::*;
use crate::Timestamp;

#[test]
fn every_kind_of_element_becomes_its_node() {
    let body = column((
        heading(1, "标题"),
        text("正文"),
        text("引言").lead().max_lines(3),
        text("小字").caption().muted(),
        text("原话").quote().warning(),
        rich([
            plain("看"),
            bold("这"),
            emphasis("里"),
            code("x"),
            span_link("去", "https://a.cn"),
        ]),
        image("https://a.cn/i.png", "一只猫", 320, 200),
        row((badge("新").accent(), badge("好").success(), badge("旧"))),
        grid(
            2,
            (stat("人数", 128).change("+12 %"), stat("帖子", "1.2 万")),
        ),
        panel(progress("进度", 0.5))
            .title("本周")
            .tone(Tone::Warning),
        carousel((meter("三体", 0.25, 3).mine(true), meter("边城", 0.75, 9))),
        (
            details("更多", (divider(), time(Timestamp::from_ms(0)).date())),
            row((
                time(Timestamp::from_ms(0)).relative(),
                time(Timestamp::from_ms(0)).countdown(),
            )),
            time(Timestamp::from_ms(1_500)),
            chart("趋势", [("一", 1.0), ("二", 2.5)]).line(),
            chart("火花", [("一", 1.0)]).spark(),
            qr("https://a.cn", "扫码"),
            link("写信", "mailto:a@a.cn"),
            ext("map", text("北京")).prop("lat", "39.9"),
        ),
    ));
    insta::assert_snapshot!(View::new("全部").summary("每一种").body(body).to_tree());
}

#[test]
fn every_input_becomes_its_node() {
    let body = form((
        input("name", "名字").required().placeholder("阿南").max(20),
        input("words", "留言").multiline().value("你好"),
        input("age", "年龄").number().min(0).max(150),
        input("day", "日子").date(),
        choice("one", "选一")
            .option("a", "甲")
            .option("b", "乙")
            .selected("b")
            .required(),
        choice("some", "选几")
            .options([("a", "甲"), ("b", "乙"), ("c", "丙")])
            .up_to(2)
            .chips(),
        choice("menu", "菜单").option("a", "甲").menu(),
        toggle("agree", "同意").on(true),
        rating("stars", "评分").out_of(10).value(7).required(),
        button(
            "送",
            offer("send")
                .payload(&("p", 1))
                .signed_in()
                .confirm("确定?"),
        )
        .primary(),
        button(
            "删",
            offer("drop").audience(Audience::Owner).once_per_card(),
        )
        .danger(),
        button("算了", offer("no").once_per_viewer()).quiet(),
    ));
    insta::assert_snapshot!(View::new("表单").body(body).to_tree());
}

#[test]
fn children_are_whatever_holds_elements() {
    fn check(children: impl Children, expected: &str) {
        let tree = View::new("x").body(column(children)).to_tree();
        let lines: Vec<&str> = tree.lines().skip(2).map(str::trim).collect();
        assert_eq!(lines.join(", "), expected);
    }

    let word = |word: &str| badge(word);
    check((), "");
    check(text("a"), r#"text "a""#);
    check((text("a"), divider()), r#"text "a", divider"#);
    check(Some(divider()), "divider");
    check(None::<Element>, "");
    check([divider(), divider()], "divider, divider");
    check(vec![text("a"), text("b")], r#"text "a", text "b""#);
    check(
        each(["a", "b"], word),
        r#"badge "a" (neutral), badge "b" (neutral)"#,
    );
    check(
        each(["a"], |a| (text(a), Some(divider()))),
        r#"text "a", divider"#,
    );
    check(
        ((divider(), ()), vec![Some(divider()), None]),
        "divider, divider",
    );
}

#[test]
fn a_body_of_one_is_the_root_and_others_stand_in_a_column() {
    let root = |view: View| view.to_tree().lines().nth(1).map(str::to_owned);
    assert_eq!(
        root(View::new("x").body(divider())).as_deref(),
        Some("divider")
    );
    assert_eq!(
        root(View::new("x").body((divider(), divider()))).as_deref(),
        Some("column")
    );
    assert_eq!(root(View::new("x")).as_deref(), Some("column"));
}
