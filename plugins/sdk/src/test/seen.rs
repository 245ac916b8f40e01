//! A drawn card, to be looked at by a test.

use std::fmt;

use serde::Serialize;

use super::tree;
use crate::bindings::card::quanka::card::view as wit;
use crate::time::Timestamp;
use crate::{Reader, view};

/// A card as one reader saw it.
///
/// [`Display`](fmt::Display) writes it as an indented tree, one node a line,
/// which is what a snapshot test compares:
///
/// ```text
/// # 下个月读什么？
/// column
///   heading 2 "下个月读什么？"
///   form
///     choice `choice` "选一项": a "三体" | b "边城" (1 of them)
///     button "投票" (primary) → vote
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub(super) view: wit::View,
    /// Which page it is of.
    pub(super) at: String,
    pub(super) reader: Reader,
    pub(super) is_private: bool,
    pub(super) expires_at: Option<Timestamp>,
}

impl Seen {
    /// The title, for previews.
    pub fn title(&self) -> &str {
        &self.view.title
    }

    /// The summary, for previews.
    pub fn summary(&self) -> &str {
        &self.view.summary
    }

    /// Whether the view is this reader's alone, because the card asked who is
    /// looking. A reader without a session has no view of their own.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// When the card must be drawn again even if nothing is written, because
    /// it asked for the time.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Whether some text in the card contains this.
    pub fn contains(&self, text: &str) -> bool {
        self.kinds()
            .any(|kind| tree::words(kind).iter().any(|words| words.contains(text)))
    }

    /// Whether some button offers an action of this name.
    pub fn offers_action(&self, name: &str) -> bool {
        self.offers().any(|(_, offer)| offer.name == name)
    }

    /// Whether some button offers an action of this name with this payload.
    ///
    /// # Panics
    /// If `payload` cannot be JSON.
    pub fn offers_action_with(&self, name: &str, payload: &(impl Serialize + ?Sized)) -> bool {
        let payload = serde_json::to_string(payload).expect("a payload can be JSON");
        self.offers()
            .any(|(_, offer)| offer.name == name && offer.payload == payload)
    }

    /// What the offers of this name carry, as JSON text, in the order of the
    /// view; empty for one that carries nothing.
    pub fn payloads(&self, name: &str) -> impl Iterator<Item = &str> {
        let offers = self.offers().map(|(_, offer)| offer);
        offers
            .filter(move |offer| offer.name == name)
            .map(|offer| offer.payload.as_str())
    }

    /// Whether some link leads to this page of the card.
    pub fn links_to(&self, place: &str) -> bool {
        self.kinds().any(|kind| match kind {
            wit::Kind::Link(link) => link.url.strip_prefix("card:") == Some(place),
            _ => false,
        })
    }

    /// Every node, in pre-order.
    pub fn kinds(&self) -> impl Iterator<Item = &wit::Kind> {
        self.view.nodes.iter().map(|node| &node.kind)
    }

    /// Every offer and the index of its node: a button, or a way to share.
    pub(super) fn offers(&self) -> impl Iterator<Item = (usize, &wit::ActionOffer)> {
        self.kinds()
            .enumerate()
            .filter_map(|(at, kind)| match kind {
                wit::Kind::Button(button) => Some((at, &button.offer)),
                wit::Kind::Share(share) => share.offer.as_ref().map(|offer| (at, offer)),
                _ => None,
            })
    }

    /// The nodes of the form around a node; none if there is no form.
    pub(super) fn form_around(&self, at: usize) -> &[wit::Node] {
        let nodes = &self.view.nodes;
        (0..at)
            .filter(|&form| matches!(nodes[form].kind, wit::Kind::Form))
            .map(|form| form..tree::end_of(nodes, form))
            .find(|form| form.contains(&at))
            .map_or(&[], |form| &nodes[form])
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree::write(f, &self.view)
    }
}

impl view::View {
    /// The tree as text, for tests of functions that make a view without a
    /// host.
    pub fn to_tree(&self) -> String {
        struct Tree(wit::View);
        impl fmt::Display for Tree {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                tree::write(f, &self.0)
            }
        }
        Tree(self.clone().into_wit()).to_string()
    }
}
