//! Readers, and what they are in the circle.

use super::Host;
use crate::{Reader, Role};

/// A reader without a session.
pub fn nobody() -> Reader {
    Reader {
        member: None,
        signed_in: false,
        role: Role::Visitor,
        locale: None,
        muted: false,
    }
}

/// A reader who has acted but not signed in.
pub fn anonymous(id: &str) -> Reader {
    Reader {
        member: Some(id.to_owned()),
        ..nobody()
    }
}

/// A reader who has signed in and not joined the circle.
pub fn visitor(id: &str) -> Reader {
    Reader {
        signed_in: true,
        ..anonymous(id)
    }
}

/// A reader who has signed in and joined the circle.
pub fn signed_in(id: &str) -> Reader {
    with_role(id, Role::Member)
}

/// A reader with a role in the circle.
pub fn with_role(id: &str, role: Role) -> Reader {
    Reader {
        role,
        ..visitor(id)
    }
}

impl Host {
    /// The circle's owner (圈主), who is there from now on.
    pub fn owner(&mut self, id: &str) -> Reader {
        self.data
            .seat(&with_role(id, Role::Owner), self.now.as_ms())
    }

    /// A moderator (管理员), who is there from now on.
    pub fn moderator(&mut self, id: &str) -> Reader {
        let reader = with_role(id, Role::Moderator);
        self.data.seat(&reader, self.now.as_ms())
    }

    /// A member whose words the owner puts first (大咖), who is there from now
    /// on.
    pub fn featured(&mut self, id: &str) -> Reader {
        let reader = with_role(id, Role::Featured);
        self.data.seat(&reader, self.now.as_ms())
    }

    /// Takes a reader into the circle as a member, whatever its policy. Says
    /// what they are now.
    ///
    /// # Panics
    /// If the reader has no session.
    pub fn join(&mut self, reader: &Reader) -> Reader {
        let member = reader.member.as_ref().expect("who joins has a session");
        let now_ms = self.now.as_ms();
        self.data.know(member).take_in(now_ms);
        self.data.seat(reader, now_ms)
    }

    /// Erases a reader's data, as the real host does when they ask for it: what
    /// they said is gone, and of each post is left that it was there. A card may
    /// still find such a post by its id and draw it with
    /// [`said_post`](crate::view::said_post).
    ///
    /// # Panics
    /// If the reader has no session.
    pub fn erase(&mut self, reader: &Reader) {
        let member = reader.member.as_ref().expect("who is erased has a session");
        self.data.erase(member);
    }

    /// Uploads a picture in the name of a reader. Says what an input that
    /// [`upload`](crate::view::upload) made has for it.
    ///
    /// # Panics
    /// If the reader has no session.
    pub fn upload(&mut self, reader: &Reader) -> String {
        let member = reader.member.as_ref().expect("who uploads has a session");
        self.data.know(member);
        let media = format!("media-{}", self.data.media.len() + 1);
        self.data.media.insert(media.clone(), member.clone());
        media
    }
}
