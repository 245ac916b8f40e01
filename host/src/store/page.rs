//! Builds one page of a scan from two layers: entries below, and changes that
//! lie over them. A transaction lays its own writes over its snapshot in this
//! way, and a backend without snapshots lays the version window over its
//! engine.

use bytes::Bytes;

use super::batch::Writes;
use super::{Direction, Key, KeyRange, Page, PageLimit};

/// A page being filled. The owner reads below what [`Pager::wants`] asks for
/// and feeds it, until nothing is wanted. (The owner reads, not the pager: one
/// owner awaits its reads, the other must not.)
pub(in crate::store) struct Pager {
    rest: KeyRange,
    direction: Direction,
    limit: PageLimit,
    bytes: usize,
    page: Page,
    done: bool,
}

impl Pager {
    pub fn new(range: KeyRange, direction: Direction, limit: PageLimit) -> Pager {
        Pager {
            done: range.is_empty(),
            rest: range,
            direction,
            limit,
            bytes: 0,
            page: Page::default(),
        }
    }

    /// What to read below next. One entry more than there is room for, because
    /// the first that finds none is the page's `next`.
    pub fn wants(&self) -> Option<(&KeyRange, PageLimit)> {
        let room = self.limit.entries_max - self.page.entries.len();
        let limit = PageLimit {
            entries_max: room.saturating_add(1),
            bytes_max: self.limit.bytes_max,
        };
        (!self.done).then_some((&self.rest, limit))
    }

    /// Takes what was read below. `over` is asked for the changes in the part
    /// of the range that the read has covered.
    pub fn feed(&mut self, base: Page, over: impl FnOnce(&KeyRange) -> Writes) {
        let covered = self.cover(base.next.as_ref());
        self.done = base.next.is_none();
        for (key, value) in merged(base.entries, over(&covered), self.direction) {
            let bytes = self.bytes.saturating_add(key.len() + value.len());
            let full = self.page.entries.len() == self.limit.entries_max
                || (bytes > self.limit.bytes_max && !self.page.entries.is_empty());
            if full {
                self.page.next = Some(key);
                self.done = true;
                return;
            }
            self.bytes = bytes;
            self.page.entries.push((key, value));
        }
    }

    pub fn finish(self) -> Page {
        self.page
    }

    /// Splits off what a read up to (without) `next` has covered.
    fn cover(&mut self, next: Option<&Key>) -> KeyRange {
        let mut covered = self.rest.clone();
        match (next, self.direction) {
            (None, _) => self.rest.start = self.rest.end.clone(),
            (Some(next), Direction::Forward) => {
                covered.end = next.clone();
                self.rest.start = next.clone();
            }
            (Some(next), Direction::Backward) => {
                covered.start = next.successor();
                self.rest.end = next.successor();
            }
        }
        covered
    }
}

/// The writes inside a range.
pub(in crate::store) fn part_of(writes: &Writes, range: &KeyRange) -> Writes {
    if range.is_empty() {
        return Writes::new();
    }
    writes
        .range(range.start.clone()..range.end.clone())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Both layers in the order of the scan; where they meet, `over` wins.
fn merged(
    base: Vec<(Key, Bytes)>,
    over: Writes,
    direction: Direction,
) -> impl Iterator<Item = (Key, Bytes)> {
    let mut over: Vec<_> = over.into_iter().collect();
    if direction == Direction::Backward {
        over.reverse();
    }
    let mut base = base.into_iter().peekable();
    let mut over = over.into_iter().peekable();
    std::iter::from_fn(move || {
        loop {
            let order = match (base.peek(), over.peek()) {
                (None, None) => return None,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((below, _)), Some((above, _))) => match direction {
                    Direction::Forward => below.cmp(above),
                    Direction::Backward => above.cmp(below),
                },
            };
            if order.is_lt() {
                return base.next();
            }
            if order.is_eq() {
                base.next();
            }
            if let Some((key, Some(value))) = over.next() {
                return Some((key, value));
            }
        }
    })
}
