//! Requests to the outside. They are effects: the host sends them once the call
//! is committed, and the answer arrives in [`Card::run`](crate::Card::run) as
//! [`Job::Answer`](crate::Job::Answer). Say `export!(MyCard, full)`, and name
//! the hosts in `card.toml`.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn handle(cx: &ActionContext<NoConfig>) -> Result<()> {
//! let delivery = outbound::post("https://hooks.example.com/signup")
//!     .header("x-card", &cx.slug)
//!     .json(&["阿南"])
//!     .payload(&"signup")
//!     .send()?;
//! log::info!("{delivery} is on its way");
//! # Ok(())
//! # }
//! ```
//!
//! Only `https:`, only public addresses. A call that fails, or that the host
//! runs again, has sent nothing; every try of a request has the delivery's id
//! as its `idempotency-key`.

use serde::Serialize;

use crate::bindings::imports::quanka::card::outbound as wit;
use crate::{Error, Result, host};

pub use wit::Method;

/// Asks for what is at an address.
pub fn get(url: impl Into<String>) -> Request {
    request(Method::Get, url)
}

/// Posts to an address.
pub fn post(url: impl Into<String>) -> Request {
    request(Method::Post, url)
}

/// A request of any method to an `https:` address.
pub fn request(method: Method, url: impl Into<String>) -> Request {
    Request(wit::Request {
        method,
        url: url.into(),
        headers: Vec::new(),
        body: None,
        payload: String::new(),
    })
}

/// A request being described. From [`get`], [`post`] or [`request`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request is not sent before `send`"]
pub struct Request(wit::Request);

impl Request {
    /// Adds a header; at most 16. The host sets `host`, `content-length`,
    /// `user-agent` and `idempotency-key`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.push(wit::Header {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// What it says, as bytes; at most 64 KiB.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.0.body = Some(body.into());
        self
    }

    /// What it says, as JSON, with the header `content-type`; at most 64 KiB.
    ///
    /// # Panics
    /// If `value` cannot be JSON, as a map whose keys are no strings.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        self.header("content-type", "application/json")
            .body(serde_json::to_vec(value).expect("a body can be JSON"))
    }

    /// What arrives with the answer, to be read with
    /// [`Answer::payload`](crate::Answer::payload); at most 2 KiB as JSON.
    ///
    /// # Panics
    /// If `payload` cannot be JSON, as a map whose keys are no strings.
    pub fn payload(mut self, payload: &impl Serialize) -> Self {
        self.0.payload = serde_json::to_string(payload).expect("a payload can be JSON");
        self
    }

    /// Sends it once this call is committed. The answer is the id of its
    /// delivery, which [`Answer::delivery`](crate::Answer::delivery) names.
    ///
    /// # Errors
    /// `Invalid`: the address or a header. `Denied`: the host is not allowed,
    /// or this is not a call that may write. `Quota`: too many, or too long.
    pub fn send(self) -> Result<String> {
        host::outbound_send(&self.0).map_err(Error::from_wit)
    }
}
