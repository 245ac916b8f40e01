use std::{cell::Cell, collections::BTreeSet};

use super::{CheckedView, FORM_DECLARATION_BYTES_MAX, Malformed, ViewLimits, check};
use crate::view::{
    ButtonStyle, ChartStyle, Choice, ChoiceOption, InputDeclaration, InputKind, Kind, Node, Point,
    Share, ShareOf, Span, TextStyle, TextTone, View,
    samples::{
        Tree, button, checked, choice, everything, heading, input, leaf, offer, option, poll, text,
        upload,
    },
};

fn refusal(view: View) -> Malformed {
    check(view, &ViewLimits::default()).expect_err("the view is refused")
}

/// A form with one thing in it and a button.
fn in_form(kind: Kind) -> Tree {
    let send = button("发送", offer("send"), ButtonStyle::Primary);
    Tree(Kind::Form, vec![leaf(kind), send])
}

fn paragraph(content: &str) -> Tree {
    text(content, TextStyle::Body, TextTone::Normal)
}

fn view_of(kinds: &[(Kind, u32)]) -> View {
    let mut view = leaf(Kind::Column).view("t");
    let node = |(kind, children): &(Kind, u32)| Node {
        kind: kind.clone(),
        children: *children,
    };
    view.nodes = kinds.iter().map(node).collect();
    view
}

#[test]
fn what_obeys_the_contract_passes() {
    checked(poll());
    checked(everything(str::to_owned));
    checked(leaf(Kind::Divider).view("t"));
    checked(Tree(Kind::Column, Vec::new()).view(&"题".repeat(120)));
    checked(paragraph("两行\n\t文字").view("t"));
    checked(paragraph("").view("t"));
    for url in [
        "https://example.com",
        "https://例子.中国/路?问=1&答=(2)#三",
        "https://example.com:8443/a%20b",
        "mailto:editor@example.com?subject=%E4%BD%A0",
    ] {
        checked(
            leaf(Kind::Link {
                label: "去".to_owned(),
                url: url.to_owned(),
            })
            .view("t"),
        );
    }
    // The same names in two forms, and beside each other nothing in common.
    let form = || in_form(Kind::Choice(choice("书", vec![option("a", "甲")])));
    checked(Tree(Kind::Row, vec![form(), form()]).view("t"));
}

#[test]
fn trees_that_are_none() {
    let check = |kinds: &[(Kind, u32)], expected: &str| {
        assert_eq!(refusal(view_of(kinds)).to_string(), expected);
    };
    let divider = || (Kind::Divider, 0);
    check(
        &[],
        "the view: it has no nodes; draw at least one, such as a column",
    );
    check(
        &[(Kind::Column, 2), divider()],
        "node 0 (column): the tree ends where 1 more of its children should be",
    );
    check(
        &[(Kind::Column, 1), (Kind::Row, 2), divider()],
        "node 1 (row): the tree ends where 1 more of its children should be",
    );
    check(
        &[(Kind::Column, 1), divider(), divider()],
        "node 2 (divider): it stands behind the end of the tree: all children that the nodes \
         before it announce have come; count those of the root again",
    );
    check(
        &[divider(), divider()],
        "node 1 (divider): it stands behind the end of the tree: all children that the nodes \
         before it announce have come; count those of the root again",
    );
    check(
        &[(Kind::Divider, 1), divider()],
        "node 0 (divider): its kind has no children, and it announces 1",
    );
    check(
        &[(Kind::Column, u32::MAX), divider()],
        "node 0 (column): the tree ends where 4294967294 more of its children should be",
    );
}

#[test]
fn forms_that_are_none() {
    let check = |tree: Tree, expected: &str| {
        assert_eq!(refusal(tree.view("t")).to_string(), expected);
    };
    let send = || button("发送", offer("send"), ButtonStyle::Primary);
    let nick = || leaf(Kind::Input(input(InputKind::Text, "nick", "署名")));
    check(
        Tree(Kind::Form, vec![nick()]),
        "node 0 (form): a form holds at least one button to submit it",
    );
    // A button before or behind the form is not in it.
    check(
        Tree(
            Kind::Column,
            vec![send(), Tree(Kind::Form, vec![nick()]), send()],
        ),
        "node 2 (form): a form holds at least one button to submit it",
    );
    // To share submits nothing.
    let share = leaf(Kind::Share(Share {
        label: "分享".to_owned(),
        of: ShareOf::Card,
        offer: Some(offer("shared")),
    }));
    check(
        Tree(Kind::Form, vec![nick(), share]),
        "node 0 (form): a form holds at least one button to submit it",
    );
    check(
        leaf(Kind::Upload(upload("shots", "图", 1))),
        "node 0 (upload \"shots\"): it stands outside a form; put a form around it and the \
         button that submits it",
    );
    check(
        Tree(
            Kind::Form,
            vec![
                Tree(Kind::Column, vec![Tree(Kind::Form, vec![send()])]),
                send(),
            ],
        ),
        "node 2 (form): it stands inside another form (node 0); close that one first",
    );
    check(
        Tree(Kind::Column, vec![Tree(Kind::Form, vec![send()]), nick()]),
        "node 3 (input \"nick\"): it stands outside a form; put a form around it and the button \
         that submits it",
    );
    check(
        Tree(Kind::Form, vec![nick(), nick(), send()]),
        "node 2 (input \"nick\"): another input of the form (node 0) has this name; give each \
         its own",
    );
    let many = (0..256)
        .map(|index| option(&format!("{index:0>128}"), "选项"))
        .collect();
    let large = |name: &str, options: &Vec<ChoiceOption>| {
        leaf(Kind::Choice(Choice {
            name: name.to_owned(),
            ..choice("选", options.clone())
        }))
    };
    let options: Vec<ChoiceOption> = many;
    checked(
        Tree(
            Kind::Form,
            vec![large("a", &options), large("b", &options), send()],
        )
        .view("t"),
    );
    check(
        Tree(
            Kind::Form,
            vec![
                large("a", &options),
                large("b", &options),
                large("c", &options),
                send(),
            ],
        ),
        "node 3 (choice \"c\"): the inputs of the form (node 0) take more than 16,384 bytes to \
         declare; use fewer or shorter option values, or several forms",
    );
}

#[test]
fn what_a_declaration_takes_is_not_underestimated() {
    let view = checked(everything(str::to_owned));
    let options = (0..256)
        .map(|index| option(&format!("{index:0>128}"), "选"))
        .collect();
    let large = checked(in_form(Kind::Choice(choice("选", options))).view("t"));
    for offer in view.offers().iter().chain(large.offers()) {
        let encoded = serde_json::to_string(&offer.inputs).unwrap().len();
        let estimated: usize = offer
            .inputs
            .iter()
            .map(InputDeclaration::encoded_bytes)
            .sum();
        assert!(encoded <= estimated + 2, "{encoded} > {estimated}");
        assert!(estimated <= FORM_DECLARATION_BYTES_MAX);
    }
}

#[test]
fn limits_of_the_whole() {
    let limits = ViewLimits {
        nodes_max: 4,
        depth_max: 3,
        text_bytes_max: 12,
    };
    let expect = |view: View, expected: Option<&str>| {
        let refusal = check(view, &limits)
            .err()
            .map(|malformed| malformed.to_string());
        assert_eq!(refusal.as_deref(), expected);
    };
    let nested = |depth: usize| {
        let inmost = Tree(Kind::Column, Vec::new());
        (1..depth).fold(inmost, |inner, _| Tree(Kind::Column, vec![inner]))
    };
    expect(nested(3).view("t"), None);
    expect(
        nested(4).view("t"),
        Some("node 3 (column): it is deeper than 3 levels, the most (view.depth_max)"),
    );
    let wide = |children: usize| {
        Tree(
            Kind::Column,
            (0..children).map(|_| leaf(Kind::Divider)).collect(),
        )
        .view("t")
    };
    expect(wide(3), None);
    expect(
        wide(4),
        Some("the view: it has 5 nodes; the most is 4 (view.nodes_max): show fewer things at once"),
    );
    expect(
        paragraph("一二三四").view(""),
        Some("the view: title is empty; readers and screen readers need one"),
    );
    expect(paragraph("一二三").view("文"), None);
    expect(
        paragraph("一二三四").view("t"),
        Some(
            "node 0 (text): here the view's text passes 12 bytes, the most there may be \
             (view.text_bytes_max): show less at once",
        ),
    );
    // The usual limits, each with one step more than it allows.
    let refused = |view: View| refusal(view).to_string();
    assert!(refused(wide_view(2_000)).contains("it has 2,001 nodes"));
    checked(wide_view(1_999));
    checked(nested(32).view("t"));
    assert!(refused(nested(33).view("t")).contains("deeper than 32 levels"));
    checked(paragraph(&"a".repeat(256 * 1024 - 1)).view("t"));
    assert!(refused(paragraph(&"a".repeat(256 * 1024)).view("t")).contains("passes 262,144 bytes"));
}

fn wide_view(children: usize) -> View {
    Tree(
        Kind::Column,
        (0..children).map(|_| leaf(Kind::Divider)).collect(),
    )
    .view("t")
}

/// Small things that are drawn large count for more than their text.
#[test]
fn what_is_drawn_large_counts() {
    let refused = |trees: Vec<Tree>| {
        let message = refusal(Tree(Kind::Column, trees).view("t")).to_string();
        assert!(message.contains("passes 262,144 bytes"), "{message}");
    };
    let repeat = |kind: &Kind, times: usize| (0..times).map(|_| leaf(kind.clone())).collect();
    let point = Point {
        label: String::new(),
        value: 1.0,
    };
    let points = vec![point; 366];
    refused(repeat(
        &Kind::Chart {
            style: ChartStyle::Spark,
            label: "c".to_owned(),
            points,
        },
        45,
    ));
    refused(repeat(
        &Kind::Rich(vec![Span::Text(String::new()); 1_000]),
        17,
    ));
    refused(repeat(
        &Kind::Qr {
            content: "q".repeat(1024),
            label: "q".to_owned(),
        },
        14,
    ));
    let props = vec![("p".to_owned(), String::new()); 1_000];
    refused(repeat(
        &Kind::Ext {
            name: "e".to_owned(),
            props,
        },
        16,
    ));
}

#[test]
fn heads() {
    let check = |change: fn(&mut View), expected: &str| {
        let mut view = poll();
        change(&mut view);
        assert_eq!(refusal(view).to_string(), expected);
    };
    check(
        |view| view.title = " ".to_owned(),
        "the view: title is empty; readers and screen readers need one",
    );
    check(
        |view| view.title = "题".repeat(121),
        "the view: title has 121 characters; the most is 120",
    );
    check(
        |view| view.title = "一\n二".to_owned(),
        "the view: title has a line break at byte 3; it is one line: remove it",
    );
    check(
        |view| view.summary = "铃\u{7}".to_owned(),
        "the view: summary has the control character U+0007 at byte 3; remove it",
    );
    check(
        |view| view.image = Some("http://example.com/a.png".to_owned()),
        "the view: image \"http://example.com/a.png\" must begin with https:",
    );
}

#[test]
fn offers_know_their_form() {
    let view = checked(everything(str::to_owned));
    let found: Vec<(&str, Vec<&str>)> = view
        .offers()
        .iter()
        .map(|offer| {
            let inputs = offer.inputs.iter().map(|input| input.name.as_str());
            (offer.offer.name.as_str(), inputs.collect())
        })
        .collect();
    let form = vec![
        "moods", "chapter", "stars", "nick", "words", "pages", "day", "shots", "public",
    ];
    assert_eq!(
        found,
        [
            ("publish", form.clone()),
            ("draft", form),
            ("shared", Vec::new()),
            ("leave", Vec::new())
        ]
    );
    for (index, offer) in view.offers().iter().enumerate() {
        let kind = view.kind(offer.node);
        assert!(matches!(kind, Kind::Button { .. } | Kind::Share(_)));
        assert_eq!(view.offer_index(offer.node), index);
    }
}

#[test]
fn children_are_found_again() {
    fn tree_of(view: &CheckedView, node: usize) -> String {
        let children: Vec<String> = view
            .children(node)
            .map(|child| tree_of(view, child))
            .collect();
        format!("{}({})", view.kind(node).name(), children.join(" "))
    }
    assert_eq!(
        tree_of(&checked(poll()), 0),
        "column(heading() form(choice() button()) text())"
    );
}

#[test]
fn versions() {
    let version = |view: View| checked(view).version().to_owned();
    assert_eq!(version(poll()), version(poll()));
    assert_eq!(version(poll()).len(), 16);
    // Every change of the tree is another version, and so is every text.
    let changes: [fn(&mut View); 7] = [
        |_| {},
        |view| view.title.push('!'),
        |view| view.summary.push('!'),
        |view| view.image = Some("https://example.com/".to_owned()),
        |view| view.nodes.swap(1, 5),
        |view| view.nodes[5].kind = Kind::Divider,
        |view| {
            if let Kind::Choice(choice) = &mut view.nodes[3].kind {
                choice.options[0].selected = true;
            }
        },
    ];
    let versions = changes.map(|change| {
        let mut view = poll();
        change(&mut view);
        version(view)
    });
    assert_eq!(BTreeSet::from(versions).len(), changes.len());
    let texts = Cell::new(0);
    let changed_at = |change_at: usize| {
        texts.set(0);
        let view = everything(|text| {
            texts.set(texts.get() + 1);
            if texts.get() == change_at {
                format!("{text}!")
            } else {
                text.to_owned()
            }
        });
        version(view)
    };
    let unchanged = changed_at(0);
    let mut versions: BTreeSet<String> = (1..=texts.get()).map(changed_at).collect();
    assert!(versions.insert(unchanged));
    assert_eq!(versions.len(), texts.get() + 1);
    // The same texts otherwise divided are another tree.
    let split = |one: &str, other: &str| {
        version(Tree(Kind::Column, vec![heading(1, one), heading(1, other)]).view("t"))
    };
    assert_ne!(split("ab", "c"), split("a", "bc"));
    // Negative zero is drawn as zero.
    let progress = |share| {
        version(
            leaf(Kind::Progress {
                label: "p".to_owned(),
                share,
            })
            .view("t"),
        )
    };
    assert_eq!(progress(0.0), progress(-0.0));
    // Fixed once and for all machines: a change here changes every ETag.
    assert_eq!(version(poll()), "12afa11627060c64");
}

proptest::proptest! {
    /// Whatever the counts of children say, the check ends, and what it lets
    /// through is one tree.
    #[test]
    fn any_counts(counts in proptest::collection::vec(0u32..4, 1..40)) {
        let kinds: Vec<(Kind, u32)> = counts.iter().map(|&count| (Kind::Column, count)).collect();
        let limits = ViewLimits { depth_max: 64, ..ViewLimits::default() };
        let announced: usize = counts.iter().map(|&count| count as usize).sum();
        match check(view_of(&kinds), &limits) {
            Ok(view) => {
                proptest::prop_assert_eq!(announced, counts.len() - 1);
                let mut below = vec![0];
                let mut seen = 0;
                while let Some(node) = below.pop() {
                    seen += 1;
                    proptest::prop_assert_eq!(view.children(node).count(), counts[node] as usize);
                    below.extend(view.children(node));
                }
                proptest::prop_assert_eq!(seen, counts.len());
            }
            Err(malformed) => proptest::prop_assert!(malformed.node.is_some()),
        }
    }
}
