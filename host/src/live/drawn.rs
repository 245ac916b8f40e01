//! A view that was drawn and checked, and its surfaces.

use super::cache::Keep;
use super::surface::{Encoded, Surface};
use crate::identity::ReaderId;
use crate::store::Seq;
use crate::view::{
    CheckedView, HtmlContext, Interaction, JsonContext, PlainContext, Size, html, json, markdown,
    text,
};
use std::sync::{Arc, OnceLock};

/// What one render gave.
#[derive(Debug)]
pub struct Drawn {
    /// The tree.
    pub view: CheckedView,
    /// What the surfaces say of the card.
    pub place: Arc<Place>,
    /// The locale it is in.
    pub locale: String,
    /// The room it was drawn for.
    pub size: Size,
    /// Whether it depends on its reader, *none* included.
    pub private: bool,
    /// The session it was drawn for.
    pub reader: Option<ReaderId>,
    /// When it stops being right.
    pub expires_at_ms: Option<u64>,
    /// The circle's newest commit when it was drawn.
    pub seq: Seq,
    /// The signed offers, in the order of the view; none when the card takes
    /// no actions.
    pub tokens: Option<Vec<String>>,
    surfaces: [OnceLock<Encoded>; Surface::ALL.len()],
}

/// What the surfaces say of a card.
#[derive(Debug)]
pub struct Place {
    /// Its slug.
    pub card: String,
    /// Its circle.
    pub circle: String,
    /// Its own page.
    pub url: String,
}

/// What a render gave besides the tree.
#[derive(Debug)]
pub struct DrawnFacts {
    /// See [`Drawn::place`].
    pub place: Arc<Place>,
    /// See [`Drawn::locale`].
    pub locale: String,
    /// See [`Drawn::size`].
    pub size: Size,
    /// See [`Drawn::private`].
    pub private: bool,
    /// See [`Drawn::reader`].
    pub reader: Option<ReaderId>,
    /// See [`Drawn::expires_at_ms`].
    pub expires_at_ms: Option<u64>,
    /// See [`Drawn::seq`].
    pub seq: Seq,
    /// See [`Drawn::tokens`].
    pub tokens: Option<Vec<String>>,
}

impl Drawn {
    /// A view with what is known about it.
    pub fn new(view: CheckedView, facts: DrawnFacts) -> Drawn {
        Drawn {
            view,
            place: facts.place,
            locale: facts.locale,
            size: facts.size,
            private: facts.private,
            reader: facts.reader,
            expires_at_ms: facts.expires_at_ms,
            seq: facts.seq,
            tokens: facts.tokens,
            surfaces: Default::default(),
        }
    }

    /// A surface as ready-made bytes, written when first asked for.
    pub fn encoded(&self, surface: Surface) -> &Encoded {
        self.surfaces[surface as usize]
            .get_or_init(|| Encoded::new(self.written(surface, Freshness::Fresh)))
    }

    /// A surface, written now.
    pub fn written(&self, surface: Surface, freshness: Freshness) -> String {
        let plain = PlainContext {
            card_url: &self.place.url,
            locale: &self.locale,
        };
        match surface {
            Surface::Html => self.section(),
            Surface::Json => {
                serde_json::to_string(&json(&self.view, &self.json_context(freshness)))
                    .expect("every key is a string and a string takes all that is written")
            }
            Surface::Text => text(&self.view, &plain),
            Surface::Markdown => markdown(&self.view, &plain),
        }
    }

    /// The view object, as a part of another.
    pub fn object(&self, freshness: Freshness) -> serde_json::Value {
        serde_json::to_value(json(&self.view, &self.json_context(freshness)))
            .expect("every key is a string")
    }

    fn json_context(&self, freshness: Freshness) -> JsonContext<'_> {
        JsonContext {
            card: &self.place.card,
            circle: &self.place.circle,
            locale: &self.locale,
            size: self.size,
            // The view of *none* is everybody's, whatever it asked about them.
            private: self.private && self.reader.is_some(),
            stale: freshness == Freshness::Stale,
            expires_at: self.expires_at_ms,
            tokens: self.tokens.as_deref(),
        }
    }

    /// The section alone, as `/view?as=html` has it: to look at, since it
    /// stands in no document that could act.
    fn section(&self) -> String {
        html(
            &self.view,
            &HtmlContext {
                card: &self.place.card,
                locale: &self.locale,
                size: self.size,
                interaction: Interaction::ReadOnly {
                    open_url: &self.place.url,
                },
            },
        )
    }
}

/// Whether a view is right, or the last good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Right.
    Fresh,
    /// Was right before the plugin failed.
    Stale,
}

impl Keep for Drawn {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn expires_at_ms(&self) -> Option<u64> {
        self.expires_at_ms
    }

    fn is_private(&self) -> bool {
        self.private
    }

    fn bytes(&self) -> usize {
        // Asked once, when it is kept, so it allows for the surfaces that may
        // yet be written: about a kilobyte a node over all of them and their
        // codings, and each token in HTML and JSON, thrice.
        let tokens = self.tokens.iter().flatten().map(String::len).sum::<usize>();
        1024 + 6 * tokens + 1024 * self.view.view().nodes.len()
    }
}
