//! An action sent again has one effect, through any number of crashes: the
//! crash lab of the store, with its answers recorded by these rules.

use async_trait::async_trait;
use bytes::Bytes;

use super::{RuleError, record, recorded};
use crate::store::crash::kill::KillLab;
use crate::store::crash::load::{CARD, Once};
use crate::store::{StoreError, Transaction};

/// Records expire long after the lab has closed.
const NOW_MS: u64 = 1;

struct TheseRules;

#[async_trait]
impl Once for TheseRules {
    async fn recorded(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
    ) -> Result<Option<Bytes>, StoreError> {
        recorded(tx, CARD, key, NOW_MS).await.map_err(of_the_store)
    }

    async fn record(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
        answer: &[u8],
        expires_at_ms: u64,
    ) -> Result<(), StoreError> {
        let recorded = record(tx, CARD, key, answer, expires_at_ms).await;
        recorded.map_err(of_the_store)
    }
}

fn of_the_store(error: RuleError) -> StoreError {
    match error {
        RuleError::Store(error) => error,
        refused => panic!("no rule refuses an answer: {refused}"),
    }
}

#[test]
fn killed_processes_lose_nothing_and_do_nothing_twice() {
    let test = "killed_processes_lose_nothing_and_do_nothing_twice";
    let lab = KillLab::new(module_path!(), test, TheseRules);
    lab.run(KillLab::cycles()).unwrap();
}

/// A bug planted: an action sent again is not recognised.
struct NothingRecognised;

#[async_trait]
impl Once for NothingRecognised {
    async fn recorded(
        &self,
        _: &mut Transaction,
        _: &[u8; 32],
    ) -> Result<Option<Bytes>, StoreError> {
        Ok(None)
    }

    async fn record(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
        answer: &[u8],
        expires_at_ms: u64,
    ) -> Result<(), StoreError> {
        TheseRules.record(tx, key, answer, expires_at_ms).await
    }
}

#[test]
fn what_is_done_twice_is_seen() {
    let lab = KillLab::new(
        module_path!(),
        "what_is_done_twice_is_seen",
        NothingRecognised,
    );
    lab.run(200).unwrap_err();
}
