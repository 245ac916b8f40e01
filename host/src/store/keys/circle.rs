//! Where a circle keeps what it is and who is in it: its own record, and lists
//! of members that are read in order.

use super::{Key, KeyRange, tag};

/// The circle's own record: what was changed since its file was written.
pub fn setting() -> Key {
    vec![tag::SETTING].into()
}

/// A member's place in a list: newest first, then by member.
pub fn listed(list: u8, at_ms: u64, member: &str) -> Key {
    let mut to = listed_at(list, at_ms);
    to.extend_from_slice(member.as_bytes());
    to.into()
}

/// A whole list, in its order; with an instant, only what is not older.
pub fn listed_in(list: u8, not_before_ms: Option<u64>) -> KeyRange {
    let mut range = KeyRange::prefix(&[tag::MEMBERSHIP_BY, list]);
    if let Some(earlier) = not_before_ms.and_then(|instant| instant.checked_sub(1)) {
        range.end = listed_at(list, earlier).into();
    }
    range
}

/// What is behind a place in a list, whether or not anybody has it still.
pub fn listed_after(mut range: KeyRange, list: u8, at_ms: u64, member: &str) -> KeyRange {
    range.start = listed(list, at_ms, member).successor();
    range
}

/// What a key of a list says: when, and who.
pub fn listed_member(key: &Key) -> Option<(u64, &str)> {
    let (at, member) = key.get(2..)?.split_first_chunk()?;
    let member = std::str::from_utf8(member).ok()?;
    Some((!u64::from_be_bytes(*at), member))
}

/// When a member was last noted to be there.
pub fn seen(member: &str) -> Key {
    let mut to = vec![tag::MEMBERSHIP_BY, SEEN];
    to.extend_from_slice(member.as_bytes());
    to.into()
}

/// No list goes by it.
const SEEN: u8 = b's';

fn listed_at(list: u8, at_ms: u64) -> Vec<u8> {
    let mut to = vec![tag::MEMBERSHIP_BY, list];
    to.extend_from_slice(&(!at_ms).to_be_bytes());
    to
}
