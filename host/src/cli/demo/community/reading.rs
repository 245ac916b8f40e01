//! 贝壳读书圈: a circle around one card, which readers join from an article, and
//! where they say what they read.

use super::{Company, MINUTE_MS, Member, Written, made};
use crate::cli::demo::stage::Step;

const CARD: &str = "beike";
const ANAN: usize = 0;
/// Members beside those.
const OTHERS: std::ops::Range<usize> = 5..185;
const POSTS: usize = 96;

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    let begin_ms = company.begin_ms;
    let join = Step::new(CARD, "", "join");
    let mut members = company.appoint(CARD).await?;
    let owner = members[0].clone();
    members.push(company.join(ANAN, join, begin_ms + 10 * MINUTE_MS).await?);
    let mut others = OTHERS;
    let mut written: Vec<Written> = Vec::new();
    for number in 0..POSTS {
        let at_ms = company
            .time_of(number, POSTS)
            .max(begin_ms + 20 * MINUTE_MS);
        for reader in others.by_ref().take(OTHERS.len().div_ceil(POSTS)) {
            members.push(company.join(reader, join, at_ms).await?);
        }
        let post = post(company, &members, at_ms + 2 * MINUTE_MS).await?;
        let page = format!("post/{}", post.id);
        company.like(&members, &post, CARD, &page).await?;
        reply(company, &members, &post, &page).await?;
        written.push(post);
    }
    for post in written.iter().rev().step_by(17).take(4) {
        let page = format!("post/{}", post.id);
        let feature = Step::new(CARD, &page, "feature");
        company
            .act(&owner, post.at_ms + 60 * MINUTE_MS, feature, &[])
            .await?;
    }
    Ok(())
}

async fn post(
    company: &mut Company<'_>,
    members: &[Member],
    at_ms: u64,
) -> anyhow::Result<Written> {
    let author = company.chance.pick(members).clone();
    let step = Step::new(CARD, "post", "post");
    let opening = company.chance.pick(&company.corpus.reading.openings);
    let ending = company.chance.pick(&company.corpus.reading.endings);
    let text = format!("{opening}{ending}");
    let picture = match company.chance.once_in(5) {
        true => Some(company.picture(&author, at_ms, step, "pictures").await?),
        false => None,
    };
    let mut inputs = vec![("text", text.as_str())];
    inputs.extend(picture.as_deref().map(|picture| ("pictures", picture)));
    let outcome = company.act(&author, at_ms, step, &inputs).await?;
    let id = made(&outcome, "post")?;
    Ok(Written { id, at_ms })
}

async fn reply(
    company: &mut Company<'_>,
    members: &[Member],
    post: &Written,
    page: &str,
) -> anyhow::Result<()> {
    let replies = company.chance.below(4);
    for number in 0..replies {
        let author = company.chance.pick(members).clone();
        let text = company.chance.pick(&company.corpus.reading.replies).clone();
        let at_ms = post.at_ms + MINUTE_MS * (5 + 40 * number as u64);
        let step = Step::new(CARD, page, "reply");
        company
            .act(&author, at_ms, step, &[("text", &text)])
            .await?;
    }
    Ok(())
}
