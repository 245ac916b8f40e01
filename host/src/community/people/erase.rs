//! Erasing a reader: who they were is forgotten, what they counted stays.
//!
//! It is done in steps, each a commit of its own that may be run again: the
//! reader's gate is shut and an errand noted in the same commit
//! ([`shut_out`]); then circle by circle the member is masked and what was
//! theirs is removed ([`erase_in_circle`]); then the errand is done
//! ([`finish`]). Whoever finds the errand after a crash goes on with it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::member::trace;
use super::session::{Ended, Gate};
use super::{RuleError, begin, committed, write};
use crate::community::{circle, media, once, posts};
use crate::config::CircleId;
use crate::identity::{Keys, MemberId, ReaderId};
use crate::store::keys::{
    Scattered, circles_of, errand, errands, formers, link, member as member_key, noted,
    person as person_key,
};
use crate::store::{
    Direction, Key, KeyRange, PageLimit, Partition, Store, StoreError, Transaction,
};

/// Keys that making one picture nobody's writes.
const KEYS_OF_A_PICTURE: usize = 4;

/// What is still to be done about a reader in the circles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// Copy what they are called now.
    Rename,
    /// Erase them.
    Erase,
}

/// How far the erasure of a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// When it was asked for.
    pub at_ms: u64,
    /// Whether nothing is left to be done.
    pub is_done: bool,
}

/// Ends a reader: their record and every session. `false` if that was done
/// before. What circles know of them is still to be erased, by the errand that
/// this notes.
///
/// # Errors
///
/// When the store fails.
pub async fn shut_out(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    at_ms: u64,
) -> Result<bool, RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        if Gate::read(&mut tx, reader).await?.is_erased() {
            return Ok(false);
        }
        let gate = Gate {
            ended: Some(Ended::Erased { at_ms }),
            ..Gate::default()
        };
        gate.write(&mut tx, reader)?;
        tx.delete(person_key(reader.as_str()))?;
        write(&mut tx, errand(reader.as_str()), &Errand::Erase)?;
        if committed(tx).await? {
            return Ok(true);
        }
    }
}

/// How far the erasure of a reader is, if they were erased.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn erasure(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
) -> Result<Option<Erasure>, StoreError> {
    let mut tx = begin(store, &Partition::of_reader(reader.as_str())).await?;
    let Some(Ended::Erased { at_ms }) = Gate::read(&mut tx, reader).await?.ended else {
        return Ok(None);
    };
    let left = tx.get(&errand(reader.as_str())).await?;
    Ok(Some(Erasure {
        at_ms,
        is_done: left.is_none(),
    }))
}

/// The anonymous readers that a person was.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn formers_of(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
) -> Result<Vec<ReaderId>, StoreError> {
    let names = noted_of(store, reader, formers(reader.as_str())).await?;
    Ok(names
        .iter()
        .filter_map(|name| ReaderId::parse(name).ok())
        .collect())
}

/// The circles that a person has acted in, or was about to.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn circles_noted(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
) -> Result<Vec<CircleId>, StoreError> {
    let names = noted_of(store, reader, circles_of(reader.as_str())).await?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Up to `limit` errands of a partition of people.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn errands_of(
    store: &Arc<dyn Store>,
    partition: &Partition,
    limit: usize,
) -> Result<Vec<(ReaderId, Errand)>, StoreError> {
    let mut tx = begin(store, partition).await?;
    let page = tx
        .scan(errands(), Direction::Forward, entries(limit))
        .await?;
    let errands = page.entries.into_iter().map(|(key, value)| {
        let reader = errand_reader(&key).ok_or_else(|| StoreError::Damaged {
            reason: "an errand is about nobody".into(),
        })?;
        Ok((reader, super::decode(&value)?))
    });
    errands.collect()
}

/// Makes a reader nobody in one circle: the member's record says that they
/// were erased, what they said is taken away, what they liked and reported is
/// taken back, their pictures are nobody's, and what plugins keep for them, the offers they took and the
/// answers they got are gone, `keys_max` keys a commit. Counts stay: they are
/// nobody's words. Again does nothing.
///
/// An act that is under way in the circle meets the masked record and fails.
///
/// # Errors
///
/// When the store fails.
pub async fn erase_in_circle(
    store: &Arc<dyn Store>,
    keys: &Keys,
    circle: &CircleId,
    reader: &ReaderId,
    keys_max: usize,
) -> Result<(), RuleError> {
    let partition = Partition::circle(circle.as_str());
    let Some(member) = mask(store, keys, circle, reader).await? else {
        return Ok(());
    };
    loop {
        let mut tx = begin(store, &partition).await?;
        let is_all = posts::erase_member(&mut tx, member.as_str(), keys_max).await?;
        if committed(tx).await? && is_all {
            break;
        }
    }
    loop {
        let mut tx = begin(store, &partition).await?;
        let pictures = keys_max / KEYS_OF_A_PICTURE;
        let is_all = media::disown(&mut tx, member.as_str(), pictures).await?;
        if committed(tx).await? && is_all {
            break;
        }
    }
    // Looked for apart from the commits that remove: others may act between
    // the member's keys, and conflict with nothing here.
    let ranges = ranges_of(store, &partition, &member).await?;
    loop {
        let mut tx = begin(store, &partition).await?;
        let mut room = keys_max.max(1);
        for range in &ranges {
            room -= remove(&mut tx, range, room).await?;
        }
        let answers = match room {
            0 => Vec::new(),
            room => once::entries_for(&mut tx, member.as_str(), room).await?,
        };
        room -= answers.len();
        for entry in answers {
            once::forget_recorded(&mut tx, entry).await?;
        }
        let is_last = room > 0;
        if is_last {
            tx.delete(link(reader.as_str()))?;
        }
        if committed(tx).await? && is_last {
            return Ok(());
        }
    }
}

/// Ends an erasure that was done in all circles.
///
/// # Errors
///
/// When the store fails.
pub async fn finish(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    keys_max: usize,
) -> Result<(), RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        let mut room = keys_max.max(1);
        for range in [circles_of(reader.as_str()), formers(reader.as_str())] {
            room -= remove(&mut tx, &range, room).await?;
        }
        let is_last = room > 0;
        if is_last {
            tx.delete(errand(reader.as_str()))?;
        }
        if committed(tx).await? && is_last {
            return Ok(());
        }
    }
}

/// Writes over the member's record; `None` if the reader left no trace here, or
/// was taken over by a person, whose own erasure is another matter.
async fn mask(
    store: &Arc<dyn Store>,
    keys: &Keys,
    circle: &CircleId,
    reader: &ReaderId,
) -> Result<Option<MemberId>, RuleError> {
    loop {
        let mut tx = begin(store, &Partition::circle(circle.as_str())).await?;
        let Some((member, record)) = trace(&mut tx, keys, circle, reader).await? else {
            return Ok(None);
        };
        if record.erased {
            return Ok(Some(member));
        }
        if !record.is_open_to(reader) {
            return Ok(None);
        }
        write(&mut tx, member_key(member.as_str()), &record.masked())?;
        circle::forget(&mut tx, member.as_str()).await?;
        if committed(tx).await? {
            return Ok(Some(member));
        }
    }
}

/// Where the member's keys may be: below every plugin and every card that has
/// any key of that kind in the circle.
async fn ranges_of(
    store: &Arc<dyn Store>,
    partition: &Partition,
    member: &MemberId,
) -> Result<Vec<KeyRange>, StoreError> {
    let mut ranges = Vec::new();
    for kind in [Scattered::State, Scattered::Taken] {
        let mut names = Names::of(kind);
        let mut tx = begin(store, partition).await?;
        while let Some((_, range)) = names.next(&mut tx, member).await? {
            ranges.push(range);
        }
    }
    Ok(ranges)
}

/// A walk over the names under which keys are scattered, one look a name.
#[derive(Debug)]
pub struct Names {
    kind: Scattered,
    rest: KeyRange,
}

impl Names {
    /// A walk from the first.
    pub fn of(kind: Scattered) -> Names {
        Names {
            kind,
            rest: kind.all(),
        }
    }

    /// Some key under the next name, and where a member's keys under it are.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn next(
        &mut self,
        tx: &mut Transaction,
        member: &MemberId,
    ) -> Result<Option<(Key, KeyRange)>, StoreError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let page = tx
            .scan(self.rest.clone(), Direction::Forward, entries(1))
            .await?;
        let Some((key, _)) = page.entries.into_iter().next() else {
            return Ok(None);
        };
        let (range, next) =
            self.kind
                .under(&key, member.as_str())
                .ok_or_else(|| StoreError::Damaged {
                    reason: "a key lies under no name".into(),
                })?;
        self.rest.start = next;
        Ok(Some((key, range)))
    }
}

/// Removes up to `limit` keys of a range, and says how many.
async fn remove(tx: &mut Transaction, range: &KeyRange, limit: usize) -> Result<usize, StoreError> {
    if limit == 0 {
        return Ok(0);
    }
    let page = tx
        .scan(range.clone(), Direction::Forward, entries(limit))
        .await?;
    let removed = page.entries.len();
    for (key, _) in page.entries {
        tx.delete(key)?;
    }
    Ok(removed)
}

async fn noted_of(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    mut range: KeyRange,
) -> Result<Vec<String>, StoreError> {
    let mut tx = begin(store, &Partition::of_reader(reader.as_str())).await?;
    let mut names = Vec::new();
    loop {
        let page = tx
            .scan(range.clone(), Direction::Forward, entries(NOTES_AT_ONCE))
            .await?;
        let found = page.entries.iter().filter_map(|(key, _)| noted(key));
        names.extend(found.map(str::to_owned));
        match page.next {
            Some(next) => range.start = next,
            None => return Ok(names),
        }
    }
}

const NOTES_AT_ONCE: usize = 256;

fn errand_reader(key: &Key) -> Option<ReaderId> {
    // Behind the tag and the length.
    let text = std::str::from_utf8(key.get(2..)?).ok()?;
    ReaderId::parse(text).ok()
}

fn entries(entries_max: usize) -> PageLimit {
    PageLimit {
        entries_max,
        bytes_max: usize::MAX,
    }
}
