//! What a card looks like, built by functions that nest as the view does.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn render(liked: bool, names: &[&str]) -> View {
//! View::new("读书会").summary("每周一次").body((
//!     heading(2, "读书会"),
//!     text("周五晚上八点").muted(),
//!     liked.then(|| badge("已报名").success()),
//!     row(each(names, |name| badge(*name))),
//!     button("报名", offer("join")).primary(),
//! ))
//! # }
//! ```
//!
//! Children are whatever is [`Children`]: one element, a tuple, an array or a
//! `Vec` of them, an `Option`, and [`each`] for iterators, nested as you like.
//! There is no markup: the host turns the tree into HTML, JSON, text and
//! Markdown, and its limits are 2,000 nodes, 32 levels and 256 KiB of text.

mod content;
mod input;
mod interaction;
mod layout;
mod people;

use crate::bindings::card::quanka::card::view as wit;

pub use content::{
    Badge, Chart, Meter, Span, Stat, Text, Time, badge, bold, chart, code, divider, emphasis,
    heading, image, meter, plain, progress, qr, rich, span_link, stat, text, time,
};
pub use input::{Choice, Input, Rating, Toggle, Upload, choice, input, rating, toggle, upload};
pub use interaction::{
    Button, Ext, Offer, Share, button, ext, link, link_to, offer, share, share_post,
};
pub use layout::{Panel, carousel, column, details, form, grid, panel, row};
pub use people::{Avatar, Picture, Said, avatar, picture, said, said_post};
pub use wit::{Audience, Once, Tone};

/// A card, drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    title: String,
    summary: String,
    image: Option<String>,
    body: Vec<Element>,
}

impl View {
    /// A view with a title of 1 to 120 characters: for page titles, link
    /// previews and screen readers. It is not repeated inside the card.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            summary: String::new(),
            image: None,
            body: Vec::new(),
        }
    }

    /// One or two sentences for link previews.
    #[must_use]
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.summary = text.into();
        self
    }

    /// A picture for link previews: an `https:` address.
    #[must_use]
    pub fn image(mut self, url: impl Into<String>) -> Self {
        self.image = Some(url.into());
        self
    }

    /// What is in the card. Several children stand below each other.
    #[must_use]
    pub fn body(mut self, children: impl Children) -> Self {
        children.add_to(&mut self.body);
        self
    }

    /// The tree as the contract has it: flat, in pre-order.
    pub(crate) fn into_wit(self) -> wit::View {
        let mut body = self.body;
        let root = match (body.pop(), body.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                body.extend(last);
                column(body)
            }
        };
        let mut nodes = Vec::with_capacity(root.count());
        root.flatten(&mut nodes);
        wit::View {
            title: self.title,
            summary: self.summary,
            image: self.image,
            nodes,
        }
    }
}

/// One part of a view, with what is in it. Made by the functions of this
/// module; builders such as [`Button`] become one by themselves wherever
/// [`Children`] are expected, and by `.into()` anywhere else.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    kind: wit::Kind,
    children: Vec<Element>,
}

impl Element {
    fn leaf(kind: wit::Kind) -> Self {
        Self {
            kind,
            children: Vec::new(),
        }
    }

    fn parent(kind: wit::Kind, children: impl Children) -> Self {
        let mut element = Self::leaf(kind);
        children.add_to(&mut element.children);
        element
    }

    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    fn flatten(self, nodes: &mut Vec<wit::Node>) {
        let children = u32::try_from(self.children.len()).expect("fewer nodes than addresses");
        nodes.push(wit::Node {
            kind: self.kind,
            children,
        });
        for child in self.children {
            child.flatten(nodes);
        }
    }
}

/// What can stand inside an element: elements, and whatever holds some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand inside an element",
    note = "a tuple has at most 12 children: put some into a tuple of their own, which changes \
            nothing in the view",
    note = "for an iterator there is `each(items, |item| …)`; words are `text(words)`"
)]
pub trait Children {
    /// Adds them, in order.
    fn add_to(self, elements: &mut Vec<Element>);
}

impl Children for Element {
    fn add_to(self, elements: &mut Vec<Element>) {
        elements.push(self);
    }
}

/// None, or what it holds: `closed.then(|| badge("已结束"))`.
impl<C: Children> Children for Option<C> {
    fn add_to(self, elements: &mut Vec<Element>) {
        if let Some(children) = self {
            children.add_to(elements);
        }
    }
}

impl<C: Children> Children for Vec<C> {
    fn add_to(self, elements: &mut Vec<Element>) {
        for children in self {
            children.add_to(elements);
        }
    }
}

impl<C: Children, const N: usize> Children for [C; N] {
    fn add_to(self, elements: &mut Vec<Element>) {
        for children in self {
            children.add_to(elements);
        }
    }
}

/// Children from what can be iterated over, one call of `draw` for each item.
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn draw(names: &[String]) -> Element {
/// row(each(names, |name| badge(name)))
/// # }
/// ```
pub fn each<I, C, F>(items: I, draw: F) -> Each<I, F>
where
    I: IntoIterator,
    C: Children,
    F: FnMut(I::Item) -> C,
{
    Each { items, draw }
}

/// Children that are drawn one by one. From [`each`].
#[derive(Clone, Debug)]
pub struct Each<I, F> {
    items: I,
    draw: F,
}

impl<I, C, F> Children for Each<I, F>
where
    I: IntoIterator,
    C: Children,
    F: FnMut(I::Item) -> C,
{
    fn add_to(mut self, elements: &mut Vec<Element>) {
        for item in self.items {
            (self.draw)(item).add_to(elements);
        }
    }
}

macro_rules! tuples_are_children {
    ($(($($child:ident)*))*) => {$(
        impl<$($child: Children),*> Children for ($($child,)*) {
            #[allow(non_snake_case, unused_variables, reason = "named after their types")]
            fn add_to(self, elements: &mut Vec<Element>) {
                let ($($child,)*) = self;
                $($child.add_to(elements);)*
            }
        }
    )*};
}

tuples_are_children! {
    ()
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
}

/// Lets a builder of a leaf stand wherever an element can.
macro_rules! leaf_builder {
    ($builder:ident => $kind:ident) => {
        impl From<$builder> for $crate::view::Element {
            fn from(builder: $builder) -> Self {
                $crate::view::Element::leaf(wit::Kind::$kind(builder.0))
            }
        }

        impl $crate::view::Children for $builder {
            fn add_to(self, elements: &mut Vec<$crate::view::Element>) {
                elements.push(self.into());
            }
        }
    };
}
use leaf_builder;

#[cfg(test)]
mod tests;
