//! Who looks at the card, and at what: asked once for a drawing.

use quanka_card::circle::CircleInfo;
use quanka_card::prelude::*;

use crate::config::Config;
use crate::groups::{Group, Seat, seat};
use crate::words::Words;

/// What every page of the card depends on.
pub struct Look<'a> {
    pub config: &'a Config,
    pub size: Size,
    pub words: Words,
    pub circle: CircleInfo,
    pub reader: Reader,
    /// What the reader is in the circle; none for one without a session.
    pub own: Option<Membership>,
}

impl<'a> Look<'a> {
    /// Looks as the reader does. That makes the view theirs; all without a
    /// session see one.
    pub fn new(cx: &'a CardContext<Config>) -> Self {
        let reader = viewer::current();
        let own = reader.member.as_deref().map(circle::membership);
        Self {
            config: &cx.config,
            size: cx.size,
            words: Words::of(cx),
            circle: circle::info(),
            reader,
            own,
        }
    }

    pub fn is_member(&self) -> bool {
        self.reader.role >= Role::Member
    }

    /// Whether the reader keeps order in the circle.
    pub fn keeps_order(&self) -> bool {
        self.reader.role >= Role::Moderator
    }

    /// Whether the reader keeps a group, or order in the whole circle.
    pub fn keeps(&self, group: &Group) -> bool {
        keeps(&self.reader, group)
    }

    /// Whether the reader waits to be let into the circle.
    pub fn waits(&self) -> bool {
        let own = self.own.as_ref();
        own.is_some_and(|own| own.standing == Standing::Waiting)
    }

    pub fn is_banned(&self) -> bool {
        let own = self.own.as_ref();
        own.is_some_and(|own| own.standing == Standing::Banned)
    }

    /// What the reader is in a group. Nobody is in one who is not in the circle.
    pub fn seat(&self, group: &Group) -> Result<Seat> {
        match &self.reader.member {
            Some(member) if self.is_member() => seat(&group.id, member),
            _ => Ok(Seat::Stranger),
        }
    }

    pub fn is_roomy(&self) -> bool {
        self.size == Size::Feed
    }
}

/// Whether a reader keeps a group, or order in the whole circle.
pub fn keeps(reader: &Reader, group: &Group) -> bool {
    let is_keeper = reader.member.is_some() && reader.member == group.desk.keeper;
    (is_keeper && reader.role >= Role::Member) || reader.role >= Role::Moderator
}
