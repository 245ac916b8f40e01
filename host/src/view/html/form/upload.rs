//! A field for pictures. Without a script they are sent with the form; with
//! one, upload.js sends each as it is chosen.

use super::{Draw, Field};
use crate::view::{Upload, words::Tongue};

/// What browsers offer to choose from; what a file is, its content says.
const TYPES: &str = "image/jpeg,image/png,image/webp,image/gif";

pub(in crate::view::html) fn upload(draw: &mut Draw<'_>, upload: &Upload) {
    let Some(field) = Field::begin(draw, &upload.name) else {
        return;
    };
    draw.out
        .raw("<div class=\"qk-field qk-upload\"")
        .attr("data-qk-input", &upload.name)
        .attr("data-max", upload.max)
        .raw(" data-style=\"upload\"><label");
    draw.out.attr("for", &field.id).raw(">").text(&upload.label);
    if !upload.required {
        let optional = draw.tongue.pick("选填", "optional");
        draw.out
            .raw(" <span class=\"qk-optional\">")
            .text(optional)
            .raw("</span>");
    }
    draw.out.raw("</label>");
    let kept = kept(draw, &field);
    draw.out.raw("<input type=\"file\"").attr("accept", TYPES);
    field.control(draw, &field.id, true);
    draw.out
        .flag("multiple", upload.max > 1)
        .flag("required", upload.required && !kept)
        .raw(">");
    let hint = match (draw.tongue, upload.max) {
        (Tongue::Chinese, max) => format!("最多 {max} 张图片"),
        (Tongue::English, 1) => "One picture".to_owned(),
        (Tongue::English, max) => format!("Up to {max} pictures"),
    };
    field.hint(draw, Some(&hint));
    field.message(draw);
    draw.out.raw("</div>");
}

/// The pictures of a form that was refused, which a browser would not send a
/// second time. Says whether there are any.
fn kept(draw: &mut Draw<'_>, field: &Field<'_>) -> bool {
    let given = field.given.unwrap_or_default();
    if given.is_empty() {
        return false;
    }
    draw.out.raw("<div class=\"qk-shots\">");
    for (index, id) in given.iter().enumerate() {
        draw.out
            .raw("<label class=\"qk-shot\"><input type=\"checkbox\"");
        field.member(draw, index, id);
        draw.out.raw(" checked><img alt=\"\"");
        draw.out
            .attr("src", format_args!("{}/m/{id}", draw.cx.site.host));
        draw.out
            .raw("><span class=\"qk-unseen\">")
            .text(draw.tongue.pick("保留这张图片", "Keep this picture"))
            .raw("</span></label>");
    }
    draw.out.raw("</div>");
    true
}
