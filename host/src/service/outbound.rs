//! Requests of plugins, sent after the call that made them was committed, and
//! what comes of them made a job.

use super::jobs;
use crate::app::{App, Circle, Tried, Turn, millis};
use crate::community::jobs::{self as rules, Due, Failure, Request, Response, back_off_ms};
use crate::community::outbox::Reach;
use crate::config::CircleId;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, CommitError, Transaction};
use std::sync::Arc;

/// A request that is counted as tried, and not sent yet.
#[derive(Debug)]
pub struct Claimed {
    /// Where it is kept.
    pub circle: CircleId,
    /// As what.
    pub due: Due,
    /// Its delivery.
    pub delivery: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// The request.
    pub request: Request,
    /// Whose it is.
    pub plugin: Arc<Plugin>,
    /// Its room.
    pub turn: Turn,
}

/// Tries a request once, and writes down what came of it. If that cannot be
/// written it is tried again, with the same idempotency key.
pub async fn send(app: &App, claimed: Claimed) {
    let options = &app.config.outbound;
    let reach = Reach {
        asked: claimed.plugin.outbound(),
        allowed: &options.hosts,
        loopback_http: options.allow_loopback_http_for_tests,
    };
    let (id, request) = (&claimed.delivery, &claimed.request);
    let tried = app.sender.send(reach, id, request).await;
    let given_up = claimed.attempt >= app.config.timers.attempts_max;
    let result = match tried {
        Tried::Answered(response) => Some(Ok(response)),
        Tried::Failed(failure) => {
            tracing::info!(delivery = %id, plugin = %claimed.plugin.name, ?failure, "a request failed");
            Some(Err(failure))
        }
        Tried::Again(why) => {
            let attempt = claimed.attempt;
            tracing::info!(delivery = %id, plugin = %claimed.plugin.name, attempt, "a request failed: {why}");
            given_up.then_some(Err(Failure::Unreachable))
        }
    };
    let Some(circle) = app.circle(&claimed.circle) else {
        return;
    };
    for _ in 0..=app.config.limits.action_reruns_max {
        match write(app, circle, &claimed, result.clone()).await {
            Ok(()) => return,
            Err(CommitError::Conflict) => {}
            Err(error) => {
                tracing::warn!(%error, delivery = %id, "what came of a request was not saved");
                return;
            }
        }
    }
}

async fn write(
    app: &App,
    circle: &Circle,
    claimed: &Claimed,
    result: Option<Result<Response, Failure>>,
) -> Result<(), CommitError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Write).await?;
    let now_ms = millis(app.world.now());
    match result {
        Some(result) => rules::answered(&mut tx, &claimed.due, result, now_ms).await?,
        None => {
            let next_ms = now_ms.saturating_add(back_off_ms(claimed.attempt));
            rules::unanswered(&mut tx, &claimed.due, next_ms).await?;
        }
    }
    jobs::commit(app, circle, tx).await?;
    Ok(())
}
