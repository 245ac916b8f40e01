//! A view as JSON: the shape native clients and feeds read, fixed by the
//! design's `shapes.md`. Kinds and cases by their names in WIT, fields in
//! snake_case, instants as RFC 3339.

use serde_json::{Map, Value, json};

use super::{
    ActionOffer, Choice, Input, Kind, Point, Size, Span, check::CheckedView, instant::rfc3339,
};

/// What the object says besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct JsonContext<'a> {
    /// The card's slug.
    pub card: &'a str,
    /// The circle's id.
    pub circle: &'a str,
    /// The locale the view is in, as a BCP 47 tag.
    pub locale: &'a str,
    /// The room it was drawn for.
    pub size: Size,
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

/// The view object.
///
/// # Panics
/// If there are tokens, but fewer than offers.
pub fn json(view: &CheckedView, cx: &JsonContext<'_>) -> Value {
    let head = view.view();
    json!({
        "card": cx.card,
        "circle": cx.circle,
        "version": view.version(),
        "locale": cx.locale,
        "size": cx.size.name(),
        "private": cx.private,
        "stale": cx.stale,
        "expires_at": cx.expires_at.map(rfc3339),
        "title": head.title,
        "summary": head.summary,
        "image": head.image,
        "people": {},
        "root": node(view, cx, 0),
    })
}

fn node(view: &CheckedView, cx: &JsonContext<'_>, index: usize) -> Value {
    let kind = view.kind(index);
    let mut node = Map::new();
    node.insert("kind".to_owned(), kind.name().into());
    if let Value::Object(fields) = fields(kind) {
        node.extend(fields);
    }
    if let Kind::Button {
        offer: declared, ..
    } = kind
    {
        let token = cx.tokens.map(|tokens| {
            let token = tokens.get(view.offer_index(index));
            token.expect("there is a token for every offer")
        });
        node.insert(
            "offer".to_owned(),
            token.map_or(Value::Null, |token| offer(declared, token)),
        );
    }
    let children: Vec<Value> = view
        .children(index)
        .map(|child| self::node(view, cx, child))
        .collect();
    node.insert("children".to_owned(), children.into());
    node.into()
}

fn fields(kind: &Kind) -> Value {
    match kind {
        Kind::Column | Kind::Row | Kind::Carousel | Kind::Form | Kind::Divider => json!({}),
        Kind::Grid(columns) => json!({ "columns": columns }),
        Kind::Panel { tone, title } => json!({ "tone": tone.name(), "title": title }),
        Kind::Details(label) => json!({ "label": label }),
        Kind::Heading { level, text } => json!({ "level": level, "text": text }),
        Kind::Text {
            content,
            style,
            tone,
            max_lines,
        } => json!({
            "content": content, "style": style.name(), "tone": tone.name(), "max_lines": max_lines,
        }),
        Kind::Rich(spans) => json!({ "spans": spans.iter().map(span).collect::<Vec<_>>() }),
        Kind::Image {
            source,
            alt,
            width,
            height,
        } => {
            json!({ "source": source, "alt": alt, "width": width, "height": height })
        }
        Kind::Badge { text, tone } => json!({ "text": text, "tone": tone.name() }),
        Kind::Stat {
            label,
            value,
            change,
        } => {
            json!({ "label": label, "value": value, "change": change })
        }
        Kind::Progress { label, share } => json!({ "label": label, "share": share }),
        Kind::Meter {
            label,
            share,
            count,
            mine,
        } => {
            json!({ "label": label, "share": share, "count": count, "mine": mine })
        }
        Kind::Time { instant, style } => {
            json!({ "instant": rfc3339(*instant), "style": style.name() })
        }
        Kind::Chart {
            style,
            label,
            points,
        } => json!({
            "style": style.name(), "label": label,
            "points": points.iter().map(point).collect::<Vec<_>>(),
        }),
        Kind::Qr { content, label } => json!({ "content": content, "label": label }),
        Kind::Button { label, style, .. } => json!({ "label": label, "style": style.name() }),
        Kind::Link { label, url } => json!({ "label": label, "url": url }),
        Kind::Input(input) => self::input(input),
        Kind::Choice(choice) => self::choice(choice),
        Kind::Toggle { name, label, value } => {
            json!({ "name": name, "label": label, "value": value })
        }
        Kind::Rating {
            name,
            label,
            max,
            value,
            required,
        } => json!({
            "name": name, "label": label, "max": max, "value": value, "required": required,
        }),
        Kind::Ext { name, props } => {
            let prop = |(name, value): &(String, String)| json!({ "name": name, "value": value });
            json!({ "name": name, "props": props.iter().map(prop).collect::<Vec<_>>() })
        }
    }
}

fn span(span: &Span) -> Value {
    match span {
        Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => {
            json!({ "kind": span.name(), "text": text })
        }
        Span::Link { label, url } => json!({ "kind": span.name(), "label": label, "url": url }),
    }
}

fn point(point: &Point) -> Value {
    json!({ "label": point.label, "value": point.value })
}

fn input(input: &Input) -> Value {
    json!({
        "type": input.kind.name(), "name": input.name, "label": input.label,
        "placeholder": input.placeholder, "value": input.value, "required": input.required,
        "min": input.min, "max": input.max,
    })
}

fn choice(choice: &Choice) -> Value {
    let options = choice.options.iter().map(|option| {
        json!({ "value": option.value, "label": option.label, "selected": option.selected })
    });
    json!({
        "name": choice.name, "label": choice.label, "many": choice.many,
        "style": choice.style.name(), "min": choice.min, "max": choice.max,
        "options": options.collect::<Vec<_>>(),
    })
}

/// What a client needs to offer it. The payload rides in the token.
fn offer(offer: &ActionOffer, token: &str) -> Value {
    json!({
        "token": token, "audience": offer.audience.name(), "once": offer.once.name(),
        "confirm": offer.confirm,
    })
}

#[cfg(test)]
mod tests;
