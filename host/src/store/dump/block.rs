//! A block in memory: its entries, and where each lies.

const HEAD_BYTES: usize = 6;

/// Entries in ascending order.
pub struct Block {
    plain: Vec<u8>,
    /// Where the entries begin.
    starts: Vec<u32>,
}

impl Block {
    /// `None` unless the bytes are entries in ascending order, at least one.
    pub fn parse(plain: Vec<u8>) -> Option<Block> {
        let mut starts = Vec::with_capacity(plain.len() / 64);
        let mut at = 0;
        let mut last: Option<&[u8]> = None;
        while at < plain.len() {
            let (key, value) = entry_at(&plain, at)?;
            if last.is_some_and(|last| last >= key) {
                return None;
            }
            last = Some(key);
            starts.push(u32::try_from(at).ok()?);
            at += HEAD_BYTES + key.len() + value.len();
        }
        (!starts.is_empty()).then_some(Block { plain, starts })
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Key and value of an entry by its place.
    pub fn entry(&self, place: usize) -> (&[u8], &[u8]) {
        entry_at(&self.plain, self.starts[place] as usize).expect("parsed before")
    }

    /// The place of the first entry whose key is not below this one.
    pub fn lower_bound(&self, key: &[u8]) -> usize {
        let below = |start: &u32| {
            let (found, _) = entry_at(&self.plain, *start as usize).expect("parsed before");
            found < key
        };
        self.starts.partition_point(below)
    }
}

/// Puts an entry behind others.
pub fn push(plain: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let key_bytes = u16::try_from(key.len()).expect("a dump refuses longer keys");
    let value_bytes = u32::try_from(value.len()).expect("a dump refuses longer values");
    plain.extend_from_slice(&key_bytes.to_le_bytes());
    plain.extend_from_slice(&value_bytes.to_le_bytes());
    plain.extend_from_slice(key);
    plain.extend_from_slice(value);
}

fn entry_at(plain: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let rest = plain.get(at..)?;
    let (key_bytes, rest) = rest.split_first_chunk()?;
    let (value_bytes, rest) = rest.split_first_chunk()?;
    let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*key_bytes)))?;
    let value = rest.get(..u32::from_le_bytes(*value_bytes) as usize)?;
    Some((key, value))
}
