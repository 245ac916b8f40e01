//! What a guest may say in an outcome.

use crate::config::CardSlug;
use crate::contract::{Destination, Outcome};
use url::Url;

const TOAST_CHARS_MAX: usize = 200;
const EVENT_BYTES_MAX: usize = 4096;
const URL_BYTES_MAX: usize = 2048;

/// Checks an outcome against the contract.
///
/// # Errors
///
/// What is wrong, for the plugin's author.
pub fn check(outcome: &Outcome) -> Result<(), String> {
    if let Some(toast) = &outcome.toast {
        let chars = toast.text.chars().count();
        if chars == 0 || chars > TOAST_CHARS_MAX {
            return Err(format!(
                "outcome.toast has {chars} characters; it takes 1 to {TOAST_CHARS_MAX}"
            ));
        }
    }
    match &outcome.navigate {
        Some(Destination::Url(url)) => check_url(url)?,
        Some(Destination::Card(slug)) => {
            slug.parse::<CardSlug>()
                .map_err(|_| format!("outcome.navigate: `{slug}` is not a card's slug"))?;
        }
        None => {}
    }
    if let Some(event) = &outcome.event {
        if !is_name(&event.name) {
            return Err(format!(
                "outcome.event: `{}` is not a name like `vote` or `wish-added`",
                event.name
            ));
        }
        if event.data.len() > EVENT_BYTES_MAX {
            return Err(format!(
                "outcome.event has {} bytes of data; it takes {EVENT_BYTES_MAX}",
                event.data.len()
            ));
        }
        serde_json::from_str::<serde::de::IgnoredAny>(&event.data)
            .map_err(|error| format!("outcome.event: its data are not JSON: {error}"))?;
    }
    Ok(())
}

fn check_url(text: &str) -> Result<(), String> {
    let is_https = Url::parse(text).is_ok_and(|url| url.scheme() == "https");
    if is_https && text.len() <= URL_BYTES_MAX {
        return Ok(());
    }
    Err(format!(
        "outcome.navigate: `{}` is not an https address of at most {URL_BYTES_MAX} bytes",
        text.chars().take(80).collect::<String>()
    ))
}

/// `[a-z][a-z0-9-]*`, at most 64 bytes.
fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::contract::{Destination, Outcome, PageEvent, Toast, ToastTone};

    fn toast(text: &str) -> Outcome {
        Outcome {
            toast: Some(Toast {
                tone: ToastTone::Success,
                text: text.to_owned(),
            }),
            ..Outcome::default()
        }
    }

    fn navigate(destination: Destination) -> Outcome {
        Outcome {
            navigate: Some(destination),
            ..Outcome::default()
        }
    }

    fn event(name: &str, data: &str) -> Outcome {
        Outcome {
            event: Some(PageEvent {
                name: name.to_owned(),
                data: data.to_owned(),
            }),
            ..Outcome::default()
        }
    }

    #[test]
    fn outcomes_obey_the_contract() {
        let ok = |outcome: Outcome| assert_eq!(check(&outcome), Ok(()));
        let bad = |outcome: Outcome, expected: &str| {
            let said = check(&outcome).expect_err(expected);
            assert!(said.contains(expected), "{said}");
        };
        ok(Outcome::default());
        ok(toast("已投票"));
        bad(toast(""), "it takes 1 to 200");
        bad(toast(&"票".repeat(201)), "201 characters");
        ok(navigate(Destination::Url(
            "https://example.com/a".to_owned(),
        )));
        bad(
            navigate(Destination::Url("javascript:alert(1)".to_owned())),
            "not an https address",
        );
        bad(
            navigate(Destination::Url("http://example.com".to_owned())),
            "not an https address",
        );
        bad(
            navigate(Destination::Url("//example.com".to_owned())),
            "not an https address",
        );
        ok(navigate(Destination::Card("vote".to_owned())));
        bad(
            navigate(Destination::Card("../x".to_owned())),
            "not a card's slug",
        );
        ok(event("vote", "{}"));
        bad(event("Vote", "{}"), "not a name");
        bad(event("vote", "{"), "not JSON");
        bad(
            event("vote", &format!("\"{}\"", "x".repeat(4096))),
            "4098 bytes",
        );
    }
}
