//! Views, valid exactly while what they were drawn from has not changed.
//!
//! An entry carries the number of the circle's commit it was drawn at and the
//! instant it expires. It is right while the circle's newest commit has that
//! number and the instant has not come: there is no TTL to guess and no
//! invalidation call to forget. (A commit that touched nothing the view read
//! makes it be drawn again all the same; deciding by the keys comes with the
//! journal.) An entry that is no longer right stays until it is replaced or
//! evicted, as the last good view for when the plugin fails.

use crate::store::Seq;
use crate::view::Size;
use quick_cache::sync::Cache;
use quick_cache::{OptionsBuilder, Weighter};
use std::sync::Arc;

/// Which view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ViewKey {
    /// The card.
    pub card: Arc<str>,
    /// The locale it is drawn in.
    pub locale: String,
    /// The room it has.
    pub size: Size,
    /// The reader it is drawn for; `None` for *none*, whose entry is shared.
    pub member: Option<String>,
}

/// What can be kept.
pub trait Keep: Send + Sync + 'static {
    /// The newest commit of the circle when it was drawn.
    fn seq(&self) -> Seq;
    /// When it stops being right, in milliseconds since 1970.
    fn expires_at_ms(&self) -> Option<u64>;
    /// Whether it was drawn for one reader alone.
    fn is_private(&self) -> bool;
    /// About how many bytes it holds.
    fn bytes(&self) -> usize;
}

/// A bounded cache of views. A bound of 0 turns it off.
pub struct ViewCache<V: Keep> {
    entries: Option<Cache<ViewKey, Arc<V>, ByBytes>>,
}

/// Of an entry of the cache: itself, and whether it is still right.
#[derive(Debug)]
pub enum Found<V> {
    /// Right.
    Fresh(Arc<V>),
    /// Was right once.
    Stale(Arc<V>),
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
                ByBytes,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            )
        });
        ViewCache { entries }
    }

    /// The entry for a reader: their own, or the shared one if that says
    /// nothing about its reader.
    pub fn find(&self, key: &ViewKey, newest: Seq, now_ms: u64) -> Option<Found<V>> {
        let own = self.entries.as_ref()?.get(key).or_else(|| {
            key.member.as_ref()?;
            let shared = ViewKey {
                member: None,
                ..key.clone()
            };
            let shared = self.entries.as_ref()?.get(&shared)?;
            (!shared.is_private()).then_some(shared)
        })?;
        let expired = own.expires_at_ms().is_some_and(|instant| now_ms >= instant);
        Some(if own.seq() == newest && !expired {
            Found::Fresh(own)
        } else {
            Found::Stale(own)
        })
    }

    /// Keeps a view: a private one for its reader, any other for all.
    pub fn keep(&self, mut key: ViewKey, view: Arc<V>) {
        let Some(entries) = &self.entries else { return };
        if !view.is_private() {
            key.member = None;
        }
        // A slow render must not replace what a faster one drew later.
        if entries
            .peek(&key)
            .is_some_and(|kept| kept.seq() > view.seq())
        {
            return;
        }
        entries.insert(key, view);
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

#[derive(Clone)]
struct ByBytes;

impl<V: Keep> Weighter<ViewKey, Arc<V>> for ByBytes {
    fn weight(&self, key: &ViewKey, view: &Arc<V>) -> u64 {
        let bytes = view.bytes() + key.card.len() + key.locale.len() + 128;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Drawn {
        seq: u64,
        expires_at_ms: Option<u64>,
        private: bool,
        bytes: usize,
    }

    impl Keep for Drawn {
        fn seq(&self) -> Seq {
            Seq(self.seq)
        }
        fn expires_at_ms(&self) -> Option<u64> {
            self.expires_at_ms
        }
        fn is_private(&self) -> bool {
            self.private
        }
        fn bytes(&self) -> usize {
            self.bytes
        }
    }

    fn key(member: Option<&str>) -> ViewKey {
        ViewKey {
            card: "vote".into(),
            locale: "zh-CN".to_owned(),
            size: Size::Standard,
            member: member.map(str::to_owned),
        }
    }

    fn drawn(seq: u64, private: bool) -> Arc<Drawn> {
        Arc::new(Drawn {
            seq,
            expires_at_ms: Some(1000),
            private,
            bytes: 100,
        })
    }

    fn check(
        cache: &ViewCache<Drawn>,
        member: Option<&str>,
        seq: u64,
        now_ms: u64,
    ) -> &'static str {
        match cache.find(&key(member), Seq(seq), now_ms) {
            None => "nothing",
            Some(Found::Fresh(_)) => "fresh",
            Some(Found::Stale(_)) => "stale",
        }
    }

    #[test]
    fn an_entry_is_right_until_a_commit_or_its_instant() {
        let cache = ViewCache::new(1 << 20);
        assert_eq!(check(&cache, None, 7, 0), "nothing");
        cache.keep(key(None), drawn(7, false));
        assert_eq!(check(&cache, None, 7, 999), "fresh");
        assert_eq!(check(&cache, None, 7, 1000), "stale");
        assert_eq!(check(&cache, None, 8, 999), "stale");
    }

    #[test]
    fn a_private_view_serves_its_reader_only() {
        let cache = ViewCache::new(1 << 20);
        cache.keep(key(Some("m_a")), drawn(1, true));
        assert_eq!(check(&cache, Some("m_a"), 1, 0), "fresh");
        assert_eq!(check(&cache, Some("m_b"), 1, 0), "nothing");
        assert_eq!(check(&cache, None, 1, 0), "nothing");
        // The view of *none* depends on there being no reader.
        cache.keep(key(None), drawn(1, true));
        assert_eq!(check(&cache, None, 1, 0), "fresh");
        assert_eq!(check(&cache, Some("m_b"), 1, 0), "nothing");
    }

    #[test]
    fn a_view_that_asks_nothing_of_its_reader_serves_all() {
        let cache = ViewCache::new(1 << 20);
        cache.keep(key(Some("m_a")), drawn(1, false));
        assert_eq!(check(&cache, Some("m_b"), 1, 0), "fresh");
        assert_eq!(check(&cache, None, 1, 0), "fresh");
    }

    #[test]
    fn a_slower_render_does_not_replace_a_later_one() {
        let cache = ViewCache::new(1 << 20);
        cache.keep(key(None), drawn(9, false));
        cache.keep(key(None), drawn(8, false));
        assert_eq!(check(&cache, None, 9, 0), "fresh");
    }

    #[test]
    fn the_bound_binds_and_zero_keeps_nothing() {
        let cache = ViewCache::new(1000);
        for card in 0..100 {
            let mut key = key(None);
            key.card = format!("card-{card}").into();
            cache.keep(key, drawn(1, false));
        }
        let kept = cache.entries.as_ref().map_or(0, Cache::weight);
        assert!(kept <= 1000, "{kept}");
        let off = ViewCache::new(0);
        off.keep(key(None), drawn(1, false));
        assert_eq!(check(&off, None, 1, 0), "nothing");
    }
}
