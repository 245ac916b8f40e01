use super::*;
use crate::wants::WANTS_MAX;

#[test]
fn others_things_are_wanted_and_ones_own_are_not() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    for (who, reader) in everybody() {
        let offered = page(&mut host, &reader, "new").offers_action("want");
        let expected = matches!(who, "star" | "moderator" | "owner");
        assert_eq!(offered, expected, "{who}");
    }
    let seen = page(&mut host, &friend(), "new");
    let done = take(&mut host, &seen, &friend(), ("want", ""), &[]).unwrap();
    let event = r#"{"post":"post-1"}"#;
    assert_eq!(done.outcome.page_event(), Some(("want", event)));
    assert!(page(&mut host, &nobody(), "new").contains("想买 1"));
    assert!(page(&mut host, &member(), "new").contains("想买 1"));
    let wishes = page(&mut host, &friend(), "wishes");
    assert!(
        wishes.contains("台灯") && wishes.contains("已想买 1"),
        "{wishes}"
    );
    assert!(!page(&mut host, &member(), "wishes").contains("台灯"));
    tap(&mut host, &friend(), ("wishes", "unwant", ""), &[]).unwrap();
    let wishes = page(&mut host, &friend(), "wishes");
    assert!(
        !wishes.contains("台灯") && wishes.contains("清单还是空的"),
        "{wishes}"
    );
}

#[test]
fn what_is_wanted_by_two_old_pages_stands_once() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    let seen = page(&mut host, &friend(), "new");
    for _ in 0..2 {
        tap_on(&mut host, &seen, &friend(), ("want", ""), &[]).unwrap();
    }
    let wishes = page(&mut host, &friend(), "wishes");
    assert_eq!(wishes.payloads("unwant").count(), 1, "{wishes}");
}

#[test]
fn what_is_gone_can_be_taken_off_the_list() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    tap(&mut host, &friend(), ("new", "want", ""), &[]).unwrap();
    let at = last(&mut host);
    tap(&mut host, &member(), (&at, "remove", ""), &[]).unwrap();
    let wishes = page(&mut host, &friend(), "wishes");
    assert!(wishes.contains("这件好物已被移除。"), "{wishes}");
    tap(&mut host, &friend(), ("wishes", "unwant", ""), &[]).unwrap();
    assert!(!page(&mut host, &friend(), "wishes").contains("这件好物已被移除。"));
}

#[test]
fn members_write_wishes_of_their_own_and_take_them_back() {
    let mut host = card(json!({}));
    let wish = ("wishes", "wish", "");
    let done = tap(&mut host, &member(), wish, &[("name", "降噪耳机")]);
    assert_eq!(done, owned(Ok("已记下")));
    assert_eq!(
        tap(&mut host, &member(), wish, &[("name", " ")]),
        owned(Err("写上好物的名称"))
    );
    host.pass_s(1);
    let hidden = [("name", "秘密礼物"), ("private", "true")];
    tap(&mut host, &member(), wish, &hidden).unwrap();
    let mine = page(&mut host, &member(), "wishes");
    assert!(mine.contains("降噪耳机") && mine.contains("秘密礼物") && mine.contains("仅自己可见"));
    let theirs = page(&mut host, &friend(), "wishes");
    assert!(theirs.contains("降噪耳机") && !theirs.contains("秘密礼物"));
    assert!(page(&mut host, &nobody(), "wishes").contains("降噪耳机"));
    // One's own stand once, in one's own list.
    assert_eq!(
        mine.to_string().matches("\"降噪耳机\"").count(),
        1,
        "{mine}"
    );
    for _ in 0..2 {
        let done = tap(&mut host, &member(), ("wishes", "remove", ""), &[]);
        assert_eq!(done, owned(Ok("已划掉")));
    }
    assert!(page(&mut host, &nobody(), "wishes").contains("还没有人许愿。"));
    let mine = page(&mut host, &member(), "wishes");
    assert!(
        mine.contains("清单还是空的") && !mine.contains("已移除"),
        "{mine}"
    );
    assert_eq!(points(&mut host, "member"), 0);
}

#[test]
fn a_wish_that_a_moderator_took_away_stands_in_no_list() {
    let mut host = card(json!({}));
    let named = [("name", "降噪耳机")];
    tap(&mut host, &member(), ("wishes", "wish", ""), &named).unwrap();
    let at = last(&mut host);
    tap(&mut host, &moderator(), (&at, "remove", ""), &[]).unwrap();
    for (who, reader) in everybody() {
        let seen = page(&mut host, &reader, "wishes");
        assert!(
            !seen.contains("降噪耳机") && !seen.contains("已移除"),
            "{who}\n{seen}"
        );
    }
    assert!(page(&mut host, &member(), "mine").contains("已移除"));
}

#[test]
fn a_list_is_full_at_its_limit_and_has_pages() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    let full: Vec<Value> = (0..WANTS_MAX)
        .map(|number| json!({ "post": format!("gone-{number}"), "since_ms": 0 }))
        .collect();
    host.elsewhere(&friend(), || state::viewer().put("wants", &full))
        .unwrap();
    let done = tap(&mut host, &friend(), ("new", "want", ""), &[]);
    assert_eq!(done, owned(Err("想买清单满了，先划掉几件吧")));
    assert!(!page(&mut host, &friend(), "new").contains("想买 1"));
    let mut seen = 0;
    let mut at = "wishes".to_owned();
    while seen < WANTS_MAX {
        let tree = page(&mut host, &friend(), &at).to_string();
        seen += tree.matches("→ unwant").count();
        let next = tree.lines().find(|line| line.contains("card:wishes/own-"));
        let Some(next) = next else { break };
        at = next.split("card:").nth(1).unwrap().to_owned();
    }
    assert_eq!(seen, WANTS_MAX);
    tap(&mut host, &friend(), ("wishes", "unwant", "gone-0"), &[]).unwrap();
    tap(&mut host, &friend(), ("new", "want", ""), &[]).unwrap();
}
