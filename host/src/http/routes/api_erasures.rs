//! `POST /api/v1/publishers/{publisher}/erasures`: a publisher has a reader
//! forgotten, with a token that one of its keys has signed.

use super::me::receipt_answer;
use crate::http::Shared;
use crate::http::error::HttpError;
use crate::http::limits::{Client, Rate};
use crate::http::listener::Peer;
use crate::http::request::{RequestId, Whole, bearer_of, limited, network_of};
use crate::service::erase::{Receipt, erase_by_publisher};
use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// Answers 202, or 200 once nothing is left to be done.
pub async fn post(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Path(publisher): Path<String>,
    headers: HeaderMap,
    _body: Result<Whole, HttpError>,
) -> Response {
    // There is a signature to check, as at a sign-on.
    let network = Client::Network(network_of(&shared, peer, &headers));
    let answered = match limited(&shared, Rate::SignOns, &network) {
        Ok(()) => answer(&shared, &publisher, &headers).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(receipt) => receipt_answer(&receipt),
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

async fn answer(
    shared: &Shared,
    publisher: &str,
    headers: &HeaderMap,
) -> Result<Receipt, HttpError> {
    let token = bearer_of(headers).ok_or_else(|| {
        HttpError::new(
            StatusCode::UNAUTHORIZED,
            "token_invalid",
            "send `Authorization: Bearer TOKEN`, a JWT of this publisher with `scope` \"erase\"",
        )
    })?;
    let app = &shared.app;
    // One without circles may have had some, and readers in them.
    let publisher = app.publishers.get(publisher).ok_or_else(|| {
        HttpError::new(
            StatusCode::NOT_FOUND,
            "publisher_unknown",
            "there is no such publisher here",
        )
    })?;
    Ok(erase_by_publisher(app, publisher, token).await?)
}
