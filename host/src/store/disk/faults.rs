//! A disk that fails where a test says. Its syncs are counted and may fail, but
//! are not made: no test outlives a power cut.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex};

use super::{Change, Disk, Hook, Site};

/// The fault to make.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Fault {
    /// Where.
    pub at: At,
    /// Which call there, the first being 1.
    pub nth: u64,
    /// Whether the later ones fail too.
    pub lasting: Lasting,
    /// What the system says.
    pub errno: Errno,
    /// How many bytes of a failing write reach the file all the same.
    pub written: usize,
}

/// The sites a fault counts calls at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum At {
    Site(Site),
    AnySite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Lasting {
    /// That call alone.
    Once,
    /// That call and every later one there.
    FromThenOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Errno {
    /// The device failed.
    Eio,
    /// The file system is full.
    Enospc,
}

/// Counts calls and makes one fault.
pub(in crate::store) struct Faults {
    fault: Option<Fault>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: BTreeMap<Site, u64>,
    made: u64,
}

impl Faults {
    pub fn new(fault: Fault) -> Arc<Faults> {
        Arc::new(Faults {
            fault: Some(fault),
            state: Mutex::default(),
        })
    }

    /// Only counts.
    pub fn none() -> Arc<Faults> {
        Arc::new(Faults {
            fault: None,
            state: Mutex::default(),
        })
    }

    pub fn disk(self: &Arc<Faults>) -> Disk {
        Disk::with_hook(Arc::clone(self) as Arc<dyn Hook>)
    }

    /// How many calls a site has seen, failed ones included.
    pub fn calls(&self, site: Site) -> u64 {
        let state = self.state.lock().unwrap();
        state.calls.get(&site).copied().unwrap_or(0)
    }

    /// How many calls have failed. A test that expects a failure must see one.
    pub fn made(&self) -> u64 {
        self.state.lock().unwrap().made
    }

    fn due(&self, site: Site) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        *state.calls.entry(site).or_default() += 1;
        let fault = self.fault?;
        let count = match fault.at {
            At::Site(at) if at != site => return None,
            At::Site(_) => state.calls[&site],
            At::AnySite => state.calls.values().sum(),
        };
        let due = match fault.lasting {
            Lasting::Once => count == fault.nth,
            Lasting::FromThenOn => count >= fault.nth,
        };
        state.made += u64::from(due);
        due.then_some(fault)
    }
}

/// A disk that leaves out every sync, for tests that make many files and do
/// not ask what outlives a power cut.
pub(in crate::store) fn hasty() -> Disk {
    Disk::with_hook(Arc::new(Hasty))
}

struct Hasty;

impl Hook for Hasty {
    fn pass(
        &self,
        _: Site,
        change: &Change<'_>,
        call: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()> {
        match change {
            Change::SyncData { .. } | Change::SyncDir { .. } => Ok(()),
            _ => call(),
        }
    }
}

impl Hook for Faults {
    fn pass(
        &self,
        site: Site,
        change: &Change<'_>,
        call: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(fault) = self.due(site) else {
            return Hasty.pass(site, change, call);
        };
        if let Change::Write {
            file,
            offset,
            bytes,
        } = change
        {
            file.write_all_at(&bytes[..fault.written.min(bytes.len())], *offset)?;
        }
        Err(io::Error::from_raw_os_error(match fault.errno {
            Errno::Eio => 5,
            Errno::Enospc => 28,
        }))
    }
}
