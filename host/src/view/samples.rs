//! Views the tests of all surfaces share.

use super::{
    ActionOffer, Audience, AvatarStyle, ButtonStyle, ChartStyle, CheckedView, Choice, ChoiceOption,
    ChoiceStyle, Input, InputKind, Kind, Node, Once, Point, Said, Share, ShareOf, Site, Span,
    TextStyle, TextTone, TimeStyle, Tone, Upload, View, ViewLimits, Who, check,
};

/// Where the samples' links lead.
pub(super) const SITE: Site<'_> = Site {
    host: "https://cards.example",
    circle: "beike",
    card_url: "https://cards.example/c/vote",
};

/// The id of a picture.
pub(super) const PICTURE: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/// A tree, to be laid out in pre-order.
pub(super) struct Tree(pub(super) Kind, pub(super) Vec<Tree>);

impl Tree {
    pub(super) fn view(self, title: &str) -> View {
        let mut nodes = Vec::new();
        self.append_to(&mut nodes);
        View {
            title: title.to_owned(),
            summary: String::new(),
            image: None,
            nodes,
        }
    }

    fn append_to(self, nodes: &mut Vec<Node>) {
        let Self(kind, children) = self;
        nodes.push(Node {
            kind,
            children: u32::try_from(children.len()).unwrap(),
        });
        children
            .into_iter()
            .for_each(|child| child.append_to(nodes));
    }
}

pub(super) fn leaf(kind: Kind) -> Tree {
    Tree(kind, Vec::new())
}

/// A view that passed, with its people introduced.
pub(super) fn checked(view: View) -> CheckedView {
    introduced(view, "阿南")
}

/// The same, with a name of the test's own for the one who has any.
pub(super) fn introduced(view: View, name: &str) -> CheckedView {
    let mut view =
        check(view, &ViewLimits::default()).unwrap_or_else(|malformed| panic!("{malformed}"));
    let named = Who::Named {
        name: name.to_owned(),
        picture: Some("https://daily.example/a.png?s=64&t=1".to_owned()),
    };
    let people = [
        ("m_anan", named),
        ("m_7Q", Who::Anonymous),
        ("m_gone", Who::Erased),
    ];
    let people = people.map(|(member, who)| (member.to_owned(), who));
    view.introduce("zh-CN", people, &[]);
    view
}

pub(super) fn avatar(member: &str, style: AvatarStyle) -> Tree {
    leaf(Kind::Avatar {
        member: member.to_owned(),
        style,
    })
}

pub(super) fn said(member: &str, text: &str, post: Option<&str>) -> Said {
    Said {
        member: member.to_owned(),
        text: text.to_owned(),
        post: post.map(str::to_owned),
        max_lines: None,
        masked: false,
    }
}

pub(super) fn upload(name: &str, label: &str, max: u8) -> Upload {
    Upload {
        name: name.to_owned(),
        label: label.to_owned(),
        required: false,
        max,
    }
}

pub(super) fn offer(name: &str) -> ActionOffer {
    ActionOffer {
        name: name.to_owned(),
        payload: String::new(),
        audience: Audience::Anyone,
        once: Once::PerTap,
        confirm: None,
    }
}

pub(super) fn button(label: &str, offer: ActionOffer, style: ButtonStyle) -> Tree {
    leaf(Kind::Button {
        label: label.to_owned(),
        offer,
        style,
    })
}

pub(super) fn heading(level: u8, text: &str) -> Tree {
    leaf(Kind::Heading {
        level,
        text: text.to_owned(),
    })
}

pub(super) fn text(content: &str, style: TextStyle, tone: TextTone) -> Tree {
    leaf(Kind::Text {
        content: content.to_owned(),
        style,
        tone,
        max_lines: None,
    })
}

pub(super) fn option(value: &str, label: &str) -> ChoiceOption {
    ChoiceOption {
        value: value.to_owned(),
        label: label.to_owned(),
        selected: false,
    }
}

pub(super) fn choice(label: &str, options: Vec<ChoiceOption>) -> Choice {
    Choice {
        name: "choice".to_owned(),
        label: label.to_owned(),
        style: ChoiceStyle::List,
        options,
        many: false,
        min: 1,
        max: 1,
    }
}

pub(super) fn input(kind: InputKind, name: &str, label: &str) -> Input {
    Input {
        kind,
        name: name.to_owned(),
        label: label.to_owned(),
        placeholder: None,
        value: None,
        required: false,
        min: None,
        max: None,
    }
}

/// A poll nobody has voted in yet.
pub(super) fn poll() -> View {
    let question = "下个月读什么？";
    let options = vec![
        option("a", "《三体》 刘慈欣"),
        option("b", "《边城》 沈从文"),
        option("c", "《我们仨》 杨绛"),
    ];
    let form = Tree(
        Kind::Form,
        vec![
            leaf(Kind::Choice(choice(question, options))),
            button("投票", offer("vote"), ButtonStyle::Primary),
        ],
    );
    let note = text("128 人已参与", TextStyle::Caption, TextTone::Muted);
    let mut view = Tree(Kind::Column, vec![heading(2, question), form, note]).view(question);
    view.summary = "三本书里选一本，下个月一起读。".to_owned();
    view
}

/// The same poll after a vote.
pub(super) fn results() -> View {
    let question = "下个月读什么？";
    let meter = |label: &str, share: f64, count: u64, mine: bool| {
        leaf(Kind::Meter {
            label: label.to_owned(),
            share,
            count,
            mine,
        })
    };
    let children = vec![
        heading(2, question),
        meter("《三体》 刘慈欣", 0.5625, 72, false),
        meter("《边城》 沈从文", 0.34375, 44, true),
        meter("《我们仨》 杨绛", 0.09375, 12, false),
        text("128 人已参与", TextStyle::Caption, TextTone::Muted),
        button("改投", offer("change"), ButtonStyle::Quiet),
    ];
    Tree(Kind::Column, children).view(question)
}

/// A view with every kind of node, each of its texts as `say` has it.
pub(super) fn everything(say: impl Fn(&str) -> String) -> View {
    let say = &say;
    let children = vec![
        leaf(Kind::Heading {
            level: 1,
            text: say("贝壳读书圈"),
        }),
        Tree(
            Kind::Row,
            vec![
                leaf(Kind::Badge {
                    text: say("进行中"),
                    tone: Tone::Success,
                }),
                leaf(Kind::Badge {
                    text: say("第 12 期"),
                    tone: Tone::Neutral,
                }),
                leaf(Kind::Time {
                    instant: 1_798_732_800_000,
                    style: TimeStyle::Countdown,
                }),
            ],
        ),
        words(say),
        Tree(
            Kind::Grid(3),
            vec![
                leaf(Kind::Stat {
                    label: say("成员"),
                    value: say("1,280"),
                    change: Some(say("+12 %")),
                }),
                leaf(Kind::Stat {
                    label: say("本周书评"),
                    value: say("36"),
                    change: None,
                }),
                leaf(Kind::Stat {
                    label: say("读完"),
                    value: say("9 本"),
                    change: None,
                }),
            ],
        ),
        figures(say),
        Tree(
            Kind::Carousel,
            vec![
                picture(say, "https://img.example/one.jpg"),
                picture(say, "https://img.example/two.jpg"),
                picture(say, &format!("media:{PICTURE}")),
            ],
        ),
        leaf(Kind::Divider),
        form(say),
        people(say),
        Tree(
            Kind::Details(say("怎么参加")),
            vec![
                leaf(Kind::Qr {
                    content: "https://cards.example/c/beike".to_owned(),
                    label: say("扫码打开"),
                }),
                leaf(Kind::Link {
                    label: say("圈规全文"),
                    url: "https://beike.example/rules?a=1&b=(2)".to_owned(),
                }),
            ],
        ),
        Tree(
            Kind::Ext {
                name: "hologram".to_owned(),
                props: vec![("depth".to_owned(), say("3"))],
            },
            vec![leaf(Kind::Text {
                content: say("看不到全息图的话，这里是文字。"),
                style: TextStyle::Body,
                tone: TextTone::Warning,
                max_lines: Some(2),
            })],
        ),
        leaf(Kind::Button {
            label: say("退出圈子"),
            offer: ActionOffer {
                payload: "{\"really\":true}".to_owned(),
                audience: Audience::Member,
                once: Once::PerViewer,
                confirm: Some(say("退出后，你的书评仍会保留。确定要退出吗？")),
                ..offer("leave")
            },
            style: ButtonStyle::Danger,
        }),
    ];
    let mut view = Tree(Kind::Column, children).view(&say("贝壳读书圈"));
    view.summary = say("一起读书，每月一本。");
    view.image = Some("https://img.example/cover.jpg".to_owned());
    view
}

fn words(say: &impl Fn(&str) -> String) -> Tree {
    Tree(
        Kind::Panel {
            tone: Tone::Accent,
            title: Some(say("本月共读")),
        },
        vec![
            leaf(Kind::Text {
                content: say("一座边城，一条小溪，一个叫翠翠的姑娘。"),
                style: TextStyle::Lead,
                tone: TextTone::Normal,
                max_lines: None,
            }),
            leaf(Kind::Rich(vec![
                Span::Text(say("沈从文在 1934 年写下")),
                Span::Bold(say("《边城》")),
                Span::Text(say("，他说这是")),
                Span::Emphasis(say("一座希腊小庙")),
                Span::Text(say("。书号 ")),
                Span::Code(say("9787530219874")),
                Span::Text(say("，")),
                Span::Link {
                    label: say("试读"),
                    url: "https://beike.example/try".to_owned(),
                },
                Span::Text(say("。")),
            ])),
            leaf(Kind::Text {
                content: say("凡事都有偶然的凑巧，结果却又如宿命的必然。"),
                style: TextStyle::Quote,
                tone: TextTone::Normal,
                max_lines: None,
            }),
        ],
    )
}

fn figures(say: &impl Fn(&str) -> String) -> Tree {
    let point = |label: &str, value: f64| Point {
        label: say(label),
        value,
    };
    let days = || {
        vec![
            point("一", 12.0),
            point("二", 18.5),
            point("三", 9.0),
            point("四", 1_024.0),
            point("五", 640.0),
        ]
    };
    Tree(
        Kind::Column,
        vec![
            leaf(Kind::Progress {
                label: say("共读进度"),
                share: 0.4,
            }),
            leaf(Kind::Meter {
                label: say("《三体》"),
                share: 0.999,
                count: 12_800,
                mine: true,
            }),
            leaf(Kind::Meter {
                label: say("《边城》"),
                share: 0.001,
                count: 3,
                mine: false,
            }),
            leaf(Kind::Chart {
                style: ChartStyle::Bar,
                label: say("每天的书评"),
                points: days(),
            }),
            leaf(Kind::Chart {
                style: ChartStyle::Line,
                label: say("阅读时长"),
                points: days(),
            }),
            leaf(Kind::Chart {
                style: ChartStyle::Spark,
                label: say("走势"),
                points: days(),
            }),
            leaf(Kind::Chart {
                style: ChartStyle::Bar,
                label: say("还没有开始"),
                points: Vec::new(),
            }),
        ],
    )
}

fn people(say: &impl Fn(&str) -> String) -> Tree {
    let reply = Said {
        max_lines: Some(2),
        ..said(
            "m_7Q",
            &say("我也读过，在 https://beike.example/try 试读的。"),
            None,
        )
    };
    Tree(
        Kind::Column,
        vec![
            Tree(
                Kind::Row,
                vec![
                    avatar("m_anan", AvatarStyle::Picture),
                    avatar("m_7Q", AvatarStyle::Picture),
                    avatar("m_anan", AvatarStyle::Named),
                ],
            ),
            leaf(Kind::Said(said(
                "m_anan",
                &say("翠翠在渡口等了一年又一年。\n\n\n我每次读到这里，\n都会停一会儿。"),
                Some("post_01"),
            ))),
            leaf(Kind::Said(reply)),
            leaf(Kind::Said(said(
                "m_gone",
                "这一段不该有人看到",
                Some("post_02"),
            ))),
            leaf(Kind::Share(Share {
                label: say("分享这条书评"),
                of: ShareOf::Post("post_01".to_owned()),
                offer: Some(offer("shared")),
            })),
        ],
    )
}

fn picture(say: &impl Fn(&str) -> String, source: &str) -> Tree {
    leaf(Kind::Image {
        source: source.to_owned(),
        alt: say("江边的吊脚楼"),
        width: 640,
        height: 360,
    })
}

fn form(say: &impl Fn(&str) -> String) -> Tree {
    let options = || {
        vec![
            ChoiceOption {
                selected: true,
                ..option("fog", &say("雾"))
            },
            option("river", &say("江水")),
            option("ferry", &say("渡船")),
        ]
    };
    let several = Choice {
        name: "moods".to_owned(),
        many: true,
        min: 0,
        max: 2,
        style: ChoiceStyle::Chips,
        ..choice(&say("读到了什么"), options())
    };
    let menu = Choice {
        name: "chapter".to_owned(),
        min: 0,
        style: ChoiceStyle::Menu,
        ..choice(&say("读到哪里"), options())
    };
    let pages = Input {
        min: Some("1".to_owned()),
        max: Some("300".to_owned()),
        ..input(InputKind::Number, "pages", &say("读了多少页"))
    };
    let words = Input {
        required: true,
        placeholder: Some(say("写几句给同圈的人")),
        value: Some(say("\n渡口")),
        max: Some("200".to_owned()),
        ..input(InputKind::Multiline, "words", &say("书评"))
    };
    Tree(
        Kind::Form,
        vec![
            leaf(Kind::Choice(several)),
            leaf(Kind::Choice(menu)),
            leaf(Kind::Rating {
                name: "stars".to_owned(),
                label: say("打几颗星"),
                max: 5,
                value: 4,
                required: false,
            }),
            leaf(Kind::Input(Input {
                value: Some(say("阿南")),
                ..input(InputKind::Text, "nick", &say("署名"))
            })),
            leaf(Kind::Input(words)),
            leaf(Kind::Input(pages)),
            leaf(Kind::Input(input(InputKind::Date, "day", &say("哪天读完")))),
            leaf(Kind::Upload(upload("shots", &say("书影"), 3))),
            leaf(Kind::Share(Share {
                label: say("分享"),
                of: ShareOf::Card,
                offer: None,
            })),
            leaf(Kind::Toggle {
                name: "public".to_owned(),
                label: say("公开我的书评"),
                value: true,
            }),
            Tree(
                Kind::Row,
                vec![
                    leaf(Kind::Button {
                        label: say("发布"),
                        offer: offer("publish"),
                        style: ButtonStyle::Primary,
                    }),
                    leaf(Kind::Button {
                        label: say("存草稿"),
                        offer: offer("draft"),
                        style: ButtonStyle::Secondary,
                    }),
                ],
            ),
        ],
    )
}
