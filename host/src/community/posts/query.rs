//! Reading posts: one, a page of them, an author's own, the queue, the tags.

use super::cursor::Question;
use super::draft;
use super::placing::{
    ranking_of_all, ranking_of_kind, ranking_of_tag, reaction_board, reply_board, tag_board,
};
use super::record::{PostRecord, Remover, Revision, decode, read};
use super::{
    Actor, PAGE_MAX, Post, PostError, PostKind, PostOrder, PostPage, PostQuery, PostRules,
    PostStatus, Rights, TAGS_LISTED_MAX, Who,
};
use crate::store::keys::name_of_timed;
use crate::store::keys::posts::{PostList, revisions};
use crate::store::{Board, Direction, Key, Order, PageLimit, StoreError, Transaction};

/// Reactions that are listed of a post.
const REACTIONS_LISTED: usize = 16;

/// A post that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The post, if the reader sees it.
    pub post: Option<Post>,
    /// Whether others may see something else.
    pub is_personal: bool,
}

/// A post.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn get(tx: &mut Transaction, actor: Actor<'_>, id: &str) -> Result<Found, PostError> {
    let Some(record) = read(tx, id).await? else {
        return Ok(Found {
            post: None,
            is_personal: false,
        });
    };
    let is_personal = record.is_personal();
    let rights = match is_personal {
        true => Rights::of(tx, actor.who, actor.now_ms).await?,
        // Who looks makes no difference, and is not looked up.
        false => Rights::of(tx, Who::Nobody, actor.now_ms).await?,
    };
    let who = if is_personal { actor.who } else { Who::Nobody };
    let post = match record.seen_by(who, rights) {
        Some(record) => Some(outward(tx, id.to_owned(), record).await?),
        None => None,
    };
    Ok(Found { post, is_personal })
}

/// Whose a post is, and whether somebody may be shown words of it; nothing for
/// what is no post. Reads nothing that a like or a reply would change.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn standing(
    tx: &mut Transaction,
    actor: Actor<'_>,
    id: &str,
) -> Result<Option<(String, bool)>, PostError> {
    let Some(record) = read(tx, id).await? else {
        return Ok(None);
    };
    if record.is_public() || record.status == PostStatus::Removed {
        return Ok(Some((
            record.author,
            record.status == PostStatus::Published,
        )));
    }
    let rights = Rights::of(tx, actor.who, actor.now_ms).await?;
    let stands = record.seen_by(actor.who, rights).is_some();
    Ok(Some((record.author, stands)))
}

/// A page of posts that anybody may see.
///
/// # Errors
///
/// `Argument` for a limit or a cursor that is none.
pub async fn query(
    tx: &mut Transaction,
    rules: &PostRules,
    query: &PostQuery<'_>,
) -> Result<PostPage, PostError> {
    let limit = page_limit(query.limit)?;
    let tag = match query.tag.map(draft::tag) {
        // What is no tag stands on no post.
        Some(None) => return Ok(PostPage::default()),
        Some(tag) => tag,
        None => None,
    };
    let wanted = Wanted {
        tag: tag.as_deref(),
        kind: query.kind,
        author: query.author,
        featured: query.featured,
        replies: query.author.is_some() || query.kind == Some(PostKind::Reply),
        is_public: true,
    };
    let question = Question::of(&[
        "query",
        order_name(query.order),
        query.kind.map_or("", PostKind::as_str),
        wanted.tag.unwrap_or_default(),
        query.author.unwrap_or_default(),
        if query.featured { "featured" } else { "" },
    ]);
    let source = match query.order {
        PostOrder::Newest => Source::List(narrowest(&wanted)),
        PostOrder::Hot => Source::Ranking(ranking(&wanted), Order::Hot),
        PostOrder::Top => Source::Ranking(ranking(&wanted), Order::Top),
    };
    page(tx, rules, &source, &question, &wanted, query.after, limit).await
}

/// A reader's own posts, last first.
///
/// # Errors
///
/// `Argument` for a limit or a cursor that is none.
pub async fn mine(
    tx: &mut Transaction,
    rules: &PostRules,
    who: Who<'_>,
    kind: Option<PostKind>,
    tag: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<PostPage, PostError> {
    let limit = page_limit(limit)?;
    let tag = match tag.map(draft::tag) {
        Some(None) => return Ok(PostPage::default()),
        Some(tag) => tag,
        None => None,
    };
    let Some(author) = who.member() else {
        return Ok(PostPage::default());
    };
    let list = match (kind, &tag) {
        (_, Some(tag)) => PostList::MineTag(author, tag),
        (Some(kind), None) => PostList::MineKind(author, kind.as_str()),
        (None, None) => PostList::Mine(author),
    };
    let wanted = Wanted {
        kind,
        tag: tag.as_deref(),
        author: Some(author),
        featured: false,
        replies: true,
        is_public: false,
    };
    let kind = kind.map_or("", PostKind::as_str);
    let question = Question::of(&["mine", author, kind, wanted.tag.unwrap_or_default()]);
    let source = Source::List(list);
    page(tx, rules, &source, &question, &wanted, after, limit).await
}

/// Posts that wait for a moderator, longest first.
///
/// # Errors
///
/// `Argument` for anybody but a moderator or the owner, and for a limit or a
/// cursor that is none.
pub async fn held(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<PostPage, PostError> {
    let limit = page_limit(limit)?;
    if !Rights::of(tx, actor.who, actor.now_ms).await?.moderates() {
        return Err(PostError::Argument(
            "posts that wait are for moderators and the owner: ask for the reader's role first"
                .to_owned(),
        ));
    }
    let source = Source::List(PostList::Held);
    let question = Question::of(&["held"]);
    page(
        tx,
        rules,
        &source,
        &question,
        &Wanted::anything(),
        after,
        limit,
    )
    .await
}

/// Published replies to a post, first to last.
///
/// # Errors
///
/// `Argument` for a limit or a cursor that is none.
pub async fn replies(
    tx: &mut Transaction,
    rules: &PostRules,
    id: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<PostPage, PostError> {
    let limit = page_limit(limit)?;
    let source = Source::List(PostList::Replies(id));
    let question = Question::of(&["replies", id]);
    page(
        tx,
        rules,
        &source,
        &question,
        &Wanted::anything(),
        after,
        limit,
    )
    .await
}

/// Earlier texts of a post, last first; none for whom they do not concern, and
/// what was private for its author alone.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn history(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
) -> Result<Vec<Revision>, PostError> {
    let Some(record) = read(tx, id).await? else {
        return Ok(Vec::new());
    };
    let rights = Rights::of(tx, actor.who, actor.now_ms).await?;
    let is_author = actor.who.member() == Some(record.author.as_str());
    if !is_author && (!rights.moderates() || record.private) {
        return Ok(Vec::new());
    }
    let all = PageLimit {
        entries_max: usize::try_from(rules.limits.revisions_max)
            .unwrap_or(usize::MAX)
            .max(1),
        bytes_max: usize::MAX,
    };
    let page = tx.scan(revisions(id), Direction::Forward, all).await?;
    let mut texts: Vec<Revision> = Vec::with_capacity(page.entries.len());
    for (_, value) in &page.entries {
        texts.push(decode(value)?);
    }
    texts.retain(|text| is_author || !text.private);
    Ok(texts)
}

/// The tags most used by published posts.
///
/// # Errors
///
/// `Argument` for a limit that is none.
pub async fn tags(tx: &mut Transaction, limit: u32) -> Result<Vec<(String, u64)>, PostError> {
    if !(1..=TAGS_LISTED_MAX).contains(&limit) {
        return Err(PostError::Argument(format!(
            "the limit of tags is 1 to {TAGS_LISTED_MAX}, not {limit}"
        )));
    }
    let top = tx.top(&tag_board(), limit as usize).await?;
    let counted = top.into_iter().filter_map(|(tag, count)| {
        let count = u64::try_from(count).ok()?;
        Some((tag, count))
    });
    Ok(counted.collect())
}

/// What is kept of a post, with what is counted of it.
pub(super) async fn outward(
    tx: &mut Transaction,
    id: String,
    record: PostRecord,
) -> Result<Post, StoreError> {
    let reactions = match record.status {
        PostStatus::Removed => Vec::new(),
        _ => tx.top(&reaction_board(&id), REACTIONS_LISTED).await?,
    };
    let replies = tx.count(&reply_board(), &id).await?;
    let counted = reactions.into_iter().filter_map(|(reaction, count)| {
        let count = u64::try_from(count).ok()?;
        Some((reaction, count))
    });
    Ok(Post {
        reactions: counted.collect(),
        replies: u32::try_from(replies).unwrap_or(if replies < 0 { 0 } else { u32::MAX }),
        id,
        record,
    })
}

/// What a page is read from.
enum Source<'a> {
    List(PostList<'a>),
    Ranking(Board, Order),
}

impl Source<'_> {
    fn prefix(&self) -> Vec<u8> {
        match self {
            Source::List(list) => list.prefix(),
            Source::Ranking(board, order) => board.ranking_by(*order).start.to_vec(),
        }
    }

    /// The next keys and the posts they are of, and whether there are more.
    async fn next(
        &self,
        tx: &mut Transaction,
        from: Option<Key>,
        limit: usize,
    ) -> Result<Vec<(Key, String)>, StoreError> {
        match self {
            Source::List(list) => {
                let mut range = list.range();
                if let Some(from) = from {
                    range.start = range.start.max(from);
                }
                let limit = PageLimit {
                    entries_max: limit,
                    bytes_max: usize::MAX,
                };
                let page = tx.scan(range, Direction::Forward, limit).await?;
                let keys = page.entries.into_iter();
                keys.map(|(key, _)| {
                    let id = list.id_at(&key);
                    id.map(|id| (key, id)).ok_or_else(names_no_post)
                })
                .collect()
            }
            Source::Ranking(board, order) => {
                let places = tx.ranked(board, *order, from, limit).await?;
                let places = places.into_iter();
                places
                    .map(|(key, item, _)| {
                        let id = name_of_timed(&item).map(str::to_owned);
                        id.map(|id| (key, id)).ok_or_else(names_no_post)
                    })
                    .collect()
            }
        }
    }
}

fn names_no_post() -> StoreError {
    StoreError::Damaged {
        reason: "an entry of a list names no post".to_owned(),
    }
}

/// What all posts of a page have in common.
struct Wanted<'a> {
    kind: Option<PostKind>,
    tag: Option<&'a str>,
    author: Option<&'a str>,
    featured: bool,
    replies: bool,
    is_public: bool,
}

impl Wanted<'_> {
    fn anything() -> Self {
        Wanted {
            kind: None,
            tag: None,
            author: None,
            featured: false,
            replies: true,
            is_public: false,
        }
    }

    fn fits(&self, record: &PostRecord) -> bool {
        let is_shown = match self.is_public {
            true => record.is_public(),
            // What an author took away themselves is no news to them.
            false => record.removed_by.is_none_or(|by| by == Remover::Moderator),
        };
        is_shown
            && self.kind.is_none_or(|kind| record.kind == kind)
            && self
                .tag
                .is_none_or(|tag| record.tags.iter().any(|own| own == tag))
            && self.author.is_none_or(|author| record.author == author)
            && (!self.featured || record.featured)
            && (self.replies || record.kind != PostKind::Reply)
    }
}

/// The list that holds the fewest others.
fn narrowest<'a>(wanted: &Wanted<'a>) -> PostList<'a> {
    let kind = wanted.kind.map(PostKind::as_str);
    match (wanted.author, kind, wanted.tag) {
        (Some(author), Some(kind), _) => PostList::AuthorKind(author, kind),
        (Some(author), None, _) => PostList::Author(author),
        (None, Some(kind), _) if kind == PostKind::Reply.as_str() && wanted.tag.is_none() => {
            PostList::Kind(kind)
        }
        _ if wanted.featured && wanted.kind != Some(PostKind::Reply) => PostList::Featured,
        (None, Some(kind), Some(tag)) => PostList::KindTag(kind, tag),
        (None, Some(kind), None) => PostList::Kind(kind),
        (None, None, Some(tag)) => PostList::Tag(tag),
        (None, None, None) => PostList::All,
    }
}

/// The ranking that holds the fewest others. An author's replies stand in that
/// of replies alone, and are in this order only when asked for by kind.
fn ranking(wanted: &Wanted<'_>) -> Board {
    match (wanted.kind, wanted.tag) {
        (Some(PostKind::Reply), _) | (Some(_), None) => {
            ranking_of_kind(wanted.kind.expect("matched as some kind"))
        }
        (_, Some(tag)) => ranking_of_tag(tag),
        (None, None) => ranking_of_all(),
    }
}

/// Fills a page, looking at so many posts at most.
async fn page(
    tx: &mut Transaction,
    rules: &PostRules,
    source: &Source<'_>,
    question: &Question,
    wanted: &Wanted<'_>,
    after: Option<&str>,
    limit: usize,
) -> Result<PostPage, PostError> {
    let prefix = source.prefix();
    let mut from = question.start(after, &prefix)?;
    let mut left = rules.limits.looked_at_max;
    let mut found = PostPage::default();
    loop {
        // One more than there is room for says whether there are more.
        let room = (limit - found.posts.len()).min(left);
        let entries = source.next(tx, from.clone(), room + 1).await?;
        let is_last = entries.len() <= room;
        for (key, id) in entries.into_iter().take(room) {
            left -= 1;
            from = Some(key.successor());
            let record = read(tx, &id).await?;
            if let Some(record) = record.filter(|record| wanted.fits(record)) {
                found.posts.push(outward(tx, id, record).await?);
            }
            found.next = Some(question.cursor(&key, &prefix));
        }
        if is_last {
            found.next = None;
            return Ok(found);
        }
        if found.posts.len() == limit || left == 0 {
            return Ok(found);
        }
    }
}

fn page_limit(limit: u32) -> Result<usize, PostError> {
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit as usize);
    }
    Err(PostError::Argument(format!(
        "the limit of a page of posts is 1 to {PAGE_MAX}, not {limit}"
    )))
}

fn order_name(order: PostOrder) -> &'static str {
    match order {
        PostOrder::Newest => "newest",
        PostOrder::Hot => "hot",
        PostOrder::Top => "top",
    }
}
