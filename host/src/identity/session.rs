//! Sessions: which reader a request is from, in one signed token.
//!
//! The token travels in a cookie or, where a browser keeps none and in native
//! clients, as a bearer. It holds the reader's id, the session's own, who
//! vouched for the reader and when it was issued; whether it was signed out
//! meanwhile is the store's to say (`community::people`). A token that is
//! missing, forged, too old or broken is no session and never an error: the
//! reader is simply not known yet.
//!
//! A session outlives the rotation of its key, for as long as the key's line
//! stays in the key file: readers who come by twice a year keep their votes.
//! Taking the line out of the file ends its sessions at once.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::{PublisherId, WebOrigin};
use crate::identity::keys::{Keys, Purpose};
use crate::identity::reader::ReaderId;
use crate::identity::token;

/// How long an anonymous session lasts: what browsers grant a cookie at most
/// (RFC 6265bis).
pub const ANONYMOUS_AGE_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);

/// One reader's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub reader: ReaderId,
    /// Which of the reader's sessions. A renewed one keeps its id.
    pub id: SessionId,
    /// Who vouched for the reader; nobody for an anonymous one.
    pub publisher: Option<PublisherId>,
    /// When it began or was renewed, in milliseconds since 1970. Finer than a
    /// second: one that begins right after all were signed out is not one of
    /// them.
    pub issued_at_ms: i64,
}

/// A session's own name: `s_` and 128 random bits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionAges {
    /// Those of readers whom a publisher vouched for, `identity.session_age_s`.
    pub vouched_s: i64,
    /// Those of anonymous readers.
    pub anonymous_s: i64,
}

impl Session {
    /// The session of a reader nobody knows.
    pub fn anonymous(reader: ReaderId, id: SessionId, now: Timestamp) -> Session {
        Session {
            reader,
            id,
            publisher: None,
            issued_at_ms: now.as_millisecond(),
        }
    }

    /// The session of a reader whom `publisher` vouched for.
    pub fn vouched(
        reader: ReaderId,
        publisher: PublisherId,
        id: SessionId,
        now: Timestamp,
    ) -> Session {
        Session {
            reader,
            id,
            publisher: Some(publisher),
            issued_at_ms: now.as_millisecond(),
        }
    }

    /// The same session, good for a whole age again.
    #[must_use]
    pub fn renewed(&self, now: Timestamp) -> Session {
        Session {
            issued_at_ms: now.as_millisecond(),
            ..self.clone()
        }
    }

    /// Whether half of its age is over, so that it should be renewed.
    pub fn is_renewal_due(&self, ages: SessionAges, now: Timestamp) -> bool {
        let age_ms = now.as_millisecond().saturating_sub(self.issued_at_ms);
        age_ms > self.age_max_s(ages) * 1000 / 2
    }

    /// When it ends unless it is renewed, in seconds since 1970.
    pub fn expires_at_s(&self, ages: SessionAges) -> i64 {
        (self.issued_at_ms / 1000).saturating_add(self.age_max_s(ages))
    }

    fn age_max_s(&self, ages: SessionAges) -> i64 {
        match self.publisher {
            Some(_) => ages.vouched_s,
            None => ages.anonymous_s,
        }
    }
}

impl SessionId {
    /// An id out of 128 random bits.
    pub fn of(random: [u8; 16]) -> SessionId {
        SessionId(format!("s_{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which cookie carries the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieKind {
    /// `__Host-quanka`, for https and loopback: only this host can set it, and
    /// each embedding site has its own (`Partitioned`).
    Secure,
    /// `quanka`, for plain http beyond loopback (`insecure_cookies`). Browsers
    /// refuse `SameSite=None` there, so frames in articles stay signed out.
    Insecure,
}

impl CookieKind {
    /// The cookie for a host that readers know as `public_origin`.
    ///
    /// The configuration refuses plain http beyond loopback unless the
    /// operator sets `insecure_cookies`, so the address alone decides.
    pub fn of_host(public_origin: &WebOrigin) -> CookieKind {
        if public_origin.is_https() || public_origin.is_loopback() {
            CookieKind::Secure
        } else {
            CookieKind::Insecure
        }
    }

    /// The cookie's name.
    pub fn name(self) -> &'static str {
        match self {
            CookieKind::Secure => "__Host-quanka",
            CookieKind::Insecure => "quanka",
        }
    }

    fn attributes(self) -> &'static str {
        match self {
            CookieKind::Secure => "Secure; HttpOnly; SameSite=None; Partitioned; Path=/",
            CookieKind::Insecure => "HttpOnly; SameSite=Lax; Path=/",
        }
    }
}

/// The session in a request's `Cookie` headers, if a good one is there.
///
/// Browsers may send several cookies of one name (one set with, one without
/// `Partitioned`); the first good one counts.
pub fn parse_cookie<'a>(
    keys: &Keys,
    kind: CookieKind,
    headers: impl IntoIterator<Item = &'a str>,
    ages: SessionAges,
    now: Timestamp,
) -> Option<Session> {
    headers
        .into_iter()
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == kind.name())
        .find_map(|(_, value)| open(keys, value, ages, now))
}

/// The token of an `Authorization` header that brings a bearer.
pub fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of a `Set-Cookie` header that gives the reader this session.
pub fn set_cookie(
    keys: &Keys,
    kind: CookieKind,
    session: &Session,
    ages: SessionAges,
    now: Timestamp,
) -> String {
    format!(
        "{}={}; {}; Max-Age={}",
        kind.name(),
        seal(keys, session),
        kind.attributes(),
        session.expires_at_s(ages).saturating_sub(now.as_second())
    )
}

/// The value of a `Set-Cookie` header that takes the session away. The
/// attributes name the same cookie, the one of this partition.
pub fn clear_cookie(kind: CookieKind) -> String {
    format!("{}=; {}; Max-Age=0", kind.name(), kind.attributes())
}

/// The session as a token: the cookie's value, and the bearer.
pub fn seal(keys: &Keys, session: &Session) -> String {
    let body = serde_json::to_vec(&Body::of(session)).expect("a session is strings and a number");
    token::seal(keys, Purpose::Session, &body)
}

/// The session of a token, if it is one of this host's and not too old.
pub fn open(keys: &Keys, token: &str, ages: SessionAges, now: Timestamp) -> Option<Session> {
    let body = token::open(keys, Purpose::Session, token, now).ok()?;
    let body: Body = serde_json::from_slice(&body).ok()?;
    let session = body.session()?;
    // An instant ahead of `now` is a clock that was set back, not an attack:
    // the signature is ours.
    (now.as_second() <= session.expires_at_s(ages)).then_some(session)
}

/// What the token says, as JSON, so that fields can be added.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    #[serde(rename = "r")]
    reader: ReaderId,
    #[serde(rename = "t")]
    issued_at_s: i64,
    /// The rest of it. Cookies had none before sessions could be signed out.
    #[serde(rename = "m", default)]
    issued_at_ms_rest: i64,
    /// Cookies had none before publishers could sign readers on.
    #[serde(rename = "i", default)]
    id: Option<SessionId>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
}

impl Body {
    pub(super) fn of(session: &Session) -> Body {
        Body {
            reader: session.reader.clone(),
            issued_at_s: session.issued_at_ms.div_euclid(1000),
            issued_at_ms_rest: session.issued_at_ms.rem_euclid(1000),
            id: Some(session.id.clone()),
            publisher: session.publisher.as_ref().map(PublisherId::to_string),
        }
    }

    pub(super) fn session(self) -> Option<Session> {
        let publisher = match self.publisher {
            Some(id) => Some(id.parse().ok()?),
            None => None,
        };
        Some(Session {
            id: self.id.unwrap_or_else(|| SessionId::from(&self.reader)),
            reader: self.reader,
            publisher,
            issued_at_ms: self
                .issued_at_s
                .checked_mul(1000)?
                .checked_add(self.issued_at_ms_rest)?,
        })
    }
}

/// The id of a session from before sessions had one: its anonymous reader had
/// no other.
impl From<&ReaderId> for SessionId {
    fn from(reader: &ReaderId) -> SessionId {
        let bits = reader.as_str().split_once('_').map_or("", |(_, bits)| bits);
        SessionId(format!("s_{bits}"))
    }
}

#[cfg(test)]
mod tests;
