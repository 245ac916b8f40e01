//! Every guest program has a test, or the build fails.

use std::path::Path;

use quanka_tests::paths;

#[test]
fn every_guest_program_has_a_test() {
    let mut tests = String::new();
    read_all(&paths::root().join("tests/it"), &mut tests);
    let mut untested: Vec<String> = paths::entries(&paths::root().join("tests/guests/guests"))
        .iter()
        .filter_map(|file| file.file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name != "common" && !tests.contains(&format!("\"{name}\"")))
        .collect();
    untested.sort();
    assert!(
        untested.is_empty(),
        "no test names {untested:?}: write one, or take the guest out"
    );
}

/// The text of every test.
fn read_all(folder: &Path, text: &mut String) {
    for path in paths::entries(folder) {
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&std::fs::read_to_string(&path).expect("a source is text"));
        }
    }
}
