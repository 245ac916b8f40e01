//! Which cards and circles there ever were.

use crate::config::{CardSlug, CircleId};
use crate::store::{
    Access, CommitError, Direction, Key, KeyRange, PageLimit, Partition, Store, StoreError,
    Transaction,
};
use bytes::Bytes;
use std::collections::HashSet;
use std::hash::Hash;
use std::str::FromStr;
use std::sync::Arc;

/// What is remembered by its name.
pub trait Named: FromStr + AsRef<str> + Eq + Hash {
    /// What the keys begin with.
    const PREFIX: &str;
    /// The key under which all names stood in one value, before they were too
    /// many for one.
    const IN_ONE: Option<&str>;
}

impl Named for CardSlug {
    const PREFIX: &str = "card/";
    const IN_ONE: Option<&str> = Some("cards");
}

impl Named for CircleId {
    const PREFIX: &str = "circle/";
    const IN_ONE: Option<&str> = None;
}

/// Notes everything of its kind that is configured, and returns what once was
/// and no longer is: such a card answers 410 and not 404, because readers'
/// links to it were right once; and what readers left in such a circle is still
/// theirs.
pub async fn remember<T: Named>(
    store: &Arc<dyn Store>,
    configured: &HashSet<T>,
) -> Result<HashSet<T>, StoreError> {
    let mut known = known(store).await?;
    let new: Vec<&T> = configured.difference(&known).collect();
    for together in new.chunks(TOGETHER_MAX) {
        let mut transaction = begin(store, Access::Write).await?;
        for name in together {
            let key = format!("{}{}", T::PREFIX, name.as_ref());
            transaction.put(Key::from(key.into_bytes()), Bytes::new())?;
        }
        match transaction.commit().await {
            Ok(_) => {}
            Err(CommitError::Store(error)) => return Err(error),
            Err(CommitError::Conflict | CommitError::Quota(_)) => {
                unreachable!("nothing was read that others write, and this is no plugin's")
            }
        }
    }
    known.retain(|name| !configured.contains(name));
    Ok(known)
}

/// Names noted or read together.
const TOGETHER_MAX: usize = 256;

async fn known<T: Named>(store: &Arc<dyn Store>) -> Result<HashSet<T>, StoreError> {
    let mut transaction = begin(store, Access::Read).await?;
    let mut known = HashSet::new();
    if let Some(key) = T::IN_ONE {
        let in_one = transaction.get(&Key::from_bytes(key.into())).await?;
        let in_one = in_one.unwrap_or_default();
        let names = String::from_utf8_lossy(&in_one);
        known.extend(names.lines().filter_map(|name| name.parse().ok()));
    }
    let mut range = KeyRange::prefix(T::PREFIX.as_bytes());
    let limit = PageLimit {
        entries_max: TOGETHER_MAX,
        bytes_max: usize::MAX,
    };
    loop {
        let page = transaction
            .scan(range.clone(), Direction::Forward, limit)
            .await?;
        let names = page.entries.iter().map(|(key, _)| {
            let name = key.behind(T::PREFIX.as_bytes());
            String::from_utf8_lossy(name).parse().ok()
        });
        known.extend(names.flatten());
        match page.next {
            Some(next) => range.start = next,
            None => return Ok(known),
        }
    }
}

async fn begin(store: &Arc<dyn Store>, access: Access) -> Result<Transaction, StoreError> {
    Transaction::begin(Arc::clone(store), &Partition::host(), access).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Options, open};

    fn cards(numbers: std::ops::Range<usize>) -> HashSet<CardSlug> {
        let slug = |number| format!("a-card-of-a-large-publisher-{number}");
        numbers
            .map(|number| slug(number).parse().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn cards_that_were_once_are_known_however_many_there_are() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path(), &Options::default()).unwrap();
        let check = async |configured, removed| {
            assert_eq!(remember(&store, &configured).await, Ok(removed));
        };
        // More than one value of the store could name.
        check(cards(0..3_000), cards(0..0)).await;
        check(cards(0..3_000), cards(0..0)).await;
        check(cards(10..3_100), cards(0..10)).await;
        check(
            cards(5..3_000),
            [cards(0..5), cards(3_000..3_100)]
                .into_iter()
                .flatten()
                .collect(),
        )
        .await;
    }

    #[tokio::test]
    async fn those_noted_in_one_value_stay_known() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path(), &Options::default()).unwrap();
        let mut earlier = begin(&store, Access::Write).await.unwrap();
        earlier
            .put(Key::from_bytes("cards".into()), "old\nkept".into())
            .unwrap();
        earlier.commit().await.unwrap();
        let kept: CardSlug = "kept".parse().unwrap();
        let removed = remember(&store, &HashSet::from([kept])).await.unwrap();
        assert_eq!(removed, HashSet::from(["old".parse().unwrap()]));
    }
}
