//! Whole documents around a card: its own page, and the frame in an article.

use super::view::Shown;
use crate::app::{App, Card};
use crate::config::CardState;
use crate::contract::Outcome;
use crate::identity::{FormStamp, ReaderId, origin};
use crate::live::drawn::Freshness;
use crate::sandbox::plugin::Plugin;
use crate::service::card::{self, frame_height, size_word};
use crate::service::oembed::previews as previews_of;
use crate::service::picture::{self, PictureSize};
use crate::view::Size;
use crate::view::document::{
    self, Document, DocumentKind, Manner, SnippetsDocument, Standing, Theme,
};
use crate::view::html::{HtmlContext, Interaction, Pages, Submission, html};
use crate::view::oembed::Frame;

/// What a document depends on besides the view.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which document, and what may be done there.
    pub manner: Manner,
    /// The article that the request says it comes from. It is believed only
    /// as far as it lies on a site of the card's publisher.
    pub article: Option<String>,
    /// Addresses of the host's scripts and style sheet.
    pub assets: Assets,
}

/// Addresses of what documents load.
#[derive(Clone, Debug)]
pub struct Assets {
    /// `card.js`
    pub script_url: String,
    /// `identity.js`
    pub identity_url: String,
    /// `opaque.js`
    pub opaque_url: String,
    /// `times.js`
    pub times_url: String,
    /// `upload.js`
    pub upload_url: String,
    /// `share.js`
    pub share_url: String,
    /// `card.css`
    pub style_url: String,
}

/// The same, with what other sites' pages load.
#[derive(Clone, Debug)]
pub struct PublicAssets {
    /// For this host's own documents.
    pub assets: Assets,
    /// `v1.js`, absolute.
    pub embed_script_url: String,
}

/// What the last action leaves in a document.
#[derive(Clone, Debug)]
pub enum Aftermath {
    /// There was none.
    None,
    /// It was done.
    Done(Outcome),
    /// It was refused; the inputs are kept.
    Refused(Submission),
}

/// What the forms of a section send along.
#[derive(Clone, Copy, Debug)]
pub struct Forms<'a> {
    /// Tells a form sent twice from two forms. See [`own_stamp`].
    pub stamp: &'a str,
    /// The article that the answer links back to.
    pub article: Option<&'a str>,
    /// What was sent and refused, to be drawn again.
    pub submission: Option<&'a Submission>,
}

impl<'a> Forms<'a> {
    /// Those of a section that a script puts into a document that is there.
    pub fn of_section(stamp: &'a str) -> Forms<'a> {
        Forms {
            stamp,
            article: None,
            submission: None,
        }
    }
}

/// The document, for a reader with a session or without.
pub fn document(
    app: &App,
    card: &Card,
    shown: &Shown,
    reader: Option<&ReaderId>,
    setting: &Setting,
    aftermath: &Aftermath,
) -> String {
    let drawn = &shown.drawn;
    let view = drawn.view.view();
    let submission = match aftermath {
        Aftermath::Refused(submission) => Some(submission),
        Aftermath::None | Aftermath::Done(_) => None,
    };
    let stamp = own_stamp(app, shown);
    // A card that was drawn once has had its plugin; should that be gone now,
    // there is nothing to promise those who embed it.
    let previews = match setting.manner.kind {
        DocumentKind::Page => card::plugin(card).ok(),
        DocumentKind::Frame => None,
    };
    let previews = previews.map(|plugin| previews_of(app, card, &plugin, shown));
    let claimed = setting.article.as_deref();
    let hands = card.circle.hands();
    let article = claimed.and_then(|url| origin::article(url, &hands.publisher.origins));
    let forms = Forms {
        stamp: &stamp,
        article: article.as_ref().map(url::Url::as_str),
        submission,
    };
    let section = section(card, shown, setting.manner, &forms);
    let toast = match aftermath {
        Aftermath::Done(outcome) => outcome.toast.as_ref(),
        Aftermath::None | Aftermath::Refused(_) => None,
    };
    let is_chinese = drawn.key.locale.starts_with("zh");
    let notice = (shown.freshness == Freshness::Stale).then_some(if is_chinese {
        "卡片暂时出了点问题，这里显示的是稍早的内容"
    } else {
        "This card has a problem; what you see is from a little earlier"
    });
    document::document(&Document {
        kind: setting.manner.kind,
        lang: &drawn.key.locale,
        theme: setting.manner.theme,
        title: &view.title,
        description: &view.summary,
        image: view.image.as_deref(),
        previews: previews.as_ref(),
        canonical: &drawn.url(),
        card_url: &card.place.url,
        site_name: &hands.facts.name,
        publisher: &hands.facts.publisher,
        section: &section,
        page_url: &page_url(shown, forms.article),
        back_url: forms.article,
        live_url: &live_url(setting.manner),
        live_cards_max: app.config.live.cards_per_stream_max,
        height: frame_height(card, drawn.key.size),
        standing: match (setting.manner.interactive, reader) {
            (false, _) => Standing::Look,
            (true, None) => Standing::Act,
            (true, Some(_)) => Standing::ActAsKnown,
        },
        toast: toast.map(|toast| (toast.tone, toast.text.as_str())),
        notice,
        assets: setting.assets.as_document(),
    })
}

/// What to paste to have the card somewhere else, as a page.
pub fn snippets(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    shown: &Shown,
    public: &PublicAssets,
) -> String {
    let view = shown.drawn.view.view();
    let previews = previews_of(app, card, plugin, shown);
    let facts = card.circle.facts();
    document::snippets_document(&SnippetsDocument {
        lang: &shown.drawn.key.locale,
        title: &view.title,
        circle: &facts.name,
        publisher: &facts.publisher,
        card_url: &card.place.url,
        embed_script_url: &public.embed_script_url,
        frame: &Frame {
            url: previews.player.url.clone(),
            title: format!("{} · {}", view.title, facts.name),
            width: previews.player.width,
            height: previews.player.height,
        },
        picture: picture::lasting_link(app, card, shown, PictureSize::Medium).as_ref(),
        large_picture: previews.picture.as_ref(),
        style_url: &public.assets.style_url,
        script_url: &public.assets.script_url,
    })
}

impl Assets {
    fn as_document(&self) -> document::Assets<'_> {
        document::Assets {
            script_url: &self.script_url,
            identity_url: &self.identity_url,
            opaque_url: &self.opaque_url,
            times_url: &self.times_url,
            upload_url: &self.upload_url,
            share_url: &self.share_url,
            style_url: &self.style_url,
        }
    }
}

/// The stamp of one document, so that a form sent twice from it is one action,
/// and from two documents two.
pub fn own_stamp(app: &App, shown: &Shown) -> String {
    FormStamp::new(shown.drawn.view.version(), app.world.random()).to_string()
}

/// What stands in place of a stamp where many get the same bytes: none. Only a
/// script patches such a section in, and scripts draw a key for each tap. A
/// plain form sent from it all the same is refused, since its readers could
/// not be told apart.
pub fn no_stamp(shown: &Shown) -> &str {
    shown.drawn.view.version()
}

/// The section alone, as a script swaps it in.
pub fn section(card: &Card, shown: &Shown, manner: Manner, forms: &Forms<'_>) -> String {
    let drawn = &shown.drawn;
    let action = action(card, shown, manner, forms);
    let interaction = match (&drawn.tokens, card.state) {
        (_, CardState::Closed | CardState::Gone) => Interaction::Closed,
        (Some(tokens), CardState::Live) if manner.interactive => Interaction::Interactive {
            action: &action,
            tokens,
            submission: forms.submission,
        },
        _ => Interaction::ReadOnly {
            open_url: &drawn.url(),
        },
    };
    let pages = Pages {
        url: &first_page(card, shown, manner, forms),
        stay: true,
    };
    html(
        &drawn.view,
        &HtmlContext {
            card: card.slug.as_str(),
            site: card.place.site(),
            locale: &drawn.key.locale,
            size: drawn.key.size,
            at: &drawn.key.at,
            pages,
            interaction,
        },
    )
}

/// Where the forms of a document go.
fn action(card: &Card, shown: &Shown, manner: Manner, forms: &Forms<'_>) -> String {
    let drawn = &shown.drawn;
    let mut action = format!(
        "/c/{}/act?from={}&size={}&theme={}&lang={}&v={}",
        card.slug,
        from_word(manner.kind),
        size_word(drawn.key.size),
        theme_word(manner.theme),
        drawn.key.locale,
        forms.stamp,
    );
    if let Some(article) = forms.article {
        action.push('&');
        action.push_str(&article_query(article));
    }
    drawn.key.at.address(&action)
}

/// The document of the card's first page that looks and can do as this one:
/// where its links to other pages begin.
fn first_page(card: &Card, shown: &Shown, manner: Manner, forms: &Forms<'_>) -> String {
    let key = &shown.drawn.key;
    let (path, size_usual) = match manner.kind {
        DocumentKind::Page => ("", page_size(card)),
        DocumentKind::Frame => ("/embed", card.size),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    if key.size != size_usual {
        query.append_pair("size", size_word(key.size));
    }
    if manner.theme != Theme::Auto {
        query.append_pair("theme", theme_word(manner.theme));
    }
    query.append_pair("lang", &key.locale);
    if !manner.interactive {
        // The frame itself will be the referrer, which says nothing of the site
        // that it stands on.
        query.append_pair("interactive", "0");
    }
    if let Some(article) = forms.article {
        query.append_pair("article", article);
    }
    format!("/c/{}{path}?{}", card.slug, query.finish())
}

/// The size of the card on its own page, where it has room for the whole.
fn page_size(card: &Card) -> Size {
    let plugin = card::plugin(card);
    plugin.map_or(card.size, |plugin| {
        card::size(card, &plugin, Some(Size::Feed))
    })
}

/// The card's own page, with a way back to the article.
fn page_url(shown: &Shown, article: Option<&str>) -> String {
    let mut page = shown.drawn.url();
    if let Some(article) = article {
        page.push(if page.contains('?') { '&' } else { '?' });
        page.push_str(&article_query(article));
    }
    page
}

fn article_query(article: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("article", article);
    query.finish()
}

/// Where a document hears of changes: the same for all that can share a
/// stream. What of it is this one's, its section says.
fn live_url(manner: Manner) -> String {
    format!(
        "/live?as=html&from={}&theme={}&interactive={}",
        from_word(manner.kind),
        theme_word(manner.theme),
        u8::from(manner.interactive),
    )
}

/// The word for the document that something is asked from.
fn from_word(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Page => "page",
        DocumentKind::Frame => "embed",
    }
}

/// A theme by its word.
pub fn parse_theme(word: &str) -> Option<Theme> {
    [Theme::Auto, Theme::Light, Theme::Dark]
        .into_iter()
        .find(|&theme| theme_word(theme) == word)
}

/// The word for a theme.
pub fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}
