//! From the generated exports to a [`Card`]. Used by [`export!`](crate::export)
//! alone.

use crate::bindings::actions::exports::quanka::card::actions;
use crate::bindings::card::quanka::card::view;
use crate::bindings::imports::quanka::card::types;
use crate::{Action, ActionContext, Card, CardContext, Error};

/// Makes a [`Card`] the card of this component.
///
/// `export!(MyCard)` exports drawing and actions; `export!(MyCard, static)`
/// only drawing, for a card that offers nothing. Once in a crate. It makes
/// exported symbols on WebAssembly alone, so that tests run natively.
///
/// The expansion declares exported symbols, which the compiler calls unsafe
/// code: a plugin crate cannot `forbid(unsafe_code)`, but it needs none.
#[macro_export]
macro_rules! export {
    ($card:ty) => {
        $crate::export!(@card $card);

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
    ($card:ty, static) => {
        $crate::export!(@card $card);
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
