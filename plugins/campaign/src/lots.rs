//! A draw that anyone can check. Nothing in here but arithmetic.
//!
//! 1. Before anybody takes part the card makes a secret *seed* and publishes
//!    its *seal*, the SHA-256 of the seed. So the seed cannot be chosen later.
//! 2. At the end there is one *ticket* for each who took part, with a number of
//!    *lots*. Tickets are sorted by code, [`PAGE`] to a page, one line each:
//!    `CODE LOTS` and a line feed. The *digest* is the SHA-256 of the first
//!    page; each further page makes the SHA-256 of the digest so far, a line
//!    feed and the page. So lots cannot be changed later, and who took part
//!    finds their own code in the list.
//! 3. Then the seed is published, and the order of winners follows from both:
//!    for n = 0, 1, 2, … the first eight bytes of the SHA-256 of
//!    `SEED:DIGEST:n` are a number h (the first byte counts most). With L lots
//!    on tickets that are not drawn yet, h is passed over if it is not below
//!    the largest multiple of L up to 2⁶⁴ (so that no lot is favoured), and
//!    otherwise draws the ticket of lot h mod L, counted from 0 in the order of
//!    the list, drawn tickets left out.
//!
//! Where those with most points win, the order is by lots, most first; equal
//! ones by the SHA-256 of `SEED:CODE`, lowest first.
//!
//! What this proves: the seed was fixed before anybody took part, and the order
//! follows from it and the tickets. What it does not: that who runs the host did
//! not read the seed in its store. They could then add people or points until
//! the result suits them, as each ticket changes the digest; hence the whole
//! list is public, and the page says so. A publisher who does not run the host
//! never sees the seed, and can end the campaign early or put somebody out
//! without knowing what that does.
//!
//! All hashes are of text and written as 64 lower-case hexadecimal digits.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Tickets of one page of the list.
pub const PAGE: usize = 200;

/// What somebody has in the draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub code: String,
    pub member: String,
    pub lots: u64,
}

impl Ticket {
    /// As the digest has it, without the line feed.
    pub fn line(&self) -> String {
        format!("{} {}", self.code, self.lots)
    }
}

/// The SHA-256 of a text, as text.
pub fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of the list with one more page; `so_far` is empty for the first.
pub fn extend(so_far: &str, page: &[Ticket]) -> String {
    let mut text = String::new();
    if !so_far.is_empty() {
        text.push_str(so_far);
        text.push('\n');
    }
    for ticket in page {
        text.push_str(&ticket.line());
        text.push('\n');
    }
    hash(&text)
}

/// The lots of a page.
pub fn lots_of(page: &[Ticket]) -> u64 {
    page.iter().map(|ticket| ticket.lots).sum()
}

/// The next lot among `left`, which are not none, and the n behind it.
pub fn next_lot(seed: &str, digest: &str, mut n: u64, left: u64) -> (u64, u64) {
    let excess = (u64::MAX % left + 1) % left;
    loop {
        let drawn = Sha256::digest(format!("{seed}:{digest}:{n}").as_bytes());
        let h = drawn
            .iter()
            .take(8)
            .fold(0, |h, byte| h << 8 | u64::from(*byte));
        n += 1;
        if h <= u64::MAX - excess {
            return (h % left, n);
        }
    }
}

/// The place of the item that has a lot, and which of its lots it is; none if
/// there are not so many lots.
pub fn find(lots: impl IntoIterator<Item = u64>, mut lot: u64) -> Option<(usize, u64)> {
    for (at, lots) in lots.into_iter().enumerate() {
        if lot < lots {
            return Some((at, lot));
        }
        lot -= lots;
    }
    None
}

/// Where equal tickets stand among each other if those with most points win.
pub fn tie(seed: &str, code: &str) -> String {
    hash(&format!("{seed}:{code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_every_other_tool() {
        // From FIPS 180-4's examples.
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), of_abc);
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash(""), of_nothing);
    }

    #[test]
    fn a_lot_belongs_to_one_ticket() {
        fn check(lot: u64, expected: Option<(usize, u64)>) {
            assert_eq!(find([3, 0, 2], lot), expected, "{lot}");
        }
        check(0, Some((0, 0)));
        check(2, Some((0, 2)));
        check(3, Some((2, 0)));
        check(4, Some((2, 1)));
        check(5, None);
    }

    #[test]
    fn every_lot_is_as_likely() {
        let mut drawn = [0_u32; 7];
        let mut n = 0;
        for _ in 0..7_000 {
            let (lot, behind) = next_lot("seed", "digest", n, 7);
            drawn[usize::try_from(lot).unwrap()] += 1;
            n = behind;
        }
        assert!(
            drawn.iter().all(|&times| (900..1_100).contains(&times)),
            "{drawn:?}"
        );
    }

    #[test]
    fn numbers_that_would_favour_some_lots_are_passed_over() {
        // Of all numbers the upper half less one is above the one multiple of this.
        let left = u64::MAX / 2 + 2;
        let mut n = 0;
        let mut passed_over = 0;
        for _ in 0..100 {
            let (lot, behind) = next_lot("seed", "digest", n, left);
            assert!(lot < left);
            passed_over += behind - n - 1;
            n = behind;
        }
        assert!((60..160).contains(&passed_over), "{passed_over}");
    }
}
