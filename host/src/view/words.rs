//! The host's own words inside a card, in Chinese and English.
//!
//! A plugin's words come from the plugin, in the locale it was asked for; what
//! the host adds follows that locale. Any other language than Chinese gets
//! English.

/// A language the host speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    /// The one for a BCP 47 tag.
    pub(super) fn of(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// One of two phrases.
    pub(super) fn pick(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// How many, and the word for it: `3 items` or `1 item`, `3 项`.
    pub(super) fn count(self, number: u64, chinese: &str, one: &str, many: &str) -> String {
        let digits = grouped(number);
        match (self, number) {
            (Self::Chinese, _) => format!("{digits} {chinese}"),
            (Self::English, 1) => format!("{digits} {one}"),
            (Self::English, _) => format!("{digits} {many}"),
        }
    }
}

/// A whole number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of a chart: at most two decimals, thousands apart, and beyond what
/// a float counts exactly, as a power of ten.
pub(super) fn value(value: f64) -> String {
    const EXACT_BELOW: f64 = 1e15;
    if value.abs() >= EXACT_BELOW {
        return format!("{value:.2e}");
    }
    let fixed = format!("{:.2}", value.abs());
    let (whole, decimals) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let decimals = decimals.trim_end_matches('0');
    let whole = grouped(whole.parse().unwrap_or(0));
    let point = if decimals.is_empty() { "" } else { "." };
    let sign = if value < 0.0 && fixed != "0.00" {
        "-"
    } else {
        ""
    };
    format!("{sign}{whole}{point}{decimals}")
}

/// A share of 0 to 1 in whole per cents. What is neither nothing nor all is
/// never shown as either.
pub(super) fn percent(share: f64) -> String {
    let percent = (share * 100.0).round();
    if share > 0.0 && percent < 1.0 {
        "<1%".to_owned()
    } else if share < 1.0 && percent > 99.0 {
        ">99%".to_owned()
    } else {
        format!("{percent:.0}%")
    }
}

#[cfg(test)]
mod tests {
    use super::{Tongue, grouped, percent, value};

    #[test]
    fn tongues() {
        for (locale, expected) in [
            ("zh", Tongue::Chinese),
            ("zh-CN", Tongue::Chinese),
            ("ZH_hans", Tongue::Chinese),
            ("en", Tongue::English),
            ("zha", Tongue::English),
            ("", Tongue::English),
        ] {
            assert_eq!(Tongue::of(locale), expected, "{locale}");
        }
    }

    #[test]
    fn numbers() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        for (number, expected) in [
            (0.0, "0"),
            (-0.001, "0"),
            (1_234.5, "1,234.5"),
            (-0.25, "-0.25"),
            (999_999.999, "1,000,000"),
            (1e300, "1.00e300"),
        ] {
            assert_eq!(value(number), expected, "{number}");
        }
        for (share, expected) in [
            (0.0, "0%"),
            (0.001, "<1%"),
            (0.006, "1%"),
            (0.425, "43%"),
            (0.99, "99%"),
            (0.999, ">99%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(share), expected, "{share}");
        }
    }

    #[test]
    fn counts() {
        assert_eq!(Tongue::Chinese.count(2, "项", "item", "items"), "2 项");
        assert_eq!(Tongue::English.count(1, "项", "item", "items"), "1 item");
        assert_eq!(
            Tongue::English.count(2_000, "项", "item", "items"),
            "2,000 items"
        );
    }
}
