//! The card's log: [`debug!`](debug), [`info!`](info), [`warn!`](warn) and
//! [`error!`](error), written like `println!`. What one call logs is kept
//! with it; past the host's limit the rest is dropped and counted.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn handle(action: &Action) {
//! log::info!("{} by hand", action.name());
//! # }
//! ```

use std::fmt;

use crate::host;

pub use crate::bindings::imports::quanka::card::log::Level;
#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn,
};

/// Writes one line. The macros are shorter.
pub fn write(level: Level, text: fmt::Arguments<'_>) {
    match text.as_str() {
        Some(text) => host::log(level, text),
        None => host::log(level, &text.to_string()),
    }
}

/// Logs what only its author needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($text:tt)+) => {
        $crate::log::write($crate::log::Level::Debug, ::core::format_args!($($text)+))
    };
}

/// Logs what happened.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($text:tt)+) => {
        $crate::log::write($crate::log::Level::Info, ::core::format_args!($($text)+))
    };
}

/// Logs what is odd but harmless.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($text:tt)+) => {
        $crate::log::write($crate::log::Level::Warn, ::core::format_args!($($text)+))
    };
}

/// Logs what went wrong.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($text:tt)+) => {
        $crate::log::write($crate::log::Level::Error, ::core::format_args!($($text)+))
    };
}
