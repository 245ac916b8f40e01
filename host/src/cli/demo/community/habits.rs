//! 我还在: what a few dozen people go on with, a line a week, with gaps and
//! returns.

use super::{Company, DAY_MS, HOUR_MS, MINUTE_MS, Member, UTC_OFFSET_MS, Written, made};
use crate::cli::demo::stage::Step;

const CARD: &str = "still";
/// The circle's own card, on its page.
const CIRCLE_CARD: &str = "still-circle";
/// Those who can be signed in, but for the newest of them, and others.
const READERS: [std::ops::Range<usize>; 3] = [0..1, 2..5, 110..155];
const WEEK_MS: u64 = 7 * DAY_MS;
/// 1970 began on a Thursday.
const FIRST_MONDAY_MS: u64 = 4 * DAY_MS;

/// What happens to somebody's tag.
#[derive(Clone)]
enum Turn {
    Begin,
    Write,
}

/// Somebody's tag, and whether others see what is written under it.
#[derive(Clone)]
struct Habit {
    member: Member,
    tag: String,
    is_open: bool,
}

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    company.appoint(CIRCLE_CARD).await?;
    let mut turns = Vec::new();
    for number in READERS.into_iter().flatten() {
        let begin_ms = company.begin_ms;
        company.stage.set_time(begin_ms);
        let reader = &company.readers[number];
        let id = company.stage.sign_in(CARD, reader).await?;
        plan(company, &Member { id }, number, &mut turns);
    }
    // Time goes one way, as it does for everybody.
    turns.sort_by_key(|(at_ms, ..)| *at_ms);
    let everybody: Vec<Member> = turns
        .iter()
        .map(|(.., habit)| habit.member.clone())
        .collect();
    for (at_ms, turn, habit) in turns {
        match turn {
            Turn::Begin => begin(company, &habit, at_ms).await?,
            Turn::Write => {
                let Some(record) = write(company, &habit, at_ms).await? else {
                    continue;
                };
                if company.chance.once_in(3) {
                    let page = format!("post/{}", record.id);
                    company.like(&everybody, &record, CARD, &page).await?;
                }
            }
        }
    }
    Ok(())
}

/// One or two tags, a first week for each, and the weeks in which something is
/// written: most, but not all.
fn plan(
    company: &mut Company<'_>,
    member: &Member,
    number: usize,
    turns: &mut Vec<(u64, Turn, Habit)>,
) {
    let tags = company.corpus.life.tags.clone();
    let first = company.chance.below(tags.len());
    for more in 0..=company.chance.below(2) {
        let habit = Habit {
            member: member.clone(),
            tag: tags[(first + more) % tags.len()].clone(),
            is_open: company.chance.below(4) > 0,
        };
        // Those who can be signed in were there from the beginning.
        let wait = match number {
            0..5 => 0,
            _ => company.chance.below(4) as u64,
        };
        let begin_ms = company.begin_ms + wait * WEEK_MS + MINUTE_MS * (1 + number as u64);
        turns.push((
            begin_ms + MINUTE_MS * more as u64,
            Turn::Begin,
            habit.clone(),
        ));
        let local_ms = begin_ms + UTC_OFFSET_MS;
        let monday_ms = local_ms - (local_ms - FIRST_MONDAY_MS) % WEEK_MS - UTC_OFFSET_MS;
        for week in 1.. {
            let hours = company.chance.below(6) as u64 * 24 + 8 + company.chance.below(13) as u64;
            let at_ms = monday_ms + week * WEEK_MS + hours * HOUR_MS;
            if at_ms >= company.end_ms {
                break;
            }
            if !company.chance.once_in(4) {
                let minute = MINUTE_MS * (number % 60) as u64;
                turns.push((at_ms + minute, Turn::Write, habit.clone()));
            }
        }
    }
}

async fn begin(company: &Company<'_>, habit: &Habit, at_ms: u64) -> anyhow::Result<()> {
    let inputs = [("name", habit.tag.as_str())];
    let step = Step::new(CARD, "mine", "add-tag");
    company.act(&habit.member, at_ms, step, &inputs).await?;
    Ok(())
}

/// What others can see of it, if they can.
async fn write(
    company: &mut Company<'_>,
    habit: &Habit,
    at_ms: u64,
) -> anyhow::Result<Option<Written>> {
    let text = company.chance.pick(&company.corpus.life.records).clone();
    let page = format!("write/{}", habit.tag);
    let step = Step::new(CARD, &page, "write");
    let mut inputs = vec![("text", text.as_str())];
    inputs.extend(habit.is_open.then_some(("open", "true")));
    let outcome = company.act(&habit.member, at_ms, step, &inputs).await?;
    if !habit.is_open {
        return Ok(None);
    }
    let id = made(&outcome, "post")?;
    Ok(Some(Written { id, at_ms }))
}
