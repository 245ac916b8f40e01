//! How a value becomes cells, and where they lie.

use crate::store::{Key, Partition};

/// The most a cell holds.
const CELL_BYTES_MAX: usize = 3_500;

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

pub fn head_key(partition: &Partition, key: &Key) -> Vec<u8> {
    under(partition, HEADS, &[key])
}

pub fn piece_key(partition: &Partition, key: &Key, number: u16) -> Vec<u8> {
    under(partition, PIECES, &[key, &number.to_be_bytes()])
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
