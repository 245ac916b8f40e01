//! Where a publisher's keys come from: the configuration, or its key set (JWKS)
//! at an address, fetched when it is needed.
//!
//! A set counts for `jwks_refresh_s`; then it is fetched again, and while that
//! fails the last good one counts until `jwks_age_max_s`. A token that names a
//! key which is not in the set has it fetched again at once, so that a publisher
//! who rotates keys has nothing to tell this host. However many ask, and
//! whatever they send, one publisher's address is asked by one fetch at a time
//! and not more often than every `jwks_retry_s`. Each publisher waits for its
//! own address only.

mod fetch;

use crate::config::{self, Identity, KeySetUrl};
use crate::identity::{KeySet, TokenRefused};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

pub use self::fetch::{Fetcher, FetcherError};

/// One publisher's keys.
#[derive(Debug)]
pub struct KeySource(Kind);

#[derive(Debug)]
enum Kind {
    Inline(Arc<KeySet>),
    Fetched(Arc<Fetched>),
}

/// A key set at an address.
#[derive(Debug)]
struct Fetched {
    url: KeySetUrl,
    times: Times,
    fetcher: Fetcher,
    state: Mutex<State>,
    /// Held by the one fetch that is under way.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    refresh: Duration,
    retry: Duration,
    age_max: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// The last good set, and when it was asked for.
    good: Option<(Arc<KeySet>, Instant)>,
    /// When the address was last asked, whatever came of it.
    asked_at: Option<Instant>,
}

impl KeySource {
    /// The keys that a publisher's configuration names.
    pub fn new(
        publisher: &config::Publisher,
        options: &Identity,
        fetcher: Option<&Fetcher>,
    ) -> KeySource {
        let kind = match (&publisher.jwks_url, fetcher) {
            (Some(url), Some(fetcher)) => Kind::Fetched(Arc::new(Fetched {
                url: url.clone(),
                times: Times {
                    refresh: Duration::from_secs(options.jwks_refresh_s),
                    retry: Duration::from_secs(options.jwks_retry_s),
                    age_max: Duration::from_secs(options.jwks_age_max_s),
                },
                fetcher: fetcher.clone(),
                state: Mutex::default(),
                fetching: tokio::sync::Mutex::default(),
            })),
            _ => Kind::Inline(Arc::new(KeySet::of_config(&publisher.key))),
        };
        KeySource(kind)
    }

    /// The keys that count now.
    ///
    /// # Errors
    ///
    /// [`TokenRefused::KeysUnavailable`] when they cannot be had.
    pub async fn keys(&self) -> Result<Arc<KeySet>, TokenRefused> {
        let fetched = match &self.0 {
            Kind::Inline(keys) => return Ok(Arc::clone(keys)),
            Kind::Fetched(fetched) => fetched,
        };
        let now = Instant::now();
        if let Some(keys) = fetched.younger_than(fetched.times.refresh, now) {
            return Ok(keys);
        }
        Arc::clone(fetched).ask(now).await;
        fetched
            .younger_than(fetched.times.age_max, Instant::now())
            .ok_or(TokenRefused::KeysUnavailable)
    }

    /// Newer keys than these, for a token that names one which is not among
    /// them; none if there are none, or it is too soon to ask.
    pub async fn newer_than(&self, known: &Arc<KeySet>) -> Option<Arc<KeySet>> {
        let Kind::Fetched(fetched) = &self.0 else {
            return None;
        };
        let current = || {
            let keys = fetched.younger_than(fetched.times.age_max, Instant::now());
            keys.filter(|keys| !Arc::ptr_eq(keys, known))
        };
        if let Some(keys) = current() {
            return Some(keys);
        }
        Arc::clone(fetched).ask(Instant::now()).await;
        current()
    }
}

impl Fetched {
    /// Has the address been asked since `since`; else asks it, unless it is too
    /// soon. Runs to its end although whoever asked goes away: otherwise
    /// readers who give up could keep a set from ever being fetched.
    async fn ask(self: Arc<Self>, since: Instant) {
        let asking = tokio::spawn(async move {
            let _one_at_a_time = self.fetching.lock().await;
            if !self.may_ask(since, Instant::now()) {
                return;
            }
            let keys = self.fetcher.fetch(&self.url).await;
            let asked_at = lock(&self.state).asked_at;
            match (keys, asked_at) {
                (Ok(keys), Some(asked_at)) => {
                    tracing::info!(url = %self.url, keys = keys.len(), "fetched a key set");
                    self.keep(keys, asked_at);
                }
                (Err(error), _) => {
                    tracing::warn!(url = %self.url, %error, "a key set was not fetched");
                }
                (Ok(_), None) => {}
            }
        });
        // Panics are for the hook that prints them; the set stays as it was.
        let _ = asking.await;
    }

    /// Notes that the address is asked now, unless that was just done.
    fn may_ask(&self, since: Instant, now: Instant) -> bool {
        let mut state = lock(&self.state);
        let too_soon = state
            .asked_at
            .is_some_and(|at| at >= since || now.duration_since(at) < self.times.retry);
        if !too_soon {
            state.asked_at = Some(now);
        }
        !too_soon
    }

    /// A set that says what the last one said is the last one, only younger.
    fn keep(&self, keys: KeySet, asked_at: Instant) {
        let mut state = lock(&self.state);
        let keys = match state.good.take() {
            Some((known, _)) if *known == keys => known,
            _ => Arc::new(keys),
        };
        state.good = Some((keys, asked_at));
    }

    fn younger_than(&self, age: Duration, now: Instant) -> Option<Arc<KeySet>> {
        let state = lock(&self.state);
        let (keys, asked_at) = state.good.as_ref()?;
        (now.duration_since(*asked_at) < age).then(|| Arc::clone(keys))
    }
}

/// Nothing panics while the state is held.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
