//! Where the links that the host writes into a view lead. All of them are
//! absolute, so that every surface can be taken elsewhere.

use std::borrow::Cow;

use super::{At, ShareOf};

/// What the source of an image begins with when its picture is the host's own.
pub const MEDIA_PREFIX: &str = "media:";

/// The host, and the card that is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The host's origin, without a slash at its end.
    pub host: &'a str,
    /// The circle's id.
    pub circle: &'a str,
    /// The card's own address: that of the first of its pages.
    pub card_url: &'a str,
}

impl<'a> Site<'a> {
    /// The address of a picture.
    pub(super) fn picture(&self, source: &'a str) -> Cow<'a, str> {
        match source.strip_prefix(MEDIA_PREFIX) {
            Some(id) => format!("{}/m/{id}", self.host).into(),
            None => source.into(),
        }
    }

    /// A post's page.
    pub(super) fn post_url(&self, post: &str) -> String {
        format!("{}/circles/{}/posts/{post}", self.host, self.circle)
    }

    /// Where a post is reported.
    pub(super) fn report_url(&self, post: &str) -> String {
        format!("{}#report", self.post_url(post))
    }

    /// What a reader passes on.
    pub(super) fn shared(&self, of: &ShareOf, at: &At) -> Cow<'a, str> {
        match of {
            ShareOf::Card => at.address(self.card_url).into(),
            ShareOf::Post(post) => self.post_url(post).into(),
        }
    }
}

/// Whether something is the id of a picture: a SHA-256 in unpadded base64url.
pub fn is_media_id(text: &str) -> bool {
    const BYTES: usize = 43;
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == BYTES && text.bytes().all(is_base64url)
}
