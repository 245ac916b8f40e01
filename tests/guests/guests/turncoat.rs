//! Behaves until a reader presses `turn`, then not until one presses `mend`.
//! `how` it fails when drawn: `panic` (the default), `loop`, `error`, `denied`.
//! With `private` it does not fail, but asks about its reader meanwhile.

use quanka_card::prelude::*;
use serde::Deserialize;

struct Turncoat;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    how: String,
}

impl Card for Turncoat {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        let turns: u64 = state::card().get("turns")?.unwrap_or(0);
        if !turns.is_multiple_of(2) {
            fail(&cx.config.how)?;
        }
        Ok(View::new("墙头草").body((
            text(format!("变过 {turns} 次")),
            button("变坏", offer("turn")),
            button("变好", offer("mend")),
        )))
    }

    fn handle(_: &ActionContext<Config>, _: &Action) -> Result<Outcome> {
        let turns: u64 = state::card().get("turns")?.unwrap_or(0);
        state::card().put("turns", &(turns + 1))?;
        Ok(Outcome::success("变了"))
    }
}

fn fail(how: &str) -> Result<()> {
    match how {
        "loop" => loop {
            std::hint::black_box(how);
        },
        "error" => Err(Error::internal("it changed its mind")),
        "denied" => Err(Error::denied("not for everybody")),
        "private" => state::viewer().get::<u64>("nothing").map(drop),
        _ => panic!("it changed its mind"),
    }
}

quanka_card::export!(Turncoat);
