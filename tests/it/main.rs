//! The end-to-end tests: one binary, so that they link once.

mod browser;
mod consumers;
mod harness;
mod hostile;
mod http;
mod lifecycle;
mod picture;
mod structure;
