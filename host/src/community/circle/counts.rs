//! How many there are: tallies of the host's own, which never conflict.

use super::super::RuleError;
use super::present::{Presence, present};
use crate::store::{Board, StoreError, Transaction};

/// No plugin is called so: a plugin's name has a slash.
pub(super) const HOST: &str = "@host";

/// How many there are of a circle's members and posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members of every role.
    pub members: u64,
    /// Those who asked to join and wait.
    pub waiting: u64,
    /// Posts that anybody can see, replies not counted.
    pub posts: u64,
    /// Posts that wait for a moderator.
    pub held: u64,
    /// Members who did something lately.
    pub present: Presence,
}

/// What is counted besides who is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Members,
    Waiting,
    Posts,
    Held,
}

impl Counted {
    fn item(self) -> &'static str {
        match self {
            Counted::Members => "members",
            Counted::Waiting => "waiting",
            Counted::Posts => "posts",
            Counted::Held => "held",
        }
    }
}

/// How many there are now.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn counts(
    tx: &mut Transaction,
    present_s: u64,
    now_ms: u64,
) -> Result<Counts, StoreError> {
    Ok(Counts {
        members: counted(tx, Counted::Members).await?,
        waiting: counted(tx, Counted::Waiting).await?,
        posts: counted(tx, Counted::Posts).await?,
        held: counted(tx, Counted::Held).await?,
        present: present(tx, present_s, now_ms).await?,
    })
}

pub(super) fn count(tx: &mut Transaction, what: Counted, delta: i64) -> Result<(), RuleError> {
    match delta {
        0 => Ok(()),
        delta => Ok(tx.add(&board(), what.item(), delta)?),
    }
}

/// One of them for a limit: see [`Transaction::glance`].
pub(super) async fn about(tx: &Transaction, what: Counted) -> Result<u64, StoreError> {
    Ok(at_least_none(tx.glance(&board(), what.item()).await?))
}

async fn counted(tx: &mut Transaction, what: Counted) -> Result<u64, StoreError> {
    Ok(at_least_none(tx.count(&board(), what.item()).await?))
}

pub(super) fn at_least_none(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn board() -> Board {
    Board::of_circle(HOST, "counts")
}
