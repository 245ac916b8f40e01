//! Files that are no plugins: no component, no manifest, imports that are not
//! to be had, and what no compiler comes to the end of. The host starts all the
//! same, says what is wrong with which file, and serves the others.

use std::time::Duration;

use quanka_test_guests::{bytes, guest, manifest};
use quanka_tests::guests::{component, with_manifest, write};
use quanka_tests::server::Host;
use quanka_tests::{eventually, eventually_within, paths};
use tempfile::TempDir;

use super::{
    assert_error, assert_notice, assert_overloaded, card, log_line, log_lines, neighbour_answers,
    neighbour_answers_during, says, setup, view,
};

/// What the log says of each file of [`bytes::not_a_component`].
const NO_COMPONENTS: &[(&str, &str)] = &[
    ("nothing", "is not a WebAssembly component"),
    ("text", "is not a WebAssembly component"),
    ("noise", "is not a WebAssembly component"),
    ("a core module", "is a core module, not a component"),
    ("half a header", "is not a WebAssembly component"),
    (
        "a header with noise behind",
        "is not a WebAssembly component",
    ),
    (
        "a component that exports nothing",
        "is a component without a manifest",
    ),
];

/// Slow for any compiler, so that a low limit is surely reached.
const SLOW: &str = "slow";

#[test]
fn a_plugin_that_is_no_component() {
    let folder = TempDir::new().unwrap();
    let files = bytes::not_a_component();
    let named: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let expected: Vec<&str> = NO_COMPONENTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, expected, "every file needs its line here");

    let mut all = setup().card("none", "test/none", "");
    for (name, bytes) in &files {
        let file = folder.path().join(name).with_extension("wasm");
        write(&file, bytes);
        all = all.plugin_file(&file);
    }
    let mut host = Host::start(&all);
    for (name, reason) in NO_COMPONENTS {
        log_line(&host, &format!("{reason:?} of {name}"), |line| {
            line["level"] == "ERROR" && says(line, "message", &format!("/{name}.wasm: {reason}"))
        });
    }
    assert_never_loaded(&mut host, "none");
}

/// A manifest alone makes no plugin: the sandbox looks for itself.
#[test]
fn a_plugin_that_only_looks_like_one() {
    let folder = TempDir::new().unwrap();
    let nothing = b"\0asm\x0d\0\x01\0";
    let cases: [(&str, Vec<u8>, &str); 3] = [
        ("empty", nothing.to_vec(), "it does not fit the contract"),
        ("damaged", damaged(), "not a valid component"),
        ("nested", doubled(), ""),
    ];
    let mut all = setup();
    for (name, bytes, _) in &cases {
        let plugin = format!("test/{name}");
        let file = folder.path().join(name).with_extension("wasm");
        write(&file, &with_manifest(bytes, &manifest(&plugin)));
        all = all.plugin_file(&file).card(name, &plugin, "");
    }
    let mut host = Host::start(&all);
    for (name, _, reason) in cases {
        if reason.is_empty() {
            view(&host.client(), name).expect(200);
            continue;
        }
        not_loaded(&host, &format!("{name}.wasm"), reason);
        assert_never_loaded(&mut host, name);
    }
}

#[test]
fn a_plugin_that_imports_what_it_may_not() {
    let all = setup().guest("forbidden_import");
    let mut host = Host::start(&card(all, "caller", "forbidden_import", "", ""));
    let file = "forbidden_import.wasm";
    not_loaded(
        &host,
        file,
        "`wasi:sockets/tcp@0.2.6`: a plugin cannot open sockets",
    );
    assert_never_loaded(&mut host, "caller");
}

#[test]
fn a_plugin_that_asks_for_less_than_it_imports() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("modest.wasm");
    let modest = manifest("test/modest").replace("\"state\", ", "");
    write(
        &file,
        &with_manifest(&component(&guest("counter")), &modest),
    );
    let mut host = Host::start(&setup().plugin_file(&file).card("modest", "test/modest", ""));
    let reason = "the manifest does not ask for it; add \"state\" to `capabilities`";
    not_loaded(&host, "modest.wasm", reason);
    assert_never_loaded(&mut host, "modest");
}

#[test]
fn a_plugin_larger_than_a_plugin_may_be() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("large.wasm");
    let padded = with_manifest(&component(&guest("echo")), &" ".repeat(500_000));
    write(&file, &with_manifest(&padded, &manifest("test/large")));
    let all = setup()
        .section("sandbox", "component_bytes_max = 500000")
        .plugin_file(&file);
    let mut host = Host::start(&all.card("large", "test/large", ""));
    log_line(&host, "the file's size", |line| {
        says(
            line,
            "message",
            "large.wasm: is larger than sandbox.component_bytes_max, 500000",
        )
    });
    assert_never_loaded(&mut host, "large");
}

#[test]
fn a_plugin_that_takes_a_minute_to_compile() {
    refused_to_compile(
        bytes::slow_compile,
        "compile_wall_ms = 1500",
        "1500 ms (sandbox.compile_wall_ms)",
    );
}

#[test]
fn a_plugin_that_takes_a_minute_of_running_time_to_compile() {
    refused_to_compile(
        bytes::slow_compile,
        "compile_cpu_ms = 1000",
        "1000 ms of CPU time (sandbox.compile_cpu_ms)",
    );
}

#[test]
fn a_plugin_that_takes_all_memory_to_compile() {
    refused_to_compile(
        bytes::hungry_compile,
        "compile_memory_bytes_max = 536870912",
        "536870912 bytes of memory (sandbox.compile_memory_bytes_max)",
    );
}

#[track_caller]
fn refused_to_compile(slow: impl Fn(&[u8]) -> Vec<u8>, limit: &str, reason: &str) {
    let folder = TempDir::new().expect("the temporary directory is writable");
    let file = folder.path().join("slow.wasm");
    let slow = slow(&component(&guest("echo")));
    write(&file, &with_manifest(&slow, &manifest("test/slow")));
    // The neighbour is compiled first, without the limit: it is not about that.
    let mut host = Host::start(&setup());
    host.configure(
        &setup()
            .section("sandbox", limit)
            .section("sandbox", "startup_wait_ms = 0")
            .plugin_file(&file)
            .card(SLOW, "test/slow", ""),
    );
    host.restart();
    let client = host.client();
    // While it is being compiled its card says when to come back.
    let answer = view(&client, SLOW);
    if answer.status == 503 {
        assert_overloaded(&answer);
    }
    eventually("the neighbour to be ready", || {
        (view(&client, super::NEIGHBOUR).status == 200).then_some(())
    });
    neighbour_answers(&client);
    not_loaded(
        &host,
        "slow.wasm",
        &format!("compiling took more than {reason}"),
    );
    assert_never_loaded(&mut host, SLOW);
    assert_nothing_left_behind(&host);
}

/// Compiling leaves artifacts and their seals, and nothing else.
#[track_caller]
fn assert_nothing_left_behind(host: &Host) {
    for path in paths::entries(&host.data_dir().join("artifacts")) {
        let extension = path.extension().unwrap_or_default();
        assert!(
            extension == "cwasm" || extension == "seal",
            "{}",
            path.display()
        );
    }
}

/// The host says which file it did not load, and why. On a busy machine it
/// takes a while to look at a large one.
#[track_caller]
fn not_loaded(host: &Host, file: &str, reason: &str) {
    let told = eventually_within(Duration::from_secs(90), || {
        let lines = log_lines(host);
        let told = lines.iter().find(|line| {
            line["level"] == "ERROR"
                && says(line, "file", file)
                && says(line, "message", "plugin not loaded, its cards answer 500")
        });
        told.cloned()
    });
    let told = told.unwrap_or_else(|| panic!("{file} should not have been loaded"));
    assert!(says(&told, "message", reason), "{reason:?} in {told:#}");
}

/// Its card answers like one that failed, the others as ever.
#[track_caller]
fn assert_never_loaded(host: &mut Host, slug: &str) {
    let client = host.client();
    let get = |path: String| client.get(&path).send();
    assert_notice(&get(format!("/c/{slug}/embed")), 500, "plugin_fault");
    assert_notice(&get(format!("/c/{slug}")), 500, "plugin_fault");
    neighbour_answers_during(host, |client| {
        assert_error(&view(client, slug), 500, "plugin_fault");
    });
}

/// A component with one byte of a function's body changed to no instruction.
fn damaged() -> Vec<u8> {
    let mut bytes = component(&guest("echo"));
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].fill(0xff);
    bytes
}

/// A good component with a manifest of another name inside: the last one counts.
fn doubled() -> Vec<u8> {
    with_manifest(&component(&guest("echo")), &manifest("test/other"))
}
