// The reference tier as the server links it: the bound hoisted, unsigned 32-bit operands.

#include <cstdint>
#include <type_traits>

#include "prime_loop/prime_loop.hpp"
#include "primebench/app/prime.hpp"

namespace primebench::microbench {
namespace {

struct Served {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    if constexpr (std::is_same_v<Count, DivisionCount>) {
      const CountedPrime counted = nth_prime_counted(n);
      count.divisions = counted.divisions;
      return counted.prime;
    } else {
      return primebench::nth_prime(n);
    }
  }
};

[[maybe_unused]] const bool registered = register_prime_loop<Served>("served");

}  // namespace
}  // namespace primebench::microbench
