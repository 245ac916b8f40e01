//! The people that a view names: who they are, and whether their words still
//! stand. Asked in the transaction that the view was drawn from, so that a new
//! name, an erasure or a removal draws it again.

use crate::community::membership::{Standing, membership};
use crate::community::people::{Known, MemberRecord, member_record};
use crate::store::{StoreError, Transaction};
use crate::view::{CheckedView, Malformed, Who};
use std::collections::BTreeMap;

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

/// What a view must know of a post to show words of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostState {
    /// Whose it is.
    pub author: String,
    /// Whether its words may still be shown.
    pub visible: bool,
}

/// The one place that looks a post up for a view; none for what is no post of
/// this circle's.
///
/// # Errors
///
/// When the store cannot be read.
#[allow(clippy::unused_async, reason = "looking up will wait for the store")]
async fn post_state(_tx: &mut Transaction, _post: &str) -> Result<Option<PostState>, StoreError> {
    Ok(None)
}

/// Fills in who the people are that a view names, and takes out words that were
/// removed since.
///
/// # Errors
///
/// When the view names a member who is nobody's, or says that a post is of
/// another than its author.
pub async fn introduce(
    tx: &mut Transaction,
    view: &mut CheckedView,
    locale: &str,
    reader: Option<&Known>,
) -> Result<(), IntroduceError> {
    let named = view.named().map(|(member, node)| (member.to_owned(), node));
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut people = Vec::with_capacity(named.len());
    for (member, node) in named {
        let Some(who) = who(tx, &member, reader).await? else {
            let reason = "member is nobody's id in this circle; give one that the host gave";
            return Err(view.malformed(node, reason.to_owned()).into());
        };
        people.push((member, who));
    }
    let masked = masked(tx, view).await?;
    view.introduce(locale, people, &masked);
    Ok(())
}

async fn who(
    tx: &mut Transaction,
    member: &str,
    reader: Option<&Known>,
) -> Result<Option<Who>, StoreError> {
    Ok(match member_record(tx, member).await? {
        Some(record) => Some(who_by(record)),
        // Somebody may join without having done anything else.
        None if membership(tx, member).await?.standing != Standing::None => Some(Who::Anonymous),
        None if reader.is_some_and(|known| known.member.as_str() == member) => Some(Who::Oneself),
        None => None,
    })
}

fn who_by(record: MemberRecord) -> Who {
    match record.profile {
        _ if record.erased => Who::Erased,
        Some(profile) => Who::Named {
            name: profile.name,
            picture: profile.avatar,
        },
        None => Who::Anonymous,
    }
}

/// The nodes whose words are gone.
async fn masked(tx: &mut Transaction, view: &CheckedView) -> Result<Vec<usize>, IntroduceError> {
    let mut states: BTreeMap<&str, Option<PostState>> = BTreeMap::new();
    let mut masked = Vec::new();
    for (said, node) in view.said() {
        let Some(post) = said.post.as_deref() else {
            continue;
        };
        if !states.contains_key(post) {
            states.insert(post, post_state(tx, post).await?);
        }
        let Some(Some(state)) = states.get(post) else {
            continue;
        };
        if state.author != said.member {
            let reason = "the post is another member's; name its author".to_owned();
            return Err(view.malformed(node, reason).into());
        }
        if !state.visible {
            masked.push(node);
        }
    }
    Ok(masked)
}
