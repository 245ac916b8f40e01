//! The partitions the store has at hand: their windows, their numbers, and who
//! waits for the next.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use tokio::sync::watch;

use super::{Options, read, write};
use crate::store::batch::Writes;
use crate::store::seeded::Seeded;
use crate::store::window::Window;
use crate::store::{Partition, Seq, StoreError};

/// One partition.
pub(super) struct PartitionState {
    pub partition: Partition,
    pub window: RwLock<Window>,
    /// The window's `published`, to be read without its lock.
    published: AtomicU64,
    watched: watch::Sender<Seq>,
}

/// All that are at hand. One that nobody uses and that has nothing in its
/// window can be dropped at any time: the base knows its number.
pub(super) struct Partitions {
    states: RwLock<HashMap<Partition, Arc<PartitionState>>>,
    open_max: usize,
    sweep_at: AtomicUsize,
    remembered_max: usize,
    seeded: Seeded,
}

impl PartitionState {
    fn new(partition: Partition, newest: Seq, window: Window) -> PartitionState {
        PartitionState {
            partition,
            window: RwLock::new(window),
            published: AtomicU64::new(newest.0),
            watched: watch::Sender::new(newest),
        }
    }

    /// The newest commit that readers may see.
    pub fn published(&self) -> Seq {
        Seq(self.published.load(Ordering::Acquire))
    }

    /// Lets readers see a commit, and tells who waits for it.
    pub fn publish(&self, seq: Seq) {
        write(&self.window).publish(seq);
        self.announce(seq);
    }

    /// Takes in a commit from the journal.
    pub fn recover(&self, seq: Seq, writes: &Writes) -> Result<(), StoreError> {
        let mut window = write(&self.window);
        if !window.recover(seq, writes) {
            let partition = &self.partition;
            let reason = format!("commit {seq} of {partition:?} does not follow the one before it");
            return Err(StoreError::Damaged { reason });
        }
        let published = window.published();
        drop(window);
        self.announce(published);
        Ok(())
    }

    pub fn watch(&self) -> watch::Receiver<Seq> {
        let watch = self.watched.subscribe();
        // What was published before there was a watcher was not sent.
        self.watched.send_if_modified(|sent| {
            let published = self.published();
            *sent = published.max(*sent);
            false
        });
        watch
    }

    fn announce(&self, seq: Seq) {
        self.published.store(seq.0, Ordering::Release);
        // Without a watcher there is nobody to wake, and nothing to lock.
        if self.watched.receiver_count() > 0 {
            self.watched.send_replace(seq);
        }
    }

    fn is_idle(this: &Arc<PartitionState>) -> bool {
        // Counted under the map's lock, so nobody can come by meanwhile.
        Arc::strong_count(this) == 1
            && this.watched.receiver_count() == 0
            && read(&this.window).is_idle()
    }
}

impl Partitions {
    pub fn new(options: &Options) -> Partitions {
        let open_max = options.partitions_open_max.max(1);
        Partitions {
            states: RwLock::default(),
            open_max,
            sweep_at: AtomicUsize::new(open_max),
            remembered_max: options.changes_per_partition_max,
            seeded: options.seeded,
        }
    }

    /// A partition that is at hand.
    pub fn get(&self, partition: &Partition) -> Option<Arc<PartitionState>> {
        read(&self.states).get(partition).cloned()
    }

    /// A partition; `newest` is asked for its number if it is not at hand.
    pub fn get_or_add(
        &self,
        partition: &Partition,
        newest: impl FnOnce() -> Result<Seq, StoreError>,
    ) -> Result<Arc<PartitionState>, StoreError> {
        let mut states = write(&self.states);
        if let Some(state) = states.get(partition) {
            return Ok(Arc::clone(state));
        }
        // Under the lock, or a state that came, changed and went meanwhile
        // would leave us with an old number.
        let newest = newest()?;
        // Only when it has doubled since: looking at all of them for each new
        // one would be slow if none is idle.
        if states.len() >= self.sweep_at.load(Ordering::Relaxed) {
            states.retain(|_, state| !PartitionState::is_idle(state));
            let sweep_at = self.open_max.max(2 * states.len());
            self.sweep_at.store(sweep_at, Ordering::Relaxed);
        }
        let window = Window::new(newest, self.remembered_max).seeded(self.seeded);
        let state = PartitionState::new(partition.clone(), newest, window);
        let state = Arc::new(state);
        states.insert(partition.clone(), Arc::clone(&state));
        Ok(state)
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<PartitionState>> {
        read(&self.states).values().cloned().collect()
    }
}
