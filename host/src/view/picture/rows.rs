//! What of a card's tree a picture shows: its first words and numbers, as rows.
//! What only takes an answer, or is folded away, is left out.

use crate::view::words::{percent, value};
use crate::view::{CheckedView, Kind, Span};
use std::borrow::Cow;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row<'a> {
    /// A sentence or two.
    Words(Cow<'a, str>),
    /// Something that can be chosen.
    Option { label: &'a str, many: bool },
    /// A share of the whole, or of the longest bar, and the number it stands
    /// for.
    Bar {
        label: &'a str,
        share: f64,
        figure: String,
    },
    /// Numbers side by side: label and value.
    Stats(Vec<(&'a str, &'a str)>),
}

/// The most numbers in one row.
const STATS_MAX: usize = 3;

/// The rows of a card, in its order, without what `said` says already.
pub(super) fn rows<'a>(view: &'a CheckedView, said: &[&str]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    collect(view, 0, &mut rows);
    rows.retain(|row| !matches!(row, Row::Words(words) if said.contains(&words.trim())));
    rows.retain(|row| !matches!(row, Row::Words(words) if words.trim().is_empty()));
    rows
}

fn collect<'a>(view: &'a CheckedView, index: usize, rows: &mut Vec<Row<'a>>) {
    match view.kind(index) {
        Kind::Details(_) => return,
        Kind::Panel {
            title: Some(title), ..
        } => rows.push(Row::Words(title.into())),
        Kind::Heading { text, .. } | Kind::Badge { text, .. } => rows.push(Row::Words(text.into())),
        Kind::Text { content, .. } => rows.push(Row::Words(content.into())),
        Kind::Rich(spans) => rows.push(Row::Words(spans.iter().map(words_of).collect())),
        Kind::Said(said) => {
            let name = &view.person(&said.member).name;
            rows.push(Row::Words(format!("{name}: {}", said.text).into()));
        }
        Kind::Stat { label, value, .. } => stat(rows, label, value),
        Kind::Progress { label, share } | Kind::Meter { label, share, .. } => {
            rows.push(Row::Bar {
                label,
                share: *share,
                figure: percent(*share),
            });
        }
        Kind::Choice(choice) => rows.extend(choice.options.iter().map(|option| Row::Option {
            label: &option.label,
            many: choice.many,
        })),
        Kind::Chart { points, .. } => {
            let largest = points.iter().map(|point| point.value).fold(0.0, f64::max);
            rows.extend(
                points
                    .iter()
                    .filter(|_| largest > 0.0)
                    .map(|point| Row::Bar {
                        label: &point.label,
                        share: (point.value / largest).clamp(0.0, 1.0),
                        figure: value(point.value),
                    }),
            );
        }
        _ => {}
    }
    for child in view.children(index) {
        collect(view, child, rows);
    }
}

fn stat<'a>(rows: &mut Vec<Row<'a>>, label: &'a str, value: &'a str) {
    match rows.last_mut() {
        Some(Row::Stats(stats)) if stats.len() < STATS_MAX => stats.push((label, value)),
        _ => rows.push(Row::Stats(vec![(label, value)])),
    }
}

fn words_of(span: &Span) -> &str {
    match span {
        Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => text,
        Span::Link { label, .. } => label,
    }
}
