//! What depends on several values: references, duplicates, options that
//! contradict each other, cards against their plugins.
//!
//! May import the rest of `config`. Works on the tree, so that one wrong value
//! does not hide the next, and reports everything it finds.

use std::collections::BTreeMap;

use super::manifest::Manifest;
use super::plugins::PluginFile;
use super::problem::{Problems, did_you_mean};
use super::public_key::{PublicKey, SignatureAlgorithm};
use super::settings::{Data, Identity, Live, Media, Server, State};
use super::tree::{Cursor, Origin, Step, Value};
use super::values::{CardSize, CardState, PluginName};

/// Ids given twice, and names of things that are not there.
pub(crate) fn references(root: &Cursor<'_>, problems: &mut Problems) {
    let publishers = ids(root, "publisher", "id", problems);
    let circles = ids(root, "circle", "id", problems);
    ids(root, "card", "slug", problems);
    refer(root, ("circle", "publisher"), &publishers, problems);
    refer(root, ("card", "circle"), &circles, problems);
    for publisher in root.child("publisher").iter().flat_map(Cursor::items) {
        publisher_keys(&publisher, problems);
    }
}

/// Options of `[server]` that only make sense together.
pub(crate) fn server(server: &Server, root: &Cursor<'_>, problems: &mut Problems) {
    let at = |key| option(root, "server", key);
    let Some(public_url) = &server.public_url else {
        if !server.listen.ip().is_loopback() {
            let message = format!(
                "is needed, because {} is not loopback: set it to where readers reach this host, like \"https://cards.example\"",
                server.listen
            );
            let listen = at("listen").node.origin.clone();
            problems.add_at(listen, "server.public_url", message);
        }
        return;
    };
    if !public_url.is_https() && !public_url.is_loopback() && !server.insecure_cookies {
        let message = "must be https: over plain http sessions can be stolen; \
                       on a closed network set `insecure_cookies = true`";
        problems.add(&at("public_url"), message);
    }
}

/// Sizes of `[data]` that go together.
pub(crate) fn data(data: &Data, root: &Cursor<'_>, problems: &mut Problems) {
    // The file being written, the one before it and the one made ahead: with
    // less, every checkpoint would make the next one due.
    let least = 3 * data.journal_segment_bytes;
    if data.checkpoint_journal_bytes < least {
        let message = format!("must be at least {least}: three files of journal_segment_bytes");
        problems.add(&option(root, "data", "checkpoint_journal_bytes"), message);
    }
}

/// Limits of `[state]` that would shut out what others allow.
pub(crate) fn state(state: &State, root: &Cursor<'_>, problems: &mut Problems) {
    let entry = state.key_bytes_max + state.value_bytes_max;
    let rooms = [
        ("commit_bytes_max", state.commit_bytes_max),
        ("page_bytes_max", state.page_bytes_max),
    ];
    for (key, _) in rooms.into_iter().filter(|(_, bytes)| *bytes < entry) {
        let message = format!(
            "must be at least {entry}: one key and one value, \
             key_bytes_max and value_bytes_max, have to fit"
        );
        problems.add(&option(root, "state", key), message);
    }
}

/// Streams hold connections: as many of them as there may be connections would
/// shut every other request out.
pub(crate) fn live(live: &Live, server: &Server, root: &Cursor<'_>, problems: &mut Problems) {
    if live.streams_max >= server.connections_max {
        let message = format!(
            "must be less than server.connections_max, which is {}: every stream holds a \
             connection, and the rest needs some too",
            server.connections_max
        );
        problems.add(&option(root, "live", "streams_max"), message);
    }
}

/// A form with pictures has to fit beside nothing else, or none ever would.
pub(crate) fn media(media: &Media, root: &Cursor<'_>, problems: &mut Problems) {
    if media.bodies_bytes_max < media.form_bytes_max {
        let message = format!(
            "must be at least form_bytes_max, which is {}: one form has to fit",
            media.form_bytes_max
        );
        problems.add(&option(root, "media", "bodies_bytes_max"), message);
    }
}

/// A sign-on may wait for a fetch, and a request only so long.
pub(crate) fn identity(
    identity: &Identity,
    server: &Server,
    root: &Cursor<'_>,
    problems: &mut Problems,
) {
    let at = |key| option(root, "identity", key);
    let publishers = root.child("publisher");
    let mut publishers = publishers.iter().flat_map(Cursor::items);
    let fetches =
        publishers.any(|one| text_of(&one, "jwks_url").is_some_and(|url| !url.is_empty()));
    if fetches && identity.jwks_timeout_ms >= server.request_timeout_ms {
        let message = format!(
            "must be less than server.request_timeout_ms, which is {}: a reader who signs in \
             may wait for the fetch",
            server.request_timeout_ms
        );
        problems.add(&at("jwks_timeout_ms"), message);
    }
    if identity.jwks_age_max_s < identity.jwks_refresh_s {
        let message = format!(
            "must be at least jwks_refresh_s, which is {}: until then nobody asks for a newer set",
            identity.jwks_refresh_s
        );
        problems.add(&at("jwks_age_max_s"), message);
    }
}

/// One publisher's keys: their names, their algorithms, and that there is one
/// place for them.
fn publisher_keys(publisher: &Cursor<'_>, problems: &mut Problems) {
    let keys = publisher.child("key");
    let mut seen: BTreeMap<&str, Cursor<'_>> = BTreeMap::new();
    for key in keys.iter().flat_map(Cursor::items) {
        if let (Some(place), Some(text)) = (key.child("alg"), text_of(&key, "public_key"))
            && let Some(named) = place
                .text()
                .and_then(|alg| alg.parse::<SignatureAlgorithm>().ok())
            && let Ok(found) = PublicKey::parse(text).map(|key| key.algorithm())
            && found != named
        {
            let message =
                format!("the key below is for {found}, not for {named}; write \"{found}\"");
            problems.add(&place, message);
        }
        let Some(place) = key.child("kid") else {
            continue;
        };
        let Some(kid) = place.text() else { continue };
        match seen.get(kid) {
            Some(first) => {
                let message = format!("{kid:?} is taken by {} ({})", first.path, first.node.origin);
                problems.add(&place, message);
            }
            None => {
                seen.insert(kid, place);
            }
        }
    }
    if let Some(url) = publisher.child("jwks_url")
        && url.text().is_some_and(|url| !url.is_empty())
        && !seen.is_empty()
    {
        let message = "stands beside [[publisher.key]]; keep one of them, so that there is \
                       one place where a key is taken back";
        problems.add(&url, message);
    }
}

/// Streams of one address hold connections of it.
pub(crate) fn live_of_address(
    live: &Live,
    server: &Server,
    root: &Cursor<'_>,
    problems: &mut Problems,
) {
    let bounded = server.trusted_proxy_hops == 0;
    if bounded && live.streams_per_address_max >= server.connections_per_address_max {
        let message = format!(
            "must be less than server.connections_per_address_max, which is {}: every stream \
             holds a connection, and the rest needs some too",
            server.connections_per_address_max
        );
        problems.add(&option(root, "live", "streams_per_address_max"), message);
    }
}

/// Each card against its plugin: is it there, has it the size, does its schema
/// accept the configuration. `missing` collects what a plugin that cannot be
/// read leaves open.
pub(crate) fn cards(
    root: &Cursor<'_>,
    plugins: &[PluginFile],
    problems: &mut Problems,
    missing: &mut Problems,
) {
    let readable = plugins
        .iter()
        .filter_map(|plugin| plugin.manifest.as_ref().ok());
    let manifests: BTreeMap<&str, &Manifest> = readable
        .map(|manifest| (manifest.name.as_str(), manifest))
        .collect();
    let some_unreadable = plugins.iter().any(|plugin| plugin.manifest.is_err());
    for card in root.child("card").iter().flat_map(Cursor::items) {
        if text_of(&card, "state") == Some(CardState::Gone.as_str()) {
            continue; // Never drawn: its plugin may be gone as well.
        }
        let Some(place) = card.child("plugin") else {
            continue;
        };
        let Some(name) = plugin_name(&place) else {
            continue;
        };
        match manifests.get(name) {
            Some(manifest) => card_against(&card, manifest, problems),
            None if some_unreadable => {
                missing.add(
                    &place,
                    format!("{name:?} is in no plugin file that could be read"),
                );
            }
            None => {
                let hint = did_you_mean(name, manifests.keys().copied());
                problems.add(
                    &place,
                    format!("there is no plugin {name:?}{}", or_add("plugin", &hint)),
                );
            }
        }
    }
}

/// What is allowed and probably not meant.
pub(crate) fn warnings(root: &Cursor<'_>, warnings: &mut Problems) {
    for publisher in root.child("publisher").iter().flat_map(Cursor::items) {
        let origins = publisher.child("origins");
        if origins
            .as_ref()
            .is_some_and(|origins| origins.items().next().is_none())
        {
            let message = "is empty: this publisher's cards are read-only in every page; \
                           add the sites that embed them, like \"https://news.example\"";
            let path = publisher.path_of(&Step::Key("origins".to_owned()));
            warnings.add_at(publisher.node.origin.clone(), &path, message);
        }
    }
}

fn card_against(card: &Cursor<'_>, manifest: &Manifest, problems: &mut Problems) {
    if let Some(place) = card.child("size") {
        let size = place.text().and_then(|text| text.parse::<CardSize>().ok());
        if let Some(size) = size.filter(|size| !manifest.sizes.contains_key(size)) {
            let sizes: Vec<&str> = manifest.sizes.keys().map(|size| size.as_str()).collect();
            let message = format!(
                "{} draws no {size}; set `size` to {}",
                manifest.name,
                sizes.join(" or ")
            );
            // A default stands nowhere in the file; the card does.
            let line = if place.node.origin == Origin::Default {
                card
            } else {
                &place
            };
            problems.add_at(line.node.origin.clone(), &place.path, message);
        }
    }
    let config = card.child("config");
    let Some(config) = config.filter(|config| matches!(config.node.value, Value::Table(_))) else {
        return;
    };
    for violation in manifest
        .config
        .violations(manifest.name.as_str(), &config.node.to_json())
    {
        let (found, path) = config.follow(&violation.path);
        let nowhere = found.node.origin == Origin::Default;
        let origin = if nowhere {
            &card.node.origin
        } else {
            &found.node.origin
        };
        problems.add_at(origin.clone(), &path, violation.message);
    }
}

/// The ids of a list, in order. Reports those given twice.
fn ids<'a>(root: &Cursor<'a>, list: &str, key: &str, problems: &mut Problems) -> Vec<&'a str> {
    let mut seen: BTreeMap<&str, Cursor<'_>> = BTreeMap::new();
    for item in root.child(list).iter().flat_map(Cursor::items) {
        let Some(place) = item.child(key) else {
            continue;
        };
        let Some(id) = place.text() else { continue };
        match seen.get(id) {
            Some(first) => {
                let message = format!("{id:?} is taken by {} ({})", first.path, first.node.origin);
                problems.add(&place, message);
            }
            None => {
                seen.insert(id, place);
            }
        }
    }
    seen.into_keys().collect()
}

/// Reports values of `list[].key` that are not among the ids, which are in
/// order.
fn refer(root: &Cursor<'_>, (list, key): (&str, &str), ids: &[&str], problems: &mut Problems) {
    for item in root.child(list).iter().flat_map(Cursor::items) {
        let Some(place) = item.child(key) else {
            continue;
        };
        let Some(id) = place.text().filter(|id| ids.binary_search(id).is_err()) else {
            continue;
        };
        let hint = did_you_mean(id, ids.iter().copied());
        problems.add(
            &place,
            format!("there is no {key} {id:?}{}", or_add(key, &hint)),
        );
    }
}

fn or_add(kind: &str, hint: &str) -> String {
    if hint.is_empty() {
        format!("; add a [[{kind}]] or name another")
    } else {
        hint.to_owned()
    }
}

/// A name that is none has been reported.
fn plugin_name<'a>(at: &Cursor<'a>) -> Option<&'a str> {
    at.text().filter(|text| text.parse::<PluginName>().is_ok())
}

fn text_of<'a>(at: &Cursor<'a>, key: &str) -> Option<&'a str> {
    at.child(key).and_then(|place| place.text())
}

fn option<'a>(root: &Cursor<'a>, section: &str, key: &str) -> Cursor<'a> {
    let place = root
        .child(section)
        .and_then(|section| section.step(&Step::Key(key.to_owned())));
    place.expect("default.toml has every option of a section that was read")
}
