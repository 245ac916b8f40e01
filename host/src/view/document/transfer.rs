//! The page on which the owner of a circle gives it to another publisher.

use super::circles::{Look, end, page};
use crate::view::words::Tongue;

/// The page.
#[derive(Clone, Copy, Debug)]
pub struct TransferDocument<'a> {
    /// How it is written.
    pub look: Look<'a>,
    /// The circle's name.
    pub circle: &'a str,
    /// The circle's own page.
    pub circle_url: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    /// What the form must carry.
    pub token: &'a str,
    /// The other publishers of this host: id and name.
    pub publishers: &'a [(String, String)],
    /// The name of whom it is offered to, if it is offered.
    pub offered_to: Option<&'a str>,
}

/// The whole document.
pub fn transfer_document(d: &TransferDocument<'_>) -> String {
    let tongue = Tongue::of(d.look.lang);
    let heading = tongue.pick("转让圈子", "Transfer a circle");
    let mut out = page(d.look, heading);
    out.raw("<h1>").text(heading).raw("</h1><p><a");
    out.attr("href", d.circle_url).raw("><bdi>");
    out.text(d.circle).raw("</bdi></a></p>");
    if let Some(name) = d.offered_to {
        out.raw("<p role=\"status\">");
        out.text(tongue.pick("等待对方接受：", "Waiting to be accepted by "));
        out.raw("<bdi>").text(name).raw("</bdi></p>");
    }
    out.raw("<p>").text(tongue.pick(
        "对方接受之后，这个圈子由对方管理：谁能登录、卡片能嵌在哪里、由谁署名，都以对方为准。成员和内容都留下，你会成为管理员。",
        "Once the other publisher has accepted, it runs the circle: who can sign in, where the \
         cards may stand and whose name they bear is up to it. Members and posts stay, and you \
         become a moderator.",
    ));
    out.raw("</p><form method=\"post\"")
        .attr("action", d.action);
    out.raw("><input type=\"hidden\" name=\"confirm\"")
        .attr("value", d.token)
        .raw("><div class=\"qk-field\"><label for=\"to\">");
    out.text(tongue.pick("转让给", "Give it to"));
    out.raw("</label><select id=\"to\" name=\"to\">");
    for (id, name) in d.publishers {
        out.raw("<option").attr("value", id).raw(">");
        out.text(name).raw("</option>");
    }
    out.raw("<option value=\"\">")
        .text(tongue.pick("不转让", "Nobody"));
    out.raw("</option></select></div>");
    out.raw("<button type=\"submit\" class=\"qk-button qk-button-danger\">");
    out.text(tongue.pick("确定", "Confirm"))
        .raw("</button></form>");
    end(out, tongue)
}
