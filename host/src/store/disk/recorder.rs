//! Writes down every change in order, and rebuilds what a power cut after any
//! of them could have left on the disk.
//!
//! What a cut leaves: what was synced is there. Of a write that was not, each
//! 512-byte sector is there or not, by chance; the file has its old length, or
//! a new one. A name made, moved or removed without a sync of its directory
//! may be so or not, each for itself, which is worse than any file system is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{Change, Disk, Hook, Site};

const SECTOR_BYTES: usize = 512;

/// The record of one directory tree.
pub(in crate::store) struct Recorder {
    root: PathBuf,
    log: Mutex<Log>,
    /// Syncs made here are not written down: a bug planted by a test.
    left_out: Option<Site>,
}

#[derive(Default)]
struct Log {
    before: Tree,
    events: Vec<Event>,
    /// The file an inode number stands for now; numbers are used again.
    inodes: BTreeMap<u64, FileId>,
    names: BTreeMap<PathBuf, FileId>,
    files: usize,
}

type FileId = usize;

enum Event {
    CreateDir(PathBuf),
    Create(PathBuf, FileId),
    Write(FileId, usize, Vec<u8>),
    SyncData(FileId),
    Rename(PathBuf, PathBuf),
    SyncDir(PathBuf),
    Remove(PathBuf),
    Mark(u64),
}

impl Recorder {
    /// Records what is done below a directory from now on. What is there
    /// already counts as synced.
    pub fn new(root: &Path) -> Arc<Recorder> {
        Recorder::leaving_out(root, None)
    }

    /// The same, as if the syncs of one site were never made.
    pub fn leaving_out(root: &Path, left_out: Option<Site>) -> Arc<Recorder> {
        let mut log = Log::default();
        load(root, Path::new(""), &mut log);
        Arc::new(Recorder {
            root: root.to_owned(),
            log: Mutex::new(log),
            left_out,
        })
    }

    /// Takes it that the end of a file, from an offset on, is in the memory of
    /// the system, which thinks it synced, but all zeros on the disk. That is
    /// what a failed sync leaves to the next process.
    pub fn never_synced(&self, name: &Path, offset: usize) {
        let mut log = self.log.lock().unwrap();
        let id = log.before.names[name];
        let content = log.before.contents.get_mut(&id).unwrap();
        content.synced[offset..].fill(0);
    }

    pub fn disk(self: &Arc<Recorder>) -> Disk {
        Disk::with_hook(Arc::clone(self) as Arc<dyn Hook>)
    }

    /// Notes something the test knows at this moment, for instance the number
    /// of the last group acknowledged.
    pub fn mark(&self, mark: u64) {
        self.log.lock().unwrap().events.push(Event::Mark(mark));
    }

    /// How many changes and marks there are: a cut can come after 0 to so many.
    pub fn len(&self) -> usize {
        self.log.lock().unwrap().events.len()
    }

    /// The cuts next to anything but a write or a mark: where one state of
    /// the disk turns into another.
    pub fn turning_points(&self) -> Vec<usize> {
        let log = self.log.lock().unwrap();
        let plain = |at: Option<&Event>| {
            at.is_none_or(|event| matches!(event, Event::Write(..) | Event::Mark(_)))
        };
        let is_turn = |&cut: &usize| {
            !plain(log.events.get(cut)) || cut > 0 && !plain(log.events.get(cut - 1))
        };
        (0..=log.events.len()).filter(is_turn).collect()
    }

    /// The last mark before a cut.
    pub fn marked(&self, cut: usize) -> Option<u64> {
        let log = self.log.lock().unwrap();
        let marks = log.events[..cut].iter().rev();
        marks.into_iter().find_map(|event| match event {
            Event::Mark(mark) => Some(*mark),
            _ => None,
        })
    }

    /// Fills an empty directory with what a power cut after `cut` changes
    /// leaves; `seed` decides what is left to chance.
    pub fn image(&self, cut: usize, seed: u64, into: &Path) {
        let log = self.log.lock().unwrap();
        let mut tree = log.before.clone();
        for event in &log.events[..cut] {
            tree.apply(event);
        }
        tree.fall(&mut Chance(seed)).store(into);
    }
}

impl Hook for Recorder {
    /// Holds the log while the call is made, so that its order is the disk's.
    /// Syncs are noted, not made: the disk that matters is the one rebuilt.
    fn pass(
        &self,
        site: Site,
        change: &Change<'_>,
        call: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()> {
        let mut log = self.log.lock().unwrap();
        if !matches!(change, Change::SyncData { .. } | Change::SyncDir { .. }) {
            call()?;
        }
        let event = self.event(&mut log, change);
        if self.left_out != Some(site) {
            log.events.push(event);
        }
        Ok(())
    }
}

impl Recorder {
    fn event(&self, log: &mut Log, change: &Change<'_>) -> Event {
        let below = |path: &Path| {
            let below = path.strip_prefix(&self.root);
            below.expect("only the recorded tree is changed").to_owned()
        };
        match change {
            Change::CreateDir { path } => Event::CreateDir(below(path)),
            Change::Create { path } => {
                let id = log.register(&File::open(path).unwrap());
                log.names.insert(below(path), id);
                Event::Create(below(path), id)
            }
            Change::Write {
                file,
                offset,
                bytes,
            } => {
                let offset = usize::try_from(*offset).unwrap();
                Event::Write(log.inodes[&inode(file)], offset, bytes.to_vec())
            }
            Change::SyncData { file } => Event::SyncData(log.inodes[&inode(file)]),
            Change::Rename { from, to } => {
                let id = log.names.remove(&below(from)).unwrap();
                log.names.insert(below(to), id);
                Event::Rename(below(from), below(to))
            }
            Change::SyncDir { dir } => Event::SyncDir(below(dir)),
            Change::Remove { path } => {
                log.names.remove(&below(path));
                Event::Remove(below(path))
            }
        }
    }
}

impl Log {
    fn register(&mut self, file: &File) -> FileId {
        let id = self.files;
        self.files += 1;
        self.inodes.insert(inode(file), id);
        id
    }
}

fn inode(file: &File) -> u64 {
    file.metadata().unwrap().ino()
}

fn load(root: &Path, below: &Path, log: &mut Log) {
    for entry in std::fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            log.before.dirs.insert(name.clone());
            load(root, &name, log);
        } else {
            let id = log.register(&File::open(entry.path()).unwrap());
            let content = std::fs::read(entry.path()).unwrap();
            log.before.contents.insert(id, Content::synced(content));
            log.before.names.insert(name.clone(), id);
            log.names.insert(name, id);
        }
    }
}

/// A directory tree on a disk: what is synced, and what is not yet.
#[derive(Clone, Default)]
struct Tree {
    dirs: BTreeSet<PathBuf>,
    names: BTreeMap<PathBuf, FileId>,
    contents: BTreeMap<FileId, Content>,
    /// Changes of names, in order, whose directory was not synced since.
    unsynced: Vec<Naming>,
    /// What each name means to the program, synced or not.
    live: BTreeMap<PathBuf, FileId>,
}

#[derive(Clone)]
enum Naming {
    Dir(PathBuf),
    Is(PathBuf, FileId),
    Gone(PathBuf),
    Moved(PathBuf, PathBuf, FileId),
}

#[derive(Clone, Default)]
struct Content {
    synced: Vec<u8>,
    unsynced: Vec<(usize, Vec<u8>)>,
}

impl Tree {
    fn apply(&mut self, event: &Event) {
        match event {
            Event::CreateDir(path) => self.unsynced.push(Naming::Dir(path.clone())),
            Event::Create(path, id) => {
                self.live.insert(path.clone(), *id);
                self.contents.insert(*id, Content::default());
                self.unsynced.push(Naming::Is(path.clone(), *id));
            }
            Event::Write(id, offset, bytes) => {
                let content = self.contents.get_mut(id).unwrap();
                content.unsynced.push((*offset, bytes.clone()));
            }
            Event::SyncData(id) => self.contents.get_mut(id).unwrap().sync(),
            Event::Rename(from, to) => {
                let id = self.live.remove(from).or(self.names.get(from).copied());
                let id = id.expect("what is renamed is there");
                self.live.insert(to.clone(), id);
                self.unsynced
                    .push(Naming::Moved(from.clone(), to.clone(), id));
            }
            Event::SyncDir(dir) => {
                let unsynced = std::mem::take(&mut self.unsynced);
                for naming in unsynced {
                    if naming.dir() == dir {
                        self.name(naming);
                    } else {
                        self.unsynced.push(naming);
                    }
                }
            }
            Event::Remove(path) => {
                self.live.remove(path);
                self.unsynced.push(Naming::Gone(path.clone()));
            }
            Event::Mark(_) => {}
        }
    }

    fn name(&mut self, naming: Naming) {
        match naming {
            Naming::Dir(path) => drop(self.dirs.insert(path)),
            Naming::Is(path, id) => drop(self.names.insert(path, id)),
            Naming::Gone(path) => drop(self.names.remove(&path)),
            Naming::Moved(from, to, id) => {
                self.names.remove(&from);
                self.names.insert(to, id);
            }
        }
    }

    /// Cuts the power.
    fn fall(mut self, chance: &mut Chance) -> Tree {
        for naming in std::mem::take(&mut self.unsynced) {
            if chance.coin() {
                self.name(naming);
            }
        }
        for content in self.contents.values_mut() {
            content.fall(chance);
        }
        self
    }

    fn store(&self, into: &Path) {
        for dir in &self.dirs {
            // Its parent may not have made it.
            let _ = std::fs::create_dir(into.join(dir));
        }
        for (name, id) in &self.names {
            let path = into.join(name);
            if path.parent().is_some_and(Path::is_dir) {
                std::fs::write(path, &self.contents[id].synced).unwrap();
            }
        }
    }
}

impl Naming {
    fn dir(&self) -> &Path {
        let (Naming::Dir(path)
        | Naming::Is(path, _)
        | Naming::Gone(path)
        | Naming::Moved(path, _, _)) = self;
        path.parent().expect("no name is the root itself")
    }
}

impl Content {
    fn synced(content: Vec<u8>) -> Content {
        Content {
            synced: content,
            unsynced: Vec::new(),
        }
    }

    fn sync(&mut self) {
        for (offset, bytes) in std::mem::take(&mut self.unsynced) {
            self.put(offset, &bytes);
        }
    }

    fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.synced.len() < end {
            self.synced.resize(end, 0);
        }
        self.synced[offset..end].copy_from_slice(bytes);
    }

    fn fall(&mut self, chance: &mut Chance) {
        // Mostly some, now and then all or nothing.
        let favour = chance.below(5);
        let mut bytes_max = self.synced.len();
        for (offset, bytes) in std::mem::take(&mut self.unsynced) {
            let end = offset + bytes.len();
            let grown = end > bytes_max && chance.coin();
            if grown {
                bytes_max = end;
                self.synced.resize(end, 0);
            }
            let mut at = offset;
            while at < end {
                let sector_end = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
                if chance.below(4) < favour && at < bytes_max {
                    let sector_end = sector_end.min(bytes_max);
                    self.put(at, &bytes[at - offset..sector_end - offset]);
                }
                at = sector_end;
            }
        }
    }
}

/// A small generator, so that a seed in a failure message is all it takes to
/// see the failure again (splitmix64).
pub(in crate::store) struct Chance(pub u64);

impl Chance {
    /// A number from 0 up to but without `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// One of two.
    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}
