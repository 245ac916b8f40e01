//! What may be posted: sizes, characters, addresses, pictures, words.

use unicode_normalization::UnicodeNormalization;

use super::words::Finding;
use super::{Draft, Item, Picture, PostError, PostKind, PostLimits, PostRules, say};
use crate::community::media::{self, SOURCE_PREFIX, media};
use crate::store::Transaction;

/// Characters of a tag.
pub(super) const TAG_CHARS_MAX: usize = 24;
const ITEM_NAME_CHARS_MAX: usize = 80;
const ALT_CHARS_MAX: usize = 200;
const URL_BYTES_MAX: usize = 2_048;
const PERIOD_BYTES_MAX: usize = 16;

/// A draft that may be posted as it is.
#[derive(Debug)]
pub(super) struct Checked {
    pub text: String,
    pub tags: Vec<String>,
    pub pictures: Vec<Picture>,
    pub item: Option<Item>,
    pub period: Option<String>,
    /// What a word list found that a moderator must look at.
    pub found: Option<Finding>,
}

/// Checks everything of a draft by an author.
pub(super) async fn check(
    tx: &mut Transaction,
    rules: &PostRules,
    author: &str,
    locale: &str,
    draft: &Draft,
) -> Result<Checked, PostError> {
    let limits = &rules.limits;
    let text = plain(&draft.text);
    check_text(limits, locale, &text, draft)?;
    let tags = check_tags(limits, locale, &draft.tags)?;
    let item = draft.item.as_ref().map(|item| check_item(locale, item));
    let item = item.transpose()?;
    let period = check_period(locale, draft, &tags)?;
    let pictures = pictures(tx, limits, author, locale, &draft.pictures).await?;
    let mut words = texts(&text, &tags, item.as_ref(), &pictures);
    let link = draft.item.as_ref().and_then(|item| item.url.as_deref());
    let link = link.map(legible).unwrap_or_default();
    words.push(&link);
    if let Some(word) = rules.words.refused(&words) {
        return Err(PostError::Invalid(say(
            locale,
            format!("这里不能发含有“{word}”的内容，请改一改再发"),
            format!("“{word}” cannot be posted here: please change it and try again"),
        )));
    }
    Ok(Checked {
        found: rules.words.held(&words),
        text,
        tags,
        pictures,
        item,
        period,
    })
}

/// A tag as it is kept: without its sign, in one form of its characters.
pub fn tag(text: &str) -> Option<String> {
    let tag: String = text.nfkc().collect();
    let tag = tag.trim().trim_start_matches('#').trim();
    let length = tag.chars().count();
    let is_tag = (1..=TAG_CHARS_MAX).contains(&length)
        && !tag.contains([
            '#', '\u{200b}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}',
        ])
        && !tag.contains(is_unseen);
    is_tag.then(|| tag.to_owned())
}

/// Text as it is kept: lines end in one way, and nothing in it is unseen.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter(|&c| c == '\n' || !is_unseen(c));
    kept.collect::<String>().trim().to_owned()
}

/// Control characters, and those that turn the direction of what follows.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_text(
    limits: &PostLimits,
    locale: &str,
    text: &str,
    draft: &Draft,
) -> Result<(), PostError> {
    let length = text.chars().count();
    let max = limits.text_chars_max;
    if length > max {
        return Err(PostError::Invalid(say(
            locale,
            format!("最多 {max} 个字，现在有 {length} 个"),
            format!("At most {max} characters; these are {length}"),
        )));
    }
    if length == 0 && draft.item.is_none() && draft.pictures.is_empty() {
        return Err(PostError::Invalid(say(
            locale,
            "写点什么再发",
            "Write something first",
        )));
    }
    Ok(())
}

fn check_tags(
    limits: &PostLimits,
    locale: &str,
    asked: &[String],
) -> Result<Vec<String>, PostError> {
    let mut tags: Vec<String> = Vec::new();
    for text in asked {
        let Some(tag) = tag(text) else {
            return Err(PostError::Invalid(say(
                locale,
                format!("标签要有 1 到 {TAG_CHARS_MAX} 个字，不能有 #"),
                format!("A tag has 1 to {TAG_CHARS_MAX} characters, and no #"),
            )));
        };
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > limits.tags_max {
        let max = limits.tags_max;
        return Err(PostError::Invalid(say(
            locale,
            format!("最多 {max} 个标签"),
            format!("At most {max} tags"),
        )));
    }
    Ok(tags)
}

fn check_item(locale: &str, item: &Item) -> Result<Item, PostError> {
    let name = plain(&item.name).replace('\n', " ");
    let length = name.chars().count();
    if !(1..=ITEM_NAME_CHARS_MAX).contains(&length) {
        return Err(PostError::Invalid(say(
            locale,
            format!("名称要有 1 到 {ITEM_NAME_CHARS_MAX} 个字"),
            format!("A name has 1 to {ITEM_NAME_CHARS_MAX} characters"),
        )));
    }
    if item.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        return Err(PostError::Invalid(say(
            locale,
            "评分是 1 到 5 颗星",
            "A rating is 1 to 5 stars",
        )));
    }
    let url = item.url.as_deref().map(str::trim);
    let url = url.filter(|url| !url.is_empty());
    let parsed = url.map(|url| url::Url::parse(url).ok().filter(is_web));
    let url = match parsed {
        None => None,
        Some(Some(url)) if url.as_str().len() <= URL_BYTES_MAX => Some(url.to_string()),
        Some(_) => {
            return Err(PostError::Invalid(say(
                locale,
                "链接要以 https:// 开头",
                "A link begins with https://",
            )));
        }
    };
    Ok(Item {
        name,
        url,
        rating: item.rating,
    })
}

/// A link as browsers show it: what is percent-encoded as characters again.
fn legible(link: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(link.len()), link.as_bytes());
    while let [first, after @ ..] = rest {
        let digit = |at: usize| (*after.get(at)? as char).to_digit(16);
        let encoded = match first {
            b'%' => digit(0).zip(digit(1)),
            _ => None,
        };
        let (byte, skipped) = match encoded {
            Some((high, low)) => ((high * 16 + low).to_be_bytes()[3], 2),
            None => (*first, 0),
        };
        bytes.push(byte);
        rest = &after[skipped..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_web(url: &url::Url) -> bool {
    url.scheme() == "https" && url.host().is_some() && url.username().is_empty()
}

fn check_period(locale: &str, draft: &Draft, tags: &[String]) -> Result<Option<String>, PostError> {
    if draft.kind != PostKind::Record {
        return Ok(None);
    }
    let period = draft.period.as_deref().unwrap_or_default();
    let is_period = (1..=PERIOD_BYTES_MAX).contains(&period.len())
        && period
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_period || tags.is_empty() {
        return Err(PostError::Invalid(say(
            locale,
            "记录要有一个标签和一个周期",
            "A record has a tag and a period",
        )));
    }
    Ok(Some(period.to_owned()))
}

async fn pictures(
    tx: &mut Transaction,
    limits: &PostLimits,
    author: &str,
    locale: &str,
    asked: &[(String, String)],
) -> Result<Vec<Picture>, PostError> {
    if asked.len() > limits.pictures_max {
        let max = limits.pictures_max;
        return Err(PostError::Invalid(say(
            locale,
            format!("最多 {max} 张图片"),
            format!("At most {max} pictures"),
        )));
    }
    let mut pictures = Vec::with_capacity(asked.len());
    for (id, alt) in asked {
        let id = id.strip_prefix(SOURCE_PREFIX).unwrap_or(id);
        let alt = plain(alt);
        if alt.chars().count() > ALT_CHARS_MAX {
            return Err(PostError::Invalid(say(
                locale,
                format!("图片说明最多 {ALT_CHARS_MAX} 个字"),
                format!("A picture's description has at most {ALT_CHARS_MAX} characters"),
            )));
        }
        // No key is that long; and who did not give it has not got it.
        let kept = match id.len() {
            1..=64 => media(tx, id).await?,
            _ => None,
        };
        let kept = kept.filter(|kept| kept.member == author);
        let kept = kept.ok_or(PostError::NotFound("the author has given no such picture"))?;
        pictures.push(Picture {
            media: id.to_owned(),
            alt,
            width: kept.width,
            height: kept.height,
        });
    }
    Ok(pictures)
}

/// Counts in which posts pictures stand.
pub(super) async fn count_pictures(
    tx: &mut Transaction,
    author: &str,
    now_ms: u64,
    old: &[Picture],
    new: &[Picture],
) -> Result<(), PostError> {
    let ids = |pictures: &[Picture]| {
        let ids = pictures.iter().map(|picture| picture.media.clone());
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    let (old, new) = (ids(old), ids(new));
    for id in new.difference(&old) {
        media::take_up(tx, id, author).await?;
    }
    for id in old.difference(&new) {
        media::release(tx, id, now_ms).await?;
    }
    Ok(())
}

/// All words of a post that others would read.
fn texts<'a>(
    text: &'a str,
    tags: &'a [String],
    item: Option<&'a Item>,
    pictures: &'a [Picture],
) -> Vec<&'a str> {
    let mut texts = vec![text];
    texts.extend(tags.iter().map(String::as_str));
    texts.extend(item.map(|item| item.name.as_str()));
    texts.extend(pictures.iter().map(|picture| picture.alt.as_str()));
    texts
}
