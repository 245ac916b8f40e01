//! What the hostile guests share: a card that misbehaves where its
//! configuration says, and a button that leads there.
//!
//! `{ "mode": "render" }` misbehaves when drawn, `{ "mode": "handle" }` when
//! its button `go` is pressed, anything else never. `how` picks one of a
//! guest's ways.

use std::marker::PhantomData;

use quanka_card::prelude::*;
use serde::Deserialize;

/// One way, or several, not to behave.
pub trait Misbehaves {
    fn misbehave(how: &str) -> Result<()>;
}

/// The card of a guest that [`Misbehaves`].
pub struct Hostile<M>(PhantomData<M>);

#[derive(Deserialize)]
pub struct Config {
    #[serde(default)]
    mode: String,
    #[serde(default)]
    how: String,
}

impl<M: Misbehaves> Card for Hostile<M> {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        if cx.config.mode == "render" {
            M::misbehave(&cx.config.how)?;
        }
        let handled = tally::card("handled").total();
        Ok(View::new("坏插件").body((
            text(format!("做完 {handled} 次")),
            button("开始", offer("go")),
        )))
    }

    fn handle(cx: &ActionContext<Config>, _: &Action) -> Result<Outcome> {
        // So that a test can see that nothing of a failed action stays.
        state::card().put("handled", &true)?;
        tally::card("handled").add("all", 1)?;
        if cx.config.mode == "handle" {
            M::misbehave(&cx.config.how)?;
        }
        Ok(Outcome::success("还好好的"))
    }
}
