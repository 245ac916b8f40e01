//! Which client a request counts for.
//!
//! Only as far back as the operator's own proxies vouch for: each appends the
//! address it was called from to `X-Forwarded-For`, so the entry to believe is
//! counted from the right, by `trusted_proxy_hops`. What stands further left
//! came from the client and may be anything.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What limits count: an IPv4 address, or the /64 of an IPv6 address, since a
/// household or a phone has a whole /64 to itself and may use any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// One address.
    V4(Ipv4Addr),
    /// The upper half of an address.
    V6([u16; 4]),
}

/// The client's address.
///
/// `forwarded` are the `X-Forwarded-For` headers in the order they came. Where
/// they hold fewer entries than there should be proxies, or the entry that
/// counts is no address, a proxy is not doing what the configuration says, and
/// the peer is all that is known.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl IntoIterator<Item = &'a str>,
    trusted_proxy_hops: usize,
) -> IpAddr {
    let claimed = trusted_proxy_hops.checked_sub(1).and_then(|from_right| {
        let entries: Vec<&str> = forwarded
            .into_iter()
            .flat_map(|header| header.split(','))
            .collect();
        entries
            .into_iter()
            .rev()
            .nth(from_right)
            .and_then(address_of)
    });
    claimed.unwrap_or(peer).to_canonical()
}

impl Network {
    /// The network an address is counted under.
    pub fn of(address: IpAddr) -> Network {
        match address.to_canonical() {
            IpAddr::V4(address) => Network::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Network::V6([a, b, c, d])
            }
        }
    }
}

/// An entry as proxies write it: an address, alone, in brackets or with a port.
fn address_of(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    bare.parse()
        .or_else(|_| entry.parse::<SocketAddr>().map(|with_port| with_port.ip()))
        .ok()
}

#[cfg(test)]
mod tests;
