//! Where people lie: readers, their sessions' ends, and ids used once, in
//! partitions of their own; members and their links, in their circle's.

use sha2::{Digest, Sha256};

use super::{Key, KeyRange, PART_BYTES_MAX, PART_IS_DIGEST, Partition, part, split_part, tag};

impl Partition {
    /// One of the partitions that hold readers' own records.
    pub fn people(shard: u8) -> Partition {
        Partition(vec![tag::PEOPLE, shard].into())
    }

    /// The partition of a reader's own records, by their id.
    pub fn of_reader(reader: &str) -> Partition {
        let [shard, ..]: [u8; 32] = Sha256::digest(reader).into();
        Partition::people(shard)
    }

    /// All partitions of readers' own records.
    pub fn all_people() -> impl Iterator<Item = Partition> {
        (0..=u8::MAX).map(Partition::people)
    }

    /// What is kept for a publisher as a whole, and is no circle's.
    pub fn publisher(id: &str) -> Partition {
        let mut bytes = vec![tag::PUBLISHER];
        // So that the partition's own part of a key never stands as a digest,
        // and tells what it is of.
        if id.len() < PART_BYTES_MAX {
            bytes.extend_from_slice(id.as_bytes());
        } else {
            bytes.extend_from_slice(&Sha256::digest(id)[..PART_BYTES_MAX - 1]);
        }
        Partition(bytes.into())
    }
}

/// Where it stands which sessions of a reader are over, and whether the reader
/// is.
pub fn gate(reader: &str) -> Key {
    of_reader(tag::GATE, reader)
}

/// The record of a person.
pub fn person(reader: &str) -> Key {
    of_reader(tag::PERSON, reader)
}

/// The note that a person was an anonymous reader before.
pub fn former(reader: &str, anonymous: &str) -> Key {
    let mut to = of_reader(tag::FORMER, reader).to_vec();
    to.extend_from_slice(anonymous.as_bytes());
    to.into()
}

/// All of a person's notes of that kind.
pub fn formers(reader: &str) -> KeyRange {
    KeyRange::prefix(&of_reader(tag::FORMER, reader))
}

/// The note that a person was to act in a circle.
pub fn circle_of(reader: &str, circle: &str) -> Key {
    let mut to = of_reader(tag::CIRCLE_OF, reader).to_vec();
    to.extend_from_slice(circle.as_bytes());
    to.into()
}

/// All of a person's notes of that kind.
pub fn circles_of(reader: &str) -> KeyRange {
    KeyRange::prefix(&of_reader(tag::CIRCLE_OF, reader))
}

/// What is still to be done about a reader in the circles.
pub fn errand(reader: &str) -> Key {
    of_reader(tag::ERRAND, reader)
}

/// All errands of a partition.
pub fn errands() -> KeyRange {
    KeyRange::prefix(&[tag::ERRAND])
}

/// What a key of a note names behind its reader: an anonymous reader or a
/// circle.
pub fn noted(key: &Key) -> Option<&str> {
    let (_, rest) = key.split_first()?;
    let (_, name) = split_part(rest)?;
    std::str::from_utf8(name).ok()
}

/// The record of a member, in their circle.
pub fn member(member: &str) -> Key {
    of_reader(tag::MEMBER, member)
}

/// Which member a person is, in that member's circle.
pub fn link(reader: &str) -> Key {
    of_reader(tag::LINK, reader)
}

/// The entry under which a member's recorded answer is found, in their circle.
pub fn answer_of(member: &str, card: &str, key_digest: &[u8; 32]) -> Key {
    let mut to = of_reader(tag::ANSWER_OF, member).to_vec();
    part(&mut to, card.as_bytes());
    to.extend_from_slice(key_digest);
    to.into()
}

/// All such entries of a member.
pub fn answers_of(member: &str) -> KeyRange {
    KeyRange::prefix(&of_reader(tag::ANSWER_OF, member))
}

/// What an entry of [`answer_expiry`](super::answer_expiry) holds: the answer's
/// own key, and its entry among its member's if it has one.
pub fn to_be_forgotten(answer: &Key, of_member: Option<&Key>) -> Vec<u8> {
    let of_member: &[u8] = of_member.map_or(&[], |entry| entry);
    [answer, of_member].concat()
}

/// Reads what [`to_be_forgotten`] wrote.
pub fn split_to_be_forgotten(value: &[u8]) -> Option<(Key, Option<Key>)> {
    let (_, rest) = value.split_first()?;
    let (_, rest) = split_part(rest)?;
    let (_digest, of_member) = rest.split_at_checked(32)?;
    let answer = &value[..value.len() - of_member.len()];
    let of_member = (!of_member.is_empty()).then(|| of_member.to_vec().into());
    Some((answer.to_vec().into(), of_member))
}

/// The entry of [`answer_expiry`](super::answer_expiry) for an answer's key.
pub fn expiry_of_answer(answer: &Key, expires_at_ms: u64) -> Key {
    let mut to = vec![tag::ANSWER_EXPIRY];
    to.extend_from_slice(&expires_at_ms.to_be_bytes());
    to.extend_from_slice(answer.behind(&[tag::ANSWER]));
    to.into()
}

/// What lies in a circle under one name after another, plugins' or cards', and
/// below each of them under one member: so that it is found without knowing
/// the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scattered {
    /// What plugins keep for the member.
    State,
    /// Offers that the member took, by card.
    Taken,
}

impl Scattered {
    /// All of it, of all members and under all names.
    pub fn all(self) -> KeyRange {
        KeyRange::prefix(self.prefix())
    }

    /// For a key of [`Scattered::all`]: the member's own keys under its name,
    /// and where the next name begins.
    pub fn under(self, key: &Key, member: &str) -> Option<(KeyRange, Key)> {
        let (name, _) = split_part(key.behind(self.prefix()))?;
        let mut own = [self.prefix(), name].concat();
        let next = KeyRange::prefix(&own).end;
        if self == Scattered::Taken {
            own.push(tag::OF_VIEWER);
        }
        part(&mut own, member.as_bytes());
        Some((KeyRange::prefix(&own), next))
    }

    /// For a key of [`Scattered::all`]: the name it lies under, unless it was too
    /// long to stand in a key.
    pub fn name(self, key: &Key) -> Option<&str> {
        let (name, _) = split_part(key.behind(self.prefix()))?;
        let (&length, name) = name.split_first()?;
        (length != PART_IS_DIGEST).then(|| std::str::from_utf8(name).ok())?
    }

    /// Whether a key of [`Scattered::all`] lies under this name.
    pub fn is_under(self, key: &Key, name: &str) -> bool {
        let mut expected = self.prefix().to_vec();
        part(&mut expected, name.as_bytes());
        key.starts_with(&expected)
    }

    fn prefix(self) -> &'static [u8] {
        match self {
            Scattered::State => &[tag::STATE, tag::OF_VIEWER],
            Scattered::Taken => &[tag::TAKEN],
        }
    }
}

/// An id that is good once, by the SHA-256 of it.
pub fn used(id_digest: &[u8; 32]) -> Key {
    [&[tag::USED][..], id_digest].concat().into()
}

/// The entry under which something of a people's or publisher's partition is
/// found when it is time to look whether it is still needed. Sorts by time.
pub fn people_expiry(expires_at_ms: u64, of: &Key) -> Key {
    let mut to = vec![tag::PEOPLE_EXPIRY];
    to.extend_from_slice(&expires_at_ms.to_be_bytes());
    to.extend_from_slice(&Sha256::digest(&of[..]));
    to.into()
}

/// Every such entry that is due.
pub fn people_expired(now_ms: u64) -> KeyRange {
    let mut end = vec![tag::PEOPLE_EXPIRY];
    end.extend_from_slice(&now_ms.saturating_add(1).to_be_bytes());
    KeyRange {
        start: vec![tag::PEOPLE_EXPIRY].into(),
        end: end.into(),
    }
}

fn of_reader(tag: u8, reader: &str) -> Key {
    let mut to = vec![tag];
    part(&mut to, reader.as_bytes());
    to.into()
}
