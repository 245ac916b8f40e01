//! What the card does without a reader: the end of the week.
//!
//! That a week is over needs no job: a record may be written in the week that
//! it is, and no other. The jobs keep what nobody could count later: which tags
//! a week was written under most, and how many of those who asked to be
//! reminded had not written by then. A card cannot reach a reader who is away;
//! it reminds them the next time that they see it.

use quanka_card::prelude::*;

use crate::config::Config;
use crate::hot;
use crate::week::Week;

/// At midnight after Sunday.
const CLOSE: &str = "close";
/// So many hours before that.
const REMIND: &str = "remind";
const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// Sets both timers, as the configuration has them.
pub fn set_timers(config: &Config) -> Result<()> {
    set_close(config)?;
    set_remind(config)
}

fn set_close(config: &Config) -> Result<()> {
    timers::cron(CLOSE, "0 0 * * MON", config.zone.name()).set()
}

fn set_remind(config: &Config) -> Result<()> {
    let at = remind_at(config.remind_hours);
    timers::cron(REMIND, at, config.zone.name()).set()
}

/// The time of the reminder in a week.
fn remind_at(hours_before_end: u64) -> String {
    let hours = (7 * 24_u64).saturating_sub(hours_before_end.max(1));
    let day = DAYS
        .iter()
        .zip(0..)
        .find(|(_, number)| *number == hours / 24);
    let day = day.map_or("SUN", |(day, _)| day);
    format!("0 {} * * {day}", hours % 24)
}

/// Does one job, and sets its timer again: the publisher may have changed the
/// zone or the hour. It leaves the other timer alone, which may be due as well
/// and would be put off by a week.
pub fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
    let Job::Timer(timer) = job else {
        return Err(Error::unknown_job(job));
    };
    let week = Week::at(cx.now, cx.config.zone);
    match timer.name() {
        CLOSE => {
            hot::close(week.back(1))?;
            set_close(&cx.config)
        }
        REMIND => {
            // One that comes too late, after the week has ended, reminds nobody.
            if cx.now >= week.before_end(cx.config.zone, cx.config.remind_hours) {
                hot::remind(week)?;
            }
            set_remind(&cx.config)
        }
        _ => Err(Error::unknown_job(job)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reminder_comes_before_the_end_of_the_week() {
        #[track_caller]
        fn check(hours: u64, expected: &str) {
            assert_eq!(remind_at(hours), expected, "{hours}");
        }
        check(1, "0 23 * * SUN");
        check(4, "0 20 * * SUN");
        check(24, "0 0 * * SUN");
        check(25, "0 23 * * SAT");
        check(96, "0 0 * * THU");
    }
}
