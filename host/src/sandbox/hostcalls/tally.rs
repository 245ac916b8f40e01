//! `quanka:card/tally`.

use super::{read_result, write_result};
use crate::community::tally::{self, BoardName, Scope};
use crate::config::Capability;
use crate::contract::v1::tally::{Board, Host, Scope as GuestScope, Standing};
use crate::contract::v1::types::Error;
use crate::sandbox::call::Call;

impl Host for Call {
    async fn add(
        &mut self,
        board: Board,
        item: String,
        delta: i64,
    ) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Tally, board.name.len() + item.len())? {
            return Ok(Err(error));
        }
        let (transaction, limits, asker) = self.state();
        let board = name(&board);
        write_result(tally::add(transaction, limits, asker, board, &item, delta).await)
    }

    async fn get(&mut self, board: Board, item: String) -> wasmtime::Result<i64> {
        self.record_read(Capability::Tally, board.name.len() + item.len())?;
        let (transaction, _, asker) = self.state();
        read_result(tally::get(transaction, asker, name(&board), &item).await)
    }

    async fn get_many(&mut self, board: Board, items: Vec<String>) -> wasmtime::Result<Vec<i64>> {
        let bytes = items.iter().map(String::len).sum::<usize>();
        self.record_read(Capability::Tally, board.name.len() + bytes)?;
        let (transaction, limits, asker) = self.state();
        read_result(tally::get_many(transaction, limits, asker, name(&board), &items).await)
    }

    async fn top(&mut self, board: Board, limit: u32) -> wasmtime::Result<Vec<Standing>> {
        self.record_read(Capability::Tally, board.name.len())?;
        let (transaction, _, asker) = self.state();
        let standings = read_result(tally::top(transaction, asker, name(&board), limit).await)?;
        self.record_answer(
            standings
                .iter()
                .map(|standing| standing.item.len() + 8)
                .sum(),
        )?;
        Ok(standings
            .into_iter()
            .map(|standing| Standing {
                item: standing.item,
                count: standing.count,
            })
            .collect())
    }

    async fn rank(&mut self, board: Board, item: String) -> wasmtime::Result<Option<u32>> {
        self.record_read(Capability::Tally, board.name.len() + item.len())?;
        let (transaction, _, asker) = self.state();
        read_result(tally::rank(transaction, asker, name(&board), &item).await)
    }

    async fn total(&mut self, board: Board) -> wasmtime::Result<i64> {
        self.record_read(Capability::Tally, board.name.len())?;
        let (transaction, _, asker) = self.state();
        read_result(tally::total(transaction, asker, name(&board)).await)
    }
}

fn name(board: &Board) -> BoardName<'_> {
    BoardName {
        scope: match board.scope {
            GuestScope::Card => Scope::Card,
            GuestScope::Circle => Scope::Circle,
        },
        name: &board.name,
    }
}
