//! Mistakes in publishers, plugins, circles, cards and their configurations.

use super::{check, check_with};

#[test]
fn what_is_served_is_checked_as_a_whole() {
    check_with(
        r#"id = "daily""#,
        "",
        r#"
quanka.toml:2: publisher[0].id: is missing; write it like `id = "beike-daily"`
quanka.toml:10: circle[0].publisher: there is no publisher "daily"; add a [[publisher]] or name another
"#,
    );
    check_with(
        r#"id = "daily""#,
        r#"id = "Daily!""#,
        r#"
quanka.toml:3: publisher[0].id: has 'D'; use lower-case letters, digits and hyphens
quanka.toml:10: circle[0].publisher: there is no publisher "daily"; add a [[publisher]] or name another
"#,
    );
    check_with(
        r#"id = "daily""#,
        r#"id = """#,
        r#"
quanka.toml:3: publisher[0].id: is empty; give it a name
quanka.toml:10: circle[0].publisher: there is no publisher "daily"; add a [[publisher]] or name another
"#,
    );
    check_with(
        r#"id = "daily""#,
        r#"id = "-daily""#,
        r#"
quanka.toml:3: publisher[0].id: "-daily" starts or ends with a hyphen; leave it out
quanka.toml:10: circle[0].publisher: there is no publisher "daily"; did you mean `-daily`?
"#,
    );
    check_with(
        r#"id = "daily""#,
        r#"id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
        r#"
quanka.toml:3: publisher[0].id: is 65 characters long; at most 64
quanka.toml:10: circle[0].publisher: there is no publisher "daily"; add a [[publisher]] or name another
"#,
    );
    check_with(
        r#"id = "daily""#,
        r#"id = "dayly""#,
        r#"quanka.toml:10: circle[0].publisher: there is no publisher "daily"; did you mean `dayly`?"#,
    );
    check_with(
        r#"publisher = "daily""#,
        r#"publisher = "weekly""#,
        r#"quanka.toml:10: circle[0].publisher: there is no publisher "weekly"; add a [[publisher]] or name another"#,
    );
    check_with(
        r#"name = "贝壳日报""#,
        r#"name = " ""#,
        "quanka.toml:4: publisher[0].name: is empty; readers see it, so write something",
    );
    check_with(
        r#"origins = ["http://localhost:7879"]"#,
        r#"origins = ["http://localhost:7879/x", "localhost", 3]"#,
        r#"
quanka.toml:5: publisher[0].origins[0]: "http://localhost:7879/x" says more than scheme, name and port; write "http://localhost:7879"
quanka.toml:5: publisher[0].origins[1]: "localhost" is not a site; write scheme and name, like "https://news.example"
quanka.toml:5: publisher[0].origins[2]: must be a string, not a whole number
"#,
    );
    check_with(
        r#"origins = ["http://localhost:7879"]"#,
        r#"origins = "http://localhost:7879""#,
        "quanka.toml:5: publisher[0].origins: must be an array, not a string",
    );
    check_with(
        r#"file = "poll.wasm""#,
        r#"file = "poll.wasm"
deny = ["tallly", "wasi", "state"]"#,
        r#"
quanka.toml:8: plugin[0].deny[0]: "tallly" is none of state, tally, viewer, clock, circle, posts, timers, outbound, log; did you mean `tally`?
quanka.toml:8: plugin[0].deny[1]: "wasi" is none of state, tally, viewer, clock, circle, posts, timers, outbound, log
"#,
    );
    check_with(
        r#"file = "poll.wasm""#,
        r#"fil = "poll.wasm""#,
        r#"
quanka.toml:6: plugin[0].file: is missing; write it like `file = "target/plugins/poll.wasm"`
quanka.toml:7: plugin[0].fil: is not an option; did you mean `file`?
"#,
    );
    check_with(
        r#"[[circle]]
"#,
        r#"[[plugin]]
file = "./poll.wasm"
[[circle]]
"#,
        "quanka.toml:9: plugin[1].file: ./poll.wasm is called quanka/poll as poll.wasm is; leave one out",
    );
    check_with(
        r#"circle = "beike""#,
        r#"circle = "beiku""#,
        r#"quanka.toml:14: card[0].circle: there is no circle "beiku"; did you mean `beike`?"#,
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "quanka/pol""#,
        r#"quanka.toml:15: card[0].plugin: there is no plugin "quanka/pol"; did you mean `quanka/poll`?"#,
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "poll""#,
        r#"quanka.toml:15: card[0].plugin: "poll" lacks its publisher; write `publisher/name`, like "quanka/poll""#,
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "someone/else""#,
        r#"quanka.toml:15: card[0].plugin: there is no plugin "someone/else"; add a [[plugin]] or name another"#,
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "quanka/poll"
size = "feed""#,
        "quanka.toml:16: card[0].size: quanka/poll draws no feed; set `size` to compact or standard",
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "quanka/poll"
size = "big"
state = "open""#,
        r#"
quanka.toml:16: card[0].size: "big" is none of compact, standard, feed
quanka.toml:17: card[0].state: "open" is none of live, closed, gone
"#,
    );
    check_with(
        r#"plugin = "quanka/poll""#,
        r#"plugin = "someone/else"
state = "gone""#,
        "ok",
    );
    check_with(
        "[[card]]",
        r#"[[card]]
slug = "vote"
circle = "beike"
plugin = "quanka/poll"
state = "gone"
[[card]]"#,
        r#"quanka.toml:18: card[1].slug: "vote" is taken by card[0].slug (line 13)"#,
    );
    check_with("[[card]]", "[[card]]", "ok");
}

#[test]
fn a_cards_configuration_is_checked_against_its_plugins_schema() {
    check_with(
        r#"question = "下个月读什么?""#,
        "",
        "quanka.toml:16: card[0].config.question: is missing; quanka/poll needs it (What readers are asked)",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"qestion = "下个月读什么?"
colour = "red""#,
        r#"
quanka.toml:16: card[0].config.question: is missing; quanka/poll needs it (What readers are asked)
quanka.toml:17: card[0].config.qestion: is nothing quanka/poll knows; did you mean `question`?
quanka.toml:18: card[0].config.colour: is nothing quanka/poll knows; it knows question, choices_max, closes_at, who, api_token, share, options
"#,
    );
    check_with(
        r#"question = "下个月读什么?""#,
        "question = 5",
        "quanka.toml:17: card[0].config.question: must be a string, not a whole number",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = """#,
        "quanka.toml:17: card[0].config.question: is empty; write something",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "下个月读什么书呢下个月读什么书呢下个月读什么""#,
        "quanka.toml:17: card[0].config.question: is too long: 22 characters; at most 20",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
choices_max = 0
who = "everyone"
closes_at = "tomorrow""#,
        r#"
quanka.toml:18: card[0].config.choices_max: is 0; must be at least 1
quanka.toml:19: card[0].config.who: must be one of "anyone", "signed-in", not "everyone"
quanka.toml:20: card[0].config.closes_at: "tomorrow" is not a date and time with its zone; write it like "2027-01-01T00:00:00+08:00"
"#,
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
choices_max = 21
who = "signed_in"
closes_at = 2027-01-01"#,
        r#"
quanka.toml:18: card[0].config.choices_max: is 21; must be at most 20
quanka.toml:19: card[0].config.who: must be one of "anyone", "signed-in", not "signed_in"; did you mean "signed-in"?
quanka.toml:20: card[0].config.closes_at: "2027-01-01" is not a date and time with its zone; write it like "2027-01-01T00:00:00+08:00"
"#,
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
choices_max = 1.5
closes_at = 2027-01-01T00:00:00+08:00"#,
        "quanka.toml:18: card[0].config.choices_max: must be a whole number, not a decimal number",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
api_token = "HUSH""#,
        "quanka.toml:18: card[0].config.api_token: does not fit the schema's `pattern` (the value, a secret, is not shown)",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
share = "half""#,
        "quanka.toml:18: card[0].config.share: fits none of the allowed forms: must be a number, not a string; or must be a table, not a string",
    );
    check_with(
        r#"question = "下个月读什么?""#,
        r#"question = "?"
share = { prcent = 5 }"#,
        r#"quanka.toml:18: card[0].config.share: fits none of the allowed forms: must be a number, not a table; or "percent" is missing"#,
    );
    check_with(
        r#"options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]"#,
        "options = []",
        "quanka.toml:18: card[0].config.options: has 0 items; needs at least 2",
    );
    check_with(
        r#"options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]"#,
        r#"options = [
  { id = "a", text = "三体" },
  { id = "B2", txt = "边城" },
]"#,
        r#"
quanka.toml:20: card[0].config.options[1].text: is missing; quanka/poll needs it
quanka.toml:20: card[0].config.options[1].id: "B2" does not match the pattern ^[a-z]+$
quanka.toml:20: card[0].config.options[1].txt: is nothing quanka/poll knows; did you mean `text`?
"#,
    );
    check_with(
        r#"options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]"#,
        r#"options = [{ id = "a", text = "三体" }, { id = "a", text = "三体" }]"#,
        "quanka.toml:18: card[0].config.options: has the same item twice; leave one out",
    );
    check_with(
        r#"options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]"#,
        r#"[[card.config.options]]
id = "a"
text = "三体"
[[card.config.options]]
id = "b""#,
        "quanka.toml:21: card[0].config.options[1].text: is missing; quanka/poll needs it",
    );
    check_with(
        r#"[card.config]
question = "下个月读什么?"
options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]
"#,
        "",
        r#"
quanka.toml:12: card[0].config.question: is missing; quanka/poll needs it (What readers are asked)
quanka.toml:12: card[0].config.options: is missing; quanka/poll needs it
"#,
    );
    check_with(
        "[card.config]",
        "[card.confg]",
        r#"
quanka.toml:12: card[0].config.question: is missing; quanka/poll needs it (What readers are asked)
quanka.toml:12: card[0].config.options: is missing; quanka/poll needs it
quanka.toml:16: card[0].confg: is not an option; did you mean `config`?
"#,
    );
    check_with(
        r#"[card.config]
question = "下个月读什么?"
options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]
"#,
        r#"config = "x""#,
        "quanka.toml:16: card[0].config: must be a table, not a string",
    );
}

#[test]
fn publishers_keys_are_checked_where_they_stand() {
    #[track_caller]
    fn check_keys(keys: &str, expected: &str) {
        let origins = r#"origins = ["http://localhost:7879"]"#;
        check_with(origins, &format!("{origins}\n{keys}"), expected);
    }
    let jwk = include_str!("../public_key/ed.jwk");
    let key = |kid: &str, alg: &str| {
        format!("[[publisher.key]]\nkid = \"{kid}\"\nalg = \"{alg}\"\npublic_key = '{jwk}'\n")
    };
    check_keys(&key("k1", "EdDSA"), "ok");
    let pem = include_str!("../public_key/ec.pem");
    let pem =
        format!("[[publisher.key]]\nkid = 'k'\nalg = 'ES256'\npublic_key = \"\"\"\n{pem}\"\"\"");
    check_keys(&pem, "ok");
    check_keys(&[key("k1", "EdDSA"), key("k2", "EdDSA")].concat(), "ok");
    check_keys(
        "issuer = 'https://news.example'\njwks_url = 'https://news.example/jwks.json'",
        "ok",
    );
    check_keys("jwks_url = 'http://127.0.0.1:1/jwks.json'", "ok");

    check_keys(
        &[key("k1", "EdDSA"), key("k1", "EdDSA")].concat(),
        r#"quanka.toml:11: publisher[0].key[1].kid: "k1" is taken by publisher[0].key[0].kid (line 7)"#,
    );
    check_keys(
        &key("k1", "RS256"),
        r#"quanka.toml:8: publisher[0].key[0].alg: the key below is for EdDSA, not for RS256; write "EdDSA""#,
    );
    check_keys(
        &key("k1", "HS256"),
        r#"quanka.toml:8: publisher[0].key[0].alg: "HS256" is none of EdDSA, ES256, RS256; did you mean `ES256`?"#,
    );
    check_keys(
        "[[publisher.key]]\nkid = ''\nalg = 'EdDSA'\n",
        r#"
quanka.toml:6: publisher[0].key[0].public_key: is missing; write it like `public_key = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'`
quanka.toml:7: publisher[0].key[0].kid: must have 1 to 64 bytes, and no control characters
"#,
    );
    check_keys(
        &key("k1", "EdDSA")
            .replace("Ed25519", "Ed448")
            .replace("kid", "kind"),
        r#"
quanka.toml:6: publisher[0].key[0].kid: is missing; write it like `kid = "2026-11"`
quanka.toml:7: publisher[0].key[0].kind: is not an option; did you mean `kid`?
quanka.toml:9: publisher[0].key[0].public_key: is a key for something else than EdDSA (Ed25519), ES256 (P-256) or RS256 (RSA)
"#,
    );
    check_keys(
        &format!(
            "jwks_url = 'https://news.example/jwks.json'\n{}",
            key("k1", "EdDSA")
        ),
        "quanka.toml:6: publisher[0].jwks_url: stands beside [[publisher.key]]; keep one of them, so that there is one place where a key is taken back",
    );
    check_keys(
        "jwks_url = 'http://news.example/jwks.json'",
        r#"quanka.toml:6: publisher[0].jwks_url: "http://news.example/jwks.json" must be https: over plain http anybody on the way could sign readers in"#,
    );
    check_keys(
        "jwks_url = 'https://me:hush@news.example/jwks.json'",
        "quanka.toml:6: publisher[0].jwks_url: holds a name or a password; a key set is public",
    );
    check_keys(
        "jwks_url = 'news'",
        r#"quanka.toml:6: publisher[0].jwks_url: "news" is not an address; write it like "https://news.example/.well-known/jwks.json""#,
    );
    check_keys(
        "[publisher.key]\nkid = 'k1'",
        "quanka.toml:6: publisher[0].key: must be an array, not a table",
    );
}

#[test]
fn options_of_identity_fit_together() {
    check(
        "[identity]\njwks_timeout_ms = 10000\njwks_age_max_s = 3599\n\
         [[publisher]]\nid = 'daily'\nname = 'Daily'\njwks_url = 'https://news.example/jwks.json'",
        r#"
quanka.toml:2: identity.jwks_timeout_ms: must be less than server.request_timeout_ms, which is 10000: a reader who signs in may wait for the fetch
quanka.toml:3: identity.jwks_age_max_s: must be at least jwks_refresh_s, which is 3600: until then nobody asks for a newer set
"#,
    );
    // A short limit alone is nobody's mistake.
    check("[server]\nrequest_timeout_ms = 300", "ok");
}
