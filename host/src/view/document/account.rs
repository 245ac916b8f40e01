//! A reader's own page: who they are here, and what they can do about it. Plain
//! links and forms, and no script.

use super::{Theme, begin};
use crate::view::{html::write::Writer, words::Tongue};

/// The document.
#[derive(Clone, Copy, Debug)]
pub struct AccountDocument<'a> {
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// What it says.
    pub content: AccountContent<'a>,
    /// The URL of the host's style sheet.
    pub style_url: &'a str,
}

/// What a reader's page says.
#[derive(Clone, Copy, Debug)]
pub enum AccountContent<'a> {
    /// There is no session.
    Nobody,
    /// Who the reader is.
    Reader(AccountReader<'a>),
    /// Whether they mean it, and what the form that says so carries.
    ConfirmErasure {
        /// Good for this reader alone.
        token: &'a str,
    },
    /// They were erased.
    Erased {
        /// `er_…`
        receipt: &'a str,
        /// When, as RFC 3339.
        at: &'a str,
        /// Whether nothing is left to be done.
        is_done: bool,
    },
}

/// A reader, as their page shows them.
#[derive(Clone, Copy, Debug)]
pub struct AccountReader<'a> {
    /// The person, if a publisher vouches for them.
    pub person: Option<AccountPerson<'a>>,
    /// The names of the circles where they took part, as far as that is known.
    pub circles: &'a [String],
}

/// A person, as their page shows them.
#[derive(Clone, Copy, Debug)]
pub struct AccountPerson<'a> {
    /// What they are called.
    pub name: &'a str,
    /// The address of their picture.
    pub avatar: Option<&'a str>,
    /// The name of the publisher through whom they signed in.
    pub publisher: &'a str,
    /// Since when, as RFC 3339.
    pub since: &'a str,
}

/// Where a reader's page, its forms and what they lead to are.
pub const ACCOUNT_PATH: &str = "/me";

/// The whole document.
pub fn account_document(d: &AccountDocument<'_>) -> String {
    let mut page = Page {
        out: Writer::default(),
        tongue: Tongue::of(d.lang),
    };
    begin(&mut page.out, d.lang, Theme::Auto);
    page.out
        .raw("<meta name=\"robots\" content=\"noindex\"><title>");
    page.words("我的资料", "Your data");
    page.out.raw("</title><link rel=\"stylesheet\"");
    page.out.attr("href", d.style_url).raw("></head>");
    page.out
        .raw("<body class=\"qk-page\"><main class=\"qk-own\">");
    match &d.content {
        AccountContent::Nobody => page.nobody(),
        AccountContent::Reader(reader) => page.reader(reader),
        AccountContent::ConfirmErasure { token } => page.confirm(token),
        AccountContent::Erased {
            receipt,
            at,
            is_done,
        } => page.erased(receipt, at, *is_done),
    }
    page.out.raw("</main><footer class=\"qk-foot\">");
    page.words("圈子卡片", "Circle card");
    page.out.raw("</footer></body></html>\n");
    page.out.finish()
}

struct Page {
    out: Writer,
    tongue: Tongue,
}

impl Page {
    fn words(&mut self, chinese: &'static str, english: &'static str) {
        self.out.text(self.tongue.pick(chinese, english));
    }

    fn heading(&mut self, chinese: &'static str, english: &'static str) {
        self.out.raw("<h1>");
        self.words(chinese, english);
        self.out.raw("</h1>");
    }

    fn paragraph(&mut self, chinese: &'static str, english: &'static str) {
        self.out.raw("<p>");
        self.words(chinese, english);
        self.out.raw("</p>");
    }

    fn nobody(&mut self) {
        self.heading("这里没有你的资料", "Nothing is kept of you here");
        self.paragraph(
            "你在这个浏览器里没有登录，也没有在卡片里参与过。参与之后，可以再来这里查看、导出或删除自己的资料。",
            "You are not signed in in this browser and have not taken part in any card. Once you \
             have, you can see, download and delete your data here.",
        );
    }

    fn reader(&mut self, reader: &AccountReader<'_>) {
        self.out.raw("<header>");
        match &reader.person {
            Some(person) => self.person(person),
            None => {
                self.heading("匿名读者", "Anonymous reader");
                self.paragraph(
                    "你没有登录。在这个浏览器里参与过的内容，都记在这个匿名身份下。",
                    "You are not signed in. What you did in this browser is kept under this \
                     anonymous identity.",
                );
            }
        }
        self.out.raw("</header>");
        self.circles(reader.circles);
        self.download();
        self.sign_out(reader.person.is_some());
        self.offer_erasure();
    }

    fn person(&mut self, person: &AccountPerson<'_>) {
        if let Some(avatar) = person.avatar {
            self.out
                .raw("<img class=\"qk-portrait\" alt=\"\" width=\"64\" height=\"64\"");
            self.out
                .attr("src", avatar)
                .raw(" referrerpolicy=\"no-referrer\">");
        }
        self.out
            .raw("<h1><bdi>")
            .text(person.name)
            .raw("</bdi></h1><p>");
        self.words("通过“", "Signed in through ");
        self.out.raw("<bdi>").text(person.publisher).raw("</bdi>");
        self.words("”登录 · 始于 ", " · since ");
        self.date(person.since);
        self.out.raw("</p>");
    }

    fn circles(&mut self, circles: &[String]) {
        if circles.is_empty() {
            return;
        }
        self.out.raw("<section><h2>");
        self.words("参与过的圈子", "Circles you took part in");
        self.out.raw("</h2><ul class=\"qk-circles\">");
        for circle in circles {
            self.out.raw("<li><bdi>").text(circle).raw("</bdi></li>");
        }
        self.out.raw("</ul></section>");
    }

    fn download(&mut self) {
        self.out.raw("<section><h2>");
        self.words("导出", "Download");
        self.out.raw("</h2>");
        self.paragraph(
            "下载这里保存的、与你有关的全部内容。文件是 JSON 格式。",
            "Everything that is kept of you here, as one JSON file.",
        );
        self.out
            .raw("<p><a class=\"qk-button qk-button-secondary\" href=\"/me/export\" download>");
        self.words("下载我的数据", "Download my data");
        self.out.raw("</a></p></section>");
    }

    fn sign_out(&mut self, is_person: bool) {
        self.out.raw("<section><h2>");
        self.words("退出", "Sign out");
        self.out.raw("</h2>");
        match is_person {
            true => self.paragraph(
                "退出之后，这个浏览器就不再认识你；随时可以重新登录。",
                "This browser will not know you any more. You can sign in again at any time.",
            ),
            false => self.paragraph(
                "匿名身份没有密码：退出之后就再也找不回来，需要的话请先导出。",
                "An anonymous identity has no password: once you leave it, there is no way back. \
                 Download your data first if you need them.",
            ),
        }
        self.out
            .raw("<form class=\"qk-row\" method=\"post\" action=\"/me/sign-out\">");
        self.out
            .raw("<button class=\"qk-button qk-button-secondary\">");
        match is_person {
            true => self.words("退出登录", "Sign out"),
            false => self.words("退出这个身份", "Leave this identity"),
        }
        self.out.raw("</button>");
        if is_person {
            self.out.raw(
                "<button class=\"qk-button qk-button-secondary\" name=\"everywhere\" value=\"1\">",
            );
            self.words("退出所有设备", "Sign out everywhere");
            self.out.raw("</button>");
        }
        self.out.raw("</form></section>");
    }

    fn offer_erasure(&mut self) {
        self.out.raw("<section><h2>");
        self.words("删除", "Delete");
        self.out.raw("</h2>");
        self.paragraph(
            "抹去你的名字和你在各个圈子里留下的内容。删除之后无法恢复。",
            "Your name and what you left in the circles are erased. This cannot be undone.",
        );
        self.out
            .raw("<p><a class=\"qk-button qk-button-danger\" href=\"/me/delete\">");
        self.words("删除我的资料…", "Delete my data …");
        self.out.raw("</a></p></section>");
    }

    fn confirm(&mut self, token: &str) {
        self.heading("确定要删除吗？", "Delete everything?");
        self.out.raw("<ul>");
        let facts = [
            (
                "你的名字、头像和登录状态都会抹去，所有设备都会退出。",
                "Your name, picture and sign-ins are erased, on all your devices.",
            ),
            (
                "卡片为你保存的内容和你的操作记录都会删除。",
                "What cards keep for you, and the record of what you did, are deleted.",
            ),
            (
                "已经计入的票数等总数会保留，但看不出和你有关。",
                "Totals, such as counted votes, stay, and nothing in them points to you.",
            ),
            (
                "删除之后无法恢复。以后再来，你就是一位新读者。",
                "This cannot be undone. If you come back, you are somebody new.",
            ),
        ];
        for (chinese, english) in facts {
            self.out.raw("<li>");
            self.words(chinese, english);
            self.out.raw("</li>");
        }
        self.out
            .raw("</ul><form class=\"qk-row\" method=\"post\" action=\"/me/delete\">");
        self.out
            .raw("<input type=\"hidden\" name=\"confirm\"")
            .attr("value", token)
            .raw("><button class=\"qk-button qk-button-danger\">");
        self.words("删除我的资料", "Delete my data");
        self.out
            .raw("</button><a class=\"qk-button qk-button-secondary\" href=\"/me\">");
        self.words("返回", "Go back");
        self.out.raw("</a></form>");
    }

    fn erased(&mut self, receipt: &str, at: &str, is_done: bool) {
        match is_done {
            true => {
                self.heading("已经删除", "Deleted");
                self.paragraph(
                    "你在这里的资料已经全部删除。",
                    "Everything that was kept of you here is deleted.",
                );
            }
            false => {
                self.heading("正在删除", "Being deleted");
                self.paragraph(
                    "你的名字和登录已经抹去，各个圈子里的内容会在片刻之内删除完毕。",
                    "Your name and sign-ins are erased. What is left in the circles will be gone \
                     in a moment.",
                );
            }
        }
        self.out.raw("<dl><dt>");
        self.words("回执编号", "Receipt");
        self.out.raw("</dt><dd><code>").text(receipt);
        self.out.raw("</code></dd><dt>");
        self.words("日期", "Date");
        self.out.raw("</dt><dd>");
        self.date(at);
        self.out.raw("</dd></dl>");
        self.paragraph(
            "如果以后需要证明这次删除，请记下回执编号。",
            "Keep the receipt if you may have to show that this was done.",
        );
    }

    /// A day, as both languages read it.
    fn date(&mut self, instant: &str) {
        let day = instant.split('T').next().unwrap_or_default();
        self.out.raw("<time").attr("datetime", instant).raw(">");
        self.out.text(day).raw("</time>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lang: &str, content: AccountContent<'_>) -> String {
        let html = account_document(&AccountDocument {
            lang,
            content,
            style_url: "/embed/card.css",
        });
        let (_, body) = html.split_once("<main class=\"qk-own\">").unwrap();
        let (body, _) = body.split_once("</main>").unwrap();
        body.replace("><", ">\n<")
    }

    #[test]
    fn a_person_sees_who_they_are_in_their_language() {
        let circles = ["贝壳读书圈".to_owned()];
        let content = AccountContent::Reader(AccountReader {
            person: Some(AccountPerson {
                name: "阿南",
                avatar: Some("https://example.com/a.png"),
                publisher: "贝壳日报",
                since: "2026-11-23T06:43:07Z",
            }),
            circles: &circles,
        });
        insta::assert_snapshot!(page("zh-CN", content), @r#"
        <header>
        <img class="qk-portrait" alt="" width="64" height="64" src="https://example.com/a.png" referrerpolicy="no-referrer">
        <h1>
        <bdi>阿南</bdi>
        </h1>
        <p>通过“<bdi>贝壳日报</bdi>”登录 · 始于 <time datetime="2026-11-23T06:43:07Z">2026-11-23</time>
        </p>
        </header>
        <section>
        <h2>参与过的圈子</h2>
        <ul class="qk-circles">
        <li>
        <bdi>贝壳读书圈</bdi>
        </li>
        </ul>
        </section>
        <section>
        <h2>导出</h2>
        <p>下载这里保存的、与你有关的全部内容。文件是 JSON 格式。</p>
        <p>
        <a class="qk-button qk-button-secondary" href="/me/export" download>下载我的数据</a>
        </p>
        </section>
        <section>
        <h2>退出</h2>
        <p>退出之后，这个浏览器就不再认识你；随时可以重新登录。</p>
        <form class="qk-row" method="post" action="/me/sign-out">
        <button class="qk-button qk-button-secondary">退出登录</button>
        <button class="qk-button qk-button-secondary" name="everywhere" value="1">退出所有设备</button>
        </form>
        </section>
        <section>
        <h2>删除</h2>
        <p>抹去你的名字和你在各个圈子里留下的内容。删除之后无法恢复。</p>
        <p>
        <a class="qk-button qk-button-danger" href="/me/delete">删除我的资料…</a>
        </p>
        </section>
        "#);
        let english = page("en", content);
        assert!(english.contains("Sign out everywhere"), "{english}");
        assert!(english.contains(" · since <time"), "{english}");
    }

    #[test]
    fn erasing_asks_once_more() {
        let content = AccountContent::ConfirmErasure { token: "T" };
        insta::assert_snapshot!(page("zh-CN", content), @r#"
        <h1>确定要删除吗？</h1>
        <ul>
        <li>你的名字、头像和登录状态都会抹去，所有设备都会退出。</li>
        <li>卡片为你保存的内容和你的操作记录都会删除。</li>
        <li>已经计入的票数等总数会保留，但看不出和你有关。</li>
        <li>删除之后无法恢复。以后再来，你就是一位新读者。</li>
        </ul>
        <form class="qk-row" method="post" action="/me/delete">
        <input type="hidden" name="confirm" value="T">
        <button class="qk-button qk-button-danger">删除我的资料</button>
        <a class="qk-button qk-button-secondary" href="/me">返回</a>
        </form>
        "#);
        assert!(page("en", content).contains("you are somebody new"));
    }

    #[test]
    fn a_receipt_says_what_was_done_and_when() {
        let content = AccountContent::Erased {
            receipt: "er_1",
            at: "2026-11-23T06:43:07Z",
            is_done: false,
        };
        insta::assert_snapshot!(page("zh-CN", content), @r#"
        <h1>正在删除</h1>
        <p>你的名字和登录已经抹去，各个圈子里的内容会在片刻之内删除完毕。</p>
        <dl>
        <dt>回执编号</dt>
        <dd>
        <code>er_1</code>
        </dd>
        <dt>日期</dt>
        <dd>
        <time datetime="2026-11-23T06:43:07Z">2026-11-23</time>
        </dd>
        </dl>
        <p>如果以后需要证明这次删除，请记下回执编号。</p>
        "#);
    }

    /// Names are the readers' and publishers' own.
    #[test]
    fn names_are_text() {
        let evil = "\"><script>alert(1)</script>";
        let circles = [evil.to_owned()];
        let content = AccountContent::Reader(AccountReader {
            person: Some(AccountPerson {
                name: evil,
                avatar: Some(evil),
                publisher: evil,
                since: evil,
            }),
            circles: &circles,
        });
        let html = page("zh-CN", content);
        assert!(!html.contains("<script"), "{html}");
        let content = AccountContent::ConfirmErasure { token: evil };
        assert!(!page("en", content).contains("<script"));
    }
}
