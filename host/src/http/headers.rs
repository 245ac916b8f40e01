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

/// What every answer carries.
pub fn every_answer(headers: &mut HeaderMap) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(RESOURCE_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
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
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src https: data:; \
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
    // The origin alone, so that a form's post has one and no address leaks.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    );
}

/// What a bare view carries: it is data, whatever a browser makes of it.
pub fn data(headers: &mut HeaderMap) {
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
}

/// What scripts of other sites' pages need.
pub fn for_any_site(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}
