use super::*;

fn peopled() -> Host {
    let mut host = grouped();
    for reader in [star(), member()] {
        join(&mut host, &reader, "hike").unwrap();
    }
    say(&mut host, &member(), "hike", "周六去香山吗").unwrap();
    say(&mut host, &star(), "hike", "香山见").unwrap();
    host
}

#[test]
fn readers_discover_groups() {
    let mut host = peopled();
    insta::assert_snapshot!("discover", page(&mut host, &nobody(), ""));
    insta::assert_snapshot!("discover_as_a_member", page(&mut host, &member(), ""));
    insta::assert_snapshot!("all", page(&mut host, &nobody(), "all"));
}

#[test]
fn a_group_says_what_it_is_who_is_here_and_what_is_said() {
    let mut host = peopled();
    let at = ("group/hike", "notice", "");
    tap(&mut host, &owner(), at, &[("notice", "八点集合")]).unwrap();
    insta::assert_snapshot!("group", page(&mut host, &nobody(), "group/hike"));
    host.set_size(Size::Feed).set_locale("en");
    insta::assert_snapshot!("group_in_english", page(&mut host, &member(), "group/hike"));
    insta::assert_snapshot!("members", page(&mut host, &owner(), "group/hike/members"));
}

#[test]
fn compact_is_two_lines() {
    let mut host = peopled();
    host.set_size(Size::Compact);
    insta::assert_snapshot!(page(&mut host, &member(), ""), @r#"
    # 测试圈 · 和群
    > 3 个群
    column
      text "测试圈 · 和群", at most 1 lines
      row
        badge "和群" (neutral)
        text "3 个群" (caption) (muted)
    "#);
}

#[test]
fn groups_are_joined_from_the_list() {
    let mut host = grouped();
    tap(&mut host, &stranger(), ("", "join", "hike"), &[]).unwrap();
    tap(&mut host, &stranger(), ("", "join", "film"), &[]).unwrap();
    let seen = page(&mut host, &stranger(), "");
    assert!(seen.contains("已加入") && seen.contains("已申请") && seen.contains("邀请制"));
    assert!(!seen.offers_action("join"), "{seen}");
}

#[test]
fn own_groups_come_first_and_those_that_are_over_last() {
    fn order(host: &mut Host, reader: &Reader) -> Vec<String> {
        let tree = page(host, reader, "all").to_string();
        let links = tree.split("card:group/").skip(1);
        links
            .map(|rest| rest.lines().next().unwrap_or_default().to_owned())
            .collect()
    }
    let mut host = peopled();
    assert_eq!(order(&mut host, &nobody()), ["hike", "film", "inner"]);
    join(&mut host, &moderator(), "inner").unwrap();
    assert_eq!(order(&mut host, &nobody()), ["hike", "inner", "film"]);
    assert_eq!(order(&mut host, &moderator()), ["inner", "hike", "film"]);
    tap(&mut host, &moderator(), ("group/hike", "close", ""), &[]).unwrap();
    assert_eq!(order(&mut host, &nobody()), ["inner", "film", "hike"]);
}

/// The first view of an article is the same bytes for everyone.
#[test]
fn readers_without_a_session_share_one_view() {
    let mut host = peopled();
    for at in ["", "all", "group/hike"] {
        assert!(!page(&mut host, &nobody(), at).is_private(), "{at}");
        assert!(page(&mut host, &member(), at).is_private(), "{at}");
    }
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
    let post = format!("post/{}", id_of(&mut host, "group/hike", "香山见"));
    let pages = [
        "",
        "all",
        "group/hike",
        "group/film",
        "group/inner",
        "group/hike/members",
        "new",
        "new/hike",
        "create",
        &post,
    ];
    let own = [
        "测试圈",
        "测试号",
        "周末徒步",
        "每周六一起走",
        "老电影",
        "幕后",
        "周六去香山吗",
        "香山见",
    ];
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
                        let host_own = own.iter().fold(tree, |tree, own| tree.replace(own, ""));
                        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                        assert!(!host_own.contains(is_chinese), "{who} {at}\n{host_own}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_no_page_is_not_found() {
    let mut host = peopled();
    let draft = posts::draft(PostKind::Short).text("别处说的").tag("别的");
    host.elsewhere(&star(), || draft.publish()).unwrap();
    let elsewhere = "post/post-3".to_owned();
    let far = format!("group/hike/members/{}", "m".repeat(65));
    for at in [
        "x",
        "group/none",
        "group/none/members",
        "group/none/invite",
        "new/none",
        "post/none",
        &elsewhere,
        &far,
    ] {
        let error = host.set_at(at).render().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{at}");
    }
}

#[test]
fn a_circle_without_groups_says_what_to_do() {
    fn check(reader: &Reader, expected: &str, offers_way: bool) {
        let seen = page(&mut card(json!({})), reader, "");
        assert!(seen.contains(expected), "{seen}");
        assert_eq!(seen.contains("建一个群"), offers_way, "{seen}");
    }
    check(
        &nobody(),
        "还没有群。大咖或管理员建好后会出现在这里。",
        false,
    );
    check(
        &member(),
        "还没有群。大咖或管理员建好后会出现在这里。",
        false,
    );
    check(&star(), "还没有群，来建第一个吧。", true);
    check(&owner(), "还没有群，来建第一个吧。", true);
}

#[test]
fn long_lists_go_on() {
    let mut host = grouped();
    for number in 0..35 {
        join(&mut host, &signed_in(&format!("m{number:02}")), "hike").unwrap();
    }
    let first = page(&mut host, &nobody(), "group/hike/members").to_string();
    assert!(first.contains("avatar m29 ") && !first.contains("avatar m30 "));
    assert!(first.contains("card:group/hike/members/m29"), "{first}");
    let second = page(&mut host, &nobody(), "group/hike/members/m29").to_string();
    assert!(second.contains("avatar m30 ") && second.contains("avatar m34 "));
    assert!(!second.contains("更多") && second.contains("回到开头"));

    for number in 0..12 {
        say(
            &mut host,
            &signed_in("m00"),
            "hike",
            &format!("第{number}句"),
        )
        .unwrap();
    }
    let first = page(&mut host, &nobody(), "group/hike").to_string();
    let next = first
        .split("card:")
        .find(|rest| rest.starts_with("group/hike/") && !rest.contains("members"));
    let next = next
        .and_then(|rest| rest.lines().next())
        .expect("it goes on")
        .to_owned();
    let second = page(&mut host, &nobody(), &next).to_string();
    assert!(first.contains("第2句") && !first.contains("第1句\""));
    assert!(second.contains("第1句") && second.contains("第0句") && !second.contains("第2句"));
}
