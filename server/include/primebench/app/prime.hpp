#pragma once

#include <cstdint>

namespace primebench {

/// Largest value that `--max-n` takes.
inline constexpr std::uint32_t max_n_ceiling = 10'000'000;

/// There are 203,280,221 primes below 2^32 (OEIS A007053), so every n up to `max_n_ceiling` fits 32-bit operands.
/// They matter: a 64-bit division costs up to three times a 32-bit one on processors before Ice Lake and Zen.
inline constexpr std::uint32_t largest_n_in_32_bits = 203'280'221;
static_assert(max_n_ceiling <= largest_n_in_32_bits, "the prime loop needs 64-bit operands");

/// Finds the n-th prime (n = 1 gives 2), for 1 <= n <= `max_n_ceiling`.
using PrimeSearch = std::uint32_t (*)(std::uint32_t n) noexcept;

/// The n-th prime (n = 1 gives 2), for 1 <= n <= `max_n_ceiling`.
///
/// The *reference* tier of work: each candidate from 2 up is divided by 2, 3, 4, ... up to its integer square root, one
/// division at a time, and the bound is evaluated once per candidate. 2,925,594 divisions for n = 10,000.
[[nodiscard]] std::uint32_t nth_prime(std::uint32_t n) noexcept;

struct CountedPrime {
  std::uint32_t prime;
  std::uint64_t divisions;

  friend bool operator==(const CountedPrime&, const CountedPrime&) = default;
};

/// `nth_prime`, from the same template, with the divisions counted.
[[nodiscard]] CountedPrime nth_prime_counted(std::uint32_t n) noexcept;

}  // namespace primebench
