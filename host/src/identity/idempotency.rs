//! Keys that make an action happen once.
//!
//! Script in the frame and native clients draw a key of at least 128 random
//! bits for each tap and send it along; a retry sends the same one. A record
//! of the outcome is kept under card and key, next to the [`body_digest`] that
//! tells a retry from a key used twice, and next to the reader: a record is
//! never shown to another one.
//!
//! # Plain forms
//!
//! A form without script has no way to draw a key, so the host derives one
//! from the reader, the offer, the inputs and the form's stamp, `v`, which is
//! `VERSION.NONCE`: the version of the view in the document, and 128 random
//! bits drawn for this one document. Each part is there for a case:
//!
//! - *Two readers without a session* post the same choice from the same
//!   version of the view. Nothing but the nonce tells them apart; without it
//!   they would be one viewer and one vote.
//! - *One of them taps twice*, or sends the form again because the answer got
//!   lost. Same document, same nonce: the same key, so the same derived
//!   reader, one vote, and the recorded answer.
//! - *A reader changes their mind*, A, B, A, B. The version is a hash of the
//!   tree, so the view after the third tap has the version it had after the
//!   first, and without the nonce the fourth tap would pass for the second.
//!   Every document has its own, so it does not.
//! - *The inputs* keep a form that was sent, gone back to and changed from
//!   being taken for a repeat; *the offer* tells buttons of one form apart.
//! - *The reader* keeps a document that a careless cache hands to many from
//!   making one of all the signed-in among them. (For those without a session
//!   such a cache is fatal: frame documents must stay `private`.)
//!
//! A `v` without a nonce is refused rather than guessed at. The nonce needs no
//! signature: one made up by the client is worth as much as a key made up by
//! a client, and lookups are as random either way.
//!
//! What remains: a document answered by 304, or taken from the back/forward
//! cache, is the same document. Sending the very same form from it again is a
//! repeat and gets the recorded answer.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::identity::keys::Keys;
use crate::identity::reader::{ReaderId, is_base64url};

/// Inputs as they arrive: name to values.
pub type Inputs = BTreeMap<String, Vec<String>>;

/// A checked key: 22 to 64 characters of base64url. Whoever has it and the body
/// it came with gets the recorded answer again, session and all, so `Debug`
/// does not tell it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(String);

/// Why a request's key does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// None came.
    #[error(
        "an action needs a key that makes it happen once: send 128 random bits, base64url, \
         as `key` or in Idempotency-Key"
    )]
    Missing,
    /// Two came and they differ.
    #[error("`key` and Idempotency-Key differ: send one of them, or the same in both")]
    Differ,
    /// Too short to be random enough, too long, or of other characters.
    #[error(
        "a key is {KEY_CHARS_MIN} to {KEY_CHARS_MAX} of the characters A-Z a-z 0-9 - _, \
         such as 128 random bits in base64url or hex, or a UUID"
    )]
    Shape,
}

/// The `v` of a form's address: which document the form stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormStamp {
    version: String,
    nonce: [u8; 16],
}

/// A `v` that this host did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`v` is not VERSION.NONCE: load the card again and send the form from there")]
pub struct StampRefused;

impl IdempotencyKey {
    /// Checks a key's shape.
    ///
    /// 22 characters of base64url are 128 bits. Nobody can tell from outside
    /// whether they are random; a client that sends the same key for
    /// everything harms its own reader only.
    pub fn parse(text: &str) -> Result<IdempotencyKey, KeyRefused> {
        let fits = (KEY_CHARS_MIN..=KEY_CHARS_MAX).contains(&text.len());
        if fits && text.bytes().all(is_base64url) {
            Ok(IdempotencyKey(text.to_owned()))
        } else {
            Err(KeyRefused::Shape)
        }
    }

    /// The key of a JSON action, from its body, its header, or both.
    ///
    /// The header may be quoted, as the IETF draft on Idempotency-Key has it.
    pub fn of_request(
        body: Option<&str>,
        header: Option<&str>,
    ) -> Result<IdempotencyKey, KeyRefused> {
        let header = header.map(unquoted);
        match (body, header) {
            (None, None) => Err(KeyRefused::Missing),
            (Some(body), Some(header)) if body != header => Err(KeyRefused::Differ),
            (Some(key), _) | (None, Some(key)) => IdempotencyKey::parse(key),
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({} characters)", self.0.len())
    }
}

impl FormStamp {
    /// Stamps one document. `nonce` is random and drawn for it alone.
    pub fn new(version: &str, nonce: [u8; 16]) -> FormStamp {
        FormStamp {
            version: version.to_owned(),
            nonce,
        }
    }

    /// Reads `v` as [`FormStamp`] displays it.
    pub fn parse(text: &str) -> Result<FormStamp, StampRefused> {
        let (version, nonce) = text.rsplit_once('.').ok_or(StampRefused)?;
        if version.is_empty() || version.len() > VERSION_BYTES_MAX {
            return Err(StampRefused);
        }
        let nonce = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| StampRefused)?;
        let nonce = nonce.try_into().map_err(|_| StampRefused)?;
        Ok(FormStamp::new(version, nonce))
    }

    /// The version of the view in the document.
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl fmt::Display for FormStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.version, URL_SAFE_NO_PAD.encode(self.nonce))
    }
}

/// The key of a plain form. `reader` is the session's, if there is one;
/// `inputs` without `_offer`.
pub fn form_key(
    keys: &Keys,
    reader: Option<&ReaderId>,
    offer_token: &str,
    inputs: &Inputs,
    stamp: &FormStamp,
) -> IdempotencyKey {
    // No reader id is empty, so "" stands for none.
    let reader = reader.map_or("", ReaderId::as_str);
    let key = keys.derive_form_key(&[
        reader.as_bytes(),
        stamp.version.as_bytes(),
        &stamp.nonce,
        &body_digest(offer_token, inputs),
    ]);
    IdempotencyKey(URL_SAFE_NO_PAD.encode(key))
}

/// What was asked for, without who asks and how: a repeat of a key must have
/// the same, else it is 409 `key_reused`.
pub fn body_digest(offer_token: &str, inputs: &Inputs) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"quanka action v1");
    put_text(&mut hash, offer_token);
    put_count(&mut hash, inputs.len());
    for (name, values) in inputs {
        put_text(&mut hash, name);
        put_count(&mut hash, values.len());
        for value in values {
            put_text(&mut hash, value);
        }
    }
    hash.finalize().into()
}

const KEY_CHARS_MIN: usize = 22;
const KEY_CHARS_MAX: usize = 64;
/// A view's version is 16 characters; some room for what may come.
const VERSION_BYTES_MAX: usize = 64;

/// Lengths go first everywhere, so that no two requests hash the same text.
fn put_text(hash: &mut Sha256, text: &str) {
    put_count(hash, text.len());
    hash.update(text.as_bytes());
}

fn put_count(hash: &mut Sha256, count: usize) {
    hash.update((count as u64).to_be_bytes());
}

fn unquoted(header: &str) -> &str {
    let header = header.trim();
    header
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(header)
}

#[cfg(test)]
mod tests;
