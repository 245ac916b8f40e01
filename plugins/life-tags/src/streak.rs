//! How steadily somebody keeps a tag.

use std::collections::BTreeSet;

use crate::week::Week;

/// What the weeks with a record say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak {
    /// Weeks in a row up to this one, or up to the last one while this one can
    /// still be written.
    pub now: u64,
    pub longest: u64,
    /// How often somebody came back after a week or more without a record.
    pub returns: u64,
}

impl Streak {
    pub fn of(weeks: &BTreeSet<Week>, current: Week) -> Self {
        let mut streak = Self::default();
        let mut run = 0;
        let mut last: Option<Week> = None;
        for &week in weeks {
            run = match last.map(|last| week.distance(last)) {
                Some(1) => run + 1,
                Some(_) => {
                    streak.returns += 1;
                    1
                }
                None => 1,
            };
            streak.longest = streak.longest.max(run);
            last = Some(week);
        }
        let is_alive = last.is_some_and(|last| current.distance(last) <= 1);
        streak.now = if is_alive { run } else { 0 };
        streak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_in_a_row_and_comings_back() {
        /// `weeks` are those with a record, `current` the one that it is.
        #[track_caller]
        fn check(weeks: &[&str], current: &str, now: u64, longest: u64, returns: u64) {
            let read = |week: &str| Week::parse(week).expect("the test's weeks are weeks");
            let set = weeks.iter().copied().map(read).collect();
            let expected = Streak {
                now,
                longest,
                returns,
            };
            assert_eq!(Streak::of(&set, read(current)), expected, "{weeks:?}");
        }
        check(&[], "2027-W03", 0, 0, 0);
        check(&["2027-W03"], "2027-W03", 1, 1, 0);
        // It can still be written.
        check(&["2027-W02"], "2027-W03", 1, 1, 0);
        check(&["2027-W01"], "2027-W03", 0, 1, 0);
        check(&["2027-W01", "2027-W02", "2027-W03"], "2027-W03", 3, 3, 0);
        // Over the end of a year with 53 weeks, and of one with 52.
        check(&["2026-W52", "2026-W53", "2027-W01"], "2027-W02", 3, 3, 0);
        check(&["2026-W52", "2027-W01"], "2027-W01", 1, 1, 1);
        check(&["2027-W52", "2028-W01"], "2028-W01", 2, 2, 0);
        // Away and back.
        check(
            &["2027-W01", "2027-W02", "2027-W03", "2027-W06", "2027-W09"],
            "2027-W09",
            1,
            3,
            2,
        );
        check(&["2027-W01", "2027-W03"], "2027-W09", 0, 1, 1);
    }
}
