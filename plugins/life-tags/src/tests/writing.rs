//! Records: one a week under a tag.

use super::*;

#[test]
fn a_record_is_written_and_improved() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let done = write(&mut host, &ann(), "跑步", "三公里", false);
    assert_eq!(done, owned(Ok("已写下，仅自己可见")));
    let again = page(&mut host, &ann(), "write/跑步");
    assert!(again.to_string().contains("三公里"), "{again}");
    let done = write(&mut host, &ann(), "跑步", "五公里", false);
    assert_eq!(done, owned(Ok("已更新，仅自己可见")));
    let done = write(&mut host, &ann(), "跑步", "六公里", true);
    assert_eq!(done, owned(Ok("已更新")));
    let mine = page(&mut host, &ann(), "mine/跑步").to_string();
    assert!(
        mine.contains("六公里") && !mine.contains("三公里"),
        "{mine}"
    );
    assert!(page(&mut host, &nobody(), "tag/跑步").contains("六公里"));
}

/// Tags are kept in one form, whatever they were written in.
#[test]
fn a_tag_with_full_width_signs_is_one_tag() {
    let mut host = card(json!({ "tags": ["跑步（早）"] }));
    host.join(&ann());
    let done = tap(&mut host, &ann(), ("mine", "add-tag", "跑步"), &[]);
    assert_eq!(done, owned(Ok("#跑步(早) 已开始，写下本周的第一条吧")));
    let known = take(&mut host, &ann(), "跑步（早）").unwrap();
    assert_eq!(known, "你已经有 #跑步(早) 了");
    // Nor is it offered again.
    let seen = page(&mut host, &ann(), "mine");
    assert!(seen.payloads("add-tag").all(str::is_empty), "{seen}");
    let seen = page(&mut host, &nobody(), "tag/跑步(早)");
    assert!(seen.contains("#跑步(早)"), "{seen}");
    for (text, said) in [("三公里", "已公开发布"), ("五公里", "已更新")] {
        let done = write(&mut host, &ann(), "跑步(早)", text, true);
        assert_eq!(done, owned(Ok(said)));
    }
    assert!(has(&mut host, &ann(), "", "本周已写"));
    let seen = page(&mut host, &nobody(), "tag/跑步(早)");
    assert!(seen.contains("五公里") && seen.contains("本周 1"), "{seen}");
}

#[test]
fn one_who_writes_under_a_tag_of_others_keeps_it() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    let done = write(&mut host, &bo(), "跑步", "我也跑", true);
    assert_eq!(done, owned(Ok("已公开发布")));
    assert!(page(&mut host, &bo(), "").links_to("mine/跑步"));
    // One that is shown says nothing of those to come.
    let seen = page(&mut host, &bo(), "mine/跑步");
    assert!(seen.contains("新记录默认仅自己可见"), "{seen}");
}

#[test]
fn an_empty_record_is_refused_beside_the_field() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let seen = page(&mut host, &ann(), "write/跑步");
    let done = act(&mut host, &seen, &ann(), ("write", ""), &[("text", "  ")]);
    let Err(Refusal::Invalid(error)) = done else {
        panic!("it is empty: {done:?}");
    };
    assert_eq!(error.text(), "写点文字或选张图片再保存");
    assert_eq!(error.fields()[0].0, "text");
    assert!(!has(&mut host, &ann(), "", "本周已写"));
}

#[test]
fn a_record_has_pictures() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let media = host.upload(&ann());
    let at = ("write/跑步", "write", "");
    // A picture says enough.
    tap(&mut host, &ann(), at, &[("pictures", &media)]).unwrap();
    assert!(has(&mut host, &ann(), "mine/跑步", "media:media-1"));
    // It stays when the words are improved, and gives way to another.
    tap(&mut host, &ann(), at, &[("text", "看图")]).unwrap();
    assert!(has(&mut host, &ann(), "mine/跑步", "media:media-1"));
    tap(&mut host, &ann(), at, &[("text", "")]).unwrap();
    assert!(has(&mut host, &ann(), "mine/跑步", "media:media-1"));
    let other = host.upload(&ann());
    tap(&mut host, &ann(), at, &[("pictures", &other)]).unwrap();
    let mine = page(&mut host, &ann(), "mine/跑步").to_string();
    assert!(mine.contains("media:media-2") && !mine.contains("media:media-1"));
}

#[test]
fn old_pictures_can_be_taken_out() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let media = host.upload(&ann());
    let at = ("write/跑步", "write", "");
    assert!(!has(&mut host, &ann(), "write/跑步", "no-pictures"));
    tap(
        &mut host,
        &ann(),
        at,
        &[("text", "看图"), ("pictures", &media)],
    )
    .unwrap();
    let without = ("no-pictures", "true");
    let empty = tap(&mut host, &ann(), at, &[("text", ""), without]);
    assert_eq!(empty, owned(Err("写点文字或选张图片再保存")));
    tap(&mut host, &ann(), at, &[("text", "没图"), without]).unwrap();
    let mine = page(&mut host, &ann(), "mine/跑步").to_string();
    assert!(mine.contains("没图") && !mine.contains("media:"), "{mine}");
}

#[test]
fn a_record_is_of_the_week_that_it_is() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "上周写的", true);
    let seen = page(&mut host, &ann(), "write/跑步");
    host.set_now("2027-01-24T23:59:59+08:00");
    let last = tap_on(&mut host, &seen, &ann(), ("write", ""), &[("text", "改")]);
    assert_eq!(last, owned(Ok("已更新，仅自己可见")));
    host.set_now("2027-01-25T00:00:00+08:00");
    let late = tap_on(&mut host, &seen, &ann(), ("write", ""), &[("text", "晚")]);
    let over = "2027-W03 已经结束，不能再改了。刷新后写新的一周吧";
    assert_eq!(late, owned(Err(over)));
    // It is not offered any more, and the new week begins empty.
    let mine = page(&mut host, &ann(), "mine/跑步");
    assert!(mine.contains("写本周的记录") && !mine.contains("改本周的记录"));
    let done = write(&mut host, &ann(), "跑步", "新的一周", false);
    assert_eq!(done, owned(Ok("已写下，仅自己可见")));
    let mine = page(&mut host, &ann(), "mine/跑步");
    assert!(mine.contains("新的一周") && mine.contains("改"), "{mine}");
    assert!(mine.contains("2027-W03"), "{mine}");
}

/// The same instant is Sunday in one zone and Monday in another.
#[test]
fn the_week_is_that_of_the_zone() {
    #[track_caller]
    fn check(zone: &str, expected: &str) {
        let mut host = card(json!({ "zone": zone }));
        host.join(&ann());
        host.set_now("2027-01-25T00:30:00+08:00");
        let seen = page(&mut host, &ann(), "mine");
        assert!(seen.contains(expected), "{zone}: {seen}");
        kept(&mut host, &ann(), "跑步", "写", true);
        let tree = page(&mut host, &ann(), "write/跑步").to_string();
        let [year, week] = [&expected[..4], expected.split(' ').nth(2).unwrap()];
        let period = format!("{year}-W0{week}");
        assert!(tree.contains(&period), "{zone}: {tree}");
    }
    check("Asia/Shanghai", "2027 年第 4 周");
    check("Asia/Tokyo", "2027 年第 4 周");
    check("Asia/Urumqi", "2027 年第 3 周");
    check("Asia/Kolkata", "2027 年第 3 周");
    check("UTC", "2027 年第 3 周");
}

#[test]
fn the_view_lasts_until_the_week_ends() {
    let mut host = peopled();
    let ends: Timestamp = "2027-01-25T00:00:00+08:00".parse().unwrap();
    for at in ["", "tags", "mine"] {
        let seen = page(&mut host, &nobody(), at);
        assert_eq!(seen.expires_at(), Some(ends), "{at}");
    }
    host.set_size(Size::Compact);
    assert_eq!(page(&mut host, &nobody(), "").expires_at(), Some(ends));
}

#[test]
fn who_sees_a_record_is_chosen_at_any_time() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", false);
    host.pass_s(3 * WEEK_S);
    let shown = |host: &mut Host| {
        let at = host.render_at("tag/跑步");
        at.is_ok_and(|seen| seen.contains("五公里"))
    };
    assert!(!shown(&mut host));
    let first = page(&mut host, &ann(), "mine/跑步");
    for expected in ["已公开", "这条已经是公开的"] {
        let done = tap_on(&mut host, &first, &ann(), ("publish", ""), &[]);
        assert_eq!(done, owned(Ok(expected)));
        assert!(shown(&mut host));
    }
    let seen = page(&mut host, &ann(), "mine/跑步");
    for expected in ["现在只有你能看到", "这条已经只有你能看到"] {
        let done = tap_on(&mut host, &seen, &ann(), ("hide", ""), &[]);
        assert_eq!(done, owned(Ok(expected)));
        assert!(!shown(&mut host));
    }
}

#[test]
fn a_record_is_taken_away() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    let seen = page(&mut host, &ann(), "mine/跑步");
    let done = tap_on(&mut host, &seen, &ann(), ("remove", ""), &[]);
    assert_eq!(done, owned(Ok("已删除")));
    for name in ["remove", "publish", "hide"] {
        let again = tap_on(&mut host, &seen, &ann(), (name, ""), &[]);
        let gone = Err("要操作的内容已经不在了，刷新看看");
        if name != "publish" {
            assert_eq!(again, owned(gone), "{name}");
        }
    }
    assert!(!has(&mut host, &ann(), "mine/跑步", "五公里"));
    // The week can be written again.
    let done = write(&mut host, &ann(), "跑步", "六公里", true);
    assert_eq!(done, owned(Ok("已公开发布")));
}

#[test]
fn a_circle_that_looks_first_holds_what_is_shown() {
    let mut host = peopled();
    host.circle_mut().pre_approval = true;
    take(&mut host, &ann(), "跑步").unwrap();
    let seen = page(&mut host, &ann(), "write/跑步");
    assert!(seen.contains("公开的记录，管理员看过后大家才能看到。"));
    // What is private needs no moderator.
    let done = write(&mut host, &ann(), "跑步", "五公里", false);
    assert_eq!(done, owned(Ok("已写下，仅自己可见")));
    let done = write(&mut host, &ann(), "跑步", "六公里", true);
    let held = owned(Ok("已提交，管理员看过后就会出现"));
    assert_eq!(done, held);
    assert!(page(&mut host, &ann(), "mine/跑步").contains("等待管理员查看"));
    assert!(host.render_at("tag/跑步").is_err());
    let id = id_of(&mut host, &ann(), "mine/跑步", "六公里");
    host.elsewhere(&owner(), || posts::reject(&id, "太短"))
        .unwrap();
    let mine = page(&mut host, &ann(), "mine/跑步");
    assert!(
        mine.contains("未通过") && mine.contains("原因：太短"),
        "{mine}"
    );
    assert_eq!(write(&mut host, &ann(), "跑步", "写长一点", true), held);
    let approve = || posts::approve(&posts::get(&id).expect("it waits").seen());
    host.elsewhere(&owner(), approve).unwrap();
    assert!(page(&mut host, &nobody(), "tag/跑步").contains("写长一点"));
    // Hidden and shown again, it waits again.
    tap(&mut host, &ann(), ("mine/跑步", "hide", ""), &[]).unwrap();
    let done = tap(&mut host, &ann(), ("mine/跑步", "publish", ""), &[]);
    assert_eq!(done, held);
}

#[test]
fn a_muted_member_reads_and_does_not_write() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", false);
    let write = page(&mut host, &ann(), "write/跑步");
    let mine = page(&mut host, &ann(), "mine/跑步");
    let until = host.now().plus_s(3_600);
    host.elsewhere(&owner(), || circle::mute("ann", until))
        .unwrap();
    let muted = owned(Err("你暂时不能发言"));
    let text = [("text", "说")];
    assert_eq!(
        tap_on(&mut host, &write, &ann(), ("write", ""), &text),
        muted
    );
    assert_eq!(
        tap_on(&mut host, &mine, &ann(), ("publish", ""), &[]),
        muted
    );
    let seen = page(&mut host, &ann(), "write/跑步");
    assert!(seen.contains("你暂时不能发言，到") && !seen.offers_action("write"));
    let seen = page(&mut host, &ann(), "mine/跑步");
    assert!(seen.contains("五公里") && !seen.offers_action("publish"));
    host.pass_s(3_601);
    assert!(page(&mut host, &ann(), "write/跑步").offers_action("write"));
}

#[test]
fn only_members_write() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    for reader in [nobody(), stranger()] {
        let seen = page(&mut host, &reader, "write/跑步");
        assert!(seen.contains("加入圈子后就能写记录") && !seen.offers_action("write"));
        assert!(seen.offers_action("join"), "{seen}");
    }
    // Who has left since has a form that is old.
    let seen = page(&mut host, &bo(), "write/跑步");
    host.elsewhere(&bo(), circle::leave).unwrap();
    let done = tap_on(&mut host, &seen, &bo(), ("write", ""), &[("text", "在吗")]);
    assert_eq!(done, owned(Err("denied")));
}

#[test]
fn the_page_hears_of_records_and_not_of_which_are_private() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let seen = page(&mut host, &ann(), "write/跑步");
    let private = [("text", "五公里"), ("open", "false")];
    let done = act(&mut host, &seen, &ann(), ("write", ""), &private).unwrap();
    assert_eq!(done.page_event(), Some(("post", "{}")));
    let open = [("text", "五公里"), ("open", "true")];
    let done = act(&mut host, &seen, &ann(), ("write", ""), &open).unwrap();
    let shown = r#"{"post":"post-1","held":false}"#;
    assert_eq!(done.page_event(), Some(("post", shown)));
}
