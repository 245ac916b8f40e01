use super::*;

pub(super) const STORE: StoreId = StoreId([7; 16]);

#[test]
fn what_was_appended_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("journal");
    let options = JournalOptions {
        segment_bytes: 4096,
    };
    let mut expected = Vec::new();
    for round in 0..6u64 {
        let mut found = Vec::new();
        let mut each = |number: GroupNumber, payload: Bytes| {
            found.push((number.0, payload.to_vec()));
            Ok(())
        };
        let disk = Disk::default();
        let mut journal =
            Journal::open(disk, &dir, STORE, options, GroupNumber(0), &mut each).unwrap();
        assert_eq!(found, expected);
        for step in 0..7u8 {
            let payload = vec![step; usize::from(step) * 300 + usize::try_from(round).unwrap()];
            let number = journal.append(&payload).unwrap();
            expected.push((number.0, payload));
        }
    }
}
