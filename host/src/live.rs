//! What is drawn, kept for as long as it is right, and pushed to those who
//! watch.
//!
//! May import `identity`, `store`, `view` and what is below; renders only
//! through what it is given. It knows neither HTTP nor plugins.

pub mod basis;
pub mod cache;
pub mod drawn;
pub mod flight;
pub mod hub;
pub mod painter;
pub mod surface;
