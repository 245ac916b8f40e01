//! That decoding undoes encoding, accepts nothing else, and survives anything.

use proptest::prelude::*;

use super::*;

fn commit() -> impl Strategy<Value = GroupCommit> {
    let bytes = |length| prop::collection::vec(any::<u8>(), length);
    let value = prop::option::of(bytes(0..300).prop_map(Bytes::from));
    let writes = prop::collection::btree_map(bytes(0..40).prop_map(Key::from), value, 0..6);
    let seq = prop_oneof![
        1..300u64,
        Just(u64::MAX),
        any::<u64>().prop_map(|n| n.max(1))
    ];
    (bytes(1..140), seq, writes).prop_map(|(partition, seq, writes)| GroupCommit {
        partition: Partition::from_bytes(partition.into()),
        seq: Seq(seq),
        writes,
    })
}

fn encoded(commits: &[GroupCommit]) -> Vec<u8> {
    let mut payload = Vec::new();
    for commit in commits {
        encode(&mut payload, &commit.partition, commit.seq, &commit.writes);
    }
    payload
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(commits in prop::collection::vec(commit(), 1..8)) {
        prop_assert_eq!(decode(encoded(&commits).into()), Ok(commits));
    }

    /// One meaning, one spelling: whatever is accepted is what encoding makes
    /// of its meaning.
    #[test]
    fn nothing_else_is_accepted(
        commits in prop::collection::vec(commit(), 1..4),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        length in any::<prop::sample::Index>(),
    ) {
        let mut payload = encoded(&commits);
        for (at, byte) in changes {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        payload.truncate(1 + length.index(payload.len()));
        if let Ok(commits) = decode(payload.clone().into()) && !commits.is_empty() {
            prop_assert_eq!(encoded(&commits), payload);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(version) = bytes.first_mut() && *version % 4 > 0 {
            *version = VERSION;
        }
        let _ = decode(bytes.into());
    }
}

#[test]
fn what_is_wrong_is_said() {
    let check = |payload: &[u8], expected: Result<usize, GroupError>| {
        let decoded = decode(Bytes::copy_from_slice(payload));
        assert_eq!(
            decoded.map(|commits| commits.len()),
            expected,
            "{payload:?}"
        );
    };
    check(&[1], Ok(0));
    check(&[1, 1, b'p', 7, 1, 1, b'k', 0], Ok(1));
    check(&[1, 1, b'p', 7, 1, 1, b'k', 2, b'v'], Ok(1));
    check(&[1, 1, b'p', 7, 0, 1, b'p', 8, 0], Ok(2));
    check(&[], Err(GroupError::Cut));
    check(&[2, 1, b'p', 7, 0], Err(GroupError::Version(2)));
    check(&[1, 1, b'p', 7, 1, 1, b'k', 3, b'v'], Err(GroupError::Cut));
    check(&[1, 1, b'p', 7, 1, 1, b'k'], Err(GroupError::Cut));
    check(&[1, 9, b'p', 7, 0], Err(GroupError::Cut));
    check(&[1, 0, 7, 0], Err(GroupError::Unnumbered));
    check(&[1, 1, b'p', 0, 0], Err(GroupError::Unnumbered));
    check(&[1, 1, b'p', 0x87, 0, 0], Err(GroupError::Number));
    check(
        &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        Err(GroupError::Number),
    );
    check(
        &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        Err(GroupError::Cut),
    );
    let twice = [1, 1, b'p', 7, 2, 1, b'k', 0, 1, b'k', 0];
    check(&twice, Err(GroupError::Order));
    let descending = [1, 1, b'p', 7, 2, 1, b'l', 0, 1, b'k', 0];
    check(&descending, Err(GroupError::Order));
}
