//! Write a circle card for Quanka: implement [`Card`] on a unit struct, name it
//! in [`export!`], describe it in `card.toml`, build it with `quanka build`.
//!
//! ```
//! use quanka_card::prelude::*;
//!
//! struct Wishes;
//!
//! impl Card for Wishes {
//!     type Config = NoConfig;
//!
//!     fn render(cx: &CardContext<NoConfig>) -> Result<View> {
//!         let wishes: Page<String> = state::card().scan("wish/").backward().limit(5).page()?;
//!         Ok(View::new(cx.tr("愿望墙", "Wishes")).body((
//!             heading(2, cx.tr("愿望墙", "Wishes")),
//!             each(wishes.entries, |(_, wish)| text(wish).quote()),
//!             form((
//!                 input("wish", cx.tr("你的愿望", "Your wish")).required().max(60),
//!                 button(cx.tr("许愿", "Wish"), offer("wish")).primary(),
//!             )),
//!         )))
//!     }
//!
//!     fn handle(cx: &ActionContext<NoConfig>, action: &Action) -> Result<Outcome> {
//!         match action.name() {
//!             "wish" => {
//!                 let wish = action.value("wish").unwrap_or_default();
//!                 if wish.contains("http") {
//!                     let text = cx.tr("愿望里不能有链接", "No links in wishes");
//!                     return Err(Error::invalid(text).field("wish", text));
//!                 }
//!                 state::card().put(&format!("wish/{:015}", cx.now.as_ms()), wish)?;
//!                 Ok(Outcome::success(cx.tr("已许愿", "Wished")))
//!             }
//!             _ => Err(Error::unknown_action(action)),
//!         }
//!     }
//! }
//!
//! quanka_card::export!(Wishes);
//!
//! // A test of it runs natively, without a server:
//! use quanka_card::test::{Host, Refusal, signed_in};
//!
//! let mut host = Host::new::<Wishes>(serde_json::json!({}));
//! let reader = signed_in("阿南");
//! host.act(&reader, "wish", [("wish", "多读书")]).unwrap();
//! assert!(host.render().unwrap().contains("多读书"));
//! assert!(matches!(
//!     host.act(&reader, "wish", [("wish", "http://spam")]),
//!     Err(Refusal::Invalid(_))
//! ));
//! ```
//!
//! What to know beyond the types:
//!
//! - **A card is two functions.** [`Card::render`] draws, [`Card::handle`]
//!   does. The host keeps what was drawn until something changes that drawing
//!   it has read, so there is no cache to clear and nothing to subscribe to.
//! - **Nothing is ambient.** The reader, the time and chance are asked for: in
//!   `render` through [`viewer`] and [`clock`] (asking makes the view private,
//!   or makes it expire), in `handle` they are in the context. What depends on
//!   nothing of that is drawn once for everyone.
//! - **A write happens or does not.** All writes of one action are committed
//!   together, if `handle` returns `Ok`. The host may call it several times.
//! - **`?` works everywhere**, see [`Error`]. Panics are safe too: nothing is
//!   written, and the operator reads the message.
//!
//! The crate may import nothing of the host; the contract it speaks is
//! `wit/v1`. It does not do networking, threads or files: a card has none.

#![deny(unsafe_code)]

pub mod circle;
pub mod clock;
pub mod log;
pub mod outbound;
pub mod posts;
pub mod state;
pub mod tally;
#[cfg(not(target_arch = "wasm32"))]
pub mod test;
pub mod timers;
pub mod view;
pub mod viewer;

#[doc(hidden)]
#[path = "export.rs"]
pub mod __export;
mod action;
mod card;
mod error;
mod host;
mod job;
mod random;
mod time;

#[doc(hidden)]
#[allow(
    missing_docs,
    unsafe_code,
    unused_qualifications,
    clippy::allow_attributes_without_reason,
    reason = "generated code"
)]
pub mod bindings;

pub use action::{Action, Outcome};
pub use bindings::imports::quanka::card::types::{Reader, Role, Size};
pub use card::{ActionContext, Card, CardContext, JobContext, NoConfig};
pub use error::{Error, ErrorKind, Result};
pub use job::{Answer, DueTimer, Failure, Job, Response};
pub use random::Random;
pub use time::{NotAnInstant, Timestamp};

/// Everything a card is written with: `use quanka_card::prelude::*;`.
pub mod prelude {
    #[doc(no_inline)]
    pub use crate::circle::{JoinOutcome, JoinPolicy, MemberFilter, Membership, Standing};
    #[doc(no_inline)]
    pub use crate::posts::{Draft, Post, PostKind, PostStatus};
    #[doc(no_inline)]
    pub use crate::state::Page;
    #[doc(no_inline)]
    pub use crate::view::*;
    #[doc(no_inline)]
    pub use crate::{
        Action, ActionContext, Card, CardContext, Error, ErrorKind, Job, JobContext, NoConfig,
        Outcome, Random, Reader, Result, Role, Size, Timestamp, circle, clock, log, outbound,
        posts, state, tally, timers, viewer,
    };
}

/// The author's guide is tested as documentation of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod guide {}
