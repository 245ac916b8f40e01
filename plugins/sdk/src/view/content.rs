//! Elements to read and to look at.

use super::{Element, Tone, leaf_builder, wit};
use crate::time::Timestamp;

/// A heading; level 1 to 4 from the top of the card.
pub fn heading(level: u8, text: impl Into<String>) -> Element {
    Element::leaf(wit::Kind::Heading(wit::Heading {
        level,
        text: text.into(),
    }))
}

/// A paragraph.
pub fn text(content: impl Into<String>) -> Text {
    Text(wit::Text {
        content: content.into(),
        style: wit::TextStyle::Body,
        tone: wit::TextTone::Normal,
        max_lines: None,
    })
}

/// A paragraph. From [`text`].
#[derive(Clone, Debug, PartialEq)]
pub struct Text(wit::Text);

impl Text {
    /// The first, larger paragraph.
    #[must_use]
    pub fn lead(mut self) -> Self {
        self.0.style = wit::TextStyle::Lead;
        self
    }

    /// Small print.
    #[must_use]
    pub fn caption(mut self) -> Self {
        self.0.style = wit::TextStyle::Caption;
        self
    }

    /// Somebody's words.
    #[must_use]
    pub fn quote(mut self) -> Self {
        self.0.style = wit::TextStyle::Quote;
        self
    }

    /// Less important than the rest.
    #[must_use]
    pub fn muted(mut self) -> Self {
        self.0.tone = wit::TextTone::Muted;
        self
    }

    /// Good news.
    #[must_use]
    pub fn success(mut self) -> Self {
        self.0.tone = wit::TextTone::Success;
        self
    }

    /// To be minded.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.0.tone = wit::TextTone::Warning;
        self
    }

    /// Bad news.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.0.tone = wit::TextTone::Danger;
        self
    }

    /// Cut after so many lines; the whole text stays in the page.
    #[must_use]
    pub fn max_lines(mut self, lines: u8) -> Self {
        self.0.max_lines = Some(lines);
        self
    }
}

leaf_builder!(Text => Text);

/// A paragraph of spans: [`plain`], [`bold`], [`emphasis`], [`code`],
/// [`span_link`].
///
/// ```
/// # use quanka_card::prelude::*;
/// # let _: Element =
/// rich([plain("周五 "), bold("20:00"), plain(" 开始")])
/// # ;
/// ```
pub fn rich(spans: impl IntoIterator<Item = Span>) -> Element {
    Element::leaf(wit::Kind::Rich(
        spans.into_iter().map(|span| span.0).collect(),
    ))
}

/// A piece of a [`rich`] paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Span(wit::Span);

/// Words as they are.
pub fn plain(text: impl Into<String>) -> Span {
    Span(wit::Span::Text(text.into()))
}

/// Bold words.
pub fn bold(text: impl Into<String>) -> Span {
    Span(wit::Span::Bold(text.into()))
}

/// Stressed words.
pub fn emphasis(text: impl Into<String>) -> Span {
    Span(wit::Span::Emphasis(text.into()))
}

/// Words for a machine.
pub fn code(text: impl Into<String>) -> Span {
    Span(wit::Span::Code(text.into()))
}

/// Words that lead somewhere: an `https:` or `mailto:` address.
pub fn span_link(label: impl Into<String>, url: impl Into<String>) -> Span {
    Span(wit::Span::Link(wit::SpanLink {
        label: label.into(),
        url: url.into(),
    }))
}

/// A picture at an `https:` address. `alt` says what it shows, for those who do
/// not see it. Width and height are in pixels and keep its room before it
/// loads.
pub fn image(
    source: impl Into<String>,
    alt: impl Into<String>,
    width: u32,
    height: u32,
) -> Element {
    let (source, alt) = (source.into(), alt.into());
    Element::leaf(wit::Kind::Image(wit::Image {
        source,
        alt,
        width,
        height,
    }))
}

/// A short label.
pub fn badge(text: impl Into<String>) -> Badge {
    Badge(wit::Badge {
        text: text.into(),
        tone: Tone::Neutral,
    })
}

/// A short label. From [`badge`].
#[derive(Clone, Debug, PartialEq)]
pub struct Badge(wit::Badge);

impl Badge {
    /// Its colour, by meaning; neutral unless said otherwise.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.0.tone = tone;
        self
    }

    /// Good news.
    #[must_use]
    pub fn success(self) -> Self {
        self.tone(Tone::Success)
    }

    /// To be noticed.
    #[must_use]
    pub fn accent(self) -> Self {
        self.tone(Tone::Accent)
    }
}

leaf_builder!(Badge => Badge);

/// A number with a label.
#[expect(clippy::needless_pass_by_value, reason = "`3` reads better than `&3`")]
pub fn stat(label: impl Into<String>, value: impl ToString) -> Stat {
    Stat(wit::Stat {
        label: label.into(),
        value: value.to_string(),
        change: None,
    })
}

/// A number with a label. From [`stat`].
#[derive(Clone, Debug, PartialEq)]
pub struct Stat(wit::Stat);

impl Stat {
    /// How it has changed, such as `+12 %`.
    #[must_use]
    pub fn change(mut self, text: impl Into<String>) -> Self {
        self.0.change = Some(text.into());
        self
    }
}

leaf_builder!(Stat => Stat);

/// How far something has come: `share` is 0 to 1.
pub fn progress(label: impl Into<String>, share: f64) -> Element {
    Element::leaf(wit::Kind::Progress(wit::Progress {
        label: label.into(),
        share,
    }))
}

/// A result bar: `share` is 0 to 1, `count` the number it stands for.
pub fn meter(label: impl Into<String>, share: f64, count: u64) -> Meter {
    Meter(wit::Meter {
        label: label.into(),
        share,
        count,
        mine: false,
    })
}

/// A result bar. From [`meter`].
#[derive(Clone, Debug, PartialEq)]
pub struct Meter(wit::Meter);

impl Meter {
    /// Marks it as the reader's own choice, if it is.
    #[must_use]
    pub fn mine(mut self, is_mine: bool) -> Self {
        self.0.mine = is_mine;
        self
    }
}

leaf_builder!(Meter => Meter);

/// A line between things.
pub fn divider() -> Element {
    Element::leaf(wit::Kind::Divider)
}

/// An instant, kept fresh on the reader's device, so that the view need not
/// expire for it. Date and time of day unless said otherwise.
pub fn time(instant: Timestamp) -> Time {
    Time(wit::Time {
        instant: instant.as_ms(),
        style: wit::TimeStyle::DateTime,
    })
}

/// An instant. From [`time`].
#[derive(Clone, Debug, PartialEq)]
pub struct Time(wit::Time);

impl Time {
    /// Such as *3 小时前*.
    #[must_use]
    pub fn relative(mut self) -> Self {
        self.0.style = wit::TimeStyle::Relative;
        self
    }

    /// Such as *2027年1月1日*.
    #[must_use]
    pub fn date(mut self) -> Self {
        self.0.style = wit::TimeStyle::Date;
        self
    }

    /// Such as *2 天 4 小时*.
    #[must_use]
    pub fn countdown(mut self) -> Self {
        self.0.style = wit::TimeStyle::Countdown;
        self
    }
}

leaf_builder!(Time => Time);

/// A bar chart with a text equivalent, drawn by the host. `label` says what it
/// shows; at most 366 points.
pub fn chart<L: Into<String>>(
    label: impl Into<String>,
    points: impl IntoIterator<Item = (L, f64)>,
) -> Chart {
    let points = points.into_iter().map(|(label, value)| wit::Point {
        label: label.into(),
        value,
    });
    Chart(wit::Chart {
        style: wit::ChartStyle::Bar,
        label: label.into(),
        points: points.collect(),
    })
}

/// A chart. From [`chart`].
#[derive(Clone, Debug, PartialEq)]
pub struct Chart(wit::Chart);

impl Chart {
    /// A line instead of bars.
    #[must_use]
    pub fn line(mut self) -> Self {
        self.0.style = wit::ChartStyle::Line;
        self
    }

    /// A small line without axes.
    #[must_use]
    pub fn spark(mut self) -> Self {
        self.0.style = wit::ChartStyle::Spark;
        self
    }
}

leaf_builder!(Chart => Chart);

/// A QR code that says `content` (at most 1 KiB) when read; `label` is what it
/// is for.
pub fn qr(content: impl Into<String>, label: impl Into<String>) -> Element {
    Element::leaf(wit::Kind::Qr(wit::Qr {
        content: content.into(),
        label: label.into(),
    }))
}
