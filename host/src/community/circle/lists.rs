//! Lists of members, newest first, a page at a time.
//!
//! A cursor is a place in a list and not a number of members: what is behind it
//! stays behind it, whoever joins, leaves or is promoted meanwhile.

use super::super::RuleError;
use super::super::membership::{Membership, Role, membership};
use super::present::Step;
use super::{Actor, denied};
use crate::store::keys::{listed_after, listed_in, listed_member};
use crate::store::{Direction, KeyRange, PageLimit, StoreError, Transaction};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The most members of a page; the contract's figure.
pub const PAGE_MEMBERS_MAX: u32 = 100;

/// Which members to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberFilter {
    /// All who joined.
    Everyone,
    /// Those of exactly this role.
    WithRole(Role),
    /// Those who wait to be admitted.
    Waiting,
    /// Those who are banned.
    Banned,
    /// Those who did something lately, last first.
    Present,
}

/// One page of members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberPage {
    /// In the order of the list.
    pub members: Vec<(String, Membership)>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// When the page stops being right by time alone, if it does.
    pub until_ms: Option<u64>,
}

/// A list as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Everyone,
    Role(Role),
    Waiting,
    Banned,
    Present,
}

impl List {
    /// Under which its keys are.
    pub(super) fn byte(self) -> u8 {
        match self {
            List::Everyone => b'e',
            List::Role(Role::Visitor) => b'0',
            List::Role(Role::Member) => b'1',
            List::Role(Role::Featured) => b'2',
            List::Role(Role::Moderator) => b'3',
            List::Role(Role::Owner) => b'4',
            List::Waiting => b'w',
            List::Banned => b'b',
            List::Present => b'p',
        }
    }
}

impl From<MemberFilter> for List {
    fn from(filter: MemberFilter) -> List {
        match filter {
            MemberFilter::Everyone => List::Everyone,
            MemberFilter::WithRole(role) => List::Role(role),
            MemberFilter::Waiting => List::Waiting,
            MemberFilter::Banned => List::Banned,
            MemberFilter::Present => List::Present,
        }
    }
}

/// A page of members. `after` is the `next` of the page before.
///
/// # Errors
///
/// When the list is not for the actor, the limit is not 1 to 100, or `after` is
/// no such thing; or the store cannot be read.
pub async fn members(
    tx: &mut Transaction,
    actor: Actor<'_>,
    present_s: u64,
    filter: MemberFilter,
    after: Option<&str>,
    limit: u32,
) -> Result<MemberPage, RuleError> {
    if let MemberFilter::Waiting | MemberFilter::Banned = filter
        && actor.role(tx).await? < Role::Moderator
    {
        return Err(denied(
            "who waits and who is banned is for moderators and the owner to see",
        ));
    }
    if !(1..=PAGE_MEMBERS_MAX).contains(&limit) {
        return Err(RuleError::Quota(format!(
            "the limit of members is 1 to {PAGE_MEMBERS_MAX}, not {limit}"
        )));
    }
    let list = List::from(filter);
    let step = Step::of(present_s, actor.now_ms);
    let since = (list == List::Present).then(|| step.window_begins_ms());
    let mut range = listed_in(list.byte(), since);
    if let Some(after) = after {
        let (at_ms, member) = place(list, after).ok_or_else(|| {
            RuleError::NotFound(
                "`after` is no `next` of an earlier page of the same list".to_owned(),
            )
        })?;
        range = listed_after(range, list.byte(), at_ms, &member);
    }
    let mut page = page(tx, list, range, limit).await?;
    let is_passing = list == List::Present && !page.members.is_empty();
    page.until_ms = is_passing.then(|| step.ends_ms());
    Ok(page)
}

/// Who owns the circle, once they have come by.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn owner(tx: &mut Transaction) -> Result<Option<String>, StoreError> {
    let list = List::Role(Role::Owner);
    let found = page(tx, list, listed_in(list.byte(), None), 1).await?;
    Ok(found.members.into_iter().next().map(|(member, _)| member))
}

/// All of a list that is short by its nature.
pub(super) async fn everybody_of(
    tx: &mut Transaction,
    list: List,
) -> Result<Vec<String>, StoreError> {
    let range = listed_in(list.byte(), None);
    let found = page(tx, list, range, PAGE_MEMBERS_MAX).await?;
    Ok(found
        .members
        .into_iter()
        .map(|(member, _)| member)
        .collect())
}

async fn page(
    tx: &mut Transaction,
    list: List,
    range: KeyRange,
    limit: u32,
) -> Result<MemberPage, StoreError> {
    if range.is_empty() {
        return Ok(MemberPage::default());
    }
    let limit = PageLimit {
        entries_max: usize::try_from(limit).unwrap_or(usize::MAX),
        bytes_max: usize::MAX,
    };
    let found = tx.scan(range, Direction::Forward, limit).await?;
    let mut page = MemberPage::default();
    let mut last = None;
    for (key, _) in &found.entries {
        let (at_ms, member) = listed_member(key).ok_or_else(|| StoreError::Damaged {
            reason: "a place in a list of members".to_owned(),
        })?;
        let record = membership(tx, member).await?;
        page.members.push((member.to_owned(), record));
        last = Some((at_ms, member));
    }
    if let (Some(_), Some((at_ms, member))) = (found.next, last) {
        page.next = Some(cursor(list, at_ms, member));
    }
    Ok(page)
}

fn cursor(list: List, at_ms: u64, member: &str) -> String {
    let mut bytes = vec![list.byte()];
    bytes.extend_from_slice(&at_ms.to_be_bytes());
    bytes.extend_from_slice(member.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a cursor of this list says.
fn place(list: List, cursor: &str) -> Option<(u64, String)> {
    /// The longest of a member's id, by the contract.
    const MEMBER_BYTES_MAX: usize = 64;
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (&of, rest) = bytes.split_first()?;
    let (at_ms, member) = rest.split_first_chunk()?;
    let member = std::str::from_utf8(member).ok()?;
    let is_one = of == list.byte() && (1..=MEMBER_BYTES_MAX).contains(&member.len());
    is_one.then(|| (u64::from_be_bytes(*at_ms), member.to_owned()))
}
