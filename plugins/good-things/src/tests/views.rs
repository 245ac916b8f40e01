use super::*;

/// A card with something of everything.
fn peopled() -> Host {
    let mut host = card(json!({}));
    host.featured("star");
    let topic = [("name", "数码"), ("text", "好用的电子产品")];
    tap(&mut host, &owner(), ("manage", "topic", ""), &topic).unwrap();
    let picture = host.upload(&member());
    let inputs = [
        ("name", "台灯"),
        ("rating", "4"),
        ("text", "用了一年，不伤眼"),
        ("link", "https://example.com/lamp"),
        ("picture", picture.as_str()),
    ];
    tap(&mut host, &member(), ("add", "recommend", ""), &inputs).unwrap();
    recommend(&mut host, &star(), "保温杯").unwrap();
    ask(&mut host, &friend(), "想找一副耳机").unwrap();
    let named = [("name", "头戴耳机")];
    tap(&mut host, &member(), ("post/post-3", "answer", ""), &named).unwrap();
    tap(&mut host, &friend(), ("post/post-3", "helpful", ""), &[]).unwrap();
    tap(&mut host, &friend(), ("new", "like", "post-1"), &[]).unwrap();
    tap(&mut host, &friend(), ("new", "want", "post-1"), &[]).unwrap();
    let wish = [("name", "投影仪")];
    tap(&mut host, &star(), ("wishes", "wish", ""), &wish).unwrap();
    tap(&mut host, &owner(), ("post/post-2", "feature", ""), &[]).unwrap();
    host
}

/// The topic of [`peopled`].
fn topic(host: &mut Host) -> String {
    let tree = page(host, &nobody(), "topics").to_string();
    let (_, rest) = tree.split_once("card:topic/").expect("there is a topic");
    rest.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn first_time_readers_see_what_it_is_and_the_way_in() {
    let mut host = peopled();
    insta::assert_snapshot!(page(&mut host, &nobody(), ""));
}

#[test]
fn a_member_sees_what_to_do_and_no_guide() {
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
    # 测试圈 · 好物
    > 圈友用过觉得好，推荐给你。
    column
      text "测试圈 · 好物", at most 1 lines
      text "4 位成员 · 圈子积分 24" (caption) (muted), at most 1 lines
    "#);
}

#[test]
fn other_pages() {
    let mut host = peopled();
    insta::assert_snapshot!("post", page(&mut host, &friend(), "post/post-1"));
    insta::assert_snapshot!("ask", page(&mut host, &friend(), "post/post-3"));
    insta::assert_snapshot!("wishes", page(&mut host, &friend(), "wishes"));
    insta::assert_snapshot!("members", page(&mut host, &nobody(), "members"));
    insta::assert_snapshot!("mine", page(&mut host, &member(), "mine"));
    insta::assert_snapshot!("add", page(&mut host, &member(), "add"));
    insta::assert_snapshot!("manage", page(&mut host, &owner(), "manage"));
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
    let topic = topic(&mut host);
    let (in_topic, add) = (format!("topic/{topic}"), format!("add/{topic}"));
    let pages = [
        "",
        "best",
        "new",
        "hot",
        "wishes",
        "asks",
        "topics",
        &in_topic,
        "post/post-1",
        "post/post-3",
        "post/post-4",
        "post/post-5",
        "add",
        &add,
        "ask",
        "mine",
        "members",
        "member/member",
        "member/stranger",
        "queue",
        "manage",
    ];
    let said = [
        "测试圈",
        "数码",
        "好用的电子产品",
        "台灯",
        "用了一年，不伤眼",
        "保温杯",
        "想找一副耳机",
        "头戴耳机",
        "投影仪",
    ];
    host.set_at("").render_as(&stranger()).unwrap();
    for (who, reader) in everybody() {
        for locale in ["zh-CN", "en"] {
            for size in [Size::Compact, Size::Standard, Size::Feed] {
                host.set_locale(locale).set_size(size);
                for at in pages {
                    let seen = host.set_at(at).render_as(&reader);
                    let seen = match seen {
                        Err(_) if at == "member/stranger" => continue,
                        seen => seen.unwrap_or_else(|error| panic!("{who} {at}: {error}")),
                    };
                    let tree = seen.to_string();
                    for (audience, least) in AUDIENCES {
                        let is_offered = tree.contains(audience);
                        assert!(!is_offered || reader.role >= least, "{who} {at}\n{tree}");
                    }
                    if locale == "en" {
                        let foreign = said.iter().fold(tree, |tree, word| tree.replace(word, ""));
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
    let long = format!("member/{}", "m".repeat(65));
    for at in [
        "x",
        "post/none",
        "topic/none",
        "topic/nonenone",
        "add/none",
        "member/none",
        &long,
        "queue/a/b",
    ] {
        let error = host.set_at(at).render().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{at}");
    }
}

#[test]
fn empty_pages_say_what_to_do() {
    fn check(reader: &Reader, at: &str, expected: &str) {
        let seen = page(&mut card(json!({})), reader, at);
        assert!(seen.contains(expected), "{at}: {expected}\n{seen}");
    }
    check(&nobody(), "", "还没有好物。加入圈子，来推荐第一件吧。");
    check(&member(), "", "还没有好物，来推荐第一件吧。");
    check(&member(), "new", "还没有好物，来推荐第一件吧。");
    let seen = page(&mut card(json!({})), &nobody(), "");
    assert!(!seen.to_string().contains("link \"更多\""), "{seen}");
    check(&nobody(), "best", "还没有精选，先看看热门和最新。");
    check(&nobody(), "asks", "还没有人求推荐。");
    check(&nobody(), "wishes", "还没有人许愿。");
    check(&member(), "wishes", "清单还是空的");
    check(&nobody(), "topics", "还没有话题，圈主会来开的。");
    check(&owner(), "topics", "还没有话题，开一个吧。");
    check(&nobody(), "members", "还没有人拿到积分");
    check(&nobody(), "mine", "加入圈子后，你的推荐和积分会在这里。");
    check(&member(), "mine", "你还没有发过内容。");
    check(&owner(), "queue", "没有待审的内容。");
    check(&member(), "queue", "这一页只有圈主和管理员能看。");
    check(&nobody(), "member/member", "还没有推荐过好物。");
}

#[test]
fn title_and_welcome_are_configured() {
    let mut host = card(json!({ "title": "程序员好物", "welcome": "只推荐自己用过的" }));
    for size in [Size::Compact, Size::Standard, Size::Feed] {
        let seen = page(host.set_size(size), &nobody(), "");
        assert_eq!(seen.title(), "程序员好物");
        assert_eq!(seen.summary(), "只推荐自己用过的");
    }
    let seen = page(&mut host, &nobody(), "new");
    assert_eq!(seen.title(), "程序员好物 · 最新");
}

/// Short messages and refusals are in the reader's language, too.
#[test]
fn english_readers_are_told_in_english() {
    type Step<'a> = (Reader, &'a str, &'a str, &'a [(&'a str, &'a str)]);
    let mut host = card(json!({ "approval": true }));
    host.set_locale("en");
    let named = ("name", "Lamp");
    let rated = ("rating", "5");
    let steps: [Step<'_>; 27] = [
        (owner(), "manage", "topic", &[("name", "Home")]),
        (owner(), "manage", "topic", &[("name", "home")]),
        (owner(), "manage", "topic", &[("name", "a/b")]),
        (owner(), "manage", "describe-topic", &[("text", "Lamps")]),
        (owner(), "manage", "close-topic", &[]),
        (owner(), "manage", "open-topic", &[]),
        (stranger(), "", "join", &[]),
        (signed_in("stranger"), "mine", "leave", &[]),
        (member(), "add", "recommend", &[named, rated]),
        (member(), "add", "recommend", &[("name", " "), rated]),
        (member(), "add", "recommend", &[named, rated, ("link", "x")]),
        (moderator(), "queue", "approve", &[]),
        (friend(), "new", "like", &[]),
        (friend(), "new", "unlike", &[]),
        (friend(), "new", "want", &[]),
        (friend(), "wishes", "unwant", &[]),
        (friend(), "", "shared", &[]),
        (owner(), "post/post-1", "feature", &[]),
        (owner(), "post/post-1", "unfeature", &[]),
        (friend(), "post/post-1", "reply", &[("text", "Nice")]),
        (member(), "post/post-1", "edit", &[named, rated]),
        (moderator(), "queue", "reject", &[("reason", " ")]),
        (moderator(), "queue", "reject", &[("reason", "Advertising")]),
        (owner(), "wishes", "wish", &[named]),
        (owner(), "ask", "ask", &[("text", "Which lamp?")]),
        (moderator(), "post/post-4", "answer", &[named]),
        (owner(), "post/post-4", "helpful", &[]),
    ];
    for (reader, at, name, inputs) in steps {
        let (Ok(said) | Err(said)) = tap(&mut host, &reader, (at, name, ""), inputs);
        assert_ne!(said, "not offered", "{at} {name}");
        let is_english = !said.is_empty() && said.replace("测试圈", "").is_ascii();
        assert!(is_english, "{at} {name}: {said}");
    }
}
