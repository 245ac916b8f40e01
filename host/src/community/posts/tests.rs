//! What the tests of posts share: a circle with members of every kind.

mod editing;
mod erasing;
mod matrix;
mod moderating;
mod pages;
mod rankings;
mod reporting;
mod tags;

use std::sync::Arc;

use super::*;
use crate::community::media::{self, MediaRecord};
use crate::community::membership::Membership;
use crate::store::keys::membership as membership_key;
use crate::store::suite::{begin, memory};
use crate::store::{CommitError, Store};

/// An instant to begin at.
pub(crate) const NOW_MS: u64 = 1_800_000_000_000;

pub(crate) const LIMITS: PostLimits = PostLimits {
    text_chars_max: 2_000,
    tags_max: 5,
    pictures_max: 9,
    posts_per_hour_per_member: 1_000,
    replies_per_hour_per_member: 1_000,
    revisions_max: 3,
    reactions_per_post_max: 3,
    looked_at_max: 500,
    writes_max: 100_000,
    per_circle_max: 1_000_000,
    reports_hold: 3,
};

pub(crate) fn rules() -> PostRules {
    PostRules {
        limits: LIMITS,
        words: WordLists::new(["spam"], ["poison"]),
    }
}

pub(crate) fn draft(text: &str) -> Draft {
    Draft {
        kind: PostKind::Short,
        text: text.to_owned(),
        tags: Vec::new(),
        pictures: Vec::new(),
        item: None,
        period: None,
        parent: None,
        review: false,
        private: false,
    }
}

pub(super) fn reply(parent: &str, text: &str) -> Draft {
    Draft {
        kind: PostKind::Reply,
        parent: Some(parent.to_owned()),
        ..draft(text)
    }
}

pub(super) fn tagged(text: &str, tags: &[&str]) -> Draft {
    Draft {
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        ..draft(text)
    }
}

pub(crate) fn by(member: &str) -> Actor<'_> {
    at(member, NOW_MS)
}

pub(crate) fn at(member: &str, now_ms: u64) -> Actor<'_> {
    let who = match member {
        "nobody" => Who::Nobody,
        "publisher" => Who::Publisher,
        member => Who::Member(member),
    };
    Actor {
        who,
        now_ms,
        locale: "en",
    }
}

/// A circle whose members are called by what they are.
pub(super) struct World {
    pub store: Arc<dyn Store>,
    pub rules: PostRules,
    seed: u64,
}

impl World {
    pub(super) async fn new() -> World {
        let store = memory();
        let mut tx = begin(&store).await;
        let joined = [
            ("member", Role::Member),
            ("other", Role::Member),
            ("third", Role::Member),
            ("fourth", Role::Member),
            ("fifth", Role::Member),
            ("muted", Role::Member),
            ("featured", Role::Featured),
            ("moderator", Role::Moderator),
            ("owner", Role::Owner),
        ];
        for (member, role) in joined {
            let record = Membership {
                standing: Standing::Joined,
                role,
                muted_until_ms: if member == "muted" { u64::MAX } else { 0 },
                ..Membership::default()
            };
            record::put(&mut tx, membership_key(member), &record).unwrap();
        }
        let banned = Membership {
            standing: Standing::Banned,
            // What they were must not matter.
            role: Role::Owner,
            ..Membership::default()
        };
        record::put(&mut tx, membership_key("banned"), &banned).unwrap();
        tx.commit().await.unwrap();
        World {
            store,
            rules: rules(),
            seed: 0,
        }
    }

    pub(super) async fn begin(&self) -> Transaction {
        begin(&self.store).await
    }

    pub(super) async fn publish(
        &mut self,
        actor: Actor<'_>,
        draft: &Draft,
    ) -> Result<Post, PostError> {
        self.seed += 1;
        let mut tx = self.begin().await;
        let post = publish(&mut tx, &self.rules, false, actor, self.seed, draft).await?;
        tx.commit().await.unwrap();
        Ok(post)
    }

    pub(super) async fn post(&mut self, author: &str, text: &str) -> String {
        self.publish(by(author), &draft(text)).await.unwrap().id
    }

    pub(super) async fn edit(
        &self,
        actor: Actor<'_>,
        id: &str,
        draft: &Draft,
    ) -> Result<Post, PostError> {
        let mut tx = self.begin().await;
        let post = edit(&mut tx, &self.rules, false, actor, id, draft).await?;
        tx.commit().await.unwrap();
        Ok(post)
    }

    pub(super) async fn remove(&self, actor: Actor<'_>, id: &str) -> Result<(), PostError> {
        let mut tx = self.begin().await;
        remove(&mut tx, &self.rules, actor, id, Some("why")).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub(super) async fn react(&self, actor: Actor<'_>, id: &str) -> Result<bool, PostError> {
        let mut tx = self.begin().await;
        let is_new = react(&mut tx, &self.rules, actor, id, "like").await?;
        tx.commit().await.unwrap();
        Ok(is_new)
    }

    pub(super) async fn unreact(&self, actor: Actor<'_>, id: &str) -> Result<bool, PostError> {
        let mut tx = self.begin().await;
        let was_there = unreact(&mut tx, &self.rules, actor, id, "like").await?;
        tx.commit().await.unwrap();
        Ok(was_there)
    }

    pub(super) async fn feature(&self, actor: Actor<'_>, id: &str) -> Result<(), PostError> {
        let mut tx = self.begin().await;
        feature(&mut tx, &self.rules, actor, id, true).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub(super) async fn review(
        &self,
        actor: Actor<'_>,
        id: &str,
        verdict: Verdict,
    ) -> Result<(), PostError> {
        let mut tx = self.begin().await;
        review(&mut tx, &self.rules, actor, id, &verdict).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub(super) async fn report(&self, actor: Actor<'_>, id: &str) -> Result<bool, PostError> {
        let mut tx = self.begin().await;
        let is_new = report(&mut tx, &self.rules, actor, id, "rude").await?;
        tx.commit().await.unwrap();
        Ok(is_new)
    }

    pub(super) async fn get(&self, actor: Actor<'_>, id: &str) -> Found {
        let mut tx = self.begin().await;
        get(&mut tx, actor, id).await.unwrap()
    }

    pub(super) async fn seen(&self, actor: Actor<'_>, id: &str) -> PostRecord {
        self.get(actor, id).await.post.expect("they see it").record
    }

    pub(super) async fn query(&self, asked: &PostQuery<'_>) -> Vec<String> {
        let mut ids = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut tx = self.begin().await;
            let asked = PostQuery {
                after: after.as_deref(),
                ..*asked
            };
            let page = query(&mut tx, &self.rules, &asked).await.unwrap();
            ids.extend(page.posts.into_iter().map(|post| post.id));
            match page.next {
                Some(next) => after = Some(next),
                None => return ids,
            }
        }
    }

    pub(super) async fn mine(&self, member: &str) -> Vec<String> {
        let mut tx = self.begin().await;
        let page = mine(
            &mut tx,
            &self.rules,
            Who::Member(member),
            None,
            None,
            None,
            50,
        )
        .await;
        page.unwrap()
            .posts
            .into_iter()
            .map(|post| post.id)
            .collect()
    }

    /// The circle's counts of posts, and of those that wait.
    pub(super) async fn counts(&self) -> [i64; 2] {
        let mut tx = self.begin().await;
        let board = crate::store::Board::of_circle("@host", "counts");
        [
            tx.count(&board, "posts").await.unwrap(),
            tx.count(&board, "held").await.unwrap(),
        ]
    }

    pub(super) async fn give_picture(&self, member: &str, id: &str) {
        let mut tx = self.begin().await;
        let record = MediaRecord {
            width: 3,
            height: 2,
            bytes: 1,
            member: member.to_owned(),
            at_ms: NOW_MS,
            uses: 0,
        };
        media::keep(&mut tx, id, &record).unwrap();
        tx.commit().await.unwrap();
    }

    pub(super) async fn uses(&self, id: &str) -> u32 {
        let mut tx = self.begin().await;
        media::media(&mut tx, id).await.unwrap().unwrap().uses
    }

    /// Pictures that the next sweep removes without waiting.
    pub(super) async fn let_go(&self) -> Vec<String> {
        let mut tx = self.begin().await;
        media::unused(&mut tx, 1, 10).await.unwrap()
    }
}

pub(super) const EVERYTHING: PostQuery<'_> = PostQuery {
    order: PostOrder::Newest,
    kind: None,
    tag: None,
    author: None,
    featured: false,
    after: None,
    limit: 50,
};

/// How an answer went, in one word.
pub(super) fn word<T>(result: &Result<T, PostError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(PostError::Invalid(_)) => "invalid",
        Err(PostError::Denied(_)) => "denied",
        Err(PostError::NotFound(_)) => "not-found",
        Err(PostError::Conflict(_)) => "conflict",
        Err(PostError::Quota(_)) => "quota",
        Err(PostError::Argument(_)) => "ends",
        Err(PostError::Store(_)) => "store",
    }
}

/// That two transactions were open at once, and that both were committed.
pub(super) async fn both(one: Transaction, two: Transaction) -> Result<(), CommitError> {
    one.commit().await?;
    two.commit().await?;
    Ok(())
}
