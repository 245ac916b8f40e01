//! The commit thread: validates, writes a group to the journal, publishes,
//! answers.
//!
//! Nothing is published before it is synced, so no reader sees what a crash
//! could take back. A write or sync that fails stops all writes for the life
//! of the process: what reached the disk is unknown then, and a second sync
//! that succeeds would prove nothing about the first.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::fill::{Committed, Group};
use super::partitions::PartitionState;
use super::{Options, Shared, checkpoint, lease, lock, panic_text, read, write};
use crate::store::batch::Writes;
use crate::store::journal::{GroupNumber, Journal, group};
use crate::store::seeded::SeededBug;
use crate::store::window::Window;
use crate::store::{Batch, Commit, CommitError, Key, Seq};

/// A commit waiting for its turn.
pub(super) struct Request {
    pub commit: Commit,
    pub reply: Reply,
}

type Reply = oneshot::Sender<Result<Seq, CommitError>>;

/// Where groups go before they are acknowledged.
pub(in crate::store) trait Log: Send + 'static {
    /// Writes a group. When this returns, it is there for good.
    fn append(&mut self, payload: &[u8]) -> io::Result<GroupNumber>;
}

impl Log for Journal {
    fn append(&mut self, payload: &[u8]) -> io::Result<GroupNumber> {
        Journal::append(self, payload).map_err(io::Error::other)
    }
}

/// How many commits, and how much of them, share one sync.
#[derive(Clone, Copy)]
pub(super) struct GroupLimits {
    commits_max: usize,
    bytes_max: usize,
}

impl From<&Options> for GroupLimits {
    fn from(options: &Options) -> GroupLimits {
        GroupLimits {
            commits_max: options.commit_group_max.max(1),
            bytes_max: options.commit_group_bytes_max,
        }
    }
}

pub(super) fn run(
    shared: &Shared,
    mut log: impl Log,
    mut queue: mpsc::Receiver<Request>,
    limits: GroupLimits,
) {
    let mut received = Vec::new();
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            if queue.blocking_recv_many(&mut received, limits.commits_max) == 0 {
                return;
            }
            waiting.extend(received.drain(..));
        }
        shared.fill.wait_for_room();
        let group = next_group(&mut waiting, limits);
        let committing = lock(&shared.committing);
        let committed = catch_unwind(AssertUnwindSafe(|| commit_group(shared, &mut log, group)));
        drop(committing);
        let failure = match committed {
            Ok(Ok(())) if shared.stopped.get().is_none() => continue,
            // Another thread has stopped the writes, and said why.
            Ok(Ok(())) => return,
            Ok(Err(error)) => format!("the journal cannot be written: {error}"),
            Err(panic) => format!("committing panicked: {}", panic_text(panic.as_ref())),
        };
        shared.stop(failure);
        // Whoever is still queued learns why when the queue is dropped.
        return;
    }
}

/// As many as fit, at least one.
fn next_group(waiting: &mut VecDeque<Request>, limits: GroupLimits) -> Vec<Request> {
    let mut bytes = 0;
    let mut count = 0;
    for request in waiting.iter() {
        bytes += request.commit.batch.bytes();
        if count > 0 && bytes > limits.bytes_max {
            break;
        }
        count += 1;
    }
    waiting.drain(..count).collect()
}

/// Commits a group. An error is one that must stop all writes; the requests it
/// leaves unanswered learn of it through their dropped channels.
fn commit_group(shared: &Shared, log: &mut impl Log, requests: Vec<Request>) -> io::Result<()> {
    let mut commits = Vec::with_capacity(requests.len());
    let mut replies = Vec::with_capacity(requests.len());
    for Request { commit, reply } in requests {
        match prepare(shared, commit) {
            Ok(committed) => {
                commits.push(committed);
                replies.push(reply);
            }
            Err(refused) => answer(reply, Err(refused)),
        }
    }
    if commits.is_empty() {
        return Ok(());
    }
    let seqs: Vec<Seq> = commits.iter().map(|commit| commit.seq).collect();
    if shared.seeded.has(SeededBug::AcknowledgeEarly) {
        acknowledge(replies.drain(..), &seqs);
    }
    let mut written = commits.as_slice();
    if shared.seeded.has(SeededBug::WriteHalfAGroup) {
        written = &commits[..commits.len().div_ceil(2)];
    }
    let mut payload = Vec::new();
    for commit in written {
        let partition = &commit.state.partition;
        group::encode(&mut payload, partition, commit.seq, &commit.writes);
    }
    let number = log.append(&payload)?;
    for commit in &commits {
        commit.state.publish(commit.seq);
    }
    shared.fill.push(Group {
        number,
        commits,
        bytes: payload.len(),
    });
    acknowledge(replies.into_iter(), &seqs);
    checkpoint::consider(shared);
    Ok(())
}

fn acknowledge(replies: impl Iterator<Item = Reply>, seqs: &[Seq]) {
    for (reply, seq) in replies.zip(seqs) {
        answer(reply, Ok(*seq));
    }
}

/// Validates a commit, makes its writes absolute and lets them into the
/// window. From here on it is numbered and must reach the journal.
fn prepare(shared: &Shared, commit: Commit) -> Result<Committed, CommitError> {
    let state = lease(&commit.snapshot)?;
    let at = commit.snapshot.seq();
    let has_changed = |window: &Window| window.has_changed(&commit.reads, at);
    if shared.in_window(state, has_changed, at)? {
        return Err(CommitError::Conflict);
    }
    let writes = settle(shared, state, commit.batch)?;
    let seq = write(&state.window).enter(&writes);
    Ok(Committed {
        state: Arc::clone(state),
        seq,
        writes,
    })
}

/// The earlier members of the group are in the window already, so the newest
/// values are those this commit follows.
fn settle(shared: &Shared, state: &PartitionState, batch: Batch) -> Result<Writes, CommitError> {
    batch.settle(|key: &Key| {
        // Held while the window is asked, see `Embedded::get`. This thread
        // alone writes, so one look is enough.
        let base = read(&shared.base);
        match read(&state.window).newest(key) {
            Some(newest) => Ok(newest),
            None => shared.checked(base.get(&state.partition, key)),
        }
    })
}

fn answer(reply: Reply, result: Result<Seq, CommitError>) {
    // The asker may have gone, for instance at its deadline.
    let _ = reply.send(result);
}
