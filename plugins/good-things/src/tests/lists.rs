use super::*;

/// Walks a list to its end, and what stood in it. Somebody adds to it after
/// every page.
fn walk(
    host: &mut Host,
    reader: &Reader,
    start: &str,
    meanwhile: impl Fn(&mut Host),
) -> Vec<String> {
    let mut at = start.to_owned();
    let mut found = Vec::new();
    loop {
        let tree = page(host, reader, &at).to_string();
        let names = tree.split("第").skip(1);
        let names = names.filter_map(|rest| Some(rest.split_once('件')?.0));
        let names = names.filter(|name| name.parse::<u32>().is_ok());
        let names = names.map(str::to_owned);
        let mut names: Vec<String> = names.collect();
        names.dedup();
        found.extend(names);
        meanwhile(host);
        assert_eq!(at != start, tree.contains("link \"回到开头\""), "{at}");
        let on = format!("link \"更多\" card:{start}/");
        let Some((_, next)) = tree.split_once(&on) else {
            return found;
        };
        let next = next.lines().next().unwrap_or_default();
        at = format!("{start}/{next}");
    }
}

fn counting_down(from: usize) -> Vec<String> {
    (0..from).rev().map(|number| number.to_string()).collect()
}

/// So many recommendations of the member's.
fn things(config: Value, number: usize) -> Host {
    let mut host = card(config);
    for number in 0..number {
        recommend(&mut host, &member(), &format!("第{number}件")).unwrap();
    }
    host
}

#[test]
fn what_is_new_goes_on_without_showing_anything_twice() {
    fn check(number: usize) {
        let mut host = things(json!({}), number);
        let found = walk(&mut host, &nobody(), "new", |host| {
            recommend(host, &star(), "插队").unwrap();
        });
        assert_eq!(found, counting_down(number));
    }
    for number in [0, 1, 10, 11, 25] {
        check(number);
    }
}

#[test]
fn every_list_of_recommendations_goes_on() {
    let mut host = things(json!({}), 12);
    for number in 1..=12 {
        let at = format!("post/post-{number}");
        tap(&mut host, &owner(), (&at, "feature", ""), &[]).unwrap();
    }
    for (reader, start) in [
        (nobody(), "best"),
        (nobody(), "hot"),
        (nobody(), "member/member"),
        (member(), "mine"),
    ] {
        let mut found = walk(&mut host, &reader, start, |_| {});
        found.sort_by_key(|number| number.parse::<usize>().unwrap());
        found.reverse();
        assert_eq!(found, counting_down(12), "{start}");
    }
}

#[test]
fn topics_go_on() {
    let mut host = card(json!({}));
    let named = [("name", "数码")];
    tap(&mut host, &owner(), ("manage", "topic", ""), &named).unwrap();
    let tree = page(&mut host, &nobody(), "topics").to_string();
    let (_, id) = tree.split_once("card:topic/").unwrap();
    let id = id.lines().next().unwrap();
    for number in 0..12 {
        host.pass_s(1);
        let name = format!("第{number}件");
        let inputs = [("name", name.as_str()), ("rating", "5"), ("topic", id)];
        tap(&mut host, &member(), ("add", "recommend", ""), &inputs).unwrap();
    }
    let found = walk(&mut host, &nobody(), &format!("topic/{id}"), |_| {});
    assert_eq!(found, counting_down(12));
}

#[test]
fn the_queue_goes_on() {
    let mut host = things(json!({ "approval": true }), 12);
    let mut found = walk(&mut host, &moderator(), "queue", |_| {});
    found.sort_by_key(|number| number.parse::<usize>().unwrap());
    found.reverse();
    assert_eq!(found, counting_down(12));
}

#[test]
fn questions_wishes_and_replies_go_on() {
    let mut host = card(json!({}));
    for number in 0..12 {
        ask(&mut host, &member(), &format!("第{number}件")).unwrap();
    }
    assert_eq!(
        walk(&mut host, &nobody(), "asks", |_| {}),
        counting_down(12)
    );
    for number in 0..12 {
        host.pass_s(1);
        let name = format!("第{number}件");
        let named = [("name", name.as_str())];
        tap(&mut host, &friend(), ("wishes", "wish", ""), &named).unwrap();
    }
    let found = walk(&mut host, &nobody(), "wishes", |_| {});
    assert_eq!(found, counting_down(12));
    ask(&mut host, &member(), "想找台灯").unwrap();
    let asked = last(&mut host);
    recommend(&mut host, &member(), "台灯").unwrap();
    let thing = last(&mut host);
    let up: Vec<String> = (0..22).map(|number| number.to_string()).collect();
    for (at, reply, input) in [(&asked, "answer", "name"), (&thing, "reply", "text")] {
        for number in &up {
            host.pass_s(1);
            let said = format!("第{number}件");
            tap(&mut host, &friend(), (at, reply, ""), &[(input, &said)]).unwrap();
        }
        assert_eq!(walk(&mut host, &nobody(), at, |_| {}), up, "{at}");
    }
}

#[test]
fn behind_the_end_is_a_way_back() {
    let mut host = things(json!({}), 11);
    let tree = page(&mut host, &nobody(), "new").to_string();
    let (_, next) = tree.split_once("card:new/").unwrap();
    let at = format!("new/{}", next.lines().next().unwrap());
    tap(&mut host, &member(), ("post/post-1", "remove", ""), &[]).unwrap();
    let seen = page(&mut host, &nobody(), &at);
    assert!(
        seen.contains("后面没有了，回到开头看看。") && seen.links_to("new"),
        "{seen}"
    );
}
