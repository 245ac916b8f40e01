//! Publishers' public keys, as PEM or as a JSON Web Key (RFC 7517).
//!
//! Parsed once, here, for `quanka.toml` and for fetched key sets alike. A key
//! knows the one algorithm it verifies, so that no token can choose another.
//! Imports nothing of the host. Verifies nothing.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use spki::der::asn1::UintRef;
use spki::der::pem::PemLabel;
use spki::der::{Decode, Reader, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::values::words;

words! {
    /// How a publisher signs. The names of RFC 7518 and RFC 8037.
    SignatureAlgorithm {
        /// Ed25519.
        EdDsa = "EdDSA",
        /// ECDSA over P-256 with SHA-256.
        Es256 = "ES256",
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
    }
}

/// A key that verifies signatures of one algorithm.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// Ed25519: 32 bytes.
    EdDsa([u8; 32]),
    /// P-256: an uncompressed point, `04 X Y`.
    Es256([u8; 65]),
    /// RSA: modulus and exponent, big-endian, without leading zeros.
    Rs256 {
        /// 2048 to 8192 bits.
        modulus: Vec<u8>,
        /// Odd, and at least 3.
        exponent: Vec<u8>,
    },
}

/// Why a text is no key to verify with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// Neither PEM nor JSON.
    #[error(
        "is neither PEM nor a JSON Web Key; write the text that begins with \
         -----BEGIN PUBLIC KEY-----, or an object like {{\"kty\":\"OKP\",…}}"
    )]
    Neither,
    /// A secret was written into the configuration.
    #[error(
        "holds a private key, which nobody but the publisher should have: replace it there, and \
         write only its public half here (openssl pkey -in private.pem -pubout)"
    )]
    Private,
    /// PEM of something else.
    #[error("is PEM, but not of a PUBLIC KEY (openssl pkey -in private.pem -pubout writes one)")]
    OtherPem,
    /// PEM that does not decode.
    #[error("is PEM that cannot be read; copy the whole file, first and last line too")]
    BrokenPem,
    /// A key of another kind.
    #[error("is a key for something else than EdDSA (Ed25519), ES256 (P-256) or RS256 (RSA)")]
    Kind,
    /// A member of a JSON Web Key.
    #[error("is a JSON Web Key whose `{0}` is missing or not what it should be")]
    Member(&'static str),
    /// RSA below 2048 or beyond 8192 bits.
    #[error("is an RSA key of {0} bits; between 2048 and 8192 are taken")]
    RsaBits(usize),
    /// The key's algorithm is not the one that was named.
    #[error("is a key for {found}, and its algorithm is said to be {named}")]
    Algorithm {
        /// What it is for.
        found: SignatureAlgorithm,
        /// What was said.
        named: String,
    },
}

impl PublicKey {
    /// Reads PEM, or a JSON Web Key as text.
    ///
    /// # Errors
    ///
    /// See [`NotAKey`].
    pub fn parse(text: &str) -> Result<PublicKey, NotAKey> {
        let text = text.trim();
        if text.starts_with('{') {
            let jwk: Map<String, Value> =
                serde_json::from_str(text).map_err(|_| NotAKey::Neither)?;
            return PublicKey::of_jwk(&jwk);
        }
        if text.starts_with("-----BEGIN ") {
            return of_pem(text);
        }
        Err(NotAKey::Neither)
    }

    /// Reads a JSON Web Key. Its `alg`, if it has one, must be the one
    /// algorithm that keys of its kind verify here.
    ///
    /// # Errors
    ///
    /// See [`NotAKey`].
    pub fn of_jwk(jwk: &Map<String, Value>) -> Result<PublicKey, NotAKey> {
        if jwk.contains_key("d") {
            return Err(NotAKey::Private);
        }
        let word = |name: &str| jwk.get(name).and_then(Value::as_str);
        let key = match (word("kty"), word("crv")) {
            (Some("OKP"), Some("Ed25519")) => PublicKey::EdDsa(fixed(jwk, "x")?),
            (Some("EC"), Some("P-256")) => {
                PublicKey::Es256(point(&fixed(jwk, "x")?, &fixed(jwk, "y")?))
            }
            (Some("RSA"), _) => rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?,
            (Some(_), _) => return Err(NotAKey::Kind),
            (None, _) => return Err(NotAKey::Member("kty")),
        };
        match jwk.get("alg") {
            None => Ok(key),
            Some(named) if named.as_str() == Some(key.algorithm().as_str()) => Ok(key),
            Some(named) => Err(NotAKey::Algorithm {
                found: key.algorithm(),
                named: named.as_str().unwrap_or("something else").to_owned(),
            }),
        }
    }

    /// The one algorithm it verifies.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            PublicKey::EdDsa(_) => SignatureAlgorithm::EdDsa,
            PublicKey::Es256(_) => SignatureAlgorithm::Es256,
            PublicKey::Rs256 { .. } => SignatureAlgorithm::Rs256,
        }
    }
}

/// Names the key and does not fill the screen with it.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match self {
            PublicKey::EdDsa(bytes) => &bytes[..],
            PublicKey::Es256(bytes) => &bytes[..],
            PublicKey::Rs256 { modulus, .. } => modulus,
        };
        let print = URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..6]);
        write!(f, "{}:{print}", self.algorithm())
    }
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

fn of_pem(text: &str) -> Result<PublicKey, NotAKey> {
    let (label, der) = spki::Document::from_pem(text).map_err(|_| match text {
        _ if text.contains("PRIVATE KEY") => NotAKey::Private,
        _ => NotAKey::BrokenPem,
    })?;
    if label.contains("PRIVATE KEY") {
        return Err(NotAKey::Private);
    }
    if label != SubjectPublicKeyInfoRef::PEM_LABEL {
        return Err(NotAKey::OtherPem);
    }
    let info = SubjectPublicKeyInfoRef::from_der(der.as_bytes()).map_err(|_| NotAKey::BrokenPem)?;
    let bits = info.subject_public_key.as_bytes();
    let bits = bits.ok_or(NotAKey::BrokenPem)?;
    let broken = |_| NotAKey::BrokenPem;
    if info.algorithm.oid == ED25519 {
        return Ok(PublicKey::EdDsa(bits.try_into().map_err(broken)?));
    }
    if info.algorithm.oid == EC {
        let on_p256 = info.algorithm.parameters_oid() == Ok(P256);
        return match <[u8; 65]>::try_from(bits) {
            Ok(point @ [4, ..]) if on_p256 => Ok(PublicKey::Es256(point)),
            _ => Err(NotAKey::Kind),
        };
    }
    if info.algorithm.oid == RSA {
        let (n, e) = rsa_numbers(bits).map_err(|_| NotAKey::BrokenPem)?;
        return rsa(n.as_bytes(), e.as_bytes());
    }
    Err(NotAKey::Kind)
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn rsa_numbers(der: &[u8]) -> spki::der::Result<(UintRef<'_>, UintRef<'_>)> {
    let mut reader = SliceReader::new(der)?;
    let numbers = reader.sequence(|fields| {
        let n = UintRef::decode(fields)?;
        let e = UintRef::decode(fields)?;
        Ok::<_, spki::der::Error>((n, e))
    })?;
    reader.finish()?;
    Ok(numbers)
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, NotAKey> {
    let stripped = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        bytes[zeros..].to_vec()
    };
    let (modulus, exponent) = (stripped(modulus), stripped(exponent));
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits = modulus.len() * 8 - unused as usize;
    if !(2048..=8192).contains(&bits) {
        return Err(NotAKey::RsaBits(bits));
    }
    // The library takes exponents of at most 33 bits; anything else than
    // 65537 is rare.
    let odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    if !odd || exponent == [1] || exponent.len() > 4 {
        return Err(NotAKey::Member("e"));
    }
    Ok(PublicKey::Rs256 { modulus, exponent })
}

fn bytes(jwk: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, NotAKey> {
    let text = jwk.get(name).and_then(Value::as_str);
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .ok_or(NotAKey::Member(name))
}

fn fixed(jwk: &Map<String, Value>, name: &'static str) -> Result<[u8; 32], NotAKey> {
    let bytes = bytes(jwk, name)?;
    bytes.try_into().map_err(|_| NotAKey::Member(name))
}

fn point(x: &[u8; 32], y: &[u8; 32]) -> [u8; 65] {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    point
}

#[cfg(test)]
mod tests;
