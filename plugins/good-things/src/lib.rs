//! 好物圈: members of a circle recommend things to each other.
//!
//! Recommendations, wishes, questions and answers are the circle's posts, and
//! 看好 and 想买 their reactions. The card itself keeps little: the owner's
//! topics (`topics.rs`), what a reader wants (`wants.rs`), and the points that
//! members earn (`points.rs`), which a timer (`jobs.rs`) keeps true of posts that
//! change elsewhere (`watch.rs`).

mod acts;
mod config;
mod draw;
mod jobs;
mod look;
mod place;
mod points;
#[cfg(test)]
mod tests;
mod topics;
mod wants;
mod watch;
mod words;

use quanka_card::prelude::*;

use config::Config;

/// The card.
struct GoodThings;

impl Card for GoodThings {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        draw::draw(cx)
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        acts::act(cx, action)
    }

    fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
        jobs::run(cx, job)
    }

    fn created(_: &JobContext<Config>) -> Result<()> {
        jobs::set_timer()
    }

    /// Cards of version 0.1 have no timer.
    fn migrate(_: &JobContext<Config>, _from_version: &str) -> Result<()> {
        jobs::set_timer()
    }
}

quanka_card::export!(GoodThings, full);
