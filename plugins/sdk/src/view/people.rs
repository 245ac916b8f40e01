//! Members and what they say. The host fills in names and pictures.

use super::{leaf_builder, wit};
use crate::posts::{Post, PostPicture};

/// What a picture is called that its author has not described.
const UNDESCRIBED: &str = "图片 · Picture";

/// A member, by picture, with the name as its label.
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn draw(owner: &str) -> Element {
/// avatar(owner).named().into()
/// # }
/// ```
pub fn avatar(member: impl Into<String>) -> Avatar {
    Avatar(wit::Avatar {
        member: member.into(),
        style: wit::AvatarStyle::Picture,
    })
}

/// A member. From [`avatar`].
#[derive(Clone, Debug, PartialEq)]
pub struct Avatar(wit::Avatar);

impl Avatar {
    /// Picture and name.
    #[must_use]
    pub fn named(mut self) -> Self {
        self.0.style = wit::AvatarStyle::Named;
        self
    }
}

leaf_builder!(Avatar => Avatar);

/// Words of a member that are no post. The host puts the member's name and
/// picture beside them, and a way to report.
pub fn said(member: impl Into<String>, text: impl Into<String>) -> Said {
    Said(wit::Said {
        member: member.into(),
        text: text.into(),
        post: None,
        max_lines: None,
    })
}

/// The words of a post. The host masks them when the post is removed or its
/// author erased.
pub fn said_post(post: &Post) -> Said {
    Said(wit::Said {
        post: Some(post.id.clone()),
        ..said(&post.author, &post.text).0
    })
}

/// A member's words. From [`said`] or [`said_post`].
#[derive(Clone, Debug, PartialEq)]
pub struct Said(wit::Said);

impl Said {
    /// Cut after so many lines, 1 to 12; the whole text stays in the page.
    #[must_use]
    pub fn max_lines(mut self, lines: u8) -> Self {
        self.0.max_lines = Some(lines);
        self
    }
}

leaf_builder!(Said => Said);

/// A picture of a post.
pub fn picture(picture: &PostPicture) -> Picture {
    let described = !picture.alt.trim().is_empty();
    Picture(wit::Image {
        source: picture.source.clone(),
        alt: if described { &picture.alt } else { UNDESCRIBED }.to_owned(),
        width: picture.width,
        height: picture.height,
    })
}

/// A picture of a post. From [`picture`].
#[derive(Clone, Debug, PartialEq)]
pub struct Picture(wit::Image);

impl Picture {
    /// What it shows, if its author has not said so.
    #[must_use]
    pub fn otherwise(mut self, alt: impl Into<String>) -> Self {
        if self.0.alt == UNDESCRIBED {
            self.0.alt = alt.into();
        }
        self
    }
}

leaf_builder!(Picture => Image);
