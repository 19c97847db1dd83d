//! The work that is measured: the n-th prime by trial division, in the tiers that the reports name.

use clap::ValueEnum;

/// How the prime is found. Tiers are never compared with each other without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tier {
    /// Each candidate divided by 2, 3, 4, ... up to its integer square root, 32-bit operands
    Reference,
    /// The loop of the published article as it stands, `usize` operands
    Published,
}

impl Tier {
    /// The `n`-th prime, counted from 1 (`n` = 1 gives 2); `n` = 0 gives 0.
    #[must_use]
    pub fn nth_prime(self, n: u32) -> u64 {
        match self {
            Self::Reference => u64::from(reference(n)),
            Self::Published => published(n as usize) as u64,
        }
    }

    /// The name that `--tier` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Published => "published",
        }
    }
}

/// The reference tier: 2,925,594 divisions for `n` = 10,000, one at a time.
///
/// 32-bit operands hold every prime that the service may be asked for (the 10,000,000th is 179,424,673). Many
/// processors divide them several times faster than 64-bit ones (Agner Fog, "Instruction tables", DIV r32, DIV r64).
#[must_use]
pub fn reference(n: u32) -> u32 {
    nth_prime_by(n, |candidate, divisor| candidate % divisor == 0)
}

/// The search itself, with the division as a parameter so that the tests count the very divisions that are served.
fn nth_prime_by(n: u32, mut divides: impl FnMut(u32, u32) -> bool) -> u32 {
    if n == 0 {
        return 0;
    }
    let mut found = 0;
    let mut candidate = 2;
    loop {
        if is_prime_by(candidate, &mut divides) {
            found += 1;
            if found == n {
                return candidate;
            }
        }
        candidate += 1;
    }
}

fn is_prime_by(candidate: u32, mut divides: impl FnMut(u32, u32) -> bool) -> bool {
    let bound = integer_square_root(candidate);
    (2..=bound).all(|divisor| !divides(candidate, divisor))
}

/// Exact for every `u32`: a double holds it, and IEEE 754 rounds its root correctly, so the root of a number below a
/// square never reaches that square's root. The processor has an instruction for it; `u32::isqrt` divides twice.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65,535")]
fn integer_square_root(value: u32) -> u32 {
    f64::from(value).sqrt() as u32
}

/// The published tier: the article's loop, square root once per candidate, `usize` throughout.
///
/// It makes the divisions of [`fn@reference`] in the same order; the machine code differs. On x86-64 rustc tests each
/// pair of 64-bit operands, takes the 32-bit division when both fit, as they always do here, and carries the flag that
/// tells whether an inclusive range in a `for` is used up.
#[must_use]
pub fn published(n: usize) -> usize {
    if n < 1 {
        return 0;
    }
    let mut count = 0;
    let mut candidate = 2;
    loop {
        if is_prime_as_published(candidate) {
            count += 1;
            if count == n {
                return candidate;
            }
        }
        candidate += 1;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "as published"
)]
#[expect(clippy::manual_is_multiple_of, reason = "as published")]
fn is_prime_as_published(n: usize) -> bool {
    if n < 2 {
        return false;
    }
    let limit = (n as f64).sqrt() as usize;
    for i in 2..=limit {
        if n % i == 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIEVED_BELOW: usize = 104_730;

    /// All primes below `SIEVED_BELOW` by Eratosthenes: another method, so that a mistake is not made twice.
    fn sieve() -> Vec<u32> {
        let mut composite = vec![false; SIEVED_BELOW];
        let mut primes = Vec::new();
        for number in 2..SIEVED_BELOW {
            if composite[number] {
                continue;
            }
            primes.push(u32::try_from(number).expect("below 2^32"));
            for multiple in (number * number..SIEVED_BELOW).step_by(number) {
                composite[multiple] = true;
            }
        }
        primes
    }

    fn divisions(n: u32) -> (u32, u64) {
        let mut count = 0;
        let prime = nth_prime_by(n, |candidate, divisor| {
            count += 1;
            candidate.is_multiple_of(divisor)
        });
        (prime, count)
    }

    #[test]
    fn both_tiers_agree_with_a_sieve() {
        let primes = sieve();
        assert_eq!(primes.len(), 10_000);
        for n in (1..=1_000).chain([2_000, 5_000, 9_999, 10_000]) {
            let expected = u64::from(primes[n as usize - 1]);
            assert_eq!(Tier::Reference.nth_prime(n), expected, "reference, n = {n}");
            assert_eq!(Tier::Published.nth_prime(n), expected, "published, n = {n}");
        }
    }

    #[test]
    fn primality_agrees_with_a_sieve_for_every_candidate() {
        let primes = sieve();
        let found: Vec<u32> = (2..104_730).filter(|&c| is_prime_by(c, |c, d| c % d == 0)).collect();
        assert_eq!(found, primes);
    }

    #[test]
    fn there_is_no_zeroth_prime() {
        assert_eq!(Tier::Reference.nth_prime(0), 0);
        assert_eq!(Tier::Published.nth_prime(0), 0);
    }

    #[test]
    fn the_reference_tier_makes_the_divisions_it_promises() {
        assert_eq!(divisions(1), (2, 0));
        assert_eq!(divisions(2), (3, 0));
        assert_eq!(divisions(3), (5, 2), "4 and 5 by 2");
        assert_eq!(divisions(10_000), (104_729, 2_925_594));
    }

    #[test]
    fn the_square_root_is_exact_around_every_square() {
        for root in 1..=65_535_u32 {
            let square = root * root;
            assert_eq!(integer_square_root(square), root);
            assert_eq!(integer_square_root(square - 1), root - 1);
        }
        assert_eq!(integer_square_root(u32::MAX), 65_535);
    }
}
