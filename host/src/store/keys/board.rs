//! Boards of counters, and the order of their rankings.
//!
//! A ranking follows from the counts: whoever settles a commit moves items in it
//! (`store/batch.rs`). A board of posts has two, because what is liked now is
//! another question than what was liked most.

use bytes::Bytes;

use super::{Key, KeyRange, part, tag};

/// A board of counters: where its counts, its rankings and its total lie.
/// Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Board(Bytes);

/// One of the rankings of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Highest count first. Every board has it.
    Top,
    /// Highest [`heat`] first. Boards of posts have it.
    Hot,
}

impl Board {
    /// A board of one card.
    pub fn of_card(plugin: &str, card: &str, name: &str) -> Board {
        let mut to = vec![tag::OF_CARD];
        part(&mut to, plugin.as_bytes());
        part(&mut to, card.as_bytes());
        part(&mut to, name.as_bytes());
        Board(to.into())
    }

    /// A board of all cards of one plugin in the circle.
    pub fn of_circle(plugin: &str, name: &str) -> Board {
        let mut to = vec![tag::OF_CIRCLE];
        part(&mut to, plugin.as_bytes());
        part(&mut to, name.as_bytes());
        Board(to.into())
    }

    /// A board of the host's own: no plugin's, and counted for nobody.
    pub fn of_host(name: &str) -> Board {
        let mut to = vec![tag::OF_HOST];
        part(&mut to, name.as_bytes());
        Board(to.into())
    }

    /// A board of posts, whose items are made by [`timed_item`].
    pub fn of_posts(name: &str) -> Board {
        let mut to = vec![tag::OF_POSTS];
        part(&mut to, name.as_bytes());
        Board(to.into())
    }

    /// Where an item's count lies.
    pub fn count(&self, item: &str) -> Key {
        self.under(tag::COUNT, &[item.as_bytes()])
    }

    /// Where the sum of all counts lies.
    pub fn total(&self) -> Key {
        self.under(tag::TOTAL, &[])
    }

    /// An item's place in the ranking: highest count first, then by item.
    pub fn place(&self, count: i64, item: &str) -> Key {
        self.under(tag::PLACE, &[&descending(count), item.as_bytes()])
    }

    /// An item's place in the ranking by heat, if the board has one.
    pub fn hot_place(&self, count: i64, item: &str) -> Option<Key> {
        if self.0.first() != Some(&tag::OF_POSTS) {
            return None;
        }
        let heat = heat(created_ms(item), count);
        let parts: [&[u8]; 3] = [&descending(heat), &descending(count), item.as_bytes()];
        Some(self.under(tag::HEAT, &parts))
    }

    /// How long the longest key of an item's is, without making it.
    pub(in crate::store) fn place_len(&self, item: &str) -> usize {
        let numbers = match self.0.first() {
            Some(&tag::OF_POSTS) => 2 * size_of::<i64>(),
            _ => size_of::<i64>(),
        };
        1 + self.0.len() + numbers + item.len()
    }

    /// The whole ranking, in its order.
    pub fn ranking(&self) -> KeyRange {
        self.ranking_by(Order::Top)
    }

    /// A whole ranking, in its order.
    pub fn ranking_by(&self, order: Order) -> KeyRange {
        KeyRange::prefix(&self.under(tag_of(order), &[]))
    }

    /// What a place in the ranking says: the item and its count.
    pub fn standing_at(&self, place: &Key) -> Option<(String, i64)> {
        self.standing_by(Order::Top, place)
    }

    /// What a place in a ranking says: the item and its count.
    pub fn standing_by(&self, order: Order, place: &Key) -> Option<(String, i64)> {
        let behind = place.behind(&self.under(tag_of(order), &[]));
        let behind = match order {
            Order::Top => behind,
            Order::Hot => behind.split_first_chunk::<8>()?.1,
        };
        let (count, item) = behind.split_first_chunk()?;
        let item = String::from_utf8(item.to_vec()).ok()?;
        Some((item, from_descending(*count)))
    }

    fn under(&self, tag: u8, parts: &[&[u8]]) -> Key {
        let mut to = Vec::with_capacity(self.0.len() + 80);
        to.push(tag);
        to.extend_from_slice(&self.0);
        for part in parts {
            to.extend_from_slice(part);
        }
        to.into()
    }
}

/// Digits of an instant in an item: enough until the year 10889.
const INSTANT_DIGITS: usize = 12;
const INSTANT_MAX: u64 = (1 << 48) - 1;

/// The item that stands for something made at an instant, by its name. Of items
/// with equal counts, the last made comes first.
pub fn timed_item(created_ms: u64, name: &str) -> String {
    let left = INSTANT_MAX - created_ms.min(INSTANT_MAX);
    format!("{left:0INSTANT_DIGITS$x}{name}")
}

/// The name in what [`timed_item`] made.
pub fn name_of_timed(item: &str) -> Option<&str> {
    item.get(INSTANT_DIGITS..)
}

fn created_ms(item: &str) -> i64 {
    let left = item.get(..INSTANT_DIGITS);
    let left = left.and_then(|left| u64::from_str_radix(left, 16).ok());
    let created = INSTANT_MAX - left.unwrap_or(INSTANT_MAX).min(INSTANT_MAX);
    i64::try_from(created).expect("48 bits fit")
}

/// How hot something is that was made at an instant and has been counted so
/// often, itself included: its instant in milliseconds, and a day for every
/// power of ten of the others. It does not change with time, so a ranking by it
/// is right without being made anew. Whole numbers, because a place must be the
/// same one on every machine.
pub fn heat(created_ms: i64, count: i64) -> i64 {
    let others = u64::try_from(count.saturating_sub(1)).unwrap_or(0);
    created_ms.saturating_add(days_of_tens(others.max(1)))
}

/// The decimal logarithm of a number that is not 0, in days.
fn days_of_tens(number: u64) -> i64 {
    /// Bits of the mantissa behind the point.
    const POINT: u32 = 62;
    /// Bits of the logarithm behind the point: a tenth of a millisecond.
    const BITS: u32 = 32;
    /// A day's milliseconds, which ten times as many are worth, times the decimal
    /// logarithm of 2, times 1000.
    const DAY_LOG2: i128 = 26_008_991_625;
    let whole = number.ilog2();
    let mut mantissa =
        u128::from(number) << (POINT - whole.min(POINT)) >> whole.saturating_sub(POINT);
    let mut log2 = i128::from(whole);
    for _ in 0..BITS {
        // Squaring doubles the logarithm: the next bit is whether it passes 2.
        mantissa = (mantissa * mantissa) >> POINT;
        let bit = mantissa >> (POINT + 1);
        mantissa >>= bit;
        log2 = (log2 << 1) | i128::from(u8::from(bit == 1));
    }
    let days = (log2 * DAY_LOG2 / 1000) >> BITS;
    i64::try_from(days).expect("the logarithm of a u64 is below 20")
}

fn tag_of(order: Order) -> u8 {
    match order {
        Order::Top => tag::PLACE,
        Order::Hot => tag::HEAT,
    }
}

/// Big-endian bytes that sort from the highest to the lowest number.
fn descending(count: i64) -> [u8; 8] {
    let ascending = count.cast_unsigned() ^ (1 << 63);
    (!ascending).to_be_bytes()
}

fn from_descending(bytes: [u8; 8]) -> i64 {
    let ascending = !u64::from_be_bytes(bytes);
    (ascending ^ (1 << 63)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY_MS: i64 = 86_400_000;

    /// Against the floating-point logarithm, to the millisecond.
    #[test]
    fn a_day_makes_up_for_ten_times_as_many() {
        let logarithm = |count: u64| (count as f64).log10() * DAY_MS as f64;
        let counts = (1..3_000).chain((1..20).map(|power| 10u64.pow(power)));
        for count in counts.chain([u64::MAX >> 1]) {
            let off = days_of_tens(count) as f64 - logarithm(count);
            assert!(off.abs() <= 2.0, "{count}: {off}");
        }
        #[track_caller]
        fn check(created_ms: i64, others: i64, expected: i64) {
            let heat = heat(created_ms, others + 1);
            assert!((heat - expected).abs() <= 1, "{heat}");
        }
        check(1_000, 0, 1_000);
        check(1_000, 1, 1_000);
        check(1_000, 10, 1_000 + DAY_MS);
        check(1_000, 1_000, 1_000 + 3 * DAY_MS);
    }

    proptest! {
        #[test]
        fn more_is_never_cooler(one in 1u64..1 << 40, more in 0u64..1 << 20) {
            prop_assert!(days_of_tens(one) <= days_of_tens(one + more));
        }

        #[test]
        fn places_say_what_they_are(created in 0u64..1 << 45, count in any::<i64>(), name in "[a-z]{1,20}") {
            let board = Board::of_posts("all");
            let item = timed_item(created, &name);
            prop_assert_eq!(name_of_timed(&item), Some(name.as_str()));
            prop_assert_eq!(created_ms(&item), created.cast_signed());
            let hot = board.hot_place(count, &item).unwrap();
            prop_assert_eq!(hot.len(), board.place_len(&item));
            prop_assert!(board.ranking_by(Order::Hot).contains(&hot));
            prop_assert!(!board.ranking().contains(&hot));
            prop_assert_eq!(board.standing_by(Order::Hot, &hot), Some((item, count)));
            prop_assert_eq!(Board::of_host("all").hot_place(count, &name), None);
        }
    }
}
