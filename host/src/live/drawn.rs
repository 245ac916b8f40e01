//! A view that was drawn and checked, and its surfaces.

use super::basis::Basis;
use super::cache::{Keep, ViewKey};
use super::hub::Watched;
use super::surface::{Encoded, Surface};
use crate::identity::ReaderId;
use crate::view::picture::{self, PictureContext, picture};
use crate::view::{
    CheckedView, HtmlContext, Interaction, JsonContext, Pages, PlainContext, Site, html, json,
    markdown, text,
};
use std::sync::{Arc, OnceLock};
use tokio::sync::OnceCell;

/// What one render gave.
#[derive(Debug)]
pub struct Drawn {
    /// The tree.
    pub view: CheckedView,
    /// What the surfaces say of the card.
    pub place: Arc<Place>,
    /// Which view it is.
    pub key: ViewKey,
    /// Whether it depends on its reader, *none* included.
    pub private: bool,
    /// The session it was drawn for.
    pub reader: Option<ReaderId>,
    /// What it was drawn from.
    pub basis: Basis,
    /// The signed offers, in the order of the view; none when the card takes
    /// no actions.
    pub tokens: Option<Vec<String>>,
    surfaces: [OnceLock<Encoded>; Surface::ALL.len()],
    pictures: [OnceCell<Encoded>; PictureSize::ALL.len()],
}

/// What the surfaces say of a card.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its slug.
    pub card: String,
    /// Its circle.
    pub circle: String,
    /// Its circle's name.
    pub circle_name: String,
    /// Its publisher's name.
    pub publisher: String,
    /// Its own address: that of the first of its pages.
    pub url: String,
    /// The host's origin.
    pub host: String,
}

impl Place {
    /// Where links of its surfaces lead.
    pub fn site(&self) -> Site<'_> {
        Site {
            host: &self.host,
            circle: &self.circle,
            card_url: &self.url,
        }
    }
}

/// The sizes a picture is painted in: that of previews, and smaller ones for
/// who has less room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSize {
    /// 1200 × 630, which Open Graph asks for.
    Large,
    /// 600 × 315
    Medium,
    /// 280 × 147
    Small,
}

impl PictureSize {
    /// Every size, the largest first.
    pub const ALL: [PictureSize; 3] = [PictureSize::Large, PictureSize::Medium, PictureSize::Small];

    /// Its width in pixels.
    pub fn width_px(self) -> u32 {
        match self {
            PictureSize::Large => picture::WIDTH,
            PictureSize::Medium => 600,
            PictureSize::Small => 280,
        }
    }

    /// Its height in pixels. Whole for every size: all are of one shape.
    pub fn height_px(self) -> u32 {
        self.width_px() * picture::HEIGHT / picture::WIDTH
    }
}

/// What a render gave besides the tree.
#[derive(Debug)]
pub struct DrawnFacts {
    /// See [`Drawn::place`].
    pub place: Arc<Place>,
    /// See [`Drawn::key`].
    pub key: ViewKey,
    /// See [`Drawn::private`].
    pub private: bool,
    /// See [`Drawn::reader`].
    pub reader: Option<ReaderId>,
    /// See [`Drawn::basis`].
    pub basis: Basis,
    /// See [`Drawn::tokens`].
    pub tokens: Option<Vec<String>>,
}

impl Drawn {
    /// A view with what is known about it.
    pub fn new(view: CheckedView, facts: DrawnFacts) -> Drawn {
        Drawn {
            view,
            place: facts.place,
            key: facts.key,
            private: facts.private,
            reader: facts.reader,
            basis: facts.basis,
            tokens: facts.tokens,
            surfaces: Default::default(),
            pictures: Default::default(),
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
            site: self.place.site(),
            at: &self.key.at,
            locale: &self.key.locale,
        };
        match surface {
            Surface::Html => self.section(),
            Surface::Json => {
                serde_json::to_string(&json(&self.view, &self.json_context(freshness)))
                    .expect("every key is a string and a string takes all that is written")
            }
            Surface::Text => text(&self.view, &plain),
            Surface::Markdown => markdown(&self.view, &plain),
            Surface::Svg => picture(
                &self.view,
                &PictureContext {
                    url: &self.url_to_scan(),
                    locale: &self.key.locale,
                    circle: &self.place.circle_name,
                    publisher: &self.place.publisher,
                },
            ),
        }
    }

    /// The address of the page it shows.
    pub fn url(&self) -> String {
        self.key.at.address(&self.place.url)
    }

    /// The same, as long as a telephone can read it off a code of that size.
    fn url_to_scan(&self) -> String {
        const BYTES_MAX: usize = 256;
        let url = self.url();
        match url.len() <= BYTES_MAX {
            true => url,
            false => self.place.url.clone(),
        }
    }

    /// Where the painted picture is kept, once it is.
    pub fn picture(&self, size: PictureSize) -> &OnceCell<Encoded> {
        &self.pictures[size as usize]
    }

    /// The view object, as a part of another.
    pub fn object(&self, freshness: Freshness) -> serde_json::Value {
        serde_json::to_value(json(&self.view, &self.json_context(freshness)))
            .expect("every key is a string")
    }

    fn json_context(&self, freshness: Freshness) -> JsonContext<'_> {
        JsonContext {
            card: &self.place.card,
            site: self.place.site(),
            locale: &self.key.locale,
            size: self.key.size,
            at: &self.key.at,
            // The view of *none* is everybody's, whatever it asked about them.
            private: self.private && self.reader.is_some(),
            stale: freshness == Freshness::Stale,
            expires_at: self.basis.expires_at_ms(),
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
                site: self.place.site(),
                locale: &self.key.locale,
                size: self.key.size,
                at: &self.key.at,
                pages: Pages {
                    url: &self.place.url,
                    stay: false,
                },
                interaction: Interaction::ReadOnly {
                    open_url: &self.url(),
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
    fn key(&self) -> &ViewKey {
        &self.key
    }

    fn basis(&self) -> &Basis {
        &self.basis
    }

    fn is_private(&self) -> bool {
        self.private
    }

    fn bytes(&self) -> usize {
        let tokens = self.tokens.iter().flatten();
        let tokens = tokens.map(|token| token.len() + size_of::<String>());
        let surfaces = self.surfaces.iter().filter_map(OnceLock::get);
        let pictures = self.pictures.iter().filter_map(OnceCell::get);
        let surfaces = surfaces.chain(pictures);
        size_of::<Self>()
            + self.view.bytes()
            + self.basis.bytes()
            + tokens.sum::<usize>()
            + surfaces.map(Encoded::bytes).sum::<usize>()
    }
}

impl Watched for Drawn {
    fn version(&self) -> &str {
        self.view.version()
    }
}
