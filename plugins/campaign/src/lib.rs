//! 圈子活动: a campaign that starts a circle.
//!
//! Readers take part with one tap, which also lets them join the circle, and
//! earn points: for posts, for a check-in a day, for readers they invite. At
//! the end prizes are drawn, or go to those with the most points, in a way that
//! anyone can check: `lots.rs` says how, and the card's page `proof` says it to
//! readers. Winners accept, or the next in line gets the prize.
//!
//! What is kept, and under which keys, stands in `book.rs`; what earns points,
//! and what is no use trying, in `rules.rs`; what happens by itself, in
//! `jobs.rs`.

mod acts;
mod book;
mod config;
mod draw;
mod jobs;
mod look;
mod lots;
mod place;
mod ranking;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use quanka_card::prelude::*;

use config::Config;

/// The card.
struct Campaign;

impl Card for Campaign {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        cx.config.check()?;
        draw::draw(cx)
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        cx.config.check()?;
        acts::act(cx, action)
    }

    fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
        jobs::run(cx, job)
    }

    fn created(cx: &JobContext<Config>) -> Result<()> {
        jobs::begin(cx)
    }
}

quanka_card::export!(Campaign, full);
