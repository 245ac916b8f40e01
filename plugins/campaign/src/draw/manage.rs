//! Where the owner ends the campaign early, and puts out who cheats.

use std::collections::{BTreeMap, BTreeSet};

use quanka_card::prelude::*;

use super::{home, link_to_place, note};
use crate::book::{self, Entry, Phase};
use crate::look::Look;
use crate::place::Place;

/// Members on a page.
const PAGE_MEMBERS: u32 = 20;
/// Characters of a reason.
const REASON_CHARS_MAX: usize = 100;

/// The claim codes of those who accepted, by member.
type Claims = BTreeMap<String, Vec<String>>;

/// Those with most points first; after the draw, those who have prizes.
pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    if !look.is_owner() {
        return Ok(text(words.for_owner()).into());
    }
    let (title, mut members): (_, Vec<String>) = match look.phase {
        Phase::Over => {
            let (winners, _) = look.winners()?;
            let members = winners.places.into_iter().filter_map(|place| place.member);
            (words.winners(), members.collect())
        }
        Phase::Before | Phase::Open | Phase::Drawing => {
            let top = book::points().top(PAGE_MEMBERS);
            (
                words.by_points(),
                top.into_iter().map(|place| place.item).collect(),
            )
        }
    };
    // One who has several prizes is one member.
    let mut seen = BTreeSet::new();
    members.retain(|member| seen.insert(member.clone()));
    let is_empty = members.is_empty();
    let claims = claims(look)?;
    let end = offer("end")
        .audience(Audience::Owner)
        .confirm(words.end_sure());
    Ok(column((
        home::when(look),
        (look.phase == Phase::Open).then(|| button(words.end_now(), end).danger()),
        heading(3, title),
        is_empty.then(|| note(words.nobody_yet())),
        (!claims.is_empty()).then(|| note(words.claims_note())),
        lines(look, &members, &claims)?,
        row((
            link_to_place(words.all_entrants(), Place::ManageAll("")),
            (look.phase == Phase::Over).then(|| link_to_place(words.winners(), Place::Winners)),
        )),
    )))
}

/// Everybody, by code.
pub fn all(look: &Look<'_>, after: &str) -> Result<Element> {
    let words = look.words;
    if !look.is_owner() {
        return Ok(text(words.for_owner()).into());
    }
    // Anybody can make up an address; what is no code is the beginning.
    let after = book::whose_code(after)?.map(|_| book::code_key(after));
    let page = book::codes(after.as_deref(), PAGE_MEMBERS)?;
    let next = page.entries.last().filter(|_| page.more);
    let next = next.map(|(key, _)| Place::ManageAll(book::code_of(key)));
    let members: Vec<String> = page
        .entries
        .iter()
        .map(|(_, member)| member.clone())
        .collect();
    Ok(column((
        heading(3, words.all_entrants()),
        members.is_empty().then(|| note(words.nobody_yet())),
        lines(look, &members, &Claims::new())?,
        row((
            next.map(|next| link_to_place(words.more(), next)),
            link_to_place(words.to_start(), Place::Manage),
        )),
    )))
}

/// What the owner asks for before a prize is handed out.
fn claims(look: &Look<'_>) -> Result<Claims> {
    let mut claims = Claims::new();
    if look.phase != Phase::Over {
        return Ok(claims);
    }
    let (winners, _) = look.winners()?;
    for (at, claim) in book::claims()? {
        let place = winners.places.get(at);
        if let Some(member) = place.and_then(|place| place.member.clone()) {
            claims.entry(member).or_default().push(claim);
        }
    }
    Ok(claims)
}

fn lines(look: &Look<'_>, members: &[String], claims: &Claims) -> Result<Element> {
    let entries = book::entries(members)?;
    let points = book::points().get_many(members);
    let all = members.iter().zip(entries).zip(points);
    Ok(column(each(all, |((member, entry), points)| {
        let claims = claims.get(member).map_or(&[][..], Vec::as_slice);
        entry.map(|entry| line(look, (member, &entry), points, claims))
    })))
}

fn line(
    look: &Look<'_>,
    (member, entry): (&str, &Entry),
    points: i64,
    claims: &[String],
) -> Element {
    let words = look.words;
    let points = u64::try_from(points).unwrap_or_default();
    let who = row((
        avatar(member).named(),
        note(format!("{} · {}", entry.code, words.points(points))),
    ));
    if let Some(reason) = &entry.out {
        let out = badge(words.out_badge()).tone(Tone::Warning);
        return column((who, row((out, note(reason)))));
    }
    let out = offer("disqualify")
        .payload(&member)
        .audience(Audience::Owner);
    column((
        who,
        each(claims, |claim| {
            row((note(words.claim_code()), rich([code(claim)])))
        }),
        details(
            words.disqualify(),
            form((
                input("reason", words.reason())
                    .required()
                    .max(REASON_CHARS_MAX),
                button(words.disqualify(), out.confirm(words.disqualify_sure())).danger(),
            )),
        ),
    ))
}
