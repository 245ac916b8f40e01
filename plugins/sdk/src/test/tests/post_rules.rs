//! What may be posted, and who sees it.

use super::*;
use crate::posts::{Post, Seen, item};

pub(super) fn circle() -> Host {
    let mut host = drawing(|_| divider());
    host.owner("主");
    host.moderator("管");
    host.join(&signed_in("甲"));
    host.join(&signed_in("乙"));
    host
}

pub(super) fn say(host: &mut Host, by: &str, draft: Draft) -> Result<Post> {
    host.elsewhere(&visitor(by), || draft.publish())
}

pub(super) fn short(text: &str) -> Draft {
    posts::draft(PostKind::Short).text(text)
}

fn kind<T>(result: Result<T>) -> Result<T, ErrorKind> {
    result.map_err(|error| error.kind())
}

/// The texts of the posts that a query finds.
pub(super) fn texts(host: &mut Host, by: &str, page: impl FnOnce() -> Vec<Post>) -> String {
    let posts = host.elsewhere(&visitor(by), || Ok(page())).unwrap();
    let texts: Vec<String> = posts.into_iter().map(|post| post.text).collect();
    texts.join(" ")
}

#[test]
fn drafts_are_held_to_their_limits() {
    use ErrorKind::{Invalid, NotFound};

    #[track_caller]
    fn check(draft: Draft, expected: Result<(), ErrorKind>) {
        let mut host = circle();
        host.upload(&signed_in("甲"));
        host.upload(&signed_in("乙"));
        let said = say(&mut host, "甲", draft);
        assert_eq!(kind(said.map(drop)), expected);
    }

    let tags = |n: usize| (0..n).map(|tag| tag.to_string());
    let record = || posts::draft(PostKind::Record).text("跑了");
    let bad = Err(Invalid);
    check(short(&"字".repeat(2_000)), Ok(()));
    check(short(&"字".repeat(2_001)), bad);
    check(short("  "), bad);
    check(short("").item(item("书")), Ok(()));
    check(short("").picture("media-1", ""), Ok(()));
    check(short("").picture("media-2", ""), Err(NotFound));
    check(short("").picture("media-3", ""), Err(NotFound));
    check(short("").picture("media-1", "字".repeat(201)), bad);
    check(short("").pictures(vec![("media-1", ""); 9]), Ok(()));
    check(short("").pictures(vec![("media-1", ""); 10]), bad);
    check(short("话").tags(tags(5)), Ok(()));
    check(short("话").tags(tags(6)), bad);
    check(short("话").tag("字".repeat(25)), bad);
    check(short("话").tag(""), bad);
    check(short("话").tag("一#二"), bad);
    check(short("话").item(item("")), bad);
    check(short("话").item(item("字".repeat(81))), bad);
    check(short("话").item(item("书").rating(5)), Ok(()));
    check(short("话").item(item("书").rating(6)), bad);
    check(short("话").item(item("书").url("https://a.cn")), Ok(()));
    check(short("话").item(item("书").url("javascript:1")), bad);
    check(record().tag("跑步").period("2027-W03"), Ok(()));
    check(record().period("2027-W03"), bad);
    check(record().tag("跑步"), bad);
    check(record().tag("跑步").period("这周"), bad);
    check(posts::draft(PostKind::Reply).text("话"), bad);
    check(
        posts::draft(PostKind::Reply).text("话").reply_to("post-9"),
        Err(NotFound),
    );
}

#[test]
fn only_members_post() {
    let mut host = circle();
    for (by, expected) in [
        (nobody(), Err(ErrorKind::Denied)),
        (visitor("客"), Err(ErrorKind::Denied)),
        (anonymous("匿"), Err(ErrorKind::Denied)),
        (signed_in("甲"), Ok(())),
    ] {
        let said = host.elsewhere(&by, || short("话").publish().map(drop));
        assert_eq!(kind(said), expected, "{by:?}");
    }
}

#[test]
fn who_sees_a_post_follows_from_what_became_of_it() {
    /// Who of nobody, another member, the author, a moderator sees it.
    #[track_caller]
    fn check(draft: Draft, then: fn(&mut Host, &str), expected: [bool; 4], listed: bool) {
        let mut host = circle();
        let id = say(&mut host, "甲", draft).unwrap().id;
        then(&mut host, &id);
        let readers = [nobody(), signed_in("乙"), signed_in("甲"), signed_in("管")];
        let got = readers.map(|reader| {
            let got = host.elsewhere(&reader, || Ok(posts::get(&id)));
            got.unwrap().is_some()
        });
        assert_eq!(got, expected);
        let list = texts(&mut host, "乙", || posts::query().page().posts);
        assert_eq!(!list.is_empty(), listed, "{list}");
        let mine = host.elsewhere(&signed_in("甲"), || Ok(posts::mine().page().posts));
        let post = host.elsewhere(&signed_in("甲"), || Ok(posts::get(&id)));
        // What they took away themselves is no news to them.
        let is_gone = post.unwrap().unwrap().status == PostStatus::Removed;
        assert_eq!(mine.unwrap().is_empty(), is_gone);
    }

    let all = [true; 4];
    let theirs = [false, false, true, true];
    check(short("话"), |_, _| {}, all, true);
    check(short("话").review(), |_, _| {}, theirs, false);
    check(
        short("话").review(),
        |host, id| {
            host.elsewhere(&signed_in("管"), || posts::approve(&Seen::new(id, None)))
                .unwrap();
        },
        all,
        true,
    );
    check(
        short("话").review(),
        |host, id| {
            host.elsewhere(&signed_in("管"), || posts::reject(id, "广告"))
                .unwrap();
        },
        theirs,
        false,
    );
    check(
        short("话").private(),
        |_, _| {},
        [false, false, true, false],
        false,
    );
    check(
        short("话").private(),
        |host, id| {
            host.elsewhere(&signed_in("甲"), || posts::remove(id))
                .unwrap();
        },
        [false, false, true, false],
        false,
    );
    // Others saw it, so they see that it is gone.
    check(
        short("话"),
        |host, id| {
            host.elsewhere(&signed_in("甲"), || posts::remove(id))
                .unwrap();
        },
        all,
        false,
    );
    check(
        short("话").review(),
        |host, id| {
            host.elsewhere(&signed_in("甲"), || posts::remove(id))
                .unwrap();
        },
        theirs,
        false,
    );
}

#[test]
fn posts_wait_where_the_circle_or_the_draft_says_so() {
    fn check(pre_approval: bool, by: &str, draft: Draft, expected: PostStatus) {
        let mut host = circle();
        host.circle_mut().pre_approval = pre_approval;
        let post = say(&mut host, by, draft).unwrap();
        assert_eq!(post.status, expected, "{pre_approval} {by}");
        assert_eq!(post.reason.is_some(), expected == PostStatus::Held);
    }

    check(false, "甲", short("话"), PostStatus::Published);
    check(false, "甲", short("话").review(), PostStatus::Held);
    check(true, "甲", short("话"), PostStatus::Held);
    check(true, "管", short("话"), PostStatus::Published);
    check(true, "甲", short("话").private(), PostStatus::Published);
}

#[test]
fn what_waits_is_decided_once_by_those_who_keep_order() {
    let mut host = circle();
    let id = say(&mut host, "甲", short("话").review()).unwrap().id;
    let held = host.elsewhere(&signed_in("管"), || Ok(posts::held().page().posts));
    assert_eq!(held.unwrap().len(), 1);
    let decided = host.elsewhere(&signed_in("乙"), || posts::approve(&Seen::new(&*id, None)));
    assert_eq!(kind(decided), Err(ErrorKind::Denied));
    let decided = host.elsewhere(&signed_in("管"), || posts::reject(&id, ""));
    assert_eq!(kind(decided), Err(ErrorKind::Invalid));
    // What was looked at is not what it says now.
    let edited = host.elsewhere(&signed_in("甲"), || posts::edit(&id, short("广告")));
    let decided = host.elsewhere(&signed_in("管"), || posts::approve(&Seen::new(&*id, None)));
    assert_eq!(kind(decided), Err(ErrorKind::Conflict));
    let seen = edited.unwrap().seen();
    assert_ne!(seen, Seen::new(&*id, None));
    host.elsewhere(&signed_in("主"), || posts::reject(&id, "广告"))
        .unwrap();
    let decided = host.elsewhere(&signed_in("管"), || posts::approve(&Seen::new(&*id, None)));
    assert_eq!(kind(decided), Err(ErrorKind::Conflict));

    let reason = |host: &mut Host, by| {
        let got = host.elsewhere(&visitor(by), || Ok(posts::get(&id)));
        got.unwrap().and_then(|post| post.reason)
    };
    assert_eq!(reason(&mut host, "甲").as_deref(), Some("广告"));
    assert_eq!(reason(&mut host, "乙"), None);

    let read = || {
        let _ = host.elsewhere(&signed_in("乙"), || Ok(posts::held().page()));
    };
    assert!(panics(read).contains("for moderators and the owner"));
}

#[test]
fn a_member_has_one_record_for_each_tag_and_period() {
    let mut host = circle();
    let record = |tag: &str, period: &str| {
        posts::draft(PostKind::Record)
            .text("跑了")
            .tags([tag, "生活"])
            .period(period)
    };
    let mut check = |by: &str, tag: &str, period: &str, expected: Result<(), ErrorKind>| {
        let said = say(&mut host, by, record(tag, period)).map(drop);
        assert_eq!(kind(said), expected, "{by} {tag} {period}");
    };
    check("甲", "跑步", "2027-W03", Ok(()));
    check("甲", "跑步", "2027-W03", Err(ErrorKind::Conflict));
    check("甲", "#跑步 ", "2027-W03", Err(ErrorKind::Conflict));
    check("甲", "跑步", "2027-W04", Ok(()));
    check("甲", "读书", "2027-W03", Ok(()));
    check("乙", "跑步", "2027-W03", Ok(()));

    host.elsewhere(&signed_in("甲"), || posts::remove("post-1"))
        .unwrap();
    say(&mut host, "甲", record("跑步", "2027-W03")).unwrap();
    // Editing keeps kind and period, and stays out of another's place.
    let edited = host.elsewhere(&signed_in("甲"), || {
        posts::edit("post-3", short("读了").tag("跑步"))
    });
    assert_eq!(kind(edited), Err(ErrorKind::Conflict));
    let edited = host.elsewhere(&signed_in("甲"), || {
        posts::edit("post-3", short("读了").tag("读书"))
    });
    let edited = edited.unwrap();
    assert_eq!(edited.kind, PostKind::Record);
    assert_eq!(edited.period.as_deref(), Some("2027-W03"));
}

#[test]
fn an_edit_is_its_authors_and_keeps_the_earlier_text() {
    let mut host = circle();
    let id = say(&mut host, "甲", short("一")).unwrap().id;
    for by in ["乙", "管", "主"] {
        let edited = host.elsewhere(&visitor(by), || posts::edit(&id, short("改")));
        assert_eq!(kind(edited.map(drop)), Err(ErrorKind::Denied), "{by}");
    }
    for text in ["二", "二", "三"] {
        host.pass_s(1);
        let edit = || posts::edit(&id, Draft::of(&posts::get(&id).unwrap()).text(text));
        let post = host.elsewhere(&signed_in("甲"), edit).unwrap();
        assert_eq!(post.edited, Some(host.now()));
    }
    let history = |host: &mut Host, by| {
        let history = host.elsewhere(&visitor(by), || Ok(posts::history(&id)));
        let texts: Vec<String> = history.unwrap().into_iter().map(|r| r.text).collect();
        texts.join(" ")
    };
    assert_eq!(history(&mut host, "甲"), "二 一");
    assert_eq!(history(&mut host, "管"), "二 一");
    assert_eq!(history(&mut host, "乙"), "");
    // What was private is its author's alone, though it is not any more.
    for draft in [short("私").private(), short("四")] {
        host.elsewhere(&signed_in("甲"), || posts::edit(&id, draft))
            .unwrap();
    }
    assert_eq!(history(&mut host, "甲"), "私 三 二 一");
    assert_eq!(history(&mut host, "管"), "三 二 一");

    // What a moderator has not let through stays out.
    let id = say(&mut host, "甲", short("广告").review()).unwrap().id;
    host.elsewhere(&signed_in("管"), || posts::reject(&id, "广告"))
        .unwrap();
    let edited = host.elsewhere(&signed_in("甲"), || posts::edit(&id, short("不是广告")));
    assert_eq!(edited.unwrap().status, PostStatus::Held);
}

#[test]
fn a_draft_of_a_post_is_the_post() {
    let mut host = circle();
    let media = host.upload(&signed_in("甲"));
    let draft = posts::draft(PostKind::Recommendation)
        .text("好看")
        .tag("书")
        .picture(media, "封面")
        .item(item("三体").url("https://a.cn").rating(5))
        .private();
    let post = say(&mut host, "甲", draft.clone()).unwrap();
    assert_eq!(Draft::of(&post), draft);
}

#[test]
fn a_post_is_taken_away_by_its_author_and_those_who_keep_order() {
    #[track_caller]
    fn check(by: &str, expected: Result<(), ErrorKind>) {
        let mut host = circle();
        let id = say(&mut host, "甲", short("话").tag("书")).unwrap().id;
        let removed = host.elsewhere(&visitor(by), || posts::remove_because(&id, "离题"));
        assert_eq!(kind(removed), expected, "{by}");
        let post = host.elsewhere(&signed_in("甲"), || Ok(posts::get(&id)));
        let post = post.unwrap().unwrap();
        match expected {
            Ok(()) => {
                assert_eq!(post.status, PostStatus::Removed);
                assert_eq!((post.text.as_str(), post.tags.len()), ("", 0));
                assert_eq!(post.reason.as_deref(), Some("离题"));
                let others = host.elsewhere(&signed_in("乙"), || Ok(posts::get(&id)));
                assert_eq!(others.unwrap().unwrap().reason, None);
                let again = host.elsewhere(&visitor(by), || posts::remove(&id));
                assert_eq!(kind(again), Err(ErrorKind::NotFound));
            }
            Err(_) => assert_eq!(post.text, "话"),
        }
    }

    check("甲", Ok(()));
    check("管", Ok(()));
    check("主", Ok(()));
    check("乙", Err(ErrorKind::Denied));
    check("客", Err(ErrorKind::Denied));
}

#[test]
fn a_reaction_is_given_once_by_members_to_what_all_see() {
    let mut host = circle();
    let id = say(&mut host, "甲", short("话")).unwrap().id;
    let held = say(&mut host, "甲", short("话").review()).unwrap().id;
    let mut check = |by: &str, id: &str, expected: Result<bool, ErrorKind>| {
        let given = host.elsewhere(&visitor(by), || posts::react(id, "like"));
        assert_eq!(kind(given), expected, "{by} {id}");
    };
    check("乙", &id, Ok(true));
    check("乙", &id, Ok(false));
    check("甲", &id, Ok(true));
    check("客", &id, Err(ErrorKind::Denied));
    check("甲", &held, Err(ErrorKind::NotFound));
    check("甲", "post-9", Err(ErrorKind::NotFound));

    let likes = |host: &mut Host| {
        let post = host.elsewhere(&nobody(), || Ok(posts::get(&id))).unwrap();
        post.unwrap().reactions("like")
    };
    assert_eq!(likes(&mut host), 2);
    let mine = host.elsewhere(&signed_in("乙"), || {
        Ok(posts::my_reactions([&id, &held, &"post-9".to_owned()]))
    });
    assert_eq!(mine.unwrap(), [vec!["like".to_owned()], vec![], vec![]]);
    let taken = |host: &mut Host| {
        let taken = host.elsewhere(&signed_in("乙"), || posts::unreact(&id, "like"));
        taken.unwrap()
    };
    // Whoever left may still take it back.
    host.elsewhere(&signed_in("乙"), circle::leave).unwrap();
    assert_eq!((taken(&mut host), taken(&mut host)), (true, false));
    assert_eq!(likes(&mut host), 1);

    let odd = host.elsewhere(&signed_in("乙"), || posts::react(&id, "喜欢"));
    assert_eq!(kind(odd), Err(ErrorKind::Invalid));
}

#[test]
fn what_is_left_of_a_post_shows_no_reactions_and_they_can_be_taken_back() {
    let mut host = circle();
    let id = say(&mut host, "甲", short("话")).unwrap().id;
    let by = signed_in("乙");
    let react = |host: &mut Host| host.elsewhere(&by, || posts::react(&id, "like"));
    assert_eq!(kind(react(&mut host)), Ok(true));
    host.elsewhere(&signed_in("甲"), || posts::remove(&id))
        .unwrap();
    let left = host.elsewhere(&nobody(), || Ok(posts::get(&id))).unwrap();
    assert_eq!(left.unwrap().reactions("like"), 0);
    let mine = host.elsewhere(&by, || Ok(posts::my_reactions([&id])));
    assert_eq!(mine.unwrap(), [["like"]]);
    for expected in [true, false] {
        let taken = host.elsewhere(&by, || posts::unreact(&id, "like"));
        assert_eq!(kind(taken), Ok(expected));
    }
    assert_eq!(kind(react(&mut host)), Err(ErrorKind::NotFound));
}

#[test]
fn what_depends_on_the_reader_makes_a_view_private() {
    #[track_caller]
    fn check(draw: fn(&CardContext<NoConfig>) -> Element, expected: bool) {
        let mut host = circle();
        DRAW.set(draw);
        say(&mut host, "甲", short("众")).unwrap();
        say(&mut host, "甲", short("私").private()).unwrap();
        let seen = host.render_as(&signed_in("管")).unwrap();
        assert_eq!(seen.is_private(), expected);
    }

    check(
        |_| column(each(posts::query().page().posts, |p| said_post(&p))),
        false,
    );
    check(
        |_| column(posts::get("post-1").map(|p| said_post(&p))),
        false,
    );
    check(
        |_| column(posts::get("post-2").map(|p| said_post(&p))),
        true,
    );
    check(
        |_| column(each(posts::mine().page().posts, |p| said_post(&p))),
        true,
    );
    check(
        |_| column(each(posts::held().page().posts, |p| said_post(&p))),
        true,
    );
    check(
        |_| text(posts::history("post-1").len().to_string()).into(),
        true,
    );
    check(
        |_| text(posts::my_reactions(["post-1"]).len().to_string()).into(),
        true,
    );
}

#[test]
fn nothing_is_posted_while_drawing() {
    let mut host = circle();
    DRAW.set(|_| {
        let said = posts::draft(PostKind::Short).text("话").publish();
        text(format!("{:?}", said.map(drop).map_err(|e| e.kind()))).into()
    });
    let seen = host.render_as(&signed_in("甲")).unwrap();
    assert!(seen.contains("Err(Denied)"), "{seen}");
}
