//! What becomes of a pasted link in programs that are not ours: libraries that
//! publishers use, and WordPress with its own rules, in a real browser.

mod libraries;
mod wordpress;
