//! A QR code as SVG.

use qrcode::{Color, EcLevel, QrCode};

use super::write::Writer;

/// The empty border that readers of codes need, in modules.
const QUIET_MODULES: usize = 4;

pub(in crate::view::html) fn qr(out: &mut Writer, content: &str, label: &str) {
    let code = code_of(content);
    let side = side(&code);
    out.raw("<figure class=\"qk-qr\"><svg role=\"img\"")
        .attr("aria-label", label);
    out.attr("viewBox", format_args!("0 0 {side} {side}"));
    // Dark on light in every theme: many readers know it no other way.
    out.raw(" shape-rendering=\"crispEdges\"><path fill=\"#fff\"");
    out.attr("d", format_args!("M0 0h{side}v{side}H0z"));
    out.raw("/><path fill=\"#000\" d=\"");
    modules(out, &code);
    out.raw("\"/></svg><figcaption>")
        .text(label)
        .raw("</figcaption></figure>");
}

/// The code of a text of at most 1 KiB.
pub(in crate::view) fn code_of(content: &str) -> QrCode {
    QrCode::with_error_correction_level(content, EcLevel::M)
        .expect("the check allows 1 KiB, and 2,331 bytes fit at this level")
}

/// How many modules a code is wide, its empty border included.
pub(in crate::view) fn side(code: &QrCode) -> usize {
    code.width() + 2 * QUIET_MODULES
}

/// The dark modules as the data of a path: each run of a row as one rectangle.
pub(in crate::view) fn modules(out: &mut Writer, code: &QrCode) {
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let (left, top, width) = (x + QUIET_MODULES, y + QUIET_MODULES, run.len());
                out.text(format_args!("M{left} {top}h{width}v1h-{width}z"));
            }
            x += run.len();
        }
    }
}
