//! The surfaces of a view as ready-made bytes: identity, gzip and brotli, each
//! with its strong ETag.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::OnceLock;

/// A form of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A section for a document of the host's.
    Html,
    /// The view object.
    Json,
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A picture of it.
    Svg,
}

/// How the bytes of an answer are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As they are.
    Identity,
    /// `gzip`
    Gzip,
    /// `br`
    Brotli,
}

impl Surface {
    /// Every surface.
    pub const ALL: [Surface; 5] = [
        Surface::Html,
        Surface::Json,
        Surface::Text,
        Surface::Markdown,
        Surface::Svg,
    ];

    /// Its word in `?as=`.
    pub fn word(self) -> &'static str {
        match self {
            Surface::Html => "html",
            Surface::Json => "json",
            Surface::Text => "text",
            Surface::Markdown => "markdown",
            Surface::Svg => "svg",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Surface::Html => "text/html; charset=utf-8",
            Surface::Json => "application/json",
            Surface::Text => "text/plain; charset=utf-8",
            Surface::Markdown => "text/markdown; charset=utf-8",
            Surface::Svg => "image/svg+xml; charset=utf-8",
        }
    }
}

/// One surface in every coding, each made when first asked for: compressing
/// costs some ten times what drawing does, and a view that is not kept is
/// written once, in one coding.
#[derive(Clone, Debug)]
pub struct Encoded {
    identity: Variant,
    gzip: OnceLock<Variant>,
    brotli: OnceLock<Variant>,
}

/// One coding of one surface.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The coding.
    pub coding: Coding,
    /// The bytes.
    pub bytes: Bytes,
    /// Its strong ETag, quotes included. Each coding has its own, because a
    /// strong ETag stands for exact bytes.
    pub etag: String,
}

impl Encoded {
    /// A surface's bytes, and the ETag that all its codings derive theirs from.
    pub fn new(surface: impl Into<Bytes>) -> Encoded {
        let bytes = surface.into();
        let hash = Sha256::digest(&bytes);
        let mut etag = String::with_capacity(24);
        etag.push('"');
        for byte in &hash[..8] {
            use std::fmt::Write as _;
            let _ = write!(etag, "{byte:02x}");
        }
        etag.push('"');
        Encoded {
            identity: Variant {
                coding: Coding::Identity,
                bytes,
                etag,
            },
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// How many bytes have been made so far.
    pub fn bytes(&self) -> usize {
        let coded = [self.gzip.get(), self.brotli.get()];
        let all = std::iter::once(&self.identity).chain(coded.into_iter().flatten());
        all.map(|variant| variant.bytes.len() + variant.etag.len())
            .sum()
    }

    /// The bytes in the best coding that `accept_encoding` takes.
    pub fn pick(&self, accept_encoding: Option<&str>) -> &Variant {
        let identity = &self.identity;
        match best_coding(accept_encoding) {
            Coding::Identity => identity,
            Coding::Gzip => self
                .gzip
                .get_or_init(|| identity.coded(Coding::Gzip, "-gzip", gzip(&identity.bytes))),
            Coding::Brotli => self
                .brotli
                .get_or_init(|| identity.coded(Coding::Brotli, "-br", brotli(&identity.bytes))),
        }
    }
}

impl Variant {
    fn coded(&self, coding: Coding, suffix: &str, bytes: Vec<u8>) -> Variant {
        let hash = self.etag.trim_matches('"');
        Variant {
            coding,
            bytes: bytes.into(),
            etag: format!("\"{hash}{suffix}\""),
        }
    }
}

/// The best coding a request takes: brotli before gzip before none, unless
/// its weight is 0.
pub fn best_coding(accept_encoding: Option<&str>) -> Coding {
    let takes = |name: &str| {
        accept_encoding.unwrap_or_default().split(',').any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|coding| coding.eq_ignore_ascii_case(name));
            let refused = parts.any(|parameter| {
                parameter
                    .strip_prefix("q=")
                    .is_some_and(|weight| weight.parse() == Ok(0.0_f32))
            });
            named && !refused
        })
    };
    if takes("br") {
        Coding::Brotli
    } else if takes("gzip") {
        Coding::Gzip
    } else {
        Coding::Identity
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Quality 5: within a few percent of the best, at gzip's speed.
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 5,
        ..Default::default()
    };
    let mut coded = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut coded, &parameters)
        .expect("writing to memory does not fail");
    coded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn codings_are_chosen_by_what_the_request_takes() {
        let check = |accept, coding| assert_eq!(best_coding(accept), coding, "{accept:?}");
        check(None, Coding::Identity);
        check(Some(""), Coding::Identity);
        check(Some("gzip, deflate, br, zstd"), Coding::Brotli);
        check(Some("gzip;q=1.0, br;q=0"), Coding::Gzip);
        check(Some("gzip;q=0.0"), Coding::Identity);
        check(Some("BR"), Coding::Brotli);
        check(Some("bravo"), Coding::Identity);
    }

    #[test]
    fn every_coding_holds_the_same_bytes_under_its_own_etag() {
        let text = "贝壳读书圈 ".repeat(50).into_bytes();
        let encoded = Encoded::new(text.clone());
        let [identity, gzip, brotli] = [None, Some("gzip"), Some("br")].map(|a| encoded.pick(a));
        assert_eq!(identity.bytes, text);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*gzip.bytes)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli.bytes, &mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        assert!(gzip.bytes.len() < text.len());
        let hash = identity.etag.trim_matches('"');
        assert_eq!(gzip.etag, format!("\"{hash}-gzip\""));
        assert_eq!(brotli.etag, format!("\"{hash}-br\""));
    }
}
