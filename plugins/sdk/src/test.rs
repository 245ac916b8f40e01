//! Runs a card natively, in a test: no WebAssembly, no server, no waiting.
//!
//! ```
//! use quanka_card::prelude::*;
//! use quanka_card::test::{Host, signed_in};
//!
//! struct Likes;
//!
//! impl Card for Likes {
//!     type Config = NoConfig;
//!
//!     fn render(_: &CardContext<NoConfig>) -> Result<View> {
//!         let likes = tally::card("likes").total();
//!         Ok(View::new("赞").body((text(format!("{likes} 个赞")), button("赞", offer("like")))))
//!     }
//!
//!     fn handle(_: &ActionContext<NoConfig>, _: &Action) -> Result<Outcome> {
//!         tally::card("likes").add("all", 1)?;
//!         Ok(Outcome::quiet())
//!     }
//! }
//!
//! let mut host = Host::new::<Likes>(serde_json::json!({}));
//! host.act(&signed_in("阿南"), "like", []).unwrap();
//! assert!(host.render().unwrap().contains("1 个赞"));
//! ```
//!
//! The host does what the real one does: an action must be offered by the view
//! the reader sees, audience, `once` and inputs are checked, writes are
//! committed only if the card returns `Ok`, and the time stands still until you
//! move it. It also does what the real one may do at any time, and runs every
//! call twice: a card that does not answer the same again fails the test.
//!
//! - **Readers** are in the circle as they say, from the first time the host
//!   sees them ([`signed_in`], [`Host::owner`]); from then on the circle knows
//!   better, so somebody who left has left, whatever their [`Reader`] says.
//! - **Elsewhere**: [`Host::elsewhere`] does what readers do through other
//!   cards and on the circle's page, such as posting or banning.
//! - **Time**: [`Host::advance_s`] delivers the timers that become due.
//! - **Requests** wait in [`Host::outbox`] until the test gives them an
//!   [`answer`](Host::answer).
//!
//! What it does not have: word lists, reports, how often a member may post, the
//! operator's limits, time zones with daylight saving, and pictures' contents.

mod act;
mod check;
mod inputs;
mod jobs;
mod readers;
mod seen;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use crate::__export as export;
use crate::bindings::actions::exports::quanka::card::actions as wit_actions;
use crate::bindings::card::quanka::card::view as wit_view;
use crate::bindings::imports::quanka::card::types as wit;
use crate::bindings::jobs::exports::quanka::card::jobs as wit_jobs;
use crate::circle::{CircleInfo, JoinPolicy};
use crate::host::native::{Call, CallKind, Data, within};
use crate::log::Level;
use crate::time::Timestamp;
use crate::{Card, Error, Outcome, Reader, Result, Size};

use act::Taken;
pub use act::{Done, Refusal};
pub use jobs::{JobDone, Reply, Request, reply};
pub use readers::{anonymous, nobody, signed_in, visitor, with_role};
pub use seen::Seen;
/// The nodes of a view, as the contract has them. See [`Seen::kinds`].
pub use wit_view::Kind;

/// One card, in memory.
pub struct Host {
    render: fn(wit::CardContext) -> Result<wit_view::View, wit::Error>,
    handle: Handle,
    run: fn(wit::JobContext, wit_jobs::Job) -> Result<(), wit::Error>,
    created: fn(wit::JobContext) -> Result<(), wit::Error>,
    migrate: fn(wit::JobContext, &str) -> Result<(), wit::Error>,
    card: wit::CardContext,
    config: serde_json::Value,
    circle: CircleInfo,
    now: Timestamp,
    data: Data,
    is_created: bool,
    actions: u64,
    taken: BTreeMap<Taken, Outcome>,
    lines: Vec<(Level, String)>,
}

type Handle =
    fn(wit_actions::ActionContext, wit_actions::Action) -> Result<wit_actions::Outcome, wit::Error>;

impl Host {
    /// A card with this configuration, of standard size, in Chinese, on the
    /// first day of 2026.
    pub fn new<C: Card>(config: serde_json::Value) -> Self {
        Self {
            render: export::render::<C>,
            handle: export::handle::<C>,
            run: export::run::<C>,
            created: export::created::<C>,
            migrate: export::migrate::<C>,
            card: wit::CardContext {
                card: "card-1".to_owned(),
                slug: "test".to_owned(),
                circle: "circle-1".to_owned(),
                config: String::new(),
                locale: "zh-CN".to_owned(),
                size: Size::Standard,
                at: String::new(),
            },
            config,
            circle: CircleInfo {
                id: "circle-1".to_owned(),
                name: "测试圈".to_owned(),
                intro: String::new(),
                publisher: "测试号".to_owned(),
                topics: Vec::new(),
                policy: JoinPolicy::Open,
                owner: None,
                pre_approval: false,
            },
            now: Timestamp::from_ms(1_767_225_600_000),
            data: Data::default(),
            is_created: false,
            actions: 0,
            taken: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    /// Changes the configuration, as a publisher may at any time.
    pub fn set_config(&mut self, config: serde_json::Value) -> &mut Self {
        self.config = config;
        self
    }

    /// Answers in another locale.
    pub fn set_locale(&mut self, locale: &str) -> &mut Self {
        self.card.locale = locale.to_owned();
        self
    }

    /// Gives the card another room.
    pub fn set_size(&mut self, size: Size) -> &mut Self {
        self.card.size = size;
        self
    }

    /// Opens another page of the card: what a link to it names, empty for the
    /// first. It stays open for all that follows.
    pub fn set_at(&mut self, place: &str) -> &mut Self {
        self.card.at = place.to_owned();
        self
    }

    /// What the circle says of itself, to be changed: its policy, its topics,
    /// whether posts wait for a moderator.
    pub fn circle_mut(&mut self) -> &mut CircleInfo {
        &mut self.circle
    }

    /// The card's instant.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the clock to an instant given as RFC 3339 text. No timer is
    /// delivered, as while a host is down; see [`Host::advance_s`].
    ///
    /// # Panics
    /// If it is no such text.
    pub fn set_now(&mut self, instant: &str) -> &mut Self {
        self.now = instant.parse().expect("the test's instant is RFC 3339");
        self
    }

    /// Moves the clock on. No timer is delivered, as while a host is down; see
    /// [`Host::advance_s`].
    pub fn pass_s(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now.plus_s(seconds);
        self
    }

    /// What the last call logged.
    pub fn log(&self) -> &[(Level, String)] {
        &self.lines
    }

    /// Draws the card for a reader without a session.
    ///
    /// # Errors
    /// The card's own, or what is wrong with its view.
    pub fn render(&mut self) -> Result<Seen> {
        self.render_as(&nobody())
    }

    /// Draws a page of the card for a reader without a session.
    ///
    /// # Errors
    /// The card's own, or what is wrong with its view.
    pub fn render_at(&mut self, place: &str) -> Result<Seen> {
        self.render_at_as(place, &nobody())
    }

    /// Draws the card for a reader, at the page that is open.
    ///
    /// # Errors
    /// The card's own, or what is wrong with its view.
    ///
    /// # Panics
    /// If drawing it twice gives two views.
    pub fn render_as(&mut self, reader: &Reader) -> Result<Seen> {
        let place = self.card.at.clone();
        self.render_at_as(&place, reader)
    }

    /// Draws a page of the card for a reader.
    ///
    /// # Errors
    /// The card's own, or what is wrong with its view.
    ///
    /// # Panics
    /// If drawing it twice gives two views.
    pub fn render_at_as(&mut self, place: &str, reader: &Reader) -> Result<Seen> {
        let reader = self.data.seat(reader, self.now.as_ms());
        let run = || {
            within(self.call(CallKind::Render, &reader), || {
                (self.render)(self.card_context(place))
            })
        };
        let (view, call) = run();
        let (again, _) = run();
        self.lines = call.lines;
        if let Ok(view) = &view {
            check::check(view)
                .and_then(|()| check::check_known(view, &self.data))
                .map_err(|reason| Error::internal(format!("malformed view: {reason}")))?;
        }
        assert!(
            again == view,
            "`render` gave another view the second time: it must depend on what it is given and \
             reads through imports alone"
        );
        let view = view.map_err(Error::from_wit)?;
        Ok(Seen {
            view,
            at: place.to_owned(),
            is_private: call.asked_for_viewer && reader.member.is_some(),
            expires_at: call.expires_at_ms.map(Timestamp::from_ms),
            reader,
        })
    }

    fn card_context(&self, place: &str) -> wit::CardContext {
        wit::CardContext {
            at: place.to_owned(),
            config: self.config.to_string(),
            ..self.card.clone()
        }
    }

    fn call(&self, kind: CallKind, reader: &Reader) -> Call {
        Call::new(
            kind,
            self.data.clone(),
            reader.clone(),
            self.now.as_ms(),
            self.circle.clone(),
            self.card.locale.clone(),
        )
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("card", &self.card)
            .field("now", &self.now)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
