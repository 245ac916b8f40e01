//! 老城漫步圈: groups of those who walk the same way.

use super::{Company, MINUTE_MS, Member, Written, made};
use crate::cli::demo::stage::Step;

const CARD: &str = "groups";
const OWNER: usize = 4;
const FEATURED: usize = 2;
const OTHERS: std::ops::Range<usize> = 60..150;
const POSTS: usize = 40;

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    let begin_ms = company.begin_ms;
    company.stage.set_time(begin_ms);
    let owner = company.stage.sign_in(CARD, &company.readers[OWNER]).await?;
    let owner = Member { id: owner };
    let mut groups = Vec::new();
    for number in 0..company.corpus.groups.len() {
        let at_ms = begin_ms + MINUTE_MS * (1 + 3 * number as u64);
        groups.push(found(company, &owner, number, at_ms).await?);
    }
    let mut members: Vec<Vec<Member>> = vec![vec![owner.clone()]; groups.len()];
    let at_ms = begin_ms + 30 * MINUTE_MS;
    for (group, id) in groups.iter().enumerate() {
        members[group].push(join(company, FEATURED, id, at_ms).await?);
    }
    let mut others = OTHERS;
    for number in 0..POSTS {
        #[allow(clippy::cast_precision_loss, reason = "these are small numbers")]
        let share = number as f64 / POSTS as f64;
        let at_ms = company.moment(share).max(begin_ms + 60 * MINUTE_MS);
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
    let author = company.chance.pick(members).clone();
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
