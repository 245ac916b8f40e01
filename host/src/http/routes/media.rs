//! `POST /c/{card}/media`: a picture for an `upload` field; `GET /m/{id}`: one
//! that was given.

use crate::app::Card;
use crate::http::Shared;
use crate::http::address::Network;
use crate::http::answer::{languages, set_session};
use crate::http::error::{HttpError, nothing_here};
use crate::http::headers::for_any_site;
use crate::http::limits::{Client, Rate};
use crate::http::listener::Peer;
use crate::http::multipart::{Sent, Unread};
use crate::http::request::{
    Asked, RequestId, Slug, limited, network_of, same_site, session_of, text,
};
use crate::identity::{IdempotencyKey, Session, SessionId, derive_anonymous};
use crate::service::media::{UploadRequest, file, media_type, upload};
use crate::service::session::bearer;
use crate::service::view::Wanted;
use crate::service::{ServiceError, card};
use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

/// What never changes under its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UploadQuery {
    lang: Option<String>,
}

/// A picture.
pub async fn post(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(slug): Slug,
    Asked(query): Asked<UploadQuery>,
    headers: HeaderMap,
    body: Unread,
) -> Response {
    let given = async {
        let head = match admitted(&shared, peer, &slug, &headers, body.has_parts()).await {
            Ok(head) => head,
            Err(error) => {
                body.discard(&shared).await;
                return Err(error);
            }
        };
        let sent = body.read(&shared).await?;
        answer(&shared, head, &query, &headers, sent).await
    };
    given
        .await
        .unwrap_or_else(|error| error.with_id(Some(&id)).into_response())
}

/// What the head of an upload says.
struct Head<'a> {
    card: &'a Card,
    network: Network,
    session: Option<Session>,
    key: IdempotencyKey,
}

/// Everything that can stand against an upload before its body is read.
async fn admitted<'a>(
    shared: &'a Shared,
    peer: ConnectInfo<Peer>,
    slug: &str,
    headers: &HeaderMap,
    has_parts: bool,
) -> Result<Head<'a>, HttpError> {
    same_site(shared, headers, "pictures are sent from the card itself")?;
    if !has_parts {
        return Err(no_form());
    }
    let card = card::find(&shared.app, slug)?;
    let network = network_of(shared, peer, headers);
    let session = session_of(shared, headers).await?;
    let client = match &session {
        Some(session) => Client::Reader(session.reader.clone()),
        None => Client::Network(network),
    };
    limited(shared, Rate::Uploads, &client)?;
    let key = IdempotencyKey::of_request(None, text(headers, &IDEMPOTENCY_KEY))
        .map_err(|error| HttpError::bad_request(error.to_string()))?;
    Ok(Head {
        card,
        network,
        session,
        key,
    })
}

fn no_form() -> HttpError {
    HttpError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "send a picture as multipart/form-data",
    )
}

async fn answer(
    shared: &Shared,
    head: Head<'_>,
    query: &UploadQuery,
    headers: &HeaderMap,
    sent: Sent,
) -> Result<Response, HttpError> {
    let Head {
        card,
        network,
        session,
        key,
    } = head;
    let app = &shared.app;
    let Sent::Parts(mut parts) = sent else {
        return Err(no_form());
    };
    let (Some((input, file)), true) = (parts.files.pop(), parts.files.is_empty()) else {
        return Err(HttpError::bad_request(
            "send one file, under the field's name",
        ));
    };
    let request = UploadRequest {
        wanted: Wanted {
            reader: session.as_ref().map(|session| session.reader.clone()),
            languages: languages(query.lang.as_deref(), headers),
            ..Wanted::default()
        },
        newcomer: derive_anonymous(&app.keys, &card.slug, &key),
        offer: parts.field("_offer").into(),
        input,
        file,
    };
    let admission = || {
        let newcomer = Client::Network(network);
        let checked = shared.limits.check(Rate::AnonymousViewers, &newcomer);
        checked.map_err(|refused| ServiceError::RateLimited {
            retry_after_ms: refused.ms,
        })
    };
    let uploaded = upload(app, card, request, &admission).await?;
    let mut answer = json!({
        "media": uploaded.id,
        "url": format!("{}/m/{}", app.public_url, uploaded.id),
        "width": uploaded.width,
        "height": uploaded.height,
    });
    let begun = session.is_none().then(|| {
        let id = SessionId::of(app.world.random());
        Session::anonymous(uploaded.reader, id, app.world.now())
    });
    if let Some(session) = &begun {
        answer["session"] = bearer(app, session).into();
    }
    let mut response = (StatusCode::CREATED, axum::Json(answer)).into_response();
    if let Some(session) = &begun {
        set_session(shared, &mut response, session);
    }
    Ok(response)
}

/// The picture.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Path(name): Path<String>,
) -> Response {
    let file = match file(&shared.app, &name).await {
        Ok(file) => file,
        Err(error) => return HttpError::from(error).with_id(Some(&id)).into_response(),
    };
    // Only what this host wrote has one.
    let Some((file, media_type)) = file.and_then(|file| {
        let media_type = media_type(&file)?;
        Some((file, media_type))
    }) else {
        return nothing_here(&id).into_response();
    };
    let mut response = Response::new(Body::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    for_any_site(headers);
    response
}
