//! A view as a sequence of blocks: what plain text and Markdown have in
//! common. All a reader can see of the card is in it, boxes and columns left
//! out, and one link to where the card can be acted on.

use std::borrow::Cow;

use super::{
    CheckedView, Choice, Kind, Point, Said, Span, TextStyle, at, instant,
    text::PlainContext,
    words::{Tongue, grouped, percent, value},
};

/// A block, set apart from the next.
#[derive(Debug, PartialEq)]
pub(super) enum Block<'a> {
    /// The title has level 0.
    Heading(u8, &'a str),
    Paragraph(Vec<Piece<'a>>),
    Quote(&'a str),
    /// Lines that belong together.
    Items(Vec<Item<'a>>),
    Rule,
}

/// One of several lines that belong together.
#[derive(Debug, PartialEq)]
pub(super) struct Item<'a> {
    /// What stands before it in plain text; Markdown has its own.
    pub(super) mark: &'static str,
    pub(super) pieces: Vec<Piece<'a>>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Text(Cow<'a, str>),
    Strong(&'a str),
    Emphasis(&'a str),
    Code(&'a str),
    Link { label: &'a str, url: Cow<'a, str> },
    Image { alt: &'a str, source: Cow<'a, str> },
}

/// The blocks of a card.
pub(super) fn outline<'a>(view: &'a CheckedView, cx: &PlainContext<'a>) -> Vec<Block<'a>> {
    let title = view.view().title.as_str();
    let mut outline = Outline {
        view,
        cx: *cx,
        tongue: Tongue::of(cx.locale),
        blocks: vec![Block::Heading(0, title)],
        heading: title,
    };
    outline.node(0);
    let label = if view.offers().is_empty() {
        outline.tongue.pick("打开卡片", "Open the card")
    } else {
        outline
            .tongue
            .pick("打开卡片参与", "Open the card to take part")
    };
    outline.blocks.push(Block::Paragraph(vec![Piece::Link {
        label,
        url: cx.at.address(cx.site.card_url).into(),
    }]));
    outline.blocks
}

struct Outline<'a> {
    view: &'a CheckedView,
    cx: PlainContext<'a>,
    tongue: Tongue,
    blocks: Vec<Block<'a>>,
    /// The last heading: what only repeats it is left out.
    heading: &'a str,
}

impl<'a> Outline<'a> {
    fn node(&mut self, index: usize) {
        let view = self.view;
        match view.kind(index) {
            Kind::Column | Kind::Carousel | Kind::Form | Kind::Ext { .. } => self.children(index),
            Kind::Row | Kind::Grid(_) => self.line_of_children(index),
            Kind::Panel { title, .. } => {
                if let Some(title) = title {
                    self.paragraph(vec![Piece::Strong(title)]);
                }
                self.children(index);
            }
            Kind::Details(label) => {
                self.paragraph(vec![Piece::Strong(label)]);
                self.children(index);
            }
            Kind::Heading { level, text } => {
                if self.heading != text {
                    self.blocks.push(Block::Heading(*level, text));
                }
                self.heading = text;
            }
            Kind::Text {
                content,
                style: TextStyle::Quote,
                ..
            } => {
                self.blocks.push(Block::Quote(content));
            }
            Kind::Text { content, .. } => self.paragraph(vec![plain(content)]),
            Kind::Rich(spans) => {
                let pieces = spans.iter().map(|span| self.piece(span)).collect();
                self.paragraph(pieces);
            }
            Kind::Image { source, alt, .. } => {
                let source = self.cx.site.picture(source);
                self.paragraph(vec![Piece::Image { alt, source }]);
            }
            Kind::Badge { text, .. } => self.paragraph(vec![Piece::Strong(text)]),
            Kind::Stat {
                label,
                value,
                change,
            } => self.stat(label, value, change.as_deref()),
            Kind::Progress { label, share } => {
                let figures = format!("{} {} ", bar(*share), percent(*share));
                self.item("", vec![Piece::Text(figures.into()), plain(label)]);
            }
            Kind::Meter {
                label,
                share,
                count,
                mine,
            } => self.meter(label, *share, *count, *mine),
            Kind::Divider => self.blocks.push(Block::Rule),
            Kind::Time { instant, style } => {
                let written = instant::written(*instant, *style, self.tongue);
                self.paragraph(vec![Piece::Text(written.into())]);
            }
            Kind::Chart { label, points, .. } => self.chart(label, points),
            Kind::Qr { content, label } => {
                self.paragraph(vec![Piece::Strong(label), plain(" "), Piece::Code(content)]);
            }
            Kind::Link { label, url } => self.paragraph(vec![self.link(label, url)]),
            Kind::Avatar { member, .. } => self.paragraph(vec![Piece::Strong(self.name(member))]),
            Kind::Said(said) => self.said(said),
            Kind::Share(share) => {
                let url = self.cx.site.shared(&share.of, self.cx.at);
                let label = &share.label;
                self.paragraph(vec![Piece::Link { label, url }]);
            }
            Kind::Choice(choice) => self.choice(choice),
            // What only takes an answer has nothing to say here; the link at
            // the end leads to where it can be given.
            Kind::Button { .. }
            | Kind::Input(_)
            | Kind::Toggle { .. }
            | Kind::Rating { .. }
            | Kind::Upload(_) => {}
        }
    }

    fn children(&mut self, index: usize) {
        for child in self.view.children(index) {
            self.node(child);
        }
    }

    /// What stands beside each other in the card does so here if all of it is
    /// short: paragraphs become one line.
    fn line_of_children(&mut self, index: usize) {
        let start = self.blocks.len();
        self.children(index);
        let short = |block: &Block<'_>| match block {
            Block::Paragraph(pieces) => !pieces.iter().any(Piece::has_line_break),
            _ => false,
        };
        if !self.blocks[start..].iter().all(short) {
            return;
        }
        let mut line = Vec::new();
        for block in self.blocks.drain(start..) {
            if let Block::Paragraph(pieces) = block {
                if !line.is_empty() {
                    line.push(plain(" · "));
                }
                line.extend(pieces);
            }
        }
        self.paragraph(line);
    }

    fn piece(&self, span: &'a Span) -> Piece<'a> {
        match span {
            Span::Text(text) => plain(text),
            Span::Bold(text) => Piece::Strong(text),
            Span::Emphasis(text) => Piece::Emphasis(text),
            Span::Code(text) => Piece::Code(text),
            Span::Link { label, url } => self.link(label, url),
        }
    }

    fn link(&self, label: &'a str, url: &'a str) -> Piece<'a> {
        let url = match at::place_in(url) {
            Some(place) => at::address(self.cx.site.card_url, place).into(),
            None => url.into(),
        };
        Piece::Link { label, url }
    }

    fn stat(&mut self, label: &'a str, value: &'a str, change: Option<&'a str>) {
        let mut pieces = vec![plain(label), plain(" "), Piece::Strong(value)];
        if let Some(change) = change {
            pieces.extend([plain(" "), plain(change)]);
        }
        self.paragraph(pieces);
    }

    fn name(&self, member: &str) -> &'a str {
        &self.view.person(member).name
    }

    fn said(&mut self, said: &'a Said) {
        let colon = self.tongue.pick("：", ":");
        self.paragraph(vec![Piece::Strong(self.name(&said.member)), plain(colon)]);
        if !said.text.trim().is_empty() {
            self.blocks.push(Block::Quote(&said.text));
        }
    }

    fn meter(&mut self, label: &'a str, share: f64, count: u64, mine: bool) {
        let figures = format!("{} {} ({}) ", bar(share), percent(share), grouped(count));
        let mut pieces = vec![Piece::Text(figures.into()), plain(label)];
        if mine {
            pieces.push(plain(self.tongue.pick(" ✓ 你的选择", " ✓ your choice")));
        }
        self.item("", pieces);
    }

    fn chart(&mut self, label: &'a str, points: &'a [Point]) {
        if points.is_empty() {
            let none = self.tongue.pick(" 暂无数据", " No data yet");
            return self.paragraph(vec![Piece::Strong(label), plain(none)]);
        }
        self.paragraph(vec![Piece::Strong(label)]);
        for point in points {
            let value = format!(" {}", value(point.value));
            self.item("· ", vec![plain(&point.label), Piece::Text(value.into())]);
        }
    }

    fn choice(&mut self, choice: &'a Choice) {
        if self.heading != choice.label {
            self.paragraph(vec![plain(&choice.label)]);
        }
        let items = choice.options.iter().map(|option| Item {
            mark: match (choice.many, option.selected) {
                (false, false) => "○ ",
                (false, true) => "● ",
                (true, false) => "□ ",
                (true, true) => "■ ",
            },
            pieces: vec![plain(&option.label)],
        });
        self.blocks.push(Block::Items(items.collect()));
    }

    fn paragraph(&mut self, pieces: Vec<Piece<'a>>) {
        if pieces.iter().any(|piece| !piece.is_empty()) {
            self.blocks.push(Block::Paragraph(pieces));
        }
    }

    /// A line, together with those before it that have the same mark.
    fn item(&mut self, mark: &'static str, pieces: Vec<Piece<'a>>) {
        let item = Item { mark, pieces };
        match self.blocks.last_mut() {
            Some(Block::Items(items)) if items.last().is_some_and(|last| last.mark == mark) => {
                items.push(item);
            }
            _ => self.blocks.push(Block::Items(vec![item])),
        }
    }
}

impl Piece<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Strong(text) | Self::Emphasis(text) | Self::Code(text) => text,
            Self::Link { label, .. } => label,
            Self::Image { alt, .. } => alt,
        }
    }

    fn is_empty(&self) -> bool {
        self.text().trim().is_empty()
    }

    fn has_line_break(&self) -> bool {
        self.text().contains('\n')
    }
}

fn plain(text: &str) -> Piece<'_> {
    Piece::Text(text.into())
}

/// A share as ten blocks. Whatever is more than nothing has one.
fn bar(share: f64) -> String {
    let full = |block: u8| share * 10.0 >= f64::from(block) + 0.5 || (block == 0 && share > 0.0);
    (0..10)
        .map(|block| if full(block) { '█' } else { '░' })
        .collect()
}
