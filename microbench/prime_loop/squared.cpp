// `divisor * divisor <= candidate` instead of a square root: a multiplication a division, and no floating point.

#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct Squared {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return nth_prime_by<std::uint32_t>(n, [&count](std::uint32_t candidate) {
      for (std::uint32_t divisor = 2; divisor * divisor <= candidate; ++divisor) {
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      return true;
    });
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<Squared>("squared");

}  // namespace
}  // namespace primebench::microbench
