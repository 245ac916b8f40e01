//! Members, and what they say. A plugin names them by id; what is drawn is the
//! host's.

use super::Draw;
use super::write::Writer;
use crate::view::links::{Piece, pieces};
use crate::view::{AvatarStyle, Person, Said};

pub(super) fn avatar(draw: &mut Draw<'_>, member: &str, style: AvatarStyle) {
    let view = draw.view;
    let person = view.person(member);
    match style {
        AvatarStyle::Named => named(&mut draw.out, person),
        AvatarStyle::Picture => {
            draw.out
                .raw("<span class=\"qk-person\" role=\"img\"")
                .attr("aria-label", &person.name)
                .attr("title", &person.name)
                .raw(">");
            face(&mut draw.out, person);
            draw.out.raw("</span>");
        }
    }
}

fn named(out: &mut Writer, person: &Person) {
    out.raw("<span class=\"qk-person\">");
    face(out, person);
    // A name that is written from right to left turns nothing else around.
    out.raw("<bdi class=\"qk-name\">")
        .text(&person.name)
        .raw("</bdi></span>");
}

/// A letter on a colour, and the picture over it, so that there is something
/// where the picture does not come.
fn face(out: &mut Writer, person: &Person) {
    out.raw("<span class=\"qk-face qk-hue-")
        .text(person.hue)
        .raw("\" aria-hidden=\"true\">")
        .text(&person.initial);
    if let Some(picture) = &person.picture {
        out.raw("<img alt=\"\" width=\"32\" height=\"32\"")
            .attr("src", picture)
            .raw(" loading=\"lazy\" decoding=\"async\" referrerpolicy=\"no-referrer\">");
    }
    out.raw("</span>");
}

pub(super) fn said(draw: &mut Draw<'_>, said: &Said) {
    let view = draw.view;
    let person = view.person(&said.member);
    let out = &mut draw.out;
    out.raw("<div class=\"qk-said")
        .raw(if said.masked { " qk-masked" } else { "" })
        .raw("\"><div class=\"qk-said-by\">");
    named(out, person);
    if let Some(post) = said.reportable() {
        out.raw("<a class=\"qk-report\"")
            .attr("href", draw.cx.site.report_url(post))
            .raw(" target=\"_blank\" rel=\"noopener nofollow\">")
            .text(draw.tongue.pick("举报", "Report"))
            .raw("<span class=\"qk-unseen\"> ")
            .text(&person.name)
            .raw("</span></a>");
    }
    out.raw("</div><div class=\"qk-words");
    if let Some(lines) = said.max_lines {
        out.raw(" qk-lines qk-lines-").text(lines);
    }
    out.raw("\">");
    text(out, &said.text);
    out.raw("</div></div>");
}

/// What somebody says, in paragraphs.
pub(in crate::view) fn text(out: &mut Writer, text: &str) {
    for paragraph in paragraphs(text) {
        out.raw("<p dir=\"auto\">");
        words(out, &paragraph);
        out.raw("</p>");
    }
}

/// What stands between empty lines. However many there are, they are one gap.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty());
    let paragraphs = paragraphs.filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join("\n")).collect()
}

fn words(out: &mut Writer, text: &str) {
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => {
                out.text(text);
            }
            Piece::Link(address) => {
                out.raw("<a").attr("href", address);
                out.raw(" target=\"_blank\" rel=\"ugc nofollow noopener\">")
                    .text(address)
                    .raw("</a>");
            }
        }
    }
}
