//! Posts: saying, editing, taking away, reacting, keeping order among them.

use std::collections::BTreeMap;

use super::members::MemberRecord;
use super::post_record::{Earlier, PostRecord};
use super::post_rules::{self, Checked};
use super::{Call, Data, current, denied, end_unless, not_found, wit};
use wit::posts::{
    Draft, Post, PostKind, PostPicture, PostStatus, ReactionCount, Revision, Verdict,
};
use wit::types::{Error, Role};

const PICTURE_WIDTH: u32 = 1_200;
const PICTURE_HEIGHT: u32 = 900;
const REACTION_BYTES_MAX: usize = 32;
const MINE_MAX: usize = 50;

impl Call {
    fn concerns(&self, post: &PostRecord) -> bool {
        let is_author = self.reader.member.as_deref() == Some(&post.author);
        is_author || (self.role() >= Role::Moderator && !post.private)
    }

    pub(super) fn sees(&self, post: &PostRecord) -> bool {
        match post.status {
            PostStatus::Published => {
                !post.private || self.reader.member.as_deref() == Some(&post.author)
            }
            PostStatus::Held | PostStatus::Rejected => self.concerns(post),
            PostStatus::Removed => post.seen || self.concerns(post),
        }
    }

    /// A post as this reader sees it.
    pub(super) fn shown(&self, post: &PostRecord) -> Post {
        // They are kept, to be taken back, and a tombstone shows none.
        let is_gone = post.status == PostStatus::Removed;
        let mut reactions: Vec<ReactionCount> = post
            .reactions
            .iter()
            .filter(|(_, by)| !is_gone && !by.is_empty())
            .map(|(reaction, by)| ReactionCount {
                reaction: reaction.clone(),
                count: by.len() as u64,
            })
            .collect();
        reactions.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| a.reaction.cmp(&b.reaction))
        });
        let replies =
            self.data.posts.iter().filter(|reply| {
                reply.is_public() && reply.parent.as_deref() == Some(post.id.as_str())
            });
        Post {
            id: post.id.clone(),
            kind: post.kind,
            status: post.status,
            reason: post.reason.clone().filter(|_| self.concerns(post)),
            author: post.author.clone(),
            text: post.text.clone(),
            tags: post.tags.clone(),
            pictures: post
                .pictures
                .iter()
                .map(|picture| PostPicture {
                    source: format!("media:{}", picture.media),
                    alt: picture.alt.clone(),
                    width: PICTURE_WIDTH,
                    height: PICTURE_HEIGHT,
                })
                .collect(),
            item: post.item.clone(),
            period: post.period.clone(),
            parent: post.parent.clone(),
            created: post.created_ms,
            edited: post.edited_ms,
            featured: post.featured,
            private: post.private,
            reactions,
            replies: u32::try_from(replies.count()).unwrap_or(u32::MAX),
        }
    }

    /// A member who acts.
    fn member(&self, what: &str) -> Result<(String, MemberRecord), Error> {
        let member = self.actor(what)?;
        match self.data.members.get(&member) {
            Some(record) if record.role >= Role::Member => Ok((member, record.clone())),
            _ => Err(denied(
                "only members of the circle can do that: let the reader join first",
            )),
        }
    }

    /// A member who may say something.
    fn speaker(&self) -> Result<(String, Role), Error> {
        let (member, record) = self.member("post")?;
        if record.is_muted(self.now_ms) {
            return Err(denied("a moderator has muted the reader here"));
        }
        Ok((member, record.role))
    }

    /// The index of a post that stands, and that this reader sees.
    fn standing(&self, id: &str) -> Result<usize, Error> {
        let at = self.data.posts.iter().position(|post| post.id == id);
        at.filter(|&at| {
            let post = &self.data.posts[at];
            post.status != PostStatus::Removed && self.sees(post)
        })
        .ok_or_else(no_such_post)
    }

    /// The index of a post that others see too.
    fn public(&self, id: &str) -> Result<usize, Error> {
        let at = self.standing(id)?;
        if self.data.posts[at].is_public() {
            Ok(at)
        } else {
            Err(no_such_post())
        }
    }

    /// What becomes of a draft.
    fn fate(&self, draft: &Draft, role: Role) -> (PostStatus, Option<String>) {
        let is_trusted = role >= Role::Moderator;
        let waits = draft.review || (self.circle.pre_approval && !is_trusted);
        if waits && !draft.private {
            (PostStatus::Held, Some(self.say_waits()))
        } else {
            (PostStatus::Published, None)
        }
    }

    fn say_waits(&self) -> String {
        post_rules::say(
            &self.locale,
            "管理员看过后，大家就能看到",
            "Everybody sees it once a moderator has looked at it",
        )
    }

    /// A member has one record for each first tag and period. (One that was
    /// taken away has neither any more.)
    fn only_record(
        &self,
        author: &str,
        kind: PostKind,
        checked: &Checked,
        but: Option<&str>,
    ) -> Result<(), Error> {
        let is_another = |post: &PostRecord| {
            post.kind == PostKind::Record
                && post.author == author
                && post.tags.first() == checked.tags.first()
                && post.period == checked.period
                && Some(post.id.as_str()) != but
        };
        if kind == PostKind::Record && self.data.posts.iter().any(is_another) {
            return Err(Error::Conflict(
                "the member has a record for this tag and period: edit it".to_owned(),
            ));
        }
        Ok(())
    }
}

pub(super) fn count_public(data: &Data) -> u64 {
    let posts = data.posts.iter();
    posts
        .filter(|post| post.is_public() && post.kind != PostKind::Reply)
        .count() as u64
}

pub(super) fn count_held(data: &Data) -> u64 {
    data.posts.iter().filter(|post| post.waits()).count() as u64
}

pub(crate) fn posts_publish(draft: &Draft) -> Result<Post, Error> {
    current(|call| {
        let (author, role) = call.speaker()?;
        let parent = check_parent(call, draft)?;
        let checked = post_rules::check(&call.data, &author, &call.locale, draft)?;
        call.only_record(&author, draft.kind, &checked, None)?;
        let (status, reason) = call.fate(draft, role);
        let record = PostRecord {
            id: format!("post-{}", call.data.posts.len() + 1),
            kind: draft.kind,
            status,
            reason,
            author,
            text: checked.text,
            tags: checked.tags,
            pictures: checked.pictures,
            item: checked.item,
            period: checked.period,
            parent,
            created_ms: call.now_ms,
            edited_ms: None,
            featured: false,
            private: draft.private,
            seen: status == PostStatus::Published && !draft.private,
            taken_back: false,
            held_ms: call.now_ms,
            revisions: Vec::new(),
            reactions: BTreeMap::new(),
        };
        let shown = call.shown(&record);
        call.data.posts.push(record);
        Ok(shown)
    })
}

fn check_parent(call: &Call, draft: &Draft) -> Result<Option<String>, Error> {
    match (draft.kind, &draft.parent) {
        (PostKind::Reply, Some(parent)) => match call.public(parent) {
            Ok(_) => Ok(Some(parent.clone())),
            Err(_) => Err(not_found("the post to reply to is not there")),
        },
        (PostKind::Reply, None) => Err(post_rules::invalid(
            &call.locale,
            "回复要有回复的对象",
            "A reply answers a post",
        )),
        // Anything else answers nothing, whatever the draft says.
        _ => Ok(None),
    }
}

pub(crate) fn posts_edit(id: &str, draft: &Draft) -> Result<Post, Error> {
    current(|call| {
        let (author, role) = call.speaker()?;
        let at = call.standing(id)?;
        let old = call.data.posts[at].clone();
        if old.author != author {
            return Err(denied("a post is edited by its author alone"));
        }
        let draft = Draft {
            kind: old.kind,
            period: old.period.clone(),
            ..draft.clone()
        };
        let checked = post_rules::check(&call.data, &author, &call.locale, &draft)?;
        call.only_record(&author, old.kind, &checked, Some(id))?;
        let (mut status, mut reason) = call.fate(&draft, role);
        // What a moderator has not let through stays out, whatever it says now.
        if matches!(old.status, PostStatus::Held | PostStatus::Rejected) {
            status = PostStatus::Held;
            reason = Some(call.say_waits());
        }
        let mut record = PostRecord {
            status,
            reason,
            text: checked.text,
            tags: checked.tags,
            pictures: checked.pictures,
            item: checked.item,
            edited_ms: Some(call.now_ms),
            private: draft.private,
            ..old.clone()
        };
        if old.status != PostStatus::Held {
            record.held_ms = call.now_ms;
        }
        record.seen |= record.is_public();
        if old.text != record.text {
            record.revisions.push(Earlier {
                text: old.text,
                until_ms: call.now_ms,
                private: old.private,
            });
        }
        call.data.posts[at] = record;
        Ok(call.shown(&call.data.posts[at]))
    })
}

pub(crate) fn posts_remove(id: &str, reason: Option<&str>) -> Result<(), Error> {
    current(|call| {
        call.actor("take a post away")?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            post_rules::check_reason(&call.locale, reason)?;
        }
        let at = call.standing(id)?;
        if !call.concerns(&call.data.posts[at]) {
            return Err(denied(
                "a post is taken away by its author, a moderator or the owner",
            ));
        }
        let post = &mut call.data.posts[at];
        post.taken_back = call.reader.member.as_deref() == Some(&post.author);
        post.bury(reason.map(str::to_owned));
        Ok(())
    })
}

pub(crate) fn posts_get(id: &str) -> Option<Post> {
    current(|call| {
        let post = call.data.posts.iter().find(|post| post.id == id)?.clone();
        call.asked_for_viewer |= post.is_personal();
        call.sees(&post).then(|| call.shown(&post))
    })
}

pub(crate) fn posts_history(id: &str) -> Vec<Revision> {
    current(|call| {
        call.asked_for_viewer = true;
        let post = call.data.posts.iter().find(|post| post.id == id);
        let Some(post) = post.filter(|post| call.concerns(post)) else {
            return Vec::new();
        };
        let is_author = call.reader.member.as_deref() == Some(&post.author);
        let earlier = post.revisions.iter().rev();
        earlier
            .filter(|earlier| is_author || !earlier.private)
            .map(|earlier| Revision {
                text: earlier.text.clone(),
                until: earlier.until_ms,
            })
            .collect()
    })
}

pub(crate) fn posts_react(id: &str, reaction: &str) -> Result<bool, Error> {
    current(|call| {
        call.may_write()?;
        reaction_is_good(&call.locale, reaction)?;
        let (member, _) = call.member("react")?;
        let at = call.public(id)?;
        let reactions = &mut call.data.posts[at].reactions;
        Ok(reactions
            .entry(reaction.to_owned())
            .or_default()
            .insert(member))
    })
}

pub(crate) fn posts_unreact(id: &str, reaction: &str) -> Result<bool, Error> {
    current(|call| {
        // Whoever left the circle may, too.
        let member = call.actor("take a reaction back")?;
        reaction_is_good(&call.locale, reaction)?;
        let post = call.data.posts.iter_mut().find(|post| post.id == id);
        let given = post.ok_or_else(no_such_post)?.reactions.get_mut(reaction);
        Ok(given.is_some_and(|by| by.remove(&member)))
    })
}

pub(crate) fn posts_my_reactions(ids: &[String]) -> Vec<Vec<String>> {
    end_unless(match ids.len() {
        0..=MINE_MAX => Ok(()),
        n => Err(format!(
            "at most {MINE_MAX} posts in one call; these are {n}"
        )),
    });
    current(|call| {
        call.asked_for_viewer = true;
        let mine = |post: &PostRecord| -> Vec<String> {
            let Some(member) = &call.reader.member else {
                return Vec::new();
            };
            let given = post.reactions.iter().filter(|(_, by)| by.contains(member));
            given.map(|(reaction, _)| reaction.clone()).collect()
        };
        let find = |id: &String| call.data.posts.iter().find(|post| post.id == *id);
        ids.iter()
            .map(|id| find(id).map(mine).unwrap_or_default())
            .collect()
    })
}

pub(crate) fn posts_feature(id: &str, featured: bool) -> Result<(), Error> {
    current(|call| {
        call.keeps_order()?;
        let at = call.public(id)?;
        call.data.posts[at].featured = featured;
        Ok(())
    })
}

pub(crate) fn posts_review(id: &str, verdict: &Verdict) -> Result<(), Error> {
    current(|call| {
        call.keeps_order()?;
        if let Verdict::Reject(reason) = verdict {
            post_rules::check_reason(&call.locale, reason)?;
        }
        let at = call.standing(id)?;
        let post = &mut call.data.posts[at];
        if !post.waits() {
            return Err(Error::Conflict("it does not wait any more".to_owned()));
        }
        (post.status, post.reason) = match verdict {
            Verdict::Approve(seen) if *seen != post.edited_ms => {
                return Err(Error::Conflict(
                    "its author has changed the post since it was looked at: look again".to_owned(),
                ));
            }
            Verdict::Approve(_) => (PostStatus::Published, None),
            Verdict::Reject(reason) => (PostStatus::Rejected, Some(reason.clone())),
        };
        post.seen |= post.is_public();
        Ok(())
    })
}

fn reaction_is_good(locale: &str, reaction: &str) -> Result<(), Error> {
    let is_good = reaction.len() <= REACTION_BYTES_MAX
        && reaction.starts_with(|first: char| first.is_ascii_lowercase())
        && reaction
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if is_good {
        Ok(())
    } else {
        Err(post_rules::invalid(
            locale,
            &format!("`{reaction}` 不是一种回应"),
            &format!("`{reaction}` is no reaction"),
        ))
    }
}

fn no_such_post() -> Error {
    not_found("there is no such post")
}
