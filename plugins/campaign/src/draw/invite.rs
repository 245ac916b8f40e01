//! Inviting: a member's own page to share, and what those see who open it.

use quanka_card::prelude::*;

use super::{area, frame, home, link_to_place, note};
use crate::book::{self, Phase};
use crate::look::Look;
use crate::place::Place;

/// How to invite.
pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    if look.config.points.invite == 0 {
        return Ok(text(words.no_invites()).into());
    }
    if look.phase != Phase::Open {
        let say = match look.phase {
            Phase::Before => words.not_begun(),
            _ => words.invite_over(),
        };
        return Ok(text(say).into());
    }
    Ok(match look.participant() {
        Some((member, entry)) => column((
            text(words.invite_how()),
            link_to_place(words.open_invitation(), Place::Invited(&entry.code)),
            counted(look, member)?,
            stat(words.my_code(), &entry.code),
        )),
        None => column((text(words.enter_to_invite()), area::area(look, None)?)),
    })
}

fn counted(look: &Look<'_>, member: &str) -> Result<Text> {
    let max = look.config.points.invites_max;
    Ok(note(look.words.invited(book::credits(member)?, max)))
}

/// The page that is shared.
pub fn invitation(look: &Look<'_>, code: &str, inviter: &str) -> Result<View> {
    let words = look.words;
    let config = look.config;
    let is_out = book::entry(inviter)?.is_none_or(|entry| entry.out.is_some());
    let is_own = look.reader.member.as_deref() == Some(inviter);
    let body = match (is_own, is_out) {
        (true, _) => column((
            text(words.your_invitation()),
            share(words.share_invitation()),
            counted(look, inviter)?,
        )),
        (false, true) => column((
            area::area(look, None)?,
            link_to_place(words.rules(), Place::Rules),
        )),
        (false, false) => column((
            row((avatar(inviter).named(), text(words.invites_you()))),
            area::area(look, Some(code))?,
            link_to_place(words.rules(), Place::Rules),
        )),
    };
    let title = words.invitation_of(&config.title);
    let about = (config, &look.terms);
    Ok(frame(about, words, look.phase, &title).body((
        link_to(words.back(), ""),
        heading(2, &config.title),
        (!config.about.is_empty()).then(|| text(&config.about).max_lines(4)),
        home::when(look),
        body,
    )))
}
