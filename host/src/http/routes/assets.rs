//! `GET /embed/…`: the host's scripts and style sheet.

use crate::http::Shared;
use crate::http::answer::ready_made;
use crate::http::assets::{
    Asset, CARD_SCRIPT, CARD_STYLE, EMBED_SCRIPT, EMBED_VERSIONS, ICON, IDENTITY_SCRIPT,
    OPAQUE_SCRIPT, SHARE_SCRIPT, TIMES_SCRIPT, UPLOAD_SCRIPT, Version,
};
use crate::http::error::nothing_here;
use crate::http::headers::for_any_site;
use crate::http::request::{RequestId, text};
use crate::live::surface::Encoded;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

/// What changes with the host, and may be a while behind it.
const CHANGING: &str = "public, max-age=3600, stale-while-revalidate=604800";

/// What never changes under its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /embed/v1.js`, for publishers' pages.
pub async fn embed_script(headers: HeaderMap) -> Response {
    let mut response = asset(&EMBED_SCRIPT, &headers, CHANGING);
    for_any_site(response.headers_mut());
    response
}

/// `GET /embed/v1.N.N.js`: one version, for ever.
pub async fn embed_version(
    Path(file): Path<String>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let named = |version: &&Version| version.asset.path().strip_prefix("/embed/") == Some(&*file);
    let Some(version) = EMBED_VERSIONS.iter().find(named) else {
        return nothing_here(&id).into_response();
    };
    let mut response = asset(&version.asset, &headers, FOR_EVER);
    for_any_site(response.headers_mut());
    response
}

/// `GET /embed/versions.json`: every version with its hash, for those who pin
/// one.
pub async fn embed_versions(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let public_url = shared.app.public_url.as_str();
    let described = |version: &Version| {
        serde_json::json!({
            "version": version.number,
            "url": format!("{public_url}{}", version.asset.path()),
            "integrity": version.integrity,
        })
    };
    let newest_first: Vec<_> = EMBED_VERSIONS.iter().rev().map(described).collect();
    let list = serde_json::json!({ "versions": newest_first }).to_string();
    let encoded = Encoded::new(list);
    let mut response = ready_made(&headers, encoded.pick(None), "application/json", CHANGING);
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

/// `GET /embed/upload.js`
pub async fn upload_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&UPLOAD_SCRIPT, query.as_deref(), &headers)
}

/// `GET /embed/share.js`
pub async fn share_script(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    versioned(&SHARE_SCRIPT, query.as_deref(), &headers)
}

/// `GET /favicon.ico`
pub async fn icon(headers: HeaderMap) -> Response {
    asset(&ICON, &headers, CHANGING)
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
        Some(version) if version == asset_of.version() => FOR_EVER,
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
