//! Who watches which view, and pushing what has changed.
//!
//! A *feed* is one view that somebody watches: one card, locale, size and
//! reader. However many streams show it, it is drawn once and written once a
//! form; what they share is a pointer. A *circle* that has feeds has one task
//! that waits for commits and wakes the feeds whose read sets they touched
//! (`follow`). Each feed has one task that draws it when it is not right any
//! more (`tend`): after a commit, or when its instant comes, at most so many
//! times a second.
//!
//! Nothing is lost between the two, since a wake only makes a feed look again
//! whether what it shows is right; and it looks after every draw, so that a
//! commit in the middle of one counts too. Commits know nothing of all this:
//! they leave the circle's newest number in a `watch`, and a million streams
//! slow none of them down.
//!
//! A stream holds no queue. It has one bit a card, set when there is something
//! new, and reads the feed's latest when its reader can take it: a slow reader
//! skips to the newest state and holds up nobody.

mod feed;
mod stream;
#[cfg(test)]
mod tests;

pub use self::feed::{Form, Latest, NoPicture, Picture, Source, Topic, Watched};
pub use self::stream::{Full, Place, Stream};

use self::feed::{Feed, follow, tend};
use crate::live::cache::ViewKey;
use crate::store::{Partition, StoreError};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// How much the hub does. From `[live]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubLimits {
    /// Streams in all.
    pub streams_max: usize,
    /// Streams that show one card.
    pub streams_per_card_max: usize,
    /// Renders a second of one view.
    pub pushes_per_second_max: u32,
    /// Renders at once.
    pub renders_at_once_max: usize,
}

/// All feeds and streams of a host.
pub struct Hub<V: Watched> {
    limits: HubLimits,
    circles: Mutex<HashMap<Partition, Arc<Circle<V>>>>,
    places: Mutex<stream::Places>,
    renders: Semaphore,
    /// Microseconds drawn and not yet rested for.
    tired_us: AtomicU64,
}

/// A circle somebody watches.
struct Circle<V: Watched> {
    feeds: Mutex<HashMap<ViewKey, Arc<Feed<V>>>>,
    /// The task that follows it.
    follower: OnceLock<AbortHandle>,
}

impl<V: Watched> Hub<V> {
    /// A hub that nobody watches.
    pub fn new(limits: HubLimits) -> Arc<Hub<V>> {
        Arc::new(Hub {
            limits,
            circles: Mutex::default(),
            places: Mutex::default(),
            renders: Semaphore::new(limits.renders_at_once_max),
            tired_us: AtomicU64::new(0),
        })
    }

    /// The shortest time between two renders of one view.
    fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.limits.pushes_per_second_max
    }

    /// Rests for as long as it drew, in a render's place, so that each place
    /// is busy half of the time at most: where every reader has a view of
    /// their own, streams must not eat up what those need who wait for an
    /// answer.
    async fn rest(&self, drew: Duration) {
        /// Timers count milliseconds; many short draws are rested for at once.
        const AT_ONCE_US: u64 = 4_000;
        let drew_us = u64::try_from(drew.as_micros()).unwrap_or(u64::MAX);
        let tired_us = self.tired_us.fetch_add(drew_us, Ordering::Relaxed) + drew_us;
        if tired_us >= AT_ONCE_US {
            let rest_us = self.tired_us.swap(0, Ordering::Relaxed);
            sleep(Duration::from_micros(rest_us)).await;
        }
    }

    /// Adds a watcher to the feed of a topic, which begins with its first.
    fn join<S: Source<View = V>>(
        self: &Arc<Self>,
        source: &Arc<S>,
        topic: &Topic,
        watcher: feed::Watcher,
    ) -> Result<Arc<Feed<V>>, StoreError> {
        let mut circles = lock(&self.circles);
        let circle = match circles.get(&topic.partition) {
            Some(circle) => Arc::clone(circle),
            None => {
                let circle = begin_circle(source, &topic.partition)?;
                circles.insert(topic.partition.clone(), Arc::clone(&circle));
                circle
            }
        };
        let mut feeds = lock(&circle.feeds);
        let feed = feeds.entry(topic.key.clone()).or_insert_with(|| {
            let feed = Arc::new(Feed::new(topic.clone()));
            tokio::spawn(tend(
                Arc::clone(source),
                Arc::clone(self),
                Arc::clone(&feed),
            ));
            feed
        });
        feed.add(watcher);
        Ok(Arc::clone(feed))
    }

    /// Takes a watcher away. A feed ends with its last one, a circle with its
    /// last feed.
    fn leave(&self, feed: &Feed<V>, watcher: &feed::Watcher) {
        let mut circles = lock(&self.circles);
        if !feed.remove(watcher) {
            return;
        }
        let Some(circle) = circles.get(&feed.topic.partition) else {
            return;
        };
        let mut feeds = lock(&circle.feeds);
        feeds.remove(&feed.topic.key);
        feed.close();
        let last = feeds.is_empty();
        drop(feeds);
        if last
            && let Some(circle) = circles.remove(&feed.topic.partition)
            && let Some(follower) = circle.follower.get()
        {
            follower.abort();
        }
    }
}

fn begin_circle<S: Source>(
    source: &Arc<S>,
    partition: &Partition,
) -> Result<Arc<Circle<S::View>>, StoreError> {
    let commits = source.commits(partition)?;
    let upto = *commits.borrow();
    let circle = Arc::new(Circle {
        feeds: Mutex::default(),
        follower: OnceLock::new(),
    });
    let weak = Arc::downgrade(&circle);
    let following = follow(Arc::clone(source), partition.clone(), weak, commits, upto);
    circle
        .follower
        .get_or_init(|| tokio::spawn(following).abort_handle());
    Ok(circle)
}

impl<V: Watched> Circle<V> {
    fn feeds(&self) -> Vec<Arc<Feed<V>>> {
        lock(&self.feeds).values().cloned().collect()
    }
}

impl<V: Watched> std::fmt::Debug for Hub<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("circles", &lock(&self.circles).len())
            .finish_non_exhaustive()
    }
}

/// Nothing panics between two changes of what these locks guard.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
