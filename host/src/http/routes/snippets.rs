//! `GET /c/{card}/snippets`: what to paste to have the card somewhere else.

use super::page::DocumentQuery;
use crate::http::Shared;
use crate::http::answer::{assets, document, languages, notice};
use crate::http::assets::EMBED_SCRIPT;
use crate::http::headers::Framing;
use crate::http::request::{Asked, RequestId, Slug};
use crate::service::document::{PublicAssets, snippets};
use crate::service::view::{Wanted, view};
use crate::service::{ServiceError, card};
use crate::view::document::DocumentKind;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

/// The page: the same for everybody.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(slug): Slug,
    Asked(query): Asked<DocumentQuery>,
    headers: HeaderMap,
) -> Response {
    let mut response = match written(&shared, &slug, &query, &headers).await {
        Ok(html) => document(StatusCode::OK, html, Framing::Nobody),
        Err(error) => notice(DocumentKind::Page, &error.into(), &headers, &id),
    };
    let vary = HeaderValue::from_static("Accept-Language");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn written(
    shared: &Shared,
    slug: &str,
    query: &DocumentQuery,
    headers: &HeaderMap,
) -> Result<String, ServiceError> {
    let app = &shared.app;
    let card = card::find(app, slug)?;
    let plugin = card::plugin(card)?;
    let wanted = Wanted {
        languages: languages(query.lang.as_deref(), headers),
        ..Wanted::default()
    };
    let shown = view(app, card, &wanted).await?;
    let public = PublicAssets {
        assets: assets(shared),
        embed_script_url: format!("{}{}", app.public_url.as_str(), EMBED_SCRIPT.path()),
    };
    Ok(snippets(app, card, &plugin, &shown, &public))
}
