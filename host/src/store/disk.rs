//! Every change the store makes to its files goes through here, under the name
//! of the place in the code it is made at. In the shipped program each method
//! is the system call and nothing else; tests put a hook in between, which
//! fails chosen calls (`disk/faults.rs`) or writes all of them down to rebuild
//! what a power cut at any moment would have left (`disk/recorder.rs`).
//!
//! Imports nothing of the host. Reads do not pass here: what they find is
//! checked where it is decoded.

#[cfg(test)]
pub(in crate::store) mod faults;
#[cfg(test)]
pub(in crate::store) mod recorder;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
#[cfg(test)]
use std::sync::Arc;

/// The way to the file system. Cheap to clone.
#[derive(Clone, Default)]
pub(in crate::store) struct Disk {
    #[cfg(test)]
    hook: Option<Arc<dyn Hook>>,
}

/// Where in the code a change is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) enum Site {
    /// The journal's directory is made.
    JournalCreateDir,
    /// A segment is made ahead, under a temporary name.
    JournalCreate,
    /// Its zeros.
    JournalFill,
    JournalFillSync,
    /// Its first sector, when its turn has come.
    JournalHeader,
    JournalHeaderSync,
    JournalRename,
    JournalDirSync,
    /// A group.
    JournalAppend,
    JournalAppendSync,
    /// The end of the journal is put in order at opening.
    JournalRepair,
    JournalRepairSync,
    /// A segment no longer needed, or a leftover.
    JournalRemove,
    DumpCreateDir,
    DumpCreate,
    DumpWrite,
    DumpSync,
    DumpRename,
    DumpDirSync,
    DumpRemove,
    /// The format and the id of a new store are noted.
    MetaWrite,
    MetaSync,
    MetaRename,
    MetaDirSync,
    /// The directories of a backup.
    BackupCreateDir,
    /// A file of a backup, under a temporary name.
    BackupCreate,
    BackupWrite,
    BackupSync,
    BackupRename,
    BackupDirSync,
    /// What the newest backup does not need any more.
    BackupRemove,
    /// The directories of a restored store.
    RestoreCreateDir,
    /// The keys beside it.
    RestoreCreate,
    RestoreWrite,
    RestoreSync,
    /// The keys, and then the whole store, when all of it is right.
    RestoreRename,
    RestoreDirSync,
}

impl Site {
    /// Every site, for tests that fail each in turn.
    #[cfg(test)]
    pub const ALL: [Site; 37] = [
        Site::JournalCreateDir,
        Site::JournalCreate,
        Site::JournalFill,
        Site::JournalFillSync,
        Site::JournalHeader,
        Site::JournalHeaderSync,
        Site::JournalRename,
        Site::JournalDirSync,
        Site::JournalAppend,
        Site::JournalAppendSync,
        Site::JournalRepair,
        Site::JournalRepairSync,
        Site::JournalRemove,
        Site::DumpCreateDir,
        Site::DumpCreate,
        Site::DumpWrite,
        Site::DumpSync,
        Site::DumpRename,
        Site::DumpDirSync,
        Site::DumpRemove,
        Site::MetaWrite,
        Site::MetaSync,
        Site::MetaRename,
        Site::MetaDirSync,
        Site::BackupCreateDir,
        Site::BackupCreate,
        Site::BackupWrite,
        Site::BackupSync,
        Site::BackupRename,
        Site::BackupDirSync,
        Site::BackupRemove,
        Site::RestoreCreateDir,
        Site::RestoreCreate,
        Site::RestoreWrite,
        Site::RestoreSync,
        Site::RestoreRename,
        Site::RestoreDirSync,
    ];
}

impl Disk {
    /// Makes a directory whose parent is there.
    pub fn create_dir(&self, site: Site, path: &Path) -> io::Result<()> {
        self.pass(site, &Change::CreateDir { path }, || {
            std::fs::create_dir(path)
        })
    }

    /// Makes an empty file, in place of what was there, to read and write.
    pub fn create(&self, site: Site, path: &Path) -> io::Result<File> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(true);
        let mut file = None;
        self.pass(site, &Change::Create { path }, || {
            file = Some(options.open(path)?);
            Ok(())
        })?;
        Ok(file.expect("no hook leaves out the making of a file"))
    }

    /// Opens a file that is there, to read and write. Changes nothing.
    #[expect(
        clippy::unused_self,
        reason = "what is written to goes through the disk"
    )]
    pub fn open(&self, path: &Path) -> io::Result<File> {
        File::options().read(true).write(true).open(path)
    }

    /// Writes all of the bytes at an offset.
    pub fn write_at(&self, site: Site, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let change = Change::Write {
            file,
            offset,
            bytes,
        };
        self.pass(site, &change, || file.write_all_at(bytes, offset))
    }

    /// Returns when the file's content and length are on the disk. Not its
    /// name: that is the directory's.
    pub fn sync_data(&self, site: Site, file: &File) -> io::Result<()> {
        self.pass(site, &Change::SyncData { file }, || file.sync_data())
    }

    /// Gives a file another name, in place of what was there.
    pub fn rename(&self, site: Site, from: &Path, to: &Path) -> io::Result<()> {
        self.pass(site, &Change::Rename { from, to }, || {
            std::fs::rename(from, to)
        })
    }

    /// Returns when the names in a directory are on the disk.
    pub fn sync_dir(&self, site: Site, dir: &Path) -> io::Result<()> {
        self.pass(site, &Change::SyncDir { dir }, || {
            File::open(dir)?.sync_all()
        })
    }

    /// Removes a file.
    pub fn remove(&self, site: Site, path: &Path) -> io::Result<()> {
        self.pass(site, &Change::Remove { path }, || {
            std::fs::remove_file(path)
        })
    }

    #[cfg(not(test))]
    #[inline]
    #[expect(clippy::unused_self, reason = "in tests it holds the hook")]
    fn pass(
        &self,
        _: Site,
        _: &Change<'_>,
        call: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        call()
    }

    #[cfg(test)]
    fn pass(
        &self,
        site: Site,
        change: &Change<'_>,
        call: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(hook) = &self.hook else {
            return call();
        };
        let mut call = Some(call);
        hook.pass(site, change, &mut || {
            let call = call.take().expect("a hook makes its call at most once");
            call()
        })
    }
}

/// One change, as a hook sees it.
#[cfg_attr(not(test), expect(dead_code, reason = "only hooks look inside"))]
enum Change<'a> {
    CreateDir {
        path: &'a Path,
    },
    Create {
        path: &'a Path,
    },
    Write {
        file: &'a File,
        offset: u64,
        bytes: &'a [u8],
    },
    SyncData {
        file: &'a File,
    },
    Rename {
        from: &'a Path,
        to: &'a Path,
    },
    SyncDir {
        dir: &'a Path,
    },
    Remove {
        path: &'a Path,
    },
}

/// What stands between the store and the file system in a test.
#[cfg(test)]
trait Hook: Send + Sync {
    /// Makes the call, or returns why not.
    fn pass(
        &self,
        site: Site,
        change: &Change<'_>,
        call: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()>;
}

#[cfg(test)]
impl Disk {
    fn with_hook(hook: Arc<dyn Hook>) -> Disk {
        Disk { hook: Some(hook) }
    }
}
