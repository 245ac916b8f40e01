//! The host as a process: what it prints, what it keeps on disk, where the
//! operator finds it, how it ends.

use super::{polls, start};
use quanka_tests::client::Client;
use quanka_tests::server::{Host, Setup};
use quanka_tests::{eventually, paths};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::Permissions;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

/// `serve` on a host's own data and file, for as long as it takes to fail.
fn serve_again(host: &Host) -> Output {
    serve(host).output().expect("the host's binary runs")
}

fn serve(host: &Host) -> Command {
    let mut command = paths::quanka();
    command
        .arg("serve")
        .arg("--config")
        .arg(host.config_file())
        .arg("--data")
        .arg(host.data_dir())
        .args(["--listen", "127.0.0.1:0"]);
    command
}

#[track_caller]
fn expect_failure(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(output.stdout, b"", "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} in {said}");
    }
}

#[test]
fn standard_output_is_one_line_and_a_signal_ends_it_cleanly() {
    for signal in [Signal::TERM, Signal::INT] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("quanka.toml");
        std::fs::write(&file, Setup::new().text()).unwrap();
        let out = dir.path().join("out");
        let mut child = paths::quanka()
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(&file)
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let said = || std::fs::read_to_string(&out).unwrap();
        eventually("a line", || said().contains('\n').then_some(()));
        let address = said()["listening on http://".len()..].trim().parse();
        let address: SocketAddr = address.expect("what it listens on is an address");
        let client = Client::new(address);
        let _ = client.get("/readyz").send().expect(200);
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal:?}");
        assert_ne!(address.port(), 0);
        assert_eq!(said(), format!("listening on http://{address}\n"));
        // Relative to the file.
        assert!(dir.path().join("data/secret.key").is_file());
    }
}

#[test]
fn one_host_a_data_directory() {
    let host = start();
    let second = serve_again(&host);
    let data = host.data_dir();
    expect_failure(&second, &[data.to_str().unwrap(), "pid "]);
    let _ = host.client().get("/c/vote/view").send().expect(200);
}

#[test]
fn an_address_in_use_is_an_error_that_names_the_option() {
    let host = Host::start(&Setup::new());
    let other = Host::start(&Setup::new());
    let address = other.origin().replace("http://", "");
    let mut command = paths::quanka();
    let output = command
        .arg("serve")
        .arg("--config")
        .arg(host.config_file())
        .args(["--listen", &address, "--data"])
        .arg(host.data_dir().join("elsewhere"))
        .output()
        .unwrap();
    expect_failure(&output, &[&address, "server.listen"]);
}

#[test]
fn the_secret_key_is_its_owners_alone() {
    let mut host = start();
    let key = host.data_dir().join("secret.key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o600, "{mode:o}");
    assert_eq!(host.terminate().code(), Some(0));
    for mode in [0o644, 0o640, 0o602] {
        std::fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let refused = serve_again(&host);
        expect_failure(&refused, &[&format!("mode {mode:04o}"), "chmod 600 "]);
    }
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    host.restart();
}

#[test]
fn a_damaged_key_file_is_not_replaced() {
    let mut host = start();
    let key = host.data_dir().join("secret.key");
    assert_eq!(host.terminate().code(), Some(0));
    let whole = std::fs::read_to_string(&key).unwrap();
    let half = &whole[..whole.len() - 10];
    std::fs::write(&key, half).unwrap();
    expect_failure(&serve_again(&host), &["secret.key"]);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), half);
}

#[test]
fn health_is_where_the_operator_wants_it() {
    let host = start();
    let client = host.client();
    assert_eq!(client.get("/livez").send().expect(200).text(), "ok\n");
    let ready = client.get("/readyz").send().expect(200).json();
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["store"], "ok");
    assert_eq!(
        ready["plugins"],
        serde_json::json!({"ready": 1, "preparing": 0, "failed": 0})
    );

    // A free port, a moment ago.
    let operator = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let keys = format!("operator_listen = '{operator}'");
    let host = Host::start(&polls().section("server", &keys));
    let (readers, operator) = (host.client(), Client::new(operator));
    for path in ["/livez", "/readyz"] {
        let _ = operator.get(path).send().expect(200);
        let _ = readers.get(path).send().expect(404);
    }
    let _ = readers.get("/c/vote").send().expect(200);
    let _ = operator.get("/c/vote").send().expect(404);
}

#[test]
fn a_public_name_needs_https() {
    let setup = polls().section("server", "public_url = 'http://cards.example'");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("quanka.toml");
    let check = |setup: &Setup, expected: &str| {
        std::fs::write(&file, setup.text()).unwrap();
        let mut command = paths::quanka();
        let output = command
            .args(["config", "check", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(said.contains(expected), "{expected:?} in {said}");
    };
    check(&setup, "server.public_url");
    let setup = setup.section("server", "insecure_cookies = true");
    check(&setup, "ok: ");
    // There a browser would refuse the usual cookie, so it gets another.
    let host = Host::start(&setup);
    let voted = super::vote(&host.client(), "a", "one");
    let cookie = voted.header("set-cookie");
    assert!(cookie.starts_with("quanka=v1."), "{cookie}");
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=34560000"),
        "{cookie}"
    );

    let listen = polls().section("server", "listen = '0.0.0.0:7878'");
    check(&listen, "server.public_url");
}
