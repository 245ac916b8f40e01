//! The one form of everything this host signs: `v1.KID.BODY.MAC`.
//!
//! BODY and MAC are base64url without padding. The MAC is HMAC-SHA256 over the
//! text `v1.KID.BODY` itself, under a key derived for one [`Purpose`], so that
//! a session never passes as an offer, and so that no two texts mean the same:
//! neither alphabet has a dot, and the decoder refuses stray trailing bits.
//!
//! The MAC is cut to its first 128 bits (RFC 2104, section 5, allows half of
//! the hash): forging stays at one chance in 2^128 a try, always online, and a
//! view with fifty buttons is a kilobyte smaller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use jiff::Timestamp;

use crate::identity::keys::{Keys, Purpose};

/// Why a token does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// Not of the form `v1.KID.BODY.MAC`.
    Malformed,
    /// Signed under a name this host has no key for, or no longer.
    UnknownKey,
    /// The MAC is not ours.
    Forged,
}

/// Signs `body` with the newest key.
pub(crate) fn seal(keys: &Keys, purpose: Purpose, body: &[u8]) -> String {
    let (kid, mac) = keys.signer(purpose);
    let mut token = String::with_capacity(kid.len() + body.len() * 4 / 3 + 32);
    token.push_str(VERSION);
    token.push('.');
    token.push_str(kid);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(body, &mut token);
    let tag = mac.chain_update(&token).finalize().into_bytes();
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(&tag[..TAG_BYTES], &mut token);
    token
}

/// Gives back the body of a token that this host sealed for `purpose`.
pub(crate) fn open(
    keys: &Keys,
    purpose: Purpose,
    token: &str,
    now: Timestamp,
) -> Result<Vec<u8>, Unopened> {
    let (signed, tag) = token.rsplit_once('.').ok_or(Unopened::Malformed)?;
    let mut parts = signed.split('.');
    let (Some(VERSION), Some(kid), Some(body), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Unopened::Malformed);
    };
    let tag = URL_SAFE_NO_PAD
        .decode(tag)
        .map_err(|_| Unopened::Malformed)?;
    // `verify_truncated_left` takes any length, down to one byte.
    if tag.len() != TAG_BYTES {
        return Err(Unopened::Malformed);
    }
    let mac = keys
        .verifier(purpose, kid, now)
        .ok_or(Unopened::UnknownKey)?;
    mac.chain_update(signed)
        .verify_truncated_left(&tag)
        .map_err(|_| Unopened::Forged)?;
    URL_SAFE_NO_PAD
        .decode(body)
        .map_err(|_| Unopened::Malformed)
}

const VERSION: &str = "v1";
const TAG_BYTES: usize = 16;
