//! Casting a vote and changing it.

use quanka_card::prelude::*;

use crate::config::Config;

/// How many votes each option has, by option id.
pub fn votes() -> tally::Tally {
    tally::card("votes")
}

/// How many readers have voted.
pub fn voters() -> tally::Tally {
    tally::card("voters")
}

/// The one counter of [`voters`].
const EVERYONE: &str = "all";

/// Where a reader's own vote is kept: a list of option ids. Viewer state is
/// shared by all polls of a circle, hence the card's id.
pub fn own_vote_key(cx: &CardContext<Config>) -> String {
    format!("vote/{}", cx.card)
}

/// Whether voting has ended at an instant.
pub fn is_closed(config: &Config, now: Timestamp) -> bool {
    config.closes_at.is_some_and(|closes_at| now >= closes_at)
}

/// Handles the action `vote`. It reads no tally: votes of many readers at once
/// would then conflict.
pub fn vote(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    if is_closed(&cx.config, cx.now) {
        return Err(Error::invalid(
            cx.tr("投票已经结束了", "This poll has closed"),
        ));
    }
    let chosen = chosen(cx, action.values("choice"))?;
    let key = own_vote_key(cx);
    let before: Option<Vec<String>> = state::viewer().get(&key)?;
    if before.as_ref() == Some(&chosen) {
        return Ok(Outcome::info(
            cx.tr("你的选择没有变", "Your vote is unchanged"),
        ));
    }
    // Every earlier vote is taken back, also for options that are gone from
    // the configuration: the tally stays the sum of what readers hold.
    for id in before.iter().flatten().filter(|id| !chosen.contains(id)) {
        votes().add(id, -1)?;
    }
    for id in chosen
        .iter()
        .filter(|id| !before.iter().flatten().any(|before| before == *id))
    {
        votes().add(id, 1)?;
    }
    if before.is_none() {
        voters().add(EVERYONE, 1)?;
    }
    state::viewer().put(&key, &chosen)?;
    let text = match before {
        None => cx.tr("已投票", "Voted"),
        Some(_) => cx.tr("已改投", "Vote changed"),
    };
    // The page hears that somebody voted, not for what.
    Ok(Outcome::success(text).event("vote", &NoData {}))
}

/// An event that says nothing but its name.
#[derive(serde::Serialize)]
struct NoData {}

/// What the reader chose, in the order of the configuration. The host has
/// checked it against the form the reader saw; the configuration may have
/// changed since.
fn chosen(cx: &ActionContext<Config>, values: &[String]) -> Result<Vec<String>> {
    let config = &cx.config;
    let wrong = |text: &str| Err(Error::invalid(text).field("choice", text));
    if values.iter().any(|id| !config.has_option(id)) {
        return wrong(cx.tr(
            "选项有变动，请重新选择",
            "The options have changed: choose again",
        ));
    }
    let chosen: Vec<String> = config
        .options
        .iter()
        .filter(|option| values.contains(&option.id))
        .map(|option| option.id.clone())
        .collect();
    let max = config.choices_max();
    match u32::try_from(chosen.len()) {
        Ok(0) => wrong(cx.tr("请先选一项", "Choose an option first")),
        Ok(count) if count <= max => Ok(chosen),
        _ => wrong(&cx.tr(format!("最多选 {max} 项"), format!("Choose at most {max}"))),
    }
}
