//! File, environment and flags together, and what `config show` makes of it.

use super::*;

#[test]
fn everything_wrong_is_said_at_once_in_the_order_of_the_file() {
    let text = GOOD
        .replace("quanka/poll", "quanka/pol")
        .replace("id = \"beike\"", "id = \"beike\"\nintroo = \"x\"")
        .replace("localhost:7879", "localhost:7879/x");
    let directory = directory(&format!("[log]\nformat = 1\n{text}"));
    let env = vec![
        ("QUANKA__SERVER__LISTN".to_owned(), "x".to_owned()),
        (
            "QUANKA__CACHE__VIEWS_BYTES_MAX".to_owned(),
            "many".to_owned(),
        ),
    ];
    let flags = vec![(
        "server.listen".to_owned(),
        "here".to_owned(),
        "--listen".to_owned(),
    )];
    let problems = load(&Source {
        env,
        flags,
        ..source(directory.path())
    })
    .unwrap_err();
    insta::assert_snapshot!(without_directory(&problems, directory.path()), @r#"
        quanka.toml:2: log.format: must be a string, not a whole number
        quanka.toml:7: publisher[0].origins[0]: "http://localhost:7879/x" says more than scheme, name and port; write "http://localhost:7879"
        quanka.toml:12: circle[0].introo: is not an option; did you mean `intro`?
        quanka.toml:18: card[0].plugin: there is no plugin "quanka/pol"; did you mean `quanka/poll`?
        QUANKA__CACHE__VIEWS_BYTES_MAX: cache.views_bytes_max: must be a whole number, not "many"
        QUANKA__SERVER__LISTN: is not an option; did you mean QUANKA__SERVER__LISTEN?
        --listen: server.listen: "here" is not an address and port; write it like "0.0.0.0:7878"
        "#);
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_defaults() {
    #[track_caller]
    fn check(source: &Source, path: &str, value: &str, origin: &Origin) {
        let loaded = load(source).unwrap();
        let found = loaded.to_json()[path]["value"].clone();
        let found = found.as_str().map_or(found.to_string(), str::to_owned);
        assert_eq!((found.as_str(), loaded.origin(path)), (value, Some(origin)));
    }
    let variable = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let flag = |path: &str, text: &str| (path.to_owned(), text.to_owned(), "--a-flag".to_owned());
    let by_flag = || Origin::Flag("--a-flag".to_owned());
    let by_env = |name: &str| Origin::Environment(name.to_owned());
    let directory = directory("[server]\nlisten = \"127.0.0.1:1\"\nbody_bytes_max = 2048\n");

    let file = source(directory.path());
    check(
        &file,
        "server.request_timeout_ms",
        "10000",
        &Origin::Default,
    );
    check(
        &file,
        "server.listen",
        "127.0.0.1:1",
        &Origin::File { line: 2 },
    );

    let listen = "QUANKA__SERVER__LISTEN";
    let env = Source {
        env: vec![variable(listen, "127.0.0.1:2"), variable("HOME", "/")],
        ..file
    };
    check(&env, "server.listen", "127.0.0.1:2", &by_env(listen));
    check(
        &env,
        "server.body_bytes_max",
        "2048",
        &Origin::File { line: 3 },
    );

    let flags = Source {
        flags: vec![flag("server.listen", "127.0.0.1:3")],
        ..env
    };
    check(&flags, "server.listen", "127.0.0.1:3", &by_flag());

    // Each type of value has a way in from a word.
    let (size, safe) = (
        "QUANKA__SERVER__BODY_BYTES_MAX",
        "QUANKA__SERVER__INSECURE_COOKIES",
    );
    let env = Source {
        env: vec![variable(size, "4_096"), variable(safe, "true")],
        ..flags
    };
    check(&env, "server.body_bytes_max", "4096", &by_env(size));
    check(&env, "server.insecure_cookies", "true", &by_env(safe));
    assert_eq!(load(&env).unwrap().config.server.body_bytes_max, 4096);
}

#[test]
fn variables_that_set_nothing_are_refused() {
    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        let env = vec![(name.to_owned(), text.to_owned())];
        let found = load(&Source {
            env,
            ..Source::default()
        });
        assert_eq!(
            found.map_or_else(|problems| problems.to_string(), |_| "ok".to_owned()),
            expected
        );
    }
    check(
        "QUANKA__SERVER__LISTN",
        "x",
        "QUANKA__SERVER__LISTN: is not an option; did you mean QUANKA__SERVER__LISTEN?",
    );
    check(
        "QUANKA__WHAT",
        "x",
        "QUANKA__WHAT: is not an option; `quanka config show` prints them all",
    );
    check(
        "QUANKA__CARD__SLUG",
        "x",
        "QUANKA__CARD__SLUG: is not an option; [[card]] can only stand in the file",
    );
    check(
        "QUANKA__DATA__DIR__",
        "x",
        "QUANKA__DATA__DIR__: is not an option; did you mean QUANKA__DATA__DIR?",
    );
    check(
        "QUANKA__SERVER__BODY_BYTES_MAX",
        "64k",
        "QUANKA__SERVER__BODY_BYTES_MAX: server.body_bytes_max: must be a whole number, not \"64k\"",
    );
    check(
        "QUANKA__SERVER__INSECURE_COOKIES",
        "1",
        "QUANKA__SERVER__INSECURE_COOKIES: server.insecure_cookies: must be true or false, not \"1\"",
    );
    check("QUANKA_CONFIG", "x", "ok");
}

#[test]
fn paths_of_the_file_start_at_the_file() {
    let directory = directory(GOOD);
    let file = source(directory.path());
    let loaded = load(&file).unwrap();
    assert_eq!(loaded.config.data.dir, directory.path().join("data"));
    assert_eq!(loaded.plugins[0].file, directory.path().join("poll.wasm"));

    let flags = vec![(
        "data.dir".to_owned(),
        "here".to_owned(),
        "--data".to_owned(),
    )];
    let loaded = load(&Source { flags, ..file }).unwrap();
    assert_eq!(loaded.config.data.dir, Path::new("here"));
}

#[test]
fn a_file_that_cannot_be_read_says_so() {
    #[track_caller]
    fn check(name: &str, expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("binary.toml"), [0xff, 0xfe]).unwrap();
        let file = Some(directory.path().join(name));
        let problems = load(&Source {
            file,
            ..Source::default()
        })
        .unwrap_err();
        assert_eq!(without_directory(&problems, directory.path()), expected);
    }
    check(
        "none.toml",
        "none.toml: is not there; write it, or name another with --config",
    );
    check("binary.toml", "binary.toml: is not UTF-8 text");
}

#[test]
fn the_merged_configuration_is_shown_with_origins_and_without_secrets() {
    let text = GOOD.replace(
        "question = ",
        "api_token = \"hush\"\ncloses_at = 2027-01-01T00:00:00Z\nchoices_max = 2\nquestion = ",
    );
    let directory = directory(&text);
    let env = vec![(
        "QUANKA__SERVER__SHUTDOWN_GRACE_MS".to_owned(),
        "7".to_owned(),
    )];
    let flags = vec![(
        "server.listen".to_owned(),
        "127.0.0.1:0".to_owned(),
        "--listen".to_owned(),
    )];
    let loaded = load(&Source {
        env,
        flags,
        ..source(directory.path())
    })
    .unwrap();
    let shown = loaded.to_toml();
    let (start, rest) = shown.split_once("[data]").unwrap();
    let (_, end) = rest.split_once("[[publisher]]").unwrap();
    insta::assert_snapshot!(format!("{start}…\n\n[[publisher]]{end}"), @r#"
    [server]
    listen = "127.0.0.1:0"  # --listen
    public_url = ""  # default
    operator_listen = ""  # default
    operator_token_sha256 = []  # default
    trusted_proxy_hops = 0  # default
    body_bytes_max = 65536  # default
    head_bytes_max = 16384  # default
    headers_max = 100  # default
    uri_bytes_max = 8192  # default
    head_timeout_ms = 10000  # default
    idle_timeout_ms = 75000  # default
    transfer_grace_ms = 10000  # default
    transfer_bytes_per_second_min = 500  # default
    peer_timeout_ms = 60000  # default
    send_buffer_bytes = 262144  # default
    request_timeout_ms = 10000  # default
    shutdown_grace_ms = 7  # QUANKA__SERVER__SHUTDOWN_GRACE_MS
    connections_max = 60000  # default
    connections_per_address_max = 2000  # default
    requests_per_connection_max = 100  # default
    insecure_cookies = false  # default

    …

    [[publisher]]
    id = "daily"  # line 3
    name = "贝壳日报"  # line 4
    origins = ["http://localhost:7879"]  # line 5
    issuer = ""  # default
    jwks_url = ""  # default
    key = []  # default
    api_token_sha256 = []  # default

    [[plugin]]
    file = "poll.wasm"  # line 7
    deny = []  # default

    [[circle]]
    id = "beike"  # line 9
    publisher = "daily"  # line 10
    name = "贝壳读书圈"  # line 11
    intro = ""  # default
    topics = []  # default
    owner = ""  # default
    join = "open"  # default
    pre_approval = false  # default
    words_hold = []  # default
    words_refuse = []  # default

    [[card]]
    slug = "vote"  # line 13
    circle = "beike"  # line 14
    plugin = "quanka/poll"  # line 15
    size = "standard"  # default
    state = "live"  # default

    [card.config]
    api_token = "(redacted)"  # line 17
    closes_at = 2027-01-01T00:00:00Z  # line 18
    choices_max = 2  # line 19
    question = "下个月读什么?"  # line 20
    options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]  # line 21
    "#);

    let json = loaded.to_json();
    assert!(!json.to_string().contains("hush"));
    insta::assert_snapshot!(json["card[0].config.options[1].id"], @r#"{"value":"b","origin":{"line":21}}"#);
    insta::assert_snapshot!(json["server.listen"], @r#"{"value":"127.0.0.1:0","origin":{"flag":"--listen"}}"#);
    insta::assert_snapshot!(json["server.shutdown_grace_ms"], @r#"{"value":7,"origin":{"environment":"QUANKA__SERVER__SHUTDOWN_GRACE_MS"}}"#);
    insta::assert_snapshot!(json["card[0].config.api_token"], @r#"{"value":"(redacted)","origin":{"line":17}}"#);

    // What is shown can be loaded, and is the same.
    fs::write(
        directory.path().join("quanka.toml"),
        shown.replace("(redacted)", "hush"),
    )
    .unwrap();
    assert_eq!(
        load(&source(directory.path())).unwrap().config,
        loaded.config
    );
}
