//! Rules of strings, and the count of their bytes.
//!
//! Every string of a view goes through here exactly once, so the limit of
//! their sum cannot be forgotten for any of them.

use url::Url;

use crate::view::at;
use crate::view::site::{MEDIA_PREFIX, is_media_id};
use crate::view::words::grouped;

/// What a point, a span, an option or a prop counts besides its text.
pub(super) const ITEM_BYTES: usize = 16;

/// The most bytes of a name.
const NAME_BYTES_MAX: usize = 64;

/// Checks strings and adds up their bytes.
pub(super) struct Strings {
    bytes: usize,
    bytes_max: usize,
}

impl Strings {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            bytes: 0,
            bytes_max,
        }
    }

    /// The sum so far.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Anything; only its bytes count.
    pub(super) fn any(&mut self, text: &str) -> Result<(), String> {
        self.cost(text.len())
    }

    /// Something that is drawn larger than its text: it counts as so many
    /// bytes more, or a small tree could make an endless page.
    pub(super) fn cost(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.bytes_max {
            return Err(format!(
                "here the view's text passes {} bytes, the most there may be \
                 (view.text_bytes_max): show less at once",
                grouped(self.bytes_max as u64)
            ));
        }
        Ok(())
    }

    /// One line; may be empty.
    pub(super) fn line(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        refuse_controls(field, text, |_| false)
    }

    /// One line that must say something.
    pub(super) fn label(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.line(field, text)?;
        if text.trim().is_empty() {
            return Err(format!(
                "{field} is empty; readers and screen readers need one"
            ));
        }
        Ok(())
    }

    /// Text that may have line breaks and tabs; may be empty.
    pub(super) fn prose(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        refuse_controls(field, text, |character| matches!(character, '\n' | '\t'))
    }

    /// A name: `[a-z][a-z0-9-]*`.
    pub(super) fn name(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        let mut bytes = text.bytes();
        let well_formed = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase())
            && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !well_formed {
            return Err(format!(
                "{field} \"{}\" must be a lower-case letter, then letters, digits and hyphens",
                excerpt(text)
            ));
        }
        at_most(field, text, NAME_BYTES_MAX)
    }

    /// An id that the host gave. It goes into addresses as it is.
    pub(super) fn id(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if text.is_empty() || text == "." || text == ".." || !text.bytes().all(unreserved) {
            return Err(format!(
                "{field} \"{}\" is no id; give one that the host gave, as it is",
                excerpt(text)
            ));
        }
        at_most(field, text, NAME_BYTES_MAX)
    }

    /// An address a reader may go to, or a page of the card's own.
    pub(super) fn link(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        match at::place_in(text) {
            Some(place) => {
                at::check(place).map_err(|why| format!("{field} \"{}\": {why}", excerpt(text)))
            }
            None => refuse_address(field, text, &["https:", "mailto:", "card:"]),
        }
    }

    /// An address a picture comes from, or the source of one that the host has.
    pub(super) fn source(&mut self, field: &str, text: &str) -> Result<(), String> {
        match text.strip_prefix(MEDIA_PREFIX) {
            None => self.picture(field, text),
            Some(id) if is_media_id(id) => self.any(text),
            Some(_) => Err(format!(
                "{field} \"{}\" is no picture of a post; give the `source` that its post has",
                excerpt(text)
            )),
        }
    }

    /// An address a picture comes from.
    pub(super) fn picture(&mut self, field: &str, text: &str) -> Result<(), String> {
        self.any(text)?;
        refuse_address(field, text, &["https:"])
    }
}

/// Refuses a string of more than `bytes_max` bytes.
pub(super) fn at_most(field: &str, text: &str, bytes_max: usize) -> Result<(), String> {
    if text.len() > bytes_max {
        return Err(format!(
            "{field} has {} bytes; the most is {}",
            grouped(text.len() as u64),
            grouped(bytes_max as u64),
        ));
    }
    Ok(())
}

/// The beginning of a string for a message, with nothing in it that could
/// break a line of a log.
pub(super) fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    let mut excerpt: String = text
        .chars()
        .take(CHARACTERS_MAX)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        excerpt.push('…');
    }
    excerpt
}

fn refuse_controls(field: &str, text: &str, allowed: fn(char) -> bool) -> Result<(), String> {
    let refused = |&(_, character): &(usize, char)| character.is_control() && !allowed(character);
    match text.char_indices().find(refused) {
        None => Ok(()),
        Some((at, '\n')) => Err(format!(
            "{field} has a line break at byte {at}; it is one line: remove it"
        )),
        Some((at, character)) => Err(format!(
            "{field} has the control character U+{:04X} at byte {at}; remove it",
            u32::from(character)
        )),
    }
}

/// Refuses what is not an absolute address of one of the schemes, written the
/// way every reader of it understands alike: browsers, mail programs and
/// Markdown differ about spaces, backslashes and quotes.
fn refuse_address(field: &str, text: &str, schemes: &[&str]) -> Result<(), String> {
    let refused = |reason: &str| Err(format!("{field} \"{}\" {reason}", excerpt(text)));
    if !schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return refused(&format!("must begin with {}", schemes.join(" or ")));
    }
    let unsafe_character = |character: char| {
        character.is_control() || character.is_whitespace() || r#"<>"\^`{|}"#.contains(character)
    };
    if text.contains(unsafe_character) {
        return refused("has a character that must be percent-encoded in an address");
    }
    let Ok(url) = Url::parse(text) else {
        return refused("is not a complete address");
    };
    if url.scheme() == "https" && !text.starts_with("https://") {
        return refused("must begin with https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("has a user name before the host, which misleads readers; remove it");
    }
    Ok(())
}
