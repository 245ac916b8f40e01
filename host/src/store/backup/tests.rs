//! Backups of stores whose every group the test knows.

mod load;
mod messages;
mod pictures;
mod world;

use std::os::unix::fs::PermissionsExt;

use self::world::{World, cells, restored};
use super::*;
use crate::store::Seq;
use crate::store::disk::faults::{At, Errno, Fault, Faults, Lasting, hasty};
use crate::store::disk::recorder::Recorder;
use crate::store::keys::Partition;

/// A world with a checkpoint made while it went on, and some more behind it.
fn world() -> World {
    let mut world = World::new();
    world.work(9);
    world.checkpoint_during(4);
    world.work(12);
    world
}

fn make(world: &World, target: &Path) -> Result<BackupReport, BackupError> {
    make_on(&hasty(), world, target)
}

fn make_on(disk: &Disk, world: &World, target: &Path) -> Result<BackupReport, BackupError> {
    let disk = DiskOption(disk.clone());
    backup(&world.data, target, Timestamp::UNIX_EPOCH, &disk)
}

#[test]
fn a_backup_brings_back_everything() {
    let world = world();
    let (target, to) = (world.beside("backup"), world.beside("restored"));
    let made = make(&world, &target).unwrap();
    assert_eq!((made.counts.first, made.counts.last), (13, 25));
    assert_eq!(made.kept_files, 0);
    assert_eq!(verify_backup(&target).unwrap(), made.counts);
    assert_eq!(verify_data(&world.data).unwrap(), made.counts);

    let to = DataDir::new(to);
    let restored = restore(
        &target,
        &to,
        &RestorePoint::Newest,
        &[],
        &DiskOption(hasty()),
    )
    .unwrap();
    assert_eq!(restored.left_out, 0);
    assert_eq!(cells(&to), *world.at(25));
    assert_eq!(verify_data(&to).unwrap(), restored.counts);
    let ids = [&world.data, &to].map(|data| source::store_id(&data.store()).unwrap());
    assert_ne!(
        ids[0], ids[1],
        "a store that goes its own way is another one"
    );
    assert_eq!(
        std::fs::read(to.secret()).unwrap(),
        std::fs::read(world.data.secret()).unwrap()
    );
    for private in [to.secret(), target.join(source_secret(&target))] {
        let mode = std::fs::metadata(private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for private in [to.path(), &target] {
        let mode = std::fs::metadata(private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    assert!(!to.path().join("restoring").exists());
}

fn source_secret(target: &Path) -> PathBuf {
    let content = Manifest::read(target).unwrap().unwrap().content.unwrap();
    content.files(Kind::Secret).next().unwrap().path.clone()
}

#[test]
fn a_store_without_a_checkpoint_or_a_commit_has_backups() {
    let mut world = World::new();
    for groups in [0, 3] {
        world.work(groups);
        let target = world.beside(&format!("backup-{groups}"));
        let made = make(&world, &target).unwrap();
        assert_eq!((made.counts.first, made.counts.last), (0, groups as u64));
        for group in 0..=groups as u64 {
            assert_eq!(
                restored(&target, &RestorePoint::Group(group)),
                *world.at(group)
            );
        }
    }
}

#[test]
fn a_backup_is_brought_up_to_date() {
    let mut world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();

    // Nothing has happened: nothing is copied.
    let again = make(&world, &target).unwrap();
    assert_eq!((again.copied_files, again.copied_bytes), (0, 0));

    // The journal has gone on: the segment that grew is copied, and new ones.
    world.work(2);
    let grown = make(&world, &target).unwrap();
    assert!(grown.kept_files > 2 && grown.copied_files > 0, "{grown:?}");
    assert_eq!(restored(&target, &RestorePoint::Newest), *world.at(27));

    // A checkpoint has come, and the keys were rotated: what is not needed any
    // more goes.
    world.checkpoint_during(0);
    world.rotate_secret();
    world.work(1);
    let checkpointed = make(&world, &target).unwrap();
    assert_eq!(
        (checkpointed.counts.first, checkpointed.counts.last),
        (27, 28)
    );
    assert_eq!(restored(&target, &RestorePoint::Newest), *world.at(28));
    let content = Manifest::read(&target).unwrap().unwrap().content.unwrap();
    let mut named: Vec<PathBuf> = content.file.iter().map(|file| file.path.clone()).collect();
    named.extend(["backup.toml".into(), "lock".into()]);
    named.sort();
    assert_eq!(world::files(&target), named);
}

#[test]
fn a_lost_file_is_copied_again() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    for file in Manifest::read(&target)
        .unwrap()
        .unwrap()
        .content
        .unwrap()
        .file
    {
        std::fs::remove_file(target.join(&file.path)).unwrap();
        assert!(verify_backup(&target).is_err(), "{file:?}");
        assert_eq!(make(&world, &target).unwrap().copied_files, 1, "{file:?}");
        verify_backup(&target).unwrap();
    }
}

/// What lies between two groups of the journal is the point to go back to.
#[test]
fn every_group_and_every_commit_behind_the_checkpoint_can_be_restored() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    for group in 13..=25 {
        assert_eq!(
            restored(&target, &RestorePoint::Group(group)),
            *world.at(group),
            "{group}"
        );
    }
    let mut checked = 0;
    for (group, commit, cells) in world.commits() {
        let (partition, seq) = commit.clone();
        if *group > 13 {
            let point = RestorePoint::Commit(partition, seq);
            assert_eq!(restored(&target, &point), *cells, "{commit:?}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

/// Every call of a backup fails once, and from then on. The backup before it,
/// or the new one, is there, and the next one comes through.
#[test]
fn an_interrupted_backup_leaves_the_one_before() {
    let mut seen = BTreeSet::new();
    for site in sites("Backup") {
        for nth in 1.. {
            let mut faults_made = 0;
            for (lasting, errno, written) in [
                (Lasting::Once, Errno::Enospc, 700),
                (Lasting::FromThenOn, Errno::Eio, 0),
            ] {
                let fault = Fault {
                    at: At::Site(site),
                    nth,
                    lasting,
                    errno,
                    written,
                };
                let faults = Faults::new(fault);
                let mut world = world();
                let target = world.beside("backup");
                make(&world, &target).unwrap();
                let before = world.last();
                world.work(3);
                world.checkpoint_during(2);
                world.work(2);
                world.rotate_secret();

                let made = make_on(&faults.disk(), &world, &target);
                assert_eq!(made.is_err(), faults.made() > 0, "{fault:?}");
                faults_made += faults.made();
                check_either(&world, &target, before, &format!("{fault:?}"));
                make(&world, &target).unwrap();
                assert_eq!(
                    restored(&target, &RestorePoint::Newest),
                    *world.at(world.last())
                );
            }
            if faults_made == 0 {
                break;
            }
            seen.insert(site);
        }
    }
    // The directories were made by the backup before.
    let expected: BTreeSet<Site> = sites("Backup")
        .filter(|site| *site != Site::BackupCreateDir)
        .collect();
    assert!(seen.is_superset(&expected), "{seen:?}");
}

fn sites(of: &str) -> impl Iterator<Item = Site> {
    let sites = Site::ALL.into_iter();
    sites.filter(move |site| format!("{site:?}").starts_with(of))
}

fn check_either(world: &World, target: &Path, before: u64, context: &str) {
    let counts = verify_backup(target).unwrap_or_else(|error| panic!("{context}: {error}"));
    let groups = [before, world.last()];
    assert!(groups.contains(&counts.last), "{context}: {counts:?}");
    let restored = restored(target, &RestorePoint::Newest);
    assert_eq!(restored, *world.at(counts.last), "{context}");
}

/// The power is cut after every change that the second of two backups makes.
#[test]
fn a_power_cut_leaves_a_backup() {
    #[track_caller]
    fn check(mut world: World, goes_on: impl Fn(&mut World)) {
        let target = world.beside("backup");
        make(&world, &target).unwrap();
        let before = world.last();
        goes_on(&mut world);
        let recorder = Recorder::new(&target);
        make_on(&recorder.disk(), &world, &target).unwrap();
        for cut in 0..=recorder.len() {
            for seed in 0..3 {
                let image = tempfile::tempdir().unwrap();
                recorder.image(cut, seed, image.path());
                let context = format!("cut {cut}, seed {seed}");
                check_either(&world, image.path(), before, &context);
            }
        }
    }
    // The journal goes on.
    check(world(), |world| world.work(3));
    // It is cut.
    check(world(), |world| {
        world.work(3);
        world.checkpoint_during(2);
        world.work(2);
        world.rotate_secret();
    });
    // Another dump from the same group takes the first one's name.
    let mut idle = World::new();
    idle.work(4);
    idle.checkpoint_during(0);
    check(idle, |idle| idle.checkpoint_during(3));
}

/// Every call of a restore fails. It can be run again, or it had all been done.
#[test]
fn an_interrupted_restore_can_be_run_again() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    let newest = RestorePoint::Newest;
    for site in Site::ALL {
        for nth in 1..4 {
            let fault = Fault {
                at: At::Site(site),
                nth,
                lasting: Lasting::FromThenOn,
                errno: Errno::Enospc,
                written: 100,
            };
            let faults = Faults::new(fault);
            let dir = tempfile::tempdir().unwrap();
            let data = DataDir::new(dir.path().join("data"));
            let first = restore(&target, &data, &newest, &[], &DiskOption(faults.disk()));
            // What is filled ahead of the journal may fail unnoticed.
            assert!(first.is_ok() || faults.made() > 0, "{fault:?}");
            let again = restore(&target, &data, &newest, &[], &DiskOption(hasty()));
            match (first, again) {
                (Err(_), Ok(_)) => {}
                (_, Err(BackupError::NotEmpty { .. })) => assert!(data.store().exists()),
                (first, again) => panic!("{fault:?}: {first:?}, then {again:?}"),
            }
            assert_eq!(cells(&data), *world.at(world.last()), "{fault:?}");
            assert!(data.secret().exists(), "{fault:?}");
        }
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    let mut flipped = 0;
    for file in world::files(&target) {
        let path = target.join(&file);
        let good = std::fs::read(&path).unwrap();
        // Every byte of the small ones, and a sample of the others.
        let step = (good.len() / 300).max(1);
        for at in (0..good.len()).step_by(step) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            std::fs::write(&path, bad).unwrap();
            assert!(
                verify_backup(&target).is_err(),
                "{} at {at}",
                file.display()
            );
            flipped += 1;
        }
        std::fs::write(&path, good).unwrap();
    }
    verify_backup(&target).unwrap();
    assert!(flipped > 1000, "{flipped}");
}
