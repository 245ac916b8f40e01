//! How long pictures are kept, and how many: until nobody wants them, until
//! their giver is erased, and as far as there is room.

use super::*;
use crate::http::moderation::digest;
use quanka_tests::eventually;
use std::path::Path;

/// The files of pictures that a data directory holds.
fn files(data: &Path) -> Vec<String> {
    let below = |dir: &Path| {
        let entries = std::fs::read_dir(dir).into_iter().flatten();
        let entries = entries.map(|entry| entry.expect("it can be read").path());
        entries.collect::<Vec<_>>()
    };
    let mut names: Vec<String> = below(&data.join("media"))
        .iter()
        .flat_map(|group| below(group))
        .filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Gives a picture as a newcomer whom no other test has made: its id.
#[track_caller]
fn another_gives(client: &Client, picture: &[u8]) -> String {
    let offer = give(client);
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let answer = client
        .post("/c/album/media")
        .header("content-type", &media_type)
        .header("idempotency-key", &key("another reader"))
        .body(multipart(&[("_offer", &offer)], &[("shots", picture)]))
        .send()
        .expect(201);
    text(&answer.json()["media"]).to_owned()
}

#[test]
fn the_same_picture_is_one_file_of_each_who_gives_it() {
    let host = Host::start(&setup());
    let client = host.client();
    let picture = png(40, 30, 7);
    let (first, one) = given(&client, &picture, "");
    let (again, _) = given(&client, &picture, &one);
    assert_eq!(first, again);
    assert_eq!(files(&host.data_dir()), std::slice::from_ref(&first));
    // The same pixels in another file are the same picture.
    let commented = [&picture[..], b"behind the end"].concat();
    assert_eq!(given(&client, &commented, &one).0, first);
    // Another's is another file: what is erased for one is not taken from them.
    let other = another_gives(&client, &picture);
    assert_ne!(other, first);
    assert_eq!(files(&host.data_dir()).len(), 2);
}

/// One that nobody put into a post within the time, and one of a post that was
/// taken back, go; one in a post stays.
#[test]
fn pictures_that_stand_in_no_post_are_swept() {
    let setup = setup().section("media", "unused_age_s = 1");
    let mut host = Host::start(&setup);
    let client = host.client();
    let (kept, cookies) = given(&client, &png(40, 30, 1), "");
    tell(&client, "post", &kept, &cookies);
    let (unused, _) = given(&client, &png(40, 30, 2), &cookies);
    assert_eq!(files(&host.data_dir()).len(), 2);
    // A round of sweeping begins with the host.
    eventually("what nobody used is gone", || {
        host.restart();
        (files(&host.data_dir()) == [kept.clone()]).then_some(())
    });
    let client = host.client();
    assert_eq!(
        (status(&client, &kept), status(&client, &unused)),
        (200, 404)
    );

    tell(&client, "unpost", &kept, &cookies);
    eventually("a picture of a removed post is gone", || {
        host.restart();
        files(&host.data_dir()).is_empty().then_some(())
    });
    assert_eq!(status(&host.client(), &kept), 404);
}

/// With the last post that shows it, whoever takes that away: at once, though one
/// that stands in no post yet is kept for a day.
#[test]
fn pictures_of_a_removed_post_go_with_it() {
    let token = format!("api_token_sha256 = ['{}']", digest("token"));
    let host = Host::start(&setup().of_publisher(&token));
    let client = host.client();
    let (waiting, cookies) = given(&client, &png(40, 30, 1), "");
    let (posted, _) = given(&client, &png(40, 30, 2), &cookies);
    tell(&client, "post", &posted, &cookies);
    tell(&client, "unpost", &posted, &cookies);
    eventually("the author's removal takes it along", || {
        (status(&client, &posted) == 404).then_some(())
    });

    let (posted, _) = given(&client, &png(40, 30, 3), &cookies);
    tell(&client, "post", &posted, &cookies);
    let export = client.get("/me/export").header("cookie", &cookies).send();
    let export = export.expect(200).json();
    let posts = export["circles"][0]["posts"].as_array().expect("a list");
    let standing = posts
        .iter()
        .find(|post| post["post"]["removed_by"].is_null());
    let post = text(&standing.expect("it stands")["id"]);
    assert_eq!(status(&client, &posted), 200);
    let remove = client
        .post(&format!("/api/v1/circles/beike/posts/{post}/remove"))
        .json(&json!({"reason": "不是你的照片"}))
        .header("authorization", "Bearer token");
    remove.send().expect(200);
    eventually("the publisher's removal takes it along", || {
        (status(&client, &posted) == 404).then_some(())
    });
    assert_eq!(files(&host.data_dir()), [waiting]);
}

#[test]
fn pictures_are_exported_and_go_with_who_gave_them() {
    let host = Host::start(&setup());
    let client = host.client();
    let (posted, cookies) = given(&client, &png(40, 30, 1), "");
    tell(&client, "post", &posted, &cookies);
    let (unused, _) = given(&client, &png(4, 3, 2), &cookies);
    let export = client.get("/me/export").header("cookie", &cookies).send();
    let export = export.expect(200).json();
    let mut told: Vec<(&str, &Value, &Value)> = export["circles"][0]["pictures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|picture| (text(&picture["url"]), &picture["width"], &picture["posts"]))
        .collect();
    told.sort_by_key(|(_, width, _)| width.as_u64());
    let [small, large] = [&unused, &posted].map(|id| host.url(&format!("/m/{id}")));
    let expected = [
        (&small[..], &json!(4), &json!(0)),
        (&large[..], &json!(40), &json!(1)),
    ];
    assert_eq!(told, expected);

    let page = client.get("/me/delete").header("cookie", &cookies).send();
    let confirm = page.expect(200).text().to_owned();
    let (_, confirm) = confirm.split_once("name=\"confirm\" value=\"").unwrap();
    let (confirm, _) = confirm.split_once('"').unwrap();
    let erase = client.post("/me/delete").form(&[("confirm", confirm)]);
    erase.header("cookie", &cookies).send().expect(200);
    eventually("their pictures are gone", || {
        files(&host.data_dir()).is_empty().then_some(())
    });
    assert_eq!(
        (status(&client, &posted), status(&client, &unused)),
        (404, 404)
    );
}

#[test]
fn one_member_has_a_share_of_the_circles_room() {
    let setup = setup().section("media", "member_bytes_max = 1024");
    let host = Host::start(&setup);
    let client = host.client();
    let (first, cookies) = given(&client, &png(40, 30, 1), "");
    let offer_of = |cookies: &str| offer(&own_view(&client, "album", cookies), "交上");
    let full = upload(&client, &offer_of(&cookies), &png(40, 30, 2), &cookies);
    let error = expect_error(&full, 422, "input_invalid");
    assert!(
        text(&error["message"]).starts_with("你在这个圈子里的图片太多了"),
        "{error}"
    );
    host.expect_log("media.member_bytes_max is reached");
    // Others have theirs.
    another_gives(&client, &png(40, 30, 1));
    // What they take away makes room.
    tell(&client, "post", &first, &cookies);
    tell(&client, "unpost", &first, &cookies);
    eventually("there is room again", || {
        let again = upload(&client, &offer_of(&cookies), &png(40, 30, 2), &cookies);
        (again.status == 201).then_some(())
    });
}

#[test]
fn pictures_have_their_limits() {
    let setup = setup()
        .section(
            "media",
            "bytes_max = 4096\nform_bytes_max = 16384\ncircle_bytes_max = 1024",
        )
        .section("limits", "uploads_per_hour_per_reader = 6");
    let host = Host::start(&setup);
    let client = host.client();
    let (first, cookies) = given(&client, &png(40, 30, 1), "");
    let bytes = client.get(&format!("/m/{first}")).send().body.len();
    assert!((513..=1024).contains(&bytes), "{bytes}");
    let offer = offer(&own_view(&client, "album", &cookies), "交上");
    let full = upload(&client, &offer, &png(40, 30, 2), &cookies);
    let error = expect_error(&full, 422, "input_invalid");
    assert!(
        text(&error["message"]).starts_with("这个圈子放不下更多图片了"),
        "{error}"
    );
    host.expect_log("media.circle_bytes_max is reached");
    // What is there already takes no room.
    assert_eq!(given(&client, &png(40, 30, 1), &cookies).0, first);

    let behind = |bytes: usize| [png(40, 30, 1), vec![b' '; bytes]].concat();
    let large = upload(&client, &offer, &behind(4096), &cookies);
    let error = expect_error(&large, 413, "body_too_large");
    assert!(
        text(&error["message"]).contains("media.bytes_max"),
        "{error}"
    );
    let larger = upload(&client, &offer, &behind(20_000), &cookies);
    let error = expect_error(&larger, 413, "body_too_large");
    assert!(
        text(&error["message"]).contains("media.form_bytes_max"),
        "{error}"
    );

    // All of them are counted, since they are before anybody reads them.
    upload(&client, &offer, &png(40, 30, 1), &cookies).expect(201);
    upload(&client, &offer, b"nothing", &cookies).expect(422);
    let often = upload(&client, &offer, &png(40, 30, 1), &cookies);
    expect_error(&often, 429, "rate_limited");
}
