//! The bytes of a dump. Everything is little-endian.
//!
//! ```text
//! dump    = header, block*, index, end
//! header  = magic "quankadp", u32 format, [16] store, u64 from, u32 crc32c
//! block   = u32 crc32c, u32 stored length, u32 plain length, entries
//! entries = (u16 key length, u32 value length, key, value)*
//!           LZ4, unless that would make them longer
//! index   = (u64 offset of a block, u32 its crc32c, u16 length, its first key)*
//! end     = magic "quankend", u64 entries, u64 bytes of keys and values,
//!           u64 blocks, u64 offset of the index, u64 from, u64 upto,
//!           u32 crc32c of the index, u32 crc32c of the end so far
//! ```
//!
//! Each checksum is vouched for by the next: the end by its own, the index by
//! the end, the blocks by the index, which also says where each must lie. A
//! block's checksum covers its offset, so that no block passes for another.

use crate::store::journal::{GroupNumber, StoreId};

/// The format this version writes, and the newest it reads.
pub const FORMAT: u32 = 2;

pub const HEADER_BYTES: usize = 40;
pub const FRAME_BYTES: usize = 12;
pub const END_BYTES: usize = 64;

/// A block is closed once its entries are this long. Unpacking one is most of
/// what a read costs, and half as long ones pack hardly worse.
pub const BLOCK_BYTES: usize = 16 << 10;

const MAGIC: &[u8; 8] = b"quankadp";
const END_MAGIC: &[u8; 8] = b"quankend";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub store: StoreId,
    pub from: GroupNumber,
}

/// Why the beginning of a file is no header of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHeader {
    Damaged,
    Newer { format: u32 },
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[12..28].copy_from_slice(&self.store.0);
        bytes[28..36].copy_from_slice(&self.from.0.to_le_bytes());
        seal(&mut bytes);
        bytes
    }

    pub fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Header, NoHeader> {
        if !bytes.starts_with(MAGIC) || !seal_holds(bytes) {
            return Err(NoHeader::Damaged);
        }
        match u32_at(bytes, 8) {
            FORMAT => Ok(Header {
                store: StoreId(array_at(bytes, 12)),
                from: GroupNumber(u64_at(bytes, 28)),
            }),
            format if format > FORMAT => Err(NoHeader::Newer { format }),
            _ => Err(NoHeader::Damaged),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub entries: u64,
    pub bytes: u64,
    pub blocks: u64,
    pub index_at: u64,
    pub from: GroupNumber,
    pub upto: GroupNumber,
    pub index_crc: u32,
}

impl End {
    pub fn encode(&self) -> [u8; END_BYTES] {
        let mut bytes = [0; END_BYTES];
        bytes[0..8].copy_from_slice(END_MAGIC);
        bytes[8..16].copy_from_slice(&self.entries.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.bytes.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.blocks.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.index_at.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.from.0.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.upto.0.to_le_bytes());
        bytes[56..60].copy_from_slice(&self.index_crc.to_le_bytes());
        seal(&mut bytes);
        bytes
    }

    pub fn decode(bytes: &[u8; END_BYTES]) -> Option<End> {
        (bytes.starts_with(END_MAGIC) && seal_holds(bytes)).then(|| End {
            entries: u64_at(bytes, 8),
            bytes: u64_at(bytes, 16),
            blocks: u64_at(bytes, 24),
            index_at: u64_at(bytes, 32),
            from: GroupNumber(u64_at(bytes, 40)),
            upto: GroupNumber(u64_at(bytes, 48)),
            index_crc: u32_at(bytes, 56),
        })
    }
}

/// Where a block lies, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    pub offset: u64,
    pub crc: u32,
    pub first: Box<[u8]>,
}

pub fn encode_index(index: &[IndexEntry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in index {
        let length = u16::try_from(entry.first.len()).expect("a dump refuses longer keys");
        bytes.extend_from_slice(&entry.offset.to_le_bytes());
        bytes.extend_from_slice(&entry.crc.to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&entry.first);
    }
    bytes
}

pub fn decode_index(mut bytes: &[u8]) -> Option<Vec<IndexEntry>> {
    let mut index = Vec::new();
    while !bytes.is_empty() {
        let offset = u64::from_le_bytes(take_array(&mut bytes)?);
        let crc = u32::from_le_bytes(take_array(&mut bytes)?);
        let length = u16::from_le_bytes(take_array(&mut bytes)?);
        let first = bytes.split_off(..usize::from(length))?.into();
        index.push(IndexEntry { offset, crc, first });
    }
    Some(index)
}

/// Closes a block: puts its frame and its entries behind `to`. Returns its
/// checksum.
pub fn encode_block(to: &mut Vec<u8>, offset: u64, plain: &[u8]) -> u32 {
    let at = to.len();
    to.resize(
        at + FRAME_BYTES + lz4_flex::block::get_maximum_output_size(plain.len()),
        0,
    );
    let packed = &mut to[at + FRAME_BYTES..];
    let stored_bytes = match lz4_flex::block::compress_into(plain, packed) {
        Ok(bytes) if bytes < plain.len() => bytes,
        _ => {
            packed[..plain.len()].copy_from_slice(plain);
            plain.len()
        }
    };
    to.truncate(at + FRAME_BYTES + stored_bytes);
    let length = |bytes: usize| {
        let bytes = u32::try_from(bytes).expect("a block is a little longer than an entry");
        bytes.to_le_bytes()
    };
    to[at + 4..at + 8].copy_from_slice(&length(stored_bytes));
    to[at + 8..at + 12].copy_from_slice(&length(plain.len()));
    let crc = block_crc(offset, &to[at..]);
    to[at..at + 4].copy_from_slice(&crc.to_le_bytes());
    crc
}

/// The entries of a block, if all is right with it.
pub fn decode_block(framed: &[u8], entry: &IndexEntry) -> Option<Vec<u8>> {
    let (frame, stored) = framed.split_first_chunk::<FRAME_BYTES>()?;
    let crc = block_crc(entry.offset, framed);
    let stored_bytes = u32_at(frame, 4) as usize;
    let plain_bytes = u32_at(frame, 8) as usize;
    if crc != entry.crc || crc != u32_at(frame, 0) || stored_bytes != stored.len() {
        return None;
    }
    if stored_bytes == plain_bytes {
        return Some(stored.to_vec());
    }
    let plain = lz4_flex::block::decompress(stored, plain_bytes).ok()?;
    (plain.len() == plain_bytes).then_some(plain)
}

fn block_crc(offset: u64, framed: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&offset.to_le_bytes()), &framed[4..])
}

/// Puts the checksum of all that is before into the last four bytes.
fn seal<const N: usize>(bytes: &mut [u8; N]) {
    let crc = crc32c::crc32c(&bytes[..N - 4]);
    bytes[N - 4..].copy_from_slice(&crc.to_le_bytes());
}

fn seal_holds<const N: usize>(bytes: &[u8; N]) -> bool {
    crc32c::crc32c(&bytes[..N - 4]) == u32_at(bytes, N - 4)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N]
        .try_into()
        .expect("the range is N bytes long")
}

fn take_array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (array, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*array)
}
