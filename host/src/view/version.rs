//! The version of a view: a hash of the tree.
//!
//! Over an encoding of our own and not over a surface, so that it stays the
//! same when the way a surface is written changes, and on every machine.
//! Strings and lists carry their length and options a tag, so that no two trees
//! are encoded alike.

use sha2::{Digest, Sha256};

use super::{ActionOffer, Choice, Input, Kind, People, Share, ShareOf, Span, View};

/// The first 64 bits of the hash, as 16 hexadecimal digits. What the host fills
/// in for people is a part of it: a new name is another view.
pub(super) fn version(view: &View, people: &People) -> String {
    let mut hasher = Hasher(Sha256::new());
    hasher.text(&view.title);
    hasher.text(&view.summary);
    hasher.optional(view.image.as_deref());
    for node in &view.nodes {
        hasher.text(node.kind.name());
        hasher.number(node.children);
        hasher.kind(&node.kind);
    }
    for (member, person) in people.iter() {
        hasher.text(member).text(&person.name);
        hasher.optional(person.picture.as_deref());
    }
    let digest = hasher.0.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

struct Hasher(Sha256);

impl Hasher {
    fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        self.0.update(number.into().to_le_bytes());
        self
    }

    fn float(&mut self, float: f64) -> &mut Self {
        // -0.0 and 0.0 are drawn alike; adding 0.0 makes them one.
        self.number((float + 0.0).to_bits())
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64).0.update(text);
        self
    }

    fn optional(&mut self, text: Option<&str>) -> &mut Self {
        self.number(text.is_some());
        text.into_iter().fold(self, Self::text)
    }

    fn each<T>(&mut self, things: &[T], hash: impl Fn(&mut Self, &T)) -> &mut Self {
        self.number(things.len() as u64);
        things.iter().for_each(|thing| hash(self, thing));
        self
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Column | Kind::Row | Kind::Carousel | Kind::Form | Kind::Divider => self,
            Kind::Grid(columns) => self.number(*columns),
            Kind::Panel { tone, title } => self.text(tone.name()).optional(title.as_deref()),
            Kind::Details(label) => self.text(label),
            Kind::Heading { level, text } => self.number(*level).text(text),
            Kind::Text {
                content,
                style,
                tone,
                max_lines,
            } => self
                .text(content)
                .text(style.name())
                .text(tone.name())
                .number(max_lines.unwrap_or(0)),
            Kind::Rich(spans) => self.each(spans, Self::span),
            Kind::Image {
                source,
                alt,
                width,
                height,
            } => self.text(source).text(alt).number(*width).number(*height),
            Kind::Badge { text, tone } => self.text(text).text(tone.name()),
            Kind::Stat {
                label,
                value,
                change,
            } => self.text(label).text(value).optional(change.as_deref()),
            Kind::Progress { label, share } => self.text(label).float(*share),
            Kind::Meter {
                label,
                share,
                count,
                mine,
            } => self.text(label).float(*share).number(*count).number(*mine),
            Kind::Time { instant, style } => self.number(*instant).text(style.name()),
            Kind::Chart {
                style,
                label,
                points,
            } => self
                .text(style.name())
                .text(label)
                .each(points, |hasher, point| {
                    hasher.text(&point.label).float(point.value);
                }),
            Kind::Qr { content, label } => self.text(content).text(label),
            Kind::Avatar { member, style } => self.text(member).text(style.name()),
            Kind::Said(said) => self
                .text(&said.member)
                .text(&said.text)
                .optional(said.post.as_deref())
                .number(said.max_lines.unwrap_or(0))
                .number(said.masked),
            Kind::Button {
                label,
                offer,
                style,
            } => self.text(label).text(style.name()).offer(offer),
            Kind::Link { label, url } => self.text(label).text(url),
            Kind::Input(input) => self.input(input),
            Kind::Choice(choice) => self.choice(choice),
            Kind::Toggle { name, label, value } => self.text(name).text(label).number(*value),
            Kind::Rating {
                name,
                label,
                max,
                value,
                required,
            } => self
                .text(name)
                .text(label)
                .number(*max)
                .number(*value)
                .number(*required),
            Kind::Upload(upload) => self
                .text(&upload.name)
                .text(&upload.label)
                .number(upload.required)
                .number(upload.max),
            Kind::Share(share) => self.share(share),
            Kind::Ext { name, props } => self.text(name).each(props, |hasher, (name, value)| {
                hasher.text(name).text(value);
            }),
        };
    }

    fn span(&mut self, span: &Span) {
        self.text(span.name());
        match span {
            Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => {
                self.text(text)
            }
            Span::Link { label, url } => self.text(label).text(url),
        };
    }

    fn offer(&mut self, offer: &ActionOffer) -> &mut Self {
        self.text(&offer.name)
            .text(&offer.payload)
            .text(offer.audience.name())
            .text(offer.once.name())
            .optional(offer.confirm.as_deref())
    }

    fn share(&mut self, share: &Share) -> &mut Self {
        self.text(&share.label).optional(match &share.of {
            ShareOf::Card => None,
            ShareOf::Post(id) => Some(id),
        });
        self.number(share.offer.is_some());
        share.offer.iter().fold(self, Self::offer)
    }

    fn input(&mut self, input: &Input) -> &mut Self {
        self.text(input.kind.name())
            .text(&input.name)
            .text(&input.label)
            .optional(input.placeholder.as_deref())
            .optional(input.value.as_deref())
            .number(input.required)
            .optional(input.min.as_deref())
            .optional(input.max.as_deref())
    }

    fn choice(&mut self, choice: &Choice) -> &mut Self {
        self.text(&choice.name)
            .text(&choice.label)
            .text(choice.style.name());
        self.number(choice.many)
            .number(choice.min)
            .number(choice.max);
        self.each(&choice.options, |hasher, option| {
            hasher
                .text(&option.value)
                .text(&option.label)
                .number(option.selected);
        })
    }
}
