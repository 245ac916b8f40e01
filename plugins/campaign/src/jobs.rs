//! What happens by itself: the start, the end, the draw, and prizes that go to
//! the next in line.
//!
//! | timer | when | what |
//! |---|---|---|
//! | `start` | `starts_at` | the seed is made and its seal published; what is played for is fixed |
//! | `end` | the end | the draw begins |
//! | `draw` | at once | the draw goes on, a bounded step at a time |
//! | `accept` | when a winner's time is over | the prize goes to the next |
//! | `watch` | every hour until the draw | a start or an end that was moved is heeded |
//!
//! Each does only what is not done, so that one that comes again, or late, has
//! no effect but its own.

mod freeze;
mod order;
pub mod prizes;

use quanka_card::prelude::*;

use crate::book::{self, Draw, Stage, Terms, Work};
use crate::config::Config;
use crate::lots;

const WATCH_S: u32 = 60 * 60;

/// The card was placed. Half of the seed is of this call and half of another,
/// since one call has a random number of 64 bits, and 128 cannot be guessed.
pub fn begin(cx: &JobContext<Config>) -> Result<()> {
    state::card().put("half", &cx.seed)?;
    timers::every("watch", WATCH_S).set()?;
    watch(cx)
}

pub fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
    match job {
        Job::Timer(timer) => match timer.name() {
            "start" => start(cx),
            "end" => end(cx),
            "draw" => go_on(cx),
            "accept" => prizes::pass_on(cx.now, cx.config.accept_days),
            "watch" => watch(cx),
            _ => Err(Error::unknown_job(job)),
        },
        Job::Answer(_) => Err(Error::unknown_job(job)),
    }
}

/// Sets the timers of the start and the end to what the configuration says by
/// now.
fn watch(cx: &JobContext<Config>) -> Result<()> {
    if book::draw()?.is_some() {
        return timers::cancel("watch").map(drop);
    }
    if book::seal()?.is_none() {
        set(cx, "start", cx.config.starts_at)?;
    }
    set(cx, "end", book::end(&cx.config)?)
}

fn set(cx: &JobContext<Config>, name: &str, at: Timestamp) -> Result<()> {
    // What is due is delivered, and not put off to now by every watch.
    let next = timers::next(name);
    let is_set = next == Some(at) || (at <= cx.now && next.is_some_and(|next| next <= cx.now));
    if is_set {
        return Ok(());
    }
    timers::at(name, at).set()
}

/// Makes the seed, publishes its seal and fixes what is played for, once.
fn start(cx: &JobContext<Config>) -> Result<()> {
    if cx.now < cx.config.starts_at {
        return watch(cx);
    }
    seal(cx)
}

fn seal(cx: &JobContext<Config>) -> Result<()> {
    if book::seal()?.is_some() {
        return Ok(());
    }
    let half: Option<u64> = state::card().get("half")?;
    let half = half.ok_or_else(|| Error::internal("the card has not begun"))?;
    let secret = lots::hash(&format!("{}:{half:016x}:{:016x}", cx.card, cx.seed));
    book::fix_terms(&cx.config)?;
    state::card().put("seal", &lots::hash(&secret))?;
    state::card().put("secret", &secret)
}

/// Begins the draw, once.
fn end(cx: &JobContext<Config>) -> Result<()> {
    if book::draw()?.is_some() {
        return Ok(());
    }
    let ended = book::end(&cx.config)?;
    if cx.now < ended {
        return watch(cx);
    }
    // The start may have been missed with the host down; nobody has entered then.
    seal(cx)?;
    let Terms { how, prizes } = book::terms(&cx.config)?;
    let draw = Draw {
        stage: Stage::Tickets,
        ended,
        how,
        prizes,
        pages: 0,
        tickets: 0,
        lots: 0,
        digest: String::new(),
        seed: None,
        order: Vec::new(),
    };
    book::put_draw(&draw)?;
    state::card().put("work", &Work::default())?;
    timers::cancel("watch")?;
    go_on(cx)
}

/// A step of the draw. What is not done after it is done by the next delivery.
fn go_on(cx: &JobContext<Config>) -> Result<()> {
    let Some(mut draw) = book::draw()? else {
        return Ok(());
    };
    let (Some(mut work), Some(secret)) = (
        state::card().get::<Work>("work")?,
        state::card().get::<String>("secret")?,
    ) else {
        // It is done.
        return Ok(());
    };
    if draw.stage == Stage::Tickets {
        freeze::step(&mut draw, &mut work, &secret)?;
    } else if draw.stage == Stage::Order {
        order::step(&mut draw, &mut work, &secret)?;
    }
    book::put_draw(&draw)?;
    if draw.stage == Stage::Done {
        state::card().delete("work")?;
        return prizes::hand_out(&draw, cx.now, cx.config.accept_days);
    }
    state::card().put("work", &work)?;
    timers::at("draw", cx.now).set()
}
