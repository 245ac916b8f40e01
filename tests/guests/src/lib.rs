//! The guests of the host's tests: one that behaves, and one for every way not
//! to.
//!
//! The programs are in `guests/`, one a file, each with what its configuration
//! chooses in its first lines. They are built by
//!
//! ```text
//! cargo build -p quanka-test-guests --examples --target wasm32-wasip2 --profile guest
//! ```
//!
//! to `wasm32-wasip2/guest/examples/NAME.wasm` in cargo's target folder, as
//! components without a manifest; [`Guest::manifest`] is what to embed. This
//! library lists them, and makes the files that no compiler would: [`bytes`].
//! It imports nothing of the host or the SDK.

#[cfg(not(target_arch = "wasm32"))]
pub mod bytes;

use std::path::{Path, PathBuf};

/// A program of `guests/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Its file, without `.rs`.
    pub name: &'static str,
    /// What `how` in its configuration may be; the first is what it does
    /// without.
    pub ways: &'static [&'static str],
    /// Whether it misbehaves only where `mode` (`render` or `handle`) says.
    /// The others misbehave when drawn, if at all.
    pub has_modes: bool,
}

/// All of them, by name.
pub const GUESTS: &[Guest] = &[
    Guest {
        name: "album",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "bare",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "club",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "counter",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "eat_memory",
        ways: &["touch", "grow"],
        has_modes: true,
    },
    Guest {
        name: "echo",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "endless_loop",
        ways: &[],
        has_modes: true,
    },
    Guest {
        name: "flood",
        ways: &["get", "get-many", "scan", "put", "tally", "clock", "log"],
        has_modes: true,
    },
    Guest {
        name: "forbidden_import",
        ways: &[],
        has_modes: true,
    },
    Guest {
        name: "hoarder",
        ways: &[
            "key", "value", "writes", "bytes", "counters", "page", "scan",
        ],
        has_modes: true,
    },
    Guest {
        name: "log_forever",
        ways: &["log", "err", "out", "long", "panic"],
        has_modes: true,
    },
    Guest {
        name: "malformed",
        ways: MALFORMED,
        has_modes: false,
    },
    Guest {
        name: "oversized",
        ways: &[
            "nodes", "text", "texts", "title", "deep", "options", "payload", "fits",
        ],
        has_modes: false,
    },
    Guest {
        name: "pages",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "parrot",
        ways: &[],
        has_modes: false,
    },
    Guest {
        name: "recurse",
        ways: &["calls", "frames"],
        has_modes: true,
    },
    Guest {
        name: "trap",
        ways: &["panic", "unreachable", "exit"],
        has_modes: true,
    },
    Guest {
        name: "turncoat",
        ways: &["panic", "loop", "error", "denied"],
        has_modes: false,
    },
    Guest {
        name: "waker",
        ways: &[],
        has_modes: false,
    },
];

/// The ways of `malformed`. Only `fine` is well-formed.
const MALFORMED: &[&str] = &[
    "no-nodes",
    "empty-title",
    "too-few-children",
    "two-roots",
    "children-overflow",
    "leaf-with-children",
    "input-outside-form",
    "nested-form",
    "form-without-button",
    "name-twice",
    "bad-input-name",
    "bad-offer-name",
    "share-nan",
    "share-infinite",
    "share-above-one",
    "share-negative",
    "heading-level",
    "grid-columns",
    "javascript-url",
    "http-url",
    "image-data-url",
    "empty-alt",
    "no-options",
    "option-twice",
    "impossible-choice",
    "control-character",
    "fine",
];

/// The guest of a name.
///
/// # Panics
/// If there is none.
pub fn guest(name: &str) -> Guest {
    *GUESTS
        .iter()
        .find(|guest| guest.name == name)
        .unwrap_or_else(|| panic!("no guest `{name}` in tests/guests/src/lib.rs"))
}

impl Guest {
    /// The component without a manifest, below cargo's target folder.
    pub fn file(&self, target: &Path) -> PathBuf {
        target
            .join("wasm32-wasip2/guest/examples")
            .join(self.name)
            .with_extension("wasm")
    }

    /// What it is called: `test/NAME`, with `-` for `_`.
    pub fn plugin(&self) -> String {
        format!("test/{}", self.name.replace('_', "-"))
    }

    /// The text of its manifest: every capability, every size, any
    /// configuration.
    pub fn manifest(&self) -> String {
        manifest(&self.plugin())
    }
}

/// The manifest of the guests, for a plugin of any name (`publisher/name`).
pub fn manifest(plugin: &str) -> String {
    include_str!("../manifest.toml").replace("PLUGIN", plugin)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The list, `Cargo.toml` and the folder name the same guests.
    #[test]
    fn every_guest_is_listed_and_built() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files: BTreeSet<String> = std::fs::read_dir(folder.join("guests"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|name| name != "common")
            .collect();
        let listed: Vec<&str> = GUESTS.iter().map(|guest| guest.name).collect();
        assert!(listed.is_sorted(), "{listed:?}");
        assert_eq!(files.iter().map(String::as_str).collect::<Vec<_>>(), listed);

        let cargo_toml = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let built: Vec<&str> = cargo_toml
            .lines()
            .filter_map(|line| line.strip_prefix("path = \"guests/")?.strip_suffix(".rs\""))
            .collect();
        assert_eq!(built, listed);
    }

    /// Every way is a word of the guest's source, and its first lines tell it.
    #[test]
    fn every_way_is_in_its_guests_source() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests");
        for guest in GUESTS {
            let path = folder.join(guest.name).with_extension("rs");
            let source = std::fs::read_to_string(path).unwrap();
            for way in guest.ways {
                let is_there =
                    source.contains(&format!("\"{way}\"")) || source.contains(&format!("`{way}`"));
                assert!(is_there, "{} {way}", guest.name);
            }
            assert_eq!(
                source.contains("Hostile<"),
                guest.has_modes,
                "{}",
                guest.name
            );
        }
    }

    #[test]
    fn a_manifest_names_its_plugin() {
        assert!(
            guest("eat_memory")
                .manifest()
                .contains("\nname = \"test/eat-memory\"\n")
        );
        assert!(!guest("trap").manifest().contains("PLUGIN"));
    }
}
