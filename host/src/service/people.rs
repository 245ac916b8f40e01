//! The people that a view names: who they are, and whether their words still
//! stand. Asked in the transaction that the view was drawn from, so that a new
//! name, an erasure or a removal draws it again.

use crate::community::membership::{Standing, membership};
use crate::community::people::{MemberRecord, member_record};
use crate::community::posts::{Actor, ERASED_AUTHOR, PostError, Who as PostsWho, standing};
use crate::store::{StoreError, Transaction};
use crate::view::{CheckedView, Malformed, Who};
use std::collections::BTreeMap;

/// Whose view it is, if it is one reader's alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looker<'a> {
    /// Who they are in the circle.
    pub member: &'a str,
    /// Whether the circle is theirs.
    pub is_owner: bool,
    /// When they look, in milliseconds since 1970.
    pub now_ms: u64,
}

/// Why the people of a view cannot be introduced.
#[derive(Debug, thiserror::Error)]
pub enum IntroduceError {
    /// The plugin named somebody who is not there.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills in who the people are that a view names, and takes out words that were
/// removed since, or that `looker` may not see. A view that others may see too is
/// nobody's to look at: then there is no `looker`.
///
/// # Errors
///
/// When the view names a member who is nobody's, or says that a post is of
/// another than its author.
pub async fn introduce(
    tx: &mut Transaction,
    view: &mut CheckedView,
    locale: &str,
    looker: Option<Looker<'_>>,
) -> Result<(), IntroduceError> {
    let named = view.named().map(|(member, node)| (member.to_owned(), node));
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut people = Vec::with_capacity(named.len());
    for (member, node) in named {
        let Some(who) = who(tx, &member, looker).await? else {
            let reason = "member is nobody's id in this circle; give one that the host gave";
            return Err(view.malformed(node, reason.to_owned()).into());
        };
        people.push((member, who));
    }
    let masked = masked(tx, view, locale, looker).await?;
    view.introduce(locale, people, &masked);
    Ok(())
}

async fn who(
    tx: &mut Transaction,
    member: &str,
    looker: Option<Looker<'_>>,
) -> Result<Option<Who>, StoreError> {
    // Whom the post of somebody erased names: nobody, and drawn as such.
    if member == ERASED_AUTHOR {
        return Ok(Some(Who::Erased));
    }
    Ok(match member_record(tx, member).await? {
        Some(record) => Some(who_by(record)),
        // Somebody may join without having done anything else.
        None if membership(tx, member).await?.standing != Standing::None => Some(Who::Anonymous),
        None if looker.is_some_and(|looker| looker.member == member) => Some(Who::Oneself),
        None => None,
    })
}

/// Who a member is by their record.
pub fn who_by(record: MemberRecord) -> Who {
    match record.profile {
        _ if record.erased => Who::Erased,
        Some(profile) => Who::Named {
            name: profile.name,
            picture: profile.avatar,
        },
        None => Who::Anonymous,
    }
}

/// The nodes whose words are gone, or not for this reader.
async fn masked(
    tx: &mut Transaction,
    view: &CheckedView,
    locale: &str,
    looker: Option<Looker<'_>>,
) -> Result<Vec<usize>, IntroduceError> {
    let actor = Actor {
        who: match looker {
            Some(looker) if looker.is_owner => PostsWho::Owner(looker.member),
            looker => looker.map(|looker| looker.member).into(),
        },
        now_ms: looker.map_or(0, |looker| looker.now_ms),
        locale,
    };
    let mut standings: BTreeMap<&str, Option<(String, bool)>> = BTreeMap::new();
    let mut masked = Vec::new();
    for (said, node) in view.said() {
        let Some(post) = said.post.as_deref() else {
            continue;
        };
        if !standings.contains_key(post) {
            let standing = standing(tx, actor, post).await.map_err(failed)?;
            standings.insert(post, standing);
        }
        let Some(Some((author, stands))) = standings.get(post) else {
            masked.push(node);
            continue;
        };
        // A card may still name who wrote it, by what it noted before.
        if author == ERASED_AUTHOR {
            masked.push(node);
            continue;
        }
        if *author != said.member {
            let reason = "the post is another member's; name its author".to_owned();
            return Err(view.malformed(node, reason).into());
        }
        if !stands {
            masked.push(node);
        }
    }
    Ok(masked)
}

/// Looking posts up, as the host does it, asks nothing that could be refused.
pub fn failed(error: PostError) -> StoreError {
    match error {
        PostError::Store(error) => error,
        error => StoreError::Damaged {
            reason: format!("a post cannot be looked up: {error}"),
        },
    }
}
