//! What backups say when something is wrong.

use insta::assert_snapshot;

use super::*;
use crate::store::embedded::recovery::{dumps_dir, journal_dir};
use crate::store::opening;

/// With the directory of the test left out.
fn said<T: std::fmt::Debug>(world: &World, result: Result<T, BackupError>) -> String {
    let dir = world.beside("").display().to_string();
    result.unwrap_err().to_string().replace(&dir, "/")
}

fn into(world: &World, target: &Path, point: &RestorePoint) -> Result<RestoreReport, BackupError> {
    let data = DataDir::new(world.beside("restored"));
    restore(target, &data, point, &[], &DiskOption(hasty()))
}

#[test]
fn targets_are_refused() {
    let world = world();
    let full = world.beside("full");
    std::fs::create_dir_all(&full).unwrap();
    std::fs::write(full.join("letter.txt"), "dear").unwrap();
    assert_snapshot!(said(&world, make(&world, &full)), @"/full holds other things and no backup: take a directory that is empty or not there");
    assert_eq!(world::files(&full), [Path::new("letter.txt")]);

    let inside = world.data.path().join("backup");
    assert_snapshot!(said(&world, make(&world, &inside)), @"/data/backup lies in the data directory and would be lost with it: take another directory, best on another disk");

    let other = World::new();
    let target = world.beside("other");
    make(&other, &target).unwrap();
    opening::note(&hasty(), &world.data.store(), StoreId([7; 16])).unwrap();
    assert_snapshot!(said(&world, make(&world, &target)), @"/other is a backup of the store 7468652073746f72652773206f776e21, and this is the store 07070707070707070707070707070707: take another directory. (A restored store is another one, too.)");
}

#[test]
fn a_directory_without_a_store_is_refused() {
    let world = World::new();
    let nothing = DataDir::new(world.beside("nothing"));
    assert_snapshot!(said(&world, verify_data(&nothing)), @"there is no store in /nothing/store: give --data the directory that the host uses as data.dir");

    let old = DataDir::new(world.beside("old"));
    std::fs::create_dir_all(old.store().join("index")).unwrap();
    assert_snapshot!(said(&world, verify_data(&old)), @"the store in /old/store has format 1, which has no backups: start this version of the host on it once, which brings it into format 2");

    std::fs::remove_file(world.data.secret()).unwrap();
    let target = world.beside("backup");
    assert_snapshot!(said(&world, make(&world, &target)), @"/data/secret.key is missing: a backup without it would not bring the readers back");
    assert_snapshot!(said(&world, verify_data(&world.data)), @r"
    the data are damaged:
    /data/secret.key: it is missing: without it every reader is a stranger
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");
    assert_snapshot!(said(&world, verify_backup(&world.beside("nothing"))), @"there is no backup in /nothing: it has no backup.toml");
    assert_snapshot!(said(&world, verify_backup(world.data.path())), @"/data is no backup, but looks like the data directory of a host: `quanka verify --data /data` reads one, `quanka backup --data /data --to BACKUP` makes a backup of it");
}

/// A store put back by hand, with the id it had.
#[test]
fn a_store_that_went_another_way_is_refused() {
    let mut world = World::new();
    world.work(5);
    world.close();
    let copy = world.beside("copy");
    let copied = std::process::Command::new("cp")
        .args(["-a".as_ref(), world.data.path(), &copy])
        .status();
    assert!(copied.unwrap().success());
    let target = world.beside("backup");
    world.open();
    world.work(1);
    make(&world, &target).unwrap();

    let back = DataDir::new(copy);
    let disk = DiskOption(hasty());
    let parted = || backup(&back, &target, Timestamp::UNIX_EPOCH, &disk);
    assert_snapshot!(said(&world, parted()), @"/backup holds commits that this store does not have: either the store was put back by hand, or this is a copy of it that went another way. Take another directory");

    // It goes on, and past the backup.
    world.close();
    world.data = back.clone();
    world.open_at(5);
    world.work(4);
    assert_snapshot!(said(&world, parted()), @"/backup holds commits that this store does not have: either the store was put back by hand, or this is a copy of it that went another way. Take another directory");
}

#[test]
fn points_outside_are_refused() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    for group in [0, 12, 26] {
        let refused = into(&world, &target, &RestorePoint::Group(group));
        assert!(matches!(refused, Err(BackupError::NoGroup { .. })));
    }
    let refused = into(&world, &target, &RestorePoint::Group(26));
    assert_snapshot!(said(&world, refused), @"group 26 cannot be restored: this backup goes from group 13 to 25. An earlier backup may go further back");
    let commit = |circle, seq| RestorePoint::Commit(Partition::circle(circle), Seq(seq));
    let refused = into(&world, &target, &commit("beike", 1));
    assert_snapshot!(said(&world, refused), @"commit 1 of circle beike cannot be restored: this backup goes back to its commits 4 to 7. An earlier backup may go further back");
    let refused = into(&world, &target, &commit("nobody", 1));
    assert_snapshot!(said(&world, refused), @"circle nobody has no commit behind the backup's checkpoint, so every restore of this backup has it at its commit 0 (0: there is none)");
    assert!(!world.beside("restored").exists());
}

#[test]
fn a_directory_with_something_in_it_is_not_restored_into() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    let to = world.beside("restored");
    std::fs::create_dir(&to).unwrap();
    into(&world, &target, &RestorePoint::Newest).unwrap();
    let before = cells(&world.data);
    let again = into(&world, &target, &RestorePoint::Newest);
    assert_snapshot!(said(&world, again), @"/restored is not empty, and nothing in it is touched: restore into a directory that is empty or not there");
    assert_eq!(cells(&DataDir::new(to)), before);
}

#[test]
fn another_command_at_the_same_backup_waits() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    let held = lock(&target).unwrap();
    assert_snapshot!(said(&world, make(&world, &target)), @"/backup is being written or read by another command: wait for it");
    assert_snapshot!(said(&world, verify_backup(&target)), @"/backup is being written or read by another command: wait for it");
    drop(held);
    verify_backup(&target).unwrap();
}

#[test]
fn a_backup_never_finished_says_so() {
    let world = world();
    let target = world.beside("backup");
    let faults = Faults::new(Fault {
        at: At::Site(Site::BackupWrite),
        nth: 5,
        lasting: Lasting::Once,
        errno: Errno::Enospc,
        written: 0,
    });
    let full = make_on(&faults.disk(), &world, &target);
    assert_snapshot!(said(&world, full), @"writing /backup/journal/00000000000000000010.journal: No space left on device (os error 28)");
    assert_snapshot!(said(&world, verify_backup(&target)), @"the backup in /backup was never finished: run `quanka backup` once more");
    make(&world, &target).unwrap();
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 4;
    std::fs::write(path, bytes).unwrap();
}

/// All that is wrong is said at once, with its place.
#[test]
fn everything_wrong_is_named() {
    let world = world();
    let target = world.beside("backup");
    make(&world, &target).unwrap();
    world.close();
    let dump = |dir: &Path| dir.join("00000000000000000009.dump");
    let segments = crate::store::journal::segments(&journal_dir(&world.data.store())).unwrap();
    flip(&dump(&dumps_dir(&world.data.store())), 100);
    flip(&segments[1].path, 700);
    flip(&segments[3].path, 40);
    assert_snapshot!(said(&world, verify_data(&world.data)), @r"
    the data are damaged:
    /data/store/dumps/00000000000000000009.dump, offset 40: the checksum of a block does not hold
    /data/store/journal/00000000000000000013.journal, offset 512, group 13: its checksum does not hold
    /data/store/journal/00000000000000000019.journal, offset 0, group 19: the checksum of its header does not hold
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");
    assert_snapshot!(said(&world, make(&world, &world.beside("new"))), @r"
    the data are damaged:
    /data/store/journal/00000000000000000013.journal, offset 512, group 13: its checksum does not hold
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");

    flip(&dump(&target.join("dumps")), 100);
    flip(
        &target
            .join("journal")
            .join(segments[1].path.file_name().unwrap()),
        700,
    );
    assert_snapshot!(said(&world, verify_backup(&target)), @r"
    the backup is damaged:
    /backup/dumps/00000000000000000009.dump: its checksum is not the one in backup.toml
    /backup/journal/00000000000000000013.journal: its checksum is not the one in backup.toml
    /backup/dumps/00000000000000000009.dump, offset 40: the checksum of a block does not hold
    /backup/journal/00000000000000000013.journal, offset 512, group 13: its checksum does not hold
    It cannot be restored as it is. Take another one, and have the host make a new one, in another directory, with `quanka backup`
    ");
    assert_snapshot!(said(&world, into(&world, &target, &RestorePoint::Newest)), @r"
    the backup is damaged:
    /backup/dumps/00000000000000000009.dump: its checksum is not the one in backup.toml
    /backup/journal/00000000000000000013.journal: its checksum is not the one in backup.toml
    /backup/dumps/00000000000000000009.dump, offset 40: the checksum of a block does not hold
    /backup/journal/00000000000000000013.journal, offset 512, group 13: its checksum does not hold
    It cannot be restored as it is. Take another one, and have the host make a new one, in another directory, with `quanka backup`
    ");
    flip(&target.join("backup.toml"), 300);
    assert_snapshot!(said(&world, verify_backup(&target)), @"/backup/backup.toml cannot be used: its checksum does not hold. Take another backup; `quanka backup` makes a new one in another directory");
}

/// Checksums that hold prove nothing about what was left out.
#[test]
fn a_commit_left_out_is_found() {
    let mut world = World::new();
    world.work(3);
    world.skip_a_commit();
    world.work(6);
    assert_snapshot!(said(&world, verify_data(&world.data)), @r"
    the data are damaged:
    /data/store/journal/00000000000000000004.journal, offset 512, group 4: commit 6 of circle zhou comes where commit 5 must
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");

    let mut world = World::new();
    world.work(3);
    world.forget_a_partition();
    world.work(6);
    assert_snapshot!(said(&world, verify_data(&world.data)), @r"
    the data are damaged:
    /data/store/dumps/00000000000000000003.dump: commits 1 to 4 of circle zhou are neither here nor in the journal
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");
}
