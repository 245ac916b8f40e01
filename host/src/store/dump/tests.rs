use super::*;

pub(super) const STORE: StoreId = StoreId([7; 16]);

#[test]
fn what_was_put_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer =
        DumpWriter::create(Disk::default(), dir.path(), STORE, GroupNumber(3)).unwrap();
    for number in 0..5000u32 {
        let key = format!("key-{number:06}");
        writer.put(key.as_bytes(), &number.to_le_bytes()).unwrap();
    }
    let facts = writer.finish(GroupNumber(5)).unwrap();
    let dump = Dump::open(&facts.path).unwrap();
    assert_eq!(dump.entries().count(), 5000);
    assert_eq!(
        dump.get(b"key-004711").unwrap().unwrap(),
        4711u32.to_le_bytes()[..]
    );
}
