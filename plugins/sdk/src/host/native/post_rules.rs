//! What may be posted: sizes, addresses, pictures. (Word lists and how often
//! somebody may post are the operator's, and not here.)

use super::{Data, not_found, wit};
use crate::posts::{TAG_CHARS_MAX, tag};
use wit::posts::{Draft, Item, Picture, PostKind};
use wit::types::{Error, InvalidInput};

const TEXT_CHARS_MAX: usize = 2_000;
const TAGS_MAX: usize = 5;
const PICTURES_MAX: usize = 9;
const ALT_CHARS_MAX: usize = 200;
const ITEM_NAME_CHARS_MAX: usize = 80;
const PERIOD_BYTES_MAX: usize = 16;
const REASON_CHARS_MAX: usize = 200;

/// A draft that may be posted as it is.
pub(super) struct Checked {
    pub text: String,
    pub tags: Vec<String>,
    pub pictures: Vec<Picture>,
    pub item: Option<Item>,
    pub period: Option<String>,
}

pub(super) fn check(
    data: &Data,
    author: &str,
    locale: &str,
    draft: &Draft,
) -> Result<Checked, Error> {
    let text = draft.text.trim().to_owned();
    let length = text.chars().count();
    if length > TEXT_CHARS_MAX {
        return Err(invalid(
            locale,
            &format!("最多 {TEXT_CHARS_MAX} 个字,现在有 {length} 个"),
            &format!("At most {TEXT_CHARS_MAX} characters; these are {length}"),
        ));
    }
    if length == 0 && draft.item.is_none() && draft.pictures.is_empty() {
        return Err(invalid(locale, "写点什么再发", "Write something first"));
    }
    let tags = check_tags(locale, &draft.tags)?;
    let item = draft.item.as_ref().map(|item| check_item(locale, item));
    Ok(Checked {
        text,
        period: check_period(locale, draft, &tags)?,
        tags,
        pictures: check_pictures(data, author, locale, &draft.pictures)?,
        item: item.transpose()?,
    })
}

fn check_tags(locale: &str, asked: &[String]) -> Result<Vec<String>, Error> {
    let mut tags: Vec<String> = Vec::new();
    for text in asked {
        let Some(tag) = tag(text) else {
            return Err(invalid(
                locale,
                &format!("标签要有 1 到 {TAG_CHARS_MAX} 个字,不能有 #"),
                &format!("A tag has 1 to {TAG_CHARS_MAX} characters, and no #"),
            ));
        };
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(invalid(
            locale,
            &format!("最多 {TAGS_MAX} 个标签"),
            &format!("At most {TAGS_MAX} tags"),
        ));
    }
    Ok(tags)
}

fn check_item(locale: &str, item: &Item) -> Result<Item, Error> {
    let name = item.name.trim().to_owned();
    if !(1..=ITEM_NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(invalid(
            locale,
            &format!("名称要有 1 到 {ITEM_NAME_CHARS_MAX} 个字"),
            &format!("A name has 1 to {ITEM_NAME_CHARS_MAX} characters"),
        ));
    }
    if item.rating.is_some_and(|stars| !(1..=5).contains(&stars)) {
        return Err(invalid(
            locale,
            "评分是 1 到 5 颗星",
            "A rating is 1 to 5 stars",
        ));
    }
    let url = item.url.as_deref().map(str::trim);
    let url = url.filter(|url| !url.is_empty());
    if url.is_some_and(|url| !url.starts_with("https://")) {
        return Err(invalid(
            locale,
            "链接要以 https:// 开头",
            "A link begins with https://",
        ));
    }
    Ok(Item {
        name,
        url: url.map(str::to_owned),
        rating: item.rating,
    })
}

fn check_period(locale: &str, draft: &Draft, tags: &[String]) -> Result<Option<String>, Error> {
    if draft.kind != PostKind::Record {
        return Ok(None);
    }
    let period = draft.period.as_deref().unwrap_or_default();
    let is_period = (1..=PERIOD_BYTES_MAX).contains(&period.len())
        && period
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_period || tags.is_empty() {
        return Err(invalid(
            locale,
            "记录要有一个标签和一个周期",
            "A record has a tag and a period",
        ));
    }
    Ok(Some(period.to_owned()))
}

fn check_pictures(
    data: &Data,
    author: &str,
    locale: &str,
    pictures: &[Picture],
) -> Result<Vec<Picture>, Error> {
    if pictures.len() > PICTURES_MAX {
        return Err(invalid(
            locale,
            &format!("最多 {PICTURES_MAX} 张图片"),
            &format!("At most {PICTURES_MAX} pictures"),
        ));
    }
    for picture in pictures {
        if data.media.get(&picture.media).map(String::as_str) != Some(author) {
            return Err(not_found("the reader has uploaded no such picture"));
        }
        if picture.alt.chars().count() > ALT_CHARS_MAX {
            return Err(invalid(
                locale,
                &format!("图片说明最多 {ALT_CHARS_MAX} 个字"),
                &format!("A description has at most {ALT_CHARS_MAX} characters"),
            ));
        }
    }
    Ok(pictures.to_vec())
}

pub(super) fn check_reason(locale: &str, reason: &str) -> Result<(), Error> {
    if (1..=REASON_CHARS_MAX).contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    Err(invalid(
        locale,
        &format!("原因要有 1 到 {REASON_CHARS_MAX} 个字"),
        &format!("A reason has 1 to {REASON_CHARS_MAX} characters"),
    ))
}

pub(super) fn invalid(locale: &str, chinese: &str, english: &str) -> Error {
    Error::Invalid(InvalidInput {
        text: say(locale, chinese, english),
        fields: Vec::new(),
    })
}

pub(super) fn say(locale: &str, chinese: &str, english: &str) -> String {
    let is_chinese = locale == "zh" || locale.starts_with("zh-");
    if is_chinese { chinese } else { english }.to_owned()
}
