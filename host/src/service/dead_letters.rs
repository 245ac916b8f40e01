//! What lies aside because it failed too often, for the operator.

use super::{ServiceError, jobs};
use crate::app::{App, Circle, millis};
use crate::community::jobs::{self as rules, DeadLetter};
use crate::store::{Access, CommitError, Transaction};
use std::cmp::Reverse;
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

/// The newest of all circles, or of one: up to `limit`, each with its circle, and
/// whether there are more.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn newest(
    app: &App,
    circle: Option<&str>,
    limit: usize,
) -> Result<(Vec<(Arc<Circle>, DeadLetter)>, bool), ServiceError> {
    let mut found = Vec::new();
    for its in circles(app, circle) {
        let letters = of_circle(app, its, limit.saturating_add(1)).await?;
        found.extend(letters.into_iter().map(|letter| (Arc::clone(its), letter)));
        // Those that are older than enough others are never shown.
        found.sort_by_key(|(_, letter)| Reverse(letter.at_ms));
        found.truncate(limit.saturating_add(1));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Has one delivered again, in whichever circle it is, or in that one.
///
/// # Errors
///
/// `LetterUnknown`; else as [`retry`].
pub async fn retry_one(
    app: &App,
    circle: Option<&str>,
    delivery: &str,
) -> Result<Arc<Circle>, ServiceError> {
    for its in circles(app, circle) {
        if retry(app, its, delivery).await? {
            return Ok(Arc::clone(its));
        }
    }
    Err(ServiceError::LetterUnknown)
}

fn circles<'a>(app: &'a App, only: Option<&'a str>) -> impl Iterator<Item = &'a Arc<Circle>> {
    let all = app.circles.iter();
    all.filter(move |circle| only.is_none_or(|only| circle.id.as_str() == only))
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
