//! Who looks at the card, and at what: asked once for a drawing.

use quanka_card::circle::CircleInfo;
use quanka_card::prelude::*;

use crate::config::Config;
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

    pub fn standing(&self) -> Standing {
        self.own.as_ref().map_or(Standing::None, |own| own.standing)
    }

    pub fn is_member(&self) -> bool {
        self.reader.role >= Role::Member
    }

    /// The reader's id, if they are in the circle.
    pub fn member(&self) -> Option<&str> {
        self.reader.member.as_deref().filter(|_| self.is_member())
    }

    /// Whether the reader keeps order: a moderator or the owner.
    pub fn keeps_order(&self) -> bool {
        self.reader.role >= Role::Moderator
    }

    pub fn is_owner(&self) -> bool {
        self.reader.role == Role::Owner
    }

    /// Whether the reader may say something.
    pub fn may_post(&self) -> bool {
        self.is_member() && !self.reader.muted
    }

    /// Whether what the reader submits waits for a moderator.
    pub fn is_held(&self) -> bool {
        let waits_here = self.config.holds(self.reader.role);
        waits_here || (self.circle.pre_approval && !self.keeps_order())
    }

    pub fn is_roomy(&self) -> bool {
        self.size == Size::Feed
    }
}
