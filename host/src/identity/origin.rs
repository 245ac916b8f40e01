//! Where a request comes from, and what that allows.
//!
//! Two rules of surface.md as pure functions over header texts: which unsafe
//! requests are refused as cross-site, and whether a frame may be interactive.
//! What a page claims about itself never counts; a `Host` header is not asked.

use url::Url;

use crate::config::WebOrigin;

/// What a browser says about where a request was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// `Sec-Fetch-Site`
    pub sec_fetch_site: Option<&'a str>,
    /// `Origin`
    pub origin: Option<&'a str>,
}

/// An unsafe request that another site had a browser make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrossSite {
    /// By `Sec-Fetch-Site`, which no page can set.
    #[error("Sec-Fetch-Site is {0:?}; only same-origin requests may act")]
    FetchSite(String),
    /// By `Origin`, from a browser without `Sec-Fetch-Site`.
    #[error("Origin is {0:?}; only this host's own pages may act")]
    Origin(String),
}

/// Lets an unsafe request pass if it was made on this host's own pages, or
/// not by a browser at all.
pub fn same_site(request: Provenance<'_>, public_origin: &WebOrigin) -> Result<(), CrossSite> {
    match (request.sec_fetch_site, request.origin) {
        // `none`: the reader's own doing, such as sending a form again after
        // reopening the tab.
        (Some("same-origin" | "none"), _) => Ok(()),
        (Some(other), _) => Err(CrossSite::FetchSite(other.to_owned())),
        (None, Some(origin)) if origin == public_origin.as_str() => Ok(()),
        (None, Some(origin)) => Err(CrossSite::Origin(origin.to_owned())),
        (None, None) => Ok(()),
    }
}

/// How a frame document may behave (surface.md, M2 and M3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No offers, and `frame-ancestors *`.
    ReadOnly,
    /// Offers, and `frame-ancestors` naming the publisher's origins: so a
    /// forged Referer wins a document that its page cannot show.
    Interactive,
}

/// The mode of a frame document, by the page that asks for it.
///
/// This host's own origin counts: after a form's redirect the frame itself is
/// the referrer.
pub fn mode(
    referer: Option<&str>,
    publisher_origins: &[WebOrigin],
    public_origin: &WebOrigin,
) -> Mode {
    let Some(from) = referer.and_then(|referer| Url::parse(referer).ok()) else {
        return Mode::ReadOnly;
    };
    // What has no origin of its own serialises as `null`, which no origin is.
    let from = from.origin().ascii_serialization();
    let known = publisher_origins.iter().chain([public_origin]);
    if known.map(WebOrigin::as_str).any(|origin| origin == from) {
        Mode::Interactive
    } else {
        Mode::ReadOnly
    }
}

/// The article that a reader says they come from, if it lies on one of the
/// publisher's own sites: so the link back to it leads nowhere else, whoever
/// wrote the address that named it.
pub fn article(claimed: &str, publisher_origins: &[WebOrigin]) -> Option<Url> {
    let article = (claimed.len() <= ARTICLE_BYTES_MAX)
        .then(|| Url::parse(claimed).ok())
        .flatten()?;
    let site = article.origin().ascii_serialization();
    let is_known = publisher_origins
        .iter()
        .any(|origin| origin.as_str() == site);
    // A `blob:` has the origin of whoever made it, too.
    let is_web = matches!(article.scheme(), "http" | "https");
    let has_login = !article.username().is_empty() || article.password().is_some();
    (is_known && is_web && !has_login).then_some(article)
}

/// Longer addresses travel badly: some proxies cut a request line at 8 KiB, and
/// this one stands in another one's query.
const ARTICLE_BYTES_MAX: usize = 1024;

#[cfg(test)]
mod tests;
