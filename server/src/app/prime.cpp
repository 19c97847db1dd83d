#include "primebench/app/prime.hpp"

#include <cassert>
#include <cmath>

namespace primebench {
namespace {

struct Uncounted {
  constexpr void division() noexcept {}
};

struct DivisionCount {
  std::uint64_t divisions = 0;

  constexpr void division() noexcept { ++divisions; }
};

/// Exact: a double holds every 32-bit integer and IEEE 754 rounds its square root correctly.
std::uint32_t integer_square_root(std::uint32_t value) noexcept {
  return static_cast<std::uint32_t>(std::sqrt(static_cast<double>(value)));
}

template <typename Count>
bool is_prime(std::uint32_t candidate, Count& count) noexcept {
  const std::uint32_t root = integer_square_root(candidate);
  for (std::uint32_t divisor = 2; divisor <= root; ++divisor) {
    count.division();
    if (candidate % divisor == 0) {
      return false;
    }
  }
  return true;
}

template <typename Count>
std::uint32_t find_nth_prime(std::uint32_t n, Count& count) noexcept {
  assert(n >= 1 && n <= max_n_ceiling);
  std::uint32_t candidate = 1;
  for (std::uint32_t found = 0; found < n;) {
    ++candidate;
    if (is_prime(candidate, count)) {
      ++found;
    }
  }
  return candidate;
}

}  // namespace

std::uint32_t nth_prime(std::uint32_t n) noexcept {
  Uncounted count;
  return find_nth_prime(n, count);
}

CountedPrime nth_prime_counted(std::uint32_t n) noexcept {
  DivisionCount count;
  const std::uint32_t prime = find_nth_prime(n, count);
  return {.prime = prime, .divisions = count.divisions};
}

}  // namespace primebench
