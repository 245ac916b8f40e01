//! What a card does without a reader: timers that are due, and answers from
//! outside.

use serde::de::DeserializeOwned;

use crate::bindings::jobs::exports::quanka::card::jobs as wit;
use crate::time::Timestamp;
use crate::{Error, Result};

/// Why there is no answer, after all tries.
pub use wit::Failure;

/// What [`Card::run`](crate::Card::run) is called for.
///
/// ```
/// # use quanka_card::prelude::*;
/// fn run(cx: &JobContext<NoConfig>, job: &Job) -> Result<()> {
///     match job {
///         Job::Timer(timer) if timer.name() == "weekly" => tally::card("weeks").add("all", 1),
///         Job::Answer(answer) => match answer.response() {
///             Ok(response) if response.is_success() => {
///                 state::card().put("weather", &response.json::<serde_json::Value>()?)
///             }
///             Ok(response) => Err(Error::unavailable(format!("status {}", response.status()))),
///             Err(failure) => {
///                 log::warn!("no weather: {failure:?}");
///                 Ok(())
///             }
///         },
///         _ => Err(Error::unknown_job(job)),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// A timer is due.
    Timer(DueTimer),
    /// A request has its answer, or never will.
    Answer(Answer),
}

impl Job {
    pub(crate) fn from_wit(job: wit::Job) -> Self {
        match job {
            wit::Job::Timer(timer) => Self::Timer(DueTimer(timer)),
            wit::Job::Answer(wit::Answer {
                delivery,
                payload,
                result,
            }) => Self::Answer(Answer {
                delivery,
                payload,
                result: result.map(Response),
            }),
        }
    }
}

/// A timer that is due. See [`timers`](crate::timers).
#[derive(Clone, Debug, PartialEq)]
pub struct DueTimer(wit::DueTimer);

impl DueTimer {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was due; the context's `now` is when it came.
    pub fn due(&self) -> Timestamp {
        Timestamp::from_ms(self.0.due)
    }

    /// What it was given when it was set.
    ///
    /// # Errors
    /// The payload is not what `T` expects.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0.payload).map_err(|error| {
            Error::internal(format!("the payload of timer `{}`: {error}", self.name()))
        })
    }

    /// What it was given, as text.
    pub fn payload_text(&self) -> &str {
        &self.0.payload
    }
}

/// The answer to a request. See [`outbound`](crate::outbound).
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    delivery: String,
    payload: String,
    result: Result<Response, Failure>,
}

impl Answer {
    /// What [`Request::send`](crate::outbound::Request::send) gave.
    pub fn delivery(&self) -> &str {
        &self.delivery
    }

    /// What the request was given.
    ///
    /// # Errors
    /// The payload is not what `T` expects.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.payload).map_err(|error| {
            Error::internal(format!("the payload of `{}`: {error}", self.delivery))
        })
    }

    /// What the request was given, as text.
    pub fn payload_text(&self) -> &str {
        &self.payload
    }

    /// What came back: any status is a response.
    ///
    /// # Errors
    /// Why nothing came back, after all tries.
    pub fn response(&self) -> Result<&Response, Failure> {
        self.result.as_ref().map_err(|failure| *failure)
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Response(wit::Response);

impl Response {
    /// The status, such as 200.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// Whether the status is one of 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.0.status)
    }

    /// The first header of a name, in any case of letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// What it says, as bytes.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// What it says, as text.
    ///
    /// # Errors
    /// It is no UTF-8.
    pub fn text(&self) -> Result<&str> {
        Ok(std::str::from_utf8(&self.0.body)?)
    }

    /// What it says, as JSON.
    ///
    /// # Errors
    /// It is not what `T` expects.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.0.body)
            .map_err(|error| Error::internal(format!("the answer's body: {error}")))
    }
}
