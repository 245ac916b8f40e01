//! `GET /livez` and `GET /readyz`, for the operator.

use crate::http::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// Whether readers should be sent here: the store takes writes, and no plugin
/// is still being prepared. Failed plugins are told, and do not take the
/// others down with them.
pub async fn ready(State(shared): State<Shared>) -> Response {
    let (preparing, failed) = shared.app.plugins_not_ready();
    let store = shared.app.store.writable();
    let status = match (&store, preparing) {
        (Ok(()), 0) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let store = store.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
    let body = json!({
        "ready": status == StatusCode::OK,
        "store": store,
        "plugins": {
            "ready": shared.app.plugins.len() - preparing - failed,
            "preparing": preparing,
            "failed": failed,
        },
    });
    (status, Json(body)).into_response()
}
