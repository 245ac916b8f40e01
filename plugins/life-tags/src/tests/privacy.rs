//! What is private is seen by its author, and by nobody else in any way.

use super::*;

const SECRET: &str = "睡不着的第七天";
const SECRET_TAG: &str = "失眠";

/// Every page that somebody could open who knows the names.
fn pages(id: &str) -> Vec<String> {
    let post = format!("post/{id}");
    let own = ["", "tags", "mine", "tag/跑步", "tag/跑步/hot", "write/跑步"];
    let tag = [
        "mine/跑步",
        "mine/失眠",
        "tag/失眠",
        "tag/失眠/hot",
        "write/失眠",
    ];
    let all = own.into_iter().chain(tag).map(str::to_owned);
    all.chain([post]).collect()
}

/// Nobody but ann sees the secret, neither its words nor its tag.
#[track_caller]
fn nobody_sees(host: &mut Host, id: &str, words: &[&str]) {
    for (who, reader) in everybody() {
        for size in [Size::Compact, Size::Standard, Size::Feed] {
            for at in pages(id) {
                if who == "ann" && size != Size::Compact {
                    continue;
                }
                let drawn = host.set_size(size).render_at_as(&at, &reader);
                let tree = drawn.map_or_else(|_| String::new(), |seen| seen.to_string());
                for word in words {
                    assert!(!tree.contains(word), "{who} sees {word} at {at}:\n{tree}");
                }
            }
        }
    }
    host.set_size(Size::Standard);
}

fn secretive() -> (Host, String) {
    let mut host = peopled();
    host.moderator("moderator");
    kept(&mut host, &ann(), "跑步", "大家好", true);
    kept(&mut host, &ann(), SECRET_TAG, SECRET, false);
    let at = format!("mine/{SECRET_TAG}");
    let id = id_of(&mut host, &ann(), &at, SECRET);
    (host, id)
}

#[test]
fn a_private_record_is_its_authors_alone() {
    let (mut host, id) = secretive();
    nobody_sees(&mut host, &id, &[SECRET, SECRET_TAG]);
    let own = page(&mut host, &ann(), &format!("post/{id}"));
    assert!(own.contains(SECRET) && own.is_private(), "{own}");
    // Its page has nothing to give on.
    assert!(
        !own.contains("分享") && !own.offers_action("reply"),
        "{own}"
    );
}

#[test]
fn a_private_record_under_a_tag_of_all_is_its_authors_alone() {
    let (mut host, _) = secretive();
    write(&mut host, &bo(), "跑步", "我也跑", true).unwrap();
    write(&mut host, &ann(), "跑步", SECRET, false).unwrap();
    let id = id_of(&mut host, &ann(), "mine/跑步", SECRET);
    nobody_sees(&mut host, &id, &[SECRET, "大家好"]);
    // Nor does it count, nor is its author among those who write.
    let tag = page(&mut host, &nobody(), "tag/跑步");
    assert!(tag.contains("本周 1 · 上周 0"), "{tag}");
    assert!(!tag.to_string().contains("avatar ann"), "{tag}");
}

#[test]
fn the_end_of_the_week_tells_nothing() {
    let (mut host, id) = secretive();
    host.create().unwrap();
    host.advance_s(WEEK_S);
    nobody_sees(&mut host, &id, &[SECRET, SECRET_TAG]);
    host.advance_s(WEEK_S);
    nobody_sees(&mut host, &id, &[SECRET, SECRET_TAG]);
}

#[test]
fn hidden_again_nothing_of_it_is_left() {
    let (mut host, id) = secretive();
    let mine = format!("mine/{SECRET_TAG}");
    tap(&mut host, &ann(), (&mine, "publish", ""), &[]).unwrap();
    let at = format!("tag/{SECRET_TAG}");
    assert!(page(&mut host, &nobody(), &at).contains(SECRET));
    tap(&mut host, &ann(), (&mine, "hide", ""), &[]).unwrap();
    nobody_sees(&mut host, &id, &[SECRET, SECRET_TAG]);
    host.create().unwrap();
    host.advance_s(WEEK_S);
    nobody_sees(&mut host, &id, &[SECRET, SECRET_TAG]);
}

#[test]
fn nobody_acts_on_what_another_wrote() {
    let (mut host, _) = secretive();
    // bo has a view with buttons of his own; ann's ids are in none of them.
    kept(&mut host, &bo(), "跑步", "我的", true);
    let seen = page(&mut host, &ann(), &format!("mine/{SECRET_TAG}"));
    for name in ["publish", "remove", "archive", "default"] {
        let done = tap_on(&mut host, &seen, &bo(), (name, ""), &[]);
        assert_eq!(done, owned(Err("not offered")), "{name}");
    }
}

/// A tag that is only the reader's own has no page for anybody else, and its
/// page is the reader's alone.
#[test]
fn a_tag_of_ones_own_is_no_page_for_others() {
    let (mut host, _) = secretive();
    let at = format!("tag/{SECRET_TAG}");
    for reader in [nobody(), stranger(), bo(), owner()] {
        let error = host.render_at_as(&at, &reader).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let seen = page(&mut host, &ann(), &at);
    assert!(seen.is_private() && !seen.contains("分享"), "{seen}");
}

/// Whoever guesses a tag and keeps it too learns nothing of those who do.
#[test]
fn nobody_learns_how_many_keep_a_tag_that_is_not_shown() {
    #[track_caller]
    fn check(host: &mut Host, is_told: bool) {
        for reader in [bo(), moderator()] {
            for list in ["", "/hot"] {
                let tree = page(host, &reader, &format!("tag/{SECRET_TAG}{list}"));
                let tree = tree.to_string();
                for told in ["人在记", "本周 1", "上周"] {
                    assert_eq!(tree.contains(told), is_told, "{told}\n{tree}");
                }
            }
        }
    }
    let (mut host, _) = secretive();
    let mine = format!("mine/{SECRET_TAG}");
    for reader in [bo(), moderator()] {
        take(&mut host, &reader, SECRET_TAG).unwrap();
    }
    check(&mut host, false);
    tap(&mut host, &ann(), (&mine, "publish", ""), &[]).unwrap();
    check(&mut host, true);
    tap(&mut host, &ann(), (&mine, "hide", ""), &[]).unwrap();
    check(&mut host, false);
}

/// The first view of an article is the same bytes for everyone.
#[test]
fn readers_without_a_session_share_one_view() {
    let (mut host, _) = secretive();
    for at in ["", "tags", "tag/跑步", "mine", "write/跑步"] {
        assert!(!page(&mut host, &nobody(), at).is_private(), "{at}");
        assert!(page(&mut host, &ann(), at).is_private(), "{at}");
    }
    // In a list it is the same for members, too.
    host.set_size(Size::Compact);
    assert!(!page(&mut host, &ann(), "").is_private());
}
