use pulldown_cmark::{Event, Options, Parser, Tag};

use super::markdown;
use crate::view::{
    At, Kind, PlainContext, Span, TextStyle, TextTone, View,
    samples::{SITE, Tree, checked, everything, leaf, poll, results, text},
};

fn draw(view: View, locale: &str) -> String {
    let at = At::default();
    let cx = PlainContext {
        site: SITE,
        at: &at,
        locale,
    };
    markdown(&checked(view), &cx)
}

#[test]
fn poll_before_the_vote() {
    insta::assert_snapshot!(draw(poll(), "zh-CN"), @r"
    # 下个月读什么？

    - 《三体》 刘慈欣
    - 《边城》 沈从文
    - 《我们仨》 杨绛

    128 人已参与

    [打开卡片参与](https://cards.example/c/vote)
    ");
}

#[test]
fn poll_after_the_vote() {
    insta::assert_snapshot!(draw(results(), "en"), @r"
    # 下个月读什么？

    - ██████░░░░ 56% (72) 《三体》 刘慈欣
    - ███░░░░░░░ 34% (44) 《边城》 沈从文 ✓ your choice
    - █░░░░░░░░░ 9% (12) 《我们仨》 杨绛

    128 人已参与

    [Open the card to take part](https://cards.example/c/vote)
    ");
}

#[test]
fn every_kind() {
    insta::assert_snapshot!("everything", draw(everything(str::to_owned), "zh-CN"));
}

/// What a reader of Markdown makes of it: the elements, and all text.
fn parsed(markdown: &str) -> (Vec<String>, String) {
    // All there are; typographic quotes change what is said and not what it is.
    let dialects = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    let mut elements = Vec::new();
    let mut said = String::new();
    for event in Parser::new_ext(markdown, dialects) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => elements.push(format!("link {dest_url}")),
            Event::Start(Tag::Image { dest_url, .. }) => elements.push(format!("image {dest_url}")),
            Event::Start(tag) => {
                let tag = format!("{tag:?}");
                elements.push(
                    tag.split([' ', '(', '{'])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                );
            }
            Event::Text(text) | Event::Code(text) => said.push_str(&text),
            Event::SoftBreak | Event::HardBreak => said.push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => elements.push(format!("html {html}")),
            Event::Rule => elements.push("rule".to_owned()),
            Event::End(_) => {}
            other => elements.push(format!("{other:?}")),
        }
    }
    (elements, said)
}

/// A paragraph reads as itself and is nothing but a paragraph.
#[test]
fn text_reads_as_itself() {
    let check = |content: &str| {
        let paragraph = text(content, TextStyle::Body, TextTone::Normal);
        let (elements, said) = parsed(&draw(paragraph.view("t"), "en"));
        assert_eq!(
            elements,
            [
                "Heading",
                "Paragraph",
                "Paragraph",
                &format!("link {}", SITE.card_url)
            ]
        );
        assert_eq!(said, format!("t{content}Open the card"), "{content}");
    };
    for content in [
        "# no heading",
        "- no item",
        "+ no item",
        "* no item",
        "1. no item",
        "12) no item",
        "> no quote",
        "===",
        "---",
        "***",
        "```\ncode\n```",
        "~~~",
        "a\n===",
        "a\n---",
        "a\n- b\n1. c",
        "*no* _no_ **no** __no__ ~~no~~ `no`",
        "[no](https://evil.example)",
        "![no](https://evil.example/a.png)",
        "[no]: https://evil.example",
        "[^1]: no note",
        ": no definition",
        "<https://evil.example>",
        "<script>alert(1)</script>",
        "<!-- no comment",
        "https://evil.example http://evil.example www.evil.example WWW.evil.example a@evil.example",
        "&lt;b&gt; &amp; &copy; &#60;",
        "| no | table |\n|---|---|\n| a | b |",
        ":--",
        "$no$ $$math$$",
        "back\\slash \\* \\",
        "- [ ] no task",
        "'quotes' \"stay\" -- as... they are",
        "2 ^no^ H~2~O ==no== ::: no",
        "第一行\n第二行",
    ] {
        check(content);
    }
}

/// GitHub makes links of bare addresses; the parser of these tests does not.
#[test]
fn bare_addresses_are_broken_up() {
    let bare = "https://a.example www.b.example WWW.c.example d@e.example";
    let paragraph = text(bare, TextStyle::Body, TextTone::Normal);
    let markdown = draw(paragraph.view("t"), "en");
    let broken = r"https\://a.example www\.b.example WWW\.c.example d\@e.example";
    assert!(markdown.contains(broken), "{markdown}");
}

#[test]
fn pieces_keep_to_themselves() {
    let check = |span: Span, expected: &[&str], said_expected: &str| {
        let (elements, said) = parsed(&draw(leaf(Kind::Rich(vec![span])).view("t"), "en"));
        let inside = &elements[2..elements.len() - 2];
        assert_eq!(inside, expected);
        assert_eq!(said, format!("t{said_expected}Open the card"));
    };
    let hostile = "**](https://evil.example)<b>`*";
    check(Span::Bold(hostile.to_owned()), &["Strong"], hostile);
    check(Span::Emphasis(hostile.to_owned()), &["Emphasis"], hostile);
    check(Span::Code(hostile.to_owned()), &[], hostile);
    check(Span::Code("``` a ` b".to_owned()), &[], "``` a ` b");
    check(
        Span::Bold(" 《边城》！".to_owned()),
        &["Strong"],
        "《边城》！",
    );
    check(Span::Bold("……".to_owned()), &[], "……");
    let url = "https://example.com/a_(b)_*c*?x=1&copy=2";
    check(
        Span::Link {
            label: hostile.to_owned(),
            url: url.to_owned(),
        },
        &["link https://example.com/a_%28b%29_*c*?x=1&copy=2"],
        hostile,
    );
}

#[test]
fn a_piece_does_not_change_the_next() {
    let text = |text: &str| text.to_owned();
    let url = "https://example.com/".to_owned();
    let spans = vec![
        Span::Text(text("看!")),
        Span::Link {
            label: text("这里"),
            url: url.clone(),
        },
        Span::Code(text(" a ")),
        Span::Code(text("b")),
        Span::Bold(text("c")),
        Span::Bold(text("d")),
        Span::Emphasis(text("e")),
        Span::Text(text("*f")),
    ];
    let (elements, said) = parsed(&draw(leaf(Kind::Rich(spans)).view("t"), "en"));
    let inside = &elements[2..elements.len() - 2];
    assert_eq!(
        inside,
        [&format!("link {url}"), "Strong", "Strong", "Emphasis"]
    );
    assert!(said.contains("看!这里 a  b c d e*f"), "{said}");
}

#[test]
fn no_text_becomes_an_element() {
    const HOSTILE: &str = "](https://evil.example) <b> ** ` ~~ | # www.evil.example &lt;";
    let (clean, _) = parsed(&draw(everything(str::to_owned), "zh"));
    let (hostile, said) = parsed(&draw(everything(|text| format!("{text}{HOSTILE}")), "zh"));
    assert_eq!(hostile, clean);
    assert!(said.contains(&format!("本月共读{HOSTILE}")), "{said}");
}

#[test]
fn quotes_keep_their_lines() {
    let quote = text("一\n\n- 二", TextStyle::Quote, TextTone::Normal);
    let markdown = draw(Tree(Kind::Column, vec![quote]).view("t"), "zh");
    assert!(markdown.contains("> 一\\\n> \\- 二"), "{markdown}");
}
