use super::*;

fn peopled() -> Host {
    let mut host = card(json!({}));
    host.join(&member());
    host.featured("star");
    say(&mut host, &member(), "今天跑了五公里").unwrap();
    say(&mut host, &star(), "周末一起爬山").unwrap();
    let at = format!("post/{}", id_of(&mut host, "周末一起爬山"));
    tap(&mut host, &owner(), (&at, "feature", ""), &[]).unwrap();
    host
}

#[test]
fn first_time_readers_see_what_it_is_and_the_way_in() {
    let mut host = peopled();
    insta::assert_snapshot!(page(&mut host, &nobody(), ""));
}

#[test]
fn a_member_sees_what_is_new_and_no_guide() {
    let mut host = peopled();
    insta::assert_snapshot!(page(&mut host, &member(), ""));
}

#[test]
fn the_owner_sees_all_on_its_own_page_in_english() {
    let mut host = peopled();
    host.set_locale("en").set_size(Size::Feed);
    insta::assert_snapshot!(page(&mut host, &owner(), ""));
}

#[test]
fn compact_is_two_lines() {
    let mut host = peopled();
    host.set_size(Size::Compact);
    insta::assert_snapshot!(page(&mut host, &member(), ""), @r#"
    # 测试圈
    > 来测试圈看看大家在聊什么，由测试号主办。
    column
      text "测试圈", at most 1 lines
      text "3 位成员 · 2 条动态" (caption) (muted), at most 1 lines
    "#);
}

#[test]
fn pages_for_members_and_order() {
    let mut host = peopled();
    insta::assert_snapshot!("members", page(&mut host, &nobody(), "members"));
    insta::assert_snapshot!(
        "manage_members",
        page(&mut host, &owner(), "manage/members")
    );
    let at = format!("post/{}", id_of(&mut host, "今天跑了五公里"));
    tap(&mut host, &star(), (&at, "reply", ""), &[("text", "厉害")]).unwrap();
    insta::assert_snapshot!("post", page(&mut host, &member(), &at));
}

/// The first view of an article is the same bytes for everyone.
#[test]
fn readers_without_a_session_share_one_view() {
    let mut host = peopled();
    for size in [Size::Compact, Size::Standard, Size::Feed] {
        host.set_size(size);
        assert!(!page(&mut host, &nobody(), "").is_private());
    }
    assert!(page(&mut host, &member(), "").is_private());
    host.set_size(Size::Compact);
    assert!(!page(&mut host, &member(), "").is_private());
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
    let mut host = peopled();
    let post = format!("post/{}", id_of(&mut host, "今天跑了五公里"));
    let pages = [
        "",
        "post",
        "posts/latest",
        "posts/hot",
        "posts/featured",
        "mine",
        "members",
        "manage",
        "manage/posts",
        "manage/members",
        "manage/banned",
        &post,
    ];
    for (who, reader) in everybody() {
        for locale in ["zh-CN", "en"] {
            for size in [Size::Compact, Size::Standard, Size::Feed] {
                host.set_locale(locale).set_size(size);
                for at in pages {
                    let seen = page(&mut host, &reader, at);
                    let tree = seen.to_string();
                    for (audience, least) in AUDIENCES {
                        let is_offered = tree.contains(audience);
                        assert!(!is_offered || reader.role >= least, "{who} {at}\n{tree}");
                    }
                    if locale == "en" {
                        let foreign = tree.replace("测试圈", "").replace("测试号", "");
                        let foreign = foreign
                            .replace("今天跑了五公里", "")
                            .replace("周末一起爬山", "");
                        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                        assert!(!foreign.contains(is_chinese), "{who} {at}\n{foreign}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_no_page_is_not_found() {
    let mut host = peopled();
    for at in ["x", "post/none", "posts/worst", "manage/money"] {
        let error = host.set_at(at).render().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{at}");
    }
}

#[test]
fn an_empty_circle_says_what_to_do() {
    fn check(config: Value, reader: &Reader, expected: &str) {
        let seen = page(&mut card(config), reader, "");
        assert!(seen.contains(expected), "{expected}\n{seen}");
    }
    check(json!({}), &nobody(), "还没有动态。加入圈子，来发第一条吧。");
    check(json!({}), &member(), "还没有动态，来发第一条吧。");
    let featured = json!({ "posting": "featured" });
    check(featured.clone(), &nobody(), "还没有动态，过几天再来看看。");
    check(featured, &member(), "还没有动态，过几天再来看看。");
}

#[test]
fn the_welcome_and_the_guide_are_for_those_who_are_new() {
    let mut host = card(json!({ "welcome": "一起读书", "guide": ["看", "说"] }));
    let seen = page(&mut host, &stranger(), "");
    assert!(seen.contains("一起读书") && seen.contains("2. 说") && seen.contains("第一次来？"));
    let seen = page(&mut host, &member(), "");
    assert!(!seen.contains("一起读书") && !seen.contains("第一次来？"));
    host.set_config(json!({ "guide": [] }));
    assert!(!page(&mut host, &stranger(), "").contains("第一次来？"));
}

#[test]
fn what_is_shown_first_is_configured() {
    fn check(show: &str, first: &str) {
        let mut host = card(json!({ "show": show }));
        for text in ["旧", "中", "新"] {
            say(&mut host, &member(), text).unwrap();
        }
        let old = id_of(&mut host, "旧");
        for reader in [star(), owner()] {
            tap(&mut host, &reader, ("posts/latest", "like", &old), &[]).unwrap();
        }
        let seen = page(&mut host, &nobody(), "").to_string();
        let line = seen
            .lines()
            .find(|line| line.contains("said"))
            .unwrap_or_default();
        assert!(line.contains(&format!("{first:?}")), "{show}: {line}");
    }
    check("latest", "新");
    check("hot", "旧");
    // While there are none, the latest stand in.
    check("featured", "新");
}

#[test]
fn a_long_list_goes_on_without_showing_anything_twice() {
    let mut host = card(json!({}));
    for number in 0..25 {
        say(&mut host, &member(), &format!("第{number}条")).unwrap();
    }
    let mut at = "posts/latest".to_owned();
    let mut seen_texts = Vec::new();
    for pages in 1.. {
        let tree = page(&mut host, &nobody(), &at).to_string();
        let said = tree.lines().filter(|line| line.contains("said "));
        seen_texts.extend(said.map(|line| line.split('"').nth(1).unwrap_or_default().to_owned()));
        // Others come in meanwhile.
        say(&mut host, &star(), "插队").unwrap();
        let next = tree.lines().find(|line| line.contains("link \"更多\""));
        let Some(next) = next else {
            assert_eq!(pages, 3);
            break;
        };
        at = next.split("card:").nth(1).expect("it leads on").to_owned();
    }
    let expected: Vec<String> = (0..25)
        .rev()
        .map(|number| format!("第{number}条"))
        .collect();
    assert_eq!(seen_texts, expected);
}
