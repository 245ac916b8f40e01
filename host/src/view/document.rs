//! Whole HTML documents: a card's own page, the content of its frame, and what
//! stands there when there is no card to show.
//!
//! Every script and style is a file of the host; nothing is inline, so that a
//! policy can forbid it. Which URLs, headers and modes a document has is not
//! decided here.

mod account;
mod circles;
mod head;
mod moderation;
mod notice;
mod posts;
mod snippets;
mod transfer;

use super::{html::write::Writer, words::Tongue};
pub use account::{
    ACCOUNT_PATH, AccountContent, AccountDocument, AccountPerson, AccountReader, account_document,
};
pub use circles::{
    CIRCLES_PATH, CircleDocument, CircleEntry, CirclesDocument, Joining, Look, PostEntry,
    circle_document, circles_document,
};
use head::head_of_page;
pub use head::{Picture, Player, Previews};
pub use moderation::{
    ApplicantEntry, Decided, ModerationDocument, QueuedEntry, moderation_document,
};
pub use notice::{NoticeDocument, NoticeReason, notice_document};
pub use posts::{
    ItemEntry, PictureEntry, PostDocument, PostState, Reporting, ShownPost, post_document,
};
pub use snippets::{SnippetsDocument, snippets_document};
pub use transfer::{TransferDocument, transfer_document};

/// A document around a card.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Page or frame.
    pub kind: DocumentKind,
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// Its colours.
    pub theme: Theme,
    /// The view's title.
    pub title: &'a str,
    /// The view's summary; may be empty.
    pub description: &'a str,
    /// The view's picture.
    pub image: Option<&'a str>,
    /// What a page offers for previews; a frame is none's to be found.
    pub previews: Option<&'a Previews>,
    /// The URL of what is shown, for everybody: the card's own page, at this
    /// place.
    pub canonical: &'a str,
    /// The card's own URL, wherever in it this is.
    pub card_url: &'a str,
    /// The circle's name.
    pub site_name: &'a str,
    /// The publisher's name.
    pub publisher: &'a str,
    /// The card, as `html` wrote it. It goes into the document as it is.
    pub section: &'a str,
    /// The same, for links to it that lead on from here.
    pub page_url: &'a str,
    /// The article that led here, for a link back.
    pub back_url: Option<&'a str>,
    /// The URL of the stream of its changes, without `cards`.
    pub live_url: &'a str,
    /// How many cards one stream takes.
    pub live_cards_max: usize,
    /// The height of the frame by the plugin's manifest, in CSS pixels; 0 if it
    /// is as tall as what it shows.
    pub height: u32,
    /// What the reader can do here.
    pub standing: Standing,
    /// What the last action said.
    pub toast: Option<(ToastTone, &'a str)>,
    /// A word of the host about the view, such as that it is an earlier one.
    pub notice: Option<&'a str>,
    /// What it loads.
    pub assets: Assets<'a>,
}

/// The URLs of what a document loads, at once or when it needs it.
#[derive(Clone, Copy, Debug)]
pub struct Assets<'a> {
    /// `card.js`
    pub script_url: &'a str,
    /// `identity.js`
    pub identity_url: &'a str,
    /// `opaque.js`
    pub opaque_url: &'a str,
    /// `times.js`
    pub times_url: &'a str,
    /// `upload.js`
    pub upload_url: &'a str,
    /// `share.js`
    pub share_url: &'a str,
    /// `card.css`
    pub style_url: &'a str,
}

/// What the reader of a document can do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Look: whoever they are, it is nobody's document.
    Look,
    /// Act, as somebody new.
    Act,
    /// Act, as somebody with a session, who has data here.
    ActAsKnown,
}

/// What a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// The card's own page.
    Page,
    /// The content of a frame in an article.
    Frame,
}

/// What a card's section depends on besides its view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// In which document it stands.
    pub kind: DocumentKind,
    /// Whether offers are made.
    pub interactive: bool,
    /// The colours asked for.
    pub theme: Theme,
}

/// The colours of a document.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the reader's device prefers.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The mood of a short message after an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in wit/v1/actions.wit, one to one")]
pub enum ToastTone {
    Info,
    Success,
    Warning,
}

/// The whole document.
pub fn document(d: &Document<'_>) -> String {
    let mut out = Writer::default();
    begin(&mut out, d.lang, d.theme);
    match d.kind {
        DocumentKind::Page => head_of_page(&mut out, d),
        DocumentKind::Frame => {
            // A frame is a part of somebody's article and no page to be found.
            out.raw("<meta name=\"robots\" content=\"noindex\"><title>")
                .text(d.title);
            out.raw("</title><link rel=\"canonical\"")
                .attr("href", d.canonical)
                .raw(">");
        }
    }
    assets(&mut out, d.assets.style_url, d.assets.script_url);
    match d.kind {
        DocumentKind::Page => body_of_page(&mut out, d),
        DocumentKind::Frame => body_of_frame(&mut out, d),
    }
    out.raw("</html>\n");
    out.finish()
}

/// The beginning of every document, inside its head.
fn begin(out: &mut Writer, lang: &str, theme: Theme) {
    let (name, schemes) = match theme {
        Theme::Auto => ("auto", "light dark"),
        Theme::Light => ("light", "light"),
        Theme::Dark => ("dark", "dark"),
    };
    out.raw("<!doctype html>\n<html")
        .attr("lang", lang)
        .attr("data-theme", name);
    out.raw("><head><meta charset=\"utf-8\">");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.raw("<meta name=\"color-scheme\"")
        .attr("content", schemes)
        .raw(">");
}

/// The end of every document's head.
fn assets(out: &mut Writer, style_url: &str, script_url: &str) {
    out.raw("<link rel=\"stylesheet\"")
        .attr("href", style_url)
        .raw("><script");
    out.attr("src", script_url).raw(" defer></script></head>");
}

fn body_of_page(out: &mut Writer, d: &Document<'_>) {
    let tongue = Tongue::of(d.lang);
    begin_body(out, d, "qk-page");
    out.raw("<header class=\"qk-masthead\">");
    if let Some(url) = d.back_url {
        out.raw("<a class=\"qk-back\"").attr("href", url).raw(">");
        out.text(tongue.pick("回到文章", "Back to the article"))
            .raw("</a>");
    }
    out.raw("<p class=\"qk-circle\">")
        .text(d.site_name)
        .raw("</p><p class=\"qk-publisher\">")
        .text(d.publisher);
    out.raw("</p></header><main><h1 class=\"qk-unseen\">")
        .text(d.title)
        .raw("</h1>");
    notice_and_toast(out, d);
    out.finished_markup(d.section);
    out.raw("</main><footer class=\"qk-foot\"><span>")
        .text(tongue.pick("圈子卡片", "Circle card"))
        .raw("</span><a href=\"/me\">")
        .text(own_data(tongue))
        .raw("</a><a");
    out.attr("href", format_args!("{}/snippets", d.card_url))
        .raw(">")
        .text(tongue.pick("嵌入", "Embed"))
        .raw("</a></footer></body>");
}

fn body_of_frame(out: &mut Writer, d: &Document<'_>) {
    let tongue = Tongue::of(d.lang);
    begin_body(out, d, "qk-frame");
    notice_and_toast(out, d);
    out.finished_markup(d.section);
    if d.standing != Standing::Look {
        // A frame may be denied both scripts and forms.
        out.raw("<noscript><p class=\"qk-elsewhere\"><a")
            .attr("href", d.page_url)
            .raw(" target=\"_blank\" rel=\"noopener\">")
            .text(tongue.pick("在新窗口中打开", "Open in a window of its own"))
            .raw("</a></p></noscript>");
    }
    if d.standing == Standing::ActAsKnown {
        out.raw("<a class=\"qk-account\" href=\"/me\" target=\"_blank\" rel=\"noopener\">")
            .text(own_data(tongue))
            .raw("</a>");
    }
    // Shown by the script, which alone can know that the card is cut off.
    out.raw("<div class=\"qk-more\" hidden><button type=\"button\" class=\"qk-more-button\"");
    out.raw(" aria-expanded=\"false\">")
        .text(tongue.pick("展开", "More"));
    out.raw("</button></div></body>");
}

/// The body's tag, with what card.js is told.
fn begin_body(out: &mut Writer, d: &Document<'_>, class: &'static str) {
    out.raw("<body")
        .attr("class", class)
        .attr("data-qk-page", d.page_url)
        .attr("data-qk-live", d.live_url)
        .attr("data-qk-live-max", d.live_cards_max)
        .attr("data-qk-times", d.assets.times_url)
        .attr("data-qk-upload", d.assets.upload_url)
        .attr("data-qk-share", d.assets.share_url);
    if d.kind == DocumentKind::Frame {
        out.attr("data-qk-height", d.height)
            .attr("data-qk-opaque", d.assets.opaque_url);
    }
    if d.standing != Standing::Look {
        out.attr("data-qk-identity", d.assets.identity_url);
    }
    out.raw(">");
}

fn own_data(tongue: Tongue) -> &'static str {
    tongue.pick("我的数据", "My data")
}

fn notice_and_toast(out: &mut Writer, d: &Document<'_>) {
    if let Some(notice) = d.notice {
        out.raw("<p class=\"qk-notice\" role=\"note\">")
            .text(notice)
            .raw("</p>");
    }
    if let Some((tone, text)) = d.toast {
        out.raw("<p class=\"qk-toast qk-toast-")
            .raw(tone.name())
            .raw("\" role=\"status\">");
        out.text(text).raw("</p>");
    }
}

#[cfg(test)]
mod tests;
