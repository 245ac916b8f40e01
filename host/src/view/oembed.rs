//! A card for those who embed by oEmbed (version 1.0), as JSON and as XML.
//!
//! The markup in it is one frame and nothing else: it needs no script, and it
//! is all that consumers who do not know this host leave standing (WordPress
//! keeps a frame with `src`, `width`, `height`, `frameborder` and `title`, and
//! sandboxes it itself). There is nothing in it by which a reader could be
//! followed, so `dnt` changes nothing.

use super::document::Picture;
use super::html::write::Writer;
use super::xml::xml_text;
use serde::Serialize;
use std::fmt::Display;

/// What an oEmbed endpoint says of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OEmbed<'a> {
    /// The view's title.
    pub title: &'a str,
    /// The circle.
    pub author_name: &'a str,
    /// The publisher.
    pub provider_name: &'a str,
    /// This host.
    pub provider_url: &'a str,
    /// How long an answer may be kept, in seconds.
    pub cache_age_s: u32,
    /// A picture within the room there is, if there is one.
    pub thumbnail: Option<Picture>,
    /// The card itself; none if the room is too small for any card, and then a
    /// title is all there is to show.
    pub frame: Option<Frame>,
}

/// The frame of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The frame document.
    pub url: String,
    /// What screen readers call it.
    pub title: String,
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
}

/// The parameters of an answer, in the order of the specification.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: &'static str,
    title: &'a str,
    author_name: &'a str,
    provider_name: &'a str,
    provider_url: &'a str,
    cache_age: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

/// As JSON.
pub fn oembed_json(oembed: &OEmbed<'_>) -> String {
    serde_json::to_string(&parameters(oembed)).expect("every key is a string")
}

/// As XML. Every parameter is an element with plain text, so the names and
/// their order are those of the JSON.
pub fn oembed_xml(oembed: &OEmbed<'_>) -> String {
    let p = parameters(oembed);
    let mut out = Writer::default();
    out.raw(XML_DECLARATION).raw("<oembed>");
    element(&mut out, "type", Some(p.kind));
    element(&mut out, "version", Some(p.version));
    element(&mut out, "title", Some(p.title));
    element(&mut out, "author_name", Some(p.author_name));
    element(&mut out, "provider_name", Some(p.provider_name));
    element(&mut out, "provider_url", Some(p.provider_url));
    element(&mut out, "cache_age", Some(p.cache_age));
    element(&mut out, "thumbnail_url", p.thumbnail_url);
    element(&mut out, "thumbnail_width", p.thumbnail_width);
    element(&mut out, "thumbnail_height", p.thumbnail_height);
    element(&mut out, "html", p.html);
    element(&mut out, "width", p.width);
    element(&mut out, "height", p.height);
    out.raw("</oembed>\n");
    out.finish()
}

/// An error for those who asked for XML. The specification leaves its body
/// open: consumers go by the status.
pub fn oembed_xml_error(code: &str, message: &str) -> String {
    let mut out = Writer::default();
    out.raw(XML_DECLARATION).raw("<error>");
    element(&mut out, "code", Some(code));
    element(&mut out, "message", Some(message));
    out.raw("</error>\n");
    out.finish()
}

/// The frame as markup, in its own size.
pub fn frame_html(frame: &Frame) -> String {
    frame_html_of_width(frame, frame.width)
}

/// The frame as markup, as wide as what it stands in.
pub fn fluid_frame_html(frame: &Frame) -> String {
    frame_html_of_width(frame, "100%")
}

fn frame_html_of_width(frame: &Frame, width: impl Display) -> String {
    let mut out = Writer::default();
    out.raw("<iframe").attr("src", &frame.url);
    out.attr("title", &frame.title)
        .attr("width", width)
        .attr("height", frame.height);
    // Obsolete, and all the same the only way to be rid of the border where a
    // consumer takes styles out.
    out.raw(" frameborder=\"0\" loading=\"lazy\"");
    out.raw(" referrerpolicy=\"strict-origin-when-cross-origin\"");
    out.raw(" sandbox=\"").raw(SANDBOX).raw("\"></iframe>");
    out.finish()
}

/// What the frame may do in an article: all a card needs, and not take the
/// article elsewhere. Its origin is never the article's.
pub const SANDBOX: &str =
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";

const XML_DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n";

fn parameters<'a>(oembed: &'a OEmbed<'_>) -> Parameters<'a> {
    let frame = oembed.frame.as_ref();
    let thumbnail = oembed.thumbnail.as_ref();
    Parameters {
        kind: if frame.is_some() { "rich" } else { "link" },
        version: "1.0",
        title: oembed.title,
        author_name: oembed.author_name,
        provider_name: oembed.provider_name,
        provider_url: oembed.provider_url,
        cache_age: oembed.cache_age_s,
        thumbnail_url: thumbnail.map(|picture| picture.url.as_str()),
        thumbnail_width: thumbnail.map(|picture| picture.width),
        thumbnail_height: thumbnail.map(|picture| picture.height),
        html: frame.map(frame_html),
        width: frame.map(|frame| frame.width),
        height: frame.map(|frame| frame.height),
    }
}

fn element(out: &mut Writer, name: &'static str, content: Option<impl ToString>) {
    if let Some(content) = content {
        let content = content.to_string();
        out.raw("<").raw(name).raw(">").text(xml_text(&content));
        out.raw("</").raw(name).raw(">");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> OEmbed<'static> {
        OEmbed {
            title: "读《A&B》<\"x\">?",
            author_name: "贝壳\u{7}读书圈",
            provider_name: "贝壳日报",
            provider_url: "https://cards.example",
            cache_age_s: 3600,
            thumbnail: Some(Picture {
                url: "https://cards.example/c/vote/view?as=png&lang=zh-CN".to_owned(),
                width: 600,
                height: 315,
            }),
            frame: Some(Frame {
                url: "https://cards.example/c/vote/embed?size=compact&lang=en".to_owned(),
                title: "读《A&B》<\"x\">? · 贝壳读书圈".to_owned(),
                width: 640,
                height: 232,
            }),
        }
    }

    #[test]
    fn json() {
        insta::assert_snapshot!(oembed_json(&sample()).replace(",\"", ",\n\""), @r#"
        {"type":"rich",
        "version":"1.0",
        "title":"读《A&B》<\"x\">?",
        "author_name":"贝壳\u0007读书圈",
        "provider_name":"贝壳日报",
        "provider_url":"https://cards.example",
        "cache_age":3600,
        "thumbnail_url":"https://cards.example/c/vote/view?as=png&lang=zh-CN",
        "thumbnail_width":600,
        "thumbnail_height":315,
        "html":"<iframe src=\"https://cards.example/c/vote/embed?size=compact&amp;lang=en\" title=\"读《A&amp;B》&lt;&quot;x&quot;&gt;? · 贝壳读书圈\" width=\"640\" height=\"232\" frameborder=\"0\" loading=\"lazy\" referrerpolicy=\"strict-origin-when-cross-origin\" sandbox=\"allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox\"></iframe>",
        "width":640,
        "height":232}
        "#);
    }

    #[test]
    fn xml() {
        insta::assert_snapshot!(oembed_xml(&sample()).replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8" standalone="yes"?>
        <oembed>
        <type>rich</type>
        <version>1.0</version>
        <title>读《A&amp;B》&lt;&quot;x&quot;&gt;?</title>
        <author_name>贝壳�读书圈</author_name>
        <provider_name>贝壳日报</provider_name>
        <provider_url>https://cards.example</provider_url>
        <cache_age>3600</cache_age>
        <thumbnail_url>https://cards.example/c/vote/view?as=png&amp;lang=zh-CN</thumbnail_url>
        <thumbnail_width>600</thumbnail_width>
        <thumbnail_height>315</thumbnail_height>
        <html>&lt;iframe src=&quot;https://cards.example/c/vote/embed?size=compact&amp;amp;lang=en&quot; title=&quot;读《A&amp;amp;B》&amp;lt;&amp;quot;x&amp;quot;&amp;gt;? · 贝壳读书圈&quot; width=&quot;640&quot; height=&quot;232&quot; frameborder=&quot;0&quot; loading=&quot;lazy&quot; referrerpolicy=&quot;strict-origin-when-cross-origin&quot; sandbox=&quot;allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox&quot;&gt;&lt;/iframe&gt;</html>
        <width>640</width>
        <height>232</height>
        </oembed>
        "#);
    }

    #[test]
    fn without_room_there_is_a_link() {
        let small = OEmbed {
            frame: None,
            thumbnail: None,
            ..sample()
        };
        let json = oembed_json(&small);
        assert!(json.starts_with("{\"type\":\"link\","), "{json}");
        for parameter in ["html", "width", "height", "thumbnail"] {
            assert!(!json.contains(&format!("\"{parameter}")), "{json}");
            let xml = oembed_xml(&small);
            assert!(!xml.contains(&format!("<{parameter}")), "{xml}");
        }
    }
}
