//! One watched view: what it shows, who watches, and the tasks behind it.

use super::stream::Slot;
use super::{Circle, Hub, lock};
use crate::identity::ReaderId;
use crate::live::basis::{History, Moment};
use crate::live::cache::{Keep, ViewKey};
use crate::live::drawn::Freshness;
use crate::store::{Changes, Partition, Seq, StoreError};
use crate::view::document::Manner;
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// What is watched.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The circle.
    pub partition: Partition,
    /// The view. Without a member it is that of *none*.
    pub key: ViewKey,
    /// The session it is drawn for; there if the key has a member.
    pub reader: Option<ReaderId>,
}

/// What the hub needs of the host.
pub trait Source: History + Send + Sync + 'static {
    /// What is shown.
    type View: Watched;
    /// Draws a view, through the cache.
    ///
    /// # Errors
    ///
    /// See [`NoPicture`].
    fn draw(
        &self,
        topic: &Topic,
    ) -> impl Future<Output = Result<Picture<Self::View>, NoPicture>> + Send;
    /// A circle's newest commit.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn newest(&self, partition: &Partition) -> Result<Seq, StoreError>;
    /// The same, to wait on.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn commits(&self, partition: &Partition) -> Result<watch::Receiver<Seq>, StoreError>;
    /// The time, in milliseconds since 1970.
    fn now_ms(&self) -> u64;
}

/// What can be watched.
pub trait Watched: Keep {
    /// Tells two contents apart.
    fn version(&self) -> &str;
}

/// A view, and whether it is right or the last good one.
#[derive(Debug)]
pub struct Picture<V> {
    /// The view.
    pub view: Arc<V>,
    /// Whether it is right.
    pub freshness: Freshness,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// Drawing it failed, which has been logged.
    #[error("it could not be drawn")]
    Failed,
    /// There is no such view any more.
    #[error("it is gone")]
    Gone,
}

/// How a view is written into a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The view object.
    Json,
    /// The section to look at.
    Section,
    /// The section as a document has it.
    Document(Manner),
}

/// What a feed shows, and the events already written of it.
#[derive(Debug)]
pub struct Latest<V> {
    /// What is shown.
    pub picture: Picture<V>,
    events: Mutex<Vec<(Form, Bytes)>>,
}

impl<V> Latest<V> {
    /// The event in a form, written by the first stream that wants it.
    pub fn event(&self, form: Form, write: impl FnOnce(&Picture<V>) -> Bytes) -> Bytes {
        let mut events = lock(&self.events);
        if let Some((_, event)) = events.iter().find(|(of, _)| *of == form) {
            return event.clone();
        }
        let event = write(&self.picture);
        events.push((form, event.clone()));
        event
    }
}

/// A stream's place at a feed: which stream, and the bit of the card in it.
#[derive(Clone, Debug)]
pub(super) struct Watcher {
    pub(super) slot: Arc<Slot>,
    pub(super) seat: usize,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Feed<V> {
    pub(super) topic: Topic,
    latest: Mutex<Option<Arc<Latest<V>>>>,
    watchers: Mutex<Vec<Watcher>>,
    /// What it showed is no more.
    gone: AtomicBool,
    /// Something may have changed.
    wake: Notify,
    closed: AtomicBool,
}

impl<V: Watched> Feed<V> {
    pub(super) fn new(topic: Topic) -> Feed<V> {
        Feed {
            topic,
            latest: Mutex::default(),
            watchers: Mutex::default(),
            gone: AtomicBool::new(false),
            wake: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn latest(&self) -> Option<Arc<Latest<V>>> {
        lock(&self.latest).clone()
    }

    pub(super) fn add(&self, watcher: Watcher) {
        lock(&self.watchers).push(watcher);
    }

    /// Whether that was the last one.
    pub(super) fn remove(&self, gone: &Watcher) -> bool {
        let mut watchers = lock(&self.watchers);
        let is_gone =
            |watcher: &Watcher| watcher.seat == gone.seat && Arc::ptr_eq(&watcher.slot, &gone.slot);
        if let Some(index) = watchers.iter().position(is_gone) {
            watchers.swap_remove(index);
        }
        watchers.is_empty()
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Shows a picture, unless a newer one is shown, and tells the watchers if
    /// it says something new.
    pub(super) fn show(&self, picture: Picture<V>) {
        let mut latest = lock(&self.latest);
        if let Some(old) = latest.as_ref() {
            let old = old.picture.view.basis();
            if picture.view.basis().drawn_at() < old.drawn_at() {
                return;
            }
        }
        let news = latest.as_ref().is_none_or(|old| {
            let old = &old.picture;
            (old.view.version(), old.freshness) != (picture.view.version(), picture.freshness)
        });
        // What is written of the same content is the same.
        let events = match latest.take() {
            Some(old) if !news => std::mem::take(&mut *lock(&old.events)),
            _ => Vec::new(),
        };
        *latest = Some(Arc::new(Latest {
            picture,
            events: Mutex::new(events),
        }));
        self.gone.store(false, Ordering::Release);
        drop(latest);
        if news {
            self.tell();
        }
    }

    /// Shows nothing any more, and tells the watchers. What comes back is shown
    /// again.
    fn vanish(&self) {
        let mut latest = lock(&self.latest);
        *latest = None;
        let news = !self.gone.swap(true, Ordering::AcqRel);
        drop(latest);
        if news {
            self.tell();
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    fn tell(&self) {
        for watcher in lock(&self.watchers).iter() {
            watcher.slot.tell(watcher.seat);
        }
    }

    /// Has its task look whether what is shown is right.
    pub(super) fn look_again(&self) {
        self.wake.notify_one();
    }

    /// Wakes its task if what is shown may not be right any more.
    fn hear(&self, changes: Option<&Changes>) {
        let touched = match (self.latest(), changes) {
            (Some(latest), Some(changes)) => changes.touch(latest.picture.view.basis().reads()),
            _ => true,
        };
        if touched {
            self.wake.notify_one();
        }
    }

    /// How long what is shown is right if nothing is committed; none if it is
    /// not right.
    fn right_for<S: Source>(&self, source: &S) -> Option<Duration> {
        let latest = self.latest()?;
        let Picture { view, freshness } = &latest.picture;
        if *freshness == Freshness::Stale {
            return None;
        }
        let now_ms = source.now_ms();
        let moment = Moment {
            history: source,
            newest: source.newest(&self.topic.partition).ok()?,
            now_ms,
        };
        if !view.basis().is_right(moment).ok()? {
            return None;
        }
        let left_ms = |instant: u64| Duration::from_millis(instant - now_ms);
        Some(view.basis().expires_at_ms().map_or(WAIT_MAX, left_ms))
    }
}

/// A feed looks again after this time whatever happens: somebody may have set
/// the machine's clock.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The first wait after a failed draw; it doubles up to [`WAIT_MAX`].
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);

/// Wakes the feeds that a circle's commits touch.
pub(super) async fn follow<S: Source>(
    source: Arc<S>,
    partition: Partition,
    circle: Weak<Circle<S::View>>,
    mut commits: watch::Receiver<Seq>,
    mut upto: Seq,
) {
    while commits.changed().await.is_ok() {
        let Some(circle) = circle.upgrade() else {
            return;
        };
        let began = Instant::now();
        let newest = *commits.borrow_and_update();
        // An error is for those who draw to find and say.
        let changes = source.changes(&partition, upto).ok().flatten();
        upto = changes.as_ref().map_or(newest, |changes| changes.upto);
        for feed in circle.feeds() {
            feed.hear(changes.as_ref());
        }
        drop(circle);
        // However many feeds and commits there are, following them takes half
        // of one core at most.
        sleep(began.elapsed()).await;
    }
}

/// Keeps what a feed shows right, for as long as it has watchers.
pub(super) async fn tend<S: Source>(
    source: Arc<S>,
    hub: Arc<Hub<S::View>>,
    feed: Arc<Feed<S::View>>,
) {
    let mut next_draw = Instant::now();
    let mut failures = 0;
    loop {
        while let Some(right_for) = feed.right_for(&*source) {
            if feed.is_closed() {
                return;
            }
            // A timer runs out a moment late, never early, but the machine's
            // clock is another one: then this comes round again.
            let _ = timeout(right_for.min(WAIT_MAX), feed.wake.notified()).await;
        }
        sleep_until(next_draw).await;
        if feed.is_closed() {
            return;
        }
        let room = hub.renders.acquire().await;
        next_draw = Instant::now() + hub.interval();
        // In a box, because a render takes much more room than waiting for one
        // does, and there may be a feed for every reader.
        let began = Instant::now();
        let picture = Box::pin(source.draw(&feed.topic)).await;
        let fresh = matches!(&picture, Ok(picture) if picture.freshness == Freshness::Fresh);
        match picture {
            Ok(picture) => feed.show(picture),
            Err(NoPicture::Gone) => feed.vanish(),
            Err(NoPicture::Failed) => {}
        }
        hub.rest(began.elapsed()).await;
        drop(room);
        if fresh {
            failures = 0;
        } else {
            let back_off = BACK_OFF_FIRST * 2_u32.saturating_pow(failures);
            failures = (failures + 1).min(7);
            let _ = timeout(back_off.min(WAIT_MAX), feed.wake.notified()).await;
        }
    }
}
