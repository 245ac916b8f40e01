//! The bytes of a segment. Everything is little-endian.
//!
//! A segment is a file of fixed length in sectors of 512 bytes. The first is
//! its header:
//!
//! ```text
//!   0  magic "quankajn"
//!   8  u32  format
//!  12  [16] store
//!  28  u64  number of its first group
//!  36  u64  length of the file
//!  44  u64  salt
//!  52  u32  checksum of the record before its first
//! 508  u32  crc32c of all of the above (here in every format to come)
//! ```
//!
//! Then records, each from the start of a sector, the rest zeros:
//!
//! ```text
//!   0  u32  length of the payload
//!   4  u32  crc32c, continued from the record before: length, group, and
//!           everything from byte 20 to the end of the last sector
//!   8  u64  group
//!  16  u32  crc32c of the salt and the 16 bytes before
//!  20  payload, then zeros
//! ```
//!
//! The last 8 bytes of each of its sectors are a *stamp*, made of salt, group
//! and the sector's place in the record; no byte of it is zero, nor one bit
//! away from it. The file was all zeros before, a disk writes a sector as a
//! whole or not at all, and a killed process leaves a prefix of its bytes: so
//! a sector was not, or not wholly, written exactly if its stamp ends early
//! and zeros follow. That is how a record cut short, which nobody was told of,
//! is told from a damaged one, which someone may rely on. The salt is random
//! and known to no one, so no payload can pass for a record.
//!
//! Each record's checksum goes on from the one before, so a segment of another
//! history of the same store does not fit in.

use super::{GroupNumber, StoreId};

/// The format this version writes, and the newest it reads. (1 was sled alone,
/// without a journal.)
pub const FORMAT: u32 = 2;

pub const SECTOR_BYTES: usize = 512;
const STAMP_BYTES: usize = 8;
const SECTOR_DATA_BYTES: usize = SECTOR_BYTES - STAMP_BYTES;
const HEAD_BYTES: usize = 20;

const MAGIC: &[u8; 8] = b"quankajn";
const HEADER_CRC_AT: usize = SECTOR_BYTES - 4;

pub type Sector = [u8; SECTOR_BYTES];

/// The first sector of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    pub store: StoreId,
    pub first: GroupNumber,
    pub segment_bytes: u64,
    pub salt: u64,
    /// The checksum of the record before the first.
    pub chain: u32,
}

/// Why a first sector is no header of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHeader {
    ForeignFile,
    Damaged,
    Newer { format: u32 },
}

impl SegmentHeader {
    pub fn encode(&self) -> Sector {
        let mut sector = [0; SECTOR_BYTES];
        sector[0..8].copy_from_slice(MAGIC);
        sector[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        sector[12..28].copy_from_slice(&self.store.0);
        sector[28..36].copy_from_slice(&self.first.0.to_le_bytes());
        sector[36..44].copy_from_slice(&self.segment_bytes.to_le_bytes());
        sector[44..52].copy_from_slice(&self.salt.to_le_bytes());
        sector[52..56].copy_from_slice(&self.chain.to_le_bytes());
        let crc = crc32c::crc32c(&sector[..HEADER_CRC_AT]);
        sector[HEADER_CRC_AT..].copy_from_slice(&crc.to_le_bytes());
        sector
    }

    pub fn decode(sector: &Sector) -> Result<SegmentHeader, NoHeader> {
        let crc_holds = crc32c::crc32c(&sector[..HEADER_CRC_AT]) == u32_at(sector, HEADER_CRC_AT);
        if !crc_holds {
            return Err(if sector.starts_with(MAGIC) {
                NoHeader::Damaged
            } else {
                NoHeader::ForeignFile
            });
        }
        if !sector.starts_with(MAGIC) {
            return Err(NoHeader::ForeignFile);
        }
        match u32_at(sector, 8) {
            FORMAT => Ok(SegmentHeader {
                store: StoreId(array_at(sector, 12)),
                first: GroupNumber(u64_at(sector, 28)),
                segment_bytes: u64_at(sector, 36),
                salt: u64_at(sector, 44),
                chain: u32_at(sector, 52),
            }),
            format if format > FORMAT => Err(NoHeader::Newer { format }),
            _ => Err(NoHeader::Damaged),
        }
    }
}

/// How long the record of a payload is, in whole sectors.
pub fn record_bytes(payload_bytes: usize) -> usize {
    (HEAD_BYTES + payload_bytes)
        .div_ceil(SECTOR_DATA_BYTES)
        .max(1)
        * SECTOR_BYTES
}

/// The longest payload whose record fits into so many bytes.
pub fn payload_bytes_max(room: u64) -> usize {
    let sectors = usize::try_from(room).unwrap_or(usize::MAX) / SECTOR_BYTES;
    (sectors * SECTOR_DATA_BYTES).saturating_sub(HEAD_BYTES)
}

/// Puts a payload into a record, which replaces what `to` held. Returns the
/// checksum that the next record goes on from.
pub fn encode_record(
    to: &mut Vec<u8>,
    salt: u64,
    group: GroupNumber,
    chain: u32,
    payload: &[u8],
) -> u32 {
    let length = u32::try_from(payload.len()).expect("the journal refuses longer groups");
    to.clear();
    to.reserve(record_bytes(payload.len()));
    to.extend_from_slice(&[0; HEAD_BYTES]);
    let first = payload.len().min(SECTOR_DATA_BYTES - HEAD_BYTES);
    let (first, rest) = payload.split_at(first);
    to.extend_from_slice(first);
    finish_sector(to, salt, group);
    for data in rest.chunks(SECTOR_DATA_BYTES) {
        to.extend_from_slice(data);
        finish_sector(to, salt, group);
    }
    let crc = record_crc(chain, length, group, &to[HEAD_BYTES..]);
    to[0..4].copy_from_slice(&length.to_le_bytes());
    to[4..8].copy_from_slice(&crc.to_le_bytes());
    to[8..16].copy_from_slice(&group.0.to_le_bytes());
    let head_crc = head_crc(salt, &to[..16]);
    to[16..20].copy_from_slice(&head_crc.to_le_bytes());
    crc
}

/// The first 20 bytes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub payload_bytes: usize,
    pub crc: u32,
    pub group: GroupNumber,
}

impl Head {
    /// `None` if the sector does not begin with a head.
    pub fn decode(sector: &Sector, salt: u64) -> Option<Head> {
        let holds = head_crc(salt, &sector[..16]) == u32_at(sector, 16);
        holds.then(|| Head {
            payload_bytes: u32_at(sector, 0) as usize,
            crc: u32_at(sector, 4),
            group: GroupNumber(u64_at(sector, 8)),
        })
    }

    /// The payload of a whole record, if its checksum holds.
    pub fn payload(&self, record: &[u8], chain: u32) -> Option<Vec<u8>> {
        let length = u32::try_from(self.payload_bytes).ok()?;
        if record_crc(chain, length, self.group, &record[HEAD_BYTES..]) != self.crc {
            return None;
        }
        let mut payload = Vec::with_capacity(record.len());
        for sector in record.chunks_exact(SECTOR_BYTES) {
            payload.extend_from_slice(&sector[..SECTOR_DATA_BYTES]);
        }
        payload.drain(..HEAD_BYTES);
        payload.truncate(self.payload_bytes);
        Some(payload)
    }
}

/// What a sector's stamp says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Wholly,
    /// Not at all, or only its beginning.
    Not,
    /// Something that no write of ours leaves.
    Otherwise,
}

/// Whether the sector at a place in a record was written.
pub fn written(sector: &Sector, salt: u64, group: GroupNumber, place: usize) -> Written {
    let found = &sector[SECTOR_DATA_BYTES..];
    let expected = stamp(salt, group, place);
    let begun = found
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    if found[..begun] != expected[..begun] {
        Written::Otherwise
    } else if begun == STAMP_BYTES {
        Written::Wholly
    } else {
        Written::Not
    }
}

fn finish_sector(to: &mut Vec<u8>, salt: u64, group: GroupNumber) {
    let place = to.len() / SECTOR_BYTES;
    to.resize(place * SECTOR_BYTES + SECTOR_DATA_BYTES, 0);
    to.extend_from_slice(&stamp(salt, group, place));
}

fn stamp(salt: u64, group: GroupNumber, place: usize) -> [u8; STAMP_BYTES] {
    // Two bits of each byte are always set, so that no single flipped bit
    // makes a byte zero.
    let stamp = mix(mix(salt ^ group.0).wrapping_add(place as u64)) | 0x1111_1111_1111_1111;
    stamp.to_le_bytes()
}

/// The finalizer of splitmix64.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn record_crc(chain: u32, length: u32, group: GroupNumber, body: &[u8]) -> u32 {
    let crc = crc32c::crc32c_append(chain, &length.to_le_bytes());
    let crc = crc32c::crc32c_append(crc, &group.0.to_le_bytes());
    crc32c::crc32c_append(crc, body)
}

fn head_crc(salt: u64, head: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&salt.to_le_bytes()), head)
}

fn u32_at(sector: &Sector, at: usize) -> u32 {
    u32::from_le_bytes(array_at(sector, at))
}

fn u64_at(sector: &Sector, at: usize) -> u64 {
    u64::from_le_bytes(array_at(sector, at))
}

fn array_at<const N: usize>(sector: &Sector, at: usize) -> [u8; N] {
    sector[at..at + N]
        .try_into()
        .expect("the range is N bytes long")
}
