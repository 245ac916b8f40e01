//! Who looks at the card, and when: asked once for a drawing.

use quanka_card::circle::CircleInfo;
use quanka_card::prelude::*;

use crate::config::Config;
use crate::week::Week;
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
    /// The week that it is. The view lasts until it ends.
    pub week: Week,
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
            week: Week::current(cx.config.zone),
        }
    }

    pub fn title(&self) -> &str {
        title(self.config, self.words)
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

    /// Whether the reader may write and reply.
    pub fn may_write(&self) -> bool {
        self.is_member() && !self.reader.muted
    }

    /// Until when the reader may not post.
    pub fn muted_until(&self) -> Option<Timestamp> {
        self.own.as_ref().and_then(|own| own.muted_until)
    }

    pub fn is_roomy(&self) -> bool {
        self.size == Size::Feed
    }

    /// When the week ends.
    pub fn week_ends(&self) -> Timestamp {
        self.week.ends(self.config.zone)
    }

    /// Whether it is time to remind.
    pub fn is_late(&self) -> bool {
        let (zone, hours) = (self.config.zone, self.config.remind_hours);
        clock::passed(self.week.before_end(zone, hours))
    }
}

/// What stands above the card.
pub fn title(config: &Config, words: Words) -> &str {
    config.title.as_deref().unwrap_or(words.name())
}
