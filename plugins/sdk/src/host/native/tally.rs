//! Tallies.

use std::collections::BTreeMap;

use super::{Call, Whose, current, end_unless, limit_is_good, list_is_good, name_is_good, wit};
use wit::tally::{Board, Standing};
use wit::types::Error;

const TOP_MAX: u32 = 1_000;

impl Call {
    fn board(&self, board: &Board) -> Option<&BTreeMap<String, i64>> {
        end_unless(name_is_good("a board's name", &board.name));
        self.data
            .tallies
            .get(&(whose_board(board), board.name.clone()))
    }

    /// All standings, in the order of `top`.
    fn standings(&self, board: &Board) -> Vec<Standing> {
        let mut standings: Vec<Standing> = self
            .board(board)
            .into_iter()
            .flatten()
            .filter(|&(_, &count)| count != 0)
            .map(|(item, &count)| Standing {
                item: item.clone(),
                count,
            })
            .collect();
        standings.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.item.cmp(&b.item)));
        standings.truncate(TOP_MAX as usize);
        standings
    }
}

pub(crate) fn tally_add(board: &Board, item: &str, delta: i64) -> Result<(), Error> {
    current(|call| {
        call.may_write()?;
        name_is_good("a board's name", &board.name).map_err(Error::Quota)?;
        name_is_good("a counter's name", item).map_err(Error::Quota)?;
        let whose = whose_board(board);
        call.note_write(&whose, &format!("{}\0{item}", board.name), 8)?;
        let counters = call
            .data
            .tallies
            .entry((whose, board.name.clone()))
            .or_default();
        let counter = counters.entry(item.to_owned()).or_default();
        *counter = counter.saturating_add(delta);
        Ok(())
    })
}

pub(crate) fn tally_get(board: &Board, item: &str) -> i64 {
    end_unless(name_is_good("a counter's name", item));
    current(|call| {
        call.board(board)
            .and_then(|board| board.get(item))
            .copied()
            .unwrap_or(0)
    })
}

pub(crate) fn tally_get_many(board: &Board, items: &[String]) -> Vec<i64> {
    end_unless(list_is_good("counters", items));
    items.iter().map(|item| tally_get(board, item)).collect()
}

pub(crate) fn tally_top(board: &Board, limit: u32) -> Vec<Standing> {
    end_unless(limit_is_good(limit, TOP_MAX));
    let mut standings = current(|call| call.standings(board));
    standings.truncate(limit as usize);
    standings
}

pub(crate) fn tally_rank(board: &Board, item: &str) -> Option<u32> {
    end_unless(name_is_good("a counter's name", item));
    let standings = current(|call| call.standings(board));
    (1..)
        .zip(standings)
        .find(|(_, standing)| standing.item == item)
        .map(|(rank, _)| rank)
}

pub(crate) fn tally_total(board: &Board) -> i64 {
    current(|call| {
        call.board(board)
            .into_iter()
            .flatten()
            .map(|(_, count)| count)
            .sum()
    })
}

fn whose_board(board: &Board) -> Whose {
    match board.scope {
        wit::tally::Scope::Card => Whose::Card,
        wit::tally::Scope::Circle => Whose::Circle,
    }
}
