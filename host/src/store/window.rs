//! The version window of one partition: what recent commits wrote, until the
//! index below has it and no open snapshot is older.
//!
//! A commit enters the window when it is numbered, is published when it is in
//! the journal, and is filled into the index some time after. If the window
//! knows what a key was at a reader's snapshot, that is the answer, whatever
//! the base says. The base answers for keys that no commit in the window has
//! touched, or none that the snapshot shows; for the latter, what the base
//! holds is put into the window (`hold`) before it is overwritten. The same
//! entries say what has changed since a snapshot, which is what validation
//! needs.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::Writes;
use super::seeded::{Seeded, SeededBug};
use super::{Change, Changes, Key, KeyRange, ReadSet, Seq};

/// The window and who looks through it.
pub(in crate::store) struct Window {
    /// The newest commit that readers may see.
    published: Seq,
    /// The newest commit given a number; those after `published` are under way.
    assigned: Seq,
    /// The newest commit that is in the index with all before it.
    filled: Seq,
    /// The newest commit whose versions have been let go.
    pruned: Seq,
    /// The oldest commit that can still be read at.
    readable: Seq,
    /// How many snapshots are open at which commit.
    open: BTreeMap<Seq, usize>,
    versions: BTreeMap<Key, VecDeque<Version>>,
    /// The keys of each commit after `pruned`, and of some before it.
    commits: VecDeque<Change>,
    /// How many commits are remembered beyond what the versions need.
    remembered_max: usize,
    seeded: Seeded,
}

struct Version {
    by: Seq,
    value: Option<Bytes>,
}

/// What was before the first commit that the window knows of.
const BEFORE: Seq = Seq(0);

impl Window {
    /// A window over a base that has everything up to `newest`.
    pub fn new(newest: Seq, remembered_max: usize) -> Window {
        Window {
            published: newest,
            assigned: newest,
            filled: newest,
            pruned: newest,
            readable: BEFORE,
            open: BTreeMap::new(),
            versions: BTreeMap::new(),
            commits: VecDeque::new(),
            remembered_max,
            seeded: Seeded::default(),
        }
    }

    /// The same, with a bug that a test has planted.
    pub fn seeded(mut self, seeded: Seeded) -> Window {
        self.seeded = seeded;
        self
    }

    /// The newest commit that readers may see.
    pub fn published(&self) -> Seq {
        self.published
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

    /// Whether what a snapshot shows can still be told.
    pub fn is_readable(&self, at: Seq) -> bool {
        at >= self.readable
    }

    /// What a key was at a snapshot, if the window knows.
    pub fn get(&self, key: &Key, at: Seq) -> Option<Option<Bytes>> {
        at_snapshot(self.versions.get(key)?, at)
    }

    /// The same for every key of a range.
    pub fn range(&self, range: &KeyRange, at: Seq) -> Writes {
        self.in_range(range)
            .filter_map(|(key, versions)| Some((key.clone(), at_snapshot(versions, at)?)))
            .collect()
    }

    /// What a key is after all commits, those under way included.
    pub fn newest(&self, key: &Key) -> Option<Option<Bytes>> {
        let version = self.versions.get(key)?.back()?;
        Some(version.value.clone())
    }

    /// Whether anything that was read at a snapshot has changed since, commits
    /// under way included.
    pub fn has_changed(&self, reads: &ReadSet, at: Seq) -> bool {
        let upto = match self.seeded.has(SeededBug::SkipGroupCheck) {
            true => self.published,
            false => self.assigned,
        };
        let newer = |versions: &VecDeque<Version>| {
            let mut newest_first = versions.iter().rev();
            let newest = newest_first.find(|version| version.by <= upto);
            newest.is_some_and(|version| version.by > at)
        };
        reads
            .points()
            .any(|key| self.versions.get(key).is_some_and(newer))
            || reads
                .ranges()
                .iter()
                .filter(|_| !self.seeded.has(SeededBug::SkipRangeCheck))
                .any(|range| self.in_range(range).any(|(_, versions)| newer(versions)))
    }

    /// Takes in what the next commit writes, and numbers it.
    pub fn enter(&mut self, writes: &Writes) -> Seq {
        let seq = self.assigned.next();
        self.take_in(seq, writes);
        seq
    }

    /// Takes in a commit from the journal. It is published already. `false`
    /// says that it does not follow the one before it, and changes nothing.
    #[must_use]
    pub fn recover(&mut self, seq: Seq, writes: &Writes) -> bool {
        let follows = match self.commits.back() {
            Some(last) => seq == last.seq.next(),
            None => seq <= self.assigned.next(),
        };
        if !follows {
            return false;
        }
        if self.commits.is_empty() {
            // The base may be ahead: what it has of later commits, those
            // commits will put into the window.
            self.filled = Seq(seq.0 - 1);
            self.pruned = self.filled;
        }
        self.take_in(seq, writes);
        self.published = self.published.max(seq);
        true
    }

    /// Lets readers see a commit, and all before it.
    pub fn publish(&mut self, seq: Seq) {
        self.published = seq;
    }

    /// Those of the keys whose value in the base some open snapshot shows,
    /// which only the base knows.
    pub fn shown_by_base<'a>(&self, keys: impl Iterator<Item = &'a Key>) -> Vec<Key> {
        let Some((&oldest, _)) = self.open.first_key_value() else {
            return Vec::new();
        };
        let unknown = |key: &&Key| {
            let first = self.versions.get(*key).and_then(VecDeque::front);
            first.is_none_or(|version| version.by > oldest)
        };
        keys.filter(unknown).cloned().collect()
    }

    /// Holds what the base has for keys that are about to be overwritten.
    pub fn hold(&mut self, values: Writes) {
        for (key, value) in values {
            let versions = self.versions.entry(key).or_default();
            versions.push_front(Version { by: BEFORE, value });
        }
    }

    /// Notes that the index has a commit, and all before it.
    pub fn filled(&mut self, seq: Seq) {
        self.filled = seq;
        self.prune();
    }

    /// The published commits after `since`, if all of them are remembered.
    pub fn changes(&self, since: Seq) -> Option<Changes> {
        let mut commits = Vec::new();
        if since < self.published {
            let first = self.commits.front()?.seq;
            let from = usize::try_from((since.0 + 1).checked_sub(first.0)?).ok()?;
            let published = |change: &&Change| change.seq <= self.published;
            commits.extend(self.commits.range(from..).take_while(published).cloned());
        }
        Some(Changes {
            upto: since.max(self.published),
            commits,
        })
    }

    /// Whether nothing would be lost if it were made anew: all is in the
    /// index, and nobody looks.
    pub fn is_idle(&self) -> bool {
        self.open.is_empty() && self.versions.is_empty() && self.filled == self.assigned
    }

    /// Forgets what the window has, for it to be recovered from the journal
    /// over another base. Snapshots older than the newest commit are not
    /// readable after that.
    pub fn restart(&mut self) {
        self.readable = self.published;
        self.versions.clear();
        self.commits.clear();
        self.filled = self.published;
        self.pruned = self.published;
    }

    /// How many versions are held.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.versions.values().map(VecDeque::len).sum()
    }

    fn take_in(&mut self, seq: Seq, writes: &Writes) {
        self.assigned = seq;
        let keys: Arc<[Key]> = writes.keys().cloned().collect();
        for (key, value) in writes {
            let value = value.clone();
            let versions = self.versions.entry(key.clone()).or_default();
            versions.push_back(Version { by: seq, value });
        }
        self.commits.push_back(Change { seq, keys });
    }

    /// Lets go of the versions that no snapshot can ask for, now or later.
    fn prune(&mut self) {
        let mut open = self.open.keys();
        let oldest = open.next().copied().unwrap_or(self.published);
        let oldest = match self.seeded.has(SeededBug::ForgetVersionsEarly) {
            true => self.published,
            false => oldest,
        };
        let bound = oldest.min(self.filled);
        while self.pruned < bound {
            self.pruned = self.pruned.next();
            // Commits are consecutive, so a number is a place.
            let first = self.commits.front().expect("not pruned yet").seq;
            let at = usize::try_from(self.pruned.0 - first.0).expect("the window is in memory");
            let keys = Arc::clone(&self.commits[at].keys);
            for key in keys.iter() {
                self.trim(key, bound);
            }
        }
        let needed = usize::try_from(self.assigned.0 - self.pruned.0).unwrap_or(usize::MAX);
        let excess = self
            .commits
            .len()
            .saturating_sub(needed.max(self.remembered_max));
        self.commits.drain(..excess);
    }

    /// Keeps, of a key's versions, those that a snapshot at `bound` or later
    /// can show and the base cannot.
    fn trim(&mut self, key: &Key, bound: Seq) {
        let Some(versions) = self.versions.get_mut(key) else {
            return;
        };
        let later = versions.partition_point(|version| version.by <= bound);
        if later == versions.len() {
            self.versions.remove(key);
        } else {
            versions.drain(..later.saturating_sub(1));
        }
    }

    fn in_range(&self, range: &KeyRange) -> impl Iterator<Item = (&Key, &VecDeque<Version>)> {
        // An empty range is no range to the map: it panics if start > end.
        let end = range.end.clone().max(range.start.clone());
        self.versions
            .range((Bound::Included(range.start.clone()), Bound::Excluded(end)))
    }
}

/// The newest version not after the snapshot is the one it shows.
fn at_snapshot(versions: &VecDeque<Version>, at: Seq) -> Option<Option<Bytes>> {
    let later = versions.partition_point(|version| version.by <= at);
    let shown = versions.get(later.checked_sub(1)?)?;
    Some(shown.value.clone())
}
