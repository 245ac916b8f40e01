//! 投票: a question, a few options, one vote a reader, and minds may change.
//!
//! A reader's own vote is their viewer state; the counts are a tally, so that
//! ten thousand readers can vote at once. Nobody sees who voted for what.

mod config;
mod draw;
mod vote;

#[cfg(test)]
mod tests;

use config::Config;
use quanka_card::prelude::*;

struct Poll;

impl Card for Poll {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        cx.config.check()?;
        draw::draw(cx)
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "vote" => vote::vote(cx, action),
            _ => Err(Error::unknown_action(action)),
        }
    }
}

quanka_card::export!(Poll);
