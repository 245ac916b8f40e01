//! The types of single values: ids, states, sizes, web origins.
//!
//! Parsed once, here; inside the host the types hold the truth. Imports nothing
//! of the host.

use std::borrow::Borrow;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest id, slug and each half of a plugin's name. Keys of the store are
/// built from them.
pub const ID_BYTES_MAX: usize = 64;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident by $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fmt_str!();
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

macro_rules! fmt_str {
    () => {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.pad(self.as_str())
        }
    };
}

/// An enum whose cases are words in a file, and its message for other words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$case_doc])* $case,)*
        }

        impl $name {
            /// Every case, in order.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$case => $word,)*
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                const WORDS: &[&str] = &[$($word),*];
                Self::ALL
                    .iter()
                    .find(|case| case.as_str() == text)
                    .copied()
                    .ok_or_else(|| $crate::config::values::not_one_of(text, WORDS))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}
pub(crate) use words;

names! {
    /// Who places cards.
    PublisherId by check_id;
    /// People around a topic, and the partition of everything they store.
    CircleId by check_id;
    /// A card's name in URLs: `/c/SLUG`.
    CardSlug by check_id;
    /// A plugin's name, `publisher/name`, without its version: what it stores
    /// outlives its versions.
    PluginName by check_plugin_name;
}

words! {
    /// The room a card has.
    CardSize {
        /// One or two lines.
        Compact = "compact",
        /// The usual card inside an article.
        Standard = "standard",
        /// A page of its own, or nearly.
        Feed = "feed",
    }

    /// Whether a card is served.
    CardState {
        /// Shown, takes actions.
        Live = "live",
        /// Shown, takes no actions.
        Closed = "closed",
        /// Answers 410.
        Gone = "gone",
    }

    /// How readers become members of a circle.
    JoinPolicy {
        /// By joining.
        Open = "open",
        /// By asking; a moderator admits them.
        Approval = "approval",
        /// Not at all, but for those a moderator admits.
        Closed = "closed",
    }

    /// How log lines look.
    LogFormat {
        /// Coloured lines for a terminal.
        Human = "human",
        /// One object a line.
        Json = "json",
    }

    /// An interface of the contract that a plugin may import when it is granted.
    Capability {
        /// `quanka:card/state`: ordered keys and values.
        State = "state",
        /// `quanka:card/tally`: counters that do not conflict.
        Tally = "tally",
        /// `quanka:card/viewer`: who looks.
        Viewer = "viewer",
        /// `quanka:card/clock`: the time, in granules.
        Clock = "clock",
        /// `quanka:card/circle`: the circle and its members.
        Circle = "circle",
        /// `quanka:card/posts`: what members say.
        Posts = "posts",
        /// `quanka:card/timers`: jobs at a time.
        Timers = "timers",
        /// `quanka:card/outbound`: requests to the outside.
        Outbound = "outbound",
        /// `quanka:card/log`: lines for the author.
        Log = "log",
    }
}

/// Scheme, host and port of a site, as browsers write it in `Origin`:
/// `https://news.example`, `http://localhost:7879`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// The origin of a listener on the loopback interface.
    pub fn of_listener(address: SocketAddr) -> Self {
        // Parsed, so that a default port is left out as browsers leave it out.
        Self::from_str(&format!("http://{address}")).expect("a socket address is a host and a port")
    }

    /// `https://news.example`, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Whether it is this machine: 127.0.0.0/8, `[::1]`, `localhost`. Browsers
    /// treat these as safe as https.
    pub fn is_loopback(&self) -> bool {
        let url = Url::parse(&self.0).expect("a web origin was parsed from a URL");
        match url.host().expect("http and https URLs have a host") {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

impl FromStr for WebOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = url else {
            return Err(format!(
                "{text:?} is not a site; write scheme and name, like \"https://news.example\""
            ));
        };
        let bare = url.origin().ascii_serialization();
        let extra = url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some();
        if extra {
            return Err(format!(
                "{text:?} says more than scheme, name and port; write {bare:?}"
            ));
        }
        Ok(Self(bare))
    }
}

/// The SHA-256 of a token, as 64 hexadecimal digits: enough to know the token
/// when it comes, and no use to whoever reads the file.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

impl FromStr for TokenDigest {
    type Err = String;

    // The text is not repeated: it may be the token itself, in the wrong place.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "is not 64 hexadecimal digits; write the SHA-256 of the token, as \
             `printf %s \"$TOKEN\" | sha256sum` prints it"
                .to_owned()
        };
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(wrong());
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let mut value = 0;
            for &digit in pair {
                let digit = char::from(digit).to_digit(16).ok_or_else(wrong)?;
                value = value << 4 | u8::try_from(digit).map_err(|_| wrong())?;
            }
            *byte = value;
        }
        Ok(Self(digest))
    }
}

/// Where a publisher's key set is: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetUrl(Url);

impl KeySetUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for KeySetUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "https://news.example/.well-known/jwks.json";
        let url = Url::parse(text)
            .map_err(|_| format!("{text:?} is not an address; write it like {example:?}"))?;
        let origin: WebOrigin = url.origin().ascii_serialization().parse()?;
        if !origin.is_https() && !origin.is_loopback() {
            return Err(format!(
                "{text:?} must be https: over plain http anybody on the way could sign readers in"
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a name or a password; a key set is public".to_owned());
        }
        Ok(KeySetUrl(url))
    }
}

impl fmt::Display for KeySetUrl {
    fmt_str!();
}

impl fmt::Display for WebOrigin {
    fmt_str!();
}

fn check_id(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty; give it a name".to_owned());
    }
    if text.len() > ID_BYTES_MAX {
        return Err(format!(
            "is {} characters long; at most {ID_BYTES_MAX}",
            text.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if let Some(wrong) = text.chars().find(|&c| !allowed(c)) {
        return Err(format!(
            "has {wrong:?}; use lower-case letters, digits and hyphens"
        ));
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err(format!(
            "{text:?} starts or ends with a hyphen; leave it out"
        ));
    }
    Ok(())
}

fn check_plugin_name(text: &str) -> Result<(), String> {
    let Some((publisher, name)) = text.split_once('/') else {
        return Err(format!(
            "{text:?} lacks its publisher; write `publisher/name`, like \"quanka/poll\""
        ));
    };
    check_id(publisher).map_err(|why| format!("the part before the slash {why}"))?;
    check_id(name).map_err(|why| format!("the part after the slash {why}"))
}

/// `"foo" is none of a, b, c; did you mean …`
pub(crate) fn not_one_of(text: &str, words: &[&str]) -> String {
    let hint = super::problem::did_you_mean(text, words.iter().copied());
    format!("{text:?} is none of {}{hint}", words.join(", "))
}
