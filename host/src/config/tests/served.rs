//! Mistakes in publishers, plugins, circles, cards and their configurations.

use super::check_with;

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
quanka.toml:8: plugin[0].deny[0]: "tallly" is none of state, tally, viewer, clock, circle, log; did you mean `tally`?
quanka.toml:8: plugin[0].deny[1]: "wasi" is none of state, tally, viewer, clock, circle, log
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
