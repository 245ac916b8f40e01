//! Lists of posts, a page at a time.

use super::{Post, PostKind, wit};
use crate::host;

/// How many posts a page has unless you say otherwise.
const PAGE_POSTS: u32 = 20;

/// One page of posts.
#[derive(Clone, Debug, PartialEq)]
pub struct PostPage {
    /// The posts, in the order of the list.
    pub posts: Vec<Post>,
    /// Where the next page starts, if there may be one: for `after`. It stays
    /// right while posts come and go.
    pub next: Option<String>,
}

impl PostPage {
    fn from_wit(page: wit::PostPage) -> Self {
        Self {
            posts: page.posts.into_iter().map(Post::from_wit).collect(),
            next: page.next,
        }
    }
}

/// Posts that anybody may see, last posted first unless you say otherwise. All
/// conditions hold together; replies are in it only when asked for by kind or
/// author. End it with [`Query::page`].
pub fn query() -> Query {
    Query(wit::PostQuery {
        order: wit::Order::Newest,
        kind: None,
        tag: None,
        author: None,
        featured: false,
        after: None,
        limit: PAGE_POSTS,
    })
}

/// The reader's own posts, last first, those held, refused and private among
/// them. Makes a view private. End it with [`Mine::page`].
pub fn mine() -> Mine {
    Mine {
        kind: None,
        tag: None,
        paging: Paging::default(),
    }
}

/// Posts that wait for a moderator, longest first. Ends the call of anybody but
/// a moderator or the owner; makes a view private. End it with [`Held::page`].
pub fn held() -> Held {
    Held(Paging::default())
}

/// Published replies to a post, first to last. End it with [`Replies::page`].
pub fn replies(id: impl Into<String>) -> Replies {
    Replies {
        id: id.into(),
        paging: Paging::default(),
    }
}

/// Which page.
#[derive(Clone, Debug)]
struct Paging {
    after: Option<String>,
    limit: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            after: None,
            limit: PAGE_POSTS,
        }
    }
}

/// The two things every list can say about its pages.
macro_rules! paged {
    ($list:ident, $paging:tt) => {
        impl $list {
            /// Begins where another page ended, at its `next`. An empty one is
            /// the beginning.
            pub fn after(mut self, next: impl Into<String>) -> Self {
                self.$paging.after = Some(next.into()).filter(|next| !next.is_empty());
                self
            }

            /// At most so many: 1 to 50, and 20 unless you say otherwise.
            pub fn limit(mut self, posts: u32) -> Self {
                self.$paging.limit = posts;
                self
            }
        }
    };
}

/// Public posts being asked for. From [`query`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a list reads nothing before `page`"]
pub struct Query(wit::PostQuery);

paged!(Query, 0);

impl Query {
    /// What is liked now first: each reaction counts for less than the one
    /// before, and a day makes up for ten times as many.
    pub fn hot(mut self) -> Self {
        self.0.order = wit::Order::Hot;
        self
    }

    /// Most reactions first.
    pub fn top(mut self) -> Self {
        self.0.order = wit::Order::Top;
        self
    }

    /// Only this kind.
    pub fn kind(mut self, kind: PostKind) -> Self {
        self.0.kind = Some(kind);
        self
    }

    /// Only with this tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.0.tag = Some(tag.into());
        self
    }

    /// Only by this member.
    pub fn author(mut self, member: impl Into<String>) -> Self {
        self.0.author = Some(member.into());
        self
    }

    /// Only those that a moderator put first.
    pub fn featured(mut self) -> Self {
        self.0.featured = true;
        self
    }

    /// Reads one page.
    pub fn page(self) -> PostPage {
        PostPage::from_wit(host::posts_query(&self.0))
    }
}

/// The reader's own posts being asked for. From [`mine`].
#[derive(Clone, Debug)]
#[must_use = "a list reads nothing before `page`"]
pub struct Mine {
    kind: Option<PostKind>,
    tag: Option<String>,
    paging: Paging,
}

paged!(Mine, paging);

impl Mine {
    /// Only this kind.
    pub fn kind(mut self, kind: PostKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Only with this tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Reads one page.
    pub fn page(self) -> PostPage {
        let Paging { after, limit } = &self.paging;
        PostPage::from_wit(host::posts_mine(
            self.kind,
            self.tag.as_deref(),
            after.as_deref(),
            *limit,
        ))
    }
}

/// Waiting posts being asked for. From [`held`].
#[derive(Clone, Debug)]
#[must_use = "a list reads nothing before `page`"]
pub struct Held(Paging);

paged!(Held, 0);

impl Held {
    /// Reads one page.
    pub fn page(self) -> PostPage {
        PostPage::from_wit(host::posts_held(self.0.after.as_deref(), self.0.limit))
    }
}

/// Replies being asked for. From [`replies`].
#[derive(Clone, Debug)]
#[must_use = "a list reads nothing before `page`"]
pub struct Replies {
    id: String,
    paging: Paging,
}

paged!(Replies, paging);

impl Replies {
    /// Reads one page.
    pub fn page(self) -> PostPage {
        let Paging { after, limit } = &self.paging;
        PostPage::from_wit(host::posts_replies(&self.id, after.as_deref(), *limit))
    }
}
