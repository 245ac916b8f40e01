//! From the URL of a card to what oEmbed says of it, and the addresses that
//! lead there.
//!
//! The room a consumer has decides which size of the card it gets: the one
//! asked for if it fits, else the tallest that does, else the smallest, cut
//! off, with the way to the whole card that every frame has.

use super::card::{self, size_word};
use super::document::{parse_theme, theme_word};
use super::error::ServiceError;
use super::picture::{self, PictureSize};
use super::view::{Shown, Wanted, view};
use crate::app::{App, Card};
use crate::sandbox::plugin::Plugin;
use crate::view::document::{Player, Previews, Theme};
use crate::view::oembed::{Frame, OEmbed};
use crate::view::{At, Size, oembed::oembed_json, oembed::oembed_xml};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// How wide a card is where nobody says how much room there is: the column of
/// its own page.
const WIDTH_USUAL_PX: u32 = 640;

/// Narrower and lower than this no card can be read or tapped.
const WIDTH_MIN_PX: u32 = 160;
const HEIGHT_MIN_PX: u32 = 64;

/// The height of a card that is as tall as its content, which nobody knows
/// before it is drawn.
const HEIGHT_OF_FLOWING_PX: u32 = 640;

/// How long an answer may be kept: titles and heights change with a card's
/// configuration, and a card that is taken down should be noticed the same day.
const CACHE_AGE_S: u32 = 3600;

/// What a consumer asks.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The URL somebody pasted.
    pub url: &'a str,
    /// The room for the card.
    pub room: Room,
    /// The languages asked for, best first.
    pub languages: Vec<String>,
}

/// The most a frame, and a picture, may take, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Across.
    pub width_max: u32,
    /// Down.
    pub height_max: u32,
}

/// In what form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `format=json`, or none.
    Json,
    /// `format=xml`
    Xml,
}

/// The answer, as bytes to be.
///
/// # Errors
///
/// `CardUnknown` for every URL that is not a card's here; otherwise as for a
/// view, with `SignInRequired` where not everybody may see it.
pub async fn oembed(
    app: &App,
    question: &Question<'_>,
    form: Form,
) -> Result<String, ServiceError> {
    let address = CardAddress::parse(question.url, app.public_url.as_str())
        .ok_or(ServiceError::CardUnknown)?;
    let card = card::find(app, &address.slug)?;
    let plugin = card::plugin(card)?;
    let languages = address.lang.iter().chain(&question.languages);
    let wanted = Wanted {
        reader: None,
        size: address.size,
        at: address.at.clone(),
        languages: languages.cloned().collect(),
    };
    let shown = view(app, card, &wanted).await.map_err(private)?;
    let title = shown.drawn.view.view().title.as_str();
    let facts = card.circle.facts();
    let fitting = fitting(card, &plugin, address.size, question.room);
    let oembed = OEmbed {
        title,
        author_name: &facts.name,
        provider_name: &facts.publisher,
        provider_url: app.public_url.as_str(),
        cache_age_s: CACHE_AGE_S,
        thumbnail: PictureSize::ALL
            .into_iter()
            .find(|size| question.room.holds(size.width_px(), size.height_px()))
            .and_then(|size| picture::link(app, card, &shown, size)),
        frame: fitting.map(|fitting| Frame {
            url: address.frame_url(card, fitting.size),
            title: format!("{title} · {}", facts.name),
            width: fitting.width,
            height: fitting.height,
        }),
    };
    Ok(match form {
        Form::Json => oembed_json(&oembed),
        Form::Xml => oembed_xml(&oembed),
    })
}

/// What a card's own page says of it to those who make previews.
pub fn previews(app: &App, card: &Card, plugin: &Plugin, shown: &Shown) -> Previews {
    let key = &shown.drawn.key;
    let endpoint = |form| endpoint(app, card, plugin, &key.locale, &key.at, form);
    let fitting = fitting(card, plugin, None, Room::ANY);
    let fitting = fitting.expect("every card fits where there is no limit");
    Previews {
        oembed_json_url: endpoint(Form::Json),
        oembed_xml_url: endpoint(Form::Xml),
        player: Player {
            url: key.at.address(&format!("{}/embed", card.place.url)),
            width: fitting.width,
            height: fitting.height,
        },
        picture: picture::link(app, card, shown, PictureSize::Large),
    }
}

/// The address that describes a page of a card. A consumer may say nothing of
/// languages, so one that is not the card's first is named.
pub fn endpoint(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    locale: &str,
    at: &At,
    form: Form,
) -> String {
    let no_wish: [&str; 0] = [];
    let mut url = card.place.url.clone();
    if locale != plugin.manifest.locale(&no_wish) {
        url.push_str("?lang=");
        url.extend(byte_serialize(locale.as_bytes()));
    }
    let url = at.address(&url);
    let form = match form {
        Form::Json => "json",
        Form::Xml => "xml",
    };
    let query = Serializer::new(String::new())
        .append_pair("url", &url)
        .append_pair("format", form)
        .finish();
    format!("{}/oembed?{query}", app.public_url.as_str())
}

/// A view that is not for everybody, in oEmbed's terms: link to it and let the
/// host ask who comes.
fn private(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Denied(_) => ServiceError::SignInRequired,
        error => error,
    }
}

impl Room {
    /// As much as is wanted.
    pub const ANY: Room = Room {
        width_max: u32::MAX,
        height_max: u32::MAX,
    };

    fn holds(self, width: u32, height: u32) -> bool {
        width <= self.width_max && height <= self.height_max
    }
}

/// A size of a card and the pixels it gets.
struct Fitting {
    size: Size,
    width: u32,
    height: u32,
}

fn fitting(card: &Card, plugin: &Plugin, asked: Option<Size>, room: Room) -> Option<Fitting> {
    let width = WIDTH_USUAL_PX.min(room.width_max);
    if width < WIDTH_MIN_PX || room.height_max < HEIGHT_MIN_PX {
        return None;
    }
    let wanted = card::size(card, plugin, asked);
    let height_of = |size: Size| match card::height_px(plugin, size) {
        Some(0) => Some(HEIGHT_OF_FLOWING_PX),
        height => height,
    };
    let sizes = [Size::Compact, Size::Standard, Size::Feed];
    let sizes = sizes.map(|size| Some((size, height_of(size)?)));
    let sizes = || sizes.iter().flatten().copied();
    let wanted = sizes().filter(|&(size, _)| size == wanted);
    let tallest_first = || {
        let mut all: Vec<_> = sizes().collect();
        all.sort_by_key(|&(_, height)| std::cmp::Reverse(height));
        all
    };
    let (size, height) = wanted
        .chain(tallest_first())
        .find(|&(_, height)| height <= room.height_max)
        .or_else(|| tallest_first().pop())?;
    Some(Fitting {
        size,
        width,
        height: height.min(room.height_max),
    })
}

/// A URL that somebody pasted, understood as that of a card here: its page or
/// its frame, with what of their queries changes what is shown and how it
/// looks. All else in it, such as what campaigns add, is left out.
#[derive(Debug, PartialEq, Eq)]
struct CardAddress {
    slug: String,
    at: At,
    size: Option<Size>,
    theme: Option<Theme>,
    lang: Option<String>,
}

impl CardAddress {
    fn parse(url: &str, public_url: &str) -> Option<CardAddress> {
        let url = Url::parse(url.trim()).ok()?;
        let elsewhere = url.origin().ascii_serialization() != public_url
            || !url.username().is_empty()
            || url.password().is_some();
        if elsewhere {
            return None;
        }
        let path = url.path().strip_prefix("/c/")?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let slug = path.strip_suffix("/embed").unwrap_or(path);
        let query = |name: &str| {
            let mut pairs = url.query_pairs();
            let found = pairs.find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        Some(CardAddress {
            slug: slug.to_owned(),
            at: At::parse(&query("at").unwrap_or_default()).ok()?,
            size: query("size").and_then(|word| card::parse_size(&word)),
            theme: query("theme").and_then(|word| parse_theme(&word)),
            lang: query("lang").filter(|lang| !lang.is_empty()),
        })
    }

    /// The frame document, in the same look.
    fn frame_url(&self, card: &Card, size: Size) -> String {
        let mut query = Serializer::new(String::new());
        if size != card.size {
            query.append_pair("size", size_word(size));
        }
        if let Some(theme) = self.theme {
            query.append_pair("theme", theme_word(theme));
        }
        if let Some(lang) = &self.lang {
            query.append_pair("lang", lang);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        self.at
            .address(&format!("{}/embed{mark}{query}", card.place.url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_url_is_a_card_of_this_host_or_none() {
        let check = |url: &str, expected: Option<&str>| {
            let address = CardAddress::parse(url, "https://cards.example");
            let slug = address.map(|address| address.slug);
            assert_eq!(slug.as_deref(), expected, "{url}");
        };
        for url in [
            "https://cards.example/c/vote",
            "https://cards.example/c/vote/",
            "https://cards.example/c/vote/embed",
            "https://cards.example/c/vote/embed/?theme=dark",
            "https://cards.example:443/c/vote#top",
            "HTTPS://Cards.Example/c/vote?utm_source=x&from=timeline",
            " https://cards.example/c/x/../vote\n",
        ] {
            check(url, Some("vote"));
        }
        for url in [
            "",
            "vote",
            "/c/vote",
            "//cards.example/c/vote",
            "http://cards.example/c/vote",
            "https://cards.example:8443/c/vote",
            "https://cards.example.evil.example/c/vote",
            "https://cards.example@evil.example/c/vote",
            "https://evil@cards.example/c/vote",
            "https://:pw@cards.example/c/vote",
            "https://evil.example/https://cards.example/c/vote",
            "javascript:alert(1)//https://cards.example/c/vote",
            "https://cards.example/C/vote",
            "https://cards.example/vote",
            "https://cards.example/",
        ] {
            check(url, None);
        }
        // No slug is like these, so no card is found by them.
        check("https://cards.example/c/", Some(""));
        check("https://cards.example/c/vote/view", Some("vote/view"));
        check("https://cards.example/c/vot%65", Some("vot%65"));
        check("https://cards.example/c/embed", Some("embed"));
    }

    #[test]
    fn of_a_query_only_the_look_counts() {
        let url = "https://cards.example/c/a?size=compact&theme=dark&lang=en&me=1&done=act_1";
        let address = CardAddress::parse(url, "https://cards.example");
        let expected = CardAddress {
            slug: "a".to_owned(),
            at: At::default(),
            size: Some(Size::Compact),
            theme: Some(Theme::Dark),
            lang: Some("en".to_owned()),
        };
        assert_eq!(address, Some(expected));
        let url = "https://cards.example/c/a?at=tag%2F%E8%B7%91%E6%AD%A5&utm_source=x";
        let address = CardAddress::parse(url, "https://cards.example");
        assert_eq!(address.unwrap().at.as_str(), "tag/跑步");
        let url = "https://cards.example/c/a?at=%00";
        assert_eq!(CardAddress::parse(url, "https://cards.example"), None);
        let url = "https://cards.example/c/a?size=huge&theme=pink&lang=";
        let address = CardAddress::parse(url, "https://cards.example");
        let bare = CardAddress::parse("https://cards.example/c/a", "https://cards.example");
        assert_eq!(address, bare);
    }
}
