//! A view as Markdown: CommonMark, and nothing in it that GitHub's dialect
//! reads otherwise.
//!
//! Text is escaped so that it reads as itself: it starts no list, no heading,
//! no link, no HTML, also where a dialect makes links of bare addresses.

use std::fmt::Write;

use super::{
    CheckedView,
    outline::{Block, Item, Piece, outline},
    text::PlainContext,
};

/// The card as Markdown, ending with a line break.
pub fn markdown(view: &CheckedView, cx: &PlainContext<'_>) -> String {
    let blocks = outline(view, cx);
    let blocks = blocks.iter().map(block).filter(|block| !block.is_empty());
    blocks.collect::<Vec<_>>().join("\n\n") + "\n"
}

fn block(block: &Block<'_>) -> String {
    match block {
        Block::Heading(level, text) => {
            format!("{} {}", "#".repeat(usize::from(*level) + 1), escaped(text))
        }
        Block::Paragraph(pieces) => lines(&line(pieces)).join("\\\n"),
        Block::Quote(content) => {
            let lines = lines(&escaped(content));
            let quoted: Vec<_> = lines.iter().map(|line| format!("> {line}")).collect();
            quoted.join("\\\n")
        }
        Block::Items(items) => items.iter().map(item).collect::<Vec<_>>().join("\n"),
        Block::Rule => "---".to_owned(),
    }
}

fn item(item: &Item<'_>) -> String {
    format!("- {}", lines(&line(&item.pieces)).join(" "))
}

fn line(pieces: &[Piece<'_>]) -> String {
    let mut line = String::new();
    for piece in pieces.iter().map(piece) {
        // The marks of two pieces would run into one.
        if line.ends_with(['*', '`']) && piece.starts_with(['*', '`']) {
            line.push(' ');
        }
        line.push_str(&piece);
    }
    line
}

fn piece(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Text(text) => escaped(text),
        Piece::Strong(text) => emphasized("**", text),
        Piece::Emphasis(text) => emphasized("*", text),
        Piece::Code(text) => code(text),
        Piece::Link { label, url } => format!("[{}]({})", one_line(label), address(url)),
        Piece::Image { alt, source } => format!("![{}]({})", one_line(alt), address(source)),
    }
}

/// The lines of a finished paragraph, without what would make a line of it
/// something else: an empty one, an indent, or a mark of a block.
fn lines(text: &str) -> Vec<String> {
    let lines = text.split('\n').map(|line| line.trim_matches([' ', '\t']));
    lines
        .filter(|line| !line.is_empty())
        .map(unmarked)
        .collect()
}

/// A line that begins like a list, a heading's underline, a table or a fence,
/// with that mark escaped. What else could begin a block is escaped
/// everywhere.
fn unmarked(line: &str) -> String {
    if line.starts_with(['-', '+', '=', ':']) {
        return format!("\\{line}");
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    line.to_owned()
}

/// Text that reads as itself anywhere in a line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for (at, character) in text.char_indices() {
        let behind = &text[at + character.len_utf8()..];
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '>' | '@' | '$' | '^' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // Before a bracket it makes a picture; one may follow in the next piece.
            '!' if behind.is_empty() || behind.starts_with('[') => escaped.push_str("\\!"),
            // Bare addresses: `https://…` and `www.…`.
            ':' if behind.starts_with("//") => escaped.push_str("\\:"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => escaped.push_str("\\."),
            _ => escaped.push(character),
        }
    }
    escaped
}

fn one_line(text: &str) -> String {
    escaped(&text.replace('\n', " "))
}

/// Marks hold only where they touch a letter or digit, which Chinese puts
/// brackets around instead of spaces: what stands outside those stays outside
/// of the marks.
fn emphasized(mark: &str, text: &str) -> String {
    let words = text.trim_matches(|character: char| !character.is_alphanumeric());
    if words.is_empty() {
        return escaped(text);
    }
    let start = text.find(words).expect("the words are a part of the text");
    let (before, behind) = (&text[..start], &text[start + words.len()..]);
    let (before, words, behind) = (escaped(before), one_line(words), escaped(behind));
    format!("{before}{mark}{words}{mark}{behind}")
}

/// Code between fences longer than any in it.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    let longest = text.split(|character| character != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0) + 1);
    // Spaces on both sides are not part of the code, and nothing is no code.
    let edge = |text: Option<char>| matches!(text, Some('`' | ' ') | None);
    let pad = if edge(text.chars().next()) || edge(text.chars().last()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// An address between parentheses. The check keeps spaces, quotes, angle
/// brackets and backslashes out of a view's own.
fn address(url: &str) -> String {
    let mut address = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '(' | ')' | '<' | '>' | '"' | '\\' | ' ' => {
                write!(address, "%{:02X}", u32::from(character)).expect("a string takes all");
            }
            '&' => address.push_str("&amp;"),
            _ => address.push(character),
        }
    }
    address
}

#[cfg(test)]
mod tests;
