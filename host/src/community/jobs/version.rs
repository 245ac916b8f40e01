//! Which version of its plugin a card was last called with.

use super::StoreError;
use crate::store::Transaction;
use crate::store::keys;

/// The version; none if the card has never been called.
///
/// # Errors
///
/// When the store fails.
pub async fn called_with(
    tx: &mut Transaction,
    plugin: &str,
    card: &str,
) -> Result<Option<String>, StoreError> {
    let value = tx.get(&keys::card_version(plugin, card)).await?;
    Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()))
}

/// Notes the version that a card is called with.
///
/// # Errors
///
/// When the transaction only reads.
pub fn note_version(
    tx: &mut Transaction,
    plugin: &str,
    card: &str,
    version: &str,
) -> Result<(), StoreError> {
    let value = version.to_owned();
    tx.put(keys::card_version(plugin, card), value.into())
}
