use std::collections::BTreeMap;

use super::{HtmlContext, Interaction, Pages, Submission, html};
use crate::view::{
    At, ButtonStyle, CheckedView, Kind, Size, Span, View,
    samples::{
        SITE, Tree, button, checked, everything, introduced, leaf, offer, poll, results, said, text,
    },
};

const LOOK: Interaction<'_> = Interaction::ReadOnly {
    open_url: "https://cards.example/c/vote",
};

const PAGES: Pages<'_> = Pages {
    url: "https://cards.example/c/vote",
    stay: false,
};

fn tokens(view: &CheckedView) -> Vec<String> {
    (0..view.offers().len())
        .map(|index| format!("token-{index}"))
        .collect()
}

fn draw(view: View, locale: &str, interaction: Interaction<'_>) -> String {
    let cx = HtmlContext {
        card: "vote",
        site: SITE,
        locale,
        size: Size::Standard,
        at: &At::default(),
        pages: PAGES,
        interaction,
    };
    html(&checked(view), &cx)
}

fn draw_interactive(view: View, submission: Option<&Submission>) -> String {
    let view = checked(view);
    let tokens = tokens(&view);
    let interaction = Interaction::Interactive {
        action: "/c/vote/act?from=embed&v=1",
        tokens: &tokens,
        submission,
    };
    let cx = HtmlContext {
        card: "vote",
        site: SITE,
        locale: "zh-CN",
        size: Size::Standard,
        at: &At::default(),
        pages: PAGES,
        interaction,
    };
    html(&view, &cx)
}

/// One tag a line, so that a difference is one.
fn lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

fn given(inputs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    inputs
        .iter()
        .map(|(name, values)| {
            (
                (*name).to_owned(),
                values.iter().map(|&value| value.to_owned()).collect(),
            )
        })
        .collect()
}

#[test]
fn poll_before_the_vote() {
    insta::assert_snapshot!("poll", lines(&draw_interactive(poll(), None)));
}

#[test]
fn poll_after_the_vote() {
    insta::assert_snapshot!("results", lines(&draw_interactive(results(), None)));
}

#[test]
fn poll_that_can_only_be_looked_at() {
    insta::assert_snapshot!("poll_read_only", lines(&draw(poll(), "zh-CN", LOOK)));
}

#[test]
fn poll_that_is_closed() {
    insta::assert_snapshot!(
        "poll_closed",
        lines(&draw(poll(), "en-GB", Interaction::Closed))
    );
}

#[test]
fn every_kind() {
    insta::assert_snapshot!(
        "everything",
        lines(&draw_interactive(everything(str::to_owned), None))
    );
}

#[test]
fn every_kind_without_interaction() {
    let html = draw(everything(str::to_owned), "en", LOOK);
    for absent in [
        "<form",
        "<input",
        "<textarea",
        "<select",
        "token-",
        "data-qk-",
    ] {
        assert!(!html.contains(absent), "{absent} in {html}");
    }
    insta::assert_snapshot!("everything_read_only", lines(&html));
}

#[test]
fn refused_input_is_kept_and_marked() {
    let submission = Submission {
        offer: "token-0".to_owned(),
        inputs: given(&[
            ("chapter", &["ferry"]),
            ("words", &["\n</textarea>渡"]),
            ("pages", &["301"]),
            ("stars", &["0"]),
        ]),
        text: "请检查下面的内容".to_owned(),
        fields: vec![
            ("pages".to_owned(), "不能大于 300".to_owned()),
            ("moods".to_owned(), "最多选 2 项".to_owned()),
            ("moods".to_owned(), "请从列出的选项里选择".to_owned()),
        ],
    };
    let html = draw_interactive(everything(str::to_owned), Some(&submission));
    insta::assert_snapshot!("refused", lines(&html));
}

#[test]
fn where_a_refused_submission_is_drawn() {
    let lone = || {
        let action = button("赞", offer("like"), ButtonStyle::Quiet);
        Tree(Kind::Column, vec![poll_form(), action]).view("t")
    };
    let alert = "<p class=\"qk-form-message\" role=\"alert\">不行</p>";
    let check = |offer: &str, inputs: &[(&str, &[&str])], before: &str| {
        let submission = Submission {
            offer: offer.to_owned(),
            inputs: given(inputs),
            text: "不行".to_owned(),
            fields: Vec::new(),
        };
        let html = draw_interactive(lone(), Some(&submission));
        assert_eq!(html.matches(alert).count(), 1, "{html}");
        assert!(html.contains(&format!("{before}{alert}")), "{html}");
    };
    let form = "<form class=\"qk-form\" method=\"post\" action=\"/c/vote/act?from=embed&amp;v=1\" \
                data-qk-form>";
    check("token-0", &[], form);
    check(
        "token-1",
        &[],
        &form.replace("qk-form\"", "qk-form qk-lone\""),
    );
    // The token is another one by now, but the form is the same.
    check("old", &[("choice", &["a"])], form);
    // No such form any more.
    check("old", &[("gone", &["a"])], "aria-label=\"t\">");
}

fn poll_form() -> Tree {
    let options = vec![crate::view::samples::option("a", "三体")];
    let choice = crate::view::samples::choice("书", options);
    let vote = button("投票", offer("vote"), ButtonStyle::Primary);
    Tree(Kind::Form, vec![leaf(Kind::Choice(choice)), vote])
}

#[test]
fn a_message_beside_its_only_input_is_said_once() {
    let submission = Submission {
        offer: "token-0".to_owned(),
        inputs: BTreeMap::new(),
        text: "请选择一项".to_owned(),
        fields: vec![("choice".to_owned(), "请选择一项".to_owned())],
    };
    let html = draw_interactive(poll(), Some(&submission));
    assert_eq!(html.matches("请选择一项").count(), 1, "{html}");
}

#[test]
fn enter_does_not_jump_over_a_question() {
    let mut offer = offer("leave");
    let mut draw_with = |confirm: Option<&str>| {
        offer.confirm = confirm.map(str::to_owned);
        let leave = button("退出", offer.clone(), ButtonStyle::Danger);
        draw_interactive(Tree(Kind::Form, vec![leave]).view("t"), None)
    };
    let guard = "<button type=\"submit\" disabled hidden></button>";
    assert!(draw_with(Some("确定吗？")).contains(guard));
    assert!(!draw_with(None).contains(guard));
}

#[test]
fn an_offer_is_only_where_it_can_be_taken() {
    let view = || {
        let quiet = text(
            "好",
            crate::view::TextStyle::Body,
            crate::view::TextTone::Normal,
        );
        Tree(Kind::Column, vec![quiet]).view("t")
    };
    // Nothing to take part in: no way there, but closed is closed.
    assert!(!draw(view(), "zh", LOOK).contains("qk-open"));
    assert!(draw(view(), "zh", Interaction::Closed).contains("已结束"));
}

#[test]
fn a_card_with_nothing_to_show_says_so() {
    let check = |trees: Vec<Tree>, is_said: bool| {
        let html = draw(Tree(Kind::Column, trees).view("t"), "zh", LOOK);
        assert_eq!(html.contains("这里还没有内容"), is_said, "{html}");
    };
    let panel = |title: Option<&str>| {
        leaf(Kind::Panel {
            tone: crate::view::Tone::Neutral,
            title: title.map(str::to_owned),
        })
    };
    check(vec![], true);
    check(
        vec![Tree(Kind::Row, vec![leaf(Kind::Divider)]), panel(None)],
        true,
    );
    check(vec![panel(Some("本周"))], false);
    check(
        vec![Tree(
            Kind::Row,
            vec![button("好", offer("a"), ButtonStyle::Primary)],
        )],
        false,
    );
}

#[test]
#[should_panic(expected = "a token for every offer")]
fn tokens_must_be_complete() {
    let interaction = Interaction::Interactive {
        action: "/",
        tokens: &[],
        submission: None,
    };
    draw(poll(), "zh", interaction);
}

/// What would be markup, script or an attribute if it were not escaped.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;</textarea>\
                       </title></option></style><!--";

#[test]
fn no_text_becomes_markup() {
    let clean = draw_interactive(everything(str::to_owned), None);
    let hostile = draw_interactive(everything(|text| format!("{text}{HOSTILE}")), None);
    // Every tag of the hostile drawing is one of the clean drawing.
    assert_eq!(skeleton(&hostile), skeleton(&clean));
    assert!(hostile.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let submission = Submission {
        offer: format!("token-0{HOSTILE}"),
        inputs: given(&[
            ("words", &[HOSTILE]),
            ("nick", &[HOSTILE]),
            ("chapter", &[HOSTILE]),
            ("pages", &[HOSTILE]),
        ]),
        text: HOSTILE.to_owned(),
        fields: vec![("words".to_owned(), HOSTILE.to_owned())],
    };
    let refused = draw_interactive(everything(str::to_owned), Some(&submission));
    assert!(
        !refused.contains("<script") && !refused.contains("<img src=x"),
        "{refused}"
    );
    for interaction in [LOOK, Interaction::Closed] {
        let html = draw(
            everything(|text| format!("{text}{HOSTILE}")),
            "zh",
            interaction,
        );
        assert!(
            !html.contains("<script") && !html.contains("<img src=x"),
            "{html}"
        );
    }
}

/// The names of all tags, and of their attributes.
fn skeleton(html: &str) -> Vec<String> {
    let mut skeleton = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap()];
        let outside_values = tag.split('"').step_by(2).collect::<String>();
        skeleton.push(outside_values);
    }
    skeleton
}

#[test]
fn nothing_is_inline() {
    let html = draw_interactive(everything(str::to_owned), None);
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("<script"));
    assert!(!html.contains(" on"), "an event handler in {html}");
    assert!(!html.contains("javascript:"));
}

#[test]
fn ids_are_unique_and_described() {
    let html = draw_interactive(everything(str::to_owned), None);
    let values = |name: &str| -> Vec<String> {
        let mark = format!(" {name}=\"");
        let marks = html.split(&mark).skip(1);
        marks
            .map(|rest| rest[..rest.find('"').unwrap()].to_owned())
            .collect()
    };
    let mut ids = values("id");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    for referred in values("for").iter().chain(&values("aria-describedby")) {
        for id in referred.split(' ') {
            assert!(ids.iter().any(|known| known == id), "{id}");
        }
    }
}

/// A reader's name and words are the least trusted text there is.
#[test]
fn people_cannot_write_markup() {
    let said = said(
        "m_anan",
        "<b>https://a.example/\"onclick=alert(1) javascript:alert(1)",
        None,
    );
    let view = introduced(leaf(Kind::Said(said)).view("t"), "\"><script>'\u{202e}");
    let html = html(
        &view,
        &HtmlContext {
            card: "vote",
            site: SITE,
            locale: "zh-CN",
            size: Size::Standard,
            at: &At::default(),
            pages: PAGES,
            interaction: LOOK,
        },
    );
    let words = html.split("class=\"qk-words\"").nth(1).unwrap();
    assert!(html.contains("<bdi class=\"qk-name\">&quot;&gt;&lt;script&gt;&#39;\u{202e}</bdi>"));
    assert_eq!(
        words,
        "><p dir=\"auto\">&lt;b&gt;<a href=\"https://a.example/\" target=\"_blank\" \
         rel=\"ugc nofollow noopener\">https://a.example/</a>&quot;onclick=alert(1) \
         javascript:alert(1)</p></div></div></section>"
    );
}

/// Words that are gone are nowhere in the page, and nothing is left to report.
#[test]
fn masked_words_are_gone() {
    let words = |member| leaf(Kind::Said(said(member, "秘密", Some("post_01"))));
    let tree = Tree(Kind::Column, vec![words("m_anan"), words("m_gone")]);
    let mut view = checked(tree.view("t"));
    let before = view.version().to_owned();
    view.introduce("zh-CN", [], &[1]);
    assert_ne!(view.version(), before);
    let cx = HtmlContext {
        card: "vote",
        site: SITE,
        locale: "zh-CN",
        size: Size::Standard,
        at: &At::default(),
        pages: PAGES,
        interaction: LOOK,
    };
    let html = html(&view, &cx);
    assert!(
        !html.contains("秘密") && !html.contains("qk-report"),
        "{html}"
    );
    assert_eq!(html.matches("内容已删除").count(), 2);
}

fn links() -> View {
    let link = |label: &str, url: &str| {
        leaf(Kind::Link {
            label: label.to_owned(),
            url: url.to_owned(),
        })
    };
    let spans = vec![Span::Link {
        label: "跑步".to_owned(),
        url: "card:tag/跑步 & 走".to_owned(),
    }];
    let children = vec![
        link("首页", "card:"),
        link("标签", "card:tag/a"),
        leaf(Kind::Rich(spans)),
        link("别处", "https://beike.example/?at=x"),
    ];
    Tree(Kind::Column, children).view("标签")
}

#[test]
fn links_to_pages_of_the_card_stay_where_it_stands() {
    let draw = |pages: Pages<'_>| {
        let cx = HtmlContext {
            card: "life",
            site: SITE,
            locale: "zh-CN",
            size: Size::Standard,
            at: &At::parse("tag/a").unwrap(),
            pages,
            interaction: LOOK,
        };
        lines(&html(&checked(links()), &cx))
    };
    insta::assert_snapshot!(
        "links_in_place",
        draw(Pages {
            url: "/c/life/embed?lang=zh-CN",
            stay: true,
        })
    );
    insta::assert_snapshot!(
        "links_elsewhere",
        draw(Pages {
            url: "https://cards.example/c/life",
            stay: false,
        })
    );
}
