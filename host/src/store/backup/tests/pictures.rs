//! Which pictures a store knows, and which files a backup keeps of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::store::backup::pictures;
use crate::store::cells::{seq_key, value_key};
use crate::store::keys::{media, media_given, media_unused};
use crate::store::media_id;

fn in_circle(key: &crate::store::Key) -> Vec<u8> {
    value_key(&Partition::circle("beike"), key)
}

/// A directory with pictures of these contents, each where its id says.
fn with_files(contents: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for content in contents {
        let path = pictures::path(dir.path(), &media_id(content.as_bytes()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    dir
}

fn known(used: &[&str], unused: &[&str]) -> pictures::Known {
    let mut known = pictures::Known::default();
    for content in used.iter().chain(unused) {
        let id = media_id(content.as_bytes());
        known.add(&in_circle(&media(&id)));
        known.add(&in_circle(&media_given("m_1", &id)));
    }
    for content in unused {
        let id = media_id(content.as_bytes());
        known.add(&in_circle(&media_unused(7, &id)));
    }
    known
}

#[test]
fn the_store_says_which_pictures_there_must_be() {
    let mut known = known(&["a", "b"], &["c"]);
    // What is no circle's, or no record of a picture.
    let id = media_id(b"d");
    known.add(&value_key(&Partition::host(), &media(&id)));
    known.add(&value_key(&Partition::circle("beike"), &media("short")));
    known.add(&seq_key(&Partition::circle("beike")));
    assert_eq!(known.count(), 3);

    let missing = |contents: &[&str]| -> Vec<String> {
        let dir = with_files(contents);
        let found = known.check(dir.path()).into_iter();
        found
            .map(|finding| {
                finding
                    .path
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let ids = |contents: &[&str]| -> Vec<String> {
        let mut ids: Vec<String> = contents.iter().map(|it| media_id(it.as_bytes())).collect();
        ids.sort_by_key(|id| URL_SAFE_NO_PAD.decode(id).unwrap());
        ids
    };
    assert_eq!(missing(&["a", "b", "c"]), [""; 0]);
    assert_eq!(missing(&["a"]), ids(&["b"]));
    assert_eq!(missing(&[]), ids(&["a", "b"]));
    // The one that may be just coming or going is missed only when damaged.
    let dir = with_files(&["a", "b", "c"]);
    let path = pictures::path(dir.path(), &media_id(b"c"));
    std::fs::write(&path, "C").unwrap();
    let found = known.check(dir.path());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, path);
}

#[test]
fn what_was_removed_since_is_not_missed() {
    let before = known(&["a", "b", "c"], &[]);
    let later = known(&["a"], &["b"]);
    let still = before.still_used(&later);
    let dir = with_files(&[]);
    let found = still.check(dir.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path, pictures::path(dir.path(), &media_id(b"a")));
}

#[test]
fn a_backup_keeps_the_files_that_its_store_knows() {
    let known = known(&["a"], &["b"]);
    let dir = with_files(&["a", "b", "c"]);
    let unfinished = pictures::path(dir.path(), &media_id(b"d")).with_extension("tmp");
    std::fs::create_dir_all(unfinished.parent().unwrap()).unwrap();
    std::fs::write(&unfinished, "").unwrap();
    pictures::remove_unneeded(&hasty(), dir.path(), &known).unwrap();
    let left = |content: &str| pictures::path(dir.path(), &media_id(content.as_bytes())).exists();
    assert_eq!([left("a"), left("b"), left("c")], [true, true, false]);
    assert!(!unfinished.exists());
}
