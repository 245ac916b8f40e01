//! Charts as SVG, with the same said in words and, where there is room, as a
//! table.
//!
//! The drawing is stretched to the card's width and carries no text, which
//! would be stretched with it; labels stand beneath it as HTML.

use std::fmt::{self, Display};

use super::write::Writer;
use crate::view::{
    ChartStyle, Point,
    words::{Tongue, value},
};

/// The height of the drawing, and the width of one point, in its own units.
const HEIGHT: f64 = 100.0;
const STEP: f64 = 10.0;

/// Up to so many bars each have their label beneath; of more, the first and
/// the last.
const LABELLED_BARS_MAX: usize = 7;

pub(super) fn chart(
    out: &mut Writer,
    tongue: Tongue,
    style: ChartStyle,
    label: &str,
    points: &[Point],
) {
    out.raw("<figure class=\"qk-chart qk-chart-")
        .raw(style.name());
    out.raw("\"><figcaption>").text(label).raw("</figcaption>");
    let Some(scale) = Scale::of(style, points) else {
        let none = tongue.pick("暂无数据", "No data yet");
        out.raw("<p class=\"qk-hint\">")
            .text(none)
            .raw("</p></figure>");
        return;
    };
    let width = STEP * extent(points.len());
    out.raw("<svg role=\"img\"")
        .attr("viewBox", format_args!("0 0 {width} {HEIGHT}"));
    out.attr(
        "aria-label",
        Summary {
            tongue,
            label,
            points,
        },
    )
    .raw(" preserveAspectRatio=\"none\">");
    match style {
        ChartStyle::Bar => bars(out, points, &scale),
        ChartStyle::Line => {
            area(out, points, &scale);
            line(out, points, &scale);
        }
        ChartStyle::Spark => line(out, points, &scale),
    }
    out.raw("</svg>");
    if style != ChartStyle::Spark {
        axis(out, style, points);
        table(out, tongue, points);
    }
    out.raw("</figure>");
}

/// What a chart says to those who do not see it; the table has all of it.
pub(in crate::view) struct Summary<'a> {
    pub(in crate::view) tongue: Tongue,
    pub(in crate::view) label: &'a str,
    pub(in crate::view) points: &'a [Point],
}

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label)?;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return Ok(());
        };
        let values = || self.points.iter().map(|point| point.value);
        let least = value(values().fold(f64::INFINITY, f64::min));
        let most = value(values().fold(f64::NEG_INFINITY, f64::max));
        let (first, last) = (value(first.value), value(last.value));
        match self.tongue {
            Tongue::Chinese => {
                write!(f, "：从 {first} 到 {last}，最低 {least}，最高 {most}")
            }
            Tongue::English => {
                write!(
                    f,
                    ": from {first} to {last}, lowest {least}, highest {most}"
                )
            }
        }
    }
}

/// From values to heights.
struct Scale {
    least: f64,
    most: f64,
    /// Values are divided by this first, so that no difference of two is
    /// infinite.
    unit: f64,
}

impl Scale {
    /// None without points. Bars begin at zero; lines show their own range.
    fn of(style: ChartStyle, points: &[Point]) -> Option<Self> {
        let largest = points
            .iter()
            .map(|point| point.value.abs())
            .reduce(f64::max)?;
        let unit = if largest > 0.0 { largest } else { 1.0 };
        let zero = (style == ChartStyle::Bar).then_some(0.0);
        let values = || points.iter().map(|point| point.value / unit).chain(zero);
        Some(Self {
            least: values().fold(f64::INFINITY, f64::min),
            most: values().fold(f64::NEG_INFINITY, f64::max),
            unit,
        })
    }

    /// Where a value lies, from the top. Equal values lie in the middle.
    fn y(&self, value: f64) -> f64 {
        let range = self.most - self.least;
        if range > 0.0 {
            HEIGHT * (self.most - value / self.unit) / range
        } else {
            HEIGHT / 2.0
        }
    }
}

fn bars(out: &mut Writer, points: &[Point], scale: &Scale) {
    const GAP: f64 = 3.0;
    let base = if scale.most > scale.least {
        scale.y(0.0)
    } else {
        HEIGHT
    };
    for (index, point) in points.iter().enumerate() {
        // With nothing but zeros there is no range, and no bar either.
        let end = if scale.most > scale.least {
            scale.y(point.value)
        } else {
            base
        };
        out.raw("<rect fill=\"currentColor\"");
        out.attr("x", format_args!("{:.1}", STEP * extent(index) + GAP / 2.0));
        out.attr("y", format_args!("{:.2}", end.min(base)));
        out.attr("width", STEP - GAP);
        out.attr("height", format_args!("{:.2}", (end - base).abs()))
            .raw("/>");
    }
}

fn line(out: &mut Writer, points: &[Point], scale: &Scale) {
    out.raw("<polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"");
    out.raw(" stroke-linejoin=\"round\" vector-effect=\"non-scaling-stroke\" points=\"");
    corners(out, points, scale);
    out.raw("\"/>");
}

fn area(out: &mut Writer, points: &[Point], scale: &Scale) {
    let width = STEP * extent(points.len());
    out.raw("<polygon fill=\"currentColor\" fill-opacity=\"0.1\" points=\"");
    out.text(format_args!("0,{HEIGHT} "));
    corners(out, points, scale);
    out.text(format_args!(" {width},{HEIGHT}")).raw("\"/>");
}

/// The points of a line from edge to edge; a single one is level.
fn corners(out: &mut Writer, points: &[Point], scale: &Scale) {
    let width = STEP * extent(points.len());
    if let [only] = points {
        let y = scale.y(only.value);
        out.text(format_args!("0,{y:.2} {width},{y:.2}"));
        return;
    }
    for (index, point) in points.iter().enumerate() {
        let x = width * extent(index) / extent(points.len() - 1);
        out.raw(if index > 0 { " " } else { "" });
        out.text(format_args!("{x:.2},{:.2}", scale.y(point.value)));
    }
}

/// Labels beneath the drawing. Screen readers have the table.
fn axis(out: &mut Writer, style: ChartStyle, points: &[Point]) {
    let each = style == ChartStyle::Bar && points.len() <= LABELLED_BARS_MAX;
    out.raw("<div class=\"qk-axis")
        .raw(if each { " qk-axis-each" } else { "" });
    out.raw("\" aria-hidden=\"true\">");
    for (index, point) in points.iter().enumerate() {
        if each || index == 0 || index + 1 == points.len() {
            out.raw("<span>").text(&point.label).raw("</span>");
        }
    }
    out.raw("</div>");
}

fn table(out: &mut Writer, tongue: Tongue, points: &[Point]) {
    let show = tongue.pick("查看数据", "Show the data");
    out.raw("<details class=\"qk-data\"><summary>")
        .text(show)
        .raw("</summary><table>");
    for point in points {
        out.raw("<tr><th scope=\"row\">")
            .text(&point.label)
            .raw("</th><td>");
        out.text(value(point.value)).raw("</td></tr>");
    }
    out.raw("</table></details>");
}

/// A number of points as a length; there are at most 366.
fn extent(points: usize) -> f64 {
    f64::from(u32::try_from(points).unwrap_or(u32::MAX))
}
