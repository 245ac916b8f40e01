//! `POST /api/v1/circles/{circle}/transfer/accept`: a publisher's server takes
//! a circle that its owner has offered to it.

use crate::http::Shared;
use crate::http::api::{circle_named, circle_unknown, publisher_of};
use crate::http::error::HttpError;
use crate::http::listener::Peer;
use crate::http::request::{RequestId, Whole, read_json};
use crate::service::transfer::{self, Taking};
use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// What may be said with it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Body {
    owner: Option<String>,
}

/// Answers with who has the circle now.
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

async fn accepted(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    circle: &str,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<Value, HttpError> {
    let publisher = publisher_of(shared, peer, headers)?;
    let Whole(body) = body?;
    let Body { owner } = match body.is_empty() {
        true => Body::default(),
        false => read_json(&body, "the acceptance of a circle")?,
    };
    let circle = circle_named(shared, circle).ok_or_else(circle_unknown)?;
    let owner = owner.filter(|owner| !owner.is_empty());
    transfer::accept(&shared.app, circle, publisher, &Taking { owner }).await?;
    Ok(json!({
        "circle": circle.id.as_str(),
        "publisher": publisher.id.as_str(),
    }))
}
