//! Where a page goes on: opaque to whoever holds it, and good for nothing but
//! the same question.
//!
//! It names a key of the list or ranking, not a number of posts, so it stays
//! right while posts come and go. One that was made up names another place of
//! the list that the question reads anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::PostError;
use crate::store::Key;

/// Characters of the longest.
const CHARS_MAX: usize = 256;

/// Bytes that tell one question from another.
const QUESTION_BYTES: usize = 6;

/// What pages of one question have in common.
pub(super) struct Question([u8; QUESTION_BYTES]);

impl Question {
    /// By everything that the question says, but the page and its size.
    pub(super) fn of(parts: &[&str]) -> Question {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut question = [0; QUESTION_BYTES];
        question.copy_from_slice(&digest[..QUESTION_BYTES]);
        Question(question)
    }

    /// The cursor behind a key of what the question reads.
    pub(super) fn cursor(&self, key: &Key, prefix: &[u8]) -> String {
        let place = [&self.0[..], key.behind(prefix)].concat();
        URL_SAFE_NO_PAD.encode(place)
    }

    /// The first key behind what a cursor names.
    pub(super) fn start(
        &self,
        cursor: Option<&str>,
        prefix: &[u8],
    ) -> Result<Option<Key>, PostError> {
        let Some(cursor) = cursor else {
            return Ok(None);
        };
        let place = (cursor.len() <= CHARS_MAX)
            .then(|| URL_SAFE_NO_PAD.decode(cursor).ok())
            .flatten();
        let behind = place
            .as_ref()
            .and_then(|place| place.strip_prefix(&self.0))
            .filter(|behind| behind.len() > size_of::<u64>());
        let Some(behind) = behind else {
            return Err(PostError::NotFound(
                "`after` is no `next` of a page of the same question",
            ));
        };
        Ok(Some(Key::from([prefix, behind].concat()).successor()))
    }
}
