//! Who is in a circle and what they may do there: joining by its policy, the
//! roles, muting and banning, lists of members, how many there are, and what the
//! circle says of itself.
//!
//! A member's record, their places in the lists and the counts are changed in
//! one function (`record::change`), so that they never disagree. Counts are
//! tallies, so that thousands may join at once and none stands in another's way.
//!
//! Imports `store` and `config`. Which member a reader is, `people` knows.

mod counts;
mod joining;
mod lists;
mod order;
mod present;
mod record;
mod search;
mod setting;

#[cfg(test)]
mod tests;

pub use self::counts::{Counts, counts};
pub use self::joining::{JoinOutcome, admit, join, leave, refuse};
pub use self::lists::{MemberFilter, MemberPage, PAGE_MEMBERS_MAX, members, owner};
pub use self::order::{ban, mute, set_role, unban};
pub use self::present::{Presence, note_present, sweep_present};
pub use self::record::{forget, settle_owner, step_down};
pub use self::search::{Query, Subject};
pub use self::setting::{CircleFacts, Setting, Transfer, keep_setting, setting};
use super::RuleError;
use super::membership::{Role, membership};
use crate::store::{StoreError, Transaction};

/// Who does something in a circle, and when. A job is nobody: it may read, and
/// do nothing that asks for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The reader's id in the circle.
    pub member: Option<&'a str>,
    /// Whether the circle is theirs. The owner is the owner before they first act
    /// and there is a record that says so.
    pub is_owner: bool,
    /// When.
    pub now_ms: u64,
}

impl<'a> Actor<'a> {
    fn member(self, what: &str) -> Result<&'a str, RuleError> {
        let nobody = || RuleError::Denied(format!("only a reader can {what}, and this is a job"));
        self.member.ok_or_else(nobody)
    }

    /// What they are; a visitor, if they are nobody.
    async fn role(self, tx: &mut Transaction) -> Result<Role, StoreError> {
        match self.member {
            Some(_) if self.is_owner => Ok(Role::Owner),
            Some(member) => Ok(membership(tx, member).await?.role),
            None => Ok(Role::Visitor),
        }
    }

    /// Their role, if it lets them keep order.
    async fn keeps_order(self, tx: &mut Transaction) -> Result<Role, RuleError> {
        let role = self.role(tx).await?;
        if role >= Role::Moderator {
            return Ok(role);
        }
        Err(denied("this is for moderators and the owner"))
    }
}

fn denied(why: &str) -> RuleError {
    RuleError::Denied(why.to_owned())
}

fn no_such_member() -> RuleError {
    RuleError::NotFound("nobody of that id is in this circle".to_owned())
}
