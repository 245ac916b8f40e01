//! Which of a plugin's languages a reader gets.
//!
//! Pure. BCP 47 lookup (RFC 4647, section 3.4), widened where readers of
//! Chinese would be let down by the letter of it: `zh-Hans-CN` finds `zh-CN`,
//! and `zh-HK` finds `zh-Hant`. Does not read requests.

/// The best of `available` for `wanted`, whose first is the reader's first
/// wish; the first of `available` if none fits.
///
/// Panics if nothing is available.
pub fn choose<'a>(available: &'a [String], wanted: &[impl AsRef<str>]) -> &'a str {
    let found = wanted
        .iter()
        .filter(|tag| is_tag(tag.as_ref()))
        .find_map(|tag| lookup(available, tag.as_ref()));
    found.unwrap_or(&available[0])
}

/// The languages of an `Accept-Language` header, the most wanted first.
/// Refused ones (`q=0`), the wildcard and what cannot be read are left out.
pub fn accept_language(header: &str) -> Vec<String> {
    // Browsers send some ten at most; the rest is somebody playing.
    const LANGUAGES_MAX: usize = 32;
    let mut languages: Vec<(f32, String)> = header
        .split(',')
        .take(LANGUAGES_MAX)
        .filter_map(weighted)
        .collect();
    // Stable: equals stay in the order of the header.
    languages.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    languages.into_iter().map(|(_, tag)| tag).collect()
}

/// Whether it looks like a language tag: `zh`, `zh-CN`, `zh-Hans-CN`.
pub fn is_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|tag| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        && text.len() <= 35
}

fn weighted(part: &str) -> Option<(f32, String)> {
    let (tag, parameter) = part.split_once(';').unwrap_or((part, "q=1"));
    let weight: f32 = parameter.trim().strip_prefix("q=")?.trim().parse().ok()?;
    let tag = tag.trim();
    (is_tag(tag) && weight > 0.0 && weight <= 1.0).then(|| (weight, tag.to_owned()))
}

/// From exact to alike: the tag itself and what is left as it is cut from the
/// end, with and without its script; then the same language in the same script;
/// then the same language.
fn lookup<'a>(available: &'a [String], tag: &str) -> Option<&'a str> {
    let same = |wanted: &str| {
        available
            .iter()
            .find(|name| name.eq_ignore_ascii_case(wanted))
    };
    let mut subtags: Vec<&str> = tag.split('-').collect();
    while subtags.len() > 1 {
        if let Some(name) = same(&subtags.join("-")) {
            return Some(name);
        }
        if is_script(subtags[1]) && subtags.len() > 2 {
            let without: Vec<&str> = subtags
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != 1)
                .map(|(_, tag)| *tag)
                .collect();
            if let Some(name) = same(&without.join("-")) {
                return Some(name);
            }
        }
        subtags.pop();
    }
    let language = subtags[0];
    let mut kin = available
        .iter()
        .filter(|name| language_of(name).eq_ignore_ascii_case(language));
    let script = script_of(tag);
    let in_script = kin
        .clone()
        .find(|name| script.is_some() && script_of(name) == script);
    let found = in_script.or_else(|| same(language)).or_else(|| kin.next());
    found.map(String::as_str)
}

fn language_of(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// The script a tag names or implies. Only Chinese is written in two that
/// readers do not mix.
fn script_of(tag: &str) -> Option<String> {
    let named = tag.split('-').skip(1).find(|subtag| is_script(subtag));
    if let Some(script) = named {
        return Some(script.to_ascii_lowercase());
    }
    let traditional = |subtag: &str| {
        ["tw", "hk", "mo"]
            .iter()
            .any(|place| place.eq_ignore_ascii_case(subtag))
    };
    let chinese = language_of(tag).eq_ignore_ascii_case("zh");
    chinese.then(|| {
        if tag.split('-').any(traditional) {
            "hant"
        } else {
            "hans"
        }
        .to_owned()
    })
}

fn is_script(subtag: &str) -> bool {
    subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_is_chosen() {
        #[track_caller]
        fn check(available: &str, wanted: &str, expected: &str) {
            let available: Vec<String> = available.split(' ').map(str::to_owned).collect();
            let wanted: Vec<&str> = wanted.split(' ').collect();
            assert_eq!(
                choose(&available, &wanted),
                expected,
                "{wanted:?} of {available:?}"
            );
        }
        check("zh-CN en", "zh-CN", "zh-CN");
        check("zh-CN en", "ZH-cn", "zh-CN");
        check("zh-CN en", "en", "en");
        check("zh-CN en", "en-GB", "en");
        check("zh-CN en", "zh-Hans-CN", "zh-CN");
        check("zh en", "zh-Hans-CN", "zh");
        check("en zh-CN", "zh", "zh-CN");
        check("en zh-CN", "zh-Hans", "zh-CN");
        check("en zh-CN", "zh-SG", "zh-CN");
        // A reader of traditional characters reads simplified ones rather than
        // a foreign language, but only if there is nothing better.
        check("en zh-CN", "zh-TW en", "zh-CN");
        check("en zh-CN zh-TW", "zh-HK", "zh-TW");
        check("en zh-CN zh-Hant", "zh-HK", "zh-Hant");
        check("en zh zh-Hant", "zh-HK", "zh-Hant");
        check("en zh", "zh-HK", "zh");
        check("zh-TW zh-CN", "zh", "zh-CN");
        check("en-US zh-CN", "en-GB", "en-US");
        check("en-US en zh-CN", "en-GB", "en");
        check("zh-CN en", "fr de", "zh-CN");
        check("zh-CN en", "fr en", "en");
        check("zh-CN en", "", "zh-CN");
        check("zh-CN en", "../../etc en", "en");
    }

    #[test]
    fn accept_language_is_read_by_weight() {
        #[track_caller]
        fn check(header: &str, expected: &str) {
            assert_eq!(accept_language(header).join(" "), expected, "{header:?}");
        }
        check("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN zh en");
        check("en;q=0.8, zh-CN", "zh-CN en");
        check("da, en-gb;q=0.8, en;q=0.7", "da en-gb en");
        check("fr;q=0, en", "en");
        check("*", "");
        check("en;q=2, de;q=-1, fr;q=x, it;level=1, es;q=NaN", "");
        check("", "");
        check(&"en,".repeat(40), &["en"; 32].join(" "));
    }

    #[test]
    fn language_tags_are_told_from_other_text() {
        #[track_caller]
        fn check(text: &str, expected: bool) {
            assert_eq!(is_tag(text), expected, "{text:?}");
        }
        check("zh", true);
        check("zh-Hans-CN", true);
        check("es-419", true);
        check("", false);
        check("z", false);
        check("zh_CN", false);
        check("zh-", false);
        check("zh-CN\r\n", false);
        check("a23-CN", false);
        check(&format!("zh{}", "-abcdefgh".repeat(4)), false);
    }
}
