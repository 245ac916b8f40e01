//! What one call may use, and what one plugin may use over time.
//!
//! * [`MemoryLimit`]: linear memory and tables of one call.
//! * [`Meter`]: running time of one call. Time spent waiting (for a worker,
//!   for the store) does not count.
//! * [`Budget`]: running time of a plugin or publisher over many calls.
//! * [`Health`]: faults in a row, after which a plugin is paused.
//! * [`Seldom`]: how often the log says that calls are refused.

use crate::config;
use rustix::time::{ClockId, clock_gettime};
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Bounds the linear memory of one call, all its memories together, and each
/// of its tables. Growth past a bound is refused
/// as the specification says (`memory.grow` gives -1), so that a guest's
/// allocator can say what it was doing; the refusal is remembered for the
/// fault report.
#[derive(Debug)]
pub struct MemoryLimit {
    memory_bytes_max: usize,
    memory_bytes: usize,
    table_elements_max: usize,
    refused: Option<Refused>,
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Linear memory.
    Memory,
    /// A table.
    Table,
}

impl MemoryLimit {
    /// The bounds that the configuration gives every call.
    pub fn new(limits: &config::Sandbox) -> Self {
        MemoryLimit {
            memory_bytes_max: limits.memory_bytes_max,
            memory_bytes: 0,
            table_elements_max: limits.table_elements_max,
            refused: None,
        }
    }

    /// What was refused last, if anything.
    pub fn refused(&self) -> Option<Refused> {
        self.refused
    }
}

impl wasmtime::ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let all = self.memory_bytes.saturating_add(desired - current);
        let allowed = all <= self.memory_bytes_max;
        if allowed {
            self.memory_bytes = all;
        } else {
            self.refused = Some(Refused::Memory);
        }
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.table_elements_max;
        if !allowed {
            self.refused = Some(Refused::Table);
        }
        Ok(allowed)
    }
}

/// Measures the running time of one call: what its thread runs for while its
/// future is being polled. By the thread's own clock, so that on a busy machine
/// the time in which others run is not the plugin's fault. Shared by the
/// future's wrapper and the epoch callback, which run on one thread at a time.
#[derive(Debug)]
pub struct Meter {
    deadline: Duration,
    used_ns: AtomicU64,
    resumed_ns: AtomicU64,
}

impl Meter {
    /// A meter that runs out after `deadline` of running time.
    pub fn new(deadline: Duration) -> Self {
        Meter {
            deadline,
            used_ns: AtomicU64::new(0),
            resumed_ns: AtomicU64::new(0),
        }
    }

    /// Whether the running time is used up. To be asked while running.
    pub fn is_over(&self) -> bool {
        let used_ns = self.used_ns.load(Ordering::Relaxed) + self.running_ns();
        Duration::from_nanos(used_ns) >= self.deadline
    }

    /// The running time so far, at a moment when the call is not running.
    pub fn used(&self) -> Duration {
        Duration::from_nanos(self.used_ns.load(Ordering::Relaxed))
    }

    fn resume(&self) {
        self.resumed_ns.store(thread_ran_ns(), Ordering::Relaxed);
    }

    fn pause(&self) {
        let running_ns = self.running_ns();
        self.used_ns.fetch_add(running_ns, Ordering::Relaxed);
    }

    fn running_ns(&self) -> u64 {
        thread_ran_ns().saturating_sub(self.resumed_ns.load(Ordering::Relaxed))
    }
}

/// For how long the system has let this thread run. A system call, some 200 ns.
fn thread_ran_ns() -> u64 {
    let ran = clock_gettime(ClockId::ThreadCPUTime);
    // Five hundred years of nanoseconds fit; a thread lasts less.
    let whole_s = u64::try_from(ran.tv_sec).unwrap_or_default();
    whole_s * 1_000_000_000 + u64::try_from(ran.tv_nsec).unwrap_or_default()
}

/// A future whose running time is measured.
#[derive(Debug)]
pub struct Metered<'a, F> {
    meter: &'a Meter,
    future: F,
}

impl<'a, F> Metered<'a, F> {
    /// Measures `future` with `meter`.
    pub fn new(meter: &'a Meter, future: F) -> Self {
        Metered { meter, future }
    }
}

impl<F: Future + Unpin> Future for Metered<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.meter.resume();
        let result = Pin::new(&mut self.future).poll(cx);
        self.meter.pause();
        result
    }
}

/// A token bucket of running time. Calls are charged after they ran, so the
/// bucket may go below zero; no call starts while it is there.
#[derive(Debug)]
pub struct Budget {
    refill_ms_per_s: u64,
    burst_ns: i64,
    level: Mutex<Level>,
}

#[derive(Debug)]
struct Level {
    ns: i64,
    at: Instant,
}

impl Budget {
    /// A full bucket. `refill_ms_per_s` 0 means without a limit.
    pub fn new(refill_ms_per_s: u64, burst_ms: u64, now: Instant) -> Self {
        let burst_ns = i64::try_from(burst_ms.saturating_mul(1_000_000)).unwrap_or(i64::MAX);
        Budget {
            refill_ms_per_s,
            burst_ns,
            level: Mutex::new(Level {
                ns: burst_ns,
                at: now,
            }),
        }
    }

    /// How long to wait until a call may start; `None` when it may now.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        if self.refill_ms_per_s == 0 {
            return None;
        }
        let mut level = self.level.lock().expect("no holder of the level panics");
        self.refill(&mut level, now);
        if level.ns > 0 {
            return None;
        }
        let missing_ns = level.ns.unsigned_abs() + 1;
        // x ms of running time a second is x / 1000 ns a ns.
        Some(Duration::from_nanos(
            missing_ns.saturating_mul(1000) / self.refill_ms_per_s,
        ))
    }

    /// Charges what a call used.
    pub fn charge(&self, used: Duration, now: Instant) {
        if self.refill_ms_per_s == 0 {
            return;
        }
        let mut level = self.level.lock().expect("no holder of the level panics");
        self.refill(&mut level, now);
        let used_ns = i64::try_from(used.as_nanos()).unwrap_or(i64::MAX);
        level.ns = level.ns.saturating_sub(used_ns);
    }

    fn refill(&self, level: &mut Level, now: Instant) {
        let elapsed_ns = now.saturating_duration_since(level.at).as_nanos();
        let gained = elapsed_ns.saturating_mul(u128::from(self.refill_ms_per_s)) / 1000;
        let gained = i64::try_from(gained).unwrap_or(i64::MAX);
        level.ns = level.ns.saturating_add(gained).min(self.burst_ns);
        level.at = now;
    }
}

/// Counts a plugin's faults in a row and pauses it when they are too many.
#[derive(Debug)]
pub struct Health {
    faults_before_pause: u32,
    pause: Duration,
    state: Mutex<HealthState>,
}

#[derive(Debug, Default)]
struct HealthState {
    faults_in_a_row: u32,
    paused_until: Option<Instant>,
}

impl Health {
    /// A healthy plugin.
    pub fn new(limits: &config::Sandbox) -> Self {
        Health {
            faults_before_pause: limits.faults_before_pause,
            pause: Duration::from_millis(limits.fault_pause_ms),
            state: Mutex::default(),
        }
    }

    /// How long the plugin stays paused; `None` when it may be called. After
    /// a pause one fault is enough for the next.
    pub fn paused(&self, now: Instant) -> Option<Duration> {
        let mut state = self.state.lock().expect("no holder of the state panics");
        let until = state.paused_until?;
        if now < until {
            return Some(until - now);
        }
        state.paused_until = None;
        state.faults_in_a_row = self.faults_before_pause.saturating_sub(1);
        None
    }

    /// A call ended well.
    pub fn succeeded(&self) {
        let mut state = self.state.lock().expect("no holder of the state panics");
        state.faults_in_a_row = 0;
    }

    /// A call ended in a fault. Returns the pause that begins with it, if one
    /// does.
    pub fn failed(&self, now: Instant) -> Option<Duration> {
        let mut state = self.state.lock().expect("no holder of the state panics");
        state.faults_in_a_row = state.faults_in_a_row.saturating_add(1);
        let pauses = state.faults_in_a_row >= self.faults_before_pause
            && state.paused_until.is_none()
            && self.faults_before_pause > 0;
        pauses.then(|| {
            state.paused_until = Some(now + self.pause);
            self.pause
        })
    }
}

/// Lets something pass once a second: a line in the log about each of a flood
/// of calls would be a flood of its own.
#[derive(Debug, Default)]
pub struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    /// Whether it may pass now.
    pub fn is_due(&self, now: Instant) -> bool {
        const PAUSE: Duration = Duration::from_secs(1);
        let mut last = self.0.lock().expect("no holder of the instant panics");
        let is_due = last.is_none_or(|last| now.saturating_duration_since(last) >= PAUSE);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seldom_passes_once_a_second() {
        let start = Instant::now();
        let seldom = Seldom::default();
        let passes = [0, 1, 999, 1000, 1500, 2000]
            .map(|ms| seldom.is_due(start + Duration::from_millis(ms)));
        assert_eq!(passes, [true, false, false, true, false, true]);
    }

    #[test]
    fn a_budget_refills_at_its_rate_and_no_higher_than_its_burst() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        // Half a core, at most 100 ms ahead.
        let budget = Budget::new(500, 100, start);
        assert_eq!(budget.wait(at(0)), None);
        budget.charge(Duration::from_millis(300), at(0));
        // 200 ms below zero at half a core: 400 ms.
        let wait = budget.wait(at(0)).expect("below zero").as_millis();
        assert_eq!(wait, 400);
        assert!(budget.wait(at(399)).is_some());
        assert_eq!(budget.wait(at(401)), None);
        // An hour of rest gives the burst, not an hour.
        budget.charge(Duration::from_millis(101), at(3_600_000));
        assert!(budget.wait(at(3_600_000)).is_some());
    }

    #[test]
    fn a_plugin_is_paused_after_faults_in_a_row_and_gets_one_try_after_that() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let health = Health {
            faults_before_pause: 3,
            pause: Duration::from_millis(1000),
            state: Mutex::default(),
        };
        assert_eq!(health.failed(at(0)), None);
        assert_eq!(health.failed(at(0)), None);
        health.succeeded();
        assert_eq!(health.failed(at(0)), None);
        assert_eq!(health.failed(at(0)), None);
        assert_eq!(health.paused(at(0)), None);
        assert_eq!(health.failed(at(0)), Some(Duration::from_millis(1000)));
        assert!(health.paused(at(999)).is_some());
        assert_eq!(health.paused(at(1000)), None);
        assert!(health.failed(at(1000)).is_some(), "one more pauses again");
    }

    #[tokio::test]
    async fn a_meter_counts_running_and_not_waiting() {
        let meter = Meter::new(Duration::from_secs(1));
        let waiting = Box::pin(tokio::time::sleep(Duration::from_millis(20)));
        Metered::new(&meter, waiting).await;
        assert!(meter.used() < Duration::from_millis(20));
        let meter = Meter::new(Duration::from_micros(50));
        Metered::new(
            &meter,
            Box::pin(async {
                while !meter.is_over() {
                    std::hint::spin_loop();
                }
            }),
        )
        .await;
        assert!(meter.used() >= Duration::from_micros(50));
        // A thread that is kept from running does not use its time up.
        let meter = Meter::new(Duration::from_secs(1));
        let kept_waiting = Box::pin(async { std::thread::sleep(Duration::from_millis(20)) });
        Metered::new(&meter, kept_waiting).await;
        assert!(meter.used() < Duration::from_millis(20));
    }
}
