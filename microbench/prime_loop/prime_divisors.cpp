// A better algorithm: only primes are tried as divisors, those that were found on the way.

#include <cstdint>
#include <vector>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct PrimeDivisors {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    std::vector<std::uint32_t> primes;
    primes.reserve(n);
    return nth_prime_by<std::uint32_t>(n, [&](std::uint32_t candidate) {
      for (const std::uint32_t divisor : primes) {
        if (divisor * divisor > candidate) {
          break;
        }
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      primes.push_back(candidate);
      return true;
    });
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<PrimeDivisors>("prime_divisors");

}  // namespace
}  // namespace primebench::microbench
