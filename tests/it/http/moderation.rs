//! The page of a post, reports, and those who keep order: readers by their role,
//! a publisher's server by its token.

mod api;
pub mod applicants;
mod letters;
mod reports;
mod tricks;

use super::circle::{act_as, club, sign_in};
use super::{expect_error, text};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::json;

const TOKEN: &str = "daily-token";

pub fn digest(token: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    let bytes = digest.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The circle `club`, whose posts with 广告 wait, and where two reports hold one;
/// another publisher with a circle of its own, and both publishers' tokens.
fn setup() -> Setup {
    let evening = format!(
        "id = 'evening'\nname = '晚报'\norigins = []\napi_token_sha256 = ['{}']",
        digest("evening-token")
    );
    let elsewhere = "id = 'elsewhere'\npublisher = 'evening'\nname = '别处'\nowner = 'owner'";
    club("open")
        .section("moderation", "reports_hold = 2\nwords_hold = ['广告']")
        .section("posts", "posts_per_hour_per_member = 1000")
        .section("limits", "reports_per_hour_per_reader = 100000")
        .of_publisher(&format!("api_token_sha256 = ['{}']", digest(TOKEN)))
        .entry("publisher", &evening)
        .entry("circle", elsewhere)
}

/// A host, and the cookies of those who are somebody in its circle.
pub struct Scene {
    pub host: Host,
    pub owner: String,
    pub keeper: String,
    pub author: String,
    pub member: String,
    pub visitor: String,
}

impl Scene {
    #[track_caller]
    pub fn start() -> Scene {
        Scene::of(&setup())
    }

    #[track_caller]
    fn of(setup: &Setup) -> Scene {
        let host = Host::start(setup);
        let client = host.client();
        let sign_in = |sub| sign_in(&host, PUBLISHER, sub);
        let [owner, keeper, author, member, visitor] =
            ["owner", "keeper", "author", "member", "visitor"].map(sign_in);
        let keeper_id = text(&act_as(&client, "join", "", &keeper)["member"]).to_owned();
        act_as(&client, "promote", &keeper_id, &owner);
        for cookies in [&author, &member] {
            act_as(&client, "join", "", cookies);
        }
        Scene {
            owner,
            keeper,
            author,
            member,
            visitor,
            host,
        }
    }

    fn client(&self) -> Client {
        self.host.client()
    }

    /// Everybody, by what they are.
    pub fn everybody(&self) -> [(&str, &str); 6] {
        [
            ("nobody", ""),
            ("visitor", &self.visitor),
            ("member", &self.member),
            ("author", &self.author),
            ("keeper", &self.keeper),
            ("owner", &self.owner),
        ]
    }

    /// Posts in the author's name.
    #[track_caller]
    pub fn post(&self, what: &str, words: &str) -> String {
        let done = act_as(&self.client(), what, words, &self.author);
        let id = text(&done["outcome"]).to_owned();
        assert!(id.starts_with("p_"), "{done}");
        id
    }

    /// A post that a moderator has refused.
    #[track_caller]
    pub fn rejected(&self) -> String {
        let id = self.post("post", "广告 拒绝");
        let fields = [
            ("post", &*id),
            ("verdict", "reject"),
            ("reason", "不是这里的事"),
        ];
        self.decide(&fields, &self.keeper).expect(303);
        id
    }

    pub fn page(&self, post: &str, cookies: &str) -> Answer {
        get(&self.client(), &path(post), cookies)
    }

    pub fn report(&self, post: &str, reason: &str, cookies: &str) -> Answer {
        let client = self.client();
        let request = client.post(&format!("{}/report", path(post)));
        let request = request.json(&json!({"reason": reason}));
        request.header("cookie", cookies).send()
    }

    pub fn queue(&self, cookies: &str) -> Answer {
        get(&self.client(), QUEUE, cookies)
    }

    /// Sends a form of the moderators' page, with what its form carries.
    pub fn decide(&self, fields: &[(&str, &str)], cookies: &str) -> Answer {
        let queue = self.queue(cookies);
        let (confirm, version) = (token(queue.text()), version(queue.text(), fields));
        let mut fields = fields.to_vec();
        fields.extend([("confirm", &*confirm), ("version", &version)]);
        let client = self.client();
        let request = client.post(QUEUE).form(&fields);
        request.header("cookie", cookies).send()
    }
}

pub const QUEUE: &str = "/circles/club/moderation";

/// The page of a post.
pub fn path(post: &str) -> String {
    format!("/circles/club/posts/{post}")
}

fn get(client: &Client, path: &str, cookies: &str) -> Answer {
    client.get(path).header("cookie", cookies).send()
}

/// What the forms of a page carry; empty if it has none.
fn token(html: &str) -> String {
    let found = html.split_once("name=\"confirm\" value=\"");
    let token = found.and_then(|(_, rest)| rest.split('"').next());
    token.unwrap_or_default().to_owned()
}

/// What the form about a post carries of the text that stands above it.
fn version(html: &str, fields: &[(&str, &str)]) -> String {
    let post = fields.iter().find(|(name, _)| *name == "post");
    let of_post = format!("name=\"post\" value=\"{}\"", post.map_or("", |(_, id)| id));
    let form = html.split_once(&of_post).map(|(_, rest)| rest);
    let value = form.and_then(|form| form.split_once("name=\"version\" value=\""));
    let version = value.and_then(|(_, rest)| rest.split('"').next());
    version.unwrap_or("0").to_owned()
}

#[test]
fn a_post_is_for_whom_it_is() {
    let scene = Scene::start();
    let public = scene.post("post", "跑了五公里 <b>https://run.example/x</b>");
    let held = scene.post("post", "广告 一则");
    let rejected = scene.rejected();
    let private = scene.post("post-private", "只给自己");
    let removed = scene.post("post", "要移除的话");
    let fields = [
        ("post", &*removed),
        ("verdict", "remove"),
        ("reason", "重复"),
    ];
    scene.decide(&fields, &scene.keeper).expect(303);
    // Who sees it: nobody, visitor, member, author, keeper, owner.
    let table: [(&str, &str, [u16; 6]); 6] = [
        ("public", &public, [200; 6]),
        ("held", &held, [404, 404, 404, 200, 200, 200]),
        ("rejected", &rejected, [404, 404, 404, 200, 200, 200]),
        ("private", &private, [404, 404, 404, 200, 404, 404]),
        ("removed", &removed, [410; 6]),
        ("unknown", "p_AAAAAAAAAAAAAAAAAAAAAA", [404; 6]),
    ];
    for (what, post, expected) in table {
        for ((who, cookies), status) in scene.everybody().into_iter().zip(expected) {
            let page = scene.page(post, cookies);
            assert_eq!(page.status, status, "{what} for {who}: {page:?}");
            let scripts = page.text().contains("<script");
            assert!(status == 404 || !scripts, "{what} for {who}");
            for word in ["广告", "只给自己", "要移除的话"] {
                let is_theirs = status == 200;
                assert!(is_theirs || !page.text().contains(word), "{what} for {who}");
            }
            // Why it was refused or removed is for its author and those who keep order.
            if ["removed", "rejected"].contains(&what) {
                let concerns = ["author", "keeper", "owner"].contains(&who);
                let told = ["重复", "不是这里的事"].map(|why| page.text().contains(why));
                assert_eq!(told.contains(&true), concerns, "{what} for {who}");
            }
        }
    }
    let page = scene.page(&public, "");
    let html = page.text();
    assert!(
        html.contains("<meta name=\"robots\" content=\"noindex\">"),
        "{html}"
    );
    assert!(
        html.contains("&lt;b&gt;<a href=\"https://run.example/x\""),
        "{html}"
    );
    assert!(html.contains("rel=\"ugc nofollow noopener\""), "{html}");
    // Of another circle, it is not there.
    let elsewhere = format!("/circles/elsewhere/posts/{public}");
    assert_eq!(get(&scene.client(), &elsewhere, &scene.author).status, 404);
    for wrong in [
        "/circles/nobody/posts/x",
        "/circles/club/posts/%FF",
        "/circles/club/posts/a%2Fb",
    ] {
        assert_eq!(get(&scene.client(), wrong, "").status, 404, "{wrong}");
    }
    let long = format!("/circles/club/posts/{}", "x".repeat(5_000));
    assert_eq!(get(&scene.client(), &long, "").status, 404);
}

#[test]
fn a_page_shows_replies_and_reactions_and_the_circle_leads_to_it() {
    let scene = Scene::start();
    let post = scene.post("post", "今晚在哪跑?");
    for number in 0..21 {
        let words = format!("第 {number} 个回答");
        scene.post(&format!("reply {post}"), &words);
    }
    act_as(&scene.client(), "like", &post, &scene.member);
    let first = scene.page(&post, "").expect(200);
    let html = first.text();
    for expected in ["今晚在哪跑?", "第 19 个回答", "喜欢</bdi> 1", "21 条回复"] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert!(!html.contains("第 20 个回答"), "{html}");
    let (_, next) = html.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = get(&scene.client(), &next, "").expect(200);
    assert!(second.text().contains("第 20 个回答"), "{second:?}");
    assert!(!second.text().contains("第 19 个回答"), "{second:?}");
    // A reply has a page, which leads back.
    let (_, reply) = html.split_once("<h3><a href=\"").unwrap();
    let reply = reply.split('"').next().unwrap();
    let reply = get(&scene.client(), reply, "").expect(200);
    assert!(
        reply.text().contains(&format!("href=\"{}\"", path(&post))),
        "{reply:?}"
    );
    assert_eq!(scene.page(&format!("{post}?after=x"), "").status, 400);
    // Both languages, and the circle's own page.
    let english = scene.page(&format!("{post}?lang=en"), "").expect(200);
    for expected in ["Replies", "Report", "sign in on the site"] {
        assert!(
            english.text().contains(expected),
            "{expected} in {english:?}"
        );
    }
    for (who, cookies) in scene.everybody() {
        let circle = get(&scene.client(), "/circles/club", cookies).expect(200);
        assert!(
            circle.text().contains(&format!("href=\"{}\"", path(&post))),
            "{circle:?}"
        );
        let keeps_order = ["keeper", "owner"].contains(&who);
        assert_eq!(circle.text().contains(QUEUE), keeps_order, "{who}");
    }
}

#[test]
fn moderators_and_the_owner_decide_and_nobody_else() {
    let scene = Scene::start();
    let client = scene.client();
    let post = scene.post("post", "广告 三则");
    for (who, cookies) in scene.everybody() {
        let (status, decided) = match who {
            "nobody" => (401, 401),
            "keeper" | "owner" => (200, 303),
            _ => (403, 403),
        };
        let page = scene.queue(cookies);
        assert_eq!(page.status, status, "{who}: {page:?}");
        assert_eq!(page.text().contains("广告 三则"), status == 200, "{who}");
        // With what a form of theirs would carry: that of the page of a post.
        let public = scene.post("post", "谁都看得到");
        let confirm = token(scene.page(&public, cookies).text());
        for verdict in ["approve", "reject", "remove", "feature"] {
            if decided == 303 {
                continue;
            }
            let request = client.post(QUEUE).header("cookie", cookies);
            let request = request.form(&[
                ("post", &post),
                ("verdict", verdict),
                ("reason", "x"),
                ("version", "0"),
                ("confirm", &confirm),
            ]);
            let answer = request.send();
            // An author has no form on the page of their own post.
            let expected = if who == "author" { 400 } else { decided };
            assert_eq!(answer.status, expected, "{verdict} by {who}: {answer:?}");
        }
    }
    assert_eq!(scene.page(&post, "").status, 404, "it still waits");

    // Wrong input keeps what was typed; another circle's form and post are none.
    let decide = |fields: &[(&str, &str)], cookies: &str| scene.decide(fields, cookies);
    let refused = decide(
        &[("post", &post), ("verdict", "reject"), ("reason", " ")],
        &scene.keeper,
    );
    assert!(
        refused
            .expect(422)
            .text()
            .contains("原因要有 1 到 200 个字")
    );
    assert_eq!(
        decide(&[("post", &post), ("verdict", "x")], &scene.keeper).status,
        400
    );
    let gone = decide(
        &[("post", "p_nobody"), ("verdict", "approve")],
        &scene.keeper,
    );
    assert!(gone.expect(409).text().contains("这条内容刚刚变了"));
    for confirm in ["", &token(scene.queue(&scene.owner).text())] {
        let request = client.post(QUEUE).header("cookie", &scene.keeper);
        let fields = [
            ("post", &*post),
            ("verdict", "approve"),
            ("version", "0"),
            ("confirm", confirm),
        ];
        assert_eq!(request.form(&fields).send().status, 400);
    }
    let confirm = token(scene.queue(&scene.keeper).text());
    let fields = [
        ("post", &*post),
        ("verdict", "approve"),
        ("version", "0"),
        ("confirm", &confirm),
    ];
    let elsewhere = client.post("/circles/elsewhere/moderation").form(&fields);
    assert_eq!(elsewhere.header("cookie", &scene.keeper).send().status, 400);
    let cross_site = client
        .post(QUEUE)
        .form(&fields)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(
        cross_site.header("cookie", &scene.keeper).send().status,
        403
    );
    let as_json = client
        .post(QUEUE)
        .json(&json!({}))
        .header("cookie", &scene.keeper);
    assert_eq!(as_json.send().status, 415);
    assert_eq!(scene.page(&post, "").status, 404, "it still waits");

    // So that there is a form to take what it carries from.
    scene.post("post", "广告 别的");
    // Let through, it is there, and does not wait any more; then reported and put first.
    let done = decide(&[("post", &post), ("verdict", "approve")], &scene.keeper).expect(303);
    assert_eq!(done.header("location"), QUEUE);
    assert_eq!(scene.page(&post, "").status, 200);
    assert_eq!(
        decide(&[("post", &post), ("verdict", "approve")], &scene.owner).status,
        409
    );
    scene.report(&post, "不对", &scene.visitor).expect(200);
    assert!(scene.queue(&scene.owner).text().contains("不对"));
    decide(&[("post", &post), ("verdict", "feature")], &scene.owner).expect(303);
    assert!(scene.page(&post, "").text().contains("精选"));
    decide(&[("post", &post), ("verdict", "unfeature")], &scene.owner).expect(303);
    assert!(!scene.page(&post, "").text().contains("精选"));
    decide(
        &[("post", &post), ("verdict", "remove"), ("reason", "够了")],
        &scene.owner,
    )
    .expect(303);
    assert_eq!(scene.page(&post, "").status, 410);
}

#[test]
fn an_owner_who_has_not_acted_yet_keeps_order_and_one_who_is_it_no_more_does_not() {
    let mut host = Host::start(&setup());
    let client = host.client();
    let author = sign_in(&host, PUBLISHER, "author");
    act_as(&client, "join", "", &author);
    let post = act_as(&client, "post", "广告 四则", &author);
    let post = text(&post["outcome"]).to_owned();
    let owner = sign_in(&host, PUBLISHER, "owner");
    let circle = get(&client, "/circles/club", &owner).expect(200);
    assert!(circle.text().contains(QUEUE), "{circle:?}");
    let page = get(&client, QUEUE, &owner).expect(200);
    assert!(page.text().contains("广告 四则"), "{page:?}");
    assert_eq!(get(&client, &path(&post), &owner).status, 200);
    let confirm = token(page.text());
    let fields = [
        ("post", &*post),
        ("verdict", "approve"),
        ("version", "0"),
        ("confirm", &confirm),
    ];
    let decided = client
        .post(QUEUE)
        .form(&fields)
        .header("cookie", &owner)
        .send();
    assert_eq!(decided.status, 303, "{decided:?}");
    assert_eq!(get(&client, &path(&post), "").status, 200);
    host.restart();
    assert_eq!(get(&host.client(), QUEUE, &owner).status, 200);
}

#[test]
fn the_queue_is_in_order_and_in_pages() {
    let scene = Scene::start();
    let posts: Vec<String> = (0..21)
        .map(|n| scene.post("post", &format!("广告 第{n}则")))
        .collect();
    let reported = scene.post("post", "被举报的");
    scene.report(&reported, "看看", &scene.member).expect(200);
    let first = scene.queue(&scene.keeper).expect(200);
    let html = first.text();
    let places: Vec<usize> = posts[..20]
        .iter()
        .map(|id| html.find(&**id).unwrap())
        .collect();
    assert!(places.is_sorted(), "longest first");
    assert!(!html.contains(&*posts[20]) && !html.contains(&*reported));
    let (_, next) = html.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = get(&scene.client(), &next, &scene.keeper).expect(200);
    assert!(second.text().contains(&*posts[20]) && second.text().contains(&*reported));
    // A decision there leads back there.
    let (_, after) = next.split_once("after=").unwrap();
    let fields = [
        ("post", &*posts[20]),
        ("verdict", "approve"),
        ("after", after),
    ];
    let done = scene.decide(&fields, &scene.keeper).expect(303);
    assert_eq!(done.header("location"), next);
    let wrong = get(&scene.client(), &format!("{QUEUE}?after=x"), &scene.keeper);
    assert_eq!(wrong.status, 400);
}
