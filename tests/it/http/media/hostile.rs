//! Files that are meant to do harm, sent as pictures.

use super::*;

/// What a browser would run, or unpack, if it took the file for it.
const SCRIPT: &[u8] = b"<script>alert(document.domain)</script>";
const ARCHIVE: &[u8] = b"PK\x03\x04\x14\0\0\0hidden.txt";
const PLACE: &[u8] = b"GPS 31.2304 N 121.4737 E";

fn holds(file: &[u8], piece: &[u8]) -> bool {
    file.windows(piece.len()).any(|window| window == piece)
}

/// A chunk of a PNG.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&name[..], content].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&body);
    let length = u32::try_from(content.len()).expect("it is short");
    [&length.to_be_bytes()[..], &body, &sum.sum().to_be_bytes()].concat()
}

/// A PNG with a chunk behind its head.
fn with_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let png = png(40, 30, 7);
    // The magic, and the head's chunk.
    let (head, rest) = png.split_at(8 + 4 + 4 + 13 + 4);
    [head, &chunk(name, content), rest].concat()
}

/// A PNG that says it is so large, and holds nothing.
fn boastful(width: u32, height: u32) -> Vec<u8> {
    let head = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ];
    let head = chunk(b"IHDR", &head.concat());
    [b"\x89PNG\r\n\x1a\n", &head[..], &chunk(b"IEND", b"")].concat()
}

/// A GIF of two frames of a pixel each.
fn animated() -> Vec<u8> {
    let frame = |codes: [u8; 2]| {
        let control = b"\x21\xf9\x04\x04\x0a\0\0\0";
        let place = b"\x2c\0\0\0\0\x01\0\x01\0\0";
        [&control[..], place, b"\x02\x02", &codes, b"\0"].concat()
    };
    [
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec(),
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".to_vec(),
        frame([0x44, 0x01]),
        frame([0x4c, 0x01]),
        b"\x3b".to_vec(),
    ]
    .concat()
}

/// Whatever else a file is, what is served is the host's own picture.
#[test]
fn what_is_also_something_else_is_served_as_a_picture_alone() {
    let host = Host::start(&setup());
    let client = host.client();
    let behind = |file: Vec<u8>, piece: &[u8]| [file, piece.to_vec()].concat();
    let polyglots = [
        ("a script behind", behind(png(40, 30, 7), SCRIPT)),
        ("an archive behind", behind(png(40, 30, 7), ARCHIVE)),
        ("a script in a comment", with_chunk(b"tEXt", SCRIPT)),
        ("a place", with_chunk(b"eXIf", PLACE)),
        ("more than one frame", behind(animated(), SCRIPT)),
    ];
    let mut cookies = String::new();
    for (what, file) in polyglots {
        let (id, giver) = given(&client, &file, &cookies);
        cookies = giver;
        let served = client.get(&format!("/m/{id}")).send().expect(200);
        assert_eq!(served.header("content-type"), "image/jpeg", "{what}");
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        let policy = served.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; sandbox; frame-ancestors 'none'"
        );
        assert!(served.body.starts_with(b"\xff\xd8\xff"), "{what}");
        for piece in [
            SCRIPT,
            ARCHIVE,
            PLACE,
            b"taken at home",
            b"Exif",
            b"NETSCAPE",
        ] {
            assert!(!holds(&served.body, piece), "{what}: {piece:?}");
        }
    }
}

/// What a file is, it says itself: neither its name nor its type is heeded.
#[test]
fn what_only_says_that_it_is_a_picture_is_refused() {
    let host = Host::start(&setup());
    let client = host.client();
    let offer = give(&client);
    let bomb = {
        let png = png(7_000, 7_000, 0);
        assert!(png.len() < 200_000, "{}", png.len());
        png
    };
    let unknown = "这不是能用的图片";
    let truncated = png(400, 300, 7);
    let cases: [(&str, &[u8], &str); 9] = [
        (
            "a page",
            b"<!doctype html><script>alert(1)</script>",
            unknown,
        ),
        (
            "a drawing",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            unknown,
        ),
        (
            "a drawing in XML",
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            unknown,
        ),
        ("an archive", ARCHIVE, unknown),
        (
            "a script before a picture",
            &[SCRIPT, &png(4, 3, 1)].concat(),
            unknown,
        ),
        ("another format", b"\0\0\0\x20ftypavif", unknown),
        (
            "half a picture",
            &truncated[..truncated.len() / 2],
            "图片打不开",
        ),
        ("a bomb", &bomb, "图片太大了"),
        (
            "a size that no memory holds",
            &boastful(u32::MAX >> 1, u32::MAX >> 1),
            "图片太大了",
        ),
    ];
    for (what, file, expected) in cases {
        let error = expect_error(&upload(&client, &offer, file, ""), 422, "input_invalid");
        assert!(
            text(&error["message"]).starts_with(expected),
            "{what}: {error}"
        );
        assert_eq!(error["fields"][0]["name"], "shots", "{what}");
    }
    assert!(
        !host.data_dir().join("media").exists(),
        "something was kept"
    );
}

/// Of the body: nothing but a form with one file will do.
#[test]
fn what_is_no_form_with_one_file_is_refused() {
    let host = Host::start(&setup());
    let client = host.client();
    let offer = give(&client);
    let good = png(4, 3, 1);
    for media_type in [
        "image/png",
        "application/json",
        "application/octet-stream",
        "",
    ] {
        let answer = client
            .post("/c/album/media")
            .header("content-type", media_type)
            .header("idempotency-key", &key("type"))
            .body(&good[..])
            .send();
        expect_error(&answer, 415, "unsupported_media_type");
    }
    let fields = [("_offer", offer.as_str())];
    for files in [&[][..], &[("shots", &good[..]), ("shots", &good[..])]] {
        let answer = send(&client, "/c/album/media", &fields, files, "");
        expect_error(&answer, 400, "bad_request");
    }
    let cut = {
        let mut body = multipart(&fields, &[("shots", &good)]);
        body.truncate(body.len() - 40);
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = client.post("/c/album/media");
        let request = request.header("content-type", &media_type);
        request
            .header("idempotency-key", &key("cut"))
            .body(body)
            .send()
    };
    expect_error(&cut, 400, "bad_request");
}
