//! One route a file.

pub mod act;
pub mod api_dead_letters;
pub mod api_erasures;
pub mod api_moderation;
pub mod api_transfers;
pub mod assets;
pub mod circles;
pub mod embed;
pub mod health;
pub mod live;
pub mod me;
pub mod media;
pub mod moderation;
pub mod oembed;
pub mod page;
pub mod posts;
pub mod session;
pub mod snippets;
pub mod transfer;
pub mod view;
