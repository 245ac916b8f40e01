//! Decimal numbers as readers write them, compared exactly: a limit of
//! 9007199254740992 must not let 9007199254740993 through, as a float would.

use std::cmp::Ordering;

/// The most characters of a number.
const CHARACTERS_MAX: usize = 40;

/// A decimal number: digits, with a `-` before and a fraction behind if need
/// be, and no exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) struct Decimal<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// The number, or none if it is not one or has more than 40 characters.
    pub(in crate::view) fn parse(text: &'a str) -> Option<Self> {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() > CHARACTERS_MAX {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (unsigned, ""),
        };
        if !digits(whole) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !zero,
            whole,
            fraction,
        })
    }

    /// Without regard to the sign.
    fn compare_size(&self, other: &Self) -> Ordering {
        let by_whole = self
            .whole
            .len()
            .cmp(&other.whole.len())
            .then(self.whole.cmp(other.whole));
        // Fractions compare as text does: `3` is before `35`.
        by_whole.then(self.fraction.cmp(other.fraction))
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn order() {
        let ascending = [
            "-100",
            "-9.5",
            "-9.49",
            "-0.1",
            "0",
            "0.009",
            "0.01",
            "0.1",
            "0.15",
            "0.2",
            "1",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
        ];
        for (index, one) in ascending.iter().enumerate() {
            for (other_index, other) in ascending.iter().enumerate() {
                let order = Decimal::parse(one).cmp(&Decimal::parse(other));
                assert_eq!(order, index.cmp(&other_index), "{one} and {other}");
            }
        }
    }

    #[test]
    fn one_number_written_differently() {
        for (one, other) in [("0", "-0.00"), ("1", "01"), ("1", "1.0"), ("-2.50", "-2.5")] {
            assert_eq!(
                Decimal::parse(one),
                Decimal::parse(other),
                "{one} and {other}"
            );
        }
    }

    #[test]
    fn not_numbers() {
        let long = "1".repeat(41);
        for text in [
            "", "-", "+1", "1.", ".5", "1e5", "1,000", "NaN", "inf", "１", "--1", "0x1", &long,
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert!(Decimal::parse(&long[1..]).is_some());
    }
}
