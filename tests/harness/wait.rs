//! The one place where a test waits for something that tells nobody when it
//! happens.

use std::time::{Duration, Instant};

/// How long a condition may take before the test fails: far beyond what a busy
/// machine needs, so that only a real fault reaches it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks. Parking gives the core to the process that is waited for;
/// there are two of them, and one belongs to the browser.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until `look` sees something, and fails the test, naming `what`, when
/// twenty seconds have passed.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    match eventually_within(PATIENCE, look) {
        Some(seen) => seen,
        None => panic!("waited {} s in vain for {what}", PATIENCE.as_secs()),
    }
}

/// Looks until `look` sees something or the time is over.
pub fn eventually_within<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::park_timeout(PAUSE);
    }
}
