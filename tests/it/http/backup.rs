//! `quanka backup`, `verify` and `restore`, as the operator of a host that goes
//! on meanwhile.

mod pictures;

use super::{own_view, polls, results, start, vote};
use quanka_tests::paths;
use quanka_tests::server::{Host, Setup};
use std::path::Path;

/// What a command printed; it must have ended with this code. Directories and
/// seconds are left out.
#[track_caller]
fn quanka(dir: &Path, code: i32, arguments: &[&str]) -> String {
    let output = paths::quanka()
        .args(arguments)
        .current_dir(dir)
        .output()
        .expect("the host's binary runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("output is text");
    assert_eq!(output.status.code(), Some(code), "{said}");
    let said = said.replace(&format!("{}/", dir.display()), "");
    match said.split_once(" s; ") {
        Some((before, after)) => {
            let before = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            format!("{before}N s; {after}")
        }
        None => said,
    }
}

/// A host on what `quanka restore` made.
fn serve_restored(dir: &Path, backup: &str, to_seq: &[&str]) -> Host {
    serve_restored_as(&polls(), dir, backup, to_seq)
}

fn serve_restored_as(setup: &Setup, dir: &Path, backup: &str, to_seq: &[&str]) -> Host {
    let mut host = Host::start(setup);
    host.terminate();
    std::fs::remove_dir_all(host.data_dir()).expect("it is the test's own");
    let data = host.data_dir();
    let arguments = [
        "restore",
        backup,
        "--data",
        data.to_str().expect("paths of the tests are UTF-8"),
    ];
    quanka(dir, 0, &[&arguments, to_seq].concat());
    host.restart();
    host
}

#[test]
fn a_backup_of_a_running_host_brings_back_votes_and_readers() {
    let host = start();
    let dir = host.data_dir();
    let dir = dir.parent().unwrap();
    let first = vote(&host.client(), "a", "one");
    let cookies = first.cookies();
    vote(&host.client(), "b", "two");
    let backup = ["backup", "--data", "data", "--to", "copy"];
    insta::assert_snapshot!(quanka(dir, 0, &backup), @r"
    backed up to copy: 1 circle, 24 keys, 4 commits after the checkpoint, last group 4
    copied 4 files of 5,539 bytes, kept 0 files of 0 bytes, in N s; read back and found right
    ");
    vote(&host.client(), "b", "three");
    insta::assert_snapshot!(quanka(dir, 0, &["verify", "--data", "data"]), @"ok: 1 circle, 29 keys, 5 commits after the checkpoint, last group 5");
    insta::assert_snapshot!(quanka(dir, 0, &["verify", "copy"]), @r"
    ok: 1 circle, 24 keys, 4 commits after the checkpoint, last group 4
    can be restored to any group from 0 to 4
    ");

    // The votes of before are there, and whose they are; the later one is not.
    let restored = serve_restored(dir, "copy", &[]);
    let view = own_view(&restored.client(), "vote", &cookies);
    assert_eq!(results(&view), "三体 1*, 边城 1");
    let again = vote(&restored.client(), "a", "one").json();
    assert_eq!(again["repeated"], true);
    // It goes on from there.
    vote(&restored.client(), "a", "four");
    let view = own_view(&restored.client(), "vote", &cookies);
    assert_eq!(results(&view), "三体 2*, 边城 1");

    // One commit back, by the number its circle has given it.
    let restored = serve_restored(dir, "copy", &["--to-seq", "beike:1"]);
    let view = own_view(&restored.client(), "vote", &cookies);
    assert_eq!(results(&view), "三体 1*, 边城 0");

    // Brought up to date, the copy has the third vote, too.
    insta::assert_snapshot!(quanka(dir, 0, &backup), @r"
    backed up to copy: 1 circle, 29 keys, 5 commits after the checkpoint, last group 5
    copied 1 file of 6,144 bytes, kept 3 files of 931 bytes, in N s; read back and found right
    ");
    let restored = serve_restored(dir, "copy", &[]);
    let view = own_view(&restored.client(), "vote", &cookies);
    assert_eq!(results(&view), "三体 1*, 边城 2");
}

#[test]
fn what_cannot_be_done_is_said() {
    let mut host = start();
    vote(&host.client(), "a", "one");
    let data = host.data_dir();
    let dir = data.parent().unwrap();
    quanka(
        dir,
        0,
        &["backup", "--config", "quanka.toml", "--to", "copy"],
    );

    let nothing = ["verify", "--data", "elsewhere"];
    insta::assert_snapshot!(quanka(dir, 1, &nothing), @"quanka: there is no store in elsewhere/store: give --data the directory that the host uses as data.dir");
    let no_config = ["backup", "--config", "none.toml", "--to", "copy"];
    insta::assert_snapshot!(quanka(dir, 1, &no_config), @r"
    quanka: none.toml: is not there; write it, or name another with --config
    Or say where the data lie with --data DIR
    ");
    let into_data = ["restore", "copy", "--data", "data"];
    insta::assert_snapshot!(quanka(dir, 1, &into_data), @"quanka: data is not empty, and nothing in it is touched: restore into a directory that is empty or not there");
    let too_far = ["restore", "copy", "--data", "new", "--to-seq", "1000"];
    insta::assert_snapshot!(quanka(dir, 1, &too_far), @"quanka: group 1000 cannot be restored: this backup goes from group 0 to 3. An earlier backup may go further back");
    let no_point = ["restore", "copy", "--data", "new", "--to-seq", "yesterday"];
    insta::assert_snapshot!(quanka(dir, 2, &no_point), @r"
    error: invalid value 'yesterday' for '--to-seq <N|CIRCLE:N>': neither a group, like 9876, nor a commit of a circle, like beike:41

    For more information, try '--help'.
    ");
    assert!(!dir.join("new").exists());

    host.terminate();
    let journal = data.join("store/journal/00000000000000000001.journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[600] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    insta::assert_snapshot!(quanka(dir, 1, &["verify", "--data", "data"]), @r"
    quanka: the data are damaged:
    data/store/journal/00000000000000000001.journal, offset 512, group 1: its checksum does not hold
    Keep a copy of the data directory, then restore the last good backup with `quanka restore`
    ");
    quanka(dir, 0, &["verify", "copy"]);
}
