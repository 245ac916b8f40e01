//! What the reader can do next: take part, earn points, accept a prize.

use quanka_card::prelude::*;

use super::{board, link_to_place, note, winners};
use crate::book::{self, Phase};
use crate::look::Look;
use crate::place::Place;

/// Characters of a post.
const POST_CHARS_MAX: usize = 1_000;

/// The next thing to do. `code` is the invitation the reader came by.
pub fn area(look: &Look<'_>, code: Option<&str>) -> Result<Option<Element>> {
    let words = look.words;
    let out = look.entry.as_ref().and_then(|entry| entry.out.as_ref());
    if let Some(reason) = out {
        let said = text(words.you_are_out(reason)).warning();
        return Ok(Some(said.into()));
    }
    match (look.phase, look.participant()) {
        (Phase::Before, _) => Ok(guide(look)),
        (Phase::Drawing, _) => Ok(Some(text(words.drawing_note()).into())),
        (Phase::Over, _) => winners::mine(look),
        (Phase::Open, Some((member, _))) => Ok(Some(earning(look, member)?)),
        (Phase::Open, None) => Ok(Some(column((way_in(look, code), guide(look))))),
    }
}

/// How to take part, as the circle's policy and the reader's standing have it.
fn way_in(look: &Look<'_>, code: Option<&str>) -> Element {
    let words = look.words;
    let enter = |label| button(label, offer("enter").payload(&code).signed_in()).primary();
    if look.organises() {
        return note(words.organisers_stand_by()).into();
    }
    if look.standing() == Standing::Joined {
        return enter(words.enter()).into();
    }
    if look.standing() == Standing::Banned {
        return text(words.banned()).warning().into();
    }
    let label = match look.entry {
        Some(_) => words.enter_again(),
        None => words.enter(),
    };
    match look.policy {
        JoinPolicy::Open => row((enter(label), note(words.enter_note()))),
        JoinPolicy::Approval | JoinPolicy::Closed if look.standing() == Standing::Waiting => {
            text(words.waiting()).into()
        }
        JoinPolicy::Approval => row((enter(words.ask()), note(words.ask_note()))),
        JoinPolicy::Closed => note(words.closed_to_you()).into(),
    }
}

/// Three short steps, as long as the reader does not take part.
fn guide(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    let steps = [words.step_enter(), words.step_earn(), words.step_win()];
    look.entry
        .is_none()
        .then(|| details(words.guide(), each(steps, text)))
}

/// What the reader has, and what earns more.
fn earning(look: &Look<'_>, member: &str) -> Result<Element> {
    let words = look.words;
    let points = &look.config.points;
    let rank = board::place_of(look, member)?;
    let checks_in = points.check_in > 0 || points.streak > 0;
    let streak = look.streak_of_today()?;
    let to_claim = look.to_claim(member)?;
    let can_check_in = checks_in && streak.is_none();
    let member_only = |name: &str| offer(name).audience(Audience::Member);
    let check_in = button(words.check_in(), member_only("check-in")).primary();
    let posts_count = points.post > 0 || points.invite > 0;
    let claim = match to_claim {
        0 => button(words.claim(), member_only("claim")),
        posts if can_check_in => button(words.claim_some(posts), member_only("claim")),
        posts => button(words.claim_some(posts), member_only("claim")).primary(),
    };
    let hint = match (can_check_in, to_claim, points.invite) {
        (true, _, _) | (_, 1.., _) => None,
        (false, 0, 0) => Some(words.all_done_alone()),
        (false, 0, _) => Some(words.all_done()),
    };
    Ok(panel((
        row((
            stat(words.my_points(), book::points_of(member)),
            stat(words.my_rank(), rank),
        )),
        row((
            can_check_in.then_some(check_in),
            posts_count.then_some(claim),
            (points.invite > 0).then(|| link_to_place(words.invite(), Place::Invite)),
        )),
        streak
            .filter(|_| checks_in)
            .map(|streak| note(words.streak(streak.days))),
        posts_count.then(|| composer(look)),
        (to_claim == 0 && posts_count).then(|| note(words.post_hint())),
        hint.map(note),
    ))
    .tone(Tone::Accent)
    .into())
}

/// The form for a post, which counts at once.
fn composer(look: &Look<'_>) -> Element {
    let words = look.words;
    if look.reader.muted {
        return note(words.muted()).into();
    }
    let post = offer("post").audience(Audience::Member);
    details(
        words.write(),
        form((
            input("text", words.text())
                .multiline()
                .required()
                .max(POST_CHARS_MAX),
            button(words.publish(), post),
        )),
    )
}
