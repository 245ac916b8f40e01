//! One reader's stream: its place among all, and the cards it shows.

use super::feed::{Feed, Latest, Picture, Source, Topic, Watched, Watcher};
use super::{Hub, lock};
use crate::live::cache::ViewKey;
use crate::store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// What tells a stream that there is something new: a bit a card.
#[derive(Debug, Default)]
pub(super) struct Slot {
    news: AtomicU64,
    notify: Notify,
}

impl Slot {
    pub(super) fn tell(&self, seat: usize) {
        self.news.fetch_or(1 << seat, Ordering::AcqRel);
        self.notify.notify_one();
    }
}

/// How many streams there are.
#[derive(Debug, Default)]
pub(super) struct Places {
    streams: usize,
    by_card: HashMap<String, usize>,
}

/// No room for another stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no room for another live stream ({0})")]
pub struct Full(
    /// The option that says so.
    pub &'static str,
);

/// A stream's place among all, held for as long as it is open.
pub struct Place<V: Watched> {
    hub: Arc<Hub<V>>,
    cards: Vec<String>,
}

impl<V: Watched> Hub<V> {
    /// Takes a place for a stream of these cards.
    ///
    /// # Errors
    ///
    /// When there are too many, in all or of one of them.
    pub fn admit<'a>(
        self: &Arc<Self>,
        cards: impl IntoIterator<Item = &'a str>,
    ) -> Result<Place<V>, Full> {
        let mut cards: Vec<String> = cards.into_iter().map(str::to_owned).collect();
        cards.sort();
        cards.dedup();
        let mut places = lock(&self.places);
        if places.streams >= self.limits.streams_max {
            return Err(Full("live.streams_max"));
        }
        let taken = |card: &String| places.by_card.get(card).copied().unwrap_or(0);
        if cards
            .iter()
            .any(|card| taken(card) >= self.limits.streams_per_card_max)
        {
            return Err(Full("live.streams_per_card_max"));
        }
        places.streams += 1;
        for card in &cards {
            *places.by_card.entry(card.clone()).or_default() += 1;
        }
        Ok(Place {
            hub: Arc::clone(self),
            cards,
        })
    }
}

impl<V: Watched> Drop for Place<V> {
    fn drop(&mut self) {
        let mut places = lock(&self.hub.places);
        places.streams -= 1;
        for card in &self.cards {
            let Some(streams) = places.by_card.get_mut(card) else {
                continue;
            };
            *streams -= 1;
            if *streams == 0 {
                places.by_card.remove(card);
            }
        }
    }
}

/// A stream.
pub struct Stream<V: Watched> {
    place: Place<V>,
    slot: Arc<Slot>,
    seats: Vec<Arc<Feed<V>>>,
    /// News taken from the slot and not yet given out.
    news: u64,
}

impl<V: Watched> Stream<V> {
    /// A stream of no card yet.
    pub fn new(place: Place<V>) -> Stream<V> {
        Stream {
            place,
            slot: Arc::default(),
            seats: Vec::new(),
            news: 0,
        }
    }

    /// Shows another card, with a picture of it if there is one. There is news
    /// of it at once.
    ///
    /// # Errors
    ///
    /// When the store cannot say what is committed.
    pub fn watch<S: Source<View = V>>(
        &mut self,
        source: &Arc<S>,
        topic: &Topic,
        picture: Option<Picture<V>>,
    ) -> Result<(), StoreError> {
        let feed = self.join(source, topic, self.seats.len(), picture)?;
        self.seats.push(feed);
        Ok(())
    }

    /// Shows another view in place of a card's.
    ///
    /// # Errors
    ///
    /// When the store cannot say what is committed; then all stays.
    pub fn switch<S: Source<View = V>>(
        &mut self,
        source: &Arc<S>,
        seat: usize,
        topic: &Topic,
        picture: Option<Picture<V>>,
    ) -> Result<(), StoreError> {
        let feed = self.join(source, topic, seat, picture)?;
        let old = std::mem::replace(&mut self.seats[seat], feed);
        self.leave(&old, seat);
        Ok(())
    }

    /// Waits until there is news of a card, and says which, by the order they
    /// were added in.
    pub async fn next(&mut self) -> usize {
        loop {
            self.news |= self.slot.news.swap(0, Ordering::AcqRel);
            if self.news != 0 {
                let seat = self.news.trailing_zeros();
                self.news &= self.news - 1;
                return seat as usize;
            }
            self.slot.notify.notified().await;
        }
    }

    /// What a card shows now, if it could be drawn.
    pub fn latest(&self, seat: usize) -> Option<Arc<Latest<V>>> {
        self.seats[seat].latest()
    }

    /// Which view a card shows.
    pub fn key(&self, seat: usize) -> &ViewKey {
        &self.seats[seat].topic.key
    }

    /// Whether what a card showed is no more.
    pub fn is_gone(&self, seat: usize) -> bool {
        self.seats[seat].is_gone()
    }

    /// Whether a card shows the view of *none*.
    pub fn is_of_none(&self, seat: usize) -> bool {
        self.seats[seat].topic.key.member.is_none()
    }

    fn join<S: Source<View = V>>(
        &self,
        source: &Arc<S>,
        topic: &Topic,
        seat: usize,
        picture: Option<Picture<V>>,
    ) -> Result<Arc<Feed<V>>, StoreError> {
        let watcher = Watcher {
            slot: Arc::clone(&self.slot),
            seat,
        };
        let feed = self.place.hub.join(source, topic, watcher)?;
        if let Some(picture) = picture {
            feed.show(picture);
            feed.look_again();
        }
        self.slot.tell(seat);
        Ok(feed)
    }

    fn leave(&self, feed: &Feed<V>, seat: usize) {
        let watcher = Watcher {
            slot: Arc::clone(&self.slot),
            seat,
        };
        self.place.hub.leave(feed, &watcher);
    }
}

impl<V: Watched> Drop for Stream<V> {
    fn drop(&mut self) {
        for (seat, feed) in self.seats.iter().enumerate() {
            self.leave(feed, seat);
        }
    }
}
