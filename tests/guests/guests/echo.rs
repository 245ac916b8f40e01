//! Shows every kind of node there is, and offers nothing: it exports `card`
//! alone. What it was given stands in the first paragraph.

use quanka_card::prelude::*;

struct Echo;

impl Card for Echo {
    type Config = serde::de::IgnoredAny;

    fn render(cx: &CardContext<Self::Config>) -> Result<View> {
        let circle = circle::info();
        let start = Timestamp::from_ms(1_767_225_600_000);
        Ok(View::new("每一种").summary("所有种类的节点").body((
            heading(1, "每一种"),
            text(format!(
                "{} {:?} {} {}",
                cx.locale, cx.size, cx.slug, circle.name
            ))
            .lead(),
            rich([
                plain("平"),
                bold("粗"),
                emphasis("重"),
                code("码"),
                span_link("链", HOME),
            ]),
            text("原话").quote().max_lines(2),
            row((badge("新").accent(), badge("成").success(), badge("平"))),
            grid(
                2,
                (stat("人数", 128).change("+12 %"), stat("帖子", "1.2 万")),
            ),
            panel(progress("进度", 0.5))
                .title("本周")
                .tone(Tone::Warning),
            (
                carousel((meter("三体", 0.25, 32).mine(true), meter("边城", 0.75, 96))),
                details(
                    "更多",
                    (divider(), time(start).date(), time(start).countdown()),
                ),
                row((time(start).relative(), time(start))),
                image("https://example.com/cat.png", "一只猫", 320, 200),
                chart("趋势", [("一月", 1.0), ("二月", 2.5)]).line(),
                chart("每天", [("一", 1.0), ("二", 3.0)]),
                chart("火花", [("一", 1.0), ("二", 0.5)]).spark(),
                qr(HOME, "扫码打开"),
                link("去看看", HOME),
                ext("map", text("北京")).prop("lat", "39.9"),
            ),
        )))
    }
}

const HOME: &str = "https://example.com/";

quanka_card::export!(Echo, static);
