//! Draws too much. `how`: `nodes` (5,000 of them), `text` (1 MiB in one),
//! `texts` (1 MiB in many), `title`, `deep` (40 levels), `options` (1,000),
//! `payload` (1 MiB), `fits` (a view just within the limits).

use quanka_card::prelude::*;
use serde::Deserialize;

const MIB: usize = 1024 * 1024;

struct Oversized;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    how: String,
}

impl Card for Oversized {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        let view = View::new("太大了");
        Ok(match cx.config.how.as_str() {
            "text" => view.body(text("x".repeat(MIB))),
            "texts" => view.body(each(0..1_024, |_| text("x".repeat(1_024)))),
            "title" => View::new("x".repeat(MIB)).body(text("x")),
            "deep" => view.body((0..40).fold(Element::from(text("x")), |inner, _| column(inner))),
            "options" => {
                let options = (0..1_000).map(|option| (option.to_string(), "x"));
                view.body(form((
                    choice("c", "x").options(options),
                    button("x", offer("go")),
                )))
            }
            "payload" => view.body(button("x", offer("go").payload(&"x".repeat(MIB)))),
            "fits" => view.body(each(0..1_999, |_| text("x".repeat(128)))),
            _ => view.body(each(0..5_000, |_| divider())),
        })
    }
}

quanka_card::export!(Oversized);
