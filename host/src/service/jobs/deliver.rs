//! One delivery: found due, done and off the list in one commit, or noted as
//! failed.

use super::super::{lifecycle, outbound::Claimed};
use super::{PAUSE_MS, ServiceError, commit, later, seed};
use crate::app::{App, Card, Circle, PluginState, millis};
use crate::community::jobs::Failure;
use crate::community::jobs::{self as rules, Delivery, Due, Fate, JobLimits, Work};
use crate::config::CardState;
use crate::contract::JobContext;
use crate::sandbox::fault::CallError;
use crate::sandbox::jobs::Occasion;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, CommitError, StoreError, Transaction};
use std::sync::Arc;

/// What is to be done about an entry after it was looked at.
pub enum After {
    /// Nothing: it was done, or noted as failed, or is kept for a card that is
    /// closed or gone.
    Over,
    /// To look again then.
    Later(u64),
    /// To send this.
    Send(Box<Claimed>),
}

/// Delivers what an entry is about.
pub async fn deliver(app: &App, circle: &Circle, due: &Due) -> Result<After, ServiceError> {
    let mut tx = begin(app, circle, Access::Read).await?;
    let Some(delivery) = rules::look(&mut tx, due).await? else {
        return Ok(After::Over);
    };
    drop(tx);
    let Some(card) = card_of(app, circle, &delivery) else {
        return Ok(After::Over);
    };
    let state = card.plugin.borrow().clone();
    let plugin = match state {
        PluginState::Ready(plugin) if *plugin.name == *delivery.plugin => plugin,
        PluginState::Ready(_) | PluginState::Failed => return Ok(After::Over),
        PluginState::Preparing => return Ok(After::Later(later(app, PAUSE_MS))),
    };
    if lifecycle::ensure(app, card, &plugin).await.is_err() {
        let not_before_ms = lifecycle::not_before(card).await;
        return Ok(After::Later(not_before_ms.max(later(app, PAUSE_MS))));
    }
    match delivery.work {
        Work::Send(_) => claim(app, circle, due, &plugin).await,
        Work::Call(_) => call(app, card, &plugin, due).await,
    }
}

/// The card, if it is served and takes part.
fn card_of<'a>(app: &'a App, circle: &Circle, delivery: &Delivery) -> Option<&'a Card> {
    let card = app.cards.get(delivery.card.as_str())?;
    (card.state == CardState::Live && card.circle.id == circle.id).then_some(card)
}

/// Counts a try of a request, so that a crash in the middle of it is one.
async fn claim(
    app: &App,
    circle: &Circle,
    due: &Due,
    plugin: &Arc<Plugin>,
) -> Result<After, ServiceError> {
    let Some(turn) = app.sender.turn(&plugin.name) else {
        return Ok(After::Later(later(app, PAUSE_MS)));
    };
    let mut tx = begin(app, circle, Access::Write).await?;
    let Some(delivery) = rules::look(&mut tx, due).await? else {
        return Ok(After::Over);
    };
    let Work::Send(request) = delivery.work else {
        return Ok(After::Over);
    };
    let now_ms = millis(app.world.now());
    let given_up = delivery.attempt > limits(app).attempts_max;
    let claimed = if given_up {
        rules::answered(&mut tx, due, Err(Failure::Unreachable), now_ms).await?;
        due.clone()
    } else {
        // Long enough that nobody else tries while this one does.
        let most_ms = app.config.outbound.timeout_ms.saturating_add(PAUSE_MS);
        let wait_ms = most_ms.saturating_add(rules::back_off_ms(delivery.attempt));
        rules::claim(&mut tx, due, now_ms.saturating_add(wait_ms)).await?
    };
    match commit(app, circle, tx).await {
        Ok(_) if given_up => Ok(After::Over),
        Ok(_) => Ok(After::Send(Box::new(Claimed {
            circle: circle.id.clone(),
            due: claimed,
            delivery: delivery.id,
            attempt: delivery.attempt,
            request,
            plugin: Arc::clone(plugin),
            turn,
        }))),
        Err(CommitError::Conflict) => Ok(After::Later(now_ms)),
        Err(error) => Err(error.into()),
    }
}

/// Calls the card until it is committed. After too many conflicts it is called
/// alone on its circle, as acts are.
async fn call(app: &App, card: &Card, plugin: &Plugin, due: &Due) -> Result<After, ServiceError> {
    let seed = seed(app);
    for _ in 0..=app.config.limits.action_reruns_max {
        let _beside_others = card.circle.gate.read().await;
        match run(app, card, plugin, due, seed).await {
            Err(Ended::Conflict) => tracing::debug!("conflict; delivering again"),
            ended => return after(app, card, due, ended).await,
        }
    }
    let _alone = card.circle.gate.write().await;
    let ended = run(app, card, plugin, due, seed).await;
    after(app, card, due, ended).await
}

enum Ended {
    Conflict,
    Busy { retry_after_ms: u64 },
    Failed(String),
    Store(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Ended {
        Ended::Store(error)
    }
}

/// One run: what is due is taken off first, so that the card finds its timers
/// as they will be, and may set the same one anew.
async fn run(app: &App, card: &Card, plugin: &Plugin, due: &Due, seed: u64) -> Result<(), Ended> {
    let now_ms = millis(app.world.now());
    let mut tx = begin(app, &card.circle, Access::Write).await?;
    let Some(delivery) = rules::look(&mut tx, due).await? else {
        return Ok(());
    };
    let Work::Call(job) = delivery.work else {
        return Ok(());
    };
    rules::done(&mut tx, due, now_ms).await?;
    let context = JobContext {
        now_ms,
        seed,
        delivery: delivery.id,
        attempt: delivery.attempt,
    };
    let called = lifecycle::call(app, card, plugin, tx, &context, Occasion::Job(job)).await;
    let mut tx = called.map_err(|error| match error {
        CallError::Overloaded { retry_after_ms } | CallError::Paused { retry_after_ms } => {
            Ended::Busy { retry_after_ms }
        }
        CallError::Store(error) => Ended::Store(error),
        error => Ended::Failed(error.to_string()),
    })?;
    let noted = lifecycle::note(card, plugin, &mut tx).await;
    noted.map_err(|error| Ended::Failed(error.to_string()))?;
    match commit(app, &card.circle, tx).await {
        Ok(_seq) => Ok(()),
        Err(CommitError::Conflict) => Err(Ended::Conflict),
        Err(CommitError::Quota(reached)) => Err(Ended::Failed(reached.to_string())),
        Err(CommitError::Store(error)) => Err(Ended::Store(error)),
    }
}

async fn after(
    app: &App,
    card: &Card,
    due: &Due,
    ended: Result<(), Ended>,
) -> Result<After, ServiceError> {
    match ended {
        Ok(()) => Ok(After::Over),
        Err(Ended::Conflict) => Ok(After::Later(later(app, PAUSE_MS))),
        Err(Ended::Busy { retry_after_ms }) => {
            Ok(After::Later(later(app, retry_after_ms.max(PAUSE_MS))))
        }
        Err(Ended::Store(error)) => Err(error.into()),
        Err(Ended::Failed(reason)) => failed(app, card, due, &reason).await,
    }
}

/// Writes down that a delivery failed, and when it is tried again.
async fn failed(app: &App, card: &Card, due: &Due, reason: &str) -> Result<After, ServiceError> {
    let now_ms = millis(app.world.now());
    let mut tx = begin(app, &card.circle, Access::Write).await?;
    let name = rules::look(&mut tx, due).await?.map(|delivery| delivery.id);
    let fate = rules::failed(&mut tx, due, &limits(app), reason, now_ms).await?;
    match commit(app, &card.circle, tx).await {
        Ok(_seq) => {}
        Err(CommitError::Conflict) => return Ok(After::Later(now_ms)),
        Err(error) => return Err(error.into()),
    }
    let delivery = name.unwrap_or_default();
    match fate {
        Fate::Again(at_ms) => {
            let in_ms = at_ms.saturating_sub(now_ms);
            tracing::info!(card = %card.slug, %delivery, in_ms, "a job is tried again: {reason}");
        }
        Fate::PutAside => {
            tracing::error!(card = %card.slug, %delivery, "a job was put aside: {reason}");
        }
        Fate::Over => {}
    }
    Ok(After::Over)
}

/// What the operator set.
pub fn limits(app: &App) -> JobLimits {
    JobLimits {
        attempts_max: app.config.timers.attempts_max,
        dead_letters_max: app.config.timers.dead_letters_per_circle_max,
    }
}

async fn begin(app: &App, circle: &Circle, access: Access) -> Result<Transaction, StoreError> {
    Transaction::begin(Arc::clone(&app.store), &circle.partition, access).await
}
