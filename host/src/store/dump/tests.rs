use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::store::Direction;
use crate::store::disk::faults::{At, Errno, Fault, Faults, Lasting, hasty};
use crate::store::disk::recorder::Recorder;

const STORE: StoreId = StoreId([7; 16]);

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

fn dump_of(disk: &Disk, dir: &Path, entries: &Entries) -> Result<DumpFacts, DumpError> {
    let mut writer = DumpWriter::create(disk.clone(), dir, STORE, GroupNumber(3))?;
    for (key, value) in entries {
        writer.put(key, value)?;
    }
    writer.finish(GroupNumber(5))
}

/// Several blocks: values of all lengths, some that pack well and some that
/// do not.
fn entries(count: u64) -> Entries {
    let mut noise = 1u64;
    let mut entry = |number: u64| {
        let bytes = usize::try_from(number * 37 % 400).unwrap();
        let value = (0..bytes).map(|_| {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            if number.is_multiple_of(2) {
                noise.to_be_bytes()[0]
            } else {
                7
            }
        });
        (format!("key-{number:06}").into_bytes(), value.collect())
    };
    (0..count).map(|number| entry(number * 3)).collect()
}

fn all(dump: &Dump) -> Result<Entries, DumpError> {
    let entries = dump.entries();
    entries
        .map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec())))
        .collect()
}

fn check_reads(dump: &Dump, entries: &Entries, probes: &[Vec<u8>]) {
    for key in probes {
        let expected = entries.get(key).map(|value| Bytes::copy_from_slice(value));
        assert_eq!(dump.get(key).unwrap(), expected, "{}", key.escape_ascii());
    }
    for pair in probes.windows(2) {
        let (start, end) = (&pair[0], &pair[1]);
        let expected: Vec<_> = entries
            .iter()
            .filter(|(key, _)| *key >= start && *key < end)
            .map(|(key, value)| (Bytes::copy_from_slice(key), Bytes::copy_from_slice(value)))
            .collect();
        let range = |direction| {
            let range = dump.range(start.as_slice()..end.as_slice(), direction);
            range.collect::<Result<Vec<_>, _>>().unwrap()
        };
        assert_eq!(range(Direction::Forward), expected);
        let mut backward = range(Direction::Backward);
        backward.reverse();
        assert_eq!(backward, expected);
    }
}

#[test]
fn what_was_put_is_found() {
    let dir = tempfile::tempdir().unwrap();
    for count in [0, 1, 2, 500, 3000] {
        let entries = entries(count);
        let facts = dump_of(&hasty(), dir.path(), &entries).unwrap();
        assert_eq!(facts.entries, count);
        assert_eq!((facts.from, facts.upto), (GroupNumber(3), GroupNumber(5)));
        let bytes = entries.iter().map(|(key, value)| key.len() + value.len());
        assert_eq!(facts.bytes, bytes.sum::<usize>() as u64);
        let dump = Dump::open(&facts.path).unwrap();
        assert_eq!(dump.facts(), &facts);
        dump.verify().unwrap();
        assert_eq!(all(&dump).unwrap(), entries);
        // Keys there, keys between, before and behind; ranges over all sizes
        // and ones turned around.
        let mut probes: Vec<_> = (0..200u64)
            .map(|number| format!("key-{:06}", number * 7919 % (count * 3 + 9)).into_bytes())
            .collect();
        probes.extend([
            b"".to_vec(),
            b"key-".to_vec(),
            b"zzz".to_vec(),
            b"".to_vec(),
        ]);
        check_reads(&dump, &entries, &probes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_entries_are_found(
        entries in prop::collection::btree_map(
            prop::collection::vec(any::<u8>(), 0..4),
            (any::<u8>(), 0..9000usize).prop_map(|(byte, bytes)| vec![byte; bytes]),
            0..60,
        ),
        mut probes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 10),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let facts = dump_of(&hasty(), dir.path(), &entries).unwrap();
        let dump = Dump::open(&facts.path).unwrap();
        prop_assert_eq!(&all(&dump).unwrap(), &entries);
        probes.extend(entries.keys().take(20).cloned());
        check_reads(&dump, &entries, &probes);
    }
}

#[test]
fn limits_and_order_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = DumpWriter::create(hasty(), dir.path(), STORE, GroupNumber(3)).unwrap();
    let mut check = |key: &[u8], value: &[u8], expected: Option<&str>| {
        let error = writer.put(key, value).err();
        let error = error.map(|error| error.to_string());
        assert_eq!(error.as_deref(), expected);
    };
    let longest = vec![b'k'; KEY_BYTES_MAX];
    check(b"a", &vec![0; VALUE_BYTES_MAX], None);
    check(
        b"b",
        &vec![0; VALUE_BYTES_MAX + 1],
        Some("a value of 66561 bytes is longer than the 66560 a dump keeps"),
    );
    check(
        &[&longest[..], b"k"].concat(),
        b"",
        Some("a key of 513 bytes is longer than the 512 a dump keeps"),
    );
    check(&longest, b"", None);
    let order = "the keys of a dump must ascend, and this one does not: ";
    check(b"b", b"", Some(&format!("{order}b")));
    check(&longest, b"", Some(&format!("{order}{}", "k".repeat(512))));
    let facts = writer.finish(GroupNumber(3)).unwrap();
    assert_eq!(facts.entries, 2);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let entries = entries(200);
    let facts = dump_of(&hasty(), dir.path(), &entries).unwrap();
    let content = std::fs::read(&facts.path).unwrap();
    let file = File::options().write(true).open(&facts.path).unwrap();
    let end = content.last_chunk().unwrap();
    let index_at = format::End::decode(end).unwrap().index_at;
    let blocks = format::HEADER_BYTES..usize::try_from(index_at).unwrap();
    // All of header, index and end, which opening notices; and each byte of
    // the blocks once.
    for (byte, &right) in content.iter().enumerate() {
        for bit in 0..8u8 {
            if blocks.contains(&byte) && byte % 8 != usize::from(bit) {
                continue;
            }
            file.write_all_at(&[right ^ (1 << bit)], byte as u64)
                .unwrap();
            let what = format!("bit {bit} of byte {byte}");
            let opened = Dump::open(&facts.path);
            assert_eq!(opened.is_ok(), blocks.contains(&byte), "{what}: open");
            let Ok(dump) = opened else { continue };
            assert!(dump.verify().is_err(), "{what}: verify");
            if byte % 5 == 0 {
                assert!(all(&dump).is_err(), "{what}: read");
            }
        }
        file.write_all_at(&[right], byte as u64).unwrap();
    }
    Dump::open(&facts.path).unwrap().verify().unwrap();
}

/// What a read touches is checked, what it does not touch does not matter.
#[test]
fn a_damaged_block_is_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let entries = entries(3000);
    let facts = dump_of(&hasty(), dir.path(), &entries).unwrap();
    let file = File::options().write(true).open(&facts.path).unwrap();
    file.write_all_at(&[0xff; 9], 60).unwrap();
    let dump = Dump::open(&facts.path).unwrap();
    assert!(dump.get(b"key-000003").is_err());
    assert!(dump.get(b"key-008997").unwrap().is_some());
    let mut entries = dump.entries();
    assert!(entries.next().unwrap().is_err());
    assert!(entries.next().is_none(), "nothing behind an error");
}

#[test]
fn errors_say_where_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dump_of(&hasty(), dir.path(), &entries(20)).unwrap();
    let content = std::fs::read(&facts.path).unwrap();
    let fails = |content: &[u8]| {
        std::fs::write(&facts.path, content).unwrap();
        let opened = Dump::open(&facts.path).and_then(|dump| dump.verify());
        let text = opened.unwrap_err().to_string();
        text.replace(&dir.path().display().to_string(), "DIR")
    };
    insta::assert_snapshot!(fails(&content[..50]), @"the dump DIR/00000000000000000003.dump is damaged at offset 0: it is too short to be one. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    insta::assert_snapshot!(fails(&content[..content.len() - 1]), @"the dump DIR/00000000000000000003.dump is damaged at offset 2293: its end is missing. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    let other = [b"not one", &content[7..]].concat();
    insta::assert_snapshot!(fails(&other), @"the dump DIR/00000000000000000003.dump is damaged at offset 0: it does not begin like one. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
    let mut newer = content.clone();
    newer[8] = 3;
    let crc = crc32c::crc32c(&newer[..36]);
    newer[36..40].copy_from_slice(&crc.to_le_bytes());
    insta::assert_snapshot!(fails(&newer), @"DIR/00000000000000000003.dump has format 3, and this version of quanka reads up to 2: run the newer version that wrote it");
    let mut damaged = content.clone();
    damaged[100] ^= 1;
    insta::assert_snapshot!(fails(&damaged), @"the dump DIR/00000000000000000003.dump is damaged at offset 40: the checksum of a block does not hold. Keep a copy of the data directory, then restore the last backup with `quanka restore`");
}

/// Only a dump that was finished, synced and read back has a dump's name.
#[test]
fn a_power_cut_leaves_a_whole_dump_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::new(dir.path());
    let dumps_in = |root: &Path| root.join("dumps");
    let entries = entries(700);
    prepare_dir(&recorder.disk(), &dumps_in(dir.path())).unwrap();
    dump_of(&recorder.disk(), &dumps_in(dir.path()), &entries).unwrap();
    recorder.mark(1);
    for cut in 0..=recorder.len() {
        for seed in 0..30 {
            let image = tempfile::tempdir().unwrap();
            recorder.image(cut, seed, image.path());
            let dir = dumps_in(image.path());
            prepare_dir(&hasty(), &dir).unwrap();
            let found = newest(&dir).unwrap();
            assert!(
                found.is_some() || recorder.marked(cut).is_none(),
                "cut {cut}, {seed}"
            );
            if let Some(found) = found {
                let dump = Dump::open(&found.path).unwrap();
                dump.verify().unwrap();
                assert_eq!(all(&dump).unwrap(), entries);
            }
            assert_eq!(read_dir(&dir, TEMPORARY_SUFFIX).unwrap(), [], "leftovers");
        }
    }
}

#[test]
fn a_failing_call_leaves_no_dump_and_no_litter() {
    let entries = entries(3000);
    let mut seen = Vec::new();
    for site in Site::ALL {
        for errno in [Errno::Eio, Errno::Enospc] {
            let root = tempfile::tempdir().unwrap();
            let dir = root.path().join("dumps");
            let fault = Fault {
                at: At::Site(site),
                nth: 1,
                lasting: Lasting::Once,
                errno,
                written: 100,
            };
            let faults = Faults::new(fault);
            let made = prepare_dir(&faults.disk(), &dir)
                .and_then(|()| dump_of(&faults.disk(), &dir, &entries));
            assert_eq!(made.is_err(), faults.made() > 0, "{fault:?}");
            if faults.made() == 0 {
                continue;
            }
            seen.push(site);
            if dir.exists() {
                assert_eq!(read_dir(&dir, TEMPORARY_SUFFIX).unwrap(), [], "{fault:?}");
                // Named, but its name may not last: then it is whole.
                for dump in dumps(&dir).unwrap() {
                    Dump::open(&dump.path).unwrap().verify().unwrap();
                }
            }
        }
    }
    seen.dedup();
    let expected = [
        Site::DumpCreateDir,
        Site::DumpCreate,
        Site::DumpWrite,
        Site::DumpSync,
        Site::DumpRename,
        Site::DumpDirSync,
    ];
    assert_eq!(seen, expected);
}

/// A disk that says it wrote and did not: what reading back is for.
#[test]
fn a_dump_that_reads_back_wrong_gets_no_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = DumpWriter::create(hasty(), dir.path(), STORE, GroupNumber(3)).unwrap();
    for (key, value) in entries(20_000) {
        writer.put(&key, &value).unwrap();
    }
    let temporary = dir.path().join(GroupNumber(3).file_name(TEMPORARY_SUFFIX));
    let file = File::options().write(true).open(&temporary).unwrap();
    file.write_all_at(&[0; 512], 4096).unwrap();
    let error = writer.finish(GroupNumber(5)).unwrap_err();
    assert!(matches!(error, DumpError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn older_dumps_are_removed() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("dumps");
    prepare_dir(&hasty(), &dir).unwrap();
    assert_eq!(newest(&dir).unwrap(), None);
    for from in [9, 4, 100] {
        let writer = DumpWriter::create(hasty(), &dir, STORE, GroupNumber(from)).unwrap();
        writer.finish(GroupNumber(from)).unwrap();
    }
    let unfinished = DumpWriter::create(hasty(), &dir, STORE, GroupNumber(200)).unwrap();
    let from = |dir: &Path| -> Vec<u64> {
        let dumps = dumps(dir).unwrap().into_iter();
        dumps.map(|dump| dump.from.0).collect()
    };
    assert_eq!(from(&dir), [4, 9, 100]);
    remove_older(&hasty(), &dir, GroupNumber(9)).unwrap();
    assert_eq!(from(&dir), [9, 100]);
    assert_eq!(newest(&dir).unwrap().unwrap().from, GroupNumber(100));
    drop(unfinished);
}
