//! Draws trees that are none, and lies that the SDK would not tell. `how` is one
//! of the cases of [`nodes`].

#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "exported on WebAssembly alone")
)]

use quanka_card::bindings::card::exports::quanka::card::card::Guest;
use quanka_card::bindings::card::quanka::card::view::{
    ActionOffer, Audience, Button, ButtonStyle, Choice, ChoiceOption, ChoiceStyle, Heading, Image,
    Input, InputType, Kind, Link, Meter, Node, Once, Text, TextStyle, TextTone, View,
};
use quanka_card::bindings::imports::quanka::card::types::{CardContext, Error};
use serde::Deserialize;

struct Malformed;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    how: String,
}

impl Guest for Malformed {
    fn render(cx: CardContext) -> Result<View, Error> {
        let config: Config =
            serde_json::from_str(&cx.config).map_err(|error| Error::Internal(error.to_string()))?;
        let title = if config.how == "empty-title" {
            ""
        } else {
            "坏树"
        };
        let nodes = nodes(&config.how).ok_or(Error::NotFound(config.how))?;
        Ok(View {
            title: title.to_owned(),
            summary: String::new(),
            image: None,
            nodes,
        })
    }
}

/// The nodes of one malformation.
fn nodes(how: &str) -> Option<Vec<Node>> {
    Some(match how {
        "no-nodes" => vec![],
        "empty-title" => vec![text()],
        "too-few-children" => vec![node(Kind::Column, 3), text()],
        "two-roots" => vec![text(), text()],
        "children-overflow" => vec![node(Kind::Column, u32::MAX), node(Kind::Column, u32::MAX)],
        "leaf-with-children" => vec![node(Kind::Divider, 1), text()],
        "input-outside-form" => vec![input("line")],
        "nested-form" => {
            vec![
                node(Kind::Form, 2),
                button("go"),
                node(Kind::Form, 1),
                button("go"),
            ]
        }
        "form-without-button" => vec![node(Kind::Form, 1), input("line")],
        "name-twice" => vec![
            node(Kind::Form, 3),
            input("line"),
            input("line"),
            button("go"),
        ],
        "bad-input-name" => vec![node(Kind::Form, 2), input("Line!"), button("go")],
        "bad-offer-name" => vec![button("Go!")],
        "share-nan" => vec![meter(f64::NAN)],
        "share-infinite" => vec![meter(f64::INFINITY)],
        "share-above-one" => vec![meter(1.5)],
        "share-negative" => vec![meter(-0.5)],
        "heading-level" => {
            vec![node(
                Kind::Heading(Heading {
                    level: 7,
                    text: "标题".to_owned(),
                }),
                0,
            )]
        }
        "grid-columns" => vec![node(Kind::Grid(0), 0)],
        "javascript-url" => vec![link("javascript:alert(1)")],
        "http-url" => vec![link("http://example.com/")],
        "image-data-url" => vec![image("data:image/png;base64,AAAA", "图")],
        "empty-alt" => vec![image("https://example.com/cat.png", "")],
        "no-options" => form_with(choice(&[], 0, 1)),
        "option-twice" => form_with(choice(&["a", "a"], 0, 1)),
        "impossible-choice" => form_with(choice(&["a"], 2, 1)),
        "control-character" => {
            vec![
                node(Kind::Details("一\u{0}二\u{1b}[31m".to_owned()), 1),
                text(),
            ]
        }
        "fine" => vec![text()],
        _ => return None,
    })
}

fn node(kind: Kind, children: u32) -> Node {
    Node { kind, children }
}

fn text() -> Node {
    let (style, tone) = (TextStyle::Body, TextTone::Normal);
    node(
        Kind::Text(Text {
            content: "正文".to_owned(),
            style,
            tone,
            max_lines: None,
        }),
        0,
    )
}

fn meter(share: f64) -> Node {
    node(
        Kind::Meter(Meter {
            label: "三体".to_owned(),
            share,
            count: 1,
            mine: false,
        }),
        0,
    )
}

fn link(url: &str) -> Node {
    node(
        Kind::Link(Link {
            label: "去".to_owned(),
            url: url.to_owned(),
        }),
        0,
    )
}

fn image(source: &str, alt: &str) -> Node {
    let (source, alt) = (source.to_owned(), alt.to_owned());
    node(
        Kind::Image(Image {
            source,
            alt,
            width: 320,
            height: 200,
        }),
        0,
    )
}

fn button(name: &str) -> Node {
    let offer = ActionOffer {
        name: name.to_owned(),
        payload: String::new(),
        audience: Audience::Anyone,
        once: Once::PerTap,
        confirm: None,
    };
    node(
        Kind::Button(Button {
            label: "去".to_owned(),
            offer,
            style: ButtonStyle::Primary,
        }),
        0,
    )
}

fn input(name: &str) -> Node {
    let input = Input {
        type_: InputType::Text,
        name: name.to_owned(),
        label: "一行".to_owned(),
        placeholder: None,
        value: None,
        required: false,
        min: None,
        max: None,
    };
    node(Kind::Input(input), 0)
}

fn choice(values: &[&str], min: u32, max: u32) -> Node {
    let option = |value: &&str| ChoiceOption {
        value: (*value).to_owned(),
        label: "选项".to_owned(),
        selected: false,
    };
    let choice = Choice {
        name: "choice".to_owned(),
        label: "选一项".to_owned(),
        style: ChoiceStyle::List,
        options: values.iter().map(option).collect(),
        many: false,
        min,
        max,
    };
    node(Kind::Choice(choice), 0)
}

fn form_with(input: Node) -> Vec<Node> {
    vec![node(Kind::Form, 2), input, button("go")]
}

#[cfg(target_arch = "wasm32")]
quanka_card::bindings::card::export_card!(Malformed with_types_in quanka_card::bindings::card);
