// The article's Go code as it stands, in C++: signed 64-bit operands, and the square root in the loop's condition.

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {
namespace {

struct PublishedGo {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return static_cast<std::uint32_t>(nth_prime_by<std::int64_t>(n, [&count](std::int64_t candidate) {
      for (std::int64_t divisor = 2; divisor <= static_cast<std::int64_t>(std::sqrt(static_cast<double>(candidate)));
           ++divisor) {
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      return true;
    }));
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<PublishedGo>("published_go");

}  // namespace
}  // namespace primebench::microbench
