//! 贝壳好物圈: what is in the cupboards of those who recommend things to each
//! other, what they look for, and what they were told.

use super::{Company, MINUTE_MS, Member, Written, made};
use crate::cli::demo::stage::Step;

const CARD: &str = "goods";
/// The circle's own card, on its page.
const CIRCLE_CARD: &str = "goods-circle";
const ANAN: usize = 0;
/// Members beside those.
const OTHERS: std::ops::Range<usize> = 30..170;
const THINGS: usize = 60;
const ASKS: usize = 12;
const WISHES: usize = 14;
/// What the owner asks everybody about, by tags of the things.
const TOPICS: [(&str, &str); 3] = [
    ("厨房", "每天都在用的那一件，说说为什么留下它。"),
    ("旧物", "用了三年以上的，磕了碰了更好。"),
    ("卧室", "关灯以后还在起作用的小东西。"),
];

pub async fn play(company: &mut Company<'_>) -> anyhow::Result<()> {
    let begin_ms = company.begin_ms;
    let join = Step::new(CARD, "", "join");
    let mut members = company.appoint(CIRCLE_CARD).await?;
    let owner = members[0].clone();
    for (after, (name, about)) in TOPICS.into_iter().enumerate() {
        let at_ms = begin_ms + MINUTE_MS * (10 + after as u64);
        let inputs = [("name", name), ("text", about)];
        let step = Step::new(CARD, "manage", "topic");
        company.act(&owner, at_ms, step, &inputs).await?;
    }
    members.push(company.join(ANAN, join, begin_ms + 15 * MINUTE_MS).await?);
    let mut others = OTHERS;
    let mut things = Vec::new();
    for number in 0..THINGS {
        let at_ms = company
            .time_of(number, THINGS)
            .max(begin_ms + 20 * MINUTE_MS);
        for reader in others.by_ref().take(OTHERS.len().div_ceil(THINGS)) {
            members.push(company.join(reader, join, at_ms).await?);
        }
        things.push(recommend(company, &members, number, at_ms + MINUTE_MS).await?);
        let thing = &things[number];
        let page = format!("post/{}", thing.id);
        company.like(&members, thing, CARD, &page).await?;
        want(company, &members, thing, &page).await?;
    }
    ask(company, &members).await?;
    wish(company, &members).await?;
    for thing in things.iter().rev().step_by(13).take(4) {
        let page = format!("post/{}", thing.id);
        let feature = Step::new(CARD, &page, "feature");
        let at_ms = thing.at_ms + 90 * MINUTE_MS;
        company.act(&owner, at_ms, feature, &[]).await?;
    }
    Ok(())
}

/// Recommends one of the things, which come again in other words.
async fn recommend(
    company: &mut Company<'_>,
    members: &[Member],
    number: usize,
    at_ms: u64,
) -> anyhow::Result<Written> {
    let author = company.chance.pick(members).clone();
    let which = number % company.corpus.goods.len();
    let good = &company.corpus.goods[which];
    let (name, tags) = (good.name.clone(), good.tags.clone());
    let text = company
        .chance
        .pick(&company.corpus.goods[which].texts)
        .clone();
    let stars = ["4", "5", "5"][company.chance.below(3)];
    let topic = TOPICS
        .into_iter()
        .find(|(topic, _)| tags.iter().any(|tag| tag == topic));
    let step = Step::new(CARD, "add", "recommend");
    let picture = company
        .picture_of(which, &author, at_ms, step, "picture")
        .await?;
    let mut inputs = vec![
        ("name", name.as_str()),
        ("rating", stars),
        ("text", text.as_str()),
        ("picture", picture.as_str()),
    ];
    let chosen = match topic {
        Some((topic, _)) => {
            company
                .stage
                .choice(&author.id, step, "topic", topic)
                .await?
        }
        None => None,
    };
    inputs.extend(chosen.as_deref().map(|topic| ("topic", topic)));
    let outcome = company.act(&author, at_ms, step, &inputs).await?;
    Ok(Written {
        id: made(&outcome, "post")?,
        at_ms,
    })
}

/// Lets some of the members put a thing on their list.
async fn want(
    company: &mut Company<'_>,
    members: &[Member],
    thing: &Written,
    page: &str,
) -> anyhow::Result<()> {
    let first = company.chance.below(members.len());
    for number in 0..company.chance.below(5).min(members.len()) {
        let member = &members[(first + number * 7) % members.len()];
        let at_ms = thing.at_ms + MINUTE_MS * (3 + 20 * number as u64);
        let step = Step::new(CARD, page, "want").about(&thing.id);
        // Nobody is asked to want what they recommend.
        if let Err(error) = company.act(member, at_ms, step, &[]).await {
            tracing::debug!(%error, "not wanted");
        }
    }
    Ok(())
}

async fn ask(company: &mut Company<'_>, members: &[Member]) -> anyhow::Result<()> {
    for number in 0..ASKS {
        let at_ms = company.time_of(2 * number + 1, 2 * ASKS);
        let asker = company.chance.pick(members).clone();
        let which = number % company.corpus.asks.texts.len();
        let text = company.corpus.asks.texts[which].clone();
        let step = Step::new(CARD, "ask", "ask");
        let outcome = company.act(&asker, at_ms, step, &[("text", &text)]).await?;
        let page = format!("post/{}", made(&outcome, "post")?);
        let answers = 1 + company.chance.below(3);
        let mut last = None;
        for answer in 0..answers {
            let author = company.chance.pick(members).clone();
            let text = company.corpus.asks.answers[which].clone();
            let name = company.chance.pick(&company.corpus.goods).name.clone();
            let at_ms = at_ms + MINUTE_MS * (10 + 45 * answer as u64);
            let step = Step::new(CARD, &page, "answer");
            let inputs = [("name", name.as_str()), ("text", text.as_str())];
            let outcome = company.act(&author, at_ms, step, &inputs).await?;
            last = Some((made(&outcome, "post")?, author.id != asker.id));
        }
        if let Some((answer, true)) = last
            && company.chance.once_in(2)
        {
            let step = Step::new(CARD, &page, "helpful").about(&answer);
            company
                .act(&asker, at_ms + 200 * MINUTE_MS, step, &[])
                .await?;
        }
    }
    Ok(())
}

async fn wish(company: &mut Company<'_>, members: &[Member]) -> anyhow::Result<()> {
    for number in 0..WISHES {
        let at_ms = company.time_of(number, WISHES);
        let author = company.chance.pick(members).clone();
        let wishes = &company.corpus.asks.wishes;
        let name = wishes[number % wishes.len()].clone();
        let step = Step::new(CARD, "wishes", "wish");
        company
            .act(&author, at_ms, step, &[("name", &name)])
            .await?;
    }
    Ok(())
}
