//! What every request passes: an id, a span, a time limit; and what routes
//! read from its head.

use super::Shared;
use super::address::{Network, client_address};
use super::answer::notice;
use super::error::HttpError;
use super::headers;
use super::listener::Peer;
use crate::identity::{Provenance, Session, origin, session};
use crate::service::ServiceError;
use crate::service::session::standing;
use crate::view::document::DocumentKind;
use axum::extract::{ConnectInfo, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The header that carries a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("quanka-request");

/// A request's id, `req_…`: in its span, its answer's header and its errors.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A query, read or refused in the one error shape.
#[derive(Clone, Copy, Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, HttpError> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(query)) => Ok(Asked(query)),
            Err(error) => {
                let id = parts.extensions.get::<RequestId>();
                Err(HttpError::bad_request(error.body_text()).with_id(id))
            }
        }
    }
}

/// A card's slug as it stands in the path; text that cannot be one is no card.
#[derive(Clone, Debug)]
pub struct Slug(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Slug {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Slug(path.map(|Path(slug)| slug).unwrap_or_default()))
    }
}

/// What surrounds every request: its id and its span, its time limit, the
/// headers of every answer, and a line in the log at its end. One layer and
/// not three, because each costs every request two allocations.
pub async fn every_request(
    State(shared): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = shared.app.new_id("req");
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = %request.uri().path(),
    );
    request.extensions_mut().insert(RequestId(id.clone()));
    let began = Instant::now();
    async move {
        let mut response = in_time(&shared, request, next).await;
        let headers = response.headers_mut();
        headers::every_answer(headers);
        if let Ok(id) = HeaderValue::try_from(id) {
            headers.insert(REQUEST_ID, id);
        }
        let status = response.status().as_u16();
        let elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(status, elapsed_us, "answered");
        response
    }
    .instrument(span)
    .await
}

/// Ends a request that takes too long. What it was doing is dropped; nothing
/// half done is committed.
async fn in_time(shared: &Shared, request: Request, next: Next) -> Response {
    let limit = Duration::from_millis(shared.app.config.server.request_timeout_ms);
    let id = request.extensions().get::<RequestId>().cloned();
    let document = document_wanted(&request).map(|kind| (kind, request.headers().clone()));
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => {
            tracing::warn!("the request took longer than server.request_timeout_ms");
            let error = HttpError::timed_out();
            match (document, id) {
                (Some((kind, headers)), Some(id)) => notice(kind, &error, &headers, &id),
                (_, id) => error.with_id(id.as_ref()).into_response(),
            }
        }
    }
}

/// Which document a request is for, when it is a browser's for one.
fn document_wanted(request: &Request) -> Option<DocumentKind> {
    let accept = text(request.headers(), &header::ACCEPT)?;
    accept
        .contains("text/html")
        .then(|| match request.uri().path().ends_with("/embed") {
            true => DocumentKind::Frame,
            false => DocumentKind::Page,
        })
}

/// The session a request brings, if a good one that was not ended: as a bearer,
/// else as a cookie. Who sends a bearer means it, so one that is not good is
/// no session, whatever cookie stands beside it.
///
/// # Errors
///
/// When the store cannot say whether it was ended.
pub async fn session_of(
    shared: &Shared,
    headers: &HeaderMap,
) -> Result<Option<Session>, ServiceError> {
    match session_as_brought(shared, headers) {
        SessionAsBrought(Some(session)) => standing(&shared.app, session).await,
        SessionAsBrought(None) => Ok(None),
    }
}

/// A session that may have been ended before its time: good to say so, and for
/// nothing else.
#[derive(Clone, Debug)]
pub struct SessionAsBrought(pub Option<Session>);

/// The session a request brings, whatever became of it since.
pub fn session_as_brought(shared: &Shared, headers: &HeaderMap) -> SessionAsBrought {
    let app = &shared.app;
    let now = app.world.now();
    SessionAsBrought(match bearer_of(headers) {
        Some(token) => session::open(&app.keys, token, app.session_ages, now),
        None => {
            let cookies = headers.get_all(header::COOKIE).iter();
            let cookies = cookies.filter_map(|value| value.to_str().ok());
            session::parse_cookie(&app.keys, app.cookie, cookies, app.session_ages, now)
        }
    })
}

/// The token in a request's `Authorization`.
pub fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    session::bearer_token(text(headers, &header::AUTHORIZATION)?)
}

/// The network a request's limits are counted under.
pub fn network_of(shared: &Shared, peer: ConnectInfo<Peer>, headers: &HeaderMap) -> Network {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let hops = shared.app.config.server.trusted_proxy_hops;
    Network::of(client_address(peer.0.0.ip(), forwarded, hops))
}

/// Refuses a request that another site had a browser make.
///
/// # Errors
///
/// 403, with what to do instead.
pub fn same_site(shared: &Shared, headers: &HeaderMap, instead: &str) -> Result<(), HttpError> {
    let provenance = Provenance {
        sec_fetch_site: text(headers, &SEC_FETCH_SITE),
        origin: text(headers, &header::ORIGIN),
    };
    origin::same_site(provenance, &shared.app.public_url).map_err(|refused| {
        let message = format!("{refused}; {instead}");
        HttpError::new(StatusCode::FORBIDDEN, "cross_site", message)
    })
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// One header as text.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The media type of a body, without its parameters.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    text(headers, &header::CONTENT_TYPE)?
        .split(';')
        .next()
        .map(|value| value.trim().to_ascii_lowercase())
}
