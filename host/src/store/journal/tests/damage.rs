//! That what is torn is dropped and what is damaged is an error, at every byte
//! and every bit, and what the errors say.

use std::ops::Range;

use super::*;
use crate::store::disk::faults::{At, Errno, Fault, Faults, Lasting};

/// The journal most tests here damage: two segments, the records of the last
/// one at these places.
struct Sample {
    dir: tempfile::TempDir,
    groups: Groups,
    /// The last segment as it is, and the records in it.
    last: PathBuf,
    content: Vec<u8>,
    records: Vec<Range<usize>>,
}

impl Sample {
    fn new() -> Sample {
        let dir = tempfile::tempdir().unwrap();
        // 15 sectors fill the first segment.
        let lengths = [3000, 4200, 10, 1400, 600, 1900];
        let groups = journal_of(dir.path(), &lengths);
        let last = segment_path(dir.path(), 3);
        let content = std::fs::read(&last).unwrap();
        let mut end = SECTOR_BYTES;
        let records = lengths[2..].iter().map(|&bytes| {
            let start = end;
            end += format::record_bytes(bytes);
            start..end
        });
        Sample {
            records: records.collect(),
            dir,
            groups,
            last,
            content,
        }
    }

    fn store(&self, content: &[u8]) {
        overwrite(&self.last, content);
    }

    fn read(&self) -> Result<Groups, JournalError> {
        read(self.dir.path(), 0, Until::End)
    }

    /// The groups before the first record that ends behind a byte.
    fn complete_at(&self, byte: usize) -> &[(u64, Vec<u8>)] {
        let complete = self.records.iter().filter(|record| record.end <= byte);
        &self.groups[..2 + complete.count()]
    }

    /// That the journal holds these groups, and works on from there.
    fn check_opens(&self, expected: &[(u64, Vec<u8>)], what: &str) {
        let (mut journal, found) = open(&hasty(), self.dir.path(), 0).unwrap();
        assert_eq!(found, expected, "{what}");
        let next = expected.len() as u64 + 1;
        let payload = payload(next, 100);
        assert_eq!(journal.append(&payload).unwrap().0, next, "{what}");
        drop(journal);
        let mut longer = expected.to_vec();
        longer.push((next, payload));
        assert_eq!(self.read().unwrap(), longer, "{what}");
        assert_eq!(
            std::fs::metadata(&self.last).unwrap().len(),
            SMALL.segment_bytes
        );
    }
}

/// Gives a file another content. Not by way of an empty file: some file
/// systems sync that at each close.
fn overwrite(path: &Path, content: &[u8]) {
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(content, 0).unwrap();
    file.set_len(content.len() as u64).unwrap();
}

/// Of the last record: what a killed process leaves, and what a copy does that
/// ended early.
#[test]
fn the_tail_cut_or_blank_from_any_byte_on_is_dropped() {
    let sample = Sample::new();
    let last = sample.records[3].clone();
    for byte in last.start..=last.end {
        let expected = sample.complete_at(byte);
        let mut blank = sample.content.clone();
        blank[byte..].fill(0);
        for content in [&sample.content[..byte], &blank] {
            sample.store(content);
            assert_eq!(sample.read().unwrap(), expected, "from byte {byte} on");
            if byte % 61 == 0 || byte % 512 > 508 {
                sample.check_opens(expected, &format!("from byte {byte} on"));
            }
        }
    }
}

/// Two records: the first of them was acknowledged, as the second was begun.
/// Cut at its very start, that cannot be seen; cut inside, the last record is
/// the one that is torn.
#[test]
fn the_tail_cut_from_any_byte_of_the_record_before_is_dropped() {
    let sample = Sample::new();
    let before = sample.records[2].clone();
    for byte in before {
        let mut blank = sample.content.clone();
        blank[byte..].fill(0);
        for content in [&sample.content[..byte], &blank] {
            sample.store(content);
            let expected = sample.complete_at(byte);
            assert_eq!(sample.read().unwrap(), expected, "from byte {byte} on");
        }
    }
}

/// Of the last record: what a power cut leaves.
#[test]
fn any_sectors_missing_from_the_last_record_drop_it() {
    let sample = Sample::new();
    let last = sample.records[3].clone();
    let sectors = last.len() / SECTOR_BYTES;
    for there in 0..1u32 << sectors {
        let mut content = sample.content.clone();
        for sector in (0..sectors).filter(|sector| there & (1 << sector) == 0) {
            let at = last.start + sector * SECTOR_BYTES;
            content[at..at + SECTOR_BYTES].fill(0);
        }
        sample.store(&content);
        let whole = there + 1 == 1 << sectors;
        let expected = &sample.groups[..if whole { 6 } else { 5 }];
        sample.check_opens(expected, &format!("sectors {there:b} are there"));
    }
}

/// A record with later ones behind it was acknowledged: what is missing there
/// is lost, not unwritten.
#[test]
fn a_hole_before_the_last_record_is_damage() {
    let sample = Sample::new();
    for record in &sample.records[..3] {
        for at in record.clone().step_by(SECTOR_BYTES) {
            let mut content = sample.content.clone();
            content[at..at + SECTOR_BYTES].fill(0);
            sample.store(&content);
            let error = sample.read().unwrap_err();
            assert!(
                matches!(error, JournalError::Damaged { .. }),
                "{at}: {error}"
            );
        }
    }
    // In a segment before the last one, even the end of it.
    sample.store(&sample.content);
    let first = segment_path(sample.dir.path(), 1);
    let whole = std::fs::read(&first).unwrap();
    for length in [0, 511, 600, 4000, 8191] {
        overwrite(&first, &whole[..length]);
        assert!(sample.read().is_err(), "cut to {length}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    journal_of(dir.path(), &[7540, 10, 600]);
    let check = |first: u64, range: Range<usize>| {
        let path = segment_path(dir.path(), first);
        let content = std::fs::read(&path).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        for byte in range {
            for bit in 0..8 {
                let flipped = content[byte] ^ (1 << bit);
                file.write_all_at(&[flipped], byte as u64).unwrap();
                let result = read(dir.path(), 0, Until::End);
                assert!(result.is_err(), "bit {bit} of byte {byte} of {first}");
            }
            file.write_all_at(&[content[byte]], byte as u64).unwrap();
        }
    };
    // A header, heads, stamps, payloads and padding; of the segment before,
    // the header and the ends of its record.
    check(2, 0..2048);
    check(1, 0..600);
    check(1, 8100..8192);
    assert_eq!(read(dir.path(), 0, Until::End).unwrap().len(), 3);
}

/// Nor does any bit of a stamp make a sector look unwritten, whatever the salt.
#[test]
fn no_flipped_bit_makes_a_sector_unwritten() {
    for salt in 0..3000 {
        let mut record = Vec::new();
        format::encode_record(&mut record, salt, GroupNumber(1), 0, b"x");
        for bit in 0..64 {
            let mut sector: format::Sector = record[..].try_into().unwrap();
            let written =
                |sector: &format::Sector| format::written(sector, salt, GroupNumber(1), 0);
            assert_eq!(written(&sector), format::Written::Wholly);
            sector[504 + bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                written(&sector),
                format::Written::Otherwise,
                "{salt}, bit {bit}"
            );
        }
    }
}

/// Behind the last record a flipped bit is no loss: nothing is invented.
#[test]
fn a_flipped_bit_behind_the_end_invents_nothing() {
    let sample = Sample::new();
    let end = sample.records.last().unwrap().end;
    for byte in (end..sample.content.len()).step_by(7) {
        let mut content = sample.content.clone();
        content[byte] ^= 1 << (byte % 8);
        sample.store(&content);
        match sample.read() {
            Ok(groups) => sample.check_opens(&groups, &format!("byte {byte}")),
            Err(error) => assert!(matches!(error, JournalError::Damaged { .. }), "{error}"),
        }
    }
}

/// A segment from another history of the same store has the right numbers and
/// the right store.
#[test]
fn a_segment_of_another_history_does_not_fit() {
    let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    journal_of(one.path(), &[3000, 4200, 10]);
    journal_of(other.path(), &[3001, 4200, 10]);
    std::fs::copy(segment_path(other.path(), 3), segment_path(one.path(), 3)).unwrap();
    let error = read(one.path(), 0, Until::End).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("it does not follow the segment before it"),
        "{error}"
    );
}

#[test]
fn errors_say_where_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let fails = |result: Result<(), JournalError>| {
        let text = result.unwrap_err().to_string();
        text.replace(&dir.path().display().to_string(), "DIR")
    };
    let opens = |after| fails(open(&hasty(), dir.path(), after).map(drop));
    insta::assert_snapshot!(opens(5), @"there is no journal in DIR. Keep a copy of the data directory, then restore the last backup with `quanka restore`");

    journal_of(dir.path(), &[2000; 10]);
    insta::assert_snapshot!(opens(12), @"the journal in DIR ends with group 10, but group 12 was written. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    let mut each = |_, _| Err("no commit".into());
    let rejected = Journal::open(hasty(), dir.path(), STORE, SMALL, GroupNumber(1), &mut each);
    insta::assert_snapshot!(fails(rejected.map(drop)), @"the journal is damaged in DIR/00000000000000000001.journal at offset 3072, group 2: no commit. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    let other = StoreId([9; 16]);
    let mut each = |_, _| Ok(());
    let opened = Journal::open(hasty(), dir.path(), other, SMALL, GroupNumber(1), &mut each);
    insta::assert_snapshot!(fails(opened.map(drop)), @"DIR/00000000000000000001.journal belongs to the store 07070707070707070707070707070707, not to 09090909090909090909090909090909: move it elsewhere, and put the segment in its place that belongs there");
    let odd = JournalOptions {
        segment_bytes: 1000,
    };
    let opened = Journal::open(hasty(), dir.path(), STORE, odd, GroupNumber(1), &mut each);
    insta::assert_snapshot!(fails(opened.map(drop)), @"a journal segment of 1000 bytes cannot be: take a multiple of 512 from 1024 on");
    let created = Journal::create(hasty(), dir.path(), STORE, SMALL, GroupNumber(1));
    insta::assert_snapshot!(fails(created.map(drop)), @"there is a journal in DIR already: take a directory without one");
    let (mut journal, _) = open(&hasty(), dir.path(), 0).unwrap();
    insta::assert_snapshot!(fails(journal.append(&[0; 9000]).map(drop)), @"a group of 9000 bytes is longer than the 7540 the journal keeps");
    drop(journal);
    let broken = Faults::new(Fault {
        at: At::Site(Site::JournalAppendSync),
        nth: 1,
        lasting: Lasting::Once,
        errno: Errno::Eio,
        written: 0,
    });
    let (mut journal, _) = open(&broken.disk(), dir.path(), 0).unwrap();
    insta::assert_snapshot!(fails(journal.append(b"x").map(drop)), @"syncing DIR/00000000000000000010.journal: Input/output error (os error 5)");
    insta::assert_snapshot!(fails(journal.append(b"y").map(drop)), @"the journal takes no more groups since syncing DIR/00000000000000000010.journal: Input/output error (os error 5)");
    drop(journal);

    let change = |first, at: usize, bytes: &[u8]| {
        let path = segment_path(dir.path(), first);
        let mut content = std::fs::read(&path).unwrap();
        content[at..at + bytes.len()].copy_from_slice(bytes);
        let crc = crc32c::crc32c(&content[..508]);
        content[508..512].copy_from_slice(&crc.to_le_bytes());
        overwrite(&path, &content);
    };
    change(7, 12, &[9; 16]);
    insta::assert_snapshot!(opens(0), @"DIR/00000000000000000007.journal belongs to the store 09090909090909090909090909090909, not to 07070707070707070707070707070707: move it elsewhere, and put the segment in its place that belongs there");
    change(7, 12, &[7; 16]);
    change(4, 2000, &[1, 2, 3]);
    insta::assert_snapshot!(opens(0), @"the journal is damaged in DIR/00000000000000000004.journal at offset 512, group 4: its checksum does not hold. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    change(4, 8, &3u32.to_le_bytes());
    insta::assert_snapshot!(opens(0), @"DIR/00000000000000000004.journal has format 3, and this version of quanka reads up to 2: run the newer version that wrote it");
    std::fs::remove_file(segment_path(dir.path(), 4)).unwrap();
    insta::assert_snapshot!(opens(0), @"the journal has a gap: groups 4 to 6 are missing before DIR/00000000000000000007.journal. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    std::fs::remove_file(segment_path(dir.path(), 1)).unwrap();
    insta::assert_snapshot!(opens(0), @"the journal has a gap: groups 1 to 6 are missing before DIR/00000000000000000007.journal. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
}
