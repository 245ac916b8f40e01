//! One piece of work for all who want its result at the same time.
//!
//! The first to ask does the work, inside its own future; the others wait and
//! share what came of it, an error included. If the one who works is dropped
//! (its client hung up), the next in line begins anew, so that nobody's answer
//! depends on somebody else's patience, and nothing runs that nobody waits for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// The work under way, by what it is about.
#[derive(Debug)]
pub struct Flights<K, T> {
    under_way: Mutex<HashMap<K, Flight<T>>>,
}

#[derive(Debug)]
struct Flight<T> {
    result: Arc<OnceCell<T>>,
    seats: usize,
}

impl<K: Clone + Eq + Hash, T: Clone> Flights<K, T> {
    /// The result of the work under this key: that of the work under way, or
    /// else of `work`.
    ///
    /// What it gives was not over when this was called, but may have begun
    /// before. Whoever needs what was begun later checks, and asks again: the
    /// second time it was.
    pub async fn join<W, F>(&self, key: &K, work: W) -> T
    where
        W: FnOnce() -> F,
        F: Future<Output = T>,
    {
        let seat = self.take_seat(key);
        seat.result.get_or_init(work).await.clone()
    }

    fn take_seat(&self, key: &K) -> Seat<'_, K, T> {
        let mut under_way = self.lock();
        let flight = under_way.entry(key.clone()).or_default();
        if flight.result.initialized() {
            *flight = Flight::default();
        }
        flight.seats += 1;
        Seat {
            flights: self,
            key: key.clone(),
            result: Arc::clone(&flight.result),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Flight<T>>> {
        // Nothing here panics between two changes of the map.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Flights {
            under_way: Mutex::default(),
        }
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Flight {
            result: Arc::default(),
            seats: 0,
        }
    }
}

/// A place in a flight; left when the caller has its result, or is dropped.
struct Seat<'a, K: Clone + Eq + Hash, T: Clone> {
    flights: &'a Flights<K, T>,
    key: K,
    result: Arc<OnceCell<T>>,
}

impl<K: Clone + Eq + Hash, T: Clone> Drop for Seat<'_, K, T> {
    fn drop(&mut self) {
        let mut under_way = self.flights.lock();
        let Entry::Occupied(mut entry) = under_way.entry(self.key.clone()) else {
            return;
        };
        let flight = entry.get_mut();
        // Once it is over, the next of its key is another one.
        if !Arc::ptr_eq(&flight.result, &self.result) {
            return;
        }
        flight.seats -= 1;
        if flight.seats == 0 || flight.result.initialized() {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Semaphore;

    /// Work that waits to be let through, and counts how often it began.
    struct Work {
        gate: Semaphore,
        begun: AtomicUsize,
    }

    impl Work {
        fn held() -> Arc<Work> {
            Arc::new(Work {
                gate: Semaphore::new(0),
                begun: AtomicUsize::new(0),
            })
        }

        async fn run(&self) -> Result<usize, &'static str> {
            let run = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            self.gate.acquire().await.unwrap().forget();
            match run {
                13 => Err("bad luck"),
                run => Ok(run),
            }
        }
    }

    type Shared = Arc<Flights<&'static str, Result<usize, &'static str>>>;

    fn join(
        flights: &Shared,
        work: &Arc<Work>,
    ) -> tokio::task::JoinHandle<Result<usize, &'static str>> {
        let (flights, work) = (Arc::clone(flights), Arc::clone(work));
        tokio::spawn(async move { flights.join(&"vote", || work.run()).await })
    }

    /// Lets every task run until it waits.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_asks_meanwhile_shares_the_result() {
        let (flights, work) = (Shared::default(), Work::held());
        let all: Vec<_> = (0..10).map(|_| join(&flights, &work)).collect();
        settle().await;
        work.gate.add_permits(1);
        for one in all {
            assert_eq!(one.await.unwrap(), Ok(1));
        }
        assert!(flights.lock().is_empty());
        // Who asks later gets something newer.
        work.gate.add_permits(1);
        assert_eq!(join(&flights, &work).await.unwrap(), Ok(2));
        assert!(flights.lock().is_empty());
    }

    #[tokio::test]
    async fn an_error_is_shared_too() {
        let (flights, work) = (Shared::default(), Work::held());
        work.begun.store(12, Ordering::SeqCst);
        let all: Vec<_> = (0..3).map(|_| join(&flights, &work)).collect();
        settle().await;
        work.gate.add_permits(1);
        for one in all {
            assert_eq!(one.await.unwrap(), Err("bad luck"));
        }
        assert_eq!(work.begun.load(Ordering::SeqCst), 13);
    }

    #[tokio::test]
    async fn when_the_one_who_works_hangs_up_the_next_takes_over() {
        let (flights, work) = (Shared::default(), Work::held());
        let leader = join(&flights, &work);
        settle().await;
        let others: Vec<_> = (0..3).map(|_| join(&flights, &work)).collect();
        settle().await;
        assert_eq!(work.begun.load(Ordering::SeqCst), 1);
        leader.abort();
        settle().await;
        assert_eq!(work.begun.load(Ordering::SeqCst), 2);
        work.gate.add_permits(1);
        for other in others {
            assert_eq!(other.await.unwrap(), Ok(2));
        }
        assert!(flights.lock().is_empty());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_ends_and_leaves_nothing() {
        let (flights, work) = (Shared::default(), Work::held());
        let all: Vec<_> = (0..3).map(|_| join(&flights, &work)).collect();
        settle().await;
        for one in &all {
            one.abort();
        }
        settle().await;
        assert!(flights.lock().is_empty());
        assert_eq!(work.begun.load(Ordering::SeqCst), 1);
    }
}
