//! Pictures that readers give: `POST /c/{card}/media` as scripts send them, the
//! plain form with its files, and `GET /m/{id}`. By the guest `album`.

mod bodies;
mod hostile;
mod kept;

use super::form::Form;
use super::{act, expect_error, key, nodes, offer, own_view, text};
use crate::picture::png;
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};
use std::io::Write;

pub fn setup() -> Setup {
    Setup::new()
        .guest("album")
        .card("album", "test/album", "")
        .card("other", "test/album", "")
}

const BOUNDARY: &str = "----quanka";

/// A form with files, as browsers write it.
fn multipart(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        write!(
            body,
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
        .expect("memory takes it");
    }
    for (name, file) in files {
        write!(
            body,
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; \
             filename=\"cat.png\"\r\ncontent-type: image/png\r\n\r\n"
        )
        .expect("memory takes it");
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    write!(body, "--{BOUNDARY}--\r\n").expect("memory takes it");
    body
}

fn send(
    client: &Client,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
    cookies: &str,
) -> Answer {
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    client
        .post(path)
        .header("content-type", &media_type)
        .header("sec-fetch-site", "same-origin")
        .header("idempotency-key", &key("upload"))
        .header("cookie", cookies)
        .body(multipart(fields, files))
        .send()
}

/// The offer of the album's form.
fn give(client: &Client) -> String {
    let view = client.get("/c/album/view").send().expect(200).json();
    offer(&view, "交上")
}

fn upload(client: &Client, offer: &str, file: &[u8], cookies: &str) -> Answer {
    let fields = [("_offer", offer)];
    send(
        client,
        "/c/album/media",
        &fields,
        &[("shots", file)],
        cookies,
    )
}

/// Gives a picture: its id, and the cookies of whoever gave it.
#[track_caller]
pub fn given(client: &Client, file: &[u8], cookies: &str) -> (String, String) {
    let offer = match cookies {
        "" => give(client),
        cookies => offer(&own_view(client, "album", cookies), "交上"),
    };
    let answer = upload(client, &offer, file, cookies).expect(201);
    let id = text(&answer.json()["media"]).to_owned();
    let cookies = match cookies {
        "" => answer.cookies(),
        cookies => cookies.to_owned(),
    };
    (id, cookies)
}

/// Has the album do something with a picture of the reader's.
#[track_caller]
pub fn tell(client: &Client, word: &str, id: &str, cookies: &str) {
    let offer = offer(&own_view(client, "album", cookies), "交上");
    let name = format!("{word}-{}", &id[..8]);
    let body = json!({"offer": offer, "inputs": {"shots": [id], "word": word}, "key": key(&name)});
    let acted = act(client, "album", &body).header("cookie", cookies);
    acted.send().expect(200);
}

#[track_caller]
pub fn status(client: &Client, id: &str) -> u16 {
    client.get(&format!("/m/{id}")).send().status
}

fn pictures(view: &Value) -> Vec<&str> {
    let nodes = nodes(&view["root"]).into_iter();
    let images = nodes.filter(|node| node["kind"] == "image");
    images.map(|image| text(&image["source"])).collect()
}

#[test]
fn a_picture_is_given_shown_and_served() {
    let host = Host::start(&setup());
    let client = host.client();
    let offer = give(&client);
    let answer = upload(&client, &offer, &png(40, 30, 7), "").expect(201);
    let cookies = answer.cookies();
    let given = answer.json();
    assert_eq!(
        (&given["width"], &given["height"]),
        (&json!(40), &json!(30))
    );
    let id = text(&given["media"]);
    assert_eq!(text(&given["url"]), host.url(&format!("/m/{id}")));

    let body = json!({"offer": offer, "inputs": {"shots": [id]}, "key": key("give")});
    let acted = act(&client, "album", &body)
        .header("cookie", &cookies)
        .send();
    let view = acted.expect(200).json();
    assert_eq!(pictures(&view["view"]), [text(&given["url"])]);
    // Whose words they are, the host says.
    let people = view["view"]["people"].as_object().unwrap();
    assert_eq!(people.len(), 1);
    let name = text(&people.values().next().unwrap()["name"]);
    assert!(name.starts_with("读者 "), "{name}");

    let served = client.get(&format!("/m/{id}")).send().expect(200);
    assert_eq!(served.header("content-type"), "image/jpeg");
    assert_eq!(
        served.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert_eq!(
        served.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert!(served.header("content-security-policy").contains("sandbox"));
    let told = served.body.windows(5).any(|piece| piece == b"taken");
    assert!(!told, "the comment is still there");

    for unknown in [
        "x",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "..%2fsecret.key",
    ] {
        expect_error(
            &client.get(&format!("/m/{unknown}")).send(),
            404,
            "not_found",
        );
    }
}

/// The album's form, as a browser without scripts has it.
#[track_caller]
fn plain_form(client: &Client) -> Form {
    let document = client.get("/c/album").send().expect(200);
    assert!(document.text().contains("enctype=\"multipart/form-data\""));
    let action = document.text().split("action=\"").nth(1);
    let action = action.expect("the page has a form");
    let action = action.split('"').next().unwrap_or_default();
    let action = action.replace("&amp;", "&");
    Form {
        action,
        offer: give(client),
    }
}

/// However many files it has, and the action besides.
#[test]
fn a_plain_form_brings_one_newcomer() {
    let setup = setup().section("limits", "anonymous_viewers_per_hour_per_address = 1");
    let host = Host::start(&setup);
    let client = host.client();
    let form = plain_form(&client);
    let fields = [("word", "你好"), ("_offer", form.offer.as_str())];
    let (one, two) = (png(4, 3, 1), png(4, 3, 2));
    let files = [("shots", &one[..]), ("shots", &two[..])];
    let done = send(&client, &form.action, &fields, &files, "");
    assert_eq!(done.status, 303, "{done:?}");
    // That was the newcomer of this hour: another form makes no other.
    let fields = [("word", "再来"), ("_offer", form.offer.as_str())];
    let often = send(&client, &form.action, &fields, &files, "");
    assert_eq!(often.status, 429, "{often:?}");
    let known = send(&client, &form.action, &fields, &files, &done.cookies());
    assert_eq!(known.status, 303, "{known:?}");
}

#[test]
fn a_plain_form_sends_its_pictures_along() {
    let host = Host::start(&setup());
    let client = host.client();
    let form = plain_form(&client);
    let (one, two) = (png(4, 3, 1), png(4, 3, 2));
    let files = [("shots", &one[..]), ("shots", &two[..])];
    let fields = [("word", "你好"), ("_offer", form.offer.as_str())];
    let done = send(&client, &form.action, &fields, &files, "");
    assert_eq!(done.status, 303, "{done:?}");
    let cookies = done.cookies();
    assert_eq!(pictures(&own_view(&client, "album", &cookies)).len(), 2);
    // Sent twice it is one action, of one reader.
    let again = send(&client, &form.action, &fields, &files, "");
    assert_eq!(again.header("location"), done.header("location"));
    assert_eq!(pictures(&own_view(&client, "album", &cookies)).len(), 2);
    // Refused, the form keeps them.
    let fields = [("word", "no"), ("_offer", form.offer.as_str())];
    let refused = send(&client, &form.action, &fields, &files[..1], &cookies);
    let html = refused.expect(422);
    assert!(html.text().contains("class=\"qk-shot\""), "{}", html.text());
    // A file that is none is said beside its field.
    let files = [("shots", &b"<svg onload='alert(1)'/>"[..])];
    let refused = send(&client, &form.action, &fields, &files, &cookies);
    let html = refused.expect(422);
    assert!(html.text().contains("这不是能用的图片"), "{}", html.text());
}

#[test]
fn what_is_no_picture_or_nobodys_is_refused() {
    let host = Host::start(&setup());
    let client = host.client();
    let offer = give(&client);
    for (file, expected) in [
        (
            &b"<!doctype html><script>alert(1)</script>"[..],
            "这不是能用的图片",
        ),
        (&png(60_000, 60_000, 0), "图片太大了"),
        (&png(40, 30, 7)[..80], "图片打不开"),
    ] {
        let error = expect_error(&upload(&client, &offer, file, ""), 422, "input_invalid");
        assert_eq!(error["fields"][0]["name"], "shots");
        assert!(text(&error["message"]).starts_with(expected), "{error}");
    }
    let good = png(4, 3, 1);
    let other = |fields: &[(&str, &str)], name: &str| {
        send(&client, "/c/album/media", fields, &[(name, &good)], "")
    };
    expect_error(
        &other(&[("_offer", "v1.k1.x.y")], "shots"),
        403,
        "offer_invalid",
    );
    expect_error(&other(&[("_offer", &offer)], "word"), 403, "denied");
    let elsewhere = send(
        &client,
        "/c/other/media",
        &[("_offer", &offer)],
        &[("shots", &good)],
        "",
    );
    expect_error(&elsewhere, 403, "offer_invalid");
    // Another reader's picture, or one that nobody gave.
    let id = text(&upload(&client, &offer, &good, "").expect(201).json()["media"]).to_owned();
    for id in [
        &id[..],
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "nonsense",
    ] {
        let body = json!({"offer": offer, "inputs": {"shots": id}, "key": key("theirs")});
        let refused = act(&client, "album", &body).send();
        let error = expect_error(&refused, 422, "input_invalid");
        assert_eq!(error["fields"][0]["name"], "shots");
    }
}

#[test]
fn a_member_who_is_nobody_is_the_plugins_fault() {
    let host = Host::start(&setup());
    let client = host.client();
    let answer = upload(&client, &give(&client), &png(4, 3, 1), "").expect(201);
    let id = answer.json()["media"].clone();
    let inputs = json!({"shots": id, "word": "m_nobody"});
    let body = json!({"offer": give(&client), "inputs": inputs, "key": key("nobody")});
    let acted = act(&client, "album", &body).header("cookie", &answer.cookies());
    acted.send().expect(200);
    let other = client.get("/c/other/view").send();
    expect_error(&other, 500, "plugin_fault");
}
