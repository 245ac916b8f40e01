//! SHA-256 once more, from FIPS 180-4, so that the draw is worked out again
//! with nothing of the card's own.

/// The first 32 bits of the fractional parts of the roots of the first primes.
fn fractions(count: usize, root: impl Fn(f64) -> f64) -> Vec<u32> {
    let is_prime = |n: &u32| {
        (2..*n)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
    };
    let primes = (2_u32..).filter(is_prime).take(count);
    let bits = |prime: u32| {
        let fraction = root(f64::from(prime)).fract();
        format!("{:.0}", (fraction * 4_294_967_296.0).floor())
    };
    primes.map(|prime| bits(prime).parse().unwrap()).collect()
}

pub fn sha256(text: &str) -> [u8; 32] {
    let k = fractions(64, f64::cbrt);
    let mut state = fractions(8, f64::sqrt);
    let mut bytes = text.as_bytes().to_vec();
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend(bits.to_be_bytes());
    for block in bytes.chunks(64) {
        let words = block.chunks(4);
        let mut w: Vec<u32> = words
            .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
            .collect();
        for t in 16..64 {
            let (x, y) = (w[t - 15], w[t - 2]);
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
            let sum = s1.wrapping_add(w[t - 7]).wrapping_add(s0);
            w.push(sum.wrapping_add(w[t - 16]));
        }
        let mut v = state.clone();
        for t in 0..64 {
            let (a, b, c, e, f, g) = (v[0], v[1], v[2], v[4], v[5], v[6]);
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let ch = (e & f) ^ (!e & g);
            let t1 = [s1, ch, k[t], w[t]]
                .iter()
                .fold(v[7], |sum, n| sum.wrapping_add(*n));
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            v.rotate_right(1);
            v[0] = t1.wrapping_add(t2);
            v[4] = v[4].wrapping_add(t1);
        }
        for (sum, new) in state.iter_mut().zip(v) {
            *sum = sum.wrapping_add(new);
        }
    }
    let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

pub fn hex(text: &str) -> String {
    sha256(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn it_is_the_standards_hash() {
    for (text, expected) in [
        (
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ] {
        assert_eq!(hex(text), expected, "{text}");
    }
}
