#include "prime_loop/prime_loop.hpp"

#include <algorithm>
#include <cstddef>

namespace primebench::microbench {
namespace {

/// The primes up to `last` by the sieve of Eratosthenes: no contender is verified by itself, nor by another contender.
std::vector<std::uint32_t> sieved_primes(std::uint32_t last) {
  std::vector<bool> composite(std::size_t{last} + 1);
  std::vector<std::uint32_t> primes;
  for (std::uint32_t candidate = 2; candidate <= last; ++candidate) {
    if (composite[candidate]) {
      continue;
    }
    primes.push_back(candidate);
    for (std::uint64_t multiple = std::uint64_t{candidate} * candidate; multiple <= last; multiple += candidate) {
      composite[multiple] = true;
    }
  }
  return primes;
}

const std::vector<std::uint32_t>& known_primes() {
  static const auto primes = sieved_primes(std::ranges::max(cases().prime_loop, {}, &PrimeLoopCase::prime).prime);
  return primes;
}

constexpr std::uint32_t every_n_up_to = 300;

std::string fault_at(std::uint32_t n, std::uint32_t found, std::uint32_t prime) {
  if (found == prime) {
    return {};
  }
  return "finds " + std::to_string(found) + " for n = " + std::to_string(n) + "; it is " + std::to_string(prime);
}

}  // namespace

std::string fault_of_prime_search(std::uint32_t n, const std::function<std::uint32_t(std::uint32_t)>& nth_prime) {
  const std::vector<std::uint32_t>& primes = known_primes();
  if (primes.size() < n) {
    return "no sieve reaches n = " + std::to_string(n);
  }
  for (std::uint32_t smaller = 1; smaller < std::min(n, every_n_up_to); ++smaller) {
    if (std::string fault = fault_at(smaller, nth_prime(smaller), primes[smaller - 1]); !fault.empty()) {
      return fault;
    }
  }
  return fault_at(n, nth_prime(n), primes[n - 1]);
}

}  // namespace primebench::microbench
