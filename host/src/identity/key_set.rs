//! A publisher's keys: those of its configuration, or of a JSON Web Key Set
//! (RFC 7517) that somebody else has fetched. No I/O.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::{NotAKey, PublicKey, PublisherKey};
use crate::identity::jwt::TokenRefused;

/// Keys that verify one publisher's tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<(Option<String>, PublicKey)>,
}

/// Why bytes are no key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKeySet {
    /// Not JSON, or of another shape.
    #[error("is not a JSON Web Key Set, an object like {{\"keys\":[…]}}")]
    Shape,
    /// More keys than `identity.jwks_keys_max`.
    #[error("has {0} keys, more than identity.jwks_keys_max")]
    TooMany(usize),
    /// Two keys of one name.
    #[error("has two keys of the same `kid`; give each its own")]
    SameName,
    /// A key that would be used and cannot be read.
    #[error("keys[{at}] {why}")]
    Key {
        /// Which, counted from 0.
        at: usize,
        /// What is wrong with it.
        why: NotAKey,
    },
    /// Nothing that could verify a token.
    #[error("has no key for EdDSA (Ed25519), ES256 (P-256) or RS256 (RSA)")]
    Empty,
}

impl KeySet {
    /// The keys of a publisher's configuration.
    pub fn of_config(keys: &[PublisherKey]) -> KeySet {
        let named = |key: &PublisherKey| (Some(key.kid.clone()), key.public_key.clone());
        KeySet {
            keys: keys.iter().map(named).collect(),
        }
    }

    /// Reads a JSON Web Key Set. Keys for other uses and of other kinds are
    /// passed over, as RFC 7517, section 5, asks.
    ///
    /// # Errors
    ///
    /// See [`NotAKeySet`]. A set with one broken key is refused as a whole, so
    /// that its publisher hears of it.
    pub fn parse(json: &[u8], keys_max: usize) -> Result<KeySet, NotAKeySet> {
        let set: Jwks = serde_json::from_slice(json).map_err(|_| NotAKeySet::Shape)?;
        if set.keys.len() > keys_max {
            return Err(NotAKeySet::TooMany(set.keys.len()));
        }
        let mut keys: Vec<(Option<String>, PublicKey)> = Vec::new();
        for (at, jwk) in set.keys.iter().enumerate().filter(|(_, jwk)| verifies(jwk)) {
            let key = match PublicKey::of_jwk(jwk) {
                Ok(key) => key,
                Err(NotAKey::Kind | NotAKey::Algorithm { .. }) => continue,
                Err(why) => return Err(NotAKeySet::Key { at, why }),
            };
            let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
            if kid.is_some() && keys.iter().any(|(other, _)| *other == kid) {
                return Err(NotAKeySet::SameName);
            }
            keys.push((kid, key));
        }
        if keys.is_empty() {
            return Err(NotAKeySet::Empty);
        }
        Ok(KeySet { keys })
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that a token names; the only one where it names none.
    pub(crate) fn find(&self, kid: Option<&str>) -> Result<&PublicKey, TokenRefused> {
        match (kid, self.keys.as_slice()) {
            (_, []) => Err(TokenRefused::NoKeys),
            (None, [(_, only)]) | (Some(_), [(None, only)]) => Ok(only),
            (None, _) => Err(TokenRefused::KidMissing),
            (Some(kid), keys) => keys
                .iter()
                .find(|(name, _)| name.as_deref() == Some(kid))
                .map(|(_, key)| key)
                .ok_or(TokenRefused::UnknownKey),
        }
    }
}

/// Whether `signature` over `message` was made with the private half of `key`.
pub(crate) fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let verified = match key {
        PublicKey::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
        PublicKey::Es256(point) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
        }
        PublicKey::Rs256 { modulus, exponent } => RsaPublicKeyComponents {
            n: modulus,
            e: exponent,
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
    };
    verified.is_ok()
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Map<String, Value>>,
}

/// Whether a key is there to verify signatures with.
fn verifies(jwk: &Map<String, Value>) -> bool {
    let for_signatures = jwk
        .get("use")
        .is_none_or(|usage| usage.as_str() == Some("sig"));
    let may_verify = jwk.get("key_ops").is_none_or(|ops| {
        let mut ops = ops.as_array().into_iter().flatten();
        ops.any(|op| op.as_str() == Some("verify"))
    });
    for_signatures && may_verify
}

#[cfg(test)]
mod tests;
