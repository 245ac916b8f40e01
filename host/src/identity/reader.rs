//! Readers, and the names circles know them by.
//!
//! A [`ReaderId`] is one reader of this host and never leaves it except inside
//! that reader's own signed cookie and offers. A [`MemberId`] is the same
//! reader as one circle sees it: guests and other readers only ever see this
//! one, and two circles cannot tell that theirs are the same person. Both are
//! derived under the root secret, which is never rotated, so they stay the
//! same for as long as the data do.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::config::{CardSlug, CircleId, PublisherId};
use crate::identity::idempotency::IdempotencyKey;
use crate::identity::keys::Keys;

/// One reader of this host: `a_` and 128 bits for an anonymous one, `p_` and
/// 128 bits for a person, whom a publisher vouched for.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReaderId(String);

/// One reader as one circle knows them: `m_` and 128 bits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct MemberId(String);

/// A text that is no reader id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reader id is a lower-case letter, `_` and 22 characters of base64url")]
pub struct NotAReader;

impl ReaderId {
    /// Reads an id as [`ReaderId::as_str`] writes it.
    pub fn parse(text: &str) -> Result<ReaderId, NotAReader> {
        let (kind, bits) = text.split_once('_').ok_or(NotAReader)?;
        let known_shape = matches!(kind.as_bytes(), [b'a'..=b'z'])
            && bits.len() == BITS_CHARS
            && bits.bytes().all(is_base64url);
        known_shape
            .then(|| ReaderId(text.to_owned()))
            .ok_or(NotAReader)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nobody vouches for this reader: no publisher signed them on.
    pub fn is_anonymous(&self) -> bool {
        self.0.starts_with(ANONYMOUS)
    }
}

impl MemberId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as text, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// The reader that a first action without a session makes.
///
/// A function of the card and the action's key and nothing else: when the
/// answer is lost and the same action arrives again, still without a cookie,
/// it is the same reader, hence one viewer and one vote. The key has at least
/// 128 random bits, so nobody can arrive at another's id by guessing.
pub fn derive_anonymous(keys: &Keys, card: &CardSlug, key: &IdempotencyKey) -> ReaderId {
    let bits = keys.derive_anonymous(&[card.as_str().as_bytes(), key.as_str().as_bytes()]);
    ReaderId(format!("{ANONYMOUS}{}", URL_SAFE_NO_PAD.encode(bits)))
}

/// The person whom `publisher` vouches for under the name `subject`.
///
/// `generation` is 0 until the person is erased and then counts up: whoever
/// comes back under the same name after an erasure is somebody new.
pub fn derive_person(
    keys: &Keys,
    publisher: &PublisherId,
    subject: &str,
    generation: u32,
) -> ReaderId {
    let bits = keys.derive_person(&[
        publisher.as_str().as_bytes(),
        subject.as_bytes(),
        &generation.to_be_bytes(),
    ]);
    ReaderId(format!("{PERSON}{}", URL_SAFE_NO_PAD.encode(bits)))
}

/// What proves that a reader was erased, and says nothing of who they were:
/// `er_` and 128 bits, the same however often they ask.
pub fn erasure_receipt(keys: &Keys, reader: &ReaderId) -> String {
    let bits = keys.derive_receipt(&[reader.as_str().as_bytes()]);
    format!("er_{}", URL_SAFE_NO_PAD.encode(bits))
}

/// What a form that erases a reader must carry: made by this host, for them.
pub fn erasure_token(keys: &Keys, reader: &ReaderId) -> String {
    let bits = keys.derive_form_key(&[b"erase", reader.as_str().as_bytes()]);
    URL_SAFE_NO_PAD.encode(&bits[..16])
}

/// What a form that gives a circle away must carry: made by this host, for this
/// circle and its owner.
pub fn transfer_token(keys: &Keys, circle: &CircleId, reader: &ReaderId) -> String {
    let parts = [
        b"transfer",
        circle.as_str().as_bytes(),
        reader.as_str().as_bytes(),
    ];
    let bits = keys.derive_form_key(&parts);
    URL_SAFE_NO_PAD.encode(&bits[..16])
}

/// What a form about the posts of a circle must carry: made by this host, for
/// this circle and this reader.
pub fn posts_token(keys: &Keys, circle: &CircleId, reader: &ReaderId) -> String {
    let parts = [
        b"posts",
        circle.as_str().as_bytes(),
        reader.as_str().as_bytes(),
    ];
    let bits = keys.derive_form_key(&parts);
    URL_SAFE_NO_PAD.encode(&bits[..16])
}

/// The name under which `circle` knows `reader`.
pub fn member_id(keys: &Keys, circle: &CircleId, reader: &ReaderId) -> MemberId {
    let bits = keys.derive_member(&[circle.as_str().as_bytes(), reader.as_str().as_bytes()]);
    MemberId(format!("m_{}", URL_SAFE_NO_PAD.encode(bits)))
}

const ANONYMOUS: &str = "a_";
const PERSON: &str = "p_";
/// 128 bits in base64url without padding.
const BITS_CHARS: usize = 22;

pub(crate) fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

impl fmt::Display for ReaderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ReaderId> for String {
    fn from(id: ReaderId) -> String {
        id.0
    }
}

impl TryFrom<String> for ReaderId {
    type Error = NotAReader;

    fn try_from(text: String) -> Result<ReaderId, NotAReader> {
        ReaderId::parse(&text)
    }
}

#[cfg(test)]
mod tests;
