//! Pictures that readers give, from the choosing to the view.

use std::fs;
use std::path::PathBuf;

use quanka_tests::browser::{Browser, Element, Options};
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

use super::looks::assert_flawless;
use super::support::{article, enter_card, enter_plain_frame, toast};
use crate::picture::{landscape, png};

const CARD: &str = "<circle-card card='HOST/c/album' height=480></circle-card>";
const FRAME: &str = "<iframe src='HOST/c/album/embed' title=card width=600 height=480></iframe>";

/// An album in an article, and pictures on a reader's device.
struct Stage {
    _site: Site,
    _host: Host,
    url: String,
    files: tempfile::TempDir,
}

impl Stage {
    #[track_caller]
    fn with(body: &str) -> Stage {
        let site = Site::start();
        let setup = Setup::new().site(&site).guest("album");
        let host = Host::start(&setup.card("album", "test/album", ""));
        let url = article(&site, &host.origin(), body);
        Stage {
            _site: site,
            _host: host,
            url,
            files: tempfile::tempdir().expect("the temporary directory is writable"),
        }
    }

    #[track_caller]
    fn reader(&self) -> Browser {
        let browser = Browser::open();
        browser.goto(&self.url);
        enter_card(&browser, "album");
        tended(&browser);
        browser
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.files.path().join(name);
        fs::write(&path, bytes).expect("the temporary directory is writable");
        path
    }

    fn picture(&self, grey: u8) -> PathBuf {
        self.file(&format!("{grey}.png"), &png(40, 30, grey))
    }
}

/// The field's script takes what is chosen from here on.
#[track_caller]
fn tended(browser: &Browser) {
    let loaded = "return performance.getEntriesByType('resource')
      .some(({ name, responseEnd }) => name.includes('/embed/upload.js') && responseEnd)";
    eventually("the script of uploads", || {
        (browser.script(loaded, &[]) == true).then_some(())
    });
}

#[track_caller]
fn choose(browser: &Browser, files: &[PathBuf]) {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    browser
        .find("input[type=file]")
        .type_text(&paths.join("\n"));
}

/// The thumbnails that stand in the form, each with its picture.
#[track_caller]
fn thumbnails(browser: &Browser, count: usize) {
    eventually(&format!("{count} thumbnails"), || {
        let shots = browser.find_all(".qk-shot");
        let loaded = "return [...document.querySelectorAll('.qk-shot img')]
          .filter((img) => img.complete && img.naturalWidth).length";
        (shots.len() == count && browser.script(loaded, &[]) == count).then_some(())
    });
}

#[track_caller]
fn submit(browser: &Browser) {
    browser.find_text("button[name=_offer]", "交上").click();
}

/// The pictures in the view, all of which come.
#[track_caller]
fn shown(browser: &Browser, count: usize) {
    eventually(&format!("{count} pictures"), || {
        // Those out of sight would wait.
        let script = "const all = [...document.querySelectorAll('.qk-image')];
          for (const img of all) img.loading = 'eager';
          return all.every((img) => img.naturalWidth === 40) ? all.length : -1";
        (browser.script(script, &[]) == count).then_some(())
    });
}

#[track_caller]
fn message(browser: &Browser) -> String {
    eventually("a message beside the field", || {
        let lines = browser.find_all(".qk-upload .qk-message:not([hidden])");
        lines.first().map(Element::text)
    })
}

/// Uploads wait until they are let go, and say how many wait.
const HELD: &str = "
    const asked = window.fetch;
    window.held = [];
    window.fetch = async (...args) => {
      if (args[0].pathname?.endsWith('/media'))
        await new Promise((resolve) => held.push(resolve));
      return asked(...args);
    };";

#[track_caller]
fn let_go(browser: &Browser) {
    eventually("an upload under way", || {
        let one = "const go = held.shift(); go?.(); return !!go";
        (browser.script(one, &[]) == true).then_some(())
    });
}

#[test]
fn pictures_are_chosen_seen_and_given() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    // Both by a reader who is nobody yet.
    choose(&browser, &[stage.picture(1), stage.picture(2)]);
    thumbnails(&browser, 2);
    browser.find("input[name=word]").type_text("你好");
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 2);
    thumbnails(&browser, 0);
    let _ = browser.find_text(".qk-said", "2 张");

    // A picture is asked for again.
    submit(&browser);
    assert_eq!(
        browser.find("input[type=file]").property("validity")["valueMissing"],
        true
    );
    choose(&browser, &[stage.picture(3)]);
    thumbnails(&browser, 1);
    submit(&browser);
    shown(&browser, 3);
    browser.assert_clean_console();
}

#[test]
fn a_picture_without_its_tick_is_taken_away() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    choose(&browser, &[stage.picture(1)]);
    choose(&browser, &[stage.picture(2)]);
    thumbnails(&browser, 2);
    // A frame that has just been given the focus may lose it to a tap as fast as a driver's.
    browser.find("input[name=word]").click();
    browser.find(".qk-shot input").click();
    thumbnails(&browser, 1);
    eventually("the focus on the field", || {
        (browser.focused().attribute("type") == "file").then_some(())
    });
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 1);

    choose(&browser, &[stage.picture(3)]);
    thumbnails(&browser, 1);
    browser.find(".qk-shot input").click();
    thumbnails(&browser, 0);
    let required = browser.find("input[type=file]").property("required");
    assert_eq!(required, true, "the field asks for one again");
    browser.assert_clean_console();
}

#[test]
fn what_is_no_picture_loses_nothing() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    browser.find("input[name=word]").type_text("你好");
    choose(&browser, &[stage.picture(1)]);
    thumbnails(&browser, 1);
    let hostile = stage.file("cat.png", b"<svg onload='alert(1)'/>");
    choose(&browser, std::slice::from_ref(&hostile));
    assert_eq!(
        message(&browser),
        "这不是能用的图片，请选择 JPEG、PNG、WebP 或 GIF"
    );
    thumbnails(&browser, 1);
    assert_eq!(browser.find("input[name=word]").property("value"), "你好");

    // Sent while it was not refused yet, the form stays as well.
    browser.script(HELD, &[]);
    choose(&browser, &[hostile]);
    submit(&browser);
    let_go(&browser);
    assert!(message(&browser).starts_with("这不是能用的图片"));
    let _ = browser.find("form[aria-busy=false]");
    assert!(browser.find_all(".qk-toast, .qk-image").is_empty());
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 1);
}

#[test]
fn a_picture_too_many_is_refused() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    choose(&browser, &[1, 2, 3].map(|grey| stage.picture(grey)));
    assert_eq!(message(&browser), "最多 2 张图片");
    thumbnails(&browser, 2);
    choose(&browser, &[stage.picture(4)]);
    assert_eq!(message(&browser), "最多 2 张图片");
    thumbnails(&browser, 2);
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 2);
    browser.assert_clean_console();
}

#[test]
fn a_form_waits_for_its_pictures() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    browser.script(HELD, &[]);
    choose(&browser, &[stage.picture(1), stage.picture(2)]);
    assert_eq!(browser.find_all(".qk-sending").len(), 2);
    submit(&browser);
    let _ = browser.find("form[aria-busy=true]");
    let_go(&browser);
    thumbnails_at_least_one(&browser);
    assert!(browser.find_all(".qk-toast, .qk-image").is_empty());
    let_go(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 2);
    let _ = browser.find_text(".qk-said", "2 张");
    browser.assert_clean_console();
}

#[track_caller]
fn thumbnails_at_least_one(browser: &Browser) {
    eventually("one of the two", || {
        (browser.find_all(".qk-sending").len() == 1).then_some(())
    });
}

#[test]
fn a_change_by_others_keeps_what_was_chosen() {
    let stage = Stage::with(CARD);
    let (browser, other) = (stage.reader(), stage.reader());
    choose(&browser, &[stage.picture(1)]);
    thumbnails(&browser, 1);
    browser.script(HELD, &[]);
    choose(&browser, &[stage.picture(2)]);
    choose(&other, &[stage.picture(3)]);
    thumbnails(&other, 1);
    submit(&other);
    shown(&other, 1);
    // It comes while a picture is under way.
    shown(&browser, 1);
    assert_eq!(browser.find_all(".qk-sending").len(), 1);
    let_go(&browser);
    thumbnails(&browser, 2);
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 3);
    shown(&other, 3);
    browser.assert_clean_console();
}

#[test]
fn a_form_that_the_card_refuses_keeps_its_pictures() {
    let stage = Stage::with(CARD);
    let browser = stage.reader();
    choose(&browser, &[stage.picture(1)]);
    thumbnails(&browser, 1);
    browser.find("input[name=word]").type_text("no");
    submit(&browser);
    let _ = browser.find_text(".qk-message", "换一句");
    thumbnails(&browser, 1);
    browser.find("input[name=word]").type_text("t this");
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 1);
}

#[test]
fn without_scripts_pictures_travel_with_the_form() {
    let stage = Stage::with(FRAME);
    let browser = Browser::open_with(&Options::new().without_scripts());
    browser.goto(&stage.url);
    enter_plain_frame(&browser);
    choose(&browser, &[stage.picture(1), stage.picture(2)]);
    browser.find("input[name=word]").type_text("no");
    submit(&browser);
    // Refused, it keeps the pictures, and one may be left out.
    let _ = browser.find_text(".qk-message", "换一句");
    thumbnails(&browser, 2);
    browser.find(".qk-shot input").click();
    browser.find("input[name=word]").clear();
    submit(&browser);
    assert_eq!(toast(&browser), "收到了");
    shown(&browser, 1);
    browser.assert_clean_console();
}

#[test]
fn in_light() {
    look(&Options::new(), "light");
}

#[test]
fn in_dark() {
    look(&Options::new().dark(), "dark");
}

/// Leaves pictures of the form and of what was given under `target/screenshots`.
fn look(options: &Options, theme: &str) {
    let stage = Stage::with(&CARD.replace("480", "1100"));
    let browser = Browser::open_with(options);
    browser.resize(390, 1500);
    browser.goto(&stage.url);
    enter_card(&browser, "album");
    tended(&browser);
    let day = stage.file(
        "day.png",
        &landscape(400, 300, [120, 170, 215], [90, 130, 60]),
    );
    let dusk = stage.file(
        "dusk.png",
        &landscape(300, 400, [200, 120, 90], [60, 50, 70]),
    );
    let take = |name: &str| {
        assert_flawless(&browser, &[], &format!("{theme}, {name}"));
        browser.leave();
        browser.picture(&format!("upload-{theme}-{name}"), &json!([0, 0, 390, 1300]));
        enter_card(&browser, "album");
    };
    choose(&browser, std::slice::from_ref(&day));
    thumbnails(&browser, 1);
    browser.script(HELD, &[]);
    choose(&browser, std::slice::from_ref(&dusk));
    take("sending");
    let_go(&browser);
    thumbnails(&browser, 2);
    choose(&browser, &[day]);
    let _ = message(&browser);
    take("chosen");
    submit(&browser);
    let _ = browser.find(".qk-image");
    browser.find_text("summary", "分享").click();
    eventually("the pictures given", || {
        let loaded =
            "return [...document.querySelectorAll('.qk-image')].every((img) => img.complete)";
        (browser.script(loaded, &[]) == Value::Bool(true)).then_some(())
    });
    eventually("thanks", || {
        let said = "return document.querySelector('.qk-toast')?.textContent";
        (browser.script(said, &[]) == "谢谢分享").then_some(())
    });
    take("given");
}
