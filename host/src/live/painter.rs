//! Pictures of cards from SVG to PNG, with the type that this machine has.
//!
//! Painting takes tens of milliseconds of one core, so it is done on threads
//! of its own, few at once, and whoever cannot be served soon is sent away.
//! The only module that knows resvg. What is painted is the host's own SVG, so
//! nothing in it is loaded from anywhere. Holds no pictures: `Drawn` does.

use crate::view::picture::{HEIGHT, WIDTH};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, Semaphore};

/// Paints pictures.
#[derive(Debug)]
pub struct Painter {
    limits: PainterLimits,
    places: Arc<Semaphore>,
    type_here: OnceCell<Arc<fontdb::Database>>,
}

/// What painting may take, and what it has.
#[derive(Clone, Debug)]
pub struct PainterLimits {
    /// Pictures painted at once; 0 paints none.
    pub at_once_max: usize,
    /// How long one may take, waiting for its turn included.
    pub paint: Duration,
    /// Fonts, and folders of them; none means the system's.
    pub fonts: Vec<PathBuf>,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaintError {
    /// The operator wants none.
    #[error("this host paints no pictures")]
    Off,
    /// Too many others are being painted.
    #[error("no picture was painted in time")]
    Busy,
    /// A defect: the host's own SVG could not be read.
    #[error("the picture could not be painted")]
    Broken,
}

impl Painter {
    /// A painter that has not looked for type yet.
    pub fn new(limits: PainterLimits) -> Painter {
        Painter {
            places: Arc::new(Semaphore::new(limits.at_once_max)),
            limits,
            type_here: OnceCell::new(),
        }
    }

    /// Whether it paints at all.
    pub fn paints(&self) -> bool {
        self.limits.at_once_max > 0
    }

    /// Looks for type, which takes a moment, and says in the log what is
    /// missing. Done at start, so that the first picture need not wait.
    pub async fn make_ready(&self) {
        if self.paints() {
            let _ = self.type_here().await;
        }
    }

    /// A picture as PNG, so many pixels wide.
    ///
    /// # Errors
    ///
    /// See [`PaintError`].
    pub async fn paint(&self, svg: String, width_px: u32) -> Result<Vec<u8>, PaintError> {
        if !self.paints() {
            return Err(PaintError::Off);
        }
        let painted = tokio::time::timeout(self.limits.paint, self.paint_in_turn(svg, width_px));
        painted.await.unwrap_or(Err(PaintError::Busy))
    }

    async fn paint_in_turn(&self, svg: String, width_px: u32) -> Result<Vec<u8>, PaintError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|_closed| PaintError::Off)?;
        let fonts = self.type_here().await;
        let work = move || {
            // Held to the end, whether anybody still waits or not: what runs
            // on a thread cannot be stopped.
            let _place = place;
            png(&svg, width_px, fonts)
        };
        let painted = tokio::task::spawn_blocking(work).await;
        painted.ok().flatten().ok_or_else(|| {
            tracing::error!("a picture of the host's own making could not be painted");
            PaintError::Broken
        })
    }

    async fn type_here(&self) -> Arc<fontdb::Database> {
        let found = self.type_here.get_or_init(|| async {
            let fonts = self.limits.fonts.clone();
            let found = tokio::task::spawn_blocking(move || look_for_type(&fonts)).await;
            found.unwrap_or_default()
        });
        Arc::clone(found.await)
    }
}

fn look_for_type(fonts: &[PathBuf]) -> Arc<fontdb::Database> {
    let began = Instant::now();
    let mut found = fontdb::Database::new();
    if fonts.is_empty() {
        found.load_system_fonts();
    }
    for path in fonts {
        if path.is_dir() {
            found.load_fonts_dir(path);
        } else if let Err(error) = found.load_font_file(path) {
            tracing::warn!(path = %path.display(), %error, "picture.fonts: not a font");
        }
    }
    name_a_serif(&mut found);
    let found = Arc::new(found);
    let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match has_type_for("圈", &found) {
        true => tracing::debug!(faces = found.len(), elapsed_ms, "type for pictures"),
        false => tracing::warn!(
            faces = found.len(),
            "no font here has Chinese, so pictures of Chinese cards show boxes: install one, \
             such as Noto Sans CJK, or name one in picture.fonts"
        ),
    }
    found
}

/// Words of families that are not here are set in the generic serif, and left
/// out whole where that stands for nothing either. Any face will do then:
/// letters it lacks are taken from others.
fn name_a_serif(fonts: &mut fontdb::Database) {
    let serif = fontdb::Query {
        families: &[fontdb::Family::Serif],
        ..fontdb::Query::default()
    };
    if fonts.query(&serif).is_some() {
        return;
    }
    let any = fonts.faces().find_map(|face| face.families.first());
    if let Some((any, _language)) = any.cloned() {
        fonts.set_serif_family(any);
    }
}

/// Whether a text can be written: a letter that no font has becomes glyph 0.
fn has_type_for(text: &str, fonts: &Arc<fontdb::Database>) -> bool {
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
         <text font-family=\"sans-serif\">{text}</text></svg>"
    );
    let tree = usvg::Tree::from_str(&svg, &options(Arc::clone(fonts)));
    let nodes = tree.iter().flat_map(|tree| tree.root().children());
    let texts = nodes.filter_map(|node| match node {
        usvg::Node::Text(text) => Some(text),
        _ => None,
    });
    let mut glyphs = texts
        .flat_map(|text| text.layouted())
        .flat_map(|span| &span.positioned_glyphs)
        .peekable();
    glyphs.peek().is_some() && glyphs.all(|glyph| glyph.id.0 != 0)
}

fn options(fonts: Arc<fontdb::Database>) -> usvg::Options<'static> {
    usvg::Options {
        fontdb: fonts,
        ..usvg::Options::default()
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "pictures are a few thousand pixels wide at most"
)]
fn png(svg: &str, width_px: u32, fonts: Arc<fontdb::Database>) -> Option<Vec<u8>> {
    let tree = usvg::Tree::from_str(svg, &options(fonts)).ok()?;
    let mut pixels = Pixmap::new(width_px, width_px * HEIGHT / WIDTH)?;
    let scale = width_px as f32 / WIDTH as f32;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(at_once_max: usize) -> PainterLimits {
        PainterLimits {
            at_once_max,
            paint: Duration::from_secs(60),
            fonts: Vec::new(),
        }
    }

    const SQUARE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\">\
        <rect width=\"1200\" height=\"630\" fill=\"#1c5d4c\"/></svg>";

    #[tokio::test]
    async fn a_picture_is_as_large_as_it_is_asked_to_be() {
        let painter = Painter::new(limits(1));
        let painted = painter.paint(SQUARE.to_owned(), 600).await.unwrap();
        let pixels = Pixmap::decode_png(&painted).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (600, 315));
        let last = pixels.pixel(599, 314).unwrap();
        assert_eq!((last.red(), last.green(), last.blue()), (0x1c, 0x5d, 0x4c));
    }

    #[tokio::test]
    async fn limits_are_kept() {
        let off = Painter::new(limits(0));
        assert_eq!(
            off.paint(SQUARE.to_owned(), 600).await,
            Err(PaintError::Off)
        );

        let painter = Painter::new(limits(1));
        assert_eq!(
            painter.paint("<svg".to_owned(), 600).await,
            Err(PaintError::Broken)
        );
        // A broken picture gives its place back.
        assert!(painter.paint(SQUARE.to_owned(), 600).await.is_ok());
        let _taken = painter.places.acquire().await.unwrap();
        tokio::time::pause();
        let late = painter.paint(SQUARE.to_owned(), 600).await;
        assert_eq!(late, Err(PaintError::Busy));
    }

    /// Whatever type a machine has, words are written in it.
    #[test]
    fn without_the_usual_families_any_will_do() {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        fonts.set_serif_family("No Such Family");
        fonts.set_sans_serif_family("No Such Family");
        let is_here = |fonts: &fontdb::Database| has_type_for("a", &Arc::new(fonts.clone()));
        assert!(!is_here(&fonts));
        name_a_serif(&mut fonts);
        assert!(is_here(&fonts));
        assert!(!is_here(&fontdb::Database::new()));
    }

    #[test]
    fn missing_letters_are_noticed() {
        let fonts = look_for_type(&[]);
        assert!(has_type_for("圈", &fonts), "the tests need a Chinese font");
        // A private letter, which no font has.
        assert!(!has_type_for("\u{10fffd}", &fonts));
    }
}
