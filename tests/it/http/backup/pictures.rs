//! Backups of pictures that readers gave: brought back with the posts that show
//! them, and missed where one is lost.

use super::{quanka, serve_restored_as};
use crate::http::media::{given, setup, status, tell};
use crate::picture::png;
use quanka_tests::server::Host;
use std::path::{Path, PathBuf};

const BACKUP: [&str; 5] = ["backup", "--data", "data", "--to", "copy"];

/// A host with a picture in a post, and its id and giver.
fn with_picture() -> (Host, String, String) {
    let host = Host::start(&setup());
    let (id, cookies) = given(&host.client(), &png(40, 30, 1), "");
    tell(&host.client(), "post", &id, &cookies);
    (host, id, cookies)
}

/// Where a picture lies below a directory.
fn lies(dir: &Path, id: &str) -> PathBuf {
    dir.join("media").join(&id[..2]).join(id)
}

#[track_caller]
fn expect(said: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(said.contains(piece), "no {piece:?} in {said}");
    }
}

#[test]
fn a_restored_host_serves_the_pictures_too() {
    let (host, first, cookies) = with_picture();
    let data = host.data_dir();
    let dir = data.parent().unwrap();
    let (second, _) = given(&host.client(), &png(40, 30, 2), &cookies);
    expect(&quanka(dir, 0, &BACKUP), &["2 pictures", "copied 6 files"]);
    expect(&quanka(dir, 0, &["verify", "copy"]), &["2 pictures"]);
    // Nothing new: nothing is copied.
    expect(&quanka(dir, 0, &BACKUP), &["copied 0 files of 0 bytes"]);
    // What is given later is brought along.
    let (third, _) = given(&host.client(), &png(40, 30, 3), &cookies);
    tell(&host.client(), "post", &third, &cookies);
    expect(&quanka(dir, 0, &BACKUP), &["3 pictures"]);

    let bytes = |host: &Host, id: &str| {
        let served = host.client().get(&format!("/m/{id}")).send();
        served.expect(200).body
    };
    let restored = serve_restored_as(&setup(), dir, "copy", &[]);
    for id in [&first, &second, &third] {
        assert_eq!(bytes(&restored, id), bytes(&host, id), "{id}");
    }
    // As they were at a commit: what came later is left out, its files too.
    let restored = serve_restored_as(&setup(), dir, "copy", &["--to-seq", "beike:1"]);
    let client = restored.client();
    let there = [&first, &second, &third].map(|id| status(&client, id));
    assert_eq!(there, [200, 404, 404]);
    // It goes on from there.
    let (again, _) = given(&client, &png(40, 30, 2), &cookies);
    assert_eq!(again, second);
}

#[test]
fn a_picture_that_is_lost_is_missed_and_stops_nothing() {
    let (host, id, _) = with_picture();
    let data = host.data_dir();
    let dir = data.parent().unwrap();
    quanka(dir, 0, &BACKUP);
    quanka(dir, 0, &["verify", "--data", "data"]);
    let good = std::fs::read(lies(&data, &id)).unwrap();
    let place = format!("media/{}/{id}", &id[..2]);
    let (in_data, in_copy) = (format!("data/{place}"), format!("copy/{place}"));

    // In the backup: said, left out of a restore, and mended by the next backup.
    let mut bad = good.clone();
    bad[300] ^= 1;
    let damaged = "it does not hold what its name says: it is damaged";
    let missing = "it is missing, and a post shows it";
    for (file, problem) in [(Some(&bad), damaged), (None, missing)] {
        match file {
            Some(file) => std::fs::write(lies(&dir.join("copy"), &id), file).unwrap(),
            None => std::fs::remove_file(lies(&dir.join("copy"), &id)).unwrap(),
        }
        let finding = format!("{in_copy}: {problem}");
        let said = quanka(dir, 1, &["verify", "copy"]);
        expect(&said, &[&finding, "Everything else is right"]);
        let to = format!("new-{}", problem.len());
        let said = quanka(dir, 0, &["restore", "copy", "--data", &to]);
        expect(
            &said,
            &["without pictures that the backup does not have", &finding],
        );
        assert!(!lies(&dir.join(&to), &id).exists());
        expect(&quanka(dir, 0, &BACKUP), &["copied 1 file "]);
        quanka(dir, 0, &["verify", "copy"]);
    }

    // In the data: said, and an earlier backup has it.
    for (file, problem) in [(Some(&bad), damaged), (None, missing)] {
        match file {
            Some(file) => std::fs::write(lies(&data, &id), file).unwrap(),
            None => std::fs::remove_file(lies(&data, &id)).unwrap(),
        }
        let finding = format!("{in_data}: {problem}");
        let said = quanka(dir, 1, &["verify", "--data", "data"]);
        expect(&said, &[&finding, "Everything else is right"]);
        quanka(dir, 0, &BACKUP);
        let to = format!("other-{}", problem.len());
        let said = quanka(dir, 1, &["backup", "--data", "data", "--to", &to]);
        expect(
            &said,
            &["the backup is good, but pictures are missing", &finding],
        );
        quanka(dir, 1, &["verify", &to]);
    }
    std::fs::copy(lies(&dir.join("copy"), &id), lies(&data, &id)).unwrap();
    quanka(dir, 0, &["verify", "--data", "data"]);
}
