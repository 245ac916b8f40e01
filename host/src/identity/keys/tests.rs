use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::identity::testing::{at, one_key, secret, write};

fn in_dir<T>(test: impl FnOnce(&Path) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    test(&dir.path().join("secret.key"))
}

/// A signature under the current key, to tell keys apart.
fn fingerprint(keys: &Keys) -> Vec<u8> {
    let (_, mac) = keys.signer(Purpose::Offer);
    mac.chain_update("x").finalize().into_bytes().to_vec()
}

#[test]
fn makes_a_file_once_and_reads_it_ever_after() {
    in_dir(|path| {
        let now = at("2026-01-02T03:04:05.678Z");
        let made = Keys::load_or_create(path, now).unwrap();
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o600);
        let again = Keys::load_or_create(path, now).unwrap();
        assert_eq!(fingerprint(&made), fingerprint(&again));
        assert_eq!(
            made.derive_member(&[b"c", b"r"]),
            again.derive_member(&[b"c", b"r"])
        );
        // Nothing is left beside it.
        let names = fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(names.count(), 1);
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("# Made 2026-01-02T03:04:05Z.\n"), "{text}");
    });
}

#[test]
fn makes_the_directory_for_its_owner_alone() {
    in_dir(|path| {
        let dir = path.with_file_name("data");
        Keys::load_or_create(&dir.join("secret.key"), Timestamp::UNIX_EPOCH).unwrap();
        let mode = fs::metadata(dir).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o700);
    });
}

#[test]
fn two_hosts_have_different_secrets() {
    let one = in_dir(|path| Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap());
    let other = in_dir(|path| Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap());
    assert_ne!(fingerprint(&one), fingerprint(&other));
    assert_ne!(one.derive_member(&[b"c"]), other.derive_member(&[b"c"]));
}

#[test]
fn a_file_that_another_process_made_meanwhile_counts() {
    in_dir(|path| {
        let theirs = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
        // What this process does when it saw no file a moment ago.
        let ours = file::create(path, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(fingerprint(&Keys::derive(&ours)), fingerprint(&theirs));
        let names = fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(names.count(), 1);
    });
}

#[test]
fn every_use_has_a_key_of_its_own() {
    let keys = one_key();
    let sign = |purpose| {
        let (_, mac) = keys.signer(purpose);
        mac.chain_update("x").finalize().into_bytes()[..16].to_vec()
    };
    let all = HashSet::from([
        sign(Purpose::Offer),
        sign(Purpose::Session),
        keys.derive_member(&[b"x"]).to_vec(),
        keys.derive_anonymous(&[b"x"]).to_vec(),
        keys.derive_form_key(&[b"x"])[..16].to_vec(),
    ]);
    assert_eq!(all.len(), 5);
}

#[test]
fn parts_do_not_run_into_each_other() {
    let keys = one_key();
    assert_ne!(
        keys.derive_member(&[b"ab", b"c"]),
        keys.derive_member(&[b"a", b"bc"])
    );
}

#[test]
fn refuses_a_file_that_others_may_read() {
    for mode in [0o640, 0o604, 0o620, 0o601, 0o644, 0o666] {
        in_dir(|path| {
            Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            let error = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap_err();
            let path = path.display();
            assert_eq!(
                error.to_string(),
                format!(
                    "the key file {path} has mode {mode:04o}, so others may read this \
                     host's secrets; run: chmod 600 {path}"
                )
            );
        });
    }
    in_dir(|path| {
        Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
        Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
    });
}

#[test]
fn says_what_is_wrong_and_what_to_do() {
    fn check(text: &str, expected: &str) {
        in_dir(|path| {
            write(path, text);
            let error = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap_err();
            let said = error
                .to_string()
                .replace(&path.display().to_string(), "FILE");
            assert_eq!(said, expected, "for {text:?}");
            assert!(!said.contains("BwcHBw"), "a secret is shown: {said}");
        });
    }
    let [s, short] = [secret(7), "BwcHBw==".to_owned()];
    let root = format!("root {s}\n");
    let table = [
        (
            String::new(),
            "FILE: no `root` line; restore the file from a backup (a new root orphans all data)",
        ),
        (
            format!("sign k1 {s}\n"),
            "FILE: no `root` line; restore the file from a backup (a new root orphans all data)",
        ),
        (
            root.clone(),
            "FILE: no `sign` line that is not retired; add `sign NAME SECRET`, \
             where SECRET is what `head -c 32 /dev/urandom | base64` prints",
        ),
        (
            format!("{root}sign k1 {s} retired 2026-01-01T00:00:00Z\n"),
            "FILE: no `sign` line that is not retired; add `sign NAME SECRET`, \
             where SECRET is what `head -c 32 /dev/urandom | base64` prints",
        ),
        (
            format!("# mine\n\nroot {short}\n"),
            "FILE:3: the secret is not 32 bytes in base64 (44 characters); \
             restore the line from a backup",
        ),
        (
            format!("{root}sign k1 {short}\n"),
            "FILE:2: the secret is not 32 bytes in base64 (44 characters); \
             restore the line from a backup",
        ),
        (
            format!("{root}{root}"),
            "FILE:2: a second `root`; keep the older one",
        ),
        (
            format!("{root}sign k1 {s}\nsign k1 {s}\n"),
            "FILE:3: a second key `k1`; give it another name",
        ),
        (
            format!("{root}sign {s}\n"),
            "FILE:2: a key's name is 1 to 16 of a-z and 0-9",
        ),
        (
            format!("{root}sign K1 {s}\n"),
            "FILE:2: a key's name is 1 to 16 of a-z and 0-9",
        ),
        (
            format!("{root}sign k1 {s} {s}\n"),
            "FILE:2: a signing key is `sign NAME SECRET [retired INSTANT]`",
        ),
        (
            format!("{root}sign k1 {s} retired yesterday\n"),
            "FILE:2: after `retired` comes an instant such as 2026-01-02T03:04:05Z",
        ),
        (
            format!("{s}\n"),
            "FILE:1: not `root SECRET`, `sign NAME SECRET [retired INSTANT]` or a `#` comment; \
             restore the line from a backup",
        ),
        (
            "#".repeat(65_537),
            "FILE: longer than 65536 bytes, so this is no key file",
        ),
    ];
    for (text, expected) in table {
        check(&text, expected);
    }
}

#[test]
fn refuses_what_is_no_file() {
    in_dir(|path| {
        fs::create_dir(path).unwrap();
        let error = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(error, KeyFileError::NotAFile { .. }), "{error}");
    });
    in_dir(|path| {
        // Its directory is a file.
        fs::write(path, "").unwrap();
        let error =
            Keys::load_or_create(&path.join("secret.key"), Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().starts_with("cannot read"), "{error}");
    });
}

#[test]
fn the_last_key_that_is_not_retired_signs() {
    fn check(sign: &[(&str, u8, &str)], expected: &str) {
        let keys = crate::identity::testing::keys(sign);
        assert_eq!(keys.signer(Purpose::Offer).0, expected, "for {sign:?}");
    }
    let retired = "retired 2026-01-01T00:00:00Z";
    check(&[("k1", 1, "")], "k1");
    check(&[("k1", 1, ""), ("k2", 2, "")], "k2");
    check(&[("k1", 1, retired), ("k2", 2, "")], "k2");
    check(&[("k1", 1, ""), ("k2", 2, retired)], "k1");
    check(
        &[("new", 1, ""), ("k2", 2, retired), ("k3", 3, retired)],
        "new",
    );
}

#[test]
fn rotation_retires_the_old_key_and_keeps_the_rest_of_the_file() {
    in_dir(|path| {
        let text = format!(
            "# from the handbook\nroot {}\nsign k1 {} retired 2025-01-01T00:00:00Z\nsign k9 {}",
            secret(7),
            secret(1),
            secret(2)
        );
        write(path, &text);
        let before = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
        let after = rotate(path, at("2026-01-02T03:04:05Z")).unwrap();
        assert_eq!(after.ids().collect::<Vec<_>>(), ["k1", "k9", "k10"]);
        assert_eq!(after.signer(Purpose::Offer).0, "k10");
        assert_ne!(fingerprint(&before), fingerprint(&after));
        let member = |keys: &Keys| keys.derive_member(&[b"circle", b"reader"]);
        assert_eq!(member(&before), member(&after));

        let now = fs::read_to_string(path).unwrap();
        let added = now
            .strip_prefix(&format!("{text} retired 2026-01-02T03:04:05Z\nsign k10 "))
            .unwrap_or_else(|| panic!("{now}"));
        assert_eq!(added.len(), 45);
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o600);
        let loaded = Keys::load_or_create(path, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(fingerprint(&loaded), fingerprint(&after));
    });
}

#[test]
fn rotation_needs_a_file() {
    in_dir(|path| {
        let error = rotate(path, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(error, KeyFileError::Io { .. }), "{error}");
        assert!(!path.exists());
    });
}

#[test]
fn debug_shows_names_only() {
    insta::assert_snapshot!(
        format!("{:?}", one_key()),
        @r#"Keys { ids: ["k1"], .. }"#
    );
}
