//! Pictures as readers have them.

use std::io::Write as _;

/// A PNG of one colour, with words in it that are nobody's business.
pub fn png(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let row = [vec![0], vec![grey; width as usize]].concat();
    let rows = (0..height.min(1_000)).map(|_| row.clone());
    written(width, height, 0, rows)
}

/// A PNG of a sky over a field, for pictures that a person looks at.
pub fn landscape(width: u32, height: u32, sky: [u8; 3], ground: [u8; 3]) -> Vec<u8> {
    let rows = (0..height).map(|y| {
        let pixels = (0..width).flat_map(|x| {
            let hill = (f64::from(x) / f64::from(width) * 5.0).sin() * 0.1 + 0.6;
            let is_sky = f64::from(y) < hill * f64::from(height);
            let light = u8::try_from(40 * y / height).unwrap_or(u8::MAX);
            let colour = if is_sky { sky } else { ground };
            colour.map(|part| part.saturating_add(light))
        });
        std::iter::once(0).chain(pixels).collect()
    });
    written(width, height, 2, rows)
}

fn written(width: u32, height: u32, colours: u8, rows: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let body = [&name[..], content].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&body);
        let length = u32::try_from(content.len()).expect("memory takes it");
        [&length.to_be_bytes()[..], &body, &sum.sum().to_be_bytes()].concat()
    };
    let head = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, colours, 0, 0, 0],
    ]
    .concat();
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for row in rows {
        pixels.write_all(&row).expect("memory takes it");
    }
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"tEXt", b"Comment\0taken at home"),
        chunk(b"IDAT", &pixels.finish().expect("memory takes it")),
        chunk(b"IEND", b""),
    ]
    .concat()
}
