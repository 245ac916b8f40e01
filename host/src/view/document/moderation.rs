//! The page on which moderators and the owner of a circle see what is held and
//! what was reported, and decide. It works without script.

use super::circles::{Look, end, unlisted_page};
use super::posts::{PostState, ShownPost, body, further};
use crate::view::html::write::Writer;
use crate::view::words::Tongue;

/// The page.
#[derive(Clone, Copy, Debug)]
pub struct ModerationDocument<'a> {
    /// How it is written.
    pub look: Look<'a>,
    /// The circle's name.
    pub circle: &'a str,
    /// The circle's own page.
    pub circle_url: &'a str,
    /// Where the forms go.
    pub action: &'a str,
    /// What the forms must carry.
    pub token: &'a str,
    /// Where in the queue this page begins; empty for the first.
    pub after: &'a str,
    /// One page of posts, those that wait longest first.
    pub posts: &'a [QueuedEntry],
    /// The page behind.
    pub next_url: Option<&'a str>,
    /// Who asks to be let in; some of them, if they are many. Only on the first
    /// page.
    pub applicants: &'a [ApplicantEntry],
    /// Whether more ask than are shown.
    pub more_applicants: bool,
    /// What became of the last decision, if it was refused.
    pub decided: Option<&'a Decided>,
}

/// Somebody who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicantEntry {
    /// Their id in the circle.
    pub member: String,
    /// What they are called.
    pub name: String,
    /// When they asked, as RFC 3339.
    pub at: String,
}

/// A post that wants a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedEntry {
    /// Its id.
    pub id: String,
    /// What tells it from what it was before an edit.
    pub version: String,
    /// The post.
    pub post: ShownPost,
    /// What readers say against it: when, as RFC 3339, and why; that may be empty.
    pub reports: Vec<(String, String)>,
}

/// A decision that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Which post it was about; empty if it was about somebody who asks to be
    /// let in.
    pub post: String,
    /// What was typed.
    pub reason: String,
    /// Why it was refused; none for what somebody else has decided meanwhile.
    pub message: Option<String>,
}

/// The whole document.
pub fn moderation_document(d: &ModerationDocument<'_>) -> String {
    let tongue = Tongue::of(d.look.lang);
    let heading = tongue.pick("维护秩序", "Keep order");
    let mut out = unlisted_page(d.look, &format!("{heading} · {}", d.circle));
    out.raw("<header><h1>").text(heading).raw("</h1><p><a");
    out.attr("href", d.circle_url).raw("><bdi>");
    out.text(d.circle).raw("</bdi></a></p></header>");
    if let Some(message) = d.decided.and_then(|decided| above(decided, tongue)) {
        out.raw("<p class=\"qk-form-message\" role=\"alert\">");
        out.text(message).raw("</p>");
    }
    applicants(&mut out, d, tongue);
    if d.posts.is_empty() && d.applicants.is_empty() {
        out.raw("<p role=\"status\">")
            .text(tongue.pick("没有要看的内容。", "There is nothing to look at."))
            .raw("</p>");
    }
    for (at, entry) in d.posts.iter().enumerate() {
        section(&mut out, d, at, entry, tongue);
    }
    further(&mut out, d.next_url, tongue);
    end(out, tongue)
}

/// What is said of a refused decision above all, and not in its own form.
fn above(decided: &Decided, tongue: Tongue) -> Option<&str> {
    match (&decided.message, decided.post.is_empty()) {
        (Some(_), false) => None,
        (Some(message), true) => Some(message),
        (None, false) => Some(tongue.pick(
            "这条内容刚刚变了：有人先处理了，或者作者改过、移除了。请看它现在的样子。",
            "That post has changed meanwhile: somebody else has decided, or its author has \
             changed or removed it. Look at what it is now.",
        )),
        (None, true) => Some(tongue.pick(
            "这位读者已经不在等了：有人先处理了，或者读者自己收回了。",
            "They do not wait any more: somebody else has decided, or they have taken it back.",
        )),
    }
}

fn applicants(out: &mut Writer, d: &ModerationDocument<'_>, tongue: Tongue) {
    if d.applicants.is_empty() {
        return;
    }
    out.raw("<section><h2>");
    out.text(tongue.pick("想加入的读者", "Who asks to be let in"));
    out.raw("</h2><ul class=\"qk-list\">");
    for applicant in d.applicants {
        out.raw("<li><p><bdi>")
            .text(&applicant.name)
            .raw("</bdi> <time");
        out.attr("datetime", &applicant.at).raw(">");
        out.text(applicant.at.get(..10).unwrap_or(&applicant.at))
            .raw("</time></p><form method=\"post\"");
        out.attr("action", d.action).raw(">");
        hidden(out, &[("confirm", d.token), ("member", &applicant.member)]);
        let buttons = [
            ("admit", tongue.pick("通过", "Let in"), "qk-button-primary"),
            ("refuse", tongue.pick("拒绝", "Refuse"), "qk-button-quiet"),
        ];
        out.raw("<div class=\"qk-row\">");
        for (verdict, label, style) in buttons {
            button(out, verdict, label, style);
        }
        out.raw("</div></form></li>");
    }
    out.raw("</ul>");
    if d.more_applicants {
        out.raw("<p>")
            .text(tongue.pick(
                "还有更多人在等，处理完这些就会看到。",
                "More are waiting. They are shown when these are answered.",
            ))
            .raw("</p>");
    }
    out.raw("</section>");
}

fn hidden(out: &mut Writer, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        out.raw("<input type=\"hidden\"").attr("name", name);
        out.attr("value", value).raw(">");
    }
}

fn button(out: &mut Writer, verdict: &str, label: &str, style: &str) {
    out.raw("<button type=\"submit\" name=\"verdict\"")
        .attr("value", verdict)
        .attr("class", format_args!("qk-button {style}"))
        .raw(">");
    out.text(label).raw("</button>");
}

fn section(
    out: &mut Writer,
    d: &ModerationDocument<'_>,
    at: usize,
    entry: &QueuedEntry,
    tongue: Tongue,
) {
    let post = &entry.post;
    out.raw("<section><h2><a")
        .attr("href", &post.url)
        .raw("><bdi>");
    let author = post.author.as_deref();
    out.text(author.unwrap_or(tongue.pick("一条内容", "A post")));
    out.raw("</bdi></a></h2>");
    body(out, post, tongue);
    if !entry.reports.is_empty() {
        reports(out, &entry.reports, tongue);
    }
    form(out, d, at, entry, tongue);
    out.raw("</section>");
}

fn reports(out: &mut Writer, reports: &[(String, String)], tongue: Tongue) {
    out.raw("<h3>")
        .text(tongue.pick("读者的举报", "What readers report"));
    out.raw("</h3><ul>");
    for (at, reason) in reports {
        out.raw("<li><time").attr("datetime", at).raw(">");
        out.text(at.get(..10).unwrap_or(at)).raw("</time> ");
        match reason.as_str() {
            "" => out.text(tongue.pick("没有写原因", "No reason given")),
            reason => out.raw("<bdi>").text(reason).raw("</bdi>"),
        };
        out.raw("</li>");
    }
    out.raw("</ul>");
}

fn form(
    out: &mut Writer,
    d: &ModerationDocument<'_>,
    at: usize,
    entry: &QueuedEntry,
    tongue: Tongue,
) {
    let decided = d.decided.filter(|decided| decided.post == entry.id);
    let message = decided.and_then(|decided| decided.message.as_deref());
    out.raw("<form method=\"post\"")
        .attr("action", d.action)
        .raw(">");
    let fields = [
        ("confirm", d.token),
        ("post", &entry.id),
        ("version", &entry.version),
        ("after", d.after),
    ];
    hidden(out, &fields);
    out.raw("<div class=\"qk-field\"><label")
        .attr("for", format_args!("reason-{at}"))
        .raw(">");
    out.text(tongue.pick(
        "不通过或移除的原因（作者会看到）",
        "Why it is rejected or removed (its author is told)",
    ));
    out.raw("</label><input type=\"text\" name=\"reason\" maxlength=\"200\"")
        .attr("id", format_args!("reason-{at}"))
        .attr("value", decided.map_or("", |decided| &decided.reason));
    if message.is_some() {
        out.raw(" aria-invalid=\"true\"")
            .attr("aria-describedby", format_args!("refused-{at}"));
    }
    out.raw(">");
    if let Some(message) = message {
        out.raw("<p class=\"qk-message\" role=\"alert\"")
            .attr("id", format_args!("refused-{at}"))
            .raw(">");
        out.text(message).raw("</p>");
    }
    out.raw("</div><div class=\"qk-row\">");
    let is_public = entry.post.state == PostState::Public;
    let (chinese, english) = match is_public {
        true => ("没有问题", "Nothing wrong"),
        false => ("通过", "Approve"),
    };
    let mut buttons = vec![
        (
            "approve",
            tongue.pick(chinese, english),
            "qk-button-primary",
        ),
        (
            "reject",
            tongue.pick("不通过", "Reject"),
            "qk-button-danger",
        ),
        ("remove", tongue.pick("移除", "Remove"), "qk-button-danger"),
    ];
    // What is held is put first by nobody, until it is let through.
    if is_public {
        buttons.push(match entry.post.featured {
            true => (
                "unfeature",
                tongue.pick("取消精选", "Not featured"),
                "qk-button-quiet",
            ),
            false => ("feature", tongue.pick("精选", "Feature"), "qk-button-quiet"),
        });
    }
    for (verdict, label, style) in buttons {
        button(out, verdict, label, style);
    }
    out.raw("</div></form>");
}
