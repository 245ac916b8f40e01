//! A reader's own page.

use super::ServiceError;
use super::erase::Receipt;
use crate::app::{App, instant};
use crate::community::people;
use crate::identity::{ReaderId, erasure_token};
use crate::view::document::{
    AccountContent, AccountDocument, AccountPerson, AccountReader, account_document,
};

/// How a reader's page is written.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its language, as a BCP 47 tag.
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style_url: &'a str,
}

/// The page of a session's reader, or of nobody.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn page(
    app: &App,
    reader: Option<&ReaderId>,
    look: Look<'_>,
) -> Result<String, ServiceError> {
    let Some(reader) = reader else {
        return Ok(write(look, AccountContent::Nobody));
    };
    let person = people::person(&app.store, reader).await?;
    let since = person
        .as_ref()
        .map(|person| instant(person.since_ms).to_string());
    let noted = people::circles_noted(&app.store, reader).await?;
    let there = noted.iter().filter_map(|circle| app.circle(circle));
    let circles: Vec<String> = there.map(|circle| circle.facts().name.clone()).collect();
    let publisher = person.as_ref().and_then(|person| {
        let all = app.config.publishers.iter();
        let mut its = all.filter(|publisher| publisher.id == person.publisher);
        its.next().map(|publisher| publisher.name.as_str())
    });
    let person = person.as_ref().map(|person| AccountPerson {
        name: &person.profile.name,
        avatar: person.profile.avatar.as_deref(),
        // One that is not configured any more still has its id.
        publisher: publisher.unwrap_or(person.publisher.as_str()),
        since: since.as_deref().unwrap_or_default(),
    });
    let content = AccountContent::Reader(AccountReader {
        person,
        circles: &circles,
    });
    Ok(write(look, content))
}

/// The page that asks whether a reader means to be erased.
pub fn confirm_page(app: &App, reader: &ReaderId, look: Look<'_>) -> String {
    let token = erasure_token(&app.keys, reader);
    write(look, AccountContent::ConfirmErasure { token: &token })
}

/// The page that says that it was done.
pub fn receipt_page(receipt: &Receipt, look: Look<'_>) -> String {
    let at = format!("{:.0}", receipt.at);
    let content = AccountContent::Erased {
        receipt: &receipt.id,
        at: &at,
        is_done: receipt.is_done,
    };
    write(look, content)
}

fn write(look: Look<'_>, content: AccountContent<'_>) -> String {
    account_document(&AccountDocument {
        lang: look.lang,
        content,
        style_url: look.style_url,
    })
}
