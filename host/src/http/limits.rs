//! How often one client may act, by its address.
//!
//! A rate here is a whole minute's or hour's allowance at once, refilled
//! evenly (GCRA): a reader catching up on ten cards is not slowed, a script
//! is. The table of clients has a fixed size. When it is full, the clients
//! heard from least give way and begin anew; who can fill it commands more
//! addresses than limits by address could hold back, and memory must hold.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::hash::RandomState;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::http::address::Network;

/// What each client may do, and how many clients are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// `limits.acts_per_minute_per_address`
    pub acts_per_minute: NonZeroU32,
    /// `limits.anonymous_viewers_per_hour_per_address`
    pub anonymous_viewers_per_hour: NonZeroU32,
    /// `limits.addresses_max`: about 100 bytes each, in each of two tables.
    pub addresses_max: usize,
    /// `live.streams_per_address_max`
    pub streams_max: usize,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// An action arrives.
    Act,
    /// An action is about to make a new anonymous reader: asked once the host
    /// has found nothing wrong with it and knows that it is no repeat.
    AnonymousViewer,
}

/// Too often. 429 `rate_limited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests from this address; try again in {ms} ms")]
pub struct RetryAfter {
    /// When one more will pass, counted from now; at least 1.
    pub ms: u64,
}

/// The limits by address. `C` is the clock, which tests hold in their hands.
pub struct Limits<C: Clock = MonotonicClock> {
    acts: ByNetwork<C>,
    anonymous_viewers: ByNetwork<C>,
    clock: C,
    streams: Arc<Mutex<HashMap<Network, usize>>>,
    streams_max: usize,
}

/// An open stream of a client; counted until it is dropped.
#[derive(Debug)]
pub struct StreamPlace {
    streams: Arc<Mutex<HashMap<Network, usize>>>,
    network: Network,
}

impl Limits {
    /// Limits by the machine's monotonic clock.
    pub fn new(settings: &LimitSettings) -> Limits {
        Limits::with_clock(settings, MonotonicClock)
    }
}

impl<C: Clock + Clone> Limits<C> {
    /// Limits by another clock.
    pub fn with_clock(settings: &LimitSettings, clock: C) -> Limits<C> {
        let table = |quota| {
            let clients = Clients::new(settings.addresses_max);
            RateLimiter::new(quota, clients, clock.clone())
        };
        Limits {
            acts: table(Quota::per_minute(settings.acts_per_minute)),
            anonymous_viewers: table(Quota::per_hour(settings.anonymous_viewers_per_hour)),
            clock,
            streams: Arc::default(),
            streams_max: settings.streams_max,
        }
    }

    /// Counts one, or says when to come back. What is refused is not counted.
    pub fn check(&self, what: Limited, network: Network) -> Result<(), RetryAfter> {
        let table = match what {
            Limited::Act => &self.acts,
            Limited::AnonymousViewer => &self.anonymous_viewers,
        };
        table.check_key(&network).map_err(|refused| RetryAfter {
            ms: whole_ms(refused.wait_time_from(self.clock.now())),
        })
    }
}

impl<C: Clock> Limits<C> {
    /// Counts a stream for as long as the place is held; none if the client
    /// has as many as it may.
    pub fn open_stream(&self, network: Network) -> Option<StreamPlace> {
        let mut streams = lock(&self.streams);
        let open = streams.entry(network).or_default();
        if *open >= self.streams_max {
            if *open == 0 {
                streams.remove(&network);
            }
            return None;
        }
        *open += 1;
        Some(StreamPlace {
            streams: Arc::clone(&self.streams),
            network,
        })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Entry::Occupied(mut open) = streams.entry(self.network) {
            *open.get_mut() -= 1;
            if *open.get() == 0 {
                open.remove();
            }
        }
    }
}

/// Nothing panics between two changes of the table.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type ByNetwork<C> = RateLimiter<Network, Clients, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The state of each client, in a table that cannot outgrow its size.
struct Clients {
    // Clients choose their IPv6 networks: the hash must not be guessable.
    states: Cache<Network, Arc<InMemoryState>, UnitWeighter, RandomState>,
}

impl Clients {
    fn new(addresses_max: usize) -> Clients {
        Clients {
            states: Cache::with(
                addresses_max,
                addresses_max as u64,
                UnitWeighter,
                RandomState::new(),
                DefaultLifecycle::default(),
            ),
        }
    }
}

impl StateStore for Clients {
    type Key = Network;

    fn measure_and_replace<T, F, E>(&self, network: &Network, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Ok(state) = self.states.get_or_insert_with(network, || {
            Ok::<_, Infallible>(Arc::new(InMemoryState::default()))
        });
        state.measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

/// Rounded up, so that who waits that long is let in.
fn whole_ms(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos().div_ceil(1_000_000))
        .unwrap_or(u64::MAX)
        .max(1)
}

#[cfg(test)]
mod tests;
