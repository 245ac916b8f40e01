//! Views, kept for as long as they are right, and after that as the last good
//! ones until they are replaced or evicted.
//!
//! Whether an entry is right is decided at every lookup, by its
//! [`Basis`](super::basis): nothing is ever told to the cache, so nothing can
//! be forgotten. A lookup allocates nothing, takes no lock but the cache's own,
//! and asks the store for one number.
//!
//! The bound is on bytes. An entry's weight is what it holds when it is kept,
//! read set included; its surfaces are written later, and each time
//! [`ViewCache::weigh_again`] takes the new weight in.

use super::basis::{Basis, Moment};
use crate::store::StoreError;
use crate::view::{At, Size};
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, OptionsBuilder, Weighter};
use std::sync::Arc;

/// Which view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ViewKey {
    /// The card.
    pub card: Arc<str>,
    /// The locale it is drawn in.
    pub locale: Arc<str>,
    /// The room it has.
    pub size: Size,
    /// Which of the card's pages.
    pub at: At,
    /// The reader it is drawn for; `None` for *none*, whose entry is shared.
    pub member: Option<Arc<str>>,
}

/// A [`ViewKey`] that is borrowed, for lookups. Hashes as that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ViewKeyRef<'a> {
    /// The card.
    pub card: &'a str,
    /// The locale it is drawn in.
    pub locale: &'a str,
    /// The room it has.
    pub size: Size,
    /// Which of the card's pages.
    pub at: &'a At,
    /// The reader it is drawn for.
    pub member: Option<&'a str>,
}

/// What can be kept.
pub trait Keep: Send + Sync + 'static {
    /// Which view it is.
    fn key(&self) -> &ViewKey;
    /// What it was drawn from.
    fn basis(&self) -> &Basis;
    /// Whether it was drawn for one reader alone.
    fn is_private(&self) -> bool;
    /// About how many bytes it holds now.
    fn bytes(&self) -> usize;
}

/// A bounded cache of views. A bound of 0 turns it off.
pub struct ViewCache<V: Keep> {
    entries: Option<Cache<ViewKey, Entry<V>, ByWeight>>,
}

/// Of an entry of the cache: itself, and whether it is still right.
#[derive(Debug)]
pub enum Found<V> {
    /// Right.
    Fresh(Arc<V>),
    /// Was right once.
    Stale(Arc<V>),
}

impl ViewKeyRef<'_> {
    /// The view of *none*, where the entry for all is.
    #[must_use]
    pub fn of_none(self) -> Self {
        ViewKeyRef {
            member: None,
            ..self
        }
    }

    /// The key to keep.
    pub fn to_key(self) -> ViewKey {
        ViewKey {
            card: self.card.into(),
            locale: self.locale.into(),
            size: self.size,
            at: self.at.clone(),
            member: self.member.map(Arc::from),
        }
    }
}

impl ViewKey {
    /// The key to look up.
    pub fn borrowed(&self) -> ViewKeyRef<'_> {
        ViewKeyRef {
            card: &self.card,
            locale: &self.locale,
            size: self.size,
            at: &self.at,
            member: self.member.as_deref(),
        }
    }
}

impl Equivalent<ViewKey> for ViewKeyRef<'_> {
    fn equivalent(&self, key: &ViewKey) -> bool {
        *self == key.borrowed()
    }
}

impl<V: Keep> ViewCache<V> {
    /// A cache of at most `bytes_max` bytes of views.
    pub fn new(bytes_max: u64) -> Self {
        /// Entries the cache plans for: a view of the usual size, with its
        /// ready-made bytes, is some 16 KiB.
        const BYTES_USUAL: u64 = 16 * 1024;
        let items = usize::try_from(bytes_max / BYTES_USUAL)
            .unwrap_or(usize::MAX)
            .max(16);
        let entries = (bytes_max > 0).then(|| {
            let options = OptionsBuilder::new()
                .estimated_items_capacity(items)
                .weight_capacity(bytes_max)
                .build()
                .expect("both sizes are set");
            Cache::with_options(
                options,
                ByWeight,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            )
        });
        ViewCache { entries }
    }

    /// The entry for a reader: their own, or the shared one if that says
    /// nothing about its reader.
    ///
    /// # Errors
    ///
    /// When the store cannot say what has changed.
    pub fn find(
        &self,
        key: ViewKeyRef<'_>,
        moment: Moment<'_>,
    ) -> Result<Option<Found<V>>, StoreError> {
        let Some(entries) = &self.entries else {
            return Ok(None);
        };
        let get = |key: ViewKeyRef<'_>| entries.get(&key).map(|entry| entry.view);
        let own = get(key);
        if let Some(view) = &own
            && view.basis().is_right(moment)?
        {
            return Ok(own.map(Found::Fresh));
        }
        let shared = key.member.and_then(|_| get(key.of_none()));
        let shared = shared.filter(|view| !view.is_private());
        if let Some(view) = &shared
            && view.basis().is_right(moment)?
        {
            return Ok(shared.map(Found::Fresh));
        }
        let both = own.into_iter().chain(shared);
        Ok(both
            .max_by_key(|view| view.basis().drawn_at())
            .map(Found::Stale))
    }

    /// Keeps a view: a private one for its reader, any other for all.
    pub fn keep(&self, view: &Arc<V>) {
        let Some(entries) = &self.entries else { return };
        let key = key_of(view.as_ref());
        let newer = |kept: Entry<V>| kept.view.basis().drawn_at() > view.basis().drawn_at();
        // A slow render must not replace what a faster one drew later.
        if !entries.peek(&key).is_some_and(newer) {
            entries.insert(key, Entry::weighed(view));
        }
    }

    /// Drops what there is of a page that is no more, so that nothing brings it
    /// back as the last good view of it: a reader's own entry, and the shared
    /// one where that was theirs, too.
    pub fn forget(&self, key: ViewKeyRef<'_>) {
        let Some(entries) = &self.entries else { return };
        entries.remove(&key);
        let theirs = |entry: Entry<V>| key.member.is_none() || !entry.view.is_private();
        if entries.peek(&key.of_none()).is_some_and(theirs) {
            entries.remove(&key.of_none());
        }
    }

    /// Takes in what a view holds now, after a surface of it was written.
    pub fn weigh_again(&self, view: &Arc<V>) {
        let Some(entries) = &self.entries else { return };
        let key = key_of(view.as_ref());
        let same = |kept: Entry<V>| Arc::ptr_eq(&kept.view, view);
        if entries.peek(&key).is_some_and(same) {
            // Should it have been evicted meanwhile, it stays so. Should it
            // have been replaced, this brings back an entry that is not right
            // and will be found so: a render lost, and nothing wrong.
            let _ = entries.replace(key, Entry::weighed(view), true);
        }
    }
}

impl<V: Keep> std::fmt::Debug for ViewCache<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entries = self.entries.as_ref().map_or(0, Cache::len);
        f.debug_struct("ViewCache")
            .field("entries", &entries)
            .finish()
    }
}

fn key_of<V: Keep>(view: &V) -> ViewKey {
    let key = view.key();
    ViewKey {
        member: key.member.clone().filter(|_| view.is_private()),
        ..key.clone()
    }
}

/// A view and its weight. The cache asks for the weight whenever it moves an
/// entry and expects the same answer, so it is written down.
struct Entry<V> {
    view: Arc<V>,
    weight: u64,
}

impl<V: Keep> Entry<V> {
    fn weighed(view: &Arc<V>) -> Self {
        /// The cache's own share, and the key's header.
        const OVERHEAD_BYTES: usize = 192;
        let key = view.key();
        let names = key.card.len() + key.locale.len() + key.at.as_str().len();
        let bytes = view.bytes() + names + OVERHEAD_BYTES;
        Entry {
            view: Arc::clone(view),
            weight: u64::try_from(bytes).unwrap_or(u64::MAX),
        }
    }
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Entry {
            view: Arc::clone(&self.view),
            weight: self.weight,
        }
    }
}

#[derive(Clone)]
struct ByWeight;

impl<V: Keep> Weighter<ViewKey, Entry<V>> for ByWeight {
    fn weight(&self, _key: &ViewKey, entry: &Entry<V>) -> u64 {
        entry.weight
    }
}

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;
