//! A host that requests may go to, as manifests and operators name it.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// A name with the port that goes with it: `api.example`, `api.example:8443`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboundHost {
    host: String,
    port: Option<u16>,
}

/// The port of https.
const PORT: u16 = 443;

impl OutboundHost {
    /// Whether an address is this host's. Without a port of its own it means
    /// that of https.
    pub fn is_of(&self, url: &Url) -> bool {
        url.host_str() == Some(&self.host)
            && url.port_or_known_default() == Some(self.port.unwrap_or(PORT))
    }
}

impl FromStr for OutboundHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not a host; write its name alone, like \"api.example\" or \"api.example:8443\""
            )
        };
        // The way a URL has it is the only one that is ever compared.
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?.to_owned();
        let port = url.port();
        let written = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        if written != text || host.ends_with('.') || host.contains('*') {
            return Err(wrong());
        }
        Ok(OutboundHost { host, port })
    }
}

impl fmt::Display for OutboundHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OutboundHost;
    use url::Url;

    #[test]
    fn a_host_is_its_name_and_its_port() {
        let check = |host: &str, url: &str, expected: bool| {
            let named: OutboundHost = host.parse().unwrap();
            assert_eq!(named.to_string(), host);
            assert_eq!(
                named.is_of(&Url::parse(url).unwrap()),
                expected,
                "{host} {url}"
            );
        };
        check("api.example", "https://api.example/a?b", true);
        check("api.example", "https://API.Example:443/", true);
        check("api.example", "https://api.example:8443/", false);
        check("api.example", "https://evil.api.example/", false);
        check("api.example", "https://api.example.evil/", false);
        check("api.example", "https://api.example./", false);
        check("api.example", "https://evil/?api.example", false);
        check("api.example", "https://api.example@evil/", false);
        check("api.example:8443", "https://api.example:8443/", true);
        check("api.example:8443", "https://api.example/", false);
        check("xn--fiq228c.example", "https://中文.example/", true);
        check("[2001:db8::1]:8443", "https://[2001:DB8:0::1]:8443/", true);
    }

    #[test]
    fn what_is_more_than_a_host_is_refused() {
        for text in [
            "",
            "https://api.example",
            "api.example/path",
            "user@api.example",
            "API.example",
            "中文.example",
            "api.example.",
            "api.example:443",
            "*.example",
            "api example",
            "0x7f.1",
        ] {
            assert!(text.parse::<OutboundHost>().is_err(), "{text}");
        }
    }
}
