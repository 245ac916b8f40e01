//! What a reader sees and does, in a real browser.

mod axe;
mod element;
mod harness;
mod hostile;
mod keyboard;
mod live;
mod looks;
mod lost;
mod modes;
mod reader;
mod scriptless;
mod support;
mod xss;
