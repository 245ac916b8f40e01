//! The surfaces of a view as ready-made bytes: identity, gzip and brotli, each
//! with its strong ETag.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::Write;

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
    pub const ALL: [Surface; 4] = [
        Surface::Html,
        Surface::Json,
        Surface::Text,
        Surface::Markdown,
    ];

    /// Its word in `?as=`.
    pub fn word(self) -> &'static str {
        match self {
            Surface::Html => "html",
            Surface::Json => "json",
            Surface::Text => "text",
            Surface::Markdown => "markdown",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Surface::Html => "text/html; charset=utf-8",
            Surface::Json => "application/json",
            Surface::Text => "text/plain; charset=utf-8",
            Surface::Markdown => "text/markdown; charset=utf-8",
        }
    }
}

/// One surface in every coding.
#[derive(Clone, Debug)]
pub struct Encoded {
    identity: Variant,
    gzip: Variant,
    brotli: Variant,
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
    /// Compresses a surface. Worth its milliseconds only for bytes that are
    /// kept.
    pub fn new(surface: &[u8]) -> Encoded {
        let hash = Sha256::digest(surface);
        let mut hash_text = String::with_capacity(16);
        for byte in &hash[..8] {
            use std::fmt::Write as _;
            let _ = write!(hash_text, "{byte:02x}");
        }
        let variant = |coding, suffix: &str, bytes: Vec<u8>| Variant {
            coding,
            bytes: bytes.into(),
            etag: format!("\"{hash_text}{suffix}\""),
        };
        Encoded {
            identity: variant(Coding::Identity, "", surface.to_vec()),
            gzip: variant(Coding::Gzip, "-gzip", gzip(surface)),
            brotli: variant(Coding::Brotli, "-br", brotli(surface)),
        }
    }

    /// The bytes in the best coding that `accept_encoding` takes.
    pub fn pick(&self, accept_encoding: Option<&str>) -> &Variant {
        match best_coding(accept_encoding) {
            Coding::Identity => &self.identity,
            Coding::Gzip => &self.gzip,
            Coding::Brotli => &self.brotli,
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
        let encoded = Encoded::new(&text);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*encoded.gzip.bytes)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*encoded.brotli.bytes, &mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        assert!(encoded.gzip.bytes.len() < text.len());
        assert_ne!(encoded.gzip.etag, encoded.brotli.etag);
        assert_ne!(encoded.gzip.etag, encoded.identity.etag);
    }
}
