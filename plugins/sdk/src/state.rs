//! The card's own key-value state, typed.
//!
//! Values are kept as JSON, so that they can be read by people. Keys are 1 to
//! 128 bytes, values at most 64 KiB; one action writes at most 256 keys and
//! 1 MiB. Keys are ordered by their bytes: pad numbers if you [`scan`](State::scan).
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn handle() -> Result<()> {
//! let visits: u32 = state::viewer().get("visits")?.unwrap_or(0);
//! state::viewer().put("visits", &(visits + 1))?;
//! # Ok(())
//! # }
//! ```
//!
//! What ten thousand readers change at once belongs into a
//! [`tally`](crate::tally): two actions that read and write one key of the
//! same card cannot both commit, and one of them has to run again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::imports::quanka::card::state as wit;
use crate::{Error, Result, host};

/// How many entries a page of a scan has unless you say otherwise, and at
/// most.
const PAGE_ENTRIES_MAX: u32 = 256;

/// The state of this card.
pub fn card() -> State {
    State(wit::Scope::Card)
}

/// The state of all cards of this plugin in the circle.
pub fn circle() -> State {
    State(wit::Scope::Circle)
}

/// This reader's state, for all cards of this plugin in the circle. Reading it
/// while drawing makes the view private to them. For a reader without a
/// session it is empty, and writing is denied.
pub fn viewer() -> State {
    State(wit::Scope::Viewer)
}

/// One scope of the state. From [`card`], [`circle`] or [`viewer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(wit::Scope);

impl State {
    /// The value of a key, if there is one.
    ///
    /// # Errors
    /// The value is not what `T` expects.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        host::state_get(self.0, key)
            .map(|value| decode(key, &value))
            .transpose()
    }

    /// The values of several keys, in their order, in one call; at most 256.
    ///
    /// # Errors
    /// A value is not what `T` expects.
    pub fn get_many<T: DeserializeOwned>(
        &self,
        keys: impl IntoIterator<Item: Into<String>>,
    ) -> Result<Vec<Option<T>>> {
        let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
        let values = host::state_get_many(self.0, &keys);
        keys.iter()
            .zip(values)
            .map(|(key, value)| value.map(|value| decode(key, &value)).transpose())
            .collect()
    }

    /// Sets a key.
    ///
    /// # Errors
    /// A limit is reached, or this is not a call that may write.
    pub fn put<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<()> {
        host::state_put(self.0, key, &serde_json::to_vec(value)?).map_err(Error::from_wit)
    }

    /// Removes a key; removing one that is not there is no error.
    ///
    /// # Errors
    /// A limit is reached, or this is not a call that may write.
    pub fn delete(&self, key: &str) -> Result<()> {
        host::state_delete(self.0, key).map_err(Error::from_wit)
    }

    /// The keys that begin with `prefix`, in order. End it with
    /// [`Scan::page`].
    ///
    /// ```
    /// # use quanka_card::prelude::*;
    /// # fn render() -> Result<()> {
    /// let newest: Page<String> = state::card().scan("note/").backward().limit(10).page()?;
    /// for (key, note) in &newest.entries {
    ///     // …
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn scan(&self, prefix: impl Into<String>) -> Scan {
        Scan {
            scope: self.0,
            prefix: prefix.into(),
            after: None,
            limit: PAGE_ENTRIES_MAX,
            direction: wit::Direction::Forward,
        }
    }
}

/// A scan being described. From [`State::scan`].
#[derive(Clone, Debug)]
#[must_use = "a scan reads nothing before `page`"]
pub struct Scan {
    scope: wit::Scope,
    prefix: String,
    after: Option<String>,
    limit: u32,
    direction: wit::Direction,
}

impl Scan {
    /// Begins behind this key, which is the last one of the page before.
    pub fn after(mut self, key: impl Into<String>) -> Self {
        self.after = Some(key.into());
        self
    }

    /// At most so many entries: 1 to 256, which is also the default.
    pub fn limit(mut self, entries: u32) -> Self {
        self.limit = entries;
        self
    }

    /// From the last key to the first.
    pub fn backward(mut self) -> Self {
        self.direction = wit::Direction::Backward;
        self
    }

    /// Reads one page.
    ///
    /// # Errors
    /// A value is not what `T` expects.
    pub fn page<T: DeserializeOwned>(self) -> Result<Page<T>> {
        let page = host::state_scan(
            self.scope,
            &self.prefix,
            self.after.as_deref(),
            self.limit,
            self.direction,
        );
        let entries = page.entries.into_iter().map(|entry| {
            let value = decode(&entry.key, &entry.value)?;
            Ok((entry.key, value))
        });
        Ok(Page {
            entries: entries.collect::<Result<_>>()?,
            more: page.more,
        })
    }
}

/// One page of a scan.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// Keys and values, in the order of the scan.
    pub entries: Vec<(String, T)>,
    /// Whether there is more behind the last entry.
    pub more: bool,
}

fn decode<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T> {
    serde_json::from_slice(value)
        .map_err(|error| Error::internal(format!("the stored value of `{key}`: {error}")))
}
