//! The n-th prime by trial division, at the tier `reference`.

/// The `n`-th prime, counted from 1 (`n` = 1 gives 2); `n` = 0 gives 0.
///
/// Each candidate from 2 up is divided by 2, 3, 4, ... up to its integer square root, one at a time, until one divides: 2,925,594 divisions
/// for `n` = 10,000. 32 bits hold the 10,000,000th prime (179,424,673), the largest that a service may be asked for.
#[must_use]
pub fn nth_prime(n: u32) -> u32 {
    nth_prime_by(n, |candidate, divisor| candidate % divisor == 0)
}

/// The search with the division as a parameter, so that a test counts those that are served.
fn nth_prime_by(n: u32, mut divides: impl FnMut(u32, u32) -> bool) -> u32 {
    (2..).filter(|&candidate| is_prime_by(candidate, &mut divides)).take(n as usize).last().unwrap_or(0)
}

fn is_prime_by(candidate: u32, mut divides: impl FnMut(u32, u32) -> bool) -> bool {
    let bound = integer_square_root(candidate);
    (2..=bound).all(|divisor| !divides(candidate, divisor))
}

/// Exact: a double holds every `u32`, and IEEE 754 rounds its root correctly.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65,535")]
fn integer_square_root(value: u32) -> u32 {
    f64::from(value).sqrt() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_counted_from_one() {
        for (n, prime) in [(0, 0), (1, 2), (2, 3), (3, 5), (10, 29), (1_000, 7_919), (10_000, 104_729)] {
            assert_eq!(nth_prime(n), prime, "n = {n}");
        }
    }

    #[test]
    fn it_makes_the_divisions_of_its_tier() {
        let mut divisions = 0;
        nth_prime_by(10_000, |candidate, divisor| {
            divisions += 1;
            candidate.is_multiple_of(divisor)
        });
        assert_eq!(divisions, 2_925_594);
    }

    #[test]
    fn the_square_root_is_exact_around_every_square() {
        for root in 1..=65_535_u32 {
            assert_eq!(integer_square_root(root * root), root);
            assert_eq!(integer_square_root(root * root - 1), root - 1);
        }
    }
}
