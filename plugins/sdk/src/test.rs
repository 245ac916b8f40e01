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

mod check;
mod inputs;
mod seen;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use crate::__export as export;
use crate::bindings::actions::exports::quanka::card::actions as wit_actions;
use crate::bindings::card::quanka::card::view as wit_view;
use crate::bindings::imports::quanka::card::types as wit;
use crate::circle::{CircleInfo, JoinPolicy};
use crate::host::native::{Call, CallKind, Data, within};
use crate::log::Level;
use crate::time::Timestamp;
use crate::view::{Audience, Once};
use crate::{Card, Error, ErrorKind, Outcome, Reader, Result, Role, Size};

pub use seen::Seen;
/// The nodes of a view, as the contract has them. See [`Seen::kinds`].
pub use wit_view::Kind;

/// One card, in memory.
pub struct Host {
    render: fn(wit::CardContext) -> Result<wit_view::View, wit::Error>,
    handle: Handle,
    card: wit::CardContext,
    config: serde_json::Value,
    circle: CircleInfo,
    now: Timestamp,
    data: Data,
    actions: u64,
    taken: BTreeMap<Taken, Outcome>,
    lines: Vec<(Level, String)>,
}

type Handle =
    fn(wit_actions::ActionContext, wit_actions::Action) -> Result<wit_actions::Outcome, wit::Error>;

/// An offer that can be taken once: by name, payload and, if it is once for
/// each reader, the reader.
type Taken = (String, String, Option<String>);

/// An action that was done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Done {
    /// What the card answered.
    pub outcome: Outcome,
    /// Whether it had been done before and this is the answer of then.
    pub repeated: bool,
    /// Who did it. A reader without a session has one from now on.
    pub reader: Reader,
}

/// Why an action was not done. Nothing was written.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The view the reader saw does not offer it, or offered it to somebody
    /// else.
    NotOffered,
    /// The reader must sign in first.
    SignInRequired,
    /// The reader's role is too low.
    Denied,
    /// It could be done once, and was.
    Taken,
    /// The inputs are wrong: as declared, or as the card says.
    Invalid(Error),
    /// The card failed.
    Failed(Error),
}

/// A reader without a session.
pub fn nobody() -> Reader {
    Reader {
        member: None,
        signed_in: false,
        role: Role::Visitor,
        locale: None,
        muted: false,
    }
}

/// A reader who has acted but not signed in.
pub fn anonymous(id: &str) -> Reader {
    Reader {
        member: Some(id.to_owned()),
        ..nobody()
    }
}

/// A reader who has signed in and joined the circle.
pub fn signed_in(id: &str) -> Reader {
    Reader {
        signed_in: true,
        role: Role::Member,
        ..anonymous(id)
    }
}

/// A reader with a role in the circle.
pub fn with_role(id: &str, role: Role) -> Reader {
    Reader {
        role,
        ..signed_in(id)
    }
}

impl Host {
    /// A card with this configuration, of standard size, in Chinese, on the
    /// first day of 2026.
    pub fn new<C: Card>(config: serde_json::Value) -> Self {
        Self {
            render: export::render::<C>,
            handle: export::handle::<C>,
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

    /// Moves the clock to an instant given as RFC 3339 text.
    ///
    /// # Panics
    /// If it is no such text.
    pub fn set_now(&mut self, instant: &str) -> &mut Self {
        self.now = instant.parse().expect("the test's instant is RFC 3339");
        self
    }

    /// Moves the clock on.
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

    /// Draws the card for a reader.
    ///
    /// # Errors
    /// The card's own, or what is wrong with its view.
    ///
    /// # Panics
    /// If drawing it twice gives two views.
    pub fn render_as(&mut self, reader: &Reader) -> Result<Seen> {
        let run = || {
            within(self.call(CallKind::Render, reader), || {
                (self.render)(self.card_context())
            })
        };
        let (view, call) = run();
        let (again, _) = run();
        self.lines = call.lines;
        if let Ok(view) = &view {
            check::check(view)
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
            reader: reader.clone(),
            is_private: call.asked_for_viewer && reader.member.is_some(),
            expires_at: call.expires_at_ms.map(Timestamp::from_ms),
        })
    }

    /// Takes an offer of the view as the reader sees it now. Several values of
    /// one input are several pairs.
    ///
    /// # Errors
    /// Why it was not done, such as that no button offers it.
    pub fn act<'a>(
        &mut self,
        reader: &Reader,
        name: &str,
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Done, Refusal> {
        let seen = self.render_as(reader).map_err(Refusal::Failed)?;
        self.act_on(&seen, reader, name, inputs)
    }

    /// Takes an offer of a view that was drawn earlier, as readers do who had
    /// the page open for a while.
    ///
    /// # Errors
    /// Why it was not done.
    ///
    /// # Panics
    /// If handling it twice gives two outcomes.
    pub fn act_on<'a>(
        &mut self,
        seen: &Seen,
        reader: &Reader,
        name: &str,
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Done, Refusal> {
        if seen.is_private && seen.reader.member != reader.member {
            return Err(Refusal::NotOffered);
        }
        let (at, offer) = seen
            .offers()
            .find(|(_, offer)| offer.name == name)
            .ok_or(Refusal::NotOffered)?;
        admit(offer.audience, reader)?;
        let inputs = inputs::accept(seen.form_around(at), inputs).map_err(Refusal::Invalid)?;
        let reader = self.with_session(reader);

        let taken = taken(offer, &reader);
        if let Some(outcome) = taken.as_ref().and_then(|taken| self.taken.get(taken)) {
            return match offer.once {
                Once::PerCard => Err(Refusal::Taken),
                _ => Ok(Done {
                    outcome: outcome.clone(),
                    repeated: true,
                    reader,
                }),
            };
        }
        let outcome = self.commit(&reader, offer, inputs)?;
        self.taken
            .extend(taken.map(|taken| (taken, outcome.clone())));
        Ok(Done {
            outcome,
            repeated: false,
            reader,
        })
    }

    fn commit(
        &mut self,
        reader: &Reader,
        offer: &wit_view::ActionOffer,
        inputs: Vec<wit_actions::InputValue>,
    ) -> Result<Outcome, Refusal> {
        self.actions += 1;
        let cx = wit_actions::ActionContext {
            card: self.card_context(),
            reader: reader.clone(),
            now: self.now.as_ms(),
            seed: self.actions.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        };
        let action = wit_actions::Action {
            id: format!("act_{}", self.actions),
            name: offer.name.clone(),
            payload: offer.payload.clone(),
            inputs,
        };
        let run = || {
            let call = self.call(CallKind::Handle, reader);
            within(call, || (self.handle)(cx.clone(), action.clone()))
        };
        let (outcome, call) = run();
        let (again, call_again) = run();
        assert!(
            outcome == again && call.data == call_again.data,
            "`handle` did something else the second time: it must depend on what it is given and \
             reads through imports alone"
        );
        self.lines = call.lines;
        match outcome.map_err(Error::from_wit) {
            Ok(outcome) => {
                self.data = call.data;
                Ok(Outcome::from_wit(outcome))
            }
            Err(error) if error.kind() == ErrorKind::Invalid => Err(Refusal::Invalid(error)),
            Err(error) => Err(Refusal::Failed(error)),
        }
    }

    fn card_context(&self) -> wit::CardContext {
        wit::CardContext {
            config: self.config.to_string(),
            ..self.card.clone()
        }
    }

    fn call(&self, kind: CallKind, reader: &Reader) -> Call {
        let (data, circle) = (self.data.clone(), self.circle.clone());
        Call::new(kind, data, reader.clone(), self.now.as_ms(), circle)
    }

    /// A reader without a session gets one with their first action.
    fn with_session(&self, reader: &Reader) -> Reader {
        let id = || format!("anonymous-{}", self.actions + 1);
        Reader {
            member: Some(reader.member.clone().unwrap_or_else(id)),
            ..reader.clone()
        }
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

/// Whether an offer is meant for a reader.
fn admit(audience: Audience, reader: &Reader) -> Result<(), Refusal> {
    let least = match audience {
        Audience::Anyone => return Ok(()),
        Audience::SignedIn if reader.signed_in => return Ok(()),
        Audience::SignedIn => return Err(Refusal::SignInRequired),
        Audience::Member => Role::Member,
        Audience::Featured => Role::Featured,
        Audience::Moderator => Role::Moderator,
        Audience::Owner => Role::Owner,
    };
    match (reader.role >= least, reader.signed_in) {
        (true, _) => Ok(()),
        (false, false) => Err(Refusal::SignInRequired),
        (false, true) => Err(Refusal::Denied),
    }
}

fn taken(offer: &wit_view::ActionOffer, reader: &Reader) -> Option<Taken> {
    let by = match offer.once {
        Once::PerTap => return None,
        Once::PerViewer => reader.member.clone(),
        Once::PerCard => None,
    };
    Some((offer.name.clone(), offer.payload.clone(), by))
}

#[cfg(test)]
mod tests;
