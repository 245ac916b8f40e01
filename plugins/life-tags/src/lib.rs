//! 我还: every tag is one side of your life.
//!
//! A reader keeps tags, and under each tag one record a week, which they
//! improve until the week ends on Sunday night. Records are posts of the
//! circle, private unless their author shows them; what others show stands on
//! the page of its tag, and the tags that are written under most are hot.
//!
//! State holds what posts cannot say: which tags a reader keeps (`own.rs`), and
//! what a week came to when it closed (`hot.rs`). How many records a tag has in
//! a week is a tally. Streaks are worked out from the records themselves, so
//! they are right whatever became of a record elsewhere.

mod acts;
mod config;
mod draw;
mod history;
mod hot;
mod jobs;
mod look;
mod name;
mod own;
mod place;
mod streak;
#[cfg(test)]
mod tests;
mod week;
mod words;

use quanka_card::prelude::*;

use config::Config;

/// The card.
struct LifeTags;

impl Card for LifeTags {
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

    fn created(cx: &JobContext<Config>) -> Result<()> {
        jobs::set_timers(&cx.config)
    }
}

quanka_card::export!(LifeTags, full);
