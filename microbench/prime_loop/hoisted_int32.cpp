// The reference tier's loop with signed 32-bit operands: what the sign of a division costs.

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct Hoisted {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return static_cast<std::uint32_t>(nth_prime_by<std::int32_t>(n, [&count](std::int32_t candidate) {
      const auto root = static_cast<std::int32_t>(std::sqrt(static_cast<double>(candidate)));
      for (std::int32_t divisor = 2; divisor <= root; ++divisor) {
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      return true;
    }));
  }
};

[[maybe_unused]] const bool contributed = contribute_prime_loop<Hoisted>("hoisted_int32");

}  // namespace
}  // namespace primebench::microbench
