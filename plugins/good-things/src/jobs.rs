//! What the card does without a reader: it looks after posts, which others may
//! approve, hold or take away in another card, on the circle's pages or through
//! the API. Points follow within minutes where posts are few; where there are
//! many, all of them are looked at in turn.
//!
//! A look does only what is not done, so that one that comes again, or together
//! with another card's, has no effect but its own.

use quanka_card::prelude::*;

use crate::config::Config;
use crate::points;
use crate::watch;

/// The timer's name, and how often it comes.
const LOOK: &str = "look";
const LOOK_EVERY_S: u32 = 10 * 60;

/// Posts of one look. Each writes eight keys and counters at most, and a job no
/// more than 256.
pub const LOOK_POSTS: u32 = 24;

pub fn set_timer() -> Result<()> {
    timers::every(LOOK, LOOK_EVERY_S).set()
}

pub fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
    match job {
        Job::Timer(timer) if timer.name() == LOOK => look(cx.now),
        _ => Err(Error::unknown_job(job)),
    }
}

/// Looks at the next posts.
fn look(now: Timestamp) -> Result<()> {
    for (id, watched) in watch::next(LOOK_POSTS)? {
        let by = &watched.by;
        match posts::get(&id) {
            Some(post) if post.status == PostStatus::Removed => {
                points::gone(&id, by)?;
                continue;
            }
            Some(post) if !post.is_published() => points::unpublished(&id, by)?,
            Some(post) if post.kind == PostKind::Recommendation => {
                points::published(&id, by)?;
                // Who puts a post first elsewhere is not known here, and may be
                // its author: that earns nothing.
                if !post.featured {
                    points::unfeatured(&id, by)?;
                }
            }
            Some(_) => points::shown(&id, by)?,
            // A job sees what everybody sees: not what waits or was refused.
            None => points::unpublished(&id, by)?,
        }
        watch::looked(&id, watched, now)?;
    }
    Ok(())
}
