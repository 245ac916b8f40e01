//! How a reader becomes a person: a publisher vouches for them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::erase::Errand;
use super::session::{Ended, Gate};
use super::{RuleError, begin, committed, read, write};
use crate::config::PublisherId;
use crate::identity::{Keys, ReaderId, derive_person};
use crate::store::keys::{errand, former as former_key, person as person_key};
use crate::store::{Access, Partition, Store, StoreError, Transaction};

/// Whom a publisher vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The publisher.
    pub publisher: PublisherId,
    /// The publisher's own name for the person: the `sub` of its tokens.
    pub subject: String,
}

/// What a person is called, as the publisher last said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name.
    pub name: String,
    /// The address of a picture.
    pub avatar: Option<String>,
}

/// When somebody signs on, and within which bounds.
#[derive(Clone, Copy, Debug)]
pub struct SignOn {
    /// When the publisher said it. Of two profiles the later counts.
    pub issued_at_ms: u64,
    /// Now.
    pub now_ms: u64,
    /// How many of the anonymous readers that a person was are looked for in a
    /// circle where the person is new: the last ones.
    pub formers_max: usize,
}

/// A person's own record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who vouches for them.
    pub publisher: PublisherId,
    /// As whom.
    pub subject: String,
    /// What they are called.
    pub profile: Profile,
    /// When the publisher said so.
    pub profile_at_ms: u64,
    /// When they first signed on.
    pub since_ms: u64,
    /// The last anonymous readers they were, newest first.
    #[serde(default)]
    pub formers: Vec<ReaderId>,
}

impl Person {
    fn rename(&mut self, profile: &Profile, said_at_ms: u64) {
        // Tokens tell seconds: of two in one second, the one that came later.
        if said_at_ms >= self.profile_at_ms {
            self.profile = profile.clone();
            self.profile_at_ms = said_at_ms;
        }
    }

    fn was(&mut self, former: &ReaderId, formers_max: usize) {
        self.formers.retain(|known| known != former);
        self.formers.insert(0, former.clone());
        self.formers.truncate(formers_max);
    }
}

/// Finds the person whom a publisher vouches for, or makes them; notes what
/// they are called, and which anonymous reader they were until now. Again does
/// nothing more.
///
/// An anonymous reader becomes one person, the first that claims them, and is
/// nobody from then on: their sessions are over.
///
/// # Errors
///
/// When the store fails. It may have happened in part; again completes it.
pub async fn sign_on(
    store: &Arc<dyn Store>,
    keys: &Keys,
    who: &Vouched,
    profile: &Profile,
    former: Option<&ReaderId>,
    at: SignOn,
) -> Result<ReaderId, RuleError> {
    let former = former.filter(|former| former.is_anonymous());
    let mut generation = 0;
    // Whoever was erased comes back as somebody new. No record says how often
    // that was, because it would have to name the person.
    let reader = loop {
        let reader = derive_person(keys, &who.publisher, &who.subject, generation);
        if note(store, &reader, who, profile, former, at).await? {
            break reader;
        }
        generation += 1;
    };
    if let Some(former) = former
        && !claim(store, former, &reader).await?
    {
        disown(store, &reader, former).await?;
    }
    Ok(reader)
}

/// A person's record, if there is such a person.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn person(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
) -> Result<Option<Person>, StoreError> {
    let partition = Partition::of_reader(reader.as_str());
    let mut tx = Transaction::begin(Arc::clone(store), &partition, Access::Read).await?;
    read(&mut tx, &person_key(reader.as_str())).await
}

/// Writes the person's record; `false` if they were erased.
async fn note(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    who: &Vouched,
    profile: &Profile,
    former: Option<&ReaderId>,
    at: SignOn,
) -> Result<bool, RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    let key = person_key(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        if Gate::read(&mut tx, reader).await?.is_erased() {
            return Ok(false);
        }
        let known: Option<Person> = read(&mut tx, &key).await?;
        let mut person = known.clone().unwrap_or_else(|| Person {
            publisher: who.publisher.clone(),
            subject: who.subject.clone(),
            profile: profile.clone(),
            profile_at_ms: at.issued_at_ms,
            since_ms: at.now_ms,
            formers: Vec::new(),
        });
        person.rename(profile, at.issued_at_ms);
        if let Some(former) = former {
            person.was(former, at.formers_max);
            // Noted apart from the record as well, so that none is ever
            // forgotten when the person wants to be.
            let note = former_key(reader.as_str(), former.as_str());
            tx.put(note, Vec::new().into())?;
        }
        if known.as_ref() != Some(&person) {
            write(&mut tx, key.clone(), &person)?;
        }
        if known.is_some_and(|known| known.profile != person.profile) {
            write(&mut tx, errand(reader.as_str()), &Errand::Rename)?;
        }
        if committed(tx).await? {
            return Ok(true);
        }
    }
}

/// Ends an anonymous reader in favour of a person; `false` if another person
/// was first, or the reader was erased.
async fn claim(
    store: &Arc<dyn Store>,
    former: &ReaderId,
    person: &ReaderId,
) -> Result<bool, RuleError> {
    let partition = Partition::of_reader(former.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        let mut gate = Gate::read(&mut tx, former).await?;
        match &gate.ended {
            Some(Ended::SignedOnAs(other)) => return Ok(other == person),
            Some(Ended::Erased { .. }) => return Ok(false),
            None => gate.ended = Some(Ended::SignedOnAs(person.clone())),
        }
        gate.write(&mut tx, former)?;
        if committed(tx).await? {
            return Ok(true);
        }
    }
}

/// Takes back that a person was an anonymous reader.
async fn disown(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    former: &ReaderId,
) -> Result<(), RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    let key = person_key(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        tx.delete(former_key(reader.as_str(), former.as_str()))?;
        if let Some(mut person) = read::<Person>(&mut tx, &key).await? {
            person.formers.retain(|known| known != former);
            write(&mut tx, key.clone(), &person)?;
        }
        if committed(tx).await? {
            return Ok(());
        }
    }
}
