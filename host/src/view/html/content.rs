//! What a card shows: text, pictures, figures.

use super::{Draw, tone_class, write::Writer};
use crate::view::{
    Span, TextStyle, TextTone, TimeStyle, Tone, at, instant,
    words::{grouped, percent},
};

/// The card's headings begin at `h2`: the document's own is the `h1`.
pub(super) fn heading<'a>(draw: &mut Draw<'a>, level: u8, text: &'a str) {
    let (open, close) = match level {
        1 => ("<h2 class=\"qk-heading qk-heading-1\">", "</h2>"),
        2 => ("<h3 class=\"qk-heading qk-heading-2\">", "</h3>"),
        3 => ("<h4 class=\"qk-heading qk-heading-3\">", "</h4>"),
        _ => ("<h5 class=\"qk-heading qk-heading-4\">", "</h5>"),
    };
    draw.out.raw(open).text(text).raw(close);
    draw.heading = Some(text);
}

pub(super) fn text(
    out: &mut Writer,
    content: &str,
    style: TextStyle,
    tone: TextTone,
    max_lines: Option<u8>,
) {
    let (open, close) = match style {
        TextStyle::Quote => ("<blockquote", "</blockquote>"),
        TextStyle::Body | TextStyle::Lead | TextStyle::Caption => ("<p", "</p>"),
    };
    out.raw(open)
        .raw(" class=\"qk-text qk-text-")
        .raw(style.name());
    if tone != TextTone::Normal {
        out.raw(" qk-tone-").raw(tone.name());
    }
    if let Some(lines) = max_lines {
        out.raw(" qk-lines qk-lines-").text(lines);
    }
    out.raw("\">").text(content).raw(close);
}

pub(super) fn rich(draw: &mut Draw<'_>, spans: &[Span]) {
    draw.out.raw("<p class=\"qk-text qk-text-body\">");
    for span in spans {
        let out = &mut draw.out;
        match span {
            Span::Text(text) => out.text(text),
            Span::Bold(text) => out.raw("<strong>").text(text).raw("</strong>"),
            Span::Emphasis(text) => out.raw("<em>").text(text).raw("</em>"),
            Span::Code(text) => out.raw("<code>").text(text).raw("</code>"),
            Span::Link { label, url } => {
                link(draw, "qk-inline-link", label, url);
                continue;
            }
        };
    }
    draw.out.raw("</p>");
}

pub(super) fn link(draw: &mut Draw<'_>, class: &'static str, label: &str, url: &str) {
    draw.out.raw("<a").attr("class", class);
    match at::place_in(url) {
        Some(place) => href_of_page(draw, place),
        None => {
            draw.out
                .attr("href", url)
                .raw(" target=\"_blank\" rel=\"noopener nofollow\"");
        }
    }
    draw.out.raw(">").text(label).raw("</a>");
}

/// Where a link to a page of the card's own leads. The script keeps what the
/// document's own address says besides, so it is told the place.
fn href_of_page(draw: &mut Draw<'_>, place: &str) {
    let cx = draw.cx;
    let out = &mut draw.out;
    out.attr("href", at::address(cx.pages.url, place));
    if cx.pages.stay {
        out.attr("data-at", place);
        if place == cx.at.as_str() {
            out.raw(" aria-current=\"page\"");
        }
    } else {
        out.raw(" target=\"_blank\" rel=\"noopener\"");
    }
}

pub(super) fn image(out: &mut Writer, source: &str, alt: &str, (width, height): (u32, u32)) {
    out.raw("<img class=\"qk-image\"")
        .attr("src", source)
        .attr("alt", alt);
    out.attr("width", width).attr("height", height);
    out.raw(" loading=\"lazy\" decoding=\"async\" referrerpolicy=\"no-referrer\">");
}

pub(super) fn badge(out: &mut Writer, text: &str, tone: Tone) {
    out.raw("<span class=\"qk-badge")
        .raw(tone_class(tone))
        .raw("\">")
        .text(text)
        .raw("</span>");
}

pub(super) fn stat(out: &mut Writer, label: &str, value: &str, change: Option<&str>) {
    out.raw("<dl class=\"qk-stat\"><dt>")
        .text(label)
        .raw("</dt><dd>")
        .text(value);
    if let Some(change) = change {
        out.raw(" <span class=\"qk-change\">")
            .text(change)
            .raw("</span>");
    }
    out.raw("</dd></dl>");
}

pub(super) fn progress(out: &mut Writer, label: &str, share: f64) {
    let percent = percent(share);
    out.raw("<div class=\"qk-progress\"><span class=\"qk-label\">")
        .text(label);
    out.raw("</span><span class=\"qk-figures\">").text(&percent);
    out.raw("</span><progress max=\"1\"")
        .attr("value", share)
        .attr("aria-label", label);
    out.raw(">").text(&percent).raw("</progress></div>");
}

pub(super) fn meter(draw: &mut Draw<'_>, label: &str, share: f64, count: u64, mine: bool) {
    let percent = percent(share);
    let out = &mut draw.out;
    out.raw("<div class=\"qk-meter")
        .raw(if mine { " qk-mine" } else { "" });
    out.raw("\"><span class=\"qk-label\">").text(label);
    if mine {
        let yours = draw.tongue.pick("你的选择", "your choice");
        out.raw(" <span class=\"qk-yours\"><span aria-hidden=\"true\">✓</span> ");
        out.text(yours).raw("</span>");
    }
    out.raw("</span><span class=\"qk-figures\">")
        .text(grouped(count))
        .raw(" · ")
        .text(&percent);
    out.raw("</span><meter min=\"0\" max=\"1\"")
        .attr("value", share)
        .attr("aria-label", label);
    out.raw(">").text(&percent).raw("</meter></div>");
}

pub(super) fn time(draw: &mut Draw<'_>, instant_ms: u64, style: TimeStyle) {
    let out = &mut draw.out;
    out.raw("<time class=\"qk-time\"")
        .attr("datetime", instant::rfc3339(instant_ms));
    out.attr("data-style", style.name()).raw(">");
    out.text(instant::written(instant_ms, style, draw.tongue))
        .raw("</time>");
}
