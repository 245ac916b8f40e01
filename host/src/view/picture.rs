//! A card as a picture, in SVG: for previews of links, and for places that
//! take nothing but a picture and a link. Its first words and numbers, who it
//! is from, and a code that leads to it.
//!
//! Always light, as printed things are, and always of one shape, the one that
//! previews are cut to. Nothing in it is loaded from anywhere, and nothing in
//! it is style or script. Drawing it to pixels is not done here.

mod lines;
mod rows;

use super::CheckedView;
use super::html::qr;
use super::html::write::Writer;
use super::words::{Tongue, grouped};
use super::xml::xml_text;
use lines::{cut, lines, width_em};
use rows::{Row, rows};
use std::fmt::Display;

/// The width of every picture in its own units.
pub const WIDTH: u32 = 1200;

/// The height of every picture in its own units.
pub const HEIGHT: u32 = 630;

/// What a picture says besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct PictureContext<'a> {
    /// Where the code leads: the card's own page.
    pub url: &'a str,
    /// The locale the view is in, as a BCP 47 tag.
    pub locale: &'a str,
    /// The circle's name.
    pub circle: &'a str,
    /// The publisher's name.
    pub publisher: &'a str,
}

/// The house's light colours; `card.css` has them under the same names.
mod colour {
    pub(super) const DESK: &str = "#f2ede2";
    pub(super) const PAPER: &str = "#fcfaf5";
    pub(super) const RAISED: &str = "#fffefb";
    pub(super) const INK: &str = "#24221d";
    pub(super) const MUTED: &str = "#6a6558";
    pub(super) const LINE: &str = "#e4ddce";
    pub(super) const EDGE: &str = "#8a8370";
    pub(super) const TRACK: &str = "#ece6d9";
    pub(super) const BAR: &str = "#cfe0d4";
    pub(super) const ACCENT: &str = "#1c5d4c";
}

const SERIF: &str = "Georgia, 'Songti SC', 'Noto Serif CJK SC', 'Source Han Serif SC', 'Noto Serif SC', 'PingFang SC', 'Microsoft YaHei', serif";
const SANS: &str = "'Segoe UI', 'Helvetica Neue', 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Noto Sans SC', 'WenQuanYi Micro Hei', 'Microsoft YaHei', sans-serif";

/// The column of words, and the right edge of all.
const LEFT: f32 = 84.0;
const RIGHT: f32 = 1116.0;
const COLUMN_RIGHT: f32 = 824.0;
/// Cards whose rows are no higher than this have little to show but a title.
const SPARSE_BELOW: f32 = 110.0;

/// Nothing stands lower.
const BOTTOM: f32 = 562.0;

/// The card as an SVG document.
pub fn picture(view: &CheckedView, cx: &PictureContext<'_>) -> String {
    let tongue = Tongue::of(cx.locale);
    let title = view.view().title.as_str();
    let summary = view.view().summary.as_str();
    let rows = rows(view, &[title.trim(), summary.trim()]);
    let mut out = Writer::default();
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"")
        .attr("viewBox", format_args!("0 0 {WIDTH} {HEIGHT}"))
        .attr("width", WIDTH)
        .attr("height", HEIGHT)
        .attr("lang", cx.locale);
    out.raw("><title>").text(xml_text(title)).raw("</title>");
    paper(&mut out);
    masthead(&mut out, cx);
    let sparse = rows.iter().map(row_height).sum::<f32>() < SPARSE_BELOW;
    let mut y = headline(&mut out, title, sparse);
    let lines_max = if sparse { 3 } else { 2 };
    y = paragraph(&mut out, y, summary, lines_max);
    body(&mut out, y, &rows, tongue);
    code(&mut out, cx.url, tongue);
    out.raw("</svg>\n");
    out.finish()
}

fn paper(out: &mut Writer) {
    let all = Area::new(0.0, 0.0, 1200.0, 630.0);
    area(out, all, 0, colour::DESK, None);
    let sheet = Area::new(36.0, 36.0, 1128.0, 558.0);
    area(out, sheet, 24, colour::PAPER, Some(colour::LINE));
}

fn masthead(out: &mut Writer, cx: &PictureContext<'_>) {
    area(
        out,
        Area::new(LEFT, 82.0, 6.0, 32.0),
        3,
        colour::ACCENT,
        None,
    );
    let circle = cut(cx.circle, 20.0);
    let style = Type::new(SERIF, 32, colour::INK).weighing(600);
    words(out, LEFT + 22.0, 110.0, style, &circle);
    let room_em = (RIGHT - LEFT - 70.0 - width_em(&circle) * 32.0) / 26.0;
    let publisher = cut(cx.publisher, room_em);
    let style = Type::new(SANS, 26, colour::MUTED).anchored("end");
    words(out, RIGHT, 109.0, style, &publisher);
}

/// The title, larger and lower where there is little else. Gives where it ends.
fn headline(out: &mut Writer, title: &str, sparse: bool) -> f32 {
    let (size, lines_max, right, top) = match sparse {
        true => (70, 3, COLUMN_RIGHT, 176.0),
        false => (58, 2, RIGHT, 134.0),
    };
    let em = px(size);
    let style = Type::new(SERIF, size, colour::INK).weighing(700);
    let mut y = top;
    for line in lines(title, (right - LEFT) / em, lines_max) {
        y += em * 1.28;
        words(out, LEFT, y, style, &line);
    }
    y + 34.0
}

fn paragraph(out: &mut Writer, mut y: f32, text: &str, lines_max: usize) -> f32 {
    if text.is_empty() {
        return y;
    }
    const EM: f32 = 28.0;
    let style = Type::new(SANS, 28, colour::MUTED);
    for line in lines(text, (COLUMN_RIGHT - LEFT) / EM, lines_max) {
        y += EM * 1.5;
        words(out, LEFT, y - 10.0, style, &line);
    }
    y + 20.0
}

/// As many rows as fit; if not all do, the last line says how many more.
fn body(out: &mut Writer, mut y: f32, rows: &[Row<'_>], tongue: Tongue) {
    const MORE_HEIGHT: f32 = 40.0;
    for (index, row) in rows.iter().enumerate() {
        let left = rows.len() - index;
        let reserved = if left > 1 { MORE_HEIGHT } else { 0.0 };
        let height = row_height(row);
        let all_fit = y + rows[index..].iter().map(row_height).sum::<f32>() <= BOTTOM + ROW_GAP;
        if !all_fit && y + height + reserved > BOTTOM + ROW_GAP {
            let left = grouped(left as u64);
            let more = match tongue {
                Tongue::Chinese => format!("还有 {left} 项"),
                Tongue::English => format!("{left} more"),
            };
            let style = Type::new(SANS, 24, colour::MUTED);
            words(out, LEFT, y + 22.0, style, &more);
            return;
        }
        draw_row(out, y, row);
        y += height;
    }
}

const ROW_GAP: f32 = 12.0;
const BOX_HEIGHT: f32 = 54.0;
const WORDS_LINE: f32 = 42.0;

/// A row's height, with the gap below.
fn row_height(row: &Row<'_>) -> f32 {
    ROW_GAP
        + match row {
            Row::Words(text) if words_lines(text).len() > 1 => 2.0 * WORDS_LINE,
            Row::Words(_) => WORDS_LINE,
            Row::Option { .. } | Row::Bar { .. } => BOX_HEIGHT,
            Row::Stats(_) => 92.0,
        }
}

fn words_lines(text: &str) -> Vec<String> {
    lines(text, (COLUMN_RIGHT - LEFT) / 28.0, 2)
}

fn draw_row(out: &mut Writer, y: f32, row: &Row<'_>) {
    let all = Area::new(LEFT, y, COLUMN_RIGHT - LEFT, BOX_HEIGHT);
    let label_style = Type::new(SANS, 26, colour::INK);
    match row {
        Row::Words(text) => {
            let style = Type::new(SANS, 28, colour::INK);
            for (line, baseline) in words_lines(text).iter().zip([30.0, 30.0 + WORDS_LINE]) {
                words(out, LEFT, y + baseline, style, line);
            }
        }
        Row::Option { label, many } => {
            area(out, all, 12, colour::RAISED, Some(colour::LINE));
            let mark = Area::new(LEFT + 20.0, y + 17.0, 20.0, 20.0);
            let radius = if *many { 5 } else { 10 };
            area(out, mark, radius, "none", Some(colour::EDGE));
            let label = cut(label, (all.width - 80.0) / 26.0);
            words(out, LEFT + 56.0, y + 36.0, label_style, &label);
        }
        Row::Bar {
            label,
            share,
            figure,
        } => {
            area(out, all, 12, colour::TRACK, None);
            #[allow(clippy::cast_possible_truncation, reason = "a share is 0 to 1")]
            let width = all.width * *share as f32;
            // A bar that is shorter than its corners are round would bulge.
            if width >= 24.0 {
                area(out, Area { width, ..all }, 12, colour::BAR, None);
            }
            let label = cut(label, (all.width - 150.0) / 26.0);
            words(out, LEFT + 20.0, y + 36.0, label_style, &label);
            let style = Type::new(SANS, 26, colour::ACCENT)
                .weighing(700)
                .anchored("end");
            words(out, COLUMN_RIGHT - 20.0, y + 36.0, style, figure);
        }
        Row::Stats(stats) => {
            for ((label, value), column) in stats.iter().zip([0.0, 1.0, 2.0]) {
                let x = LEFT + column * 250.0;
                let style = Type::new(SERIF, 46, colour::ACCENT).weighing(700);
                words(out, x, y + 44.0, style, &cut(value, 232.0 / 46.0));
                let style = Type::new(SANS, 24, colour::MUTED);
                words(out, x, y + 80.0, style, &cut(label, 232.0 / 24.0));
            }
        }
    }
}

/// The code that leads to the card, at the lower right.
fn code(out: &mut Writer, url: &str, tongue: Tongue) {
    const SIDE: f32 = 216.0;
    let code = qr::code_of(url);
    let place = Area::new(RIGHT - SIDE, 314.0, SIDE, SIDE);
    area(out, place, 16, "#ffffff", Some(colour::LINE));
    let modules = qr::side(&code);
    out.raw("<svg")
        .attr("x", place.x)
        .attr("y", place.y)
        .attr("width", SIDE)
        .attr("height", SIDE)
        .attr("viewBox", format_args!("0 0 {modules} {modules}"));
    out.raw(" shape-rendering=\"crispEdges\"><path")
        .attr("fill", colour::INK)
        .raw(" d=\"");
    qr::modules(out, &code);
    out.raw("\"/></svg>");
    let style = Type::new(SANS, 24, colour::MUTED).anchored("middle");
    let label = tongue.pick("扫码参与", "Scan to take part");
    words(
        out,
        place.x + SIDE / 2.0,
        place.y + SIDE + 40.0,
        style,
        label,
    );
}

#[derive(Clone, Copy)]
struct Area {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Area {
    fn new(x: f32, y: f32, width: f32, height: f32) -> Area {
        Area {
            x,
            y,
            width,
            height,
        }
    }
}

fn area(
    out: &mut Writer,
    place: Area,
    radius: u32,
    fill: &'static str,
    stroke: Option<&'static str>,
) {
    out.raw("<rect")
        .attr("x", place.x)
        .attr("y", place.y)
        .attr("width", Tenths(place.width))
        .attr("height", place.height)
        .attr("rx", radius)
        .attr("fill", fill);
    if let Some(stroke) = stroke {
        out.attr("stroke", stroke).raw(" stroke-width=\"2\"");
    }
    out.raw("/>");
}

/// How words are set.
#[derive(Clone, Copy)]
struct Type {
    family: &'static str,
    size: u16,
    weight: u16,
    colour: &'static str,
    anchor: &'static str,
}

impl Type {
    fn new(family: &'static str, size: u16, colour: &'static str) -> Type {
        Type {
            family,
            size,
            weight: 400,
            colour,
            anchor: "start",
        }
    }

    fn weighing(self, weight: u16) -> Type {
        Type { weight, ..self }
    }

    fn anchored(self, anchor: &'static str) -> Type {
        Type { anchor, ..self }
    }
}

/// One line, on its base line.
fn words(out: &mut Writer, x: f32, y: f32, style: Type, text: &str) {
    out.raw("<text")
        .attr("x", Tenths(x))
        .attr("y", Tenths(y))
        .attr("font-family", style.family)
        .attr("font-size", style.size)
        .attr("font-weight", style.weight)
        .attr("fill", style.colour)
        .attr("text-anchor", style.anchor);
    out.raw(">").text(xml_text(text)).raw("</text>");
}

fn px(size: u16) -> f32 {
    f32::from(size)
}

/// A coordinate to a tenth of a unit, which no eye tells apart.
struct Tenths(f32);

impl Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", (self.0 * 10.0).round() / 10.0)
    }
}

#[cfg(test)]
mod tests;
