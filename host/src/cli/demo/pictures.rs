//! Pictures of the sample community's things: still lifes of a few plain
//! shapes, drawn by distance, so that edges are smooth at any size.

use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// A point, from -1 to 1 upright and -4/3 to 4/3 across; y grows downwards.
type Point = (f32, f32);

/// Draws a thing and gives it as PNG.
///
/// # Errors
///
/// For a shape that is none of them, or a colour that is no `#rrggbb`.
pub fn draw(shape: &str, colours: &[String; 2], variation: u64) -> anyhow::Result<Vec<u8>> {
    let [light, dark] = [colour(&colours[0])?, colour(&colours[1])?];
    let parts = parts(shape)?;
    // Small differences, so that two pictures of one thing are two pictures.
    let wobble = |bits: u32| ((variation >> bits) & 0xff) as f32 / 255.0 - 0.5;
    let (shift, size, sun) = (wobble(0) * 0.3, 1.0 + wobble(8) * 0.2, wobble(16) * 1.6);
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let half = HEIGHT as f32 / 2.0;
        let at = (
            (x as f32 - WIDTH as f32 / 2.0) / half,
            (y as f32 - half) / half,
        );
        let wall = mix(light, [255.0; 3], 0.35 - 0.3 * at.1);
        let glow = (1.0 - distance(at, (sun, -0.9)) / 1.6).clamp(0.0, 1.0);
        let mut seen = mix(wall, [255.0, 250.0, 235.0], glow * 0.6);
        if at.1 > 0.55 {
            seen = mix(light, dark, 0.28 + (at.1 - 0.55) * 0.3);
        }
        let shadow = ellipse(at, (shift + 0.12 - sun * 0.08, 0.62), (0.62 * size, 0.07));
        seen = mix(seen, [40.0, 36.0, 34.0], 0.3 * covered(shadow, 0.05));
        let inside = ((at.0 - shift) / size, (at.1 - 0.1) / size);
        for part in &parts {
            let ink = match part.ink {
                Ink::Dark => dark,
                Ink::Light => mix(light, [255.0; 3], 0.55),
                Ink::Deep => mix(dark, [20.0; 3], 0.45),
            };
            // The side away from the light is a little darker.
            let lit = mix(
                ink,
                [0.0; 3],
                0.16 * (0.5 + (inside.0 - sun) * 0.4).clamp(0.0, 1.0),
            );
            seen = mix(seen, lit, covered(part.form.distance(inside), 0.008));
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "clamped to what a byte holds"
        )]
        let seen = seen.map(|channel| channel.clamp(0.0, 255.0) as u8);
        Rgb(seen)
    });
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

struct Part {
    form: Form,
    ink: Ink,
}

#[derive(Clone, Copy)]
enum Ink {
    Light,
    Dark,
    Deep,
}

#[derive(Clone, Copy)]
enum Form {
    /// Centre, half of width and height, radius of the corners.
    Box(Point, Point, f32),
    /// Centre, radius.
    Disc(Point, f32),
    /// Centre, radius, half of its thickness.
    Ring(Point, f32, f32),
    /// From, to, half of its thickness there and there.
    Stroke(Point, Point, f32, f32),
}

impl Form {
    /// How far away a point is; less than 0 inside.
    fn distance(self, at: Point) -> f32 {
        match self {
            Form::Box(centre, half, radius) => {
                let x = (at.0 - centre.0).abs() - half.0 + radius;
                let y = (at.1 - centre.1).abs() - half.1 + radius;
                x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius
            }
            Form::Disc(centre, radius) => distance(at, centre) - radius,
            Form::Ring(centre, radius, half) => (distance(at, centre) - radius).abs() - half,
            Form::Stroke(from, to, begin, end) => {
                let (along, up) = (to.0 - from.0, to.1 - from.1);
                let length = along * along + up * up;
                let share = ((at.0 - from.0) * along + (at.1 - from.1) * up) / length;
                let share = share.clamp(0.0, 1.0);
                let nearest = (from.0 + along * share, from.1 + up * share);
                distance(at, nearest) - (begin + (end - begin) * share)
            }
        }
    }
}

fn parts(shape: &str) -> anyhow::Result<Vec<Part>> {
    use Form::{Box, Disc, Ring, Stroke};
    use Ink::{Dark, Deep, Light};
    let of = |parts: &[(Form, Ink)]| {
        let part = |&(form, ink): &(Form, Ink)| Part { form, ink };
        parts.iter().map(part).collect::<Vec<_>>()
    };
    Ok(match shape {
        "cup" => of(&[
            (Ring((0.42, 0.08), 0.2, 0.045), Dark),
            (Box((0.0, 0.05), (0.4, 0.42), 0.09), Dark),
            (Box((0.0, -0.36), (0.4, 0.035), 0.03), Light),
        ]),
        "lamp" => of(&[
            (Box((0.0, 0.44), (0.34, 0.05), 0.04), Deep),
            (Stroke((0.0, 0.42), (0.0, -0.2), 0.03, 0.03), Deep),
            (Box((0.0, -0.34), (0.38, 0.24), 0.12), Dark),
            (Box((0.0, -0.1), (0.4, 0.03), 0.03), Light),
        ]),
        "pot" => of(&[
            (Stroke((-0.3, 0.2), (-0.78, -0.3), 0.06, 0.03), Dark),
            (Ring((0.46, 0.05), 0.26, 0.035), Deep),
            (Box((0.0, 0.12), (0.42, 0.36), 0.16), Dark),
            (Box((0.0, -0.27), (0.24, 0.05), 0.05), Deep),
            (Disc((0.0, -0.37), 0.06), Light),
        ]),
        "bag" => of(&[
            (Ring((0.0, -0.36), 0.24, 0.035), Deep),
            (Box((0.0, 0.08), (0.5, 0.4), 0.1), Dark),
            (Box((0.0, 0.2), (0.32, 0.18), 0.06), Light),
            (Box((0.0, 0.06), (0.32, 0.02), 0.02), Deep),
        ]),
        "pillow" => of(&[
            (Box((0.0, 0.22), (0.75, 0.27), 0.22), Dark),
            (Box((0.05, 0.12), (0.6, 0.12), 0.1), Light),
        ]),
        "pan" => of(&[
            (Stroke((0.35, 0.26), (1.0, 0.02), 0.06, 0.05), Deep),
            (Box((-0.1, 0.32), (0.58, 0.15), 0.12), Dark),
            (Box((-0.1, 0.21), (0.54, 0.035), 0.03), Light),
        ]),
        "jar" => of(&[
            (Box((0.0, 0.1), (0.36, 0.38), 0.1), Light),
            (Box((0.0, 0.24), (0.31, 0.2), 0.07), Dark),
            (Box((0.0, -0.34), (0.3, 0.07), 0.03), Deep),
        ]),
        "broom" => of(&[
            (Stroke((0.3, -0.85), (0.0, 0.05), 0.035, 0.04), Deep),
            (Box((-0.02, 0.3), (0.3, 0.22), 0.06), Dark),
            (Box((-0.02, 0.12), (0.22, 0.05), 0.04), Light),
        ]),
        "sock" => of(&[
            (Stroke((0.05, -0.45), (0.05, 0.2), 0.2, 0.2), Dark),
            (Stroke((0.05, 0.28), (-0.42, 0.34), 0.2, 0.16), Dark),
            (Box((0.05, -0.52), (0.23, 0.09), 0.05), Light),
            (Disc((-0.5, 0.35), 0.12), Light),
        ]),
        "stool" => of(&[
            (Stroke((-0.3, -0.1), (-0.45, 0.5), 0.04, 0.04), Deep),
            (Stroke((0.3, -0.1), (0.45, 0.5), 0.04, 0.04), Deep),
            (Stroke((-0.36, 0.22), (0.36, 0.22), 0.025, 0.025), Deep),
            (Box((0.0, -0.14), (0.5, 0.07), 0.05), Dark),
        ]),
        "can" => of(&[
            (Stroke((-0.2, 0.25), (-0.85, -0.35), 0.05, 0.03), Dark),
            (Ring((0.4, 0.0), 0.28, 0.035), Deep),
            (Box((0.05, 0.2), (0.38, 0.3), 0.07), Dark),
            (Box((0.05, -0.08), (0.38, 0.03), 0.02), Light),
        ]),
        other => anyhow::bail!("there is no shape `{other}`"),
    })
}

fn colour(text: &str) -> anyhow::Result<[f32; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let number = number.ok_or_else(|| anyhow::anyhow!("`{text}` is no #rrggbb"))?;
    Ok([16, 8, 0].map(|shift| ((number >> shift) & 0xff) as f32))
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

fn ellipse(at: Point, centre: Point, half: Point) -> f32 {
    let scaled = ((at.0 - centre.0) / half.0, (at.1 - centre.1) / half.1);
    (scaled.0.hypot(scaled.1) - 1.0) * half.1
}

/// 1 inside, 0 outside, and in between over a soft edge.
fn covered(distance: f32, edge: f32) -> f32 {
    (0.5 - distance / (2.0 * edge)).clamp(0.0, 1.0)
}

fn mix(from: [f32; 3], to: [f32; 3], share: f32) -> [f32; 3] {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|channel| from[channel] + (to[channel] - from[channel]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_picture_and_no_two_are_one() {
        let colours = ["#f3ede2".to_owned(), "#2f6f8f".to_owned()];
        let mut seen = std::collections::HashSet::new();
        for shape in [
            "cup", "lamp", "pot", "bag", "pillow", "pan", "jar", "broom", "sock", "stool", "can",
        ] {
            for variation in [0, 0x9e37_79b9] {
                let png = draw(shape, &colours, variation).unwrap();
                assert!(image::load_from_memory(&png).is_ok(), "{shape}");
                assert!(seen.insert(png), "{shape} {variation}");
            }
        }
        assert!(draw("teapot", &colours, 0).is_err());
        assert!(draw("cup", &["red".to_owned(), "#000000".to_owned()], 0).is_err());
    }
}
