//! Roles, and keeping order.

use super::super::RuleError;
use super::super::membership::{Membership, Role, Standing, membership};
use super::super::people::is_known_in_circle as is_known;
use super::joining::ended;
use super::record::change;
use super::{Actor, denied, no_such_member};
use crate::store::Transaction;

/// Gives a member another role.
///
/// # Errors
///
/// `Denied`: the owner gives every role but `owner` and `visitor`, a moderator
/// `featured` and `member` to those below them, nobody one to themselves.
/// `NotFound` for whoever is no member.
pub async fn set_role(
    tx: &mut Transaction,
    actor: Actor<'_>,
    member: &str,
    role: Role,
) -> Result<(), RuleError> {
    let own = actor.keeps_order(tx).await?;
    let may_give = match role {
        Role::Visitor | Role::Owner => false,
        Role::Member | Role::Featured => true,
        Role::Moderator => own == Role::Owner,
    };
    if !may_give {
        return Err(denied(
            "the owner gives any role but owner and visitor, moderators featured and member",
        ));
    }
    let old = joined(tx, own, member).await?;
    let new = Membership {
        role,
        ..old.clone()
    };
    change(tx, member, &old, &new).await
}

/// Keeps a member of a lower role from posting until an instant; one that has
/// passed lets them again.
///
/// # Errors
///
/// `Denied` to all but moderators and the owner, and for those not below them;
/// `NotFound` for whoever is no member.
pub async fn mute(
    tx: &mut Transaction,
    actor: Actor<'_>,
    member: &str,
    until_ms: u64,
) -> Result<(), RuleError> {
    let own = actor.keeps_order(tx).await?;
    let old = joined(tx, own, member).await?;
    let muted_until_ms = match until_ms > actor.now_ms {
        true => until_ms,
        false => 0,
    };
    let new = Membership {
        muted_until_ms,
        ..old.clone()
    };
    change(tx, member, &old, &new).await
}

/// Puts somebody of a lower role out, for good. Again does nothing.
///
/// # Errors
///
/// `Denied` to all but moderators and the owner, and for those not below them;
/// `NotFound` for whoever never did anything here.
pub async fn ban(tx: &mut Transaction, actor: Actor<'_>, member: &str) -> Result<(), RuleError> {
    let own = actor.keeps_order(tx).await?;
    let old = membership(tx, member).await?;
    below(own, &old)?;
    match old.standing {
        Standing::Banned => return Ok(()),
        Standing::Joined | Standing::Waiting | Standing::Left => {}
        Standing::None if is_known(tx, member).await? => {}
        Standing::None => return Err(no_such_member()),
    }
    let new = Membership {
        since_ms: actor.now_ms,
        ..ended(&old, Standing::Banned)
    };
    change(tx, member, &old, &new).await
}

/// Lets somebody who is banned come back, as a visitor.
///
/// # Errors
///
/// `Denied` to all but moderators and the owner; `NotFound` for whoever is not
/// banned.
pub async fn unban(tx: &mut Transaction, actor: Actor<'_>, member: &str) -> Result<(), RuleError> {
    actor.keeps_order(tx).await?;
    let old = membership(tx, member).await?;
    if old.standing != Standing::Banned {
        return Err(no_such_member());
    }
    change(tx, member, &old, &ended(&old, Standing::None)).await
}

/// The membership of somebody who is in, below a role.
async fn joined(tx: &mut Transaction, own: Role, member: &str) -> Result<Membership, RuleError> {
    let membership = membership(tx, member).await?;
    if membership.standing != Standing::Joined {
        return Err(no_such_member());
    }
    below(own, &membership)?;
    Ok(membership)
}

fn below(own: Role, membership: &Membership) -> Result<(), RuleError> {
    match membership.role < own {
        true => Ok(()),
        false => Err(denied("that is for those of a higher role than theirs")),
    }
}
