//! 和群: groups that big names and their fans form inside a circle.
//!
//! A group is a name, a way in, a keeper and a notice, kept in the state that
//! all cards of this plugin in the circle share (`groups.rs`). Its posts are the
//! circle's, under a tag of the group's own; its numbers are tallies. Posts of
//! featured members stand above all others.

mod acts;
mod config;
mod draw;
mod groups;
mod look;
mod place;
#[cfg(test)]
mod tests;
mod words;

use quanka_card::prelude::*;

use config::Config;

/// The card.
struct FanGroups;

impl Card for FanGroups {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        draw::draw(cx)
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        acts::act(cx, action)
    }
}

quanka_card::export!(FanGroups);
