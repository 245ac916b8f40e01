//! What the card keeps. Keys of the card's state, and who writes them:
//!
//! | key | what | by |
//! |---|---|---|
//! | `half` | the first half of the seed; secret | the beginning |
//! | `secret` | the seed; secret until the draw | the start |
//! | `seal` | its hash | the start |
//! | `terms` | who wins, and what | the start |
//! | `ended` | when the owner ended it early | the owner |
//! | `entry/MEMBER` | who takes part | entering, claiming, the owner |
//! | `code/CODE` | whose code it is; sorted, it is the list of tickets | entering |
//! | `credits/MEMBER` | how many invited readers have counted | claiming |
//! | `draw`, `work`, `tickets/PAGE` | the draw, and what it still needs | the draw |
//! | `winners` | who has which prize | the draw, accepting, the owner |
//! | `claims` | the claim codes of prizes that are accepted; secret | accepting, the owner |
//!
//! A code of `code/CODE` is public: it stands in the list of tickets and in every
//! invitation, and proves nothing. So who accepts a prize gets a *claim code*, and
//! the codes have a key of their own, which no view reads that others see.
//!
//! Points are a tally, so that thousands may earn some at once. Check-ins and
//! the posts that have counted are the reader's own state, under keys that begin
//! with the card's id, since all cards of the plugin share it.

use std::collections::{BTreeMap, BTreeSet};

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::{Config, How, Prize};
use crate::lots::Ticket;
use crate::rules::{Counted, Streak};

/// Letters and digits of a code: none that look like another.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_CHARS: usize = 8;
/// How often a code is drawn again that is taken. There are 32⁸.
const CODE_TRIES: usize = 8;

/// Somebody who takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Names the ticket, and invites others.
    pub code: String,
    pub entered: Timestamp,
    /// The member whose invitation counts, if any does.
    pub invited_by: Option<String>,
    /// Whether that has brought the inviter points, or never will.
    pub credit: Credit,
    /// Why they were put out of the campaign.
    pub out: Option<String>,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credit {
    /// Waits for the first post.
    Waiting,
    Given,
    /// There is none to give.
    Closed,
}

/// What is played for: fixed with the seal, before anybody takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub how: How,
    pub prizes: Vec<Prize>,
}

/// The draw, as far as it has come. All of it may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    pub stage: Stage,
    pub ended: Timestamp,
    pub how: How,
    pub prizes: Vec<Prize>,
    /// Pages of tickets.
    pub pages: usize,
    pub tickets: u64,
    pub lots: u64,
    pub digest: String,
    /// Published once the tickets are fixed.
    pub seed: Option<String>,
    /// In the order in which they were drawn: winners, then those in line.
    pub order: Vec<Pick>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Tickets are being written.
    Tickets,
    /// The order is being drawn.
    Order,
    Done,
}

/// A ticket that was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    pub code: String,
    pub member: String,
    pub lots: u64,
    /// The n that drew it; none where most points win.
    pub n: Option<u64>,
}

/// What the draw needs until it is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// The last key of `code/` that has its ticket.
    pub after: Option<String>,
    /// The lots of each page that are not drawn.
    pub lots: Vec<u64>,
    /// Where most points win: the best so far, with their ties.
    pub best: Vec<(Ticket, String)>,
    /// The next n.
    pub n: u64,
}

/// Who has the prizes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Winners {
    /// One for each single prize, best first.
    pub places: Vec<Award>,
    /// The first of the order who has not been asked.
    pub next: usize,
}

/// One prize.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Award {
    /// Its kind, by place among the draw's prizes.
    pub prize: usize,
    /// Whose it is; none if nobody is left.
    pub member: Option<String>,
    /// Until when they can accept it.
    pub until: Timestamp,
    pub accepted: Option<Timestamp>,
    /// How many had it before, and did not accept or were put out.
    pub passed: u32,
}

impl Award {
    /// Whether it waits for its winner.
    pub fn waits(&self) -> bool {
        self.member.is_some() && self.accepted.is_none()
    }
}

pub fn entry(member: &str) -> Result<Option<Entry>> {
    state::card().get(&entry_key(member))
}

pub fn entries(members: &[String]) -> Result<Vec<Option<Entry>>> {
    state::card().get_many(members.iter().map(|member| entry_key(member)))
}

pub fn put_entry(member: &str, entry: &Entry) -> Result<()> {
    state::card().put(&entry_key(member), entry)
}

/// Takes part under a code that nobody has.
pub fn enter(member: &str, mut entry: Entry, random: &mut Random) -> Result<Entry> {
    for _ in 0..CODE_TRIES {
        entry.code = new_code(random);
        if whose_code(&entry.code)?.is_none() {
            state::card().put(&code_key(&entry.code), member)?;
            put_entry(member, &entry)?;
            tally::card("entries").add("all", 1)?;
            return Ok(entry);
        }
    }
    Err(Error::unavailable("no free code was found"))
}

pub fn whose_code(code: &str) -> Result<Option<String>> {
    // Anybody can make up an address; a key has its limits.
    let is_code = code.len() == CODE_CHARS && code.bytes().all(|byte| CODE_LETTERS.contains(&byte));
    if !is_code {
        return Ok(None);
    }
    state::card().get(&code_key(code))
}

/// A page of codes and whose they are, in the order of codes. `after` is a key
/// of the page before.
pub fn codes(after: Option<&str>, limit: u32) -> Result<Page<String>> {
    let scan = state::card().scan("code/").limit(limit);
    match after {
        Some(key) => scan.after(key).page(),
        None => scan.page(),
    }
}

/// The code in a key of [`codes`].
pub fn code_of(key: &str) -> &str {
    key.strip_prefix("code/").unwrap_or(key)
}

pub fn code_key(code: &str) -> String {
    format!("code/{code}")
}

/// How many take part.
pub fn entries_count() -> u64 {
    u64::try_from(tally::card("entries").get("all")).unwrap_or_default()
}

pub fn points_of(member: &str) -> u64 {
    u64::try_from(points().get(member)).unwrap_or_default()
}

pub fn points() -> tally::Tally {
    tally::card("points")
}

/// Adds points; 0 writes nothing.
pub fn add_points(member: &str, more: u64) -> Result<()> {
    match i64::try_from(more) {
        Ok(0) => Ok(()),
        Ok(more) => points().add(member, more),
        Err(_) => Err(Error::internal("more points than there can be")),
    }
}

/// How many readers a member invited have counted.
pub fn credits(member: &str) -> Result<u32> {
    Ok(state::card().get(&credits_key(member))?.unwrap_or(0))
}

pub fn put_credits(member: &str, credits: u32) -> Result<()> {
    state::card().put(&credits_key(member), &credits)
}

/// The seal, from the start on.
pub fn seal() -> Result<Option<String>> {
    state::card().get("seal")
}

/// What is played for: what was configured at the start; until then, what is.
pub fn terms(config: &Config) -> Result<Terms> {
    let fixed: Option<Terms> = state::card().get("terms")?;
    Ok(fixed.unwrap_or_else(|| configured(config)))
}

/// Fixes what is played for, whatever is configured later.
pub fn fix_terms(config: &Config) -> Result<()> {
    state::card().put("terms", &configured(config))
}

fn configured(config: &Config) -> Terms {
    Terms {
        how: config.draw,
        prizes: config.prizes.clone(),
    }
}

pub fn draw() -> Result<Option<Draw>> {
    state::card().get("draw")
}

pub fn put_draw(draw: &Draw) -> Result<()> {
    state::card().put("draw", draw)
}

pub fn winners() -> Result<Option<Winners>> {
    state::card().get("winners")
}

pub fn put_winners(winners: &Winners) -> Result<()> {
    state::card().put("winners", winners)
}

/// The claim codes, by place among the winners. Only the view of whose prize it
/// is shows one, and the owner's.
pub fn claims() -> Result<BTreeMap<usize, String>> {
    Ok(state::card().get("claims")?.unwrap_or_default())
}

/// Draws the claim code of a prize that is accepted.
pub fn new_claim(place: usize, random: &mut Random) -> Result<()> {
    let mut claims = claims()?;
    claims.insert(place, new_code(random));
    state::card().put("claims", &claims)
}

/// The prizes at these places are nobody's, and what proved that they were
/// somebody's proves nothing.
pub fn forget_claims(places: &[usize]) -> Result<()> {
    let mut claims = claims()?;
    claims.retain(|place, _| !places.contains(place));
    state::card().put("claims", &claims)
}

/// A page of tickets, from 0.
pub fn tickets(page: usize) -> Result<Vec<Ticket>> {
    Ok(state::card().get(&tickets_key(page))?.unwrap_or_default())
}

pub fn put_tickets(page: usize, tickets: &[Ticket]) -> Result<()> {
    state::card().put(&tickets_key(page), tickets)
}

/// When the campaign ends, or ended.
pub fn end(config: &Config) -> Result<Timestamp> {
    let early: Option<Timestamp> = state::card().get("ended")?;
    Ok(early.map_or(config.ends_at, |early| early.min(config.ends_at)))
}

pub fn end_early(at: Timestamp) -> Result<()> {
    state::card().put("ended", &at)
}

/// How far the campaign has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nobody can take part yet: there is no seal.
    Before,
    Open,
    /// It is over, and the draw is not.
    Drawing,
    Over,
}

/// How far it has come, for somebody who knows whether its end has passed.
pub fn phase(end_has_passed: impl FnOnce() -> bool) -> Result<Phase> {
    Ok(match draw()?.map(|draw| draw.stage) {
        Some(Stage::Done) => Phase::Over,
        Some(Stage::Tickets | Stage::Order) => Phase::Drawing,
        None if seal()?.is_none() => Phase::Before,
        None if end_has_passed() => Phase::Drawing,
        None => Phase::Open,
    })
}

/// What the reader has done, in their own state.
pub struct Own<'a> {
    card: &'a str,
}

impl<'a> Own<'a> {
    pub fn new<C>(cx: &'a CardContext<C>) -> Self {
        Self { card: &cx.card }
    }

    pub fn streak(&self) -> Result<Option<Streak>> {
        state::viewer().get(&self.key("streak"))
    }

    pub fn put_streak(&self, streak: Streak) -> Result<()> {
        state::viewer().put(&self.key("streak"), &streak)
    }

    /// The posts of some days that have counted.
    pub fn counted(&self, days: &BTreeSet<u64>) -> Result<Counted> {
        let keys = days.iter().map(|day| self.posts_key(*day));
        let of_days: Vec<Option<Vec<String>>> = state::viewer().get_many(keys)?;
        let of_days = of_days.into_iter().map(Option::unwrap_or_default);
        Ok(days.iter().copied().zip(of_days).collect())
    }

    pub fn put_counted(&self, day: u64, posts: &[String]) -> Result<()> {
        state::viewer().put(&self.posts_key(day), posts)
    }

    /// The code of the invitation that they came by, noted while they wait to be
    /// let into the circle.
    pub fn invited(&self) -> Result<Option<String>> {
        state::viewer().get(&self.key("invited"))
    }

    pub fn put_invited(&self, code: &str) -> Result<()> {
        state::viewer().put(&self.key("invited"), code)
    }

    fn posts_key(&self, day: u64) -> String {
        self.key(&format!("posts/{day:06}"))
    }

    fn key(&self, what: &str) -> String {
        format!("{}/{what}", self.card)
    }
}

fn new_code(random: &mut Random) -> String {
    let letters = (0..CODE_CHARS).map(|_| CODE_LETTERS[random.below(CODE_LETTERS.len())]);
    letters.map(char::from).collect()
}

fn entry_key(member: &str) -> String {
    format!("entry/{member}")
}

fn credits_key(member: &str) -> String {
    format!("credits/{member}")
}

fn tickets_key(page: usize) -> String {
    format!("tickets/{page:06}")
}
