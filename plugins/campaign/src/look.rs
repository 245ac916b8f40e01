//! Who looks at the card, and at what: asked once for a drawing.

use std::collections::BTreeSet;

use quanka_card::prelude::*;

use crate::book::{self, Draw, Entry, Own, Phase, Terms, Winners};
use crate::config::Config;
use crate::rules::{self, Streak};
use crate::words::Words;

/// Posts in which the card looks for some to claim.
const RECENT_POSTS: u32 = 10;

/// What every page of the card depends on.
pub struct Look<'a> {
    pub cx: &'a CardContext<Config>,
    pub config: &'a Config,
    pub words: Words,
    pub phase: Phase,
    pub end: Timestamp,
    pub draw: Option<Draw>,
    /// Who wins and what, as fixed at the start; until then, as configured.
    pub terms: Terms,
    pub policy: JoinPolicy,
    pub reader: Reader,
    /// What the reader is in the circle; none for one without a session.
    pub own: Option<Membership>,
    /// Whether and how they take part.
    pub entry: Option<Entry>,
}

impl<'a> Look<'a> {
    /// Looks as the reader does. That makes the view theirs; all without a
    /// session see one.
    pub fn new(cx: &'a CardContext<Config>) -> Result<Self> {
        let reader = viewer::current();
        let own = reader.member.as_deref().map(circle::membership);
        let entry = match &reader.member {
            Some(member) => book::entry(member)?,
            None => None,
        };
        let end = book::end(&cx.config)?;
        let draw = book::draw()?;
        Ok(Self {
            cx,
            config: &cx.config,
            words: Words::of(cx),
            phase: book::phase(|| clock::passed(end))?,
            end: draw.as_ref().map_or(end, |draw| draw.ended),
            draw,
            terms: book::terms(&cx.config)?,
            policy: circle::info().policy,
            reader,
            own,
            entry,
        })
    }

    pub fn standing(&self) -> Standing {
        self.own.as_ref().map_or(Standing::None, |own| own.standing)
    }

    pub fn is_owner(&self) -> bool {
        self.reader.role == Role::Owner
    }

    pub fn is_member(&self) -> bool {
        self.reader.role >= Role::Member
    }

    pub fn is_roomy(&self) -> bool {
        self.cx.size == Size::Feed
    }

    /// Whether the reader has a say in the circle, and so no part in this.
    pub fn organises(&self) -> bool {
        rules::organises(self.reader.role)
    }

    /// The reader, if they take part and can earn points.
    pub fn participant(&self) -> Option<(&str, &Entry)> {
        let member = self.reader.member.as_deref()?;
        let entry = self.entry.as_ref().filter(|entry| entry.out.is_none())?;
        (self.is_member() && !self.organises()).then_some((member, entry))
    }

    /// The reader's streak, if they have checked in today. It lasts until the
    /// day is over.
    pub fn streak_of_today(&self) -> Result<Option<Streak>> {
        let streak = Own::new(self.cx).streak()?;
        Ok(streak.filter(|streak| !clock::passed(self.config.zone.begin_of(streak.day + 1))))
    }

    /// How many of the reader's last posts can be claimed.
    pub fn to_claim(&self, member: &str) -> Result<u64> {
        let posts = posts::query()
            .author(member)
            .limit(RECENT_POSTS)
            .page()
            .posts;
        let days: BTreeSet<u64> = posts
            .iter()
            .map(|post| self.config.zone.day(post.created))
            .collect();
        let mut counted = Own::new(self.cx).counted(&days)?;
        Ok(rules::count_posts(
            self.config,
            self.end,
            &posts,
            &mut counted,
        ))
    }

    /// The winners, and the places among them that are the reader's.
    pub fn winners(&self) -> Result<(Winners, Vec<usize>)> {
        let winners = book::winners()?.unwrap_or_default();
        let mine = winners.places.iter().enumerate();
        let mine =
            mine.filter(|(_, place)| place.member.is_some() && place.member == self.reader.member);
        let mine = mine.map(|(at, _)| at).collect();
        Ok((winners, mine))
    }
}
