//! Who is asking, and what was really offered to them.
//!
//! Keys of this host, sessions of readers, signed offers, idempotency keys,
//! and the rules about where a request comes from. May import `store`, `view`
//! and `config`. Knows no HTTP types: header values arrive as text and leave
//! as text. Does no I/O besides the key file, reads no clock and draws no
//! randomness besides new keys: instants and random bytes are passed in.

pub mod api_token;
pub mod idempotency;
pub mod jwt;
pub mod key_set;
pub mod keys;
pub mod offer;
pub mod origin;
pub mod reader;
pub mod secret;
pub mod session;
#[cfg(test)]
pub(crate) mod testing;
pub mod ticket;
mod token;

pub use idempotency::{FormStamp, IdempotencyKey, Inputs, body_digest, form_key};
pub use jwt::TokenRefused;
pub use key_set::KeySet;
pub use keys::Keys;
pub use offer::{Offer, OfferError};
pub use origin::{CrossSite, Mode, Provenance};
pub use reader::{
    MemberId, ReaderId, derive_anonymous, derive_person, erasure_receipt, erasure_token, member_id,
    posts_token, transfer_token,
};
pub use secret::Secret;
pub use session::{CookieKind, Session, SessionAges, SessionId};
pub use ticket::{Ticket, TicketAction, TicketRefused};
