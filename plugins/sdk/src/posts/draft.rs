//! What is to be posted, and the thing it is about.

use super::{Item, MEDIA_PREFIX, Post, PostKind, wit};
use crate::{Error, Result, host};

/// Begins a post. End it with [`Draft::publish`].
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn handle(action: &Action) -> Result<Post> {
/// let pictures = action.values("pictures").iter().map(|media| (media, ""));
/// posts::draft(PostKind::Recommendation)
///     .text(action.value("why").unwrap_or_default())
///     .item(posts::item("《三体》").url("https://example.com/book").rating(5))
///     .tags(["书", "科幻"])
///     .pictures(pictures)
///     .publish()
/// # }
/// ```
pub fn draft(kind: PostKind) -> Draft {
    Draft(wit::Draft {
        kind,
        text: String::new(),
        tags: Vec::new(),
        pictures: Vec::new(),
        item: None,
        period: None,
        parent: None,
        review: false,
        private: false,
    })
}

/// A thing that a post is about, by its name of 1 to 80 characters.
pub fn item(name: impl Into<String>) -> Item {
    Item {
        name: name.into(),
        url: None,
        rating: None,
    }
}

impl Item {
    /// Where it is: an `https:` address.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// How good it is: 1 to 5 stars.
    #[must_use]
    pub fn rating(mut self, stars: u8) -> Self {
        self.rating = Some(stars);
        self
    }
}

/// A post being written. From [`draft`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "nothing is posted before `publish`"]
pub struct Draft(wit::Draft);

impl Draft {
    /// What a post says now, to be changed and given to
    /// [`posts::edit`](super::edit).
    pub fn of(post: &Post) -> Self {
        let pictures = post.pictures.iter().map(|picture| wit::Picture {
            media: media_of(&picture.source).to_owned(),
            alt: picture.alt.clone(),
        });
        Self(wit::Draft {
            kind: post.kind,
            text: post.text.clone(),
            tags: post.tags.clone(),
            pictures: pictures.collect(),
            item: post.item.clone(),
            period: post.period.clone(),
            parent: post.parent.clone(),
            review: false,
            private: post.private,
        })
    }

    /// 1 to 2,000 characters; may be empty with an item or a picture.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.text = text.into();
        self
    }

    /// Adds a tag of 1 to 24 characters; at most 5.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.0.tags.push(tag.into());
        self
    }

    /// These tags, and no others.
    pub fn tags(mut self, tags: impl IntoIterator<Item: Into<String>>) -> Self {
        self.0.tags = tags.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a picture that an [`upload`](crate::view::upload) gave, and what it
    /// shows, for those who do not see it (at most 200 characters, may be
    /// empty); at most 9.
    pub fn picture(mut self, media: impl Into<String>, alt: impl Into<String>) -> Self {
        self.0.pictures.push(wit::Picture {
            media: media.into(),
            alt: alt.into(),
        });
        self
    }

    /// These pictures, each with what it shows, and no others.
    pub fn pictures<M: Into<String>, A: Into<String>>(
        mut self,
        pictures: impl IntoIterator<Item = (M, A)>,
    ) -> Self {
        self.0.pictures.clear();
        pictures
            .into_iter()
            .fold(self, |draft, (media, alt)| draft.picture(media, alt))
    }

    /// The thing it is about. From [`item`].
    pub fn item(mut self, item: Item) -> Self {
        self.0.item = Some(item);
        self
    }

    /// For a record: the period it is of, such as `2027-W03`. A member has one
    /// record for each first tag and period.
    pub fn period(mut self, period: impl Into<String>) -> Self {
        self.0.period = Some(period.into());
        self
    }

    /// For a reply: the id of the post that it answers.
    pub fn reply_to(mut self, id: impl Into<String>) -> Self {
        self.0.parent = Some(id.into());
        self
    }

    /// A moderator must see it first, whatever the circle says.
    pub fn review(mut self) -> Self {
        self.0.review = true;
        self
    }

    /// Only its author sees it; it is in no list but theirs.
    pub fn private(self) -> Self {
        self.visible(false)
    }

    /// Whether others see it, as a toggle of a form says.
    pub fn visible(mut self, is_visible: bool) -> Self {
        self.0.private = !is_visible;
        self
    }

    /// Posts it in the name of the reader, who must be a member and not muted.
    /// It may be held: the circle, the draft or a word list wants a moderator
    /// to look first. See its [`status`](Post::status).
    ///
    /// # Errors
    /// `Denied`, `Invalid` (words, sizes), `NotFound` (a parent or a picture),
    /// `Conflict` (a second record for a tag and period), `Quota`.
    pub fn publish(self) -> Result<Post> {
        host::posts_publish(&self.0)
            .map(Post::from_wit)
            .map_err(Error::from_wit)
    }

    pub(super) fn into_wit(self) -> wit::Draft {
        self.0
    }
}

/// What a draft calls the picture that a view calls `source`.
fn media_of(source: &str) -> &str {
    source.strip_prefix(MEDIA_PREFIX).unwrap_or(source)
}
