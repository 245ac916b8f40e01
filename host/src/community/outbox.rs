//! Requests to the outside, as a call makes them: checked, and written down to
//! be sent once the call is committed.
//!
//! Imports `store`, and of `config` what names a host. Where a name leads is
//! not known here, and is judged when the request is sent.

use url::Url;

use super::jobs::{EffectError, Pending, Request, What, pending_of_card, put};
use super::{Asker, RuleError};
use crate::config::OutboundHost;
use crate::store::Transaction;

/// What the contract allows of a request.
const HEADERS_MAX: usize = 16;
const BODY_BYTES_MAX: usize = 64 << 10;
const PAYLOAD_BYTES_MAX: usize = 2 << 10;
const URL_BYTES_MAX: usize = 2 << 10;
/// Bytes of all headers together, so that a request fits into its record.
const HEADER_BYTES_MAX: usize = 8 << 10;

/// Headers that the host sets, or that are about the connection and not about
/// what is asked.
const HOSTS_OWN: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "idempotency-key",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

/// And those that begin so.
const HOSTS_OWN_PREFIXES: &[&str] = &["proxy-", "sec-", "x-forwarded-"];

/// What the operator allows all cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Where to.
    pub hosts: Vec<OutboundHost>,
    /// Whether plain http and this machine are allowed, which only tests want.
    pub loopback_http: bool,
    /// Requests and answers of one card that wait.
    pub pending_per_card_max: usize,
}

/// Where one plugin's requests may go: what its manifest names and the operator
/// allows.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The manifest's.
    pub asked: &'a [OutboundHost],
    /// The operator's.
    pub allowed: &'a [OutboundHost],
    /// As in [`OutboxLimits`].
    pub loopback_http: bool,
}

/// Why an address is out of reach.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// It cannot be one.
    #[error("{0}")]
    NoAddress(String),
    /// It may not be asked.
    #[error("{0}")]
    NotAllowed(String),
}

impl Reach<'_> {
    /// The address, if requests may go there.
    ///
    /// # Errors
    ///
    /// Why they may not, for the plugin's author.
    pub fn check(&self, text: &str) -> Result<Url, OutOfReach> {
        let wrong = |why: &str| OutOfReach::NoAddress(format!("the address {why}"));
        if text.len() > URL_BYTES_MAX {
            return Err(wrong("has more than 2048 bytes"));
        }
        let mut url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
        let plain = self.loopback_http && url.scheme() == "http";
        if url.scheme() != "https" && !plain {
            return Err(wrong("is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("holds a name or a password; use a header"));
        }
        url.set_fragment(None);
        let named = |hosts: &[OutboundHost]| hosts.iter().any(|host| host.is_of(&url));
        let place = url.host_str().unwrap_or_default();
        if !named(self.asked) {
            return Err(OutOfReach::NotAllowed(format!(
                "the manifest does not name `{place}` with that port; add it to `outbound` in card.toml"
            )));
        }
        if !named(self.allowed) {
            return Err(OutOfReach::NotAllowed(format!(
                "the operator does not allow requests to `{place}`; ask them to add it to outbound.hosts"
            )));
        }
        Ok(url)
    }
}

/// Writes a request down, to be sent once the transaction is committed.
///
/// # Errors
///
/// When it is not one, may not go there, or too much is waiting.
pub async fn send(
    tx: &mut Transaction,
    limits: &OutboxLimits,
    reach: Reach<'_>,
    asker: Asker<'_>,
    delivery: &str,
    request: Request,
    now_ms: u64,
) -> Result<(), EffectError> {
    let request = checked(reach, request)?;
    let most = limits.pending_per_card_max;
    if pending_of_card(tx, asker.plugin, asker.card, most).await? >= most {
        return Err(EffectError::Rule(RuleError::Quota(format!(
            "a card has at most {most} requests and answers waiting (outbound.pending_per_card_max)"
        ))));
    }
    let pending = Pending {
        plugin: asker.plugin.to_owned(),
        card: asker.card.to_owned(),
        delivery: delivery.to_owned(),
        next_ms: now_ms,
        failures: 0,
        what: What::Request(request),
        body_bytes: None,
    };
    Ok(put(tx, &pending)?)
}

fn checked(reach: Reach<'_>, request: Request) -> Result<Request, EffectError> {
    let url = reach.check(&request.url).map_err(|why| match why {
        OutOfReach::NoAddress(text) => EffectError::Invalid(text),
        OutOfReach::NotAllowed(text) => EffectError::Rule(RuleError::Denied(text)),
    })?;
    let body_bytes = request.body.as_ref().map_or(0, Vec::len);
    for (what, bytes, bytes_max) in [
        ("body", body_bytes, BODY_BYTES_MAX),
        ("payload", request.payload.len(), PAYLOAD_BYTES_MAX),
    ] {
        if bytes > bytes_max {
            return Err(EffectError::Rule(RuleError::Quota(format!(
                "the {what} of a request has {bytes} bytes; it may have {bytes_max}"
            ))));
        }
    }
    let headers = checked_headers(request.headers)?;
    Ok(Request {
        url: url.into(),
        headers,
        ..request
    })
}

fn checked_headers(headers: Vec<(String, String)>) -> Result<Vec<(String, String)>, EffectError> {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if headers.len() > HEADERS_MAX || bytes > HEADER_BYTES_MAX {
        return Err(EffectError::Rule(RuleError::Quota(format!(
            "a request has at most {HEADERS_MAX} headers of {HEADER_BYTES_MAX} bytes together"
        ))));
    }
    headers.into_iter().map(checked_header).collect()
}

fn checked_header((name, value): (String, String)) -> Result<(String, String), EffectError> {
    let name = name.to_ascii_lowercase();
    let shown: String = name.chars().take(40).collect();
    let wrong = |why: &str| Err(EffectError::Invalid(format!("the header `{shown}` {why}")));
    if name.is_empty() || !name.bytes().all(is_token) {
        return wrong("is not a header's name");
    }
    let begins = |prefix: &&str| name.starts_with(*prefix);
    if HOSTS_OWN.contains(&name.as_str()) || HOSTS_OWN_PREFIXES.iter().any(begins) {
        return wrong("is the host's to set");
    }
    let is_text = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    if !value.bytes().all(is_text) || value.trim() != value {
        return wrong("has a value of other than visible ASCII, or space around it");
    }
    Ok((name, value))
}

/// RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests;
