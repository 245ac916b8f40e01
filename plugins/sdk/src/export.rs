//! From the generated exports to a [`Card`]. Used by [`export!`](crate::export)
//! alone.

use crate::bindings::actions::exports::quanka::card::actions;
use crate::bindings::card::quanka::card::view;
use crate::bindings::imports::quanka::card::types;
use crate::bindings::jobs::exports::quanka::card::jobs;
use crate::{Action, ActionContext, Card, CardContext, Error, Job, JobContext};

/// Makes a [`Card`] the card of this component.
///
/// - `export!(MyCard)` exports drawing and actions;
/// - `export!(MyCard, static)` only drawing, for a card that offers nothing;
/// - `export!(MyCard, full)` also jobs and the beginnings of cards and
///   versions, for a card that sets timers, sends requests, or has something
///   to do in [`Card::created`] or [`Card::migrate`].
///
/// Once in a crate. It makes exported symbols on WebAssembly alone, so that
/// tests run natively.
///
/// The expansion declares exported symbols, which the compiler calls unsafe
/// code: a plugin crate cannot `forbid(unsafe_code)`, but it needs none.
#[macro_export]
macro_rules! export {
    ($card:ty) => {
        $crate::export!(@card $card);
        $crate::export!(@actions $card);
    };
    ($card:ty, static) => {
        $crate::export!(@card $card);
    };
    ($card:ty, full) => {
        $crate::export!(@card $card);
        $crate::export!(@actions $card);
        $crate::export!(@jobs $card);
        $crate::export!(@lifecycle $card);
    };
    (@actions $card:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Exported;

            impl $crate::bindings::actions::exports::quanka::card::actions::Guest for Exported {
                fn handle(
                    cx: $crate::bindings::actions::exports::quanka::card::actions::ActionContext,
                    action: $crate::bindings::actions::exports::quanka::card::actions::Action,
                ) -> ::core::result::Result<
                    $crate::bindings::actions::exports::quanka::card::actions::Outcome,
                    $crate::bindings::imports::quanka::card::types::Error,
                > {
                    $crate::__export::handle::<$card>(cx, action)
                }
            }

            $crate::bindings::actions::export_actions!(
                Exported with_types_in $crate::bindings::actions
            );
        };
    };
    (@jobs $card:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Exported;

            impl $crate::bindings::jobs::exports::quanka::card::jobs::Guest for Exported {
                fn run(
                    cx: $crate::bindings::imports::quanka::card::types::JobContext,
                    job: $crate::bindings::jobs::exports::quanka::card::jobs::Job,
                ) -> ::core::result::Result<
                    (),
                    $crate::bindings::imports::quanka::card::types::Error,
                > {
                    $crate::__export::run::<$card>(cx, job)
                }
            }

            $crate::bindings::jobs::export_jobs!(Exported with_types_in $crate::bindings::jobs);
        };
    };
    (@lifecycle $card:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Exported;

            impl $crate::bindings::lifecycle::exports::quanka::card::lifecycle::Guest
                for Exported
            {
                fn created(
                    cx: $crate::bindings::imports::quanka::card::types::JobContext,
                ) -> ::core::result::Result<
                    (),
                    $crate::bindings::imports::quanka::card::types::Error,
                > {
                    $crate::__export::created::<$card>(cx)
                }

                fn migrate(
                    cx: $crate::bindings::imports::quanka::card::types::JobContext,
                    from_version: ::std::string::String,
                ) -> ::core::result::Result<
                    (),
                    $crate::bindings::imports::quanka::card::types::Error,
                > {
                    $crate::__export::migrate::<$card>(cx, &from_version)
                }
            }

            $crate::bindings::lifecycle::export_lifecycle!(
                Exported with_types_in $crate::bindings::lifecycle
            );
        };
    };
    (@card $card:ty) => {
        const _: fn() = || {
            fn is_a_card<C: $crate::Card>() {}
            is_a_card::<$card>();
        };

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            struct Exported;

            impl $crate::bindings::card::exports::quanka::card::card::Guest for Exported {
                fn render(
                    cx: $crate::bindings::imports::quanka::card::types::CardContext,
                ) -> ::core::result::Result<
                    $crate::bindings::card::quanka::card::view::View,
                    $crate::bindings::imports::quanka::card::types::Error,
                > {
                    $crate::__export::render::<$card>(cx)
                }
            }

            $crate::bindings::card::export_card!(Exported with_types_in $crate::bindings::card);
        };
    };
}

/// Draws a card.
///
/// # Errors
/// The card's own, or a configuration that is not what it expects.
pub fn render<C: Card>(cx: types::CardContext) -> Result<view::View, types::Error> {
    CardContext::from_wit(cx)
        .and_then(|cx| C::render(&cx))
        .map(crate::view::View::into_wit)
        .map_err(Error::into_wit)
}

/// Handles an action.
///
/// # Errors
/// The card's own, or a configuration that is not what it expects.
pub fn handle<C: Card>(
    cx: actions::ActionContext,
    action: actions::Action,
) -> Result<actions::Outcome, types::Error> {
    ActionContext::from_wit(cx)
        .and_then(|cx| C::handle(&cx, &Action::from_wit(action)))
        .map(crate::Outcome::into_wit)
        .map_err(Error::into_wit)
}

/// Does a job.
///
/// # Errors
/// The card's own, or a configuration that is not what it expects.
pub fn run<C: Card>(cx: types::JobContext, job: jobs::Job) -> Result<(), types::Error> {
    JobContext::from_wit(cx)
        .and_then(|cx| C::run(&cx, &Job::from_wit(job)))
        .map_err(Error::into_wit)
}

/// Lets a card begin.
///
/// # Errors
/// The card's own, or a configuration that is not what it expects.
pub fn created<C: Card>(cx: types::JobContext) -> Result<(), types::Error> {
    JobContext::from_wit(cx)
        .and_then(|cx| C::created(&cx))
        .map_err(Error::into_wit)
}

/// Brings a card's data to this version.
///
/// # Errors
/// The card's own, or a configuration that is not what it expects.
pub fn migrate<C: Card>(cx: types::JobContext, from_version: &str) -> Result<(), types::Error> {
    JobContext::from_wit(cx)
        .and_then(|cx| C::migrate(&cx, from_version))
        .map_err(Error::into_wit)
}
