//! Quanka hosts circle cards: interactive community cards embedded in
//! articles, each drawn and handled by a sandboxed WebAssembly plugin.
//!
//! `ARCHITECTURE.md` beside this crate is the map. Modules import only
//! downwards, in the order they are declared here.

pub mod cli;
pub mod http;
pub mod service;

pub mod app;
pub mod sandbox;

pub mod contract;

pub mod community;
pub mod live;

pub mod identity;
pub mod store;

pub mod view;

pub mod config;
pub mod telemetry;
