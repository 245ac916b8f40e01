//! What the head of a card's own page says to those who make a preview of a
//! link, or a card out of it: the title and the canonical address, oEmbed
//! discovery, Open Graph, and X's (Twitter's) cards.

use super::Document;
use crate::view::html::write::Writer;

/// What a page offers for previews, besides its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previews {
    /// Where oEmbed describes the card, as JSON.
    pub oembed_json_url: String,
    /// Where oEmbed describes the card, as XML.
    pub oembed_xml_url: String,
    /// The card as a frame.
    pub player: Player,
    /// The host's own picture of the card, if it draws any.
    pub picture: Option<Picture>,
}

/// A frame that shows the card, and how large it is in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Player {
    /// The frame document.
    pub url: String,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// A PNG of the card, and how large it is in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Where it is.
    pub url: String,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// The title of a page and its links and descriptions for machines.
pub(super) fn head_of_page(out: &mut Writer, d: &Document<'_>) {
    out.raw("<title>")
        .text(d.title)
        .raw(" · ")
        .text(d.site_name)
        .raw("</title>");
    out.raw("<link rel=\"canonical\"")
        .attr("href", d.canonical)
        .raw(">");
    if !d.description.is_empty() {
        meta(out, "name", "description", d.description);
    }
    if let Some(previews) = d.previews {
        discovery(out, d.title, previews);
    }
    open_graph(out, d);
    twitter(out, d);
}

/// As the oEmbed specification has it, section 4.
fn discovery(out: &mut Writer, title: &str, previews: &Previews) {
    let forms = [
        ("application/json+oembed", &previews.oembed_json_url),
        // Not `application/xml+oembed`: the specification says `text/xml`, and
        // consumers look for exactly that.
        ("text/xml+oembed", &previews.oembed_xml_url),
    ];
    for (media_type, url) in forms {
        out.raw("<link rel=\"alternate\"")
            .attr("type", media_type)
            .attr("href", url)
            .attr("title", title)
            .raw(">");
    }
}

fn open_graph(out: &mut Writer, d: &Document<'_>) {
    let mut property = |name, content: &str| meta(out, "property", name, content);
    property("og:type", "website");
    property("og:title", d.title);
    if !d.description.is_empty() {
        property("og:description", d.description);
    }
    property("og:url", d.canonical);
    property("og:site_name", d.site_name);
    if let Some(locale) = og_locale(d.lang) {
        property("og:locale", &locale);
    }
    // The author's choice first: who takes one picture takes the first.
    if let Some(image) = d.image {
        property("og:image", image);
        property("og:image:alt", d.title);
    }
    if let Some(picture) = d.previews.and_then(|previews| previews.picture.as_ref()) {
        property("og:image", &picture.url);
        property("og:image:type", "image/png");
        property("og:image:width", &picture.width.to_string());
        property("og:image:height", &picture.height.to_string());
        property("og:image:alt", d.title);
    }
}

/// X frames a player only from https; elsewhere, and for those who take no
/// players, there is the picture.
fn twitter(out: &mut Writer, d: &Document<'_>) {
    let picture = d.previews.and_then(|previews| previews.picture.as_ref());
    let image = d.image.or(picture.map(|picture| picture.url.as_str()));
    let player = d
        .previews
        .map(|previews| &previews.player)
        .filter(|player| player.url.starts_with("https:"));
    let mut name = |name, content: &str| meta(out, "name", name, content);
    match (player, image) {
        // A player must have a picture to stand in for it.
        (Some(player), Some(_)) => {
            name("twitter:card", "player");
            name("twitter:player", &player.url);
            name("twitter:player:width", &player.width.to_string());
            name("twitter:player:height", &player.height.to_string());
        }
        (None, Some(_)) => name("twitter:card", "summary_large_image"),
        (_, None) => name("twitter:card", "summary"),
    }
    name("twitter:title", d.title);
    if !d.description.is_empty() {
        name("twitter:description", d.description);
    }
    if let Some(image) = image {
        name("twitter:image", image);
        name("twitter:image:alt", d.title);
    }
}

fn meta(out: &mut Writer, key: &'static str, name: &'static str, content: &str) {
    out.raw("<meta")
        .attr(key, name)
        .attr("content", content)
        .raw(">");
}

/// `zh_CN`: Open Graph wants a territory; a tag without one gets that of the
/// host's own two languages, and otherwise there is nothing to say.
fn og_locale(tag: &str) -> Option<String> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let is_territory = |part: &&str| part.len() == 2 && part.is_ascii();
    let territory = parts.find(is_territory).map(str::to_ascii_uppercase);
    let territory = territory.or_else(|| match language {
        "zh" => Some("CN".to_owned()),
        "en" => Some("US".to_owned()),
        _ => None,
    })?;
    Some(format!("{language}_{territory}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::document::{Assets, DocumentKind, Standing, Theme};

    fn previews(origin: &str) -> Previews {
        Previews {
            oembed_json_url: format!("{origin}/oembed?url=vote&format=json"),
            oembed_xml_url: format!("{origin}/oembed?url=vote&format=xml"),
            player: Player {
                url: format!("{origin}/c/vote/embed"),
                width: 640,
                height: 440,
            },
            picture: Some(Picture {
                url: format!("{origin}/c/vote/view?as=png&v=1"),
                width: 1200,
                height: 630,
            }),
        }
    }

    /// A head, one tag a line.
    fn head(previews: Option<&Previews>, image: Option<&str>) -> String {
        let mut out = Writer::default();
        let d = Document {
            kind: DocumentKind::Page,
            lang: "zh-CN",
            theme: Theme::Auto,
            title: "读《A&B》吗？",
            description: "三本书里选一本。",
            image,
            previews,
            canonical: "https://cards.example/c/vote",
            card_url: "https://cards.example/c/vote",
            site_name: "贝壳读书圈",
            publisher: "贝壳日报",
            section: "",
            page_url: "https://cards.example/c/vote",
            back_url: None,
            live_url: "",
            live_cards_max: 1,
            height: 440,
            standing: Standing::Look,
            toast: None,
            notice: None,
            assets: Assets {
                script_url: "",
                identity_url: "",
                opaque_url: "",
                times_url: "",
                upload_url: "",
                share_url: "",
                style_url: "",
            },
        };
        head_of_page(&mut out, &d);
        out.finish().replace("><", ">\n<")
    }

    /// The tags of X alone.
    fn twitter_of(head: &str) -> String {
        let tags = head.lines().filter(|tag| tag.contains("twitter:"));
        tags.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_card_with_all_there_is() {
        let previews = previews("https://cards.example");
        let head = head(Some(&previews), Some("https://img.example/cover.jpg"));
        insta::assert_snapshot!(head, @r#"
        <title>读《A&amp;B》吗？ · 贝壳读书圈</title>
        <link rel="canonical" href="https://cards.example/c/vote">
        <meta name="description" content="三本书里选一本。">
        <link rel="alternate" type="application/json+oembed" href="https://cards.example/oembed?url=vote&amp;format=json" title="读《A&amp;B》吗？">
        <link rel="alternate" type="text/xml+oembed" href="https://cards.example/oembed?url=vote&amp;format=xml" title="读《A&amp;B》吗？">
        <meta property="og:type" content="website">
        <meta property="og:title" content="读《A&amp;B》吗？">
        <meta property="og:description" content="三本书里选一本。">
        <meta property="og:url" content="https://cards.example/c/vote">
        <meta property="og:site_name" content="贝壳读书圈">
        <meta property="og:locale" content="zh_CN">
        <meta property="og:image" content="https://img.example/cover.jpg">
        <meta property="og:image:alt" content="读《A&amp;B》吗？">
        <meta property="og:image" content="https://cards.example/c/vote/view?as=png&amp;v=1">
        <meta property="og:image:type" content="image/png">
        <meta property="og:image:width" content="1200">
        <meta property="og:image:height" content="630">
        <meta property="og:image:alt" content="读《A&amp;B》吗？">
        <meta name="twitter:card" content="player">
        <meta name="twitter:player" content="https://cards.example/c/vote/embed">
        <meta name="twitter:player:width" content="640">
        <meta name="twitter:player:height" content="440">
        <meta name="twitter:title" content="读《A&amp;B》吗？">
        <meta name="twitter:description" content="三本书里选一本。">
        <meta name="twitter:image" content="https://img.example/cover.jpg">
        <meta name="twitter:image:alt" content="读《A&amp;B》吗？">
        "#);
    }

    #[test]
    fn a_player_is_for_https_only_and_needs_a_picture() {
        let plain = previews("http://127.0.0.1:7878");
        insta::assert_snapshot!(twitter_of(&head(Some(&plain), None)), @r#"
        <meta name="twitter:card" content="summary_large_image">
        <meta name="twitter:title" content="读《A&amp;B》吗？">
        <meta name="twitter:description" content="三本书里选一本。">
        <meta name="twitter:image" content="http://127.0.0.1:7878/c/vote/view?as=png&amp;v=1">
        <meta name="twitter:image:alt" content="读《A&amp;B》吗？">
        "#);
        let without_picture = Previews {
            picture: None,
            ..previews("https://cards.example")
        };
        insta::assert_snapshot!(twitter_of(&head(Some(&without_picture), None)), @r#"
        <meta name="twitter:card" content="summary">
        <meta name="twitter:title" content="读《A&amp;B》吗？">
        <meta name="twitter:description" content="三本书里选一本。">
        "#);
    }

    #[test]
    fn locales_have_a_territory() {
        let check = |tag, expected: Option<&str>| {
            assert_eq!(og_locale(tag).as_deref(), expected, "{tag}");
        };
        check("zh-CN", Some("zh_CN"));
        check("zh-Hant-HK", Some("zh_HK"));
        check("zh", Some("zh_CN"));
        check("en", Some("en_US"));
        check("en-GB", Some("en_GB"));
        check("fr", None);
    }
}
