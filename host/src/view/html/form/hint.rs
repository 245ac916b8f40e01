//! What an input takes, said before it is filled in.

use crate::view::{Choice, Input, InputKind, words::Tongue};

/// The limits of a field; none if it has none worth saying.
pub(super) fn of_input(tongue: Tongue, input: &Input) -> Option<String> {
    let limits = (input.min.as_deref(), input.max.as_deref());
    match (input.kind, tongue) {
        (InputKind::Text | InputKind::Multiline, Tongue::Chinese) => match limits {
            (None, None) => None,
            (Some(min), None) => Some(format!("至少 {min} 个字")),
            (None, Some(max)) => Some(format!("最多 {max} 个字")),
            (Some(min), Some(max)) => Some(format!("{min} 到 {max} 个字")),
        },
        (InputKind::Text | InputKind::Multiline, Tongue::English) => match limits {
            (None, None) => None,
            (Some(min), None) => Some(format!("At least {min} characters")),
            (None, Some(max)) => Some(format!("At most {max} characters")),
            (Some(min), Some(max)) => Some(format!("{min} to {max} characters")),
        },
        (InputKind::Number | InputKind::Date, Tongue::Chinese) => match limits {
            (None, None) => None,
            (Some(min), None) => Some(format!("从 {min} 起")),
            (None, Some(max)) => Some(format!("到 {max} 为止")),
            (Some(min), Some(max)) => Some(format!("{min} 到 {max}")),
        },
        (InputKind::Number | InputKind::Date, Tongue::English) => match limits {
            (None, None) => None,
            (Some(min), None) => Some(format!("From {min}")),
            (None, Some(max)) => Some(format!("Up to {max}")),
            (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        },
    }
}

/// How many options to choose; none if it is one, or as many as one likes.
pub(super) fn of_choice(tongue: Tongue, choice: &Choice) -> Option<String> {
    if !choice.many {
        return None;
    }
    let all = choice.max as usize >= choice.options.len();
    let (min, max) = (choice.min, choice.max);
    match (tongue, min, all) {
        (_, 0, true) => None,
        (Tongue::Chinese, 0, false) => Some(format!("最多选 {max} 项")),
        (Tongue::Chinese, _, true) => Some(format!("至少选 {min} 项")),
        (Tongue::Chinese, _, false) if min == max => Some(format!("选 {min} 项")),
        (Tongue::Chinese, _, false) => Some(format!("选 {min} 到 {max} 项")),
        (Tongue::English, 0, false) => Some(format!("Choose up to {max}")),
        (Tongue::English, _, true) => Some(format!("Choose at least {min}")),
        (Tongue::English, _, false) if min == max => Some(format!("Choose {min}")),
        (Tongue::English, _, false) => Some(format!("Choose {min} to {max}")),
    }
}
