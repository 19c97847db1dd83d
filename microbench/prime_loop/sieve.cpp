// A better algorithm: the sieve of Eratosthenes, anew for each request, without a division.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

/// At least the n-th prime: n (ln n + ln ln n) from n = 6 on (Rosser 1941).
std::uint32_t bound_of(std::uint32_t n) {
  constexpr std::uint32_t first_with_a_bound = 6;
  constexpr std::uint32_t fifth_prime = 11;
  if (n < first_with_a_bound) {
    return fifth_prime;
  }
  const auto number = static_cast<double>(n);
  return static_cast<std::uint32_t>(std::ceil(number * (std::log(number) + std::log(std::log(number)))));
}

struct Sieve {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& /*divides nothing*/) {
    const std::uint32_t last = bound_of(n);
    std::vector<unsigned char> composite(std::size_t{last} + 1);
    for (std::uint32_t factor = 2; factor * factor <= last; ++factor) {
      if (composite[factor] == 0) {
        for (std::uint32_t multiple = factor * factor; multiple <= last; multiple += factor) {
          composite[multiple] = 1;
        }
      }
    }
    return nth_prime_by<std::uint32_t>(n, [&composite](std::uint32_t candidate) { return composite[candidate] == 0; });
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<Sieve>("sieve");

}  // namespace
}  // namespace primebench::microbench
