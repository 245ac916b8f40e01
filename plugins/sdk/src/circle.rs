//! The circle the card stands in: what it says of itself, and who is in it.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn render() -> Element {
//! let circle = circle::info();
//! let stars = circle::members(MemberFilter::WithRole(Role::Featured)).limit(6).page();
//! column((
//!     heading(2, circle.name),
//!     stat("成员", circle::counts().members),
//!     row(each(stars.members, |star| avatar(star.member))),
//! ))
//! # }
//! ```
//!
//! Members are known by id and shown with [`avatar`](crate::view::avatar) and
//! [`said`](crate::view::said): the host puts in their names and pictures.
//! What changes a membership acts in the name of the reader, so it works in
//! [`Card::handle`](crate::Card::handle) alone.

use crate::bindings::imports::quanka::card::circle as wit;
use crate::time::Timestamp;
use crate::{Error, Result, Role, host};

pub use wit::{CircleCounts, CircleInfo, JoinOutcome, JoinPolicy, MemberFilter, Standing};

/// How many members a page has unless you say otherwise.
const PAGE_MEMBERS: u32 = 20;

/// One reader in this circle.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// Who it is.
    pub member: String,
    /// Whether they are in the circle.
    pub standing: Standing,
    /// What they are in it.
    pub role: Role,
    /// When they joined, or asked to; none for somebody who never did.
    pub since: Option<Timestamp>,
    /// When they first joined, whatever they have been since: leaving makes
    /// nobody new. None for somebody who never joined.
    pub first_since: Option<Timestamp>,
    /// Until when they may not post; none for somebody who may.
    pub muted_until: Option<Timestamp>,
}

/// One page of members.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberPage {
    /// The members, in the order of the list.
    pub members: Vec<Membership>,
    /// Where the next page starts, if there is one: for [`Members::after`].
    pub next: Option<String>,
}

/// This circle.
pub fn info() -> CircleInfo {
    host::circle_info()
}

/// How many members and posts there are. It changes often: a view that asks is
/// drawn again each time somebody joins or posts.
pub fn counts() -> CircleCounts {
    host::circle_counts()
}

/// Somebody in this circle. Asking after the reader makes a view private, as
/// finding out who the reader is does.
pub fn membership(member: &str) -> Membership {
    Membership::from_wit(host::circle_membership(member))
}

/// Some of the members, those who joined last first. End it with
/// [`Members::page`]. Waiting and banned ones are for moderators and the owner:
/// the call of anybody else ends.
pub fn members(filter: MemberFilter) -> Members {
    Members {
        filter,
        after: None,
        limit: PAGE_MEMBERS,
    }
}

/// Lets the reader join, or ask to.
///
/// # Errors
/// `Denied`: no session, banned, or the circle is closed. `Quota`.
pub fn join() -> Result<JoinOutcome> {
    host::circle_join().map_err(Error::from_wit)
}

/// Lets the reader leave, or take back their asking. Their posts stay.
///
/// # Errors
/// `Denied`: the owner cannot leave. `NotFound`: no member.
pub fn leave() -> Result<()> {
    host::circle_leave().map_err(Error::from_wit)
}

/// Takes in somebody who waits, or lets in somebody the circle is closed to.
/// For moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn admit(member: &str) -> Result<()> {
    host::circle_admit(member).map_err(Error::from_wit)
}

/// Sends away somebody who waits. For moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn refuse(member: &str) -> Result<()> {
    host::circle_refuse(member).map_err(Error::from_wit)
}

/// Gives a member another role: the owner any but owner and visitor, a
/// moderator `Featured` and `Member` to those below them.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn set_role(member: &str, role: Role) -> Result<()> {
    host::circle_set_role(member, role).map_err(Error::from_wit)
}

/// Keeps a member of a lower role from posting until an instant; one that has
/// passed lets them again. For moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn mute(member: &str, until: Timestamp) -> Result<()> {
    host::circle_mute(member, until.as_ms()).map_err(Error::from_wit)
}

/// Puts somebody of a lower role out, for good. For moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn ban(member: &str) -> Result<()> {
    host::circle_ban(member).map_err(Error::from_wit)
}

/// Lets somebody who is banned come back, as a visitor. For moderators and the
/// owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn unban(member: &str) -> Result<()> {
    host::circle_unban(member).map_err(Error::from_wit)
}

/// A list of members being described. From [`members`].
#[derive(Clone, Debug)]
#[must_use = "a list reads nothing before `page`"]
pub struct Members {
    filter: MemberFilter,
    after: Option<String>,
    limit: u32,
}

impl Members {
    /// Begins where another page ended, at its `next`. An empty one is the
    /// beginning.
    pub fn after(mut self, next: impl Into<String>) -> Self {
        self.after = Some(next.into()).filter(|next| !next.is_empty());
        self
    }

    /// At most so many: 1 to 100, and 20 unless you say otherwise.
    pub fn limit(mut self, members: u32) -> Self {
        self.limit = members;
        self
    }

    /// Reads one page.
    pub fn page(self) -> MemberPage {
        let page = host::circle_members(self.filter, self.after.as_deref(), self.limit);
        MemberPage {
            members: page.members.into_iter().map(Membership::from_wit).collect(),
            next: page.next,
        }
    }
}

impl Membership {
    fn from_wit(membership: wit::Membership) -> Self {
        Self {
            member: membership.member,
            standing: membership.standing,
            role: membership.role,
            since: membership.since.map(Timestamp::from_ms),
            first_since: membership.first_since.map(Timestamp::from_ms),
            muted_until: membership.muted_until.map(Timestamp::from_ms),
        }
    }
}
