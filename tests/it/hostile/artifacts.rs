//! Compiled plugins on disk: trusted only with the host's own seal, over these
//! bytes and this name; anything else is compiled again.

use std::path::{Path, PathBuf};

use quanka_tests::guests::write;
use quanka_tests::paths;
use quanka_tests::server::{Host, Setup};

use super::{log_lines, neighbour_answers, says, setup, view};

#[test]
fn artifacts_are_sealed_and_used_again() {
    let mut host = Host::start(&setup());
    neighbour_answers(&host.client());
    let [artifact] = &artifacts(&host)[..] else {
        panic!("one plugin has one artifact: {:?}", artifacts(&host));
    };
    assert_eq!(
        std::fs::read(artifact.with_extension("seal"))
            .unwrap()
            .len(),
        32
    );
    let made = modified(artifact);
    host.restart();
    neighbour_answers(&host.client());
    assert_eq!(modified(artifact), made, "compiled again without need");
}

#[test]
fn a_damaged_artifact_is_compiled_again() {
    check("cwasm", flip_a_bit);
}

#[test]
fn an_artifact_with_a_damaged_seal_is_compiled_again() {
    check("seal", |artifact| {
        flip_a_bit(&artifact.with_extension("seal"))
    });
}

#[test]
fn an_artifact_with_another_seal_is_compiled_again() {
    check("seal", |artifact| {
        std::fs::write(artifact.with_extension("seal"), [0; 32]).unwrap();
    });
}

#[test]
fn an_artifact_cut_short_is_compiled_again() {
    check("cwasm", |artifact| {
        let bytes = std::fs::read(artifact).unwrap();
        std::fs::write(artifact, &bytes[..bytes.len() / 2]).unwrap();
    });
}

/// Both files are whole and ours, and under each other's names.
#[test]
fn an_artifact_of_another_plugin_is_refused() {
    let mut host = Host::start(&with_hello());
    let [one, other] = &artifacts(&host)[..] else {
        panic!("two plugins have two artifacts: {:?}", artifacts(&host));
    };
    host.terminate();
    for extension in ["cwasm", "seal"] {
        let (one, other) = (
            one.with_extension(extension),
            other.with_extension(extension),
        );
        let between = one.with_extension("between");
        std::fs::rename(&one, &between).unwrap();
        std::fs::rename(&other, &one).unwrap();
        std::fs::rename(&between, &other).unwrap();
    }
    host.restart();
    assert_eq!(refusals(&host), 2, "{}", host.log());
    both_answer(&host);
}

/// Without a seal there is nothing to doubt: as after a crash while it was
/// being written.
#[test]
fn an_artifact_without_a_seal_does_not_count() {
    let mut host = Host::start(&setup());
    let artifact = artifacts(&host).remove(0);
    host.terminate();
    std::fs::remove_file(artifact.with_extension("seal")).unwrap();
    let made = modified(&artifact);
    host.restart();
    assert_ne!(modified(&artifact), made);
    assert!(artifact.with_extension("seal").exists());
    neighbour_answers(&host.client());
}

/// Another host's artifacts, with that host's seals.
#[test]
fn an_artifact_of_another_host_is_refused() {
    let mut stranger = Host::start(&setup());
    stranger.terminate();
    let mut host = Host::start(&setup());
    host.terminate();
    for artifact in artifacts(&stranger) {
        for extension in ["cwasm", "seal"] {
            let from = artifact.with_extension(extension);
            let to = host
                .data_dir()
                .join("artifacts")
                .join(from.file_name().unwrap());
            std::fs::copy(&from, &to).unwrap();
        }
    }
    host.restart();
    assert_eq!(refusals(&host), 1, "{}", host.log());
    neighbour_answers(&host.client());
}

/// Damages one of two plugins' artifacts: it is made again, the other is not.
#[track_caller]
fn check(what: &str, damage: impl Fn(&Path)) {
    let mut host = Host::start(&with_hello());
    let [damaged, whole] = &artifacts(&host)[..] else {
        panic!("two plugins have two artifacts: {:?}", artifacts(&host));
    };
    let good = read(damaged);
    host.terminate();
    damage(damaged);
    let (before, untouched) = (modified(damaged), modified(whole));

    host.restart();
    assert_eq!(refusals(&host), 1, "{what}: {}", host.log());
    assert_ne!(modified(damaged), before, "{what}: not compiled again");
    assert_eq!(modified(whole), untouched, "{what}: the other was whole");
    assert_eq!(read(damaged), good, "compiling is reproducible");
    both_answer(&host);

    // And it counts again.
    host.restart();
    assert_eq!(refusals(&host), 1, "{what}: {}", host.log());
}

fn with_hello() -> Setup {
    setup().plugin("hello").card("hello", "quanka/hello", "")
}

#[track_caller]
fn both_answer(host: &Host) {
    neighbour_answers(&host.client());
    let hello = view(&host.client(), "hello").expect(200).json();
    assert_eq!(hello["card"], "hello", "{hello}");
}

/// How often the host refused an artifact for its seal, over all its lives.
fn refusals(host: &Host) -> usize {
    log_lines(host)
        .iter()
        .filter(|line| line["level"] == "WARN" && says(line, "message", "the seal does not fit"))
        .count()
}

fn artifacts(host: &Host) -> Vec<PathBuf> {
    let folder = host.data_dir().join("artifacts");
    let mut files: Vec<PathBuf> = paths::entries(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|name| name == "cwasm"))
        .collect();
    files.sort();
    files
}

/// Two files made in the same moment differ in their inode.
fn modified(file: &Path) -> (std::time::SystemTime, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(file).expect("the artifact is there");
    let modified = metadata.modified().expect("Linux knows when");
    (modified, metadata.ino())
}

fn flip_a_bit(file: &Path) {
    let mut bytes = read(file);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(file, &bytes);
}

fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).expect("the artifact is there")
}
