// The reference tier's loop with 64-bit operands, signed: what the width of a division costs.

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct Hoisted {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return static_cast<std::uint32_t>(nth_prime_by<std::int64_t>(n, [&count](std::int64_t candidate) {
      const auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(candidate)));
      for (std::int64_t divisor = 2; divisor <= root; ++divisor) {
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      return true;
    }));
  }
};

[[maybe_unused]] const bool contributed = contribute_prime_loop<Hoisted>("hoisted_int64");

}  // namespace
}  // namespace primebench::microbench
