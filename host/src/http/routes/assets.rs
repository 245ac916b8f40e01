//! `GET /embed/…`: the host's scripts and style sheet.

use crate::http::answer::ready_made;
use crate::http::assets::{
    Asset, CARD_SCRIPT, CARD_STYLE, EMBED_SCRIPT, IDENTITY_SCRIPT, OPAQUE_SCRIPT, TIMES_SCRIPT,
};
use crate::http::headers::for_any_site;
use crate::http::request::text;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, header};
use axum::response::Response;

/// `GET /embed/v1.js`, for publishers' pages.
pub async fn embed_script(headers: HeaderMap) -> Response {
    let mut response = asset(
        &EMBED_SCRIPT,
        &headers,
        "public, max-age=3600, stale-while-revalidate=604800",
    );
    for_any_site(response.headers_mut());
    response
}

/// `GET /embed/card.js`
pub async fn card_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&CARD_SCRIPT, query.as_deref(), &headers)
}

/// `GET /embed/identity.js`
pub async fn identity_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&IDENTITY_SCRIPT, query.as_deref(), &headers)
}

/// `GET /embed/opaque.js`
pub async fn opaque_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&OPAQUE_SCRIPT, query.as_deref(), &headers)
}

/// `GET /embed/times.js`
pub async fn times_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&TIMES_SCRIPT, query.as_deref(), &headers)
}

/// `GET /embed/card.css`
pub async fn card_style(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&CARD_STYLE, query.as_deref(), &headers)
}

/// Kept for ever under the address that names its version. For any site, since
/// a sandboxed frame has no origin, and so is of another one than its own
/// script and style.
fn versioned(asset_of: &Asset, query: Option<&str>, headers: &HeaderMap) -> Response {
    let named = query.and_then(|query| query.strip_prefix("v="));
    let cache_control = match named {
        Some(version) if version == asset_of.version() => "public, max-age=31536000, immutable",
        _ => "public, no-cache",
    };
    let mut response = asset(asset_of, headers, cache_control);
    for_any_site(response.headers_mut());
    response
}

fn asset(asset: &Asset, headers: &HeaderMap, cache_control: &'static str) -> Response {
    let variant = asset
        .encoded()
        .pick(text(headers, &header::ACCEPT_ENCODING));
    let mut response = ready_made(headers, variant, asset.media_type, cache_control);
    response.headers_mut().insert(
        header::VARY,
        header::HeaderValue::from_static("Accept-Encoding"),
    );
    response
}
