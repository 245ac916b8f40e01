//! The smallest circle card: a greeting, and a button that counts who waved.
//!
//! Read from top to bottom. `card.toml` beside it says what the card is called
//! and what can be configured; `quanka build` makes one `.wasm` of both.

use quanka_card::prelude::*;
use serde::Deserialize;

// A card has no fields: whatever it remembers is in its state.
struct Hello;

// What the publisher configures, as `[config]` in `card.toml` describes it.
#[derive(Deserialize)]
struct Config {
    greeting: Option<String>,
}

impl Card for Hello {
    type Config = Config;

    // Drawing. The host keeps the view until something changes that it read,
    // here the tally. There is no HTML: the view is a tree of parts.
    fn render(cx: &CardContext<Config>) -> Result<View> {
        let greeting = match &cx.config.greeting {
            Some(greeting) => greeting,
            None => cx.tr("你好，读者！", "Hello, reader!"),
        };
        let waves = tally::card("waves").total();
        let waved = match waves {
            0 => cx.tr("还没有人打招呼", "Nobody has waved yet").to_owned(),
            1 => cx.tr("有 1 次招呼", "One wave so far").to_owned(),
            _ => cx.tr(
                format!("有 {waves} 次招呼"),
                format!("{waves} waves so far"),
            ),
        };
        Ok(View::new(greeting).body((
            heading(2, greeting),
            text(waved).muted(),
            button(cx.tr("打个招呼", "Wave"), offer("wave")).primary(),
        )))
    }

    // Doing. What is written here is committed if, and only if, it returns Ok;
    // then the host draws the card again.
    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "wave" => {
                tally::card("waves").add("all", 1)?;
                Ok(Outcome::success(cx.tr("你好呀！", "Hello to you!")))
            }
            _ => Err(Error::unknown_action(action)),
        }
    }
}

quanka_card::export!(Hello);

// Tests run natively: `cargo test -p hello-card`.
#[cfg(test)]
mod tests {
    use quanka_card::test::{Host, nobody};
    use serde_json::json;

    use super::*;

    #[test]
    fn greets_and_counts() {
        let mut host = Host::new::<Hello>(json!({ "greeting": "早上好" }));
        assert!(host.render().unwrap().contains("早上好"));
        assert!(host.render().unwrap().contains("还没有人打招呼"));

        let done = host.act(&nobody(), "wave", []).unwrap();
        assert_eq!(done.outcome.toast_text(), Some("你好呀！"));
        assert!(host.render().unwrap().contains("有 1 次招呼"));
    }

    #[test]
    fn speaks_english() {
        let mut host = Host::new::<Hello>(json!({}));
        assert!(
            host.set_locale("en")
                .render()
                .unwrap()
                .contains("Hello, reader!")
        );
    }
}
