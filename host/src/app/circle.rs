//! Circles, the publishers who run them, and who has which.

use super::{App, KeySource};
use crate::community::circle::{CircleFacts, Setting};
use crate::community::posts::PostRules;
use crate::config::{self, CircleId, PublisherId, TokenDigest, WebOrigin};
use crate::identity::{Keys, ReaderId, derive_person};
use crate::sandbox::limits::Budget;
use crate::store::Partition;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A community, and the partition of everything it stores.
#[derive(Debug)]
pub struct Circle {
    /// Its id.
    pub id: CircleId,
    /// Where its data lie.
    pub partition: Partition,
    /// Actions run side by side under a read lock; one that met too many
    /// conflicts takes it for writing and runs alone.
    pub gate: tokio::sync::RwLock<()>,
    /// How it wants its posts.
    pub posts: Arc<PostRules>,
    /// What the file says of it.
    configured: config::Circle,
    hands: RwLock<Arc<Hands>>,
}

/// Who runs a circle, and what follows from that. What is drawn or done in a
/// transaction takes the hands that the transaction saw ([`App::hands`]); all
/// else takes the newest.
#[derive(Debug)]
pub struct Hands {
    /// What was changed since the file was written.
    pub setting: Setting,
    /// Who runs it.
    pub publisher: Arc<Publisher>,
    /// What it says of itself.
    pub facts: Arc<CircleFacts>,
    owners: Vec<ReaderId>,
}

/// A tenant.
#[derive(Debug)]
pub struct Publisher {
    /// Its id.
    pub id: PublisherId,
    /// Its name.
    pub name: String,
    /// The sites whose pages may show its cards with their buttons.
    pub origins: Vec<WebOrigin>,
    /// What its tokens name as `iss`.
    pub issuer: String,
    /// What its tokens are signed with.
    pub keys: KeySource,
    /// What its own servers show.
    pub api_tokens: Vec<TokenDigest>,
    /// The running time its cards may use.
    pub budget: Budget,
}

/// How often the owner may be erased and come back, and still be found to be
/// the owner without a look at who was erased. Then the file must name another.
const OWNER_RETURNS: u32 = 16;

impl Circle {
    /// A circle as its file and its own record have it.
    pub(super) fn new(
        configured: &config::Circle,
        posts: Arc<PostRules>,
        setting: Setting,
        keys: &Keys,
        publishers: &HashMap<PublisherId, Arc<Publisher>>,
    ) -> Circle {
        let hands = Hands::of(configured, setting, keys, publishers);
        Circle {
            id: configured.id.clone(),
            partition: Partition::circle(configured.id.as_str()),
            gate: tokio::sync::RwLock::new(()),
            posts,
            configured: configured.clone(),
            hands: RwLock::new(Arc::new(hands)),
        }
    }

    /// Who has it now.
    pub fn hands(&self) -> Arc<Hands> {
        let hands = self.hands.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&hands)
    }

    /// Who runs it now.
    pub fn publisher(&self) -> Arc<Publisher> {
        Arc::clone(&self.hands().publisher)
    }

    /// What it says of itself now.
    pub fn facts(&self) -> Arc<CircleFacts> {
        Arc::clone(&self.hands().facts)
    }
}

impl Hands {
    fn of(
        configured: &config::Circle,
        setting: Setting,
        keys: &Keys,
        publishers: &HashMap<PublisherId, Arc<Publisher>>,
    ) -> Hands {
        let moved_to = setting.publisher.as_ref();
        let found = moved_to.and_then(|id| publishers.get(id));
        if let (Some(gone), None) = (moved_to, found) {
            tracing::warn!(
                circle = %configured.id,
                publisher = %gone,
                "the circle was transferred to a publisher that is not configured any more; \
                 the one of the file has it until then"
            );
        }
        let publisher = found.unwrap_or_else(|| &publishers[&configured.publisher]);
        // Another publisher's name for somebody says nothing here.
        let owner = match found {
            Some(_) => setting.owner.as_ref(),
            None => configured.owner.as_ref(),
        };
        let owners = owner.map(|owner| {
            let returns = 0..OWNER_RETURNS;
            returns.map(|times| derive_person(keys, &publisher.id, owner, times))
        });
        Hands {
            facts: Arc::new(CircleFacts {
                id: configured.id.to_string(),
                name: configured.name.clone(),
                intro: configured.intro.clone(),
                publisher: publisher.name.clone(),
                topics: configured.topics.clone(),
                policy: configured.join,
                pre_approval: configured.pre_approval,
            }),
            publisher: Arc::clone(publisher),
            owners: owners.into_iter().flatten().collect(),
            setting,
        }
    }

    /// Whether anybody owns the circle.
    pub fn has_owner(&self) -> bool {
        !self.owners.is_empty()
    }

    /// Whether a reader owns the circle: the person whom the publisher calls
    /// so, and whom it signed in.
    pub fn is_owner(&self, reader: &ReaderId) -> bool {
        self.owners.contains(reader)
    }
}

impl App {
    /// Who had a circle when its record was this one.
    pub fn hands(&self, circle: &Circle, setting: &Setting) -> Arc<Hands> {
        let now = circle.hands();
        if now.setting == *setting {
            return now;
        }
        let setting = setting.clone();
        let then = Hands::of(&circle.configured, setting, &self.keys, &self.publishers);
        Arc::new(then)
    }

    /// After a commit that changed a circle's record: who has it now. An older
    /// record than the one that is known changes nothing.
    pub fn pass_on(&self, circle: &Circle, setting: &Setting) {
        let hands = self.hands(circle, setting);
        let mut now = circle.hands.write().unwrap_or_else(PoisonError::into_inner);
        if setting.changes > now.setting.changes {
            *now = hands;
        }
    }
}
