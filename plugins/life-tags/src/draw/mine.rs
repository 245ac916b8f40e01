//! What is the reader's own: their tags, and the records under one.

use quanka_card::prelude::*;

use super::record::{self, Shown};
use super::{Drawn, join, link_to_place, note, paging, sign};
use crate::history::History;
use crate::look::Look;
use crate::own::{self, Own};
use crate::place::{List, Place};
use crate::streak::Streak;
use crate::week::Week;

/// Tags that the card in an article shows of a reader's own.
const SHOWN_ON_HOME: usize = 3;
/// Records on one page.
const PAGE_RECORDS: u32 = 10;

/// A reader's tags, with how they stand.
struct Standings {
    kept: Vec<(String, Own)>,
    archived: Vec<String>,
    history: History,
}

impl Standings {
    fn read() -> Result<Self> {
        let (archived, kept): (Vec<_>, Vec<_>) =
            own::all()?.into_iter().partition(|(_, own)| own.archived);
        Ok(Self {
            kept,
            archived: archived.into_iter().map(|(tag, _)| tag).collect(),
            history: History::read(None),
        })
    }

    fn unwritten(&self, week: Week) -> usize {
        let kept = self.kept.iter();
        kept.filter(|(tag, _)| !self.history.has(tag, week)).count()
    }
}

/// The reader's tags on the first page.
pub fn on_home(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let standings = Standings::read()?;
    if standings.kept.is_empty() {
        return Ok(column((
            text(words.no_tags()),
            join::tag_form(look, (words.new_tag(), words.start()), &[]),
        )));
    }
    let max = match look.is_roomy() {
        true => own::KEPT_MAX,
        false => SHOWN_ON_HOME,
    };
    // In a card of fixed height those come first that are not written.
    let mut kept: Vec<&String> = standings.kept.iter().map(|(tag, _)| tag).collect();
    if !look.is_roomy() {
        kept.sort_by_key(|tag| standings.history.has(tag, look.week));
    }
    Ok(column((
        reminder(look, &standings)?,
        week_line(look),
        each(kept.iter().take(max), |tag| line(look, &standings, tag)),
        (kept.len() > max).then(|| link_to_place(words.more(), Place::Mine)),
    )))
}

/// What is still to be written, for those who wanted to hear of it.
fn reminder(look: &Look<'_>, standings: &Standings) -> Result<Option<Element>> {
    let unwritten = standings.unwritten(look.week);
    let is_due = unwritten > 0 && own::me()?.remind && look.is_late();
    Ok(is_due.then(|| {
        let words = look.words;
        panel(row((
            badge(words.unwritten()).tone(Tone::Warning),
            text(words.still_to_write(unwritten)),
            time(look.week_ends()).countdown(),
        )))
        .tone(Tone::Warning)
        .into()
    }))
}

fn week_line(look: &Look<'_>) -> Element {
    row((
        note(look.words.week(look.week)),
        note(look.words.week_ends()),
        time(look.week_ends()).relative(),
    ))
}

/// One tag this week.
fn line(look: &Look<'_>, standings: &Standings, tag: &str) -> Element {
    let words = look.words;
    let is_written = standings.history.has(tag, look.week);
    let streak = standings.history.streak(tag, look.week);
    let (state, write) = match is_written {
        true => (badge(words.written_badge()).success(), words.improve()),
        false => (badge(words.unwritten_badge()), words.write()),
    };
    row((
        link_to_place(sign(tag), Place::MyTag(tag, "")),
        state,
        words.in_a_row(streak.now).map(note),
        look.may_write()
            .then(|| link_to_place(write, Place::Write(tag))),
    ))
}

/// All of the reader's tags.
pub fn page(look: &Look<'_>) -> Result<(String, Element)> {
    let words = look.words;
    let title = words.mine().to_owned();
    if !look.is_member() {
        let body = column((text(words.sign_in_for_own()), join::first_tag(look)));
        return Ok((title, body));
    }
    let standings = Standings::read()?;
    let history = &standings.history;
    let is_new = standings.kept.is_empty();
    let add = join::tag_form(look, (words.new_tag(), words.add()), &standings.kept);
    let body = column((
        heading(2, words.mine()),
        reminder(look, &standings)?,
        week_line(look),
        is_new.then(|| text(words.no_tags())),
        each(&standings.kept, |(tag, _)| line(look, &standings, tag)),
        match is_new {
            true => add,
            false => details(words.add_more(), add),
        },
        (history.total() > 0).then(|| {
            (
                stats(look, history.streak_of_all(look.week), history),
                year(look, words.year(look.week.year()), history),
            )
        }),
        remind_button(look)?,
        put_away(look, &standings.archived),
    ));
    Ok((title, body))
}

fn stats(look: &Look<'_>, streak: Streak, history: &History) -> Element {
    let words = look.words;
    column((
        grid(
            4,
            [
                stat(words.streak_now(), words.weeks(streak.now)),
                stat(words.streak_longest(), words.weeks(streak.longest)),
                stat(words.returns(), words.times(streak.returns)),
                stat(words.records(), history.total()),
            ],
        ),
        history.goes_on.then(|| note(words.goes_on())),
    ))
}

/// A year at a glance, with as many bars as it has weeks.
fn year(look: &Look<'_>, label: String, history: &History) -> Chart {
    let weeks = Week::all_of(look.week.year());
    let points = weeks.map(|week| {
        let records = u32::try_from(history.count(week)).unwrap_or(u32::MAX);
        (week.number().to_string(), f64::from(records))
    });
    chart(label, points)
}

fn remind_button(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let is_on = own::me()?.remind;
    let remind = offer("remind").payload(&!is_on).audience(Audience::Member);
    Ok(match is_on {
        true => button(words.remind_off(), remind).quiet().into(),
        false => column((button(words.remind_on(), remind), note(words.remind_note()))),
    })
}

fn put_away(look: &Look<'_>, archived: &[String]) -> Option<Element> {
    let words = look.words;
    (!archived.is_empty()).then(|| {
        details(
            words.archived_tags(),
            each(archived, |tag| {
                let restore = offer("add-tag").payload(tag).signed_in();
                row((
                    link_to_place(sign(tag), Place::MyTag(tag, "")),
                    button(words.restore(), restore).quiet(),
                ))
            }),
        )
    })
}

/// The reader's records under a tag; none if it is no tag of theirs.
pub fn tag_page(look: &Look<'_>, tag: &str, after: &str) -> Result<Drawn> {
    let words = look.words;
    let own = own::get(tag)?;
    let records = posts::mine().kind(PostKind::Record).tag(tag);
    let page = records.limit(PAGE_RECORDS).after(after).page();
    if own.is_none() && page.posts.is_empty() {
        return Ok(None);
    }
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref();
    let next = next.map(|next| Place::MyTag(tag, next));
    let body = column((
        heading(2, sign(tag)),
        after.is_empty().then(|| top(look, tag)),
        heading(3, words.my_records()),
        (page.posts.is_empty() && after.is_empty()).then(|| text(words.no_records())),
        each(&page.posts, |post| record::own(look, post, &shown)),
        paging(look, Place::MyTag(tag, ""), after.is_empty(), next),
        own.filter(|own| !own.archived)
            .map(|own| choices(look, tag, &own)),
        link_to_place(words.tag_page(), Place::Tag(tag, List::Newest, "")),
    ));
    Ok(Some((sign(tag), body)))
}

/// This week's record and how it went so far.
fn top(look: &Look<'_>, tag: &str) -> Element {
    let words = look.words;
    let history = History::read(Some(tag));
    let write = match history.has(tag, look.week) {
        true => words.improve_week(),
        false => words.write_week(),
    };
    let label = words.year_of_tag(look.week.year(), tag);
    column((
        look.may_write()
            .then(|| link_to_place(write, Place::Write(tag))),
        (history.total() > 0).then(|| {
            (
                stats(look, history.streak(tag, look.week), &history),
                year(look, label, &history),
            )
        }),
    ))
}

/// What can be chosen for a tag.
fn choices(look: &Look<'_>, tag: &str, own: &Own) -> Element {
    let words = look.words;
    let (state, change) = match own.open {
        true => (words.is_open_default(), words.make_private_default()),
        false => (words.is_private_default(), words.make_open_default()),
    };
    let default = offer("default").payload(&(tag, !own.open));
    let archive = offer("archive").payload(&tag);
    column((
        row((
            note(state),
            button(change, default.audience(Audience::Member)).quiet(),
        )),
        button(
            words.archive(),
            archive
                .audience(Audience::Member)
                .confirm(words.archive_sure()),
        )
        .quiet(),
    ))
}

/// Whether a tag is the reader's own, kept or put away.
pub fn is_own(look: &Look<'_>, tag: &str) -> Result<bool> {
    Ok(look.reader.member.is_some() && own::get(tag)?.is_some())
}
