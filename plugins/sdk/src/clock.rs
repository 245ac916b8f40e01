//! The time, for drawing. (In [`Card::handle`](crate::Card::handle) it is
//! `cx.now`.)
//!
//! A drawn view is kept until something it read changes, so ask as coarsely as
//! will do. To *show* an instant use [`time`](crate::view::time), which needs
//! no clock at all: the reader's device keeps it fresh.

use crate::host;
use crate::time::Timestamp;

/// The time rounded down to a multiple of so many seconds (at least 1). The
/// view lasts until the end of that stretch.
pub fn now(granularity_s: u32) -> Timestamp {
    Timestamp::from_ms(host::clock_now(granularity_s))
}

/// Whether an instant has come. The view lasts exactly until it does.
pub fn passed(instant: Timestamp) -> bool {
    host::clock_passed(instant.as_ms())
}
