//! Where posts lie in their circle, and the lists they are found by.

use super::{Key, KeyRange, part, split_part, tag};

/// The record of a post.
pub fn post(id: &str) -> Key {
    of_post(id).into()
}

/// An earlier text of a post; later ones have higher numbers and come first.
pub fn revision(id: &str, number: u32) -> Key {
    let mut to = of_post(id);
    to.push(REVISION);
    to.extend_from_slice(&(!number).to_be_bytes());
    to.into()
}

/// All earlier texts of a post, last first.
pub fn revisions(id: &str) -> KeyRange {
    let mut to = of_post(id);
    to.push(REVISION);
    KeyRange::prefix(&to)
}

/// A list of posts, by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostList<'a> {
    /// What anybody may see, but for replies.
    All,
    /// Of a kind.
    Kind(&'a str),
    /// With a tag, but for replies.
    Tag(&'a str),
    /// Of a kind, with a tag.
    KindTag(&'a str, &'a str),
    /// By an author.
    Author(&'a str),
    /// By an author, of a kind.
    AuthorKind(&'a str, &'a str),
    /// Put first.
    Featured,
    /// Replies to a post, first to last.
    Replies(&'a str),
    /// Those that wait for a moderator, longest first.
    Held,
    /// Those that were reported, longest ago first.
    Reported,
    /// All that an author ever posted, whatever became of it.
    Mine(&'a str),
    /// The same, of a kind.
    MineKind(&'a str, &'a str),
    /// The same, with a tag.
    MineTag(&'a str, &'a str),
}

impl PostList<'_> {
    /// What all keys of the list begin with.
    pub fn prefix(&self) -> Vec<u8> {
        let (letter, parts): (u8, [&str; 2]) = match *self {
            PostList::All => (b'a', ["", ""]),
            PostList::Kind(kind) => (b'k', [kind, ""]),
            PostList::Tag(tag) => (b't', [tag, ""]),
            PostList::KindTag(kind, tag) => (b'K', [kind, tag]),
            PostList::Author(author) => (b'w', [author, ""]),
            PostList::AuthorKind(author, kind) => (b'W', [author, kind]),
            PostList::Featured => (b'f', ["", ""]),
            PostList::Replies(parent) => (b'p', [parent, ""]),
            PostList::Held => (b'h', ["", ""]),
            PostList::Reported => (b'r', ["", ""]),
            PostList::Mine(author) => (b'm', [author, ""]),
            PostList::MineKind(author, kind) => (b'M', [author, kind]),
            PostList::MineTag(author, tag) => (b'n', [author, tag]),
        };
        let mut to = vec![tag::POST_BY, letter];
        for name in parts {
            part(&mut to, name.as_bytes());
        }
        to
    }

    /// The entry of a post.
    pub fn key(&self, at_ms: u64, id: &str) -> Key {
        let mut to = self.prefix();
        let instant = match self {
            PostList::Replies(_) | PostList::Held | PostList::Reported => at_ms,
            // The last comes first.
            _ => !at_ms,
        };
        to.extend_from_slice(&instant.to_be_bytes());
        to.extend_from_slice(id.as_bytes());
        to.into()
    }

    /// The whole list, in its order.
    pub fn range(&self) -> KeyRange {
        KeyRange::prefix(&self.prefix())
    }

    /// Which post an entry is of.
    pub fn id_at(&self, key: &Key) -> Option<String> {
        let (_instant, id) = key.behind(&self.prefix()).split_first_chunk::<8>()?;
        String::from_utf8(id.to_vec()).ok()
    }
}

/// Which post is an author's one record under a tag in a period.
pub fn record_of(author: &str, tag: &str, period: &str) -> Key {
    let mut to = vec![tag::POST_BY, b'u'];
    part(&mut to, author.as_bytes());
    part(&mut to, tag.as_bytes());
    to.extend_from_slice(period.as_bytes());
    to.into()
}

/// That a member gave a post a reaction.
pub fn reaction(post: &str, member: &str, reaction: &str) -> Key {
    let mut to = of_reactions(post, member);
    to.extend_from_slice(reaction.as_bytes());
    to.into()
}

/// All that a member gave a post.
pub fn reactions_of(post: &str, member: &str) -> KeyRange {
    KeyRange::prefix(&of_reactions(post, member))
}

/// Which reaction a key of [`reactions_of`] is about.
pub fn reaction_at<'a>(key: &'a Key, post: &str, member: &str) -> Option<&'a str> {
    std::str::from_utf8(key.behind(&of_reactions(post, member))).ok()
}

/// The entry under which a reaction is found by who gave it.
pub fn reacted(member: &str, post: &str, reaction: &str) -> Key {
    let mut to = of_member(b'l', member);
    part(&mut to, post.as_bytes());
    to.extend_from_slice(reaction.as_bytes());
    to.into()
}

/// All reactions that a member gave.
pub fn all_reacted(member: &str) -> KeyRange {
    KeyRange::prefix(&of_member(b'l', member))
}

/// Which post and reaction a key of [`all_reacted`] is about.
pub fn reacted_at<'a>(key: &'a Key, member: &str) -> Option<(&'a str, &'a str)> {
    let (post, reaction) = split_part(key.behind(&of_member(b'l', member)))?;
    let post = std::str::from_utf8(post.get(1..)?).ok()?;
    Some((post, std::str::from_utf8(reaction).ok()?))
}

/// A member's report of a post about which so many decisions had been made.
pub fn report(post: &str, decisions: u32, member: &str) -> Key {
    let mut to = of_reports(post, decisions);
    part(&mut to, member.as_bytes());
    to.into()
}

/// All reports of a post since a decision.
pub fn reports_of(post: &str, decisions: u32) -> KeyRange {
    KeyRange::prefix(&of_reports(post, decisions))
}

/// All reports of a post from before a decision.
pub fn reports_before(post: &str, decisions: u32) -> KeyRange {
    KeyRange {
        start: of_reports(post, 0).into(),
        end: of_reports(post, decisions).into(),
    }
}

/// Who made the report of a post that lies under a key.
pub fn reporter_at<'a>(key: &'a Key, post: &str) -> Option<&'a str> {
    let every = of_reports(post, 0);
    let member = key.behind(&every[..every.len() - size_of::<u32>()]);
    let (member, _) = split_part(member.get(size_of::<u32>()..)?)?;
    std::str::from_utf8(member.get(1..)?).ok()
}

/// The entry under which a report is found by who made it.
pub fn reported_by(member: &str, post: &str) -> Key {
    let mut to = of_member(b'o', member);
    to.extend_from_slice(post.as_bytes());
    to.into()
}

/// All reports that a member made.
pub fn all_reported_by(member: &str) -> KeyRange {
    KeyRange::prefix(&of_member(b'o', member))
}

/// Which post a key of [`all_reported_by`] is about.
pub fn reported_at<'a>(key: &'a Key, member: &str) -> Option<&'a str> {
    std::str::from_utf8(key.behind(&of_member(b'o', member))).ok()
}

const REVISION: u8 = b'h';

/// Those of earlier decisions come first, so that they can be found apart.
fn of_reports(post: &str, decisions: u32) -> Vec<u8> {
    let mut to = vec![tag::REPORT];
    part(&mut to, post.as_bytes());
    to.extend_from_slice(&decisions.to_be_bytes());
    to
}

fn of_post(id: &str) -> Vec<u8> {
    let mut to = vec![tag::POST];
    part(&mut to, id.as_bytes());
    to
}

fn of_reactions(post: &str, member: &str) -> Vec<u8> {
    let mut to = vec![tag::REACTION];
    part(&mut to, post.as_bytes());
    part(&mut to, member.as_bytes());
    to
}

fn of_member(letter: u8, member: &str) -> Vec<u8> {
    let mut to = vec![tag::POST_BY, letter];
    part(&mut to, member.as_bytes());
    to
}
