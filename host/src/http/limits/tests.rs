use std::net::Ipv4Addr;

use governor::clock::FakeRelativeClock;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn limits(clients_max: usize) -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let table = Table::new(clients_max);
    (Limits::with_clock(quota, &table, 2, clock.clone()), clock)
}

fn quota(rate: Rate) -> Option<Quota> {
    let so_many = |n| NonZeroU32::new(n).unwrap();
    match rate {
        Rate::ActsOfAddress => Some(Quota::per_minute(so_many(60))),
        Rate::AnonymousViewers => Some(Quota::per_hour(so_many(30))),
        Rate::ActsOfReader => Some(Quota::per_minute(so_many(20))),
        Rate::ActsOfPublisher => Some(Quota::per_second(so_many(100))),
        Rate::SignOns
        | Rate::Tickets
        | Rate::Exports
        | Rate::Uploads
        | Rate::Reports
        | Rate::ApiCalls
        | Rate::Reads => None,
    }
}

fn network(n: u32) -> Client {
    Client::Network(Network::V4(Ipv4Addr::from_bits(n)))
}

/// How many pass in a row.
fn passing(limits: &Limits<FakeRelativeClock>, rate: Rate, client: &Client) -> usize {
    let tries = (0..10_000).take_while(|_| limits.check(rate, client).is_ok());
    tries.count()
}

#[test]
fn gives_a_whole_allowance_at_once_and_refills_it_evenly() {
    fn check(rate: Rate, allowance: usize, one_more: Duration) {
        let (limits, clock) = limits(100);
        let one_more_ms = u64::try_from(one_more.as_millis()).unwrap();
        assert_eq!(passing(&limits, rate, &network(1)), allowance);
        let refused = limits.check(rate, &network(1)).unwrap_err();
        assert_eq!(refused, RetryAfter { ms: one_more_ms });
        // Being refused costs nothing.
        assert_eq!(limits.check(rate, &network(1)), Err(refused));

        clock.advance(one_more - Duration::from_millis(1));
        let refused = limits.check(rate, &network(1));
        assert_eq!(refused, Err(RetryAfter { ms: 1 }));
        clock.advance(Duration::from_millis(1));
        assert_eq!(passing(&limits, rate, &network(1)), 1);

        clock.advance(one_more * 7);
        assert_eq!(passing(&limits, rate, &network(1)), 7);
        clock.advance(60 * MINUTE);
        assert_eq!(passing(&limits, rate, &network(1)), allowance);
    }
    check(Rate::ActsOfAddress, 60, Duration::from_secs(1));
    check(Rate::AnonymousViewers, 30, 2 * MINUTE);
}

#[test]
fn who_waits_as_told_is_let_in() {
    let (limits, clock) = limits(100);
    let wait = Duration::from_micros(123_457);
    assert_eq!(passing(&limits, Rate::ActsOfAddress, &network(1)), 60);
    clock.advance(wait);
    let told = limits.check(Rate::ActsOfAddress, &network(1)).unwrap_err();
    clock.advance(Duration::from_millis(told.ms));
    assert_eq!(limits.check(Rate::ActsOfAddress, &network(1)), Ok(()));
}

#[test]
fn clients_and_limits_do_not_touch_each_other() {
    let (limits, _) = limits(100);
    assert_eq!(passing(&limits, Rate::ActsOfAddress, &network(1)), 60);
    assert_eq!(passing(&limits, Rate::AnonymousViewers, &network(1)), 30);
    assert_eq!(passing(&limits, Rate::ActsOfAddress, &network(2)), 60);
    let six = Client::Network(Network::V6([0x2001, 0xdb8, 0, 1]));
    assert_eq!(passing(&limits, Rate::ActsOfAddress, &six), 60);
    let reader = Client::Reader(ReaderId::parse("a_0000000000000000000000").unwrap());
    assert_eq!(passing(&limits, Rate::ActsOfReader, &reader), 20);
    let publisher = Client::Publisher("beike".parse().unwrap());
    assert_eq!(passing(&limits, Rate::ActsOfPublisher, &publisher), 100);
    // A rate without a quota is no limit.
    assert_eq!(passing(&limits, Rate::Reads, &six), 10_000);
}

#[test]
fn the_table_does_not_outgrow_its_size() {
    let table = Table::new(1000);
    let limits = Limits::with_clock(quota, &table, 2, FakeRelativeClock::default());
    for n in 0..25_000 {
        limits.check(Rate::ActsOfAddress, &network(n)).unwrap();
        limits.check(Rate::AnonymousViewers, &network(n)).unwrap();
    }
    let known = table.0.len();
    assert!(
        (500..=1000).contains(&known),
        "{known} clients in the table"
    );
}

#[test]
fn a_flood_of_other_addresses_does_not_free_a_busy_one() {
    let (limits, _) = limits(1000);
    assert_eq!(passing(&limits, Rate::ActsOfAddress, &network(1)), 60);
    for n in 2..50_000 {
        limits.check(Rate::ActsOfAddress, &network(n)).unwrap();
    }
    assert!(limits.check(Rate::ActsOfAddress, &network(1)).is_err());
}

#[test]
fn many_threads_share_one_allowance() {
    let (limits, _) = limits(100);
    let passed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| passing(&limits, Rate::ActsOfAddress, &network(1))))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(passed, 60);
}

#[test]
fn every_rate_has_its_place_in_the_table() {
    for (at, rate) in Rate::ALL.into_iter().enumerate() {
        assert_eq!(rate as usize, at, "{rate:?}");
    }
}

#[test]
fn places_are_given_back() {
    let places = Places::new(2);
    let [one, two] = [1, 2].map(|n| Network::V4(Ipv4Addr::from_bits(n)));
    let held: Vec<Place> = std::iter::from_fn(|| places.take(one)).collect();
    assert_eq!(held.len(), 2);
    assert!(places.take(two).is_some());
    drop(held);
    assert!(places.take(one).is_some());
    assert!(lock(&places.taken).is_empty());
    assert!(Places::new(0).take(one).is_none());
}
