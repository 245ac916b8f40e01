//! What a reader sees and does, in a real browser.

mod axe;
mod community;
mod element;
mod harness;
mod hostile;
mod identity;
mod journeys;
mod keyboard;
mod live;
mod looks;
mod lost;
mod modes;
mod offline;
mod pages;
mod presence;
mod reader;
mod scriptless;
mod shares;
mod states;
mod still;
mod support;
mod uploads;
mod wishes;
mod wordpress;
mod xss;
