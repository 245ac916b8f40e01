//! A view as text, one node a line.

use std::fmt;

use crate::bindings::card::quanka::card::view as wit;
use crate::time::Timestamp;
use wit::{Audience, Kind, Node, Once, Span};

/// The index behind the subtree that begins at `start`, or behind the last
/// node if the tree is cut short.
pub(super) fn end_of(nodes: &[Node], start: usize) -> usize {
    let mut open: u64 = 1;
    let mut at = start;
    while open > 0 && at < nodes.len() {
        open = open - 1 + u64::from(nodes[at].children);
        at += 1;
    }
    at
}

pub(super) fn write(f: &mut fmt::Formatter<'_>, view: &wit::View) -> fmt::Result {
    writeln!(f, "# {}", view.title)?;
    if !view.summary.is_empty() {
        writeln!(f, "> {}", view.summary)?;
    }
    // How many children are still to come, at each level.
    let mut open: Vec<u32> = Vec::new();
    for node in &view.nodes {
        writeln!(
            f,
            "{:indent$}{}",
            "",
            Line(&node.kind),
            indent = open.len() * 2
        )?;
        if let Some(last) = open.last_mut() {
            *last -= 1;
        }
        open.push(node.children);
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    Ok(())
}

/// A kind as WIT spells it.
pub(super) fn kind_name(kind: &Kind) -> String {
    Line(kind)
        .to_string()
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// All texts of a node that a reader can read.
pub(super) fn words(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Column
        | Kind::Row
        | Kind::Grid(_)
        | Kind::Carousel
        | Kind::Form
        | Kind::Divider
        | Kind::Time(_)
        | Kind::Avatar(_)
        | Kind::Ext(_) => Vec::new(),
        Kind::Panel(panel) => panel.title.as_deref().into_iter().collect(),
        Kind::Details(label) => vec![label],
        Kind::Heading(heading) => vec![&heading.text],
        Kind::Text(text) => vec![&text.content],
        Kind::Rich(spans) => spans.iter().map(span_words).collect(),
        Kind::Image(image) => vec![&image.alt],
        Kind::Badge(badge) => vec![&badge.text],
        Kind::Stat(stat) => [&stat.label, &stat.value]
            .into_iter()
            .chain(&stat.change)
            .map(String::as_str)
            .collect(),
        Kind::Progress(progress) => vec![&progress.label],
        Kind::Meter(meter) => vec![&meter.label],
        Kind::Chart(chart) => {
            let labels = chart.points.iter().map(|point| point.label.as_str());
            [chart.label.as_str()].into_iter().chain(labels).collect()
        }
        Kind::Qr(qr) => vec![&qr.label],
        Kind::Button(button) => [&button.label]
            .into_iter()
            .chain(&button.offer.confirm)
            .map(String::as_str)
            .collect(),
        Kind::Link(link) => vec![&link.label],
        Kind::Input(input) => [&input.label]
            .into_iter()
            .chain(&input.placeholder)
            .map(String::as_str)
            .collect(),
        Kind::Choice(choice) => {
            let labels = choice.options.iter().map(|option| option.label.as_str());
            [choice.label.as_str()].into_iter().chain(labels).collect()
        }
        Kind::Toggle(toggle) => vec![&toggle.label],
        Kind::Rating(rating) => vec![&rating.label],
        Kind::Upload(upload) => vec![&upload.label],
        Kind::Said(said) => vec![&said.text],
        Kind::Share(share) => [&share.label]
            .into_iter()
            .chain(share.offer.iter().flat_map(|offer| &offer.confirm))
            .map(String::as_str)
            .collect(),
    }
}

fn span_words(span: &Span) -> &str {
    match span {
        Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => text,
        Span::Link(link) => &link.label,
    }
}

struct Line<'a>(&'a Kind);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Column => write!(f, "column"),
            Kind::Row => write!(f, "row"),
            Kind::Grid(columns) => write!(f, "grid {columns}"),
            Kind::Panel(panel) => {
                write!(f, "panel ({})", lower(&panel.tone))?;
                panel
                    .title
                    .iter()
                    .try_for_each(|title| write!(f, " {title:?}"))
            }
            Kind::Carousel => write!(f, "carousel"),
            Kind::Details(label) => write!(f, "details {label:?}"),
            Kind::Form => write!(f, "form"),
            Kind::Heading(heading) => write!(f, "heading {} {:?}", heading.level, heading.text),
            Kind::Text(text) => write_text(f, text),
            Kind::Rich(spans) => write_spans(f, spans),
            Kind::Image(image) => write!(
                f,
                "image {:?} {} {}×{}",
                image.alt, image.source, image.width, image.height
            ),
            Kind::Badge(badge) => write!(f, "badge {:?} ({})", badge.text, lower(&badge.tone)),
            Kind::Stat(stat) => {
                write!(f, "stat {:?} {:?}", stat.label, stat.value)?;
                stat.change
                    .iter()
                    .try_for_each(|change| write!(f, " {change:?}"))
            }
            Kind::Progress(progress) => {
                write!(
                    f,
                    "progress {:?} {:.1} %",
                    progress.label,
                    progress.share * 100.0
                )
            }
            Kind::Meter(meter) => {
                write!(
                    f,
                    "meter {:?} {:.1} %, {}",
                    meter.label,
                    meter.share * 100.0,
                    meter.count
                )?;
                if meter.mine {
                    write!(f, ", mine")
                } else {
                    Ok(())
                }
            }
            Kind::Divider => write!(f, "divider"),
            Kind::Time(time) => {
                write!(
                    f,
                    "time {} ({})",
                    Timestamp::from_ms(time.instant),
                    lower(&time.style)
                )
            }
            Kind::Chart(chart) => {
                write!(f, "chart ({}) {:?}:", lower(&chart.style), chart.label)?;
                chart
                    .points
                    .iter()
                    .try_for_each(|p| write!(f, " {:?} {}", p.label, p.value))
            }
            Kind::Qr(qr) => write!(f, "qr {:?} {:?}", qr.label, qr.content),
            Kind::Button(button) => write_button(f, button),
            Kind::Link(link) => write!(f, "link {:?} {}", link.label, link.url),
            Kind::Input(input) => write_input(f, input),
            Kind::Choice(choice) => write_choice(f, choice),
            Kind::Toggle(toggle) => {
                let state = if toggle.value { "on" } else { "off" };
                write!(f, "toggle `{}` {:?}: {state}", toggle.name, toggle.label)
            }
            Kind::Rating(rating) => {
                write!(
                    f,
                    "rating `{}` {:?}: {}",
                    rating.name, rating.label, rating.value
                )?;
                write!(f, " of {}", rating.max)?;
                if rating.required {
                    write!(f, ", required")
                } else {
                    Ok(())
                }
            }
            Kind::Avatar(avatar) => {
                write!(f, "avatar {} ({})", avatar.member, lower(&avatar.style))
            }
            Kind::Said(said) => write_said(f, said),
            Kind::Upload(upload) => {
                write!(f, "upload `{}` {:?}", upload.name, upload.label)?;
                write!(f, ", at most {}", upload.max)?;
                if upload.required {
                    write!(f, ", required")
                } else {
                    Ok(())
                }
            }
            Kind::Share(share) => write_share(f, share),
            Kind::Ext(ext) => {
                write!(f, "ext {}", ext.name)?;
                ext.props
                    .iter()
                    .try_for_each(|prop| write!(f, " {}={:?}", prop.name, prop.value))
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &wit::Text) -> fmt::Result {
    write!(f, "text {:?}", text.content)?;
    if text.style != wit::TextStyle::Body {
        write!(f, " ({})", lower(&text.style))?;
    }
    if text.tone != wit::TextTone::Normal {
        write!(f, " ({})", lower(&text.tone))?;
    }
    text.max_lines
        .iter()
        .try_for_each(|lines| write!(f, ", at most {lines} lines"))
}

fn write_spans(f: &mut fmt::Formatter<'_>, spans: &[Span]) -> fmt::Result {
    write!(f, "rich")?;
    spans.iter().try_for_each(|span| match span {
        Span::Text(text) => write!(f, " {text:?}"),
        Span::Bold(text) => write!(f, " bold {text:?}"),
        Span::Emphasis(text) => write!(f, " emphasis {text:?}"),
        Span::Code(text) => write!(f, " code {text:?}"),
        Span::Link(link) => write!(f, " link {:?} {}", link.label, link.url),
    })
}

fn write_said(f: &mut fmt::Formatter<'_>, said: &wit::Said) -> fmt::Result {
    write!(f, "said {} {:?}", said.member, said.text)?;
    said.post
        .iter()
        .try_for_each(|post| write!(f, ", post {post}"))?;
    said.max_lines
        .iter()
        .try_for_each(|lines| write!(f, ", at most {lines} lines"))
}

fn write_share(f: &mut fmt::Formatter<'_>, share: &wit::Share) -> fmt::Result {
    write!(f, "share {:?}", share.label)?;
    match &share.of {
        wit::ShareOf::Card => write!(f, " (card)")?,
        wit::ShareOf::Post(post) => write!(f, " (post {post})")?,
    }
    share
        .offer
        .iter()
        .try_for_each(|offer| write_offer(f, offer))
}

fn write_button(f: &mut fmt::Formatter<'_>, button: &wit::Button) -> fmt::Result {
    write!(f, "button {:?} ({})", button.label, lower(&button.style))?;
    write_offer(f, &button.offer)
}

fn write_offer(f: &mut fmt::Formatter<'_>, offer: &wit::ActionOffer) -> fmt::Result {
    write!(f, " → {}", offer.name)?;
    if !offer.payload.is_empty() {
        write!(f, " {}", offer.payload)?;
    }
    if offer.audience != Audience::Anyone {
        write!(f, ", for {}", lower(&offer.audience))?;
    }
    if offer.once != Once::PerTap {
        write!(f, ", once {}", lower(&offer.once))?;
    }
    offer
        .confirm
        .iter()
        .try_for_each(|question| write!(f, ", asks {question:?}"))
}

fn write_input(f: &mut fmt::Formatter<'_>, input: &wit::Input) -> fmt::Result {
    write!(
        f,
        "input `{}` {:?} ({})",
        input.name,
        input.label,
        lower(&input.type_)
    )?;
    input
        .value
        .iter()
        .try_for_each(|value| write!(f, " = {value:?}"))?;
    input
        .placeholder
        .iter()
        .try_for_each(|text| write!(f, ", such as {text:?}"))?;
    if input.required {
        write!(f, ", required")?;
    }
    input
        .min
        .iter()
        .try_for_each(|min| write!(f, ", min {min}"))?;
    input
        .max
        .iter()
        .try_for_each(|max| write!(f, ", max {max}"))
}

fn write_choice(f: &mut fmt::Formatter<'_>, choice: &wit::Choice) -> fmt::Result {
    write!(f, "choice `{}` {:?}:", choice.name, choice.label)?;
    for (at, option) in choice.options.iter().enumerate() {
        let bar = if at == 0 { "" } else { " |" };
        let star = if option.selected { "*" } else { "" };
        write!(f, "{bar} {star}{} {:?}", option.value, option.label)?;
    }
    match (choice.min, choice.max) {
        (min, max) if min == max => write!(f, " ({max} of them)"),
        (min, max) => write!(f, " ({min} to {max} of them)"),
    }
}

/// An enum's case as WIT spells it, less the dashes.
fn lower(case: &impl fmt::Debug) -> String {
    let debug = format!("{case:?}");
    let name = debug.rsplit("::").next().unwrap_or(&debug);
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
