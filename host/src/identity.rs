//! Who is asking, and what was really offered to them.
//!
//! Keys of this host, sessions of readers, signed offers, idempotency keys,
//! and the rules about where a request comes from. May import `store`, `view`
//! and `config`. Knows no HTTP types: header values arrive as text and leave
//! as text. Does no I/O besides the key file, reads no clock and draws no
//! randomness besides new keys: instants and random bytes are passed in.

pub mod idempotency;
pub mod keys;
pub mod offer;
pub mod origin;
pub mod reader;
pub mod secret;
pub mod session;
#[cfg(test)]
pub(crate) mod testing;
mod token;

pub use idempotency::{FormStamp, IdempotencyKey, Inputs, body_digest, form_key};
pub use keys::Keys;
pub use offer::{Offer, OfferError};
pub use origin::{CrossSite, Mode, Provenance};
pub use reader::{MemberId, ReaderId, derive_anonymous, member_id};
pub use secret::Secret;
pub use session::{CookieKind, Session};
