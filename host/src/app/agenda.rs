//! When which circle, or card, is next to be looked at.
//!
//! It is a note in memory of what stands in the store: it may name a circle
//! that has nothing to do, and forgets everything when the process ends; then
//! the store is looked through again. A circle with nothing to come costs
//! nothing here, so a host may have many.

use crate::config::{CardSlug, CircleId};
use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use tokio::sync::Notify;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A circle, for what is due in it.
    Circle(CircleId),
    /// A card, for what it has to do before anything else.
    Card(CardSlug),
    /// A circle, for pictures that were let go of for good.
    Pictures(CircleId),
}

/// What is to be looked at, the earliest first.
#[derive(Debug, Default)]
pub struct Agenda {
    noted: Mutex<Noted>,
    earlier: Notify,
}

#[derive(Debug, Default)]
struct Noted {
    by_time: BTreeSet<(u64, Item)>,
    times: HashMap<Item, u64>,
}

impl Agenda {
    /// Has an item looked at by an instant, in milliseconds since 1970.
    pub fn note(&self, item: Item, at_ms: u64) {
        let mut noted = self.noted.lock().expect("no holder of the agenda panics");
        let known = noted.times.get(&item).copied();
        if known.is_some_and(|known| known <= at_ms) {
            return;
        }
        if let Some(known) = known {
            noted.by_time.remove(&(known, item.clone()));
        }
        noted.times.insert(item.clone(), at_ms);
        noted.by_time.insert((at_ms, item));
        drop(noted);
        self.earlier.notify_one();
    }

    /// Takes an item off that is to be looked at by now.
    pub fn take(&self, now_ms: u64) -> Option<Item> {
        let mut noted = self.noted.lock().expect("no holder of the agenda panics");
        let (at_ms, _) = noted.by_time.first()?;
        if *at_ms > now_ms {
            return None;
        }
        let (_, item) = noted.by_time.pop_first()?;
        noted.times.remove(&item);
        Some(item)
    }

    /// When the next item is to be looked at, in milliseconds since 1970.
    pub fn next(&self) -> Option<u64> {
        let noted = self.noted.lock().expect("no holder of the agenda panics");
        noted.by_time.first().map(|(at_ms, _)| *at_ms)
    }

    /// Waits until something was noted.
    pub async fn noted(&self) {
        self.earlier.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::{Agenda, Item};

    #[tokio::test]
    async fn the_earliest_note_of_an_item_counts() {
        let circle = |id: &str| Item::Circle(id.parse().unwrap());
        let agenda = Agenda::default();
        assert_eq!((agenda.next(), agenda.take(u64::MAX)), (None, None));
        for (id, at_ms) in [("b", 30), ("a", 20), ("b", 10), ("a", 25), ("c", 40)] {
            agenda.note(circle(id), at_ms);
        }
        agenda.noted().await;
        assert_eq!((agenda.next(), agenda.take(9)), (Some(10), None));
        assert_eq!(agenda.take(10), Some(circle("b")));
        assert_eq!(agenda.take(30), Some(circle("a")));
        assert_eq!((agenda.take(30), agenda.next()), (None, Some(40)));
        // Taken, it can be noted again.
        agenda.note(circle("b"), 35);
        assert_eq!(agenda.take(40), Some(circle("b")));
        assert_eq!(agenda.take(40), Some(circle("c")));
        assert_eq!(agenda.take(40), None);
    }
}
