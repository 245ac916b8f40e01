//! Who is here: members who did something in the last minutes.
//!
//! The window has a few steps, and a member is noted once a step, so that most
//! acts write nothing. Each step is a counter of its own; who is noted anew
//! leaves the counter of before. So how many are present is a few counters, and
//! is right until the next step begins.

use super::super::RuleError;
use super::counts::{HOST, at_least_none};
use super::lists::List;
use crate::store::keys::{listed, seen};
use crate::store::{Access, Board, CommitError, Partition, Store, StoreError, Transaction};
use std::sync::Arc;

/// Steps of the window. With more, members would be noted more often.
const STEPS: u64 = 5;

/// How many are present, and when that stops being right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// How many.
    pub count: u64,
    /// When the first of them may not be any more; none if there is nobody.
    pub until_ms: Option<u64>,
}

/// One of the steps that time is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    ms: u64,
    number: u64,
}

impl Step {
    pub(super) fn of(present_s: u64, at_ms: u64) -> Step {
        let ms = (present_s.saturating_mul(1_000) / STEPS).max(1);
        Step {
            ms,
            number: at_ms / ms,
        }
    }

    /// The beginning of the window that ends in this step.
    pub(super) fn window_begins_ms(self) -> u64 {
        self.number.saturating_sub(STEPS).saturating_mul(self.ms)
    }

    /// When the next step begins.
    pub(super) fn ends_ms(self) -> u64 {
        self.number.saturating_add(1).saturating_mul(self.ms)
    }

    /// The counter's name. A step of another length is another counter.
    fn item(self) -> String {
        format!("{}/{}", self.ms, self.number)
    }

    fn parse(item: &str) -> Option<Step> {
        let (ms, number) = item.split_once('/')?;
        Some(Step {
            ms: ms.parse().ok()?,
            number: number.parse().ok()?,
        })
    }

    /// Whether nobody counts this step any more, at another one.
    fn is_over(self, now: Step) -> bool {
        self.ms != now.ms || self.number.abs_diff(now.number) > 2 * STEPS
    }
}

/// How many are present.
pub(super) async fn present(
    tx: &mut Transaction,
    present_s: u64,
    now_ms: u64,
) -> Result<Presence, StoreError> {
    let now = Step::of(present_s, now_ms);
    let mut sum = 0i64;
    for number in now.number.saturating_sub(STEPS)..=now.number {
        let item = Step { number, ..now }.item();
        sum = sum.saturating_add(tx.count(&board(), &item).await?);
    }
    let count = at_least_none(sum);
    Ok(Presence {
        count,
        until_ms: (count > 0).then(|| now.ends_ms()),
    })
}

/// Notes that a member did something, unless it was noted a moment ago.
///
/// # Errors
///
/// When the store fails, or the transaction only reads.
pub async fn note_present(
    tx: &mut Transaction,
    present_s: u64,
    member: &str,
    now_ms: u64,
) -> Result<(), RuleError> {
    let now = Step::of(present_s, now_ms);
    let before = noted(tx, member).await?;
    if before.as_ref().is_some_and(|before| before.step == now) {
        return Ok(());
    }
    if let Some(before) = before {
        remove(tx, member, &before)?;
    }
    let list = List::Present.byte();
    tx.put(listed(list, now_ms, member), Vec::new().into())?;
    let note = format!("{now_ms} {}", now.item());
    tx.put(seen(member), note.into())?;
    Ok(tx.add(&board(), &now.item(), 1)?)
}

/// Takes a member out of those who are present.
pub(super) async fn leave_present(tx: &mut Transaction, member: &str) -> Result<(), RuleError> {
    let Some(before) = noted(tx, member).await? else {
        return Ok(());
    };
    remove(tx, member, &before)?;
    Ok(tx.delete(seen(member))?)
}

/// Forgets up to `limit` counters of steps that are over, in one commit, and
/// says how many it found. Those whom they counted have not come back.
///
/// # Errors
///
/// When the store fails, or somebody else was faster.
pub async fn sweep_present(
    store: &Arc<dyn Store>,
    partition: &Partition,
    present_s: u64,
    now_ms: u64,
    limit: usize,
) -> Result<usize, CommitError> {
    let mut tx = Transaction::begin(Arc::clone(store), partition, Access::Write).await?;
    let now = Step::of(present_s, now_ms);
    let counted = tx.top(&board(), limit.max(1)).await?;
    let is_over = |item: &str| Step::parse(item).is_none_or(|step| step.is_over(now));
    let mut removed = 0;
    for (item, count) in counted.into_iter().filter(|(item, _)| is_over(item)) {
        tx.add(&board(), &item, count.saturating_neg())?;
        removed += 1;
    }
    if removed > 0 {
        tx.commit().await?;
    }
    Ok(removed)
}

struct Noted {
    at_ms: u64,
    step: Step,
}

async fn noted(tx: &mut Transaction, member: &str) -> Result<Option<Noted>, StoreError> {
    let Some(value) = tx.get(&seen(member)).await? else {
        return Ok(None);
    };
    let read = |text: &str| {
        let (at_ms, step) = text.split_once(' ')?;
        Some(Noted {
            at_ms: at_ms.parse().ok()?,
            step: Step::parse(step)?,
        })
    };
    let noted = std::str::from_utf8(&value).ok().and_then(read);
    let damaged = || StoreError::Damaged {
        reason: "the note of when a member was last seen".to_owned(),
    };
    noted.ok_or_else(damaged).map(Some)
}

fn remove(tx: &mut Transaction, member: &str, before: &Noted) -> Result<(), RuleError> {
    let list = List::Present.byte();
    tx.delete(listed(list, before.at_ms, member))?;
    // A step that was swept meanwhile counts one too few then, which nobody
    // sees, and is swept once more.
    Ok(tx.add(&board(), &before.step.item(), -1)?)
}

fn board() -> Board {
    Board::of_circle(HOST, "present")
}
