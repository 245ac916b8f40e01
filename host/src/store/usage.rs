//! How much each plugin and each card keeps in a partition.
//!
//! The figures are kept by the commit thread, in the same commit as what they
//! count, so they are exact, and adding to them conflicts with nobody. A
//! transaction can see beforehand what it would come to ([`Charge`]); as
//! others commit meanwhile, the limits are checked once more at the commit.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::batch::Writes;
use super::keys::{self, Metered};
use super::{CommitError, Key, StoreError};

/// What is kept under one plugin's or card's keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Keys, counters included.
    pub keys: u64,
    /// Bytes of keys, as the plugin names them, and values.
    pub bytes: u64,
}

/// Whose usage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageOf {
    /// One card's.
    Card,
    /// All of one plugin's in the partition: its cards', the circle's and the
    /// readers'.
    Plugin,
    /// Whose a counter of the host's own says, so called in messages.
    Counter(&'static str),
}

/// The most there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// For each card.
    pub card: Usage,
    /// For each plugin.
    pub plugin: Usage,
}

/// A quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{of} keeps up to {max} {unit}", of = match of { UsageOf::Card => "a card", UsageOf::Plugin => "a plugin", UsageOf::Counter(of) => of })]
pub struct QuotaReached {
    /// Whose.
    pub of: UsageOf,
    /// `keys` or `bytes`.
    pub unit: &'static str,
    /// How many it may keep.
    pub max: u64,
}

/// What a write would make of the usages it counts towards.
#[derive(Clone, Debug, Default)]
pub struct Charge {
    pub(in crate::store) changes: Vec<(Key, Change)>,
    after: Vec<(UsageOf, Usage, Change)>,
}

/// How a usage changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Change {
    keys: i64,
    bytes: i64,
}

impl Quotas {
    /// No limits.
    pub const NONE: Quotas = Quotas {
        card: Usage {
            keys: u64::MAX,
            bytes: u64::MAX,
        },
        plugin: Usage {
            keys: u64::MAX,
            bytes: u64::MAX,
        },
    };

    /// Whether there is room for a change. What frees room is always allowed.
    fn check(&self, of: UsageOf, after: Usage, change: Change) -> Result<(), QuotaReached> {
        let max = match of {
            UsageOf::Card => self.card,
            UsageOf::Plugin => self.plugin,
            // Bounded by itself: see `Batch::cap`.
            UsageOf::Counter(_) => return Ok(()),
        };
        let reached = |unit, max| Err(QuotaReached { of, unit, max });
        if change.keys > 0 && after.keys > max.keys {
            return reached("keys", max.keys);
        }
        if change.bytes > 0 && after.bytes > max.bytes {
            return reached("bytes", max.bytes);
        }
        Ok(())
    }
}

impl Charge {
    /// Whether there is room for it.
    pub fn check(&self, quotas: &Quotas) -> Result<(), QuotaReached> {
        let mut after = self.after.iter();
        after.try_for_each(|(of, after, change)| quotas.check(*of, *after, *change))
    }

    /// Adds one usage that a write counts towards.
    pub(in crate::store) fn add(
        &mut self,
        (of, key): (UsageOf, Key),
        stored: Option<&Bytes>,
        pending: Change,
        change: Change,
    ) -> Result<(), StoreError> {
        let all = pending.and(change);
        self.after.push((of, Usage::read(stored)?.after(all), all));
        self.changes.push((key, change));
        Ok(())
    }
}

impl Change {
    /// What a key's change makes of a usage: its value's length before and
    /// after, if it has one.
    pub fn of(name_bytes: usize, old: Option<usize>, new: Option<usize>) -> Change {
        let entry = |value: Option<usize>| value.map_or(0, |bytes| signed(name_bytes + bytes));
        Change {
            keys: i64::from(new.is_some()) - i64::from(old.is_some()),
            bytes: entry(new) - entry(old),
        }
    }

    pub fn and(self, other: Change) -> Change {
        Change {
            keys: self.keys + other.keys,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl Usage {
    pub(in crate::store) fn read(stored: Option<&Bytes>) -> Result<Usage, StoreError> {
        let Some(stored) = stored else {
            return Ok(Usage::default());
        };
        let halves = stored.split_first_chunk().and_then(|(keys, bytes)| {
            let bytes = bytes.try_into().ok()?;
            Some((u64::from_be_bytes(*keys), u64::from_be_bytes(bytes)))
        });
        let (keys, bytes) = halves.ok_or_else(|| StoreError::Damaged {
            reason: format!("a usage of {} bytes, not 16", stored.len()),
        })?;
        Ok(Usage { keys, bytes })
    }

    fn stored(self) -> Bytes {
        [self.keys.to_be_bytes(), self.bytes.to_be_bytes()]
            .concat()
            .into()
    }

    /// A count that was never begun, as for what format 1 has left, does not go
    /// below nothing.
    fn after(self, change: Change) -> Usage {
        Usage {
            keys: self.keys.saturating_add_signed(change.keys),
            bytes: self.bytes.saturating_add_signed(change.bytes),
        }
    }
}

/// Adds to a commit's writes what becomes of the usages.
pub(in crate::store) fn meter(
    writes: &mut Writes,
    quotas: &Quotas,
    mut read: impl FnMut(&Key) -> Result<Option<Bytes>, StoreError>,
) -> Result<(), CommitError> {
    let mut changes: BTreeMap<Key, (UsageOf, Change)> = BTreeMap::new();
    for (key, new) in &*writes {
        let Some(Metered { usages, name_bytes }) = keys::metered(key) else {
            continue;
        };
        let old = read(key)?.map(|old| old.len());
        let change = Change::of(name_bytes, old, new.as_ref().map(Bytes::len));
        for (of, usage) in usages {
            let (_, sum) = changes.entry(usage).or_insert((of, Change::default()));
            *sum = sum.and(change);
        }
    }
    for (key, (of, change)) in changes {
        if change == Change::default() {
            continue;
        }
        let after = Usage::read(read(&key)?.as_ref())?.after(change);
        quotas.check(of, after, change)?;
        writes.insert(key, (after != Usage::default()).then(|| after.stored()));
    }
    Ok(())
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).expect("values are far below the range of i64")
}
