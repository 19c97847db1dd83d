/**
 * The n-th prime by trial division, at the tier reference: every candidate from 2 up is divided by 2, 3, 4, ... up to its integer
 * square root, one at a time, until one divides. `| 0` keeps V8 on 32-bit integers.
 *
 * @param {number} n counted from 1
 * @returns {number}
 */
export function nthPrime(n) {
  let candidate = 1;
  for (let found = 0; found < n; ) {
    candidate = (candidate + 1) | 0;
    if (isPrime(candidate)) found++;
  }
  return candidate;
}

function isPrime(candidate) {
  const root = Math.sqrt(candidate) | 0;
  for (let divisor = 2; divisor <= root; divisor = (divisor + 1) | 0) {
    if (candidate % divisor === 0) return false;
  }
  return true;
}
