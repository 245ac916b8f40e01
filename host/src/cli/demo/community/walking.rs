//! 老城漫步圈: groups of those who walk the same way.

use super::{Company, MINUTE_MS, Member, Written, made};
use crate::cli::demo::stage::Step;

const CARD: &str = "groups";
/// The circle's own card, on its page.
const CIRCLE_CARD: &str = "walking-circle";
const OTHERS: std::ops::Range<usize> = 60..150;
const POSTS: usize = 40;

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    let begin_ms = company.begin_ms;
    let staff = company.appoint(CIRCLE_CARD).await?;
    let [owner, _, featured] = staff.as_slice() else {
        anyhow::bail!("an owner, a moderator and a featured member were appointed");
    };
    let mut groups = Vec::new();
    for number in 0..company.corpus.groups.len() {
        let at_ms = begin_ms + MINUTE_MS * (10 + 3 * number as u64);
        groups.push(found(company, owner, number, at_ms).await?);
    }
    let mut members: Vec<Vec<Member>> = vec![vec![owner.clone()]; groups.len()];
    let at_ms = begin_ms + 30 * MINUTE_MS;
    for (group, id) in groups.iter().enumerate() {
        let page = format!("group/{id}");
        let join = Step::new(CARD, &page, "join").about(id);
        company.act(featured, at_ms, join, &[]).await?;
        members[group].push(featured.clone());
    }
    let mut others = OTHERS;
    for number in 0..POSTS {
        let at_ms = company
            .time_of(number, POSTS)
            .max(begin_ms + 60 * MINUTE_MS);
        for reader in others.by_ref().take(OTHERS.len().div_ceil(POSTS)) {
            let group = company.chance.below(groups.len());
            members[group].push(join(company, reader, &groups[group], at_ms).await?);
        }
        let group = company.chance.below(groups.len());
        let within = members[group].clone();
        let post = post(company, &within, group, &groups[group], at_ms + MINUTE_MS).await?;
        let page = format!("post/{}", post.id);
        company.like(&within, &post, CARD, &page).await?;
    }
    Ok(())
}

async fn found(
    company: &Company<'_>,
    owner: &Member,
    number: usize,
    at_ms: u64,
) -> anyhow::Result<String> {
    let group = &company.corpus.groups[number];
    let create = Step::new(CARD, "create", "create");
    let inputs = [("name", group.name.as_str()), ("join", "open")];
    let outcome = company.act(owner, at_ms, create, &inputs).await?;
    let id = made(&outcome, "group")?;
    let page = format!("group/{id}");
    let notice = Step::new(CARD, &page, "notice");
    let inputs = [("notice", group.notice.as_str())];
    company
        .act(owner, at_ms + MINUTE_MS, notice, &inputs)
        .await?;
    Ok(id)
}

async fn join(
    company: &Company<'_>,
    number: usize,
    group: &str,
    at_ms: u64,
) -> anyhow::Result<Member> {
    let page = format!("group/{group}");
    let step = Step::new(CARD, &page, "join").about(group);
    company.join(number, step, at_ms).await
}

async fn post(
    company: &mut Company<'_>,
    members: &[Member],
    group: usize,
    id: &str,
    at_ms: u64,
) -> anyhow::Result<Written> {
    // The owner and the featured member are in every group, and have more to say.
    let author = match company.chance.once_in(6) {
        true => members[1].clone(),
        false => company.chance.pick(members).clone(),
    };
    let text = company
        .chance
        .pick(&company.corpus.groups[group].posts)
        .clone();
    let page = format!("new/{id}");
    let step = Step::new(CARD, &page, "post");
    let outcome = company
        .act(&author, at_ms, step, &[("text", &text)])
        .await?;
    let id = made(&outcome, "post")?;
    Ok(Written { id, at_ms })
}
