//! What becomes of a picture that a reader sends: it is decoded, turned the way
//! it was held, made no larger than cards show it, and written anew. Nothing of
//! the file survives but its pixels: no place, no camera, no other file hidden
//! behind it. What a file is, its content says, never its name.
//!
//! The only module that knows the `image` crate. It imports nothing of the host.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// As good as eyes tell at the size of a card.
const JPEG_QUALITY: u8 = 82;

/// What a picture may cost.
#[derive(Clone, Copy, Debug)]
pub struct CleanLimits {
    /// The most pixels, before it is made smaller. Each takes some bytes of
    /// memory while it is decoded.
    pub pixels_max: u64,
    /// The longer side, after.
    pub side_px_max: u32,
}

/// A picture that the host wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// A JPEG file, or a PNG where something shines through.
    pub bytes: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a file gives no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureRefused {
    /// Of no kind that is taken here.
    #[error("it is no JPEG, PNG, WebP or GIF")]
    Unknown,
    /// It says that it is larger than may be.
    #[error("it has too many pixels")]
    TooManyPixels,
    /// It ends too early, or is no picture behind its first bytes.
    #[error("it is damaged")]
    Damaged,
}

/// Makes a picture of a file. Takes up to a second of a large one.
///
/// # Errors
///
/// See [`PictureRefused`].
pub fn clean(file: &[u8], limits: &CleanLimits) -> Result<Picture, PictureRefused> {
    let picture = decoded(file, limits)?;
    let picture = smaller(picture, limits.side_px_max);
    let shines_through = picture.color().has_alpha()
        && picture
            .to_rgba8()
            .pixels()
            .any(|pixel| pixel.0[3] < u8::MAX);
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    let written = match shines_through {
        true => DynamicImage::from(picture.into_rgba8())
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png),
        false => JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
            .encode_image(&picture.into_rgb8()),
    };
    // Memory takes all that is written, so only the picture can be at fault.
    written.map_err(|_| PictureRefused::Damaged)?;
    Ok(Picture {
        bytes,
        width,
        height,
    })
}

fn decoded(file: &[u8], limits: &CleanLimits) -> Result<DynamicImage, PictureRefused> {
    use ImageFormat::{Gif, Jpeg, Png, WebP};
    /// Eight bits of red, green, blue and alpha. A picture with sixteen bits of
    /// each may have half as many pixels.
    const BYTES_PER_PIXEL: u64 = 4;
    let format = image::guess_format(file).ok();
    let format = format.filter(|format| matches!(format, Gif | Jpeg | Png | WebP));
    let format = format.ok_or(PictureRefused::Unknown)?;
    let bytes_max = limits.pixels_max.saturating_mul(BYTES_PER_PIXEL);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut of_decoder = Limits::no_limits();
    of_decoder.max_alloc = Some(bytes_max);
    reader.limits(of_decoder);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels_max || decoder.total_bytes() > bytes_max {
        return Err(PictureRefused::TooManyPixels);
    }
    if pixels == 0 {
        return Err(PictureRefused::Damaged);
    }
    // What cannot be read of how it was held is no reason to refuse it.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn refused(error: ImageError) -> PictureRefused {
    match error {
        ImageError::Limits(_) => PictureRefused::TooManyPixels,
        ImageError::Unsupported(_) => PictureRefused::Unknown,
        _ => PictureRefused::Damaged,
    }
}

/// As large as before, or made to fit. Of eight bits a colour either way.
fn smaller(picture: DynamicImage, side_px_max: u32) -> DynamicImage {
    let picture = match picture.color().has_alpha() {
        true => DynamicImage::from(picture.into_rgba8()),
        false => DynamicImage::from(picture.into_rgb8()),
    };
    if picture.width().max(picture.height()) <= side_px_max {
        return picture;
    }
    // Much larger ones are first averaged down, which is fast, then smoothed.
    let halfway = side_px_max.saturating_mul(2);
    let picture = match picture.width().max(picture.height()) > halfway {
        true => picture.thumbnail(halfway, halfway),
        false => picture,
    };
    picture.resize(side_px_max, side_px_max, FilterType::CatmullRom)
}

/// The file with a mark in it that no eye sees, so that the same picture given
/// by two members is two files, each with one owner.
pub fn marked(picture: &Picture, mark: &[u8; 16]) -> Vec<u8> {
    let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    let (at, piece) = match picture.bytes.starts_with(PNG_MAGIC) {
        true => (PNG_HEAD_BYTES, png_text(mark.as_bytes())),
        false => (JPEG_HEAD_BYTES, jpeg_comment(mark.as_bytes())),
    };
    let (head, rest) = picture.bytes.split_at(at.min(picture.bytes.len()));
    [head, &piece, rest].concat()
}

/// What a file of ours is; none for anything else.
pub fn media_type(file: &[u8]) -> Option<&'static str> {
    match file {
        file if file.starts_with(PNG_MAGIC) => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        _ => None,
    }
}

const PNG_MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The magic, and the first chunk: length, name, 13 bytes, checksum.
const PNG_HEAD_BYTES: usize = 8 + 4 + 4 + 13 + 4;
/// The start of the image, and the first segment, which our encoder writes with
/// 16 bytes.
const JPEG_HEAD_BYTES: usize = 2 + 2 + 16;

fn png_text(text: &[u8]) -> Vec<u8> {
    let body = [b"tEXtComment\0", text].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&body);
    // The length is that of what stands behind the chunk's name.
    let length = u32::try_from(body.len() - 4).expect("a mark is short");
    [&length.to_be_bytes()[..], &body, &sum.sum().to_be_bytes()].concat()
}

fn jpeg_comment(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len() + 2).expect("a mark is short");
    [&[0xff, 0xfe], &length.to_be_bytes()[..], text].concat()
}

#[cfg(test)]
mod tests;
