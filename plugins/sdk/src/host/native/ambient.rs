//! The reader, the time and the log.

use super::{current, end_unless, limit_is_good, wit};
use wit::log::Level;
use wit::types::Reader;

pub(crate) fn viewer_current() -> Reader {
    current(|call| {
        call.asked_for_viewer = true;
        call.reader.clone()
    })
}

pub(crate) fn clock_now(granularity_s: u32) -> u64 {
    end_unless(limit_is_good(granularity_s, u32::MAX));
    let granule_ms = u64::from(granularity_s) * 1_000;
    current(|call| {
        let now_ms = call.now_ms / granule_ms * granule_ms;
        call.expires_at(now_ms + granule_ms);
        now_ms
    })
}

pub(crate) fn clock_passed(instant_ms: u64) -> bool {
    current(|call| {
        let passed = instant_ms <= call.now_ms;
        if !passed {
            call.expires_at(instant_ms);
        }
        passed
    })
}

pub(crate) fn log(level: Level, text: &str) {
    current(|call| call.lines.push((level, text.to_owned())));
}
