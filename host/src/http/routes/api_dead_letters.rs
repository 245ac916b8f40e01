//! `/api/v1/dead-letters`: what cards could not be given although it was tried
//! again and again, and another try, for the operator.

use super::api_moderation::{answered, limit};
use crate::app::{Circle, instant};
use crate::community::jobs::{DeadLetter, Job};
use crate::http::Shared;
use crate::http::api::check_operator;
use crate::http::error::HttpError;
use crate::http::listener::Peer;
use crate::http::request::{Asked, RequestId, Slug, Whole};
use crate::service::dead_letters::{newest, retry_one};
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// Letters in one answer, unless another number is asked for; and the most.
const LETTERS: u32 = 50;
const LETTERS_MAX: u32 = 1_000;

/// The query of both routes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LettersQuery {
    /// Of one circle alone.
    circle: Option<String>,
    /// How many, 1 to 1000.
    limit: Option<String>,
}

/// `GET /api/v1/dead-letters`.
pub async fn list(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Asked(query): Asked<LettersQuery>,
    headers: HeaderMap,
) -> Response {
    let listed = async {
        check_operator(&shared, peer, &headers)?;
        let limit = limit(query.limit.as_deref(), LETTERS, LETTERS_MAX)?;
        let circle = query.circle.as_deref();
        let (letters, more) = newest(&shared.app, circle, limit as usize).await?;
        let letters = letters
            .iter()
            .map(|(circle, letter)| object(circle, letter));
        Ok(json!({"dead_letters": letters.collect::<Vec<_>>(), "more": more}))
    };
    answered(listed.await, &id)
}

/// `POST /api/v1/dead-letters/{delivery}/retry`.
pub async fn retry(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(delivery): Slug,
    Asked(query): Asked<LettersQuery>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let retried = async {
        check_operator(&shared, peer, &headers)?;
        let Whole(_nothing) = body?;
        let circle = retry_one(&shared.app, query.circle.as_deref(), &delivery).await?;
        Ok(json!({"circle": circle.id.as_str(), "delivery": delivery}))
    };
    answered(retried.await, &id)
}

/// Without payloads and bodies: those are the plugin's.
fn object(circle: &Circle, letter: &DeadLetter) -> Value {
    let job = match &letter.job {
        Job::Timer { name, .. } => json!({"kind": "timer", "name": name}),
        Job::Answer { .. } => json!({"kind": "answer"}),
    };
    json!({
        "delivery": letter.delivery,
        "circle": circle.id.as_str(),
        "card": letter.card,
        "plugin": letter.plugin,
        "job": job,
        "attempts": letter.attempts,
        "reason": letter.reason,
        "at": instant(letter.at_ms).to_string(),
    })
}
