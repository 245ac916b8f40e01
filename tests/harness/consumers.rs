//! Programs of others that read what the host says of a link: libraries of npm
//! and PyPI, and WordPress. None of it lies in the repository. What is missing
//! is fetched when a test first needs it, in the versions that
//! `tests/consumers` names, and kept in `target/consumers`.

use crate::paths::{root, target, tool};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What libraries of npm make of a link.
#[must_use]
#[track_caller]
pub fn npm(url: &str) -> serde_json::Value {
    let inputs = ["package.json", "package-lock.json", "read.mjs"];
    let dir = fetched("npm", &inputs, |dir| {
        for name in inputs {
            let copied = std::fs::copy(source(name), dir.join(name));
            let _ = copied.expect("the target folder is writable");
        }
        run(Command::new(tool(&["npm"]))
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(dir));
    });
    said(
        Command::new(tool(&["node"]))
            .arg(dir.join("read.mjs"))
            .arg(url),
    )
}

/// What libraries of PyPI make of a link.
#[must_use]
#[track_caller]
pub fn pypi(url: &str) -> serde_json::Value {
    let dir = fetched("pypi", &["requirements.txt"], |dir| {
        run(Command::new(tool(&["python3"]))
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .args([
                "--disable-pip-version-check",
                "--root-user-action",
                "ignore",
            ])
            .arg("--requirement")
            .arg(source("requirements.txt"))
            .arg("--target")
            .arg(dir));
    });
    said(
        Command::new(tool(&["python3"]))
            .arg(source("read.py"))
            .arg(url)
            .env("PYTHONPATH", dir),
    )
}

/// What WordPress makes of a link.
#[must_use]
#[track_caller]
pub fn wordpress(url: &str) -> serde_json::Value {
    let script = source("wordpress.php");
    said(
        Command::new(tool(&["php"]))
            .arg(script)
            .arg(wordpress_dir())
            .arg(url),
    )
}

/// The script that WordPress adds to a post with such a frame.
#[must_use]
#[track_caller]
pub fn wordpress_script() -> String {
    let script = wordpress_dir().join("wp-includes/js/wp-embed.js");
    std::fs::read_to_string(script).expect("WordPress has its script")
}

/// WordPress as Debian has it, taken apart and not installed: a package of it
/// would bring a web server and a database.
#[track_caller]
fn wordpress_dir() -> PathBuf {
    let dir = fetched("wordpress", &[], |dir| {
        let apt = || Command::new(tool(&["apt-get"]));
        let download = || {
            let mut command = apt();
            command.args(["download", "wordpress"]).current_dir(dir);
            command
        };
        if !download()
            .output()
            .is_ok_and(|output| output.status.success())
        {
            // Its lists are empty, or older than what there is.
            run(apt().args(["update", "--quiet"]));
            run(&mut download());
        }
        let package = crate::paths::entries(dir)
            .into_iter()
            .find(|file| file.extension() == Some(OsStr::new("deb")));
        let package = package.expect("apt-get put the package here");
        run(Command::new(tool(&["dpkg-deb"]))
            .arg("-x")
            .arg(package)
            .arg(dir));
    });
    dir.join("usr/share/wordpress")
}

/// The folder of what `fetch` fetches, which it does once for the same inputs:
/// tests run side by side, in processes of their own perhaps, so a folder has
/// its name only when all of it is there.
#[track_caller]
fn fetched(name: &str, inputs: &[&str], fetch: impl FnOnce(&Path)) -> PathBuf {
    let mut hash = DefaultHasher::new();
    for input in inputs {
        let bytes = std::fs::read(source(input));
        bytes.expect("it is in the repository").hash(&mut hash);
    }
    let folder = target().join("consumers");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    let dir = folder.join(format!("{name}-{:016x}", hash.finish()));
    if dir.is_dir() {
        return dir;
    }
    let new = tempfile::Builder::new()
        .prefix(name)
        .tempdir_in(&folder)
        .expect("the target folder is writable");
    fetch(new.path());
    // Somebody else may have been faster, with the same.
    if std::fs::rename(new.path(), &dir).is_ok() {
        let _ = new.keep();
    }
    dir
}

fn source(name: &str) -> PathBuf {
    root().join("tests/consumers").join(name)
}

/// The JSON that a program prints.
#[track_caller]
fn said(command: &mut Command) -> serde_json::Value {
    let output = run(command);
    serde_json::from_slice(&output)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output)))
}

/// Standard output of a program that must not fail.
#[track_caller]
fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed, {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
