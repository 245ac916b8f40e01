//! The journal and the index by themselves: writes that somebody else has
//! settled go in, group by group, and nothing is validated, versioned or
//! published. `cargo xtask bench` holds the store beside it, to tell what the
//! rest of the store costs; nothing of the host uses it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::batch::Writes;
use super::index::{Engine, Filled, Index};
use super::journal::{GroupNumber, Journal, JournalOptions, JournalReader, StoreId, Until, group};
use super::sled::SledEngine;
use super::{Key, Options, Partition, Seq, StoreError, opening};

/// What one commit has written, as the journal of a store tells.
#[derive(Clone, Debug)]
pub struct Recorded {
    partition: Partition,
    seq: Seq,
    writes: Writes,
}

/// Journal, index, and a thread for each.
pub struct Bare {
    engine: SledEngine,
    commits: Option<mpsc::Sender<(Recorded, oneshot::Sender<()>)>>,
    threads: Vec<JoinHandle<Result<(), StoreError>>>,
}

/// Every commit in the journal of a store that nobody has open.
///
/// # Errors
///
/// When the journal is damaged, or was cut.
pub fn recorded(dir: &Path) -> Result<Vec<Recorded>, StoreError> {
    let journal = dir.join("journal");
    let mut reader = JournalReader::open(&journal, GroupNumber(0), Until::End).map_err(failed)?;
    let mut commits = Vec::new();
    while let Some((_, payload)) = reader.next_group().map_err(failed)? {
        for commit in group::decode(payload).map_err(failed)? {
            commits.push(Recorded {
                partition: commit.partition,
                seq: commit.seq,
                writes: commit.writes,
            });
        }
    }
    Ok(commits)
}

impl Recorded {
    /// How many keys it wrote, and how many bytes of keys and values.
    pub fn size(&self) -> (usize, usize) {
        let bytes =
            |(key, value): (&Key, &Option<Bytes>)| key.len() + value.as_ref().map_or(0, Bytes::len);
        (self.writes.len(), self.writes.iter().map(bytes).sum())
    }
}

impl Bare {
    /// Makes a journal and an index in an empty directory.
    ///
    /// # Errors
    ///
    /// When the system refuses, or something is there already.
    pub fn create(dir: &Path, options: &Options) -> Result<Bare, StoreError> {
        let lock = opening::lock(dir).map_err(failed)?;
        let journal = Journal::create(
            options.disk.0.clone(),
            &dir.join("journal"),
            StoreId::random().map_err(failed)?,
            JournalOptions {
                segment_bytes: options.segment_bytes,
            },
            GroupNumber(0),
        )
        .map_err(failed)?;
        let engine = SledEngine::new(dir, options.cache_bytes_max, lock);
        let index = engine.fresh()?;
        let (commits, queue) = mpsc::channel(options.commit_queue_max.max(1));
        let (fill, filled) = mpsc::unbounded_channel();
        let group_max = options.commit_group_max.max(1);
        Ok(Bare {
            engine,
            commits: Some(commits),
            threads: vec![
                std::thread::spawn(move || write_groups(journal, queue, &fill, group_max)),
                std::thread::spawn(move || fill_index(index, filled)),
            ],
        })
    }

    /// Commits: in the journal and synced when this returns, in the index soon
    /// after.
    ///
    /// # Errors
    ///
    /// When the journal could not be written.
    pub async fn commit(&self, commit: Recorded) -> Result<(), StoreError> {
        let (done, committed) = oneshot::channel();
        let commits = self.commits.as_ref().expect("set until it is finished");
        // Either channel is closed when its thread has ended.
        let _ = commits.send((commit, done)).await;
        committed
            .await
            .map_err(|_| failed("its journal has failed"))
    }

    /// Waits until all is in the index, and the index on the disk: what closing
    /// a store does.
    ///
    /// # Errors
    ///
    /// When a thread has failed.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.commits = None;
        for thread in self.threads.drain(..) {
            thread
                .join()
                .unwrap_or_else(|_| Err(failed("one of its threads has panicked")))?;
        }
        self.engine.seal()
    }
}

/// Groups that are filled in together.
const TOGETHER_MAX: usize = 256;

type Group = (GroupNumber, Vec<Recorded>);

fn write_groups(
    mut journal: Journal,
    mut queue: mpsc::Receiver<(Recorded, oneshot::Sender<()>)>,
    fill: &mpsc::UnboundedSender<Group>,
    group_max: usize,
) -> Result<(), StoreError> {
    let mut received = Vec::new();
    while queue.blocking_recv_many(&mut received, group_max) > 0 {
        let (commits, done): (Vec<_>, Vec<_>) = received.drain(..).unzip();
        let mut payload = Vec::new();
        for commit in &commits {
            group::encode(&mut payload, &commit.partition, commit.seq, &commit.writes);
        }
        let number = journal.append(&payload).map_err(failed)?;
        let _ = fill.send((number, commits));
        for done in done {
            let _ = done.send(());
        }
    }
    Ok(())
}

/// Fills in what has come in meanwhile together, as the store does.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the index is let go with the thread"
)]
fn fill_index(
    index: Arc<dyn Index>,
    mut groups: mpsc::UnboundedReceiver<Group>,
) -> Result<(), StoreError> {
    let mut received = Vec::new();
    while groups.blocking_recv_many(&mut received, TOGETHER_MAX) > 0 {
        let mut merged = BTreeMap::new();
        let mut last = GroupNumber(0);
        for (number, commits) in received.drain(..) {
            last = number;
            for commit in commits {
                let filled = merged
                    .entry(commit.partition.clone())
                    .or_insert_with(|| Filled {
                        partition: commit.partition,
                        seq: commit.seq,
                        writes: Writes::new(),
                    });
                filled.seq = commit.seq;
                filled.writes.extend(commit.writes);
            }
        }
        index.fill(&merged.into_values().collect::<Vec<_>>(), last)?;
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Engine {
        reason: error.to_string(),
    }
}
