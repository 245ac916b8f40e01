//! A view as JSON: the shape native clients and feeds read, fixed by the
//! design's `shapes.md`. Kinds and cases by their names in WIT, fields in
//! snake_case, instants as RFC 3339.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    ActionOffer, At, Choice, ChoiceOption, Input, Kind, Point, Said, Share, ShareOf, Site, Size,
    Span, at, check::CheckedView, instant::rfc3339,
};

/// What the object says besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct JsonContext<'a> {
    /// The card's slug.
    pub card: &'a str,
    /// Where links lead, the card's own address, and the circle.
    pub site: Site<'a>,
    /// The locale the view is in, as a BCP 47 tag.
    pub locale: &'a str,
    /// The room it was drawn for.
    pub size: Size,
    /// Which of the card's pages it is.
    pub at: &'a At,
    /// Whether it is one reader's own.
    pub private: bool,
    /// Whether it is an earlier view, shown because the plugin failed.
    pub stale: bool,
    /// Until when it holds, in milliseconds since 1970-01-01T00:00:00Z; none
    /// if only a change ends it.
    pub expires_at: Option<u64>,
    /// The signed token of each of the view's offers, in their order; none if
    /// the card cannot be acted on, and then no button has an offer.
    pub tokens: Option<&'a [String]>,
}

/// The view object, written straight from the tree by whatever serializer it
/// is given: as a tree of `serde_json::Value`, a view of 50 nodes would cost
/// more than the sandbox that drew it.
///
/// # Panics
/// When it is written: if there are tokens, but fewer than offers.
pub fn json<'a>(view: &'a CheckedView, cx: &'a JsonContext<'a>) -> ViewObject<'a> {
    ViewObject { view, cx }
}

/// A view and its context, to be serialized. From [`json`].
#[derive(Clone, Copy, Debug)]
pub struct ViewObject<'a> {
    view: &'a CheckedView,
    cx: &'a JsonContext<'a>,
}

/// Serializes an object, or adds to one that is begun.
macro_rules! object {
    ($serializer:expr; $($name:literal: $value:expr),* $(,)?) => {{
        let mut map = $serializer.serialize_map(None)?;
        object!(map += $($name: $value),*);
        map.end()
    }};
    ($map:ident += $($name:literal: $value:expr),* $(,)?) => {{
        $($map.serialize_entry($name, &$value)?;)*
    }};
}

impl Serialize for ViewObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self { view, cx } = self;
        let head = view.view();
        object!(serializer;
            "card": cx.card,
            "circle": cx.site.circle,
            "version": view.version(),
            "locale": cx.locale,
            "size": cx.size.name(),
            "at": cx.at.as_str(),
            "private": cx.private,
            "stale": cx.stale,
            "expires_at": cx.expires_at.map(rfc3339),
            "title": head.title,
            "summary": head.summary,
            "image": head.image,
            "people": People(view),
            "root": Branch { view, cx, index: 0 },
        )
    }
}

/// Everybody the view names, by id.
struct People<'a>(&'a CheckedView);

impl Serialize for People<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let described = |(member, person)| (member, Described(person));
        serializer.collect_map(self.0.people().map(described))
    }
}

struct Described<'a>(&'a super::Person);

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer; "name": self.0.name, "avatar": self.0.picture)
    }
}

/// A node and all below it.
struct Branch<'a> {
    view: &'a CheckedView,
    cx: &'a JsonContext<'a>,
    index: usize,
}

impl Serialize for Branch<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self { view, cx, index } = self;
        let kind = view.kind(index);
        let mut map = serializer.serialize_map(None)?;
        object!(map += "kind": kind.name());
        fields(kind, cx, &mut map)?;
        let offer = match kind {
            Kind::Button { offer, .. } => Some(Some(offer)),
            Kind::Share(share) => Some(share.offer.as_ref()),
            _ => None,
        };
        if let Some(offer) = offer {
            let offer = offer.zip(cx.tokens).map(|(offer, tokens)| {
                let token = tokens.get(view.offer_index(index));
                let token = token.expect("there is a token for every offer");
                Offer { offer, token }
            });
            object!(map += "offer": offer);
        }
        object!(map += "children": Children(self));
        map.end()
    }
}

struct Children<'a>(&'a Branch<'a>);

impl Serialize for Children<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Branch { view, cx, index } = self.0;
        let children = view.children(index);
        serializer.collect_seq(children.map(|index| Branch { view, cx, index }))
    }
}

fn fields<M: SerializeMap>(kind: &Kind, cx: &JsonContext<'_>, map: &mut M) -> Result<(), M::Error> {
    match kind {
        Kind::Column | Kind::Row | Kind::Carousel | Kind::Form | Kind::Divider => {}
        Kind::Grid(columns) => object!(map += "columns": columns),
        Kind::Panel { tone, title } => object!(map += "tone": tone.name(), "title": title),
        Kind::Details(label) => object!(map += "label": label),
        Kind::Heading { level, text } => object!(map += "level": level, "text": text),
        Kind::Text {
            content,
            style,
            tone,
            max_lines,
        } => object!(map +=
            "content": content, "style": style.name(), "tone": tone.name(), "max_lines": max_lines,
        ),
        Kind::Rich(spans) => object!(map += "spans": Spans { spans, cx }),
        Kind::Image {
            source,
            alt,
            width,
            height,
        } => object!(map +=
            "source": cx.site.picture(source), "alt": alt, "width": width, "height": height,
        ),
        Kind::Badge { text, tone } => object!(map += "text": text, "tone": tone.name()),
        Kind::Stat {
            label,
            value,
            change,
        } => object!(map += "label": label, "value": value, "change": change),
        Kind::Progress { label, share } => object!(map += "label": label, "share": share),
        Kind::Meter {
            label,
            share,
            count,
            mine,
        } => object!(map += "label": label, "share": share, "count": count, "mine": mine),
        Kind::Time { instant, style } => {
            object!(map += "instant": rfc3339(*instant), "style": style.name());
        }
        Kind::Chart {
            style,
            label,
            points,
        } => object!(map += "style": style.name(), "label": label, "points": points),
        Kind::Qr { content, label } => object!(map += "content": content, "label": label),
        Kind::Avatar { member, style } => {
            object!(map += "member": member, "style": style.name());
        }
        Kind::Said(said) => self::said(said, cx.site, map)?,
        Kind::Button { label, style, .. } => {
            object!(map += "label": label, "style": style.name());
        }
        Kind::Link { label, url } => {
            object!(map += "label": label);
            link(url, cx, map)?;
        }
        Kind::Input(input) => self::input(input, map)?,
        Kind::Choice(choice) => self::choice(choice, map)?,
        Kind::Toggle { name, label, value } => {
            object!(map += "name": name, "label": label, "value": value);
        }
        Kind::Rating {
            name,
            label,
            max,
            value,
            required,
        } => object!(map +=
            "name": name, "label": label, "max": max, "value": value, "required": required,
        ),
        Kind::Upload(upload) => object!(map +=
            "name": upload.name, "label": upload.label, "required": upload.required,
            "max": upload.max,
        ),
        Kind::Share(share) => self::share(share, cx, map)?,
        Kind::Ext { name, props } => {
            let props: Vec<Prop<'_>> = props
                .iter()
                .map(|(name, value)| Prop { name, value })
                .collect();
            object!(map += "name": name, "props": props);
        }
    }
    Ok(())
}

fn said<M: SerializeMap>(said: &Said, site: Site<'_>, map: &mut M) -> Result<(), M::Error> {
    let report = said.reportable().map(|post| site.report_url(post));
    object!(map +=
        "member": said.member, "text": said.text, "post": said.post,
        "max_lines": said.max_lines, "masked": said.masked, "report": report,
    );
    Ok(())
}

fn share<M: SerializeMap>(
    share: &Share,
    cx: &JsonContext<'_>,
    map: &mut M,
) -> Result<(), M::Error> {
    let post = match &share.of {
        ShareOf::Card => None,
        ShareOf::Post(post) => Some(post),
    };
    object!(map += "label": share.label, "post": post, "url": cx.site.shared(&share.of, cx.at));
    Ok(())
}

fn input<M: SerializeMap>(input: &Input, map: &mut M) -> Result<(), M::Error> {
    object!(map +=
        "type": input.kind.name(), "name": input.name, "label": input.label,
        "placeholder": input.placeholder, "value": input.value, "required": input.required,
        "min": input.min, "max": input.max,
    );
    Ok(())
}

fn choice<M: SerializeMap>(choice: &Choice, map: &mut M) -> Result<(), M::Error> {
    object!(map +=
        "name": choice.name, "label": choice.label, "many": choice.many,
        "style": choice.style.name(), "min": choice.min, "max": choice.max,
        "options": choice.options,
    );
    Ok(())
}

/// Where a link leads. One to a page of the card's own says which, too, for
/// clients that show cards themselves.
fn link<M: SerializeMap>(url: &str, cx: &JsonContext<'_>, map: &mut M) -> Result<(), M::Error> {
    match at::place_in(url) {
        Some(place) => object!(map += "url": at::address(cx.site.card_url, place), "at": place),
        None => object!(map += "url": url),
    }
    Ok(())
}

struct Spans<'a> {
    spans: &'a [Span],
    cx: &'a JsonContext<'a>,
}

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self { spans, cx } = self;
        serializer.collect_seq(spans.iter().map(|span| SpanOf { span, cx }))
    }
}

struct SpanOf<'a> {
    span: &'a Span,
    cx: &'a JsonContext<'a>,
}

impl Serialize for SpanOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self { span, cx } = self;
        let mut map = serializer.serialize_map(None)?;
        object!(map += "kind": span.name());
        match span {
            Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => {
                object!(map += "text": text);
            }
            Span::Link { label, url } => {
                object!(map += "label": label);
                link(url, cx, &mut map)?;
            }
        }
        map.end()
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer; "label": self.label, "value": self.value)
    }
}

impl Serialize for ChoiceOption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer;
            "value": self.value, "label": self.label, "selected": self.selected,
        )
    }
}

#[derive(serde::Serialize)]
struct Prop<'a> {
    name: &'a str,
    value: &'a str,
}

/// What a client needs to take an offer. The payload rides in the token.
struct Offer<'a> {
    offer: &'a ActionOffer,
    token: &'a str,
}

impl Serialize for Offer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { offer, token } = self;
        object!(serializer;
            "token": token, "audience": offer.audience.name(), "once": offer.once.name(),
            "confirm": offer.confirm,
        )
    }
}

#[cfg(test)]
mod tests;
