//! How answers are written: ready-made bytes with their ETag, documents, and
//! a document where a card should have been.

use super::Shared;
use super::error::HttpError;
use super::headers::{self, Framing};
use super::request::{RequestId, bearer_of, text};
use crate::config::locale::accept_language;
use crate::identity::{Session, session};
use crate::live::surface::{Coding, Variant};
use crate::service::document::Assets;
use crate::view::document::{DocumentKind, NoticeDocument, NoticeReason, Theme, notice_document};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// What documents load.
pub fn assets(_shared: &Shared) -> Assets {
    Assets {
        script_url: super::assets::CARD_SCRIPT.url(),
        identity_url: super::assets::IDENTITY_SCRIPT.url(),
        opaque_url: super::assets::OPAQUE_SCRIPT.url(),
        times_url: super::assets::TIMES_SCRIPT.url(),
        upload_url: super::assets::UPLOAD_SCRIPT.url(),
        share_url: super::assets::SHARE_SCRIPT.url(),
        style_url: super::assets::CARD_STYLE.url(),
    }
}

/// Ready-made bytes, or 304 when the request has them.
pub fn ready_made(
    request: &HeaderMap,
    variant: &Variant,
    media_type: &'static str,
    cache_control: &'static str,
) -> Response {
    let mut response = if has(request, &variant.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(variant.bytes.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let coding = match variant.coding {
            Coding::Identity => None,
            Coding::Gzip => Some("gzip"),
            Coding::Brotli => Some("br"),
        };
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let headers = response.headers_mut();
    // ETags are quoted hexadecimal, so this is always a header value.
    if let Ok(etag) = HeaderValue::from_str(&variant.etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_control),
    );
    response
}

/// A whole document.
pub fn document(status: StatusCode, html: String, framing: Framing<'_>) -> Response {
    let mut response = (status, axum::response::Html(html)).into_response();
    let headers = response.headers_mut();
    headers::document(headers, framing);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    response
}

/// A document that says why there is no card, or why a form was refused.
pub fn notice(
    kind: DocumentKind,
    error: &HttpError,
    headers: &HeaderMap,
    id: &RequestId,
) -> Response {
    notice_with_way(kind, error, headers, id, None)
}

/// The same, with an address that leads on from there, if there is one.
pub fn notice_with_way(
    kind: DocumentKind,
    error: &HttpError,
    headers: &HeaderMap,
    id: &RequestId,
    way: Option<&str>,
) -> Response {
    let reason = match error.code() {
        "circle_unknown" => NoticeReason::NoSuchCircle,
        "card_unknown" => NoticeReason::Unknown,
        "post_unknown" => NoticeReason::NoSuchPost,
        "card_gone" => NoticeReason::Gone,
        "page_unknown" => NoticeReason::PageUnknown,
        "sign_in_required" => NoticeReason::SignInRequired,
        "rate_limited" => NoticeReason::RateLimited,
        "plugin_fault" => NoticeReason::PluginFault,
        "overloaded" => NoticeReason::Overloaded,
        "store_unavailable" => NoticeReason::Unavailable,
        _ if error.status.is_client_error() => NoticeReason::Refused,
        _ => NoticeReason::Internal,
    };
    let languages = languages(None, headers);
    let lang = match languages.first() {
        Some(first) if !first.starts_with("zh") => "en",
        _ => "zh-CN",
    };
    let html = notice_document(&NoticeDocument {
        kind,
        lang,
        theme: Theme::Auto,
        reason,
        style_url: &super::assets::CARD_STYLE.url(),
        script_url: &super::assets::CARD_SCRIPT.url(),
        retry_url: way,
        // That there is no such card, or page, is nothing to report.
        request_id: match reason {
            NoticeReason::Unknown
            | NoticeReason::NoSuchCircle
            | NoticeReason::NoSuchPost
            | NoticeReason::Gone
            | NoticeReason::PageUnknown => "",
            _ => &id.0,
        },
    });
    // Nothing can be tapped here, so any page may show it in a frame.
    let framing = match kind {
        DocumentKind::Frame => Framing::Anybody,
        DocumentKind::Page => Framing::Nobody,
    };
    let mut response = document(error.status, html, framing);
    if let Some(seconds) = error.retry_after_s() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The languages a request asks for: `?lang=` first, then its header.
pub fn languages(lang: Option<&str>, headers: &HeaderMap) -> Vec<String> {
    let asked = text(headers, &header::ACCEPT_LANGUAGE).map(accept_language);
    lang.map(str::to_owned)
        .into_iter()
        .chain(asked.into_iter().flatten())
        .collect()
}

/// Adds the session's cookie to an answer.
pub fn set_session(shared: &Shared, response: &mut Response, session: &Session) {
    let app = &shared.app;
    let (ages, now) = (app.session_ages, app.world.now());
    add_cookie(
        response,
        &session::set_cookie(&app.keys, app.cookie, session, ages, now),
    );
}

/// Takes the session's cookie away.
pub fn clear_session(shared: &Shared, response: &mut Response) {
    add_cookie(response, &session::clear_cookie(shared.app.cookie));
}

/// Gives a session whose half is over its whole age again, where it came as a
/// cookie: a reader who comes by is never signed out by time alone.
pub fn renew_session(
    shared: &Shared,
    request: &HeaderMap,
    response: &mut Response,
    session: Option<&Session>,
) {
    let now = shared.app.world.now();
    let due = |session: &&Session| session.is_renewal_due(shared.app.session_ages, now);
    if let Some(session) = session.filter(due)
        && bearer_of(request).is_none()
    {
        set_session(shared, response, &session.renewed(now));
    }
}

fn add_cookie(response: &mut Response, cookie: &str) {
    // Base64url and attribute words, so this is always a header value.
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// How long a client may keep what expires at an instant.
pub fn seconds_until(expires_at_ms: u64, now_ms: u64) -> u64 {
    Duration::from_millis(expires_at_ms.saturating_sub(now_ms)).as_secs()
}

/// Whether `If-None-Match` names this ETag. Weak comparison, as RFC 9110 has
/// it for GET.
fn has(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}
