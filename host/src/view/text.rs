//! A view as plain text, for terminals, mail and readers of feeds. The check
//! lets no control characters into a view, so nothing here can drive a
//! terminal.

use super::{
    At, CheckedView, Site,
    outline::{Block, Item, Piece, outline},
};

/// What the plain surfaces, text and Markdown, say besides the tree.
#[derive(Clone, Copy, Debug)]
pub struct PlainContext<'a> {
    /// Where links lead.
    pub site: Site<'a>,
    /// Which of the card's pages it is.
    pub at: &'a At,
    /// The locale the view is in, as a BCP 47 tag.
    pub locale: &'a str,
}

/// The card as plain text, ending with a line break.
pub fn text(view: &CheckedView, cx: &PlainContext<'_>) -> String {
    let blocks = outline(view, cx);
    let blocks = blocks.iter().map(block).filter(|block| !block.is_empty());
    blocks.collect::<Vec<_>>().join("\n\n") + "\n"
}

fn block(block: &Block<'_>) -> String {
    match block {
        Block::Heading(_, text) => (*text).to_owned(),
        Block::Paragraph(pieces) => line(pieces),
        Block::Quote(content) => content
            .lines()
            .map(|line| format!("> {line}"))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Items(items) => items.iter().map(item).collect::<Vec<_>>().join("\n"),
        Block::Rule => "—".repeat(8),
    }
}

fn item(item: &Item<'_>) -> String {
    format!("{}{}", item.mark, line(&item.pieces))
}

fn line(pieces: &[Piece<'_>]) -> String {
    pieces.iter().map(piece).collect()
}

fn piece(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Text(text) => text.as_ref().to_owned(),
        Piece::Strong(text) | Piece::Emphasis(text) | Piece::Code(text) => (*text).to_owned(),
        Piece::Link { label, url } => format!("{label} <{url}>"),
        Piece::Image { alt, source } => format!("[{alt}] <{source}>"),
    }
}

#[cfg(test)]
mod tests;
