#pragma once

#include <cmath>
#include <cstdint>

#include "prime_loop/prime_loop.hpp"

namespace primebench::microbench {

/// The reference tier's loop with operands of type `Number`: what their width and their sign cost.
template <typename Number>
struct Hoisted {
  template <typename Count>
  static std::uint32_t nth_prime(std::uint32_t n, Count& count) {
    return static_cast<std::uint32_t>(nth_prime_by<Number>(n, [&count](Number candidate) {
      const auto root = static_cast<Number>(std::sqrt(static_cast<double>(candidate)));
      for (Number divisor = 2; divisor <= root; ++divisor) {
        count.division();
        if (candidate % divisor == 0) {
          return false;
        }
      }
      return true;
    }));
  }
};

}  // namespace primebench::microbench
