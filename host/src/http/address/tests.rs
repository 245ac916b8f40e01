use super::*;

#[test]
fn believes_only_what_trusted_proxies_appended() {
    fn check(hops: usize, forwarded: &[&str], expected: &str) {
        let peer = "10.0.0.1".parse().unwrap();
        let found = client_address(peer, forwarded.iter().copied(), hops);
        assert_eq!(found.to_string(), expected, "{hops} hops of {forwarded:?}");
    }
    // No proxy: the header is the client's own invention.
    check(0, &[], "10.0.0.1");
    check(0, &["1.1.1.1"], "10.0.0.1");
    // One proxy, which appends whom it was called by.
    check(1, &["1.1.1.1"], "1.1.1.1");
    check(1, &["6.6.6.6, 1.1.1.1"], "1.1.1.1");
    check(1, &["6.6.6.6", "1.1.1.1"], "1.1.1.1");
    check(1, &["6.6.6.6,7.7.7.7,,8.8.8.8 ,\t1.1.1.1 "], "1.1.1.1");
    check(1, &["6.6.6.6", "7.7.7.7, 1.1.1.1"], "1.1.1.1");
    // Two: the inner one appended the outer one's address.
    check(2, &["1.1.1.1, 10.0.0.2"], "1.1.1.1");
    check(2, &["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1");
    check(2, &["6.6.6.6, 1.1.1.1", "10.0.0.2"], "1.1.1.1");
    // Fewer entries than proxies, or no address: only the peer is known.
    check(1, &[], "10.0.0.1");
    check(2, &["6.6.6.6"], "10.0.0.1");
    check(3, &["6.6.6.6, 10.0.0.2"], "10.0.0.1");
    check(1, &[""], "10.0.0.1");
    check(1, &["6.6.6.6,"], "10.0.0.1");
    check(1, &["6.6.6.6, unknown"], "10.0.0.1");
    check(1, &["6.6.6.6, _hidden"], "10.0.0.1");
    check(1, &["6.6.6.6, 1.1.1.1.example"], "10.0.0.1");
    check(usize::MAX, &["6.6.6.6"], "10.0.0.1");
    // What is near to an address is none.
    for wrong in [
        "1.1.1",
        "1.1.1.256",
        "01.1.1.1",
        "1.1.1.1.",
        "0x1.1.1.1",
        "16843009",
        "1.1.1.1:",
        "1.1.1.1:65536",
        "1.1.1.1:x",
        "1.1.1.1/32",
        "[1.1.1.1]:80",
        "2001:db8::1::",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]:",
        "[[2001:db8::1]]",
        "2001:db8::g",
        "fe80::1%eth0",
        "for=1.1.1.1",
        "\"1.1.1.1\"",
        "1.1.1.1;6.6.6.6",
        "1.1.1.1 6.6.6.6",
        "localhost",
        "-",
        "\u{660}.1.1.1",
    ] {
        check(1, &["6.6.6.6", wrong], "10.0.0.1");
    }
    // The ways proxies write an address.
    check(1, &["1.1.1.1:50000"], "1.1.1.1");
    check(1, &["2001:db8::1"], "2001:db8::1");
    check(1, &["[2001:db8::1]"], "2001:db8::1");
    check(1, &["[2001:db8::1]:443"], "2001:db8::1");
    check(1, &["::ffff:1.1.1.1"], "1.1.1.1");
    check(1, &["[::ffff:1.1.1.1]:443"], "1.1.1.1");
    check(1, &["::ffff:0101:0101"], "1.1.1.1");
    check(1, &["2001:0DB8:0:0:0:0:0:1"], "2001:db8::1");
}

#[test]
fn counts_ipv6_by_the_64_and_ipv4_by_the_address() {
    fn check(a: &str, b: &str, same: bool) {
        let [x, y] = [a, b].map(|address| Network::of(address.parse().unwrap()));
        assert_eq!(x == y, same, "{a} and {b}");
    }
    check("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true);
    check("2001:db8:1:2::1", "2001:db8:1:3::1", false);
    check("1.1.1.1", "1.1.1.1", true);
    check("1.1.1.1", "1.1.1.2", false);
    check("1.1.1.1", "::ffff:1.1.1.1", true);
    check("::ffff:1.1.1.1", "::ffff:1.1.1.2", false);
    check("0.0.0.0", "::", false);
}
