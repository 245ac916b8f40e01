//! A plugin's own ordered state.

#[cfg(test)]
mod tests;

use bytes::Bytes;

use super::{Asker, RuleError};
use crate::store::keys::{Key, KeyRange, StateOwner};
use crate::store::{Direction, PageLimit, Quotas, Transaction, UsageOf};

/// Whose state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This card's.
    Card,
    /// All cards' of the plugin in the circle.
    Circle,
    /// This reader's, for all cards of the plugin in the circle.
    Viewer,
}

/// What a plugin may keep. The contract's figures are the upper bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateLimits {
    /// Bytes of one key.
    pub key_bytes_max: usize,
    /// Bytes of one value.
    pub value_bytes_max: usize,
    /// Keys and counters one action may write.
    pub commit_writes_max: usize,
    /// Bytes of all values one action may write.
    pub commit_bytes_max: usize,
    /// Entries of one page, and keys of one `get-many`.
    pub page_entries_max: usize,
    /// Bytes of one page, keys and values together.
    pub page_bytes_max: usize,
    /// What a card, and all of a plugin's cards in a circle, may keep.
    pub quotas: Quotas,
}

/// What to scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan<'a> {
    /// What the keys begin with.
    pub prefix: &'a str,
    /// The key to start behind.
    pub after: Option<&'a str>,
    /// How many entries at most.
    pub limit: u32,
    /// In which order.
    pub direction: Direction,
}

/// One page of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatePage {
    /// Keys as the plugin wrote them, and their values.
    pub entries: Vec<(String, Bytes)>,
    /// Whether there is more after the last entry.
    pub more: bool,
}

/// The value of a key, if there is one. What can never have been written, a
/// key too long for instance, is not there.
pub async fn get(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    scope: Scope,
    key: &str,
) -> Result<Option<Bytes>, RuleError> {
    match owner(asker, scope) {
        Some(owner) if check_key(limits, key).is_ok() => Ok(tx.get(&owner.key(key)).await?),
        _ => Ok(None),
    }
}

/// The values of several keys, in their order.
pub async fn get_many(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    scope: Scope,
    keys: &[String],
) -> Result<Vec<Option<Bytes>>, RuleError> {
    if keys.len() > limits.page_entries_max {
        return Err(quota(format_args!(
            "get-many takes up to {} keys; these are {}",
            limits.page_entries_max,
            keys.len()
        )));
    }
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        values.push(get(tx, limits, asker, scope, key).await?);
    }
    Ok(values)
}

/// One page of the keys that begin with a prefix.
pub async fn scan(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    scope: Scope,
    scan: Scan<'_>,
) -> Result<StatePage, RuleError> {
    let entries_max = match usize::try_from(scan.limit) {
        Ok(limit) if (1..=limits.page_entries_max).contains(&limit) => limit,
        _ => {
            return Err(quota(format_args!(
                "the limit of a scan is 1 to {}, not {}",
                limits.page_entries_max, scan.limit
            )));
        }
    };
    let Some(owner) = owner(asker, scope) else {
        return Ok(StatePage::default());
    };
    let limit = PageLimit {
        entries_max,
        bytes_max: limits.page_bytes_max,
    };
    let range = range(owner, scan);
    let page = tx.scan(range, scan.direction, limit).await?;
    let prefix = owner.prefix();
    let readable = |key: Key| String::from_utf8_lossy(key.behind(&prefix)).into_owned();
    Ok(StatePage {
        more: page.next.is_some(),
        entries: page
            .entries
            .into_iter()
            .map(|(key, value)| (readable(key), value))
            .collect(),
    })
}

/// Sets a key.
pub async fn put(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    scope: Scope,
    key: &str,
    value: Bytes,
) -> Result<(), RuleError> {
    check_key(limits, key)?;
    if value.len() > limits.value_bytes_max {
        return Err(quota(format_args!(
            "a value has up to {} bytes; that of `{key}` has {}",
            limits.value_bytes_max,
            value.len()
        )));
    }
    let key = writable(asker, scope)?.key(key);
    check_commit(tx, limits, &key, value.len())?;
    charge(tx, limits, &key, Some(value.len())).await?;
    Ok(tx.put(key, value)?)
}

/// Removes a key.
pub async fn delete(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    scope: Scope,
    key: &str,
) -> Result<(), RuleError> {
    check_key(limits, key)?;
    let key = writable(asker, scope)?.key(key);
    check_commit(tx, limits, &key, 0)?;
    charge(tx, limits, &key, None).await?;
    Ok(tx.delete(key)?)
}

/// Whether there is room for a write: `bytes` of value under a key, or none.
pub(super) async fn charge(
    tx: &mut Transaction,
    limits: &StateLimits,
    key: &Key,
    bytes: Option<usize>,
) -> Result<(), RuleError> {
    let charge = tx.charge(key, bytes).await?;
    charge.check(&limits.quotas).map_err(|reached| {
        let key = match (reached.of, reached.unit) {
            (UsageOf::Card, "keys") => "card_keys_max",
            (UsageOf::Card, _) => "card_bytes_max",
            (UsageOf::Plugin, "keys") => "plugin_keys_max",
            // Plugins write to no counter of the host's own.
            (UsageOf::Plugin | UsageOf::Counter(_), _) => "plugin_bytes_max",
        };
        quota(format_args!(
            "{reached} in a circle (the operator's state.{key}), and that is reached: delete what \
             is no longer needed"
        ))
    })?;
    // The commit checks once more, because others commit meanwhile.
    tx.bound(limits.quotas);
    tx.accept(charge);
    Ok(())
}

/// Whether one action may write one thing more.
pub(super) fn check_writes(writes: usize, limits: &StateLimits) -> Result<(), RuleError> {
    if writes <= limits.commit_writes_max {
        return Ok(());
    }
    Err(quota(format_args!(
        "one action writes up to {} keys and counters: spread the work over several actions, or \
         keep several things in one value",
        limits.commit_writes_max
    )))
}

pub(super) fn quota(text: std::fmt::Arguments<'_>) -> RuleError {
    RuleError::Quota(text.to_string())
}

fn owner(asker: Asker<'_>, scope: Scope) -> Option<StateOwner<'_>> {
    let Asker {
        plugin,
        card,
        viewer,
    } = asker;
    match scope {
        Scope::Card => Some(StateOwner::Card { plugin, card }),
        Scope::Circle => Some(StateOwner::Circle { plugin }),
        Scope::Viewer => viewer.map(|viewer| StateOwner::Viewer { plugin, viewer }),
    }
}

fn writable(asker: Asker<'_>, scope: Scope) -> Result<StateOwner<'_>, RuleError> {
    owner(asker, scope).ok_or_else(|| {
        RuleError::Denied("a reader without a session has no state of their own".into())
    })
}

fn check_key(limits: &StateLimits, key: &str) -> Result<(), RuleError> {
    if (1..=limits.key_bytes_max).contains(&key.len()) {
        return Ok(());
    }
    Err(quota(format_args!(
        "a key has 1 to {} bytes; this one has {}",
        limits.key_bytes_max,
        key.len()
    )))
}

fn check_commit(
    tx: &Transaction,
    limits: &StateLimits,
    key: &Key,
    value_bytes: usize,
) -> Result<(), RuleError> {
    let batch = tx.batch();
    let (another, replaced) = match batch.written(key) {
        None => (1, 0),
        Some(value) => (0, value.as_ref().map_or(0, Bytes::len)),
    };
    check_writes(batch.len() + another, limits)?;
    if batch.value_bytes() - replaced + value_bytes > limits.commit_bytes_max {
        return Err(quota(format_args!(
            "the values one action writes have up to {} bytes together",
            limits.commit_bytes_max
        )));
    }
    Ok(())
}

fn range(owner: StateOwner<'_>, scan: Scan<'_>) -> KeyRange {
    let mut range = owner.range(scan.prefix);
    let Some(after) = scan.after.map(|after| owner.key(after)) else {
        return range;
    };
    match scan.direction {
        Direction::Forward => range.start = range.start.max(after.successor()),
        Direction::Backward => range.end = range.end.min(after),
    }
    range
}
