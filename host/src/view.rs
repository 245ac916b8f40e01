//! The view a plugin draws, as a typed tree, and every surface of it.
//!
//! One tree, many surfaces: HTML, JSON, plain text, Markdown, a picture. This is the only
//! way plugin output reaches a page, and there is no path for markup in it.
//! Pure: no I/O, not async, no clock, no signing. Offers arrive here already
//! signed, as a table of tokens, and people introduced. May import nothing of
//! the host.

pub mod at;
pub mod check;
pub mod document;
pub mod html;
pub mod inputs;
mod instant;
pub mod json;
mod links;
pub mod markdown;
mod names;
pub mod oembed;
mod outline;
mod people;
pub mod picture;
#[cfg(test)]
mod samples;
mod site;
pub mod text;
mod version;
mod words;
mod xml;

pub use at::At;
pub use check::{CheckedView, Malformed, OfferAt, ViewLimits, check};
pub use document::{
    Document, DocumentKind, NoticeDocument, NoticeReason, Theme, ToastTone, document,
    notice_document,
};
pub use html::{HtmlContext, Interaction, Pages, Submission, html};
pub use inputs::{AcceptedInputs, FieldMessages, InputDeclaration, accept};
pub use json::{JsonContext, ViewObject, json};
pub use markdown::markdown;
use people::People;
pub use people::{Person, Who};
pub use site::{MEDIA_PREFIX, Site, is_media_id};
pub use text::{PlainContext, text};

/// The room a card has.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// One or two lines.
    Compact,
    /// The usual card inside an article.
    Standard,
    /// A page of its own, or nearly.
    Feed,
}

/// A card as a plugin drew it, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// For page titles, previews and screen readers.
    pub title: String,
    /// One or two sentences; may be empty.
    pub summary: String,
    /// A picture for previews.
    pub image: Option<String>,
    /// The tree in pre-order.
    pub nodes: Vec<Node>,
}

/// One node; its children's subtrees follow it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// How many children follow.
    pub children: u32,
}

/// Every kind of node. See `wit/v1/view.wit` for what each means.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum Kind {
    Column,
    Row,
    Grid(u8),
    Panel {
        tone: Tone,
        title: Option<String>,
    },
    Carousel,
    Details(String),
    Form,
    Heading {
        level: u8,
        text: String,
    },
    Text {
        content: String,
        style: TextStyle,
        tone: TextTone,
        max_lines: Option<u8>,
    },
    Rich(Vec<Span>),
    Image {
        source: String,
        alt: String,
        width: u32,
        height: u32,
    },
    Badge {
        text: String,
        tone: Tone,
    },
    Stat {
        label: String,
        value: String,
        change: Option<String>,
    },
    Progress {
        label: String,
        share: f64,
    },
    Meter {
        label: String,
        share: f64,
        count: u64,
        mine: bool,
    },
    Divider,
    Time {
        instant: u64,
        style: TimeStyle,
    },
    Chart {
        style: ChartStyle,
        label: String,
        points: Vec<Point>,
    },
    Qr {
        content: String,
        label: String,
    },
    Avatar {
        member: String,
        style: AvatarStyle,
    },
    Said(Said),
    Button {
        label: String,
        offer: ActionOffer,
        style: ButtonStyle,
    },
    Link {
        label: String,
        url: String,
    },
    Input(Input),
    Choice(Choice),
    Toggle {
        name: String,
        label: String,
        value: bool,
    },
    Rating {
        name: String,
        label: String,
        max: u8,
        value: u8,
        required: bool,
    },
    Upload(Upload),
    Share(Share),
    Ext {
        name: String,
        props: Vec<(String, String)>,
    },
}

/// A colour by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum Tone {
    Neutral,
    Accent,
    Success,
    Warning,
    Danger,
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum TextStyle {
    Body,
    Lead,
    Caption,
    Quote,
}

/// The mood of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum TextTone {
    Normal,
    Muted,
    Success,
    Warning,
    Danger,
}

/// A piece of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum Span {
    Text(String),
    Bold(String),
    Emphasis(String),
    Code(String),
    Link { label: String, url: String },
}

/// How an instant is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum TimeStyle {
    Relative,
    Date,
    DateTime,
    Countdown,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum ChartStyle {
    Bar,
    Line,
    Spark,
}

/// One point of a chart.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct Point {
    pub label: String,
    pub value: f64,
}

/// How a member is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum AvatarStyle {
    Picture,
    Named,
}

/// Words of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whose.
    pub member: String,
    /// What they said.
    pub text: String,
    /// The post it is of.
    pub post: Option<String>,
    /// Cut after so many lines.
    pub max_lines: Option<u8>,
    /// Whether the host has put a word of its own in place of the text,
    /// because the post was removed or its author erased. Never set by a
    /// plugin.
    pub masked: bool,
}

impl Said {
    /// The post that a reader may report: none for words of no post, and none
    /// that are gone.
    fn reportable(&self) -> Option<&str> {
        self.post.as_deref().filter(|_| !self.masked)
    }
}

/// A field for pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct Upload {
    pub name: String,
    pub label: String,
    pub required: bool,
    pub max: u8,
}

/// A way to share something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct Share {
    pub label: String,
    pub of: ShareOf,
    pub offer: Option<ActionOffer>,
}

/// What is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum ShareOf {
    Card,
    Post(String),
}

/// Who may take an offer, from most to fewest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum Audience {
    Anyone,
    SignedIn,
    Member,
    Featured,
    Moderator,
    Owner,
}

/// How often an offer may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum Once {
    PerTap,
    PerViewer,
    PerCard,
}

/// An action a view offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct ActionOffer {
    pub name: String,
    pub payload: String,
    pub audience: Audience,
    pub once: Once,
    pub confirm: Option<String>,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum ButtonStyle {
    Primary,
    Secondary,
    Quiet,
    Danger,
}

/// A field to type in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct Input {
    pub kind: InputKind,
    pub name: String,
    pub label: String,
    pub placeholder: Option<String>,
    pub value: Option<String>,
    pub required: bool,
    pub min: Option<String>,
    pub max: Option<String>,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum InputKind {
    Text,
    Multiline,
    Number,
    Date,
}

/// One or several of a few options.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct Choice {
    pub name: String,
    pub label: String,
    pub style: ChoiceStyle,
    pub options: Vec<ChoiceOption>,
    pub many: bool,
    pub min: u32,
    pub max: u32,
}

/// How a choice looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub enum ChoiceStyle {
    List,
    Chips,
    Menu,
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented in wit/v1/view.wit, one to one")]
pub struct ChoiceOption {
    pub value: String,
    pub label: String,
    pub selected: bool,
}
