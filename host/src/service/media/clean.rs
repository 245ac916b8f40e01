//! What becomes of a picture that a reader sends: it is decoded, turned the way
//! it was held, made no larger than cards show it, and written anew. Nothing of
//! the file survives but its pixels: no place, no camera, no other file hidden
//! behind it. What a file is, its content says, never its name.
//!
//! The only module that knows the `image` crate. It imports nothing of the host.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

/// As good as eyes tell at the size of a card, and what is tried where that is
/// too much: with less, edges look worse than with fewer pixels.
const JPEG_QUALITIES: [u8; 3] = [82, 66, 50];

/// What a picture may cost.
#[derive(Clone, Copy, Debug)]
pub struct CleanLimits {
    /// The most pixels, before it is made smaller. Each takes some bytes of
    /// memory while it is decoded.
    pub pixels_max: u64,
    /// The longer side, after.
    pub side_px_max: u32,
    /// Bytes of the file, after, with its mark.
    pub kept_bytes_max: usize,
}

/// A picture that the host wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// A JPEG file, or a PNG where something shines through that fits as one.
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
    let bytes_max = limits.kept_bytes_max.saturating_sub(MARK_BYTES_MAX);
    if !shines_through {
        return fitting_jpeg(picture.into_rgb8(), bytes_max);
    }
    let picture = picture.into_rgba8();
    let png = as_png(&picture)?;
    if png.bytes.len() <= bytes_max {
        return Ok(png);
    }
    // What does not fit is a photo with a hole in it or a soft edge, since
    // drawings are small as PNG. Of a photo its sharpness is worth more than what
    // shines through: as JPEG all its pixels fit, as PNG far fewer would.
    fitting_jpeg(on_white(&picture), bytes_max)
}

fn as_png(picture: &RgbaImage) -> Result<Picture, PictureRefused> {
    let mut bytes = Vec::new();
    let written = picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png);
    of_written(written, bytes, picture.dimensions())
}

/// A JPEG of at most so many bytes: as good as that allows, and smaller only
/// where the least good one does not fit either, as of noise.
fn fitting_jpeg(mut picture: RgbImage, bytes_max: usize) -> Result<Picture, PictureRefused> {
    for quality in JPEG_QUALITIES {
        let jpeg = as_jpeg(&picture, quality)?;
        if jpeg.bytes.len() <= bytes_max {
            return Ok(jpeg);
        }
    }
    let [.., quality] = JPEG_QUALITIES;
    loop {
        let side = |px: u32| (px * 3 / 4).max(1);
        let (width, height) = (side(picture.width()), side(picture.height()));
        let is_least = (width, height) == picture.dimensions();
        picture = imageops::resize(&picture, width, height, FilterType::CatmullRom);
        let jpeg = as_jpeg(&picture, quality)?;
        if is_least || jpeg.bytes.len() <= bytes_max {
            return Ok(jpeg);
        }
    }
}

fn as_jpeg(picture: &RgbImage, quality: u8) -> Result<Picture, PictureRefused> {
    let mut bytes = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture);
    of_written(written, bytes, picture.dimensions())
}

fn of_written(
    written: Result<(), ImageError>,
    bytes: Vec<u8>,
    (width, height): (u32, u32),
) -> Result<Picture, PictureRefused> {
    // Memory takes all that is written, so only the picture can be at fault.
    written.map_err(|_| PictureRefused::Damaged)?;
    Ok(Picture {
        bytes,
        width,
        height,
    })
}

/// As it looks on white paper.
fn on_white(picture: &RgbaImage) -> RgbImage {
    let mix = |colour: u8, alpha: u8| {
        let [colour, alpha, white] = [colour, alpha, u8::MAX].map(u32::from);
        let mixed = (colour * alpha + white * (white - alpha) + white / 2) / white;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = *picture.get_pixel(x, y);
        Rgb([red, green, blue].map(|colour| mix(colour, alpha)))
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
/// The most that a mark adds: a chunk of a PNG, with its 32 digits.
const MARK_BYTES_MAX: usize = 4 + 12 + 32 + 4;

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
