//! Sessions: which reader a browser is, in one signed cookie.
//!
//! Stateless: the cookie holds the reader's id and when it was issued, signed;
//! nothing is looked up. A cookie that is missing, forged, too old or broken
//! is no session and never an error: the reader is simply not known yet.
//!
//! A session outlives the rotation of its key, for as long as the key's line
//! stays in the key file: readers who come by twice a year keep their votes.
//! Taking the line out of the file ends its sessions at once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::WebOrigin;
use crate::identity::keys::{Keys, Purpose};
use crate::identity::reader::ReaderId;
use crate::identity::token;

/// How long a session lasts: what browsers grant a cookie at most (RFC 6265bis).
pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(400 * 24);

/// One reader's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub reader: ReaderId,
    /// When it began, in seconds since 1970.
    pub issued_at_s: i64,
}

impl Session {
    /// A session that begins now.
    pub fn begin(reader: ReaderId, now: Timestamp) -> Session {
        Session {
            reader,
            issued_at_s: now.as_second(),
        }
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
    now: Timestamp,
) -> Option<Session> {
    headers
        .into_iter()
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == kind.name())
        .find_map(|(_, value)| open(keys, value, now))
}

/// The value of a `Set-Cookie` header that gives the reader this session.
pub fn set_cookie(keys: &Keys, kind: CookieKind, session: &Session) -> String {
    format!(
        "{}={}; {}; Max-Age={}",
        kind.name(),
        seal(keys, session),
        kind.attributes(),
        AGE_MAX.as_secs()
    )
}

fn seal(keys: &Keys, session: &Session) -> String {
    let body = Body {
        reader: session.reader.clone(),
        issued_at_s: session.issued_at_s,
    };
    let body = serde_json::to_vec(&body).expect("a session is a string and a number");
    token::seal(keys, Purpose::Session, &body)
}

fn open(keys: &Keys, value: &str, now: Timestamp) -> Option<Session> {
    let body = token::open(keys, Purpose::Session, value, now).ok()?;
    let body: Body = serde_json::from_slice(&body).ok()?;
    // An instant ahead of `now` is a clock that was set back, not an attack:
    // the signature is ours.
    let age_s = now.as_second().saturating_sub(body.issued_at_s);
    (age_s <= AGE_MAX.as_secs()).then_some(Session {
        reader: body.reader,
        issued_at_s: body.issued_at_s,
    })
}

/// What the cookie says, as JSON, so that fields can be added.
#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(rename = "r")]
    reader: ReaderId,
    #[serde(rename = "t")]
    issued_at_s: i64,
}

#[cfg(test)]
mod tests;
