//! A view as HTML: one `<section>`, for a frame, a page or a patch.
//!
//! Semantic, complete without script or style sheet, and without any style or
//! script of its own: the documents it stands in forbid both. What card.js
//! relies on are the classes and attributes that begin with `qk` or `data-`,
//! and ids that stay the same from one drawing to the next. It does not decide
//! who may do what; it draws what it is told.

mod chart;
mod content;
mod form;
pub(super) mod people;
pub(super) mod qr;
mod share;
pub(super) mod write;

use std::collections::BTreeMap;

use super::{At, Kind, Site, Size, Tone, check::CheckedView, words::Tongue};
use form::OpenForm;
use write::Writer;

/// What the markup depends on besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct HtmlContext<'a> {
    /// The card's slug.
    pub card: &'a str,
    /// Where links lead.
    pub site: Site<'a>,
    /// The locale the view is in, as a BCP 47 tag.
    pub locale: &'a str,
    /// The room it has.
    pub size: Size,
    /// Which of the card's pages it is.
    pub at: &'a At,
    /// Where the others are.
    pub pages: Pages<'a>,
    /// What the reader may do.
    pub interaction: Interaction<'a>,
}

/// Where links to the card's own pages lead.
#[derive(Clone, Copy, Debug)]
pub struct Pages<'a> {
    /// The address of the first. The others have `at` in its query.
    pub url: &'a str,
    /// Whether they come in place of the document that the card stands in,
    /// which changes as the card does: then the script is told what to follow.
    pub stay: bool,
}

/// What the reader may do with the card.
#[derive(Clone, Copy, Debug)]
pub enum Interaction<'a> {
    /// Look, and open the card where it can be acted on. No offers are in the
    /// markup.
    ReadOnly {
        /// The card's own page.
        open_url: &'a str,
    },
    /// Look; the card is closed. No offers are in the markup.
    Closed,
    /// Act.
    Interactive {
        /// The URL forms are sent to.
        action: &'a str,
        /// The signed token of each of the view's offers, in their order.
        tokens: &'a [String],
        /// What was sent and refused, to be drawn again with what is wrong.
        submission: Option<&'a Submission>,
    },
}

/// What the reader last sent, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The token of the offer they took.
    pub offer: String,
    /// What they gave, by the input's name.
    pub inputs: BTreeMap<String, Vec<String>>,
    /// What is wrong.
    pub text: String,
    /// What is wrong with single inputs: name and message.
    pub fields: Vec<(String, String)>,
}

/// The card as one `<section>`.
///
/// # Panics
/// If there are fewer tokens than offers.
pub fn html(view: &CheckedView, cx: &HtmlContext<'_>) -> String {
    let mut draw = Draw {
        view,
        cx,
        tongue: Tongue::of(cx.locale),
        out: Writer::default(),
        forms: 0,
        form: None,
        heading: None,
        submission: form::place_of_submission(view, cx),
    };
    draw.out
        .raw("<section class=\"qk-card qk-")
        .raw(cx.size.name())
        .raw("\"");
    draw.out.attr("lang", cx.locale).attr("data-card", cx.card);
    draw.out
        .attr("data-version", view.version())
        .attr("aria-label", &view.view().title);
    if cx.pages.stay {
        draw.out
            .attr("data-place", place(cx.card, cx.size, cx.locale, cx.at));
    }
    draw.out.raw(">");
    form::message_without_place(&mut draw);
    node(&mut draw, 0);
    if is_empty(view) {
        let empty = draw.tongue.pick("这里还没有内容", "Nothing here yet");
        draw.out
            .raw("<p class=\"qk-empty\">")
            .text(empty)
            .raw("</p>");
    }
    foot(&mut draw);
    draw.out.raw("</section>");
    draw.out.finish()
}

/// What a stream calls the view: as `GET /live?cards=` takes it, without the
/// version that the reader has.
pub fn place(card: &str, size: Size, locale: &str, at: &At) -> String {
    format!("{card}~{}~{locale}~~{}", size.name(), at.packed())
}

/// Whether a view has nothing to show yet: no more than rooms without anything
/// in them.
fn is_empty(view: &CheckedView) -> bool {
    view.view().nodes.iter().all(|node| match &node.kind {
        Kind::Column | Kind::Row | Kind::Grid(_) | Kind::Carousel | Kind::Form => true,
        Kind::Panel { title, .. } => title.is_none(),
        Kind::Divider | Kind::Ext { .. } => true,
        _ => false,
    })
}

/// A drawing under way.
struct Draw<'a> {
    view: &'a CheckedView,
    cx: &'a HtmlContext<'a>,
    tongue: Tongue,
    out: Writer,
    /// How many forms have begun, for ids.
    forms: usize,
    form: Option<OpenForm<'a>>,
    /// The last heading, which need not be said again as a legend.
    heading: Option<&'a str>,
    submission: form::Place,
}

/// What stands in for the buttons of a card that cannot be acted on.
fn foot(draw: &mut Draw<'_>) {
    match draw.cx.interaction {
        Interaction::Interactive { .. } => {}
        Interaction::Closed => {
            let closed = draw.tongue.pick("已结束", "Closed");
            draw.out
                .raw("<p class=\"qk-closed\">")
                .text(closed)
                .raw("</p>");
        }
        Interaction::ReadOnly { .. } if draw.view.offers().is_empty() => {}
        Interaction::ReadOnly { open_url } => {
            let open = draw
                .tongue
                .pick("打开卡片参与", "Open the card to take part");
            draw.out
                .raw("<p class=\"qk-open\"><a class=\"qk-button qk-button-primary\"");
            draw.out.attr("href", open_url);
            draw.out
                .raw(" target=\"_blank\" rel=\"noopener\">")
                .text(open)
                .raw("</a></p>");
        }
    }
}

fn node(draw: &mut Draw<'_>, index: usize) {
    let view = draw.view;
    match view.kind(index) {
        Kind::Column | Kind::Ext { .. } => {
            within(draw, index, "<div class=\"qk-column\">", "</div>")
        }
        Kind::Row => within(draw, index, "<div class=\"qk-row\">", "</div>"),
        Kind::Grid(columns) => grid(draw, index, *columns),
        Kind::Panel { tone, title } => panel(draw, index, *tone, title.as_deref()),
        Kind::Carousel => carousel(draw, index),
        Kind::Details(label) => details(draw, index, label),
        Kind::Heading { level, text } => content::heading(draw, *level, text),
        Kind::Text {
            content,
            style,
            tone,
            max_lines,
        } => {
            content::text(&mut draw.out, content, *style, *tone, *max_lines);
        }
        Kind::Rich(spans) => content::rich(draw, spans),
        Kind::Image {
            source,
            alt,
            width,
            height,
        } => {
            let source = draw.cx.site.picture(source);
            content::image(&mut draw.out, &source, alt, (*width, *height));
        }
        Kind::Badge { text, tone } => content::badge(&mut draw.out, text, *tone),
        Kind::Stat {
            label,
            value,
            change,
        } => {
            content::stat(&mut draw.out, label, value, change.as_deref());
        }
        Kind::Progress { label, share } => content::progress(&mut draw.out, label, *share),
        Kind::Meter {
            label,
            share,
            count,
            mine,
        } => {
            content::meter(draw, label, *share, *count, *mine);
        }
        Kind::Divider => {
            draw.out.raw("<hr class=\"qk-divider\">");
        }
        Kind::Time { instant, style } => content::time(draw, *instant, *style),
        Kind::Chart {
            style,
            label,
            points,
        } => {
            chart::chart(&mut draw.out, draw.tongue, *style, label, points);
        }
        Kind::Qr { content, label } => qr::qr(&mut draw.out, content, label),
        Kind::Avatar { member, style } => people::avatar(draw, member, *style),
        Kind::Said(said) => people::said(draw, said),
        Kind::Button { label, style, .. } => form::button(draw, index, label, *style),
        Kind::Link { label, url } => content::link(draw, "qk-link", label, url),
        Kind::Input(input) => form::input(draw, input),
        Kind::Choice(choice) => form::choice(draw, choice),
        Kind::Toggle { name, label, value } => form::toggle(draw, name, label, *value),
        Kind::Rating {
            name,
            label,
            max,
            value,
            required,
        } => {
            let stars = form::Stars {
                max: *max,
                value: *value,
                required: *required,
            };
            form::rating(draw, name, label, &stars);
        }
        Kind::Upload(upload) => form::upload(draw, upload),
        Kind::Share(share) => share::share(draw, index, share),
        Kind::Form => form::form(draw, index),
    }
}

fn grid(draw: &mut Draw<'_>, index: usize, columns: u8) {
    draw.out.raw("<div class=\"qk-grid qk-grid-").text(columns);
    within(draw, index, "\">", "</div>");
}

fn details(draw: &mut Draw<'_>, index: usize, label: &str) {
    draw.out
        .raw("<details class=\"qk-details\"><summary>")
        .text(label);
    within(
        draw,
        index,
        "</summary><div class=\"qk-column\">",
        "</div></details>",
    );
}

fn panel(draw: &mut Draw<'_>, index: usize, tone: Tone, title: Option<&str>) {
    draw.out
        .raw("<div class=\"qk-panel")
        .raw(tone_class(tone))
        .raw("\">");
    if let Some(title) = title {
        draw.out
            .raw("<p class=\"qk-panel-title\">")
            .text(title)
            .raw("</p>");
    }
    within(draw, index, "", "</div>");
}

/// Draws the children of a node between two tags. Several meters in a row are
/// one result, and so one list.
fn within(draw: &mut Draw<'_>, index: usize, open: &'static str, close: &'static str) {
    draw.out.raw(open);
    let view = draw.view;
    let is_meter = |child: Option<&usize>| {
        child.is_some_and(|&child| matches!(view.kind(child), Kind::Meter { .. }))
    };
    let mut children = view.children(index).peekable();
    let mut listed = false;
    while let Some(child) = children.next() {
        let meter = is_meter(Some(&child));
        let more = meter && is_meter(children.peek());
        if more && !listed {
            draw.out.raw("<ul class=\"qk-meters\" role=\"list\">");
            listed = true;
        }
        let (before, behind) = if listed { ("<li>", "</li>") } else { ("", "") };
        draw.out.raw(before);
        node(draw, child);
        draw.out.raw(behind);
        if listed && !more {
            draw.out.raw("</ul>");
            listed = false;
        }
    }
    draw.out.raw(close);
}

fn carousel(draw: &mut Draw<'_>, index: usize) {
    // What scrolls must be reachable by keyboard, and then needs a name.
    let label = draw.tongue.pick("可左右滑动", "Scrolls sideways");
    draw.out
        .raw("<ul class=\"qk-carousel\" role=\"list\" tabindex=\"0\"");
    draw.out.attr("aria-label", label).raw(">");
    for child in draw.view.children(index) {
        draw.out.raw("<li>");
        node(draw, child);
        draw.out.raw("</li>");
    }
    draw.out.raw("</ul>");
}

/// The class of a tone, with a space before it; nothing for the usual one.
fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Accent => " qk-tone-accent",
        Tone::Success => " qk-tone-success",
        Tone::Warning => " qk-tone-warning",
        Tone::Danger => " qk-tone-danger",
    }
}

#[cfg(test)]
mod tests;
