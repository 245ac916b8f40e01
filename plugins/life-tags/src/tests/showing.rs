//! Tags of all: which are hot, and what is shown under one.

use super::*;

/// So many who show a record of a tag.
fn shown_by(host: &mut Host, tag: &str, people: u64) {
    for number in 0..people {
        let reader = signed_in(&format!("{tag}-{number}"));
        host.join(&reader);
        kept(host, &reader, tag, &format!("{tag} {number}"), true);
    }
}

/// The tags of a page in their order, each with its counts and its trend.
fn hot_tags(host: &mut Host, at: &str) -> Vec<String> {
    let tree = page(host, &nobody(), at).to_string();
    let rows = tree.split("card:tag/").skip(1);
    rows.map(|row| {
        let texts = row.split('"').collect::<Vec<_>>();
        let tag = row.lines().next().unwrap_or_default();
        let badge = row.lines().find(|line| line.contains("badge"));
        let trend = badge.and_then(|line| line.split('"').nth(1));
        format!("{tag} {} {}", texts[1], trend.unwrap_or("-"))
    })
    .collect()
}

#[test]
fn hot_tags_are_counted_and_compared_with_last_week() {
    let mut host = peopled();
    shown_by(&mut host, "跑步", 2);
    shown_by(&mut host, "读书", 1);
    shown_by(&mut host, "做饭", 3);
    host.pass_s(WEEK_S);
    shown_by(&mut host, "跑步", 3);
    shown_by(&mut host, "读书", 1);
    shown_by(&mut host, "早起", 1);
    assert_eq!(
        hot_tags(&mut host, "tags"),
        [
            "跑步 本周 3 · 上周 2 ↑ 上升",
            "读书 本周 1 · 上周 1 → 持平",
            "早起 本周 1 · 上周 0 ↑ 上升",
            // It may still come to more than last week.
            "做饭 本周 0 · 上周 3 -",
        ]
    );
    // The card in an article has the first, and the way to all.
    assert_eq!(hot_tags(&mut host, "").len(), 2);
    let member = page(&mut host, &ann(), "");
    let shown = ["跑步", "读书", "早起", "做饭"].map(|tag| member.links_to(&format!("tag/{tag}")));
    assert_eq!(shown, [true, true, true, false]);
    assert!(page(&mut host, &nobody(), "").links_to("tags"));
    host.pass_s(2 * WEEK_S);
    assert_eq!(hot_tags(&mut host, "tags"), [""; 0]);
    assert!(page(&mut host, &nobody(), "").contains("这两周还没有公开的记录"));
}

#[test]
fn equal_tags_are_in_the_order_of_their_names() {
    let mut host = peopled();
    for tag in ["c", "a", "b"] {
        shown_by(&mut host, tag, 1);
    }
    let tags = hot_tags(&mut host, "tags");
    let tags: Vec<&str> = tags.iter().map(|tag| &tag[..1]).collect();
    assert_eq!(tags, ["a", "b", "c"]);
}

#[test]
fn a_member_counts_once_for_a_tag_and_week() {
    let mut host = peopled();
    let count = |host: &mut Host| {
        let seen = page(host.set_size(Size::Compact), &nobody(), "");
        host.set_size(Size::Standard);
        match seen.contains("条公开的记录") {
            true => seen.contains("本周 1 条公开的记录").then_some(1),
            false => Some(0),
        }
    };
    take(&mut host, &ann(), "跑步").unwrap();
    for (open, expected) in [(false, 0), (true, 1), (true, 1), (false, 0), (true, 1)] {
        write(&mut host, &ann(), "跑步", "写", open).unwrap();
        assert_eq!(count(&mut host), Some(expected));
    }
    tap(&mut host, &ann(), ("mine/跑步", "hide", ""), &[]).unwrap();
    assert_eq!(count(&mut host), Some(0));
    tap(&mut host, &ann(), ("mine/跑步", "publish", ""), &[]).unwrap();
    assert_eq!(count(&mut host), Some(1));
    tap(&mut host, &ann(), ("mine/跑步", "remove", ""), &[]).unwrap();
    assert_eq!(count(&mut host), Some(0));
    write(&mut host, &ann(), "跑步", "写", true).unwrap();
    assert_eq!(count(&mut host), Some(1));
    // A record of a week that is over changes that week no more, nor this one.
    host.pass_s(WEEK_S);
    tap(&mut host, &ann(), ("mine/跑步", "hide", ""), &[]).unwrap();
    tap(&mut host, &ann(), ("mine/跑步", "publish", ""), &[]).unwrap();
    assert_eq!(count(&mut host), Some(0));
    assert!(page(&mut host, &nobody(), "tag/跑步").contains("本周 0 · 上周 1"));
}

#[test]
fn what_a_moderator_took_away_makes_no_tag_hot() {
    let mut host = peopled();
    shown_by(&mut host, "广告", 1);
    assert_eq!(hot_tags(&mut host, "tags").len(), 1);
    let id = id_of(&mut host, &nobody(), "tag/广告", "广告 0");
    host.create().unwrap();
    host.advance_s(WEEK_S);
    assert!(has(&mut host, &nobody(), "tags", "广告"));
    host.elsewhere(&owner(), || posts::remove_because(&id, "广告"))
        .unwrap();
    assert!(!has(&mut host, &nobody(), "tags", "广告"));
    assert!(host.render_at("tag/广告").is_err());
}

#[test]
fn a_tags_page_goes_on_and_back() {
    let mut host = peopled();
    shown_by(&mut host, "跑步", 12);
    let first = page(&mut host, &nobody(), "tag/跑步").to_string();
    assert!(first.contains("\"跑步 2\"") && !first.contains("\"跑步 1\""));
    assert!(first.contains("12 人在记") && !first.contains("回到开头"));
    let next = first
        .split("card:")
        .find(|rest| rest.starts_with("tag/跑步/newest/"));
    let next = next
        .and_then(|rest| rest.lines().next())
        .expect("it goes on");
    let second = page(&mut host, &nobody(), next).to_string();
    assert!(second.contains("\"跑步 1\"") && !second.contains("\"跑步 2\""));
    assert!(second.contains("回到开头") && !second.contains("更多"));
    // Six faces are enough.
    assert_eq!(first.matches("avatar ").count(), 6);
}

#[test]
fn the_most_liked_come_first_if_asked() {
    let mut host = peopled();
    shown_by(&mut host, "跑步", 2);
    let id = id_of(&mut host, &nobody(), "tag/跑步", "跑步 0");
    let fans: Vec<Reader> = (0..3).map(|n| signed_in(&format!("fan{n}"))).collect();
    for fan in fans {
        host.join(&fan);
        let done = tap(&mut host, &fan, ("tag/跑步", "like", &id), &[]);
        assert_eq!(done, owned(Ok("已赞")));
    }
    let order = |host: &mut Host, at: &str| {
        let tree = page(host, &nobody(), at).to_string();
        tree.find("\"跑步 0\"") < tree.find("\"跑步 1\"")
    };
    assert!(!order(&mut host, "tag/跑步"));
    assert!(order(&mut host, "tag/跑步/hot"));
}

#[test]
fn a_tag_that_the_publisher_names_has_a_page() {
    let mut host = card(json!({ "tags": ["写字"] }));
    let seen = page(&mut host, &nobody(), "tag/写字");
    assert!(seen.contains("还没有人公开记录。") && seen.offers_action("add-tag"));
    let done = tap_on(&mut host, &seen, &stranger(), ("add-tag", ""), &[]);
    assert_eq!(done, owned(Ok("#写字 已开始，写下本周的第一条吧")));
    let seen = page(&mut host, &stranger(), "tag/写字");
    assert!(seen.links_to("write/写字") && !seen.offers_action("add-tag"));
    assert!(seen.contains("写本周的记录"), "{seen}");
    write(&mut host, &stranger(), "写字", "永字八法", false).unwrap();
    let seen = page(&mut host, &stranger(), "tag/写字");
    assert!(
        seen.contains("改本周的记录") && !seen.contains("永字八法"),
        "{seen}"
    );
}
