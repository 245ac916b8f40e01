//! What the end-to-end tests stand on: the real host binary as a child process
//! ([`server`]; [`demo`] with its articles), an HTTP client that hides nothing ([`client`]), a publisher's
//! site on another site ([`site`]) and a real browser ([`browser`]).
//!
//! It knows the host only from outside, by its command line and its HTTP: no
//! module of the host is linked in. Everything here fails by panicking with a
//! sentence that says what to do, since its only caller is a test.

pub mod browser;
pub mod client;
pub mod consumers;
pub mod demo;
pub mod events;
pub mod guests;
mod html;
pub mod paths;
mod process;
pub mod proxy;
pub mod publisher;
pub mod server;
pub mod site;
mod wait;
mod webdriver;
pub mod wire;

pub use html::mistakes;
pub use wait::{PATIENCE, eventually, eventually_within};
