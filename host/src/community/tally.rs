//! Counters and rankings that never conflict.

#[cfg(test)]
mod tests;

use super::state::{self, StateLimits, check_writes, quota};
use super::{Asker, RuleError};
use crate::store::{Board, Transaction};

/// The most a board's or an item's name may have; the contract's figure.
pub const NAME_BYTES_MAX: usize = 64;

/// What a counter takes.
const COUNT_BYTES: usize = 8;

/// How far a ranking is read; the contract's figure.
pub const RANKED_MAX: usize = 1_000;

/// A named set of counters of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardName<'a> {
    /// Whose it is.
    pub scope: Scope,
    /// Its name.
    pub name: &'a str,
}

/// Whose boards they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This card's.
    Card,
    /// All cards' of the plugin in the circle.
    Circle,
}

/// One counter of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub item: String,
    /// Its count.
    pub count: i64,
}

/// Adds to one counter of a board, and to the board's total. A counter stays
/// at the ends of `i64` rather than pass them.
pub async fn add(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    board: BoardName<'_>,
    item: &str,
    delta: i64,
) -> Result<(), RuleError> {
    check_name("board", board.name)?;
    check_name("item", item)?;
    let board = stored(asker, board);
    let another = usize::from(tx.batch().added(&board, item).is_none());
    check_writes(tx.batch().len() + another, limits)?;
    if another == 1 {
        state::charge(tx, limits, &board.count(item), Some(COUNT_BYTES)).await?;
    }
    Ok(tx.add(&board, item, delta)?)
}

/// One counter; 0 if it was never added to.
pub async fn get(
    tx: &mut Transaction,
    asker: Asker<'_>,
    board: BoardName<'_>,
    item: &str,
) -> Result<i64, RuleError> {
    if check_name("board", board.name).is_err() || check_name("item", item).is_err() {
        return Ok(0);
    }
    Ok(tx.count(&stored(asker, board), item).await?)
}

/// Several counters, in their order.
pub async fn get_many(
    tx: &mut Transaction,
    limits: &StateLimits,
    asker: Asker<'_>,
    board: BoardName<'_>,
    items: &[String],
) -> Result<Vec<i64>, RuleError> {
    if items.len() > limits.page_entries_max {
        return Err(quota(format_args!(
            "get-many takes up to {} items; these are {}",
            limits.page_entries_max,
            items.len()
        )));
    }
    let mut counts = Vec::with_capacity(items.len());
    for item in items {
        counts.push(get(tx, asker, board, item).await?);
    }
    Ok(counts)
}

/// The highest counters, highest first, equal ones by item; none that is 0.
pub async fn top(
    tx: &mut Transaction,
    asker: Asker<'_>,
    board: BoardName<'_>,
    limit: u32,
) -> Result<Vec<Standing>, RuleError> {
    let limit = match usize::try_from(limit) {
        Ok(limit) if (1..=RANKED_MAX).contains(&limit) => limit,
        _ => {
            return Err(quota(format_args!(
                "the limit of top is 1 to {RANKED_MAX}, not {limit}"
            )));
        }
    };
    if check_name("board", board.name).is_err() {
        return Ok(Vec::new());
    }
    let standings = tx.top(&stored(asker, board), limit).await?;
    Ok(standings
        .into_iter()
        .map(|(item, count)| Standing { item, count })
        .collect())
}

/// The place of an item in [`top`], from 1; none beyond the first 1,000.
pub async fn rank(
    tx: &mut Transaction,
    asker: Asker<'_>,
    board: BoardName<'_>,
    item: &str,
) -> Result<Option<u32>, RuleError> {
    if check_name("board", board.name).is_err() || check_name("item", item).is_err() {
        return Ok(None);
    }
    let rank = tx.rank(&stored(asker, board), item, RANKED_MAX).await?;
    Ok(rank.map(|rank| u32::try_from(rank).expect("a rank is at most 1,000")))
}

/// The sum of all counters of a board.
pub async fn total(
    tx: &mut Transaction,
    asker: Asker<'_>,
    board: BoardName<'_>,
) -> Result<i64, RuleError> {
    if check_name("board", board.name).is_err() {
        return Ok(0);
    }
    Ok(tx.total(&stored(asker, board)).await?)
}

fn stored(asker: Asker<'_>, board: BoardName<'_>) -> Board {
    match board.scope {
        Scope::Card => Board::of_card(asker.plugin, asker.card, board.name),
        Scope::Circle => Board::of_circle(asker.plugin, board.name),
    }
}

fn check_name(what: &str, name: &str) -> Result<(), RuleError> {
    if (1..=NAME_BYTES_MAX).contains(&name.len()) {
        return Ok(());
    }
    Err(quota(format_args!(
        "the name of a tally's {what} has 1 to {NAME_BYTES_MAX} bytes; this one has {}",
        name.len()
    )))
}
