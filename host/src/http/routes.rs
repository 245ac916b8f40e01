//! One route a file.

pub mod act;
pub mod assets;
pub mod embed;
pub mod health;
pub mod live;
pub mod page;
pub mod session;
pub mod view;
