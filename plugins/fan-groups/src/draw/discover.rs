//! Discovering groups: the reader's own first, then the largest.

use std::cmp::Reverse;

use quanka_card::prelude::*;

use super::{TITLE_CHARS_MAX, cut, frame, join, link_to_place, note};
use crate::config::{Config, Policy};
use crate::groups::{self, Group, Seat, own_seats, sizes};
use crate::look::Look;
use crate::place::Place;
use crate::words::Words;

/// Groups that an article shows.
const GROUPS_IN_ARTICLE: usize = 4;
/// Groups on a page of its own that say what was posted last.
const GROUPS_ON_PAGE: usize = 12;

/// A group with what a list says of it.
struct Listed {
    group: Group,
    people: u64,
    seat: Seat,
}

/// In two lines, for a list.
pub fn compact(cx: &CardContext<Config>) -> Result<View> {
    let words = Words::of(cx);
    let groups = groups::all(&cx.config)?;
    let open = groups.iter().filter(|group| !group.desk.closed).count();
    let title = title(&cx.config, &circle::info().name, words);
    let summary = words.groups_count(open);
    Ok(View::new(&title).summary(&summary).body((
        text(&title).max_lines(1),
        row((badge(words.title()), note(&summary))),
    )))
}

/// The first groups, and the ways on.
pub fn first(look: &Look<'_>) -> Result<View> {
    let words = look.words;
    let listed = listed(look)?;
    let max = match look.is_roomy() {
        true => GROUPS_ON_PAGE,
        false => GROUPS_IN_ARTICLE,
    };
    let shown = &listed[..listed.len().min(max)];
    let title = title(look.config, &look.circle.name, words);
    let open = listed.iter().filter(|listed| !listed.group.desk.closed);
    let count = words.groups_count(open.count());
    let is_in_some = listed.iter().any(|listed| listed.seat == Seat::In);
    Ok(View::new(&title)
        .summary(format!("{} {count}", words.sentence()))
        .body((
            heading(2, &title),
            text(words.sentence()).muted().max_lines(2),
            join::circle_state(look),
            (!look.is_member()).then(|| guide(look)),
            row((
                is_in_some.then(|| link_to_place(words.write(), Place::New(None))),
                link_to_place(format!("{} {}", words.all(), listed.len()), Place::All),
                may_create(look).then(|| link_to_place(words.create(), Place::Create)),
                share(words.share()),
            )),
            listed.is_empty().then(|| none(look)),
            each(shown, |listed| element(look, listed, true)),
        )))
}

/// All groups, each in short.
pub fn all(look: &Look<'_>) -> Result<View> {
    let words = look.words;
    let listed = listed(look)?;
    let title = format!(
        "{} · {}",
        title(look.config, &look.circle.name, words),
        words.all()
    );
    Ok(
        frame(look, &title, words.sentence(), Place::Discover).body((
            heading(2, words.all()),
            may_create(look).then(|| link_to_place(words.create(), Place::Create)),
            listed.is_empty().then(|| none(look)),
            each(&listed, |listed| element(look, listed, false)),
        )),
    )
}

/// Whether the reader may form a group.
pub fn may_create(look: &Look<'_>) -> bool {
    look.config.create.allows(look.reader.role)
}

fn title(config: &Config, circle: &str, words: Words) -> String {
    let own = config.title.clone();
    let title = own.unwrap_or_else(|| format!("{circle} · {}", words.title()));
    cut(&title, TITLE_CHARS_MAX)
}

/// All groups: one's own first, those that are over last, larger before smaller.
fn listed(look: &Look<'_>) -> Result<Vec<Listed>> {
    let groups = groups::all(look.config)?;
    let people = sizes().get_many(groups.iter().map(|group| group.id.as_str()));
    let own = match &look.reader.member {
        Some(member) if look.is_member() => own_seats(&groups, member)?,
        _ => vec![Seat::Stranger; groups.len()],
    };
    let mut listed: Vec<Listed> = groups
        .into_iter()
        .zip(people)
        .zip(own)
        .map(|((group, people), seat)| Listed {
            people: u64::try_from(people).unwrap_or(0),
            group,
            seat,
        })
        .collect();
    listed.sort_by_key(|listed| {
        let is_over = listed.group.desk.closed;
        (is_over, listed.seat != Seat::In, Reverse(listed.people))
    });
    Ok(listed)
}

fn element(look: &Look<'_>, listed: &Listed, with_last: bool) -> Element {
    let words = look.words;
    let group = &listed.group;
    let place = Place::Group(&group.id, "");
    let last = with_last.then(|| posts::query().tag(group.tag()).limit(1).page().posts);
    panel((
        row((
            link_to_place(&group.name, place),
            note(words.people_count(listed.people)),
            state(look, listed),
        )),
        (!group.about.is_empty()).then(|| text(&group.about).max_lines(2)),
        each(last.unwrap_or_default(), |post| {
            (!post.text.is_empty()).then(|| said_post(&post).max_lines(1))
        }),
    ))
    .into()
}

/// What the reader is in a group, or the way in.
fn state(look: &Look<'_>, listed: &Listed) -> Element {
    let words = look.words;
    let group = &listed.group;
    match (group.desk.closed, listed.seat) {
        (true, _) => badge(words.closed()).into(),
        (false, Seat::In) => badge(words.yours()).success().into(),
        (false, Seat::Asked) if group.join == Policy::Approval => {
            badge(words.you_asked()).accent().into()
        }
        (false, _) => match join::button_to(look, group) {
            Some(button) => button.into(),
            None => badge(words.policy(group.join)).into(),
        },
    }
}

fn none(look: &Look<'_>) -> Element {
    let words = look.words;
    match may_create(look) {
        true => panel((
            text(words.none_create()),
            link_to_place(words.create(), Place::Create),
        ))
        .into(),
        false => panel(text(words.none_read())).into(),
    }
}

fn guide(look: &Look<'_>) -> Element {
    let words = look.words;
    let steps = [words.step_pick(), words.step_join(), words.step_post()];
    let numbered = steps.iter().zip(1..);
    let numbered = numbered.map(|(step, number)| text(format!("{number}. {step}")));
    details(words.guide(), numbered.collect::<Vec<_>>())
}
