//! What to paste to have a card somewhere else: for whoever writes articles,
//! feeds, mails or posts, each place with what it takes.

use super::head::Picture;
use super::{Theme, assets, begin};
use crate::view::html::write::Writer;
use crate::view::oembed::{Frame, fluid_frame_html};
use crate::view::words::Tongue;

/// The page of a card's snippets.
#[derive(Clone, Copy, Debug)]
pub struct SnippetsDocument<'a> {
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// The view's title.
    pub title: &'a str,
    /// The circle's name.
    pub circle: &'a str,
    /// The publisher's name.
    pub publisher: &'a str,
    /// The card's own page.
    pub card_url: &'a str,
    /// The custom element's script, absolute.
    pub embed_script_url: &'a str,
    /// The card as a frame.
    pub frame: &'a Frame,
    /// A picture to stand in a feed or a mail, if the host paints any.
    pub picture: Option<&'a Picture>,
    /// A picture to be saved, if the host paints any.
    pub large_picture: Option<&'a Picture>,
    /// The URL of the host's script.
    pub script_url: &'a str,
    /// The URL of the host's style sheet.
    pub style_url: &'a str,
}

/// The whole document.
pub fn snippets_document(d: &SnippetsDocument<'_>) -> String {
    let tongue = Tongue::of(d.lang);
    let mut out = Writer::default();
    begin(&mut out, d.lang, Theme::Auto);
    let heading = tongue.pick("把卡片放到别处", "Put this card elsewhere");
    out.raw("<meta name=\"robots\" content=\"noindex\"><title>")
        .text(heading)
        .raw(" · ")
        .text(d.title)
        .raw("</title>");
    assets(&mut out, d.style_url, d.script_url);
    out.raw("<body class=\"qk-page\"><header class=\"qk-masthead\"><p class=\"qk-circle\">");
    out.text(d.circle).raw("</p><p class=\"qk-publisher\">");
    out.text(d.publisher)
        .raw("</p></header><main><section class=\"qk-card\"><div class=\"qk-column\">");
    out.raw("<h1 class=\"qk-heading qk-heading-2\">")
        .text(heading);
    out.raw("</h1><p><a").attr("href", d.card_url).raw(">");
    out.text(d.title).raw("</a></p>");
    for (index, snippet) in snippets(d, tongue).iter().enumerate() {
        write(&mut out, index, snippet);
    }
    if let Some(picture) = d.large_picture {
        out.raw("<p><a").attr("href", &picture.url).raw(">");
        out.text(tongue.pick("打开卡片图片", "Open the card's picture"));
        out.raw("</a></p>");
    }
    out.raw("</div></section></main></body></html>\n");
    out.finish()
}

/// One thing to paste, and where.
struct Snippet {
    place: &'static str,
    advice: &'static str,
    code: String,
    /// Lines it takes.
    rows: usize,
}

fn snippets(d: &SnippetsDocument<'_>, tongue: Tongue) -> Vec<Snippet> {
    let mut snippets = vec![
        Snippet {
            place: tongue.pick(
                "WordPress 和其他支持 oEmbed 的编辑器",
                "WordPress and other editors that know oEmbed",
            ),
            advice: tongue.pick(
                "单独占一行，粘贴这个地址。",
                "Paste this address on a line of its own.",
            ),
            code: d.card_url.to_owned(),
            rows: 1,
        },
        Snippet {
            place: tongue.pick("自己的网页", "Your own pages"),
            advice: tongue.pick(
                "用脚本嵌入，高度、主题和登录都跟着页面走。",
                "With a script: height, theme and sign-in follow the page.",
            ),
            code: element(d),
            rows: 5,
        },
        Snippet {
            place: tongue.pick("不能放脚本的网页", "Pages that take no script"),
            advice: tongue.pick("一个框架，不需要脚本。", "A frame, which needs no script."),
            code: fluid_frame_html(d.frame),
            rows: 6,
        },
    ];
    if let Some(picture) = d.picture {
        snippets.push(Snippet {
            place: tongue.pick("邮件和 RSS", "Mail and RSS"),
            advice: tongue.pick(
                "一张图片和一个链接，图片上有二维码。",
                "A picture and a link; the picture has a code to scan.",
            ),
            code: linked_picture(d, picture, tongue),
            rows: 6,
        });
        snippets.push(Snippet {
            place: tongue.pick("微信公众号", "WeChat articles"),
            advice: tongue.pick(
                "把下面的卡片图片存下来，插入正文；“阅读原文”填这个地址。读者长按图片里的二维码也能打开。",
                "Save the picture below and put it into the article; this address goes under \
                 \"Read more\". Readers can also press and hold the code in the picture.",
            ),
            code: d.card_url.to_owned(),
            rows: 1,
        });
    }
    snippets
}

fn element(d: &SnippetsDocument<'_>) -> String {
    let mut out = Writer::default();
    out.raw("<circle-card").attr("card", d.card_url);
    out.raw(">\n  <a").attr("href", d.card_url).raw(">");
    out.text(d.title).raw(" · ").text(d.circle);
    out.raw("</a>\n</circle-card>\n<script async")
        .attr("src", d.embed_script_url)
        .raw("></script>");
    out.finish()
}

/// Without style: feeds and mails leave none. What a width would do, the
/// attributes do.
fn linked_picture(d: &SnippetsDocument<'_>, picture: &Picture, tongue: Tongue) -> String {
    let mut out = Writer::default();
    out.raw("<p><a").attr("href", d.card_url).raw("><img");
    out.attr("src", &picture.url)
        .attr("width", picture.width)
        .attr("height", picture.height)
        .attr("alt", d.title);
    out.raw("></a><br>\n<a").attr("href", d.card_url).raw(">");
    out.text(d.title)
        .raw(" · ")
        .text(tongue.pick("打开卡片参与", "Open the card to take part"));
    out.raw("</a></p>");
    out.finish()
}

fn write(out: &mut Writer, index: usize, snippet: &Snippet) {
    let id = format_args!("snippet-{index}");
    out.raw("<div class=\"qk-field\"><label")
        .attr("for", id)
        .raw(">");
    out.text(snippet.place).raw("</label><p class=\"qk-hint\"");
    out.attr("id", format_args!("snippet-{index}-advice"))
        .raw(">");
    out.text(snippet.advice).raw("</p><textarea readonly");
    out.attr("id", id)
        .attr("aria-describedby", format_args!("snippet-{index}-advice"))
        .attr("rows", snippet.rows)
        .attr("spellcheck", "false");
    // The line break right after the tag is no part of the text.
    out.raw(">\n").text(&snippet.code).raw("</textarea></div>");
}
