//! A disk that fails, or is full: at every place where the store changes
//! files, at the first calls there and from then on. Whatever was acknowledged
//! is there once the disk is well again; what the store does meanwhile depends
//! on what failed.

use super::load::{Directly, Load, Reached, check_acknowledged};
use super::*;
use crate::store::disk::Site;
use crate::store::disk::faults::{At, Errno, Fault, Faults, Lasting};
use crate::store::embedded::DiskOption;
use crate::store::embedded::testing::try_over_memory;
use crate::store::seeded::{Seeded, SeededBug};

const LOAD: Load = Load {
    writers: 3,
    partitions: 2,
    value_bytes_max: 1_500,
};
/// Actions of each writer.
const ACTIONS: u64 = 24;

fn options(disk: DiskOption) -> Options {
    Options {
        commit_group_bytes_max: 8 << 10,
        segment_bytes: 16 << 10,
        checkpoint_journal_bytes: 64 << 10,
        disk,
        ..Options::default()
    }
}

#[test]
fn no_fault_makes_a_false_acknowledgement() {
    let nths = if is_full() { 1..=10 } else { 1..=3 };
    // A copy being made fails in tests of its own.
    let is_open_store = |site: &Site| {
        let name = format!("{site:?}");
        !name.starts_with("Backup") && !name.starts_with("Restore")
    };
    for site in Site::ALL.into_iter().filter(is_open_store) {
        let mut made = 0;
        for nth in nths.clone() {
            for lasting in [Lasting::Once, Lasting::FromThenOn] {
                let errno = match (nth % 2 == 0, lasting) {
                    (true, Lasting::Once) | (false, Lasting::FromThenOn) => Errno::Eio,
                    _ => Errno::Enospc,
                };
                let fault = Fault {
                    at: At::Site(site),
                    nth,
                    lasting,
                    errno,
                    // Nothing, half a sector, a sector and more.
                    written: [0, 256, 700][usize::try_from(nth % 3).unwrap()],
                };
                made += check(fault, Seeded::default())
                    .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
            }
        }
        assert!(made > 0, "nothing ever fails at {site:?}");
    }
}

/// The check finds what it is there for.
#[test]
fn a_false_acknowledgement_is_seen() {
    let fault = |nth| Fault {
        at: At::Site(Site::JournalAppendSync),
        nth,
        lasting: Lasting::FromThenOn,
        errno: Errno::Eio,
        written: 0,
    };
    let seeded = Seeded::with(SeededBug::AcknowledgeEarly);
    let found = (1..10).find_map(|nth| {
        let write = Fault {
            at: At::Site(Site::JournalAppend),
            ..fault(nth)
        };
        check(write, seeded).err()
    });
    assert!(found.is_some_and(|error| error.contains("lost")));
}

/// What an end of the load has left.
struct Ended {
    acknowledged: Reached,
    /// Why each writer stopped, if it did.
    refused: Vec<StoreError>,
}

/// Works over a failing disk, closes, and looks at what is there over a whole
/// one. Returns how often the disk has failed.
fn check(fault: Fault, seeded: Seeded) -> Result<u64, String> {
    let dir = dir_in_memory();
    let faults = Faults::new(fault);
    // What only happens to a store that is there already fails in the second
    // life.
    let mut acknowledged = vec![0; LOAD.writers];
    for _life in 0..2 {
        let failing = Options {
            seeded,
            ..options(DiskOption(faults.disk()))
        };
        let opened = try_over_memory(dir.path(), &failing);
        match opened {
            Ok(store) => {
                let store: Arc<dyn Store> = Arc::new(store);
                acknowledged = work(&store, &faults, fault, acknowledged)?;
            }
            // A store that does not open says why, and can be opened later.
            Err(error) => {
                let error = error.to_string();
                let why = match fault.errno {
                    Errno::Eio => "Input/output error",
                    Errno::Enospc => "No space left on device",
                };
                if !error.contains(why) {
                    return Err(format!("it does not open, and says: {error}"));
                }
            }
        }
    }
    let healthy = try_over_memory(dir.path(), &options(DiskOption::default()));
    let healthy: Arc<dyn Store> = Arc::new(healthy.map_err(|error| error.to_string())?);
    let reached = runtime().block_on(LOAD.reached(&healthy))?;
    check_acknowledged(&acknowledged, &reached)?;
    healthy.writable().map_err(|error| error.to_string())?;
    Ok(faults.made())
}

fn work(
    store: &Arc<dyn Store>,
    faults: &Faults,
    fault: Fault,
    from: Reached,
) -> Result<Reached, String> {
    let runtime = runtime();
    let failed_before = faults.made();
    let ended = runtime.block_on(load(store, from));
    let At::Site(site) = fault.at else {
        unreachable!("faults are made at sites");
    };
    // Reads go on in any case, and show nothing but whole commits.
    let reached = runtime.block_on(LOAD.reached(store))?;
    check_acknowledged(&ended.acknowledged, &reached)?;
    let refused = ended.refused.first();
    match (refused, store.writable()) {
        (None, Ok(())) => {}
        (Some(refused), Err(why)) => {
            check_stopped(fault, store, refused, &why, &runtime)?;
        }
        (refused, writable) => {
            return Err(format!("refused {refused:?}, but writable {writable:?}"));
        }
    }
    // A failed write or sync of a group is never passed over.
    let fatal = [Site::JournalAppend, Site::JournalAppendSync];
    if fatal.contains(&site) && faults.made() > failed_before && store.writable().is_ok() {
        return Err("writes went on after a group had failed".into());
    }
    Ok(ended.acknowledged)
}

/// Writes have stopped: only for what touches the journal, for a reason that
/// is told, and for good.
fn check_stopped(
    fault: Fault,
    store: &Arc<dyn Store>,
    refused: &StoreError,
    why: &StoreError,
    runtime: &tokio::runtime::Runtime,
) -> Result<(), String> {
    let At::Site(site) = fault.at else {
        unreachable!("faults are made at sites");
    };
    let ahead = [
        Site::JournalCreate,
        Site::JournalFill,
        Site::JournalFillSync,
    ];
    // What is done ahead of its time is tried again when its time has come.
    let curable = ahead.contains(&site) && fault.lasting == Lasting::Once;
    let elsewhere = !format!("{site:?}").starts_with("Journal") || site == Site::JournalRemove;
    if curable || elsewhere {
        return Err(format!("a failure at {site:?} must not stop writes: {why}"));
    }
    let text = why.to_string();
    if refused != why || !(text.contains("error") || text.contains("space")) {
        return Err(format!(
            "a commit was refused with {refused:?}, and the store says {why:?}"
        ));
    }
    let again = runtime.block_on(LOAD.act(store, &Directly, 0, u64::from(u32::MAX)));
    if again.as_ref() != Err(why) {
        return Err(format!("a later commit got {again:?}"));
    }
    Ok(())
}

async fn load(store: &Arc<dyn Store>, from: Reached) -> Ended {
    let writers: Vec<_> = from
        .into_iter()
        .enumerate()
        .map(|(writer, last)| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for number in last + 1..=last + ACTIONS {
                    if number % 8 == 0 {
                        // That it fails is no reason not to go on.
                        let _ = store.checkpoint().await;
                    }
                    if let Err(error) = LOAD.act(&store, &Directly, writer, number).await {
                        return (number - 1, Some(error));
                    }
                }
                (last + ACTIONS, None)
            })
        })
        .collect();
    let mut ended = Ended {
        acknowledged: Vec::new(),
        refused: Vec::new(),
    };
    for writer in writers {
        let (last, error) = writer.await.unwrap();
        ended.acknowledged.push(last);
        ended.refused.extend(error);
    }
    ended
}
