//! The host's own scripts and style sheet, ready-made. There is no build step:
//! what is served is the files, but for the lines of a script that are nothing
//! but a comment, and its indentation. These are for whoever reads the source,
//! and readers of cards need not wait for them.

use crate::live::surface::Encoded;
use std::sync::OnceLock;

/// One file.
pub struct Asset {
    path: &'static str,
    source: &'static str,
    written: fn(&str) -> String,
    /// Its media type.
    pub media_type: &'static str,
    encoded: OnceLock<Encoded>,
}

/// The custom element, for publishers' pages.
pub static EMBED_SCRIPT: Asset =
    Asset::script("/embed/v1.js", include_str!("../../assets/embed.js"));

/// Every version of the custom element that was ever given out, the newest
/// last. The newest is what [`EMBED_SCRIPT`] serves; the others are kept as
/// they were, because pages name them by what they hash to.
pub static EMBED_VERSIONS: [Version; 1] = [Version {
    number: "1.0.0",
    asset: Asset::script("/embed/v1.0.0.js", include_str!("../../assets/embed.js")),
    integrity: "sha384-mSegkk7l5PHcqDRqbitwcTA5lPIfpe2sRDvdLtygYSIOKFbQvWd5unOTTd5iIOGz",
}];

/// One version of the custom element, for ever.
pub struct Version {
    /// `1.N.N`
    pub number: &'static str,
    /// The script.
    pub asset: Asset,
    /// What a page can hold it to: the value of `integrity` (Subresource
    /// Integrity), written down so that no change can go unseen.
    pub integrity: &'static str,
}

/// The script of frames and cards' own pages.
pub static CARD_SCRIPT: Asset =
    Asset::script("/embed/card.js", include_str!("../../assets/card.js"));

/// Who a reader is, where a publisher says it.
pub static IDENTITY_SCRIPT: Asset = Asset::script(
    "/embed/identity.js",
    include_str!("../../assets/identity.js"),
);

/// What a frame without an origin of its own does instead.
pub static OPAQUE_SCRIPT: Asset =
    Asset::script("/embed/opaque.js", include_str!("../../assets/opaque.js"));

/// Times that stay fresh.
pub static TIMES_SCRIPT: Asset =
    Asset::script("/embed/times.js", include_str!("../../assets/times.js"));

/// Pictures that are sent as they are chosen.
pub static UPLOAD_SCRIPT: Asset =
    Asset::script("/embed/upload.js", include_str!("../../assets/upload.js"));

/// Sharing as the device does.
pub static SHARE_SCRIPT: Asset =
    Asset::script("/embed/share.js", include_str!("../../assets/share.js"));

/// The style sheet of frames and cards' own pages.
pub static CARD_STYLE: Asset =
    Asset::style("/embed/card.css", include_str!("../../assets/card.css"));

/// What browsers ask for by themselves and show beside a page's title.
pub static ICON: Asset = Asset {
    path: "/favicon.ico",
    source: include_str!("../../assets/icon.svg"),
    written: str::to_owned,
    media_type: "image/svg+xml",
    encoded: OnceLock::new(),
};

impl Asset {
    const fn script(path: &'static str, source: &'static str) -> Asset {
        Asset {
            path,
            source,
            written: without_comments,
            media_type: "text/javascript; charset=utf-8",
            encoded: OnceLock::new(),
        }
    }

    const fn style(path: &'static str, source: &'static str) -> Asset {
        Asset {
            path,
            source,
            written: str::to_owned,
            media_type: "text/css; charset=utf-8",
            encoded: OnceLock::new(),
        }
    }

    /// Its bytes.
    pub fn encoded(&self) -> &Encoded {
        self.encoded
            .get_or_init(|| Encoded::new((self.written)(self.source)))
    }

    /// Its version: changes with its bytes.
    pub fn version(&self) -> &str {
        self.encoded().pick(None).etag.trim_matches('"')
    }

    /// Its address.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Its address with its version, under which it never changes.
    pub fn url(&self) -> String {
        format!("{}?v={}", self.path, self.version())
    }
}

/// A script without blank lines, lines that are nothing but a `//` comment,
/// and indentation. It knows nothing of the language: a literal over several
/// lines may hold none of these, which a test sees to.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha384};

    #[test]
    fn comments_and_indentation_stay_here() {
        let check = |script: &str, expected: &str| assert_eq!(without_comments(script), expected);
        check("", "");
        check("// a\n  // b\n\n", "");
        check(
            "if (a) {\n  // b\n  c(\"//\"); // d\n}",
            "if (a) {\nc(\"//\"); // d\n}\n",
        );
    }

    /// What was given out under a number stays as it was, byte for byte: pages
    /// name it with its hash, and would refuse another script.
    #[test]
    fn no_version_of_the_embed_script_ever_changes() {
        for version in &EMBED_VERSIONS {
            let bytes = &version.asset.encoded().pick(None).bytes;
            let hash = STANDARD.encode(Sha384::digest(bytes));
            assert_eq!(
                version.integrity,
                format!("sha384-{hash}"),
                "{} is not what it was. If it has been given out, keep it: put the old script \
                 beside embed.js as embed/v{}.js and give the new one a number of its own. If it \
                 has not, write its new hash here.",
                version.asset.path,
                version.number
            );
            assert_eq!(version.asset.path, format!("/embed/v{}.js", version.number));
        }
    }

    #[test]
    fn the_newest_version_is_the_one_without_a_number() {
        let newest = EMBED_VERSIONS.last().map(|version| version.asset.version());
        assert_eq!(newest, Some(EMBED_SCRIPT.version()));
    }

    /// Inside a literal that goes over several lines the filter would change
    /// what the script does.
    #[test]
    fn no_literal_is_touched() {
        for asset in [
            &EMBED_SCRIPT,
            &CARD_SCRIPT,
            &IDENTITY_SCRIPT,
            &OPAQUE_SCRIPT,
            &TIMES_SCRIPT,
            &UPLOAD_SCRIPT,
            &SHARE_SCRIPT,
        ] {
            let mut in_literal = false;
            for (index, line) in asset.source.lines().enumerate() {
                let place = format!("{}:{}", asset.path, index + 1);
                let is_comment = line.trim_start().starts_with("//");
                if in_literal {
                    assert_eq!(without_comments(line), format!("{line}\n"), "{place}");
                }
                if in_literal || !is_comment {
                    in_literal ^= line.matches('`').count() % 2 == 1;
                    assert!(!line.ends_with('\\'), "{place} goes on in the next line");
                    assert!(!line.contains("/*"), "{place}: comments begin with //");
                }
            }
            assert!(!in_literal, "{}: a backtick is no literal's", asset.path);
        }
    }
}
