//! A store's files, made group by group, and what was in it after each.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::TempDir;

use crate::config::DataDir;
use crate::store::backup::check::{Parts, check};
use crate::store::backup::{RestorePoint, restore, source};
use crate::store::batch::Writes;
use crate::store::cells::{seq_key, value_key};
use crate::store::disk::faults::hasty;
use crate::store::dump::{self, DumpWriter};
use crate::store::embedded::DiskOption;
use crate::store::embedded::recovery::{dumps_dir, journal_dir};
use crate::store::journal::{GroupNumber, Journal, JournalOptions, StoreId, Until, group};
use crate::store::{Key, Partition, Seq, opening};

/// Everything that is in a store.
pub type Cells = BTreeMap<Vec<u8>, Vec<u8>>;

pub struct World {
    pub data: DataDir,
    dir: TempDir,
    store: StoreId,
    journal: RefCell<Option<Journal>>,
    /// After each group; the first is before all of them.
    states: Vec<Cells>,
    /// After each commit.
    commits: Vec<(u64, (Partition, Seq), Cells)>,
    seqs: BTreeMap<Partition, u64>,
    /// For values that are never the same.
    count: u64,
}

const CIRCLES: [&str; 3] = ["beike", "zhou", "tang"];
const OPTIONS: JournalOptions = JournalOptions {
    segment_bytes: 8 * 512,
};

impl World {
    pub fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path().join("data"));
        let store = StoreId(*b"the store's own!");
        std::fs::create_dir_all(data.store()).unwrap();
        opening::note(&hasty(), &data.store(), store).unwrap();
        dump::prepare_dir(&hasty(), &dumps_dir(&data.store())).unwrap();
        let journal = journal_dir(&data.store());
        let journal = Journal::create(hasty(), &journal, store, OPTIONS, GroupNumber(0)).unwrap();
        let world = World {
            data,
            dir,
            store,
            journal: RefCell::new(Some(journal)),
            states: vec![Cells::new()],
            commits: Vec::new(),
            seqs: BTreeMap::new(),
            count: 0,
        };
        world.rotate_secret();
        world
    }

    /// A path that is not there yet.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// So many groups, of one to three commits in several circles each.
    pub fn work(&mut self, groups: usize) {
        for _ in 0..groups {
            let number = self.last() + 1;
            let mut payload = Vec::new();
            let mut cells = self.at(self.last()).clone();
            for _ in 0..=number % 3 {
                self.commit(number, &mut cells, &mut payload);
            }
            let mut journal = self.journal.borrow_mut();
            let written = journal.as_mut().unwrap().append(&payload).unwrap();
            assert_eq!(written.0, number);
            self.states.push(cells);
        }
    }

    fn commit(&mut self, number: u64, cells: &mut Cells, payload: &mut Vec<u8>) {
        self.count += 1;
        let count = self.count;
        let circle = CIRCLES[usize::try_from(count * count % 7 % 3).unwrap()];
        let partition = Partition::circle(circle);
        let seq = self.seqs.entry(partition.clone()).or_default();
        *seq += 1;
        let seq = Seq(*seq);
        let mut writes = Writes::new();
        for place in 0..3 {
            let key = Key::from(format!("key-{}", (count * 5 + place * 3) % 11).into_bytes());
            let is_deleted = (count + place).is_multiple_of(4);
            let value = format!("value {count} {}", "x".repeat(150));
            writes.insert(key, (!is_deleted).then(|| Bytes::from(value)));
        }
        group::encode(payload, &partition, seq, &writes);
        for (key, value) in writes {
            let cell = value_key(&partition, &key);
            match value {
                Some(value) => cells.insert(cell, value.to_vec()),
                None => cells.remove(&cell),
            };
        }
        cells.insert(seq_key(&partition), seq.0.to_be_bytes().to_vec());
        self.commits.push((number, (partition, seq), cells.clone()));
    }

    /// Writes a dump while `groups` more come in, some cells of which are in
    /// it and some not, and cuts the journal.
    pub fn checkpoint_during(&mut self, groups: usize) {
        let from = self.last();
        self.work(groups);
        let (before, after) = (self.at(from), self.at(self.last()));
        let dumps = dumps_dir(&self.data.store());
        let from = GroupNumber(from);
        let mut writer = DumpWriter::create(hasty(), &dumps, self.store, from).unwrap();
        let all: BTreeSet<&Vec<u8>> = before.keys().chain(after.keys()).collect();
        for (place, cell) in all.into_iter().enumerate() {
            let state = if place.is_multiple_of(2) {
                before
            } else {
                after
            };
            if let Some(value) = state.get(cell) {
                writer.put(cell, value).unwrap();
            }
        }
        writer.finish(GroupNumber(self.last())).unwrap();
        let journal = self.journal.borrow();
        journal.as_ref().unwrap().files().cut(from).unwrap();
        dump::remove_older(&hasty(), &dumps, from).unwrap();
    }

    pub fn rotate_secret(&self) {
        let secret = format!("secret {} {}", self.count, self.last());
        std::fs::write(self.data.secret(), secret).unwrap();
        std::fs::set_permissions(self.data.secret(), Permissions::from_mode(0o600)).unwrap();
    }

    /// The host has stopped.
    pub fn close(&self) {
        self.journal.borrow_mut().take();
    }

    /// It goes on.
    pub fn open(&self) {
        let dir = journal_dir(&self.data.store());
        let after = GroupNumber(0);
        let each = &mut |_, _| Ok(());
        let journal = Journal::open(hasty(), &dir, self.store, OPTIONS, after, each).unwrap();
        *self.journal.borrow_mut() = Some(journal);
    }

    /// It goes on from files that are as they were after a group.
    pub fn open_at(&mut self, group: u64) {
        self.states.truncate(usize::try_from(group + 1).unwrap());
        self.commits.retain(|(of, ..)| *of <= group);
        self.seqs.clear();
        for (_, (partition, seq), _) in &self.commits {
            self.seqs.insert(partition.clone(), seq.0);
        }
        self.open();
    }

    /// A defect of the host: a commit of every circle is in no group.
    pub fn skip_a_commit(&mut self) {
        self.seqs.values_mut().for_each(|seq| *seq += 1);
    }

    /// Another: a checkpoint that misses a circle.
    pub fn forget_a_partition(&mut self) {
        let seq = seq_key(&Partition::circle("zhou"));
        self.states.last_mut().unwrap().remove(&seq);
        self.checkpoint_during(0);
    }

    pub fn last(&self) -> u64 {
        self.states.len() as u64 - 1
    }

    pub fn at(&self, group: u64) -> &Cells {
        &self.states[usize::try_from(group).unwrap()]
    }

    /// Each with its group and what was there after it.
    pub fn commits(&self) -> impl Iterator<Item = &(u64, (Partition, Seq), Cells)> {
        self.commits.iter()
    }
}

/// What is in a data directory.
pub fn cells(data: &DataDir) -> Cells {
    let dir = data.store();
    let dump = dump::newest(&dumps_dir(&dir)).unwrap();
    let checked = check(&Parts {
        store: source::store_id(&dir).unwrap(),
        from: dump.as_ref().map_or(GroupNumber(0), |dump| dump.from),
        dump: dump.map(|dump| dump.path),
        journal: journal_dir(&dir),
        until: Until::End,
    });
    let checked = checked.unwrap_or_else(|findings| panic!("{findings:?}"));
    let merged = checked.tail.over(checked.dump.as_ref());
    let entries = merged.map(|entry| entry.map(|(cell, value)| (cell.to_vec(), value.to_vec())));
    entries.collect::<Result<_, _>>().unwrap()
}

/// What a backup restores to.
pub fn restored(target: &Path, point: &RestorePoint) -> Cells {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::new(dir.path().join("data"));
    restore(target, &data, point, &[], &DiskOption(hasty())).unwrap();
    cells(&data)
}

/// Everything below a directory that is a file, sorted.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                files.push(path.strip_prefix(dir).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}
