//! Which cards there ever were.

use crate::config::CardSlug;
use crate::store::{
    Access, CommitError, Direction, Key, KeyRange, PageLimit, Partition, Store, StoreError,
    Transaction,
};
use bytes::Bytes;
use std::collections::HashSet;
use std::sync::Arc;

/// Notes every card that is configured, and returns those that once were and
/// no longer are: they answer 410 and not 404, because readers' links to them
/// were right once.
pub async fn remember(
    store: &Arc<dyn Store>,
    cards: &HashSet<CardSlug>,
) -> Result<HashSet<CardSlug>, StoreError> {
    let mut known = known(store).await?;
    let new: Vec<&CardSlug> = cards.difference(&known).collect();
    for together in new.chunks(TOGETHER_MAX) {
        let mut transaction = begin(store, Access::Write).await?;
        for slug in together {
            transaction.put(key(slug), Bytes::new())?;
        }
        match transaction.commit().await {
            Ok(_) => {}
            Err(CommitError::Store(error)) => return Err(error),
            Err(CommitError::Conflict | CommitError::Quota(_)) => {
                unreachable!("nothing was read that others write, and this is no plugin's")
            }
        }
    }
    known.retain(|slug| !cards.contains(slug));
    Ok(known)
}

/// Cards noted or read together.
const TOGETHER_MAX: usize = 256;

const PREFIX: &str = "card/";

fn key(slug: &CardSlug) -> Key {
    Key::from(format!("{PREFIX}{slug}").into_bytes())
}

async fn known(store: &Arc<dyn Store>) -> Result<HashSet<CardSlug>, StoreError> {
    let mut transaction = begin(store, Access::Read).await?;
    // Where all of them stood in one value, before they were too many for one.
    let in_one = transaction.get(&Key::from_bytes("cards".into())).await?;
    let in_one = in_one.unwrap_or_default();
    let mut known: HashSet<CardSlug> = String::from_utf8_lossy(&in_one)
        .lines()
        .filter_map(|slug| slug.parse().ok())
        .collect();
    let mut range = KeyRange::prefix(PREFIX.as_bytes());
    let limit = PageLimit {
        entries_max: TOGETHER_MAX,
        bytes_max: usize::MAX,
    };
    loop {
        let page = transaction
            .scan(range.clone(), Direction::Forward, limit)
            .await?;
        let slugs = page.entries.iter().map(|(key, _)| {
            let slug = key.behind(PREFIX.as_bytes());
            String::from_utf8_lossy(slug).parse().ok()
        });
        known.extend(slugs.flatten());
        match page.next {
            Some(next) => range.start = next,
            None => return Ok(known),
        }
    }
}

async fn begin(store: &Arc<dyn Store>, access: Access) -> Result<Transaction, StoreError> {
    // No circle has such an id, so this partition is the host's own.
    let partition = Partition::circle("@host");
    Transaction::begin(Arc::clone(store), &partition, access).await
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
