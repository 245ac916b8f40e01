//! The one error of a card, and how every other error becomes it.

use std::fmt;

use crate::bindings::imports::quanka::card::types as wit;

/// What a card's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a card cannot be drawn, an action not be done, or a write not be made.
///
/// What the *reader* did wrong is [`Error::invalid`]: they see its text, keep
/// what they typed, and try again. Everything else is for your log; readers
/// see the host's own words.
///
/// `?` works on any [`std::error::Error`], which becomes an internal error with
/// the text of its causes. (This type is therefore, as in `anyhow`, not a
/// `std::error::Error` itself.)
///
/// ```
/// # use quanka_card::prelude::*;
/// fn seats(text: &str) -> Result<u32> {
///     let seats: u32 = text.trim().parse()?; // internal: "invalid digit found in string"
///     if seats > 8 {
///         return Err(Error::invalid("最多 8 个座位").field("seats", "请填 1 到 8"));
///     }
///     Ok(seats)
/// }
/// # assert_eq!(seats("9").unwrap_err().text(), "最多 8 个座位");
/// # assert_eq!(seats("x").unwrap_err().text(), "invalid digit found in string");
/// ```
#[derive(Clone, PartialEq)]
pub struct Error(wit::Error);

/// What kind of error it is. See [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The reader's input is wrong; shown to them.
    Invalid,
    /// Not allowed: to this reader, to this plugin, or in this kind of call
    /// (every write while drawing).
    Denied,
    /// What was asked for is not there.
    NotFound,
    /// Something else got there first.
    Conflict,
    /// A limit on size or number is reached; the text names it.
    Quota,
    /// The host cannot do it just now.
    Unavailable,
    /// A defect.
    Internal,
    /// An error of the card's own.
    Other,
}

impl Error {
    /// The reader's input is wrong. `text` is shown to them, so write it in
    /// their language ([`CardContext::tr`](crate::CardContext::tr)) and say
    /// what to do.
    pub fn invalid(text: impl Into<String>) -> Self {
        Self(wit::Error::Invalid(wit::InvalidInput {
            text: text.into(),
            fields: Vec::new(),
        }))
    }

    /// Not allowed.
    pub fn denied(text: impl Into<String>) -> Self {
        Self(wit::Error::Denied(text.into()))
    }

    /// What was asked for is not there.
    pub fn not_found(text: impl Into<String>) -> Self {
        Self(wit::Error::NotFound(text.into()))
    }

    /// Something else got there first.
    pub fn conflict(text: impl Into<String>) -> Self {
        Self(wit::Error::Conflict(text.into()))
    }

    /// A limit on size or number is reached.
    pub fn quota(text: impl Into<String>) -> Self {
        Self(wit::Error::Quota(text.into()))
    }

    /// It cannot be done just now.
    pub fn unavailable(text: impl Into<String>) -> Self {
        Self(wit::Error::Unavailable(text.into()))
    }

    /// A defect.
    pub fn internal(text: impl Into<String>) -> Self {
        Self(wit::Error::Internal(text.into()))
    }

    /// An error of the card's own; `code` is `[a-z][a-z0-9_]*`, for programs.
    pub fn other(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self(wit::Error::Other(wit::OtherError {
            code: code.into(),
            text: text.into(),
        }))
    }

    /// What [`Card::handle`](crate::Card::handle) answers to an action it does
    /// not know.
    pub fn unknown_action(action: &crate::Action) -> Self {
        Self::not_found(format!("no action `{}`", action.name()))
    }

    /// What [`Card::run`](crate::Card::run) answers to a job it does not know.
    pub fn unknown_job(job: &crate::Job) -> Self {
        Self::not_found(match job {
            crate::Job::Timer(timer) => format!("no timer `{}`", timer.name()),
            crate::Job::Answer(answer) => {
                format!("nobody waits for the answer to `{}`", answer.delivery())
            }
        })
    }

    /// What [`Card::render`](crate::Card::render) answers to a page
    /// ([`CardContext::at`](crate::CardContext::at)) that the card has not.
    pub fn no_such_place<C>(cx: &crate::CardContext<C>) -> Self {
        Self::not_found(format!("no page `{}`", cx.at))
    }

    /// Adds a message beside one input of the form, by the input's name. Only
    /// [`Error::invalid`] has inputs; any other error stays as it is.
    #[must_use]
    pub fn field(mut self, input: impl Into<String>, text: impl Into<String>) -> Self {
        if let wit::Error::Invalid(invalid) = &mut self.0 {
            invalid.fields.push(wit::FieldMessage {
                input: input.into(),
                text: text.into(),
            });
        }
        self
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        match &self.0 {
            wit::Error::Invalid(_) => ErrorKind::Invalid,
            wit::Error::Denied(_) => ErrorKind::Denied,
            wit::Error::NotFound(_) => ErrorKind::NotFound,
            wit::Error::Conflict(_) => ErrorKind::Conflict,
            wit::Error::Quota(_) => ErrorKind::Quota,
            wit::Error::Unavailable(_) => ErrorKind::Unavailable,
            wit::Error::Internal(_) => ErrorKind::Internal,
            wit::Error::Other(_) => ErrorKind::Other,
        }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        match &self.0 {
            wit::Error::Invalid(invalid) => &invalid.text,
            wit::Error::Other(other) => &other.text,
            wit::Error::Denied(text)
            | wit::Error::NotFound(text)
            | wit::Error::Conflict(text)
            | wit::Error::Quota(text)
            | wit::Error::Unavailable(text)
            | wit::Error::Internal(text) => text,
        }
    }

    /// The messages beside inputs, as `(input, text)`; none for any error but
    /// [`Error::invalid`].
    pub fn fields(&self) -> Vec<(&str, &str)> {
        match &self.0 {
            wit::Error::Invalid(invalid) => invalid
                .fields
                .iter()
                .map(|field| (field.input.as_str(), field.text.as_str()))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn from_wit(error: wit::Error) -> Self {
        Self(error)
    }

    pub(crate) fn into_wit(self) -> wit::Error {
        self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind(), self.text())?;
        self.fields()
            .iter()
            .try_for_each(|(input, text)| write!(f, "\n  {input}: {text}"))
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self::internal(text)
    }
}
