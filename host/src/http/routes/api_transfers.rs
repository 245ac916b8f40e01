//! `/api/v1/circles/{circle}/transfer/accept` and `…/owner`: a publisher's server
//! takes a circle that its owner has offered to it, and says who owns one that
//! has no owner.

use crate::app::{Circle, Publisher};
use crate::http::Shared;
use crate::http::api::{circle_named, circle_of, circle_unknown, publisher_of};
use crate::http::error::HttpError;
use crate::http::listener::Peer;
use crate::http::request::{RequestId, Slug, Whole, read_json};
use crate::service::transfer;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// Bytes of a publisher's name for a person, as in its tokens.
const OWNER_BYTES_MAX: usize = 255;

/// Who owns the circle from now on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Body {
    owner: String,
}

/// `POST …/transfer/accept`. Answers with who has the circle now.
pub async fn accept(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Path(circle): Path<String>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    match accepted(&shared, peer, &circle, &headers, body).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

/// `POST …/owner`. Answers as above.
pub async fn appoint(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(circle): Slug,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    match appointed(&shared, peer, &circle, &headers, body).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

async fn accepted(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    circle: &str,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<Value, HttpError> {
    let publisher = publisher_of(shared, peer, headers)?;
    let owner = owner_in(body, "the acceptance of a circle")?;
    let circle = circle_named(shared, circle).ok_or_else(circle_unknown)?;
    transfer::accept(&shared.app, circle, publisher, &owner).await?;
    Ok(had_by(circle, publisher))
}

async fn appointed(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    circle: &str,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<Value, HttpError> {
    let publisher = publisher_of(shared, peer, headers)?;
    let circle = circle_of(shared, publisher, circle)?;
    let owner = owner_in(body, "who owns a circle")?;
    transfer::appoint(&shared.app, circle, publisher, &owner).await?;
    Ok(had_by(circle, publisher))
}

/// The owner that a body names: without one nobody could ever give the circle
/// away again, or give it an owner in a card.
fn owner_in(body: Result<Whole, HttpError>, what: &str) -> Result<String, HttpError> {
    let Whole(body) = body?;
    let Body { owner } = match body.is_empty() {
        true => Body::default(),
        false => read_json(&body, what)?,
    };
    match owner.len() {
        1..=OWNER_BYTES_MAX => Ok(owner),
        _ => Err(HttpError::bad_request(format!(
            "say who owns the circle from now on: send {{\"owner\": \"…\"}} with your own name for \
             the person, 1 to {OWNER_BYTES_MAX} bytes, as the `sub` of the tokens that sign them in"
        ))),
    }
}

fn had_by(circle: &Circle, publisher: &Publisher) -> Value {
    json!({
        "circle": circle.id.as_str(),
        "publisher": publisher.id.as_str(),
    })
}
