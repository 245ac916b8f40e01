//! Publishers' tokens: JSON Web Tokens (RFC 7519) that say who a reader is.
//!
//! Far less is accepted than the standards allow, so that nothing needs to be
//! interpreted: a compact JWS with one signature, of the one algorithm that
//! its key is for (RFC 8725, section 3.1); keys of this publisher only, never
//! one that the token itself brings (`jwk`, `jku`, `x5c` and `x5u` are not
//! even looked at); no extensions; every claim required, of the type that the
//! standards say, and given once. The sentence in [`TokenRefused`] names the
//! rule that failed, for the publisher's developer, and never quotes the token.
//!
//! Reads no clock and keeps nothing: that a token is used once is the store's
//! to say.

mod error;
mod strict;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use self::strict::Object;
use crate::identity::key_set::{self, KeySet};

pub use self::error::TokenRefused;
pub use self::strict::NotAnObject;

/// What this host asks of a publisher's token.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// `iss`: the publisher.
    pub issuer: &'a str,
    /// `aud`: this host, as readers know it.
    pub audience: &'a str,
    /// Seconds from `iat` to `exp` at most, `identity.jwt_age_max_s`.
    pub age_max_s: i64,
    /// Seconds the publisher's clock may be off, `identity.clock_skew_s`.
    pub skew_s: i64,
}

/// A token that was taken apart; nothing it says is known to be true.
#[derive(Debug)]
pub struct Unverified<'a> {
    algorithm: String,
    kid: Option<String>,
    /// `HEADER.CLAIMS`, as it was signed.
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

/// What a publisher has signed, whatever it is.
#[derive(Debug)]
pub struct Claims(Object);

/// A publisher says who a reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOnToken {
    /// The token's own.
    pub once: TokenUse,
    /// The reader, as the publisher calls them, `sub`.
    pub subject: String,
    /// The name that other readers see.
    pub name: String,
    /// Their picture.
    pub avatar: Option<String>,
}

/// A publisher has a reader forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureToken {
    /// The token's own.
    pub once: TokenUse,
    /// The reader, as the publisher calls them, `sub`.
    pub subject: String,
}

/// What tells a token from all others of its publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUse {
    /// `jti`.
    pub id: String,
    /// `iat`, in seconds since 1970.
    pub issued_at_s: i64,
    /// From then on nobody accepts it, and it need not be remembered: `exp`
    /// with the skew, in seconds since 1970.
    pub dead_at_s: i64,
}

/// Takes a token apart.
///
/// # Errors
///
/// When it is none, or asks for what is not understood here.
pub fn read(token: &str, bytes_max: usize) -> Result<Unverified<'_>, TokenRefused> {
    if token.len() > bytes_max {
        return Err(TokenRefused::TooLong { bytes_max });
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenRefused::Shape)?;
    let (header, claims) = signed.split_once('.').ok_or(TokenRefused::Shape)?;
    if claims.contains('.') {
        return Err(TokenRefused::Shape);
    }
    let signature = decode(signature)?;
    let header = Object::parse(&decode(header)?).map_err(TokenRefused::Header)?;
    if header.get("crit").is_some() {
        return Err(TokenRefused::Critical);
    }
    let typ = header.get("typ");
    if typ.is_some_and(|typ| {
        !typ.as_str()
            .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
    }) {
        return Err(TokenRefused::Typ);
    }
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.clone()),
        Some(_) => return Err(TokenRefused::KidType),
    };
    let algorithm = header.get("alg").and_then(Value::as_str);
    Ok(Unverified {
        algorithm: algorithm.ok_or(TokenRefused::AlgorithmMissing)?.to_owned(),
        kid,
        signed,
        claims,
        signature,
    })
}

impl Unverified<'_> {
    /// Checks the signature.
    ///
    /// # Errors
    ///
    /// [`TokenRefused::UnknownKey`] when a newer set of the publisher's keys
    /// might have the one it names; anything else stays as it is.
    pub fn verify(&self, keys: &KeySet) -> Result<Claims, TokenRefused> {
        let key = keys.find(self.kid.as_deref())?;
        let expected = key.algorithm();
        if self.algorithm != expected.as_str() {
            return Err(TokenRefused::Algorithm { expected });
        }
        if !key_set::verify(key, self.signed.as_bytes(), &self.signature) {
            return Err(TokenRefused::Signature);
        }
        let claims = Object::parse(&decode(self.claims)?).map_err(TokenRefused::Claims)?;
        Ok(Claims(claims))
    }
}

impl Claims {
    /// Reads them as a sign-on.
    ///
    /// # Errors
    ///
    /// The first rule that they break.
    pub fn sign_on(&self, rules: Rules<'_>, now: Timestamp) -> Result<SignOnToken, TokenRefused> {
        let (once, subject) = self.common(rules, now)?;
        if self.has_scope(ERASE)? {
            return Err(TokenRefused::ForErasure);
        }
        Ok(SignOnToken {
            once,
            subject,
            name: self.name()?,
            avatar: self.avatar()?,
        })
    }

    /// Reads them as an erasure.
    ///
    /// # Errors
    ///
    /// The first rule that they break.
    pub fn erasure(&self, rules: Rules<'_>, now: Timestamp) -> Result<ErasureToken, TokenRefused> {
        let (once, subject) = self.common(rules, now)?;
        if !self.has_scope(ERASE)? {
            return Err(TokenRefused::NotForErasure);
        }
        Ok(ErasureToken { once, subject })
    }

    /// What every token must say: whose it is, for whom, when, about whom.
    fn common(&self, rules: Rules<'_>, now: Timestamp) -> Result<(TokenUse, String), TokenRefused> {
        if self.text("iss")? != rules.issuer {
            return Err(TokenRefused::Issuer {
                expected: rules.issuer.to_owned(),
            });
        }
        self.audience(rules.audience)?;
        let once = self.time(rules, now.as_second())?;
        let subject = self.text("sub")?;
        if !(1..=SUBJECT_BYTES_MAX).contains(&subject.len()) {
            return Err(TokenRefused::Subject);
        }
        Ok((once, subject.to_owned()))
    }

    /// Every claim of time, and the `jti` that goes with them.
    fn time(&self, rules: Rules<'_>, now_s: i64) -> Result<TokenUse, TokenRefused> {
        let (issued_at_s, expires_at_s) = (self.seconds("iat")?, self.seconds("exp")?);
        let soonest_s = now_s.saturating_add(rules.skew_s);
        if issued_at_s > soonest_s {
            return Err(TokenRefused::IssuedAhead {
                skew_s: rules.skew_s,
            });
        }
        if self.0.get("nbf").is_some() && self.seconds("nbf")? > soonest_s {
            return Err(TokenRefused::NotYet {
                skew_s: rules.skew_s,
            });
        }
        let dead_at_s = expires_at_s.saturating_add(rules.skew_s);
        if dead_at_s <= now_s {
            return Err(TokenRefused::Expired);
        }
        let age_s = expires_at_s.saturating_sub(issued_at_s);
        if age_s <= 0 {
            return Err(TokenRefused::EndsBeforeItBegins);
        }
        if age_s > rules.age_max_s {
            return Err(TokenRefused::TooLongLived {
                age_max_s: rules.age_max_s,
            });
        }
        let id = self.text("jti")?;
        if !ID_BYTES.contains(&id.len()) {
            return Err(TokenRefused::Id);
        }
        Ok(TokenUse {
            id: id.to_owned(),
            issued_at_s,
            dead_at_s,
        })
    }

    fn audience(&self, expected: &str) -> Result<(), TokenRefused> {
        let mistyped = TokenRefused::ClaimType {
            claim: "aud",
            expected: "a string, or an array of strings",
        };
        let named = match self.claim("aud")? {
            Value::String(one) => one == expected,
            Value::Array(many) => {
                if !many.iter().all(Value::is_string) {
                    return Err(mistyped);
                }
                many.iter().any(|one| one.as_str() == Some(expected))
            }
            _ => return Err(mistyped),
        };
        match named {
            true => Ok(()),
            false => Err(TokenRefused::Audience {
                expected: expected.to_owned(),
            }),
        }
    }

    fn name(&self) -> Result<String, TokenRefused> {
        let name = self.text("name")?.trim();
        let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
        if !fits || !name.chars().any(is_visible) {
            return Err(TokenRefused::NameLength);
        }
        if name.chars().any(may_mislead) {
            return Err(TokenRefused::NameCharacters);
        }
        Ok(name.to_owned())
    }

    fn avatar(&self) -> Result<Option<String>, TokenRefused> {
        let text = match self.0.get("avatar") {
            None | Some(Value::Null) => return Ok(None),
            Some(_) => self.text("avatar")?,
        };
        let url = Url::parse(text).ok().filter(|url| {
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
        });
        match url.map(String::from) {
            Some(url) if url.len() <= AVATAR_BYTES_MAX => Ok(Some(url)),
            _ => Err(TokenRefused::Avatar),
        }
    }

    /// Whether `scope` (RFC 8693, section 4.2) has this word.
    fn has_scope(&self, word: &str) -> Result<bool, TokenRefused> {
        match self.0.get("scope") {
            None => Ok(false),
            Some(_) => Ok(self.text("scope")?.split(' ').any(|scope| scope == word)),
        }
    }

    fn text(&self, claim: &'static str) -> Result<&str, TokenRefused> {
        self.claim(claim)?.as_str().ok_or(TokenRefused::ClaimType {
            claim,
            expected: "a string",
        })
    }

    fn seconds(&self, claim: &'static str) -> Result<i64, TokenRefused> {
        self.claim(claim)?.as_i64().ok_or(TokenRefused::ClaimType {
            claim,
            expected: "a whole number of seconds since 1970 (Math.floor(Date.now() / 1000))",
        })
    }

    fn claim(&self, claim: &'static str) -> Result<&Value, TokenRefused> {
        self.0
            .get(claim)
            .ok_or(TokenRefused::ClaimMissing { claim })
    }
}

/// The scope of tokens that have a reader forgotten.
const ERASE: &str = "erase";
const SUBJECT_BYTES_MAX: usize = 255;
const ID_BYTES: std::ops::RangeInclusive<usize> = 8..=255;
const NAME_CHARS_MAX: usize = 64;
const AVATAR_BYTES_MAX: usize = 2048;

fn decode(part: &str) -> Result<Vec<u8>, TokenRefused> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenRefused::Encoding)
}

/// Characters that make a name look like something it is not: controls, those
/// that turn the direction of what follows (UAX #9), line breaks, and what
/// takes no room at all.
fn may_mislead(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{202A}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{200B}'
                | '\u{2060}'..='\u{2064}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Whether a character can be seen. The fillers count as letters and are blank.
fn is_visible(character: char) -> bool {
    !character.is_whitespace()
        && !may_mislead(character)
        && !matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{200C}'..='\u{200F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FFA0}'
        )
}

#[cfg(test)]
mod tests;
