//! Who stands where: those with most points, of all who can still win.
//!
//! Points outlive a membership, and a role as well: who has left or was banned,
//! who was put out, and who has a say in the circle by now has no place, as they
//! have no lot in the draw.

use quanka_card::prelude::*;

use crate::book;
use crate::rules;

/// How many are asked for. It is more than any page shows, since some of them
/// may have no place.
const ASKED: u32 = 70;

/// Somebody's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// From 1; those with as many points have the same.
    pub place: u32,
    pub member: String,
    pub points: u64,
}

/// The first places, best first.
pub struct Ranking {
    pub places: Vec<Placed>,
    /// How many were passed over for them.
    passed_over: u32,
}

impl Ranking {
    pub fn read() -> Result<Self> {
        let best = book::points().top(ASKED);
        let members: Vec<String> = best.iter().map(|one| one.item.clone()).collect();
        let entries = book::entries(&members)?;
        let mut ranking = Self {
            places: Vec::new(),
            passed_over: 0,
        };
        let mut next = 1;
        for (one, entry) in best.into_iter().zip(entries) {
            let own = circle::membership(&one.item);
            let may_win = entry.is_some_and(|entry| rules::may_win(&entry, &own));
            match u64::try_from(one.count) {
                Ok(points @ 1..) if may_win => {
                    ranking.add(next, one.item, points);
                    next += 1;
                }
                _ => ranking.passed_over += 1,
            }
        }
        Ok(ranking)
    }

    /// Gives somebody a place, or that of the one before with as many points.
    fn add(&mut self, next: u32, member: String, points: u64) {
        let before = self.places.last();
        let tied = before.filter(|before| before.points == points);
        self.places.push(Placed {
            place: tied.map_or(next, |tied| tied.place),
            member,
            points,
        });
    }

    /// The place of a member who can win; none far behind.
    pub fn place_of(&self, member: &str) -> Option<u32> {
        let mut places = self.places.iter();
        if let Some(placed) = places.find(|placed| placed.member == member) {
            return Some(placed.place);
        }
        let points = book::points_of(member);
        if let Some(last) = self.places.last().filter(|last| last.points == points) {
            return Some(last.place);
        }
        let rank = book::points().rank(member)?;
        Some(rank.saturating_sub(self.passed_over).max(1))
    }
}
