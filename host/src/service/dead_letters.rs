//! What lies aside because it failed too often, for the operator.

use super::{ServiceError, jobs};
use crate::app::{App, Circle, millis};
use crate::community::jobs::{self as rules, DeadLetter};
use crate::store::{Access, CommitError, Transaction};
use std::sync::Arc;

/// Up to `limit` of a circle's, the newest first.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn of_circle(
    app: &App,
    circle: &Circle,
    limit: usize,
) -> Result<Vec<DeadLetter>, ServiceError> {
    let mut tx = begin(app, circle, Access::Read).await?;
    Ok(rules::dead_letters(&mut tx, limit).await?)
}

/// Has one delivered again. Says whether there is one of that id.
///
/// # Errors
///
/// When the store takes no writes, or something else got there first.
pub async fn retry(app: &App, circle: &Circle, delivery: &str) -> Result<bool, ServiceError> {
    for _ in 0..=app.config.limits.action_reruns_max {
        let mut tx = begin(app, circle, Access::Write).await?;
        let now_ms = millis(app.world.now());
        let limits = jobs::limits(app);
        if !rules::retry(&mut tx, delivery, &limits, now_ms).await? {
            return Ok(false);
        }
        match jobs::commit(app, circle, tx).await {
            Ok(_seq) => return Ok(true),
            Err(CommitError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CommitError::Conflict.into())
}

async fn begin(app: &App, circle: &Circle, access: Access) -> Result<Transaction, ServiceError> {
    let store = Arc::clone(&app.store);
    Ok(Transaction::begin(store, &circle.partition, access).await?)
}
