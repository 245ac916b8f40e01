//! The shape of the host's sources, as `ARCHITECTURE.md` draws it: imports go one
//! way, and each outside library is known to one room only. A rule that nothing
//! checks does not stay true.

mod source;

use std::path::{Path, PathBuf};

use quanka_tests::paths;
use source::{Source, UsedPath};

/// The rooms of the host, from the front door to the cellar. A module imports
/// only what stands below it.
const MODULES: [&str; 15] = [
    "main",
    "cli",
    "http",
    "service",
    "app",
    "sandbox",
    "contract",
    "community",
    "live",
    "identity",
    "store",
    "view",
    "telemetry",
    "config",
    // `lib.rs` only lists the others.
    "lib",
];

/// Outside libraries that must stay replaceable, and who may know them.
const LIBRARIES: [(&str, &[&str]); 4] = [
    // The commands that bind a listener hand it to axum.
    ("axum", &["http", "cli/serve", "cli/demo"]),
    ("wasmtime", &["sandbox", "contract"]),
    ("sled", &["store"]),
    ("resvg", &["live/painter"]),
];

/// What `view` must not name: it is a function from a tree to bytes.
const NOT_IN_VIEW: [&[&str]; 5] = [
    &["async"],
    &["tokio"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
];

/// The aim is 500; a file that grows beyond that is split at its next change,
/// not in the middle of this one.
const LINES_MAX: usize = 600;

#[test]
fn the_host_keeps_its_shape() {
    let root = paths::root().join("host/src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 2, "no sources under {}", root.display());
    files.sort();
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&root).expect("it was found there");
            let text = std::fs::read_to_string(file).expect("sources are readable");
            faults_of(&name.to_string_lossy(), &text)
        })
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Every `.rs` under a directory.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(dir).expect("the sources are readable");
    for entry in entries {
        let path = entry.expect("the sources are readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What is wrong with one file, `name` being relative to `host/src`.
fn faults_of(name: &str, text: &str) -> Vec<String> {
    let at = |line: usize, fault: String| format!("host/src/{name}:{line}: {fault}");
    let mut faults = Vec::new();
    if name.ends_with("mod.rs") {
        faults.push(at(1, "no mod.rs: `foo.rs` stands beside `foo/`".to_owned()));
    }
    // A module's tests lie in its `tests.rs`, and have no job but that.
    let is_tests = name.ends_with("/tests.rs");
    if !is_tests && !text.starts_with("//!") {
        let fault = "begins without `//!`: say its job, what it may import, what it does not do";
        faults.push(at(1, fault.to_owned()));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        let fault = format!("has {lines} lines: split it, it must stay under {LINES_MAX}");
        faults.push(at(lines, fault));
    }
    let source = match Source::parse(name, text) {
        Ok(source) => source,
        Err(fault) => {
            faults.push(at(1, fault));
            return faults;
        }
    };
    let Some(level) = level_of(&source.module[0]) else {
        let fault = format!(
            "{} is not in MODULES: give it its place there",
            source.module[0]
        );
        faults.push(at(1, fault));
        return faults;
    };
    for path in &source.paths {
        let faulty = import_fault(&source, level, path)
            .or_else(|| library_fault(&source, path))
            .or_else(|| view_fault(&source, path));
        faults.extend(faulty.map(|fault| at(path.line, fault)));
    }
    faults
}

/// An import of what stands above, or beside the cellar's `view`.
fn import_fault(source: &Source, level: usize, path: &UsedPath) -> Option<String> {
    let own = source.module[0].as_str();
    // `lib.rs` declares the modules, `main.rs` is another crate.
    if own == "lib" || own == "main" {
        return None;
    }
    let imported = path.module_of_crate()?;
    if imported == own {
        return None;
    }
    let below = level_of(imported)? > level;
    if own == "view" {
        Some(format!(
            "view imports {imported}: it imports nothing of the host"
        ))
    } else if below {
        None
    } else {
        Some(format!("{own} imports {imported}, which stands above it"))
    }
}

fn library_fault(source: &Source, path: &UsedPath) -> Option<String> {
    let module = source.module.join("/");
    LIBRARIES
        .iter()
        .find(|(library, _)| path.segments[0] == *library)
        .filter(|(_, rooms)| {
            !rooms
                .iter()
                .any(|room| module == *room || module.starts_with(&format!("{room}/")))
        })
        .map(|(library, rooms)| format!("{module} names {library}: only {} may", rooms.join(", ")))
}

fn view_fault(source: &Source, path: &UsedPath) -> Option<String> {
    if source.module[0] != "view" {
        return None;
    }
    NOT_IN_VIEW
        .iter()
        .find(|forbidden| path.starts_with(forbidden))
        .map(|forbidden| {
            format!(
                "view names {}: it does no I/O and does not wait",
                forbidden.join("::")
            )
        })
}

fn level_of(module: &str) -> Option<usize> {
    MODULES.iter().position(|name| *name == module)
}

/// One seeded fault of each kind is seen, and what only looks like one is not.
#[test]
fn faults_are_seen() {
    let check = |name: &str, code: &str, expected: &[&str]| {
        let faults = faults_of(name, &format!("//! A sample.\n{code}"));
        assert_eq!(faults, expected, "{name}: {code}");
    };
    // Downwards and inwards, in every spelling.
    check(
        "http/routes.rs",
        "use crate::{service::act, view, store::{self, Key}};",
        &[],
    );
    check(
        "store/sled.rs",
        "use super::keys::Key; use sled::Db; use crate::config::Data;",
        &[],
    );
    check("cli/serve.rs", "axum::serve(listener, router).await?;", &[]);
    check(
        "view.rs",
        "use std::fmt; fn f() -> crate::view::Tree { crate::view::tree() }",
        &[],
    );
    check("main.rs", "use quanka::cli; fn main() { cli::run() }", &[]);
    check("lib.rs", "pub mod cli; pub mod view;", &[]);
    // Neither comments, nor strings, nor longer names.
    check(
        "view.rs",
        "// crate::http, async\nconst S: &str = \"crate::store\"; fn tokio_like() {}",
        &[],
    );
    check(
        "store.rs",
        "/// See [`crate::http`].\nfn f(wasmtimes: u8) {}",
        &[],
    );

    // Upwards.
    let upwards = "host/src/store.rs:3: store imports service, which stands above it";
    check("store.rs", "\nuse crate::service::act;", &[upwards]);
    check(
        "store.rs",
        "\nuse crate::{config, service::{act, view}};",
        &[upwards, upwards],
    );
    check("store.rs", "\nfn f(x: &crate::service::Act) {}", &[upwards]);
    check(
        "store.rs",
        "\nmod tests { use crate::service; }",
        &[upwards],
    );
    check(
        "store.rs",
        "\nmacro_rules! m { () => { $crate::service::f() } }",
        &[upwards],
    );
    check("store.rs", "\nuse super::service;", &[upwards]);
    check(
        "store.rs",
        "\nmod tests { use super::super::service; }",
        &[upwards],
    );
    check("store.rs", "\nmod tests { use super::service; }", &[]);
    check(
        "store/keys/codec.rs",
        "\nuse super::super::super::{http, config};",
        &["host/src/store/keys/codec.rs:3: store imports http, which stands above it"],
    );
    check(
        "config.rs",
        "use crate::telemetry;",
        &["host/src/config.rs:2: config imports telemetry, which stands above it"],
    );

    // Libraries outside their rooms.
    check(
        "service/act.rs",
        "use axum::http::StatusCode;\nfn f(_: wasmtime::Error) {}",
        &[
            "host/src/service/act.rs:2: service/act names axum: only http, cli/serve, cli/demo may",
            "host/src/service/act.rs:3: service/act names wasmtime: only sandbox, contract may",
        ],
    );
    check(
        "cli/config.rs",
        "use {axum, std::io};",
        &["host/src/cli/config.rs:2: cli/config names axum: only http, cli/serve, cli/demo may"],
    );
    check(
        "community.rs",
        "use ::sled;",
        &["host/src/community.rs:2: community names sled: only store may"],
    );

    // The pure room.
    check(
        "view/html.rs",
        "use crate::config::Size;\nuse std::{fmt, fs};\nasync fn f() { tokio::spawn(g()) }",
        &[
            "host/src/view/html.rs:2: view imports config: it imports nothing of the host",
            "host/src/view/html.rs:3: view names std::fs: it does no I/O and does not wait",
            "host/src/view/html.rs:4: view names async: it does no I/O and does not wait",
            "host/src/view/html.rs:4: view names tokio: it does no I/O and does not wait",
        ],
    );

    check(
        "view.rs",
        "impl ::sled::Reader for T {}\nconst X: ::sled::Id = 1;",
        &[
            "host/src/view.rs:2: view names sled: only store may",
            "host/src/view.rs:3: view names sled: only store may",
        ],
    );

    // Files.
    check(
        "store/mod.rs",
        "",
        &["host/src/store/mod.rs:1: no mod.rs: `foo.rs` stands beside `foo/`"],
    );
    check(
        "util.rs",
        "",
        &["host/src/util.rs:1: util is not in MODULES: give it its place there"],
    );
    check(
        "store.rs",
        &"\n".repeat(LINES_MAX),
        &["host/src/store.rs:601: has 601 lines: split it, it must stay under 600"],
    );
    check("store.rs", "fn f( {", &["host/src/store.rs:1: is not Rust"]);
    assert_eq!(
        faults_of("store/tests.rs", "use super::*;"),
        Vec::<String>::new()
    );
    assert_eq!(
        faults_of("store.rs", "use std::fmt;"),
        [
            "host/src/store.rs:1: begins without `//!`: say its job, what it may import, what it does not do",
        ]
    );
}
