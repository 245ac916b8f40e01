//! `quanka:card/posts`.

use crate::community::media::SOURCE_PREFIX;
use crate::community::posts as rules;
use crate::community::posts::{Draft, Post, PostError, PostPage, PostQuery, Verdict};
use crate::config::Capability;
use crate::contract::v1::posts::Host;
use crate::contract::v1::{posts, types};
use crate::sandbox::call::{Call, CallKind};
use crate::sandbox::fault::HostEnd;

impl Host for Call {
    async fn publish(
        &mut self,
        draft: posts::Draft,
    ) -> wasmtime::Result<Result<posts::Post, types::Error>> {
        let draft = draft_of(draft);
        if let Err(error) = self.record_write(Capability::Posts, draft_bytes(&draft))? {
            return Ok(Err(error));
        }
        let seed = self.post_seed();
        let pre_approval = self.visit.circle.pre_approval;
        let (tx, rules, actor) = self.posts();
        let post = rules::publish(tx, rules, pre_approval, actor, seed, &draft).await;
        self.written(post.map(guest_post), post_bytes)
    }

    async fn edit(
        &mut self,
        id: String,
        draft: posts::Draft,
    ) -> wasmtime::Result<Result<posts::Post, types::Error>> {
        let draft = draft_of(draft);
        let bytes = id.len() + draft_bytes(&draft);
        if let Err(error) = self.record_write(Capability::Posts, bytes)? {
            return Ok(Err(error));
        }
        let pre_approval = self.visit.circle.pre_approval;
        let (tx, rules, actor) = self.posts();
        let post = rules::edit(tx, rules, pre_approval, actor, &id, &draft).await;
        self.written(post.map(guest_post), post_bytes)
    }

    async fn remove(
        &mut self,
        id: String,
        reason: Option<String>,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        let bytes = id.len() + reason.as_ref().map_or(0, String::len);
        if let Err(error) = self.record_write(Capability::Posts, bytes)? {
            return Ok(Err(error));
        }
        let (tx, rules, actor) = self.posts();
        let removed = rules::remove(tx, rules, actor, &id, reason.as_deref()).await;
        self.written(removed, |()| 0)
    }

    async fn get(&mut self, id: String) -> wasmtime::Result<Option<posts::Post>> {
        self.record_read(Capability::Posts, id.len())?;
        let (tx, _, actor) = self.posts();
        let found = read(rules::get(tx, actor, &id).await)?;
        if found.is_personal {
            self.depends_on_reader();
        }
        let post = found.post.map(guest_post);
        self.record_answer(post.as_ref().map_or(0, post_bytes))?;
        Ok(post)
    }

    async fn query(&mut self, query: posts::PostQuery) -> wasmtime::Result<posts::PostPage> {
        let texts = [&query.tag, &query.author, &query.after];
        self.record_read(Capability::Posts, optional_bytes(&texts))?;
        let (tx, rules, _) = self.posts();
        let query = PostQuery {
            order: match query.order {
                posts::Order::Newest => rules::PostOrder::Newest,
                posts::Order::Hot => rules::PostOrder::Hot,
                posts::Order::Top => rules::PostOrder::Top,
            },
            kind: query.kind.map(kind_of),
            tag: query.tag.as_deref(),
            author: query.author.as_deref(),
            featured: query.featured,
            after: query.after.as_deref(),
            limit: query.limit,
        };
        let page = read(rules::query(tx, rules, &query).await)?;
        self.answer_page(page)
    }

    async fn mine(
        &mut self,
        kind: Option<posts::PostKind>,
        tag: Option<String>,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        self.record_read(Capability::Posts, optional_bytes(&[&tag, &after]))?;
        self.depends_on_reader();
        let (tx, rules, actor) = self.posts();
        let (kind, tag, after) = (kind.map(kind_of), tag.as_deref(), after.as_deref());
        let page = rules::mine(tx, rules, actor.who, kind, tag, after, limit).await;
        self.answer_page(read(page)?)
    }

    async fn held(
        &mut self,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        self.record_read(Capability::Posts, optional_bytes(&[&after]))?;
        self.depends_on_reader();
        let (tx, rules, actor) = self.posts();
        let page = read(rules::held(tx, rules, actor, after.as_deref(), limit).await)?;
        self.answer_page(page)
    }

    async fn replies(
        &mut self,
        id: String,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        self.record_read(Capability::Posts, id.len() + optional_bytes(&[&after]))?;
        let (tx, rules, _) = self.posts();
        let page = read(rules::replies(tx, rules, &id, after.as_deref(), limit).await)?;
        self.answer_page(page)
    }

    async fn history(&mut self, id: String) -> wasmtime::Result<Vec<posts::Revision>> {
        self.record_read(Capability::Posts, id.len())?;
        self.depends_on_reader();
        let (tx, rules, actor) = self.posts();
        let earlier = read(rules::history(tx, rules, actor, &id).await)?;
        self.record_answer(earlier.iter().map(|one| one.text.len() + 8).sum())?;
        let earlier = earlier.into_iter().map(|one| posts::Revision {
            text: one.text,
            until: one.until_ms,
        });
        Ok(earlier.collect())
    }

    async fn tags(&mut self, limit: u32) -> wasmtime::Result<Vec<posts::TagCount>> {
        self.record_read(Capability::Posts, 0)?;
        let (tx, _, _) = self.posts();
        let tags = read(rules::tags(tx, limit).await)?;
        self.record_answer(tags.iter().map(|(tag, _)| tag.len() + 8).sum())?;
        let tags = tags.into_iter();
        Ok(tags
            .map(|(tag, posts)| posts::TagCount { tag, posts })
            .collect())
    }

    async fn react(
        &mut self,
        id: String,
        reaction: String,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        if let Err(error) = self.record_write(Capability::Posts, id.len() + reaction.len())? {
            return Ok(Err(error));
        }
        let (tx, rules, actor) = self.posts();
        let is_new = rules::react(tx, rules, actor, &id, &reaction).await;
        self.written(is_new, |_| 0)
    }

    async fn unreact(
        &mut self,
        id: String,
        reaction: String,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        if let Err(error) = self.record_write(Capability::Posts, id.len() + reaction.len())? {
            return Ok(Err(error));
        }
        let (tx, rules, actor) = self.posts();
        let was_there = rules::unreact(tx, rules, actor, &id, &reaction).await;
        self.written(was_there, |_| 0)
    }

    async fn my_reactions(&mut self, ids: Vec<String>) -> wasmtime::Result<Vec<Vec<String>>> {
        self.record_read(Capability::Posts, ids.iter().map(String::len).sum())?;
        self.depends_on_reader();
        let (tx, rules, actor) = self.posts();
        let given = read(rules::my_reactions(tx, rules, actor.who, &ids).await)?;
        self.record_answer(given.iter().flatten().map(String::len).sum())?;
        Ok(given)
    }

    async fn feature(
        &mut self,
        id: String,
        featured: bool,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        if let Err(error) = self.record_write(Capability::Posts, id.len())? {
            return Ok(Err(error));
        }
        let (tx, rules, actor) = self.posts();
        let done = rules::feature(tx, rules, actor, &id, featured).await;
        self.written(done, |()| 0)
    }

    async fn review(
        &mut self,
        id: String,
        verdict: posts::Verdict,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        let (verdict, bytes) = match verdict {
            posts::Verdict::Approve(seen) => (Verdict::Approve(seen), 0),
            posts::Verdict::Reject(reason) => {
                let bytes = reason.len();
                (Verdict::Reject(reason), bytes)
            }
        };
        if let Err(error) = self.record_write(Capability::Posts, id.len() + bytes)? {
            return Ok(Err(error));
        }
        let (tx, rules, actor) = self.posts();
        let done = rules::review(tx, rules, actor, &id, &verdict).await;
        self.written(done, |()| 0)
    }
}

impl Call {
    /// What makes a post's id: the action's own seed, which no reader knows.
    fn post_seed(&self) -> u64 {
        match self.kind {
            CallKind::Handle { seed } | CallKind::Job { seed } => seed,
            // `record_write` has said no.
            CallKind::Render => 0,
        }
    }

    /// A write's answer, counted; what the guest cannot help ends the call.
    fn written<T>(
        &mut self,
        result: Result<T, PostError>,
        bytes: impl Fn(&T) -> usize,
    ) -> wasmtime::Result<Result<T, types::Error>> {
        let error = match result {
            Ok(answer) => {
                self.record_answer(bytes(&answer))?;
                return Ok(Ok(answer));
            }
            Err(PostError::Invalid(text)) => types::Error::Invalid(types::InvalidInput {
                text,
                fields: Vec::new(),
            }),
            Err(PostError::Denied(text)) => types::Error::Denied(text.to_owned()),
            Err(PostError::NotFound(text)) => types::Error::NotFound(text.to_owned()),
            Err(PostError::Conflict(text)) => types::Error::Conflict(text.to_owned()),
            Err(PostError::Quota(text)) => types::Error::Quota(text),
            Err(error @ (PostError::Argument(_) | PostError::Store(_))) => return read(Err(error)),
        };
        Ok(Err(error))
    }

    fn answer_page(&mut self, page: PostPage) -> wasmtime::Result<posts::PostPage> {
        let posts: Vec<_> = page.posts.into_iter().map(guest_post).collect();
        let bytes = posts.iter().map(post_bytes).sum::<usize>();
        self.record_answer(bytes + optional_bytes(&[&page.next]))?;
        Ok(posts::PostPage {
            posts,
            next: page.next,
        })
    }
}

/// A read's error ends the call: a read cannot fail as far as a guest sees.
fn read<T>(result: Result<T, PostError>) -> wasmtime::Result<T> {
    result.map_err(|error| {
        match error {
            PostError::Store(error) => HostEnd::Store(error),
            PostError::NotFound(text) => HostEnd::NotThere(text.to_owned()),
            error => HostEnd::Argument(error.to_string()),
        }
        .into()
    })
}

fn draft_of(draft: posts::Draft) -> Draft {
    let pictures = draft.pictures.into_iter();
    Draft {
        kind: kind_of(draft.kind),
        text: draft.text,
        tags: draft.tags,
        pictures: pictures
            .map(|picture| (picture.media, picture.alt))
            .collect(),
        item: draft.item.map(|item| rules::Item {
            name: item.name,
            url: item.url,
            rating: item.rating,
        }),
        period: draft.period,
        parent: draft.parent,
        review: draft.review,
        private: draft.private,
    }
}

fn draft_bytes(draft: &Draft) -> usize {
    let pictures = draft.pictures.iter();
    draft.text.len()
        + draft.tags.iter().map(String::len).sum::<usize>()
        + pictures
            .map(|(media, alt)| media.len() + alt.len())
            .sum::<usize>()
        + draft.item.as_ref().map_or(0, item_bytes)
        + optional_bytes(&[&draft.period, &draft.parent])
}

fn item_bytes(item: &rules::Item) -> usize {
    item.name.len() + optional_bytes(&[&item.url])
}

fn optional_bytes(texts: &[&Option<String>]) -> usize {
    texts.iter().copied().flatten().map(String::len).sum()
}

fn guest_post(post: Post) -> posts::Post {
    let record = post.record;
    let pictures = record.pictures.into_iter();
    let reactions = post.reactions.into_iter();
    posts::Post {
        id: post.id,
        kind: guest_kind(record.kind),
        status: match record.status {
            rules::PostStatus::Published => posts::PostStatus::Published,
            rules::PostStatus::Held => posts::PostStatus::Held,
            rules::PostStatus::Rejected => posts::PostStatus::Rejected,
            rules::PostStatus::Removed => posts::PostStatus::Removed,
        },
        reason: record.reason,
        author: record.author,
        text: record.text,
        tags: record.tags,
        pictures: pictures
            .map(|picture| posts::PostPicture {
                source: format!("{SOURCE_PREFIX}{}", picture.media),
                alt: picture.alt,
                width: picture.width,
                height: picture.height,
            })
            .collect(),
        item: record.item.map(|item| posts::Item {
            name: item.name,
            url: item.url,
            rating: item.rating,
        }),
        period: record.period,
        parent: record.parent,
        created: record.created_ms,
        edited: record.edited_ms,
        featured: record.featured,
        private: record.private,
        reactions: reactions
            .map(|(reaction, count)| posts::ReactionCount { reaction, count })
            .collect(),
        replies: post.replies,
    }
}

/// What a post takes on its way to the guest.
fn post_bytes(post: &posts::Post) -> usize {
    /// Numbers and lengths of a post.
    const EACH: usize = 64;
    let pictures = post.pictures.iter();
    let item = post.item.as_ref();
    EACH + post.id.len()
        + post.author.len()
        + post.text.len()
        + post.tags.iter().map(String::len).sum::<usize>()
        + pictures
            .map(|picture| picture.source.len() + picture.alt.len())
            .sum::<usize>()
        + item.map_or(0, |item| item.name.len() + optional_bytes(&[&item.url]))
        + optional_bytes(&[&post.reason, &post.period, &post.parent])
        + post
            .reactions
            .iter()
            .map(|one| one.reaction.len() + 8)
            .sum::<usize>()
}

fn kind_of(kind: posts::PostKind) -> rules::PostKind {
    match kind {
        posts::PostKind::Short => rules::PostKind::Short,
        posts::PostKind::Recommendation => rules::PostKind::Recommendation,
        posts::PostKind::Wish => rules::PostKind::Wish,
        posts::PostKind::Asking => rules::PostKind::Asking,
        posts::PostKind::Record => rules::PostKind::Record,
        posts::PostKind::Reply => rules::PostKind::Reply,
    }
}

fn guest_kind(kind: rules::PostKind) -> posts::PostKind {
    match kind {
        rules::PostKind::Short => posts::PostKind::Short,
        rules::PostKind::Recommendation => posts::PostKind::Recommendation,
        rules::PostKind::Wish => posts::PostKind::Wish,
        rules::PostKind::Asking => posts::PostKind::Asking,
        rules::PostKind::Record => posts::PostKind::Record,
        rules::PostKind::Reply => posts::PostKind::Reply,
    }
}
