//! Says what it hears, in every place of every kind of node that holds text:
//! `text` of its configuration, `url` in every place of an address, and what
//! readers have told it in `line` and `lines`.

use quanka_card::prelude::*;
use serde::Deserialize;

struct Parrot;

#[derive(Deserialize)]
struct Config {
    text: String,
    #[serde(default = "home")]
    url: String,
}

fn home() -> String {
    "https://example.com/".to_owned()
}

impl Card for Parrot {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        let Config { text: say, url } = &cx.config;
        // Most places hold one line; the others get the whole as well.
        let line = &say.replace('\n', " ");
        let heard: Vec<String> = state::card().get("heard")?.unwrap_or_default();
        Ok(View::new(line).summary(line).image(url).body((
            shown(line, url),
            text(say).quote(),
            asked(line, say),
            each(heard, |line| {
                column((text(&line), details(line.replace('\n', " "), divider())))
            }),
        )))
    }

    fn handle(_: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        let line = action.value("line").unwrap_or_default().to_owned();
        let mut heard: Vec<String> = state::card().get("heard")?.unwrap_or_default();
        heard.push(line.clone());
        heard.push(action.value("lines").unwrap_or_default().to_owned());
        state::card().put("heard", &heard)?;
        Ok(Outcome::success(&line).event("heard", &line))
    }
}

fn shown(say: &str, url: &str) -> Element {
    column((
        (heading(1, say), heading(2, say)),
        (text(say).lead(), text(say).quote().max_lines(2)),
        rich([
            plain(say),
            bold(say),
            emphasis(say),
            code(say),
            span_link(say, url),
        ]),
        (badge(say).accent(), stat(say, say).change(say)),
        panel(progress(say, 0.5)).title(say),
        (meter(say, 0.25, 32).mine(true), details(say, divider())),
        image(url, say, 320, 200),
        (
            chart(say, [(say, 1.0), (say, 2.0)]).line(),
            chart(say, [(say, 1.0)]),
            chart(say, [(say, 1.0), (say, 0.5)]).spark(),
        ),
        (qr(say, say), link(say, url)),
        ext("map", text(say)).prop("text", say),
    ))
}

fn asked(say: &str, lines: &str) -> Element {
    form((
        input("line", say).placeholder(say).value(say).max(160),
        input("lines", say)
            .multiline()
            .placeholder(say)
            .value(lines)
            .max(160),
        choice("list", say).option(say, say).option("b", say),
        choice("menu", say).option(say, say).option("b", say).menu(),
        choice("chips", say)
            .option(say, say)
            .option("b", say)
            .chips(),
        (toggle("agree", say), rating("stars", say)),
        button(say, offer("say").payload(&say)).primary(),
        button(say, offer("say").confirm(say)).danger(),
    ))
}

quanka_card::export!(Parrot);
