use super::sha256::{hex, sha256};
use super::*;
use crate::book;

/// Lets many take part, each with as many points as `points` says.
fn crowd(host: &mut Host, count: usize, points: impl Fn(usize) -> u64) {
    for number in 0..count {
        host.join(&visitor(&format!("m{number}")));
    }
    let entered = host.now();
    let mut random = Random::new(7);
    let mut enter = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let name = format!("m{number}");
            let entry = book::Entry {
                code: String::new(),
                entered,
                invited_by: None,
                credit: book::Credit::Closed,
                out: None,
            };
            book::enter(&name, entry, &mut random)?;
            book::add_points(&name, points(number))?;
        }
        Ok(())
    };
    // Not more than one action may write.
    for from in (0..count).step_by(50) {
        let to = count.min(from + 50);
        host.elsewhere(&owner(), || enter(from..to)).unwrap();
    }
}

/// What the pages of the proof say, read as a reader would.
#[derive(Debug, Default, PartialEq)]
struct Proof {
    hashes: Vec<String>,
    /// Code, name and n.
    order: Vec<(String, String, Option<u64>)>,
    list: Vec<Vec<(String, u64)>>,
}

fn read_proof(host: &mut Host) -> Proof {
    let mut proof = Proof::default();
    let mut at = "proof".to_owned();
    loop {
        let seen = page(host, &nobody(), &at);
        let is_first = proof.list.is_empty();
        let mut list = Vec::new();
        for line in seen.to_string().lines() {
            if is_first {
                read_order(line, &mut proof.order);
            }
            let Some(code) = line.trim().strip_prefix("rich code ") else {
                continue;
            };
            let code = code.trim_matches('"');
            match code.split_once(' ') {
                Some((code, lots)) => list.push((code.to_owned(), lots.parse().unwrap())),
                None if is_first && code.len() == 64 => proof.hashes.push(code.to_owned()),
                None => {}
            }
        }
        proof.list.push(list);
        at = format!("proof/{}", proof.list.len() + 1);
        if !seen.links_to(&at) {
            return proof;
        }
    }
}

fn read_order(line: &str, order: &mut Vec<(String, String, Option<u64>)>) {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("rich \"")
        && let Some((_, code)) = rest.split_once("code ")
    {
        order.push((code.trim_matches('"').to_owned(), String::new(), None));
    } else if let Some(last) = order.last_mut() {
        if let Some(name) = line.strip_prefix("avatar ") {
            last.1 = name.trim_end_matches(" (named)").to_owned();
        } else if let Some((_, n)) = line.split_once("· n = ") {
            last.2 = n.split('"').next().unwrap().parse().ok();
        }
    }
}

/// The digest as the page says how to make it.
fn digest_of(list: &[Vec<(String, u64)>]) -> String {
    let text = |page: &[(String, u64)]| -> String {
        let lines = page.iter().map(|(code, lots)| format!("{code} {lots}\n"));
        lines.collect()
    };
    let first = hex(&text(&list[0]));
    list[1..].iter().fold(first, |so_far, page| {
        hex(&format!("{so_far}\n{}", text(page)))
    })
}

/// The order as the page says how to draw it, with every n.
fn draw_again(proof: &Proof, count: usize) -> Vec<(String, u64)> {
    let (seed, digest) = (&proof.hashes[1], &proof.hashes[2]);
    let mut left: Vec<(String, u64)> = proof.list.concat();
    let mut order = Vec::new();
    let mut n = 0_u64;
    loop {
        let lots: u64 = left.iter().map(|(_, lots)| lots).sum();
        if lots == 0 || order.len() == count {
            return order;
        }
        let hash = sha256(&format!("{seed}:{digest}:{n}"));
        let h = u128::from(u64::from_be_bytes(hash[..8].try_into().unwrap()));
        n += 1;
        let all = 1_u128 << 64;
        if h >= all / u128::from(lots) * u128::from(lots) {
            continue;
        }
        let mut lot = u64::try_from(h % u128::from(lots)).unwrap();
        let mut at = 0;
        while lot >= left[at].1 {
            lot -= left[at].1;
            at += 1;
        }
        order.push((left.remove(at).0, n - 1));
    }
}

fn winners_of(host: &mut Host) -> Vec<String> {
    let tree = page(host, &nobody(), "winners").to_string();
    let names = tree
        .lines()
        .filter_map(|line| line.trim().strip_prefix("avatar "));
    names
        .map(|name| name.trim_end_matches(" (named)").to_owned())
        .collect()
}

#[test]
fn anyone_can_work_out_the_draw() {
    for draw in ["points", "equal"] {
        let mut host = card(&json!({ "draw": draw, "prizes": [
            { "name": "一等奖" }, { "name": "二等奖", "count": 3 },
        ] }));
        let before = read_proof(&mut host);
        assert_eq!(before.hashes.len(), 1, "the seal alone is there");
        pass(&mut host, 29 * DAY_S);
        crowd(&mut host, 430, |number| (number as u64 * 7) % 50);
        pass(&mut host, DAY_S);
        let proof = read_proof(&mut host);
        assert_eq!(proof.hashes[0], before.hashes[0]);
        assert_eq!(hex(&proof.hashes[1]), proof.hashes[0]);
        let sizes: Vec<usize> = proof.list.iter().map(Vec::len).collect();
        assert_eq!(sizes, [200, 200, 30]);
        assert!(proof.list.concat().is_sorted());
        assert_eq!(digest_of(&proof.list), proof.hashes[2]);
        let drawn = proof.order.iter();
        let drawn: Vec<(String, u64)> = drawn
            .map(|(code, _, n)| (code.clone(), n.unwrap()))
            .collect();
        assert_eq!(drawn, draw_again(&proof, 2 * 4 + 10), "{draw}");
        let first: Vec<String> = proof
            .order
            .iter()
            .take(4)
            .map(|(_, name, _)| name.clone())
            .collect();
        assert_eq!(winners_of(&mut host), first, "{draw}");
    }
}

#[test]
fn lots_are_what_was_earned() {
    fn check(draw: &str, expected: &[(&str, u64)]) {
        let mut host = card(&json!({ "draw": draw }));
        crowd(&mut host, 7, |number| 10 * number as u64);
        host.elsewhere(&signed_in("m2"), circle::leave).unwrap();
        host.elsewhere(&owner(), || circle::ban("m3")).unwrap();
        host.elsewhere(&owner(), || circle::set_role("m4", Role::Moderator))
            .unwrap();
        put_out(&mut host, "m5").unwrap();
        let codes: Vec<String> = expected
            .iter()
            .map(|(name, _)| code(&mut host, name))
            .collect();
        over(&mut host);
        let list = read_proof(&mut host).list.concat();
        for (code, (name, lots)) in codes.into_iter().zip(expected) {
            assert!(list.contains(&(code, *lots)), "{draw} {name}: {list:?}");
        }
        assert_eq!(list.len(), 7, "all are in the list");
    }
    let out = [("m2", 0), ("m3", 0), ("m4", 0), ("m5", 0)];
    check(
        "points",
        &[&out[..], &[("m0", 0), ("m1", 10), ("m6", 60)]].concat(),
    );
    check(
        "equal",
        &[&out[..], &[("m0", 1), ("m1", 1), ("m6", 1)]].concat(),
    );
    check(
        "top",
        &[&out[..], &[("m0", 0), ("m1", 10), ("m6", 60)]].concat(),
    );
}

#[test]
fn most_points_win_and_ties_are_settled_by_the_seed() {
    let mut host = card(&json!({ "draw": "top", "prizes": [{ "name": "书", "count": 3 }] }));
    crowd(&mut host, 230, |number| {
        if number < 225 {
            5
        } else {
            100 + number as u64 / 2
        }
    });
    over(&mut host);
    let proof = read_proof(&mut host);
    assert_eq!(digest_of(&proof.list), proof.hashes[2]);
    let mut sorted = proof.list.concat();
    let seed = &proof.hashes[1];
    sorted.sort_by_cached_key(|(code, lots)| (u64::MAX - lots, hex(&format!("{seed}:{code}"))));
    let expected: Vec<String> = sorted
        .into_iter()
        .take(2 * 3 + 10)
        .map(|(code, _)| code)
        .collect();
    let drawn: Vec<String> = proof
        .order
        .iter()
        .map(|(code, _, _)| code.clone())
        .collect();
    assert_eq!(drawn, expected);
    assert!(proof.order.iter().all(|(_, _, n)| n.is_none()));
    assert!(page(&mut host, &nobody(), "proof").contains("按积分从高到低排"));
}

#[test]
fn who_has_won_does_not_win_again() {
    let mut host = card(&json!({ "prizes": [{ "name": "书", "count": 5 }] }));
    crowd(&mut host, 3, |number| 1 + 1_000 * number as u64);
    over(&mut host);
    let mut winners = winners_of(&mut host);
    winners.sort();
    assert_eq!(winners, ["m0", "m1", "m2"]);
    let seen = page(&mut host, &nobody(), "winners");
    assert_eq!(
        seen.to_string().matches("没有候补了，奖品空缺").count(),
        2,
        "{seen}"
    );
}

#[test]
fn a_draw_without_anybody_ends_as_well() {
    let mut host = card(&json!({}));
    over(&mut host);
    let proof = read_proof(&mut host);
    assert_eq!(proof.hashes[2], hex(""));
    assert_eq!((proof.order.len(), proof.list.concat().len()), (0, 0));
    for at in ["", "winners", "proof"] {
        assert!(
            page(&mut host, &nobody(), at).contains("没有人有签，没有人中奖。"),
            "{at}"
        );
    }
    assert!(page(&mut host, &nobody(), "board").contains("没有人有积分"));
}

/// Everything that the draw shows, as text.
fn shown(host: &mut Host) -> String {
    let pages = ["", "winners", "proof", "board", "prizes"];
    pages
        .map(|at| page(host, &nobody(), at).to_string())
        .concat()
}

#[test]
fn timers_that_come_again_change_nothing() {
    let mut host = card(&json!({}));
    crowd(&mut host, 5, |number| 1 + number as u64);
    let seal = read_proof(&mut host).hashes;
    again(&mut host, &["start", "watch"]);
    assert_eq!(read_proof(&mut host).hashes, seal);
    // The end before its time.
    again(&mut host, &["end", "draw", "accept"]);
    assert!(page(&mut host, &nobody(), "").contains("进行中"));
    assert_eq!(
        host.next_due("end"),
        Some("2026-02-01T00:00:00+08:00".parse().unwrap())
    );

    over(&mut host);
    // What the card could be tempted to draw from has changed since.
    let [first, second] = [0, 1].map(|at| winners_of(&mut host)[at].clone());
    home_tap(&mut host, &signed_in(&first), "accept").unwrap();
    host.elsewhere(&signed_in(&second), circle::leave).unwrap();
    let before = shown(&mut host);
    let accept = host.next_due("accept");
    assert_eq!(
        [
            host.next_due("draw"),
            host.next_due("watch"),
            host.next_due("end")
        ],
        [None; 3]
    );
    again(
        &mut host,
        &["end", "draw", "start", "watch", "accept", "end"],
    );
    assert_eq!(shown(&mut host), before);
    assert_eq!(host.next_due("accept"), accept);
}

/// Delivers timers that came before.
fn again(host: &mut Host, names: &[&str]) {
    for name in names {
        let now = host.now();
        host.elsewhere(&owner(), || timers::at(*name, now).set())
            .unwrap();
        pass(host, 0);
    }
}

#[test]
fn a_draw_that_was_made_is_never_changed_by_the_configuration() {
    let mut host = card(&json!({}));
    crowd(&mut host, 5, |number| 1 + number as u64);
    over(&mut host);
    let proof = read_proof(&mut host);
    let winners = winners_of(&mut host);
    host.set_config(config(&json!({
        "draw": "top", "ends_at": "2027-01-01T00:00:00+08:00", "prizes": [{ "name": "车", "count": 5 }],
    })));
    again(&mut host, &["end", "draw", "watch"]);
    assert_eq!(read_proof(&mut host), proof);
    assert_eq!(winners_of(&mut host), winners);
    let prizes = page(&mut host, &nobody(), "prizes");
    assert!(
        prizes.contains("好书") && !prizes.contains("车") && prizes.contains("按积分抽奖"),
        "{prizes}"
    );
    let seen = page(&mut host, &nobody(), "");
    assert!(
        seen.contains("已开奖") && seen.contains("好书") && !seen.contains("车"),
        "{seen}"
    );
}

/// Else whoever has most points would see the card turn into a lottery.
#[test]
fn what_is_played_for_is_fixed_at_the_start() {
    let mut host = early(&json!({}));
    let car = json!([{ "name": "车", "count": 3 }]);
    host.set_config(config(&json!({ "draw": "top", "prizes": car })));
    let before = page(&mut host, &nobody(), "");
    assert!(before.contains("车 ×3"), "{before}");
    pass(&mut host, DAY_S);
    crowd(&mut host, 5, |number| 1 + number as u64);
    let ends_at = "2026-01-10T00:00:00+08:00";
    host.set_config(config(&json!({ "draw": "equal", "ends_at": ends_at })));
    again(&mut host, &["start", "watch"]);
    let says = |host: &mut Host, at: &str, text: &str| {
        let seen = page(host, &nobody(), at);
        assert!(seen.contains(text), "{at}: {seen}");
        assert!(
            !format!("{seen} {:?}", seen.summary()).contains("好书"),
            "{at}: {seen}"
        );
    };
    let top = "积分最高的人得奖。";
    for (at, text) in [
        ("", "车 ×3"),
        ("prizes", "车"),
        ("prizes", top),
        ("rules", top),
    ] {
        says(&mut host, at, text);
    }
    says(&mut host, "proof", "按积分从高到低排");
    host.set_size(Size::Compact);
    assert!(page(&mut host, &nobody(), "").summary().contains("车 ×3"));
    host.set_size(Size::Standard);
    // The end was moved, and the draw is the one that was announced.
    pass(&mut host, 9 * DAY_S);
    says(&mut host, "winners", "车 ×3");
    assert_eq!(winners_of(&mut host), ["m4", "m3", "m2"]);
}

#[test]
fn an_end_that_is_moved_is_heeded() {
    for (ends_at, days) in [
        ("2026-02-05T00:00:00+08:00", 34),
        ("2026-01-05T00:00:00+08:00", 3),
    ] {
        let mut host = card(&json!({}));
        host.set_config(config(&json!({ "ends_at": ends_at })));
        pass(&mut host, (days - 1) * DAY_S);
        assert!(
            page(&mut host, &nobody(), "").contains("进行中"),
            "{ends_at}"
        );
        pass(&mut host, DAY_S);
        assert!(
            page(&mut host, &nobody(), "").contains("已开奖"),
            "{ends_at}"
        );
    }
}

#[test]
fn a_start_that_is_moved_is_heeded() {
    let mut host = early(&json!({}));
    host.set_config(config(&json!({ "starts_at": "2026-01-10T00:00:00+08:00" })));
    pass(&mut host, 4 * DAY_S);
    assert!(page(&mut host, &nobody(), "").contains("未开始"));
    pass(&mut host, 5 * DAY_S);
    assert!(page(&mut host, &nobody(), "").contains("进行中"));
}

#[test]
fn the_seed_is_shown_once_the_tickets_are_fixed() {
    let mut host = card(&json!({}));
    crowd(&mut host, 3, |_| 10);
    let seal = read_proof(&mut host).hashes;
    assert_eq!(seal.len(), 1);
    // As it is between two deliveries.
    host.set_now("2026-02-01T00:00:00+08:00");
    let draw = book::Draw {
        stage: book::Stage::Tickets,
        ended: host.now(),
        how: crate::config::How::Points,
        prizes: Vec::new(),
        pages: 1,
        tickets: 3,
        lots: 30,
        digest: "d".repeat(64),
        seed: None,
        order: Vec::new(),
    };
    host.elsewhere(&owner(), || book::put_draw(&draw)).unwrap();
    assert_eq!(read_proof(&mut host).hashes, seal);
    assert!(page(&mut host, &nobody(), "").contains("正在开奖"));
    assert_eq!(
        host.render_at("proof/2").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        put_out(&mut host, "m1"),
        Err("正在开奖，请稍后再试".to_owned())
    );
}

#[test]
fn the_seal_is_published_at_the_start_and_not_before() {
    let mut host = early(&json!({}));
    assert!(read_proof(&mut host).hashes.is_empty());
    assert!(page(&mut host, &nobody(), "proof").contains("活动开始时公布。"));
    pass(&mut host, 8 * HOUR_S);
    let hashes = read_proof(&mut host).hashes;
    assert_eq!((hashes.len(), hashes[0].len()), (1, 64));
}

/// The host was down from before the start until after the end.
#[test]
fn what_was_missed_is_made_up_for() {
    let mut host = early(&json!({}));
    host.set_now("2026-03-01T00:00:00+08:00");
    pass(&mut host, 0);
    let proof = read_proof(&mut host);
    assert_eq!(hex(&proof.hashes[1]), proof.hashes[0]);
    assert!(page(&mut host, &nobody(), "").contains("已开奖"));
    assert_eq!(host.next_due("watch"), None);
}

/// As many as there can be of everything that is on one page.
#[test]
fn the_largest_draw_fits_into_its_pages() {
    let mut host = card(&json!({ "prizes": [{ "name": "书", "count": 100 }] }));
    pass(&mut host, 29 * DAY_S);
    crowd(&mut host, 1_030, |number| 1 + number as u64 % 3);
    pass(&mut host, DAY_S);
    let proof = read_proof(&mut host);
    assert_eq!((proof.order.len(), proof.list.len()), (210, 6));
    let drawn = proof.order.iter();
    let drawn: Vec<(String, u64)> = drawn
        .map(|(code, _, n)| (code.clone(), n.unwrap()))
        .collect();
    assert_eq!(drawn, draw_again(&proof, 210));
    assert_eq!(winners_of(&mut host).len(), 100);
    for at in ["manage", "manage/all", "board", "winners"] {
        page(&mut host, &owner(), at);
    }
}
