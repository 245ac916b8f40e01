//! The circles of a host as pages: all that somebody looks for, and one of
//! them with its cards and its posts. They work without script.

use super::{Theme, begin};
use crate::view::html::write::Writer;
use crate::view::words::Tongue;

/// Where the list of circles is; a circle's own page is below it.
pub const CIRCLES_PATH: &str = "/circles";

/// What both pages are written with.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// The URL of the style sheet.
    pub style_url: &'a str,
}

/// The list of circles.
#[derive(Clone, Copy, Debug)]
pub struct CirclesDocument<'a> {
    /// How it is written.
    pub look: Look<'a>,
    /// What is looked for; may be empty.
    pub text: &'a str,
    /// What they shall be about.
    pub topic: Option<&'a str>,
    /// The word for the order.
    pub sort: &'a str,
    /// One page of them.
    pub circles: &'a [CircleEntry],
    /// How many there are on all pages.
    pub total: u64,
    /// The page before.
    pub previous_url: Option<&'a str>,
    /// The page behind.
    pub next_url: Option<&'a str>,
}

/// One circle of the list, and the head of its own page.
#[derive(Clone, Debug, Default)]
pub struct CircleEntry {
    /// Its own page.
    pub url: String,
    /// Its name.
    pub name: String,
    /// One or two sentences; may be empty.
    pub intro: String,
    /// The publisher's name.
    pub publisher: String,
    /// What it is about, each with where others of it are.
    pub topics: Vec<(String, String)>,
    /// How many members it has.
    pub members: u64,
    /// How many posts.
    pub posts: u64,
    /// How many members are there just now.
    pub present: u64,
}

/// The page of one circle.
#[derive(Clone, Copy, Debug)]
pub struct CircleDocument<'a> {
    /// How it is written.
    pub look: Look<'a>,
    /// The circle.
    pub circle: &'a CircleEntry,
    /// How readers become members.
    pub policy: Joining,
    /// Its cards: what each is called, and its address.
    pub cards: &'a [(String, String)],
    /// Some of its posts.
    pub posts: &'a [PostEntry],
    /// Where those who keep order do; none for everybody else.
    pub moderation_url: Option<&'a str>,
    /// Where its owner can give it away; none for everybody else.
    pub transfer_url: Option<&'a str>,
}

/// How readers become members, for those who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// By joining.
    Open,
    /// By asking.
    Approval,
    /// Not at all.
    Closed,
}

/// A post on the page of its circle.
#[derive(Clone, Debug)]
pub struct PostEntry {
    /// Its own page.
    pub url: String,
    /// What its author is called.
    pub author: String,
    /// Its words.
    pub text: String,
    /// Whether it was put first.
    pub featured: bool,
    /// When, as an RFC 3339 instant.
    pub at: String,
}

/// The list, as a whole document.
pub fn circles_document(d: &CirclesDocument<'_>) -> String {
    let tongue = Tongue::of(d.look.lang);
    let heading = tongue.pick("圈子", "Circles");
    let mut out = page(d.look, heading);
    out.raw("<h1>").text(heading).raw("</h1>");
    search(&mut out, d, tongue);
    out.raw("<p class=\"qk-hint\" role=\"status\">");
    out.text(tongue.count(d.total, "个圈子", "circle", "circles"));
    if let Some(topic) = d.topic {
        out.text(" · ").raw("<bdi>").text(topic).raw("</bdi> ");
        out.raw("<a").attr("href", CIRCLES_PATH).raw(">");
        out.text(tongue.pick("全部圈子", "All circles")).raw("</a>");
    }
    out.raw("</p>");
    if d.circles.is_empty() {
        out.raw("<p>");
        out.text(tongue.pick(
            "没有找到。换一个词，或者少写几个字试试。",
            "Nothing found. Try another word, or fewer of them.",
        ));
        out.raw("</p>");
    } else {
        out.raw("<ul class=\"qk-list\">");
        for circle in d.circles {
            out.raw("<li><h2><a")
                .attr("href", &circle.url)
                .raw("><bdi>");
            out.text(&circle.name).raw("</bdi></a></h2>");
            about(&mut out, circle, tongue);
            out.raw("</li>");
        }
        out.raw("</ul>");
    }
    paging(&mut out, d, tongue);
    end(out, tongue)
}

/// One circle, as a whole document.
pub fn circle_document(d: &CircleDocument<'_>) -> String {
    let tongue = Tongue::of(d.look.lang);
    let mut out = page(d.look, &d.circle.name);
    out.raw("<header><h1><bdi>").text(&d.circle.name);
    out.raw("</bdi></h1>");
    about(&mut out, d.circle, tongue);
    out.raw("<p class=\"qk-hint\">").text(match d.policy {
        Joining::Open => tongue.pick("谁都可以加入。", "Everybody can join."),
        Joining::Approval => tongue.pick(
            "加入需要管理员同意。",
            "Whoever wants to join is admitted by a moderator.",
        ),
        Joining::Closed => tongue.pick("现在不接受加入。", "It takes no new members."),
    });
    out.raw("</p></header><section><h2>");
    out.text(tongue.pick("卡片", "Cards")).raw("</h2>");
    if d.cards.is_empty() {
        out.raw("<p>");
        out.text(tongue.pick("还没有卡片。", "There are none yet."));
        out.raw("</p>");
    } else {
        out.raw("<ul class=\"qk-list\">");
        for (title, url) in d.cards {
            out.raw("<li><a").attr("href", url).raw("><bdi>");
            out.text(title).raw("</bdi></a></li>");
        }
        out.raw("</ul>");
    }
    out.raw("</section>");
    if !d.posts.is_empty() {
        posts(&mut out, d.posts, tongue);
    }
    out.raw("<p><a").attr("href", CIRCLES_PATH).raw(">");
    out.text(tongue.pick("更多圈子", "More circles"))
        .raw("</a>");
    if let Some(url) = d.moderation_url {
        out.raw(" · <a").attr("href", url).raw(">");
        out.text(tongue.pick("维护秩序", "Keep order")).raw("</a>");
    }
    if let Some(url) = d.transfer_url {
        out.raw(" · <a").attr("href", url).raw(">");
        out.text(tongue.pick("转让这个圈子", "Transfer this circle"));
        out.raw("</a>");
    }
    out.raw("</p>");
    end(out, tongue)
}

pub(super) fn page(look: Look<'_>, title: &str) -> Writer {
    let mut out = Writer::default();
    begin(&mut out, look.lang, Theme::Auto);
    titled(out, look, title)
}

/// A page that is nobody's to be found by a search engine.
pub(super) fn unlisted_page(look: Look<'_>, title: &str) -> Writer {
    let mut out = Writer::default();
    begin(&mut out, look.lang, Theme::Auto);
    out.raw("<meta name=\"robots\" content=\"noindex\">");
    titled(out, look, title)
}

fn titled(mut out: Writer, look: Look<'_>, title: &str) -> Writer {
    out.raw("<title>").text(title);
    out.raw("</title><link rel=\"stylesheet\"")
        .attr("href", look.style_url)
        .raw("></head><body class=\"qk-page\"><main class=\"qk-own\">");
    out
}

pub(super) fn end(mut out: Writer, tongue: Tongue) -> String {
    out.raw("</main><footer class=\"qk-foot\"><span>")
        .text(tongue.pick("圈子卡片", "Circle card"))
        .raw("</span><a href=\"/me\">")
        .text(tongue.pick("我的数据", "My data"))
        .raw("</a></footer></body></html>\n");
    out.finish()
}

fn search(out: &mut Writer, d: &CirclesDocument<'_>, tongue: Tongue) {
    out.raw("<form method=\"get\" role=\"search\"")
        .attr("action", CIRCLES_PATH)
        .raw("><div class=\"qk-field\"><label for=\"q\">");
    out.text(tongue.pick("找圈子", "Find a circle"));
    out.raw("</label><input id=\"q\" name=\"q\" type=\"search\"")
        .attr("value", d.text)
        .raw("></div><div class=\"qk-field\"><label for=\"sort\">");
    out.text(tongue.pick("排序", "Order"));
    out.raw("</label><select id=\"sort\" name=\"sort\">");
    for (word, chinese, english) in [
        ("relevance", "最相关", "Best match"),
        ("activity", "最活跃", "Most active"),
        ("members", "人最多", "Most members"),
    ] {
        out.raw("<option").attr("value", word);
        out.raw(if word == d.sort { " selected>" } else { ">" });
        out.text(tongue.pick(chinese, english)).raw("</option>");
    }
    out.raw("</select></div>");
    if let Some(topic) = d.topic {
        out.raw("<input type=\"hidden\" name=\"topic\"")
            .attr("value", topic)
            .raw(">");
    }
    out.raw("<button type=\"submit\" class=\"qk-button qk-button-primary\">");
    out.text(tongue.pick("搜索", "Search"))
        .raw("</button></form>");
}

fn about(out: &mut Writer, circle: &CircleEntry, tongue: Tongue) {
    out.raw("<p class=\"qk-publisher\"><bdi>")
        .text(&circle.publisher);
    out.raw("</bdi> · ");
    out.text(tongue.count(circle.members, "位成员", "member", "members"));
    if circle.posts > 0 {
        out.raw(" · ");
        out.text(tongue.count(circle.posts, "条内容", "post", "posts"));
    }
    if circle.present > 0 {
        out.raw(" · ");
        out.text(tongue.count(circle.present, "人在这里", "here now", "here now"));
    }
    out.raw("</p>");
    if !circle.intro.is_empty() {
        out.raw("<p>").text(&circle.intro).raw("</p>");
    }
    if !circle.topics.is_empty() {
        out.raw("<p class=\"qk-topics\">");
        for (topic, url) in &circle.topics {
            out.raw("<a rel=\"tag\"").attr("href", url).raw("><bdi>");
            out.text(topic).raw("</bdi></a> ");
        }
        out.raw("</p>");
    }
}

fn posts(out: &mut Writer, posts: &[PostEntry], tongue: Tongue) {
    out.raw("<section><h2>")
        .text(tongue.pick("大家在说", "What they say"))
        .raw("</h2><ul class=\"qk-list\">");
    for post in posts {
        out.raw("<li><p class=\"qk-publisher\"><bdi>");
        out.text(&post.author).raw("</bdi> · <a");
        out.attr("href", &post.url).raw("><time");
        out.attr("datetime", &post.at).raw(">");
        out.text(post.at.get(..10).unwrap_or(&post.at));
        out.raw("</time></a>");
        if post.featured {
            out.raw(" · ").text(tongue.pick("精选", "Featured"));
        }
        out.raw("</p><p>").text(&post.text).raw("</p></li>");
    }
    out.raw("</ul></section>");
}

fn paging(out: &mut Writer, d: &CirclesDocument<'_>, tongue: Tongue) {
    if d.previous_url.is_none() && d.next_url.is_none() {
        return;
    }
    out.raw("<nav class=\"qk-paging\"")
        .attr("aria-label", tongue.pick("翻页", "Pages"))
        .raw(">");
    for (url, rel, chinese, english) in [
        (d.previous_url, "prev", "上一页", "Previous"),
        (d.next_url, "next", "下一页", "Next"),
    ] {
        if let Some(url) = url {
            out.raw("<a").attr("href", url).attr("rel", rel).raw(">");
            out.text(tongue.pick(chinese, english)).raw("</a> ");
        }
    }
    out.raw("</nav>");
}
