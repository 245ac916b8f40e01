//! Readers as circles know them: which member a reader is, and the record that
//! a member's first act leaves.
//!
//! An anonymous reader's member id is derived, so it costs no look. A person
//! may have been an anonymous reader in the circle before, and then goes on as
//! that member; the circle's own link says so, from their first act on, and
//! nothing outside of the circle is asked again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::session::Gate;
use super::sign_on::{Person, Profile, person};
use super::{RuleError, begin, committed, read, write};
use crate::config::{CircleId, PublisherId};
use crate::identity::{Keys, MemberId, ReaderId, member_id};
use crate::store::keys::{circle_of, link, member as member_key, person as person_key};
use crate::store::{Partition, Store, StoreError, Transaction};

/// A circle and the publisher who runs it.
#[derive(Clone, Copy, Debug)]
pub struct Where<'a> {
    /// The circle, whose partition the transaction is on.
    pub circle: &'a CircleId,
    /// Its publisher.
    pub publisher: &'a PublisherId,
}

/// A reader as one circle knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who it is.
    pub reader: ReaderId,
    /// Who they are here.
    pub member: MemberId,
    /// Whether the circle's own publisher vouches for them.
    pub signed_in: bool,
    /// What a view drawn for them is kept under. A person may be the member that
    /// an anonymous reader was, and the offers of a view are made to one of the
    /// two: so it is the member, and for a person the person with it.
    pub view_of: String,
}

/// What a circle keeps of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord {
    /// When they first acted here.
    pub since_ms: u64,
    /// What they are called; nobody calls an anonymous reader anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Which person it is. Never leaves the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ReaderId>,
    /// Whether they were erased: then the rest says nothing any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl MemberRecord {
    /// What is left of a member who was erased.
    pub fn masked(&self) -> MemberRecord {
        MemberRecord {
            since_ms: self.since_ms,
            erased: true,
            ..MemberRecord::default()
        }
    }

    /// Whether this is, or may become, the member that a person is.
    pub(super) fn is_open_to(&self, reader: &ReaderId) -> bool {
        !self.erased && self.person.as_ref().is_none_or(|person| person == reader)
    }
}

/// Which member a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    pub member: MemberId,
    /// Who vouches for the person. Kept here, so that a circle that changes
    /// hands knows whose readers are signed in.
    pub publisher: PublisherId,
}

/// A reader about to act in a circle.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who it is.
    pub known: Known,
    /// What is to be written if this is their first act here.
    first: Option<First>,
}

#[derive(Clone, Debug)]
struct First {
    record: MemberRecord,
    link: Option<Link>,
}

/// Who an anonymous reader is in a circle, which takes no look; `None` for a
/// person.
pub fn anonymous(keys: &Keys, circle: &CircleId, reader: &ReaderId) -> Option<Known> {
    reader.is_anonymous().then(|| {
        let member = member_id(keys, circle, reader);
        Known {
            reader: reader.clone(),
            view_of: member.as_str().to_owned(),
            member,
            signed_in: false,
        }
    })
}

/// Who a reader is in a circle; `None` for one who is not known any more.
/// `tx` is on the circle. Nothing is written.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn recognise(
    tx: &mut Transaction,
    store: &Arc<dyn Store>,
    keys: &Keys,
    place: Where<'_>,
    reader: &ReaderId,
) -> Result<Option<Known>, StoreError> {
    let found = find(tx, store, keys, place, reader).await?;
    Ok(found.map(|found| found.known))
}

/// As [`recognise`], for a reader who acts: what is read stands in the way of
/// whoever erases the reader meanwhile, and the other way round.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn enter(
    tx: &mut Transaction,
    store: &Arc<dyn Store>,
    keys: &Keys,
    place: Where<'_>,
    reader: &ReaderId,
    now_ms: u64,
) -> Result<Option<Entry>, StoreError> {
    if is_erased(store, reader).await? {
        return Ok(None);
    }
    let Some(Found { known, unlinked }) = find(tx, store, keys, place, reader).await? else {
        return Ok(None);
    };
    let record: Option<MemberRecord> = read(tx, &member_key(known.member.as_str())).await?;
    if record.as_ref().is_some_and(|record| record.erased) {
        return Ok(None);
    }
    let first = match (unlinked, record) {
        (None, Some(_)) => None,
        (unlinked, record) => Some(First {
            record: MemberRecord {
                since_ms: record.map_or(now_ms, |record| record.since_ms),
                profile: unlinked.as_ref().map(|person| person.profile.clone()),
                person: unlinked.is_some().then(|| known.reader.clone()),
                erased: false,
            },
            link: unlinked.map(|person| Link {
                member: known.member.clone(),
                publisher: person.publisher,
            }),
        }),
    };
    Ok(Some(Entry { known, first }))
}

/// What a circle keeps of a member; none for an id that never acted there.
/// `tx` is on the circle.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn member_record(
    tx: &mut Transaction,
    member: &str,
) -> Result<Option<MemberRecord>, StoreError> {
    read(tx, &member_key(member)).await
}

/// Which member of a circle a reader is who has acted there, and the member's
/// record. Nobody who was erased, and no anonymous reader who goes on as a
/// person.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn member(
    store: &Arc<dyn Store>,
    keys: &Keys,
    circle: &CircleId,
    reader: &ReaderId,
) -> Result<Option<(MemberId, MemberRecord)>, StoreError> {
    let mut tx = begin(store, &Partition::circle(circle.as_str())).await?;
    let found = trace(&mut tx, keys, circle, reader).await?;
    Ok(found.filter(|(_, record)| record.is_open_to(reader)))
}

/// Whether somebody of this id has acted in the circle that the transaction is
/// on, and was not erased.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn is_known_in_circle(tx: &mut Transaction, member: &str) -> Result<bool, StoreError> {
    let record: Option<MemberRecord> = read(tx, &member_key(member)).await?;
    Ok(record.is_some_and(|record| !record.erased))
}

/// The member that a reader left in a circle, whatever became of it.
pub(super) async fn trace(
    tx: &mut Transaction,
    keys: &Keys,
    circle: &CircleId,
    reader: &ReaderId,
) -> Result<Option<(MemberId, MemberRecord)>, StoreError> {
    let linked: Option<Link> = read(tx, &link(reader.as_str())).await?;
    let member = linked.map_or_else(|| member_id(keys, circle, reader), |link| link.member);
    let record = read(tx, &member_key(member.as_str())).await?;
    Ok(record.map(|record| (member, record)))
}

impl Entry {
    /// Before a person's first act in a circle is committed there: notes the
    /// circle with the person, so that every circle that knows them is found.
    /// `false` if they were erased meanwhile.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn announce(
        &self,
        store: &Arc<dyn Store>,
        circle: &CircleId,
    ) -> Result<bool, RuleError> {
        let has_link = self
            .first
            .as_ref()
            .is_some_and(|first| first.link.is_some());
        if !has_link {
            return Ok(true);
        }
        let reader = self.known.reader.as_str();
        let partition = Partition::of_reader(reader);
        loop {
            let mut tx = begin(store, &partition).await?;
            if tx.get(&person_key(reader)).await?.is_none() {
                return Ok(false);
            }
            let note = circle_of(reader, circle.as_str());
            if tx.get(&note).await?.is_some() {
                return Ok(true);
            }
            tx.put(note, Vec::new().into())?;
            if committed(tx).await? {
                return Ok(true);
            }
        }
    }

    /// Adds to the writes of an act what a first one leaves.
    ///
    /// # Errors
    ///
    /// When the transaction only reads.
    pub fn write(&self, tx: &mut Transaction) -> Result<(), RuleError> {
        let Some(First { record, link: to }) = &self.first else {
            return Ok(());
        };
        write(tx, member_key(self.known.member.as_str()), record)?;
        if let Some(to) = to {
            write(tx, link(self.known.reader.as_str()), to)?;
        }
        Ok(())
    }
}

struct Found {
    known: Known,
    /// The person, if the circle has no link to them.
    unlinked: Option<Person>,
}

async fn find(
    tx: &mut Transaction,
    store: &Arc<dyn Store>,
    keys: &Keys,
    place: Where<'_>,
    reader: &ReaderId,
) -> Result<Option<Found>, StoreError> {
    if let Some(known) = anonymous(keys, place.circle, reader) {
        return Ok(Some(Found {
            known,
            unlinked: None,
        }));
    }
    let known = |member: MemberId, signed_in| Known {
        reader: reader.clone(),
        view_of: format!("{member} {reader}"),
        member,
        signed_in,
    };
    if let Some(found) = read::<Link>(tx, &link(reader.as_str())).await? {
        let signed_in = found.publisher == *place.publisher;
        return Ok(Some(Found {
            known: known(found.member, signed_in),
            unlinked: None,
        }));
    }
    let Some(person) = person(store, reader).await? else {
        return Ok(None);
    };
    let member = adopted(tx, keys, place.circle, reader, &person.formers).await?;
    let member = member.unwrap_or_else(|| member_id(keys, place.circle, reader));
    Ok(Some(Found {
        known: known(member, person.publisher == *place.publisher),
        unlinked: Some(person),
    }))
}

/// The member that a person was here as an anonymous reader: the last such
/// reader who did anything and is nobody else now.
async fn adopted(
    tx: &mut Transaction,
    keys: &Keys,
    circle: &CircleId,
    reader: &ReaderId,
    formers: &[ReaderId],
) -> Result<Option<MemberId>, StoreError> {
    for former in formers {
        let member = member_id(keys, circle, former);
        let record: Option<MemberRecord> = read(tx, &member_key(member.as_str())).await?;
        if record.is_some_and(|record| record.is_open_to(reader)) {
            return Ok(Some(member));
        }
    }
    Ok(None)
}

async fn is_erased(store: &Arc<dyn Store>, reader: &ReaderId) -> Result<bool, StoreError> {
    let mut tx = begin(store, &Partition::of_reader(reader.as_str())).await?;
    Ok(Gate::read(&mut tx, reader).await?.is_erased())
}
