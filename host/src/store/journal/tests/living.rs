//! A journal that is read while someone writes it, and cuts it.

use super::*;

fn small(dir: &Path) -> Journal {
    journal(dir, SMALL)
}

fn journal(dir: &Path, options: JournalOptions) -> Journal {
    Journal::create(hasty(), dir, STORE, options, GroupNumber(0)).unwrap()
}

fn numbers(reader: &mut JournalReader) -> Result<Vec<u64>, JournalError> {
    let mut numbers = Vec::new();
    while let Some((number, _)) = reader.next_group()? {
        numbers.push(number.0);
    }
    Ok(numbers)
}

#[test]
fn what_is_held_stays_readable_when_it_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = small(dir.path());
    for number in 1..=20 {
        journal.append(&payload(number, 2000)).unwrap();
    }
    let open = || JournalReader::open(dir.path(), GroupNumber(0), Until::Now).unwrap();
    let (mut held, mut unheld) = (open(), open());
    held.hold().unwrap();
    journal.files().cut(GroupNumber(18)).unwrap();
    assert_eq!(numbers(&mut held).unwrap(), (1..=20).collect::<Vec<_>>());
    assert_eq!(held.last(), GroupNumber(20));
    assert!(numbers(&mut unheld).is_err());
}

/// The reader looks for the next group a moment before it comes, and finds the
/// one after it where it looks next.
#[test]
fn groups_that_come_meanwhile_are_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = journal(
        dir.path(),
        JournalOptions {
            segment_bytes: 4 << 20,
        },
    );
    // What is read ahead at once ends one sector behind the first group.
    let sectors = (1 << 20) / 512 - 2;
    journal.append(&payload(1, sectors * 504 - 20)).unwrap();
    let mut reader = JournalReader::open(dir.path(), GroupNumber(0), Until::Now).unwrap();
    assert_eq!(reader.next_group().unwrap().unwrap().0, GroupNumber(1));
    assert_eq!(reader.position().1, (1 << 20) - 512);
    for number in 2..=3 {
        journal.append(&payload(number, 9)).unwrap();
    }
    assert_eq!(reader.next_group().unwrap(), None);
    assert_eq!(reader.last(), GroupNumber(1));
    assert_eq!(read(dir.path(), 1, Until::Now).unwrap().len(), 2);
}

/// A group lost in the middle is one, whoever may be writing.
#[test]
fn a_gap_is_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = small(dir.path());
    for number in 1..=3 {
        journal.append(&payload(number, 9)).unwrap();
    }
    let file = Disk::default().open(&segment_path(dir.path(), 1)).unwrap();
    file.write_all_at(&[0; 512], 1024).unwrap();
    let error = read(dir.path(), 0, Until::Now).unwrap_err().to_string();
    assert!(error.contains("group 2: it cannot be read"), "{error}");
}

/// The bytes of a group being written arrive in any order.
#[test]
fn a_group_that_is_half_there_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = small(dir.path());
    for number in 1..=2 {
        journal.append(&payload(number, 1200)).unwrap();
    }
    let path = segment_path(dir.path(), 1);
    let file = Disk::default().open(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let second = 4 * 512;
    for missing in [second + 2, second + 100, second + 700] {
        let take_out = || file.write_all_at(&[0; 16], missing as u64).unwrap();
        let put_back = || file.write_all_at(&whole, 0).unwrap();
        take_out();
        let mut reader = JournalReader::open(dir.path(), GroupNumber(1), Until::Now).unwrap();
        let mut waited = 0;
        let found = reader.next_group_waiting(&mut || {
            waited += 1;
            if waited == 3 {
                put_back();
            }
        });
        let (number, found) = found.unwrap().unwrap();
        assert_eq!((number.0, waited), (2, 3), "{missing}");
        assert_eq!(found, payload(2, 1200));

        // What stays like that is damage.
        take_out();
        let mut reader = JournalReader::open(dir.path(), GroupNumber(1), Until::Now).unwrap();
        let found = reader.next_group_waiting(&mut || {});
        assert!(
            matches!(found, Err(JournalError::Damaged { .. })),
            "{missing}"
        );
        put_back();
    }
}
