//! Groups and who is in them, in the state that all cards of this plugin in the
//! circle share.
//!
//! `group/G` is what a group was founded as (those of the configuration have
//! none), `desk/G` what its keeper changes. Everybody in a group has a key of
//! their own, so that no two readers who join wait for each other: `in/G/M` for
//! those who are in, `ask/G/M` for those who asked, `was/G/M` for those who
//! left or were put out. How many are in is a tally.
//!
//! Whoever leaves the circle keeps their key at first, and nothing is shown of
//! them. The acts of keepers find such keys and take them away, bit by bit:
//! `swept/in/G` and `swept/ask/G` say how far they came.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Policy};

/// The most groups of one circle.
pub const GROUPS_MAX: u32 = 100;
/// Characters of a group's name: with the mark before it, it is a tag.
pub const NAME_CHARS_MAX: usize = 16;
pub const NAME_CHARS_MIN: usize = 2;
pub const ABOUT_CHARS_MAX: usize = 120;
pub const NOTICE_CHARS_MAX: usize = 200;
/// What the tag of a group begins with, so that no other tag is one by chance.
const TAG_MARK: &str = "和群·";
/// The same of its notices, as long: they do not stand among its posts.
const NOTICE_MARK: &str = "公告·";
/// People of a list who are looked at for whether they are still in the circle.
const SWEPT: u32 = 50;
/// Letters of an id; none is taken for another.
const ID_LETTERS: &[u8] = b"23456789bcdfghjkmnpqrstvwxyz";
const ID_CHARS: usize = 8;

/// A group as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub about: String,
    pub join: Policy,
    pub desk: Desk,
}

/// What a group was founded as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Founded {
    pub name: String,
    pub about: String,
    pub join: Policy,
}

/// What changes about a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Who keeps it (群主); none until a moderator says.
    pub keeper: Option<String>,
    /// The post that says what the keeper wants everybody in the group to know.
    pub notice_post: Option<String>,
    /// Whether it is over: still to be read, and nothing more.
    pub closed: bool,
}

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    Stranger,
    Asked,
    In,
    Left,
    /// Put out by the keeper.
    Out,
}

/// Somebody who came to a group, or asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    pub since_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Was {
    out: bool,
}

impl Group {
    /// The tag of its posts, in the form in which posts have it.
    pub fn tag(&self) -> String {
        let tag = tag_of(&self.name);
        tag.unwrap_or_else(|| format!("{TAG_MARK}{}", self.name))
    }

    /// The tag of its notices.
    pub fn notice_tag(&self) -> String {
        format!("{NOTICE_MARK}{}", self.name)
    }

    /// Its notice as the reader may see it; none once it is taken away.
    pub fn notice(&self) -> Option<Post> {
        let notice = self.desk.notice_post.as_deref().and_then(posts::get);
        notice.filter(|notice| notice.status != PostStatus::Removed)
    }
}

/// All groups: those of the configuration in its order, then those founded in
/// the card.
pub fn all(config: &Config) -> Result<Vec<Group>> {
    let founded: Page<Founded> = state::circle().scan("group/").limit(GROUPS_MAX).page()?;
    let desks: Page<Desk> = state::circle().scan("desk/").page()?;
    let configured = config.groups.iter().map(|group| {
        let founded = Founded {
            name: group.name.clone(),
            about: group.about.clone(),
            join: group.join,
        };
        (group.id.clone(), founded)
    });
    let stored = founded.entries.into_iter().filter_map(|(key, founded)| {
        let id = key.strip_prefix("group/")?;
        Some((id.to_owned(), founded))
    });
    let mut groups: Vec<Group> = Vec::new();
    for (id, founded) in configured.chain(stored) {
        // One that is configured twice, or founded under a configured id.
        if groups.iter().any(|known| known.id == id) {
            continue;
        }
        let key = desk_key(&id);
        let desk = desks.entries.iter().find(|(desk, _)| *desk == key);
        groups.push(Group {
            desk: desk.map(|(_, desk)| desk.clone()).unwrap_or_default(),
            name: founded.name,
            about: founded.about,
            join: founded.join,
            id,
        });
    }
    Ok(groups)
}

/// A group, if there is one of that id.
pub fn get(config: &Config, id: &str) -> Result<Option<Group>> {
    if id.len() > 24 {
        return Ok(None);
    }
    let configured = config.groups.iter().find(|group| group.id == id);
    let founded = match configured {
        Some(group) => Some(Founded {
            name: group.name.clone(),
            about: group.about.clone(),
            join: group.join,
        }),
        None => state::circle().get(&format!("group/{id}"))?,
    };
    let Some(founded) = founded else {
        return Ok(None);
    };
    let desk: Option<Desk> = state::circle().get(&desk_key(id))?;
    Ok(Some(Group {
        id: id.to_owned(),
        name: founded.name,
        about: founded.about,
        join: founded.join,
        desk: desk.unwrap_or_default(),
    }))
}

/// Keeps a new group, and answers its id.
pub fn found(random: &mut Random, founded: &Founded, keeper: Option<String>) -> Result<String> {
    let letters = (0..ID_CHARS).map(|_| char::from(ID_LETTERS[random.below(ID_LETTERS.len())]));
    let id: String = letters.collect();
    state::circle().put(&format!("group/{id}"), founded)?;
    let desk = Desk {
        keeper,
        ..Desk::default()
    };
    set_desk(&id, &desk)?;
    Ok(id)
}

/// Changes what the keeper changes.
pub fn set_desk(id: &str, desk: &Desk) -> Result<()> {
    state::circle().put(&desk_key(id), desk)
}

/// What the posts of a group of this name are tagged with; none for a name that
/// makes no tag.
pub fn tag_of(name: &str) -> Option<String> {
    posts::tag(&format!("{TAG_MARK}{name}"))
}

/// Whether two names would be taken for one another, by readers or as tags.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let name = tag_of(name).unwrap_or_else(|| name.to_owned());
        let lower = name.chars().flat_map(char::to_lowercase);
        lower.filter(|c| !c.is_whitespace()).collect()
    };
    plain(one) == plain(other)
}

/// What somebody is in a group.
pub fn seat(group: &str, member: &str) -> Result<Seat> {
    Ok(seats(group, &[member])?[0])
}

/// What several (at most 85) are in a group, in their order.
pub fn seats(group: &str, members: &[&str]) -> Result<Vec<Seat>> {
    let keys = |kind: &'static str| members.iter().map(move |member| key(kind, group, member));
    let both: Vec<String> = keys("in").chain(keys("ask")).collect();
    let both: Vec<Option<Since>> = state::circle().get_many(both)?;
    let was: Vec<Option<Was>> = state::circle().get_many(keys("was"))?;
    let seat = |at: usize| match (both[at], both[members.len() + at], was[at]) {
        (Some(_), _, _) => Seat::In,
        (None, Some(_), _) => Seat::Asked,
        (None, None, Some(Was { out: true })) => Seat::Out,
        (None, None, Some(Was { out: false })) => Seat::Left,
        (None, None, None) => Seat::Stranger,
    };
    Ok((0..members.len()).map(seat).collect())
}

/// Which of several groups (at most 128) somebody is in, and which they asked
/// to be in; nothing is said of those they left.
pub fn own_seats(groups: &[Group], member: &str) -> Result<Vec<Seat>> {
    let keys = |kind: &'static str| {
        let ids = groups.iter().map(|group| &group.id);
        ids.map(move |id| key(kind, id, member))
    };
    let both: Vec<String> = keys("in").chain(keys("ask")).collect();
    let both: Vec<Option<Since>> = state::circle().get_many(both)?;
    let (ins, asks) = both.split_at(groups.len());
    let seat = |(is_in, asked): (&Option<Since>, &Option<Since>)| match (is_in, asked) {
        (Some(_), _) => Seat::In,
        (None, Some(_)) => Seat::Asked,
        (None, None) => Seat::Stranger,
    };
    Ok(ins.iter().zip(asks).map(seat).collect())
}

/// Takes somebody in, wherever they stood.
pub fn take_in(group: &str, member: &str, now: Timestamp) -> Result<()> {
    if seat(group, member)? == Seat::In {
        return Ok(());
    }
    let since = Since {
        since_ms: now.as_ms(),
    };
    state::circle().put(&key("in", group, member), &since)?;
    state::circle().delete(&key("ask", group, member))?;
    state::circle().delete(&key("was", group, member))?;
    sizes().add(group, 1)
}

/// Notes that somebody asked to be taken in.
pub fn ask(group: &str, member: &str, now: Timestamp) -> Result<()> {
    let since = Since {
        since_ms: now.as_ms(),
    };
    state::circle().put(&key("ask", group, member), &since)
}

/// Takes back an asking, or refuses it.
pub fn forget_asking(group: &str, member: &str) -> Result<()> {
    state::circle().delete(&key("ask", group, member))
}

/// Lets somebody go who is in, of their own will or not.
pub fn let_go(group: &str, member: &str, out: bool) -> Result<()> {
    state::circle().delete(&key("in", group, member))?;
    state::circle().put(&key("was", group, member), &Was { out })?;
    sizes().add(group, -1)
}

/// Forgets those who left the circle, were put out or erased: of the next people
/// of both lists, so that every act of a keeper gets some way further.
pub fn forget_ghosts(group: &str) -> Result<()> {
    for list in [Listed::In, Listed::Asked] {
        let place = format!("swept/{}/{group}", list.kind());
        let after: Option<String> = state::circle().get(&place)?;
        let page = listed(list, group, &after.unwrap_or_default(), SWEPT)?;
        for (member, _) in &page.people {
            match (list, circle::membership(member).standing) {
                (_, Standing::Joined) => {}
                (Listed::In, _) => let_go(group, member, false)?,
                (Listed::Asked, _) => forget_asking(group, member)?,
            }
        }
        state::circle().put(&place, &page.next.unwrap_or_default())?;
    }
    Ok(())
}

/// How many are in each group.
pub fn sizes() -> tally::Tally {
    tally::circle("members")
}

/// People of a group, a page at a time, in the order of their ids.
pub fn listed(list: Listed, group: &str, after: &str, limit: u32) -> Result<PeoplePage> {
    let prefix = key(list.kind(), group, "");
    let mut scan = state::circle().scan(prefix.as_str()).limit(limit);
    if !after.is_empty() {
        scan = scan.after(format!("{prefix}{after}"));
    }
    let page: Page<Since> = scan.page()?;
    let more = page.more;
    let people: Vec<(String, Since)> = page
        .entries
        .into_iter()
        .filter_map(|(key, since)| Some((key.strip_prefix(&prefix)?.to_owned(), since)))
        .collect();
    let next = people.last().map(|(member, _)| member.clone());
    Ok(PeoplePage {
        next: next.filter(|_| more),
        people,
    })
}

/// One page of people.
#[derive(Clone, Debug, PartialEq)]
pub struct PeoplePage {
    pub people: Vec<(String, Since)>,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
}

/// Which people of a group: those in it, or those who asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    In,
    Asked,
}

impl Listed {
    fn kind(self) -> &'static str {
        match self {
            Listed::In => "in",
            Listed::Asked => "ask",
        }
    }
}

fn key(kind: &str, group: &str, member: &str) -> String {
    format!("{kind}/{group}/{member}")
}

fn desk_key(id: &str) -> String {
    format!("desk/{id}")
}
