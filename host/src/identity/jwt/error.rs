//! Why a publisher's token is refused.

use super::strict::NotAnObject;
use crate::config::SignatureAlgorithm;

/// The rule that a token breaks, and what its publisher should change. Quotes
/// nothing of the token: these sentences are answered and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Longer than `identity.jwt_bytes_max`.
    #[error("the token is longer than {bytes_max} bytes; leave out what is not asked for")]
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
    /// Not `HEADER.CLAIMS.SIGNATURE`.
    #[error(
        "this is not a signed token: it must be three parts joined by dots, HEADER.CLAIMS.SIGNATURE"
    )]
    Shape,
    /// A part is not base64url.
    #[error("a part of the token is not base64url without padding (RFC 7515, section 2)")]
    Encoding,
    /// The header.
    #[error("the token's header {0}")]
    Header(NotAnObject),
    /// The claims.
    #[error("the token's claims are one JSON object, and this {0}")]
    Claims(NotAnObject),
    /// `crit`.
    #[error("the token's header has `crit`; no extensions are understood here, leave it out")]
    Critical,
    /// Another kind of token.
    #[error("the token's header says another `typ` than \"JWT\"; leave it out or write \"JWT\"")]
    Typ,
    /// No `alg`.
    #[error("the token's header has no `alg`")]
    AlgorithmMissing,
    /// Not the algorithm of the key.
    #[error("the token's `alg` is not that of its key; sign it with {expected}")]
    Algorithm {
        /// What the key is for.
        expected: SignatureAlgorithm,
    },
    /// A `kid` that is no string.
    #[error("the token's `kid` is not a string")]
    KidType,
    /// No `kid`, and several keys.
    #[error(
        "the token has no `kid`, and this publisher has several keys; name the one that signed it"
    )]
    KidMissing,
    /// A `kid` that no key has.
    #[error(
        "the token's `kid` is that of no key of this publisher; add the key to its \
         [[publisher.key]] or to the key set at its jwks_url"
    )]
    UnknownKey,
    /// The publisher has no keys.
    #[error(
        "this publisher has no keys yet, so nobody can be signed in; give it [[publisher.key]] or \
         a jwks_url"
    )]
    NoKeys,
    /// The key set cannot be had.
    #[error("the publisher's key set cannot be fetched just now; the host's log says why")]
    KeysUnavailable,
    /// The signature.
    #[error(
        "the token's signature is not that of the key it names; sign HEADER.CLAIMS with its \
         private half"
    )]
    Signature,
    /// A claim that must be there.
    #[error("the token has no `{claim}`")]
    ClaimMissing {
        /// Which.
        claim: &'static str,
    },
    /// A claim of another type.
    #[error("the token's `{claim}` must be {expected}")]
    ClaimType {
        /// Which.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// `iss`
    #[error("the token's `iss` must be {expected:?}, the issuer of the card's publisher")]
    Issuer {
        /// What it must be.
        expected: String,
    },
    /// `aud`
    #[error("the token's `aud` must be {expected:?}, or an array with it")]
    Audience {
        /// What it must be.
        expected: String,
    },
    /// `sub`
    #[error("the token's `sub` must have 1 to 255 bytes")]
    Subject,
    /// `iat`
    #[error(
        "the token's `iat` is more than {skew_s} seconds ahead; set the publisher's clock, and \
         count in seconds"
    )]
    IssuedAhead {
        /// What is allowed.
        skew_s: i64,
    },
    /// `nbf`
    #[error("the token's `nbf` is more than {skew_s} seconds ahead; it is good only from then on")]
    NotYet {
        /// What is allowed.
        skew_s: i64,
    },
    /// `exp`
    #[error("the token is expired (`exp`); make a new one at each sign-in, just before it is used")]
    Expired,
    /// `exp` is not after `iat`.
    #[error("the token's `exp` must be after its `iat`")]
    EndsBeforeItBegins,
    /// `exp` is too long after `iat`.
    #[error(
        "the token's `exp` is more than {age_max_s} seconds after its `iat`; it is used at once"
    )]
    TooLongLived {
        /// What is allowed.
        age_max_s: i64,
    },
    /// `jti`
    #[error("the token's `jti` must have 8 to 255 bytes, and be another one in each token")]
    Id,
    /// Used before.
    #[error(
        "a token with this `jti` was used before; make a new one, with its own, at each sign-in"
    )]
    Used,
    /// The name's length.
    #[error("the token's `name` must have 1 to 64 characters, and one that can be seen")]
    NameLength,
    /// The name's characters.
    #[error(
        "the token's `name` has control characters, or some that turn or hide what follows; leave \
         them out"
    )]
    NameCharacters,
    /// The avatar.
    #[error("the token's `avatar` must be an https address of at most 2048 bytes")]
    Avatar,
    /// A token that erases, sent to sign in.
    #[error("the token's `scope` is \"erase\": it forgets a reader and signs nobody in")]
    ForErasure,
    /// A token that signs in, sent to erase.
    #[error("the token's `scope` must be \"erase\" to have a reader forgotten")]
    NotForErasure,
}
