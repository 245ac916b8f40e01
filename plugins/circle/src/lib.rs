//! 圈子卡片: the circle itself, inside an article.
//!
//! A reader sees what the circle is and what it talks about, joins with one
//! tap, reads, likes, replies and posts; the owner and moderators keep order on
//! a page of the same card. All of it is the host's `circle` and `posts`: the
//! card keeps no state of its own, and with an empty configuration it is whole.

mod acts;
mod config;
mod draw;
mod look;
mod place;
#[cfg(test)]
mod tests;
mod words;

use quanka_card::prelude::*;

use config::Config;

/// The card.
struct Circle;

impl Card for Circle {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        draw::draw(cx)
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        acts::act(cx, action)
    }
}

quanka_card::export!(Circle);
