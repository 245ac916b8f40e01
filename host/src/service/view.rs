//! Drawing a card: from the cache if that is right, else by the plugin.

use super::card::{plugin, size};
use super::error::ServiceError;
use crate::app::{App, Card, millis};
use crate::config::CardState;
use crate::contract::{Reader, Role};
use crate::identity::{Offer, ReaderId, member_id, offer};
use crate::live::cache::{Found, ViewKey};
use crate::live::drawn::{Drawn, DrawnFacts, Freshness};
use crate::sandbox::call::Visit;
use crate::sandbox::fault::CallError;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, Transaction};
use crate::view::check::check;
use crate::view::{CheckedView, Size};
use std::sync::Arc;

/// Whose view, and which.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The reader's session; `None` is the view of *none*.
    pub reader: Option<ReaderId>,
    /// The size asked for, if any.
    pub size: Option<Size>,
    /// The languages asked for, best first.
    pub languages: Vec<String>,
}

/// A view, and whether it is right or the last good one.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The view.
    pub drawn: Arc<Drawn>,
    /// Whether it is right.
    pub freshness: Freshness,
}

/// The card's view for a reader.
///
/// # Errors
///
/// When the plugin failed and there is no earlier view, or there is no room,
/// or the store cannot be read.
pub async fn view(app: &App, card: &Card, wanted: &Wanted) -> Result<Shown, ServiceError> {
    let plugin = plugin(card)?;
    let now_ms = millis(app.world.now());
    let newest = app.store.seq(&card.circle.partition)?;
    let locale = locale(&plugin, wanted);
    let member = wanted
        .reader
        .as_ref()
        .map(|reader| member_id(&app.keys, &card.circle.id, reader).into_string());
    let key = ViewKey {
        card: card.slug.as_str().into(),
        locale: locale.clone(),
        size: size(card, &plugin, wanted.size),
        member,
    };
    let last_good = match app.cache.find(&key, newest, now_ms) {
        Some(Found::Fresh(drawn)) => return Ok(fresh(drawn)),
        Some(Found::Stale(drawn)) => Some(drawn),
        None => None,
    };
    match draw(app, card, &plugin, &key, wanted.reader.as_ref(), now_ms).await {
        Ok(drawn) => {
            let drawn = Arc::new(drawn);
            app.cache.keep(key, Arc::clone(&drawn));
            Ok(fresh(drawn))
        }
        Err(error) if is_the_plugins(&error) => last_good
            .map(|drawn| Shown {
                drawn,
                freshness: Freshness::Stale,
            })
            .ok_or_else(|| error.into()),
        Err(error) => Err(error.into()),
    }
}

/// The locale a card answers in.
pub fn locale(plugin: &Plugin, wanted: &Wanted) -> String {
    let wanted: Vec<&str> = wanted.languages.iter().map(String::as_str).collect();
    plugin.manifest.locale(&wanted).to_owned()
}

/// A session's reader, as the card's circle knows them.
pub fn reader(app: &App, card: &Card, reader: Option<&ReaderId>, languages: &[String]) -> Reader {
    let member = reader.map(|reader| member_id(&app.keys, &card.circle.id, reader).into_string());
    Reader {
        signed_in: reader.is_some_and(|reader| !reader.is_anonymous()),
        role: Role::Visitor,
        locale: member.as_ref().and(languages.first().cloned()),
        muted: false,
        member,
    }
}

async fn draw(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    key: &ViewKey,
    session: Option<&ReaderId>,
    now_ms: u64,
) -> Result<Drawn, CallError> {
    let store = Arc::clone(&app.store);
    let transaction = Transaction::begin(store, &card.circle.partition, Access::Read)
        .await
        .map_err(CallError::Store)?;
    let seq = transaction.seq();
    let call_id = app.new_id("call");
    let visit = Visit {
        call_id: call_id.clone(),
        plugin: Arc::clone(&plugin.name),
        card: card.context(&key.locale, key.size),
        circle: Arc::clone(&card.circle.facts),
        reader: reader(app, card, session, &[]),
        now_ms,
        transaction,
    };
    let budget = &card.circle.publisher.budget;
    let rendered = app.sandbox.render(plugin, budget, visit).await?;
    let view = check(rendered.view, &app.view_limits)
        .map_err(|malformed| plugin.fault(&call_id, "render", malformed.to_string()))?;
    plugin.succeeded();
    // Only a view that depends on its reader binds its offers to them.
    let bound = session.filter(|_| rendered.private);
    let tokens = (card.state == CardState::Live && plugin.takes_actions())
        .then(|| sign_offers(app, card, &view, bound));
    Ok(Drawn::new(
        view,
        DrawnFacts {
            place: Arc::clone(&card.place),
            locale: key.locale.clone(),
            size: key.size,
            private: rendered.private,
            reader: session.cloned(),
            expires_at_ms: rendered.expires_at_ms,
            seq,
            tokens,
        },
    ))
}

fn sign_offers(
    app: &App,
    card: &Card,
    view: &CheckedView,
    reader: Option<&ReaderId>,
) -> Vec<String> {
    view.offers()
        .iter()
        .map(|at| {
            let offer = Offer::new(&card.slug, &at.offer, &at.inputs, reader);
            offer::sign(&app.keys, &offer)
        })
        .collect()
}

fn fresh(drawn: Arc<Drawn>) -> Shown {
    Shown {
        drawn,
        freshness: Freshness::Fresh,
    }
}

/// Whether a failure is the plugin's own doing, for which its last good view
/// stands in.
fn is_the_plugins(error: &CallError) -> bool {
    matches!(
        error,
        CallError::Fault(_) | CallError::Paused { .. } | CallError::Card(_)
    )
}
