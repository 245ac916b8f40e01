//! Becoming a member, and ending it.

use super::super::RuleError;
use super::super::membership::{Membership, Role, Standing, membership};
use super::super::people::is_known_in_circle as is_known;
use super::counts::{Counted, about};
use super::record::change;
use super::{Actor, denied, no_such_member};
use crate::config::{JoinPolicy, Members};
use crate::store::Transaction;

/// What came of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinOutcome {
    /// They are a member now.
    Joined,
    /// A moderator will look at it.
    Pending,
    /// They were a member before.
    Already,
}

/// Lets the reader join, or ask to.
///
/// # Errors
///
/// `Denied` to jobs and the banned, and where the circle is closed; `Quota` at
/// `members.joined_max` and `members.waiting_max`.
pub async fn join(
    tx: &mut Transaction,
    limits: &Members,
    policy: JoinPolicy,
    actor: Actor<'_>,
) -> Result<JoinOutcome, RuleError> {
    let member = actor.member("join")?;
    let old = membership(tx, member).await?;
    match (old.standing, policy) {
        (Standing::Joined, _) => return Ok(JoinOutcome::Already),
        (Standing::Banned, _) => {
            return Err(denied("this reader is banned; a moderator can lift it"));
        }
        (Standing::Waiting, JoinPolicy::Approval | JoinPolicy::Closed) => {
            return Ok(JoinOutcome::Pending);
        }
        (Standing::None | Standing::Left, JoinPolicy::Closed) => {
            return Err(denied(
                "the circle is closed; a moderator can admit readers",
            ));
        }
        (Standing::None | Standing::Left, JoinPolicy::Approval) => {
            has_room(tx, Counted::Waiting, limits).await?;
            let new = Membership {
                standing: Standing::Waiting,
                role: Role::Visitor,
                since_ms: actor.now_ms,
                first_ms: old.first_joined_ms(),
                ..old.clone()
            };
            change(tx, member, &old, &new).await?;
            return Ok(JoinOutcome::Pending);
        }
        (Standing::None | Standing::Left | Standing::Waiting, JoinPolicy::Open) => {}
    }
    take_in(tx, limits, member, &old, actor.now_ms).await?;
    Ok(JoinOutcome::Joined)
}

/// Lets the reader leave, or take back their asking.
///
/// # Errors
///
/// `Denied` to the owner, `NotFound` for whoever is no member.
pub async fn leave(tx: &mut Transaction, actor: Actor<'_>) -> Result<(), RuleError> {
    let member = actor.member("leave")?;
    let old = membership(tx, member).await?;
    let standing = match (old.standing, old.role) {
        (Standing::Joined, Role::Owner) => {
            return Err(denied(
                "the owner cannot leave; they can transfer the circle",
            ));
        }
        (Standing::Joined, _) => Standing::Left,
        (Standing::Waiting, _) => Standing::None,
        (Standing::None | Standing::Left | Standing::Banned, _) => return Err(no_such_member()),
    };
    let new = ended(&old, standing);
    change(tx, member, &old, &new).await
}

/// Takes in somebody who waits, or lets in somebody the circle is closed to.
///
/// # Errors
///
/// `Denied` to all but moderators and the owner, and for the banned; `NotFound`
/// for whoever neither waits nor is kept out; `Quota` at `members.joined_max`.
pub async fn admit(
    tx: &mut Transaction,
    limits: &Members,
    policy: JoinPolicy,
    actor: Actor<'_>,
    member: &str,
) -> Result<(), RuleError> {
    actor.keeps_order(tx).await?;
    let old = membership(tx, member).await?;
    match (old.standing, policy) {
        (Standing::Joined, _) => return Ok(()),
        (Standing::Banned, _) => return Err(denied("they are banned; lift that first")),
        (Standing::Waiting, _) => {}
        (Standing::None | Standing::Left, JoinPolicy::Closed) if is_known(tx, member).await? => {}
        // Nobody is made a member who can join and did not want to.
        (Standing::None | Standing::Left, _) => return Err(no_such_member()),
    }
    take_in(tx, limits, member, &old, actor.now_ms).await
}

/// Sends away somebody who waits.
///
/// # Errors
///
/// `Denied` to all but moderators and the owner; `NotFound` for whoever does
/// not wait.
pub async fn refuse(tx: &mut Transaction, actor: Actor<'_>, member: &str) -> Result<(), RuleError> {
    actor.keeps_order(tx).await?;
    let old = membership(tx, member).await?;
    if old.standing != Standing::Waiting {
        return Err(no_such_member());
    }
    change(tx, member, &old, &ended(&old, Standing::None)).await
}

async fn take_in(
    tx: &mut Transaction,
    limits: &Members,
    member: &str,
    old: &Membership,
    now_ms: u64,
) -> Result<(), RuleError> {
    has_room(tx, Counted::Members, limits).await?;
    let new = Membership {
        standing: Standing::Joined,
        role: Role::Member,
        since_ms: now_ms,
        first_ms: first_ms(old, now_ms),
        // Whoever leaves and comes back is as mute as before.
        ..old.clone()
    };
    change(tx, member, old, &new).await
}

/// When somebody who joins now joined first.
pub(super) fn first_ms(old: &Membership, now_ms: u64) -> u64 {
    match old.first_joined_ms() {
        0 => now_ms,
        first_ms => first_ms,
    }
}

/// What is left of a membership that ended: nothing but that they are muted, and
/// that they were a member, and since when.
pub(super) fn ended(old: &Membership, standing: Standing) -> Membership {
    Membership {
        standing,
        role: Role::Visitor,
        since_ms: match standing {
            Standing::Left => old.since_ms,
            _ => 0,
        },
        first_ms: old.first_joined_ms(),
        muted_until_ms: old.muted_until_ms,
    }
}

async fn has_room(tx: &Transaction, what: Counted, limits: &Members) -> Result<(), RuleError> {
    let (max, key) = match what {
        Counted::Waiting => (limits.waiting_max, "members.waiting_max"),
        _ => (limits.joined_max, "members.joined_max"),
    };
    if about(tx, what).await? < max {
        return Ok(());
    }
    Err(RuleError::Quota(format!(
        "the circle is full: {max} ({key})"
    )))
}
