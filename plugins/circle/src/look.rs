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

    /// Whether the reader keeps order: a moderator or the owner.
    pub fn keeps_order(&self) -> bool {
        self.reader.role >= Role::Moderator
    }

    /// Whether the reader may begin a post from this card.
    pub fn may_post(&self) -> bool {
        self.config.posting.allows(self.reader.role) && !self.reader.muted
    }

    /// Whether the reader may reply.
    pub fn may_reply(&self) -> bool {
        self.is_member() && !self.reader.muted
    }

    /// Until when the reader may not post.
    pub fn muted_until(&self) -> Option<Timestamp> {
        self.own.as_ref().and_then(|own| own.muted_until)
    }

    pub fn is_roomy(&self) -> bool {
        self.size == Size::Feed
    }
}
