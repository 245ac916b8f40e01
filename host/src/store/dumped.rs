//! A dump as a base: what readers are answered from while the index is being
//! built anew.

use bytes::Bytes;

use super::cells::{damaged, parse_seq, seq_key, value_key};
use super::dump::{Dump, DumpError};
use super::index::{Base, Scanned, Visit};
use super::{Direction, Key, KeyRange, PageLimit, Partition, Seq, StoreError};

impl Base for Dump {
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        match Dump::get(self, &seq_key(partition))? {
            Some(seq) => parse_seq(&seq),
            None => Ok(Seq(0)),
        }
    }

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError> {
        Ok(Dump::get(self, &value_key(partition, key))?)
    }

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError> {
        let [start, end] = [&range.start, &range.end].map(|key| value_key(partition, key));
        let before_key = value_key(partition, &Key::from(Vec::new())).len();
        let mut scanned = Scanned::default();
        let mut bytes = 0;
        for entry in self.range(&start..&end, direction) {
            let (cell, value) = entry?;
            let key = cell.get(before_key..).map(|key| Key::from(key.to_vec()));
            let key = key.ok_or_else(|| damaged("a key of a dump is of no known kind"))?;
            let count = scanned.page.entries.len();
            if count == limit.entries_max || (bytes >= limit.bytes_max && count > 0) {
                scanned.page.next = Some(key);
                break;
            }
            bytes += key.len() + value.len();
            scanned.page.entries.push((key, value));
        }
        Ok(scanned)
    }

    fn walk(&self, each: &mut Visit<'_>) -> Result<(), StoreError> {
        for entry in self.entries() {
            let (cell, value) = entry?;
            each(&cell, &value)?;
        }
        Ok(())
    }
}

impl From<DumpError> for StoreError {
    fn from(error: DumpError) -> StoreError {
        StoreError::Damaged {
            reason: error.to_string(),
        }
    }
}
