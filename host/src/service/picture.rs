//! The picture of a card, for previews of links and for places that take
//! nothing but a picture: where it is, and its pixels. It shows the view of
//! *none*, never a reader's own.

use super::error::ServiceError;
use super::view::Shown;
use crate::app::{App, Card};
use crate::live::painter::PaintError;
use crate::live::surface::{Encoded, Surface};
use crate::view::document::Picture;
use url::form_urlencoded::Serializer;

pub use crate::live::drawn::PictureSize;

/// The address of a picture, if this host paints any, that always shows the
/// card as it is: for markup that is pasted once and stays.
pub fn lasting_link(app: &App, card: &Card, shown: &Shown, size: PictureSize) -> Option<Picture> {
    if !app.painter.paints() {
        return None;
    }
    let query = Serializer::new(String::new())
        .append_pair("as", "png")
        .append_pair("width", &size.width_px().to_string())
        .append_pair("lang", &shown.drawn.key.locale)
        .finish();
    Some(Picture {
        url: shown
            .drawn
            .key
            .at
            .address(&format!("{}/view?{query}", card.place.url)),
        width: size.width_px(),
        height: size.height_px(),
    })
}

/// The same with the view's version in it, so that those who keep pictures for
/// long fetch a new one when the card has changed.
pub fn link(app: &App, card: &Card, shown: &Shown, size: PictureSize) -> Option<Picture> {
    let mut picture = lasting_link(app, card, shown, size)?;
    picture.url.push_str("&v=");
    picture.url.push_str(shown.drawn.view.version());
    Some(picture)
}

/// The picture as PNG, painted once a view.
///
/// # Errors
///
/// `PicturesOff`, or `Overloaded` when too many are being painted.
pub async fn painted<'a>(
    app: &App,
    shown: &'a Shown,
    size: PictureSize,
) -> Result<&'a Encoded, ServiceError> {
    let drawn = &shown.drawn;
    let cell = drawn.picture(size);
    if let Some(painted) = cell.get() {
        return Ok(painted);
    }
    // All who want it now wait for one painting.
    let painted = cell
        .get_or_try_init(|| async {
            let svg = drawn.written(Surface::Svg, shown.freshness);
            app.painter
                .paint(svg, size.width_px())
                .await
                .map(Encoded::new)
        })
        .await;
    let painted = painted.map_err(|error| match error {
        PaintError::Off => ServiceError::PicturesOff,
        PaintError::Busy => ServiceError::Overloaded {
            retry_after_ms: 2000,
        },
        PaintError::Broken => ServiceError::Internal,
    })?;
    app.cache.weigh_again(drawn);
    Ok(painted)
}
