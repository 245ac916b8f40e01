//! A member's record, with what follows from it: places in lists, and counts.

use super::super::RuleError;
use super::super::membership::{Membership, Role, Standing, membership};
use super::counts::{Counted, count};
use super::joining::first_ms;
use super::lists::{List, everybody_of};
use super::present::leave_present;
use crate::store::Transaction;
use crate::store::keys::{listed, membership as membership_key};

/// Writes a membership over the one that was read in the same transaction.
pub(super) async fn change(
    tx: &mut Transaction,
    member: &str,
    old: &Membership,
    new: &Membership,
) -> Result<(), RuleError> {
    for list in lists_of(old) {
        tx.delete(listed(list.byte(), old.since_ms, member))?;
    }
    for list in lists_of(new) {
        let place = listed(list.byte(), new.since_ms, member);
        tx.put(place, Vec::new().into())?;
    }
    for (what, standing) in [
        (Counted::Members, Standing::Joined),
        (Counted::Waiting, Standing::Waiting),
    ] {
        let [was, is] = [old, new].map(|one| i64::from(one.standing == standing));
        count(tx, what, is - was)?;
    }
    if new.standing != Standing::Joined {
        leave_present(tx, member).await?;
    }
    if *new == Membership::default() {
        return Ok(tx.delete(membership_key(member))?);
    }
    let json = serde_json::to_vec(new).expect("the record is plain data");
    Ok(tx.put(membership_key(member), json.into())?)
}

/// Has the circle know nothing of a member any more, for their erasure.
///
/// # Errors
///
/// When the store fails, or the transaction only reads.
pub async fn forget(tx: &mut Transaction, member: &str) -> Result<(), RuleError> {
    let old = membership(tx, member).await?;
    change(tx, member, &old, &Membership::default()).await
}

/// Before somebody acts: makes the owner the owner, wherever they stood before,
/// and of whoever was it a moderator. Gives their membership as it is then.
///
/// # Errors
///
/// When the store fails, or there is something to be written and the
/// transaction only reads.
pub async fn settle_owner(
    tx: &mut Transaction,
    member: &str,
    is_owner: bool,
    now_ms: u64,
) -> Result<Membership, RuleError> {
    let old = membership(tx, member).await?;
    if is_owner == (old.role == Role::Owner) {
        return Ok(old);
    }
    // Whoever was it is a moderator from now on, this member or another.
    step_down(tx).await?;
    if is_owner {
        let new = Membership {
            standing: Standing::Joined,
            role: Role::Owner,
            since_ms: match old.standing {
                Standing::Joined => old.since_ms,
                _ => now_ms,
            },
            first_ms: first_ms(&old, now_ms),
            muted_until_ms: 0,
        };
        change(tx, member, &old, &new).await?;
    }
    Ok(membership(tx, member).await?)
}

/// Makes moderators of those who were owners.
///
/// # Errors
///
/// When the store fails, or the transaction only reads.
pub async fn step_down(tx: &mut Transaction) -> Result<(), RuleError> {
    for member in everybody_of(tx, List::Role(Role::Owner)).await? {
        let old = membership(tx, &member).await?;
        let new = Membership {
            role: Role::Moderator,
            ..old.clone()
        };
        change(tx, &member, &old, &new).await?;
    }
    Ok(())
}

fn lists_of(membership: &Membership) -> Vec<List> {
    match membership.standing {
        Standing::None | Standing::Left => Vec::new(),
        Standing::Waiting => vec![List::Waiting],
        Standing::Joined => vec![List::Everyone, List::Role(membership.role)],
        Standing::Banned => vec![List::Banned],
    }
}
