use super::*;

const NAMED: [(&str, &str); 3] = [("name", "粤语老歌"), ("about", "听和唱"), ("join", "open")];

#[test]
fn who_may_form_groups_is_configured() {
    fn check(create: &str, allowed: &[&str]) {
        for (who, reader) in everybody() {
            let mut host = card(json!({ "create": create }));
            let done = tap(&mut host, &reader, ("create", "create", ""), &NAMED);
            let expected = match allowed.contains(&who) {
                true => Ok("群建好了"),
                false => Err("not offered"),
            };
            assert_eq!(done, owned(expected), "{who} {create}");
        }
    }
    check("featured", &["star", "moderator", "owner"]);
    check("moderators", &["moderator", "owner"]);
}

#[test]
fn an_old_form_is_held_to_the_new_configuration() {
    let mut host = card(json!({}));
    let seen = page(&mut host, &star(), "create");
    host.set_config(json!({ "create": "moderators" }));
    let done = tap_on(&mut host, &seen, &star(), ("create", ""), &NAMED);
    assert_eq!(done, owned(Err("管理员可以建群。")));
}

#[test]
fn a_name_is_good_and_there_once() {
    fn check(name: &str, expected: Result<&str, &str>) {
        let mut host = card(json!({ "groups": [{ "id": "a", "name": "Jazz 夜" }] }));
        let inputs = [("name", name), ("join", "open")];
        let done = tap(&mut host, &owner(), ("create", "create", ""), &inputs);
        assert_eq!(done, owned(expected), "{name}");
    }
    check("粤语老歌", Ok("群建好了"));
    check(&"长".repeat(16), Ok("群建好了"));
    check("jazz夜", Err("已经有同名的群了，换一个名字"));
    check("ＪＡＺＺ　夜", Err("已经有同名的群了，换一个名字"));
    check("Ⓙazz 夜", Err("已经有同名的群了，换一个名字"));
    check("a#b", Err("群名要有 2 到 16 个字，不能有 # 和 /"));
    check("a/b", Err("群名要有 2 到 16 个字，不能有 # 和 /"));
    check(" a ", Err("群名要有 2 到 16 个字，不能有 # 和 /"));
    // What is not seen makes no tag, nor what is longer in the form of tags.
    check(
        "爵士\u{200b}夜",
        Err("群名要有 2 到 16 个字，不能有 # 和 /"),
    );
    check(
        &"㍿".repeat(16),
        Err("群名要有 2 到 16 个字，不能有 # 和 /"),
    );
    check(&"长".repeat(17), Err("`name`: at most 16 characters"));
}

#[test]
fn there_are_so_many_groups_and_no_more() {
    let mut host = card(json!({}));
    let mut last = Ok(String::new());
    for number in 0..=crate::groups::GROUPS_MAX {
        let name = format!("第{number}群");
        let inputs = [("name", name.as_str()), ("join", "open")];
        last = tap(&mut host, &owner(), ("create", "create", ""), &inputs);
    }
    assert_eq!(last, owned(Err("这个圈子的群已经满了")));
    assert!(page(&mut host, &nobody(), "all").contains("第99群"));
}

#[test]
fn whoever_forms_a_group_keeps_it() {
    let mut host = card(json!({}));
    tap(&mut host, &star(), ("create", "create", ""), &NAMED).unwrap();
    let home = page(&mut host, &star(), "").to_string();
    assert!(
        home.contains("粤语老歌") && home.contains("已加入"),
        "{home}"
    );
    let at = home
        .split("card:group/")
        .nth(1)
        .expect("a link leads there");
    let at = format!("group/{}", at.lines().next().expect("it ends"));
    let seen = page(&mut host, &star(), &at);
    assert!(seen.to_string().contains("avatar star (named)"), "{seen}");
    assert!(seen.offers_action("notice") && !seen.offers_action("close"));
}

/// Every act of keeping by everybody, and by the keeper.
#[test]
fn keeping_is_for_the_keeper_and_those_who_keep_order() {
    fn check(at: &str, name: &str, payload: &str, allowed: &[&str]) {
        let keeper = ("keeper", signed_in("keeper"));
        for (who, reader) in everybody().into_iter().chain([keeper]) {
            let mut host = kept();
            let inputs: &[_] = match name {
                "notice" => &[("notice", "周六八点")],
                _ => &[],
            };
            let done = tap(&mut host, &reader, (at, name, payload), inputs);
            assert_eq!(
                done.is_ok(),
                allowed.contains(&who),
                "{who} {name}: {done:?}"
            );
        }
    }
    let keepers = ["moderator", "owner", "keeper"];
    let order = ["moderator", "owner"];
    check("group/film", "notice", "", &keepers);
    check("group/film", "close", "", &order);
    check("group/film/members", "admit", "asking", &keepers);
    check("group/film/members", "refuse", "asking", &keepers);
    check("group/film/members", "put-out", "\"member\"", &keepers);
    check("group/film/members", "put-out", "\"keeper\"", &[]);
    check("group/film/members", "keeper", "\"member\"", &order);
}

/// A group by approval with a keeper, a member, and somebody who asked.
fn kept() -> Host {
    let mut host = grouped();
    for (id, is_asking) in [("keeper", false), ("member", false), ("asking", true)] {
        let reader = signed_in(id);
        join(&mut host, &reader, "film").unwrap();
        if !is_asking {
            let admit = ("group/film/members", "admit", id);
            tap(&mut host, &owner(), admit, &[]).unwrap();
        }
    }
    let make = ("group/film/members", "keeper", "\"keeper\"");
    tap(&mut host, &owner(), make, &[]).unwrap();
    host
}

#[test]
fn who_was_the_keeper_does_nothing_by_an_old_page() {
    let mut host = kept();
    let keeper = signed_in("keeper");
    let seen = page(&mut host, &keeper, "group/film/members");
    let desk = page(&mut host, &keeper, "group/film");
    let make = ("group/film/members", "keeper", "\"member\"");
    tap(&mut host, &owner(), make, &[]).unwrap();
    let denied = owned(Err("你不能做这个操作，刷新看看是不是有变动"));
    for (name, payload) in [
        ("admit", "asking"),
        ("refuse", "asking"),
        ("put-out", "member"),
    ] {
        let done = tap_on(&mut host, &seen, &keeper, (name, payload), &[]);
        assert_eq!(done, denied, "{name}");
    }
    let done = tap_on(
        &mut host,
        &desk,
        &keeper,
        ("notice", ""),
        &[("notice", "我")],
    );
    assert_eq!(done, denied);
}

#[test]
fn nobody_puts_out_the_keeper_or_those_who_keep_order() {
    let mut host = kept();
    let early = page(&mut host, &signed_in("keeper"), "group/film/members");
    let make = ("group/film/members", "keeper", "\"member\"");
    tap(&mut host, &owner(), make, &[]).unwrap();
    // The one who keeps it now is still to be put out on a page of before.
    let seen = page(&mut host, &owner(), "group/film/members").to_string();
    assert!(seen.contains(r#"put-out ["film","keeper"]"#), "{seen}");
    assert!(!seen.contains(r#"put-out ["film","member"]"#), "{seen}");
    tap(
        &mut host,
        &owner(),
        ("group/film/members", "keeper", "\"keeper\""),
        &[],
    )
    .unwrap();
    host.elsewhere(&owner(), || circle::set_role("member", Role::Moderator))
        .unwrap();
    let put_out = ("put-out", "\"member\"");
    let done = tap_on(&mut host, &early, &signed_in("keeper"), put_out, &[]);
    assert_eq!(done, owned(Err("你不能做这个操作，刷新看看是不是有变动")));
    assert_eq!(size(&mut host, "film"), "2 人");
}

#[test]
fn a_notice_is_said_by_who_wrote_it_and_taken_down() {
    let mut host = kept();
    let keeper = signed_in("keeper");
    let at = ("group/film", "notice", "");
    let done = tap(&mut host, &keeper, at, &[("notice", "周六八点放映")]);
    assert_eq!(done, owned(Ok("公告已更新")));
    let seen = page(&mut host, &nobody(), "group/film").to_string();
    // It is a post, and does not stand among the others.
    assert!(
        seen.contains("said keeper \"周六八点放映\", post "),
        "{seen}"
    );
    assert_eq!(seen.matches("周六八点放映").count(), 1, "{seen}");
    let done = tap(&mut host, &keeper, at, &[("notice", "改到周日")]);
    assert_eq!(done, owned(Ok("公告已更新")));
    let seen = page(&mut host, &nobody(), "group/film");
    assert!(
        seen.contains("改到周日") && !seen.contains("周六"),
        "{seen}"
    );
    assert_eq!(tap(&mut host, &keeper, at, &[]), owned(Ok("公告已撤下")));
    assert!(!page(&mut host, &nobody(), "group/film").contains("改到周日"));
    let left = host.elsewhere(&owner(), || Ok(posts::query().page().posts));
    assert_eq!(left.unwrap(), []);
}

/// A notice is seen by others once it may be, and goes when it is taken away.
#[test]
fn a_notice_is_held_and_taken_away_as_any_post() {
    let mut host = kept();
    let keeper = signed_in("keeper");
    let at = ("group/film", "notice", "");
    host.circle_mut().pre_approval = true;
    let done = tap(&mut host, &keeper, at, &[("notice", "周六八点")]);
    assert_eq!(done, owned(Ok("已提交，管理员看过后就会出现")));
    for (who, reader) in everybody().into_iter().chain([("keeper", keeper.clone())]) {
        let seen = page(&mut host, &reader, "group/film");
        let is_seen = ["keeper", "moderator", "owner"].contains(&who);
        assert_eq!(seen.contains("周六八点"), is_seen, "{who}: {seen}");
        assert_eq!(seen.contains("等待管理员查看"), is_seen, "{who}: {seen}");
        assert_eq!(seen.is_private(), who != "nobody", "{who}");
    }
    let id = id_of_notice(&mut host, &keeper);
    host.elsewhere(&owner(), || posts::approve(&posts::Seen::new(&id, None)))
        .unwrap();
    assert!(page(&mut host, &nobody(), "group/film").contains("周六八点"));
    host.elsewhere(&owner(), || posts::remove(&id)).unwrap();
    for reader in [nobody(), keeper.clone()] {
        let tree = page(&mut host, &reader, "group/film").to_string();
        assert!(!tree.contains(", post "), "{tree}");
    }
    host.circle_mut().pre_approval = false;
    let done = tap(&mut host, &keeper, at, &[("notice", "周日八点")]);
    assert_eq!(done, owned(Ok("公告已更新")));
    // Another keeper says another, under their own name.
    let done = tap(&mut host, &owner(), at, &[("notice", "停映一周")]);
    assert_eq!(done, owned(Ok("公告已更新")));
    let seen = page(&mut host, &nobody(), "group/film").to_string();
    assert!(seen.contains("said owner \"停映一周\"") && !seen.contains("周日八点"));
}

fn id_of_notice(host: &mut Host, reader: &Reader) -> String {
    let tree = page(host, reader, "group/film").to_string();
    let (_, rest) = tree.split_once(", post ").expect("the notice is a post");
    let (id, _) = rest.split_once(',').expect("there is more of it");
    id.to_owned()
}

#[test]
fn who_was_put_out_comes_back_by_nobodys_hand_but_the_keepers() {
    let mut host = grouped();
    let seen = page(&mut host, &member(), "group/hike");
    join(&mut host, &member(), "hike").unwrap();
    let put_out = ("group/hike/members", "put-out", "\"member\"");
    tap(&mut host, &owner(), put_out, &[]).unwrap();
    assert_eq!(size(&mut host, "hike"), "0 人");
    let done = tap_on(&mut host, &seen, &member(), ("join", ""), &[]);
    assert_eq!(
        done,
        owned(Err("群主把你移出了这个群，有疑问请联系管理员。"))
    );
    assert!(!page(&mut host, &member(), "group/hike").offers_action("join"));
}

#[test]
fn a_group_by_invitation_is_filled_by_its_keeper() {
    let mut host = grouped();
    let invite = ("group/inner/invite", "admit", "\"member\"");
    assert_eq!(tap(&mut host, &owner(), invite, &[]), owned(Ok("已拉进群")));
    assert_eq!(size(&mut host, "inner"), "1 人");
    assert_eq!(
        say(&mut host, &member(), "inner", "到了"),
        owned(Ok("已发布"))
    );
    // Nobody is taken into a group that they can join.
    assert!(!page(&mut host, &owner(), "group/hike/members").offers_action("admit"));
}

#[test]
fn everybody_in_the_circle_can_be_invited() {
    let mut host = grouped();
    for number in 0..45 {
        host.pass_s(1).join(&signed_in(&format!("m{number:02}")));
    }
    assert!(page(&mut host, &owner(), "group/inner/members").links_to("group/inner/invite"));
    let first = page(&mut host, &owner(), "group/inner/invite").to_string();
    assert!(first.contains("avatar m44 ") && !first.contains("avatar m24 "));
    let next = |tree: &str| {
        let next = tree
            .split("card:")
            .find(|at| at.starts_with("group/inner/invite/"));
        next.and_then(|at| at.lines().next()).map(str::to_owned)
    };
    let second = next(&first).expect("it goes on");
    let at = (second.as_str(), "admit", "\"m20\"");
    assert_eq!(tap(&mut host, &owner(), at, &[]), owned(Ok("已拉进群")));
    let tree = page(&mut host, &owner(), &second).to_string();
    assert!(
        tree.contains("avatar m24 ") && !tree.contains("avatar m20 "),
        "{tree}"
    );
    let last = page(&mut host, &owner(), &next(&tree).expect("it goes on")).to_string();
    assert!(
        last.contains("avatar m00 ") && last.contains("avatar member "),
        "{last}"
    );
    // A page on which all are in is passed over.
    for number in 25..45 {
        let member = format!("\"m{number}\"");
        let at = ("group/inner/invite", "admit", member.as_str());
        tap(&mut host, &owner(), at, &[]).unwrap();
    }
    let first = page(&mut host, &owner(), "group/inner/invite").to_string();
    assert!(first.contains("avatar m24 "), "{first}");
}

#[test]
fn inviting_is_for_keepers_of_groups_by_invitation() {
    let mut host = grouped();
    for (who, reader) in everybody() {
        let is_there = host.set_at("group/inner/invite").render_as(&reader).is_ok();
        assert_eq!(is_there, ["moderator", "owner"].contains(&who), "{who}");
    }
    let is_there = host.set_at("group/hike/invite").render_as(&owner()).is_ok();
    assert!(!is_there);
}

#[test]
fn those_who_left_the_circle_hide_nobody_and_count_no_longer() {
    let mut host = kept();
    join(&mut host, &signed_in("gone"), "film").unwrap();
    let admit = ("group/film/members", "admit", "\"gone\"");
    tap(&mut host, &owner(), admit, &[]).unwrap();
    say(&mut host, &signed_in("gone"), "film", "老片子").unwrap();
    host.elsewhere(&signed_in("gone"), circle::leave).unwrap();
    for number in 0..65 {
        let reader = signed_in(&format!("a{number:02}"));
        join(&mut host, &reader, "film").unwrap();
        host.elsewhere(&reader, circle::leave).unwrap();
    }
    assert_eq!(size(&mut host, "film"), "3 人");
    assert!(page(&mut host, &owner(), "group/film").contains("群成员 1"));
    let refuse = ("group/film/members", "refuse", "\"asking\"");
    let done = tap(&mut host, &owner(), refuse, &[]);
    assert_eq!(done, owned(Ok("已拒绝")));
    assert_eq!(size(&mut host, "film"), "2 人");
    // What they said stays, and they come back as anybody does.
    assert!(page(&mut host, &nobody(), "group/film").contains("老片子"));
    let done = join(&mut host, &signed_in("gone"), "film");
    assert_eq!(done, owned(Ok("已申请，等待通过")));
    // Those behind the first fifty are found by the next act.
    let left = |host: &mut Host| {
        host.elsewhere(&owner(), || {
            crate::groups::listed(crate::groups::Listed::Asked, "film", "", 99)
        })
        .unwrap()
        .people
        .len()
    };
    assert_eq!(left(&mut host), 16);
    let refuse = ("group/film/members", "refuse", "\"gone\"");
    tap(&mut host, &owner(), refuse, &[]).unwrap();
    assert_eq!(left(&mut host), 0);
}

#[test]
fn a_closed_group_is_read_only_until_it_is_opened_again() {
    let mut host = grouped();
    join(&mut host, &member(), "hike").unwrap();
    say(&mut host, &member(), "hike", "走起").unwrap();
    let form = page(&mut host, &member(), "new/hike");
    tap(&mut host, &moderator(), ("group/hike", "close", ""), &[]).unwrap();
    let done = tap_on(&mut host, &form, &member(), ("post", ""), &[("text", "早")]);
    assert_eq!(done, owned(Err("这个群已经关闭，只能看不能发。")));
    let seen = page(&mut host, &member(), "group/hike");
    assert!(seen.contains("走起") && seen.contains("已关闭") && !seen.offers_action("like"));
    tap(&mut host, &moderator(), ("group/hike", "reopen", ""), &[]).unwrap();
    assert_eq!(
        say(&mut host, &member(), "hike", "又来"),
        owned(Ok("已发布"))
    );
}
