use std::collections::BTreeMap;

use super::{InputDeclaration, Range, Rule, accept};
use crate::view::samples::{checked, everything};

/// The declarations of the form in `everything`, which has an input of every
/// kind.
fn declarations() -> Vec<InputDeclaration> {
    checked(everything(str::to_owned)).offers()[0]
        .inputs
        .clone()
}

fn given(inputs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
    inputs
        .iter()
        .map(|(name, values)| ((*name).to_owned(), owned(values)))
        .collect()
}

/// One input given, and what it comes to: values, or a message behind `!`.
fn check(rule: &Rule, values: &[&str], locale: &str, expected: &[&str]) {
    let declaration = InputDeclaration {
        name: "field".to_owned(),
        rule: rule.clone(),
    };
    let outcome: Vec<String> = match accept(&[declaration], &given(&[("field", values)]), locale) {
        Ok(accepted) => {
            assert_eq!(accepted.len(), 1);
            accepted
                .into_iter()
                .flat_map(|(_, values)| values)
                .collect()
        }
        Err(refused) => refused
            .into_iter()
            .map(|(_, message)| format!("!{message}"))
            .collect(),
    };
    let outcome: Vec<&str> = outcome.iter().map(String::as_str).collect();
    assert_eq!(outcome, expected, "{rule:?} given {values:?}");
}

#[test]
fn text() {
    let line = Rule::Text {
        lines: false,
        required: true,
        min: 2,
        max: 5,
    };
    let lines = Rule::Text {
        lines: true,
        required: false,
        min: 0,
        max: 5,
    };
    for (rule, values, chinese) in [
        (&line, &["阿南"][..], &["阿南"][..]),
        (&line, &["👩‍👩‍👧‍👧"], &["!最多写 5 个字，现在是 7 个"]),
        (&line, &[" 阿南 "], &[" 阿南 "]),
        (&line, &[], &["!请填写这一项"]),
        (&line, &[""], &["!请填写这一项"]),
        (&line, &[" \u{3000} "], &["!请填写这一项"]),
        (&line, &["南"], &["!至少写 2 个字，现在是 1 个"]),
        (&line, &["东南西北中发"], &["!最多写 5 个字，现在是 6 个"]),
        (&line, &["阿南", "阿北"], &["!这一项只能有一个值"]),
        (&line, &["阿\n南"], &["!含有不能使用的字符，请删去后再试"]),
        (&line, &["阿\t南"], &["!含有不能使用的字符，请删去后再试"]),
        (&lines, &[], &[]),
        (&lines, &[""], &[]),
        (&lines, &["\r\n"], &[]),
        (&lines, &["一\r\n二\r三"], &["一\n二\n三"]),
        (&lines, &["一\t二"], &["一\t二"]),
        (&lines, &["一\0二"], &["!含有不能使用的字符，请删去后再试"]),
        (
            &lines,
            &["一\u{1b}[2J"],
            &["!含有不能使用的字符，请删去后再试"],
        ),
        (
            &lines,
            &["一\u{9b}二"],
            &["!含有不能使用的字符，请删去后再试"],
        ),
    ] {
        check(rule, values, "zh-CN", chinese);
    }
    check(&line, &[], "en", &["!Fill this in"]);
    check(&line, &["a"], "fr", &["!At least 2 characters; this has 1"]);
    check(
        &line,
        &["abcdef"],
        "en",
        &["!At most 5 characters; this has 6"],
    );
}

#[test]
fn numbers() {
    let limits = Range {
        required: true,
        min: Some("-1.5".to_owned()),
        max: Some("10".to_owned()),
    };
    let limited = Rule::Number(limits);
    let free = Rule::Number(Range::default());
    for (rule, value, expected) in [
        (&limited, "-1.5", &["-1.5"][..]),
        (&limited, " 10.0 ", &["10.0"]),
        (&limited, "-1.51", &["!不能小于 -1.5"]),
        (&limited, "10.001", &["!不能大于 10"]),
        (&limited, "", &["!请填写这一项"]),
        (&limited, "1e1", &["!请填写数字，例如 12 或 3.5"]),
        (&limited, "NaN", &["!请填写数字，例如 12 或 3.5"]),
        (&free, "", &[]),
        (&free, "12345678901234567890", &["12345678901234567890"]),
        (&free, "inf", &["!请填写数字，例如 12 或 3.5"]),
    ] {
        check(rule, &[value], "zh", expected);
    }
    check(&limited, &["11"], "en", &["!Must not be more than 10"]);
}

#[test]
fn dates() {
    let limits = Range {
        required: false,
        min: Some("2027-01-01".to_owned()),
        max: Some("2027-12-31".to_owned()),
    };
    let limited = Rule::Date(limits);
    for (value, expected) in [
        ("2027-01-01", &["2027-01-01"][..]),
        ("2027-12-31", &["2027-12-31"]),
        ("", &[]),
        ("2026-12-31", &["!不能早于 2027-01-01"]),
        ("2028-01-01", &["!不能晚于 2027-12-31"]),
        ("2027-02-29", &["!请填写日期，例如 2027-01-31"]),
        ("20270131", &["!请填写日期，例如 2027-01-31"]),
        ("2027-1-31", &["!请填写日期，例如 2027-01-31"]),
        ("2027-01-31T00:00:00", &["!请填写日期，例如 2027-01-31"]),
    ] {
        check(&limited, &[value], "zh", expected);
    }
}

#[test]
fn choices() {
    let options = || vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let one = Rule::Choice {
        options: options(),
        min: 1,
        max: 1,
    };
    let some = Rule::Choice {
        options: options(),
        min: 2,
        max: 2,
    };
    let any = Rule::Choice {
        options: options(),
        min: 0,
        max: 2,
    };
    for (rule, values, expected) in [
        (&one, &["b"][..], &["b"][..]),
        (&one, &[], &["!请选择一项"]),
        (&one, &[""], &["!请选择一项"]),
        (&one, &["a", "b"], &["!只能选一项"]),
        (&one, &["d"], &["!请从列出的选项里选择"]),
        (&one, &["a", "d"], &["!请从列出的选项里选择"]),
        (&some, &["a"], &["!至少选 2 项"]),
        (&some, &["c", "a"], &["a", "c"]),
        (&some, &["a", "a"], &["!至少选 2 项"]),
        (&any, &[], &[]),
        (&any, &["a", "b", "c"], &["!最多选 2 项"]),
    ] {
        check(rule, values, "zh", expected);
    }
    check(&one, &[], "en", &["!Choose an option"]);
    check(&any, &["a", "b", "c"], "en", &["!Choose at most 2"]);
}

/// Long values travel as hashes; what is given is held against them.
#[test]
fn long_options() {
    use crate::view::{ButtonStyle, Kind, samples as s};
    let long = "一个很长很长很长的选项值";
    let options = vec![s::option(long, "甲"), s::option("short", "乙")];
    let form = s::Tree(
        Kind::Form,
        vec![
            s::leaf(Kind::Choice(s::choice("选", options))),
            s::button("投", s::offer("vote"), ButtonStyle::Primary),
        ],
    );
    let declarations = checked(form.view("t")).offers()[0].inputs.clone();
    let Rule::Choice { options, .. } = &declarations[0].rule else {
        panic!("a choice")
    };
    assert_eq!(options[1], "short");
    assert!(options[0].len() == 24 && options[0] != long);
    let accepted = accept(&declarations, &given(&[("choice", &[long])]), "zh");
    assert_eq!(
        accepted,
        Ok(vec![("choice".to_owned(), vec![long.to_owned()])])
    );
    // Nobody gets through with the hash itself.
    let forged = options[0].clone();
    assert!(accept(&declarations, &given(&[("choice", &[&forged])]), "zh").is_err());
}

#[test]
fn toggles_and_ratings() {
    let stars = |required| Rule::Rating { max: 5, required };
    for (rule, values, expected) in [
        (&Rule::Toggle, &[][..], &["false"][..]),
        (&Rule::Toggle, &["true"], &["true"]),
        (&Rule::Toggle, &["false"], &["false"]),
        (&Rule::Toggle, &["on"], &["!请选择开或关"]),
        (&Rule::Toggle, &["true", "false"], &["!这一项只能有一个值"]),
        (&stars(false), &[], &[]),
        (&stars(false), &["0"], &[]),
        (&stars(false), &["5"], &["5"]),
        (&stars(true), &["1"], &["1"]),
        (&stars(true), &["0"], &["!请选择 1 到 5 颗星"]),
        (&stars(true), &[], &["!请选择 1 到 5 颗星"]),
        (&stars(true), &["6"], &["!请选择 1 到 5 颗星"]),
        (&stars(true), &["03"], &["!请选择 1 到 5 颗星"]),
        (&stars(true), &["+3"], &["!请选择 1 到 5 颗星"]),
        (&stars(true), &["-1"], &["!请选择 1 到 5 颗星"]),
    ] {
        check(rule, values, "zh", expected);
    }
}

#[test]
fn a_form_is_accepted_in_the_order_of_the_view() {
    let inputs = given(&[
        ("words", &["渡口"]),
        ("public", &["true"]),
        ("moods", &["ferry", "fog"]),
        ("pages", &["12"]),
    ]);
    let accepted = accept(&declarations(), &inputs, "zh").unwrap();
    let accepted: Vec<String> = accepted
        .iter()
        .map(|(name, values)| format!("{name}={}", values.join(",")))
        .collect();
    assert_eq!(
        accepted.join(" "),
        "moods=fog,ferry chapter= stars= nick= words=渡口 pages=12 day= shots= public=true"
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let inputs = given(&[
        ("pages", &["0"]),
        ("moods", &["fog", "river", "ferry"]),
        ("_offer", &["v1"]),
        ("nobody", &[]),
    ]);
    let refused = accept(&declarations(), &inputs, "zh").unwrap_err();
    let refused: Vec<String> = refused
        .iter()
        .map(|(name, message)| format!("{name}: {message}"))
        .collect();
    assert_eq!(
        refused,
        [
            "moods: 最多选 2 项",
            "words: 请填写这一项",
            "pages: 不能小于 1",
            "_offer: 这张卡片没有这一项",
            "nobody: 这张卡片没有这一项",
        ]
    );
}

/// Signed offers of yesterday must still be read: this shape may only grow.
#[test]
fn declarations_on_the_wire() {
    let encoded = serde_json::to_string(&declarations()).unwrap();
    insta::assert_snapshot!(
        encoded.replace("},{\"n\"", "},\n{\"n\""),
        @r#"
    [{"n":"moods","r":{"c":{"o":["fog","river","ferry"],"z":2}}},
    {"n":"chapter","r":{"c":{"o":["fog","river","ferry"],"z":1}}},
    {"n":"stars","r":{"s":{"z":5}}},
    {"n":"nick","r":{"t":{"z":2000}}},
    {"n":"words","r":{"t":{"l":true,"q":true,"z":200}}},
    {"n":"pages","r":{"u":{"a":"1","z":"300"}}},
    {"n":"day","r":{"d":{}}},
    {"n":"shots","r":{"p":{"z":3}}},
    {"n":"public","r":"b"}]
    "#
    );
    let decoded: Vec<InputDeclaration> = serde_json::from_str(&encoded).unwrap();
    assert_eq!(decoded, declarations());
}

#[test]
fn pictures() {
    const ONE: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    const TWO: &str = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";
    let pictures = |max, required| Rule::Pictures { max, required };
    check(&pictures(2, false), &[], "zh", &[]);
    check(&pictures(2, false), &[""], "zh", &[]);
    check(&pictures(2, true), &[""], "zh", &["!请选择图片"]);
    check(&pictures(2, true), &[TWO, ONE], "zh", &[TWO, ONE]);
    check(&pictures(1, true), &[ONE, ONE], "zh", &[ONE]);
    check(
        &pictures(1, true),
        &[ONE, TWO],
        "en",
        &["!At most 1 picture"],
    );
    check(&pictures(1, true), &[ONE, TWO], "zh", &["!最多 1 张图片"]);
    for forged in [
        "x",
        "../../../etc/passwd",
        &ONE[1..],
        &format!("{ONE}A"),
        "媒",
    ] {
        check(
            &pictures(2, false),
            &[forged],
            "en",
            &["!Choose the pictures again"],
        );
    }
}
