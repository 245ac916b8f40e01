mod crash;
mod damage;
mod living;

use super::*;
use crate::store::disk::faults::hasty;

const STORE: StoreId = StoreId([7; 16]);

/// Numbers and payloads.
type Groups = Vec<(u64, Vec<u8>)>;

/// Segments for a few records each.
const SMALL: JournalOptions = JournalOptions {
    segment_bytes: 8192,
};

/// A payload that says which group it is, of any length.
fn payload(number: u64, bytes: usize) -> Vec<u8> {
    number
        .to_le_bytes()
        .into_iter()
        .cycle()
        .take(bytes)
        .collect()
}

/// Opens a journal and hands over what is in it.
fn open(disk: &Disk, dir: &Path, after: u64) -> Result<(Journal, Groups), JournalError> {
    let mut groups = Vec::new();
    let mut each = |number: GroupNumber, payload: Bytes| {
        groups.push((number.0, payload.to_vec()));
        Ok(())
    };
    let after = GroupNumber(after);
    let journal = Journal::open(disk.clone(), dir, STORE, SMALL, after, &mut each)?;
    Ok((journal, groups))
}

/// The groups of a journal that is only looked at.
fn read(dir: &Path, after: u64, until: Until) -> Result<Groups, JournalError> {
    let mut reader = JournalReader::open(dir, GroupNumber(after), until)?;
    let mut groups = Vec::new();
    while let Some((number, payload)) = reader.next_group()? {
        groups.push((number.0, payload.to_vec()));
    }
    Ok(groups)
}

/// A journal of payloads of these lengths, closed.
fn journal_of(dir: &Path, lengths: &[usize]) -> Groups {
    let (mut journal, _) = open(&hasty(), dir, 0).unwrap();
    let groups = (1..).zip(lengths).map(|(number, &bytes)| {
        let payload = payload(number, bytes);
        assert_eq!(journal.append(&payload).unwrap(), GroupNumber(number));
        (number, payload)
    });
    groups.collect()
}

fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(GroupNumber(first).file_name(SUFFIX))
}

#[test]
fn what_is_appended_is_there_at_every_opening() {
    let dir = tempfile::tempdir().unwrap();
    // Around the ends of the first, the second and the last sector there is,
    // and contents that look like what was never written, or like a record.
    let lengths = [0, 1, 483, 484, 485, 987, 988, 989, 4000, 7540];
    let mut contents: Vec<Vec<u8>> = lengths.map(|bytes| payload(9, bytes)).to_vec();
    contents.extend([vec![0; 1000], vec![0xff; 1000]]);
    let mut expected = Vec::new();
    for content in contents {
        let (mut journal, found) = open(&hasty(), dir.path(), 0).unwrap();
        assert_eq!(found, expected);
        for payload in [
            content,
            std::fs::read(&journal.segment.path).unwrap()[..2048].into(),
        ] {
            let number = journal.append(&payload).unwrap();
            assert_eq!(journal.last(), number);
            expected.push((number.0, payload));
        }
    }
    assert_eq!(open(&hasty(), dir.path(), 0).unwrap().1, expected);
    assert_eq!(open(&hasty(), dir.path(), 11).unwrap().1, expected[11..]);
    assert_eq!(read(dir.path(), 5, Until::End).unwrap(), expected[5..]);
    let some = read(dir.path(), 5, Until::Group(GroupNumber(9))).unwrap();
    assert_eq!(some, expected[5..9]);
    assert_eq!(open(&hasty(), dir.path(), 24).unwrap().1, []);
}

#[test]
fn a_journal_begins_where_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("journal");
    let create = || Journal::create(hasty(), &dir, STORE, SMALL, GroupNumber(40));
    let mut journal = create().unwrap();
    assert_eq!(journal.last(), GroupNumber(40));
    assert_eq!(journal.append(b"first").unwrap(), GroupNumber(41));
    drop(journal);
    assert!(matches!(create(), Err(JournalError::Exists { .. })));
    let (_, groups) = open(&hasty(), &dir, 40).unwrap();
    assert_eq!(groups, [(41, b"first".to_vec())]);
}

#[test]
fn segments_no_longer_needed_are_cut() {
    let dir = tempfile::tempdir().unwrap();
    // Three to a segment.
    let (mut journal, _) = open(&hasty(), dir.path(), 0).unwrap();
    for number in 1..=10 {
        journal.append(&payload(number, 2000)).unwrap();
    }
    let files = journal.files();
    let check = |upto: u64, expected: &[u64]| {
        files.cut(GroupNumber(upto)).unwrap();
        let firsts = segments(dir.path()).unwrap().into_iter();
        let firsts: Vec<u64> = firsts.map(|segment| segment.first.0).collect();
        assert_eq!(firsts, expected, "cut up to {upto}");
        assert_eq!(files.first().0, expected[0]);
        assert_eq!(files.bytes(), expected.len() as u64 * SMALL.segment_bytes);
    };
    check(0, &[1, 4, 7, 10]);
    check(2, &[1, 4, 7, 10]);
    check(3, &[4, 7, 10]);
    check(8, &[7, 10]);
    // The last one stays, whatever it holds.
    check(10, &[10]);
    check(99, &[10]);
    assert_eq!(journal.append(b"on").unwrap(), GroupNumber(11));
}

#[test]
fn a_segment_that_came_back_after_its_cut_is_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let groups = journal_of(dir.path(), &[2000; 10]);
    std::fs::remove_file(segment_path(dir.path(), 4)).unwrap();
    let (journal, found) = open(&hasty(), dir.path(), 7).unwrap();
    assert_eq!(found, groups[7..]);
    journal.files().cut(GroupNumber(9)).unwrap();
    assert_eq!(journal.files().first(), GroupNumber(10));
    assert!(!segment_path(dir.path(), 1).exists());
}

#[test]
fn the_longest_group_just_fits() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(&hasty(), dir.path(), 0).unwrap();
    let Err(JournalError::TooLarge { bytes_max, .. }) = journal.append(&[1; 9000]) else {
        panic!("it must be refused");
    };
    assert_eq!(bytes_max, 15 * 504 - 20);
    assert!(journal.append(&vec![1; bytes_max + 1]).is_err());
    // A refusal is no failure: the next one is taken.
    assert_eq!(journal.append(&vec![1; bytes_max]).unwrap(), GroupNumber(1));
    assert_eq!(journal.append(&[]).unwrap(), GroupNumber(2));
    drop(journal);
    assert_eq!(open(&hasty(), dir.path(), 0).unwrap().1.len(), 2);

    let large = JournalOptions {
        segment_bytes: 64 << 20,
    };
    assert!(large.check_group(&vec![0; GROUP_BYTES_MAX]).is_ok());
    assert!(large.check_group(&vec![0; GROUP_BYTES_MAX + 1]).is_err());
}

#[test]
fn segments_made_before_the_option_changed_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for segment_bytes in [8192, 1536, 65536, 8192] {
        let options = JournalOptions { segment_bytes };
        let mut found = 0;
        let mut each = |_, _| {
            found += 1;
            Ok(())
        };
        let after = GroupNumber(0);
        let mut journal =
            Journal::open(hasty(), dir.path(), STORE, options, after, &mut each).unwrap();
        assert_eq!(found, expected.len());
        for _ in 0..20 {
            let payload = payload(journal.last().0 + 1, 700);
            expected.push((journal.append(&payload).unwrap().0, payload));
        }
    }
    assert_eq!(read(dir.path(), 0, Until::End).unwrap(), expected);
}
