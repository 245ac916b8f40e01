//! `quanka:card@1`: bindings, and conversion from and to the internal model.
//!
//! Host and guest meet here and only here. Deliberately without rules: a view
//! is converted, not checked; an outcome is converted, not believed.

use super::{
    Action, CardContext, CardError, Destination, Failure, Job, JobContext, Outcome, PageEvent,
    Reader, Role, Toast, ToastTone,
};
use crate::view;

#[allow(missing_docs, reason = "generated from wit/v1, which is documented")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit/v1",
        world: "full-plugin",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

pub use bindings::exports::quanka::card::{actions, card, jobs, lifecycle};
pub use bindings::quanka::card::{
    circle, clock, log, outbound, posts, state, tally, timers, types, viewer,
};

use bindings::quanka::card::view as wire;

/// The context of a render, for the guest.
pub fn card_context(cx: &CardContext) -> types::CardContext {
    types::CardContext {
        card: cx.card.to_string(),
        slug: cx.slug.to_string(),
        circle: cx.circle.to_string(),
        config: cx.config.to_string(),
        locale: cx.locale.clone(),
        size: match cx.size {
            view::Size::Compact => types::Size::Compact,
            view::Size::Standard => types::Size::Standard,
            view::Size::Feed => types::Size::Feed,
        },
        at: cx.at.to_string(),
    }
}

/// The context of an action and the action itself, for the guest.
pub fn action_call(
    cx: &CardContext,
    reader: &Reader,
    action: &Action,
) -> (actions::ActionContext, actions::Action) {
    let context = actions::ActionContext {
        card: card_context(cx),
        reader: guest_reader(reader),
        now: action.now_ms,
        seed: action.seed,
    };
    let inputs = action
        .inputs
        .iter()
        .map(|(name, values)| actions::InputValue {
            name: name.clone(),
            values: values.clone(),
        })
        .collect();
    let action = actions::Action {
        id: action.id.clone(),
        name: action.name.clone(),
        payload: action.payload.clone(),
        inputs,
    };
    (context, action)
}

/// The context of a job, for the guest.
pub fn job_context(cx: &CardContext, job: &JobContext) -> types::JobContext {
    types::JobContext {
        card: card_context(cx),
        now: job.now_ms,
        seed: job.seed,
        delivery: job.delivery.clone(),
        attempt: job.attempt,
    }
}

/// A job, for the guest.
pub fn job(job: Job, delivery: &str) -> jobs::Job {
    match job {
        Job::Timer {
            name,
            payload,
            due_ms,
        } => jobs::Job::Timer(jobs::DueTimer {
            name,
            payload,
            due: due_ms,
        }),
        Job::Answer { payload, result } => jobs::Job::Answer(jobs::Answer {
            delivery: delivery.to_owned(),
            payload,
            result: result
                .map(|response| jobs::Response {
                    status: response.status,
                    headers: response
                        .headers
                        .into_iter()
                        .map(|(name, value)| jobs::Header { name, value })
                        .collect(),
                    body: response.body,
                })
                .map_err(|failure| match failure {
                    Failure::Refused => jobs::Failure::Refused,
                    Failure::Unreachable => jobs::Failure::Unreachable,
                    Failure::Unusable => jobs::Failure::Unusable,
                }),
        }),
    }
}

/// A reader, for the guest.
pub fn guest_reader(reader: &Reader) -> types::Reader {
    types::Reader {
        member: reader.member.clone(),
        signed_in: reader.signed_in,
        role: guest_role(reader.role),
        locale: reader.locale.clone(),
        muted: reader.muted_until_ms.is_some(),
    }
}

/// A role, for the guest.
pub fn guest_role(role: Role) -> types::Role {
    match role {
        Role::Visitor => types::Role::Visitor,
        Role::Member => types::Role::Member,
        Role::Featured => types::Role::Featured,
        Role::Moderator => types::Role::Moderator,
        Role::Owner => types::Role::Owner,
    }
}

/// A role, from the guest.
pub fn host_role(role: types::Role) -> Role {
    match role {
        types::Role::Visitor => Role::Visitor,
        types::Role::Member => Role::Member,
        types::Role::Featured => Role::Featured,
        types::Role::Moderator => Role::Moderator,
        types::Role::Owner => Role::Owner,
    }
}

impl From<types::Error> for CardError {
    fn from(error: types::Error) -> Self {
        match error {
            types::Error::Invalid(invalid) => CardError::Invalid {
                text: invalid.text,
                fields: invalid
                    .fields
                    .into_iter()
                    .map(|field| (field.input, field.text))
                    .collect(),
            },
            types::Error::Denied(text) => CardError::Denied(text),
            types::Error::NotFound(text) => CardError::NotFound(text),
            types::Error::Conflict(text) => CardError::Conflict(text),
            types::Error::Quota(text) => CardError::Quota(text),
            types::Error::Unavailable(text) => CardError::Unavailable(text),
            types::Error::Internal(text) => CardError::Internal(text),
            types::Error::Other(other) => CardError::Other {
                code: other.code,
                text: other.text,
            },
        }
    }
}

impl From<actions::Outcome> for Outcome {
    fn from(outcome: actions::Outcome) -> Self {
        Outcome {
            toast: outcome.toast.map(|toast| Toast {
                tone: match toast.tone {
                    actions::ToastTone::Info => ToastTone::Info,
                    actions::ToastTone::Success => ToastTone::Success,
                    actions::ToastTone::Warning => ToastTone::Warning,
                },
                text: toast.text,
            }),
            navigate: outcome.navigate.map(|destination| match destination {
                actions::Destination::Url(url) => Destination::Url(url),
                actions::Destination::Card(slug) => Destination::Card(slug),
            }),
            event: outcome.event.map(|event| PageEvent {
                name: event.name,
                data: event.data,
            }),
        }
    }
}

/// A view as the guest drew it, not yet checked.
pub fn view(view: wire::View) -> view::View {
    view::View {
        title: view.title,
        summary: view.summary,
        image: view.image,
        nodes: view
            .nodes
            .into_iter()
            .map(|node| view::Node {
                kind: kind(node.kind),
                children: node.children,
            })
            .collect(),
    }
}

fn kind(kind: wire::Kind) -> view::Kind {
    match kind {
        wire::Kind::Column => view::Kind::Column,
        wire::Kind::Row => view::Kind::Row,
        wire::Kind::Grid(columns) => view::Kind::Grid(columns),
        wire::Kind::Panel(panel) => view::Kind::Panel {
            tone: tone(panel.tone),
            title: panel.title,
        },
        wire::Kind::Carousel => view::Kind::Carousel,
        wire::Kind::Details(label) => view::Kind::Details(label),
        wire::Kind::Form => view::Kind::Form,
        wire::Kind::Divider => view::Kind::Divider,
        wire::Kind::Heading(_)
        | wire::Kind::Text(_)
        | wire::Kind::Rich(_)
        | wire::Kind::Image(_)
        | wire::Kind::Badge(_)
        | wire::Kind::Stat(_)
        | wire::Kind::Progress(_)
        | wire::Kind::Meter(_)
        | wire::Kind::Time(_)
        | wire::Kind::Chart(_)
        | wire::Kind::Qr(_) => content(kind),
        wire::Kind::Avatar(avatar) => view::Kind::Avatar {
            member: avatar.member,
            style: match avatar.style {
                wire::AvatarStyle::Picture => view::AvatarStyle::Picture,
                wire::AvatarStyle::Named => view::AvatarStyle::Named,
            },
        },
        wire::Kind::Said(said) => view::Kind::Said(view::Said {
            member: said.member,
            text: said.text,
            post: said.post,
            max_lines: said.max_lines,
            masked: false,
        }),
        wire::Kind::Button(_)
        | wire::Kind::Link(_)
        | wire::Kind::Input(_)
        | wire::Kind::Choice(_)
        | wire::Kind::Toggle(_)
        | wire::Kind::Rating(_)
        | wire::Kind::Upload(_)
        | wire::Kind::Share(_) => interaction(kind),
        wire::Kind::Ext(ext) => view::Kind::Ext {
            name: ext.name,
            props: ext
                .props
                .into_iter()
                .map(|prop| (prop.name, prop.value))
                .collect(),
        },
    }
}

fn content(kind: wire::Kind) -> view::Kind {
    match kind {
        wire::Kind::Heading(heading) => view::Kind::Heading {
            level: heading.level,
            text: heading.text,
        },
        wire::Kind::Text(text) => view::Kind::Text {
            content: text.content,
            style: match text.style {
                wire::TextStyle::Body => view::TextStyle::Body,
                wire::TextStyle::Lead => view::TextStyle::Lead,
                wire::TextStyle::Caption => view::TextStyle::Caption,
                wire::TextStyle::Quote => view::TextStyle::Quote,
            },
            tone: match text.tone {
                wire::TextTone::Normal => view::TextTone::Normal,
                wire::TextTone::Muted => view::TextTone::Muted,
                wire::TextTone::Success => view::TextTone::Success,
                wire::TextTone::Warning => view::TextTone::Warning,
                wire::TextTone::Danger => view::TextTone::Danger,
            },
            max_lines: text.max_lines,
        },
        wire::Kind::Rich(spans) => view::Kind::Rich(spans.into_iter().map(span).collect()),
        wire::Kind::Image(image) => view::Kind::Image {
            source: image.source,
            alt: image.alt,
            width: image.width,
            height: image.height,
        },
        wire::Kind::Badge(badge) => view::Kind::Badge {
            text: badge.text,
            tone: tone(badge.tone),
        },
        wire::Kind::Stat(stat) => view::Kind::Stat {
            label: stat.label,
            value: stat.value,
            change: stat.change,
        },
        wire::Kind::Progress(progress) => view::Kind::Progress {
            label: progress.label,
            share: progress.share,
        },
        wire::Kind::Meter(meter) => view::Kind::Meter {
            label: meter.label,
            share: meter.share,
            count: meter.count,
            mine: meter.mine,
        },
        wire::Kind::Time(time) => view::Kind::Time {
            instant: time.instant,
            style: match time.style {
                wire::TimeStyle::Relative => view::TimeStyle::Relative,
                wire::TimeStyle::Date => view::TimeStyle::Date,
                wire::TimeStyle::DateTime => view::TimeStyle::DateTime,
                wire::TimeStyle::Countdown => view::TimeStyle::Countdown,
            },
        },
        wire::Kind::Chart(chart) => view::Kind::Chart {
            style: match chart.style {
                wire::ChartStyle::Bar => view::ChartStyle::Bar,
                wire::ChartStyle::Line => view::ChartStyle::Line,
                wire::ChartStyle::Spark => view::ChartStyle::Spark,
            },
            label: chart.label,
            points: chart
                .points
                .into_iter()
                .map(|point| view::Point {
                    label: point.label,
                    value: point.value,
                })
                .collect(),
        },
        wire::Kind::Qr(qr) => view::Kind::Qr {
            content: qr.content,
            label: qr.label,
        },
        _ => unreachable!("`kind` sends only content here"),
    }
}

fn interaction(kind: wire::Kind) -> view::Kind {
    match kind {
        wire::Kind::Button(button) => view::Kind::Button {
            label: button.label,
            offer: offer(button.offer),
            style: match button.style {
                wire::ButtonStyle::Primary => view::ButtonStyle::Primary,
                wire::ButtonStyle::Secondary => view::ButtonStyle::Secondary,
                wire::ButtonStyle::Quiet => view::ButtonStyle::Quiet,
                wire::ButtonStyle::Danger => view::ButtonStyle::Danger,
            },
        },
        wire::Kind::Link(link) => view::Kind::Link {
            label: link.label,
            url: link.url,
        },
        wire::Kind::Input(input) => view::Kind::Input(view::Input {
            kind: match input.type_ {
                wire::InputType::Text => view::InputKind::Text,
                wire::InputType::Multiline => view::InputKind::Multiline,
                wire::InputType::Number => view::InputKind::Number,
                wire::InputType::Date => view::InputKind::Date,
            },
            name: input.name,
            label: input.label,
            placeholder: input.placeholder,
            value: input.value,
            required: input.required,
            min: input.min,
            max: input.max,
        }),
        wire::Kind::Choice(choice) => view::Kind::Choice(view::Choice {
            name: choice.name,
            label: choice.label,
            style: match choice.style {
                wire::ChoiceStyle::List => view::ChoiceStyle::List,
                wire::ChoiceStyle::Chips => view::ChoiceStyle::Chips,
                wire::ChoiceStyle::Menu => view::ChoiceStyle::Menu,
            },
            options: choice
                .options
                .into_iter()
                .map(|option| view::ChoiceOption {
                    value: option.value,
                    label: option.label,
                    selected: option.selected,
                })
                .collect(),
            many: choice.many,
            min: choice.min,
            max: choice.max,
        }),
        wire::Kind::Toggle(toggle) => view::Kind::Toggle {
            name: toggle.name,
            label: toggle.label,
            value: toggle.value,
        },
        wire::Kind::Rating(rating) => view::Kind::Rating {
            name: rating.name,
            label: rating.label,
            max: rating.max,
            value: rating.value,
            required: rating.required,
        },
        wire::Kind::Upload(upload) => view::Kind::Upload(view::Upload {
            name: upload.name,
            label: upload.label,
            required: upload.required,
            max: upload.max,
        }),
        wire::Kind::Share(share) => view::Kind::Share(view::Share {
            label: share.label,
            of: match share.of {
                wire::ShareOf::Card => view::ShareOf::Card,
                wire::ShareOf::Post(id) => view::ShareOf::Post(id),
            },
            offer: share.offer.map(offer),
        }),
        _ => unreachable!("`kind` sends only interaction here"),
    }
}

fn offer(offer: wire::ActionOffer) -> view::ActionOffer {
    view::ActionOffer {
        name: offer.name,
        payload: offer.payload,
        audience: match offer.audience {
            wire::Audience::Anyone => view::Audience::Anyone,
            wire::Audience::SignedIn => view::Audience::SignedIn,
            wire::Audience::Member => view::Audience::Member,
            wire::Audience::Featured => view::Audience::Featured,
            wire::Audience::Moderator => view::Audience::Moderator,
            wire::Audience::Owner => view::Audience::Owner,
        },
        once: match offer.once {
            wire::Once::PerTap => view::Once::PerTap,
            wire::Once::PerViewer => view::Once::PerViewer,
            wire::Once::PerCard => view::Once::PerCard,
        },
        confirm: offer.confirm,
    }
}

fn tone(tone: wire::Tone) -> view::Tone {
    match tone {
        wire::Tone::Neutral => view::Tone::Neutral,
        wire::Tone::Accent => view::Tone::Accent,
        wire::Tone::Success => view::Tone::Success,
        wire::Tone::Warning => view::Tone::Warning,
        wire::Tone::Danger => view::Tone::Danger,
    }
}

fn span(span: wire::Span) -> view::Span {
    match span {
        wire::Span::Text(text) => view::Span::Text(text),
        wire::Span::Bold(text) => view::Span::Bold(text),
        wire::Span::Emphasis(text) => view::Span::Emphasis(text),
        wire::Span::Code(text) => view::Span::Code(text),
        wire::Span::Link(link) => view::Span::Link {
            label: link.label,
            url: link.url,
        },
    }
}
