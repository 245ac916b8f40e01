//! The same card without a sandbox: drawn by the same code, turned into the
//! host's view tree, checked and written by the host's own surfaces, answered
//! by axum and nothing else.

use std::io::Write as _;

use anyhow::{Result, anyhow};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use quanka::view::{
    self, At, CheckedView, HtmlContext, Interaction, JsonContext, Pages, Site, Size, ViewLimits,
    check, html, json,
};
use quanka_bench_card::Posts;
use quanka_card::__export::render;
use quanka_card::bindings::card::quanka::card::view as wire;
use quanka_card::bindings::imports::quanka::card::types;
use quanka_tests::server::CIRCLE;
use serde::Deserialize;

use crate::workplace::CARD;

/// What the bench calls itself with, to serve the card natively.
pub const COMMAND: &str = "serve-native";

const LOCALE: &str = "zh-CN";

/// Serves until it is killed.
pub fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on http://{}", listener.local_addr()?)?;
        drop(out);
        let router = Router::new().route("/c/{card}/view", get(answer));
        Ok(axum::serve(listener, router).await?)
    })
}

#[derive(Deserialize)]
struct ViewQuery {
    r#as: String,
}

async fn answer(Path(card): Path<String>, Query(query): Query<ViewQuery>) -> Response {
    let drawn = draw(&card).and_then(|view| Ok(check(view, &ViewLimits::default())?));
    match (drawn, query.r#as.as_str()) {
        (Ok(view), "json") => {
            ([(header::CONTENT_TYPE, "application/json")], to_json(&view)).into_response()
        }
        (Ok(view), _) => {
            let media_type = "text/html; charset=utf-8";
            ([(header::CONTENT_TYPE, media_type)], to_html(&view)).into_response()
        }
        (Err(error), _) => {
            let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            (status, error.to_string()).into_response()
        }
    }
}

/// Where links lead.
const SITE: Site<'_> = Site {
    host: "https://cards.example",
    circle: CIRCLE,
    card_url: "",
};

/// Draws the card.
///
/// # Errors
///
/// When the card fails.
pub fn draw(card: &str) -> Result<view::View> {
    let drawn = render::<Posts>(types::CardContext {
        card: card.to_owned(),
        slug: card.to_owned(),
        circle: CIRCLE.to_owned(),
        config: "{}".to_owned(),
        locale: LOCALE.to_owned(),
        size: types::Size::Standard,
        at: String::new(),
    });
    let drawn = drawn.map_err(|error| anyhow!("the card failed: {error:?}"))?;
    Ok(view::View {
        title: drawn.title,
        summary: drawn.summary,
        image: drawn.image,
        nodes: drawn.nodes.into_iter().map(node).collect(),
    })
}

/// The view object, as the host has it.
pub fn to_json(view: &CheckedView) -> String {
    let first = At::default();
    let context = JsonContext {
        card: CARD,
        site: SITE,
        locale: LOCALE,
        size: Size::Standard,
        at: &first,
        private: false,
        stale: false,
        expires_at: None,
        tokens: None,
    };
    serde_json::to_string(&json(view, &context))
        .expect("every key is a string and a string takes all that is written")
}

/// The section, as the host has it.
pub fn to_html(view: &CheckedView) -> String {
    let first = At::default();
    let pages = Pages {
        url: "",
        stay: false,
    };
    let context = HtmlContext {
        card: CARD,
        site: SITE,
        locale: LOCALE,
        size: Size::Standard,
        at: &first,
        pages,
        interaction: Interaction::ReadOnly { open_url: "" },
    };
    html(view, &context)
}

fn node(node: wire::Node) -> view::Node {
    view::Node {
        kind: kind(node.kind),
        children: node.children,
    }
}

/// The kinds that this card draws.
fn kind(kind: wire::Kind) -> view::Kind {
    match kind {
        wire::Kind::Column => view::Kind::Column,
        wire::Kind::Row => view::Kind::Row,
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
        wire::Kind::Badge(badge) => view::Kind::Badge {
            text: badge.text,
            tone: match badge.tone {
                wire::Tone::Neutral => view::Tone::Neutral,
                wire::Tone::Accent => view::Tone::Accent,
                wire::Tone::Success => view::Tone::Success,
                wire::Tone::Warning => view::Tone::Warning,
                wire::Tone::Danger => view::Tone::Danger,
            },
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
        other => unreachable!("the card draws no {other:?}"),
    }
}
