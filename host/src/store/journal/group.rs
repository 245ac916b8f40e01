//! What the payload of a group says: its commits, in order.
//!
//! ```text
//! group   = u8 version (1), commit*
//! commit  = partition: bytes, seq: number, writes: number, write*
//! write   = key: bytes, 0                     (delete)
//!         | key: bytes, 1 + length, value     (put)
//! bytes   = length: number, that many bytes
//! number  = LEB128, in its shortest form
//! ```
//!
//! The keys of a commit ascend. Writes are absolute, so a group can be applied
//! to a state that holds some of it, or all, already. Decoding accepts exactly
//! what encoding makes and never panics: a journal may be damaged in ways that
//! a checksum does not see.

#[cfg(test)]
mod tests;

use bytes::{Buf, Bytes};

use super::super::batch::Writes;
use super::super::{Key, Partition, Seq};

const VERSION: u8 = 1;

/// A commit as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct GroupCommit {
    pub partition: Partition,
    pub seq: Seq,
    pub writes: Writes,
}

/// Why bytes are no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::store) enum GroupError {
    #[error("its commits have the unknown version {0}")]
    Version(u8),
    #[error("it ends in the middle of a commit")]
    Cut,
    #[error("a number in it is not in its shortest form, or too large")]
    Number,
    #[error("the keys of a commit do not ascend")]
    Order,
    #[error("a commit has the number 0, or an empty partition")]
    Unnumbered,
}

/// Adds a commit to the payload of a group. An empty payload becomes one.
pub(in crate::store) fn encode(to: &mut Vec<u8>, partition: &Partition, seq: Seq, writes: &Writes) {
    if to.is_empty() {
        to.push(VERSION);
    }
    put_bytes(to, partition.as_bytes());
    put_number(to, seq.0);
    put_number(to, writes.len() as u64);
    for (key, value) in writes {
        put_bytes(to, key);
        match value {
            None => put_number(to, 0),
            Some(value) => {
                put_number(to, 1 + value.len() as u64);
                to.extend_from_slice(value);
            }
        }
    }
}

/// The commits of a group. Their values share the payload's memory.
pub(in crate::store) fn decode(mut payload: Bytes) -> Result<Vec<GroupCommit>, GroupError> {
    let rest = &mut payload;
    match rest.try_get_u8() {
        Ok(VERSION) => {}
        Ok(version) => return Err(GroupError::Version(version)),
        Err(_) => return Err(GroupError::Cut),
    }
    let mut commits = Vec::new();
    while !rest.is_empty() {
        commits.push(take_commit(rest)?);
    }
    Ok(commits)
}

fn take_commit(rest: &mut Bytes) -> Result<GroupCommit, GroupError> {
    let partition = Partition::from_bytes(take_bytes(rest)?);
    let seq = Seq(take_number(rest)?);
    if partition.as_bytes().is_empty() || seq == Seq(0) {
        return Err(GroupError::Unnumbered);
    }
    let mut writes = Writes::new();
    for _ in 0..take_number(rest)? {
        let key = Key::from_bytes(take_bytes(rest)?);
        let value = match take_number(rest)? {
            0 => None,
            longer => Some(take(rest, longer - 1)?),
        };
        if writes
            .last_key_value()
            .is_some_and(|(last, _)| *last >= key)
        {
            return Err(GroupError::Order);
        }
        writes.insert(key, value);
    }
    Ok(GroupCommit {
        partition,
        seq,
        writes,
    })
}

fn take_bytes(rest: &mut Bytes) -> Result<Bytes, GroupError> {
    let length = take_number(rest)?;
    take(rest, length)
}

fn take(rest: &mut Bytes, length: u64) -> Result<Bytes, GroupError> {
    let length = usize::try_from(length).map_err(|_| GroupError::Cut)?;
    if length > rest.len() {
        return Err(GroupError::Cut);
    }
    Ok(rest.split_to(length))
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

fn take_number(rest: &mut Bytes) -> Result<u64, GroupError> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = rest.try_get_u8().map_err(|_| GroupError::Cut)?;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            return Err(GroupError::Number);
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            let padded = byte == 0 && shift > 0;
            return if padded {
                Err(GroupError::Number)
            } else {
                Ok(number)
            };
        }
    }
    Err(GroupError::Number)
}
