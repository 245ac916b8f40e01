//! The programs of `tests/guests` as plugin files: what cargo built of them,
//! with a manifest inside.
//!
//! The manifest's section is written by hand, so that its format is held
//! against something that is not the host's own code.

use std::path::{Path, PathBuf};

use quanka_test_guests::{Guest, guest};

use crate::paths;

/// The custom section that `quanka build` puts a manifest in.
const SECTION: &str = "quanka:manifest";

/// A guest's file, ready to be named in a `[[plugin]]`.
#[must_use]
#[track_caller]
pub fn plugin_file(name: &str) -> PathBuf {
    let guest = guest(name);
    let bytes = with_manifest(&component(&guest), &guest.manifest());
    let folder = paths::target().join("guests");
    std::fs::create_dir_all(&folder).expect("cargo's target folder is writable");
    let file = folder.join(name).with_extension("wasm");
    if std::fs::read(&file).is_ok_and(|there| there == bytes) {
        return file;
    }
    // Tests run side by side, in processes of their own perhaps: whoever reads
    // finds a whole file.
    let new = tempfile::NamedTempFile::new_in(&folder).expect("the folder is writable");
    write(new.path(), &bytes);
    new.persist(&file).expect("a file can be renamed");
    file
}

/// A guest's component, without a manifest.
#[must_use]
#[track_caller]
pub fn component(guest: &Guest) -> Vec<u8> {
    let file = paths::existing(guest.file(&paths::target()));
    std::fs::read(file).expect("what cargo built can be read")
}

/// A component, or whatever the bytes are, with a manifest behind.
#[must_use]
pub fn with_manifest(component: &[u8], manifest: &str) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    let mut section = Vec::new();
    write_number(SECTION.len(), &mut section);
    section.extend_from_slice(SECTION.as_bytes());
    section.extend_from_slice(manifest.as_bytes());
    let mut bytes = component.to_vec();
    bytes.push(CUSTOM);
    write_number(section.len(), &mut bytes);
    bytes.extend(section);
    bytes
}

/// Writes a file of a test's.
///
/// # Panics
/// If it cannot be written.
#[track_caller]
pub fn write(file: &Path, bytes: &[u8]) {
    std::fs::write(file, bytes)
        .unwrap_or_else(|error| panic!("{} cannot be written: {error}", file.display()));
}

/// An unsigned LEB128, as WebAssembly has all its lengths.
fn write_number(mut number: usize, bytes: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits fit");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
