//! Which addresses requests may go to: public ones, and no others.
//!
//! A plugin must not reach what listens for this machine or its neighbours
//! only, whatever name leads there. So this says what is public, after IANA's
//! registries of special-purpose addresses, and an address that holds another
//! one inside (mapped, translated, tunnelled) is refused as a whole: nobody
//! whom a request is meant for has only such a one. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one that anybody on the internet may have.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !REFUSED_V4.iter().any(|net| net.holds(address)),
        // Of IPv6 only one eighth is given out at all.
        IpAddr::V6(address) => {
            GLOBAL_UNICAST.holds(address) && !REFUSED_V6.iter().any(|net| net.holds(address))
        }
    }
}

struct NetV4(Ipv4Addr, u32);

impl NetV4 {
    fn holds(&self, address: Ipv4Addr) -> bool {
        let shift = 32 - self.1;
        address.to_bits() >> shift == self.0.to_bits() >> shift
    }
}

struct NetV6(Ipv6Addr, u32);

impl NetV6 {
    fn holds(&self, address: Ipv6Addr) -> bool {
        let shift = 128 - self.1;
        address.to_bits() >> shift == self.0.to_bits() >> shift
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u32) -> NetV4 {
    NetV4(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(first: u16, second: u16, bits: u32) -> NetV6 {
    NetV6(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), bits)
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
const REFUSED_V4: &[NetV4] = &[
    v4(0, 0, 0, 0, 8),       // this network
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // shared by carriers (CGNAT)
    v4(127, 0, 0, 0, 8),     // this machine
    v4(169, 254, 0, 0, 16),  // link-local, where clouds keep their metadata
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // protocols' own
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 31, 196, 0, 24), // AS112
    v4(192, 52, 193, 0, 24), // AMT
    v4(192, 88, 99, 0, 24),  // 6to4 relays
    v4(192, 168, 0, 0, 16),  // private
    v4(192, 175, 48, 0, 24), // AS112
    v4(198, 18, 0, 0, 15),   // benchmarks
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // multicast
    v4(240, 0, 0, 0, 4),     // reserved, and broadcast
];

/// What is given out to be used at all. Outside of it lie, among others, the
/// loopback, v4-mapped and v4-compatible addresses, NAT64 (64:ff9b::/96 and
/// 64:ff9b:1::/48), unique local, link-local, site-local and multicast ones.
const GLOBAL_UNICAST: NetV6 = v6(0x2000, 0, 3);

/// <https://www.iana.org/assignments/iana-ipv6-special-registry>, inside of
/// [`GLOBAL_UNICAST`].
const REFUSED_V6: &[NetV6] = &[
    v6(0x2001, 0, 23),     // protocols' own: Teredo, ORCHID, benchmarks
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4
    v6(0x2620, 0x4f, 32),  // AS112 (2620:4f:8000::/48)
    v6(0x3fff, 0, 20),     // documentation
    v6(0x5f00, 0, 16),     // segment routing
];

#[cfg(test)]
mod tests {
    use super::is_public;

    #[track_caller]
    fn check(address: &str, expected: bool) {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }

    /// Every net at its first and last address, and what lies right beside it.
    #[test]
    fn no_address_but_a_public_one_is_let_through() {
        for refused in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.0",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.0.170",
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "192.175.48.1",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.254",
            "255.255.255.255",
            // IPv6, on its own.
            "::",
            "::1",
            "100::1",
            "100:0:0:1::1",
            "fc00::1",
            "fdff:ffff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "feff::1",
            "ff02::1",
            "ff0e::1",
            "2001:db8::1",
            "2001:db8:ffff::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "4000::1",
            "1fff::1",
            // And with an IPv4 address inside, private or not.
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "::127.0.0.1",
            "::8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::808:808",
            "64:ff9b:1::7f00:1",
            "64:ff9b:1:fffe::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "2002:808:808::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2620:4f:8000::1",
        ] {
            check(refused, false);
        }
        for public in [
            "1.0.0.0",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2400:3200::1",
            "2606:4700:4700::1111",
            "3ffe::1",
        ] {
            check(public, true);
        }
    }
}
