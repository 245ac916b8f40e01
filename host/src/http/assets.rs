//! The host's own scripts and style sheet, ready-made. No build step: the
//! files are what is served.

use crate::live::surface::Encoded;
use std::sync::OnceLock;

/// One file.
pub struct Asset {
    path: &'static str,
    source: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    encoded: OnceLock<Encoded>,
}

/// The custom element, for publishers' pages.
pub static EMBED_SCRIPT: Asset = Asset::new(
    "/embed/v1.js",
    include_str!("../../assets/embed.js"),
    "text/javascript; charset=utf-8",
);

/// The script of frames and cards' own pages.
pub static CARD_SCRIPT: Asset = Asset::new(
    "/embed/card.js",
    include_str!("../../assets/card.js"),
    "text/javascript; charset=utf-8",
);

/// The style sheet of frames and cards' own pages.
pub static CARD_STYLE: Asset = Asset::new(
    "/embed/card.css",
    include_str!("../../assets/card.css"),
    "text/css; charset=utf-8",
);

impl Asset {
    const fn new(path: &'static str, source: &'static str, media_type: &'static str) -> Asset {
        Asset {
            path,
            source,
            media_type,
            encoded: OnceLock::new(),
        }
    }

    /// Its bytes.
    pub fn encoded(&self) -> &Encoded {
        self.encoded
            .get_or_init(|| Encoded::new(self.source.as_bytes()))
    }

    /// Its version: changes with its bytes.
    pub fn version(&self) -> &str {
        self.encoded().pick(None).etag.trim_matches('"')
    }

    /// Its address with its version, under which it never changes.
    pub fn url(&self) -> String {
        format!("{}?v={}", self.path, self.version())
    }
}
