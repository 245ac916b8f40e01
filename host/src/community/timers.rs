//! Timers: what a card asked to be woken for, and when that is next.
//!
//! A timer lies under its card and name, with a due entry beside it
//! (`store::keys::due`). Both change in one transaction, and what a delivery
//! does is in that transaction too: a timer that is gone, or due later, has
//! been delivered.

use serde::{Deserialize, Serialize};

use super::cron::CronTimes;
use super::jobs::{EffectError, damaged};
use super::{Asker, RuleError};
use crate::store::keys;
use crate::store::{Direction, Key, PageLimit, StoreError, Transaction};

/// Shortest time between two deliveries of one timer, in seconds.
pub const PERIOD_S_MIN: u32 = 60;

/// What a card may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerLimits {
    /// Timers of one card.
    pub per_card_max: usize,
    /// Bytes of a name.
    pub name_bytes_max: usize,
    /// Bytes of a payload.
    pub payload_bytes_max: usize,
}

/// When a timer is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Once, in milliseconds since 1970.
    At(u64),
    /// Every so many seconds.
    Every(u32),
    /// Whenever an expression says.
    Cron {
        /// Of five fields.
        expression: String,
        /// Such as `Asia/Shanghai`.
        zone: String,
    },
}

/// A timer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// `publisher/name`.
    pub plugin: String,
    /// The card.
    pub card: String,
    /// Its name.
    pub name: String,
    /// When it is due.
    pub schedule: Schedule,
    /// Arrives with each delivery.
    pub payload: String,
    /// The commit it was set after: tells two timers of one name apart.
    pub set_after: u64,
    /// When it is due by its schedule, in milliseconds since 1970.
    pub due_ms: u64,
    /// When it is tried next, which is later after a failure.
    pub next_ms: u64,
    /// Tries of this delivery that failed.
    pub failures: u32,
}

/// Sets a timer, in place of one of the same name.
///
/// # Errors
///
/// When the name, the payload or the schedule is not one, or there are too
/// many.
pub async fn schedule(
    tx: &mut Transaction,
    limits: &TimerLimits,
    asker: Asker<'_>,
    name: &str,
    schedule: Schedule,
    payload: String,
    now_ms: u64,
) -> Result<(), EffectError> {
    check_name(limits, name)?;
    if payload.len() > limits.payload_bytes_max {
        return Err(quota(format!(
            "the payload of a timer has {} bytes; it may have {} (timers.payload_bytes_max)",
            payload.len(),
            limits.payload_bytes_max
        )));
    }
    let due_ms = first_due(&schedule, now_ms)?;
    let key = keys::timer(asker.plugin, asker.card, name);
    match get(tx, &key).await? {
        Some(old) => tx.delete(keys::due(old.next_ms, &key))?,
        None => check_room(tx, limits, asker).await?,
    }
    let timer = Timer {
        plugin: asker.plugin.to_owned(),
        card: asker.card.to_owned(),
        name: name.to_owned(),
        schedule,
        payload,
        set_after: tx.seq().0,
        due_ms,
        next_ms: due_ms,
        failures: 0,
    };
    Ok(put(tx, &timer)?)
}

/// Removes a timer; says whether there was one.
///
/// # Errors
///
/// When the store fails, or the transaction only reads.
pub async fn cancel(
    tx: &mut Transaction,
    asker: Asker<'_>,
    name: &str,
) -> Result<bool, EffectError> {
    let key = keys::timer(asker.plugin, asker.card, name);
    let Some(timer) = get(tx, &key).await? else {
        return Ok(false);
    };
    remove(tx, &timer)?;
    Ok(true)
}

/// When a timer is next due by its schedule.
///
/// # Errors
///
/// When the store fails.
pub async fn next(
    tx: &mut Transaction,
    asker: Asker<'_>,
    name: &str,
) -> Result<Option<u64>, EffectError> {
    let key = keys::timer(asker.plugin, asker.card, name);
    Ok(get(tx, &key).await?.map(|timer| timer.due_ms))
}

/// The timer under a key.
///
/// # Errors
///
/// When the store fails.
pub async fn get(tx: &mut Transaction, key: &Key) -> Result<Option<Timer>, StoreError> {
    let Some(value) = tx.get(key).await? else {
        return Ok(None);
    };
    serde_json::from_slice(&value)
        .map(Some)
        .map_err(|error| damaged("timer", &error))
}

/// Takes a timer off what is due: on to its next time, or away. What was missed
/// meanwhile is not made up for.
///
/// # Errors
///
/// When the transaction only reads.
pub fn done(tx: &mut Transaction, timer: Timer, now_ms: u64) -> Result<(), StoreError> {
    remove(tx, &timer)?;
    let Some(due_ms) = following(&timer, now_ms) else {
        return Ok(());
    };
    let later = Timer {
        due_ms,
        next_ms: due_ms,
        failures: 0,
        ..timer
    };
    put(tx, &later)
}

/// Notes that a delivery failed, and when it is tried again.
///
/// # Errors
///
/// When the transaction only reads.
pub fn failed(tx: &mut Transaction, timer: Timer, next_ms: u64) -> Result<(), StoreError> {
    remove(tx, &timer)?;
    let again = Timer {
        next_ms,
        failures: timer.failures.saturating_add(1),
        ..timer
    };
    put(tx, &again)
}

fn key_of(timer: &Timer) -> Key {
    keys::timer(&timer.plugin, &timer.card, &timer.name)
}

fn put(tx: &mut Transaction, timer: &Timer) -> Result<(), StoreError> {
    let key = key_of(timer);
    let value = serde_json::to_vec(timer).expect("a timer is strings and numbers");
    tx.put(keys::due(timer.next_ms, &key), Vec::new().into())?;
    tx.put(key, value.into())
}

fn remove(tx: &mut Transaction, timer: &Timer) -> Result<(), StoreError> {
    let key = key_of(timer);
    tx.delete(keys::due(timer.next_ms, &key))?;
    tx.delete(key)
}

fn first_due(schedule: &Schedule, now_ms: u64) -> Result<u64, EffectError> {
    match schedule {
        Schedule::At(at_ms) => Ok(*at_ms),
        Schedule::Every(period_s) if *period_s < PERIOD_S_MIN => Err(EffectError::Invalid(
            format!("every {period_s} s is too often; at least {PERIOD_S_MIN}"),
        )),
        Schedule::Every(period_s) => Ok(now_ms.saturating_add(u64::from(*period_s) * 1000)),
        Schedule::Cron { expression, zone } => CronTimes::parse(expression, zone)
            .map_err(EffectError::Invalid)?
            .after(now_ms)
            .ok_or_else(|| EffectError::Invalid(format!("`{expression}` never comes"))),
    }
}

/// The next time after now, in step with the last one.
fn following(timer: &Timer, now_ms: u64) -> Option<u64> {
    match &timer.schedule {
        Schedule::At(_) => None,
        Schedule::Every(period_s) => {
            let period_ms = u64::from(*period_s).max(1) * 1000;
            let steps = now_ms.saturating_sub(timer.due_ms) / period_ms + 1;
            Some(timer.due_ms.saturating_add(steps.saturating_mul(period_ms)))
        }
        Schedule::Cron { expression, zone } => CronTimes::parse(expression, zone)
            .ok()?
            .after(now_ms.max(timer.due_ms)),
    }
}

fn check_name(limits: &TimerLimits, name: &str) -> Result<(), EffectError> {
    if name.is_empty() {
        return Err(EffectError::Invalid("a timer needs a name".to_owned()));
    }
    if name.len() > limits.name_bytes_max {
        return Err(quota(format!(
            "the name of a timer has {} bytes; it may have {} (timers.name_bytes_max)",
            name.len(),
            limits.name_bytes_max
        )));
    }
    Ok(())
}

async fn check_room(
    tx: &mut Transaction,
    limits: &TimerLimits,
    asker: Asker<'_>,
) -> Result<(), EffectError> {
    let limit = PageLimit {
        entries_max: limits.per_card_max,
        bytes_max: usize::MAX,
    };
    let range = keys::timers_of(asker.plugin, asker.card);
    let page = tx.scan(range, Direction::Forward, limit).await?;
    if page.entries.len() < limits.per_card_max {
        return Ok(());
    }
    Err(quota(format!(
        "a card has at most {} timers (timers.per_card_max)",
        limits.per_card_max
    )))
}

fn quota(text: String) -> EffectError {
    EffectError::Rule(RuleError::Quota(text))
}
