//! What the check says of people, their words and their pictures.

use super::{in_form, refusal};
use crate::view::{
    ActionOffer, AvatarStyle, Kind, Said, Share, ShareOf,
    samples::{leaf, offer, said, upload},
};

#[test]
fn people_and_pictures() {
    let check = |kind: Kind, expected: &str| {
        assert_eq!(
            refusal(in_form(kind).view("t")).to_string(),
            format!("node 1 {expected}")
        );
    };
    for (member, excerpt) in [
        ("", ""),
        ("..", ".."),
        ("m/../x", "m/../x"),
        ("成员", "成员"),
        ("m\n", "m\\n"),
    ] {
        check(
            Kind::Avatar {
                member: member.to_owned(),
                style: AvatarStyle::Named,
            },
            &format!(
                "(avatar): member \"{excerpt}\" is no id; give one that the host gave, as it is"
            ),
        );
    }
    check(
        Kind::Said(said(&"m".repeat(65), "文", None)),
        "(said): member has 65 bytes; the most is 64",
    );
    check(
        Kind::Said(said("m_1", "文", Some("a b"))),
        "(said): post \"a b\" is no id; give one that the host gave, as it is",
    );
    check(
        Kind::Said(said("m_1", "\u{1b}[31m", None)),
        "(said): text has the control character U+001B at byte 0; remove it",
    );
    check(
        Kind::Said(Said {
            max_lines: Some(13),
            ..said("m_1", "文", None)
        }),
        "(said): max-lines is 13; it must be 1 to 12",
    );
    for max in [0, 10] {
        check(
            Kind::Upload(upload("shots", "图", max)),
            &format!("(upload \"shots\"): max is {max}; it must be 1 to 9"),
        );
    }
    check(
        Kind::Upload(upload("Shots", "图", 1)),
        "(upload \"Shots\"): name \"Shots\" must be a lower-case letter, then letters, digits and \
         hyphens",
    );
    let share = |label: &str, post: &str, offer| {
        Kind::Share(Share {
            label: label.to_owned(),
            of: ShareOf::Post(post.to_owned()),
            offer,
        })
    };
    check(
        share(" ", "p", None),
        "(share): label is empty; readers and screen readers need one",
    );
    check(
        share("分享", "p/q", None),
        "(share): the post's id \"p/q\" is no id; give one that the host gave, as it is",
    );
    check(
        share("分享", "p", Some(offer("Shared"))),
        "(share \"Shared\"): the offer's name \"Shared\" must be a lower-case letter, then \
         letters, digits and hyphens",
    );
    let asking = ActionOffer {
        confirm: Some("要分享吗？".to_owned()),
        ..offer("shared")
    };
    check(
        share("分享", "p", Some(asking)),
        "(share \"shared\"): the offer's confirm would be asked after the reader has shared; \
         leave it out",
    );
    for source in [
        "media:",
        "media:../../etc/passwd",
        "http://img.example/a.png",
    ] {
        let refused = refusal(
            leaf(Kind::Image {
                source: source.to_owned(),
                alt: "图".to_owned(),
                width: 1,
                height: 1,
            })
            .view("t"),
        );
        assert!(refused.reason.starts_with("source "), "{refused}");
    }
}
