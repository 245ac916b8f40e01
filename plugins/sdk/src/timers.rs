//! Jobs at a time of the card's choosing: each arrives in
//! [`Card::run`](crate::Card::run) as [`Job::Timer`](crate::Job::Timer). Say
//! `export!(MyCard, full)`.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn created(cx: &JobContext<NoConfig>) -> Result<()> {
//! timers::cron("weekly", "0 9 * * MON", "Asia/Shanghai").set()?;
//! timers::at("draw", cx.now.plus_s(86_400)).payload(&3).set()?;
//! # Ok(())
//! # }
//! ```
//!
//! A timer belongs to the card, goes by a name (1 to 64 bytes), survives
//! restarts, and has its effects exactly once. While the card is closed
//! nothing is delivered; what was missed is delivered once.

use serde::Serialize;

use crate::bindings::imports::quanka::card::timers as wit;
use crate::time::Timestamp;
use crate::{Error, Result, host};

/// Once. An instant that has passed is due at once.
pub fn at(name: impl Into<String>, instant: Timestamp) -> Timer {
    Timer::new(name.into(), wit::ScheduleAt::At(instant.as_ms()))
}

/// Again and again, so many seconds apart (at least 60), the first time that
/// much from now.
pub fn every(name: impl Into<String>, seconds: u32) -> Timer {
    Timer::new(name.into(), wit::ScheduleAt::Every(seconds))
}

/// Whenever a cron expression of five fields says (minute, hour, day of month,
/// month, day of week), read in a time zone such as `Asia/Shanghai`.
///
/// A time that daylight saving leaves out comes at the end of the gap; one that
/// comes twice, once.
pub fn cron(
    name: impl Into<String>,
    expression: impl Into<String>,
    zone: impl Into<String>,
) -> Timer {
    Timer::new(
        name.into(),
        wit::ScheduleAt::Cron(wit::Cron {
            expression: expression.into(),
            zone: zone.into(),
        }),
    )
}

/// Removes a timer. Says whether there was one.
///
/// # Errors
/// `Denied`: this is not a call that may write, or the card may not set timers.
pub fn cancel(name: &str) -> Result<bool> {
    host::timers_cancel(name).map_err(Error::from_wit)
}

/// When a timer is next due, if there is one.
pub fn next(name: &str) -> Option<Timestamp> {
    host::timers_next(name).map(Timestamp::from_ms)
}

/// A timer being described. From [`at`], [`every`] or [`cron`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a timer is not set before `set`"]
pub struct Timer {
    name: String,
    when: wit::ScheduleAt,
    payload: String,
}

impl Timer {
    fn new(name: String, when: wit::ScheduleAt) -> Self {
        Self {
            name,
            when,
            payload: String::new(),
        }
    }

    /// What arrives with each delivery, to be read with
    /// [`DueTimer::payload`](crate::DueTimer::payload); at most 2 KiB as JSON.
    ///
    /// # Panics
    /// If `payload` cannot be JSON, as a map whose keys are no strings.
    pub fn payload(mut self, payload: &impl Serialize) -> Self {
        self.payload = serde_json::to_string(payload).expect("a payload can be JSON");
        self
    }

    /// Sets it, in place of one of the same name.
    ///
    /// # Errors
    /// `Invalid`: an expression or a zone. `Quota`: too many timers, or a
    /// payload too long. `Denied`: this is not a call that may write, or the
    /// card may not set timers.
    pub fn set(self) -> Result<()> {
        host::timers_schedule(&self.name, &self.when, &self.payload).map_err(Error::from_wit)
    }
}
