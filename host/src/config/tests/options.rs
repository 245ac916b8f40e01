//! Mistakes in sections and single options.

use super::check;

#[test]
fn a_file_is_refused_line_by_line_with_what_to_do() {
    check(
        "listen = ",
        "quanka.toml:1: not TOML: string values must be quoted, expected literal string",
    );
    check(
        r#"[server
listen = 1"#,
        "quanka.toml:1: not TOML: unclosed table, expected `]`",
    );
    check(
        r#"[server]
listen = "a"
listen = "b""#,
        "quanka.toml:3: not TOML: duplicate key",
    );
    check(
        r#"[sever]
listen = "127.0.0.1:80""#,
        "quanka.toml:1: sever: is not a section; did you mean `server`?",
    );
    check(
        r#"[zzz]
"#,
        "quanka.toml:1: zzz: is not a section; there are server, data, log, sandbox, view, state, timers, outbound, cache, live, picture, media, limits, identity, members, directory, posts, moderation, publisher, plugin, circle, card",
    );
    check(
        "server = 5",
        "quanka.toml:1: server: must be a table, not a whole number",
    );
    check(
        r#"[server]
lisen = "127.0.0.1:80""#,
        "quanka.toml:2: server.lisen: is not an option; did you mean `listen`?",
    );
    check(
        r#"[server]
memory_bytes_max = 1"#,
        "quanka.toml:2: server.memory_bytes_max: is not an option here; it belongs under [sandbox]",
    );
    check(
        r#"[cache]
qqq = 1"#,
        "quanka.toml:2: cache.qqq: is not an option; there are views_bytes_max",
    );
    check(
        r#"[server]
listen = 7878"#,
        "quanka.toml:2: server.listen: must be a string, not a whole number",
    );
    check(
        r#"[server]
listen = "localhost:7878""#,
        r#"quanka.toml:2: server.listen: "localhost:7878" is not an address and port; write it like "127.0.0.1:7878""#,
    );
    check(
        r#"[server]
listen = "7878""#,
        r#"quanka.toml:2: server.listen: "7878" is not an address and port; write it like "0.0.0.0:7878""#,
    );
    check(
        r#"[server]
body_bytes_max = "64k""#,
        "quanka.toml:2: server.body_bytes_max: must be a whole number, not a string",
    );
    check(
        r#"[server]
body_bytes_max = 12"#,
        "quanka.toml:2: server.body_bytes_max: is 12; must be 1024 to 67108864",
    );
    check(
        r#"[server]
body_bytes_max = -1"#,
        "quanka.toml:2: server.body_bytes_max: is -1; must be 1024 to 67108864",
    );
    check(
        r#"[server]
body_bytes_max = 99999999999999999999"#,
        "quanka.toml:2: 99999999999999999999 is too large: whole numbers have 64 bits",
    );
    check(
        r#"[server]
body_bytes_max = nan"#,
        "quanka.toml:2: nan is not a finite number",
    );
    check(
        r#"[server]
insecure_cookies = "yes""#,
        "quanka.toml:2: server.insecure_cookies: must be true or false, not a string",
    );
    check(
        r#"[log]
format = "jsn""#,
        r#"quanka.toml:2: log.format: "jsn" is none of human, json; did you mean `json`?"#,
    );
    check(
        r#"[log]
filter = "info,quanka=loud""#,
        r#"quanka.toml:2: log.filter: "info,quanka=loud": error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5; write it like "info,quanka::sandbox=debug""#,
    );
    check(
        r#"[data]
dir = """#,
        "quanka.toml:2: data.dir: is empty; name a path",
    );
    check(
        r#"[circle]
id = "x""#,
        "quanka.toml:1: circle: is a list; write [[circle]] with two brackets",
    );
    check(
        r#"circle = ["x"]"#,
        "quanka.toml:1: circle[0]: must be a table, not a string",
    );
}

#[test]
fn the_public_url_is_a_site_that_is_safe() {
    check(
        r#"[server]
listen = "0.0.0.0:80""#,
        r#"quanka.toml:2: server.public_url: is needed, because 0.0.0.0:80 is not loopback: set it to where readers reach this host, like "https://cards.example""#,
    );
    check(
        r#"[server]
listen = "[::1]:80""#,
        "ok",
    );
    check(
        r#"[server]
listen = "0.0.0.0:80"
public_url = "https://cards.example""#,
        "ok",
    );
    check(
        r#"[server]
public_url = "http://cards.example""#,
        "quanka.toml:2: server.public_url: must be https: over plain http sessions can be stolen; on a closed network set `insecure_cookies = true`",
    );
    check(
        r#"[server]
public_url = "http://cards.example"
insecure_cookies = true"#,
        "ok",
    );
    check(
        r#"[server]
public_url = "http://localhost:80""#,
        "ok",
    );
    check(
        r#"[server]
public_url = "cards.example""#,
        r#"quanka.toml:2: server.public_url: "cards.example" is not a site; write scheme and name, like "https://news.example""#,
    );
    check(
        r#"[server]
public_url = "ftp://cards.example""#,
        r#"quanka.toml:2: server.public_url: "ftp://cards.example" is not a site; write scheme and name, like "https://news.example""#,
    );
    check(
        r#"[server]
public_url = "https://cards.example/c?x""#,
        r#"quanka.toml:2: server.public_url: "https://cards.example/c?x" says more than scheme, name and port; write "https://cards.example""#,
    );
    check(
        r#"[server]
public_url = "https://me:pw@cards.example""#,
        r#"quanka.toml:2: server.public_url: "https://me:pw@cards.example" says more than scheme, name and port; write "https://cards.example""#,
    );
    check(
        r#"[server]
public_url = "https://cards.example/""#,
        "ok",
    );
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    check(
        r#"[data]
checkpoint_journal_bytes = 100663296"#,
        "ok",
    );
    check(
        r#"[data]
journal_segment_bytes = 67108864"#,
        "quanka.toml: data.checkpoint_journal_bytes: must be at least 201326592: three files of journal_segment_bytes",
    );
    check(
        r#"[live]
streams_max = 1000
[server]
connections_max = 1000"#,
        "quanka.toml:2: live.streams_max: must be less than server.connections_max, which is 1000: every stream holds a connection, and the rest needs some too",
    );
    check(
        r#"[server]
connections_per_address_max = 1000"#,
        "quanka.toml: live.streams_per_address_max: must be less than server.connections_per_address_max, which is 1000: every stream holds a connection, and the rest needs some too",
    );
    check(
        r#"[server]
connections_per_address_max = 1000
trusted_proxy_hops = 1"#,
        "ok",
    );
    check(
        r#"[state]
commit_bytes_max = 65664"#,
        "ok",
    );
    check(
        r#"[state]
commit_bytes_max = 65536"#,
        "quanka.toml:2: state.commit_bytes_max: must be at least 65664: one key and one value, key_bytes_max and value_bytes_max, have to fit",
    );
    check(
        r#"[state]
page_bytes_max = 65536"#,
        "quanka.toml:2: state.page_bytes_max: must be at least 65664: one key and one value, key_bytes_max and value_bytes_max, have to fit",
    );
    check(
        r#"[media]
bodies_bytes_max = 33554432"#,
        "ok",
    );
    check(
        r#"[media]
bodies_bytes_max = 33554431"#,
        "quanka.toml:2: media.bodies_bytes_max: must be at least form_bytes_max, which is 33554432: one form has to fit",
    );
}
