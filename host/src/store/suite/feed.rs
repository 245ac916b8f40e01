//! What every backend says has changed, and that a checkpoint changes nothing.

use super::*;

on_every_backend!(
    each_commit_names_its_keys,
    who_watches_sees_every_commit,
    a_checkpoint_changes_nothing,
);

/// The keys of what came after `since`, a commit a word; `None` if that is not
/// known any more.
fn changed(store: &Arc<dyn Store>, since: u64) -> Option<String> {
    let changes = store.changes(&circle(), Seq(since)).unwrap()?;
    let commits = changes.commits.iter().map(|change| {
        let keys = change.keys.iter().map(|key| key.escape_ascii().to_string());
        format!("{}:{}", change.seq, keys.collect::<Vec<_>>().join("+"))
    });
    let upto = store.seq(&circle()).unwrap();
    assert_eq!(changes.upto, upto.max(Seq(since)));
    Some(commits.collect::<Vec<_>>().join(" "))
}

/// A backend may forget, but never leave out.
async fn each_commit_names_its_keys(store: Arc<dyn Store>) {
    assert_eq!(changed(&store, 0).as_deref(), Some(""));
    commit(&store, "b=1 a=1").await;
    commit(&store, "-b c=2").await;
    commit(&store, "-never").await;
    // Held, so that the partition stays at hand.
    let held = begin(&store).await;
    let all = ["1:a+b", "2:b+c", "3:never"];
    for since in 0..=3 {
        let expected = all[since..].join(" ");
        let found = changed(&store, since as u64);
        assert!(
            found.is_none() || found == Some(expected),
            "{since}: {found:?}"
        );
    }
    assert_eq!(
        changed(&store, 3).as_deref(),
        Some(""),
        "nothing since the last"
    );
    assert_eq!(changed(&store, 9).as_deref(), Some(""), "nothing yet");
    drop(held);

    // A count is a change of the count, of the total, and of both places.
    add(&store, "x", 2).await;
    let held = begin(&store).await;
    add(&store, "x", 1).await;
    let changes = store.changes(&circle(), held.seq()).unwrap();
    let changes = changes.expect("one commit is remembered");
    let mut keys = [
        board().count("x"),
        board().total(),
        board().place(2, "x"),
        board().place(3, "x"),
    ];
    keys.sort();
    assert_eq!(*changes.commits[0].keys, keys);
    assert_eq!(changes.commits.len(), 1);

    // A refused commit is no change.
    let mut refused = begin(&store).await;
    value(&mut refused, "a").await;
    commit(&store, "a=2").await;
    let held = begin(&store).await;
    change(&mut refused, "z=1");
    assert_eq!(refused.commit().await, Err(CommitError::Conflict));
    assert_eq!(changed(&store, held.seq().0).as_deref(), Some(""));
}

async fn who_watches_sees_every_commit(store: Arc<dyn Store>) {
    let mut watch = store.watch(&circle()).unwrap();
    let mut elsewhere = store.watch(&Partition::circle("elsewhere")).unwrap();
    assert_eq!(*watch.borrow_and_update(), Seq(0));
    elsewhere.borrow_and_update();
    for number in 1..=20 {
        let seq = commit(&store, &format!("a={number}")).await;
        watch.changed().await.unwrap();
        assert_eq!(*watch.borrow_and_update(), seq);
        // What is announced can be read, and what changed is known.
        assert!(begin(&store).await.seq() >= seq);
        assert_eq!(changed(&store, seq.0 - 1), Some(format!("{seq}:a")));
    }
    assert!(!elsewhere.has_changed().unwrap());
}

async fn a_checkpoint_changes_nothing(store: Arc<dyn Store>) {
    for round in 0..5 {
        commit(&store, &format!("a={round} b-{round}=1 -b-{}", round - 2)).await;
        add(&store, if round % 2 == 0 { "x" } else { "y" }, round).await;
        let mut before = begin(&store).await;
        let old = scanned(&mut before, between("a", "z"), Direction::Forward).await;
        store.checkpoint().await.unwrap();
        commit(&store, "c=later").await;
        let mut after = begin(&store).await;
        let new = scanned(&mut after, between("a", "c"), Direction::Forward).await;
        assert_eq!(new, old);
        assert_eq!(after.seq(), before.seq().next());
        assert_eq!(after.top(&board(), 9).await, before.top(&board(), 9).await);
        let again = scanned(&mut before, between("a", "z"), Direction::Forward).await;
        assert_eq!(again, old, "a snapshot stays as it was");
        commit(&store, "-c").await;
        store.checkpoint().await.unwrap();
    }
}
