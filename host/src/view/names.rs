//! The names that kinds and cases have in `wit/v1/view.wit`: what JSON calls
//! them, what a message to an author calls them, and what classes are made of.

use super::{
    Audience, AvatarStyle, ButtonStyle, ChartStyle, ChoiceStyle, InputKind, Kind, Once, Size, Span,
    TextStyle, TextTone, TimeStyle, ToastTone, Tone,
};

macro_rules! names {
    ($($type:ident { $($case:ident $name:literal),+ $(,)? })+) => {$(
        impl $type {
            /// Its name in the contract.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$case => $name,)+
                }
            }
        }
    )+};
}

names! {
    Size { Compact "compact", Standard "standard", Feed "feed" }
    Tone {
        Neutral "neutral", Accent "accent", Success "success", Warning "warning", Danger "danger",
    }
    TextStyle { Body "body", Lead "lead", Caption "caption", Quote "quote" }
    TextTone {
        Normal "normal", Muted "muted", Success "success", Warning "warning", Danger "danger",
    }
    TimeStyle { Relative "relative", Date "date", DateTime "date-time", Countdown "countdown" }
    AvatarStyle { Picture "picture", Named "named" }
    ChartStyle { Bar "bar", Line "line", Spark "spark" }
    Audience {
        Anyone "anyone", SignedIn "signed-in", Member "member", Featured "featured",
        Moderator "moderator", Owner "owner",
    }
    Once { PerTap "per-tap", PerViewer "per-viewer", PerCard "per-card" }
    ButtonStyle { Primary "primary", Secondary "secondary", Quiet "quiet", Danger "danger" }
    InputKind { Text "text", Multiline "multiline", Number "number", Date "date" }
    ChoiceStyle { List "list", Chips "chips", Menu "menu" }
    ToastTone { Info "info", Success "success", Warning "warning" }
}

impl Kind {
    /// Its name in the contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Row => "row",
            Self::Grid(_) => "grid",
            Self::Panel { .. } => "panel",
            Self::Carousel => "carousel",
            Self::Details(_) => "details",
            Self::Form => "form",
            Self::Heading { .. } => "heading",
            Self::Text { .. } => "text",
            Self::Rich(_) => "rich",
            Self::Image { .. } => "image",
            Self::Badge { .. } => "badge",
            Self::Stat { .. } => "stat",
            Self::Progress { .. } => "progress",
            Self::Meter { .. } => "meter",
            Self::Divider => "divider",
            Self::Time { .. } => "time",
            Self::Chart { .. } => "chart",
            Self::Qr { .. } => "qr",
            Self::Avatar { .. } => "avatar",
            Self::Said(_) => "said",
            Self::Button { .. } => "button",
            Self::Link { .. } => "link",
            Self::Input(_) => "input",
            Self::Choice(_) => "choice",
            Self::Toggle { .. } => "toggle",
            Self::Rating { .. } => "rating",
            Self::Upload(_) => "upload",
            Self::Share(_) => "share",
            Self::Ext { .. } => "ext",
        }
    }
}

impl Span {
    /// Its name in the contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Bold(_) => "bold",
            Self::Emphasis(_) => "emphasis",
            Self::Code(_) => "code",
            Self::Link { .. } => "link",
        }
    }
}
