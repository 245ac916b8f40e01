use super::*;

use std::fs;

use tempfile::TempDir;

const CARD_TOML: &str = r#"
name = "test/tea"
version = "0.1.0"
locales = ["en"]
title = { en = "Tea" }
summary = { en = "A card about tea." }
sizes = { standard = 200 }
"#;

const CARGO_TOML: &str = r#"
[package]
name = "tea"
version = "0.1.0"
edition = "2024"

[workspace]
"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn built(folder: &TempDir) -> Result<PathBuf> {
    build(&BuildOptions {
        dir: folder.path().to_owned(),
        out: None,
    })
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    fn check(files: &[(&str, &str)], expected: &str) {
        let folder = folder(files);
        let error = format!("{:#}", built(&folder).unwrap_err());
        let error = error.replace(
            &*folder.path().canonicalize().unwrap().to_string_lossy(),
            "DIR",
        );
        let error = error.replace(&*folder.path().to_string_lossy(), "DIR");
        assert!(error.starts_with(expected), "{error}");
    }

    let library = ("src/lib.rs", "");
    check(
        &[],
        "DIR/Cargo.toml is not there: name the folder of a plugin",
    );
    check(
        &[("Cargo.toml", CARGO_TOML)],
        "DIR/card.toml is not there: a plugin needs its manifest",
    );
    check(
        &[
            ("Cargo.toml", CARGO_TOML),
            ("card.toml", "name = 5"),
            library,
        ],
        "in DIR:\ncard.toml:1:",
    );
    check(
        &[
            ("Cargo.toml", CARGO_TOML),
            ("card.toml", CARD_TOML),
            library,
        ],
        "DIR/Cargo.toml: a plugin's library is a component: add\n\n    [lib]\n    crate-type = ",
    );
    check(
        &[("Cargo.toml", "[package"), ("card.toml", CARD_TOML)],
        "error: ",
    );
}

#[test]
fn a_program_that_is_not_there_names_the_way_to_install_it() {
    let error = output(&mut Command::new("no-such-cargo")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`no-such-cargo` is not installed: install Rust from https://rustup.rs, then run \
         `rustup target add wasm32-wasip2`"
    );
}

#[test]
fn flags_are_added_to_those_that_count() {
    fn check(given: &[(&str, &str)], name: &str, expected: &str) {
        let mut command = Command::new("cargo");
        set_rust_flags(&mut command, |name| {
            given
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, flags)| flags.into())
        });
        let set: Vec<_> = command.get_envs().collect();
        assert_eq!(
            set,
            [(OsStr::new(name), Some(OsStr::new(expected)))],
            "{given:?}"
        );
    }

    let target = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";
    let encoded = "CARGO_ENCODED_RUSTFLAGS";
    check(&[], target, "-C link-arg=-zstack-size=65536");
    check(
        &[(target, "-g")],
        target,
        "-g -C link-arg=-zstack-size=65536",
    );
    check(
        &[("RUSTFLAGS", "-D warnings"), (target, "-g")],
        "RUSTFLAGS",
        "-D warnings -C link-arg=-zstack-size=65536",
    );
    check(
        &[(encoded, "-D\u{1f}warnings"), ("RUSTFLAGS", "-g")],
        encoded,
        "-D\u{1f}warnings\u{1f}-C\u{1f}link-arg=-zstack-size=65536",
    );
}

#[test]
fn only_a_component_with_a_card_is_a_plugin() {
    fn check(wat: &[u8], expected: &str) {
        let error = check_component(wat).unwrap_err();
        assert!(format!("{error:#}").starts_with(expected), "{error:#}");
    }

    check(b"<html>", "the compiler's output is not WebAssembly: ");
    check(
        b"\0asm\x01\0\0\0",
        "the compiler made a core module and no component",
    );
    check(
        b"\0asm\x0d\0\x01\0",
        "the plugin does not export quanka:card/card@1.0.0: end src/lib.rs",
    );
    check(
        &exporting("quanka:card/card@2.0.0"),
        "the plugin exports quanka:card/card@2.0.0; this",
    );
    check(
        &exporting("wasi:cli/run@0.2.0"),
        "the plugin does not export quanka:card/card@1.0.0",
    );
    check_component(&exporting("quanka:card/card@1.0.0")).unwrap();
}

/// A component that exports an empty instance.
fn exporting(name: &str) -> Vec<u8> {
    use wasm_encoder::{Component, ComponentExportKind, ComponentExportSection};
    use wasm_encoder::{ComponentInstanceSection, ComponentNameSection};
    let mut component = Component::new();
    let mut instances = ComponentInstanceSection::new();
    instances.export_items(std::iter::empty::<(&str, ComponentExportKind, u32)>());
    component.section(&instances);
    let mut exports = ComponentExportSection::new();
    exports.export(name, ComponentExportKind::Instance, 0, None);
    component.section(&exports);
    component.section(&ComponentNameSection::new());
    component.finish()
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder(&[("file", "")]);
    let path = folder.path().join("deep/er/plugin.wasm");
    write_whole(&path, b"one").unwrap();
    write_whole(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(
        fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "nothing is left beside"
    );
    let error = write_whole(&folder.path().join("file/x"), b"").unwrap_err();
    assert!(
        format!("{error:#}").starts_with("cannot write "),
        "{error:#}"
    );
}

#[test]
fn the_profile_is_the_workspaces_own_for_guests_if_it_has_one() {
    fn check(cargo_toml: &str, expected: &str) {
        let folder = folder(&[("Cargo.toml", cargo_toml)]);
        let package = Package {
            id: String::new(),
            workspace_root: folder.path().to_owned(),
            target_directory: PathBuf::from("/target"),
        };
        assert_eq!(package.profile(), expected, "{cargo_toml}");
    }

    check("[profile.guest]\ninherits = \"release\"\n", "guest");
    check("[profile.release]\nlto = true\n", "release");
    check("", "release");
}

#[test]
fn a_plugin_is_called_after_its_manifest() {
    let package = Package {
        id: String::new(),
        workspace_root: PathBuf::new(),
        target_directory: PathBuf::from("/target"),
    };
    assert_eq!(
        package.default_out("quanka/poll"),
        Path::new("/target/plugins/poll.wasm")
    );
}
