//! Headers that keep pages safe. See surface.md.

use crate::config::WebOrigin;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Who may frame a document.
#[derive(Clone, Copy, Debug)]
pub enum Framing<'a> {
    /// Nobody.
    Nobody,
    /// These sites.
    Sites(&'a [WebOrigin]),
    /// Anybody: there is nothing in it to be tapped.
    Anybody,
}

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

const DATA_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The origin alone, so that a form's post has one and no address leaks.
const REFERRER_POLICY: &str = "strict-origin-when-cross-origin";

/// What every answer carries, unless its route has said something else: it is
/// data for our own pages, kept by nobody, and runs nothing, whatever a browser
/// makes of it. Behind https, browsers shall not try anything else.
pub fn every_answer(headers: &mut HeaderMap, public_url: &WebOrigin) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    for (name, value) in [
        (RESOURCE_POLICY, "same-origin"),
        (header::CONTENT_SECURITY_POLICY, DATA_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, REFERRER_POLICY),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if public_url.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}

/// What every document carries: only this host's own external scripts and
/// styles, nothing inline, forms to this host alone.
pub fn document(headers: &mut HeaderMap, framing: Framing<'_>) {
    let ancestors = match framing {
        Framing::Nobody => "'none'".to_owned(),
        Framing::Anybody => "*".to_owned(),
        Framing::Sites([]) => "'none'".to_owned(),
        Framing::Sites(sites) => {
            let sites: Vec<&str> = sites.iter().map(WebOrigin::as_str).collect();
            sites.join(" ")
        }
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; \
         require-trusted-types-for 'script'; trusted-types quanka"
    );
    // Origins are parsed URLs, so the policy is always a header value.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(
        PERMISSIONS,
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    if let Framing::Nobody = framing {
        // A page that opened ours, or that ours opens, gets no hold of it.
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
}

/// What scripts of other sites' pages need.
pub fn for_any_site(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}
