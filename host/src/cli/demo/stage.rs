//! How the sample community acts: as readers do. Whoever acts is signed in by
//! the publisher's token, looks at the card, and takes what it offers them. So
//! whatever is in the demo went through the cards' own rules.

use super::readers::{Reader, SigningKey};
use super::sample_world::SampleWorld;
use crate::app::{App, Card};
use crate::identity::{IdempotencyKey, Inputs, ReaderId};
use crate::service::act::{Acted, ActRequest, act};
use crate::service::view::{Wanted, view};
use crate::service::{card, session};
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A host, its clock, and who signs its readers in.
pub struct Stage {
    pub app: Arc<App>,
    pub world: Arc<SampleWorld>,
    pub key: Arc<SigningKey>,
    pub host_url: String,
}

/// What somebody does.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The card's slug.
    pub card: &'a str,
    /// The page of the card where it is offered.
    pub at: &'a str,
    /// The offer's name.
    pub offer: &'a str,
    /// What the offer's payload holds; any, if empty.
    pub about: &'a str,
    /// What is typed and chosen.
    pub inputs: &'a [(&'a str, &'a str)],
}

impl Stage {
    /// Moves the clock.
    pub fn set_time(&self, now_ms: u64) {
        self.world.set(now_ms);
    }

    /// Signs a reader in at the publisher of a card.
    pub async fn sign_in(&self, slug: &str, reader: &Reader) -> anyhow::Result<ReaderId> {
        let card = self.card(slug)?;
        let now = self.app.world.now();
        let token = self.key.token(reader, &self.host_url, now)?;
        let signed_on = session::sign_on(&self.app, card, &token, None).await?;
        Ok(signed_on.session.reader)
    }

    /// Lets a reader do something.
    pub async fn act(&self, reader: &ReaderId, step: Step<'_>) -> anyhow::Result<Acted> {
        let tried = self.try_act(reader, step).await;
        tried.with_context(|| format!("{} on /c/{}?at={}", step.offer, step.card, step.at))
    }

    async fn try_act(&self, reader: &ReaderId, step: Step<'_>) -> anyhow::Result<Acted> {
        let card = self.card(step.card)?;
        let wanted = self.wanted(reader, step.at);
        let shown = view(&self.app, card, &wanted).await?;
        let tokens = shown.drawn.tokens.as_deref().unwrap_or_default();
        let offers = shown.drawn.view.offers().iter().zip(tokens);
        let (_, token) = offers
            .into_iter()
            .find(|(at, _)| at.offer.name == step.offer && at.offer.payload.contains(step.about))
            .context("the card does not offer it")?;
        let mut inputs = Inputs::new();
        for (name, value) in step.inputs {
            let values: &mut Vec<String> = inputs.entry((*name).to_owned()).or_default();
            values.push((*value).to_owned());
        }
        let request = ActRequest {
            wanted,
            key: self.key_of(reader, step)?,
            offer: token.clone().into(),
            inputs,
        };
        Ok(act(&self.app, card, request, &|| Ok(())).await?)
    }

    /// The same for the same step at the same time: a demo that was interrupted
    /// while it was made goes on where it was.
    fn key_of(&self, reader: &ReaderId, step: Step<'_>) -> anyhow::Result<IdempotencyKey> {
        let now = self.app.world.now();
        let digest = Sha256::digest(format!("{reader} {now} {step:?}"));
        Ok(IdempotencyKey::parse(&URL_SAFE_NO_PAD.encode(digest))?)
    }

    pub fn card(&self, slug: &str) -> anyhow::Result<&Card> {
        Ok(card::find(&self.app, slug)?)
    }

    pub fn wanted(&self, reader: &ReaderId, at: &str) -> Wanted {
        Wanted {
            reader: Some(reader.clone()),
            size: Some(crate::view::Size::Feed),
            languages: vec!["zh-CN".to_owned()],
            at: at.into(),
        }
    }
}
