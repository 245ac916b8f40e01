//! Drawing the poll: a form for those who have not voted, results for those
//! who have, and for everyone once it is closed.

use quanka_card::prelude::*;

use crate::config::{Config, Who};
use crate::vote::{own_vote_key, voters, votes};

/// Draws the poll for whoever is looking.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let config = &cx.config;
    let poll = Poll {
        cx,
        is_closed: config.closes_at.is_some_and(clock::passed),
        own: own_vote(cx)?,
        voters: count(voters().total()),
    };
    let body = match cx.size {
        Size::Compact => poll.compact(),
        Size::Standard | Size::Feed => poll.standard(),
    };
    Ok(View::new(&config.question)
        .summary(poll.turnout())
        .body(body))
}

/// The reader's own vote, without options that are gone.
fn own_vote(cx: &CardContext<Config>) -> Result<Vec<String>> {
    let mut own: Vec<String> = state::viewer().get(&own_vote_key(cx))?.unwrap_or_default();
    own.retain(|id| cx.config.has_option(id));
    Ok(own)
}

/// What the drawing depends on.
struct Poll<'a> {
    cx: &'a CardContext<Config>,
    is_closed: bool,
    own: Vec<String>,
    voters: u64,
}

impl Poll<'_> {
    fn standard(&self) -> Element {
        let cx = self.cx;
        let config = &cx.config;
        let shows_results = self.is_closed || !self.own.is_empty();
        column((
            heading(2, &config.question),
            (!shows_results).then(|| self.ballot(cx.tr("投票", "Vote"))),
            shows_results.then(|| column(self.results())),
            self.footer(),
            (shows_results && !self.is_closed).then(|| {
                let label = cx.tr("改投", "Change my vote");
                details(label, self.ballot(label))
            }),
        ))
    }

    /// The question and where it stands, in two lines.
    fn compact(&self) -> Element {
        let cx = self.cx;
        let status = match (self.is_closed, self.own.is_empty()) {
            (true, _) => cx.tr("已结束", "Closed"),
            (false, true) => cx.tr("投票中", "Open"),
            (false, false) => cx.tr("已投票", "Voted"),
        };
        column((
            text(&cx.config.question).max_lines(1),
            row((badge(status), text(self.turnout()).caption().muted())),
        ))
    }

    fn ballot(&self, label: &str) -> Element {
        let cx = self.cx;
        let config = &cx.config;
        let max = config.choices_max();
        let rule = match max {
            1 => cx.tr("选一项", "Choose one").to_owned(),
            _ if max as usize == config.options.len() => {
                cx.tr("可多选", "Choose as many as you like").to_owned()
            }
            _ => cx.tr(format!("最多选 {max} 项"), format!("Choose up to {max}")),
        };
        let options = config
            .options
            .iter()
            .map(|option| (&option.id, &option.text));
        let choice = choice("choice", rule)
            .options(options)
            .required()
            .up_to(max);
        let choice = self
            .own
            .iter()
            .fold(choice, |choice, id| choice.selected(id));
        let vote = match config.who {
            Who::Anyone => offer("vote"),
            Who::SignedIn => offer("vote").signed_in(),
        };
        form((choice, button(label, vote).primary()))
    }

    /// One bar an option. With one choice each, shares are of all votes still
    /// on the ballot and add up to one; with several, of all voters.
    fn results(&self) -> Vec<Meter> {
        let config = &self.cx.config;
        let counts: Vec<u64> = votes()
            .get_many(config.options.iter().map(|option| &option.id))
            .into_iter()
            .map(count)
            .collect();
        let whole = match config.choices_max() {
            1 => counts.iter().sum(),
            _ => self.voters,
        };
        let bar = |(option, &count): (&crate::config::PollOption, &u64)| {
            meter(&option.text, share(count, whole), count).mine(self.own.contains(&option.id))
        };
        config.options.iter().zip(&counts).map(bar).collect()
    }

    /// How many took part, and until when one can.
    fn footer(&self) -> Element {
        let cx = self.cx;
        let closing = cx.config.closes_at.map(|closes_at| {
            let label = match self.is_closed {
                true => cx.tr("结束于", "Closed"),
                false => cx.tr("截止", "Closes"),
            };
            // In a row of their own, so that a narrow card does not part them.
            row((text(label).caption().muted(), time(closes_at)))
        });
        let sign_in = (!self.is_closed && cx.config.who == Who::SignedIn).then(|| {
            text(cx.tr("登录后可投票", "Sign in to vote"))
                .caption()
                .muted()
        });
        row((
            self.is_closed.then(|| badge(cx.tr("已结束", "Closed"))),
            text(self.turnout()).caption().muted(),
            closing,
            sign_in,
        ))
    }

    fn turnout(&self) -> String {
        match self.voters {
            0 => self.cx.tr("还没有人投票", "No votes yet").to_owned(),
            1 => self.cx.tr("1 人参与", "1 person voted").to_owned(),
            n => self
                .cx
                .tr(format!("{n} 人参与"), format!("{n} people voted")),
        }
    }
}

/// A counter as a count: it is never below 0 unless somebody else wrote it.
fn count(counter: i64) -> u64 {
    u64::try_from(counter).unwrap_or(0)
}

/// A part of a whole, 0 to 1. Exact up to 2^53 votes.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        (part as f64 / whole as f64).min(1.0)
    }
}
