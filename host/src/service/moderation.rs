//! Keeping order in a circle, outside its cards: reports of readers, what is to
//! be looked at, and what moderators and the circle's publisher decide.

mod applicants;

pub use self::applicants::{Applicant, Applicants, answer, applicants};

use super::posts::{Signed, look, refused, refused_page, signed};
use super::{ServiceError, jobs, member};
use crate::app::{App, Circle, millis};
use crate::community::posts::{
    self as rules, Actor, Post, PostError, PostStatus, Report, Verdict, Who,
};
use crate::config::PublisherId;
use crate::identity::ReaderId;
use crate::store::{Access, CommitError, Transaction};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Who keeps order.
#[derive(Clone, Copy, Debug)]
pub enum Keeper<'a> {
    /// A reader, if their role lets them.
    Reader(&'a ReaderId),
    /// The publisher, as long as the circle is its own.
    Publisher(&'a PublisherId),
}

/// What is to be done with a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Note what a reader says against it.
    Report(String),
    /// Let it through, or not, if it still has the version that was seen, or
    /// whichever it has.
    Review(Verdict, Option<u64>),
    /// Take it away, with a reason.
    Remove(Option<String>),
    /// Put it first, or no longer.
    Feature(bool),
}

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its status now.
    pub status: PostStatus,
    /// Whether it is first now.
    pub featured: bool,
    /// Whether it was so before: a post is reported once by each reader.
    pub repeated: bool,
}

/// Posts that want a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Those held first, then those reported; in both, longest first. Each with
    /// what readers say against it.
    pub posts: Vec<(Signed, Vec<Report>)>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// One page of the posts that want a decision.
///
/// # Errors
///
/// `Denied` for whoever keeps no order here, `CircleUnknown` for a publisher
/// that has the circle no more, `Argument` for a limit or an `after` that is none.
pub async fn queue(
    app: &App,
    circle: &Circle,
    keeper: Keeper<'_>,
    after: Option<&str>,
    limit: u32,
    locale: &str,
) -> Result<Queue, ServiceError> {
    let reader = match keeper {
        Keeper::Reader(reader) => Some(reader),
        Keeper::Publisher(_) => None,
    };
    let (mut tx, known) = look(app, circle, reader).await?;
    let who = match keeper {
        Keeper::Reader(_) => known.as_ref().map(|known| known.member.as_str()).into(),
        Keeper::Publisher(publisher) => publisher_of(app, circle, &mut tx, publisher).await?,
    };
    let now_ms = millis(app.world.now());
    let actor = Actor {
        who,
        now_ms,
        locale,
    };
    let page = rules::queue(&mut tx, actor, after, limit).await;
    let page = page.map_err(refused_page)?;
    let mut posts = Vec::with_capacity(page.posts.len());
    for queued in page.posts {
        let signed = signed(&mut tx, queued.post, locale).await?;
        posts.push((signed, queued.reports));
    }
    Ok(Queue {
        posts,
        next: page.next,
    })
}

/// Changes a post, once and in one commit, as an action does.
///
/// # Errors
///
/// As the rules of posts say; `CircleUnknown` for a publisher that has the
/// circle no more.
pub async fn change(
    app: &App,
    circle: &Circle,
    keeper: Keeper<'_>,
    post: &str,
    change: &Change,
    locale: &str,
) -> Result<Changed, ServiceError> {
    decide(app, circle, keeper, locale, &OfPost { post, change }).await
}

/// What somebody who keeps order does.
trait Decision {
    /// What comes of it.
    type Done;

    /// Writes it.
    async fn write(
        &self,
        app: &App,
        circle: &Circle,
        tx: &mut Transaction,
        actor: Actor<'_>,
    ) -> Result<Self::Done, ServiceError>;
}

/// Does it in one commit: on a conflict it is done again, and after too many of
/// them alone on the circle.
async fn decide<D: Decision>(
    app: &App,
    circle: &Circle,
    keeper: Keeper<'_>,
    locale: &str,
    decision: &D,
) -> Result<D::Done, ServiceError> {
    let attempt = Attempt {
        keeper,
        decision,
        locale,
        now_ms: millis(app.world.now()),
    };
    for _ in 0..=app.config.limits.action_reruns_max {
        let _beside_others = circle.gate.read().await;
        if let Some(done) = attempt.run(app, circle).await? {
            return Ok(done);
        }
        app.counters.action_reruns.fetch_add(1, Ordering::Relaxed);
    }
    let _alone = circle.gate.write().await;
    let done = attempt.run(app, circle).await?;
    done.ok_or_else(|| CommitError::Conflict.into())
}

struct Attempt<'a, D> {
    keeper: Keeper<'a>,
    decision: &'a D,
    locale: &'a str,
    now_ms: u64,
}

impl<D: Decision> Attempt<'_, D> {
    /// Nothing, if something else was committed meanwhile.
    async fn run(&self, app: &App, circle: &Circle) -> Result<Option<D::Done>, ServiceError> {
        let store = Arc::clone(&app.store);
        let mut tx = Transaction::begin(store, &circle.partition, Access::Write).await?;
        let done = match self.keeper {
            Keeper::Publisher(publisher) => {
                let who = publisher_of(app, circle, &mut tx, publisher).await?;
                self.write(app, circle, &mut tx, who).await?
            }
            Keeper::Reader(reader) => {
                let now_ms = self.now_ms;
                let hands = member::hands(app, circle, &mut tx).await?;
                let entry = member::entering(app, circle, &hands, &mut tx, reader, now_ms).await?;
                member::acting(&mut tx, &hands, &entry.known, &[], now_ms).await?;
                let who = Who::Member(entry.known.member.as_str());
                let done = self.write(app, circle, &mut tx, who).await?;
                entry.write(&mut tx)?;
                member::note_act(app, &mut tx, &entry.known, now_ms).await?;
                if !entry.announce(&app.store, &circle.id).await? {
                    return Err(member::gone());
                }
                done
            }
        };
        match jobs::commit(app, circle, tx).await {
            Ok(_seq) => Ok(Some(done)),
            Err(CommitError::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn write(
        &self,
        app: &App,
        circle: &Circle,
        tx: &mut Transaction,
        who: Who<'_>,
    ) -> Result<D::Done, ServiceError> {
        let actor = Actor {
            who,
            now_ms: self.now_ms,
            locale: self.locale,
        };
        self.decision.write(app, circle, tx, actor).await
    }
}

struct OfPost<'a> {
    post: &'a str,
    change: &'a Change,
}

impl Decision for OfPost<'_> {
    type Done = Changed;

    async fn write(
        &self,
        _: &App,
        circle: &Circle,
        tx: &mut Transaction,
        actor: Actor<'_>,
    ) -> Result<Changed, ServiceError> {
        self.rule(circle, tx, actor).await.map_err(refused)
    }
}

impl OfPost<'_> {
    async fn rule(
        &self,
        circle: &Circle,
        tx: &mut Transaction,
        actor: Actor<'_>,
    ) -> Result<Changed, PostError> {
        let (rules, id) = (&circle.posts, self.post);
        let mut repeated = false;
        match self.change {
            Change::Report(reason) => {
                repeated = !rules::report(tx, rules, actor, id, reason).await?;
            }
            Change::Review(verdict, seen) => {
                rules::check_moderates(tx, actor).await?;
                if let Some(seen) = seen {
                    check_seen(tx, actor, id, *seen).await?;
                }
                rules::review(tx, rules, actor, id, verdict).await?;
            }
            Change::Remove(reason) => {
                rules::check_moderates(tx, actor).await?;
                rules::remove(tx, rules, actor, id, reason.as_deref()).await?;
            }
            Change::Feature(featured) => {
                rules::feature(tx, rules, actor, id, *featured).await?;
            }
        }
        let found = rules::get(
            tx,
            Actor {
                who: Who::Publisher,
                ..actor
            },
            id,
        )
        .await?;
        let record = found.post.map(|post| post.record);
        Ok(Changed {
            status: record
                .as_ref()
                .map_or(PostStatus::Removed, |record| record.status),
            featured: record.is_some_and(|record| record.featured),
            repeated,
        })
    }
}

/// A post is still what a moderator has seen.
async fn check_seen(
    tx: &mut Transaction,
    actor: Actor<'_>,
    id: &str,
    seen: u64,
) -> Result<(), PostError> {
    let found = rules::get(tx, actor, id).await?.post;
    match found.is_none_or(|post| version(&post) == seen) {
        true => Ok(()),
        false => Err(rules::changed_since()),
    }
}

/// What tells a post from what it was before an edit.
pub fn version(post: &Post) -> u64 {
    post.record.edited_ms.unwrap_or(0)
}

/// That a post is let through as it was when it had a version.
pub fn approved(version: u64) -> Verdict {
    Verdict::Approve((version > 0).then_some(version))
}

/// The publisher, if it has the circle by what the transaction sees.
async fn publisher_of(
    app: &App,
    circle: &Circle,
    tx: &mut Transaction,
    publisher: &PublisherId,
) -> Result<Who<'static>, ServiceError> {
    let hands = member::hands(app, circle, tx).await?;
    match hands.publisher.id == *publisher {
        true => Ok(Who::Publisher),
        false => Err(ServiceError::CircleUnknown),
    }
}
