//! The page of one post: who said what and when, what was replied, and the form
//! by which a reader reports it. It works without script.

use super::circles::{Look, end, unlisted_page};
use crate::view::html::people;
use crate::view::html::write::Writer;
use crate::view::words::Tongue;

/// The page.
///
/// No search engine keeps it: the words are a reader's, who may change them, have
/// them removed or be erased, and a copy elsewhere would outlive that; whoever
/// posts for the sake of links gains nothing here either.
#[derive(Clone, Copy, Debug)]
pub struct PostDocument<'a> {
    /// How it is written.
    pub look: Look<'a>,
    /// The circle's name.
    pub circle: &'a str,
    /// The circle's own page.
    pub circle_url: &'a str,
    /// The post; none if it is not shown any more to the reader who reported it.
    pub post: Option<&'a ShownPost>,
    /// What it replies to.
    pub parent_url: Option<&'a str>,
    /// One page of its replies.
    pub replies: &'a [ShownPost],
    /// The page of them behind.
    pub next_url: Option<&'a str>,
    /// Whether and how it can be reported.
    pub reporting: Reporting<'a>,
}

/// Whether and how a post can be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporting<'a> {
    /// By this form.
    Form {
        /// Where it goes.
        action: &'a str,
        /// What it must carry.
        token: &'a str,
        /// What was typed and did not do, and why.
        refused: Option<(&'a str, &'a str)>,
    },
    /// By readers who have a session.
    AskToSignIn,
    /// The reader has done so.
    Done,
    /// Not at all: it is the reader's own, or nobody else sees it.
    No,
}

/// A post, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPost {
    /// Its own page.
    pub url: String,
    /// What its author is called; none if the author was erased.
    pub author: Option<String>,
    /// When, as an RFC 3339 instant.
    pub at: String,
    /// Whether it was changed since.
    pub edited: bool,
    /// What became of it.
    pub state: PostState,
    /// Why, if that is for whoever looks to know.
    pub reason: Option<String>,
    /// Whether a moderator put it first.
    pub featured: bool,
    /// Its words.
    pub text: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The thing it is about.
    pub item: Option<ItemEntry>,
    /// Its pictures.
    pub pictures: Vec<PictureEntry>,
    /// How often each reaction was given.
    pub reactions: Vec<(String, u64)>,
    /// How many replies it has.
    pub replies: u64,
}

/// What became of a post, for those who see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostState {
    /// Anybody sees it.
    Public,
    /// Only its author does.
    Private,
    /// It waits for a moderator.
    Held,
    /// A moderator refused it.
    Rejected,
    /// It is gone.
    Removed,
}

/// A thing that a post is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemEntry {
    /// What it is called.
    pub name: String,
    /// An `https:` address.
    pub url: Option<String>,
    /// 1 to 5 stars.
    pub rating: Option<u8>,
}

/// A picture of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureEntry {
    /// Its address.
    pub url: String,
    /// For those who do not see it.
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// The whole document.
pub fn post_document(d: &PostDocument<'_>) -> String {
    let tongue = Tongue::of(d.look.lang);
    let author = d.post.and_then(|post| post.author.as_deref());
    let whose = author.unwrap_or(tongue.pick("一条内容", "A post"));
    let mut out = unlisted_page(d.look, &format!("{whose} · {}", d.circle));
    out.raw("<header><h1><bdi>").text(whose);
    out.raw("</bdi></h1><p class=\"qk-publisher\"><a");
    out.attr("href", d.circle_url).raw("><bdi>");
    out.text(d.circle).raw("</bdi></a>");
    if let Some(url) = d.parent_url {
        out.raw(" · <a").attr("href", url).raw(">");
        out.text(tongue.pick("看回复的那条内容", "What it replies to"))
            .raw("</a>");
    }
    out.raw("</p></header>");
    if let Some(post) = d.post {
        out.raw("<article>");
        body(&mut out, post, tongue);
        out.raw("</article>");
    }
    if !d.replies.is_empty() {
        replies(&mut out, d, tongue);
    }
    report(&mut out, d, tongue);
    end(out, tongue)
}

/// When a post was made, what it says and what became of it.
pub(super) fn body(out: &mut Writer, post: &ShownPost, tongue: Tongue) {
    out.raw("<p class=\"qk-publisher\"><time");
    out.attr("datetime", &post.at).raw(">");
    out.text(minute(&post.at)).raw("</time>");
    if post.edited {
        out.raw(" · ").text(tongue.pick("改过", "edited"));
    }
    if post.featured {
        out.raw(" · ").text(tongue.pick("精选", "Featured"));
    }
    out.raw("</p>");
    state(out, post, tongue);
    if post.state == PostState::Removed {
        return;
    }
    if let Some(item) = &post.item {
        thing(out, item, tongue);
    }
    if !post.text.is_empty() {
        out.raw("<div class=\"qk-post\">");
        people::text(out, &post.text);
        out.raw("</div>");
    }
    for picture in &post.pictures {
        out.raw("<img class=\"qk-image\" loading=\"lazy\" decoding=\"async\"")
            .attr("src", &picture.url)
            .attr("alt", &picture.alt)
            .attr("width", picture.width)
            .attr("height", picture.height)
            .raw(">");
    }
    if !post.tags.is_empty() {
        out.raw("<p class=\"qk-topics\">");
        for tag in &post.tags {
            out.raw("<bdi>#").text(tag).raw("</bdi> ");
        }
        out.raw("</p>");
    }
    counts(out, post, tongue);
}

fn state(out: &mut Writer, post: &ShownPost, tongue: Tongue) {
    let word = match post.state {
        PostState::Public => return,
        PostState::Private => tongue.pick("只有你能看到", "Only you see this"),
        PostState::Held => tongue.pick("等待管理员查看", "Waiting for a moderator"),
        PostState::Rejected => tongue.pick("没有通过", "Not let through"),
        PostState::Removed => tongue.pick("这条内容已被移除", "This post was removed"),
    };
    out.raw("<p role=\"note\">").text(word);
    if let Some(reason) = &post.reason {
        out.text(tongue.pick("：", ": "));
        out.raw("<bdi>").text(reason).raw("</bdi>");
    }
    out.raw("</p>");
}

fn thing(out: &mut Writer, item: &ItemEntry, tongue: Tongue) {
    out.raw("<p class=\"qk-item\">");
    match &item.url {
        Some(url) => {
            out.raw("<a").attr("href", url);
            out.raw(" rel=\"ugc nofollow noopener\"><bdi>")
                .text(&item.name)
                .raw("</bdi></a>");
        }
        None => {
            out.raw("<bdi>").text(&item.name).raw("</bdi>");
        }
    }
    if let Some(rating) = item.rating {
        let stars = tongue.count(rating.into(), "星", "star", "stars");
        out.raw(" · ").text(stars);
    }
    out.raw("</p>");
}

fn counts(out: &mut Writer, post: &ShownPost, tongue: Tongue) {
    if post.reactions.is_empty() && post.replies == 0 {
        return;
    }
    out.raw("<p class=\"qk-publisher\">");
    let mut between = "";
    for (reaction, count) in &post.reactions {
        // Plugins name their reactions; the common names are words here, too.
        let name = match reaction.as_str() {
            "like" => tongue.pick("喜欢", "Likes"),
            "want" => tongue.pick("想要", "Wanted"),
            other => other,
        };
        out.raw(between).raw("<bdi>").text(name).raw("</bdi> ");
        out.text(count);
        between = " · ";
    }
    if post.replies > 0 {
        out.raw(between);
        out.text(tongue.count(post.replies, "条回复", "reply", "replies"));
    }
    out.raw("</p>");
}

fn replies(out: &mut Writer, d: &PostDocument<'_>, tongue: Tongue) {
    out.raw("<section><h2>")
        .text(tongue.pick("回复", "Replies"))
        .raw("</h2><ul class=\"qk-list\">");
    for reply in d.replies {
        out.raw("<li><h3><a").attr("href", &reply.url).raw("><bdi>");
        let author = reply.author.as_deref();
        out.text(author.unwrap_or(tongue.pick("一条内容", "A post")));
        out.raw("</bdi></a></h3>");
        body(out, reply, tongue);
        out.raw("</li>");
    }
    out.raw("</ul>");
    further(out, d.next_url, tongue);
    out.raw("</section>");
}

/// The way to the next page, if there is one.
pub(super) fn further(out: &mut Writer, next_url: Option<&str>, tongue: Tongue) {
    if let Some(url) = next_url {
        out.raw("<p><a rel=\"next\"").attr("href", url).raw(">");
        out.text(tongue.pick("下一页", "Next")).raw("</a></p>");
    }
}

fn report(out: &mut Writer, d: &PostDocument<'_>, tongue: Tongue) {
    if d.reporting == Reporting::No {
        return;
    }
    out.raw("<section id=\"report\"><h2>")
        .text(tongue.pick("举报", "Report"))
        .raw("</h2>");
    match d.reporting {
        Reporting::Form {
            action,
            token,
            refused,
        } => report_form(out, action, token, refused, tongue),
        Reporting::AskToSignIn => {
            out.raw("<p>").text(tongue.pick(
                "要举报这条内容，请先在文章所在的网站登录，或者先在卡片里参与一次，再回到这里。",
                "To report this post, sign in on the site of the article, or take part in the card \
                 once, and come back here.",
            ));
            out.raw("</p>");
        }
        Reporting::Done => {
            out.raw("<p role=\"status\">").text(match d.post {
                Some(_) => tongue.pick(
                    "你已经举报了这条内容，管理员会来看。",
                    "You have reported this post. A moderator will look at it.",
                ),
                None => tongue.pick(
                    "你已经举报了这条内容，它现在不再显示。",
                    "You have reported this post. It is not shown any more.",
                ),
            });
            out.raw("</p>");
        }
        Reporting::No => {}
    }
    out.raw("</section>");
}

fn report_form(
    out: &mut Writer,
    action: &str,
    token: &str,
    refused: Option<(&str, &str)>,
    tongue: Tongue,
) {
    let (typed, message) = refused.unzip();
    out.raw("<p>").text(tongue.pick(
        "告诉管理员哪里不妥。每位读者可以举报一次，作者不会知道是谁。",
        "Tell the moderators what is wrong. Each reader can do so once, and the author is not told \
         who did.",
    ));
    out.raw("</p><form method=\"post\"").attr("action", action);
    out.raw("><input type=\"hidden\" name=\"confirm\"")
        .attr("value", token)
        .raw("><div class=\"qk-field\"><label for=\"reason\">");
    out.text(tongue.pick("原因", "Reason"))
        .raw("</label><textarea id=\"reason\" name=\"reason\" rows=\"3\" maxlength=\"200\"");
    if message.is_some() {
        out.raw(" aria-invalid=\"true\" aria-describedby=\"refused\"");
    }
    // The first line break of a text field is none of its text.
    out.raw(">\n")
        .text(typed.unwrap_or_default())
        .raw("</textarea>");
    if let Some(message) = message {
        out.raw("<p id=\"refused\" class=\"qk-message\" role=\"alert\">")
            .text(message)
            .raw("</p>");
    }
    out.raw("</div><button type=\"submit\" class=\"qk-button qk-button-danger\">");
    out.text(tongue.pick("举报", "Report"))
        .raw("</button></form>");
}

/// An instant to the minute, for people.
fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}
