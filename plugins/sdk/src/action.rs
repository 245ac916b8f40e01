//! What a reader did, and what it leads to.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::actions::exports::quanka::card::actions as wit;
use crate::{Error, Result};

/// What the reader did, checked by the host: the view really offered it, to
/// this reader, and every input obeys its declaration.
///
/// The offer may be old, though. Check again in [`Card::handle`](crate::Card::handle)
/// what may have changed since, such as whether a poll is still open.
#[derive(Clone, Debug, PartialEq)]
pub struct Action(wit::Action);

impl Action {
    /// The action's id, unique on its host.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The name of the offer: `offer("vote")` arrives as `vote`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What the offer carried, as `offer("like").payload(&post)` put it there.
    /// The reader could see it.
    ///
    /// # Errors
    /// The payload is not what `T` expects, such as after an upgrade of the
    /// plugin while old views are still open.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0.payload).map_err(|error| {
            Error::internal(format!("the payload of action `{}`: {error}", self.name()))
        })
    }

    /// What the offer carried, as text.
    pub fn payload_text(&self) -> &str {
        &self.0.payload
    }

    /// The first value of an input; none if the reader left it empty or there
    /// is no such input.
    pub fn value(&self, input: &str) -> Option<&str> {
        self.values(input).first().map(String::as_str)
    }

    /// All values of an input, as a choice of several has them.
    pub fn values(&self, input: &str) -> &[String] {
        self.0
            .inputs
            .iter()
            .find(|given| given.name == input)
            .map_or(&[], |given| given.values.as_slice())
    }

    /// The first value of an input as a number or another type that is read
    /// from text; none if the reader left it empty.
    ///
    /// # Errors
    /// The value is not such a text.
    pub fn parse<T: FromStr>(&self, input: &str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        self.value(input)
            .map(str::parse)
            .transpose()
            .map_err(|error| Error::internal(format!("input `{input}`: {error}")))
    }

    /// Whether a toggle is on.
    pub fn is_on(&self, toggle: &str) -> bool {
        self.value(toggle) == Some("true")
    }

    pub(crate) fn from_wit(action: wit::Action) -> Self {
        Self(action)
    }
}

/// What an action leads to besides its writes: perhaps a short message, a
/// place to go, an event for the page. The host draws the card again by
/// itself.
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn handle() -> Result<Outcome> {
/// Ok(Outcome::success("已投票").event("vote", &["a"]))
/// # }
/// # handle().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome(wit::Outcome);

impl Outcome {
    /// Nothing but the card drawn again.
    pub fn quiet() -> Self {
        Self(wit::Outcome {
            toast: None,
            navigate: None,
            event: None,
        })
    }

    /// Says that it worked; at most 200 characters.
    pub fn success(text: impl Into<String>) -> Self {
        Self::toast(wit::ToastTone::Success, text.into())
    }

    /// Says something in passing; at most 200 characters.
    pub fn info(text: impl Into<String>) -> Self {
        Self::toast(wit::ToastTone::Info, text.into())
    }

    /// Says that it worked but something is to be minded; at most 200
    /// characters. (For what did not work return [`Error::invalid`].)
    pub fn warning(text: impl Into<String>) -> Self {
        Self::toast(wit::ToastTone::Warning, text.into())
    }

    /// Lets the embedding page hear `circle-card:NAME` with `data` (at most
    /// 4 KiB). The page sees it: nothing private.
    ///
    /// # Panics
    /// If `data` cannot be JSON, as a map whose keys are no strings.
    #[must_use]
    pub fn event(mut self, name: impl Into<String>, data: &impl Serialize) -> Self {
        let data = serde_json::to_string(data).expect("an event's data can be JSON");
        self.0.event = Some(wit::PageEvent {
            name: name.into(),
            data,
        });
        self
    }

    /// Takes the reader to an `https:` address.
    #[must_use]
    pub fn go_to_url(mut self, url: impl Into<String>) -> Self {
        self.0.navigate = Some(wit::Destination::Url(url.into()));
        self
    }

    /// Takes the reader to another card of this host, by slug.
    #[must_use]
    pub fn go_to_card(mut self, slug: impl Into<String>) -> Self {
        self.0.navigate = Some(wit::Destination::Card(slug.into()));
        self
    }

    /// What the short message says.
    pub fn toast_text(&self) -> Option<&str> {
        self.0.toast.as_ref().map(|toast| toast.text.as_str())
    }

    /// The event's name and JSON text.
    pub fn page_event(&self) -> Option<(&str, &str)> {
        self.0
            .event
            .as_ref()
            .map(|event| (event.name.as_str(), event.data.as_str()))
    }

    pub(crate) fn into_wit(self) -> wit::Outcome {
        self.0
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn from_wit(outcome: wit::Outcome) -> Self {
        Self(outcome)
    }

    fn toast(tone: wit::ToastTone, text: String) -> Self {
        Self(wit::Outcome {
            toast: Some(wit::Toast { tone, text }),
            navigate: None,
            event: None,
        })
    }
}
