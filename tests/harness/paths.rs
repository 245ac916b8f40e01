//! Where the things under test lie, and what to do when one is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' package lies one level below the root")
        .to_path_buf()
}

/// Cargo's target directory: `CARGO_TARGET_DIR`, else `target` in the root.
#[must_use]
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // Cargo resolves a relative one against the directory it was called in,
        // which for the tests is the root.
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The host's binary, as a command ready for arguments.
#[must_use]
#[track_caller]
pub fn quanka() -> Command {
    Command::new(existing(target().join("debug").join("quanka")))
}

/// A plugin that `cargo xtask plugins` has built: `poll`, `hello`.
#[must_use]
#[track_caller]
pub fn plugin(name: &str) -> PathBuf {
    existing(target().join("plugins").join(format!("{name}.wasm")))
}

/// A program from the system, by its first name that is found.
///
/// # Panics
/// If there is none: a test that needs a tool fails without it, it is never
/// skipped.
#[must_use]
#[track_caller]
pub fn tool(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |dir| dir.join(name)))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!(
                "{} is not installed: `cargo xtask test` installs what the tests need",
                names.join(" or ")
            )
        })
}

/// A file of what the tests borrow from npm, by its path below `node_modules`;
/// `tests/tools/package.json` says which, and in which version.
#[must_use]
#[track_caller]
pub fn borrowed(path: &str) -> PathBuf {
    existing(target().join("tools/node_modules").join(path))
}

/// What lies in a folder, in no order.
///
/// # Panics
/// If it is not there.
#[must_use]
#[track_caller]
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be read to its end").path())
        .collect()
}

#[track_caller]
pub(crate) fn existing(file: PathBuf) -> PathBuf {
    assert!(
        file.is_file(),
        "{} is not there: run `cargo xtask test`, which first builds the host and the plugins and \
         installs what the tests borrow",
        file.display()
    );
    file
}
