//! Where a circle keeps what is to be done without a reader: timers, what is
//! pending, when each of them is due, and what was put aside.
//!
//! A due entry holds the key of what is due at its end, so that one look at the
//! first of them says when the circle is next to be looked at, and what for.

use super::{Key, KeyRange, part, tag};

/// A card's timer, by its name.
pub fn timer(plugin: &str, card: &str, name: &str) -> Key {
    of_card(tag::TIMER, plugin, card, name.as_bytes())
}

/// All timers of a card.
pub fn timers_of(plugin: &str, card: &str) -> KeyRange {
    KeyRange::prefix(&of_card(tag::TIMER, plugin, card, &[]))
}

/// What a card has pending, by its delivery.
pub fn pending(plugin: &str, card: &str, delivery: &str) -> Key {
    of_card(tag::OUTBOX, plugin, card, delivery.as_bytes())
}

/// All that a card has pending.
pub fn pending_of(plugin: &str, card: &str) -> KeyRange {
    KeyRange::prefix(&of_card(tag::OUTBOX, plugin, card, &[]))
}

/// A piece of a body that belongs to a delivery, pending or put aside.
pub fn piece(delivery: &str, index: u8) -> Key {
    let mut to = vec![tag::PIECE];
    part(&mut to, delivery.as_bytes());
    to.push(index);
    to.into()
}

/// The entry that says when a timer, or what is pending, is due. Sorts by time.
pub fn due(at_ms: u64, what: &Key) -> Key {
    let mut to = vec![tag::TIMER_DUE];
    to.extend_from_slice(&at_ms.to_be_bytes());
    to.extend_from_slice(what);
    to.into()
}

/// Every due entry.
pub fn all_due() -> KeyRange {
    KeyRange::prefix(&[tag::TIMER_DUE])
}

/// What a due entry says: when, and the key of what.
pub fn split_due(entry: &Key) -> Option<(u64, Key)> {
    let (at_ms, what) = entry.strip_prefix(&[tag::TIMER_DUE])?.split_first_chunk()?;
    Some((u64::from_be_bytes(*at_ms), what.to_vec().into()))
}

/// Whether it is the key of a timer, and not of something pending.
pub fn is_timer(key: &Key) -> bool {
    key.first() == Some(&tag::TIMER)
}

/// A delivery that was put aside. Sorts by the time when it was.
pub fn dead_letter(at_ms: u64, delivery: &str) -> Key {
    let mut to = vec![tag::DEAD_LETTER];
    to.extend_from_slice(&at_ms.to_be_bytes());
    to.extend_from_slice(delivery.as_bytes());
    to.into()
}

/// Everything that was put aside.
pub fn dead_letters() -> KeyRange {
    KeyRange::prefix(&[tag::DEAD_LETTER])
}

/// The version of the plugin that a card was last called with.
pub fn card_version(plugin: &str, card: &str) -> Key {
    of_card(tag::CARD_VERSION, plugin, card, &[])
}

fn of_card(tag: u8, plugin: &str, card: &str, free: &[u8]) -> Key {
    let mut to = vec![tag];
    part(&mut to, plugin.as_bytes());
    part(&mut to, card.as_bytes());
    to.extend_from_slice(free);
    to.into()
}
