//! `quanka:card/state`.

use super::{read_result, write_result};
use crate::community::state::{self, Scan, Scope};
use crate::config::Capability;
use crate::contract::v1::state::{Direction, Entry, Host, Page, Scope as GuestScope};
use crate::contract::v1::types::Error;
use crate::sandbox::call::Call;
use crate::store;

impl Host for Call {
    async fn get(&mut self, scope: GuestScope, key: String) -> wasmtime::Result<Option<Vec<u8>>> {
        self.record_read(Capability::State, key.len())?;
        let scope = self.scope(scope);
        let (transaction, limits, asker) = self.state();
        let value = read_result(state::get(transaction, limits, asker, scope, &key).await)?;
        self.record_answer(value.as_ref().map_or(0, bytes::Bytes::len))?;
        Ok(value.map(Into::into))
    }

    async fn get_many(
        &mut self,
        scope: GuestScope,
        keys: Vec<String>,
    ) -> wasmtime::Result<Vec<Option<Vec<u8>>>> {
        self.record_read(Capability::State, keys.iter().map(String::len).sum())?;
        let scope = self.scope(scope);
        let (transaction, limits, asker) = self.state();
        let values = read_result(state::get_many(transaction, limits, asker, scope, &keys).await)?;
        self.record_answer(values.iter().flatten().map(bytes::Bytes::len).sum())?;
        Ok(values
            .into_iter()
            .map(|value| value.map(Into::into))
            .collect())
    }

    async fn scan(
        &mut self,
        scope: GuestScope,
        prefix: String,
        after: Option<String>,
        limit: u32,
        direction: Direction,
    ) -> wasmtime::Result<Page> {
        self.record_read(
            Capability::State,
            prefix.len() + after.as_ref().map_or(0, String::len),
        )?;
        let scope = self.scope(scope);
        let scan = Scan {
            prefix: &prefix,
            after: after.as_deref(),
            limit,
            direction: match direction {
                Direction::Forward => store::Direction::Forward,
                Direction::Backward => store::Direction::Backward,
            },
        };
        let (transaction, limits, asker) = self.state();
        let page = read_result(state::scan(transaction, limits, asker, scope, scan).await)?;
        let bytes = page
            .entries
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        self.record_answer(bytes)?;
        Ok(Page {
            entries: page
                .entries
                .into_iter()
                .map(|(key, value)| Entry {
                    key,
                    value: value.into(),
                })
                .collect(),
            more: page.more,
        })
    }

    async fn put(
        &mut self,
        scope: GuestScope,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::State, key.len() + value.len())? {
            return Ok(Err(error));
        }
        let scope = self.scope(scope);
        let (transaction, limits, asker) = self.state();
        let put = state::put(transaction, limits, asker, scope, &key, value.into());
        write_result(put.await)
    }

    async fn delete(
        &mut self,
        scope: GuestScope,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::State, key.len())? {
            return Ok(Err(error));
        }
        let scope = self.scope(scope);
        let (transaction, limits, asker) = self.state();
        write_result(state::delete(transaction, limits, asker, scope, &key).await)
    }
}

impl Call {
    /// The scope, as the rules know it. A reader's own makes the result theirs.
    fn scope(&mut self, scope: GuestScope) -> Scope {
        match scope {
            GuestScope::Card => Scope::Card,
            GuestScope::Circle => Scope::Circle,
            GuestScope::Viewer => {
                self.depends_on_reader();
                Scope::Viewer
            }
        }
    }
}
