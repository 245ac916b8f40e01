//! How the sample community acts: as readers do. Whoever acts is signed in by
//! the publisher's token, looks at the card, and takes what it offers them. So
//! whatever is in the demo went through the cards' own rules.

use super::readers::{Reader, SigningKey};
use super::sample_world::SampleWorld;
use crate::app::{App, Card};
use crate::contract::Outcome;
use crate::identity::{IdempotencyKey, Inputs, ReaderId, Secret};
use crate::service::act::{ActRequest, act};
use crate::service::media::{UploadRequest, upload};
use crate::service::view::{Wanted, view};
use crate::service::{card, session};
use crate::view::{At, Size};
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A host, its clock, and who signs its readers in.
pub struct Stage {
    /// The host.
    pub app: Arc<App>,
    /// Its clock.
    pub world: Arc<SampleWorld>,
    /// The publisher's key.
    pub key: Arc<SigningKey>,
    /// Where the host is.
    pub host_url: String,
}

/// What somebody does, where a card offers it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The card's slug.
    pub card: &'a str,
    /// The page of the card.
    pub at: &'a str,
    /// The offer's name.
    pub offer: &'a str,
    /// What the offer's payload holds; anything, if empty.
    pub about: &'a str,
}

impl<'a> Step<'a> {
    /// Whatever offer of that name the page has.
    pub fn new(card: &'a str, at: &'a str, offer: &'a str) -> Step<'a> {
        let about = "";
        Step {
            card,
            at,
            offer,
            about,
        }
    }

    /// The one that is about something.
    pub fn about(self, about: &'a str) -> Step<'a> {
        Step { about, ..self }
    }
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

    /// Lets a reader do something, with what they type and choose.
    pub async fn act(
        &self,
        reader: &ReaderId,
        step: Step<'_>,
        inputs: &[(&str, &str)],
    ) -> anyhow::Result<Outcome> {
        let tried = self.try_act(reader, step, inputs).await;
        tried.with_context(|| format!("{} on /c/{}?at={}", step.offer, step.card, step.at))
    }

    /// Lets a reader give a picture for a form, and says what the form takes.
    pub async fn give(
        &self,
        reader: &ReaderId,
        step: Step<'_>,
        field: &str,
        picture: Vec<u8>,
    ) -> anyhow::Result<String> {
        let card = self.card(step.card)?;
        let request = UploadRequest {
            wanted: wanted(reader, step.at)?,
            newcomer: reader.clone(),
            offer: self.offered(reader, step).await?,
            input: field.to_owned(),
            file: picture.into(),
        };
        let given = upload(&self.app, card, request, &|| Ok(())).await;
        Ok(given
            .with_context(|| format!("a picture on /c/{}?at={}", step.card, step.at))?
            .id)
    }

    async fn try_act(
        &self,
        reader: &ReaderId,
        step: Step<'_>,
        inputs: &[(&str, &str)],
    ) -> anyhow::Result<Outcome> {
        let card = self.card(step.card)?;
        let mut given = Inputs::new();
        for (name, value) in inputs {
            let values: &mut Vec<String> = given.entry((*name).to_owned()).or_default();
            values.push((*value).to_owned());
        }
        let request = ActRequest {
            wanted: wanted(reader, step.at)?,
            key: self.key_of(reader, step)?,
            offer: self.offered(reader, step).await?,
            inputs: given,
        };
        Ok(act(&self.app, card, request, &|| Ok(())).await?.outcome)
    }

    async fn offered(&self, reader: &ReaderId, step: Step<'_>) -> anyhow::Result<Secret> {
        let card = self.card(step.card)?;
        let shown = view(&self.app, card, &wanted(reader, step.at)?).await?;
        let tokens = shown.drawn.tokens.as_deref().unwrap_or_default();
        let mut offers = shown.drawn.view.offers().iter().zip(tokens);
        let found = offers
            .find(|(at, _)| at.offer.name == step.offer && at.offer.payload.contains(step.about));
        let (_, token) = found.context("the card does not offer it")?;
        Ok(token.clone().into())
    }

    /// The same for the same step at the same time: a demo that was interrupted
    /// while it was made goes on where it was.
    fn key_of(&self, reader: &ReaderId, step: Step<'_>) -> anyhow::Result<IdempotencyKey> {
        let now = self.app.world.now();
        let digest = Sha256::digest(format!("{reader} {now} {step:?}"));
        Ok(IdempotencyKey::parse(&URL_SAFE_NO_PAD.encode(digest))?)
    }

    fn card(&self, slug: &str) -> anyhow::Result<&Card> {
        Ok(card::find(&self.app, slug)?)
    }
}

fn wanted(reader: &ReaderId, at: &str) -> anyhow::Result<Wanted> {
    Ok(Wanted {
        reader: Some(reader.clone()),
        size: Some(Size::Feed),
        languages: vec!["zh-CN".to_owned()],
        at: At::parse(at)?,
    })
}
