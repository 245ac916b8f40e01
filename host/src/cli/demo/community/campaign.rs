//! 秋日晒好物: those of the good things' circle who collect points for a draw.

use super::{Company, DAY_MS, HOUR_MS, MINUTE_MS, Member};
use crate::cli::demo::stage::Step;

const CARD: &str = "autumn";
/// One of those who can be signed in, and others.
const READERS: [std::ops::Range<usize>; 2] = [0..1, 30..75];
const DAYS: u64 = 20;

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    let begin_ms = company.end_ms - DAYS * DAY_MS;
    let enter = Step::new(CARD, "", "enter");
    company.stage.set_time(begin_ms);
    let mut members = Vec::new();
    for number in READERS.into_iter().flatten() {
        let at_ms = begin_ms + MINUTE_MS * (1 + number as u64);
        if members.is_empty() {
            let first = company
                .stage
                .sign_in(CARD, &company.readers[number])
                .await?;
            company.stage.wait_for(&first, enter).await?;
        }
        members.push(company.join(number, enter, at_ms).await?);
    }
    for day in 1..DAYS {
        for (number, member) in members.iter().enumerate() {
            if company.chance.once_in(3) {
                let at_ms = begin_ms + day * DAY_MS + MINUTE_MS * number as u64;
                try_to(company, member, at_ms, "check-in").await;
            }
        }
    }
    for (number, member) in members.iter().enumerate() {
        let at_ms = company.end_ms - HOUR_MS + MINUTE_MS * number as u64;
        try_to(company, member, at_ms, "claim").await;
    }
    Ok(())
}

/// Some have nothing to claim, and are not offered it.
async fn try_to(company: &Company<'_>, member: &Member, at_ms: u64, what: &str) {
    let step = Step::new(CARD, "", what);
    if let Err(error) = company.act(member, at_ms, step, &[]).await {
        tracing::debug!(%error, "not offered");
    }
}
