//! Where people lie: readers, their sessions' ends, and ids used once, in
//! partitions of their own; members and their links, in their circle's.

use sha2::{Digest, Sha256};

use super::{Key, KeyRange, Partition, part, tag};

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
        let mut bytes = Vec::with_capacity(1 + id.len());
        bytes.push(tag::PUBLISHER);
        bytes.extend_from_slice(id.as_bytes());
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
