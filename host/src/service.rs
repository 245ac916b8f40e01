//! The use cases, one a file: plain functions over [`App`](crate::app::App).
//!
//! May import `app` and everything below it. Knows no HTTP: what comes in is
//! parsed, what goes out is a value or a [`ServiceError`].

pub mod account;
pub mod act;
pub mod card;
pub mod dead_letters;
pub mod directory;
pub mod document;
pub mod erase;
pub mod errands;
mod error;
pub mod export;
pub mod jobs;
pub mod lifecycle;
pub mod live;
pub mod media;
pub mod member;
pub mod moderation;
pub mod oembed;
pub mod outbound;
pub mod people;
pub mod picture;
pub mod posts;
pub mod session;
pub mod sweep;
pub mod transfer;
pub mod view;

pub use self::error::ServiceError;
