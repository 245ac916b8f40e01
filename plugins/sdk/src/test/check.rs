//! What the host checks before it shows a view. It says the rest; this says
//! early, in the author's own test, what is most often wrong.

use std::collections::BTreeSet;

use super::tree::{end_of, kind_name, words};
use crate::bindings::card::quanka::card::view as wit;
use crate::host::native::{Data, ERASED_AUTHOR, PostRecord};
use wit::Kind;

const NODES_MAX: usize = 2_000;
const DEPTH_MAX: usize = 32;
const TEXT_BYTES_MAX: usize = 256 * 1024;
const TITLE_CHARS_MAX: usize = 120;
const PAYLOAD_BYTES_MAX: usize = 2 * 1024;
const NAME_BYTES_MAX: usize = 64;
const OPTION_BYTES_MAX: usize = 128;
const POINTS_MAX: usize = 366;
const QR_BYTES_MAX: usize = 1024;
const PLACE_BYTES_MAX: usize = 256;
/// What the source of a post's picture begins with.
const MEDIA_PREFIX: &str = "media:";

/// Says what is wrong with a view, and where.
pub(super) fn check(view: &wit::View) -> Result<(), String> {
    let title = view.title.chars().count();
    ensure((1..=TITLE_CHARS_MAX).contains(&title), || {
        format!("the title has {title} characters; 1 to {TITLE_CHARS_MAX} are allowed")
    })?;
    view.image.iter().try_for_each(|url| https(url))?;
    let nodes = &view.nodes;
    ensure((1..=NODES_MAX).contains(&nodes.len()), || {
        format!("{} nodes; 1 to {NODES_MAX} are allowed", nodes.len())
    })?;
    let bytes: usize = nodes
        .iter()
        .flat_map(|node| words(&node.kind))
        .map(str::len)
        .sum();
    ensure(bytes <= TEXT_BYTES_MAX, || {
        format!("{bytes} bytes of text; at most {TEXT_BYTES_MAX} are allowed")
    })?;
    let mut form = Form::default();
    let mut ends: Vec<usize> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        while ends.last().is_some_and(|&end| end <= at) {
            ends.pop();
        }
        let checked = check_node(&node.kind)
            .and_then(|()| labels(&node.kind))
            .and_then(|()| {
                ensure(ends.len() < DEPTH_MAX, || {
                    format!("deeper than {DEPTH_MAX} levels")
                })?;
                form.enter(nodes, at)
            });
        checked.map_err(|reason| format!("node {at} ({}): {reason}", label(&node.kind)))?;
        ends.push(end_of(nodes, at));
    }
    Ok(())
}

/// Says which member, post or picture of a view is nobody's.
pub(super) fn check_known(view: &wit::View, data: &Data) -> Result<(), String> {
    let member = |member: &str| {
        let is_erased = member == ERASED_AUTHOR || data.erased.contains(member);
        ensure(is_erased || data.members.contains_key(member), || {
            format!("`{member}` is no member of this circle")
        })
    };
    for (at, node) in view.nodes.iter().enumerate() {
        let known = match &node.kind {
            Kind::Avatar(avatar) => member(&avatar.member),
            Kind::Said(said) => member(&said.member).and_then(|()| match &said.post {
                None => Ok(()),
                Some(id) => {
                    let post = data.posts.iter().find(|post| post.id == *id);
                    let is_theirs = |post: &PostRecord| {
                        post.author == said.member || post.author == ERASED_AUTHOR
                    };
                    ensure(post.is_some_and(is_theirs), || {
                        format!("post `{id}` is not by `{}`", said.member)
                    })
                }
            }),
            Kind::Image(image) => match image.source.strip_prefix(MEDIA_PREFIX) {
                None => Ok(()),
                Some(media) => ensure(data.media.contains_key(media), || {
                    format!("there is no picture `{media}`")
                }),
            },
            Kind::Share(share) => match &share.of {
                wit::ShareOf::Card => Ok(()),
                wit::ShareOf::Post(id) => {
                    ensure(data.posts.iter().any(|post| post.id == *id), || {
                        format!("there is no post `{id}`")
                    })
                }
            },
            _ => Ok(()),
        };
        known.map_err(|reason| format!("node {at} ({}): {reason}", label(&node.kind)))?;
    }
    Ok(())
}

/// The form the check is in, if any.
#[derive(Default)]
struct Form {
    end: usize,
    names: BTreeSet<String>,
}

impl Form {
    fn enter(&mut self, nodes: &[wit::Node], at: usize) -> Result<(), String> {
        let inside = at < self.end;
        if matches!(nodes[at].kind, Kind::Form) {
            ensure(!inside, || "a form stands inside a form".to_owned())?;
            self.end = end_of(nodes, at);
            self.names.clear();
            let has_button = nodes[at..self.end]
                .iter()
                .any(|node| matches!(node.kind, Kind::Button(_)));
            return ensure(has_button, || "a form needs a button".to_owned());
        }
        let Some(input) = input_name(&nodes[at].kind) else {
            return Ok(());
        };
        ensure(inside, || "an input stands outside a form".to_owned())?;
        name(input)?;
        ensure(self.names.insert(input.to_owned()), || {
            "the form has this name twice".to_owned()
        })
    }
}

fn check_node(kind: &Kind) -> Result<(), String> {
    match kind {
        Kind::Grid(columns) => within("columns", *columns, 1, 6),
        Kind::Heading(heading) => within("level", heading.level, 1, 4),
        Kind::Rich(spans) => spans.iter().try_for_each(|span| match span {
            wit::Span::Link(link) => url(&link.url),
            _ => Ok(()),
        }),
        Kind::Image(image) => {
            ensure(!image.alt.trim().is_empty(), || {
                "alt says nothing".to_owned()
            })?;
            if image.source.starts_with(MEDIA_PREFIX) {
                return Ok(());
            }
            https(&image.source)
        }
        Kind::Progress(progress) => share(progress.share),
        Kind::Meter(meter) => share(meter.share),
        Kind::Chart(chart) => {
            ensure(chart.points.len() <= POINTS_MAX, || {
                format!("more than {POINTS_MAX} points")
            })?;
            ensure(
                chart.points.iter().all(|point| point.value.is_finite()),
                || "a value is not a finite number".to_owned(),
            )
        }
        Kind::Qr(qr) => ensure(qr.content.len() <= QR_BYTES_MAX, || {
            format!("its content is longer than {QR_BYTES_MAX} bytes")
        }),
        Kind::Button(button) => offer(&button.offer),
        Kind::Share(share) => share.offer.iter().try_for_each(|shared| {
            ensure(shared.confirm.is_none(), || {
                "its offer asks, but only after the reader has shared".to_owned()
            })?;
            offer(shared)
        }),
        Kind::Link(link) => match link.url.strip_prefix("card:") {
            Some(place) => ensure(
                place.len() <= PLACE_BYTES_MAX && !place.contains(char::is_control),
                || format!("its place is longer than {PLACE_BYTES_MAX} bytes, or unseen"),
            ),
            None => url(&link.url),
        },
        Kind::Said(said) => said
            .max_lines
            .iter()
            .try_for_each(|&lines| within("lines", lines, 1, 12)),
        Kind::Text(text) => text
            .max_lines
            .iter()
            .try_for_each(|&lines| within("lines", lines, 1, 12)),
        Kind::Upload(upload) => within("pictures", upload.max, 1, 9),
        Kind::Choice(choice) => check_choice(choice),
        Kind::Rating(rating) => {
            within("stars", rating.max, 2, 10)?;
            within("chosen stars", rating.value, 0, rating.max)
        }
        _ => Ok(()),
    }
}

fn check_choice(choice: &wit::Choice) -> Result<(), String> {
    within("options", choice.options.len(), 1, 256)?;
    let mut values = BTreeSet::new();
    for option in &choice.options {
        let is_blank = [&option.value, &option.label].map(|word| word.trim().is_empty());
        ensure(is_blank == [false; 2], || {
            "an option's value or label says nothing".to_owned()
        })?;
        ensure(option.value.len() <= OPTION_BYTES_MAX, || {
            format!(
                "option `{}` is longer than {OPTION_BYTES_MAX} bytes",
                option.value
            )
        })?;
        ensure(values.insert(&option.value), || {
            format!("option `{}` is there twice", option.value)
        })?;
    }
    ensure(choice.max >= 1 && (choice.many || choice.max == 1), || {
        format!(
            "up to {} of {}",
            choice.max,
            if choice.many { "several" } else { "one" }
        )
    })?;
    let selected = choice
        .options
        .iter()
        .filter(|option| option.selected)
        .count();
    ensure(
        choice.min <= choice.max && choice.min as usize <= choice.options.len(),
        || format!("at least {} can never be chosen", choice.min),
    )?;
    ensure(selected <= choice.max as usize, || {
        format!("{selected} options are chosen at first")
    })
}

/// Labels are one line, and say something. Readers' own words are no labels:
/// they have lines.
fn labels(kind: &Kind) -> Result<(), String> {
    if matches!(kind, Kind::Text(_) | Kind::Rich(_) | Kind::Said(_)) {
        return Ok(());
    }
    let words = words(kind);
    ensure(
        !words.iter().any(|text| text.contains(char::is_control)),
        || "a label is one line, without control characters".to_owned(),
    )?;
    ensure(
        words.first().is_none_or(|label| !label.trim().is_empty()),
        || "its label says nothing".to_owned(),
    )
}

fn offer(offer: &wit::ActionOffer) -> Result<(), String> {
    name(&offer.name)?;
    ensure(offer.payload.len() <= PAYLOAD_BYTES_MAX, || {
        format!("its payload is longer than {PAYLOAD_BYTES_MAX} bytes")
    })
}

fn input_name(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Input(input) => Some(&input.name),
        Kind::Choice(choice) => Some(&choice.name),
        Kind::Toggle(toggle) => Some(&toggle.name),
        Kind::Rating(rating) => Some(&rating.name),
        Kind::Upload(upload) => Some(&upload.name),
        _ => None,
    }
}

fn label(kind: &Kind) -> String {
    let kind_name = kind_name(kind);
    match (input_name(kind), words(kind).first()) {
        (Some(name), _) => format!("{kind_name} `{name}`"),
        (None, Some(words)) => format!("{kind_name} {words:?}"),
        (None, None) => kind_name,
    }
}

fn name(name: &str) -> Result<(), String> {
    let is_good = name.len() <= NAME_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    ensure(is_good, || {
        format!("`{name}` is no name: [a-z][a-z0-9-]*, at most 64 bytes")
    })
}

fn share(share: f64) -> Result<(), String> {
    ensure((0.0..=1.0).contains(&share), || {
        format!("its share is {share}; 0 to 1 is allowed")
    })
}

fn url(url: &str) -> Result<(), String> {
    if url.starts_with("mailto:") {
        Ok(())
    } else {
        https(url)
    }
}

fn https(url: &str) -> Result<(), String> {
    ensure(url.starts_with("https://"), || {
        format!("`{url}` is not an `https:` address")
    })
}

fn within<N: Copy + PartialOrd + std::fmt::Display>(
    what: &str,
    number: N,
    min: N,
    max: N,
) -> Result<(), String> {
    ensure(number >= min && number <= max, || {
        format!("{what} {number}; {min} to {max} is allowed")
    })
}

fn ensure(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason()) }
}
