//! Elements that arrange others.

use super::{Children, Element, Tone, wit};

/// Children below each other.
pub fn column(children: impl Children) -> Element {
    Element::parent(wit::Kind::Column, children)
}

/// Children beside each other, wrapping.
pub fn row(children: impl Children) -> Element {
    Element::parent(wit::Kind::Row, children)
}

/// Children in so many equal columns: 1 to 6, fewer where it is narrow.
pub fn grid(columns: u8, children: impl Children) -> Element {
    Element::parent(wit::Kind::Grid(columns), children)
}

/// Children side by side, scrolled sideways.
pub fn carousel(children: impl Children) -> Element {
    Element::parent(wit::Kind::Carousel, children)
}

/// Children shown when the label is opened.
pub fn details(label: impl Into<String>, children: impl Children) -> Element {
    Element::parent(wit::Kind::Details(label.into()), children)
}

/// Inputs and the buttons that submit them: at least one button, and no form
/// inside a form. Each button submits all inputs of its form.
pub fn form(children: impl Children) -> Element {
    Element::parent(wit::Kind::Form, children)
}

/// A tinted box around its children.
pub fn panel(children: impl Children) -> Panel {
    Panel(Element::parent(
        wit::Kind::Panel(wit::Panel {
            tone: Tone::Neutral,
            title: None,
        }),
        children,
    ))
}

/// A tinted box. From [`panel`].
#[derive(Clone, Debug, PartialEq)]
pub struct Panel(Element);

impl Panel {
    /// Words above the children.
    #[must_use]
    pub fn title(mut self, text: impl Into<String>) -> Self {
        self.record().title = Some(text.into());
        self
    }

    /// Its colour, by meaning; neutral unless said otherwise.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.record().tone = tone;
        self
    }

    fn record(&mut self) -> &mut wit::Panel {
        match &mut self.0.kind {
            wit::Kind::Panel(panel) => panel,
            _ => unreachable!("`panel` made it one"),
        }
    }
}

impl From<Panel> for Element {
    fn from(panel: Panel) -> Self {
        panel.0
    }
}

impl Children for Panel {
    fn add_to(self, elements: &mut Vec<Element>) {
        elements.push(self.0);
    }
}
