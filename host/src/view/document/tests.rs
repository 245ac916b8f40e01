use super::{
    Assets, Document, DocumentKind, NoticeDocument, NoticeReason, Standing, Theme, ToastTone,
    document, notice_document,
};

fn sample(kind: DocumentKind) -> Document<'static> {
    Document {
        kind,
        lang: "zh-CN",
        theme: Theme::Auto,
        title: "下个月读什么？",
        description: "三本书里选一本。",
        image: Some("https://img.example/cover.jpg"),
        previews: None,
        canonical: "https://cards.example/c/vote",
        card_url: "https://cards.example/c/vote",
        site_name: "贝壳读书圈",
        publisher: "贝壳日报",
        section: "<section class=\"qk-card\"></section>",
        page_url: "https://cards.example/c/vote?article=a",
        back_url: Some("https://daily.example/a?b&c"),
        live_url: "/live?as=html&cards=vote",
        live_cards_max: 32,
        height: 440,
        standing: Standing::ActAsKnown,
        toast: None,
        notice: None,
        assets: Assets {
            script_url: "/embed/card.js",
            identity_url: "/embed/identity.js",
            opaque_url: "/embed/opaque.js",
            times_url: "/embed/times.js",
            upload_url: "/embed/upload.js",
            share_url: "/embed/share.js",
            style_url: "/embed/card.css",
        },
    }
}

fn lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

#[test]
fn page() {
    insta::assert_snapshot!(lines(&document(&sample(DocumentKind::Page))), @r#"
    <!doctype html>
    <html lang="zh-CN" data-theme="auto">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>下个月读什么？ · 贝壳读书圈</title>
    <link rel="canonical" href="https://cards.example/c/vote">
    <meta name="description" content="三本书里选一本。">
    <meta property="og:type" content="website">
    <meta property="og:title" content="下个月读什么？">
    <meta property="og:description" content="三本书里选一本。">
    <meta property="og:url" content="https://cards.example/c/vote">
    <meta property="og:site_name" content="贝壳读书圈">
    <meta property="og:locale" content="zh_CN">
    <meta property="og:image" content="https://img.example/cover.jpg">
    <meta property="og:image:alt" content="下个月读什么？">
    <meta name="twitter:card" content="summary_large_image">
    <meta name="twitter:title" content="下个月读什么？">
    <meta name="twitter:description" content="三本书里选一本。">
    <meta name="twitter:image" content="https://img.example/cover.jpg">
    <meta name="twitter:image:alt" content="下个月读什么？">
    <link rel="stylesheet" href="/embed/card.css">
    <script src="/embed/card.js" defer>
    </script>
    </head>
    <body class="qk-page" data-qk-page="https://cards.example/c/vote?article=a" data-qk-live="/live?as=html&amp;cards=vote" data-qk-live-max="32" data-qk-times="/embed/times.js" data-qk-upload="/embed/upload.js" data-qk-share="/embed/share.js" data-qk-identity="/embed/identity.js">
    <header class="qk-masthead">
    <a class="qk-back" href="https://daily.example/a?b&amp;c">回到文章</a>
    <p class="qk-circle">贝壳读书圈</p>
    <p class="qk-publisher">贝壳日报</p>
    </header>
    <main>
    <h1 class="qk-unseen">下个月读什么？</h1>
    <section class="qk-card">
    </section>
    </main>
    <footer class="qk-foot">
    <span>圈子卡片</span>
    <a href="/me">我的数据</a>
    <a href="https://cards.example/c/vote/snippets">嵌入</a>
    </footer>
    </body>
    </html>
    "#);
}

#[test]
fn frame_after_an_action() {
    let d = Document {
        theme: Theme::Dark,
        toast: Some((ToastTone::Success, "已投票")),
        notice: Some("显示的是稍早的内容"),
        ..sample(DocumentKind::Frame)
    };
    insta::assert_snapshot!(lines(&document(&d)), @r#"
    <!doctype html>
    <html lang="zh-CN" data-theme="dark">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="dark">
    <meta name="robots" content="noindex">
    <title>下个月读什么？</title>
    <link rel="canonical" href="https://cards.example/c/vote">
    <link rel="stylesheet" href="/embed/card.css">
    <script src="/embed/card.js" defer>
    </script>
    </head>
    <body class="qk-frame" data-qk-page="https://cards.example/c/vote?article=a" data-qk-live="/live?as=html&amp;cards=vote" data-qk-live-max="32" data-qk-times="/embed/times.js" data-qk-upload="/embed/upload.js" data-qk-share="/embed/share.js" data-qk-height="440" data-qk-opaque="/embed/opaque.js" data-qk-identity="/embed/identity.js">
    <p class="qk-notice" role="note">显示的是稍早的内容</p>
    <p class="qk-toast qk-toast-success" role="status">已投票</p>
    <section class="qk-card">
    </section>
    <noscript>
    <p class="qk-elsewhere">
    <a href="https://cards.example/c/vote?article=a" target="_blank" rel="noopener">在新窗口中打开</a>
    </p>
    </noscript>
    <a class="qk-account" href="/me" target="_blank" rel="noopener">我的数据</a>
    <div class="qk-more" hidden>
    <button type="button" class="qk-more-button" aria-expanded="false">展开</button>
    </div>
    </body>
    </html>
    "#);
}

/// Who looks at nobody's document has nothing there and nowhere to sign in.
#[test]
fn a_frame_to_look_at_knows_nobody() {
    let html = document(&Document {
        standing: Standing::Look,
        ..sample(DocumentKind::Frame)
    });
    for what in ["identity", "qk-account", "noscript"] {
        assert!(!html.contains(what), "{what}: {html}");
    }
}

#[test]
fn nothing_empty_is_described() {
    let d = Document {
        description: "",
        image: None,
        ..sample(DocumentKind::Page)
    };
    let html = document(&d);
    assert!(
        !html.contains("description") && !html.contains("og:image"),
        "{html}"
    );
}

#[test]
fn no_text_becomes_markup() {
    const HOSTILE: &str = "\"'><script>alert(1)</script></title><!--";
    let clean = sample(DocumentKind::Page);
    let d = Document {
        lang: HOSTILE,
        title: HOSTILE,
        description: HOSTILE,
        image: Some(HOSTILE),
        canonical: HOSTILE,
        site_name: HOSTILE,
        publisher: HOSTILE,
        toast: Some((ToastTone::Info, HOSTILE)),
        notice: Some(HOSTILE),
        live_url: HOSTILE,
        page_url: HOSTILE,
        back_url: Some(HOSTILE),
        assets: Assets {
            script_url: HOSTILE,
            identity_url: HOSTILE,
            opaque_url: HOSTILE,
            times_url: HOSTILE,
            upload_url: HOSTILE,
            share_url: HOSTILE,
            style_url: HOSTILE,
        },
        ..clean
    };
    for kind in [DocumentKind::Page, DocumentKind::Frame] {
        let html = document(&Document { kind, ..d });
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert!(
            !html.contains("alert(1)</script>") && !html.contains("<!--"),
            "{html}"
        );
        assert!(
            !html.contains(" style=") && !html.contains("<style"),
            "{html}"
        );
    }
    let html = notice_document(&NoticeDocument {
        lang: HOSTILE,
        retry_url: Some(HOSTILE),
        request_id: HOSTILE,
        script_url: HOSTILE,
        style_url: HOSTILE,
        ..notice(NoticeReason::Gone)
    });
    assert_eq!(html.matches("<script").count(), 1, "{html}");
    assert!(
        !html.contains("alert(1)</script>") && !html.contains("<!--"),
        "{html}"
    );
}

fn notice(reason: NoticeReason) -> NoticeDocument<'static> {
    NoticeDocument {
        kind: DocumentKind::Frame,
        lang: "zh-CN",
        theme: Theme::Light,
        reason,
        retry_url: None,
        request_id: "",
        script_url: "/embed/card.js",
        style_url: "/embed/card.css",
    }
}

#[test]
fn a_card_that_is_gone() {
    insta::assert_snapshot!(lines(&notice_document(&notice(NoticeReason::Gone))), @r#"
    <!doctype html>
    <html lang="zh-CN" data-theme="light">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light">
    <meta name="robots" content="noindex">
    <title>卡片已下线</title>
    <link rel="stylesheet" href="/embed/card.css">
    <script src="/embed/card.js" defer>
    </script>
    </head>
    <body class="qk-frame" data-qk-notice="gone">
    <main class="qk-absent">
    <h1>卡片已下线</h1>
    <p>发布者已经撤下了这张卡片。</p>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn a_card_that_failed() {
    let d = NoticeDocument {
        kind: DocumentKind::Page,
        lang: "en",
        retry_url: Some("/c/vote"),
        request_id: "req_01",
        ..notice(NoticeReason::PluginFault)
    };
    insta::assert_snapshot!(lines(&notice_document(&d)), @r#"
    <!doctype html>
    <html lang="en" data-theme="light">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light">
    <meta name="robots" content="noindex">
    <title>This card is not working just now</title>
    <link rel="stylesheet" href="/embed/card.css">
    <script src="/embed/card.js" defer>
    </script>
    </head>
    <body class="qk-page" data-qk-notice="plugin_fault">
    <main class="qk-absent">
    <h1>This card is not working just now</h1>
    <p>It ran into an error, which has been recorded. Please come back later.</p>
    <p>
    <a class="qk-button qk-button-secondary" href="/c/vote">Try again</a>
    </p>
    <p class="qk-request">
    <code>req_01</code>
    </p>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn every_notice_has_words_of_its_own() {
    use NoticeReason as R;
    let reasons = [
        R::Unknown,
        R::Gone,
        R::Refused,
        R::SignInRequired,
        R::RateLimited,
        R::PluginFault,
        R::Overloaded,
        R::Unavailable,
        R::Internal,
    ];
    for lang in ["zh-CN", "en"] {
        let documents = reasons.map(|reason| {
            let mut d = notice(reason);
            d.lang = lang;
            notice_document(&d)
        });
        let titles = documents.iter().map(|html| {
            let title = &html[html.find("<title>").unwrap()..];
            title[..title.find("</title>").unwrap()].to_owned()
        });
        let mut titles: Vec<String> = titles.collect();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), reasons.len());
    }
}
