//! Lists of posts: what is in them, and in which order.

use super::post_rules::{circle, say, short, texts};
use super::*;
use crate::posts::Post;

#[test]
fn a_list_has_what_all_its_conditions_say() {
    let mut host = circle();
    let reply = |to: &str| posts::draft(PostKind::Reply).text("答").reply_to(to);
    say(&mut host, "甲", short("一").tag("书")).unwrap();
    host.pass_s(1);
    say(&mut host, "乙", short("二").tag("#书 ")).unwrap();
    host.pass_s(1);
    let wish = posts::draft(PostKind::Wish).text("三").tag("书");
    say(&mut host, "甲", wish).unwrap();
    host.pass_s(1);
    say(&mut host, "甲", reply("post-1").tag("书")).unwrap();
    say(&mut host, "乙", reply("post-1").text("再答")).unwrap();
    host.elsewhere(&signed_in("管"), || posts::feature("post-2"))
        .unwrap();

    let mut check = |page: fn() -> Vec<Post>, expected: &str| {
        assert_eq!(texts(&mut host, "乙", page), expected);
    };
    check(|| posts::query().page().posts, "三 二 一");
    check(|| posts::query().tag("书").page().posts, "三 二 一");
    check(|| posts::query().tag("#书").page().posts, "三 二 一");
    check(|| posts::query().author("甲").page().posts, "答 三 一");
    check(|| posts::query().kind(PostKind::Wish).page().posts, "三");
    check(
        || posts::query().kind(PostKind::Reply).page().posts,
        "再答 答",
    );
    check(|| posts::query().featured().page().posts, "二");
    check(|| posts::query().author("甲").top().page().posts, "三 一");
    check(
        || {
            posts::query()
                .author("甲")
                .tag("书")
                .kind(PostKind::Short)
                .page()
                .posts
        },
        "一",
    );
    check(|| posts::replies("post-1").page().posts, "答 再答");
    check(|| posts::mine().page().posts, "再答 二");
    check(|| posts::mine().kind(PostKind::Short).page().posts, "二");
    check(|| posts::mine().tag("书").page().posts, "二");

    let tags = host.elsewhere(&nobody(), || Ok(posts::tags(10))).unwrap();
    let tags: Vec<_> = tags.iter().map(|t| (t.tag.as_str(), t.posts)).collect();
    assert_eq!(tags, [("书", 3)]);
    let post = host.elsewhere(&nobody(), || Ok(posts::get("post-1")));
    assert_eq!(post.unwrap().unwrap().replies, 2);
}

#[test]
fn hot_weighs_likes_against_days_and_top_does_not() {
    let mut host = circle();
    // An old post with 100 likes, one a day younger with 11, one that is new.
    let likes = |host: &mut Host, id: &str, n: usize| {
        for reader in 0..n {
            host.elsewhere(&signed_in(&format!("r{reader}")), || {
                posts::react(id, "like")
            })
            .unwrap();
        }
    };
    say(&mut host, "甲", short("百")).unwrap();
    likes(&mut host, "post-1", 100);
    host.pass_s(86_400);
    say(&mut host, "甲", short("十一")).unwrap();
    likes(&mut host, "post-2", 11);
    host.pass_s(86_400 - 1);
    say(&mut host, "甲", short("新")).unwrap();

    let hot = texts(&mut host, "乙", || posts::query().hot().page().posts);
    assert_eq!(hot, "十一 百 新");
    let top = texts(&mut host, "乙", || posts::query().top().page().posts);
    assert_eq!(top, "百 十一 新");
    // Two seconds later a new one is as if it had ten times ten.
    host.pass_s(2);
    say(&mut host, "甲", short("更新")).unwrap();
    let hot = texts(&mut host, "乙", || posts::query().hot().page().posts);
    assert_eq!(hot, "十一 更新 百 新");
}

#[test]
fn a_page_goes_on_where_the_one_before_ended() {
    let mut host = circle();
    // Several in one instant too.
    for text in ["一", "二", "三", "四", "五"] {
        say(&mut host, "甲", short(text)).unwrap();
    }
    let page = |host: &mut Host, after: &str, order: fn(posts::Query) -> posts::Query| {
        let after = after.to_owned();
        let read = || Ok(order(posts::query()).after(after).limit(2).page());
        let page = host.elsewhere(&nobody(), read).unwrap();
        let texts: Vec<String> = page.posts.into_iter().map(|p| p.text).collect();
        (texts.join(""), page.next.unwrap_or_default())
    };
    for order in [|q| q, posts::Query::hot, posts::Query::top] as [fn(_) -> _; 3] {
        let mut host = Host {
            data: host.data.clone(),
            ..drawing(|_| divider())
        };
        let (first, next) = page(&mut host, "", order);
        assert_eq!(first, "五四");
        say(&mut host, "甲", short("六")).unwrap();
        let (second, next) = page(&mut host, &next, order);
        assert_eq!(second, "三二");
        assert_eq!(
            page(&mut host, &next, order),
            ("一".to_owned(), String::new())
        );
    }
    for limit in [0, 51] {
        let read = || {
            let _ = host.elsewhere(&nobody(), || Ok(posts::query().limit(limit).page()));
        };
        assert!(panics(read).contains("1 to 50"));
    }
    let read = || {
        let _ = host.elsewhere(&nobody(), || Ok(posts::query().after("post-1").page()));
    };
    assert!(panics(read).contains("no page's `next`"));
}
