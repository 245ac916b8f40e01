use crate::view::{
    ActionOffer, ButtonStyle, ChartStyle, Choice, Input, InputKind, Kind, Malformed, Point, Span,
    TextStyle, TextTone, TimeStyle, Tone, View, ViewLimits, check,
    samples::{Tree, button, checked, choice, input, leaf, offer, option},
};

mod people;

fn refusal(view: View) -> Malformed {
    check(view, &ViewLimits::default()).expect_err("the view is refused")
}

/// A form with one thing in it and a button.
fn in_form(kind: Kind) -> Tree {
    let send = button("发送", offer("send"), ButtonStyle::Primary);
    Tree(Kind::Form, vec![leaf(kind), send])
}

#[test]
fn kinds() {
    let check = |kind: Kind, expected: &str| {
        let refusal = refusal(leaf(kind).view("t"));
        assert_eq!(refusal.node, Some(0));
        assert_eq!(refusal.to_string(), format!("node 0 {expected}"));
    };
    let empty = String::new;
    let some = || "文".to_owned();
    check(
        Kind::Grid(0),
        "(grid): the number of columns is 0; it must be 1 to 6",
    );
    check(
        Kind::Grid(7),
        "(grid): the number of columns is 7; it must be 1 to 6",
    );
    check(
        Kind::Panel {
            tone: Tone::Accent,
            title: Some(empty()),
        },
        "(panel): title is empty; readers and screen readers need one",
    );
    check(
        Kind::Details(empty()),
        "(details): label is empty; readers and screen readers need one",
    );
    check(
        Kind::Heading {
            level: 0,
            text: some(),
        },
        "(heading): level is 0; it must be 1 to 4",
    );
    check(
        Kind::Heading {
            level: 5,
            text: some(),
        },
        "(heading): level is 5; it must be 1 to 4",
    );
    check(
        Kind::Heading {
            level: 1,
            text: empty(),
        },
        "(heading): text is empty; readers and screen readers need one",
    );
    for lines in [0, 13] {
        check(
            Kind::Text {
                content: some(),
                style: TextStyle::Body,
                tone: TextTone::Normal,
                max_lines: Some(lines),
            },
            &format!("(text): max-lines is {lines}; it must be 1 to 12"),
        );
    }
    check(
        Kind::Text {
            content: "一\r\n二".to_owned(),
            style: TextStyle::Body,
            tone: TextTone::Normal,
            max_lines: None,
        },
        "(text): content has the control character U+000D at byte 3; remove it",
    );
    check(
        Kind::Rich(vec![Span::Text(some()), Span::Bold("\u{85}".to_owned())]),
        "(rich): the text of a span has the control character U+0085 at byte 0; remove it",
    );
    check(
        Kind::Rich(vec![Span::Link {
            label: some(),
            url: "javascript:alert(1)".to_owned(),
        }]),
        "(rich): the url of a link \"javascript:alert(1)\" must begin with https: or mailto: or card:",
    );
    check(
        Kind::Rich(vec![Span::Link {
            label: empty(),
            url: "https://example.com".to_owned(),
        }]),
        "(rich): the label of a link is empty; readers and screen readers need one",
    );
    let image = |source: &str, alt: String, width, height| Kind::Image {
        source: source.to_owned(),
        alt,
        width,
        height,
    };
    check(
        image("mailto:a@example.com", some(), 1, 1),
        "(image): source \"mailto:a@example.com\" must begin with https:",
    );
    check(
        image("https://example.com/a.png", empty(), 1, 1),
        "(image): alt is empty; readers and screen readers need one",
    );
    check(
        image("https://example.com/a.png", some(), 0, 1),
        "(image): width is 0; it must be 1 to 65535",
    );
    check(
        image("https://example.com/a.png", some(), 1, 65_536),
        "(image): height is 65536; it must be 1 to 65535",
    );
    check(
        Kind::Badge {
            text: empty(),
            tone: Tone::Accent,
        },
        "(badge): text is empty; readers and screen readers need one",
    );
    let stat = |label, value, change| Kind::Stat {
        label,
        value,
        change,
    };
    check(
        stat(empty(), some(), None),
        "(stat): label is empty; readers and screen readers need one",
    );
    check(
        stat(some(), empty(), None),
        "(stat): value is empty; readers and screen readers need one",
    );
    check(
        stat(some(), some(), Some(empty())),
        "(stat): change is empty; readers and screen readers need one",
    );
    check(
        Kind::Time {
            instant: 253_402_300_800_000,
            style: TimeStyle::Date,
        },
        "(time): instant 253402300800000 is after the year 9999; it is in milliseconds since 1970",
    );
    check(
        Kind::Link {
            label: empty(),
            url: "https://example.com".to_owned(),
        },
        "(link): label is empty; readers and screen readers need one",
    );
    check(
        Kind::Ext {
            name: empty(),
            props: Vec::new(),
        },
        "(ext \"\"): name is empty; readers and screen readers need one",
    );
}

#[test]
fn figures() {
    let check = |kind: Kind, expected: &str| {
        assert_eq!(
            refusal(leaf(kind).view("t")).to_string(),
            format!("node 0 {expected}")
        );
    };
    for share in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
        let wrong = format!("share is {share}; it must be 0 to 1 (of no votes at all, say 0)");
        let label = || "票".to_owned();
        check(
            Kind::Progress {
                label: label(),
                share,
            },
            &format!("(progress): {wrong}"),
        );
        check(
            Kind::Meter {
                label: label(),
                share,
                count: 1,
                mine: false,
            },
            &format!("(meter): {wrong}"),
        );
    }
    check(
        Kind::Meter {
            label: String::new(),
            share: 0.5,
            count: 1,
            mine: false,
        },
        "(meter): label is empty; readers and screen readers need one",
    );
    let chart = |points: Vec<Point>| Kind::Chart {
        style: ChartStyle::Bar,
        label: "表".to_owned(),
        points,
    };
    let point = |value: f64| Point {
        label: "点".to_owned(),
        value,
    };
    checked(leaf(chart(vec![point(1.0); 366])).view("t"));
    check(
        chart(vec![point(1.0); 367]),
        "(chart): the number of points is 367; it must be 0 to 366",
    );
    check(
        chart(vec![point(1.0), point(f64::NAN)]),
        "(chart): points[1].value is NaN; it must be a finite number",
    );
    check(
        Kind::Chart {
            style: ChartStyle::Bar,
            label: String::new(),
            points: Vec::new(),
        },
        "(chart): label is empty; readers and screen readers need one",
    );
    let qr = |content: String| Kind::Qr {
        content,
        label: "码".to_owned(),
    };
    checked(leaf(qr("二".repeat(341))).view("t"));
    check(
        qr(String::new()),
        "(qr): content is empty; give what the code is to say",
    );
    check(
        qr("a".repeat(1025)),
        "(qr): content has 1,025 bytes; the most is 1,024",
    );
}

#[test]
fn pages_of_the_card_have_addresses_of_their_own() {
    for place in ["", "tag/跑步", "a b", &"a".repeat(256)] {
        let url = format!("card:{place}");
        let label = || "去".to_owned();
        let link = Kind::Link {
            label: label(),
            url: url.clone(),
        };
        let span = Span::Link {
            label: label(),
            url: url.clone(),
        };
        let children = vec![leaf(link), leaf(Kind::Rich(vec![span]))];
        checked(Tree(Kind::Column, children).view("t"));
        // It is nowhere a picture comes from.
        let picture = Kind::Image {
            source: url,
            alt: label(),
            width: 1,
            height: 1,
        };
        let _ = refusal(leaf(picture).view("t"));
    }
}

#[test]
fn addresses() {
    let check = |url: &str, expected: &str| {
        let link = Kind::Link {
            label: "去".to_owned(),
            url: url.to_owned(),
        };
        assert_eq!(refusal(leaf(link).view("t")).reason, expected, "{url}");
    };
    check("", "url \"\" must begin with https: or mailto: or card:");
    let long = format!("card:{}", "a".repeat(257));
    check(
        &long,
        &format!(
            "url \"{}…\": a page of a card is named in at most 256 bytes of UTF-8",
            &long[..40]
        ),
    );
    check(
        "card:a\nb",
        "url \"card:a\\nb\": a page of a card is named in UTF-8, without control characters",
    );
    check(
        "http://localhost/",
        "url \"http://localhost/\" must begin with https: or mailto: or card:",
    );
    check(
        "HTTPS://example.com",
        "url \"HTTPS://example.com\" must begin with https: or mailto: or card:",
    );
    check(
        "//example.com",
        "url \"//example.com\" must begin with https: or mailto: or card:",
    );
    check(
        "/c/vote",
        "url \"/c/vote\" must begin with https: or mailto: or card:",
    );
    check(
        " https://example.com",
        "url \" https://example.com\" must begin with https: or mailto: or card:",
    );
    check(
        "data:text/html,x",
        "url \"data:text/html,x\" must begin with https: or mailto: or card:",
    );
    check(
        "https:example.com",
        "url \"https:example.com\" must begin with https://",
    );
    check("https://", "url \"https://\" is not a complete address");
    check(
        "https://a b",
        "url \"https://a b\" has a character that must be percent-encoded in an address",
    );
    check(
        "https://example.com/\"onclick",
        "url \"https://example.com/\\\"onclick\" has a character that must be percent-encoded in \
         an address",
    );
    check(
        "https://example.com\\@evil.example",
        "url \"https://example.com\\\\@evil.example\" has a character that must be \
         percent-encoded in an address",
    );
    check(
        "https://bank.example@evil.example/",
        "url \"https://bank.example@evil.example/\" has a user name before the host, which \
         misleads readers; remove it",
    );
}

#[test]
fn offers() {
    let check = |change: fn(&mut ActionOffer), expected: &str| {
        let mut offer = offer("vote");
        change(&mut offer);
        let view = button("投票", offer, ButtonStyle::Primary).view("t");
        assert_eq!(refusal(view).to_string(), format!("node 0 {expected}"));
    };
    check(
        |offer| offer.name.clear(),
        "(button \"\"): the offer's name \"\" must be a lower-case letter, then letters, digits \
         and hyphens",
    );
    check(
        |offer| offer.name = "Vote\n".to_owned(),
        "(button \"Vote\\n\"): the offer's name \"Vote\\n\" must be a lower-case letter, then \
         letters, digits and hyphens",
    );
    check(
        |offer| offer.name = "a".repeat(65),
        &format!(
            "(button \"{}…\"): the offer's name has 65 bytes; the most is 64",
            "a".repeat(40)
        ),
    );
    check(
        |offer| offer.payload = "p".repeat(2049),
        "(button \"vote\"): the offer's payload has 2,049 bytes; the most is 2,048",
    );
    check(
        |offer| offer.confirm = Some(String::new()),
        "(button \"vote\"): the offer's confirm is empty; readers and screen readers need one",
    );
    let nameless = button("", offer("vote"), ButtonStyle::Primary).view("t");
    assert_eq!(
        refusal(nameless).reason,
        "label is empty; readers and screen readers need one"
    );
}

#[test]
fn choices() {
    let check = |change: fn(&mut Choice), expected: &str| {
        let mut choice = choice("书", vec![option("a", "甲"), option("b", "乙")]);
        change(&mut choice);
        let refusal = refusal(in_form(Kind::Choice(choice)).view("t"));
        assert_eq!((refusal.node, refusal.reason.as_str()), (Some(1), expected));
    };
    check(
        |choice| choice.name = "2nd".to_owned(),
        "name \"2nd\" must be a lower-case letter, then letters, digits and hyphens",
    );
    check(
        |choice| choice.label.clear(),
        "label is empty; readers and screen readers need one",
    );
    check(
        |choice| choice.options.clear(),
        "the number of options is 0; it must be 1 to 256",
    );
    check(
        |choice| {
            choice.options = (0..257)
                .map(|index| option(&index.to_string(), "选"))
                .collect();
        },
        "the number of options is 257; it must be 1 to 256",
    );
    check(
        |choice| choice.options[1].value = "a".to_owned(),
        "options[1].value repeats options[0].value; give each its own",
    );
    check(
        |choice| choice.options[1].value.clear(),
        "options[1].value is empty; readers and screen readers need one",
    );
    check(
        |choice| choice.options[1].value = "v".repeat(129),
        "options[1].value has 129 bytes; the most is 128",
    );
    check(
        |choice| choice.options[0].label.clear(),
        "options[0].label is empty; readers and screen readers need one",
    );
    check(
        |choice| choice.max = 0,
        "max is 0; at least one option may be chosen",
    );
    check(
        |choice| choice.max = 2,
        "max is 2 and many is false; set many, or max to 1",
    );
    check(|choice| choice.min = 2, "min is 2; it must be 0 to 1");
    check(
        |choice| (choice.many, choice.min, choice.max) = (true, 3, 5),
        "min is 3; it must be 0 to 2",
    );
    check(
        |choice| {
            choice
                .options
                .iter_mut()
                .for_each(|option| option.selected = true)
        },
        "the number of selected options is 2; it must be 0 to 1",
    );
}

#[test]
fn fields() {
    let check = |kind: InputKind, change: fn(&mut Input), expected: &str| {
        let mut input = input(kind, "field", "栏");
        change(&mut input);
        let refusal = refusal(in_form(Kind::Input(input)).view("t"));
        assert_eq!(
            refusal.to_string(),
            format!("node 1 (input \"field\"): {expected}")
        );
    };
    check(
        InputKind::Text,
        |input| input.label.clear(),
        "label is empty; readers and screen readers need one",
    );
    check(
        InputKind::Text,
        |input| input.max = Some("-1".to_owned()),
        "max \"-1\" must be a number of characters, in digits",
    );
    check(
        InputKind::Multiline,
        |input| input.max = Some("0".to_owned()),
        "max is 0; it must be 1 to 4294967295",
    );
    check(
        InputKind::Multiline,
        |input| input.min = Some("2001".to_owned()),
        "min is 2001; it must be 0 to 2000",
    );
    check(
        InputKind::Text,
        |input| input.value = Some("两\n行".to_owned()),
        "value has a line break at byte 3; it is one line: remove it",
    );
    check(
        InputKind::Multiline,
        |input| input.placeholder = Some("两\n行".to_owned()),
        "placeholder has a line break at byte 3; it is one line: remove it",
    );
    check(
        InputKind::Number,
        |input| input.min = Some("1e3".to_owned()),
        "min \"1e3\" must be a decimal number such as 3.5",
    );
    check(
        InputKind::Number,
        |input| (input.min, input.max) = (Some("2".to_owned()), Some("1.5".to_owned())),
        "min is more than max",
    );
    check(
        InputKind::Date,
        |input| input.value = Some("2027-02-29".to_owned()),
        "value \"2027-02-29\" must be a date such as 2027-01-31",
    );
    check(
        InputKind::Date,
        |input| input.max = Some("20270131".to_owned()),
        "max \"20270131\" must be a date such as 2027-01-31",
    );
    let mut empty = input(InputKind::Date, "day", "日");
    empty.value = Some(String::new());
    checked(in_form(Kind::Input(empty)).view("t"));
    let stars = |max, value| Kind::Rating {
        name: "stars".to_owned(),
        label: "星".to_owned(),
        max,
        value,
        required: false,
    };
    for (max, value, expected) in [
        (1, 0, "max is 1; it must be 2 to 10"),
        (11, 0, "max is 11; it must be 2 to 10"),
        (5, 6, "value is 6; it must be 0 to 5"),
    ] {
        assert_eq!(
            refusal(in_form(stars(max, value)).view("t")).reason,
            expected
        );
    }
    let toggle = Kind::Toggle {
        name: "on".to_owned(),
        label: " ".to_owned(),
        value: false,
    };
    assert_eq!(
        refusal(in_form(toggle).view("t")).reason,
        "label is empty; readers and screen readers need one"
    );
}
