//! The sample community: a few hundred readers who join the sample circles over
//! two months, post, answer and like, with a fixed seed. What they say is in
//! `examples/publisher-site/community.toml`; the pictures are drawn here.

mod campaign;
mod goods;
mod habits;
mod reading;
mod walking;

use super::pictures;
use super::readers::{READERS, Reader};
use super::sample_world::Chance;
use super::stage::{Stage, Step};
use crate::app::millis;
use crate::contract::Outcome;
use crate::identity::ReaderId;
use crate::service::jobs;
use anyhow::Context;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;

/// What the sample readers are called and what they say.
const CORPUS: &str = include_str!("../../../../examples/publisher-site/community.toml");
/// Left in the demo's directory when the community is whole, and while it is
/// not.
const DONE: &str = "community";
const UNDONE: &str = "community.unfinished";
/// Those who can be signed in and are something in every circle.
const OWNER: usize = 4;
const MODERATOR: usize = 3;
const FEATURED: usize = 2;
const SEED: u64 = 20_261_127;
const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
/// The sample readers live in China, and are awake between these hours.
const UTC_OFFSET_MS: u64 = 8 * HOUR_MS;
const WAKES_MS: u64 = 7 * HOUR_MS;
const SLEEPS_MS: u64 = 23 * HOUR_MS;
/// For how long the community has been there.
const DAYS: u64 = 60;
/// Readers beside those who can be signed in.
const OTHERS: usize = 240;

#[derive(Deserialize)]
struct Corpus {
    names: Names,
    reading: Reading,
    #[serde(rename = "good")]
    goods: Vec<Good>,
    asks: Asks,
    #[serde(rename = "group")]
    groups: Vec<Group>,
    life: Life,
}

#[derive(Deserialize)]
struct Names {
    first: Vec<String>,
    second: Vec<String>,
}

#[derive(Deserialize)]
struct Reading {
    openings: Vec<String>,
    endings: Vec<String>,
    replies: Vec<String>,
}

#[derive(Deserialize)]
struct Good {
    name: String,
    shape: String,
    colours: [String; 2],
    tags: Vec<String>,
    texts: Vec<String>,
}

/// Each text has its answer in the same place.
#[derive(Deserialize)]
struct Asks {
    texts: Vec<String>,
    answers: Vec<String>,
    wishes: Vec<String>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    notice: String,
    posts: Vec<String>,
}

#[derive(Deserialize)]
struct Life {
    tags: Vec<String>,
    records: Vec<String>,
}

/// Everybody and everything a scene needs.
struct Company<'a> {
    stage: &'a Stage,
    corpus: Corpus,
    chance: Chance,
    readers: Vec<Reader>,
    begin_ms: u64,
    end_ms: u64,
}

/// Somebody in a circle.
#[derive(Clone)]
struct Member {
    id: ReaderId,
}

/// A post and when it was written.
struct Written {
    id: String,
    at_ms: u64,
}

/// Takes away what there is of a community that was not finished: the next one
/// begins at another time, and nobody can join twice.
///
/// # Errors
///
/// When the store's directory cannot be removed.
pub fn clear_unfinished(directory: &Path, store: &Path) -> anyhow::Result<()> {
    let undone = directory.join(UNDONE);
    if !undone.exists() {
        return Ok(());
    }
    tracing::info!("the sample community was not finished, and is made anew");
    if store.exists() {
        std::fs::remove_dir_all(store).with_context(|| format!("{}", store.display()))?;
    }
    std::fs::remove_file(&undone).with_context(|| format!("{}", undone.display()))
}

/// Makes the community, unless it is there.
///
/// # Errors
///
/// When a card does not offer what the sample readers do, or the store fails.
pub async fn make(stage: &Stage, data: &Path) -> anyhow::Result<()> {
    let done = data.join(DONE);
    if done.exists() {
        return Ok(());
    }
    let undone = data.join(UNDONE);
    std::fs::write(&undone, "").with_context(|| format!("{}", undone.display()))?;
    tracing::info!("making the sample community: this takes half a minute, once");
    let began = std::time::Instant::now();
    let end_ms = millis(jiff::Timestamp::now());
    let mut company = Company {
        stage,
        corpus: toml::from_str(CORPUS).context("community.toml")?,
        chance: Chance::new(SEED),
        readers: READERS.to_vec(),
        begin_ms: end_ms - DAYS * DAY_MS,
        end_ms,
    };
    company.name_others();
    let made = async {
        reading::play(&mut company).await?;
        walking::play(&mut company).await?;
        goods::play(&mut company).await?;
        habits::play(&mut company).await?;
        // From here on cards do what they do by themselves. Before, the clock
        // went to and fro, and weeks would have closed before they were written.
        let jobs = tokio::spawn(jobs::run_for_ever(Arc::clone(&stage.app)));
        let played = campaign::play(&mut company).await;
        jobs.abort();
        played
    };
    let made = made.await;
    stage.world.let_go();
    made.context("making the sample community; `--empty` leaves it out")?;
    std::fs::remove_file(&undone).with_context(|| format!("{}", undone.display()))?;
    std::fs::write(&done, "made\n").with_context(|| format!("{}", done.display()))?;
    tracing::info!(
        elapsed_s = began.elapsed().as_secs(),
        "the sample community is there"
    );
    Ok(())
}

impl Company<'_> {
    fn name_others(&mut self) {
        let Names { first, second } = &self.corpus.names;
        // Steps that share no divisor with the numbers of names meet every pair.
        let pair = |number: usize| {
            let (one, other) = (number % first.len(), number * 7 / first.len() + number);
            format!("{}{}", first[one], second[other % second.len()])
        };
        self.readers.extend((0..OTHERS).map(|number| Reader {
            id: format!("reader-{number}").into(),
            name: pair(number).into(),
        }));
    }

    /// About when the one of so many things happened, if they come evenly.
    fn time_of(&mut self, number: usize, of: usize) -> u64 {
        self.moment(number as f64 / of as f64)
    }

    /// An instant of the time that the community has been there, at an hour at
    /// which people are awake.
    fn moment(&mut self, share: f64) -> u64 {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a share of a few days in milliseconds is exact enough"
        )]
        let into = ((self.end_ms - self.begin_ms) as f64 * share) as u64;
        let local_ms = self.begin_ms + into + UTC_OFFSET_MS;
        let of_day_ms = local_ms % DAY_MS;
        let awake_ms = WAKES_MS + of_day_ms * (SLEEPS_MS - WAKES_MS) / DAY_MS;
        let jitter = self.chance.next() % (30 * MINUTE_MS);
        let at_ms = local_ms - of_day_ms + awake_ms - UTC_OFFSET_MS + jitter;
        at_ms.clamp(self.begin_ms, self.end_ms - MINUTE_MS)
    }

    /// The owner, who is one from the start, and those whom they make a moderator
    /// and a featured member, by the circle's own card.
    async fn appoint(&self, card: &str) -> anyhow::Result<Vec<Member>> {
        let begin_ms = self.begin_ms;
        self.stage.set_time(begin_ms);
        let owner = self.stage.sign_in(card, &self.readers[OWNER]).await?;
        let mut staff = vec![Member { id: owner }];
        let roles = [(MODERATOR, "moderator"), (FEATURED, "featured")];
        for (after, (number, role)) in roles.into_iter().enumerate() {
            let at_ms = begin_ms + MINUTE_MS * (1 + 2 * after as u64);
            let member = self
                .join(number, Step::new(card, "", "join"), at_ms)
                .await?;
            // Who has come last stands first where the owner gives roles.
            let give = Step::new(card, "manage/members", "role").about(role);
            self.act(&staff[0], at_ms + MINUTE_MS, give, &[]).await?;
            staff.push(member);
        }
        Ok(staff)
    }

    /// Signs somebody in and lets them take an offer that makes them a member.
    async fn join(&self, number: usize, step: Step<'_>, at_ms: u64) -> anyhow::Result<Member> {
        self.stage.set_time(at_ms);
        let id = self.stage.sign_in(step.card, &self.readers[number]).await?;
        self.stage.act(&id, step, &[]).await?;
        Ok(Member { id })
    }

    async fn act(
        &self,
        member: &Member,
        at_ms: u64,
        step: Step<'_>,
        inputs: &[(&str, &str)],
    ) -> anyhow::Result<Outcome> {
        self.stage.set_time(at_ms.min(self.end_ms));
        self.stage.act(&member.id, step, inputs).await
    }

    /// A picture of one of the things, given for a form's field.
    async fn picture(
        &mut self,
        member: &Member,
        at_ms: u64,
        step: Step<'_>,
        field: &str,
    ) -> anyhow::Result<String> {
        let good = self.chance.below(self.corpus.goods.len());
        self.picture_of(good, member, at_ms, step, field).await
    }

    /// The same of a certain one.
    async fn picture_of(
        &mut self,
        good: usize,
        member: &Member,
        at_ms: u64,
        step: Step<'_>,
        field: &str,
    ) -> anyhow::Result<String> {
        let Good { shape, colours, .. } = &self.corpus.goods[good];
        let picture = pictures::draw(shape, colours, self.chance.next())?;
        self.stage.set_time(at_ms.min(self.end_ms));
        self.stage.give(&member.id, step, field, picture).await
    }

    /// Lets some of the members like a post, few of them many.
    async fn like(
        &mut self,
        members: &[Member],
        post: &Written,
        card: &str,
        at: &str,
    ) -> anyhow::Result<()> {
        let most = match self.chance.below(5) {
            0 => 12,
            1 | 2 => 5,
            _ => 2,
        };
        let likes = self.chance.below(most + 1);
        let first = self.chance.below(members.len());
        for number in 0..likes.min(members.len()) {
            let member = &members[(first + number * 3) % members.len()];
            let at_ms = post.at_ms + MINUTE_MS * (2 + self.chance.next() % 600);
            let like = Step::new(card, at, "like").about(&post.id);
            // Some stroll by twice, and have liked it already.
            if let Err(error) = self.act(member, at_ms, like, &[]).await {
                tracing::debug!(%error, "not liked");
            }
        }
        Ok(())
    }
}

/// What the event of a successful action says it made.
fn made(outcome: &Outcome, what: &str) -> anyhow::Result<String> {
    let event = outcome.event.as_ref().context("the card told of nothing")?;
    let data: serde_json::Value = serde_json::from_str(&event.data)?;
    let id = data[what].as_str();
    id.map(str::to_owned)
        .with_context(|| format!("the event `{}` names no {what}", event.name))
}
