//! Whose turn it is. A circle goes through what is due in it by turns of a few
//! entries, so that one with very much to do keeps no other waiting.

use crate::app::{Agenda, Item};
use crate::community::jobs::Due;
use std::collections::{HashSet, VecDeque};

/// A turn of a circle or a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub item: Item,
    /// Behind what it goes on. None at the beginning of a way through.
    pub after: Option<Due>,
    /// When what was passed over is to be looked at again, in milliseconds
    /// since 1970.
    pub again_ms: Option<u64>,
}

impl Turn {
    fn first(item: Item) -> Turn {
        Turn {
            item,
            after: None,
            again_ms: None,
        }
    }

    /// A turn of an item of which nothing is looked at until an instant, in
    /// milliseconds since 1970.
    pub fn passed_over(item: Item, until_ms: u64) -> Turn {
        let mut turn = Turn::first(item);
        turn.pass_over(until_ms);
        turn
    }

    /// Passes an entry over until an instant, in milliseconds since 1970.
    pub fn pass_over(&mut self, until_ms: u64) {
        let earlier = self.again_ms.unwrap_or(u64::MAX);
        self.again_ms = Some(earlier.min(until_ms));
    }
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// There may be more to do at once.
    Goes(Turn),
    /// All that was due was looked at.
    Through(Turn),
}

/// Who is on a way, and who is to go on with one. An item is on one way at a
/// time: what is noted meanwhile is looked at when it is through.
#[derive(Debug, Default)]
pub struct Turns {
    on_a_way: HashSet<Item>,
    again: HashSet<Item>,
    /// Those that go on, the one that has waited longest first.
    waiting: VecDeque<Turn>,
    taken: usize,
    goes_on: bool,
}

impl Turns {
    /// How many turns are taken and have not ended.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Takes the next turn.
    pub fn take(&mut self, agenda: &Agenda, now_ms: u64) -> Option<Turn> {
        // Those that begin and those that go on, one after the other, or the
        // ones could keep the others waiting for ever.
        self.goes_on = !self.goes_on;
        let turn = match self.goes_on {
            true => self.going_on().or_else(|| self.beginning(agenda, now_ms)),
            false => self.beginning(agenda, now_ms).or_else(|| self.going_on()),
        };
        self.taken += usize::from(turn.is_some());
        turn
    }

    fn going_on(&mut self) -> Option<Turn> {
        self.waiting.pop_front()
    }

    fn beginning(&mut self, agenda: &Agenda, now_ms: u64) -> Option<Turn> {
        while let Some(item) = agenda.take(now_ms) {
            if self.on_a_way.insert(item.clone()) {
                return Some(Turn::first(item));
            }
            self.again.insert(item);
        }
        None
    }

    /// Ends a turn.
    pub fn end(&mut self, agenda: &Agenda, end: End, now_ms: u64) {
        self.taken -= 1;
        match end {
            End::Goes(turn) => self.waiting.push_back(turn),
            End::Through(Turn { item, again_ms, .. }) => {
                self.on_a_way.remove(&item);
                let is_noted = self.again.remove(&item);
                if let Some(at_ms) = is_noted.then_some(now_ms).or(again_ms) {
                    agenda.note(item, at_ms);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Key;

    fn circle(id: &str) -> Item {
        Item::Circle(id.parse().unwrap())
    }

    fn due(at_ms: u64) -> Option<Due> {
        let what = Key::from(b"timer".to_vec());
        Some(Due { at_ms, what })
    }

    /// The item of each turn, where a circle has so many on its way.
    fn order(ways: &[(&str, usize)]) -> Vec<Item> {
        let agenda = Agenda::default();
        for (at_ms, (id, _)) in (1..).zip(ways) {
            agenda.note(circle(id), at_ms);
        }
        let mut turns = Turns::default();
        let mut taken: Vec<Item> = Vec::new();
        while let Some(turn) = turns.take(&agenda, 100) {
            let item = turn.item.clone();
            taken.push(item.clone());
            let so_far = taken.iter().filter(|had| **had == item).count();
            let length = ways.iter().find(|(id, _)| circle(id) == item).unwrap().1;
            let end = match so_far < length {
                true => End::Goes(turn),
                false => End::Through(turn),
            };
            turns.end(&agenda, end, 100);
        }
        assert_eq!(turns.taken(), 0);
        taken
    }

    #[test]
    fn much_to_do_keeps_nobody_waiting() {
        let [a, b, c] = ["a", "b", "c"].map(circle);
        let long = order(&[("a", 4), ("b", 1), ("c", 1)]);
        assert_eq!(long, [&a, &b, &a, &c, &a, &a].map(Clone::clone));
        // Nor do those who begin keep waiting who goes on.
        let two = order(&[("a", 2), ("b", 2), ("c", 1)]);
        assert_eq!(two, [&a, &b, &a, &c, &b].map(Clone::clone));
    }

    #[test]
    fn what_is_noted_on_the_way_is_looked_at_from_the_start() {
        let agenda = Agenda::default();
        let mut turns = Turns::default();
        agenda.note(circle("a"), 1);
        let mut turn = turns.take(&agenda, 10).unwrap();
        turn.after = due(5);
        turn.pass_over(900);
        turn.pass_over(400);
        turn.pass_over(700);
        turns.end(&agenda, End::Goes(turn.clone()), 10);
        agenda.note(circle("a"), 3);
        // It goes on, and is on no second way.
        assert_eq!(turns.take(&agenda, 10), Some(turn.clone()));
        assert_eq!(turns.take(&agenda, 10), None);
        turns.end(&agenda, End::Through(turn.clone()), 10);
        assert_eq!(agenda.next(), Some(10));
        // And then what was passed over.
        let first = turns.take(&agenda, 10).unwrap();
        assert_eq!(first, Turn::first(circle("a")));
        turns.end(&agenda, End::Through(turn), 10);
        assert_eq!(agenda.next(), Some(400));
    }

    #[test]
    fn no_note_without_need() {
        let agenda = Agenda::default();
        let mut turns = Turns::default();
        agenda.note(circle("a"), 1);
        let turn = turns.take(&agenda, 1).unwrap();
        assert_eq!(turns.taken(), 1);
        turns.end(&agenda, End::Through(turn), 1);
        assert_eq!(agenda.next(), None);
    }
}
