//! The version window of one partition: what recent commits superseded, for
//! as long as an open snapshot is older.
//!
//! The engine below knows only the newest values. So before a commit is
//! applied to it, the values it will supersede are put here. A reader asks the
//! engine first and the window second: whatever the engine answered, if the
//! key was changed after the reader's snapshot the window has the value the
//! snapshot shows. The same entries say what has changed since a snapshot,
//! which is what validation needs.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::Writes;
use super::{Change, Changes, Key, KeyRange, ReadSet, Seq};

/// The window and who looks through it.
pub(in crate::store) struct Window {
    /// The newest commit that readers may see.
    published: Seq,
    /// The newest commit given a number; those after `published` are under way.
    assigned: Seq,
    /// How many snapshots are open at which commit.
    open: BTreeMap<Seq, usize>,
    versions: BTreeMap<Key, VecDeque<Superseded>>,
    /// The keys of each commit in `versions`, oldest first.
    commits: VecDeque<(Seq, Arc<[Key]>)>,
    /// The newest published commits, oldest first.
    recent: VecDeque<Change>,
}

/// Commits remembered for [`super::Store::changes`].
const RECENT_MAX: usize = 1024;

struct Superseded {
    by: Seq,
    value: Option<Bytes>,
}

impl Window {
    pub fn new(published: Seq) -> Window {
        Window {
            published,
            assigned: published,
            open: BTreeMap::new(),
            versions: BTreeMap::new(),
            commits: VecDeque::new(),
            recent: VecDeque::new(),
        }
    }

    /// Opens a snapshot at the newest published commit.
    pub fn open(&mut self) -> Seq {
        *self.open.entry(self.published).or_default() += 1;
        self.published
    }

    /// Closes a snapshot.
    pub fn close(&mut self, at: Seq) {
        let count = self.open.get_mut(&at).expect("an open snapshot is counted");
        *count -= 1;
        if *count == 0 {
            self.open.remove(&at);
            self.prune();
        }
    }

    /// What a key was at a snapshot, if it has changed since.
    pub fn get(&self, key: &Key, at: Seq) -> Option<Option<Bytes>> {
        at_snapshot(self.versions.get(key)?, at)
    }

    /// The same for every key of a range.
    pub fn range(&self, range: &KeyRange, at: Seq) -> Writes {
        self.in_range(range)
            .filter_map(|(key, versions)| Some((key.clone(), at_snapshot(versions, at)?)))
            .collect()
    }

    /// Whether anything that was read at a snapshot has changed since, commits
    /// under way included.
    pub fn has_changed(&self, reads: &ReadSet, at: Seq) -> bool {
        let newer = |versions: &VecDeque<Superseded>| {
            versions.back().is_some_and(|version| version.by > at)
        };
        reads
            .points()
            .any(|key| self.versions.get(key).is_some_and(newer))
            || reads
                .ranges()
                .iter()
                .any(|range| self.in_range(range).any(|(_, versions)| newer(versions)))
    }

    /// Takes in what the next commit will supersede, and numbers it. To be
    /// called before the commit is applied.
    pub fn supersede(&mut self, old: Writes) -> Seq {
        let by = self.assigned.next();
        self.assigned = by;
        let keys: Arc<[Key]> = old.keys().cloned().collect();
        self.recent.push_back(Change {
            seq: by,
            keys: Arc::clone(&keys),
        });
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
        self.commits.push_back((by, keys));
        for (key, value) in old {
            let versions = self.versions.entry(key).or_default();
            versions.push_back(Superseded { by, value });
        }
        by
    }

    /// Lets readers see a commit, and all before it.
    pub fn publish(&mut self, seq: Seq) {
        self.published = seq;
        self.prune();
    }

    /// The published commits after `since`, if all of them are remembered.
    pub fn changes(&self, since: Seq) -> Option<Changes> {
        if since >= self.published {
            return Some(Changes {
                upto: since,
                commits: Vec::new(),
            });
        }
        let oldest = self.recent.front()?.seq;
        let published = |change: &&Change| since < change.seq && change.seq <= self.published;
        (oldest <= since.next()).then(|| Changes {
            upto: self.published,
            commits: self.recent.iter().filter(published).cloned().collect(),
        })
    }

    /// How many superseded versions are held.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.versions.values().map(VecDeque::len).sum()
    }

    /// Drops the versions no snapshot can ask for, now or later.
    fn prune(&mut self) {
        let oldest = self.open.keys().next().copied().unwrap_or(self.published);
        while let Some((_, keys)) = self.commits.pop_front_if(|(seq, _)| *seq <= oldest) {
            for key in keys.iter() {
                let versions = self.versions.get_mut(key).expect("it has this version");
                versions.pop_front();
                if versions.is_empty() {
                    self.versions.remove(key);
                }
            }
        }
    }

    fn in_range(&self, range: &KeyRange) -> impl Iterator<Item = (&Key, &VecDeque<Superseded>)> {
        // An empty range is no range to the map: it panics if start > end.
        let end = range.end.clone().max(range.start.clone());
        self.versions
            .range((Bound::Included(range.start.clone()), Bound::Excluded(end)))
    }
}

/// The oldest version superseded after the snapshot is the one it shows.
fn at_snapshot(versions: &VecDeque<Superseded>, at: Seq) -> Option<Option<Bytes>> {
    let first = versions.partition_point(|version| version.by <= at);
    versions.get(first).map(|version| version.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        name.as_bytes().to_vec().into()
    }

    /// Commits one key and publishes it.
    fn commit(window: &mut Window, name: &str, old: &'static str) -> Seq {
        let old = Bytes::from_static(old.as_bytes());
        let seq = window.supersede(Writes::from([(key(name), Some(old))]));
        window.publish(seq);
        seq
    }

    #[test]
    fn holds_versions_exactly_as_long_as_someone_may_ask() {
        let mut window = Window::new(Seq(7));
        commit(&mut window, "a", "1");
        assert_eq!(window.len(), 0, "nobody looks");

        let old = window.open();
        commit(&mut window, "a", "2");
        let newer = window.open();
        commit(&mut window, "a", "3");
        commit(&mut window, "b", "4");
        assert_eq!((old, newer, window.len()), (Seq(8), Seq(9), 3));
        assert_eq!(window.get(&key("a"), old), Some(Some("2".into())));
        assert_eq!(window.get(&key("a"), newer), Some(Some("3".into())));

        window.close(old);
        assert_eq!(window.len(), 2, "only what the newer one asks for");
        window.close(newer);
        assert_eq!(window.len(), 0);
    }

    #[test]
    fn a_commit_under_way_is_not_seen_but_conflicts() {
        let mut window = Window::new(Seq(0));
        let under_way = window.supersede(Writes::from([(key("a"), None)]));
        let snapshot = window.open();
        assert_eq!((under_way, snapshot), (Seq(1), Seq(0)));
        assert_eq!(window.get(&key("a"), snapshot), Some(None));

        let mut reads = ReadSet::default();
        reads.point(key("a"));
        assert!(window.has_changed(&reads, snapshot));
        assert!(!window.has_changed(&reads, under_way));
    }
}
