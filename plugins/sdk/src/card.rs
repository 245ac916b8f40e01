//! What a card is: the trait, and the contexts its functions are given.

use std::ops::Deref;

use serde::de::DeserializeOwned;

use crate::action::{Action, Outcome};
use crate::bindings::actions::exports::quanka::card::actions as wit_actions;
use crate::bindings::imports::quanka::card::types as wit;
use crate::job::Job;
use crate::random::Random;
use crate::time::Timestamp;
use crate::view::View;
use crate::{Error, Reader, Result, Size};

/// A card. Implement it on a unit struct and name that struct in
/// [`export!`](crate::export).
pub trait Card {
    /// The card's configuration, as the publisher writes it and as the
    /// `[config]` schema of `card.toml` describes it. A card without any says
    /// `type Config = NoConfig`.
    type Config: DeserializeOwned;

    /// Draws the card.
    ///
    /// A pure function of the context and of what it reads through
    /// [`state`](crate::state), [`tally`](crate::tally),
    /// [`viewer`](crate::viewer), [`clock`](crate::clock) and
    /// [`circle`](crate::circle): the host remembers every read, keeps the
    /// view, and calls again only when one of them has changed. Writes are
    /// refused here.
    ///
    /// # Errors
    /// Any error means that there is nothing to show; the host then shows the
    /// last good view, or says that the card is out of order.
    fn render(cx: &CardContext<Self::Config>) -> Result<View>;

    /// Handles what a reader did.
    ///
    /// Writes are kept back and committed at once, together with the outcome,
    /// if this returns `Ok`; with `Err` nothing has happened. The host may
    /// call it several times for one action and commits once, so everything
    /// must come from the context, the action and what is read.
    ///
    /// # Errors
    /// [`Error::invalid`] for what the reader did wrong. Without an
    /// implementation every action is unknown.
    fn handle(cx: &ActionContext<Self::Config>, action: &Action) -> Result<Outcome> {
        let _ = cx;
        Err(Error::unknown_action(action))
    }

    /// Does what no reader asks for: a [timer](crate::timers) that is due, or
    /// the answer to a [request](crate::outbound). Exported by
    /// `export!(MyCard, full)` alone.
    ///
    /// Writes are committed together if this returns `Ok`, and
    /// `cx.delivery` with them: a job has its effects once.
    ///
    /// # Errors
    /// With any error the job is delivered again, later and later, and in the
    /// end put aside for the operator. Without an implementation every job is
    /// unknown.
    fn run(cx: &JobContext<Self::Config>, job: &Job) -> Result<()> {
        let _ = cx;
        Err(Error::unknown_job(job))
    }

    /// A card was placed: once for each card, before any action or job of it.
    /// (It may be drawn before.) Where timers are set. Exported by
    /// `export!(MyCard, full)` alone.
    ///
    /// # Errors
    /// With any error it is tried again before the next action or job.
    fn created(cx: &JobContext<Self::Config>) -> Result<()> {
        let _ = cx;
        Ok(())
    }

    /// The plugin has another version than the last time this card was called:
    /// once for each card and version, before any action or job of it.
    /// Exported by `export!(MyCard, full)` alone.
    ///
    /// # Errors
    /// With any error it is tried again before the next action or job.
    fn migrate(cx: &JobContext<Self::Config>, from_version: &str) -> Result<()> {
        let _ = (cx, from_version);
        Ok(())
    }
}

/// The configuration of a card that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoConfig;

impl<'de> serde::Deserialize<'de> for NoConfig {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// The card a call is about. The same in [`Card::render`] and, through
/// [`ActionContext`], in [`Card::handle`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CardContext<C> {
    /// Stays the same for as long as the card exists.
    pub card: String,
    /// The card's name in URLs; may change.
    pub slug: String,
    /// The id of the circle the card stands in.
    pub circle: String,
    /// The card's configuration.
    pub config: C,
    /// The locale to answer in, one of the manifest's: `zh-CN`, `en`, …
    pub locale: String,
    /// The room the card has.
    pub size: Size,
    /// Which of the card's pages to draw: empty for the first, otherwise what
    /// a [`link_to`](crate::view::link_to) of the card named. Anybody can make
    /// one up: answer [`Error::not_found`] to what is no page.
    pub at: String,
}

impl<C> CardContext<C> {
    /// Whether to answer in Chinese.
    pub fn is_chinese(&self) -> bool {
        self.locale == "zh" || self.locale.starts_with("zh-")
    }

    /// One text in two languages: the one to answer in.
    ///
    /// ```
    /// # use quanka_card::prelude::*;
    /// fn title(cx: &CardContext<NoConfig>) -> &'static str {
    ///     cx.tr("投票", "Poll")
    /// }
    /// ```
    pub fn tr<T>(&self, chinese: T, english: T) -> T {
        if self.is_chinese() { chinese } else { english }
    }

    /// Which of the card's pages to draw, in parts: `tag/跑步` is
    /// `["tag", "跑步"]`, and the first page is `[]`.
    ///
    /// ```
    /// # use quanka_card::prelude::*;
    /// # fn first(_: &CardContext<NoConfig>) -> Result<View> { Ok(View::new("标签")) }
    /// # fn tagged(_: &CardContext<NoConfig>, tag: &str) -> Result<View> { Ok(View::new(tag)) }
    /// fn render(cx: &CardContext<NoConfig>) -> Result<View> {
    ///     match cx.place().as_slice() {
    ///         [] => first(cx),
    ///         ["tag", tag] => tagged(cx, tag),
    ///         _ => Err(Error::no_such_place(cx)),
    ///     }
    /// }
    /// ```
    pub fn place(&self) -> Vec<&str> {
        if self.at.is_empty() {
            Vec::new()
        } else {
            self.at.split('/').collect()
        }
    }
}

impl<C: DeserializeOwned> CardContext<C> {
    pub(crate) fn from_wit(cx: wit::CardContext) -> Result<Self> {
        let config = serde_json::from_str(&cx.config)
            .map_err(|error| Error::internal(format!("the card's config: {error}")))?;
        Ok(Self {
            card: cx.card,
            slug: cx.slug,
            circle: cx.circle,
            config,
            locale: cx.locale,
            size: cx.size,
            at: cx.at,
        })
    }
}

/// The card, the reader who acted, and the only time and randomness there is.
/// Everything of [`CardContext`] can be read from it too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActionContext<C> {
    /// The reader who acted.
    pub reader: Reader,
    /// When the action arrived.
    pub now: Timestamp,
    /// Different for every action, the same when the host runs one again.
    pub seed: u64,
    base: CardContext<C>,
}

impl<C> ActionContext<C> {
    /// A generator of random numbers that gives the same ones when the host
    /// runs the action again. Every call starts it afresh: call it once.
    pub fn random(&self) -> Random {
        Random::new(self.seed)
    }
}

impl<C: DeserializeOwned> ActionContext<C> {
    pub(crate) fn from_wit(cx: wit_actions::ActionContext) -> Result<Self> {
        Ok(Self {
            reader: cx.reader,
            now: Timestamp::from_ms(cx.now),
            seed: cx.seed,
            base: CardContext::from_wit(cx.card)?,
        })
    }
}

impl<C> Deref for ActionContext<C> {
    type Target = CardContext<C>;

    fn deref(&self) -> &CardContext<C> {
        &self.base
    }
}

/// What a call is about that no reader makes. Everything of [`CardContext`]
/// can be read from it too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobContext<C> {
    /// When the call is made.
    pub now: Timestamp,
    /// Different for every delivery, the same whenever one is tried again.
    pub seed: u64,
    /// Names this delivery, however often it is tried.
    pub delivery: String,
    /// 1 for the first try.
    pub attempt: u32,
    base: CardContext<C>,
}

impl<C> JobContext<C> {
    /// A generator of random numbers that gives the same ones when the host
    /// runs the job again. Every call starts it afresh: call it once.
    pub fn random(&self) -> Random {
        Random::new(self.seed)
    }
}

impl<C: DeserializeOwned> JobContext<C> {
    pub(crate) fn from_wit(cx: wit::JobContext) -> Result<Self> {
        Ok(Self {
            now: Timestamp::from_ms(cx.now),
            seed: cx.seed,
            delivery: cx.delivery,
            attempt: cx.attempt,
            base: CardContext::from_wit(cx.card)?,
        })
    }
}

impl<C> Deref for JobContext<C> {
    type Target = CardContext<C>;

    fn deref(&self) -> &CardContext<C> {
        &self.base
    }
}
