//! Everything the host keeps of a reader, as one JSON document.
//!
//! It is written while it is read, a page at a time, and waits for whoever
//! takes it: neither a reader with much nor one with a slow line holds memory
//! or an old snapshot. Each page is as of the moment it is read.

use super::ServiceError;
use super::act::outcome_of;
use crate::app::{App, instant};
use crate::community::media::{self, MediaRecord};
use crate::community::membership::{Membership, membership};
use crate::community::once;
use crate::community::people::{self, MemberRecord, Names, Person};
use crate::community::posts;
use crate::config::CircleId;
use crate::identity::{MemberId, ReaderId};
use crate::store::keys::{Scattered, answers_of};
use crate::store::{Access, Direction, Key, PageLimit, Partition, Transaction};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Pieces that wait to be taken.
const PIECES_MAX: usize = 2;

/// Keys of one page, and their bytes with their values'.
const PAGE: PageLimit = PageLimit {
    entries_max: 256,
    bytes_max: 1 << 20,
};

/// Begins to export what is kept of a reader: the pieces of the document, or in
/// the place of one the reason why it will not be whole.
pub fn export(app: &Arc<App>, reader: &ReaderId) -> Receiver<Result<Bytes, ServiceError>> {
    let (pieces, taken) = mpsc::channel(PIECES_MAX);
    let (app, reader) = (Arc::clone(app), reader.clone());
    tokio::spawn(async move {
        let writer = Writer {
            app: &app,
            pieces: &pieces,
        };
        if let Err(Ended::Failed(error)) = writer.document(&reader).await {
            // If nobody takes it any more, nobody misses it.
            let _ = pieces.send(Err(error)).await;
        }
    });
    taken
}

struct Writer<'a> {
    app: &'a Arc<App>,
    pieces: &'a Sender<Result<Bytes, ServiceError>>,
}

/// Why nothing more is written.
enum Ended {
    Failed(ServiceError),
    NobodyTakesIt,
}

impl<E: Into<ServiceError>> From<E> for Ended {
    fn from(error: E) -> Ended {
        Ended::Failed(error.into())
    }
}

impl Writer<'_> {
    async fn document(&self, reader: &ReaderId) -> Result<(), Ended> {
        let app = self.app;
        let person = people::person(&app.store, reader).await?;
        let formers = people::formers_of(&app.store, reader).await?;
        let head = json!({
            "host": app.public_url.as_str(),
            "exported_at": format!("{:.0}", app.world.now()),
            "reader": who(reader, person.as_ref(), &formers),
        });
        self.open(&head, "circles").await?;
        let mut separator = "";
        for circle in people::circles_noted(&app.store, reader).await? {
            separator = self.circle(separator, &circle, reader).await?;
        }
        let own = reader.is_anonymous().then_some(reader);
        for anonymous in own.into_iter().chain(&formers) {
            for circle in app.circles_ever() {
                separator = self.circle(separator, circle, anonymous).await?;
            }
        }
        self.write("]}\n".to_owned()).await
    }

    /// What one circle keeps, if it knows the reader; the separator for the
    /// next.
    async fn circle(
        &self,
        separator: &'static str,
        circle: &CircleId,
        reader: &ReaderId,
    ) -> Result<&'static str, Ended> {
        let app = self.app;
        let found = people::member(&app.store, &app.keys, circle, reader).await?;
        let Some((member, record)) = found else {
            return Ok(separator);
        };
        self.write(separator.to_owned()).await?;
        let partition = Partition::circle(circle.as_str());
        let mut tx = self.begin(&partition).await?;
        let standing = membership(&mut tx, member.as_str()).await?;
        drop(tx);
        let about = self.membership(circle, &member, &record, &standing);
        self.open(&about, "kept").await?;
        self.scattered(&partition, &member, Scattered::State)
            .await?;
        self.write("],\"taken\":[".to_owned()).await?;
        self.scattered(&partition, &member, Scattered::Taken)
            .await?;
        self.write("],\"answers\":[".to_owned()).await?;
        self.answers(&partition, &member).await?;
        self.said(&partition, &member).await?;
        self.pictures(&partition, &member).await?;
        self.write("]}".to_owned()).await?;
        Ok(",")
    }

    fn membership(
        &self,
        circle: &CircleId,
        member: &MemberId,
        record: &MemberRecord,
        standing: &Membership,
    ) -> Value {
        let there = self.app.circle(circle);
        json!({
            "circle": circle.as_str(),
            "name": there.map(|circle| circle.facts().name.clone()),
            "member": member.as_str(),
            "since": instant(record.since_ms).to_string(),
            "called": record.profile,
            "membership": in_circle(standing),
        })
    }

    /// What lies under the member below one plugin or card after another.
    async fn scattered(
        &self,
        partition: &Partition,
        member: &MemberId,
        kind: Scattered,
    ) -> Result<(), Ended> {
        let mut names = Names::of(kind);
        let mut separator = "";
        loop {
            let mut tx = self.begin(partition).await?;
            let Some((key, mut range)) = names.next(&mut tx, member).await? else {
                return Ok(());
            };
            let name = self.name(kind, &key);
            let prefix = range.start.clone();
            loop {
                let mut tx = self.begin(partition).await?;
                let page = tx.scan(range.clone(), Direction::Forward, PAGE).await?;
                let entries = page.entries.iter().map(|(key, value)| match kind {
                    Scattered::State => kept(&name, key.behind(&prefix), value),
                    Scattered::Taken => json!({"card": name, "answer": outcome_of(value)}),
                });
                separator = self.entries(separator, entries.collect()).await?;
                match page.next {
                    Some(next) => range.start = next,
                    None => break,
                }
            }
        }
    }

    async fn answers(&self, partition: &Partition, member: &MemberId) -> Result<(), Ended> {
        let mut range = answers_of(member.as_str());
        let mut separator = "";
        loop {
            let mut tx = self.begin(partition).await?;
            let page = tx.scan(range.clone(), Direction::Forward, PAGE).await?;
            let mut entries = Vec::with_capacity(page.entries.len());
            for (entry, _) in page.entries {
                if let Some(answer) = once::recorded_under(&mut tx, &entry).await? {
                    entries.push(json!({ "answer": outcome_of(&answer) }));
                }
            }
            drop(tx);
            separator = self.entries(separator, entries).await?;
            match page.next {
                Some(next) => range.start = next,
                None => return Ok(()),
            }
        }
    }

    /// What the member posted, liked and reported: three lists, the last of
    /// which is left open.
    async fn said(&self, partition: &Partition, member: &MemberId) -> Result<(), Ended> {
        const LISTS: [&str; 3] = ["posts", "reactions", "reports"];
        let mut open = 0;
        let mut separator = self.next_list(LISTS[open]).await?;
        let mut after = None;
        loop {
            let mut tx = self.begin(partition).await?;
            let (found, next) = posts::kept(&mut tx, member.as_str(), after, PAGE).await?;
            drop(tx);
            for one in found {
                let (list, entry) = said(one);
                while open < list {
                    open += 1;
                    separator = self.next_list(LISTS[open]).await?;
                }
                separator = self.entries(separator, vec![entry]).await?;
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        for name in &LISTS[open + 1..] {
            self.next_list(name).await?;
        }
        Ok(())
    }

    /// The pictures that the member gave, in a list that is left open.
    async fn pictures(&self, partition: &Partition, member: &MemberId) -> Result<(), Ended> {
        let mut separator = self.next_list("pictures").await?;
        let mut after: Option<String> = None;
        loop {
            let mut tx = self.begin(partition).await?;
            let ids = media::media_of(&mut tx, member.as_str(), after.as_deref(), PAGE.entries_max);
            let ids = ids.await?;
            let mut entries = Vec::with_capacity(ids.len());
            for id in &ids {
                if let Some(record) = media::media(&mut tx, id).await? {
                    entries.push(self.picture(id, &record));
                }
            }
            drop(tx);
            separator = self.entries(separator, entries).await?;
            after = ids.into_iter().next_back();
            if after.is_none() {
                return Ok(());
            }
        }
    }

    fn picture(&self, id: &str, record: &MediaRecord) -> Value {
        json!({
            "id": id,
            "url": format!("{}/m/{id}", self.app.public_url),
            "width": record.width,
            "height": record.height,
            "bytes": record.bytes,
            "posts": record.uses,
            "since": instant(record.at_ms).to_string(),
        })
    }

    /// Closes a list and opens another; the separator in it.
    async fn next_list(&self, name: &str) -> Result<&'static str, Ended> {
        self.write(format!("],\"{name}\":[")).await?;
        Ok("")
    }

    /// The name that a key lies under. Long ones stand as a digest, and are
    /// found among those that there are.
    fn name(&self, kind: Scattered, key: &Key) -> String {
        let app = self.app;
        let config = app.config.cards.iter();
        let mut long = config.map(|card| match kind {
            Scattered::State => card.plugin.as_str(),
            Scattered::Taken => card.slug.as_str(),
        });
        let long = || long.find(|name| kind.is_under(key, name));
        let name = kind.name(key).or_else(long);
        name.unwrap_or("(no longer here)").to_owned()
    }

    async fn begin(&self, partition: &Partition) -> Result<Transaction, Ended> {
        let store = Arc::clone(&self.app.store);
        Ok(Transaction::begin(store, partition, Access::Read).await?)
    }

    /// An object that is left open, in a list of this name.
    async fn open(&self, object: &Value, list: &str) -> Result<(), Ended> {
        let mut text = object.to_string();
        text.pop();
        self.write(format!("{text},\n\"{list}\":[")).await
    }

    async fn entries(
        &self,
        mut separator: &'static str,
        entries: Vec<Value>,
    ) -> Result<&'static str, Ended> {
        let mut text = String::new();
        for entry in entries {
            text.push_str(separator);
            text.push('\n');
            text.push_str(&entry.to_string());
            separator = ",";
        }
        self.write(text).await?;
        Ok(separator)
    }

    async fn write(&self, text: String) -> Result<(), Ended> {
        if text.is_empty() {
            return Ok(());
        }
        let sent = self.pieces.send(Ok(text.into())).await;
        sent.map_err(|_| Ended::NobodyTakesIt)
    }
}

/// What somebody is in a circle; null for who never joined.
fn in_circle(membership: &Membership) -> Value {
    if *membership == Membership::default() {
        return Value::Null;
    }
    let at = |at_ms: u64| (at_ms > 0).then(|| instant(at_ms).to_string());
    json!({
        "standing": membership.standing,
        "role": membership.role,
        "since": at(membership.since_ms),
        "first_since": at(membership.first_joined_ms()),
        "muted_until": at(membership.muted_until_ms),
    })
}

fn who(reader: &ReaderId, person: Option<&Person>, formers: &[ReaderId]) -> Value {
    let Some(person) = person else {
        return json!({"id": reader.as_str(), "kind": "anonymous"});
    };
    let formers = formers.iter().map(ReaderId::as_str);
    json!({
        "id": reader.as_str(),
        "kind": "person",
        "publisher": person.publisher.as_str(),
        "subject": person.subject,
        "name": person.profile.name,
        "avatar": person.profile.avatar,
        "name_as_of": instant(person.profile_at_ms).to_string(),
        "since": instant(person.since_ms).to_string(),
        "was_anonymous_as": formers.collect::<Vec<_>>(),
    })
}

/// One thing that a member said: in which of the lists, and how it is told.
fn said(kept: posts::Kept) -> (usize, Value) {
    match kept {
        posts::Kept::Post(id, record, earlier) => {
            (0, json!({"id": id, "post": record, "earlier": earlier}))
        }
        posts::Kept::Reaction(post, reaction) => (1, json!({"post": post, "reaction": reaction})),
        posts::Kept::Report(post, reason) => (2, json!({"post": post, "reason": reason})),
    }
}

/// One key of a plugin, and its value: as JSON if it is, else as text, else in
/// base64.
fn kept(plugin: &str, key: &[u8], value: &[u8]) -> Value {
    let mut entry = json!({"plugin": plugin, "key": String::from_utf8_lossy(key)});
    if let Ok(json) = serde_json::from_slice::<Value>(value) {
        entry["value"] = json;
    } else if let Ok(text) = std::str::from_utf8(value) {
        entry["text"] = text.into();
    } else {
        entry["base64"] = STANDARD.encode(value).into();
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::kept;

    #[test]
    fn values_are_shown_as_what_they_are() {
        #[track_caller]
        fn check(value: &[u8], expected: &str) {
            assert_eq!(kept("quanka/poll", b"vote", value).to_string(), expected);
        }
        check(
            br#"{"a":[1]}"#,
            r#"{"plugin":"quanka/poll","key":"vote","value":{"a":[1]}}"#,
        );
        check(
            "三体".as_bytes(),
            r#"{"plugin":"quanka/poll","key":"vote","text":"三体"}"#,
        );
        check(
            &[0xff, 0x00],
            r#"{"plugin":"quanka/poll","key":"vote","base64":"/wA="}"#,
        );
    }
}
