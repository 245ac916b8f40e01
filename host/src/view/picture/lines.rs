//! Breaking text into lines without knowing the font: a picture is drawn with
//! whatever type the machine has, or the reader's browser, so widths are
//! estimated, and rather too wide than too narrow.

/// Closing marks, which begin no line.
const CLOSING: &str = "，。、；：？！）》」』】〉”’…—·,.;:?!)]}%％";

/// Opening marks, which end none.
const OPENING: &str = "（《「『【〈“‘([{";

/// The width of a text, in units of its size.
pub(super) fn width_em(text: &str) -> f32 {
    text.chars().map(advance_em).sum()
}

/// At most so many lines, each at most so wide. What is left over is cut off,
/// with an ellipsis.
pub(super) fn lines(text: &str, width_max_em: f32, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut pieces = pieces(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let fits = width_em(&line) + width_em(piece.trim_end()) <= width_max_em;
        if fits || line.is_empty() {
            line.push_str(piece);
        } else if lines.len() + 1 < lines_max {
            lines.push(std::mem::replace(&mut line, piece.to_owned()));
        } else {
            line.push_str(piece);
            line.extend(pieces.by_ref());
        }
    }
    lines.push(line);
    lines.retain(|line| !line.trim().is_empty());
    // Only a word wider than a line, or the rest, can be too wide by now.
    let fitted = lines.iter().map(|line| cut(line.trim(), width_max_em));
    fitted.collect()
}

/// The text if it fits; otherwise its beginning, with an ellipsis.
pub(super) fn cut(text: &str, width_max_em: f32) -> String {
    if width_em(text) <= width_max_em {
        return text.to_owned();
    }
    let mut room = width_max_em - advance_em('…');
    let end = text.char_indices().find(|&(_, c)| {
        room -= advance_em(c);
        room < 0.0
    });
    let (at, next) = end.unwrap_or((text.len(), ' '));
    let kept = whole_words(&text[..at], next);
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || OPENING.contains(c));
    format!("{kept}…")
}

/// Without the word that was cut in two, unless little would be left.
fn whole_words(kept: &str, next: char) -> &str {
    let is_in_word = |c: char| c.is_alphanumeric() && !is_wide(c);
    let is_cut = is_in_word(next) && kept.ends_with(is_in_word);
    let word_start = kept
        .char_indices()
        .rfind(|&(_, c)| !is_in_word(c))
        .map(|(at, c)| at + c.len_utf8());
    match word_start {
        Some(at) if is_cut && at * 2 > kept.len() => kept[..at].trim_end(),
        _ => kept,
    }
}

/// The pieces between which a line may end, each with the spaces behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_end = before.is_some_and(|before| {
            let after_space = before.is_whitespace() && !c.is_whitespace();
            let beside_wide = is_wide(before) || is_wide(c);
            after_space || (beside_wide && !c.is_whitespace())
        });
        let kept_together =
            CLOSING.contains(c) || before.is_some_and(|before| OPENING.contains(before));
        if may_end && !kept_together {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn advance_em(c: char) -> f32 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        _ if is_wide(c) => 1.0,
        '“' | '”' | '‘' | '’' | '…' | '—' => 1.0,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '&' => 0.95,
        'i' | 'j' | 'l' | 'f' | 't' | 'r' | 'I' | ' ' | '.' | ',' | ':' | ';' | '!' | '|'
        | '\'' | '(' | ')' | '[' | ']' => 0.38,
        _ if c.is_uppercase() => 0.74,
        _ => 0.6,
    }
}

/// Whether a character takes a square, as Chinese does.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_break_where_a_printer_would() {
        let check = |text: &str, width: u8, lines_max: usize, expected: &[&str]| {
            let broken = lines(text, f32::from(width), lines_max);
            assert_eq!(broken, expected, "{text}");
        };
        check("", 10, 2, &[]);
        check("下个月读什么？", 10, 2, &["下个月读什么？"]);
        check("下个月读什么？", 7, 2, &["下个月读什么？"]);
        // No line begins with a closing mark or ends with an opening one.
        check("下个月读什么？", 6, 2, &["下个月读什", "么？"]);
        check("我们读《三体》吧", 4, 3, &["我们读", "《三体》", "吧"]);
        check("我们读《三体》吧", 4, 2, &["我们读", "《三体…"]);
        check("A quiet evening", 5, 3, &["A quiet", "evening"]);
        check("A quiet evening", 5, 1, &["A quiet…"]);
        check("读 Middlemarch 吗", 8, 3, &["读", "Middlemarch", "吗"]);
        check("A quiet evening at home", 8, 1, &["A quiet…"]);
        check("一个安静的 evening", 7, 1, &["一个安静的…"]);
        // A word that is wider than the line.
        check("Antidisestablishmentarianism", 6, 3, &["Antidises…"]);
        check("一\n二", 10, 2, &["一\n二"]);
    }
}
