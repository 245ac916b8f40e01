//! What is served: publishers, plugins, circles and cards, each a list.

use std::path::PathBuf;

use crate::config::MANUAL;
use crate::config::problem::Problems;
use crate::config::public_key::{PublicKey, SignatureAlgorithm};
use crate::config::read::{self, list, parsed, parsed_or_empty, section};
use crate::config::tree::Cursor;
use crate::config::values::{
    Capability, CardSize, CardSlug, CardState, CircleId, ID_BYTES_MAX, JoinPolicy, KeySetUrl,
    PluginName, PublisherId, TokenDigest, WebOrigin,
};

/// Topics of one circle, and the length of one.
const TOPICS_MAX: usize = 16;
const TOPIC_CHARS_MAX: usize = 32;

section! {
    /// `[[publisher]]`
    Publisher {
        /// Never changes.
        id: PublisherId = parsed,
        /// As readers see it.
        name: String = read::name,
        /// Sites whose pages may embed its cards with their buttons.
        origins: Vec<WebOrigin> = list(parsed),
        /// The `iss` of its tokens; `None` means its id.
        issuer: Option<String> = parsed_or_empty,
        /// Where its key set is, unless its keys stand here.
        jwks_url: Option<KeySetUrl> = parsed_or_empty,
        /// `[[publisher.key]]`
        key: Vec<PublisherKey> = list(publisher_key),
        /// SHA-256 of each token of its own servers.
        api_token_sha256: Vec<TokenDigest> = list(parsed),
    }
}

section! {
    /// `[[publisher.key]]`
    PublisherKey {
        /// Its name, as the `kid` of tokens has it.
        kid: String = key_name,
        /// The one algorithm it verifies.
        alg: SignatureAlgorithm = parsed,
        /// PEM, or a JSON Web Key.
        public_key: PublicKey = public_key,
    }
}

impl Publisher {
    /// What its tokens name as `iss`.
    pub fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or(self.id.as_str())
    }
}

section! {
    /// `[[plugin]]`
    Plugin {
        /// The component.
        file: PathBuf = read::path,
        /// What it asks for and does not get.
        deny: Vec<Capability> = list(parsed),
    }
}

section! {
    /// `[[circle]]`
    Circle {
        /// Never changes.
        id: CircleId = parsed,
        /// Its owner.
        publisher: PublisherId = parsed,
        /// As readers see it.
        name: String = read::name,
        /// A sentence for readers; may be empty.
        intro: String = read::text,
        /// What it is about.
        topics: Vec<String> = topics,
        /// The publisher's own name for the person who owns it, if it names one.
        owner: Option<String> = parsed_or_empty,
        /// How readers become members.
        join: JoinPolicy = parsed,
        /// Whether posts wait for a moderator.
        pre_approval: bool = read::truth,
        /// Words that hold a post here, besides the host's.
        words_hold: Vec<String> = list(read::text),
        /// Words that are not posted here, besides the host's.
        words_refuse: Vec<String> = list(read::text),
    }
}

section! {
    /// `[[card]]`
    Card {
        /// Its name in URLs.
        slug: CardSlug = parsed,
        /// Where it stands.
        circle: CircleId = parsed,
        /// What draws it.
        plugin: PluginName = parsed,
        /// Unless `?size=` names another.
        size: CardSize = parsed,
        /// Whether it is served.
        state: CardState = parsed,
        /// For the plugin; valid against its schema where the plugin could be
        /// read.
        config: serde_json::Map<String, serde_json::Value> = read::json_table,
    }
}

fn publisher_key(at: &Cursor<'_>, problems: &mut Problems) -> Option<PublisherKey> {
    PublisherKey::read(at, MANUAL, problems)
}

fn key_name(at: &Cursor<'_>, problems: &mut Problems) -> Option<String> {
    let kid = read::text(at, problems)?;
    let fits = (1..=ID_BYTES_MAX).contains(&kid.len());
    if !fits || kid.chars().any(char::is_control) {
        let message = format!("must have 1 to {ID_BYTES_MAX} bytes, and no control characters");
        problems.add(at, message);
        return None;
    }
    Some(kid)
}

/// Up to so many words of up to so many characters, each once.
fn topics(at: &Cursor<'_>, problems: &mut Problems) -> Option<Vec<String>> {
    let topics = list(read::name)(at, problems)?;
    let too_long = topics
        .iter()
        .any(|topic| topic.chars().count() > TOPIC_CHARS_MAX);
    if topics.len() > TOPICS_MAX || too_long {
        let message =
            format!("has at most {TOPICS_MAX} topics of up to {TOPIC_CHARS_MAX} characters");
        problems.add(at, message);
        return None;
    }
    Some(topics)
}

fn public_key(at: &Cursor<'_>, problems: &mut Problems) -> Option<PublicKey> {
    let text = read::text(at, problems)?;
    PublicKey::parse(&text)
        .map_err(|why| problems.add(at, why.to_string()))
        .ok()
}
