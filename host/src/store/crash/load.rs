//! The load of the crash lab: writers that each do one numbered action after
//! another, and what the store must hold after so many of each.
//!
//! An action puts and deletes values from none to 64 KiB, counts on a ranked
//! board, changes a value shared with other writers by what it reads, records
//! its answer under its idempotency key and forgets that of an older one, all
//! in one commit. It is tried again after a crash, whether it was acknowledged
//! or not, and must have its effect once. All of it follows from writer and
//! number, and the order in which writers take turns makes no difference: so
//! the numbers reached (which are in the store) say what every other key must
//! be.

use std::collections::BTreeMap;

use super::*;
use crate::store::batch::Writes;
use crate::store::disk::recorder::Chance;
use crate::store::keys::{answer, answer_expiry};
use crate::store::suite::key;
use crate::store::usage::meter;

/// The way to recorded answers. The rules are `community::once`, which stands
/// above the store and comes in from there.
#[async_trait]
pub(crate) trait Once: Send + Sync + 'static {
    /// The answer recorded under a key, if there is one.
    async fn recorded(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
    ) -> Result<Option<Bytes>, StoreError>;

    /// Records an answer until an instant.
    async fn record(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
        answer: &[u8],
        expires_at_ms: u64,
    ) -> Result<(), StoreError>;
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub writers: usize,
    pub partitions: usize,
    pub value_bytes_max: u64,
}

/// The last action of each writer.
pub(crate) type Reached = Vec<u64>;

/// Everything in a partition.
pub(crate) type Entries = BTreeMap<Key, Bytes>;

/// The card whose actions they are.
pub(crate) const CARD: &str = "vote";
/// Keys of its own that a writer changes in turn.
const SLOTS: u64 = 8;
/// Recorded answers a writer keeps.
const KEPT: u64 = 8;
const ITEMS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const SHARED: [&str; 2] = ["shared-0", "shared-1"];

impl Load {
    pub fn mixed() -> Load {
        Load {
            writers: 8,
            partitions: 3,
            value_bytes_max: VALUE_BYTES_MAX as u64,
        }
    }

    /// Where a writer works.
    fn partition(self, number: usize) -> Partition {
        Partition::circle(&format!("circle-{}", number % self.partitions))
    }

    /// Does one action, unless its answer is recorded already.
    pub async fn act(
        self,
        store: &Arc<dyn Store>,
        once: &dyn Once,
        writer: usize,
        number: u64,
    ) -> Result<(), StoreError> {
        let partition = self.partition(writer);
        let digest = digest(writer, number);
        let said = said(writer, number);
        loop {
            let mut tx = Transaction::begin(Arc::clone(store), &partition, Access::Write).await?;
            if let Some(found) = once.recorded(&mut tx, &digest).await? {
                assert_eq!(found, said, "the answer recorded for {writer}/{number}");
                return Ok(());
            }
            self.perform(&mut tx, writer, number).await?;
            once.record(&mut tx, &digest, &said, expiry(number)).await?;
            match tx.commit().await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Quota(reached)) => panic!("there are no quotas: {reached}"),
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
    }

    async fn perform(
        self,
        tx: &mut Transaction,
        writer: usize,
        number: u64,
    ) -> Result<(), StoreError> {
        tx.put(reached_key(writer), number.to_be_bytes().to_vec().into())?;
        let slot = slot_key(writer, number % SLOTS);
        match self.value(writer, number) {
            Some(value) => tx.put(slot, value)?,
            None => tx.delete(slot)?,
        }
        let (item, delta) = counted(writer, number);
        tx.add(&board(), item, delta)?;
        if let Some(shared) = shared(writer, number) {
            let old = match shared {
                0 => tx.get(&key(SHARED[0])).await?,
                // Found in the range, or not.
                _ => {
                    let range = KeyRange::prefix(b"shared-");
                    let page = tx.scan(range, Direction::Backward, PAGE).await?;
                    let mut entries = page.entries.into_iter();
                    let found = entries.find(|(at, _)| *at == key(SHARED[1]));
                    found.map(|(_, value)| value)
                }
            };
            let (count, sum) = old.as_ref().map_or((0, 0), shared_parts);
            let new = shared_value(count + 1, sum ^ chance(writer, number, 9).below(u64::MAX));
            tx.put(key(SHARED[shared]), new)?;
        }
        if let Some(forgotten) = number.checked_sub(KEPT).filter(|&number| number > 0) {
            let old = digest(writer, forgotten);
            tx.delete(answer(CARD, &old))?;
            tx.delete(answer_expiry(expiry(forgotten), CARD, &old))?;
        }
        Ok(())
    }

    /// What an action puts into its slot; `None` deletes it.
    fn value(self, writer: usize, number: u64) -> Option<Bytes> {
        let mut chance = chance(writer, number, 1);
        let bytes = match chance.below(20) {
            0..4 => return None,
            4..15 => chance.below(200),
            // About one cell of the index, and a few.
            15..17 => 3_450 + chance.below(100),
            17..19 => chance.below(16 << 10),
            _ => (64 << 10) - chance.below(100),
        };
        let bytes = usize::try_from(bytes.min(self.value_bytes_max)).unwrap();
        let word = chance.below(u64::MAX).to_be_bytes();
        Some(word.into_iter().cycle().take(bytes).collect())
    }

    /// All that a partition must hold once its writers have come so far.
    fn expected(self, circle: usize, reached: &BTreeMap<usize, u64>) -> Entries {
        let mut entries = Entries::new();
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        let mut shared_parts: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for writer in (0..self.writers).filter(|writer| writer % self.partitions == circle) {
            let Some(&last) = reached.get(&writer) else {
                continue;
            };
            entries.insert(reached_key(writer), last.to_be_bytes().to_vec().into());
            for number in last.saturating_sub(SLOTS - 1).max(1)..=last {
                if let Some(value) = self.value(writer, number) {
                    entries.insert(slot_key(writer, number % SLOTS), value);
                }
            }
            for number in last.saturating_sub(KEPT - 1).max(1)..=last {
                let digest = digest(writer, number);
                let record = answer(CARD, &digest);
                let until = expiry(number);
                let expiry = answer_expiry(until, CARD, &digest);
                entries.insert(expiry, record.to_vec().into());
                let value = [&until.to_be_bytes()[..], &said(writer, number)].concat();
                entries.insert(record, value.into());
            }
            for number in 1..=last {
                let (item, delta) = counted(writer, number);
                *counts.entry(item).or_default() += delta;
                if let Some(shared) = shared(writer, number) {
                    let (count, sum) = shared_parts.entry(shared).or_default();
                    *count += 1;
                    *sum ^= chance(writer, number, 9).below(u64::MAX);
                }
            }
        }
        for (shared, (count, sum)) in shared_parts {
            entries.insert(key(SHARED[shared]), shared_value(count, sum));
        }
        let number = |number: i64| Bytes::copy_from_slice(&number.to_be_bytes());
        for (item, &count) in counts.iter().filter(|(_, count)| **count != 0) {
            entries.insert(board().count(item), number(count));
            entries.insert(board().place(count, item), Bytes::new());
        }
        match counts.values().sum() {
            0 => {}
            total => drop(entries.insert(board().total(), number(total))),
        }
        counted_anew(entries)
    }

    /// Looks through the whole store. The error says what is wrong with it.
    pub async fn reached(self, store: &Arc<dyn Store>) -> Result<Reached, String> {
        let mut reached = vec![0; self.writers];
        for circle in 0..self.partitions {
            let partition = self.partition(circle);
            let (seq, entries) = entries(store, &partition)
                .await
                .map_err(|error| format!("reading {partition:?}: {error}"))?;
            let found = self.check(circle, seq, &entries)?;
            for (writer, last) in found {
                reached[writer] = last;
            }
        }
        Ok(reached)
    }

    fn check(
        self,
        circle: usize,
        seq: Seq,
        entries: &Entries,
    ) -> Result<BTreeMap<usize, u64>, String> {
        let mut reached = BTreeMap::new();
        for writer in (0..self.writers).filter(|writer| writer % self.partitions == circle) {
            if let Some(value) = entries.get(&reached_key(writer)) {
                let number = value.as_ref().try_into().map_err(|_| "half a number")?;
                reached.insert(writer, u64::from_be_bytes(number));
            }
        }
        let commits: u64 = reached.values().sum();
        let expected = self.expected(circle, &reached);
        let wrong = expected
            .keys()
            .chain(entries.keys())
            .find(|&at| expected.get(at) != entries.get(at));
        if let Some(at) = wrong {
            let [wanted, found] = [&expected, entries].map(|entries| shown(entries.get(at)));
            return Err(format!(
                "circle {circle} at {seq}, writers at {reached:?}: {at:?} is {found}, not {wanted}"
            ));
        }
        if seq != Seq(commits) {
            return Err(format!(
                "circle {circle}: {commits} commits ({reached:?}), but the last is {seq}"
            ));
        }
        Ok(reached)
    }
}

/// With the usages, as they come out when everything is counted at once.
fn counted_anew(entries: Entries) -> Entries {
    let entries = entries.into_iter().map(|(key, value)| (key, Some(value)));
    let mut writes: Writes = entries.collect();
    meter(&mut writes, &Quotas::NONE, |_| Ok(None)).unwrap();
    let entries = writes.into_iter();
    entries
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// Checks that what was acknowledged is there, and nothing that was not sent.
/// A writer sends one action at a time.
pub(crate) fn check_acknowledged(acknowledged: &Reached, found: &Reached) -> Result<(), String> {
    for (writer, (&acknowledged, &found)) in acknowledged.iter().zip(found).enumerate() {
        if found < acknowledged {
            return Err(format!(
                "writer {writer}: {acknowledged} acknowledged, but the last there is {found}: lost"
            ));
        }
        if found > acknowledged + 1 {
            return Err(format!(
                "writer {writer}: {acknowledged} acknowledged, but {found} is there: invented"
            ));
        }
    }
    Ok(())
}

/// A whole partition, read page by page at one snapshot.
pub(crate) async fn entries(
    store: &Arc<dyn Store>,
    partition: &Partition,
) -> Result<(Seq, Entries), StoreError> {
    let mut tx = Transaction::begin(Arc::clone(store), partition, Access::Read).await?;
    let mut entries = Entries::new();
    let mut rest = KeyRange {
        start: Vec::new().into(),
        end: vec![0xff].into(),
    };
    loop {
        let page = tx.scan(rest.clone(), Direction::Forward, PAGE).await?;
        entries.extend(page.entries);
        match page.next {
            Some(next) => rest.start = next,
            None => return Ok((tx.seq(), entries)),
        }
    }
}

const PAGE: PageLimit = PageLimit {
    entries_max: 100,
    bytes_max: 256 << 10,
};

fn shown(value: Option<&Bytes>) -> String {
    match value {
        None => "nothing".into(),
        Some(value) if value.len() <= 40 => value.escape_ascii().to_string(),
        Some(value) => format!(
            "{} bytes with the checksum {:08x}",
            value.len(),
            crc32c::crc32c(value)
        ),
    }
}

/// Chance that is the same for the same action and purpose.
fn chance(writer: usize, number: u64, purpose: u64) -> Chance {
    let mut chance = Chance((writer as u64) << 48 | number << 8 | purpose);
    // One step, so that neighbours have nothing in common.
    Chance(chance.below(u64::MAX))
}

fn counted(writer: usize, number: u64) -> (&'static str, i64) {
    let mut chance = chance(writer, number, 2);
    let item = ITEMS[usize::try_from(chance.below(6)).unwrap()];
    (item, chance.below(5).cast_signed() - 1)
}

/// Which of the shared values it changes, if any.
fn shared(writer: usize, number: u64) -> Option<usize> {
    let shared = chance(writer, number, 3).below(6);
    usize::try_from(shared).ok().filter(|&shared| shared < 2)
}

fn shared_value(count: u64, sum: u64) -> Bytes {
    [count.to_be_bytes(), sum.to_be_bytes()].concat().into()
}

fn shared_parts(value: &Bytes) -> (u64, u64) {
    let number = |at: usize| u64::from_be_bytes(value[at..at + 8].try_into().unwrap());
    (number(0), number(8))
}

fn reached_key(writer: usize) -> Key {
    key(&format!("reached-{writer}"))
}

fn slot_key(writer: usize, slot: u64) -> Key {
    key(&format!("slot-{writer}-{slot}"))
}

fn said(writer: usize, number: u64) -> Bytes {
    format!("the answer to {writer}/{number}").into()
}

fn expiry(number: u64) -> u64 {
    1_000_000 + number
}

fn digest(writer: usize, number: u64) -> [u8; 32] {
    let mut digest = [u8::try_from(writer).unwrap(); 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    digest
}

fn board() -> Board {
    Board::of_card("quanka/poll", CARD, "options")
}

/// The rules of `community::once` in short, for what does not turn on them.
pub(super) struct Directly;

#[async_trait]
impl Once for Directly {
    async fn recorded(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
    ) -> Result<Option<Bytes>, StoreError> {
        let record = tx.get(&answer(CARD, key)).await?;
        Ok(record.map(|record| record.slice(8..)))
    }

    async fn record(
        &self,
        tx: &mut Transaction,
        key: &[u8; 32],
        said: &[u8],
        expires_at_ms: u64,
    ) -> Result<(), StoreError> {
        let record = answer(CARD, key);
        let value = [&expires_at_ms.to_be_bytes(), said].concat();
        let expiry = answer_expiry(expires_at_ms, CARD, key);
        tx.put(expiry, record.to_vec().into())?;
        tx.put(record, value.into())
    }
}
