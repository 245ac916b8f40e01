//! What is drawn, kept for as long as it is right.
//!
//! So far: the exact cache of views and their ready-made bytes. May import `identity`, `store`, `view` and
//! what is below; renders only through what it is given.

pub mod cache;
pub mod drawn;
pub mod surface;
