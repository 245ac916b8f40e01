//! How often one client may do what, as a table of named rates.
//!
//! A rate here is a whole minute's or hour's allowance at once, refilled
//! evenly (GCRA): a reader catching up on ten cards is not slowed, a script
//! is. A client is an address (as `http::address` finds it), a reader, whatever
//! address they come from, or a publisher, whose readers share what the host
//! has for all. All rates share one table of a fixed size. When it is full,
//! the clients heard from least give way and begin anew; who can fill it
//! commands more addresses than limits by address could hold back, and memory
//! must hold.
//!
//! Reading has a rate too, but none by default: a view is answered from memory
//! in about the time that counting it takes, what is drawn anew has its limits
//! in `[sandbox]`, and behind one address may be a whole mobile network.

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

use crate::config;
use crate::config::PublisherId;
use crate::http::address::Network;
use crate::identity::ReaderId;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rate {
    /// An action arrives from an address.
    ActsOfAddress,
    /// An action arrives in a reader's session.
    ActsOfReader,
    /// An action arrives for one of a publisher's cards.
    ActsOfPublisher,
    /// An action is about to make a new anonymous reader for an address: asked
    /// once the host has found nothing wrong with it and knows that it is no
    /// repeat.
    AnonymousViewers,
    /// Somebody signs in from an address.
    SignOns,
    /// A reader's session is handed on.
    Tickets,
    /// A reader takes their data along.
    Exports,
    /// A reader gives a picture.
    Uploads,
    /// A reader reports a post.
    Reports,
    /// A publisher's server calls.
    ApiCalls,
    /// A document, a view or a stream is asked for.
    Reads,
}

/// Whom a rate is counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// Everybody at an address.
    Network(Network),
    /// One reader.
    Reader(ReaderId),
    /// All readers of a publisher.
    Publisher(PublisherId),
}

/// Too often. 429 `rate_limited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; try again in {ms} ms")]
pub struct RetryAfter {
    /// When one more will pass, counted from now; at least 1.
    pub ms: u64,
}

/// The limits. `C` is the clock, which tests hold in their hands.
pub struct Limits<C: Clock = MonotonicClock> {
    rates: [Option<Limiter<C>>; Rate::ALL.len()],
    clock: C,
    streams: Places,
}

impl Rate {
    const ALL: [Rate; 11] = [
        Rate::ActsOfAddress,
        Rate::ActsOfReader,
        Rate::ActsOfPublisher,
        Rate::AnonymousViewers,
        Rate::SignOns,
        Rate::Tickets,
        Rate::Exports,
        Rate::Uploads,
        Rate::Reports,
        Rate::ApiCalls,
        Rate::Reads,
    ];

    /// The allowance of one client; none if there is no limit.
    fn quota(self, limits: &config::Limits) -> Option<Quota> {
        match self {
            Rate::ActsOfAddress => Some(Quota::per_minute(limits.acts_per_minute_per_address)),
            Rate::ActsOfReader => Some(Quota::per_minute(limits.acts_per_minute_per_reader)),
            Rate::ActsOfPublisher => {
                NonZeroU32::new(limits.acts_per_second_per_publisher).map(Quota::per_second)
            }
            Rate::AnonymousViewers => Some(Quota::per_hour(
                limits.anonymous_viewers_per_hour_per_address,
            )),
            Rate::SignOns => Some(Quota::per_minute(limits.sign_ons_per_minute_per_address)),
            Rate::Tickets => Some(Quota::per_minute(limits.tickets_per_minute_per_reader)),
            Rate::Exports => Some(Quota::per_hour(limits.exports_per_hour_per_reader)),
            Rate::Uploads => Some(Quota::per_hour(limits.uploads_per_hour_per_reader)),
            Rate::Reports => Some(Quota::per_hour(limits.reports_per_hour_per_reader)),
            Rate::ApiCalls => Some(Quota::per_minute(limits.api_calls_per_minute_per_address)),
            Rate::Reads => {
                NonZeroU32::new(limits.reads_per_minute_per_address).map(Quota::per_minute)
            }
        }
    }
}

impl Limits {
    /// Limits by the machine's monotonic clock.
    pub fn new(limits: &config::Limits, streams_per_address_max: usize) -> Limits {
        let quota = |rate: Rate| rate.quota(limits);
        let table = Table::new(limits.clients_max);
        Limits::with_clock(quota, &table, streams_per_address_max, MonotonicClock)
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with_clock(
        quota: impl Fn(Rate) -> Option<Quota>,
        table: &Table,
        streams_per_address_max: usize,
        clock: C,
    ) -> Limits<C> {
        let limiter = |rate| {
            let clients = Clients {
                rate,
                table: table.clone(),
            };
            quota(rate).map(|quota| RateLimiter::new(quota, clients, clock.clone()))
        };
        Limits {
            rates: Rate::ALL.map(limiter),
            clock,
            streams: Places::new(streams_per_address_max),
        }
    }

    /// Whether there is such a limit.
    pub fn has(&self, rate: Rate) -> bool {
        self.rates[rate as usize].is_some()
    }

    /// Counts one, or says when to come back. What is refused is not counted.
    ///
    /// # Errors
    ///
    /// When the client has used up its allowance.
    pub fn check(&self, rate: Rate, client: &Client) -> Result<(), RetryAfter> {
        let Some(limiter) = &self.rates[rate as usize] else {
            return Ok(());
        };
        limiter.check_key(client).map_err(|refused| RetryAfter {
            ms: whole_ms(refused.wait_time_from(self.clock.now())),
        })
    }
}

impl<C: Clock> Limits<C> {
    /// Counts a stream for as long as the place is held; none if the client
    /// has as many as it may.
    pub fn open_stream(&self, network: Network) -> Option<Place> {
        self.streams.take(network)
    }
}

/// Places for what lasts, so many for each network.
#[derive(Clone, Debug)]
pub struct Places {
    taken: Arc<Mutex<HashMap<Network, usize>>>,
    of_each_max: usize,
}

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Mutex<HashMap<Network, usize>>>,
    network: Network,
}

impl Places {
    /// So many for each.
    pub fn new(of_each_max: usize) -> Places {
        Places {
            taken: Arc::default(),
            of_each_max,
        }
    }

    /// Takes a place, if the network has one left.
    pub fn take(&self, network: Network) -> Option<Place> {
        if self.of_each_max == 0 {
            return None;
        }
        let mut taken = lock(&self.taken);
        let of_network = taken.entry(network).or_default();
        if *of_network >= self.of_each_max {
            return None;
        }
        *of_network += 1;
        Some(Place {
            taken: Arc::clone(&self.taken),
            network,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Entry::Occupied(mut of_network) = taken.entry(self.network) {
            *of_network.get_mut() -= 1;
            if *of_network.get() == 0 {
                of_network.remove();
            }
        }
    }
}

/// Nothing panics between two changes of the table.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Limiter<C> = RateLimiter<Client, Clients, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The state of every client at every rate, in a table that cannot outgrow its
/// size. Clients choose their IPv6 networks: the hash must not be guessable.
#[derive(Clone)]
struct Table(Arc<States>);

type States = Cache<(Rate, Client), Arc<InMemoryState>, UnitWeighter, RandomState>;

/// The clients of one rate.
struct Clients {
    rate: Rate,
    table: Table,
}

impl Table {
    fn new(clients_max: usize) -> Table {
        Table(Arc::new(Cache::with(
            clients_max,
            clients_max as u64,
            UnitWeighter,
            RandomState::new(),
            DefaultLifecycle::default(),
        )))
    }
}

impl StateStore for Clients {
    type Key = Client;

    fn measure_and_replace<T, F, E>(&self, client: &Client, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Table(states) = &self.table;
        let key = (self.rate, client.clone());
        let Ok(state) = states.get_or_insert_with(&key, || {
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
