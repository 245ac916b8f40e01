//! Acting on a card.

use serde::Serialize;

use super::{Host, Seen, inputs, wit_actions, wit_view};
use crate::host::native::{CallKind, within};
use crate::view::{Audience, Once};
use crate::{Error, ErrorKind, Outcome, Reader, Result, Role};

/// An offer that can be taken once: by name, payload and, if it is once for
/// each reader, the reader.
pub(super) type Taken = (String, String, Option<String>);

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

impl Host {
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

    /// Takes the offer of this name that has this payload, of the view as the
    /// reader sees it now.
    ///
    /// # Errors
    /// Why it was not done, such as that no button offers it.
    ///
    /// # Panics
    /// If `payload` cannot be JSON.
    pub fn act_with<'a>(
        &mut self,
        reader: &Reader,
        name: &str,
        payload: &(impl Serialize + ?Sized),
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Done, Refusal> {
        let payload = serde_json::to_string(payload).expect("a payload can be JSON");
        let seen = self.render_as(reader).map_err(Refusal::Failed)?;
        let is_it = |offer: &wit_view::ActionOffer| offer.name == name && offer.payload == payload;
        self.take(&seen, reader, is_it, inputs)
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
        self.take(seen, reader, |offer| offer.name == name, inputs)
    }

    /// Takes the offer of this name that has this payload, of a view that was
    /// drawn earlier.
    ///
    /// # Errors
    /// Why it was not done.
    ///
    /// # Panics
    /// If `payload` cannot be JSON, or handling it twice gives two outcomes.
    pub fn act_on_with<'a>(
        &mut self,
        seen: &Seen,
        reader: &Reader,
        name: &str,
        payload: &(impl Serialize + ?Sized),
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Done, Refusal> {
        let payload = serde_json::to_string(payload).expect("a payload can be JSON");
        let is_it = |offer: &wit_view::ActionOffer| offer.name == name && offer.payload == payload;
        self.take(seen, reader, is_it, inputs)
    }

    fn take<'a>(
        &mut self,
        seen: &Seen,
        reader: &Reader,
        is_it: impl Fn(&wit_view::ActionOffer) -> bool,
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Done, Refusal> {
        if seen.is_private && seen.reader.member != reader.member {
            return Err(Refusal::NotOffered);
        }
        let (at, offer) = seen
            .offers()
            .find(|(_, offer)| is_it(offer))
            .ok_or(Refusal::NotOffered)?;
        self.create().map_err(Refusal::Failed)?;
        let reader = self.data.seat(reader, self.now.as_ms());
        admit(offer.audience, &reader)?;
        let reader = self.with_session(&reader);
        let is_own = |media: &str| self.data.media.get(media) == reader.member.as_ref();
        let inputs =
            inputs::accept(seen.form_around(at), inputs, is_own).map_err(Refusal::Invalid)?;

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
        let outcome = self.commit(&reader, &seen.at, offer, inputs)?;
        self.taken
            .extend(taken.map(|taken| (taken, outcome.clone())));
        Ok(Done {
            outcome,
            repeated: false,
            reader: self.data.seat(&reader, self.now.as_ms()),
        })
    }

    fn commit(
        &mut self,
        reader: &Reader,
        place: &str,
        offer: &wit_view::ActionOffer,
        inputs: Vec<wit_actions::InputValue>,
    ) -> Result<Outcome, Refusal> {
        self.actions += 1;
        let cx = wit_actions::ActionContext {
            card: self.card_context(place),
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
                self.note_present(reader);
                Ok(Outcome::from_wit(outcome))
            }
            Err(error) if error.kind() == ErrorKind::Invalid => Err(Refusal::Invalid(error)),
            Err(error) => Err(Refusal::Failed(error)),
        }
    }

    /// Does what a reader does elsewhere in the circle, through another card or
    /// on its page, and keeps it.
    ///
    /// ```
    /// use quanka_card::prelude::*;
    /// use quanka_card::test::{Host, signed_in};
    /// # struct Empty;
    /// # impl Card for Empty {
    /// #     type Config = NoConfig;
    /// #     fn render(_: &CardContext<NoConfig>) -> Result<View> {
    /// #         Ok(View::new("圈子").body(text(circle::counts().posts.to_string())))
    /// #     }
    /// # }
    ///
    /// let mut host = Host::new::<Empty>(serde_json::json!({}));
    /// let owner = host.owner("阿主");
    /// let post = host.elsewhere(&signed_in("阿南"), || {
    ///     posts::draft(PostKind::Short).text("晨跑五公里").publish()
    /// })?;
    /// assert!(host.render()?.contains("1"));
    /// host.elsewhere(&owner, || posts::remove(&post.id))?;
    /// assert!(host.render()?.contains("0"));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `run`; then nothing is kept.
    pub fn elsewhere<T>(&mut self, reader: &Reader, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let reader = self.data.seat(reader, self.now.as_ms());
        let (result, call) = within(self.call(CallKind::Handle, &reader), run);
        if result.is_ok() {
            self.data = call.data;
            self.note_present(&reader);
        }
        result
    }

    fn note_present(&mut self, reader: &Reader) {
        let now_ms = self.now.as_ms();
        if let Some(member) = &reader.member {
            self.data.know(member).acted_ms = now_ms;
        }
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
