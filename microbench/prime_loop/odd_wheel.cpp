// A better algorithm, by a little: even numbers are neither candidates nor divisors.

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct OddWheel {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    if (n == 1) {
      return 2;
    }
    std::uint32_t candidate = 1;
    for (std::uint32_t found = 1; found < n;) {
      candidate += 2;
      if (has_no_odd_divisor(candidate, count)) {
        ++found;
      }
    }
    return candidate;
  }

private:
  template <typename Count>
  static bool has_no_odd_divisor(std::uint32_t candidate, Count& count) {
    const auto root = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(candidate)));
    for (std::uint32_t divisor = 3; divisor <= root; divisor += 2) {
      count.division();
      if (candidate % divisor == 0) {
        return false;
      }
    }
    return true;
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<OddWheel>("odd_wheel");

}  // namespace
}  // namespace primebench::microbench
