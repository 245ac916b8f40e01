//! Where the records of pictures lie: each by its id, and by whom it is from,
//! and, while it stands in no post, by when that began. How many bytes they have
//! is counted on a board, by member.

use super::{Board, Key, KeyRange, part, tag};

/// The record of a picture, by its id.
pub fn media(id: &str) -> Key {
    with_id(vec![tag::MEDIA], id)
}

/// The entry of a picture under the member who gave it.
pub fn media_given(member: &str, id: &str) -> Key {
    with_id(given_by(member), id)
}

/// All entries under one member.
pub fn media_given_by(member: &str) -> KeyRange {
    KeyRange::prefix(&given_by(member))
}

/// The entry of a picture that stands in no post. Sorts by time.
pub fn media_unused(since_ms: u64, id: &str) -> Key {
    with_id(unused(since_ms), id)
}

/// All that have stood in none since before an instant.
pub fn media_unused_until(before_ms: u64) -> KeyRange {
    KeyRange {
        start: vec![tag::MEDIA_UNUSED].into(),
        end: unused(before_ms).into(),
    }
}

/// How many bytes the pictures of each member have, and so those of the circle.
pub fn media_bytes() -> Board {
    Board::of_host("media")
}

/// The id of the picture whose record, in a circle, lies under a key.
pub(in crate::store) fn id_of_media(key: &[u8]) -> Option<&[u8]> {
    key.strip_prefix(&[tag::MEDIA])
}

/// The id of the picture that stands in no post, as an entry of its says.
pub(in crate::store) fn id_of_media_unused(key: &[u8]) -> Option<&[u8]> {
    let instant = size_of::<u64>();
    key.strip_prefix(&[tag::MEDIA_UNUSED])?.get(instant..)
}

fn given_by(member: &str) -> Vec<u8> {
    let mut to = vec![tag::MEDIA_BY];
    part(&mut to, member.as_bytes());
    to
}

fn unused(since_ms: u64) -> Vec<u8> {
    let mut to = vec![tag::MEDIA_UNUSED];
    to.extend_from_slice(&since_ms.to_be_bytes());
    to
}

fn with_id(mut to: Vec<u8>, id: &str) -> Key {
    to.extend_from_slice(id.as_bytes());
    to.into()
}
