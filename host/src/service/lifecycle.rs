//! What a card does once, before any action or job of it: begin, and take its
//! data along to another version of its plugin.
//!
//! The version a card was called with is written in the same commit as what it
//! did then, so that it has one effect however often it is tried. Once that
//! stands, nothing is asked of the store here again in this process.

use super::{ServiceError, jobs, member};
use crate::app::{App, BegunTries, Card, millis};
use crate::community::jobs::{back_off_ms, called_with, note_version};
use crate::contract::{JobContext, Reader};
use crate::sandbox::call::Visit;
use crate::sandbox::fault::CallError;
use crate::sandbox::jobs::Occasion;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, CommitError, Transaction};
use crate::view::At;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Has a card begin, if its plugin has something to do then and it is not done.
///
/// # Errors
///
/// When it failed: it is tried again when some time has passed.
pub async fn ensure(app: &App, card: &Card, plugin: &Plugin) -> Result<(), ServiceError> {
    if !plugin.has_lifecycle() || card.begun.is_done.load(Ordering::Acquire) {
        return Ok(());
    }
    let mut tries = card.begun.trying.lock().await;
    if card.begun.is_done.load(Ordering::Acquire) {
        return Ok(());
    }
    let now_ms = millis(app.world.now());
    if now_ms < tries.not_before_ms {
        return Err(ServiceError::PluginFault);
    }
    let Err(error) = begin(app, card, plugin, now_ms, tries.failures + 1).await else {
        card.begun.is_done.store(true, Ordering::Release);
        return Ok(());
    };
    if let CallError::Overloaded { retry_after_ms } = error {
        return Err(ServiceError::Overloaded { retry_after_ms });
    }
    let failures = tries.failures.saturating_add(1);
    *tries = BegunTries {
        failures,
        not_before_ms: now_ms.saturating_add(back_off_ms(failures)),
    };
    tracing::warn!(card = %card.slug, %error, "a card could not begin; trying again later");
    match error {
        CallError::Store(error) => Err(error.into()),
        _ => Err(ServiceError::PluginFault),
    }
}

/// When a card that could not begin is to be tried again, in milliseconds since
/// 1970.
pub async fn not_before(card: &Card) -> u64 {
    card.begun.trying.lock().await.not_before_ms
}

/// Notes in a call's transaction which version was called, for a plugin that
/// has nothing to do about it: a later one may.
///
/// # Errors
///
/// When the store fails.
pub async fn note(card: &Card, plugin: &Plugin, tx: &mut Transaction) -> Result<(), ServiceError> {
    if plugin.has_lifecycle() || card.begun.is_done.load(Ordering::Acquire) {
        return Ok(());
    }
    let version = plugin.manifest.version.to_string();
    let slug = card.slug.as_str();
    if called_with(tx, &plugin.name, slug).await? == Some(version.clone()) {
        // It stands in a commit.
        card.begun.is_done.store(true, Ordering::Release);
        return Ok(());
    }
    Ok(note_version(tx, &plugin.name, slug, &version)?)
}

async fn begin(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    now_ms: u64,
    attempt: u32,
) -> Result<(), CallError> {
    let seed = jobs::seed(app);
    for _ in 0..=app.config.limits.action_reruns_max {
        let _beside_others = card.circle.gate.read().await;
        match try_to_begin(app, card, plugin, now_ms, attempt, seed).await? {
            Ok(()) => return Ok(()),
            Err(Conflict) => tracing::debug!("conflict; beginning again"),
        }
    }
    let _alone = card.circle.gate.write().await;
    match try_to_begin(app, card, plugin, now_ms, attempt, seed).await? {
        Ok(()) => Ok(()),
        Err(Conflict) => Err(CallError::Overloaded {
            retry_after_ms: 1000,
        }),
    }
}

struct Conflict;

async fn try_to_begin(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    now_ms: u64,
    attempt: u32,
    seed: u64,
) -> Result<Result<(), Conflict>, CallError> {
    let store = Arc::clone(&app.store);
    let partition = &card.circle.partition;
    let begun = Transaction::begin(store, partition, Access::Write).await;
    let mut tx = begun.map_err(CallError::Store)?;
    let version = plugin.manifest.version.to_string();
    let slug = card.slug.as_str();
    let before = called_with(&mut tx, &plugin.name, slug).await;
    let (occasion, delivery) = match before.map_err(CallError::Store)? {
        Some(before) if before == version => return Ok(Ok(())),
        Some(from) => {
            let delivery = format!("migrate-{slug}-{version}");
            (Occasion::Migrate { from }, delivery)
        }
        None => (Occasion::Created, format!("created-{slug}")),
    };
    note_version(&mut tx, &plugin.name, slug, &version).map_err(CallError::Store)?;
    let context = JobContext {
        now_ms,
        seed,
        delivery,
        attempt,
    };
    let tx = call(app, card, plugin, tx, &context, occasion).await?;
    match jobs::commit(app, &card.circle, tx).await {
        Ok(_seq) => Ok(Ok(())),
        Err(CommitError::Conflict) => Ok(Err(Conflict)),
        Err(CommitError::Store(error)) => Err(CallError::Store(error)),
        Err(CommitError::Quota(reached)) => Err(plugin.fault("", "lifecycle", reached.to_string())),
    }
}

/// Calls a card without a reader, in a transaction that is then to be
/// committed.
///
/// # Errors
///
/// See [`CallError`].
pub async fn call(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    mut transaction: Transaction,
    context: &JobContext,
    occasion: Occasion,
) -> Result<Transaction, CallError> {
    let hands = member::hands(app, &card.circle, &mut transaction).await;
    let hands = hands.map_err(CallError::Store)?;
    let locale = plugin.manifest.locale(&[] as &[&str]);
    let size = super::card::size(card, plugin, None);
    let visit = Visit {
        call_id: app.new_id("call"),
        plugin: Arc::clone(&plugin.name),
        card: card.context(locale, size, &At::default()),
        circle: Arc::clone(&hands.facts),
        posts: Arc::clone(&card.circle.posts),
        reader: Reader::none(),
        now_ms: context.now_ms,
        transaction,
    };
    let budget = &hands.publisher.budget;
    app.sandbox
        .job(plugin, budget, visit, context, occasion)
        .await
}
