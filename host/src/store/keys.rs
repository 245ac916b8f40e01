//! Where everything lies: partitions, keys, ranges, and how names become keys.
//!
//! A key is made of a tag, then parts that each say where they end, then at
//! most one free part at its end. So no name can reach into another's keys,
//! whatever bytes it holds, and the free part keeps its order. A part up to 32
//! bytes stands as it is; a longer one stands as its SHA-256, which bounds
//! every key without bounding names. The layout is part of the on-disk format:
//! changing it means a new format number.

mod board;
mod circle;
mod jobs;
mod media;
mod people;
pub mod posts;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub use self::board::{Board, Order, heat, name_of_timed, timed_item};
pub use self::circle::{listed, listed_after, listed_in, listed_member, seen, setting};
pub use self::jobs::{
    all_due, card_version, dead_letter, dead_letters, due, is_timer, pending, pending_of, piece,
    split_due, timer, timers_of,
};
pub(in crate::store) use self::media::{id_of_media, id_of_media_unused};
pub use self::media::{
    media, media_bytes, media_given, media_given_by, media_unused, media_unused_until,
};
pub use self::people::{
    Scattered, answer_of, answers_of, circle_of, circles_of, errand, errands, expiry_of_answer,
    former, formers, gate, link, member, noted, people_expired, people_expiry, person,
    split_to_be_forgotten, to_be_forgotten, used,
};
use super::usage::UsageOf;

/// A circle, as the store knows it. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(Bytes);

impl Partition {
    /// The partition of a circle.
    pub fn circle(id: &str) -> Partition {
        let mut bytes = Vec::with_capacity(1 + id.len());
        bytes.push(tag::CIRCLE);
        bytes.extend_from_slice(id.as_bytes());
        Partition(bytes.into())
    }

    /// What the host keeps for itself. No circle has such an id.
    pub fn host() -> Partition {
        Partition::circle("@host")
    }

    /// From the bytes of [`Partition::as_bytes`].
    pub(in crate::store) fn from_bytes(bytes: Bytes) -> Partition {
        Partition(bytes)
    }

    pub(in crate::store) fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Puts the partition in front of a key of the engine. Never begins with
    /// a zero byte, which is left to the engine's own records.
    pub(in crate::store) fn encode(&self, to: &mut Vec<u8>) {
        part(to, &self.0);
    }

    /// Whether a key of the engine lies in a circle, and not with the host, a
    /// publisher or people.
    pub(in crate::store) fn is_circles(key: &[u8]) -> bool {
        let mut host = Vec::new();
        Partition::host().encode(&mut host);
        match key {
            // Only a circle's id is that long.
            [PART_IS_DIGEST, ..] => true,
            [_, tag::CIRCLE, ..] => !key.starts_with(&host),
            _ => false,
        }
    }

    /// How long the partition's part of a key of the engine is.
    pub(in crate::store) fn encoded_len(key: &[u8]) -> Option<usize> {
        part_len(key)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.strip_prefix(&[tag::CIRCLE]) {
            Some(b"@host") => f.write_str("the host's own notes"),
            Some(id) => write!(f, "circle {}", id.escape_ascii()),
            None => match (self.0.first(), &self.0[1..]) {
                (Some(&tag::PEOPLE), [shard]) => write!(f, "people {shard}"),
                (Some(&tag::PUBLISHER), id) => write!(f, "publisher {}", id.escape_ascii()),
                _ => write!(f, "{self:?}"),
            },
        }
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partition({})", self.0.escape_ascii())
    }
}

/// A key inside its partition. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Bytes);

impl Key {
    /// From the bytes a backend has stored.
    pub fn from_bytes(bytes: Bytes) -> Key {
        Key(bytes)
    }

    /// The key right behind this one: nothing lies between.
    #[must_use]
    pub fn successor(&self) -> Key {
        let mut bytes = Vec::with_capacity(self.0.len() + 1);
        bytes.extend_from_slice(&self.0);
        bytes.push(0);
        Key(bytes.into())
    }

    /// What the key holds behind a prefix of it; empty if it is none.
    pub fn behind(&self, prefix: &[u8]) -> &[u8] {
        self.0.strip_prefix(prefix).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Key {
    fn from(bytes: Vec<u8>) -> Key {
        Key(bytes.into())
    }
}

impl Deref for Key {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0.escape_ascii())
    }
}

/// Keys from `start` up to but without `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key in it.
    pub start: Key,
    /// The first key behind it.
    pub end: Key,
}

impl KeyRange {
    /// Every key that begins with `prefix`, which must not be all `0xff`: no
    /// prefix of this module is, since tags and UTF-8 have no such byte.
    pub fn prefix(prefix: &[u8]) -> KeyRange {
        let kept = prefix
            .iter()
            .rposition(|&byte| byte != 0xff)
            .expect("every prefix holds a byte below 0xff");
        let mut end = prefix[..=kept].to_vec();
        end[kept] += 1;
        KeyRange {
            start: prefix.to_vec().into(),
            end: end.into(),
        }
    }

    /// Whether the key lies in it.
    pub fn contains(&self, key: &Key) -> bool {
        self.start <= *key && *key < self.end
    }

    /// Whether nothing can lie in it.
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }
}

/// Whose plugin state a key holds. Plugins go by `publisher/name` without the
/// version: state survives upgrades. A card's state is also its plugin's, so
/// that a card given to another plugin shows it nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateOwner<'a> {
    /// One card.
    Card {
        /// The plugin.
        plugin: &'a str,
        /// The card's id.
        card: &'a str,
    },
    /// All cards of one plugin in the circle.
    Circle {
        /// The plugin.
        plugin: &'a str,
    },
    /// One reader, for all cards of one plugin in the circle.
    Viewer {
        /// The plugin.
        plugin: &'a str,
        /// The reader's id in the circle.
        viewer: &'a str,
    },
}

impl StateOwner<'_> {
    /// What all keys of this owner begin with.
    pub fn prefix(&self) -> Vec<u8> {
        let mut to = Vec::with_capacity(96);
        to.push(tag::STATE);
        match self {
            StateOwner::Card { plugin, card } => {
                to.push(tag::OF_CARD);
                part(&mut to, plugin.as_bytes());
                part(&mut to, card.as_bytes());
            }
            StateOwner::Circle { plugin } => {
                to.push(tag::OF_CIRCLE);
                part(&mut to, plugin.as_bytes());
            }
            StateOwner::Viewer { plugin, viewer } => {
                to.push(tag::OF_VIEWER);
                part(&mut to, plugin.as_bytes());
                part(&mut to, viewer.as_bytes());
            }
        }
        to
    }

    /// One key of this owner.
    pub fn key(&self, key: &str) -> Key {
        let mut to = self.prefix();
        to.extend_from_slice(key.as_bytes());
        to.into()
    }

    /// This owner's keys that begin with `prefix`.
    pub fn range(&self, prefix: &str) -> KeyRange {
        let mut to = self.prefix();
        to.extend_from_slice(prefix.as_bytes());
        KeyRange::prefix(&to)
    }
}

/// What a key counts towards.
pub(in crate::store) struct Metered {
    /// Where the usages are kept: the plugin's, and the card's if it is one's.
    pub usages: Vec<(UsageOf, Key)>,
    /// The length of what the plugin calls the key.
    pub name_bytes: usize,
}

/// What a key counts towards; nothing if it is the host's own, or follows from
/// another, as places in rankings do.
pub(in crate::store) fn metered(key: &Key) -> Option<Metered> {
    let (&kind, rest) = key.split_first()?;
    if kind != tag::STATE && kind != tag::COUNT {
        return None;
    }
    let (&scope, rest) = rest.split_first()?;
    if scope == tag::OF_HOST || scope == tag::OF_POSTS {
        return None;
    }
    let (plugin, rest) = split_part(rest)?;
    let usage = |scope, parts: &[&[u8]]| {
        let mut to = vec![tag::USAGE, scope];
        for part in parts {
            to.extend_from_slice(part);
        }
        Key::from(to)
    };
    let mut usages = vec![(UsageOf::Plugin, usage(tag::OF_CIRCLE, &[plugin]))];
    let name = match (kind, scope) {
        (_, tag::OF_CARD) => {
            let (card, rest) = split_part(rest)?;
            usages.push((UsageOf::Card, usage(tag::OF_CARD, &[plugin, card])));
            rest
        }
        (_, tag::OF_VIEWER) => split_part(rest)?.1,
        _ => rest,
    };
    // A board's name stands before the item.
    let name_bytes = match kind {
        tag::COUNT => split_part(name)?.1.len(),
        _ => name.len(),
    };
    Some(Metered { usages, name_bytes })
}

/// Where the recorded answer to one action lies: a card and the digest of the
/// action's key.
pub fn answer(card: &str, key_digest: &[u8; 32]) -> Key {
    let mut to = vec![tag::ANSWER];
    part(&mut to, card.as_bytes());
    to.extend_from_slice(key_digest);
    to.into()
}

/// The entry under which a recorded answer is found when it is time to remove
/// it. Sorts by time.
pub fn answer_expiry(expires_at_ms: u64, card: &str, key_digest: &[u8; 32]) -> Key {
    let mut to = vec![tag::ANSWER_EXPIRY];
    to.extend_from_slice(&expires_at_ms.to_be_bytes());
    part(&mut to, card.as_bytes());
    to.extend_from_slice(key_digest);
    to.into()
}

/// Every expiry entry that is due.
pub fn answers_expired(now_ms: u64) -> KeyRange {
    let mut end = vec![tag::ANSWER_EXPIRY];
    end.extend_from_slice(&now_ms.saturating_add(1).to_be_bytes());
    KeyRange {
        start: vec![tag::ANSWER_EXPIRY].into(),
        end: end.into(),
    }
}

/// Where it is noted that an offer of a card was taken: by anyone, or by one
/// reader.
pub fn taken(card: &str, by: TakenBy<'_>, offer_digest: &[u8; 32]) -> Key {
    let mut to = vec![tag::TAKEN];
    part(&mut to, card.as_bytes());
    match by {
        TakenBy::Anyone => to.push(tag::OF_CARD),
        TakenBy::Viewer(viewer) => {
            to.push(tag::OF_VIEWER);
            part(&mut to, viewer.as_bytes());
        }
    }
    to.extend_from_slice(offer_digest);
    to.into()
}

/// Whether a member has joined, and as what.
pub fn membership(member: &str) -> Key {
    let mut to = vec![tag::MEMBERSHIP];
    part(&mut to, member.as_bytes());
    to.into()
}

/// Who an offer that is good once is used up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBy<'a> {
    /// Everyone.
    Anyone,
    /// One reader, by their id in the circle.
    Viewer(&'a str),
}

mod tag {
    pub const CIRCLE: u8 = b'c';
    pub const PEOPLE: u8 = b'p';
    pub const PUBLISHER: u8 = b'u';

    // In a circle.
    pub const STATE: u8 = b'S';
    pub const COUNT: u8 = b'C';
    pub const TOTAL: u8 = b'T';
    pub const PLACE: u8 = b'P';
    pub const HEAT: u8 = b'H';
    pub const ANSWER: u8 = b'A';
    pub const ANSWER_EXPIRY: u8 = b'E';
    pub const TAKEN: u8 = b'O';
    pub const USAGE: u8 = b'U';
    pub const MEMBER: u8 = b'M';
    pub const LINK: u8 = b'L';
    pub const ANSWER_OF: u8 = b'N';

    pub const MEMBERSHIP: u8 = b'B';
    pub const MEMBERSHIP_BY: u8 = b'b';
    pub const SETTING: u8 = b'W';
    pub const MEDIA: u8 = b'm';
    pub const MEDIA_BY: u8 = b'a';
    pub const MEDIA_UNUSED: u8 = b'k';
    pub const POST: u8 = b'X';
    pub const POST_BY: u8 = b'x';
    pub const REACTION: u8 = b'r';
    pub const REPORT: u8 = b'n';
    pub const TIMER: u8 = b't';
    pub const TIMER_DUE: u8 = b'd';
    pub const OUTBOX: u8 = b'q';
    pub const PIECE: u8 = b'v';
    pub const DEAD_LETTER: u8 = b'z';
    pub const CARD_VERSION: u8 = b'w';
    // In the partitions of people and publishers.
    pub const GATE: u8 = b'G';
    pub const PERSON: u8 = b'R';
    pub const FORMER: u8 = b'F';
    pub const CIRCLE_OF: u8 = b'V';
    pub const ERRAND: u8 = b'Q';
    pub const USED: u8 = b'J';
    pub const PEOPLE_EXPIRY: u8 = b'K';

    pub const OF_CARD: u8 = b'c';
    pub const OF_CIRCLE: u8 = b'o';
    pub const OF_VIEWER: u8 = b'v';
    pub const OF_HOST: u8 = b'h';
    pub const OF_POSTS: u8 = b'p';
}

const PART_BYTES_MAX: usize = 32;
const PART_IS_DIGEST: u8 = 0xff;

fn part(to: &mut Vec<u8>, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(length) if bytes.len() <= PART_BYTES_MAX => {
            to.push(length);
            to.extend_from_slice(bytes);
        }
        _ => {
            to.push(PART_IS_DIGEST);
            to.extend_from_slice(&Sha256::digest(bytes));
        }
    }
}

/// A part as it stands in a key, and what is behind it.
fn split_part(key: &[u8]) -> Option<(&[u8], &[u8])> {
    key.split_at_checked(part_len(key)?)
}

fn part_len(key: &[u8]) -> Option<usize> {
    match *key.first()? {
        PART_IS_DIGEST => Some(1 + 32),
        length if usize::from(length) <= PART_BYTES_MAX => Some(1 + usize::from(length)),
        _ => None,
    }
}
