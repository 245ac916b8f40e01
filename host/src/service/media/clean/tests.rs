use super::*;
use image::{Rgb, RgbImage, Rgba, RgbaImage};

const LIMITS: CleanLimits = CleanLimits {
    pixels_max: 1_000_000,
    side_px_max: 64,
    kept_bytes_max: 1 << 20,
};

/// A picture whose left side is red and whose right side is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgb([220, 20, 20]),
        false => Rgb([20, 20, 220]),
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture: DynamicImage = picture.into();
    picture
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn contains(file: &[u8], piece: &[u8]) -> bool {
    file.windows(piece.len()).any(|window| window == piece)
}

/// The colour of a pixel, as near as JPEG keeps it.
fn is_red(bytes: &[u8], x: u32, y: u32) -> bool {
    let pixel = *image::load_from_memory(bytes)
        .unwrap()
        .to_rgb8()
        .get_pixel(x, y);
    pixel.0[0] > 150 && pixel.0[2] < 90
}

/// A chunk of a PNG, with its checksum.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&name[..], content].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&body);
    let length = u32::try_from(content.len()).unwrap();
    [&length.to_be_bytes()[..], &body, &sum.sum().to_be_bytes()].concat()
}

/// A PNG that says it is so large, and holds next to nothing.
fn boastful_png(width: u32, height: u32) -> Vec<u8> {
    let head = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut deflated, &[0; 4096]).unwrap();
    [
        PNG_MAGIC.to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"IDAT", &deflated.finish().unwrap()),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A JPEG with a segment behind its first one.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    let (head, rest) = jpeg.split_at(2);
    [head, &[0xff, marker], &length.to_be_bytes(), content, rest].concat()
}

/// Exif that says how the camera was held, where, and by what it was made.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u8, kind: u8, count: u32, value: [u8; 4]| {
        [&[1, tag, 0, kind][..], &count.to_be_bytes(), &value].concat()
    };
    let gps = [
        &[0x88, 0x25, 0, 4][..],
        &1_u32.to_be_bytes(),
        &38_u32.to_be_bytes(),
    ]
    .concat();
    [
        b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec(),
        vec![0, 2],
        entry(0x12, 3, 1, [0, orientation, 0, 0]),
        gps,
        vec![0; 4],
        b"GPS 31.2304 N 121.4737 E".to_vec(),
    ]
    .concat()
}

#[test]
fn every_kind_that_is_taken_becomes_a_jpeg() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let picture = clean(&file(halves(40, 20), format), &LIMITS).unwrap();
        assert_eq!((picture.width, picture.height), (40, 20), "{format:?}");
        assert_eq!(media_type(&picture.bytes), Some("image/jpeg"), "{format:?}");
        assert!(is_red(&picture.bytes, 5, 10), "{format:?}");
        assert!(!is_red(&picture.bytes, 35, 10), "{format:?}");
    }
}

#[test]
fn what_shines_through_stays_so() {
    let glass = RgbaImage::from_pixel(8, 8, Rgba([10, 200, 10, 128]));
    let picture = clean(&file(glass, ImageFormat::Png), &LIMITS).unwrap();
    assert_eq!(media_type(&picture.bytes), Some("image/png"));
    let solid = RgbaImage::from_pixel(8, 8, Rgba([10, 200, 10, 255]));
    let picture = clean(&file(solid, ImageFormat::Png), &LIMITS).unwrap();
    assert_eq!(media_type(&picture.bytes), Some("image/jpeg"));
}

/// Pixels that nothing compresses.
fn noise(width: u32, height: u32) -> RgbaImage {
    let mut state = 1_u32;
    RgbaImage::from_fn(width, height, |_, _| {
        let channel = [(); 3].map(|()| {
            // The generator of Numerical Recipes.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        let [red, green, blue] = channel;
        Rgba([red, green, blue, 250])
    })
}

#[test]
fn what_is_kept_has_its_size() {
    let limits = |kept_bytes_max: usize| CleanLimits {
        side_px_max: 400,
        kept_bytes_max,
        ..LIMITS
    };
    let sent = file(noise(300, 200), ImageFormat::Png);
    let as_it_is = clean(&sent, &limits(1 << 20)).unwrap();
    assert_eq!(media_type(&as_it_is.bytes), Some("image/png"));
    let whole = as_it_is.bytes.len();
    assert!(whole > 150_000, "{whole}");
    // With its mark it may have exactly so much.
    let exact = limits(whole + MARK_BYTES_MAX);
    assert_eq!(clean(&sent, &exact).as_ref(), Ok(&as_it_is));

    // Then what shines through goes, and no pixel.
    let solid = clean(&sent, &limits(whole + MARK_BYTES_MAX - 1)).unwrap();
    assert_eq!(media_type(&solid.bytes), Some("image/jpeg"));
    assert_eq!((solid.width, solid.height), (300, 200));
    let mut last = solid.bytes.len();
    for kept_bytes_max in [last, 40_000, 16_384] {
        let picture = clean(&sent, &limits(kept_bytes_max)).unwrap();
        let file = marked(&picture, &[7; 16]);
        assert!(
            file.len() <= kept_bytes_max,
            "{} {kept_bytes_max}",
            file.len()
        );
        assert!(picture.bytes.len() < last, "{kept_bytes_max}");
        last = picture.bytes.len();
        // As wide as high as before, by a pixel.
        let (width, height) = (picture.width, picture.height);
        assert!(width.abs_diff(height * 3 / 2) <= 2, "{width} × {height}");
        let read = image::load_from_memory(&file).unwrap();
        assert_eq!((read.width(), read.height()), (width, height));
    }
    // Sharpness before pixels.
    let softer = clean(&sent, &limits(solid.bytes.len())).unwrap();
    assert_eq!((softer.width, softer.height), (300, 200));
    // A JPEG has the same limit.
    let jpeg = DynamicImage::from(noise(300, 200)).into_rgb8();
    let jpeg = clean(&file(jpeg, ImageFormat::Jpeg), &limits(16_384)).unwrap();
    assert!(jpeg.bytes.len() <= 16_384, "{}", jpeg.bytes.len());
}

#[test]
fn what_shines_through_is_put_on_white() {
    let mut glass = noise(200, 200);
    let corner = [Rgba([0, 0, 0, 0]), Rgba([0, 0, 0, 128])];
    for (x, y, pixel) in glass.enumerate_pixels_mut() {
        if y < 32 && x < 64 {
            *pixel = corner[usize::from(x >= 32)];
        }
    }
    let sent = file(glass, ImageFormat::Png);
    let limits = |kept_bytes_max: usize| CleanLimits {
        side_px_max: 200,
        kept_bytes_max,
        ..LIMITS
    };
    let png = clean(&sent, &limits(1 << 20)).unwrap();
    let picture = clean(&sent, &limits(png.bytes.len())).unwrap();
    assert_eq!(media_type(&picture.bytes), Some("image/jpeg"));
    let read = image::load_from_memory(&picture.bytes).unwrap().to_rgb8();
    let near = |x: u32, expected: u8| {
        let Rgb(pixel) = *read.get_pixel(x, 16);
        assert!(
            pixel.iter().all(|part| part.abs_diff(expected) < 12),
            "{pixel:?}"
        );
    };
    near(16, 255);
    near(48, 127);
}

#[test]
fn large_pictures_are_made_to_fit() {
    let check = |size: (u32, u32), expected: (u32, u32)| {
        let png = file(halves(size.0, size.1), ImageFormat::Png);
        let picture = clean(&png, &LIMITS).unwrap();
        assert_eq!((picture.width, picture.height), expected, "{size:?}");
    };
    check((64, 64), (64, 64));
    check((65, 20), (64, 20));
    check((100, 50), (64, 32));
    check((50, 900), (4, 64));
    // However thin, there is something to see.
    check((1_000, 1), (64, 1));
}

#[test]
fn a_picture_is_turned_as_it_was_held_and_says_nothing_else() {
    let jpeg = file(halves(40, 20), ImageFormat::Jpeg);
    let held = with_segment(&jpeg, 0xe1, &exif(6));
    assert!(contains(&held, b"GPS 31.2304"));
    let picture = clean(&held, &LIMITS).unwrap();
    // Turned by a quarter to the right: what was at the left is on top.
    assert_eq!((picture.width, picture.height), (20, 40));
    assert!(is_red(&picture.bytes, 10, 5) && !is_red(&picture.bytes, 10, 35));
    for piece in [&b"GPS"[..], b"31.2304", b"Exif"] {
        assert!(!contains(&picture.bytes, piece), "{piece:?}");
    }
    // Nonsense in its place harms nobody.
    let nonsense = with_segment(&jpeg, 0xe1, b"Exif\0\0MM\0\x2a\xff\xff\xff\xff");
    assert_eq!(clean(&nonsense, &LIMITS).unwrap().width, 40);
}

#[test]
fn files_that_are_also_something_else_are_pictures_alone() {
    let script = b"*/=1;alert('polyglot');<script>alert(1)</script>PK\x03\x04";
    let mut gif = file(halves(8, 8), ImageFormat::Gif);
    gif.extend_from_slice(script);
    let mut png = file(halves(8, 8), ImageFormat::Png);
    png.extend_from_slice(script);
    let commented = with_segment(&file(halves(8, 8), ImageFormat::Jpeg), 0xfe, script);
    for polyglot in [gif, png, commented] {
        assert!(contains(&polyglot, b"polyglot"));
        let picture = clean(&polyglot, &LIMITS).unwrap();
        assert!(!contains(&picture.bytes, b"polyglot"));
        assert!(!contains(&picture.bytes, b"<script>"));
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let check = |file: &[u8], expected: PictureRefused| {
        assert_eq!(clean(file, &LIMITS), Err(expected), "{:?}", file.get(..16));
    };
    use PictureRefused::{Damaged, TooManyPixels, Unknown};
    check(b"", Unknown);
    check(
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        Unknown,
    );
    check(b"<!doctype html><script>alert(1)</script>", Unknown);
    check(b"%PDF-1.7", Unknown);
    check(b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0", Unknown);
    check(b"II*\0\x08\0\0\0", Unknown);
    check(b"\0\0\0\x20ftypavif", Unknown);
    // The first bytes of a picture, and no more.
    check(PNG_MAGIC, Damaged);
    check(b"GIF89a", Damaged);
    check(b"\xff\xd8\xff\xe0", Damaged);
    check(b"RIFF\x10\0\0\0WEBPVP8 ", Damaged);
    let png = file(halves(40, 40), ImageFormat::Png);
    check(&png[..png.len() / 2], Damaged);
    // What it says of itself is enough: nothing is decoded.
    check(&boastful_png(30_000, 30_000), TooManyPixels);
    check(&boastful_png(u32::MAX >> 1, u32::MAX >> 1), TooManyPixels);
    check(&boastful_png(0, 10), Damaged);
    check(&boastful_png(1_000, 1_000), Damaged);
    let mut gif = file(halves(8, 8), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    check(&gif, TooManyPixels);
}

/// A few kilobytes that would be hundreds of megabytes.
#[test]
fn a_bomb_is_refused_by_its_size() {
    let bomb = file(image::GrayImage::new(2_000, 2_000), ImageFormat::Png);
    assert!(bomb.len() < 40_000, "{}", bomb.len());
    assert_eq!(clean(&bomb, &LIMITS), Err(PictureRefused::TooManyPixels));
    // Within the pixels, but of more bytes each.
    let deep = DynamicImage::ImageRgba16(image::ImageBuffer::new(900, 900));
    let deep = file(deep, ImageFormat::Png);
    assert_eq!(clean(&deep, &LIMITS), Err(PictureRefused::TooManyPixels));
}

#[test]
fn damage_anywhere_ends_well() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let good = file(halves(9, 7), format);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xa5;
            // Whether it is refused is the decoder's to say; it does say.
            let _ = clean(&bad, &LIMITS);
            let _ = clean(&good[..at], &LIMITS);
        }
    }
}

#[test]
fn a_mark_makes_another_file_of_the_same_picture() {
    let glass = RgbaImage::from_pixel(8, 8, Rgba([10, 200, 10, 128]));
    for sent in [
        file(glass, ImageFormat::Png),
        file(halves(8, 8), ImageFormat::Jpeg),
    ] {
        let picture = clean(&sent, &LIMITS).unwrap();
        assert_eq!(clean(&sent, &LIMITS).as_ref(), Ok(&picture));
        let [one, other] = [[1; 16], [2; 16]].map(|mark| marked(&picture, &mark));
        assert_ne!(one, other);
        let pixels = |file: &[u8]| image::load_from_memory(file).unwrap();
        assert_eq!(pixels(&one), pixels(&picture.bytes));
        assert_eq!(pixels(&other), pixels(&picture.bytes));
        assert_eq!(media_type(&one), media_type(&picture.bytes));
    }
}
