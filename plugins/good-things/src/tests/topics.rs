use super::*;
use crate::topics::TOPICS_MAX;

fn begin(host: &mut Host, name: &str) -> Result<String, String> {
    host.pass_s(1);
    let inputs = [("name", name), ("text", "好用的电子产品")];
    tap(host, &owner(), ("manage", "topic", ""), &inputs)
}

/// The last topic's id.
fn id(host: &mut Host) -> String {
    let tree = page(host, &nobody(), "topics").to_string();
    let (_, rest) = tree.split_once("card:topic/").expect("there is a topic");
    rest.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_owner_runs_topics() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        begin(&mut host, "数码").unwrap();
        for name in ["topic", "describe-topic", "close-topic"] {
            let offered = page(&mut host, &reader, "manage").offers_action(name);
            assert_eq!(offered, who == "owner", "{who} {name}");
        }
    }
}

#[test]
fn names_are_good_and_new() {
    fn check(name: &str, expected: Result<&str, &str>) {
        let mut host = card(json!({}));
        begin(&mut host, "数码").unwrap();
        assert_eq!(begin(&mut host, name), owned(expected), "{name}");
    }
    check("厨房", Ok("话题已开"));
    check("数 码", Err("已经有这个话题了"));
    check("厨房/餐桌", Err("名称要有 2 到 16 个字，不能有 # 和 /"));
    check("#厨房", Err("名称要有 2 到 16 个字，不能有 # 和 /"));
    check("厨", Err("`name`: at least 2 characters"));
}

#[test]
fn open_topics_stand_first_and_the_latest_of_them() {
    let mut host = card(json!({}));
    for name in ["数码", "厨房", "书桌"] {
        begin(&mut host, name).unwrap();
    }
    let order = |host: &mut Host| {
        let tree = page(host, &nobody(), "topics").to_string();
        let names = tree.split("link \"#").skip(1);
        let names = names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(order(&mut host), ["书桌", "厨房", "数码"]);
    let last = id(&mut host);
    let close = ("manage", "close-topic", last.as_str());
    tap(&mut host, &owner(), close, &[]).unwrap();
    assert_eq!(order(&mut host), ["厨房", "数码", "书桌"]);
}

#[test]
fn there_are_so_many_topics() {
    let mut host = card(json!({}));
    for number in 0..TOPICS_MAX {
        begin(&mut host, &format!("话题{number}")).unwrap();
    }
    let full = "话题太多了，不能再开新的";
    assert_eq!(begin(&mut host, "又一个"), owned(Err(full)));
    page(&mut host, &owner(), "manage");
    page(&mut host, &member(), "add");
}

#[test]
fn things_go_into_a_topic_while_it_is_open() {
    let mut host = card(json!({}));
    begin(&mut host, "数码").unwrap();
    let topic = id(&mut host);
    let at = format!("topic/{topic}");
    assert!(page(&mut host, &nobody(), &at).contains("这个话题还没有好物。"));
    let add = format!("add/{topic}");
    assert!(page(&mut host, &member(), &at).links_to(&add));
    let form = page(&mut host, &member(), &add);
    let inputs = [("name", "键盘"), ("rating", "5"), ("topic", &topic)];
    tap_on(&mut host, &form, &member(), ("recommend", ""), &inputs).unwrap();
    recommend(&mut host, &member(), "杯子").unwrap();
    let seen = page(&mut host, &nobody(), &at);
    assert!(seen.contains("键盘") && !seen.contains("杯子"), "{seen}");
    assert!(page(&mut host, &nobody(), "topics").contains("1 件好物"));
    assert!(page(&mut host, &nobody(), "post/post-1").links_to(&at));

    tap(&mut host, &owner(), ("manage", "close-topic", ""), &[]).unwrap();
    let done = tap_on(&mut host, &form, &member(), ("recommend", ""), &inputs);
    assert_eq!(done, owned(Err("这个话题已经结束，换一个吧")));
    let seen = page(&mut host, &member(), &at);
    assert!(seen.contains("键盘") && seen.contains("已结束") && !seen.links_to(&add));
    // Editing keeps what is in it.
    let changed = [("name", "机械键盘"), ("rating", "4")];
    tap(&mut host, &member(), ("post/post-1", "edit", ""), &changed).unwrap();
    assert!(page(&mut host, &nobody(), &at).contains("机械键盘"));

    tap(&mut host, &owner(), ("manage", "open-topic", ""), &[]).unwrap();
    tap_on(&mut host, &form, &member(), ("recommend", ""), &inputs).unwrap();
}

#[test]
fn an_old_way_into_a_topic_that_is_over_still_leads_to_the_form() {
    for others in [false, true] {
        let mut host = card(json!({}));
        begin(&mut host, "数码").unwrap();
        let add = format!("add/{}", id(&mut host));
        tap(&mut host, &owner(), ("manage", "close-topic", ""), &[]).unwrap();
        if others {
            begin(&mut host, "厨房").unwrap();
        }
        let seen = page(&mut host, &member(), &add);
        assert!(seen.contains("这个话题已经结束，换一个吧"), "{seen}");
        assert!(!seen.to_string().contains("\"数码\""), "it is no choice");
        let inputs = [("name", "键盘"), ("rating", "5")];
        tap_on(&mut host, &seen, &member(), ("recommend", ""), &inputs).unwrap();
        assert!(!page(&mut host, &nobody(), "post/post-1").contains("#数码"));
    }
}

#[test]
fn a_topic_is_described_anew() {
    let mut host = card(json!({}));
    begin(&mut host, "数码").unwrap();
    let anew = [("text", "键盘、耳机、显示器")];
    tap(&mut host, &owner(), ("manage", "describe-topic", ""), &anew).unwrap();
    for at in ["topics".to_owned(), format!("topic/{}", id(&mut host))] {
        let seen = page(&mut host, &nobody(), &at);
        assert!(seen.contains("键盘、耳机、显示器") && !seen.contains("好用的电子产品"));
    }
}

/// The host keeps a tag in one form of its characters, whatever the name has.
#[test]
fn a_topic_whose_name_has_wide_signs_has_its_things() {
    for name in ["厨房（小）", "数码！", "ＡＩ"] {
        let mut host = card(json!({}));
        begin(&mut host, name).unwrap();
        let topic = id(&mut host);
        let at = format!("topic/{topic}");
        let inputs = [("name", "砧板"), ("rating", "5"), ("topic", topic.as_str())];
        tap(&mut host, &member(), ("add", "recommend", ""), &inputs).unwrap();
        assert!(page(&mut host, &nobody(), &at).contains("砧板"), "{name}");
        let all = page(&mut host, &nobody(), "topics");
        assert!(all.contains("1 件好物"), "{name}\n{all}");
        let post = page(&mut host, &nobody(), "post/post-1");
        assert!(post.links_to(&at), "{name}\n{post}");
    }
}
