//! Counters and rankings that never conflict: ten thousand readers may vote at
//! once, and no action has to run twice for it.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn handle() -> Result<()> {
//! tally::card("likes").add("post-17", 1)?;
//! let best = tally::card("likes").top(10);
//! # Ok(())
//! # }
//! ```

use crate::bindings::imports::quanka::card::tally as wit;
use crate::{Error, Result, host};

pub use wit::Standing;

/// A board of this card, by name (1 to 64 bytes).
pub fn card(name: impl Into<String>) -> Tally {
    Tally(wit::Board {
        scope: wit::Scope::Card,
        name: name.into(),
    })
}

/// A board of all cards of this plugin in the circle, by name (1 to 64 bytes).
pub fn circle(name: impl Into<String>) -> Tally {
    Tally(wit::Board {
        scope: wit::Scope::Circle,
        name: name.into(),
    })
}

/// A named set of counters. From [`card`] or [`circle`].
#[derive(Clone, Debug, PartialEq)]
pub struct Tally(wit::Board);

impl Tally {
    /// Adds to one counter (its name is 1 to 64 bytes), and so to the board's
    /// total. A counter that was never added to is 0.
    ///
    /// # Errors
    /// A limit is reached, or this is not a call that may write.
    pub fn add(&self, item: &str, delta: i64) -> Result<()> {
        host::tally_add(&self.0, item, delta).map_err(Error::from_wit)
    }

    /// One counter.
    pub fn get(&self, item: &str) -> i64 {
        host::tally_get(&self.0, item)
    }

    /// Several counters, in the order of `items`, in one call; at most 256.
    pub fn get_many(&self, items: impl IntoIterator<Item: Into<String>>) -> Vec<i64> {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        host::tally_get_many(&self.0, &items)
    }

    /// The highest counters, highest first, equal ones by item; those that are
    /// 0 are left out. `limit` is 1 to 1,000.
    pub fn top(&self, limit: u32) -> Vec<Standing> {
        host::tally_top(&self.0, limit)
    }

    /// The place of an item in [`top`](Self::top), from 1; none beyond the
    /// first 1,000.
    pub fn rank(&self, item: &str) -> Option<u32> {
        host::tally_rank(&self.0, item)
    }

    /// The sum of all counters of the board.
    pub fn total(&self) -> i64 {
        host::tally_total(&self.0)
    }
}
