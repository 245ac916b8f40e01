//! The checkpoint thread: writes a dump of the index when the journal has
//! grown enough, and cuts the journal once the dump has been read back.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::fill::guarded;
use super::recovery::failed;
use super::{Shared, UNPOISONED, lock, read};
use crate::store::StoreError;

/// Who asks for checkpoints, and whether one is due.
#[derive(Default)]
pub(super) struct Checkpoints {
    inner: Mutex<Inner>,
    changed: Condvar,
    journal_bytes: u64,
}

#[derive(Default)]
struct Inner {
    asked: Vec<oneshot::Sender<Result<(), StoreError>>>,
    due: bool,
    ends: bool,
}

/// After a failed checkpoint the next is not tried before this: what failed,
/// most likely a full disk, will not be better in a moment.
const RETRY: Duration = Duration::from_secs(30);

impl Checkpoints {
    /// `journal_bytes` of journal make one due.
    pub fn new(journal_bytes: u64) -> Checkpoints {
        Checkpoints {
            journal_bytes,
            ..Checkpoints::default()
        }
    }

    /// Has a checkpoint made, and waits for it.
    pub async fn request(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        {
            let mut inner = lock(&self.inner);
            if !inner.ends {
                inner.asked.push(reply);
            }
        }
        self.changed.notify_all();
        answer.await.unwrap_or_else(|_| {
            Err(StoreError::Unavailable {
                reason: "the host is shutting down".into(),
            })
        })
    }

    /// Has one made without waiting for it.
    pub fn make_due(&self) {
        let mut inner = lock(&self.inner);
        if !inner.due {
            inner.due = true;
            self.changed.notify_all();
        }
    }

    /// Lets the thread end.
    pub fn end(&self) {
        lock(&self.inner).ends = true;
        self.changed.notify_all();
    }

    fn next(&self) -> Option<Vec<oneshot::Sender<Result<(), StoreError>>>> {
        let idle = |inner: &mut Inner| inner.asked.is_empty() && !inner.due && !inner.ends;
        let inner = self.changed.wait_while(lock(&self.inner), idle);
        let mut inner = inner.expect(UNPOISONED);
        inner.due = false;
        let asked = std::mem::take(&mut inner.asked);
        (!inner.ends || !asked.is_empty()).then_some(asked)
    }
}

/// Says, after a group, whether the journal has grown enough.
pub(super) fn consider(shared: &Shared) {
    let Some(files) = &shared.files else { return };
    if files.journal_bytes() > shared.checkpoints.journal_bytes {
        shared.checkpoints.make_due();
    }
}

pub(super) fn run(shared: &Shared) {
    let mut failed: Option<Instant> = None;
    while let Some(asked) = shared.checkpoints.next() {
        if asked.is_empty() && failed.is_some_and(|at| at.elapsed() < RETRY) {
            continue;
        }
        let made = guarded(|| make(shared));
        failed = made.is_err().then(Instant::now);
        if let Err(error) = &made {
            tracing::error!(%error, "no checkpoint could be made; the journal stays as it is");
        }
        for reply in asked {
            // The asker may have gone.
            let _ = reply.send(made.clone());
        }
    }
}

fn make(shared: &Shared) -> Result<(), StoreError> {
    let Some(files) = &shared.files else {
        return Ok(());
    };
    shared.fill.wait_for_index()?;
    let started = Instant::now();
    let (base, from) = {
        let base = read(&shared.base);
        (Arc::clone(&base), shared.fill.filled())
    };
    let mut dump = files.begin_dump(from)?;
    let mut is_dump_well = true;
    let walked = base.walk(&mut |key, value| {
        let put = dump.put(key, value);
        is_dump_well = put.is_ok();
        put.map_err(failed)
    });
    if let Err(error) = walked {
        let now = read(&shared.base);
        if is_dump_well && Arc::ptr_eq(&base, &now) {
            shared.fill.condemn(&error);
        }
        return Err(error);
    }
    let upto = {
        let now = read(&shared.base);
        // An index that has failed meanwhile is no base for a dump, and what
        // is filled in is counted anew.
        if !Arc::ptr_eq(&base, &now) || shared.fill.is_condemned() {
            return Err(StoreError::Engine {
                reason: "the index has failed and is being built anew".into(),
            });
        }
        shared.fill.begun()
    };
    let facts = files.end_dump(dump, upto)?;
    let duration_ms = started.elapsed().as_millis();
    tracing::info!(?facts, duration_ms, "checkpoint");
    Ok(())
}
