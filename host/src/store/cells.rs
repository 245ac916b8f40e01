//! How values lie in an index and in a dump (`P` is the partition's part, see
//! `keys`):
//!
//! ```text
//! 00 NAME            the index's own notes, see `sled.rs`; not in a dump
//! P 00               u64: the partition's last commit
//! P 01 KEY           a value. In an index: 00 and the value, or 01 and its
//!                    length (u32), and then its pieces are
//! P 02 KEY u16       in an index: one piece of a value too long for one cell
//! ```
//!
//! Cells of the index stay at or below 3,500 bytes because sled moves leaves
//! above 128 KiB into files of their own, which it never syncs.

use super::{Key, Partition, Seq, StoreError};

/// The most a cell holds.
const CELL_BYTES_MAX: usize = 3_500;

/// What the index's own notes begin with. No partition does.
pub const NOTES: u8 = 0;

const SEQ: u8 = 0;
const HEADS: u8 = 1;
const PIECES: u8 = 2;

const WHOLE: u8 = 0;
const IN_PIECES: u8 = 1;

/// What stands under a key.
pub enum Head<'a> {
    Whole(&'a [u8]),
    Pieces { bytes: usize },
}

impl<'a> Head<'a> {
    pub fn of(value: &'a [u8]) -> Head<'a> {
        match value.len() {
            ..CELL_BYTES_MAX => Head::Whole(value),
            bytes => Head::Pieces { bytes },
        }
    }

    pub fn parse(head: &'a [u8]) -> Option<Head<'a>> {
        match head.split_first()? {
            (&WHOLE, value) => Some(Head::Whole(value)),
            (&IN_PIECES, length) => {
                let bytes = u32::from_be_bytes(length.try_into().ok()?);
                Some(Head::Pieces {
                    bytes: usize::try_from(bytes).ok()?,
                })
            }
            _ => None,
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        match self {
            Head::Whole(value) => [&[WHOLE], *value].concat(),
            Head::Pieces { bytes } => {
                let length = u32::try_from(*bytes).expect("values are far below 4 GiB");
                [&[IN_PIECES], &length.to_be_bytes()[..]].concat()
            }
        }
    }
}

/// The pieces of a value that does not fit into its head.
pub fn split(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let value = match Head::of(value) {
        Head::Whole(_) => &[],
        Head::Pieces { .. } => value,
    };
    value.chunks(CELL_BYTES_MAX)
}

/// How many pieces a value of so many bytes has.
pub fn pieces(bytes: usize) -> u16 {
    u16::try_from(bytes.div_ceil(CELL_BYTES_MAX)).expect("values are far below 200 MiB")
}

pub fn seq_key(partition: &Partition) -> Vec<u8> {
    under(partition, SEQ, &[])
}

pub fn value_key(partition: &Partition, key: &Key) -> Vec<u8> {
    under(partition, HEADS, &[key])
}

pub fn piece_key(partition: &Partition, key: &Key, number: u16) -> Vec<u8> {
    under(partition, PIECES, &[key, &number.to_be_bytes()])
}

/// The key of the first piece of the value under a key.
pub fn piece_key_of(cell: &[u8], number: u16) -> Option<Vec<u8>> {
    let kind = Partition::encoded_len(cell)?;
    let mut to = [cell, &number.to_be_bytes()].concat();
    *to.get_mut(kind)? = PIECES;
    Some(to)
}

/// What a key of an index or a dump is the key of.
pub enum Cell {
    Seq,
    Value,
    Piece,
}

impl Cell {
    pub fn of(key: &[u8]) -> Option<Cell> {
        match *key.get(Partition::encoded_len(key)?)? {
            SEQ => Some(Cell::Seq),
            HEADS => Some(Cell::Value),
            PIECES => Some(Cell::Piece),
            _ => None,
        }
    }
}

/// A partition's number as it is stored.
pub fn parse_seq(bytes: &[u8]) -> Result<Seq, StoreError> {
    match bytes.try_into() {
        Ok(bytes) => Ok(Seq(u64::from_be_bytes(bytes))),
        Err(_) => Err(damaged("a partition's commit number is not 8 bytes")),
    }
}

pub fn damaged(reason: &str) -> StoreError {
    StoreError::Damaged {
        reason: reason.into(),
    }
}

fn under(partition: &Partition, kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut to = Vec::with_capacity(256);
    partition.encode(&mut to);
    to.push(kind);
    for part in parts {
        to.extend_from_slice(part);
    }
    to
}
