//! What stands where a card should have been: why it does not, and what to do.

use super::{DocumentKind, Theme, assets, begin};
use crate::view::{html::write::Writer, words::Tongue};

/// A document without a card.
#[derive(Clone, Copy, Debug)]
pub struct NoticeDocument<'a> {
    /// Page or frame.
    pub kind: DocumentKind,
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// Its colours.
    pub theme: Theme,
    /// Why there is no card.
    pub reason: NoticeReason,
    /// Where to try again, or for a page that is not there, the card's first;
    /// none if that is no use.
    pub retry_url: Option<&'a str>,
    /// The request's id, for whoever reports it.
    pub request_id: &'a str,
    /// The URL of the host's script.
    pub script_url: &'a str,
    /// The URL of the host's style sheet.
    pub style_url: &'a str,
}

/// Why there is no card to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeReason {
    /// There is no such card (404).
    Unknown,
    /// There is no such circle (404).
    NoSuchCircle,
    /// There is no such post, or not for this reader (404).
    NoSuchPost,
    /// The card is gone (410).
    Gone,
    /// The card has no such page (404).
    PageUnknown,
    /// What the reader did was refused (400, 403, 409, 413, 415).
    Refused,
    /// The reader must sign in (401).
    SignInRequired,
    /// The reader did too much at once (429).
    RateLimited,
    /// The plugin failed, and there is no earlier view (500).
    PluginFault,
    /// The host has no room for it just now (503).
    Overloaded,
    /// The host cannot reach its store just now (503).
    Unavailable,
    /// A defect of the host (500).
    Internal,
}

/// The whole document.
pub fn notice_document(d: &NoticeDocument<'_>) -> String {
    let mut out = Writer::default();
    let tongue = Tongue::of(d.lang);
    let (title, advice) = d.reason.words(tongue);
    begin(&mut out, d.lang, d.theme);
    out.raw("<meta name=\"robots\" content=\"noindex\"><title>")
        .text(title)
        .raw("</title>");
    assets(&mut out, d.style_url, d.script_url);
    out.raw(match d.kind {
        DocumentKind::Page => "<body class=\"qk-page\"",
        DocumentKind::Frame => "<body class=\"qk-frame\"",
    });
    out.attr("data-qk-notice", d.reason.name())
        .raw("><main class=\"qk-absent\"><h1>");
    out.text(title).raw("</h1><p>").text(advice).raw("</p>");
    if let Some(url) = d.retry_url {
        out.raw("<p><a class=\"qk-button qk-button-secondary\"")
            .attr("href", url)
            .raw(">");
        out.text(d.reason.way(tongue)).raw("</a></p>");
    }
    if !d.request_id.is_empty() {
        out.raw("<p class=\"qk-request\"><code>")
            .text(d.request_id)
            .raw("</code></p>");
    }
    out.raw("</main></body></html>\n");
    out.finish()
}

impl NoticeReason {
    /// For the script, which tells the article around the frame.
    fn name(self) -> &'static str {
        match self {
            Self::Unknown => "card_unknown",
            Self::NoSuchPost => "post_unknown",
            Self::NoSuchCircle => "circle_unknown",
            Self::Gone => "gone",
            Self::PageUnknown => "page_unknown",
            Self::Refused => "denied",
            Self::SignInRequired => "sign_in_required",
            Self::RateLimited => "rate_limited",
            Self::PluginFault => "plugin_fault",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "store_unavailable",
            Self::Internal => "internal",
        }
    }

    /// What the link that leads on says.
    fn way(self, tongue: Tongue) -> &'static str {
        match self {
            Self::PageUnknown => tongue.pick("回到卡片首页", "To the card's first page"),
            _ => tongue.pick("再试一次", "Try again"),
        }
    }

    fn words(self, tongue: Tongue) -> (&'static str, &'static str) {
        let (title, advice) = match self {
            Self::Unknown => (
                ("没有这张卡片", "No such card"),
                (
                    "这个地址下没有卡片，链接可能写错了。",
                    "There is no card at this address. The link may be mistyped.",
                ),
            ),
            Self::NoSuchCircle => (
                ("没有这个圈子", "No such circle"),
                (
                    "这个地址下没有圈子，链接可能写错了。",
                    "There is no circle at this address. The link may be mistyped.",
                ),
            ),
            Self::NoSuchPost => (
                ("看不到这条内容", "No such post"),
                (
                    "它可能已被删除，或者只有作者和管理员能看到。",
                    "It may have been removed, or it is only for its author and the moderators.",
                ),
            ),
            Self::Gone => (
                ("卡片已下线", "This card is gone"),
                (
                    "发布者已经撤下了这张卡片。",
                    "Its publisher has taken it down.",
                ),
            ),
            Self::PageUnknown => (
                ("这一页不在了", "There is no such page"),
                (
                    "它可能已被删除，或者链接写错了。卡片的其他内容都还在。",
                    "It may have been removed, or the link is mistyped. The rest of the card is there.",
                ),
            ),
            Self::Refused => (
                ("操作没有成功", "That did not go through"),
                (
                    "请回到卡片，刷新之后再试一次。",
                    "Go back to the card, reload it and try again.",
                ),
            ),
            Self::SignInRequired => (
                ("需要先登录", "Please sign in first"),
                (
                    "请在文章所在的网站登录，然后回来参与。",
                    "Sign in on the site of the article, then come back.",
                ),
            ),
            Self::RateLimited => (
                ("操作太快了", "A little too fast"),
                ("请稍等片刻再试。", "Please wait a moment and try again."),
            ),
            Self::PluginFault => (
                ("卡片暂时打不开", "This card is not working just now"),
                (
                    "它运行时出了错，我们已经记下。请稍后再来看看。",
                    "It ran into an error, which has been recorded. Please come back later.",
                ),
            ),
            Self::Overloaded => (
                ("现在来的人有点多", "Very busy just now"),
                ("请稍等片刻再打开。", "Please try again in a moment."),
            ),
            Self::Unavailable => (
                ("暂时读不到这张卡片", "This card cannot be read just now"),
                ("请稍等片刻再打开。", "Please try again in a moment."),
            ),
            Self::Internal => (
                ("出了点问题", "Something went wrong"),
                (
                    "是我们这边的问题，已经记下。请稍后再试。",
                    "It is our fault, and it has been recorded. Please try again later.",
                ),
            ),
        };
        (
            tongue.pick(title.0, title.1),
            tongue.pick(advice.0, advice.1),
        )
    }
}
