//! What every route of `/api/v1` for publishers' own servers asks first: whose
//! token it brings, and whether the circle is theirs; and those for the operator:
//! whether the token is the operator's.

use super::Shared;
use super::error::HttpError;
use super::limits::{Client, Rate};
use super::listener::Peer;
use super::request::{bearer_of, limited, network_of};
use crate::app::{Circle, Publisher};
use crate::identity::api_token;
use crate::service::ServiceError;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode};
use std::sync::Arc;

/// The publisher whose server asks, by its token. Every call is counted for its
/// address before the token is looked at, so that nobody tries tokens for long.
///
/// # Errors
///
/// 401 `token_invalid`, or 429.
pub fn publisher_of<'a>(
    shared: &'a Shared,
    peer: ConnectInfo<Peer>,
    headers: &HeaderMap,
) -> Result<&'a Arc<Publisher>, HttpError> {
    let network = Client::Network(network_of(shared, peer, headers));
    limited(shared, Rate::ApiCalls, &network)?;
    let token = bearer_of(headers).ok_or_else(token_wanted)?;
    let publishers = shared.app.publishers.values();
    let mut known = publishers.filter(|one| api_token::is_one_of(token, &one.api_tokens));
    known.next().ok_or_else(token_wanted)
}

/// The operator, by their token. Counted as above.
///
/// # Errors
///
/// 401 `token_invalid`, or 429.
pub fn check_operator(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    headers: &HeaderMap,
) -> Result<(), HttpError> {
    let network = Client::Network(network_of(shared, peer, headers));
    limited(shared, Rate::ApiCalls, &network)?;
    let known = &shared.app.config.server.operator_token_sha256;
    match bearer_of(headers) {
        Some(token) if api_token::is_one_of(token, known) => Ok(()),
        _ => Err(HttpError::new(
            StatusCode::UNAUTHORIZED,
            "token_invalid",
            "send `Authorization: Bearer TOKEN` with a token whose SHA-256 stands in \
             server.operator_token_sha256",
        )),
    }
}

/// A circle that the publisher runs now.
///
/// # Errors
///
/// 404 `circle_unknown`, for another publisher's as for one that there is not.
pub fn circle_of<'a>(
    shared: &'a Shared,
    publisher: &Publisher,
    circle: &str,
) -> Result<&'a Arc<Circle>, HttpError> {
    let its = |found: &&Arc<Circle>| found.publisher().id == publisher.id;
    circle_named(shared, circle)
        .filter(its)
        .ok_or_else(circle_unknown)
}

/// A circle of this host by its id.
pub fn circle_named<'a>(shared: &'a Shared, circle: &str) -> Option<&'a Arc<Circle>> {
    let mut circles = shared.app.circles.iter();
    circles.find(|known| known.id.as_str() == circle)
}

/// 404 `circle_unknown`.
pub fn circle_unknown() -> HttpError {
    ServiceError::CircleUnknown.into()
}

fn token_wanted() -> HttpError {
    HttpError::new(
        StatusCode::UNAUTHORIZED,
        "token_invalid",
        "send `Authorization: Bearer TOKEN` with a token whose SHA-256 stands in the \
         publisher's api_token_sha256",
    )
}
