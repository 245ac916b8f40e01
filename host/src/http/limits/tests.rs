use std::net::Ipv4Addr;

use governor::clock::FakeRelativeClock;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn limits(addresses_max: usize) -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
    let settings = LimitSettings {
        acts_per_minute: NonZeroU32::new(60).unwrap(),
        anonymous_viewers_per_hour: NonZeroU32::new(30).unwrap(),
        addresses_max,
        streams_max: 2,
    };
    let clock = FakeRelativeClock::default();
    (Limits::with_clock(&settings, clock.clone()), clock)
}

fn network(n: u32) -> Network {
    Network::V4(Ipv4Addr::from_bits(n))
}

/// How many pass in a row.
fn passing(limits: &Limits<FakeRelativeClock>, what: Limited, network: Network) -> usize {
    let tries = (0..10_000).take_while(|_| limits.check(what, network).is_ok());
    tries.count()
}

#[test]
fn gives_a_whole_allowance_at_once_and_refills_it_evenly() {
    fn check(what: Limited, allowance: usize, one_more: Duration) {
        let (limits, clock) = limits(100);
        let one_more_ms = u64::try_from(one_more.as_millis()).unwrap();
        assert_eq!(passing(&limits, what, network(1)), allowance);
        let refused = limits.check(what, network(1)).unwrap_err();
        assert_eq!(refused, RetryAfter { ms: one_more_ms });
        // Being refused costs nothing.
        assert_eq!(limits.check(what, network(1)), Err(refused));

        clock.advance(one_more - Duration::from_millis(1));
        let refused = limits.check(what, network(1));
        assert_eq!(refused, Err(RetryAfter { ms: 1 }));
        clock.advance(Duration::from_millis(1));
        assert_eq!(passing(&limits, what, network(1)), 1);

        clock.advance(one_more * 7);
        assert_eq!(passing(&limits, what, network(1)), 7);
        clock.advance(60 * MINUTE);
        assert_eq!(passing(&limits, what, network(1)), allowance);
    }
    check(Limited::Act, 60, Duration::from_secs(1));
    check(Limited::AnonymousViewer, 30, 2 * MINUTE);
}

#[test]
fn who_waits_as_told_is_let_in() {
    let (limits, clock) = limits(100);
    let wait = Duration::from_micros(123_457);
    assert_eq!(passing(&limits, Limited::Act, network(1)), 60);
    clock.advance(wait);
    let told = limits.check(Limited::Act, network(1)).unwrap_err();
    clock.advance(Duration::from_millis(told.ms));
    assert_eq!(limits.check(Limited::Act, network(1)), Ok(()));
}

#[test]
fn clients_and_limits_do_not_touch_each_other() {
    let (limits, _) = limits(100);
    assert_eq!(passing(&limits, Limited::Act, network(1)), 60);
    assert_eq!(passing(&limits, Limited::AnonymousViewer, network(1)), 30);
    assert_eq!(passing(&limits, Limited::Act, network(2)), 60);
    let six = Network::V6([0x2001, 0xdb8, 0, 1]);
    assert_eq!(passing(&limits, Limited::Act, six), 60);
}

#[test]
fn the_table_does_not_outgrow_its_size() {
    let (limits, _) = limits(1000);
    for n in 0..50_000 {
        limits.check(Limited::Act, network(n)).unwrap();
    }
    let known = limits.acts.into_state_store().states.len();
    assert!(
        (500..=1000).contains(&known),
        "{known} clients in the table"
    );
}

#[test]
fn a_flood_of_other_addresses_does_not_free_a_busy_one() {
    let (limits, _) = limits(1000);
    assert_eq!(passing(&limits, Limited::Act, network(1)), 60);
    for n in 2..50_000 {
        limits.check(Limited::Act, network(n)).unwrap();
    }
    assert!(limits.check(Limited::Act, network(1)).is_err());
}

#[test]
fn many_threads_share_one_allowance() {
    let (limits, _) = limits(100);
    let passed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| passing(&limits, Limited::Act, network(1))))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(passed, 60);
}
