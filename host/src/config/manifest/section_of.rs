//! The manifest's custom section in a component's bytes.
//!
//! Looks at the outermost level only: a component inside may carry a manifest
//! of its own, which is not this one's. Knows nothing of the manifest's text.

use std::ops::Range;

use wasm_encoder::{ComponentSection as _, CustomSection, Encode as _};
use wasmparser::BinaryReader;

use super::{ManifestError, SECTION};

/// Magic, version, layer.
const HEADER: &[u8] = b"\0asm";
const LAYER_MODULE: [u8; 2] = [0, 0];
const LAYER_COMPONENT: [u8; 2] = [1, 0];
const PREAMBLE_BYTES: usize = 8;
const CUSTOM_SECTION_ID: u8 = 0;

/// The manifest's text.
pub fn find(component: &[u8]) -> Result<&str, ManifestError> {
    // The last one, should there be several: tools append.
    let section = manifests(component)?
        .pop()
        .ok_or(ManifestError::NoManifest)?;
    std::str::from_utf8(&component[section.text]).map_err(|_| ManifestError::NotText)
}

/// The component with `text` as its one manifest.
pub fn replace(component: &[u8], text: &str) -> Result<Vec<u8>, ManifestError> {
    let mut bytes = Vec::with_capacity(component.len() + text.len() + 64);
    let mut kept = 0;
    for section in manifests(component)? {
        bytes.extend_from_slice(&component[kept..section.whole.start]);
        kept = section.whole.end;
    }
    bytes.extend_from_slice(&component[kept..]);
    let section = CustomSection {
        name: SECTION.into(),
        data: text.as_bytes().into(),
    };
    bytes.push(section.id());
    section.encode(&mut bytes);
    Ok(bytes)
}

struct ManifestSection {
    whole: Range<usize>,
    text: Range<usize>,
}

fn manifests(component: &[u8]) -> Result<Vec<ManifestSection>, ManifestError> {
    check_preamble(component)?;
    let damaged =
        |error: wasmparser::BinaryReaderError| ManifestError::NotAComponent(error.to_string());
    let mut found = Vec::new();
    let mut reader = BinaryReader::new(&component[PREAMBLE_BYTES..], PREAMBLE_BYTES);
    while !reader.eof() {
        let start = reader.original_position();
        let id = reader.read_u8().map_err(damaged)?;
        let mut content = reader.read_reader().map_err(damaged)?;
        if id != CUSTOM_SECTION_ID {
            continue;
        }
        if content.read_string().map_err(damaged)? == SECTION {
            let whole = start..reader.original_position();
            found.push(ManifestSection {
                text: content.original_position()..whole.end,
                whole,
            });
        }
    }
    Ok(found)
}

fn check_preamble(bytes: &[u8]) -> Result<(), ManifestError> {
    if !bytes.starts_with(HEADER) {
        return Err(ManifestError::NotAComponent(
            "it does not begin like WebAssembly".to_owned(),
        ));
    }
    let layer = bytes.get(6..PREAMBLE_BYTES);
    if layer == Some(&LAYER_MODULE) {
        return Err(ManifestError::CoreModule);
    }
    if layer != Some(&LAYER_COMPONENT) {
        return Err(ManifestError::NotAComponent(
            "its header is damaged".to_owned(),
        ));
    }
    Ok(())
}
