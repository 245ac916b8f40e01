//! Drawing a card: from the cache if that is right, else by the plugin, once
//! for all who ask at the same time.

use super::card::{plugin, size};
use super::error::ServiceError;
use super::member;
use super::people::{self, IntroduceError, Looker};
use crate::app::{App, Card, Drawing, millis};
use crate::community::people::Known;
use crate::config::CardState;
use crate::contract::CardError;
use crate::identity::{Offer, ReaderId, offer};
use crate::live::basis::{Basis, Moment};
use crate::live::cache::{Found, Keep, ViewKey, ViewKeyRef};
use crate::live::drawn::{Drawn, DrawnFacts, Freshness};
use crate::live::surface::{Surface, Variant};
use crate::sandbox::call::Visit;
use crate::sandbox::fault::CallError;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, Seq, StoreError, Transaction};
use crate::view::check::check;
use crate::view::{At, CheckedView, Malformed, Size};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whose view, and which.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The reader's session; `None` is the view of *none*.
    pub reader: Option<ReaderId>,
    /// The size asked for, if any.
    pub size: Option<Size>,
    /// Which of the card's pages.
    pub at: At,
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

/// The card's view for a reader: as it is after every commit that was
/// acknowledged before this call.
///
/// # Errors
///
/// When the plugin failed and there is no earlier view, or there is no such
/// page, or there is no room, or the store cannot be read.
pub async fn view(app: &App, card: &Card, wanted: &Wanted) -> Result<Shown, ServiceError> {
    let plugin = plugin(card)?;
    let newest = app.store.seq(&card.circle.partition)?;
    let known = member::known(app, &card.circle, wanted.reader.as_ref()).await?;
    let reader = known.as_ref();
    let key = key(card, &plugin, wanted, reader);
    let search = Search {
        app,
        card,
        plugin: &plugin,
        newest,
    };
    let last_good = match search.find(key)? {
        Some(Found::Fresh(drawn)) => return Ok(fresh(drawn)),
        Some(Found::Stale(drawn)) => Some(drawn),
        None => None,
    };
    // What was everybody's will be so again, most likely.
    let for_all = last_good.as_ref().is_some_and(|drawn| !drawn.private);
    let mut drawn = match for_all {
        true => search.draw_shared(key.of_none(), None).await,
        false => search.draw_shared(key, reader).await,
    };
    // A page that none can see may be there for this reader.
    let may_differ = match &drawn {
        Ok(drawn) => drawn.private,
        Err(error) => is_no_page(error, &wanted.at),
    };
    if for_all && reader.is_some() && may_differ {
        drawn = search.draw_shared(key, reader).await;
    }
    match (drawn, last_good) {
        (Ok(drawn), _) => Ok(fresh(drawn)),
        (Err(error), _) if is_no_page(&error, &wanted.at) => {
            app.cache.forget(key);
            Err(ServiceError::PageUnknown)
        }
        (Err(error), Some(drawn)) if is_the_plugins(&error) => Ok(Shown {
            drawn,
            freshness: Freshness::Stale,
        }),
        (Err(error), _) => Err(error.into()),
    }
}

/// A surface of a view, ready-made.
pub fn ready_made<'a>(
    app: &App,
    shown: &'a Shown,
    surface: Surface,
    accept_encoding: Option<&str>,
) -> &'a Variant {
    let bytes_before = shown.drawn.bytes();
    let variant = shown.drawn.encoded(surface).pick(accept_encoding);
    if shown.drawn.bytes() != bytes_before {
        app.cache.weigh_again(&shown.drawn);
    }
    variant
}

/// Which view a reader of the circle wants.
pub fn key<'a>(
    card: &'a Card,
    plugin: &'a Plugin,
    wanted: &'a Wanted,
    known: Option<&'a Known>,
) -> ViewKeyRef<'a> {
    ViewKeyRef {
        card: card.slug.as_str(),
        locale: locale(plugin, wanted),
        size: size(card, plugin, wanted.size),
        at: &wanted.at,
        member: known.map(|known| known.view_of.as_str()),
    }
}

/// The locale a card answers in.
pub fn locale<'a>(plugin: &'a Plugin, wanted: &Wanted) -> &'a str {
    plugin.manifest.locale(&wanted.languages)
}

/// One request's search for a view that is right.
struct Search<'a> {
    app: &'a App,
    card: &'a Card,
    plugin: &'a Plugin,
    /// The circle's newest commit when the request came. What it is given must
    /// not be older.
    newest: Seq,
}

impl Search<'_> {
    /// Now, by the clock.
    fn moment(&self) -> Moment<'_> {
        Moment {
            history: &self.app.store,
            newest: self.newest,
            now_ms: millis(self.app.world.now()),
        }
    }

    fn find(&self, key: ViewKeyRef<'_>) -> Result<Option<Found<Drawn>>, StoreError> {
        self.app.cache.find(key, self.moment())
    }

    /// Draws, together with all who want the same view now.
    async fn draw_shared(&self, key: ViewKeyRef<'_>, reader: Option<&Known>) -> Drawing {
        /// A render under way may have begun before a commit that this request
        /// must see. The next one did not; a third is for a clock that passed
        /// the view's instant meanwhile.
        const ROUNDS: usize = 3;
        let key = key.to_key();
        for _ in 1..ROUNDS {
            let is_own = AtomicBool::new(false);
            let work = || {
                is_own.store(true, Ordering::Relaxed);
                self.draw_and_keep(&key, reader)
            };
            let drawn = match self.app.flights.join(&key, work).await {
                // There may be one since, such as that of a post just made.
                Err(error) if is_no_page(&error, &key.at) && !is_own.load(Ordering::Relaxed) => {
                    continue;
                }
                drawn => drawn?,
            };
            if drawn
                .basis
                .is_right(self.moment())
                .map_err(CallError::Store)?
            {
                return Ok(drawn);
            }
        }
        self.draw_and_keep(&key, reader).await
    }

    async fn draw_and_keep(&self, key: &ViewKey, reader: Option<&Known>) -> Drawing {
        // Somebody may just have been done.
        if let Some(Found::Fresh(drawn)) = self.find(key.borrowed()).map_err(CallError::Store)? {
            return Ok(drawn);
        }
        let drawn = Arc::new(self.draw(key, reader).await?);
        self.app.cache.keep(&drawn);
        Ok(drawn)
    }

    async fn draw(&self, key: &ViewKey, known: Option<&Known>) -> Result<Drawn, CallError> {
        let Search {
            app, card, plugin, ..
        } = *self;
        let store = Arc::clone(&app.store);
        let mut transaction = Transaction::begin(store, &card.circle.partition, Access::Read)
            .await
            .map_err(CallError::Store)?;
        let now_ms = millis(app.world.now());
        let hands = member::hands(app, &card.circle, &mut transaction)
            .await
            .map_err(CallError::Store)?;
        let reader = member::looking(&mut transaction, &hands, known, now_ms)
            .await
            .map_err(CallError::Store)?;
        let call_id = app.new_id("call");
        let visit = Visit {
            call_id: call_id.clone(),
            plugin: Arc::clone(&plugin.name),
            card: card.context(&key.locale, key.size, &key.at),
            circle: Arc::clone(&hands.facts),
            posts: Arc::clone(&card.circle.posts),
            reader,
            now_ms,
            transaction,
        };
        let budget = &hands.publisher.budget;
        let rendered = app.sandbox.render(plugin, budget, visit).await?;
        let mut transaction = rendered.transaction;
        let malformed =
            |malformed: Malformed| plugin.fault(&call_id, "render", malformed.to_string());
        let mut view = check(rendered.view, &app.view_limits).map_err(malformed)?;
        let looker = known.filter(|_| rendered.private).map(|known| Looker {
            member: known.member.as_str(),
            is_owner: hands.is_owner(&known.reader),
            now_ms,
        });
        people::introduce(&mut transaction, &mut view, &key.locale, looker)
            .await
            .map_err(|error| match error {
                IntroduceError::Malformed(reason) => malformed(reason),
                IntroduceError::Store(error) => CallError::Store(error),
            })?;
        plugin.succeeded();
        // Only a view that depends on its reader binds its offers to them.
        let reader = known.map(|known| &known.reader);
        let bound = reader.filter(|_| rendered.private);
        let tokens = (card.state == CardState::Live && plugin.takes_actions())
            .then(|| sign_offers(app, card, &key.at, &view, bound));
        let used_us = u64::try_from(rendered.used.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(card = %card.slug, call = call_id, version = view.version(), used_us, "drawn");
        Ok(Drawn::new(
            view,
            DrawnFacts {
                place: card.place_of(&hands),
                key: key.clone(),
                private: rendered.private,
                reader: reader.cloned(),
                basis: Basis::new(transaction, rendered.expires_at_ms),
                tokens,
            },
        ))
    }
}

fn sign_offers(
    app: &App,
    card: &Card,
    at: &At,
    view: &CheckedView,
    reader: Option<&ReaderId>,
) -> Vec<String> {
    view.offers()
        .iter()
        .map(|made| {
            let offer = Offer::new(&card.slug, at, &made.offer, &made.inputs, reader);
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

/// Whether the card has no such page. That its first one is missing is the
/// plugin's failure like any other.
fn is_no_page(error: &CallError, at: &At) -> bool {
    !at.is_first() && matches!(error, CallError::Card(CardError::NotFound(_)))
}

/// Whether a failure is the plugin's own doing, for which its last good view
/// stands in.
fn is_the_plugins(error: &CallError) -> bool {
    matches!(
        error,
        CallError::Fault(_) | CallError::Paused { .. } | CallError::Card(_)
    )
}
