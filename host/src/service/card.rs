//! From a slug in a URL to a card that can be called.

use super::ServiceError;
use crate::app::{App, Card, PluginState};
use crate::config::{CardSize, CardState};
use crate::sandbox::plugin::Plugin;
use crate::view::Size;
use std::sync::Arc;

/// Finds a card that is served.
///
/// # Errors
///
/// `CardUnknown`, or `CardGone`.
pub fn find<'a>(app: &'a App, slug: &str) -> Result<&'a Card, ServiceError> {
    let Some(card) = app.cards.get(slug) else {
        return Err(match app.removed_cards.contains(slug) {
            true => ServiceError::CardGone,
            false => ServiceError::CardUnknown,
        });
    };
    match card.state {
        CardState::Gone => Err(ServiceError::CardGone),
        CardState::Live | CardState::Closed => Ok(card),
    }
}

/// The card's plugin, if it can be called.
///
/// # Errors
///
/// `Overloaded` while it is being prepared, `PluginFault` when it could not
/// be.
pub fn plugin(card: &Card) -> Result<Arc<Plugin>, ServiceError> {
    match &*card.plugin.borrow() {
        PluginState::Ready(plugin) => Ok(Arc::clone(plugin)),
        PluginState::Preparing => Err(ServiceError::Overloaded {
            retry_after_ms: 1000,
        }),
        PluginState::Failed => Err(ServiceError::PluginFault),
    }
}

/// The size a view is drawn in: the one asked for if the plugin draws it,
/// else the card's own.
pub fn size(card: &Card, plugin: &Plugin, asked: Option<Size>) -> Size {
    asked
        .filter(|&size| plugin.manifest.sizes.contains_key(&config_size(size)))
        .unwrap_or(card.size)
}

/// How tall the card's frame is in a size, by its plugin's manifest, in CSS
/// pixels; 0 if it is as tall as what it shows.
pub fn frame_height(card: &Card, size: Size) -> u32 {
    plugin(card).map_or(0, |plugin| {
        let height = plugin.manifest.sizes.get(&config_size(size));
        height.copied().unwrap_or_default()
    })
}

/// A size by its word.
pub fn parse_size(word: &str) -> Option<Size> {
    word.parse().ok().map(CardSize::into)
}

/// The word for a size.
pub fn size_word(size: Size) -> &'static str {
    config_size(size).as_str()
}

fn config_size(size: Size) -> CardSize {
    match size {
        Size::Compact => CardSize::Compact,
        Size::Standard => CardSize::Standard,
        Size::Feed => CardSize::Feed,
    }
}
