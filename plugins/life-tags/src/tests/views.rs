//! What the card looks like.

use super::*;

/// Two weeks of a small circle.
fn lively() -> Host {
    let mut host = peopled();
    host.moderator("moderator");
    host.create().unwrap();
    kept(&mut host, &ann(), "跑步", "三公里", true);
    kept(&mut host, &ann(), "日记", "安静的一周", false);
    kept(&mut host, &bo(), "跑步", "从零开始", true);
    host.advance_s(WEEK_S);
    write(&mut host, &ann(), "跑步", "五公里", true).unwrap();
    host
}

#[test]
fn first_time_readers_see_what_it_is_and_the_way_in() {
    let mut host = lively();
    insta::assert_snapshot!("first_time", page(&mut host, &nobody(), ""));
    let member = page(&mut host, &ann(), "");
    assert!(!member.contains("第一次来？"), "{member}");
}

#[test]
fn a_member_sees_their_tags_this_week() {
    let mut host = lively();
    insta::assert_snapshot!("member", page(&mut host, &ann(), ""));
    insta::assert_snapshot!("mine", page(&mut host, &ann(), "mine"));
    insta::assert_snapshot!("my_tag", page(&mut host, &ann(), "mine/跑步"));
    insta::assert_snapshot!("write", page(&mut host, &ann(), "write/跑步"));
}

#[test]
fn a_tag_says_how_it_goes_and_who_writes() {
    let mut host = lively();
    insta::assert_snapshot!("tag", page(&mut host, &nobody(), "tag/跑步"));
    let summary = "#跑步：本周 1 条公开的记录，看看大家怎么说。";
    assert_eq!(page(&mut host, &nobody(), "tag/跑步").summary(), summary);
    let id = id_of(&mut host, &nobody(), "tag/跑步", "五公里");
    let at = format!("post/{id}");
    insta::assert_snapshot!("post", page(&mut host, &bo(), &at));
    host.set_locale("en").set_size(Size::Feed);
    insta::assert_snapshot!("tag_in_english", page(&mut host, &bo(), "tag/跑步"));
}

#[test]
fn compact_is_two_lines() {
    let mut host = lively();
    host.set_size(Size::Compact);
    insta::assert_snapshot!(page(&mut host, &ann(), ""), @r#"
    # 我还
    > 每个标签都是你的一面：一周一条记录，看看大家都在记什么。
    column
      text "我还", at most 1 lines
      text "本周 1 条公开的记录" (caption) (muted), at most 1 lines
    "#);
}

/// How an offer says who may take it, and who that is at least.
const AUDIENCES: [(&str, Role); 4] = [
    (", for member", Role::Member),
    (", for featured", Role::Featured),
    (", for moderator", Role::Moderator),
    (", for owner", Role::Owner),
];

/// Every page in every size and language, for everybody: none fails, and none
/// has an offer that its reader may not take.
#[test]
fn every_page_is_drawn_for_everybody() {
    let mut host = lively();
    let post = format!("post/{}", id_of(&mut host, &nobody(), "tag/跑步", "五公里"));
    let pages = [
        "",
        "mine",
        "tags",
        "tag/跑步",
        "tag/跑步/hot",
        "write/跑步",
        &post,
    ];
    let own = ["测试圈", "跑步", "五公里", "三公里", "从零开始", "日记"];
    for (who, reader) in everybody() {
        for locale in ["zh-CN", "en"] {
            for size in [Size::Compact, Size::Standard, Size::Feed] {
                host.set_locale(locale).set_size(size);
                for at in pages {
                    let tree = page(&mut host, &reader, at).to_string();
                    for (audience, least) in AUDIENCES {
                        let is_offered = tree.contains(audience);
                        assert!(!is_offered || reader.role >= least, "{who} {at}\n{tree}");
                    }
                    if locale == "en" {
                        let rest = own.iter().fold(tree, |tree, own| tree.replace(own, ""));
                        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                        assert!(!rest.contains(is_chinese), "{who} {at}\n{rest}");
                    }
                }
            }
        }
    }
}

/// From no page there is no way on, but the first has ways to all.
#[test]
fn no_page_is_a_dead_end() {
    let mut host = lively();
    for reader in [nobody(), stranger(), ann()] {
        for at in ["mine", "tags", "tag/跑步", "write/跑步"] {
            let seen = page(&mut host, &reader, at);
            assert!(seen.links_to("") || seen.links_to("mine"), "{at}: {seen}");
        }
    }
    assert!(page(&mut host, &ann(), "").links_to("mine"));
}

#[test]
fn what_is_no_page_is_not_found() {
    let mut host = lively();
    let draft = posts::draft(PostKind::Short).text("别处说的").tag("跑步");
    let elsewhere = host.elsewhere(&bo(), || draft.publish()).unwrap();
    let elsewhere = format!("post/{}", elsewhere.id);
    for at in [
        "x",
        "mine/滑雪",
        "tag/滑雪",
        "write/滑雪",
        "post/none",
        &elsewhere,
    ] {
        for reader in [nobody(), ann()] {
            let error = host.render_at_as(at, &reader).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{at}");
        }
    }
    // What others say elsewhere is no record.
    assert!(!has(&mut host, &nobody(), "tag/跑步", "别处说的"));
}

#[test]
fn an_article_shows_a_few_tags_and_those_first_that_are_not_written() {
    let mut host = peopled();
    for tag in ["一", "二", "三", "四"] {
        kept(&mut host, &ann(), tag, "写", false);
    }
    host.pass_s(WEEK_S);
    write(&mut host, &ann(), "一", "写", false).unwrap();
    let tags = |host: &mut Host| {
        let seen = page(host, &ann(), "");
        ["一", "二", "三", "四"].map(|tag| seen.links_to(&format!("mine/{tag}")))
    };
    assert_eq!(tags(&mut host), [false, true, true, true]);
    let seen = page(&mut host, &ann(), "");
    assert!(seen.contains("更多"), "{seen}");
    host.set_size(Size::Feed);
    assert_eq!(tags(&mut host), [true; 4]);
}

#[test]
fn the_publisher_names_the_card_and_says_a_word() {
    let config = json!({ "title": "一年计划", "welcome": "一起写一年" });
    let mut host = card(config);
    let seen = page(&mut host, &nobody(), "");
    assert_eq!(seen.title(), "一年计划");
    assert!(seen.contains("一起写一年"), "{seen}");
    assert_eq!(
        page(&mut host, &nobody(), "tags").title(),
        "热门标签 · 一年计划"
    );
}
