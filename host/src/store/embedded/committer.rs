//! The commit thread: validates, applies, flushes once for a whole group,
//! publishes, answers.
//!
//! Nothing is published before it is flushed, so no reader sees what a crash
//! could take back. A write or flush that fails stops all writes for the life
//! of the process: what reached the disk is unknown then, and a second flush
//! that succeeds would prove nothing about the first.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::{PartitionState, Shared, lease, read, write};
use crate::store::batch::Writes;
use crate::store::index::Index;
use crate::store::{Commit, CommitError, Seq, StoreError};

/// A commit waiting for its turn.
pub(super) struct Request {
    pub commit: Commit,
    pub reply: oneshot::Sender<Result<Seq, CommitError>>,
}

/// An applied commit waiting for the flush.
struct Applied {
    state: Arc<PartitionState>,
    seq: Seq,
    reply: oneshot::Sender<Result<Seq, CommitError>>,
}

pub(super) fn run<I: Index>(
    shared: &Shared<I>,
    mut queue: mpsc::Receiver<Request>,
    group_max: usize,
) {
    let mut group = Vec::new();
    while queue.blocking_recv_many(&mut group, group_max) > 0 {
        let group = std::mem::take(&mut group);
        let committed = catch_unwind(AssertUnwindSafe(|| commit_group(shared, group)));
        let failure = match committed {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            // The engine asserts where others return errors.
            Err(panic) => format!("the engine panicked: {}", panic_text(panic.as_ref())),
        };
        stop(shared, failure);
        // Whoever is still queued learns why when the queue is dropped.
        return;
    }
}

/// Commits a group. An error is one that must stop all writes; the requests it
/// leaves unanswered learn of it through their dropped channels.
fn commit_group<I: Index>(shared: &Shared<I>, group: Vec<Request>) -> Result<(), StoreError> {
    let mut applied = Vec::with_capacity(group.len());
    for Request { commit, reply } in group {
        match prepare(shared, commit) {
            Ok((state, seq, writes)) => {
                shared.index.apply(&state.partition, seq, &writes)?;
                applied.push(Applied { state, seq, reply });
            }
            Err(refused) => answer(reply, Err(refused)),
        }
    }
    if applied.is_empty() {
        return Ok(());
    }
    shared.index.flush()?;
    for Applied { state, seq, reply } in applied {
        state.publish(seq);
        answer(reply, Ok(seq));
    }
    Ok(())
}

/// Validates a commit, makes its writes absolute and puts what they supersede
/// into the window. From here on it is numbered and must be applied.
fn prepare<I: Index>(
    shared: &Shared<I>,
    commit: Commit,
) -> Result<(Arc<PartitionState>, Seq, Writes), CommitError> {
    let state = lease(&commit.snapshot)?;
    if read(&state.window).has_changed(&commit.reads, commit.snapshot.seq()) {
        return Err(CommitError::Conflict);
    }
    // The earlier members of the group are in the index already, so the newest
    // values are those this commit follows.
    let newest = |key: &_| shared.index.get(&state.partition, key);
    let writes = commit.batch.settle(newest)?;
    let superseded = writes
        .keys()
        .map(|key| Ok((key.clone(), newest(key)?)))
        .collect::<Result<Writes, StoreError>>()?;
    let seq = write(&state.window).supersede(superseded);
    Ok((Arc::clone(state), seq, writes))
}

fn stop<I>(shared: &Shared<I>, reason: String) {
    tracing::error!(reason, "the store takes no more writes");
    let already = shared.stopped.set(reason);
    debug_assert!(already.is_ok(), "only the commit thread stops writes, once");
}

fn answer(reply: oneshot::Sender<Result<Seq, CommitError>>, result: Result<Seq, CommitError>) {
    // The asker may have gone, for instance at its deadline.
    let _ = reply.send(result);
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
