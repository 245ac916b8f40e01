//! Carrying what a person is called now into the circles that know them.

use std::sync::Arc;

use super::erase::Errand;
use super::member::{Link, MemberRecord};
use super::sign_on::Person;
use super::{RuleError, begin, committed, read, write};
use crate::config::CircleId;
use crate::identity::ReaderId;
use crate::store::keys::{errand, link, member as member_key, person as person_key};
use crate::store::{Partition, Store};

/// Copies a person's profile into one circle, if it knows them by another.
///
/// # Errors
///
/// When the store fails.
pub async fn rename_in_circle(
    store: &Arc<dyn Store>,
    circle: &CircleId,
    reader: &ReaderId,
    person: &Person,
) -> Result<(), RuleError> {
    loop {
        let mut tx = begin(store, &Partition::circle(circle.as_str())).await?;
        let Some(Link { member, .. }) = read(&mut tx, &link(reader.as_str())).await? else {
            return Ok(());
        };
        let key = member_key(member.as_str());
        let Some(mut record) = read::<MemberRecord>(&mut tx, &key).await? else {
            return Ok(());
        };
        if record.erased || record.profile.as_ref() == Some(&person.profile) {
            return Ok(());
        }
        record.profile = Some(person.profile.clone());
        write(&mut tx, key, &record)?;
        if committed(tx).await? {
            return Ok(());
        }
    }
}

/// Ends the errand, if the person is still called what was copied, or still
/// nobody; `false` if there is more to do.
///
/// # Errors
///
/// When the store fails.
pub async fn renamed(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    copied: Option<&Person>,
) -> Result<bool, RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        let key = errand(reader.as_str());
        let person: Option<Person> = read(&mut tx, &person_key(reader.as_str())).await?;
        let left: Option<Errand> = read(&mut tx, &key).await?;
        let profile = |person: &Person| person.profile.clone();
        let is_right = person.as_ref().map(profile) == copied.map(profile);
        if left != Some(Errand::Rename) || !is_right {
            return Ok(false);
        }
        tx.delete(key)?;
        if committed(tx).await? {
            return Ok(true);
        }
    }
}
