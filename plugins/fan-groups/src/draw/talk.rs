//! Posts of a group in lists.

use quanka_card::prelude::*;

use super::{link_to_place, note};
use crate::groups::{Group, Seat, seats};
use crate::look::Look;
use crate::place::Place;

/// The reaction that the card gives.
pub const LIKE: &str = "like";
/// Pictures of a post in a list.
const PICTURES_SHOWN: usize = 3;
/// Featured members whose posts are looked for.
const STARS_MAX: u32 = 20;
/// Posts of each of them.
const POSTS_OF_A_STAR: u32 = 2;

/// What the reader has to do with the posts of a group.
pub struct Shown<'a> {
    pub group: &'a Group,
    /// Whether the reader may like and comment.
    pub may_talk: bool,
    liked: Vec<String>,
}

impl<'a> Shown<'a> {
    pub fn new(group: &'a Group, seat: Seat, posts: &[Post]) -> Self {
        let may_talk = seat == Seat::In && !group.desk.closed;
        let mut liked = Vec::new();
        if may_talk {
            let mine = posts::my_reactions(posts.iter().map(|post| &post.id));
            let both = posts.iter().zip(mine);
            liked.extend(both.filter_map(|(post, mine)| {
                let is_liked = mine.iter().any(|reaction| reaction == LIKE);
                is_liked.then(|| post.id.clone())
            }));
        }
        Self {
            group,
            may_talk,
            liked,
        }
    }
}

/// A page of a group's posts, last first. The tag is anybody's to write, from
/// other cards too: only posts of those who are or were in the group count.
pub fn latest(group: &Group, after: &str, limit: u32) -> Result<(Vec<Post>, Option<String>)> {
    let query = posts::query().tag(group.tag()).after(after).limit(limit);
    let page = query.page();
    Ok((of_the_group(group, page.posts)?, page.next))
}

fn of_the_group(group: &Group, mut posts: Vec<Post>) -> Result<Vec<Post>> {
    let authors: Vec<&str> = posts.iter().map(|post| post.author.as_str()).collect();
    let seats = seats(&group.id, &authors)?;
    let mut seats = seats.into_iter();
    posts.retain(|_| {
        let seat = seats.next();
        matches!(seat, Some(Seat::In | Seat::Left | Seat::Out))
    });
    Ok(posts)
}

/// The last posts of the featured members who are in a group, at most so many.
pub fn stars(group: &Group, max: usize) -> Result<Vec<Post>> {
    let filter = MemberFilter::WithRole(Role::Featured);
    let stars = circle::members(filter).limit(STARS_MAX).page().members;
    let ids: Vec<&str> = stars.iter().map(|star| star.member.as_str()).collect();
    let seats = seats(&group.id, &ids)?;
    let seated = ids.iter().zip(seats);
    let mut posts: Vec<Post> = seated
        .filter(|(_, seat)| *seat == Seat::In)
        .flat_map(|(star, _)| {
            let query = posts::query().tag(group.tag()).author(*star);
            query.limit(POSTS_OF_A_STAR).page().posts
        })
        // An author's posts have their replies among them.
        .filter(|post| post.parent.is_none())
        .collect();
    posts.sort_by(|one, other| {
        let newer = other.created.cmp(&one.created);
        newer.then_with(|| one.id.cmp(&other.id))
    });
    posts.truncate(max);
    Ok(posts)
}

/// A post as a list shows it.
pub fn element(look: &Look<'_>, post: &Post, shown: &Shown<'_>) -> Element {
    let lines = if look.is_roomy() { 6 } else { 3 };
    column((
        said_post(post).max_lines(lines),
        pictures(look, post, PICTURES_SHOWN),
        row((
            time(post.created).relative(),
            like(look, post, shown),
            link_to_place(
                look.words.comments_link(post.replies),
                Place::Post(&post.id, ""),
            ),
        )),
        divider(),
    ))
}

/// At most so many pictures of a post, small enough that three fit beside each
/// other.
pub fn pictures(look: &Look<'_>, post: &Post, max: usize) -> Option<Element> {
    let shown = post.pictures.iter().take(max);
    let shown = shown.map(|shown| picture(shown).otherwise(look.words.picture()));
    (!post.pictures.is_empty()).then(|| grid(3, shown.collect::<Vec<_>>()))
}

/// A button for those in the group, and a number for all others.
pub fn like(look: &Look<'_>, post: &Post, shown: &Shown<'_>) -> Option<Element> {
    let words = look.words;
    let likes = post.reactions(LIKE);
    if !shown.may_talk {
        return (likes > 0).then(|| note(words.likes(likes)).into());
    }
    let is_liked = shown.liked.contains(&post.id);
    let name = if is_liked { "unlike" } else { "like" };
    let offer = offer(name).payload(&(&shown.group.id, &post.id));
    let offer = offer.audience(Audience::Member);
    let like = button(words.like_button(likes, is_liked), offer);
    Some(if is_liked { like } else { like.quiet() }.into())
}

/// The reader's own posts in a group that others do not see, with why.
pub fn unseen(look: &Look<'_>, group: &Group) -> Option<Element> {
    let mut mine = posts::mine().tag(group.tag()).limit(10).page().posts;
    mine.retain(|post| matches!(post.status, PostStatus::Held | PostStatus::Rejected));
    let draw = |post: &Post| column((state(look, post), said_post(post).max_lines(2)));
    (!mine.is_empty()).then(|| column(each(&mine, draw)))
}

/// Why others do not see a post.
pub fn state(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    let state = match post.status {
        PostStatus::Held => words.state_held(),
        PostStatus::Rejected => words.state_rejected(),
        PostStatus::Published | PostStatus::Removed => return None,
    };
    let reason = post.reason.as_deref().filter(|reason| !reason.is_empty());
    Some(row((
        badge(state).tone(Tone::Warning),
        reason.map(|reason| note(words.reason_is(reason))),
    )))
}
