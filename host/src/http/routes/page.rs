//! `GET /c/{card}`: the card's own page.

use super::view::parse_size;
use crate::http::Shared;
use crate::http::answer::{assets, document, languages, notice, renew_session};
use crate::http::headers::Framing;
use crate::http::request::{Asked, RequestId, Slug, session_of};
use crate::identity::Session;
use crate::service::document::{self as documents, Aftermath, Setting, parse_theme};
use crate::service::view::{Wanted, view};
use crate::service::{ServiceError, act, card};
use crate::view::Size;
use crate::view::document::{DocumentKind, Manner, Theme};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

/// The query of a document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DocumentQuery {
    /// The room it has.
    pub size: Option<String>,
    /// Its colours.
    pub theme: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// The action that led here.
    pub done: Option<String>,
    /// `0`: to look at, whoever asks. A frame that is no more than that, and is
    /// led to another size, asks from its own site.
    pub interactive: Option<String>,
    /// The article that led here.
    pub article: Option<String>,
}

/// The page: a full document, works without script.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(slug): Slug,
    Asked(query): Asked<DocumentQuery>,
    headers: HeaderMap,
) -> Response {
    let setting = Setting {
        manner: Manner {
            kind: DocumentKind::Page,
            interactive: true,
            theme: theme(&query),
        },
        article: query.article.clone(),
        assets: assets(&shared),
    };
    let written = write(&shared, &slug, &query, &headers, &setting).await;
    let mut response = match written {
        Ok((html, session)) => {
            let mut response = document(StatusCode::OK, html, Framing::Nobody);
            renew_session(&shared, &headers, &mut response, session.as_ref());
            response
        }
        Err(error) => notice(DocumentKind::Page, &error.into(), &headers, &id),
    };
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// The document, with the toast of the action that led here, and the session
/// it is for.
pub async fn write(
    shared: &Shared,
    slug: &str,
    query: &DocumentQuery,
    headers: &HeaderMap,
    setting: &Setting,
) -> Result<(String, Option<Session>), ServiceError> {
    let app = &shared.app;
    let card = card::find(app, slug)?;
    let session = session_of(shared, headers).await?;
    let reader = session.as_ref().map(|session| session.reader.clone());
    let aftermath = match &query.done {
        Some(done) => act::recorded(app, card, reader.as_ref(), done)
            .await?
            .map_or(Aftermath::None, Aftermath::Done),
        None => Aftermath::None,
    };
    let wanted = Wanted {
        reader: reader.filter(|_| setting.manner.interactive),
        size: size(query, setting.manner.kind),
        languages: languages(query.lang.as_deref(), headers),
    };
    let shown = view(app, card, &wanted).await?;
    let reader = wanted.reader.as_ref();
    let html = documents::document(app, card, &shown, reader, setting, &aftermath);
    Ok((html, session))
}

/// The theme asked for; what is not one is as the device prefers, since a
/// wrong colour is no reason to show no card.
pub fn theme(query: &DocumentQuery) -> Theme {
    query
        .theme
        .as_deref()
        .and_then(parse_theme)
        .unwrap_or(Theme::Auto)
}

/// The size asked for. A page of its own has room for the whole.
fn size(query: &DocumentQuery, kind: DocumentKind) -> Option<Size> {
    let asked = query.size.as_deref().and_then(|word| parse_size(word).ok());
    match kind {
        DocumentKind::Page => asked.or(Some(Size::Feed)),
        DocumentKind::Frame => asked,
    }
}
