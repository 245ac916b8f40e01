//! What every request passes: an id, a span, a time limit; and what routes
//! read from its head.

use super::Shared;
use super::address::{Network, client_address};
use super::answer::notice;
use super::connection::TooSlow;
use super::error::HttpError;
use super::headers;
use super::limits::{Client, Rate};
use super::listener::Peer;
use super::multipart::MULTIPART;
use crate::identity::{Provenance, Session, origin, session};
use crate::service::ServiceError;
use crate::service::session::standing;
use crate::view::document::DocumentKind;
use axum::body::{Bytes, HttpBody as _};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The header that carries a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("quanka-request");

/// A request's id, `req_…`: in its span, its answer's header and its errors.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A query, read or refused: in the one error shape, or as a document to whom a
/// document was wanted for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        let Parts { uri, headers, .. } = &*parts;
        match Query::try_from_uri(uri) {
            Ok(Query(query)) => Ok(Asked(query)),
            Err(error) => {
                let error = HttpError::bad_request(error.body_text());
                let id = parts.extensions.get::<RequestId>();
                Err(refusal(document_wanted(uri, headers), headers, id, error))
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

/// The circle and the post that a path names; text that cannot be either is none.
#[derive(Clone, Debug, Default)]
pub struct OfPost {
    /// The circle's id.
    pub circle: String,
    /// The post's.
    pub post: String,
}

impl<S: Send + Sync> FromRequestParts<S> for OfPost {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Ok(Path((circle, post))) = path else {
            return Ok(OfPost::default());
        };
        // Whatever stands in an address later on is written by this host.
        let is_an_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let post = Some(post).filter(|post| post.bytes().all(is_an_id));
        Ok(OfPost {
            circle,
            post: post.unwrap_or_default(),
        })
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
        headers::every_answer(headers, &shared.app.public_url);
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
    let config = &shared.app.config;
    let (limit_ms, key) = match has_files(&request) {
        true => (config.media.upload_timeout_ms, "media.upload_timeout_ms"),
        false => (
            config.server.request_timeout_ms,
            "server.request_timeout_ms",
        ),
    };
    let limit = Duration::from_millis(limit_ms);
    let id = request.extensions().get::<RequestId>().cloned();
    let document = document_wanted(request.uri(), request.headers());
    let document = document.map(|kind| (kind, request.headers().clone()));
    let answered = async {
        acceptable(shared, &request)?;
        Ok(next.run(request).await)
    };
    let error = match tokio::time::timeout(limit, answered).await {
        Ok(Ok(response)) => return response,
        Ok(Err(error)) => error,
        Err(_elapsed) => {
            tracing::warn!("the request took longer than {key}");
            HttpError::timed_out()
        }
    };
    match document {
        Some((kind, headers)) => refusal(Some(kind), &headers, id.as_ref(), error),
        None => error.with_id(id.as_ref()).into_response(),
    }
}

/// Whether a request brings files to where they are taken. To any other route it
/// is a request like others, whatever it says of its body.
fn has_files(request: &Request) -> bool {
    let card = request.uri().path().strip_prefix("/c/");
    let route = card.and_then(|path| path.split_once('/'));
    request.method() == Method::POST
        && matches!(route, Some((_, "media" | "act")))
        && media_type(request.headers()).as_deref() == Some(MULTIPART)
}

/// Refuses a head that is too long in one of its parts. What is too long in all
/// never came here: see `connection`.
fn acceptable(shared: &Shared, request: &Request) -> Result<(), HttpError> {
    let server = &shared.app.config.server;
    let uri = request.uri();
    let uri_bytes = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if uri_bytes > server.uri_bytes_max {
        return Err(HttpError::new(
            StatusCode::URI_TOO_LONG,
            "uri_too_long",
            format!(
                "the path and query have more than {} bytes",
                server.uri_bytes_max
            ),
        ));
    }
    if request.headers().len() > server.headers_max {
        return Err(HttpError::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "head_too_large",
            format!("the request has more than {} headers", server.headers_max),
        ));
    }
    Ok(())
}

/// What requests for documents, views and streams pass, where an address may
/// ask for so many.
pub async fn read(
    State(shared): State<Shared>,
    peer: ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let network = network_of(&shared, peer, request.headers());
    match limited(&shared, Rate::Reads, &Client::Network(network)) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            let (uri, headers) = (request.uri(), request.headers());
            let id = request.extensions().get::<RequestId>();
            refusal(document_wanted(uri, headers), headers, id, error)
        }
    }
}

/// A refusal as whoever asked can read it.
fn refusal(
    document: Option<DocumentKind>,
    headers: &HeaderMap,
    id: Option<&RequestId>,
    error: HttpError,
) -> Response {
    match (document, id) {
        (Some(kind), Some(id)) => notice(kind, &error, headers, id),
        (_, id) => error.with_id(id).into_response(),
    }
}

/// Counts one of what is limited.
///
/// # Errors
///
/// 429, with when to come back.
pub fn limited(shared: &Shared, rate: Rate, client: &Client) -> Result<(), HttpError> {
    shared.limits.check(rate, client).map_err(|refused| {
        HttpError::from(ServiceError::RateLimited {
            retry_after_ms: refused.ms,
        })
    })
}

/// A request's body, whole, or refused in the one error shape.
#[derive(Clone, Debug)]
pub struct Whole(pub Bytes);

impl FromRequest<Shared> for Whole {
    type Rejection = HttpError;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, HttpError> {
        let id = request.extensions().get::<RequestId>().cloned();
        let refused = |error: HttpError| error.with_id(id.as_ref());
        let bytes_max = shared.app.config.server.body_bytes_max;
        // A length that is promised need not be waited for.
        if request.body().size_hint().lower() > bytes_max as u64 {
            return Err(refused(too_large(bytes_max)));
        }
        let body = Bytes::from_request(request, shared).await;
        body.map(Whole)
            .map_err(|rejection| refused(body_refused(&rejection, bytes_max)))
    }
}

fn too_large(bytes_max: usize) -> HttpError {
    HttpError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("the body has more than {bytes_max} bytes (server.body_bytes_max)"),
    )
}

fn body_refused(rejection: &BytesRejection, bytes_max: usize) -> HttpError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(bytes_max);
    }
    let mut cause = Some(rejection as &dyn std::error::Error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return HttpError::new(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "the body came too slowly; send it again over a faster connection",
            );
        }
        cause = error.source();
    }
    HttpError::bad_request("the body did not arrive whole")
}

/// Which document a request is for, when it is a browser's for one.
fn document_wanted(uri: &Uri, headers: &HeaderMap) -> Option<DocumentKind> {
    let accept = text(headers, &header::ACCEPT)?;
    accept
        .contains("text/html")
        .then(|| match uri.path().ends_with("/embed") {
            true => DocumentKind::Frame,
            false => DocumentKind::Page,
        })
}

/// A JSON body, read or refused with what is wrong and where. What was sent is
/// not repeated: it may be a token in the wrong place, and errors are logged by
/// those who get them.
///
/// # Errors
///
/// 400; `what` names the body: *an action*.
pub fn read_json<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, HttpError> {
    serde_json::from_slice(body).map_err(|error| {
        let told = error.to_string();
        let names_a_field = told.starts_with("unknown field") || told.starts_with("missing field");
        let why = match error.classify() {
            Category::Data if names_a_field => told,
            Category::Data => format!(
                "a value of the wrong type at line {} column {}",
                error.line(),
                error.column()
            ),
            _ => format!("no JSON at line {} column {}", error.line(), error.column()),
        };
        HttpError::bad_request(format!("the body is not {what}: {why}"))
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
