//! `GET /c/{card}`: the card's own page.

use super::view::parse_size;
use crate::http::Shared;
use crate::http::answer::{assets, document, languages, notice_with_way, renew_session};
use crate::http::headers::Framing;
use crate::http::request::{Asked, RequestId, Slug, session_of};
use crate::identity::Session;
use crate::service::document::{self as documents, Aftermath, Setting, parse_theme};
use crate::service::oembed::{Form, endpoint};
use crate::service::view::{Wanted, view};
use crate::service::{ServiceError, act, card};
use crate::view::document::{DocumentKind, Manner, Theme};
use crate::view::{At, Size};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

/// The query of a document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DocumentQuery {
    /// Which of the card's pages.
    pub at: At,
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
            discovery(&shared, &slug, &query, &headers, response.headers_mut());
            response
        }
        Err(error) => {
            let way = way(&error, &slug, &query, &setting);
            let kind = DocumentKind::Page;
            notice_with_way(kind, &error.into(), &headers, &id, way.as_deref())
        }
    };
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// The addresses of the head's oEmbed links once more, for those who ask for no
/// more than headers.
fn discovery(
    shared: &Shared,
    slug: &str,
    query: &DocumentQuery,
    asked: &HeaderMap,
    headers: &mut HeaderMap,
) {
    let Ok(card) = card::find(&shared.app, slug) else {
        return;
    };
    let Ok(plugin) = card::plugin(card) else {
        return;
    };
    let locale = plugin
        .manifest
        .locale(&languages(query.lang.as_deref(), asked));
    for (form, media_type) in [
        (Form::Json, "application/json+oembed"),
        (Form::Xml, "text/xml+oembed"),
    ] {
        let url = endpoint(&shared.app, card, &plugin, locale, &query.at, form);
        let link = format!("<{url}>; rel=\"alternate\"; type=\"{media_type}\"");
        // Its parts are a URL, percent-encoded, and words.
        if let Ok(link) = HeaderValue::from_str(&link) {
            headers.append(header::LINK, link);
        }
    }
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
        at: query.at.clone(),
        languages: languages(query.lang.as_deref(), headers),
    };
    let shown = view(app, card, &wanted).await?;
    let reader = wanted.reader.as_ref();
    let html = documents::document(app, card, &shown, reader, setting, &aftermath);
    Ok((html, session))
}

/// From a page that is not there, the way to the card's first in the same look.
pub fn way(
    error: &ServiceError,
    slug: &str,
    query: &DocumentQuery,
    setting: &Setting,
) -> Option<String> {
    if !matches!(error, ServiceError::PageUnknown) {
        return None;
    }
    let path = match setting.manner.kind {
        DocumentKind::Page => "",
        DocumentKind::Frame => "/embed",
    };
    let interactive = (!setting.manner.interactive).then(|| "0".to_owned());
    let mut first = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("size", &query.size),
        ("theme", &query.theme),
        ("lang", &query.lang),
        ("interactive", &interactive),
        ("article", &query.article),
    ] {
        if let Some(value) = value {
            first.append_pair(name, value);
        }
    }
    let first = first.finish();
    let mark = if first.is_empty() { "" } else { "?" };
    Some(format!("/c/{slug}{path}{mark}{first}"))
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
