//! `GET /c/{card}/embed`: the frame document.

use super::page::{DocumentQuery, theme, way, write};
use crate::http::Shared;
use crate::http::answer::{assets, document, notice, notice_with_way, renew_session};
use crate::http::headers::Framing;
use crate::http::request::{Asked, RequestId, Slug, text};
use crate::identity::{Mode, origin};
use crate::service::card;
use crate::service::document::Setting;
use crate::view::document::{DocumentKind, Manner};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

/// With offers for the publisher's own pages, to look at for any other.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(slug): Slug,
    Asked(query): Asked<DocumentQuery>,
    headers: HeaderMap,
) -> Response {
    let mut response = answer(&shared, &id, &slug, &query, &headers).await;
    let vary = HeaderValue::from_static("Accept-Language, Cookie, Referer");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn answer(
    shared: &Shared,
    id: &RequestId,
    slug: &str,
    query: &DocumentQuery,
    headers: &HeaderMap,
) -> Response {
    let card = match card::find(&shared.app, slug) {
        Ok(card) => card,
        Err(error) => return notice(DocumentKind::Frame, &error.into(), headers, id),
    };
    let publisher = card.circle.publisher();
    let sites = &publisher.origins;
    let referer = text(headers, &header::REFERER);
    let mode = match query.interactive.as_deref() {
        Some("0") => Mode::ReadOnly,
        _ => origin::mode(referer, sites, &shared.app.public_url),
    };
    let setting = Setting {
        manner: Manner {
            kind: DocumentKind::Frame,
            interactive: mode == Mode::Interactive,
            theme: theme(query),
        },
        article: query.article.clone(),
        assets: assets(shared),
    };
    let framing = match mode {
        Mode::Interactive => Framing::Sites(sites),
        Mode::ReadOnly => Framing::Anybody,
    };
    match write(shared, slug, query, headers, &setting).await {
        Ok((html, session)) => {
            let mut response = document(StatusCode::OK, html, framing);
            renew_session(shared, headers, &mut response, session.as_ref());
            response
        }
        Err(error) => {
            let way = way(&error, slug, query, &setting);
            let kind = DocumentKind::Frame;
            notice_with_way(kind, &error.into(), headers, id, way.as_deref())
        }
    }
}
